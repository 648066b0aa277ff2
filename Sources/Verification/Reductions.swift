import NNIR
import Passes

/// Smaller networks that might fail as `graph` does, the smallest first.
///
/// Each is one cut away from it: an inner value as the output or in place of the input, a node replaced by an operand,
/// an operand or a bias left out, simpler attributes, fewer channels or positions, a smaller batch, a plainer recipe.
/// Types are inferred anew and parameters take the shapes that their users then need; what comes out ill-typed is left
/// out.
package func reductions(of graph: Graph) -> [Graph] {
  let size = graph.reductionSize
  var seen: Set<Graph> = [graph]
  return candidates(of: graph)
    .compactMap { candidate -> Graph? in
      guard let tidy = tidied(candidate), tidy.reductionSize < size, seen.insert(tidy).inserted else { return nil }
      return tidy
    }
    .enumerated().sorted { ($0.element.reductionSize, $0.offset) < ($1.element.reductionSize, $1.offset) }
    .map(\.element)
}

/// How large a failing network is: nodes first, then elements, then attributes that are not the plainest.
struct ReductionSize: Comparable {
  var nodes: Int
  var elements: Int
  var attributes: Int

  static func < (a: ReductionSize, b: ReductionSize) -> Bool {
    (a.nodes, a.elements, a.attributes) < (b.nodes, b.elements, b.attributes)
  }
}

extension Graph {
  var reductionSize: ReductionSize {
    let batch = recipe?.batch ?? 1
    var attributes = results.count
    for node in nodes { attributes += node.op.attributeSize }
    if let recipe {
      attributes += batch
      switch recipe.optimizer {
      case .sgd(let momentum, let dampening, let nesterov, let decay):
        attributes += [momentum != 0, dampening != 0, nesterov, decay != 0].count { $0 }
      case .adam(_, _, _, let decay), .adamW(_, _, _, let decay): attributes += decay == 0 ? 5 : 6
      }
      if recipe.loss == .softmaxCrossEntropy { attributes += 1 }
    }
    return ReductionSize(
      nodes: nodes.count,
      elements: nodes.reduce(0) { $0 + ($1.type.binding(batch: batch).boundedCount ?? TensorType.elementLimit) },
      attributes: attributes)
  }
}

extension Op {
  fileprivate var attributeSize: Int {
    switch self {
    case .convolution(let geometry):
      (geometry.strides + geometry.dilations + [geometry.groups]).reduce(0) { $0 + $1 - 1 }
        + (geometry.padBegin + geometry.padEnd).reduce(0, +)
    case .maxPool(let pooling), .averagePool(let pooling):
      (pooling.kernel + pooling.strides).reduce(0) { $0 + $1 - 1 } + (pooling.padBegin + pooling.padEnd).reduce(0, +)
        + (pooling.ceilMode ? 1 : 0)
    case .pad(let before, let after): (before + after).reduce(0, +)
    case .slice(_, let start, _): start
    default: 0
    }
  }
}

/// The network with its types inferred anew and without what nothing depends on; nil where it is not valid.
private func tidied(_ graph: Graph) -> Graph? {
  let live = liveNodes(graph, keepingInterface: false)
  guard let retyped = retyped(live), let typed = try? typeCheckQuietly(retyped) else { return nil }
  // training needs two elements a channel for every batch norm
  let batch = graph.recipe?.batch ?? 2
  for node in typed.nodes {
    guard case .batchNorm = node.op else { continue }
    let extents = node.type.binding(batch: batch).bound
    if extents.reduce(1, *) / extents[1] < 2 { return nil }
  }
  if graph.recipe?.loss == .softmaxCrossEntropy, typed.modelOutput.map({ typed[$0].type.rank }) != 2 { return nil }
  return retyped
}

private func typeCheckQuietly(_ graph: Graph) throws(Diagnostics) -> Graph {
  try run(Pipeline.typing, on: graph)
}

