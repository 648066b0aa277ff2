import NNIR

/// Sets of values that share one stretch of memory, each at a fixed place in it.
///
/// A stretch is `runs` periods long. A value covers the bytes `low ..< low + length` of every period: all of the only
/// period when it stands alone, a part of each when it is a slice of something wider. Values of one set may overlap where
/// they hold the same elements, or where one is dead before the other is born.
///
/// This is copy coalescing as register allocators do it, with slices in the place of whole registers (Chaitin, 1982;
/// Briggs, Cooper and Torczon, TOPLAS 1994).
struct Coalescing {
  struct Member {
    var value: ValueID
    var low: Int
    var length: Int
    var high: Int { low + length }
  }

  struct Group {
    var runs: Int
    var members: [Member]
  }

  /// When the memory of a value has to be left alone, in steps; both ends included.
  ///
  /// What a join takes where its gate is closed may be overwritten under that gate as soon as nobody else needs it: then
  /// either the one happens or the other.
  struct Life: Hashable {
    var birth: Int
    var death: Int
    /// The gate of the joins that read the value last, and the death without them.
    var closed: Gate?
    var deathUnderGate = 0

    func death(for other: Node) -> Int { closed != nil && other.gate == closed ? deathUnderGate : death }
  }

  /// A part of a value's run: the elements of another value that it holds.
  private struct Segment: Equatable {
    var low: Int
    var length: Int
    var root: ValueID
    var offset: Int
  }

  let graph: Graph
  let lives: [Life]
  /// Bytes of each value, not rounded up.
  let bytes: [Int]
  /// In how many runs a value may be stored when it is a part of a wider one; nil when only whole.
  let runsAllowed: [Int?]
  private(set) var groups: [Int: Group] = [:]
  private(set) var group: [Int?]

  init(graph: Graph, lives: [Life], bytes: [Int], runsAllowed: [Int?]) {
    self.graph = graph
    self.lives = lives
    self.bytes = bytes
    self.runsAllowed = runsAllowed
    group = [Int?](repeating: nil, count: graph.nodes.count)
  }

  mutating func add(_ value: ValueID) {
    group[value.index] = value.index
    groups[value.index] = Group(
      runs: 1, members: [Member(value: value, low: 0, length: bytes[value.index])])
  }

  func contains(_ value: ValueID) -> Bool { group[value.index] != nil }

  /// Periods of the memory that a value lies in.
  func runs(_ value: ValueID) -> Int { group[value.index].flatMap { groups[$0]?.runs } ?? 1 }

  // MARK: Merging

  /// Puts `inner` into the memory of `outer`, `offset` bytes into each of `runs` periods; returns why not, or nil when it
  /// worked.
  ///
  /// `overwrites` are values that `inner` may overwrite although they die in the step in which it is born.
  mutating func place(
    _ inner: ValueID, in outer: ValueID, at offset: Int, runs: Int, overwrites: [ValueID] = []
  ) -> String? {
    guard let from = group[inner.index], let to = group[outer.index], let innerGroup = groups[from],
      let outerGroup = groups[to]
    else { return "it lies in memory of the caller" }
    guard let a = split(innerGroup, into: runs), let b = split(outerGroup, into: runs) else {
      return "it is already a part of something along another axis"
    }
    guard let innerMember = a.members.first(where: { $0.value == inner }),
      let outerMember = b.members.first(where: { $0.value == outer })
    else { fatalError("a value is not in its own group") }
    let shift = outerMember.low + offset - innerMember.low
    if from == to {
      return shift == 0 ? nil : "it already has another place in the same memory"
    }
    let moved = a.members.map { Member(value: $0.value, low: $0.low + shift, length: $0.length) }
    let all = b.members + moved
    let low = all.map(\.low).min() ?? 0
    let period = (all.map(\.high).max() ?? 0) - low
    if runs > 1 {
      for member in all where member.length < period && runsAllowed[member.value.index] != runs {
        return "\(describe(member.value)) is read or written only in one piece"
      }
    }
    for x in moved {
      for y in b.members where x.low < y.high && y.low < x.high {
        if conflict(x, y, runs: runs, overwrites: overwrites, inner: inner) {
          let needed = lives[x.value.index].birth <= lives[y.value.index].birth ? x : y
          return "\(describe(needed.value)) is still needed there"
        }
      }
    }
    groups[to] = Group(
      runs: runs, members: all.map { Member(value: $0.value, low: $0.low - low, length: $0.length) })
    groups[from] = nil
    for member in moved { group[member.value.index] = to }
    return nil
  }

