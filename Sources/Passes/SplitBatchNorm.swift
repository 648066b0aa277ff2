import NNIR

/// Splits each batch norm into `moments` and `normalize`, with updates of the running statistics as results.
///
/// Done before differentiation, so that the statistics of one feature map are one value for all its consumers and
/// reverse mode yields the deferred correction by itself. The graph enters stage *step*.
///
/// Errors: batch statistics over fewer than two elements, whose unbiased variance does not exist.
func splitBatchNorm(_ graph: Graph) throws(Diagnostics) -> Graph {
  var found: [Diagnostic] = []
  var updates: [GraphResult] = []
  var result = graph.rewriting(stage: .step) { builder, _, node in
    guard case .batchNorm(let epsilon, let momentum) = node.op else {
      return builder.add(node.op, node.inputs, type: node.type, origins: node.origins)
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
    let moments = builder.add(.moments(groups: 1), [x], origins: node.origins)
    var newMean = builder.add(.runningMean(momentum: momentum), [mean, moments], origins: node.origins)
    if Mutation.isActive(.statisticsTwice) {
      newMean = builder.add(.runningMean(momentum: momentum), [newMean, moments], origins: node.origins)
    }
    let newVariance = builder.add(
      .runningVariance(momentum: momentum, count: count), [variance, moments], origins: node.origins)
    updates.append(.update(source: mean, value: newMean))
    updates.append(.update(source: variance, value: newVariance))
    let used = Mutation.isActive(.epsilonWrong) ? Scalar(2 * epsilon.value) : epsilon
    return builder.add(.normalize(epsilon: used), [x, moments, scale, shift], origins: node.origins)
  }
  guard found.isEmpty else { throw Diagnostics(found) }
  result.results += updates
  return result
}
