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

  /// Networks that once failed, as they were then; the name of each tells the seed of its numbers.
  ///
  /// A slice is summed along another axis than its channels, which takes whole tensors; clamped activations that are all
  /// cut off; a product is stored over what a sum beside it reads; gradients that vanish; batch norms of two numbers, one
  /// behind the other; to a value is added what a slice of a concatenation of it has beside it; a channel that is constant
  /// but for rounding has a variance; a 1×1 convolution after a 3×3 one was taken for another node's by the Winograd pass.
  @Test(arguments: [
    "sum_of_slice", "clamped_off", "product_beside_sum", "vanishing_gradients", "norms_of_two", "added_to_its_slice",
    "variance_of_a_constant", "mixed_kernels",
  ])
  func networksThatFailedPass(name: String) throws {
    let path = Fixtures.path("failed/\(name).nnir")
    let graph = try Graph(parsing: String(contentsOfFile: path, encoding: .utf8), file: path)
    let seed = try #require(UInt64(graph.name.dropFirst("random_".count)))
    #expect(try Differential().check([FuzzCase(graph: graph, seed: seed)]) == [.passed])
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
