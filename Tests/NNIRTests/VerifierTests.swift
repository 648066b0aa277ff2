import NNIR
import Testing

/// One graph for each way to break each invariant of `verify`, and the message that has to come.
@Suite("verifier")
struct VerifierTests {
  struct Violation: Sendable, CustomTestStringConvertible {
    var invariant: Int
    var graph: Graph
    var message: String
    var testDescription: String { "\(invariant): \(message)" }
  }

  private static func graph(_ stage: Stage, _ nodes: [Node], _ results: [GraphResult] = []) -> Graph {
    Graph(name: "broken", stage: stage, nodes: nodes, results: results)
  }
  private static let x = Node(.input, [], .f32([4]), origins: [Origin(file: "net.swift", line: 7)])
  private static let w = Node(.parameter(name: "w", initializer: .constant(0)), [], .f32([4]))
  private static let step = Node(.stepNumber, [], TensorType(.i64, []))
  private static func relu(_ id: Int) -> Node { Node(.relu, [ValueID(id)], .f32([4])) }
  private static func dropout(_ probability: Double, _ id: Int) -> Node {
    Node(.dropout(probability: Scalar(probability), stream: "d"), [ValueID(id), ValueID(1)], .f32([4]))
  }
  private static func output(_ name: String, _ id: Int) -> GraphResult { .output(name: name, value: ValueID(id)) }
  private static func update(_ source: Int, _ id: Int) -> GraphResult {
    .update(source: ValueID(source), value: ValueID(id))
  }

