import Interpreter
import NNIR

/// A network and the seed of the numbers that it is checked on.
package struct FuzzCase: Sendable {
  /// At stage raw, with a recipe whose batch is the one to compile for.
  package var graph: Graph
  package var seed: UInt64

  package init(graph: Graph, seed: UInt64) {
    self.graph = graph
    self.seed = seed
  }

  /// The random case of this number in the sequence of a seed.
  package init(number: Int, seed: UInt64) {
    self.seed = Philox.mix(seed) &+ UInt64(number)
    graph = randomGraph(seed: self.seed)
  }

  package var batch: Int { graph.recipe?.batch ?? 4 }

  /// Weights, state and a batch for the first step; vectors have zeros and negative numbers among them, inputs are
  /// sometimes multiples of a half so that equal numbers meet.
  func feeds(for typed: Graph) -> Feeds {
    var feeds = Sample(for: typed, batch: batch, seed: seed).feeds
    var dice = Dice(seed: seed ^ 0x5eed)
    // the first step starts momenta, later ones go on with them
    feeds.step = dice.percent(50) ? 0 : 3
    feeds.seed = seed
    feeds.gates = typed.gates.isEmpty ? nil : typed.gates.map { _ in dice.percent(60) }
    for (_, name, _, type) in typed.parameters where type.rank == 1 && name.hasSuffix(".weight") && dice.percent(25) {
      feeds.parameters[name]?[dice.below(type.count)] = 0
    }
    for norm in normsUnderMaxima(typed) where dice.percent(75) {
      // a channel whose scale is 0 is constant, so every window of it is a tie; the gradient of the scale tells which
      // position won, and a positive shift keeps the channel from being masked
      let (scale, shift) = (typed[norm].inputs[1], typed[norm].inputs[2])
      guard case .parameter(let scales, _) = typed[scale].op, case .parameter(let shifts, _) = typed[shift].op else {
        continue
      }
      let channel = dice.below(typed[scale].type.count)
      feeds.parameters[scales]?[channel] = 0
      feeds.parameters[shifts]?[channel] = 0.125
    }
    return feeds
  }

  /// The same feeds with another batch of inputs.
  func redrawn(_ feeds: Feeds, attempt: Int) -> Feeds {
    var next = feeds
    let random = Philox(seed: seed, stream: "fuzz input", step: feeds.step << 8 | UInt64(attempt))
    var dice = Dice(seed: seed ^ feeds.step)
    // the gates of a step stay while its batch is drawn again
    if attempt == 0 { next.gates = feeds.gates?.map { _ in dice.percent(60) } }
    let isCoarse = seed % 5 == 0 && attempt % 2 == 0
    next.input = feeds.input?.indices.map { index in
      let value = random.normal(UInt64(index))
      return Double(Float(isCoarse ? (2 * value).rounded() / 2 : value))
    }
    return next
  }
}

/// The batch norms whose results are what a max pool compares, with a ReLU between or without.
private func normsUnderMaxima(_ graph: Graph) -> [ValueID] {
  graph.ids.compactMap { id in
    guard case .maxPool = graph[id].op else { return nil }
    var operand = graph[id].inputs[0]
    if case .relu = graph[operand].op { operand = graph[operand].inputs[0] }
    guard case .batchNorm = graph[operand].op else { return nil }
    return operand
  }
}

/// How near a ReLU's operand may come to 0, and the largest elements of a window to each other.
///
/// Nearer than this, rounding may choose the other side, and then whole gradients differ without anybody's fault.
let kinkMargin = 1e-4

/// Whether a kink of the network lies within the margin of an operand; operands exactly at it are on the same side in
/// every precision, as they are zeros that nothing was added to or copies of one number.
func isNearKink(_ graph: Graph, _ values: Interpretation<Double>) -> Bool {
  for id in graph.ids {
    switch graph[id].op {
    case .relu:
      guard let x = values[graph[id].inputs[0]]?.elements else { continue }
      if x.contains(where: { abs($0) < kinkMargin && $0 != 0 }) { return true }
    case .maxPool(let pooling):
      guard let x = values[graph[id].inputs[0]], let y = values[id] else { continue }
      if hasNarrowMaximum(x, y, pooling) { return true }
    default: continue
    }
  }
  return false
}

/// Whether a window's maximum is hardly larger than another of its elements.
private func hasNarrowMaximum(_ x: Tensor<Double>, _ y: Tensor<Double>, _ pooling: Pooling) -> Bool {
  let large = Array(x.shape.dropFirst(2))
  let small = Array(y.shape.dropFirst(2))
  let (planeSize, windows) = (large.reduce(1, *), small.reduce(1, *))
  let taps = pooling.kernel.reduce(1, *)
  func digits(_ number: Int, _ extents: [Int]) -> [Int] {
    var rest = number
    var result = [Int](repeating: 0, count: extents.count)
    for axis in extents.indices.reversed() {
      result[axis] = rest % extents[axis]
      rest /= extents[axis]
    }
    return result
  }
  let positions = (0..<windows).map { window -> [Int] in
    let origin = digits(window, small)
    return (0..<taps).compactMap { tap in
      let offset = digits(tap, pooling.kernel)
      var index = 0
      for axis in large.indices {
        let at = origin[axis] * pooling.strides[axis] + offset[axis] - pooling.padBegin[axis]
        guard at >= 0, at < large[axis] else { return nil }
        index = index * large[axis] + at
      }
      return index
    }
  }
  for plane in 0..<(x.shape[0] * x.shape[1]) {
    for window in 0..<windows {
      let best = y.elements[plane * windows + window]
      for position in positions[window] {
        let distance = best - x.elements[plane * planeSize + position]
        if distance > 0 && distance < kinkMargin { return true }
      }
    }
  }
  return false
}
