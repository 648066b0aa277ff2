import NNIR

/// How to plan memory.
package struct PlanOptions: Sendable {
  /// Values share workspace once they are dead; off, each keeps a place of its own so that all can be looked at.
  package var reuse: Bool
  package init(reuse: Bool = true) { self.reuse = reuse }
}

/// Gives every value of a scheduled graph a place.
///
/// In order of preference a value is born (1) where its only reader wants it: in the output or gradient arena, or over
/// the parameter, state or slot that it updates when nobody reads the old contents later; (2) over a dying operand that
/// the operation may overwrite; (3) in the workspace, at the best-fitting range that is free. A reshape is the same
/// memory as its operand. A result that could not be born in its place is copied there at the end.
///
/// Complexity: O(values · free ranges).
package func planMemory(
  _ graph: Graph, layout: SharedLayout, prepared: [String: Int] = [:], preparing: Bool = false,
  options: PlanOptions = PlanOptions()
) -> Plan {
  var planner = Planner(graph: graph, layout: layout, prepared: prepared, preparing: preparing, options: options)
  return planner.plan()
}

private struct Planner {
  let graph: Graph
  let prepared: [String: Int]
  let preparing: Bool
  let options: PlanOptions
  let shared: [SharedTensor: Location]
  /// The source node that stands for a place in a shared arena, and the readers of every value.
  let sources: [Location: ValueID]
  let users: [[ValueID]]
  /// The value whose memory a node shares: itself, or through reshapes the first producer.
  var root: [ValueID] = []
  /// Index of the last node that reads the memory of a root; `Int.max` when it has to outlive all nodes, −1 when
  /// nobody reads it or another value has taken it over.
  var death: [Int]
  var locations: [Location?]
  var workspace = FreeList()
  var naive = 0
  /// Where results have to end up.
  var destinations: [ValueID: [Location]] = [:]
  var copies: [FinalCopy] = []
  var outputs: [PlacedOutput] = []
  var outputBytes = 0

  init(graph: Graph, layout: SharedLayout, prepared: [String: Int], preparing: Bool, options: PlanOptions) {
    self.graph = graph
    self.prepared = prepared
    self.preparing = preparing
    self.options = options
    let shared = layout.locations()
    self.shared = shared
    users = graph.users
    var sources: [Location: ValueID] = [:]
    for id in graph.ids {
      if let tensor = SharedTensor(graph[id].op), let place = shared[tensor] { sources[place] = id }
    }
    self.sources = sources
    death = [Int](repeating: -1, count: graph.nodes.count)
    locations = [Location?](repeating: nil, count: graph.nodes.count)
    for id in graph.ids {
      if case .reshape = graph[id].op { root.append(root[graph[id].inputs[0].index]) } else { root.append(id) }
      for input in graph[id].inputs { death[root[input.index].index] = id.index }
    }
    collectResults()
  }

  func size(_ id: ValueID) -> Int { aligned(graph[id].type.count * graph[id].type.element.size) }

  func place(of op: Op) -> Location {
    guard let tensor = SharedTensor(op), let place = shared[tensor] else {
      fatalError("\(op.mnemonic) has no place in the shared layout")
    }
    return place
  }

  mutating func collectResults() {
    for result in graph.results {
      let value = result.value
      switch result {
      case .output(let name, _):
        outputs.append(PlacedOutput(name: name, shape: graph[value].type.bound, offset: outputBytes))
        destinations[value, default: []].append(Location(preparing ? .prepared : .output, outputBytes))
        outputBytes += size(value)
      case .gradient(let name, _):
        guard let parameter = shared[SharedTensor(.parameters, name)] else {
          fatalError("gradient of \(name), which the shared layout does not hold")
        }
        destinations[value, default: []].append(Location(.gradients, parameter.offset))
      case .update(let source, _): destinations[value, default: []].append(place(of: graph[source].op))
      }
    }
  }

