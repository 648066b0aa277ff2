import Testing

/// A mistake, and what the user is told.
struct BadInput: Sendable, CustomTestStringConvertible {
  /// `nncc` and its arguments; a word with spaces or an empty one cannot be written here.
  var arguments: String
  /// Every one of these stands on standard error.
  var says: [String]
  var code: Int32
  var environment: [String: String]
  var fileBlocks: Int?
  /// Makes the folder what it has to be.
  var prepare: @Sendable (Bench) throws -> Void

  init(
    _ arguments: String, says: [String], code: Int32 = 1, environment: [String: String] = [:], fileBlocks: Int? = nil,
    prepare: @escaping @Sendable (Bench) throws -> Void = { _ in }
  ) {
    self.arguments = arguments
    self.says = says
    self.code = code
    self.environment = environment
    self.fileBlocks = fileBlocks
    self.prepare = prepare
  }

  init(
    _ arguments: String, says: String..., code: Int32 = 1, environment: [String: String] = [:], fileBlocks: Int? = nil,
    prepare: @escaping @Sendable (Bench) throws -> Void = { _ in }
  ) {
    self.init(
      arguments, says: says, code: code, environment: environment, fileBlocks: fileBlocks, prepare: prepare)
  }

  var testDescription: String { "nncc \(arguments)" }

  /// The command fails as told, by an exit code and not a crash, and leaves every file as it was.
  func check() throws {
    try Bench.with { bench in
      try prepare(bench)
      let before = bench.listing()
      let outcome = try bench.nncc(
        arguments.split(separator: " ").map(String.init), environment: environment, fileBlocks: fileBlocks)
      #expect(outcome.signal == nil, "\(outcome.everything)")
      #expect(outcome.code == code, "\(outcome.everything)")
      #expect(outcome.errors.contains("error: "), "\(outcome.everything)")
      for text in says { #expect(outcome.errors.contains(text), "expected \(text) in:\n\(outcome.everything)") }
      // neither temporary places nor words for ourselves are of use to anybody
      for text in ["/nncc.", ".tmp", "internal error", "Fatal error", "Error: "] {
        #expect(!outcome.errors.contains(text), "found \(text) in:\n\(outcome.everything)")
      }
      #expect(bench.listing() == before)
    }
  }
}
