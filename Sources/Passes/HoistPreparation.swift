import NNIR

/// An inference graph cut in two: what depends on parameters alone, and what has to run for each batch.
package struct PreparedInference: Sendable {
  /// Outputs are the prepared values by name; run once after weights change.
  package var prepare: Graph
  /// Reads the prepared values as sources.
  package var infer: Graph
}

/// Moves everything that depends only on parameters and running statistics into a graph of its own.
///
/// The boundary is where a computed value of that kind meets a batch-dependent user; those values get the names
/// `prepared.0`, `prepared.1`, … in order, so that graphs of different batch sizes share one prepared arena.
///
/// Errors: an internal one when a half is not valid.
package func hoistPreparation(_ graph: Graph) throws(Diagnostics) -> PreparedInference {
  let constant = dependsOnParametersOnly(graph)
  func hoisted(_ id: ValueID) -> Bool { constant[id.index] && !graph[id].op.isSource }
  var boundary: [ValueID: String] = [:]
  func meet(_ id: ValueID) {
    if hoisted(id) && boundary[id] == nil { boundary[id] = "prepared.\(boundary.count)" }
  }
  for id in graph.ids where !constant[id.index] { graph[id].inputs.forEach(meet) }
  for result in graph.results { meet(result.value) }

  var prepare = graph
  prepare.results = graph.ids.compactMap { id in boundary[id].map { GraphResult.output(name: $0, value: id) } }
  var infer = graph.rewriting { builder, id, node in
    if let name = boundary[id] {
      return builder.add(.prepared(name: name), type: node.type, origins: node.origins)
    }
    return builder.add(node)
  }
  infer = liveNodes(infer)
  prepare = liveNodes(prepare, keepingInterface: false)
  try requireValid(prepare, after: "hoist-preparation")
  try requireValid(infer, after: "hoist-preparation")
  return PreparedInference(prepare: prepare, infer: infer)
}
