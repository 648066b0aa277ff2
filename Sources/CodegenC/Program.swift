import NNIR
import Passes

/// What the bytes of an access mean.
package enum Content: Sendable, Hashable {
  /// The elements of a value, in row-major order.
  case value(ValueID)
  /// Partial results that only rows of the same node exchange, numbered within a program.
  case partial(Int)
}

/// The bytes of one operand that a row reads or writes: `runs` stretches of `bytes` each, `pitch` bytes apart.
///
/// An operation that works in place has a read and a write with the same bytes and different contents.
package struct Access: Sendable, Hashable {
  package var arena: Arena
  package var offset: Int
  package var bytes: Int
  package var runs: Int
  package var pitch: Int
  package var content: Content

  package init(_ arena: Arena, _ offset: Int, bytes: Int, runs: Int = 1, pitch: Int = 0, content: Content) {
    self.arena = arena
    self.offset = offset
    self.bytes = bytes
    self.runs = runs
    self.pitch = pitch
    self.content = content
  }

  /// The byte after the last one.
  package var end: Int { offset + (runs - 1) * pitch + bytes }

  /// Bytes of all runs.
  package var total: Int { runs * bytes }

  /// Whether the two share a byte; runs of different pitches count as one stretch, which errs on the safe side.
  package func overlaps(_ other: Access) -> Bool {
    guard arena == other.arena, offset < other.end, other.offset < end else { return false }
    guard pitch == other.pitch, runs > 1, other.runs > 1, bytes + other.bytes <= pitch else { return true }
    // both repeat with the same pitch: compare them modulo it
    let distance = (other.offset - offset) % pitch
    let shift = distance < 0 ? distance + pitch : distance
    return shift < bytes || shift + other.bytes > pitch
  }
}

/// One call of a kernel.
package struct Row: Sendable {
  /// A word of the call table.
  package enum Argument: Sendable, Hashable {
    case place(Location)
    /// An operand that is not there.
    case absent
    case integer(Int)
    case float(Float)
    case double(Double)
    case bits(UInt64)
  }

  package var kernel: Kernel
  /// Equal parts of the work, numbered from 0; their number follows from shapes alone, and which thread computes
  /// which of them does not change a bit of the result.
  package var tasks: Int
  package var arguments: [Argument]
  package var reads: [Access]
  package var writes: [Access]
  /// The row runs only in this state of a gate; nil for rows that always run.
  package var condition: Condition?
  /// The IR value that it computes, or a part of; nil for the copies at the end.
  package var value: ValueID?
  /// What the comment beside it says: value, operation, type, line of the user's source.
  package var note: String
  /// Whether all threads have to finish earlier rows first.
  package var waits = false
  /// Of the first of a run of rows under one condition: whether all threads meet before it is decided if it runs.
  package var waitsBeforeGate = false

  /// A gate, and whether it is open.
  package struct Condition: Sendable, Hashable {
    package var gate: Gate
    package var isOpen: Bool

    package init(gate: Gate, isOpen: Bool) {
      self.gate = gate
      self.isOpen = isOpen
    }
  }
}

/// An entry point as rows of kernel calls in execution order.
package struct Program: Sendable {
  /// C name of the exported function.
  package var symbol: String
  package var rows: [Row]
  /// Bytes of private scratch that each thread needs.
  package var scratchBytes: Int
  /// Bytes of the workspace arena that rows share for partial results, after those that the plan gave out.
  package var extraWorkspaceBytes: Int
  /// Bytes of the workspace arena in all; of one micro-batch.
  package var workspaceBytes: Int
  /// Loop nests whose tiles can be chosen, by the value that their rows name.
  package var problems: [ValueID: TuningProblem] = [:]
  /// How often the rows run in a call.
  package var microbatches = Microbatches()
}

/// Parts of a batch that run a program's rows one after another or side by side: each has its images, its outputs and a
/// workspace of its own.
package struct Microbatches: Sendable, Hashable {
  package var count = 1
  /// Bytes of the input, and of the output, from one to the next.
  package var inputBytes = 0
  package var outputBytes = 0

  package init() {}

  /// - Parameter plan: Of one of them.
  package init(count: Int, of plan: Plan) {
    func bytes(_ id: ValueID?) -> Int { id.map { plan.graph[$0].type.count * plan.graph[$0].type.element.size } ?? 0 }
    self.count = count
    inputBytes = bytes(plan.graph.first(.input))
    outputBytes = bytes(plan.graph.modelOutput)
  }
}

