import NNIR

/// Images in bands of lines, for threads that share them.
package struct Bands: Hashable, Sendable {
  /// Bands of an image; 1 for none.
  package var count: Int
  /// Wherever it is possible, for batches of any size too; for tests.
  package var everywhere: Bool

  package init(_ count: Int, everywhere: Bool = false) {
    self.count = count
    self.everywhere = everywhere
  }

  /// Two threads have a band each; more of them share one, as all would share the image.
  package static let usual = Bands(2)
  package static let none = Bands(1)

  /// What inference of a batch gets: images of a larger one are for different threads as they are.
  package func forBatch(_ batch: Int) -> Bands { batch == 1 || everywhere ? self : .none }

  /// Positions of a band at least: two vectors, so that the sums of a register tile do not wait for each other.
  fileprivate var leastPositions: Int { everywhere ? 1 : 2 * Packing.filled }

  /// Whether so much may be copied to and from bands for convolutions that read and write so many elements.
  fileprivate func pays(copied: Int, computed: Int) -> Bool { everywhere || copied * 16 <= computed }
}

/// Cuts the images of inference into bands of lines, each with all channels in memory of its own.
///
/// Threads that share an image compute a part of its lines each. Where those of all channels lie plane by plane, every few
/// kilobytes belong to another thread, and a processor that looks ahead fetches what the other one is about to write: cores
/// without a common cache then wait for each line of theirs that the other one has. In bands they share only the lines that
/// windows of one band reach of the next. As bands are images of their own to everything but such windows, the operations
/// in between stay what they are, with more and smaller images.
///
/// Operations are taken together that pass images to each other and can compute in bands; where these would have to copy
/// much to begin and to end, they stay as they are.
func splitBands(_ graph: Graph, bands: Bands) -> Graph {
  if graph.nodes.contains(where: { if case .splitBands = $0.op { true } else { false } }) { return graph }
  let isSplit = operationsInBands(graph, bands: bands)
  guard isSplit.contains(true) else { return graph }
  var builder = GraphBuilder(like: graph)
  /// Each value as it was, and in bands.
  var whole: [ValueID?] = [], split: [ValueID?] = []
  func inBands(_ id: ValueID) -> ValueID {
    if let known = split[id.index] { return known }
    guard let value = whole[id.index] else { fatalError("\(id) is nowhere") }
    let made = builder.add(.splitBands(bands.count), [value], gate: nil, origins: graph[id].origins)
    split[id.index] = made
    return made
  }
  func asImages(_ id: ValueID) -> ValueID {
    if let known = whole[id.index] { return known }
    guard let value = split[id.index] else { fatalError("\(id) is nowhere") }
    let made = builder.add(.joinBands(bands.count), [value], gate: nil, origins: graph[id].origins)
    whole[id.index] = made
    return made
  }
  for id in graph.ids {
    var node = graph[id]
    guard isSplit[id.index] else {
      let inputs = node.inputs.map(asImages)
      whole.append(builder.add(node, inputs: inputs))
      split.append(nil)
      continue
    }
    switch node.op {
    case .convolution(var geometry):
      geometry.bands = bands.count
      node.op = .convolution(geometry)
    case .winogradConvolution(let begin, let end, _):
      node.op = .winogradConvolution(padBegin: begin, padEnd: end, bands: bands.count)
    default: break
    }
    let images = node.images
    let inputs = node.inputs.map { images.contains($0) ? inBands($0) : asImages($0) }
    whole.append(nil)
    split.append(builder.add(node.op, inputs, gate: node.gate, origins: node.origins))
  }
  for result in graph.results { builder.add(result: result.mapping(asImages)) }
  return builder.graph
}

