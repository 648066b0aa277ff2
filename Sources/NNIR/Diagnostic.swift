/// A place in the user's source: file as written by the compiler's `#fileID` or a path, and a line from 1.
package struct Origin: Hashable, Sendable, CustomStringConvertible {
  package var file: String
  package var line: Int

  package init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  package var description: String { "\(file):\(line)" }
}

/// A message for the user: `file:line: error: what was expected, what was found`, with notes and a hint.
package struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
  package enum Severity: String, Sendable {
    case error, warning, note
  }

  package var severity: Severity
  package var origin: Origin?
  /// Column from 1 where the origin is a text that the user wrote by hand, such as an .nnir file.
  package var column: Int?
  package var message: String
  package var notes: [Diagnostic]

  package init(
    _ severity: Severity = .error, _ message: String, at origin: Origin? = nil, column: Int? = nil,
    notes: [Diagnostic] = []
  ) {
    self.severity = severity
    self.origin = origin
    self.column = column
    self.message = message
    self.notes = notes
  }

  package static func note(_ message: String, at origin: Origin? = nil) -> Diagnostic {
    Diagnostic(.note, message, at: origin)
  }

  package var description: String {
    let place = origin.map { column == nil ? "\($0): " : "\($0):\(column ?? 0): " } ?? ""
    return ([place + "\(severity.rawValue): \(message)"] + notes.map(\.description)).joined(separator: "\n")
  }
}

/// One or more diagnostics that stop the work; all that were found, never only the first.
package struct Diagnostics: Error, Sendable, CustomStringConvertible {
  package var list: [Diagnostic]
  /// A fault of nncc, not of its user.
  package var isInternal = false

  package init(_ list: [Diagnostic]) { self.list = list }
  package init(_ message: String, at origin: Origin? = nil) { list = [Diagnostic(message: message, at: origin)] }

  package var description: String { list.map(\.description).joined(separator: "\n") }
}

extension Diagnostic {
  package init(message: String, at origin: Origin? = nil) { self.init(.error, message, at: origin) }
}

/// The candidate nearest to a misspelt word by edit distance, for hints; nil when none is near.
///
/// Complexity: O(candidates · length²).
package func nearest(to word: String, among candidates: [String]) -> String? {
  func distance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[b.count]
  }
  let wanted = Array(word.lowercased())
  let ranked = candidates.map { (distance(wanted, Array($0.lowercased())), $0) }.sorted { $0 < $1 }
  guard let best = ranked.first, best.0 <= max(2, word.count / 3) else { return nil }
  return best.1
}
