import CodegenC
import NNIR
import Passes

/// Copies that a program makes only to have values elsewhere, and how many it was spared.
package struct CopyReport: Sendable {
  package struct Copy: Sendable {
    /// The value that is copied together, cut out or delivered.
    package var value: ValueID
    package var operation: String
    /// Bytes written.
    package var bytes: Int
    package var origin: Origin?
    package var reason: String
  }

  package var remaining: [Copy]
  /// Copies of op-by-op execution (one for each operand of a concatenation, each slice, each padding) that are not made.
  package var removed: Int

  package init(_ program: Program, plan: Plan) {
    let graph = plan.graph
    var naive = plan.copies.count
    for node in graph.nodes {
      switch node.op {
      case .concat: naive += node.inputs.count
      case .slice, .pad: naive += 1
      default: break
      }
    }
    remaining = program.rows.compactMap { row in
      let bytes = row.writes.reduce(0) { $0 + $1.total }
      guard let value = row.value else {
        guard case .value(let delivered)? = row.writes.first?.content else { return nil }
        return Copy(
          value: delivered, operation: "delivery", bytes: bytes, origin: graph[delivered].origins.first,
          reason: "the result could not be computed where it is wanted")
      }
      switch graph[value].op {
      case .concat, .slice, .pad, .reshape:
        return Copy(
          value: value, operation: graph[value].op.mnemonic, bytes: bytes, origin: graph[value].origins.first,
          reason: "planned as an operation of its own")
      default: return nil
      }
    }
    removed = max(0, naive - remaining.count)
  }

  /// Bytes that remaining copies write.
  package var bytes: Int { remaining.reduce(0) { $0 + $1.bytes } }
}

extension Program {
  /// Bytes that all rows read and write, operand by operand.
  package var trafficBytes: Int {
    rows.reduce(0) { sum, row in (row.reads + row.writes).reduce(sum) { $0 + $1.total } }
  }
}
