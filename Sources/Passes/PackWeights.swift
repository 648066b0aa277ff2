import NNIR

/// Brings the weights of convolutions and linear layers into the order in which their kernels read them, as values of
/// their own: at inference, where weights stay as they are, that moves into `prepare`. In training, where they change
/// with every step, kernels pack what they need.
func packWeights(_ graph: Graph) -> Graph {
  graph.rewriting { builder, id, node in
    var result = node
    switch node.op {
    case .convolution(var geometry) where !geometry.packed:
      geometry.packed = true
      result.op = .convolution(geometry)
    case .linear(packed: false) where graph[id].type.bound[1] % filled == 0: result.op = .linear(packed: true)
    default: return builder.add(node)
    }
    guard let groups = result.op.packedGroups else { return builder.add(node) }
    result.inputs[1] = builder.add(
      .packWeights(groups: groups), [node.inputs[1]], gate: node.gate, origins: node.origins)
    return builder.add(result)
  }
}

/// Outputs of a linear layer that fill vectors on every target; a few classes do not pay for another kernel.
private let filled = 16
