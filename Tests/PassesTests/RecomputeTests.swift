import Interpreter
import NNIR
import Passes
import Testing

@Suite struct RecomputeTests {
  /// A layer of a DenseNet-BC: norm, ReLU, 1×1, norm, ReLU, 3×3, and a concatenation that keeps the map.
  static let bottleneck = """
    nnir 1 name "bottleneck" stage raw
    \(Networks.recipe)
    %0 = input : f32[N,3,4,4]
    %1 = parameter name "n1.weight" init [constant, 1.0] : f32[3]
    %2 = parameter name "n1.bias" init [constant, 0.0] : f32[3]
    %3 = state name "n1.running_mean" init [constant, 0.0] : f32[3]
    %4 = state name "n1.running_var" init [constant, 1.0] : f32[3]
    %5 = batch_norm %0 %1 %2 %3 %4 epsilon 1e-05 momentum 0.1
    %6 = relu %5
    %7 = parameter name "c1" init [he_normal, fan_out] : f32[8,3,1,1]
    %8 = convolution %6 %7 strides [1, 1] pad_begin [0, 0] pad_end [0, 0] dilations [1, 1] groups 1
    %9 = parameter name "n2.weight" init [constant, 1.0] : f32[8]
    %10 = parameter name "n2.bias" init [constant, 0.0] : f32[8]
    %11 = state name "n2.running_mean" init [constant, 0.0] : f32[8]
    %12 = state name "n2.running_var" init [constant, 1.0] : f32[8]
    %13 = batch_norm %8 %9 %10 %11 %12 epsilon 1e-05 momentum 0.1
    %14 = relu %13
    %15 = parameter name "c2" init [he_normal, fan_out] : f32[2,8,3,3]
    %16 = convolution %14 %15 strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1
    %17 = concat %0 %16 axis 1
    %18 = parameter name "c3" init [he_normal, fan_out] : f32[4,5,1,1]
    %19 = convolution %17 %18 strides [1, 1] pad_begin [0, 0] pad_end [0, 0] dilations [1, 1] groups 1
    %20 = relu %19
    %21 = global_average_pool %20
    %22 = parameter name "fc" init lecun_uniform : f32[3,4]
    %23 = linear %21 %22
    output "logits" %23
    """

  private func step(_ recompute: Recompute, _ goal: Pipeline.Goal = .gradients) throws -> Graph {
    try run(Pipeline.training(batch: 4, goal: goal, recompute: recompute), on: Networks.graph(Self.bottleneck))
  }

  /// c1 is only normalised: it, its normalisation and its ReLU come twice. c3 feeds a ReLU and comes once.
  @Test func onlyWhatIsNormalisedAloneComesTwice() throws {
    let graph = try step(.bottleneck)
    let again = graph.nodes.filter { $0.instance == 1 }
    #expect(again.map(\.op.mnemonic) == ["convolution", "normalize", "relu"])
    #expect(graph[again[0].inputs[1]].op == .parameter(name: "c1", initializer: .heNormal(.fanOut)))
    #expect(graph.nodes.allSatisfy { $0.instance <= 1 })
    #expect(try step(.none).nodes.allSatisfy { $0.instance == 0 })
  }

  /// Nothing after the loss reads the first instance, and the second stands after the loss.
  @Test(arguments: [Pipeline.Goal.gradients, .update])
  func nothingLivesFromForwardToBackward(_ goal: Pipeline.Goal) throws {
    let graph = try step(.bottleneck, goal)
    let loss = try #require(graph.output("loss"))
    var seconds = 0
    for id in graph.ids where graph[id].instance == 1 {
      seconds += 1
      #expect(id > loss)
      var first = graph[id]
      first.instance = 0
      let twin = try #require(
        graph.ids.first { graph[$0].op == first.op && graph[$0].type == first.type && graph[$0].instance == 0 })
      #expect(graph.users[twin.index].allSatisfy { $0 < loss }, "\(graph.line(twin))")
    }
    #expect(seconds == 3)
  }

  /// Expected values: the same step without recomputation, bit for bit, since the operations are the same.
  @Test func gradientsAreTheSameBits() throws {
    let feeds = Networks.feeds(try Networks.graph(Self.bottleneck))
    let expected = try interpretFloat(step(.none), feeds)
    let found = try interpretFloat(step(.bottleneck), feeds)
    #expect(expected.gradients.count == 8 && found.gradients == expected.gradients)
    #expect(found.outputs == expected.outputs)
  }

  /// The bottleneck has 4 · 8 · 16 floats, and none of its kind is kept.
  @Test func workspaceShrinks() throws {
    let layout = SharedLayout(try Networks.graph(Self.bottleneck))
    let kept = planMemory(try step(.none), layout: layout).workspaceBytes
    #expect(planMemory(try step(.bottleneck), layout: layout).workspaceBytes < kept)
  }

  @Test func aSecondRunFindsNothing() throws {
    let graph = try step(.bottleneck)
    let pass = try #require(Pipeline.passes.first { $0.name == "recompute-bottlenecks" })
    #expect(try pass.run(graph) == graph)
  }
}
