import CodegenC
import NNIR
import Passes

/// How long one value occupies which bytes of the workspace, as the rows of a program touch them.
package struct ValueLife: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    case forward, recomputed, backward, update, partial
  }

  /// Nil for partial results inside one operation.
  package var value: ValueID?
  package var kind: Kind
  /// The first row that writes it and the last one that touches it.
  package var firstRow: Int
  package var lastRow: Int
  /// Byte offset in the arena, and bytes; of slices that repeat with a pitch the bytes are those of all runs, as if the
  /// slices of one buffer lay behind one another.
  package var offset: Int
  package var bytes: Int

  package init(value: ValueID?, kind: Kind, firstRow: Int, lastRow: Int, offset: Int, bytes: Int) {
    self.value = value
    self.kind = kind
    self.firstRow = firstRow
    self.lastRow = lastRow
    self.offset = offset
    self.bytes = bytes
  }
}

/// The lives of all values in a program's workspace, in order of birth.
///
/// They come from what the rows read and write and not from the planner, so that they stay true however it plans. A
/// content that is read without ever being written is another name for values that were: it keeps those alive.
package func valueLives(of program: Program, plan: Plan) -> [ValueLife] {
  let loss = plan.graph.output("loss")
  let bases = SliceBases(program)
  var lives: [ValueLife] = []
  var accesses: [Access] = []
  var known: [Content: [Int]] = [:]
  let written = Set(program.rows.flatMap { $0.writes.map(\.content) })
  for (index, row) in program.rows.enumerated() {
    for access in row.writes where access.arena == .workspace {
      if let life = known[access.content]?.last(where: { accesses[$0].touches(access) }) {
        lives[life].lastRow = index
        lives[life].extend(by: bases.extent(of: access))
        accesses[life] = accesses[life].joined(access)
        continue
      }
      let (offset, bytes) = bases.extent(of: access)
      known[access.content, default: []].append(lives.count)
      accesses.append(access)
      lives.append(
        ValueLife(
          value: access.content.value, kind: kind(of: access.content, in: plan.graph, loss: loss), firstRow: index,
          lastRow: index, offset: offset, bytes: bytes))
    }
    for access in row.reads where access.arena == .workspace {
      // what a row reads and writes under one name, a copied slice, was something else before
      let own =
        written.contains(access.content) ? (known[access.content] ?? []).filter { lives[$0].firstRow < index } : []
      let candidates = own.isEmpty ? Array(lives.indices) : own
      let touched = candidates.filter { lives[$0].firstRow < index && accesses[$0].overlaps(access) }
      // what was written later over the same bytes is what they hold
      for life in touched
      where !touched.contains(where: { $0 > life && accesses[$0].overlaps(accesses[life]) }) {
        lives[life].lastRow = index
      }
    }
  }
  return lives
}

/// Most bytes of the workspace that hold something needed at any one row; bytes that a row hands on in place count once.
package func peakBytes(_ lives: [ValueLife]) -> (bytes: Int, row: Int) {
  var change: [Int: Int] = [:]
  for life in lives {
    change[life.firstRow, default: 0] += life.bytes
    change[life.lastRow + 1, default: 0] -= life.bytes
  }
  // the sum of sizes is a bound for each row, so the union has to be looked at for few of them
  var live = 0
  let bounds = change.keys.sorted().map { row in
    live += change[row] ?? 0
    return (row: row, bytes: live)
  }
  var peak = (bytes: 0, row: 0)
  for bound in bounds.sorted(by: { ($1.bytes, $0.row) < ($0.bytes, $1.row) }) where bound.bytes > peak.bytes {
    var (bytes, end) = (0, 0)
    for life in lives.filter({ $0.firstRow <= bound.row && $0.lastRow >= bound.row }).sorted(by: {
      $0.offset < $1.offset
    }) {
      bytes += max(0, life.offset + life.bytes - max(end, life.offset))
      end = max(end, life.offset + life.bytes)
    }
    if bytes > peak.bytes { peak = (bytes, bound.row) }
  }
  return peak
}

private func kind(of content: Content, in graph: Graph, loss: ValueID?) -> ValueLife.Kind {
  guard let value = content.value else { return .partial }
  let node = graph[value]
  if node.instance > 0 { return .recomputed }
  switch node.op {
  case .sgdMomentum, .sgdParameter, .adamFirstMoment, .adamSecondMoment, .adamParameter, .runningMean, .runningVariance:
    return .update
  default: return loss.map { value > $0 } == true ? .backward : .forward
  }
}

/// Where buffers begin whose slices repeat with a pitch, so that a slice's runs can be shown as one stretch.
private struct SliceBases {
  private struct Key: Hashable {
    var pitch: Int
    var runs: Int
    var offset: Int
  }

  private var bases: [Key: Int] = [:]

  init(_ program: Program) {
    var keys: Set<Key> = []
    for row in program.rows {
      for access in row.reads + row.writes where access.arena == .workspace && access.runs > 1 {
        keys.insert(Key(pitch: access.pitch, runs: access.runs, offset: access.offset))
      }
    }
    var current: Key?
    for key in keys.sorted(by: { ($0.pitch, $0.runs, $0.offset) < ($1.pitch, $1.runs, $1.offset) }) {
      if let base = current, base.pitch == key.pitch, base.runs == key.runs, key.offset < base.offset + key.pitch {
        bases[key] = base.offset
      } else {
        current = key
        bases[key] = key.offset
      }
    }
  }

  func extent(of access: Access) -> (offset: Int, bytes: Int) {
    guard access.runs > 1 else { return (access.offset, access.bytes) }
    let base = bases[Key(pitch: access.pitch, runs: access.runs, offset: access.offset)] ?? access.offset
    return (base + (access.offset - base) * access.runs, access.total)
  }
}

extension Content {
  fileprivate var value: ValueID? { if case .value(let id) = self { id } else { nil } }
}

extension Access {
  /// Whether both are parts of one stretch: they overlap, or one begins where the other ends.
  fileprivate func touches(_ other: Access) -> Bool { offset <= other.end && other.offset <= end }

  /// The stretch that holds both.
  fileprivate func joined(_ other: Access) -> Access {
    if offset == other.offset && bytes == other.bytes && runs == other.runs { return self }
    let start = min(offset, other.offset)
    return Access(arena, start, bytes: max(end, other.end) - start, content: content)
  }
}

extension ValueLife {
  fileprivate mutating func extend(by part: (offset: Int, bytes: Int)) {
    let end = max(offset + bytes, part.offset + part.bytes)
    offset = min(offset, part.offset)
    bytes = end - offset
  }
}