  /// A value in words of the user: its operation, and the line that it comes from.
  private func describe(_ value: ValueID) -> String {
    "\(value) (\(graph[value].op.mnemonic)\(graph[value].origins.first.map { " of \($0)" } ?? ""))"
  }

  /// The same memory seen as so many periods; nil when a value covers no whole part of each.
  private func split(_ group: Group, into runs: Int) -> Group? {
    if group.runs == runs { return group }
    // only memory whose every value covers all of it has no inner structure
    let total = group.members[0].length * group.runs
    guard group.members.allSatisfy({ $0.low == 0 && $0.length * group.runs == total }), total % runs == 0 else {
      return nil
    }
    return Group(
      runs: runs, members: group.members.map { Member(value: $0.value, low: 0, length: total / runs) })
  }

  // MARK: Interference

  private func conflict(_ x: Member, _ y: Member, runs: Int, overwrites: [ValueID], inner: ValueID) -> Bool {
    let (a, b) = (lives[x.value.index], lives[y.value.index])
    guard a.birth <= b.death(for: graph[x.value]), b.birth <= a.death(for: graph[y.value]) else { return false }
    // in place: the operand dies where the result is born
    func inPlace(_ old: Member, _ new: Member) -> Bool {
      new.value == inner && overwrites.contains(old.value) && Mutation.isActive(.overwriteReadTwice)
        || new.value == inner && overwrites.contains(old.value)
          && lives[old.value.index].death(for: graph[new.value]) == lives[new.value.index].birth && old.low == new.low
          && old.length == new.length
    }
    if inPlace(x, y) || inPlace(y, x) { return false }
    let low = max(x.low, y.low), high = min(x.high, y.high)
    if Mutation.isActive(.interferenceIgnored) { return false }
    return content(x, low, high, runs) != content(y, low, high, runs)
  }

  /// What a member holds in a part of its period.
  private func content(_ member: Member, _ low: Int, _ high: Int, _ runs: Int) -> [Segment] {
    let found = segments(member.value, runs: runs, low: low - member.low, high: high - member.low)
    return found.map { Segment(low: $0.low + member.low, length: $0.length, root: $0.root, offset: $0.offset) }
  }

  /// The elements that bytes `low ..< high` of each run of a value hold, neighbours of one origin merged.
  private func segments(_ value: ValueID, runs: Int, low: Int, high: Int) -> [Segment] {
    let node = graph[value]
    func outer(_ axis: Int) -> Int { node.type.bound[..<axis].reduce(1, *) }
    func run(_ id: ValueID) -> Int { bytes[id.index] / runs }
    switch node.op {
    case .reshape: return segments(node.inputs[0], runs: runs, low: low, high: high)
    // where its gate is closed a join's first operand is not alive, so that nobody sees the difference
    case .join: return segments(node.inputs[0], runs: runs, low: low, high: high)
    case .concat(let axis) where outer(axis) == runs:
      var result: [Segment] = []
      var start = 0
      for input in node.inputs {
        let end = start + run(input)
        if start < high && low < end {
          for segment in segments(input, runs: runs, low: max(low, start) - start, high: min(high, end) - start) {
            let moved = Segment(
              low: segment.low + start, length: segment.length, root: segment.root, offset: segment.offset)
            if let last = result.last, last.root == moved.root, last.offset + last.length == moved.offset {
              result[result.count - 1].length += moved.length
            } else {
              result.append(moved)
            }
          }
        }
        start = end
      }
      return result
    case .slice(let axis, let start, _) where outer(axis) == runs:
      let before = Mutation.isActive(.viewOffset) ? 0 : start
      let skipped = before * node.type.bound[(axis + 1)...].reduce(1, *) * node.type.element.size
      return segments(node.inputs[0], runs: runs, low: low + skipped, high: high + skipped).map {
        Segment(low: $0.low - skipped, length: $0.length, root: $0.root, offset: $0.offset)
      }
    default: return [Segment(low: low, length: high - low, root: value, offset: low)]
    }
  }
}
