import Interpreter
import NNIR
import Passes
import Testing

@Suite struct DifferentiateTests {
  /// Expected values: central differences of the loss in double precision, h = 1e-6.
  @Test(arguments: [Networks.dense, Networks.mixed])
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

  /// Two batch norms on two different maps: two moments, and no batch norm left.
  @Test func batchNormsAreSplit() throws {
    let typed = try Networks.graph(Networks.dense)
    let graph = try run(Pipeline.training(batch: 4, goal: .update), on: typed)
    #expect(graph.nodes.count { if case .moments = $0.op { true } else { false } } == 2)
    #expect(graph.nodes.count { if case .batchNorm = $0.op { true } else { false } } == 0)
  }
}
