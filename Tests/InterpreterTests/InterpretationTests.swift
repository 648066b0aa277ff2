import Interpreter
import NNIR
import Testing

/// One node of every source operation.
let sourceNodes: [Node] = [
  Node(.input, [], .f32([.batch, 2])),
  Node(.labels, [], TensorType(.i64, [.batch])),
  Node(.target, [], .f32([.batch, 3])),
  Node(.parameter(name: "w", initializer: .constant(1)), [], .f32([2])),
  Node(.state(name: "mean", initializer: .constant(0)), [], .f32([3])),
  Node(.slot(name: "w", kind: .momentum), [], .f32([2])),
  Node(.prepared(name: "folded"), [], .f32([1])),
  Node(.fill(0.5), [], .f32([2, 2])),
  Node(.learningRate, [], .f32([Extent]())),
  Node(.stepNumber, [], TensorType(.i64, [])),
]

@Suite("sources and feeds")
struct SourceTests {
  private let graph = Graph(name: "sources", stage: .step, nodes: sourceNodes.map(Self.bound))

  private static func bound(_ node: Node) -> Node { Node(node.op, [], node.type.binding(batch: 2)) }

  private var feeds: Feeds {
    var feeds = Feeds(
      input: [1, 2, 3, 4], labels: [7, 8], target: [1, 2, 3, 4, 5, 6], learningRate: 0.25, step: 41,
      parameters: ["w": [9, 10]], states: ["mean": [11, 12, 13]], slots: [SlotKey("w", .momentum): [14, 15]])
    feeds.prepared["folded"] = [16]
    return feeds
  }

  /// Each source gives back what was fed.
  @Test func values() throws {
    let result = try interpretDouble(graph, feeds)
    #expect(result[ValueID(0)] == Tensor([2, 2], [1, 2, 3, 4]))
    #expect(result.integers(ValueID(1)) == Tensor([2], [7, 8]))
    #expect(result[ValueID(2)] == Tensor([2, 3], [1, 2, 3, 4, 5, 6]))
    #expect(result[ValueID(3)] == Tensor([2], [9, 10]))
    #expect(result[ValueID(4)] == Tensor([3], [11, 12, 13]))
    #expect(result[ValueID(5)] == Tensor([2], [14, 15]))
    #expect(result[ValueID(6)] == Tensor([1], [16]))
    #expect(result[ValueID(7)] == Tensor([2, 2], [0.5, 0.5, 0.5, 0.5]))
    #expect(result[ValueID(8)] == Tensor([], [0.25]))
    #expect(result.integers(ValueID(9)) == Tensor([], [41]))
    #expect(result[ValueID(1)] == nil)
    #expect(result.integers(ValueID(0)) == nil)
    #expect(result[ValueID(99)] == nil)
  }

  /// All problems come at once, each naming its node, what was expected and what was found.
  @Test func missing() {
    let error = #expect(throws: InterpreterError.self) { try interpretDouble(graph, Feeds(input: [1])) }
    #expect(
      error?.diagnostics.map(\.message) == [
        "%0 input: expected 4 elements (f32[2,2]) for the input, found 1",
        "%1 labels: expected 2 elements (i64[2]) for the labels, found none",
        "%2 target: expected 6 elements (f32[2,3]) for the target, found none",
        "%3 parameter: expected 2 elements (f32[2]) for parameter \"w\", found none",
        "%4 state: expected 3 elements (f32[3]) for state \"mean\", found none",
        "%5 slot: expected 2 elements (f32[2]) for momentum of \"w\", found none",
        "%6 prepared: expected 1 elements (f32[1]) for prepared \"folded\", found none",
      ])
  }

  @Test("a fresh model has initial values and empty slots")
  func initializing() throws {
    let feeds = Feeds(initializing: graph, seed: 3)
    #expect(feeds.parameters == ["w": [1, 1]])
    #expect(feeds.states == ["mean": [0, 0, 0]])
    #expect(feeds.slots == [SlotKey("w", .momentum): [0, 0]])
    #expect(feeds.seed == 3)
  }
}

@Suite("whole graphs")
struct InterpretationTests {
  private let origin = Origin(file: "net.swift", line: 12)

