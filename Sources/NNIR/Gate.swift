/// The index of a gate among a graph's gates and in the vector that the caller of a training step passes.
///
/// A node under a gate is computed only where the gate is open. Each node stands under one gate at most: blocks do not
/// nest. Outside its region a value under gate g is seen through `join(g)` alone, whose other operand takes its place
/// where the gate is closed.
package struct Gate: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let index: Int
  package init(_ index: Int) { self.index = index }
  package static func < (a: Gate, b: Gate) -> Bool { a.index < b.index }
  package var description: String { String(index) }
}

/// A block that stochastic depth may leave out.
package struct GateInfo: Hashable, Sendable {
  /// The block's name, by which the user drops it.
  package var name: String
  /// Probability that the gate is open in a training step.
  package var survival: Scalar

  package init(name: String, survival: Double) {
    self.name = name
    self.survival = Scalar(survival)
  }
}
