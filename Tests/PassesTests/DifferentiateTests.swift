import Interpreter
import NNIR
import Passes
import Testing

@Suite struct DifferentiateTests {
  /// Expected values: central differences of the loss in double precision, h = 1e-6.
  @Test(arguments: [Networks.dense, Networks.mixed, GatedNetwork.text()])
  func gradientsAreCentralDifferences(_ text: String) throws {
    let typed = try Networks.graph(text)
    let feeds = Networks.feeds(typed)
    let graph = try run(Pipeline.training(batch: 4, goal: .gradients), on: typed)
    let exact = try interpretDouble(graph, feeds)
    for (_, name, _, type) in typed.parameters {
      let gradient = try #require(exact.gradients[name]?.elements)
      let scale = gradient.map(abs).max() ?? 0
      for element in stride(from: 0, to: type.count, by: max(1, type.count / 5)) {
        func loss(_ offset: Double) throws -> Double {
          var moved = feeds
          moved.parameters[name]?[element] += offset
          return try #require(try interpretDouble(graph, moved).outputs["loss"]?.elements.first)
        }
        let difference = (try loss(1e-6) - loss(-1e-6)) / 2e-6
        #expect(abs(difference - gradient[element]) < 1e-6 * max(scale, 1e-3), "\(name)[\(element)]")
      }
    }
  }

  /// A parameter without influence on the loss has the gradient zero, by definition.
  @Test func unusedParameterHasZeroGradient() throws {
    let text = Networks.mixed.replacing(
      "output \"logits\" %22",
      with: "%23 = parameter name \"idle\" init [constant, 1.0] : f32[3]\noutput \"logits\" %22")
    let typed = try Networks.graph(text)
    let graph = try run(Pipeline.training(batch: 4, goal: .gradients), on: typed)
    let result = try interpretDouble(graph, Networks.feeds(typed))
    #expect(result.gradients["idle"]?.elements == [0, 0, 0])
  }

  /// Every moments reads a feature map as its producer made it, never a concatenation, and each map is read once.
  @Test func momentsAreSharedOverConcatenations() throws {
    let graph = try run(Pipeline.training(batch: 4, goal: .update), on: Networks.graph(Networks.dense))
    let read = graph.nodes.compactMap { node in if case .moments = node.op { node.inputs[0] } else { nil } }
    // the stem's map and the first layer's; the second layer's is normalised by nobody
    #expect(read.count == 2 && Set(read).count == 2)
    #expect(read.allSatisfy { graph[$0].op.mnemonic == "convolution" })
    let sentBack = graph.nodes.count { if case .momentsGradient = $0.op { true } else { false } }
    #expect(sentBack == 2)
    #expect(!graph.nodes.contains { if case .batchNorm = $0.op { true } else { false } })
  }

  /// Expected values: the same pipeline without sharing, in double precision, to 1e-9.
  @Test func sharingChangesNoGradient() throws {
    let typed = try Networks.graph(Networks.dense)
    let feeds = Networks.feeds(typed)
    let passes = Pipeline.training(batch: 4, goal: .gradients)
    let shared = try interpretDouble(try run(passes, on: typed), feeds)
    let apart = try interpretDouble(
      try run(passes, on: typed, options: PassOptions(disabled: ["share-moments"])), feeds)
    for (name, expected) in apart.gradients {
      let found = try #require(shared.gradients[name])
      let scale = expected.elements.map(abs).max() ?? 0
      for (x, y) in zip(expected.elements, found.elements) { #expect(abs(x - y) <= 1e-9 * max(scale, 1e-3), "\(name)") }
    }
    for (name, expected) in apart.outputs { #expect(shared.outputs[name] == expected, "\(name)") }
  }
}
