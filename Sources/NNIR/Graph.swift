/// The index of a node, and of the one value it computes.
package struct ValueID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let index: Int
  package init(_ index: Int) { self.index = index }
  package static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }
  package var description: String { "%\(index)" }
}

/// One operation applied to earlier values.
package struct Node: Hashable, Sendable {
  package var op: Op
  package var inputs: [ValueID]
  package var type: TensorType
  /// The gate that has to be open for this node to be computed; nil where it always is.
  package var gate: Gate?
  /// Lines of the user's source that this node stands for; several after common subexpressions were merged.
  package var origins: [Origin]
  /// How the node is executed, from stage scheduled on.
  package var fusion = Fusion.none
  /// Which computation of the same value this is: 0 for the first; a later one is computed anew instead of kept, and is
  /// not merged with the first.
  package var instance = 0

  package init(
    _ op: Op, _ inputs: [ValueID], _ type: TensorType, gate: Gate? = nil, origins: [Origin] = []
  ) {
    self.op = op
    self.inputs = inputs
    self.type = type
    self.gate = gate
    self.origins = origins
  }
}

/// How far a graph has come; decides which operations and types are legal.
package enum Stage: String, CaseIterable, Sendable, Comparable {
  /// As the model wrote it.
  case raw
  /// Types checked; the batch is still N.
  case typed
  /// Batch bound, loss, gradients and updates appended, or specialised for inference.
  case step
  /// Annotated for execution.
  case scheduled

  private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  package static func < (a: Stage, b: Stage) -> Bool { a.order < b.order }
}

/// What a graph delivers.
package enum GraphResult: Hashable, Sendable {
  /// A value handed to the caller under a name: `logits`, `loss`.
  case output(name: String, value: ValueID)
  /// The gradient of the parameter called `name`.
  case gradient(name: String, value: ValueID)
  /// The new contents of a parameter, state or slot node, stored when the whole step is done.
  case update(source: ValueID, value: ValueID)

  package var value: ValueID {
    switch self {
    case .output(_, let value), .gradient(_, let value), .update(_, let value): value
    }
  }

  /// The same result with its values replaced.
  package func mapping(_ transform: (ValueID) -> ValueID) -> GraphResult {
    switch self {
    case .output(let name, let value): .output(name: name, value: transform(value))
    case .gradient(let name, let value): .gradient(name: name, value: transform(value))
    case .update(let source, let value): .update(source: transform(source), value: transform(value))
    }
  }
}

/// A network in static single assignment form: an arena of nodes, each after its operands.
package struct Graph: Hashable, Sendable {
  package var name: String
  package var stage: Stage
  package var recipe: Recipe?
  /// The blocks that stochastic depth may leave out; `Gate` counts them in this order.
  package var gates: [GateInfo]
  package var nodes: [Node]
  package var results: [GraphResult]

  package init(
    name: String, stage: Stage = .raw, recipe: Recipe? = nil, gates: [GateInfo] = [], nodes: [Node] = [],
    results: [GraphResult] = []
  ) {
    self.name = name
    self.stage = stage
    self.recipe = recipe
    self.gates = gates
    self.nodes = nodes
    self.results = results
  }

  /// Lent, not copied: most callers look at one field of a node.
  package subscript(id: ValueID) -> Node {
    _read { yield nodes[id.index] }
  }

  /// All values in execution order.
  package var ids: some RandomAccessCollection<ValueID> { nodes.indices.lazy.map(ValueID.init) }

  /// The value called `name` among the outputs.
  package func output(_ name: String) -> ValueID? {
    for case .output(let candidate, let value) in results where candidate == name { return value }
    return nil
  }

  /// The first output: what the network computes, and what the recipe's loss is taken of.
  package var modelOutput: ValueID? {
    for case .output(_, let value) in results { return value }
    return nil
  }

  /// Extents of a value without the batch; empty for nil.
  package func extentsWithoutBatch(_ id: ValueID?) -> [Int] {
    id.map { self[$0].type.shape.dropFirst().compactMap(\.value) } ?? []
  }

  /// The first node with this very operation.
  package func first(_ op: Op) -> ValueID? { nodes.firstIndex { $0.op == op }.map(ValueID.init) }

  /// Parameters in order of appearance.
  package var parameters: [(id: ValueID, name: String, initializer: Initializer, type: TensorType)] {
    ids.compactMap { id in
      guard case .parameter(let name, let initializer) = self[id].op else { return nil }
      return (id, name, initializer, self[id].type)
    }
  }

  /// Running statistics in order of appearance.
  package var states: [(id: ValueID, name: String, initializer: Initializer, type: TensorType)] {
    ids.compactMap { id in
      guard case .state(let name, let initializer) = self[id].op else { return nil }
      return (id, name, initializer, self[id].type)
    }
  }

  /// Users of every value, in order.
  package var users: [[ValueID]] {
    var users = [[ValueID]](repeating: [], count: nodes.count)
    for id in ids {
      for input in self[id].inputs where users[input.index].last != id { users[input.index].append(id) }
    }
    return users
  }
}
