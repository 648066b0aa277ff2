import Glibc

/// What is wrong with a file, told to its user: one or several problems, each prefixed with the file's name.
package struct InterchangeError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file as the user named it.
  package let file: String
  /// Every problem found, lower-case, saying what was expected and what was found; never empty.
  package let problems: [String]

  package init(_ file: String, _ problem: String) {
    self.init(file, problems: [problem])
  }

  package init(_ file: String, problems: [String]) {
    self.file = file
    self.problems = problems
  }

  package var description: String {
    problems.map { "\(file): \($0)" }.joined(separator: "\n")
  }

  /// A failed system call: `expected` says what could not be done, `code` is errno.
  static func system(_ file: String, _ action: String, _ code: Int32) -> InterchangeError {
    let reason = String(cString: strerror(code))
    return InterchangeError(file, "cannot \(action): \(reason.prefix(1).lowercased())\(reason.dropFirst())")
  }
}

/// Number of elements of a row-major tensor, or nil where the product does not fit an Int.
package func elementCount(_ shape: [Int]) -> Int? {
  // An empty tensor is empty whatever its other extents multiply to.
  if shape.contains(0) { return 0 }
  var count = 1
  for extent in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    if overflow || extent < 0 { return nil }
    count = product
  }
  return count
}

/// A name from a file, quoted and with control characters escaped, fit for a message.
func quoted(_ name: some StringProtocol) -> String { String(name).debugDescription }
