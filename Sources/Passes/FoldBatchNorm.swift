import NNIR

/// Folds a per-channel affine map of parameters into the convolution or linear layer before it.
///
/// conv(x, w, c)·a + b = conv(x, w·a, c·a + b), with a along the output channels. Only where the layer has no other
/// user and a, b depend on parameters and state alone; in pre-activation order, where the map follows a ReLU or a
/// concatenation, nothing matches.
func foldBatchNorm(_ graph: Graph) throws(Diagnostics) -> Graph {
  var users = [Int](repeating: 0, count: graph.nodes.count)
  for node in graph.nodes { for input in node.inputs { users[input.index] += 1 } }
  for result in graph.results { users[result.value.index] += 1 }
  let constant = dependsOnParametersOnly(graph)

  /// Whether `id` is a layer with constant weights that nobody else uses.
  func layer(under id: ValueID) -> Bool {
    switch graph[id].op {
    case .convolution, .linear: users[id.index] == 1 && graph[id].inputs.dropFirst().allSatisfy { constant[$0.index] }
    default: false
    }
  }
  return graph.rewriting { builder, id, node in
    func make(_ op: Op, _ inputs: [ValueID]) -> ValueID { builder.add(op, inputs, origins: node.origins) }
    let original = graph[id]
    switch node.op {
    case .multiplyChannel(axis: 1) where layer(under: original.inputs[0]) && constant[original.inputs[1].index]:
      let below = builder.graph[node.inputs[0]]
      let a = node.inputs[1]
      var inputs = [below.inputs[0], make(.multiplyChannel(axis: 0), [below.inputs[1], a])]
      if below.inputs.count == 3 {
        let bias = below.inputs[2]
        inputs.append(Mutation.isActive(.foldedBiasUnscaled) ? bias : make(.multiply, [bias, a]))
      }
      return make(below.op, inputs)
    case .addChannel(axis: 1)
    where constant[original.inputs[1].index] && users[original.inputs[0].index] == 1
      && isLayer(builder.graph[node.inputs[0]].op):
      let below = builder.graph[node.inputs[0]]
      let b = node.inputs[1]
      let bias = below.inputs.count == 3 ? make(.add, [below.inputs[2], b]) : b
      return make(below.op, [below.inputs[0], below.inputs[1], bias])
    default: return builder.add(node)
    }
  }
}

private func isLayer(_ op: Op) -> Bool {
  switch op {
  case .convolution, .linear: true
  default: false
  }
}

/// Which values are functions of parameters, running statistics and constants alone.
func dependsOnParametersOnly(_ graph: Graph) -> [Bool] {
  var constant: [Bool] = []
  for node in graph.nodes {
    switch node.op {
    case .parameter, .state, .fill, .prepared: constant.append(true)
    case .input, .labels, .target, .slot, .learningRate, .stepNumber, .dropout, .join: constant.append(false)
    default: constant.append(node.inputs.allSatisfy { constant[$0.index] })
    }
  }
  return constant
}