extension Program {
  /// Bytes from the workspace of one micro-batch to that of the next: whole pages, which threads do not share.
  package var workspacePitch: Int { microbatches.count > 1 ? workspaceBytes.roundedUp(to: 4096) : 0 }

  /// Bytes of the workspace arena for all micro-batches at once; a call touches as many as there are threads.
  package var reservedWorkspaceBytes: Int { (microbatches.count - 1) * workspacePitch + workspaceBytes }
}

extension [Row] {
  /// Neighbouring rows under one condition, or under none: what is run or skipped together.
  var runs: [Range<Int>] {
    var runs: [Range<Int>] = []
    for index in indices {
      if let last = runs.last, self[last.lowerBound].condition == self[index].condition {
        runs[runs.count - 1] = last.lowerBound..<(index + 1)
      } else {
        runs.append(index..<(index + 1))
      }
    }
    return runs
  }

  /// Marks the rows before which all threads have to meet: those that touch what an earlier row since the last
  /// meeting wrote, or write what it read.
  ///
  /// A meeting inside a run that is skipped does not take place, so rows after the run see as pending what was before it
  /// and what it left. Where a run conflicts with rows outside of its gate, all meet before it, whether it is skipped or
  /// not; a closed block thus costs one meeting at most, and little is pending at any time.
  /// Complexity: O(rows · rows between two meetings).
  mutating func placeBarriers() {
    var pending = Pending()
    for run in runs {
      guard let condition = self[run.lowerBound].condition else {
        for index in run {
          self[index].waits = pending.add(self[index]) && !Mutation.isActive(.barriersMissing)
        }
        continue
      }
      if self[run].contains(where: { pending.conflicts(with: $0, outside: condition.gate) }) {
        self[run.lowerBound].waitsBeforeGate = true
        pending = Pending()
      }
      let before = pending
      var meets = false
      for index in run where pending.add(self[index]) {
        self[index].waits = true
        meets = true
      }
      if meets { pending.add(before, outside: condition) }
    }
  }
}

/// What rows since the last meeting of all threads have touched, arena by arena.
private struct Pending {
  private struct Touched {
    var access: Access
    var end: Int
    var condition: Row.Condition?

    /// Whether the two share a byte, for an access of the same arena.
    func meets(_ other: Access, end otherEnd: Int) -> Bool {
      access.offset < otherEnd && other.offset < end && access.overlaps(other)
    }
  }

  private var reads = [[Touched]](repeating: [], count: Arena.allCases.count)
  private var writes = [[Touched]](repeating: [], count: Arena.allCases.count)

  /// Whether a row has to wait for what is pending; with `outside` of this, rows under that gate aside.
  func conflicts(with row: Row, outside gate: Gate? = nil) -> Bool {
    let condition = row.condition
    func meets(_ access: Access, _ touched: [Touched]) -> Bool {
      let end = access.end
      return touched.contains { other in
        guard other.meets(access, end: end) else { return false }
        guard let theirs = other.condition?.gate else { return true }
        // the two states of a gate exclude each other
        return theirs != gate && (theirs != condition?.gate || other.condition == condition)
      }
    }
    for access in row.writes {
      let arena = access.arena.number
      if meets(access, writes[arena]) || meets(access, reads[arena]) { return true }
    }
    return row.reads.contains { meets($0, writes[$0.arena.number]) }
  }

  /// Takes note of a row, after a meeting where there has to be one; says whether there has to.
  mutating func add(_ row: Row) -> Bool {
    let meets = conflicts(with: row)
    if meets { self = Pending() }
    for access in row.reads { reads[access.arena.number].append(Self.touched(access, row)) }
    for access in row.writes { writes[access.arena.number].append(Self.touched(access, row)) }
    return meets
  }

  private static func touched(_ access: Access, _ row: Row) -> Touched {
    Touched(access: access, end: access.end, condition: row.condition)
  }

  /// Adds what stood before a run that may be skipped, with the meetings inside of it, rows of that run aside.
  mutating func add(_ before: Pending, outside condition: Row.Condition) {
    for arena in reads.indices {
      reads[arena] += before.reads[arena].filter { $0.condition != condition }
      writes[arena] += before.writes[arena].filter { $0.condition != condition }
    }
  }
}
