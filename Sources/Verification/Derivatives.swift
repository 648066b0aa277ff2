import ArtefactABI
import Compiler
import Interpreter
import NNIR
import Passes

/// Compares the differentiated graph with central differences of the loss in double precision.
///
/// Of each parameter up to three elements, chosen from the seed, are moved by ±h, h = 1e-5 · max(1, |w|). A ReLU or a
/// maximum that changes sides inside the interval makes the difference quotient meaningless, so an element whose
/// quotients with h and h/4 disagree is left out, and another one is drawn.
func verifyDerivatives(_ typed: Graph, _ sample: Sample, seed: UInt64) throws -> Verdict {
  let graph = try specialize(typed, for: EntryPoint(.gradient, batch: sample.batch))
  let exact = try interpretDouble(graph, sample.feeds, retention: .results)
  let whole = euclideanNorm(exact.gradients.keys.sorted().map { euclideanNorm(exact.gradients[$0]?.elements ?? []) })

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
    guard let gradient = exact.gradients[name]?.elements, let values = sample.feeds.parameters[name] else { continue }
    let random = Philox(seed: seed, stream: "derivative \(name)")
    var chosen: [(element: Int, difference: Double)] = []
    var attempt: UInt64 = 0
    while chosen.count < min(3, type.count) && attempt < 12 {
      let element = random.below(type.count, index: attempt)
      attempt += 1
      guard !chosen.contains(where: { $0.element == element }) else { continue }
      let h = 1e-5 * max(1, abs(values[element]))
      let coarse = try quotient(name, element, h)
      let fine = try quotient(name, element, h / 4)
      guard abs(coarse - fine) <= 1e-5 * whole else { continue }
      chosen.append((element, coarse))
    }
    comparisons.append(
      Comparison(
        "gradient \(name) by central differences", expected: chosen.map(\.difference),
        found: chosen.map { gradient[$0.element] }, bound: 1e-6 * whole))
  }
  return Verdict("derivatives", comparisons)
}