/// Which operations compute in bands: sets of them that pass images to each other, if what enters and leaves such a set
/// is little beside what its convolutions read and write.
private func operationsInBands(_ graph: Graph, bands: Bands) -> [Bool] {
  let able = graph.ids.map { canSplit(graph[$0], in: graph, bands: bands) }
  // sets of operations, each known by one of its members
  var parents = Array(graph.nodes.indices)
  func root(_ index: Int) -> Int {
    var index = index
    while parents[index] != index {
      parents[index] = parents[parents[index]]
      index = parents[index]
    }
    return index
  }
  for id in graph.ids where able[id.index] {
    for input in graph[id].images where able[input.index] { parents[root(id.index)] = root(input.index) }
  }
  func elements(_ id: ValueID) -> Int { graph[id].type.count }
  var copied = [Int](repeating: 0, count: parents.count), computed = copied
  var isJoined = [Bool](repeating: false, count: parents.count)
  /// Sets that an image from outside enters.
  var enters = [Set<Int>](repeating: [], count: parents.count)
  for id in graph.ids {
    let node = graph[id]
    guard able[id.index] else {
      for input in node.inputs where able[input.index] { isJoined[input.index] = true }
      continue
    }
    let own = root(id.index)
    for input in node.images where !able[input.index] && enters[input.index].insert(own).inserted {
      copied[own] += 2 * elements(input)
    }
    switch node.op {
    case .convolution, .winogradConvolution: computed[own] += elements(node.inputs[0]) + elements(id)
    default: break
    }
  }
  for result in graph.results where able[result.value.index] { isJoined[result.value.index] = true }
  for id in graph.ids where isJoined[id.index] { copied[root(id.index)] += 2 * elements(id) }
  return graph.ids.map {
    able[$0.index] && bands.pays(copied: copied[root($0.index)], computed: computed[root($0.index)])
  }
}

extension Node {
  /// The operands that are images where the result is one.
  fileprivate var images: [ValueID] {
    switch op {
    case .convolution, .winogradConvolution, .averagePool, .maxPool, .slice, .pad: [inputs[0]]
    case .concat: inputs
    default: pointwiseInputs ?? []
    }
  }
}

/// Whether an operation on images gives the same band by band, a convolution with the lines next to each.
private func canSplit(_ node: Node, in graph: Graph, bands: Bands) -> Bool {
  func isWhole(_ extents: [Int]) -> Bool {
    extents.count == 4 && extents[2] % bands.count == 0
      && extents[2] / bands.count * extents[3] >= bands.leastPositions
  }
  guard node.type.element == .f32, isWhole(node.type.bound), node.gate == nil else { return false }
  let operands = node.images.map { graph[$0] }
  guard !operands.isEmpty, operands.allSatisfy({ $0.type.rank == 4 && isWhole($0.type.bound) && !$0.op.isConstant })
  else { return false }
  let (from, to) = (operands[0].type.bound, node.type.bound)
  switch node.op {
  case .convolution(let geometry):
    let weights = graph[node.inputs[1]].type.bound
    // the kernels for a filter of each channel know no bands, and are worth more than these
    return geometry.bands == 1 && (geometry.groups == 1 || weights[1] > 1) && to[2] * geometry.strides[0] == from[2]
      && geometry.linesBeyond(kernel: Array(weights.dropFirst(2))) <= from[2] / bands.count
  case .winogradConvolution(let begin, let end, let split):
    let geometry = Convolution(strides: [1, 1], padBegin: begin, padEnd: end, dilations: [1, 1])
    return split == 1 && to[2] == from[2]
      && geometry.linesBeyond(kernel: [Winograd.taps, Winograd.taps]) <= from[2] / bands.count
  case .averagePool(let pooling), .maxPool(let pooling):
    return pooling.kernel[0] <= pooling.strides[0] && pooling.padBegin[0] == 0 && pooling.padEnd[0] == 0
      && to[2] * pooling.strides[0] == from[2]
  case .concat(let axis), .slice(let axis, _, _): return axis == 1
  case .pad(let before, let after): return [0, 2, 3].allSatisfy { before[$0] == 0 && after[$0] == 0 }
  case .relu, .sigmoid, .tanh, .scale, .add, .subtract, .multiply: return true
  case .multiplyChannel(let axis), .addChannel(let axis), .clampChannel(let axis):
    // numbers of a channel, not of an image
    return axis == 1 && operands.count == 1
  default: return false
  }
}

extension Op {
  /// Whether it stands for numbers that are the same for all images.
  fileprivate var isConstant: Bool {
    switch self {
    case .fill, .parameter, .prepared, .state: true
    default: false
    }
  }
}
