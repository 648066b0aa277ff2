import NNIR

/// Replaces the symbolic batch by a number in every type and attribute.
///
/// Errors: a batch below 1.
func bindBatch(_ graph: Graph, to batch: Int) throws(Diagnostics) -> Graph {
  guard batch >= 1 else { throw Diagnostics("expected a batch of at least 1, found \(batch)") }
  var result = graph
  for id in graph.ids {
    result.nodes[id.index].type = graph[id].type.binding(batch: batch)
    if case .reshape(let shape) = graph[id].op {
      result.nodes[id.index].op = .reshape(TensorType.f32(shape).binding(batch: batch).shape)
    }
  }
  return result
}
