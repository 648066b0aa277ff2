import Foundation
import Interchange
import Testing

/// Path of a file that `Fixtures/make.py` made.
func fixture(_ name: String, from file: String = #filePath) -> String {
  URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
}

/// Runs `body` with an empty folder that is removed afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("interchange-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

/// The message of what `body` throws; the test fails where it does not throw.
func message(_ body: () throws(InterchangeError) -> Void) -> String {
  do {
    try body()
    Issue.record("expected an error")
    return ""
  } catch {
    return error.description
  }
}

/// The content of `Fixtures/squares.gz`, by the formula of `make.py`.
let squares: [UInt8] = (0..<1000).map { UInt8($0 * $0 % 251) }

/// x and y of the NPZ fixtures, by the formula of `make.py`.
let npzX = NamedTensor("x", shape: [2, 3, 4, 4], floats: (0..<96).map { Float($0) })
let npzY = NamedTensor("y", shape: [2], integers: [3, 1])
