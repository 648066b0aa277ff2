import NNIR

/// Replaces every gate by its expectation, as inference with stochastic depth wants it: x + b·f(x) becomes x + p·f(x).
///
/// The factor goes into the weights where f ends in a batch norm, a convolution or a linear layer, so that it costs
/// nothing for each batch. A join that is no sum with its other operand becomes p·value + (1 − p)·else.
/// (Huang, Sun, Liu, Sedra, Weinberger: "Deep networks with stochastic depth", ECCV 2016, equation 5.)
func gatesToExpectation(_ graph: Graph) throws(Diagnostics) -> Graph {
  guard !graph.gates.isEmpty else { return graph }
  var uses = [Int](repeating: 0, count: graph.nodes.count)
  for node in graph.nodes { for input in node.inputs { uses[input.index] += 1 } }
  var header = graph
  header.gates = []
  let result = header.rewriting { builder, id, node in
    var node = node
    node.gate = nil
    guard case .join(let gate) = node.op else { return builder.add(node) }
    let survival = Mutation.isActive(.survivalLost) ? 1.0 : graph.gates[gate.index].survival
    func make(_ op: Op, _ inputs: ValueID...) -> ValueID { builder.add(op, inputs, origins: node.origins) }
    let (value, other) = (node.inputs[0], node.inputs[1])
    let sum = builder.graph[value]
    let original = graph[graph[id].inputs[0]]
    if sum.op == .add, let operand = sum.inputs.firstIndex(of: other), sum.inputs[1 - operand] != other {
      let usedOnce = uses[original.inputs[1 - operand].index] == 1
      let branch = scaled(sum.inputs[1 - operand], by: survival, usedOnce: usedOnce, in: &builder)
      return builder.add(.add, operand == 0 ? [other, branch] : [branch, other], origins: sum.origins)
    }
    return make(.add, make(.scale(survival), value), make(.scale(Scalar(1 - survival.value)), other))
  }
  return liveNodes(result)
}

/// factor · value, with the factor in the weights where the operation has some and nobody else uses its result.
private func scaled(
  _ value: ValueID, by factor: Scalar, usedOnce: Bool, in builder: inout GraphBuilder
) -> ValueID {
  let node = builder.graph[value]
  func times(_ operand: ValueID) -> ValueID { builder.add(.scale(factor), [operand], origins: node.origins) }
  guard usedOnce else { return times(value) }
  var inputs = node.inputs
  switch node.op {
  // γ and β, whatever the statistics; weights and bias
  case .batchNorm, .convolution, .linear:
    for index in inputs.indices.dropFirst().prefix(2) { inputs[index] = times(inputs[index]) }
    return builder.add(node, inputs: inputs)
  default: return times(value)
  }
}
