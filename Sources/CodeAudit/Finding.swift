/// One disagreement between what an artefact is and what its manifest promises.
package struct Finding: Error, Equatable, Sendable, CustomStringConvertible {
  /// Path of the file that is wrong.
  package var file: String
  /// Line in that file, from 1; nil where the finding has no place, as with something missing.
  package var line: Int?
  /// What the finding is about: `toy_prepare`, `toy_arguments.step`, `.bss`.
  package var subject: String
  package var expected: String
  package var found: String

  package init(file: String, line: Int? = nil, subject: String, expected: String, found: String) {
    self.file = file
    self.line = line
    self.subject = subject
    self.expected = expected
    self.found = found
  }

  package var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return "\(place): \(subject): expected \(expected), found \(found)"
  }
}

/// Why an audit could not be made at all.
package enum AuditError: Error, Equatable, Sendable, CustomStringConvertible {
  /// libclang is not there; the reason names the places tried.
  case libclangUnavailable(reason: String)
  /// libLLVM is not there; the reason names the places tried.
  case libllvmUnavailable(reason: String)
  /// The file cannot be read.
  case unreadable(file: String, reason: String)
  /// The file is not what it should be: not ELF, truncated, offsets that point outside.
  case malformed(file: String, reason: String)
  /// libclang gave up on the file.
  case unparsable(file: String, reason: String)

  package var description: String {
    switch self {
    case .libclangUnavailable(let reason): "libclang unavailable: \(reason)"
    case .libllvmUnavailable(let reason): "libLLVM unavailable: \(reason)"
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .malformed(let file, let reason): "\(file): not a usable shared object: \(reason)"
    case .unparsable(let file, let reason): "\(file): cannot be parsed: \(reason)"
    }
  }
}
