import CodegenC
import NNIR
import Passes

/// Copies that a program makes only to have values elsewhere, why, and how many it was spared.
///
/// What is copied is counted from the rows; the planner is asked for reasons only.
package struct CopyReport: Sendable {
  package struct Copy: Sendable {
    /// The value that is copied together, cut out, joined or delivered.
    package var value: ValueID
    package var operation: String
    /// What it is copied from; nil for deliveries.
    package var operand: ValueID?
    /// Bytes written.
    package var bytes: Int
    package var origin: Origin?
    package var reason: String
  }

  package var remaining: [Copy]
  /// Copies of op-by-op execution that are not made: one for each operand of a concatenation, for each slice, padding
  /// and delivery, and for each side of a join that is no constant.
  package var removed: Int

  package init(_ program: Program, plan: Plan) {
    let graph = plan.graph
    var naive = plan.copies.count
    for node in graph.nodes {
      switch node.op {
      case .concat: naive += node.inputs.count
      case .slice, .pad, .splitBands, .joinBands: naive += 1
      case .join: naive += node.inputs.count { !graph[$0].isConstant }
      default: break
      }
    }
    // a value that stands twice in one concatenation has a reason for each time, in order
    var reasons = plan.keptCopies
    remaining = program.rows.compactMap { row in
      guard let write = row.writes.first, case .value(let written) = write.content else { return nil }
      func copy(_ value: ValueID, _ operation: String, from operand: ValueID?, because reason: String) -> Copy {
        let kept = reasons.firstIndex { $0.value == value && $0.operand == operand }.map { reasons.remove(at: $0) }
        return Copy(
          value: value, operation: operation, operand: operand, bytes: write.total, origin: graph[value].origins.first,
          reason: kept?.reason ?? reason)
      }
      guard let value = row.value else {
        return copy(written, "delivery", from: nil, because: "the result could not be computed where it is wanted")
      }
      let node = graph[value]
      switch node.op {
      case .concat:
        // each operand is copied as the value that it is
        return copy(value, node.op.mnemonic, from: written, because: "every value keeps a place of its own")
      case .slice, .reshape:
        return copy(value, node.op.mnemonic, from: node.inputs[0], because: "every value keeps a place of its own")
      case .splitBands, .joinBands:
        return copy(
          value, node.op.mnemonic, from: node.inputs[0], because: "its lines lie in bands on one side of it only")
      case .pad: return copy(value, node.op.mnemonic, from: node.inputs[0], because: "zeros are written around it")
      case .join:
        guard let read = row.reads.first, case .value(let operand) = read.content else { return nil }
        return copy(value, node.op.mnemonic, from: operand, because: "only one of two values can be where it is wanted")
      default: return nil
      }
    }
    removed = max(0, naive - remaining.count)
  }

  /// Bytes that remaining copies write.
  package var bytes: Int { remaining.reduce(0) { $0 + $1.bytes } }
}

extension Node {
  fileprivate var isConstant: Bool { if case .fill = op { true } else { false } }
}

extension Program {
  /// Bytes that all rows read and write, operand by operand.
  package var trafficBytes: Int {
    rows.reduce(0) { sum, row in (row.reads + row.writes).reduce(sum) { $0 + $1.total } }
  }
}