  static let violations: [Violation] = [
    Violation(
      invariant: 1, graph: graph(.raw, [x, relu(1)]), message: "%1: expected operands defined before it, found [%1]"),
    Violation(
      invariant: 1, graph: graph(.raw, [x, relu(-1)]), message: "%1: expected operands defined before it, found [%-1]"),
    Violation(
      invariant: 2, graph: graph(.raw, [x, Node(.add, [ValueID(0)], .f32([4]))]),
      message: "%1: add: expected 2 operands, found 1"),
    Violation(
      invariant: 2, graph: graph(.raw, [x, Node(.fill(1.0), [ValueID(0)], .f32([4]))]),
      message: "%1: fill: expected no operands, found 1"),
    Violation(
      invariant: 3, graph: graph(.raw, [x, Node(.relu, [ValueID(0)], .f32([5]))]),
      message: "%1: relu: expected type f32[4], found f32[5]"),
    Violation(
      invariant: 3, graph: graph(.raw, [Node(.input, [], .f32([4, 0]))]),
      message: "%0: expected extents of at least 1, found f32[4,0]"),
    Violation(
      invariant: 3, graph: graph(.raw, [Node(.input, [], .f32([1 << 32, 1 << 32]))]),
      message: "%0: expected fewer than 2^48 elements, found f32[4294967296,4294967296]"),
    Violation(
      invariant: 4,
      graph: graph(.raw, [w, Node(.parameter(name: "w", initializer: .constant(1)), [], .f32([4]))]),
      message: "%1: expected unique names, found \"w\" again (first at %0)"),
    Violation(
      invariant: 4, graph: graph(.raw, [w, Node(.state(name: "w", initializer: .constant(1)), [], .f32([4]))]),
      message: "%1: expected unique names, found \"w\" again (first at %0)"),
    Violation(
      invariant: 4,
      graph: graph(
        .step,
        [
          w, Node(.slot(name: "w", kind: .momentum), [], .f32([4])),
          Node(.slot(name: "w", kind: .momentum), [], .f32([4])),
        ]), message: "%2: expected unique names, found \"w momentum\" again (first at %1)"),
    Violation(
      invariant: 5, graph: graph(.raw, [x, x]), message: "%1: expected one input, found another at %0"),
    Violation(
      invariant: 5, graph: graph(.step, [step, step]), message: "%1: expected one step_number, found another at %0"),
    Violation(
      invariant: 6, graph: graph(.raw, [x], [output("y", 1)]), message: "expected results that exist, found %1"),
    Violation(
      invariant: 6, graph: graph(.raw, [x], [output("y", 0), output("y", 0)]),
      message: "expected unique output names, found \"y\" twice"),
    Violation(
      invariant: 6, graph: graph(.step, [x, w], [.gradient(name: "v", value: ValueID(0))]),
      message: "%0: expected the gradient of a parameter \"v\" of type f32[4]"),
    Violation(
      invariant: 7, graph: graph(.step, [x, w], [update(0, 1)]),
      message: "%0: expected an update of a parameter, state or slot, found input"),
    Violation(
      invariant: 7, graph: graph(.step, [w, Node(.input, [], .f32([5]))], [update(0, 1)]),
      message: "%0: expected an update of type f32[4], found f32[5]"),
    Violation(
      invariant: 7, graph: graph(.step, [w, x], [update(0, 1), update(0, 1)]),
      message: "%0: expected one update, found two"),
    Violation(
      invariant: 7, graph: graph(.step, [w], [update(9, 0)]),
      message: "expected updates of values that exist, found %9"),
    Violation(
      invariant: 8, graph: graph(.step, [Node(.slot(name: "w", kind: .momentum), [], .f32([4]))]),
      message: "%0: slot: expected a parameter \"w\" of type f32[4], found none"),
    Violation(
      invariant: 8, graph: graph(.step, [w, Node(.slot(name: "w", kind: .momentum), [], .f32([5]))]),
      message: "%1: slot: expected a parameter \"w\" of type f32[5], found f32[4]"),
    Violation(
      invariant: 9, graph: graph(.step, [x, step, dropout(0.5, 0), dropout(0.25, 2)]),
      message: "%3: expected one probability for stream \"d\", found two"),
    Violation(
      invariant: 10, graph: graph(.typed, [Node(.labels, [], TensorType(.i64, [4]))]),
      message: "%0: labels is not legal at stage typed, only from step on"),
    Violation(
      invariant: 10, graph: graph(.raw, [x, Node(.reluGradient, [ValueID(0), ValueID(0)], .f32([4]))]),
      message: "%1: relu_gradient is not legal at stage raw, only from step on"),
    Violation(
      invariant: 11, graph: graph(.typed, [x, step, dropout(0.5, 0), dropout(0.5, 2)]),
      message: "%3: expected a stream of its own for every dropout, found \"d\" again"),
    Violation(
      invariant: 12, graph: graph(.step, [Node(.input, [], .f32([.batch, 4]))]),
      message: "%0: expected a bound batch, found f32[N,4]"),
    Violation(
      invariant: 13,
      graph: {
        var bound = typedSample
        bound.stage = .scheduled
        for index in bound.nodes.indices { bound.nodes[index].type = bound.nodes[index].type.binding(batch: 2) }
        bound.nodes[6].op = .reshape([2, 8])
        return bound
      }(), message: "%5: batch_norm is not legal at stage scheduled"),
    Violation(
      invariant: 14, graph: gated(gates: [a, a], [x]), message: "expected unique gate names, found \"a\" again"),
    Violation(
      invariant: 14, graph: gated(gates: [GateInfo(name: "a", survival: 1.5)], [x]),
      message: "gate \"a\": expected a survival probability in 0 ... 1, found 1.5"),
    Violation(invariant: 14, graph: gated([x, relu(0, under: 1)]), message: "%1: expected one of 1 gates, found 1"),
    Violation(
      invariant: 14, graph: gated([x, join(0, 0, -1)]), message: "%1: expected one of 1 gates, found -1"),
    Violation(
      invariant: 15, graph: gated([x, relu(0, under: 0), relu(1)]),
      message: "%2: relu: %1 is computed only where gate 0 is open; expected a join"),
    Violation(
      invariant: 15, graph: gated(gates: [a, b], [x, relu(0, under: 0), relu(1, under: 1)]),
      message: "%2: relu: %1 is computed only where gate 0 is open; expected a join"),
    Violation(
      invariant: 15, graph: gated([x, relu(0, under: 0), join(0, 1, 0)]),
      message: "%2: join: %1 is computed only where gate 0 is open; expected a join"),
    Violation(
      invariant: 15, graph: gated(gates: [a, b], [x, relu(0, under: 0), join(1, 0, 1)]),
      message: "%2: join: %1 is computed only where gate 0 is open; expected a join"),
    Violation(
      invariant: 15, graph: gated([x, relu(0, under: 0)], [output("y", 1)]),
      message: "%1: expected results that are always computed, found one under gate 0"),
    Violation(
      invariant: 16,
      graph: gated([x, Node(.fill(1.0), [], .f32([4]), gate: Gate(0))]), message: "%1: fill: expected no gate, found 0"),
    Violation(
      invariant: 16, graph: gated([x, Node(.join(Gate(0)), [ValueID(0), ValueID(0)], .f32([4]), gate: Gate(0))]),
      message: "%1: join: expected no gate, found 0"),
    Violation(
      invariant: 19, graph: packing(.linear(packed: true), operand: 1),
      message: "%3: linear: expected packed weights, found parameter"),
    Violation(
      invariant: 19, graph: packing(.linear(), operand: 2),
      message: "%3: linear: expected operand 1 in the order of its type, found %2 packed"),
    Violation(
      invariant: 19, graph: packing(.linear(packed: true), operand: 2, groups: 2),
      message: "%3: linear: expected operand 1 packed in another way than %2"),
    Violation(
      invariant: 19, graph: packing(.linear(packed: true), operand: 2, .rows),
      message: "%3: linear: expected operand 1 packed in another way than %2"),
  ]

