import NNIR
import Passes

/// Proves that rows find in memory what they read, and that results end where they are wanted.
///
/// The rows are replayed in order over a picture of the arenas that says which bytes hold which bytes of which value.
/// Only the rows' accesses, the meaning of concat, slice and reshape, and the interface are looked at, not the plan, so
/// that a mistake of the planner or of the lowering shows. What is proved:
///
/// - Every byte that a row reads of a value holds that byte of the value: it has been stored (also the first part of a
///   sum before anything is added to it), and nothing else has been written over it.
/// - No row writes outside an arena. A row writes over what it reads only at exactly the same bytes, and only where the
///   operation may work in place.
/// - Rows between which threads do not wait for each other do not touch what the other one writes.
/// - After the last row every result stands where the caller expects it.
///
/// - Parameter open: Whether the gate of this number is open in the state of the gates that is considered.
/// - Returns: What is wrong, the first few in order of rows; empty when the program is proved.
///
/// Complexity: about O(accesses · patches nearby), a patch being a value or a slice of one whatever the batch.
package func prove(
  _ program: Program, graph: Graph, interface: ProgramInterface, open: (Int) -> Bool = { _ in true }
) -> [Diagnostic] {
  var prover = Prover(program: program, graph: graph, interface: interface, open: open)
  return prover.run(open: open)
}

private struct Prover {
  let program: Program
  let graph: Graph
  let interface: ProgramInterface
  let layouts: [ValueLayout]
  /// Of partial results by number the values that they become.
  let purposes: [Int: [ValueID]]
  /// The state of each gate.
  let gates: [Bool]
  var memory: ProverMemory
  var phase = ProverPhase()
  /// The last row that stored each root.
  var stored: [Content: Int] = [:]
  var problems: [Diagnostic] = []

  init(program: Program, graph: Graph, interface: ProgramInterface, open: (Int) -> Bool) {
    self.program = program
    self.graph = graph
    self.interface = interface
    layouts = graph.layouts(open: open)
    gates = graph.gates.indices.map(open)
    var purposes: [Int: [ValueID]] = [:]
    for row in program.rows {
      for case .partial(let number) in row.reads.map(\.content) { purposes[number, default: []] += row.values }
    }
    self.purposes = purposes
    memory = ProverMemory(sizes: interface.sizes)
  }

  /// More problems than this are not worth reading.
  private static let limit = 8

  mutating func run(open: (Int) -> Bool) -> [Diagnostic] {
    let lastReads = lastReads(open: open)
    for id in graph.ids {
      guard let place = interface.sources[id.index] else { continue }
      let layout = layouts[id.index]
      let bytes = Stretches(place.offset, layout.bytes)
      guard place.offset >= 0, bytes.end <= size(place.arena) else {
        problems.append(
          Diagnostic(.error, "\(describe(id)) starts outside its arena, at \(describe(place.arena, bytes))"))
        continue
      }
      memory.store(place.arena, bytes, layout.placed(in: bytes))
      stored[.value(id)] = -1
    }
    for index in program.rows.indices {
      let row = program.rows[index]
      if row.waitsBeforeGate { phase.restart() }
      guard row.isActive(open: open) else { continue }
      if row.waits { phase.restart() }
      replay(row, index)
      for access in row.reads + row.writes {
        for root in roots(of: access) where lastReads[root, default: -1] <= index { memory.forget(root) }
      }
      if problems.count >= Self.limit { return problems }
    }
    for (result, place) in zip(graph.results, interface.results) { check(result, place) }
    return problems
  }

  /// The last row that reads each root; beyond the end for results.
  private func lastReads(open: (Int) -> Bool) -> [Content: Int] {
    var last: [Content: Int] = [:]
    for (index, row) in program.rows.enumerated() where row.isActive(open: open) {
      for access in row.reads { for root in roots(of: access) { last[root] = index } }
    }
    for result in graph.results {
      for piece in layouts[result.value.index].pieces { last[piece.root] = .max }
    }
    return last
  }

  private func layout(of access: Access) -> ValueLayout {
    switch access.content {
    case .value(let id): layouts[id.index]
    case .partial: ValueLayout(root: access.content, bytes: access.total)
    }
  }

  private func roots(of access: Access) -> [Content] {
    switch access.content {
    case .value(let id): layouts[id.index].pieces.map(\.root)
    case .partial: [access.content]
    }
  }

  private func size(_ arena: Arena) -> Int { interface.sizes[arena] ?? 0 }

  // MARK: Rows

