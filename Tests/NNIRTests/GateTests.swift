import NNIR
import Testing

@Suite("gates")
struct GateTests {
  private func builder() -> (GraphBuilder, ValueID, [Gate]) {
    var b = GraphBuilder(name: "g", stage: .step)
    let x = b.add(.input, type: .f32([2, 3]))
    return (b, x, [b.add(gate: GateInfo(name: "a", survival: 0.5)), b.add(gate: GateInfo(name: "b", survival: 0.25))])
  }

  @Test("the same operation under two gates is two nodes, under one gate one")
  func key() {
    var (b, x, gates) = builder()
    let first = b.add(.relu, [x], gate: gates[0])
    #expect(b.add(.relu, [x], gate: gates[1]) != first)
    #expect(b.add(.relu, [x], gate: gates[0]) == first)
    #expect(b.graph.nodes.count == 3)
  }

  @Test("what is always computed serves inside of a gate")
  func reuse() {
    var (b, x, gates) = builder()
    let outside = b.add(.relu, [x])
    #expect(b.add(.relu, [x], gate: gates[0]) == outside)
    #expect(b.graph[outside].gate == nil)
  }

  @Test("what is wanted inside and outside is hoisted out")
  func hoisting() {
    var (b, x, gates) = builder()
    let inside = b.add(.relu, [x], gate: gates[0])
    #expect(b.add(.relu, [x]) == inside)
    #expect(b.graph[inside].gate == nil)
    #expect(b.add(.relu, [x], gate: gates[1]) == inside)
  }

  @Test("sources stand under no gate")
  func sources() {
    var (b, _, gates) = builder()
    let zero = b.add(.fill(0.0), type: .f32([1]), gate: gates[0])
    #expect(b.graph[zero].gate == nil)
  }

  @Test("a rewrite keeps gates")
  func rewriting() {
    let copy = stepSample.rewriting { builder, _, node in builder.add(node) }
    #expect(copy.gates == stepSample.gates)
    #expect(copy.nodes.map(\.gate) == stepSample.nodes.map(\.gate))
  }

  @Test("text of a graph with gates")
  func text() throws {
    let text = """
      nnir 1 name "g" stage step
      gate "block.1" survival 0.5
      gate "block.2" survival 1.0
      %0 = input : f32[2,3]
      %1 = relu %0 under 1 : f32[2,3]
      %2 = scale %1 value 2.0 under 1 : f32[2,3]
      %3 = join %2 %0 gate 1 : f32[2,3]
      output "y" %3

      """
    let graph = try Graph(parsing: text, file: "g.nnir")
    #expect(graph.text == text)
    #expect(graph.gates == [GateInfo(name: "block.1", survival: 0.5), GateInfo(name: "block.2", survival: 1)])
    #expect(graph.nodes.map(\.gate) == [nil, Gate(1), Gate(1), nil])
  }

  /// A line of the text and the message it has to give.
  @Test(arguments: [
    ("gate survival 0.5", "2:6: error: expected a string in quotes, found survival"),
    ("gate \"a\"", "2:9: error: gate: expected attribute survival, found none"),
    ("gate \"a\" survival 0.5 weight 1", "2:10: error: gate: unexpected attribute weight"),
    ("%0 = input under one : f32[1]", "2:6: error: input: expected a whole number for under, found one"),
    ("%0 = input under 0 : f32[1]", "2:1: error: %0: expected one of 0 gates, found 0"),
  ])
  func parseErrors(_ line: String, _ message: String) {
    #expect {
      try Graph(parsing: "nnir 1 stage step\n\(line)\n", file: "g.nnir")
    } throws: { error in
      "\(error)".hasPrefix("g.nnir:\(message)")
    }
  }
}
