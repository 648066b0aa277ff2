import Interpreter
import NNIR

/// What a graph delivers, by name, as doubles.
package struct Deliveries: Sendable {
  /// `output NAME`, `gradient NAME`, `parameter NAME`, `state NAME`, `slot NAME KIND`, in a fixed order.
  package var values: [(name: String, elements: [Double])] = []

  package init() {}

  package init<Element>(_ interpretation: Interpretation<Element>) {
    func append(_ kind: String, _ tensors: [String: Tensor<Element>]) {
      for name in tensors.keys.sorted() {
        values.append(("\(kind) \(name)", tensors[name]?.elements.map { Double($0) } ?? []))
      }
    }
    append("output", interpretation.outputs)
    append("gradient", interpretation.gradients)
    append("parameter", interpretation.updatedParameters)
    append("state", interpretation.updatedStates)
    for key in interpretation.updatedSlots.keys.sorted(by: {
      ($0.parameter, $0.kind.rawValue) < ($1.parameter, $1.kind.rawValue)
    }) {
      let elements = interpretation.updatedSlots[key]?.elements.map { Double($0) } ?? []
      values.append(("slot \(key.parameter) \(key.kind.rawValue)", elements))
    }
  }

  package subscript(name: String) -> [Double]? { values.first { $0.name == name }?.elements }

  /// How far two computations of the same formulae in double precision may differ: 1e-9 of the norm, for a gradient
  /// plus 1e-12 of the whole gradient's. Some gradients vanish (of a bias before a batch norm), and what is left of
  /// them is rounding on either side.
  package var formulaBounds: [String: Double] {
    let whole = wholeGradient
    return Dictionary(
      values.map {
        ($0.name, 1e-9 * euclideanNorm($0.elements) + ($0.name.hasPrefix("gradient ") ? 1e-12 * whole : 0))
      },
      uniquingKeysWith: { first, _ in first })
  }

  /// Norm of all gradients as one vector.
  var wholeGradient: Double {
    euclideanNorm(values.filter { $0.name.hasPrefix("gradient ") }.map { euclideanNorm($0.elements) })
  }
}

/// How far compiled single precision may stray from the interpreter in double precision.
///
/// A fixed tight bound means nothing for deep nets, where one ReLU that falls on the other side moves whole gradients.
/// So the measure is what single precision itself does to these very numbers: the worst norm-wise error of the
/// single-precision interpreter over inputs moved by one unit in the last place, three times that, plus 1e-6 of the
/// norm (of all gradients together for a gradient).
package struct Yardstick: Sendable {
  package let expected: Deliveries
  private let bounds: [String: Double]

  /// Measures a graph on a sample.
  ///
  /// Complexity: one interpretation in double and `variants + 1` in single precision.
  package init(_ graph: Graph, _ sample: Sample, variants: Int = 3) throws {
    let exact = Deliveries(try interpretDouble(graph, sample.feeds, retention: .results))
    var worst: [String: Double] = [:]
    for variant in 0...variants {
      let feeds = variant == 0 ? sample.feeds : sample.jittered(UInt64(variant)).feeds
      let single = Deliveries(try interpretFloat(graph, feeds, retention: .results))
      for (name, elements) in exact.values {
        guard let found = single[name] else { continue }
        let error = distance(elements, found)
        // max would pass over a NaN, and leave a bound that single precision does not hold itself
        worst[name] = max(worst[name] ?? 0, error.isNaN ? .infinity : error)
      }
    }
    let whole = exact.wholeGradient
    var bounds: [String: Double] = [:]
    for (name, elements) in exact.values {
      let scale = name.hasPrefix("gradient ") ? whole : euclideanNorm(elements)
      bounds[name] = 3 * (worst[name] ?? 0) + 1e-6 * scale
    }
    expected = exact
    self.bounds = bounds
  }

  /// Judges what compiled code delivered; a missing result fails.
  package func judge(_ found: Deliveries) -> [Comparison] {
    expected.values.map { name, elements in
      Comparison(name, expected: elements, found: found[name] ?? [], bound: bounds[name] ?? 0)
    }
  }
}
