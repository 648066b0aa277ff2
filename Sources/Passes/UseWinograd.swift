import NNIR

/// Which algorithms a build may choose.
package enum MathMode: String, CaseIterable, Sendable {
  /// Sums in the order of the direct algorithms.
  case exact
  /// Also algorithms that round differently: Winograd's convolutions, where they are faster.
  case fast
  /// Those wherever they are possible; for tests.
  case everywhere

  /// What a user may ask for.
  package static let offered: [MathMode] = [.exact, .fast]
}

/// Computes 3×3 convolutions of stride 1, and the gradients of their inputs, by Winograd's minimal filtering.
///
/// The transform of the weights is a value of its own: at inference it moves into `prepare`, in training it is computed
/// once a step. The gradient of a convolution's input is a convolution too, of dy with the filters back to front.
func useWinograd(_ graph: Graph, math: MathMode, algorithms: ConvolutionAlgorithms = [:]) -> Graph {
  graph.rewriting { builder, id, node in
    guard let convolution = winogradConvolution(graph[id], in: graph),
      let tile = math == .everywhere ? everyTile(id) : tile(id, in: graph, algorithms)
    else {
      return builder.add(node)
    }
    let weights = builder.add(
      .winogradWeights(tile, transposed: convolution.transposed), [node.inputs[1]], gate: node.gate,
      origins: node.origins)
    var result = node
    result.op = .winogradConvolution(padBegin: convolution.begin, padEnd: convolution.end)
    result.inputs[1] = weights
    return builder.add(result)
  }
}

/// The convolution that a node is: the zeros before and after each axis of its operand, and whether its filters are
/// transposed, as in the gradient of an input; nil for what Winograd's way cannot compute.
private func winogradConvolution(
  _ node: Node, in graph: Graph
) -> (begin: [Int], end: [Int], transposed: Bool)? {
  let geometry: Convolution
  var transposed = false
  if case .convolution(let forward) = node.op {
    geometry = forward
  } else if case .convolutionBackwardData(let forward, _) = node.op {
    (geometry, transposed) = (forward, true)
  } else {
    return nil
  }
  let extents = graph[node.inputs[1]].type.bound
  guard extents.count == 4, extents[2] == Winograd.taps, extents[3] == Winograd.taps, geometry.groups == 1,
    (geometry.strides + geometry.dilations).allSatisfy({ $0 == 1 }),
    (geometry.padBegin + geometry.padEnd).allSatisfy({ $0 < Winograd.taps })
  else { return nil }
  // every output that a filter reaches is one that reads the input
  func padding(_ zeros: [Int]) -> [Int] { transposed ? zeros.map { Winograd.taps - 1 - $0 } : zeros }
  return (padding(geometry.padBegin), padding(geometry.padEnd), transposed)
}

/// Both tiles in turn.
private func everyTile(_ id: ValueID) -> Winograd { id.index % 2 == 0 ? .two : .four }

/// The tiles that are chosen, or else are fastest; nil for the direct sum.
private func tile(_ id: ValueID, in graph: Graph, _ algorithms: ConvolutionAlgorithms) -> Winograd? {
  if !algorithms.isEmpty, let problem = ConvolutionProblem(graph[id], in: graph), let choice = algorithms[problem],
    problem.permits(choice)
  {
    return choice.winograd
  }
  return fastest(id, in: graph)
}

/// The tiles that take least time; nil where the direct sum takes less.
///
/// Per tile the products shrink to 1/4, or to 4/9 with tiles of 2×2, and a transform for each input and each output channel
/// comes on top. It pays from about ten channels on both sides. Tiles of one image have to fill vectors, for several of them
/// read the same weights, which have grown by 4 or 16/9 and come from far away: tiles of 4×4 from 20×20 outputs on, and of 2×2
/// below. Maps of 8×8 are too small for both. The batch does not count: entry points of several batch sizes share what
/// `prepare` computes.
private func fastest(_ id: ValueID, in graph: Graph) -> Winograd? {
  let node = graph[id]
  let (result, weights) = (node.type.bound, graph[node.inputs[1]].type.bound)
  guard min(weights[0], weights[1]) >= 8 else { return nil }
  func tiles(_ tile: Winograd) -> Int {
    result[2...].map { ($0 + tile.outputs - 1) / tile.outputs }.reduce(1, *)
  }
  return tiles(.four) >= 25 ? .four : tiles(.two) >= 36 ? .two : nil
}
