import NNIR

/// Turns relu(a·x + b) before a convolution or linear layer into a clamp of x, with a and b moved into the layer.
///
/// relu(a·x + b) = factor · clamp(x, lower, upper) + shift for each channel (`ClampRow` says how, for every sign and size
/// of a), so layer(relu(a·x + b), w, c) = layer(clamp(x), w·factor, c + Σ w·shift). All four vectors and the new weights
/// are functions of parameters and running statistics, computed once in `prepare`; what remains for each element is the
/// clamp. This is the pre-activation batch norm of dense networks, which no convolution before it can absorb.
///
/// - A convolution must not pad: its zeros stand for relu(…) = 0, not for clamp(x) = 0. Its groups must be 1.
/// - Between the ReLU and the layer an average pool may stand if it passes constants through.
/// - a and b must depend on parameters alone, and nobody else may read the ReLU or what it is made of.
func clampActivations(_ graph: Graph) throws(Diagnostics) -> Graph {
  var users = [Int](repeating: 0, count: graph.nodes.count)
  for node in graph.nodes { for input in node.inputs { users[input.index] += 1 } }
  for result in graph.results { users[result.value.index] += 1 }
  let constant = dependsOnParametersOnly(graph)
  return graph.rewriting { builder, id, node in
    let original = graph[id]
    guard isUnpaddedLayer(original), original.inputs.dropFirst().allSatisfy({ constant[$0.index] }),
      readsAffineReLU(original, in: graph, users: users, constant: constant)
    else { return builder.add(node, inputs: node.inputs) }
    return clamped(node, in: &builder)
  }
}

/// Whether what the layer reads is relu(a·x + b) with constant a and b, perhaps averaged, and read by the layer alone.
private func readsAffineReLU(_ layer: Node, in graph: Graph, users: [Int], constant: [Bool]) -> Bool {
  var id = layer.inputs[0]
  func isChannelMap(_ id: ValueID, _ op: Op) -> Bool {
    graph[id].op == op && users[id.index] == 1 && constant[graph[id].inputs[1].index] && !constant[id.index]
  }
  while users[id.index] == 1, isMean(graph[id].op) { id = graph[id].inputs[0] }
  guard graph[id].op == .relu, users[id.index] == 1 else { return false }
  let sum = graph[id].inputs[0]
  return isChannelMap(sum, .addChannel(axis: 1)) && isChannelMap(graph[sum].inputs[0], .multiplyChannel(axis: 1))
}

/// The layer on clamped values; `layer` has operands of the new arena.
private func clamped(_ layer: Node, in builder: inout GraphBuilder) -> ValueID {
  var means: [Node] = []
  var below = builder.graph[layer.inputs[0]]
  while below.op != .relu {
    means.append(below)
    below = builder.graph[below.inputs[0]]
  }
  let sum = builder.graph[below.inputs[0]]
  let product = builder.graph[sum.inputs[0]]
  let origins = below.origins + sum.origins.filter { !below.origins.contains($0) }
  func make(_ op: Op, _ inputs: ValueID...) -> ValueID { builder.add(op, inputs, origins: origins) }
  func form(_ row: ClampRow) -> ValueID { make(.clampForm(row), product.inputs[1], sum.inputs[1]) }
  var value = make(.clampChannel(axis: 1), product.inputs[0], form(.lower), form(.upper))
  for mean in means.reversed() { value = builder.add(mean.op, [value], origins: mean.origins) }
  let weights = make(.multiplyChannel(axis: 1), layer.inputs[1], form(.factor))
  var bias = make(.sumToChannel(axis: 0), make(.multiplyChannel(axis: 1), layer.inputs[1], form(.shift)))
  if layer.inputs.count == 3 { bias = make(.add, layer.inputs[2], bias) }
  return builder.add(layer.op, [value, weights, bias], origins: layer.origins)
}

private func isUnpaddedLayer(_ node: Node) -> Bool {
  switch node.op {
  case .convolution(let geometry):
    geometry.groups == 1
      && ((geometry.padBegin + geometry.padEnd).allSatisfy { $0 == 0 } || Mutation.isActive(.clampBeforePadding))
  case .linear: true
  default: false
  }
}

/// Whether the operation averages, and leaves a channel alone that is the same everywhere.
private func isMean(_ op: Op) -> Bool {
  switch op {
  case .globalAveragePool: true
  case .averagePool(let pooling): !pooling.countIncludePad || (pooling.padBegin + pooling.padEnd).allSatisfy { $0 == 0 }
  default: false
  }
}
