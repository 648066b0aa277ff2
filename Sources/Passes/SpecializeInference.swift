import NNIR

/// Turns a typed graph into inference: dropout disappears, and batch norm with running statistics becomes
/// `a·x + b` with a = γ/√(σ²+ε), b = β − a·μ, both functions of parameters and state alone.
func specializeInference(_ graph: Graph) throws(Diagnostics) -> Graph {
  graph.rewriting(stage: .step) { builder, _, node in
    switch node.op {
    case .dropout: return node.inputs[0]
    case .batchNorm(let epsilon, _):
      let (x, scale, shift, mean, variance) = (
        node.inputs[0], node.inputs[1], node.inputs[2], node.inputs[3], node.inputs[4]
      )
      func make(_ op: Op, _ inputs: ValueID...) -> ValueID {
        builder.add(op, inputs, gate: node.gate, origins: node.origins)
      }
      let used = Mutation.isActive(.inferenceEpsilonLost) ? 0.0 : epsilon
      let a = make(.multiply, scale, make(.reciprocalSquareRoot(epsilon: used), variance))
      let b = make(Mutation.isActive(.inferenceShiftSign) ? .add : .subtract, shift, make(.multiply, a, mean))
      return make(.addChannel(axis: 1), make(.multiplyChannel(axis: 1), x, a), b)
    default: return builder.add(node)
    }
  }
}
