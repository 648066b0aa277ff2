import NNIR

extension Plan {
  /// The plan as text: a line for each value with its place, then the copies and totals.
  package func listing(title: String) -> String {
    var lines = ["// \(title): workspace \(workspaceBytes) bytes, without reuse \(naiveBytes) bytes"]
    for id in graph.ids {
      guard let place = locations[id.index] else { continue }
      let type = graph[id].type
      let bytes = type.count * type.element.size
      lines.append("\(id) \(graph[id].op.mnemonic) \(type) \(place.arena.rawValue)+\(place.offset) \(bytes)")
    }
    for copy in copies {
      lines.append(
        "copy \(copy.type) \(copy.from.arena.rawValue)+\(copy.from.offset) to \(copy.to.arena.rawValue)+\(copy.to.offset)"
      )
    }
    return lines.joined(separator: "\n")
  }
}
