import NNIR

/// Computes every type from its operands and compares it with the declared one; the graph becomes *typed*.
///
/// Errors: all mismatches, each at the user's line with notes at the producers of its operands; what depends on a
/// faulty value is not reported again.
func inferTypes(_ graph: Graph) throws(Diagnostics) -> Graph {
  var found: [Diagnostic] = []
  var poisoned = Set<ValueID>()
  for id in graph.ids {
    let node = graph[id]
    guard !node.op.isSource else { continue }
    guard poisoned.isDisjoint(with: node.inputs) else {
      poisoned.insert(id)
      continue
    }
    let message: String
    do throws(TypeError) {
      let type = try inferType(node.op, node.inputs.map { graph[$0].type })
      if type == node.type { continue }
      message = "\(node.op.mnemonic): expected \(type), found \(node.type)"
    } catch {
      message = error.message
    }
    poisoned.insert(id)
    let notes = node.inputs.map { input in
      Diagnostic.note(
        "\(graph[input].type) comes from \(graph[input].op.mnemonic) here", at: graph[input].origins.first)
    }
    found.append(Diagnostic(.error, message, at: node.origins.first, notes: notes))
  }
  guard found.isEmpty else { throw Diagnostics(found) }
  var result = graph
  result.stage = .typed
  return result
}
