/// Builds a graph with hash-consing: the same operation on the same operands is one node that keeps all origins.
package struct GraphBuilder {
  private struct Key: Hashable {
    var op: Op
    var inputs: [ValueID]
    var type: TensorType
    var instance: Int
  }

  package private(set) var graph: Graph
  private var known: [Key: ValueID] = [:]

  package init(name: String, stage: Stage, recipe: Recipe? = nil) {
    graph = Graph(name: name, stage: stage, recipe: recipe)
  }

  /// An empty builder with the header of another graph.
  package init(like other: Graph, stage: Stage? = nil) {
    self.init(name: other.name, stage: stage ?? other.stage, recipe: other.recipe)
  }

  package func type(_ id: ValueID) -> TensorType { graph[id].type }

  /// Adds a source, or any node whose type is already known.
  package mutating func add(
    _ op: Op, _ inputs: [ValueID] = [], type: TensorType, origins: [Origin] = []
  ) -> ValueID {
    add(Node(op, inputs, type, origins: origins), inputs: inputs)
  }

  /// Adds a node of another graph with everything that it carries, on operands of this arena.
  package mutating func add(_ node: Node, inputs: [ValueID]) -> ValueID {
    let key = Key(op: node.op, inputs: inputs, type: node.type, instance: node.instance)
    if let existing = known[key] {
      let have = graph.nodes[existing.index].origins
      graph.nodes[existing.index].origins += node.origins.filter { !have.contains($0) }
      return existing
    }
    let id = ValueID(graph.nodes.count)
    var added = node
    added.inputs = inputs
    graph.nodes.append(added)
    known[key] = id
    return id
  }

  /// Adds a node and infers its type; an ill-typed call is a compiler bug here, users' errors are found before.
  package mutating func add(_ op: Op, _ inputs: [ValueID], origins: [Origin] = []) -> ValueID {
    do {
      let type = try inferType(op, inputs.map { graph[$0].type })
      return add(op, inputs, type: type, origins: origins)
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