  private mutating func replay(_ row: Row, _ index: Int) {
    for access in row.reads {
      guard isSound(access, row, index, "reads") else { continue }
      if let found = phase.conflict(access, isWrite: false) { report(race: found, access, row, index, "reads") }
      let bytes = Stretches(access)
      if let defect = memory.defect(access.arena, bytes, layout(of: access).placed(in: bytes)) {
        report(defect, access, row, index)
      }
    }
    for (position, access) in row.writes.enumerated() {
      guard isSound(access, row, index, "writes") else { continue }
      if let found = phase.conflict(access, isWrite: true) { report(race: found, access, row, index, "writes") }
      checkInside(row, index, position)
    }
    for access in row.reads { phase.add(access, row: index, isWrite: false) }
    for access in row.writes where inside(access) && fits(access) {
      phase.add(access, row: index, isWrite: true)
      let layout = layout(of: access)
      let bytes = Stretches(access)
      memory.store(access.arena, bytes, layout.placed(in: bytes))
      for piece in layout.pieces { stored[piece.root] = index }
    }
  }

  private func inside(_ access: Access) -> Bool { access.offset >= 0 && access.end <= size(access.arena) }

  private func fits(_ access: Access) -> Bool {
    layout(of: access).bytes == access.total && access.total > 0 && (access.runs == 1 || access.bytes <= access.pitch)
  }

  private mutating func isSound(_ access: Access, _ row: Row, _ index: Int, _ verb: String) -> Bool {
    if !fits(access) {
      problems.append(
        problem(
          row, index,
          "\(verb) \(describe(access.content)) as \(access.runs) × \(access.bytes) bytes, \(access.pitch) apart; "
            + "expected \(layout(of: access).bytes) bytes"))
      return false
    }
    guard inside(access) else {
      let place = describe(access.arena, Stretches(access))
      problems.append(
        problem(
          row, index,
          "\(verb) \(describe(access.content)) at \(place), outside the arena's \(size(access.arena)) bytes"))
      return false
    }
    return true
  }

  /// What tasks of one row could do to each other.
  private mutating func checkInside(_ row: Row, _ index: Int, _ position: Int) {
    let write = row.writes[position]
    let bytes = Stretches(write)
    for other in row.writes[..<position] where other.arena == write.arena {
      guard let common = bytes.overlaps(Stretches(other)).first else { continue }
      problems.append(
        problem(
          row, index,
          "writes both \(describe(write.content)) and \(describe(other.content)) at \(describe(write.arena, common))"))
    }
    for read in row.reads where read.arena == write.arena {
      guard let common = bytes.overlaps(Stretches(read)).first else { continue }
      if Stretches(read) == bytes && mayOverwrite(read, row) { continue }
      problems.append(
        problem(
          row, index,
          "writes \(describe(write.content)) over \(describe(read.content)) while reading it, at "
            + describe(write.arena, common)))
    }
  }

  /// Whether a row may store over exactly the bytes of `read`: where everything it computes takes `read` element by
  /// element, never by a window or a sum.
  private func mayOverwrite(_ read: Access, _ row: Row) -> Bool {
    guard case .value(let operand) = read.content else { return false }
    var uses: (elementwise: Bool, other: Bool) = (false, false)
    var seen: Set<ValueID> = []
    func visit(_ id: ValueID, elementwise: Bool) {
      let node = graph[id]
      for input in operands(node) {
        let keeps =
          elementwise && node.inputs.indices.contains { node.inputs[$0] == input && walks(node, $0) }
          && node.inputs.indices.allSatisfy { node.inputs[$0] != input || walks(node, $0) }
        if same(input, operand) {
          if keeps { uses.elementwise = true } else { uses.other = true }
        } else if stored[.value(input)] == nil, !row.reads.contains(where: { $0.content == .value(input) }),
          seen.insert(input).inserted
        {
          // the row neither finds it in memory, as a part of something else, nor reads it: it computes it on the way
          visit(input, elementwise: keeps)
        }
      }
    }
    for write in row.writes {
      switch write.content {
      case .value(let id): visit(id, elementwise: true)
      // what is summed later is taken here
      case .partial(let number): for id in purposes[number] ?? [] { visit(id, elementwise: true) }
      }
    }
    return uses.elementwise && !uses.other
  }

  /// The operands that count: of a join, one.
  private func operands(_ node: Node) -> [ValueID] {
    guard case .join(let gate) = node.op else { return node.inputs }
    return [node.inputs[gates[gate.index] ? 0 : 1]]
  }

  /// Whether a row may have computed with an element of an operand before another element's result is stored over it:
  /// elementwise operations, and sums that come along.
  private func walks(_ node: Node, _ operand: Int) -> Bool {
    switch node.op {
    case .reshape, .moments, .sumToChannel: true
    case .normalizeReduce: operand < 2
    default: node.op.pointwiseOperands.map { $0.contains(operand) } ?? (node.op.traits.inPlace != nil)
    }
  }

