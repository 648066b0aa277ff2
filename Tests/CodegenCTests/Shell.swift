import Foundation
import Glibc

/// A temporary folder that goes with its owner.
final class Folder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/nncc-codegen-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }
}

/// What a program said and how it ended.
struct Ran {
  var code: Int32
  var output: String
}

/// Runs a program found on PATH, with both outputs in one.
func shell(_ arguments: [String], in folder: Folder) throws -> Ran {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
  let log = "\(folder.path)/log-\(UUID().uuidString)"
  try "".write(toFile: log, atomically: false, encoding: .utf8)
  let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
  process.standardOutput = handle
  process.standardError = handle
  try process.run()
  process.waitUntilExit()
  try handle.close()
  let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: log)), as: UTF8.self)
  return Ran(code: process.terminationStatus, output: text)
}

/// The flags with which the product compiles emitted C.
let productFlags = [
  "-std=gnu11", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-fno-builtin-memset",
  "-fno-builtin-memcpy", "-fno-builtin-memmove", "-fvisibility=hidden", "-fPIC", "-Wall", "-Wextra", "-Werror", "-O2",
]