/// Infers every type again; parameters and states take the shapes that their first user needs.
private func retyped(_ graph: Graph) -> Graph? {
  var result = graph
  var settled: Set<ValueID> = []
  /// Gives a source of weights a shape; false where another user needs a different one.
  func demand(_ id: ValueID, _ shape: [Int]) -> Bool {
    let type = TensorType.f32(shape)
    switch result[id].op {
    case .parameter, .state:
      if settled.contains(id) { return result[id].type == type }
      settled.insert(id)
      result.nodes[id.index].type = type
      return true
    default: return result[id].type == type
    }
  }
  for id in graph.ids where !graph[id].op.isSource {
    let inputs = graph[id].inputs
    guard let first = inputs.first else { return nil }
    let x = result[first].type
    func extent(_ axis: Int) -> Int { axis < x.rank ? x.shape[axis].value ?? 0 : 0 }
    var fits = true
    switch graph[id].op {
    case .convolution(let geometry):
      guard let w = result[inputs[1]].type.extents, w.count >= 2, extent(1) % geometry.groups == 0 else { return nil }
      fits = demand(inputs[1], [w[0], extent(1) / geometry.groups] + w[2...])
      if inputs.count == 3 { fits = fits && demand(inputs[2], [w[0]]) }
    case .linear:
      guard let w = result[inputs[1]].type.extents, w.count == 2 else { return nil }
      fits = demand(inputs[1], [w[0], extent(1)])
      if inputs.count == 3 { fits = fits && demand(inputs[2], [w[0]]) }
    case .matmul(false, let isTransposed):
      guard let w = result[inputs[1]].type.extents, w.count == 2 else { return nil }
      fits = demand(inputs[1], isTransposed ? [w[0], extent(1)] : [extent(1), w[1]])
    case .batchNorm: for operand in inputs.dropFirst() { fits = fits && demand(operand, [extent(1)]) }
    case .multiplyChannel(let axis), .addChannel(let axis): fits = demand(inputs[1], [extent(axis)])
    case .reshape(let shape):
      // flattening goes on to flatten
      let count = x.shape.dropFirst().compactMap(\.value).reduce(1, *)
      if shape.count == 2, shape[0] == .batch { result.nodes[id.index].op = .reshape([.batch, .fixed(count)]) }
    case .slice(let axis, let start, let count):
      let end = min(extent(axis), start + count)
      if start < end { result.nodes[id.index].op = .slice(axis: axis, start: start, count: end - start) }
    default: break
    }
    guard fits, let type = try? inferType(result[id].op, inputs.map { result[$0].type }) else { return nil }
    result.nodes[id.index].type = type
  }
  return result
}

// MARK: Cuts

private func candidates(of graph: Graph) -> [Graph] {
  cuts(of: graph) + withoutGates(of: graph) + bypasses(of: graph) + simplerNodes(of: graph) + smallerExtents(of: graph)
    + simplerHeaders(of: graph)
}

/// An inner value as the only output, or in place of the input.
private func cuts(of graph: Graph) -> [Graph] {
  guard let input = graph.first(.input) else { return [] }
  var result: [Graph] = []
  for id in graph.ids where !graph[id].op.isSource && graph[id].type.shape.first == .batch {
    var head = graph
    head.results = [.output(name: "y", value: id)]
    head.recipe?.loss = .meanSquaredError
    result.append(head)
    // users of the value take an input of its type; the old one goes with its last user
    var tail = graph
    tail.nodes[id.index] = Node(.input, [], graph[id].type)
    if tail[input].type == tail[id].type { tail.nodes[id.index] = graph[id] } else { result.append(tail) }
    result.append(graph.replacing(id, by: input))
  }
  return result
}

/// A block that is always computed instead of under a gate.
private func withoutGates(of graph: Graph) -> [Graph] {
  graph.ids.compactMap { id in
    guard case .join(let gate) = graph[id].op else { return nil }
    var copy = graph.replacing(id, by: graph[id].inputs[0])
    for index in copy.nodes.indices where copy.nodes[index].gate == gate { copy.nodes[index].gate = nil }
    return copy
  }
}

/// A node replaced by one of its operands of the same type.
private func bypasses(of graph: Graph) -> [Graph] {
  graph.ids.flatMap { id in
    graph[id].inputs.filter { graph[$0].type == graph[id].type }.map { graph.replacing(id, by: $0) }
  }
}

