import NNIR

/// How to plan memory.
package struct PlanOptions: Sendable {
  /// Values share workspace; off, each keeps a place of its own so that all can be looked at.
  package var reuse: Bool
  package init(reuse: Bool = true) { self.reuse = reuse }
}

/// Gives every value of a scheduled graph that is stored a place.
///
/// 1. A value is born where its only reader wants it: in the output or gradient arena, or over the parameter, state or
///    slot that it updates when nobody reads the old contents later.
/// 2. Values are coalesced: operands of a concatenation are born in their part of it, a slice and a reshape are a view of
///    their operand, and a result takes over an operand that dies where it is born; each wherever no two values that are
///    needed at the same time overlap with different contents. What could not be coalesced stays a copy, with the reason.
/// 3. The resulting blocks are packed by their lives, largest first.
///
/// A result that could not be born in its place is copied there at the end.
/// Complexity: O(values · members of a block + blocks²).
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
  let nests: LoopNests
  /// The source node that stands for a place in a shared arena.
  let sources: [Location: ValueID]
  var locations: [Location?]
  var runs: [Runs?]
  var naive = 0
  /// Where results have to end up.
  var destinations: [ValueID: [Location]] = [:]
  var copies: [FinalCopy] = []
  var kept: [KeptCopy] = []
  var removed = 0
  var outputs: [PlacedOutput] = []
  var outputBytes = 0

  init(graph: Graph, layout: SharedLayout, prepared: [String: Int], preparing: Bool, options: PlanOptions) {
    self.graph = graph
    self.prepared = prepared
    self.preparing = preparing
    self.options = options
    shared = layout.locations()
    nests = LoopNests(graph)
    var sources: [Location: ValueID] = [:]
    for id in graph.ids {
      if let tensor = SharedTensor(graph[id].op), let place = shared[tensor] { sources[place] = id }
    }
    self.sources = sources
    locations = [Location?](repeating: nil, count: graph.nodes.count)
    runs = [Runs?](repeating: nil, count: graph.nodes.count)
    collectResults()
  }

  func bytes(_ id: ValueID) -> Int { graph[id].type.count * graph[id].type.element.size }
  func size(_ id: ValueID) -> Int { aligned(bytes(id)) }

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

  // MARK: The plan

  mutating func plan() -> Plan {
    for id in graph.ids {
      if graph.isGiven(id) { locations[id.index] = placeOfSource(id) }
    }
    let constants = graph.constantsOfJoins
    let stored = nests.nests.flatMap(\.writes).filter { !constants[$0.index] }
    var floating: [ValueID] = []
    for id in stored {
      if case .reshape = graph[id].op {} else { naive += size(id) }
      if let destination = destinations[id]?.first(where: { mayBeBorn(id, at: $0) }) {
        locations[id.index] = destination
      } else {
        floating.append(id)
      }
    }
    for id in graph.ids where graph[id].fusion == .load { naive += size(id) }
    floating = floating.filter { !isBornUnderJoin($0) }
    let workspaceBytes = place(floating)
    for id in graph.ids { deliver(id) }
    return Plan(
      graph: graph, locations: locations, runs: runs, copies: copies, workspaceBytes: workspaceBytes,
      naiveBytes: naive, outputBytes: preparing ? 0 : outputBytes, outputs: outputs,
      preparedBytes: preparing ? outputBytes : 0, keptCopies: kept, removedCopies: removed)
  }

  func placeOfSource(_ id: ValueID) -> Location? {
    let node = graph[id]
    switch node.op {
    case .parameter, .state, .slot: return place(of: node.op)
    case .prepared(let name):
      guard let offset = prepared[name] else { fatalError("\(name) is not in the prepared arena") }
      return Location(.prepared, offset)
    case .input: return Location(.input, 0)
    case .labels: return Location(.labels, 0)
    case .target: return Location(.target, 0)
    default: return nil
    }
  }

  // MARK: Born where wanted

  /// Whether everybody who needs what stands at `place` has read it when `id` is written there.
  func mayBeBorn(_ id: ValueID, at place: Location) -> Bool {
    switch place.arena {
    case .output, .gradients, .prepared: return true
    case .parameters, .state, .optimizer:
      guard let source = sources[place] else { return true }
      guard let own = nests.nest[id.index], destinations[source] == nil else { return false }
      return nests.readers[source.index].allSatisfy { $0 < own || ($0 == own && mayOverwrite(source, in: own)) }
    case .workspace, .constants, .input, .labels, .target: return false
    }
  }

  /// Whether a loop nest reads `operand` only at the element that it then writes.
  func mayOverwrite(_ operand: ValueID, in nest: Int) -> Bool {
    if Mutation.isActive(.overwriteReadTwice) { return true }
    return nests.nests[nest].nodes.allSatisfy { id in
      let node = graph[id]
      for (position, input) in node.inputs.enumerated() {
        let here = input == operand
        guard here || (graph[input].fusion == .load && reads(operand, through: input)) else { continue }
        if graph.kernelForm(id).operands[position].isWalked, pointwise(operand, through: input) { continue }
        // a join takes the whole of one operand or the other
        if case .join = node.op, here, node.inputs[0] != node.inputs[1] { continue }
        guard here, node.op.traits.inPlace == position, node.inputs.filter({ $0 == operand }).count == 1 else {
          return false
        }
      }
      return true
    }
  }

  /// Whether an expression on load reads `operand` at all.
  func reads(_ operand: ValueID, through value: ValueID) -> Bool {
    value == operand
      || graph[value].fusion == .load && graph[value].inputs.contains { reads(operand, through: $0) }
  }

  /// Whether an expression on load reads `operand` element by element only.
  func pointwise(_ operand: ValueID, through value: ValueID) -> Bool {
    if value == operand { return true }
    guard graph[value].fusion == .load, let images = graph[value].pointwiseInputs else { return true }
    return graph[value].inputs.allSatisfy { input in
      images.contains(input) ? pointwise(operand, through: input) : input != operand
    }
  }

  /// Gives a value that only a join reads the place of the join over what the join replaces, where that is possible: the
  /// running statistics of a gated block are updated in place or not at all.
  mutating func isBornUnderJoin(_ id: ValueID) -> Bool {
    guard let own = nests.nest[id.index], destinations[id] == nil, nests.readers[id.index].count == 1 else {
      return false
    }
    let join = nests.nests[nests.readers[id.index][0]].anchor
    guard case .join = graph[join].op, graph[join].inputs[0] == id, let place = locations[join.index],
      let source = sources[place], graph[join].inputs[1] == source
    else { return false }
    let others = nests.readers[source.index].filter { nests.nests[$0].anchor != join }
    guard others.allSatisfy({ $0 < own || ($0 == own && mayOverwrite(source, in: own)) }) else { return false }
    locations[id.index] = place
    return true
  }

  // MARK: Workspace

  mutating func place(_ floating: [ValueID]) -> Int {
    var lives = [Coalescing.Life](repeating: .init(birth: 0, death: 0), count: graph.nodes.count)
    for id in floating {
      guard let nest = nests.nest[id.index] else { fatalError("\(id) is stored by nobody") }
      let birth = nests.nests[nest].anchor.index
      let readers =
        Mutation.isActive(.reuseLiveBuffer) ? nests.readers[id.index].dropLast() : nests.readers[id.index][...]
      var death = readers.last.map { nests.nests[$0].anchor.index } ?? birth
      var life = Coalescing.Life(birth: birth, death: death)
      (life.closed, life.deathUnderGate) = withoutJoins(id, birth: birth)
      if destinations[id] != nil {
        death = Int.max
        life = Coalescing.Life(birth: birth, death: death)
      }
      lives[id.index] = life
    }
    guard options.reuse else {
      var end = 0
      for id in floating {
        locations[id.index] = Location(.workspace, end)
        end += size(id)
      }
      return end
    }
    var coalescing = Coalescing(
      graph: graph, lives: lives, bytes: graph.ids.map(bytes), runsAllowed: graph.runsAllowed(nests).map(\.count))
    for id in floating { coalescing.add(id) }
    let stored = Set(floating)
    coalesceConcats(&coalescing)
    coalesceViews(&coalescing, stored)
    coalesceJoins(&coalescing, stored)
    coalesceInPlace(&coalescing, stored, lives)
    return pack(coalescing, lives)
  }

  /// Bytes before a part of a value in each run, and the number of runs, for an axis.
  func part(_ whole: ValueID, axis: Int, start: Int) -> (offset: Int, runs: Int) {
    let shape = graph[whole].type.bound
    return (
      start * shape[(axis + 1)...].reduce(1, *) * graph[whole].type.element.size, shape[..<axis].reduce(1, *)
    )
  }

  /// Operands are born in their part of the concatenation, the widest concatenations first.
  mutating func coalesceConcats(_ coalescing: inout Coalescing) {
    for id in graph.ids.reversed() {
      guard case .concat(let axis) = graph[id].op else { continue }
      var start = 0
      for (position, input) in graph[id].inputs.enumerated() {
        let (offset, runs) = part(id, axis: axis, start: start)
        start += graph[input].type.bound[axis]
        let twice = graph[id].inputs[..<position].contains(input)
        let reason =
          twice
          ? "it stands in the same concatenation twice" : coalescing.place(input, in: id, at: offset, runs: runs)
        note(reason, of: input, for: id)
      }
    }
  }

  /// Slices and reshapes are views of what they are taken from.
  mutating func coalesceViews(_ coalescing: inout Coalescing, _ stored: Set<ValueID>) {
    for id in graph.ids where stored.contains(id) {
      switch graph[id].op {
      case .slice(let axis, let start, _):
        let source = graph[id].inputs[0]
        let (offset, runs) = part(source, axis: axis, start: start)
        // the slice is the inner one, but it is the source that has been placed already
        let at = Mutation.isActive(.viewOffset) ? 0 : offset
        note(coalescing.place(id, in: source, at: at, runs: runs), of: source, for: id)
      case .reshape:
        let source = graph[id].inputs[0]
        note(coalescing.place(id, in: source, at: 0, runs: 1), of: source, for: id)
      default: break
      }
    }
  }

  /// The gate of joins that read a value last, where it is closed, and when the value dies without them.
  func withoutJoins(_ id: ValueID, birth: Int) -> (gate: Gate?, death: Int) {
    var readers = nests.readers[id.index].map { nests.nests[$0].anchor }
    var gate: Gate?
    while let last = readers.last, case .join(let closed) = graph[last].op, gate == nil || gate == closed,
      graph[last].inputs[0] != id
    {
      gate = closed
      readers.removeLast()
    }
    return (gate, readers.last?.index ?? birth)
  }

  /// A join is where its first operand is; that operand may lie over the second one, so that nothing moves at all.
  mutating func coalesceJoins(_ coalescing: inout Coalescing, _ stored: Set<ValueID>) {
    for id in graph.ids where stored.contains(id) {
      guard case .join = graph[id].op else { continue }
      for input in graph[id].inputs where coalescing.contains(input) {
        let runs = max(coalescing.runs(id), coalescing.runs(input))
        note(coalescing.place(id, in: input, at: 0, runs: runs, overwrites: [input]), of: input, for: id)
      }
    }
  }

  /// Results take over operands that die where they are born.
  mutating func coalesceInPlace(
    _ coalescing: inout Coalescing, _ stored: Set<ValueID>, _ lives: [Coalescing.Life]
  ) {
    for (index, nest) in nests.nests.enumerated() {
      for result in nest.writes where stored.contains(result) {
        for operand in nest.reads
        where coalescing.contains(operand) && graph[operand].type == graph[result].type
          && lives[operand.index].death(for: graph[result]) == lives[result.index].birth
          && mayOverwrite(operand, in: index)
        {
          let runs = coalescing.runs(operand)
          if coalescing.place(result, in: operand, at: 0, runs: runs, overwrites: [operand]) == nil { break }
        }
      }
    }
  }

  mutating func note(_ reason: String?, of operand: ValueID, for id: ValueID) {
    if let reason {
      kept.append(KeptCopy(value: id, operand: operand, bytes: min(bytes(operand), bytes(id)), reason: reason))
    } else {
      removed += 1
    }
  }

  mutating func pack(_ coalescing: Coalescing, _ lives: [Coalescing.Life]) -> Int {
    let groups = coalescing.groups.keys.sorted().compactMap { coalescing.groups[$0] }
    let intervals = groups.map { group in
      Interval(
        birth: group.members.map { lives[$0.value.index].birth }.min() ?? 0,
        death: group.members.map { lives[$0.value.index].death }.max() ?? 0,
        bytes: aligned(group.runs * (group.members.map(\.high).max() ?? 0)))
    }
    let (offsets, end) = packIntervals(intervals)
    for (group, offset) in zip(groups, offsets) {
      let period = group.members.map(\.high).max() ?? 0
      for member in group.members {
        locations[member.value.index] = Location(.workspace, offset + member.low)
        if group.runs > 1 && member.length < period {
          runs[member.value.index] = Runs(length: member.length, pitch: period)
        }
      }
    }
    return end
  }

  // MARK: Results

  /// Notes the copies that bring a result from where it was born to where it is wanted.
  mutating func deliver(_ id: ValueID) {
    guard let wanted = destinations[id] else { return }
    guard let place = locations[id.index] else { fatalError("result \(id) is an immediate and has no memory") }
    for destination in wanted where destination != place {
      copies.append(FinalCopy(value: id, from: place, to: destination, type: graph[id].type))
    }
  }
}

extension Graph {
  /// Which values are constants that nobody reads but joins, as what takes the place of a closed block's gradient; a
  /// join writes them where it wants them.
  package var constantsOfJoins: [Bool] {
    var result = nodes.map { node in if case .fill = node.op { true } else { false } }
    for node in nodes {
      if case .join = node.op { continue }
      for input in node.inputs { result[input.index] = false }
    }
    for item in results { result[item.value.index] = false }
    return result
  }
}
