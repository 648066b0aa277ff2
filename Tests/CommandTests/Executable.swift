import Foundation
import Glibc
import Testing

/// The `nncc` that was built beside these tests, run as a user runs it.
enum Executable {
  /// What one run left.
  struct Outcome: Sendable {
    /// Exit code; nil where a signal ended the program.
    var code: Int32?
    var signal: Int32?
    var output: String
    var errors: String

    var everything: String { "exit code \(code.map(String.init) ?? "none, signal \(signal ?? 0)")\n\(output)\(errors)" }
  }

  /// A run that does not end within this time is killed, which a test then sees as a signal.
  private static let seconds = 120

  /// NNCC_EXECUTABLE, else `nncc` in the folder of the test bundle.
  static func path() throws -> String {
    if let chosen = ProcessInfo.processInfo.environment["NNCC_EXECUTABLE"] { return chosen }
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let path = bundle.deletingLastPathComponent().appendingPathComponent("nncc").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw MissingExecutable(path: path)
    }
    return path
  }

  struct MissingExecutable: Error, CustomStringConvertible {
    var path: String
    var description: String { "expected the executable at \(path), found none; run `swift build -c release` first" }
  }

  /// Runs the executable with the folder as current one.
  ///
  /// - Parameters:
  ///   - environment: changes to this process's environment.
  ///   - fileBlocks: files may not grow beyond so many blocks of 512 bytes: writing fails as on a full disk.
  ///   - fullOutput: standard output is the device that is always full.
  ///   - interrupt: asked with the number of output lines so far; a signal that it names is sent once, while the program
  ///     is still writing.
  static func run(
    _ arguments: [String], in folder: String, environment: [String: String] = [:], fileBlocks: Int? = nil,
    fullOutput: Bool = false, interrupt: ((_ lines: Int) -> Int32?)? = nil
  ) throws -> Outcome {
    let process = Process()
    let executable = try path()
    if let fileBlocks {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "trap '' XFSZ; ulimit -f \(fileBlocks); exec \"$@\"", "sh", executable] + arguments
    } else if fullOutput {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "exec \"$@\" > /dev/full", "sh", executable] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: executable)
      process.arguments = arguments
    }
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(Self.environment) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // errors go to a file, so that one reader suffices and no pipe fills up
    let errorFile = FileManager.default.temporaryDirectory.appendingPathComponent("nncc-errors-\(UUID().uuidString)")
    try Data().write(to: errorFile)
    defer { try? FileManager.default.removeItem(at: errorFile) }
    process.standardError = try FileHandle(forWritingTo: errorFile)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let identifier = process.processIdentifier
    let watchdog = DispatchWorkItem { kill(identifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds), execute: watchdog)
    var output = Data()
    var question = interrupt
    while true {
      let part = pipe.fileHandleForReading.availableData
      if part.isEmpty { break }
      output += part
      if let ask = question, let signal = ask(output.count { $0 == UInt8(ascii: "\n") }) {
        kill(identifier, signal)
        question = nil
      }
    }
    process.waitUntilExit()
    watchdog.cancel()
    let exited = process.terminationReason == .exit
    return Outcome(
      code: exited ? process.terminationStatus : nil, signal: exited ? nil : process.terminationStatus,
      output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
  }

  /// Objects and graphs are kept beside the tests and found again by content; backtraces of a crash would only cost time.
  private static let environment: [String: String] = {
    let cache = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("command-tests-cache").path
    return ["NNCC_CACHE": cache, "SWIFT_BACKTRACE": "enable=no"]
  }()
}
