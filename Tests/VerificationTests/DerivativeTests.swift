import ArtefactABI
import Compiler
import Interpreter
import NNIR
import Testing
import Verification

/// `nncc verify --grad`: gradients against central differences, and gradients that are wrong in every way.
///
/// The right gradients are the interpreter's, which other tests compare with PyTorch.
@Suite struct DerivativeTests {
  private let typed: Graph
  private let graph: Graph
  private let sample: Sample
  private let gradients: [String: [Double]]

  init() throws {
    let fixture = try NetworkFixture("mlp")
    typed = fixture.typed
    sample = Sample(batch: fixture.entry.batch, feeds: fixture.feeds)
    graph = try specialize(typed, for: EntryPoint(.gradient, batch: sample.batch))
    gradients = try interpretDouble(graph, sample.feeds, retention: .results).gradients.mapValues(\.elements)
  }

  private func verdict(_ gradients: [String: [Double]], _ sample: Sample? = nil) throws -> Verdict {
    try compareDerivatives(gradients, of: typed, computing: graph, sample ?? self.sample, seed: 1)
  }

  @Test func rightGradientsPass() throws {
    let found = try verdict(gradients)
    #expect(found.comparisons.count == typed.parameters.count && found.comparisons.count > 2)
    #expect(found.passed, "\(found.failures)")
  }

  /// Zero is not small enough to be no gradient: it is what a broken differentiation delivers.
  @Test func zerosFailEverywhere() throws {
    let found = try verdict(gradients.mapValues { [Double](repeating: 0, count: $0.count) })
    #expect(found.failures.count == typed.parameters.count)
  }

  @Test func oneWrongFactorFailsThere() throws {
    var wrong = gradients
    wrong["layer2.weight"] = gradients["layer2.weight"]?.map { 2 * $0 }
    #expect(try verdict(wrong).failures.map(\.subject) == ["gradient layer2.weight by central differences"])
  }

  @Test func aMissingGradientFails() throws {
    var missing = gradients
    missing["layer1.bias"] = nil
    #expect(
      try verdict(missing).failures.map(\.description) == [
        "FAIL gradient layer1.bias by central differences: not checked: there is no gradient of 16 elements"
      ])
  }

  /// A loss that is not a number has no difference quotients.
  @Test func elementsThatCannotBeCheckedFail() throws {
    var broken = sample
    broken.feeds.input?[0] = .nan
    let found = try verdict(gradients, broken)
    #expect(found.failures.count == typed.parameters.count)
    #expect(found.failures.allSatisfy { $0.reason?.hasPrefix("not checked: difference quotients of ") == true })
  }
}
