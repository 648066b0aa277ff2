import NNIR

/// Appends the recipe's loss on the first output, as the output `loss`.
///
/// Errors: no recipe, no output, or an output that the loss does not fit.
func appendLoss(_ graph: Graph) throws(Diagnostics) -> Graph {
  guard let recipe = graph.recipe else {
    throw Diagnostics("expected a training recipe, found none; add `var recipe: Recipe` to the network")
  }
  guard let value = graph.modelOutput else {
    throw Diagnostics("expected an output to compute the loss of, found none")
  }
  let type = graph[value].type
  let origins = graph[value].origins
  var result = graph
  func append(_ op: Op, _ inputs: [ValueID], _ type: TensorType) -> ValueID {
    result.nodes.append(Node(op, inputs, type, origins: origins))
    return ValueID(result.nodes.count - 1)
  }
  let loss: ValueID
  switch recipe.loss {
  case .softmaxCrossEntropy:
    guard type.rank == 2 else {
      throw Diagnostics([
        Diagnostic(
          .error, "softmax cross-entropy: expected logits of shape N×classes, found \(type.spelledExtents)",
          at: origins.first)
      ])
    }
    let labels = append(.labels, [], TensorType(.i64, [type.shape[0]]))
    loss = append(.softmaxCrossEntropy, [value, labels], .f32([Extent]()))
  case .meanSquaredError:
    let target = append(.target, [], type)
    loss = append(.meanSquaredError, [value, target], .f32([Extent]()))
  }
  result.results.insert(.output(name: "loss", value: loss), at: 0)
  return result
}
