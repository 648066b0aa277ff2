/// What one loop of a function does with vector registers; of a loop around others, what lies outside of those.
package struct LoopFacts: Equatable, Sendable {
  /// Loops around it, itself included.
  package var depth: Int
  package var isInnermost: Bool
  /// Instructions that multiply and add whole vectors.
  package var multiplyAdds = 0
  /// Vector multiplications whose product an addition takes up: multiply-adds that were not fused.
  package var unfused = 0
  /// Registers that nothing in the loop writes but multiply-adds to themselves: the sums that a tile keeps.
  package var accumulators = 0
  /// Bits of the widest register of those multiply-adds.
  package var bits = 0
  /// Vector registers put on the stack and fetched from there.
  package var spills = 0
  package var reloads = 0
  /// Addresses and counters on the stack that the loop's other instructions use.
  package var otherStackUses = 0

  /// Whether it is the inner loop of a register tile: sums live in registers while the loop runs, or should.
  package var isTile: Bool { isInnermost && (accumulators > 0 || losesSums) }
  /// Whether a sum is written to the stack inside the loop.
  package var losesSums = false
}

/// What one function does in its loops.
package struct FunctionAudit: Equatable, Sendable {
  package var name: String
  /// Bytes of code.
  package var size: Int
  /// Functions of the same file that it calls.
  package var calls: [String]
  /// Outer loops before those inside them.
  package var loops: [LoopFacts]
  /// Instructions that the disassembler does not know; the other figures are a lower bound where there are any.
  package var unknown: Int

  /// The loops of its register tiles.
  package var tiles: [LoopFacts] { loops.filter(\.isTile) }
  package var spills: Int { loops.reduce(0) { $0 + $1.spills } }
  package var reloads: Int { loops.reduce(0) { $0 + $1.reloads } }

  /// The rows and vectors of the register tile that a name such as `strip_tile_6_2` promises.
  package var promisedTile: (rows: Int, vectors: Int)? {
    // clang marks functions that it specialised by a suffix behind a dot
    let parts = name.prefix { $0 != "." }.split(separator: "_")
    guard parts.count >= 3, parts[0] != "kernel", let rows = Int(parts[parts.count - 2]),
      let vectors = Int(parts[parts.count - 1])
    else { return nil }
    return (rows, vectors)
  }

  package init(_ function: MachineFunction) {
    name = function.name
    size = function.size
    calls = function.calls
    unknown = function.instructions.count { $0.mnemonic.isEmpty }
    let hasFramePointer = function.instructions.contains(where: \.makesFramePointer)
    let uses = function.instructions.map {
      VectorUse($0, architecture: function.architecture, hasFramePointer: hasFramePointer)
    }
    let found = function.loops
    // an instruction belongs to the innermost loop around it, which comes last
    var owner = [Int?](repeating: nil, count: uses.count)
    for (number, loop) in found.enumerated() {
      for index in loop.body { owner[index] = number }
    }
    loops = found.enumerated().map { number, loop in
      let own = loop.body.filter { owner[$0] == number }
      var facts = LoopFacts(loop, own.compactMap { uses[$0] })
      facts.otherStackUses = own.count {
        uses[$0] == nil
          && function.instructions[$0].usesStackSlot(function.architecture, hasFramePointer: hasFramePointer)
      }
      return facts
    }
  }
}

extension LoopFacts {
  /// Follows the instructions in the order of their addresses, once around the loop.
  fileprivate init(_ loop: Loop, _ uses: [VectorUse]) {
    depth = loop.depth
    isInnermost = loop.isInnermost
    var values: [Int: Value] = [:]
    func value(_ register: Int) -> Value { values[register] ?? Value(root: register) }
    for use in uses {
      if use.usesStack {
        if use.result == nil { spills += 1 } else { reloads += 1 }
        if use.result == nil, use.sources.contains(where: { value($0).terms > 0 }) { losesSums = true }
      }
      var result = Value(root: nil)
      switch use.arithmetic {
      case .multiplyAdd(let addend):
        multiplyAdds += 1
        bits = max(bits, use.bits)
        result = addend.map { value($0).adding(1) } ?? Value(root: nil, terms: 1)
      case .add:
        if let product = use.sources.first(where: { value($0).isProduct }) {
          unfused += 1
          bits = max(bits, use.bits)
          result = use.sources.first { $0 != product }.map { value($0).adding(1) } ?? Value(root: nil, terms: 1)
        }
      case .multiply: result.isProduct = true
      case .copy: result = use.sources.first.map(value) ?? result
      case .other: break
      }
      if let register = use.result { values[register] = result }
    }
    // A sum is what the loop began with and more; what it began with may not be there any longer, or else something is
    // computed anew each time around, as a polynomial from its constants is.
    var kept: Set<Int> = []
    var grown: Set<Int> = []
    for (register, value) in values {
      guard let root = value.root else { continue }
      if value.terms > 0 { grown.insert(root) } else if root != register { kept.insert(root) }
    }
    accumulators = grown.count { values[$0] != nil && !kept.contains($0) }
  }

  /// What a register holds.
  private struct Value {
    /// The register that held it, or what it is a sum of, at the beginning of the loop.
    var root: Int?
    /// Products that were added since.
    var terms = 0
    var isProduct = false

    func adding(_ count: Int) -> Value { Value(root: root, terms: terms + count) }
  }
}