/// Operands left out and attributes made plainer.
private func simplerNodes(of graph: Graph) -> [Graph] {
  var result: [Graph] = []
  for id in graph.ids {
    let node = graph[id]
    func with(_ op: Op, _ inputs: [ValueID]? = nil) {
      var copy = graph
      copy.nodes[id.index].op = op
      if let inputs { copy.nodes[id.index].inputs = inputs }
      result.append(copy)
    }
    switch node.op {
    case .concat:
      for index in node.inputs.indices where node.inputs.count > 1 {
        var rest = node.inputs
        rest.remove(at: index)
        with(node.op, rest)
      }
    case .linear where node.inputs.count == 3: with(node.op, Array(node.inputs.prefix(2)))
    case .convolution(let geometry):
      if node.inputs.count == 3 { with(node.op, Array(node.inputs.prefix(2))) }
      for axis in geometry.strides.indices {
        for change in [\Convolution.strides, \Convolution.dilations] where geometry[keyPath: change][axis] > 1 {
          var simpler = geometry
          simpler[keyPath: change][axis] = 1
          with(.convolution(simpler))
        }
        for change in [\Convolution.padBegin, \Convolution.padEnd] where geometry[keyPath: change][axis] > 0 {
          var simpler = geometry
          simpler[keyPath: change][axis] = 0
          with(.convolution(simpler))
        }
      }
      if geometry.groups > 1 {
        var simpler = geometry
        simpler.groups = 1
        with(.convolution(simpler))
      }
    case .maxPool(let pooling), .averagePool(let pooling):
      func pool(_ simpler: Pooling) {
        if case .maxPool = node.op { with(.maxPool(simpler)) } else { with(.averagePool(simpler)) }
      }
      for axis in pooling.kernel.indices {
        for change in [\Pooling.kernel, \Pooling.strides] where pooling[keyPath: change][axis] > 1 {
          var simpler = pooling
          simpler[keyPath: change][axis] -= 1
          pool(simpler)
        }
        for change in [\Pooling.padBegin, \Pooling.padEnd] where pooling[keyPath: change][axis] > 0 {
          var simpler = pooling
          simpler[keyPath: change][axis] = 0
          pool(simpler)
        }
      }
    case .pad(let before, let after):
      for axis in before.indices where before[axis] + after[axis] > 0 {
        var (first, last) = (before, after)
        if first[axis] > 0 { first[axis] -= 1 } else { last[axis] -= 1 }
        with(.pad(before: first, after: last))
      }
    case .slice(let axis, let start, let count):
      if start > 0 { with(.slice(axis: axis, start: start - 1, count: count)) }
      if count > 1 { with(.slice(axis: axis, start: start, count: count - 1)) }
    default: break
    }
  }
  return result
}

/// Fewer channels and positions: of the input, and of what weights produce.
private func smallerExtents(of graph: Graph) -> [Graph] {
  var result: [Graph] = []
  func shrink(_ id: ValueID, axes: [Int]) {
    for axis in axes {
      guard let extent = graph[id].type.shape[axis].value, extent > 1 else { continue }
      var tried: Set<Int> = []
      for smaller in [1, extent / 2, extent - 1] where smaller >= 1 && tried.insert(smaller).inserted {
        var copy = graph
        copy.nodes[id.index].type.shape[axis] = .fixed(smaller)
        result.append(copy)
      }
    }
  }
  for id in graph.ids {
    let node = graph[id]
    switch node.op {
    case .input: shrink(id, axes: Array(1..<node.type.rank))
    case .parameter where node.type.rank >= 2: shrink(id, axes: [0] + Array(node.type.shape.indices.dropFirst(2)))
    default: break
    }
  }
  return result
}

/// Fewer results, a smaller batch, a plainer optimizer.
private func simplerHeaders(of graph: Graph) -> [Graph] {
  var result: [Graph] = []
  for index in graph.results.indices where index > 0 {
    var copy = graph
    copy.results.remove(at: index)
    result.append(copy)
  }
  guard let recipe = graph.recipe else { return result }
  var batches: Set<Int> = []
  for batch in [1, 2, recipe.batch / 2, recipe.batch - 1] where batch >= 1 && batches.insert(batch).inserted {
    var copy = graph
    copy.recipe?.batch = batch
    result.append(copy)
  }
  func with(_ optimizer: Recipe.Optimizer) {
    var copy = graph
    copy.recipe?.optimizer = optimizer
    result.append(copy)
  }
  with(.sgd())
  switch recipe.optimizer {
  case .sgd(let momentum, let dampening, let nesterov, let decay):
    with(.sgd(momentum: momentum, dampening: dampening, nesterov: nesterov))
    with(.sgd(momentum: momentum, nesterov: nesterov, weightDecay: decay))
    with(.sgd(momentum: momentum, dampening: dampening, weightDecay: decay))
  case .adam(let beta1, let beta2, let epsilon, _):
    with(.adam(beta1: beta1, beta2: beta2, epsilon: epsilon))
  case .adamW(let beta1, let beta2, let epsilon, _):
    with(.adamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: 0))
  }
  return result
}

extension Graph {
  /// All uses of a value turned to an earlier one.
  fileprivate func replacing(_ old: ValueID, by new: ValueID) -> Graph {
    var copy = self
    for index in copy.nodes.indices {
      copy.nodes[index].inputs = copy.nodes[index].inputs.map { $0 == old ? new : $0 }
    }
    copy.results = results.map { $0.mapping { $0 == old ? new : $0 } }
    return copy
  }
}
