import NNIR

/// Declares the order of nodes to be the order of execution; the graph becomes *scheduled*.
///
/// Construction order is already a good one: forward, then backward from last to first, then updates. Sources that
/// only updates read stand where they were.
func scheduleNodes(_ graph: Graph) throws(Diagnostics) -> Graph {
  var result = graph
  result.stage = .scheduled
  return result
}
