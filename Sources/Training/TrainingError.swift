/// Why a training or an evaluation cannot start or go on, told to its user.
package struct TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Every problem found, lower-case, saying what was expected and what was found; never empty.
  package let problems: [String]

  package init(_ problem: String) { problems = [problem] }
  package init(problems: [String]) { self.problems = problems }

  package var description: String { problems.joined(separator: "\n") }
}

/// Extents as messages write them: `3×32×32`.
func spelled(_ shape: [Int]) -> String {
  shape.isEmpty ? "a scalar" : shape.map(String.init).joined(separator: "×")
}

/// `1 image`, `2 images`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// Text from a file, quoted and with control characters escaped, fit for a message.
func quoted(_ text: String) -> String { text.debugDescription }
