import NNIR

/// Moves an average pool before the 1×1 convolution that it follows: pool(W·x + b) = W·pool(x) + b.
///
/// Pooling averages each channel with the same weights and the convolution mixes the channels of one position, so the two
/// commute; the convolution then runs on the pooled positions alone, a quarter of them in a DenseNet's transition.
/// - The convolution has kernel, stride and padding that leave positions alone, and no user but the pool.
/// - A bias survives where each window divides by what it counted: b is not averaged with padded zeros. Windows that
///   hang over the edge in ceil mode never count what lies outside.
/// - The pool leaves fewer positions than it reads; otherwise nothing is won.
///
/// Done before differentiation, so that the gradients gain too. Exact but for rounding.
func poolBeforeConvolution(_ graph: Graph) throws(Diagnostics) -> Graph {
  var users = [[ValueID]](repeating: [], count: graph.nodes.count)
  for id in graph.ids { for input in graph[id].inputs { users[input.index].append(id) } }
  var isResult = [Bool](repeating: false, count: graph.nodes.count)
  for result in graph.results { isResult[result.value.index] = true }

  /// Whether the value's only reader is a pool that may go before `layer`.
  func isPooledAlone(_ id: ValueID, layer: Node) -> Bool {
    guard !isResult[id.index], users[id.index].count == 1 else { return false }
    return commutes(layer, with: graph[users[id.index][0]], of: graph[id].type)
  }

  var builder = GraphBuilder(like: graph)
  var map: [ValueID] = []
  /// Convolutions that wait for their pool, by the value that they stand for; operands are values of the new arena.
  var waiting: [ValueID: Node] = [:]
  for id in graph.ids {
    var node = graph[id]
    let operand = node.inputs.first
    if let operand, let layer = waiting[operand] {
      // both stand where the pool stood and carry what it carries
      let x = layer.inputs[0]
      var pool = node
      pool.type.shape[1] = builder.type(x).shape[1]
      node.op = layer.op
      node.inputs = [builder.add(pool, inputs: [x])] + layer.inputs.dropFirst()
      node.origins = layer.origins + node.origins.filter { !layer.origins.contains($0) }
    } else {
      node.inputs = node.inputs.map { map[$0.index] }
    }
    if isPointwise(node, in: builder.graph), isPooledAlone(id, layer: node) {
      waiting[id] = node
      // never read: the one user takes the waiting convolution instead
      map.append(node.inputs[0])
    } else {
      map.append(builder.add(node, inputs: node.inputs))
    }
  }
  for result in graph.results { builder.add(result: result.mapping { map[$0.index] }) }
  return builder.graph
}

/// Whether a node is a convolution that reads, for each position of its result, that position alone.
func isPointwise(_ node: Node, in graph: Graph) -> Bool {
  guard case .convolution(let geometry) = node.op else { return false }
  return graph[node.inputs[1]].type.shape.dropFirst(2).allSatisfy { $0 == 1 } && geometry.strides.allSatisfy { $0 == 1 }
    && (geometry.padBegin + geometry.padEnd).allSatisfy { $0 == 0 }
}

/// Whether pooling the convolution's operand instead of its result, which has type `pooled`, gives the same.
private func commutes(_ layer: Node, with pool: Node, of pooled: TensorType) -> Bool {
  guard case .averagePool(let pooling) = pool.op else { return false }
  func positions(_ type: TensorType) -> Int { type.shape.dropFirst(2).reduce(1) { $0 * ($1.value ?? 1) } }
  guard positions(pool.type) < positions(pooled) else { return false }
  let hasBias = layer.inputs.count == 3
  if Mutation.isActive(.poolBeforePaddedBias) { return true }
  return !hasBias || !pooling.countIncludePad || (pooling.padBegin + pooling.padEnd).allSatisfy { $0 == 0 }
}