  /// A linear layer of x with its weights (1) or what packing makes of them (2).
  private static func packing(_ op: Op, operand: Int, groups: Int = 1, _ order: Packing = .lanes) -> Graph {
    let weights = Node(.parameter(name: "w", initializer: .constant(0)), [], .f32([6, 4]))
    let packed = Node(.packWeights(groups: groups, order), [ValueID(1)], .f32([6, 4]))
    let input = Node(.input, [], .f32([2, 4]))
    return graph(.step, [input, weights, packed, Node(op, [ValueID(0), ValueID(operand)], .f32([2, 6]))])
  }

  private static let a = GateInfo(name: "a", survival: 0.5)
  private static let b = GateInfo(name: "b", survival: 0.5)
  private static func gated(gates: [GateInfo] = [a], _ nodes: [Node], _ results: [GraphResult] = []) -> Graph {
    Graph(name: "broken", stage: .step, gates: gates, nodes: nodes, results: results)
  }
  private static func relu(_ id: Int, under gate: Int) -> Node {
    Node(.relu, [ValueID(id)], .f32([4]), gate: Gate(gate))
  }
  private static func join(_ value: Int, _ other: Int, _ gate: Int) -> Node {
    Node(.join(Gate(gate)), [ValueID(value), ValueID(other)], .f32([4]))
  }

  @Test(arguments: violations)
  func found(_ violation: Violation) {
    #expect(verify(violation.graph).map(\.message) == [violation.message])
  }

  /// The list at the top of Verifier.swift ends with 19; 17 and 18 are about fusion, which has tests of its own.
  @Test func everyInvariant() {
    #expect(Set(Self.violations.map(\.invariant)) == Set(1...16).union([19]))
  }

  @Test("every operation that only training has is refused before step")
  func trainingOperations() {
    var graph = stepSample
    graph.stage = .typed
    let refused = verify(graph).compactMap { $0.message.contains("is not legal at stage") ? $0.message : nil }
    let names = Set(refused.compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) })
    let expected = Op.mnemonics.filter {
      $0.contains("gradient") || $0.contains("backward") || $0.hasPrefix("sgd") || $0.hasPrefix("adam")
        || $0.hasPrefix("winograd") || $0 == "pack_weights" || $0.hasSuffix("_bands")
        || ["labels", "target", "slot", "prepared", "learning_rate", "normalize_reduce"].contains($0)
    }
    #expect(names == Set(expected))
  }

  @Test("a dropout and its adjoint may share a stream from step on")
  func adjoint() {
    #expect(verify(Self.graph(.step, [Self.x, Self.step, Self.dropout(0.5, 0), Self.dropout(0.5, 2)])).isEmpty)
  }

  @Test("a value under a gate may be used under it and by its join")
  func gates() {
    let graph = Self.gated(
      [Self.x, Self.relu(0, under: 0), Self.relu(1, under: 0), Self.join(2, 0, 0), Self.relu(3)], [Self.output("y", 4)])
    #expect(verify(graph).isEmpty)
  }

  @Test("violations are placed at the user's line, all of them")
  func place() {
    let graph = Self.graph(.raw, [Self.x, Self.x, Self.relu(5)])
    #expect(
      verify(graph).map(\.description) == [
        "error: %2: expected operands defined before it, found [%5]",
        "net.swift:7: error: %1: expected one input, found another at %0",
      ])
  }
}