  /// relu(x·wᵀ) with x f32[N, 2].
  private var layer: Graph {
    var builder = GraphBuilder(name: "layer", stage: .typed)
    let x = builder.add(.input, type: .f32([.batch, 2]), origins: [origin])
    let w = builder.add(.parameter(name: "w", initializer: .constant(0)), type: .f32([3, 2]))
    let y = builder.add(.linear(), [x, w])
    let z = builder.add(.relu, [y])
    builder.add(result: .output(name: "logits", value: z))
    return builder.graph
  }
  private let weights: [Double] = [1, 0, 0, 1, -1, -1]

  @Test("N is the number of images fed", arguments: [1, 3])
  func batch(_ images: Int) throws {
    let input = (0..<images).flatMap { image -> [Double] in [Double(image), 1] }
    let result = try interpretDouble(layer, Feeds(input: input, parameters: ["w": weights]))
    #expect(result.batch == images)
    // rows (n, 1) give n, 1 and max(−n−1, 0)
    let expected = (0..<images).flatMap { image -> [Double] in [Double(image), 1, 0] }
    #expect(result.outputs["logits"] == Tensor([images, 3], expected))
  }

  @Test(arguments: [0, 3])
  func batchThatDoesNotDivide(_ count: Int) {
    let feeds = Feeds(input: [Double](repeating: 0, count: count), parameters: ["w": weights])
    let error = #expect(throws: InterpreterError.self) { try interpretDouble(layer, feeds) }
    let message = "expected a multiple of 2 elements (f32[N,2]), found \(count)"
    #expect(error?.description == "net.swift:12: error: %0 input: \(message)")
  }

  @Test func noBatchFed() {
    let error = #expect(throws: InterpreterError.self) { try interpretDouble(layer, Feeds()) }
    #expect(error?.description.contains("expected a batch to be fed") == true)
  }

  @Test("dropping values keeps what results name and changes nothing")
  func retention() throws {
    let feeds = Feeds(input: [1, 2], parameters: ["w": weights])
    let all = try interpretDouble(layer, feeds)
    let few = try interpretDouble(layer, feeds, retention: .results)
    #expect(all.outputs == few.outputs)
    #expect(layer.ids.allSatisfy { all[$0] != nil })
    #expect(layer.ids.map { few[$0] == nil } == [true, true, true, false])
  }

  @Test("single precision computes and rounds in single precision")
  func single() throws {
    let feeds = Feeds(input: [0x1p24, 1], parameters: ["w": [1, 1, 1, 1, 1, 1]])
    // 2²⁴ + 1 is not a Float and rounds to even
    #expect(try interpretFloat(layer, feeds).outputs["logits"]?.elements == [0x1p24, 0x1p24, 0x1p24])
    #expect(try interpretDouble(layer, feeds).outputs["logits"]?.elements == [16_777_217, 16_777_217, 16_777_217])
  }

  @Test("labels out of range are listed with the line of the loss")
  func labels() throws {
    var builder = GraphBuilder(name: "loss", stage: .step)
    let x = builder.add(.input, type: .f32([3, 2]))
    let labels = builder.add(.labels, type: TensorType(.i64, [3]))
    let loss = builder.add(.softmaxCrossEntropy, [x, labels], origins: [origin])
    builder.add(result: .output(name: "loss", value: loss))
    let feeds = Feeds(input: [0, 0, 0, 0, 0, 0], labels: [2, 1, -1])
    let error = #expect(throws: InterpreterError.self) { try interpretDouble(builder.graph, feeds) }
    let expected = "%2 softmax_cross_entropy: expected labels in 0 ..< 2, found 2 for image 0, -1 for image 2"
    #expect(error?.description == "net.swift:12: error: " + expected)
  }

