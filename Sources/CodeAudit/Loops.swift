/// A natural loop: the instructions that come back to its first block.
package struct Loop: Equatable, Sendable {
  /// Indices of instructions, those of loops inside included, in ascending order.
  package var body: [Int]
  /// Loops around it, itself included: 1 for an outermost one.
  package var depth: Int
  /// Whether no other loop lies in it.
  package var isInnermost: Bool
}

extension MachineFunction {
  /// The loops of the function, outer ones before those inside them.
  ///
  /// A back edge leads to a block that dominates its source (Aho, Sethi, Ullman, 10.4); back edges to one block are one
  /// loop. Where an indirect jump goes is not known from the code alone: it is taken to reach every block that nothing
  /// else reaches, which is what the cases of a `switch` are.
  /// Complexity: O(blocks · loops) beside the dominators' few passes.
  package var loops: [Loop] {
    let graph = ControlFlow(self)
    var bodies: [(header: Int, blocks: Set<Int>)] = []
    for header in graph.blocks.indices {
      let sources = graph.predecessors[header].filter { graph.dominates(header, $0) }
      if sources.isEmpty { continue }
      var body: Set<Int> = [header]
      var pending = sources
      while let block = pending.popLast() {
        guard body.insert(block).inserted else { continue }
        pending += graph.predecessors[block].filter { graph.order[$0] != nil }
      }
      bodies.append((header, body))
    }
    bodies.sort { ($1.blocks.count, $0.header) < ($0.blocks.count, $1.header) }
    return bodies.map { loop in
      Loop(
        body: loop.blocks.sorted().flatMap { Array(graph.blocks[$0]) },
        depth: bodies.count { $0.blocks.contains(loop.header) && $0.blocks.isSuperset(of: loop.blocks) },
        isInnermost: !bodies.contains { $0.header != loop.header && loop.blocks.isSuperset(of: $0.blocks) })
    }
  }
}

extension Instruction {
  fileprivate var isPadding: Bool { ["nop", "nopw", "nopl", "data16", "cs", "int3"].contains(mnemonic) }
}

/// Basic blocks of a function and what leads where.
private struct ControlFlow {
  /// Ranges of instructions, in order.
  var blocks: [Range<Int>] = []
  var predecessors: [[Int]] = []
  /// Positions in reverse postorder; nil for blocks that cannot be reached.
  var order: [Int?] = []
  /// Immediate dominators; the entry's is itself.
  private var dominators: [Int?] = []

  init(_ function: MachineFunction) {
    let instructions = function.instructions
    let indices = Dictionary(uniqueKeysWithValues: instructions.enumerated().map { ($1.offset, $0) })
    let branches = instructions.map { $0.branch(function.architecture) }
    /// The instruction that a branch leads to inside this function.
    func target(_ index: Int) -> Int? {
      guard let branch = branches[index], !branch.isCall, let target = branch.target else { return nil }
      return indices[target]
    }
    var isLeader = [Bool](repeating: false, count: instructions.count + 1)
    isLeader[0] = true
    for (index, branch) in branches.enumerated() {
      guard let branch else { continue }
      if let target = target(index) { isLeader[target] = true }
      if !branch.isCall || !branch.fallsThrough { isLeader[index + 1] = true }
    }
    isLeader[instructions.count] = true
    let leaders = isLeader.indices.filter { isLeader[$0] }
    blocks = zip(leaders, leaders.dropFirst()).map { $0..<$1 }
    let blockOf = Dictionary(uniqueKeysWithValues: blocks.enumerated().map { ($1.lowerBound, $0) })

    var successors = [[Int]](repeating: [], count: blocks.count)
    var indirect: [Int] = []
    for (number, block) in blocks.enumerated() {
      let last = block.upperBound - 1
      if let next = target(last).flatMap({ blockOf[$0] }) { successors[number].append(next) }
      let branch = branches[last]
      if branch?.fallsThrough ?? true, number + 1 < blocks.count { successors[number].append(number + 1) }
      if let branch, !branch.isCall, branch.target == nil { indirect.append(number) }
    }
    predecessors = Self.reversed(successors)
    let cases = blocks.indices.filter { number in
      // what only fills up to an aligned address is no case, and never runs
      number > 0 && predecessors[number].isEmpty && !blocks[number].allSatisfy { instructions[$0].isPadding }
    }
    for jump in indirect { successors[jump] += cases }
    predecessors = Self.reversed(successors)
    findDominators(successors)
  }

  private static func reversed(_ successors: [[Int]]) -> [[Int]] {
    var predecessors = [[Int]](repeating: [], count: successors.count)
    for (number, next) in successors.enumerated() {
      for block in next where predecessors[block].last != number { predecessors[block].append(number) }
    }
    return predecessors
  }

  /// Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm (2001).
  private mutating func findDominators(_ successors: [[Int]]) {
    order = Array(repeating: nil, count: blocks.count)
    dominators = order
    guard !blocks.isEmpty else { return }
    var postorder: [Int] = []
    var seen: Set<Int> = [0]
    var path: [(block: Int, next: Int)] = [(0, 0)]
    while let (block, next) = path.last {
      if next == successors[block].count {
        postorder.append(block)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      let successor = successors[block][next]
      if seen.insert(successor).inserted { path.append((successor, 0)) }
    }
    let sequence = Array(postorder.reversed())
    for (position, block) in sequence.enumerated() { order[block] = position }
    dominators[0] = 0
    var changes = true
    while changes {
      changes = false
      for block in sequence.dropFirst() {
        var common: Int?
        for predecessor in predecessors[block] where dominators[predecessor] != nil {
          common = common.map { meet($0, predecessor) } ?? predecessor
        }
        if dominators[block] != common {
          dominators[block] = common
          changes = true
        }
      }
    }
  }

  /// The nearest block that dominates both.
  private func meet(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while a != b {
      if order[a] ?? 0 > order[b] ?? 0 { a = dominators[a] ?? 0 } else { b = dominators[b] ?? 0 }
    }
    return a
  }

  func dominates(_ a: Int, _ b: Int) -> Bool {
    guard let limit = order[a], order[b] != nil else { return false }
    var block = b
    while let position = order[block], position > limit { block = dominators[block] ?? 0 }
    return block == a
  }
}
