import NNIR

/// Why a graph could not be interpreted; every problem that was found, each with the user's line where it has one.
package struct InterpreterError: Error, Sendable, CustomStringConvertible {
  package var diagnostics: [Diagnostic]

  package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

extension Graph {
  /// A problem at a node, named as in the IR text and placed at the line of the model that made it.
  func problem(at id: ValueID, _ message: String) -> Diagnostic {
    Diagnostic(.error, "\(id) \(self[id].op.mnemonic): \(message)", at: self[id].origins.first)
  }
}
