import ArtefactABI
import Compiler
import Interpreter
import NNIR
import Passes

/// Compares the differentiated graph with central differences of the loss in double precision.
///
/// See `compareDerivatives` for how.
func verifyDerivatives(_ typed: Graph, _ sample: Sample, seed: UInt64) throws -> Verdict {
  let graph = try specialize(typed, for: EntryPoint(.gradient, batch: sample.batch))
  let exact = try interpretDouble(graph, sample.feeds, retention: .results)
  return try compareDerivatives(
    exact.gradients.mapValues(\.elements), of: typed, computing: graph, sample, seed: seed)
}

/// Compares gradients, by parameter, with central differences of the output `loss` of `graph`.
///
/// Of each parameter up to three elements, chosen from the seed, are moved by ±h, h = 1e-5 · max(1, |w|). A ReLU or a
/// maximum that changes sides inside the interval makes the difference quotient meaningless, so an element whose
/// quotients with h and h/4 disagree is left out, and another one is drawn. What disagrees is measured by the quotient
/// too and not only by the gradients, which may be wrong. A parameter without a gradient, or without an element that
/// could be checked, fails.
package func compareDerivatives(
  _ gradients: [String: [Double]], of typed: Graph, computing graph: Graph, _ sample: Sample, seed: UInt64
) throws -> Verdict {
  let whole = euclideanNorm(gradients.keys.sorted().map { euclideanNorm(gradients[$0] ?? []) })

  // the loss alone, without the gradients, is what has to be evaluated many times
  var forward = graph
  forward.results = graph.results.filter { if case .output("loss", _) = $0 { true } else { false } }
  forward = liveNodes(forward)
  func loss(_ name: String, _ element: Int, _ offset: Double) throws -> Double {
    var feeds = sample.feeds
    feeds.parameters[name]?[element] += offset
    return try interpretDouble(forward, feeds, retention: .results).outputs["loss"]?.elements.first ?? .nan
  }
  func quotient(_ name: String, _ element: Int, _ h: Double) throws -> Double {
    (try loss(name, element, h) - loss(name, element, -h)) / (2 * h)
  }

  var comparisons: [Comparison] = []
  for (_, name, _, type) in typed.parameters {
    let subject = "gradient \(name) by central differences"
    guard let values = sample.feeds.parameters[name], let gradient = gradients[name], gradient.count == values.count
    else {
      comparisons.append(Comparison(subject, unchecked: "there is no gradient of \(type.count) elements"))
      continue
    }
    let random = Philox(seed: seed, stream: "derivative \(name)")
    var chosen: [(element: Int, difference: Double)] = []
    var tried: Set<Int> = []
    var attempt: UInt64 = 0
    // a deep network has many kinks: longer for the first usable element than for the others
    while chosen.count < min(3, type.count) && attempt < (chosen.isEmpty ? 36 : 12) {
      let element = random.below(type.count, index: attempt)
      attempt += 1
      guard tried.insert(element).inserted else { continue }
      let h = 1e-5 * max(1, abs(values[element]))
      let coarse = try quotient(name, element, h)
      let fine = try quotient(name, element, h / 4)
      guard abs(coarse - fine) <= 1e-5 * max(whole, abs(coarse)) else { continue }
      chosen.append((element, coarse))
    }
    guard !chosen.isEmpty else {
      let reason = "difference quotients of \(tried.count) of \(type.count) elements do not converge"
      comparisons.append(Comparison(subject, unchecked: reason))
      continue
    }
    comparisons.append(
      Comparison(
        subject, expected: chosen.map(\.difference),
        found: chosen.map { gradient[$0.element] }, bound: 1e-6 * whole))
  }
  return Verdict("derivatives", comparisons)
}
