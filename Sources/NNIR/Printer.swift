extension Graph {
  /// The graph as text; `Parser` reads it back to an equal graph.
  package var text: String {
    var lines = ["nnir 1 name \(Attribute.quote(name)) stage \(stage.rawValue)"]
    if let recipe { lines.append("recipe " + Self.spell(recipe.attributes)) }
    for gate in gates {
      lines.append("gate \(Attribute.quote(gate.name)) survival \(Attribute.scalar(gate.survival.value))")
    }
    for id in ids { lines.append(line(id)) }
    for result in results {
      switch result {
      case .output(let name, let value): lines.append("output \(Attribute.quote(name)) \(value)")
      case .gradient(let name, let value): lines.append("gradient \(Attribute.quote(name)) \(value)")
      case .update(let source, let value): lines.append("update \(source) \(value)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One node as text: `%3 = add %1 %2 : f32[N,8]  @ model.swift:7`.
  package func line(_ id: ValueID) -> String {
    let node = self[id]
    var words = ["\(id) =", node.op.mnemonic] + node.inputs.map(\.description)
    let attributes = node.op.attributes
    if !attributes.isEmpty { words.append(Self.spell(attributes)) }
    if let gate = node.gate { words.append("under \(gate)") }
    if node.instance != 0 { words.append("again \(node.instance)") }
    words.append(": \(node.type)")
    switch node.fusion {
    case .none: break
    case .load: words.append("fuse load")
    case .store(let anchor): words.append("fuse store \(anchor)")
    }
    if !node.origins.isEmpty {
      words.append(" @ " + node.origins.map { "\(Attribute.quote($0.file)):\($0.line)" }.joined(separator: " "))
    }
    return words.joined(separator: " ")
  }

  private static func spell(_ attributes: AttributeList) -> String {
    attributes.map { "\($0.key) \($0.value)" }.joined(separator: " ")
  }
}
