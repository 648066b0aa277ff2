import NNIR

/// Replaces the moments of a channel concatenation by the concatenation of its parts' moments.
///
/// Statistics of a channel depend on that channel alone, so `moments(concat(a, b)) = concat(moments(a), moments(b))`. In a
/// dense block every layer normalises the same growing map; hash-consing then leaves one `moments` for each feature map,
/// and reverse mode sums the adjoints of all its consumers before they go through it once (the deferred correction).
/// Exact, also in rounding: each channel is reduced in the same order as before.
func shareMoments(_ graph: Graph) throws(Diagnostics) -> Graph {
  graph.rewriting { builder, _, node in
    guard case .moments = node.op else {
      return builder.add(node)
    }
    return moments(of: node.inputs[0], like: node, in: &builder)
  }
}

/// The moments of a value, through any depth of channel concatenations.
private func moments(of value: ValueID, like node: Node, in builder: inout GraphBuilder) -> ValueID {
  let producer = builder.graph[value]
  guard case .concat(axis: 1) = producer.op else {
    return builder.add(node.op, [value], gate: node.gate, origins: node.origins)
  }
  let parts = producer.inputs.map { moments(of: $0, like: node, in: &builder) }
  let ordered = Mutation.isActive(.shareMomentsOrder) ? parts.reversed() : parts
  return builder.add(.concat(axis: 2), ordered, gate: node.gate, origins: node.origins)
}