  /// Whether two values are the same bytes, under whatever shape.
  private func same(_ a: ValueID, _ b: ValueID) -> Bool {
    if a == b { return true }
    let (x, y) = (layouts[a.index], layouts[b.index])
    return x.count == y.count && x.period == y.period && x.pieces == y.pieces
  }

  private mutating func check(_ result: GraphResult, _ place: Location) {
    let layout = layouts[result.value.index]
    let bytes = Stretches(place.offset, layout.bytes)
    guard place.offset >= 0, bytes.end <= size(place.arena) else {
      problems.append(
        Diagnostic(.error, "\(describe(result)) is wanted outside its arena, at \(describe(place.arena, bytes))"))
      return
    }
    guard let defect = memory.defect(place.arena, bytes, layout.placed(in: bytes)) else { return }
    problems.append(
      Diagnostic(
        .error,
        "at the end \(describe(result)), \(describe(result.value)), does not stand at \(describe(place.arena, bytes)): "
          + describe(defect)))
  }

  // MARK: Messages

  private func problem(_ row: Row, _ index: Int, _ message: String) -> Diagnostic {
    Diagnostic(.error, "row \(index) (\(row.note)) \(message)")
  }

  private mutating func report(_ defect: ProverMemory.Defect, _ access: Access, _ row: Row, _ index: Int) {
    let place = describe(access.arena, Stretches(access))
    let value = describe(access.content)
    let pieces = layout(of: access).placed(in: Stretches(access))
    let address: Int
    switch defect {
    case .nothing(let at), .other(let at, _): address = at
    }
    // the root whose byte is wanted there
    let root = pieces.first { !$0.bytes.overlaps(Stretches(address, 1)).isEmpty }?.root
    let part = root.map { $0 == access.content ? "" : ", there of \(describe($0))" } ?? ""
    // in place: this row adds to what it reads
    let adds = row.writes.contains { $0.arena == access.arena && Stretches($0) == Stretches(access) }
    let what: String
    if let root, let when = stored[root] {
      let since = when < 0 ? "" : ", which row \(when) stored"
      what = "reads \(value)\(since), at \(place)\(part): it was overwritten while still needed, \(describe(defect))"
    } else {
      what =
        "\(adds ? "adds to" : "reads") \(value) at \(place)\(part) before it is \(adds ? "stored" : "written"): "
        + describe(defect)
    }
    problems.append(problem(row, index, what))
  }

  private mutating func report(
    race: (row: Int, bytes: Stretches), _ access: Access, _ row: Row, _ index: Int, _ verb: String
  ) {
    problems.append(
      problem(
        row, index,
        "\(verb) \(describe(access.content)) at \(describe(access.arena, race.bytes)) without waiting for row \(race.row) "
          + "(\(program.rows[race.row].note))"))
  }

  private func describe(_ arena: Arena, _ bytes: Stretches) -> String {
    let end = bytes.offset + bytes.length
    let more = bytes.count > 1 ? " and \(bytes.count - 1) more times, each \(bytes.pitch) bytes on" : ""
    return "\(arena.rawValue) \(bytes.offset)..<\(end)\(more)"
  }

  private func describe(_ id: ValueID) -> String { "\(id) \(graph[id].op.mnemonic) \(graph[id].type)" }

  private func describe(_ content: Content) -> String {
    switch content {
    case .value(let id): describe(id)
    case .partial(let number): "partial results \(number)"
    }
  }

  private func describe(_ result: GraphResult) -> String {
    switch result {
    case .output(let name, _): "output \"\(name)\""
    case .gradient(let name, _): "the gradient of \"\(name)\""
    case .update(let source, _): "the update of \(describe(source))"
    }
  }

  private func describe(_ defect: ProverMemory.Defect) -> String {
    switch defect {
    case .nothing(let address): return "byte \(address) holds nothing that anybody reads"
    case .other(let address, let root):
      let writer = stored[root].map { $0 < 0 ? "" : ", which row \($0) stored" } ?? ""
      return "byte \(address) holds \(describe(root))\(writer)"
    }
  }
}

extension Row {
  /// The values it stores.
  fileprivate var values: [ValueID] {
    writes.compactMap { if case .value(let id) = $0.content { id } else { nil } }
  }

  /// Whether the row runs in a state of the gates.
  fileprivate func isActive(open: (Int) -> Bool) -> Bool {
    condition.map { open($0.gate.index) == $0.isOpen } ?? true
  }
}
