/// Builds a graph with hash-consing: the same operation on the same operands is one node that keeps all origins.
///
/// The gate is part of the key, but a value that is always computed serves inside every gate too; so a value that is
/// wanted inside and outside of a gate is hoisted out of it.
package struct GraphBuilder {
  private struct Key: Hashable {
    var op: Op
    var inputs: [ValueID]
    var type: TensorType
    var instance: Int
  }

  package private(set) var graph: Graph
  /// Nodes by operation: one that is always computed, or one for each gate.
  private var known: [Key: [ValueID]] = [:]

  package init(name: String, stage: Stage, recipe: Recipe? = nil, gates: [GateInfo] = []) {
    graph = Graph(name: name, stage: stage, recipe: recipe, gates: gates)
  }

  /// An empty builder with the header of another graph.
  package init(like other: Graph, stage: Stage? = nil) {
    self.init(name: other.name, stage: stage ?? other.stage, recipe: other.recipe, gates: other.gates)
  }

  package func type(_ id: ValueID) -> TensorType { graph[id].type }

  /// Appends a gate and gives its index.
  package mutating func add(gate: GateInfo) -> Gate {
    graph.gates.append(gate)
    return Gate(graph.gates.count - 1)
  }

  /// Adds a node as it is, its operands already being values of this builder.
  package mutating func add(_ node: Node) -> ValueID {
    add(node, inputs: node.inputs)
  }

  /// Adds a node of another graph with everything that it carries, on operands of this one.
  ///
  /// Sources are there whether a gate is open or not, so they never stand under one.
  package mutating func add(_ node: Node, inputs: [ValueID]) -> ValueID {
    let key = Key(op: node.op, inputs: inputs, type: node.type, instance: node.instance)
    var added = node
    added.inputs = inputs
    if node.op.isSource { added.gate = nil }
    if let existing = existing(key, added.gate) {
      let have = graph.nodes[existing.index].origins
      graph.nodes[existing.index].origins += node.origins.filter { !have.contains($0) }
      return existing
    }
    let id = ValueID(graph.nodes.count)
    graph.nodes.append(added)
    known[key, default: []].append(id)
    return id
  }

  /// Adds a source, or any node whose type is already known.
  package mutating func add(
    _ op: Op, _ inputs: [ValueID] = [], type: TensorType, gate: Gate? = nil, origins: [Origin] = []
  ) -> ValueID {
    add(Node(op, inputs, type, gate: gate, origins: origins), inputs: inputs)
  }

  /// A node that computes the same wherever `gate` is open.
  private mutating func existing(_ key: Key, _ gate: Gate?) -> ValueID? {
    guard let twins = known[key] else { return nil }
    if let twin = twins.first(where: { graph[$0].gate == nil || graph[$0].gate == gate }) { return twin }
    guard gate == nil, let twin = twins.first else { return nil }
    // its operands are those of a node outside of every gate, so it may leave its own
    graph.nodes[twin.index].gate = nil
    known[key] = [twin]
    return twin
  }

  /// Adds a node and infers its type; an ill-typed call is a compiler bug here, users' errors are found before.
  package mutating func add(
    _ op: Op, _ inputs: [ValueID], gate: Gate? = nil, origins: [Origin] = []
  ) -> ValueID {
    do {
      let type = try inferType(op, inputs.map { graph[$0].type })
      return add(op, inputs, type: type, gate: gate, origins: origins)
    } catch {
      fatalError("ill-typed \(op.mnemonic) built by a pass: \(error.message)")
    }
  }

  package mutating func add(result: GraphResult) { graph.results.append(result) }
}

extension Graph {
  /// Rebuilds the graph node by node into a new arena with hash-consing.
  ///
  /// `transform` sees each node with its operands already mapped and returns the value that replaces it.
  package func rewriting(
    stage: Stage? = nil, _ transform: (inout GraphBuilder, ValueID, Node) -> ValueID
  ) -> Graph {
    var builder = GraphBuilder(like: self, stage: stage)
    var map: [ValueID] = []
    map.reserveCapacity(nodes.count)
    for id in ids {
      var node = self[id]
      node.inputs = node.inputs.map { map[$0.index] }
      map.append(transform(&builder, id, node))
    }
    for result in results { builder.add(result: result.mapping { map[$0.index] }) }
    return builder.graph
  }
}
