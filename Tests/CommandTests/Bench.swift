import Foundation
import Interchange
import Testing

/// A folder for one test, with what all tests share under short names: `tiny.swift`, the artefact `art`, its weights
/// `w.safetensors`, the data set `idx`, 37 inputs in `x.npy` and `x.npz`, and 16 labelled ones in `batch.npz`.
struct Bench {
  let folder: String

  init() throws {
    let shared = try Self.shared.get()
    folder = try Self.newFolder()
    for name in ["art", "w.safetensors", "idx", "x.npy", "x.npz", "batch.npz"] {
      try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: "\(shared)/\(name)")
    }
    // a command that wrongly wrote to its model would spoil the other tests through a link
    try FileManager.default.copyItem(atPath: "\(shared)/tiny.swift", toPath: path("tiny.swift"))
  }

  /// With a new bench, removed afterwards.
  static func with(_ body: (Bench) throws -> Void) throws {
    let bench = try Bench()
    defer { try? FileManager.default.removeItem(atPath: bench.folder) }
    try body(bench)
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Runs `nncc`; see `Executable.run`.
  func nncc(
    _ arguments: [String], environment: [String: String] = [:], fileBlocks: Int? = nil,
    interrupt: ((Int) -> Int32?)? = nil
  ) throws -> Executable.Outcome {
    try Executable.run(
      arguments, in: folder, environment: environment, fileBlocks: fileBlocks, interrupt: interrupt)
  }

  /// Runs `nncc` where it has to succeed, and gives what it printed.
  @discardableResult
  func succeed(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    let outcome = try nncc(arguments)
    #expect(outcome.code == 0, "\(arguments): \(outcome.everything)", sourceLocation: sourceLocation)
    return outcome.output
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  func copy(_ name: String, to other: String) throws { try write(try bytes(name), to: other) }

  /// Replaces the link to the shared artefact by a copy that may be damaged.
  func copyArtefact() throws {
    try FileManager.default.removeItem(atPath: path("art"))
    try FileManager.default.copyItem(atPath: "\(try Self.shared.get())/art", toPath: path("art"))
  }

  /// Every file and its size, to see that nothing was left behind; links are not followed.
  func listing() -> [String] {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.sorted().map { name in
      let size = (try? FileManager.default.attributesOfItem(atPath: path(name)))?[.size] as? Int ?? 0
      return "\(name) \(size)"
    }
  }

  // MARK: - What the tests share

  private static func newFolder() throws -> String {
    let path = "\(root)/\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Removed when the process ends.
  private static let root: String = {
    atexit { try? FileManager.default.removeItem(atPath: Bench.root) }
    return NSTemporaryDirectory() + "nncc-commands-\(ProcessInfo.processInfo.processIdentifier)"
  }()

  /// Made by the commands themselves, once.
  private static let shared = Result { try makeShared() }

  private static func makeShared() throws -> String {
    let folder = try newFolder()
    func write(_ bytes: [UInt8], _ name: String) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    func nncc(_ arguments: String...) throws {
      let outcome = try Executable.run(arguments, in: folder)
      guard outcome.code == 0 else { throw Unprepared(arguments: arguments, outcome: outcome) }
    }
    try write(Array(Samples.model.utf8), "tiny.swift")
    try FileManager.default.createDirectory(atPath: "\(folder)/idx", withIntermediateDirectories: true)
    for (name, bytes) in Samples.idxFiles { try write(bytes, "idx/\(name)") }
    try NPY.write(Samples.images(37), to: "\(folder)/x.npy")
    try NPZ.write([Samples.images(37)], to: "\(folder)/x.npz")
    try NPZ.write([Samples.images(16), Samples.labels(Samples.labels(16))], to: "\(folder)/batch.npz")
    try nncc("build", "tiny.swift", "--batch", "1,16", "-o", "art")
    try nncc("train", "art", "--data", "idx", "--epochs", "1", "--out", "run")
    try FileManager.default.moveItem(atPath: "\(folder)/run/final.safetensors", toPath: "\(folder)/w.safetensors")
    return folder
  }

  struct Unprepared: Error, CustomStringConvertible {
    var arguments: [String]
    var outcome: Executable.Outcome
    var description: String { "nncc \(arguments.joined(separator: " ")): \(outcome.everything)" }
  }
}
