/// Builds a graph with hash-consing: the same operation on the same operands is one node that keeps all origins.
///
/// The gate is part of the key, but a value that is always computed serves inside every gate too; so a value that is
/// wanted inside and outside of a gate is hoisted out of it.
package struct GraphBuilder {
  package private(set) var graph: Graph
  /// Nodes by what they compute. A table of our own, so that looking up copies no node.
  private var known = NodeTable()

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
    var added = node
    // annotations name nodes of the other graph
    added.fusion = .none
    added.inputs = inputs
    if node.op.isSource { added.gate = nil }
    let hash = NodeTable.hash(added)
    if let existing = existing(added, hash: hash) {
      for origin in node.origins where !graph.nodes[existing.index].origins.contains(origin) {
        graph.nodes[existing.index].origins.append(origin)
      }
      return existing
    }
    graph.nodes.append(added)
    known.append(hash)
    return ValueID(graph.nodes.count - 1)
  }

  /// Adds a source, or any node whose type is already known.
  package mutating func add(
    _ op: Op, _ inputs: [ValueID] = [], type: TensorType, gate: Gate? = nil, origins: [Origin] = []
  ) -> ValueID {
    add(Node(op, inputs, type, gate: gate, origins: origins), inputs: inputs)
  }

  /// A node that computes the same wherever the gate of `node` is open.
  private mutating func existing(_ node: Node, hash: Int) -> ValueID? {
    // one that is always computed, the one under the same gate, and the first of all
    var always: Int?
    var same: Int?
    var first: Int?
    known.forEach(hash) { index in
      guard graph.nodes[index].computes(node) else { return }
      let gate = graph.nodes[index].gate
      if gate == nil { always = index }
      if gate == node.gate { same = index }
      first = min(index, first ?? index)
    }
    if let twin = always ?? same { return ValueID(twin) }
    guard node.gate == nil, let first else { return nil }
    // its operands are those of a node outside of every gate, so it may leave its own
    graph.nodes[first].gate = nil
    return ValueID(first)
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

/// Numbers of nodes by hash: chains through one array.
private struct NodeTable {
  /// The last node of each chain, or −1; their number is a power of two.
  private var heads = [Int](repeating: -1, count: 64)
  private var nodes: [(hash: Int, next: Int)] = []

  /// Of what makes two nodes the same, a part; shapes follow from operands where there are some.
  static func hash(_ node: Node) -> Int {
    var hasher = Hasher()
    hasher.combine(node.op)
    for input in node.inputs { hasher.combine(input.index) }
    if node.inputs.isEmpty { hasher.combine(node.type) }
    return hasher.finalize()
  }

  private mutating func link(_ index: Int) {
    let chain = nodes[index].hash & (heads.count - 1)
    nodes[index].next = heads[chain]
    heads[chain] = index
  }

  /// Takes note of the node after all others.
  mutating func append(_ hash: Int) {
    nodes.append((hash, -1))
    guard nodes.count > heads.count else { return link(nodes.count - 1) }
    heads = [Int](repeating: -1, count: 2 * heads.count)
    for index in nodes.indices { link(index) }
  }

  /// Visits nodes with this hash, later ones first.
  func forEach(_ hash: Int, _ body: (Int) -> Void) {
    var index = heads[hash & (heads.count - 1)]
    while index >= 0 {
      if nodes[index].hash == hash { body(index) }
      index = nodes[index].next
    }
  }
}

extension Node {
  /// Whether this is the same operation on the same operands.
  fileprivate func computes(_ other: Node) -> Bool {
    inputs == other.inputs && instance == other.instance && op == other.op && type == other.type
  }
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