  mutating func plan() -> Plan {
    for id in graph.ids {
      if Mutation.isActive(.reuseLiveBuffer) && options.reuse { release(after: id) }
      locations[id.index] = locate(id)
      deliver(id)
      if options.reuse { release(after: id) }
    }
    return Plan(
      graph: graph, locations: locations, copies: copies, workspaceBytes: workspace.end, naiveBytes: naive,
      outputBytes: preparing ? 0 : outputBytes, outputs: outputs, preparedBytes: preparing ? outputBytes : 0)
  }

  mutating func locate(_ id: ValueID) -> Location? {
    let node = graph[id]
    switch node.op {
    case .parameter, .state, .slot: return place(of: node.op)
    case .prepared(let name):
      guard let offset = prepared[name] else { fatalError("no place for \(name)") }
      return Location(.prepared, offset)
    case .input: return Location(.input, 0)
    case .labels: return Location(.labels, 0)
    case .target: return Location(.target, 0)
    case .learningRate, .stepNumber: return nil
    // kernels take a scalar constant as an immediate
    case .fill where node.type.rank == 0: return nil
    case .reshape: return locations[node.inputs[0].index]
    default:
      naive += size(id)
      return birthplace(id)
    }
  }

  /// The best place for a value that an operation computes.
  mutating func birthplace(_ id: ValueID) -> Location {
    let node = graph[id]
    for destination in destinations[id] ?? [] where mayBeBorn(id, at: destination) { return destination }
    if options.reuse, let operand = node.op.traits.inPlace {
      let owner = root[node.inputs[operand].index]
      let readTwice = node.inputs.indices.contains { $0 != operand && root[node.inputs[$0].index] == owner }
      if let place = locations[owner.index], place.arena == .workspace, death[owner.index] == id.index,
        !readTwice || Mutation.isActive(.overwriteReadTwice),
        size(owner) == size(id)
      {
        death[owner.index] = -1
        return place
      }
    }
    return Location(.workspace, workspace.take(size(id)))
  }

  /// Whether everybody who needs what stands at `place` has read it when `id` is written there.
  func mayBeBorn(_ id: ValueID, at place: Location) -> Bool {
    switch place.arena {
    case .output, .gradients, .prepared: return true
    case .parameters, .state, .optimizer:
      guard let source = sources[place] else { return true }
      // a reshape would carry the old contents past the update; a result would deliver the new ones
      let readers = users[source.index]
      guard readers.allSatisfy({ $0 <= id && root[$0.index] == $0 }), destinations[source] == nil else { return false }
      let node = graph[id]
      let operands = node.inputs.indices.filter { node.inputs[$0] == source }
      return operands.isEmpty || operands == [node.op.traits.inPlace ?? -1]
    case .workspace, .constants, .input, .labels, .target: return false
    }
  }

  /// Notes the copies that bring a result from where it was born to where it is wanted.
  mutating func deliver(_ id: ValueID) {
    guard let place = locations[id.index] else {
      guard destinations[id] == nil else { fatalError("result \(id) is an immediate and has no memory") }
      return
    }
    for destination in destinations[id] ?? [] where destination != place {
      copies.append(FinalCopy(value: id, from: place, to: destination, type: graph[id].type))
      death[root[id.index].index] = Int.max
    }
  }

  /// Frees memory that nobody reads after `id`.
  mutating func release(after id: ValueID) {
    var owners = graph[id].inputs.map { root[$0.index] }.filter { death[$0.index] == id.index }
    // a value that nobody reads dies at birth
    if root[id.index] == id, death[id.index] == -1 { owners.append(id) }
    for owner in owners {
      guard let place = locations[owner.index], place.arena == .workspace, death[owner.index] != Int.max,
        death[owner.index] >= 0 || owner == id
      else { continue }
      workspace.give(place.offset, size(owner))
      death[owner.index] = -1
    }
  }
}
