import NNIR

/// Splits each batch norm into `moments` and `normalize`, with updates of the running statistics as results.
///
/// Done before differentiation, so that the statistics of one feature map are one value for all its consumers and
/// reverse mode yields the deferred correction by itself. The graph enters stage *step*. Under a gate both stand under it,
/// and the running statistics keep their values where it is closed.
///
/// Errors: batch statistics over fewer than two elements, whose unbiased variance does not exist.
func splitBatchNorm(_ graph: Graph) throws(Diagnostics) -> Graph {
  var found: [Diagnostic] = []
  var updates: [GraphResult] = []
  var result = graph.rewriting(stage: .step) { builder, _, node in
    guard case .batchNorm(let epsilon, let momentum) = node.op else {
      return builder.add(node)
    }
    let (x, scale, shift, mean, variance) = (
      node.inputs[0], node.inputs[1], node.inputs[2], node.inputs[3], node.inputs[4]
    )
    let extents = node.type.bound
    let count = extents.reduce(1, *) / extents[1]
    if count < 2 {
      found.append(
        Diagnostic(
          .error,
          "batch_norm: expected batch statistics over at least 2 elements, found \(count) for "
            + "\(node.type.spelledExtents); train with a larger batch", at: node.origins.first))
      return x
    }
    func make(_ op: Op, _ inputs: ValueID...) -> ValueID {
      builder.add(op, inputs, gate: node.gate, origins: node.origins)
    }
    let moments = make(.moments(groups: 1), x)
    var newMean = make(.runningMean(momentum: momentum), mean, moments)
    var newVariance = make(.runningVariance(momentum: momentum, count: count), variance, moments)
    if Mutation.isActive(.statisticsTwice) {
      newMean = make(.runningMean(momentum: momentum), newMean, moments)
    }
    if let gate = node.gate {
      newMean = builder.add(.join(gate), [newMean, mean], origins: node.origins)
      newVariance = builder.add(.join(gate), [newVariance, variance], origins: node.origins)
    }
    updates.append(.update(source: mean, value: newMean))
    updates.append(.update(source: variance, value: newVariance))
    let used = Mutation.isActive(.epsilonWrong) ? Scalar(2 * epsilon.value) : epsilon
    return make(.normalize(epsilon: used), x, moments, scale, shift)
  }
  guard found.isEmpty else { throw Diagnostics(found) }
  result.results += updates
  return result
}
