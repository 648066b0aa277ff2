import NNIR

/// Elements of all values together, from which on no machine has the memory; sizes, offsets and counts of operations that
/// are computed from fewer do not overflow.
private let elementLimit = 1 << 44

/// Replaces the symbolic batch by a number in every type and attribute.
///
/// Errors: a batch below 1, or so large that no machine holds the values.
func bindBatch(_ graph: Graph, to batch: Int) throws(Diagnostics) -> Graph {
  guard batch >= 1 else { throw Diagnostics("expected a batch of at least 1, found \(batch)") }
  var elements = 0
  for node in graph.nodes {
    guard let count = node.type.binding(batch: batch).boundedCount, elements + count < elementLimit else {
      throw Diagnostics(
        "a batch of \(batch): expected values of fewer than 2^44 elements together, found more; use a smaller batch")
    }
    elements += count
  }
  var result = graph
  for id in graph.ids {
    result.nodes[id.index].type = graph[id].type.binding(batch: batch)
    if case .reshape(let shape) = graph[id].op {
      result.nodes[id.index].op = .reshape(TensorType.f32(shape).binding(batch: batch).shape)
    }
  }
  return result
}
