import Foundation
import Glibc
import Runtime
import Testing

struct ProcessRunnerTests {
  private func shell(_ script: String, directory: String? = nil, timeLimit: Double? = nil) throws -> ProcessResult {
    try ProcessRunner.run(
      Invocation(
        "/bin/sh", ["-c", script], directory: directory, environment: ["GREETING": "hello"],
        timeLimit: timeLimit))
  }

  /// More than a pipe holds, on both streams, first all of one and then all of the other.
  @Test func largeOutputOnBothStreams() throws {
    let result = try shell(
      "head -c 1000000 /dev/zero | tr '\\0' e >&2; head -c 1000000 /dev/zero | tr '\\0' o; echo end >&2")
    #expect(result.succeeded)
    #expect(result.output == [UInt8](repeating: UInt8(ascii: "o"), count: 1_000_000))
    #expect(result.error == [UInt8](repeating: UInt8(ascii: "e"), count: 1_000_000) + Array("end\n".utf8))
  }

  @Test func exitStatusAndSignal() throws {
    #expect(try shell("exit 7").termination == .exited(7))
    #expect(try shell("kill -9 $$").termination == .signalled(SIGKILL))
    #expect(try shell("kill -9 $$").reason == "killed by signal 9 (killed)")
  }

  @Test func directoryEnvironmentAndInput() throws {
    let result = try shell("pwd; echo $GREETING; cat; ls /proc/self/fd | wc -l", directory: "/usr")
    // ls itself holds the folder open: 0, 1, 2 and that one; nothing of ours is inherited.
    #expect(result.outputText == "/usr\nhello\n4\n")
  }

  @Test func programThatDoesNotExist() {
    #expect(throws: RuntimeError.user("cannot run /nowhere/clang: no such file or directory")) {
      try ProcessRunner.run(Invocation("/nowhere/clang", []))
    }
  }

  @Test func timeLimitKillsWholeGroup() throws {
    let folder = try TemporaryDirectory()
    let began = Date()
    let result = try shell("sleep 60 & echo $! > \(folder.path)/pid; wait", timeLimit: 0.3)
    #expect(result.termination == .timedOut)
    #expect(Date().timeIntervalSince(began) < 30)
    #expect(try ends(pidIn: "\(folder.path)/pid"))
  }

  /// Each program notes its start and end; overlap is counted from the notes.
  @Test(arguments: [1, 3]) func jobsBoundTheOverlap(jobs: Int) throws {
    let folder = try TemporaryDirectory()
    let log = "\(folder.path)/log"
    let invocations = (0..<6).map {
      Invocation("/bin/sh", ["-c", "echo start >> \(log); sleep 0.2; echo end >> \(log); echo \($0)"])
    }
    let results = try ProcessRunner.runAll(invocations, jobs: jobs)
    #expect(results.map(\.outputText) == (0..<6).map { "\($0)\n" })
    var now = 0
    var most = 0
    for line in String(decoding: try FileSystem.read(log), as: UTF8.self).split(separator: "\n") {
      now += line == "start" ? 1 : -1
      most = max(most, now)
    }
    #expect(most == jobs)
  }

  /// The child interrupts its parent, as a kill from outside would, and would then go on for a minute.
  @Test func interruptLeavesNoOrphan() async throws {
    let folder = NSTemporaryDirectory() + "nncc-orphan-\(UUID().uuidString)"
    try FileSystem.createDirectory(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    await #expect(processExitsWith: .signal(SIGINT)) { [folder = folder as String] in
      let script = "echo $$ > \(folder)/pid; kill -INT $PPID; sleep 60"
      _ = try ProcessRunner.run(Invocation("/bin/sh", ["-c", script]))
    }
    #expect(try ends(pidIn: "\(folder)/pid"))
  }

  /// Whether the process disappears, or is only waiting to be reaped, within five seconds.
  private func ends(pidIn file: String) throws -> Bool {
    let text = String(decoding: try FileSystem.read(file), as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
    let pid = try #require(Int32(text))
    for _ in 0..<100 {
      guard let status = try? FileSystem.read("/proc/\(pid)/stat") else { return true }
      if String(decoding: status, as: UTF8.self).contains(") Z ") { return true }
      usleep(50_000)
    }
    return false
  }
}