  @Test("an ill-typed graph is refused, not run")
  func illTyped() {
    var graph = layer
    graph.nodes[2].type = .f32([.batch, 300])
    #expect(throws: InterpreterError.self) {
      try interpretDouble(graph, Feeds(input: [1, 2], parameters: ["w": weights]))
    }
  }

  @Test("a value too large for memory is refused before it is allocated")
  func enormous() {
    let graph = Graph(name: "huge", stage: .step, nodes: [Node(.fill(0.0), [], .f32([1 << 20, 1 << 20]))])
    let error = #expect(throws: InterpreterError.self) { try interpretDouble(graph, Feeds()) }
    #expect(error?.description == "error: %0 fill: expected at most 4294967296 elements, found f32[1048576,1048576]")
  }

  @Test("more groups of statistics than images are refused")
  func emptyGroup() throws {
    let application = Application(op: .moments(groups: 3), operands: [.numbers([2, 1], [1, 2])])
    let error = #expect(throws: TypeError.self) { try application.double() }
    #expect(error?.message == "moments: expected at most as many groups as images, found 3 for 2")
  }

  @Test("what stands under a closed gate is not computed, and as many gates as the graph has are expected")
  func gates() throws {
    var builder = GraphBuilder(name: "gated", stage: .step)
    let x = builder.add(.input, type: .f32([2]), origins: [origin])
    let gate = builder.add(gate: GateInfo(name: "block", survival: 0.5))
    let inside = builder.add(.scale(2.0), [x], gate: gate)
    let y = builder.add(.join(gate), [inside, x])
    builder.add(result: .output(name: "y", value: y))
    var feeds = Feeds(input: [1, 2])
    feeds.gates = [true]
    let open = try interpretDouble(builder.graph, feeds)
    #expect(open.outputs["y"]?.elements == [2, 4] && open[inside] != nil)
    feeds.gates = [false]
    for retention in [Retention.everything, .results] {
      let closed = try interpretDouble(builder.graph, feeds, retention: retention)
      #expect(closed.outputs["y"]?.elements == [1, 2] && closed[inside] == nil)
    }
    feeds.gates = [true, true]
    let error = #expect(throws: InterpreterError.self) { try interpretDouble(builder.graph, feeds) }
    #expect(error?.description == "error: expected 1 gates, found 2")
  }

  /// w ← w − lr·(w − t)·2/count on one element: from 4 towards 0 by factors 1 − 2·¼.
  @Test("results by name, and steps that follow one another")
  func updates() throws {
    var builder = GraphBuilder(name: "step", stage: .step)
    let w = builder.add(.parameter(name: "w", initializer: .constant(4)), type: .f32([1]))
    let target = builder.add(.target, type: .f32([1]))
    let slot = builder.add(.slot(name: "w", kind: .momentum), type: .f32([1]))
    let state = builder.add(.state(name: "s", initializer: .constant(1)), type: .f32([1]))
    let rate = builder.add(.learningRate, type: .f32([Extent]()))
    let step = builder.add(.stepNumber, type: TensorType(.i64, []))
    let one = builder.add(.fill(1.0), type: .f32([Extent]()))
    let loss = builder.add(.meanSquaredError, [w, target])
    let gradient = builder.add(.meanSquaredErrorGradient, [one, w, target])
    let sgd = SGD(momentum: 0, dampening: 0, nesterov: false, weightDecay: 0)
    let momentum = builder.add(.sgdMomentum(sgd), [w, gradient, slot, step])
    let next = builder.add(.sgdParameter(sgd), [w, gradient, momentum, rate])
    let doubled = builder.add(.scale(2.0), [state])
    builder.add(result: .output(name: "loss", value: loss))
    builder.add(result: .gradient(name: "w", value: gradient))
    builder.add(result: .update(source: w, value: next))
    builder.add(result: .update(source: slot, value: momentum))
    builder.add(result: .update(source: state, value: doubled))

    var feeds = Feeds(initializing: builder.graph, seed: 0)
    feeds.target = [0]
    feeds.learningRate = 0.25
    let first = try interpretDouble(builder.graph, feeds)
    #expect(first.outputs["loss"]?.elements == [16])
    #expect(first.gradients["w"]?.elements == [8])
    #expect(first.updatedParameters["w"]?.elements == [2])
    #expect(first.updatedSlots[SlotKey("w", .momentum)]?.elements == [8])
    #expect(first.updatedStates["s"]?.elements == [2])
    feeds = feeds.applying(first)
    #expect(feeds.step == 1)
    let second = try interpretDouble(builder.graph, feeds)
    #expect(second.outputs["loss"]?.elements == [4])
    #expect(second.updatedParameters["w"]?.elements == [1])
    #expect(second.updatedStates["s"]?.elements == [4])
  }
}
