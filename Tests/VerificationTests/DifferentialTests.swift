import Foundation
import NNIR
import Testing
import Verification

/// Random networks on every path: as written, passes off, passes on, compiled.
@Suite struct DifferentialTests {
  /// Expected values: the double-precision interpreter of the network as it was written; see `Differential`.
  @Test func randomNetworksPass() throws {
    let outcomes = try Differential().check((0..<200).map { FuzzCase(number: $0, seed: 1) })
    for (number, outcome) in outcomes.enumerated() {
      if case .failed(let problems) = outcome {
        Issue.record("nncc fuzz --seed 1 --from \(number) --count 1: \(problems.joined(separator: "; "))")
      }
    }
    let passed = outcomes.count { $0 == .passed }
    #expect(passed >= 190, "only \(passed) of 200 networks have numbers that keep clear of kinks")
  }

  /// Networks that once failed: 500 sums a slice along another axis than its channels, which takes whole tensors; 1815
  /// stores a product over what a sum that comes along reads; 1321 has clamped activations that are all cut off; 292
  /// gradients that vanish; 1724 batch norms of two numbers, one behind the other; 4054 adds
  /// to a value what a slice of a concatenation of it has beside it.
  @Test(arguments: [(500, 21), (1321, 21), (1815, 21), (292, 78), (1724, 2026), (4054, 2026)])
  func networksThatFailedPass(number: Int, seed: Int) throws {
    #expect(try Differential().check([FuzzCase(number: number, seed: UInt64(seed))]) == [.passed])
  }

  /// A network that is wrong is skipped with the reason, and does not count as a fault of the compiler.
  @Test func wrongNetworksAreSkipped() throws {
    var graph = FuzzCase(number: 0, seed: 1).graph
    graph.results = []
    let outcome = try Differential().check([FuzzCase(graph: graph, seed: 1)])[0]
    guard case .skipped(let reason) = outcome else {
      Issue.record("expected a skipped network, found \(outcome)")
      return
    }
    #expect(reason.contains("expected at least one output"))
  }

  @Test(arguments: [
    FuzzOutcome.passed, .skipped("too near to a kink"), .failed(["a", "b\nc"]),
  ])
  func workersSayOneLine(outcome: FuzzOutcome) {
    let line = FuzzWorkers.line(outcome)
    #expect(!line.contains("\n"))
    #expect(line.split(separator: "\t").first.map(String.init) == ["passed", "skipped", "failed"][outcome.kind])
  }
}

extension FuzzOutcome {
  fileprivate var kind: Int {
    switch self {
    case .passed: 0
    case .skipped: 1
    case .failed: 2
    }
  }
}
