import NNIR
import Passes

/// Gates: rows that run in one state of a gate, and the joins after them.
extension Lowering {
  /// Brings the side that counts to where the result lies, or leaves it there.
  mutating func join(_ id: ValueID, _ gate: Gate) {
    for (side, input) in graph[id].inputs.enumerated() {
      condition = Row.Condition(gate: gate, isOpen: (side == 0) != Mutation.isActive(.joinSwapped))
      if case .fill(let value) = graph[input].op, plan.locations[input.index] == nil || isOnlyJoined[input.index] {
        if !Mutation.isActive(.joinedZerosLost) { fill(result(id), value.value) }
      } else if place(input) != place(id) {
        add(
          .copy, tasks: count(id).dividedUp(by: elementwiseChunk), reads: [operand(input)], writes: [result(id)],
          [.integer(count(id))])
      }
    }
  }
}
