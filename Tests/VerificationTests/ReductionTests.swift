import Compiler
import NNIR
import Testing
import Verification

/// Shrinking of failing networks, with failures that are properties of the graph.
@Suite struct ReductionTests {
  /// Expected: the type checker accepts every candidate.
  @Test(arguments: 0..<12)
  func everyCandidateIsValid(number: Int) throws {
    let graph = FuzzCase(number: number, seed: 3).graph
    let candidates = reductions(of: graph)
    #expect(candidates.count > graph.nodes.count / 2)
    for candidate in candidates {
      #expect(throws: Never.self, "\(candidate.text)") { _ = try typeCheck(candidate) }
      #expect(candidate != graph)
    }
  }

  /// Expected: by hand. A concat of a concat needs an input and the two joins.
  @Test func nestedConcatIsThreeNodes() throws {
    func isConcat(_ node: Node) -> Bool { if case .concat = node.op { true } else { false } }
    func fails(_ graph: Graph) -> Bool {
      graph.nodes.contains { isConcat($0) && $0.inputs.contains { isConcat(graph[$0]) } }
    }
    let graph = try #require((0..<100).lazy.map { FuzzCase(number: $0, seed: 3).graph }.first(where: fails))
    var sizes: [Int] = []
    let small = reduce(graph, observe: { sizes.append($0.nodes.count) }) { $0.map(fails) }
    #expect(small.nodes.count == 3, "\(small.text)")
    #expect(sizes == sizes.sorted(by: >), "it never grows")
    #expect(small.recipe?.batch == 1)
    #expect(small.recipe?.optimizer == .sgd())
  }

  /// Expected: by hand. Input, weights, convolution; two groups and a stride are still there.
  @Test func attributesThatMatterStay() throws {
    func fails(_ graph: Graph) -> Bool {
      graph.nodes.contains { node in
        guard case .convolution(let geometry) = node.op else { return false }
        return geometry.groups == 2 && geometry.strides.contains { $0 > 1 }
      }
    }
    let graph = try #require((0..<400).lazy.map { FuzzCase(number: $0, seed: 3).graph }.first(where: fails))
    let small = reduce(graph) { $0.map(fails) }
    #expect(small.nodes.count == 3, "\(small.text)")
    #expect(fails(small), "\(small.text)")
  }

  @Test func whatDoesNotFailStaysAsItIs() {
    let graph = FuzzCase(number: 0, seed: 3).graph
    #expect(reduce(graph) { $0.map { _ in false } } == graph)
  }
}
