extension Graph {
  /// The graph in Graphviz's language: one box a value, sources of parameters left out.
  package var dot: String {
    var lines = ["digraph \(Attribute.quote(name)) {", "  rankdir=TB; node [shape=box, fontname=\"Helvetica\"];"]
    func isDrawn(_ id: ValueID) -> Bool {
      switch self[id].op {
      case .parameter, .state, .slot, .fill, .prepared: false
      default: true
      }
    }
    for id in ids where isDrawn(id) {
      let node = self[id]
      let place = node.origins.first.map { "\\n\($0)" } ?? ""
      let label = "\(id) \(node.op.mnemonic)\\n\(node.type)\(place)".replacingQuotes
      lines.append("  v\(id.index) [label=\"\(label)\"];")
      for input in node.inputs where isDrawn(input) { lines.append("  v\(input.index) -> v\(id.index);") }
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }
}

extension String {
  fileprivate var replacingQuotes: String { String(flatMap { $0 == "\"" ? "\\\"" : String($0) }) }
}
