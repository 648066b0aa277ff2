import Foundation
import Glibc

/// One program to run: its standard input is empty, its output is captured.
package struct Invocation: Sendable {
  /// Path of the executable; it is not searched for.
  package var executable: String
  package var arguments: [String]
  package var directory: String?
  /// Variables set over those inherited.
  package var environment: [String: String]
  /// Seconds after which the program and all that it started are killed.
  package var timeLimit: Double?

  package init(
    _ executable: String, _ arguments: [String], directory: String? = nil, environment: [String: String] = [:],
    timeLimit: Double? = nil
  ) {
    self.executable = executable
    self.arguments = arguments
    self.directory = directory
    self.environment = environment
    self.timeLimit = timeLimit
  }
}

/// How a program ended and all that it wrote.
package struct ProcessResult: Sendable {
  package enum Termination: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    case timedOut
  }

  package var termination: Termination
  package var output: [UInt8]
  package var error: [UInt8]

  package var succeeded: Bool { termination == .exited(0) }
  package var outputText: String { String(decoding: output, as: UTF8.self) }
  package var errorText: String { String(decoding: error, as: UTF8.self) }

  /// `exit status 1`, `killed by signal 9 (killed)`, for messages.
  package var reason: String {
    switch termination {
    case .exited(let status): "exit status \(status)"
    case .signalled(let signal): "killed by signal \(signal) (\(String(cString: strsignal(signal)).lowercased()))"
    case .timedOut: "stopped after its time limit"
    }
  }
}

/// The only place that starts processes.
///
/// One thread watches all of them with `poll`, so that neither stream can fill up and block the child. Descriptors
/// above 2 are closed in the child: results that are not text on a stream pass through files. Written over
/// `posix_spawn` because Foundation's `Process` needs a run loop to notice the end and cannot run several at once
/// without a thread each.
package enum ProcessRunner {
  /// Runs one program to its end.
  package static func run(_ invocation: Invocation) throws(RuntimeError) -> ProcessResult {
    try runAll([invocation], jobs: 1)[0]
  }

  /// Runs all programs, at most `jobs` at once, and gives their results in the order of the invocations.
  ///
  /// Programs that fail do not stop the others. Throws only when one cannot be started; the running ones are killed.
  package static func runAll(_ invocations: [Invocation], jobs: Int) throws(RuntimeError) -> [ProcessResult] {
    var results = [ProcessResult?](repeating: nil, count: invocations.count)
    var running: [Child] = []
    var next = 0
    while next < invocations.count || !running.isEmpty {
      while next < invocations.count && running.count < min(max(jobs, 1), ChildRegistry.capacity) {
        do throws(RuntimeError) {
          running.append(try Child(invocations[next], index: next))
        } catch {
          for index in running.indices { running[index].killAndReap() }
          throw error
        }
        next += 1
      }
      Child.pump(&running)
      for index in running.indices.reversed() where running[index].isFinished {
        results[running[index].index] = running[index].reap()
        running.remove(at: index)
      }
    }
    return results.compactMap { $0 }
  }

  /// Ends every running child; for programs with their own handler for SIGINT.
  package static func terminateAll() {
    ChildRegistry.terminateAll()
  }
}

/// A running program and what it wrote so far.
private struct Child {
  let index: Int
  private let pid: pid_t
  private let deadline: Double?
  private var descriptors: [Int32]
  private var captured: [[UInt8]] = [[], []]
  private var timedOut = false

  var isFinished: Bool { descriptors.allSatisfy { $0 < 0 } }

  init(_ invocation: Invocation, index: Int) throws(RuntimeError) {
    self.index = index
    var ends: [Int32] = [-1, -1, -1, -1]
    let opened = ends.withUnsafeMutableBufferPointer { ends in
      ends.baseAddress.map { pipe($0) == 0 && pipe($0 + 2) == 0 } ?? false
    }
    guard opened else {
      let code = errno
      for end in ends where end >= 0 { close(end) }
      throw .user("cannot run \(invocation.executable): \(FileSystem.reason(code))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer {
      close(ends[1])
      close(ends[3])
    }
    do throws(RuntimeError) {
      pid = try ChildRegistry.register { () throws(RuntimeError) in
        var pid: pid_t = 0
        let code = Self.spawn(invocation, output: ends[1], error: ends[3], pid: &pid)
        guard code == 0 else { throw .user("cannot run \(invocation.executable): \(FileSystem.reason(code))") }
        return pid
      }
    } catch {
      close(ends[0])
      close(ends[2])
      throw error
    }
    descriptors = [ends[0], ends[2]]
    deadline = invocation.timeLimit.map { Self.now() + $0 }
  }

  private static func spawn(_ invocation: Invocation, output: Int32, error: Int32, pid: inout pid_t) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    var code = posix_spawn_file_actions_init(&actions)
    guard code == 0 else { return code }
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, error, 2)
    if let closeFrom = SpawnExtensions.closeFrom { _ = closeFrom(&actions, 3) }
    if let directory = invocation.directory {
      guard let changeDirectory = SpawnExtensions.changeDirectory else { return ENOSYS }
      code = changeDirectory(&actions, directory)
      guard code == 0 else { return code }
    }

    var attributes = posix_spawnattr_t()
    code = posix_spawnattr_init(&attributes)
    guard code == 0 else { return code }
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&defaults, signal) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var variables = ProcessInfo.processInfo.environment
    variables.merge(invocation.environment) { $1 }
    let environment = variables.keys.sorted().map { "\($0)=\(variables[$0] ?? "")" }
    return withCStrings([invocation.executable] + invocation.arguments) { arguments in
      withCStrings(environment) { environment in
        posix_spawn(&pid, invocation.executable, &actions, &attributes, arguments, environment)
      }
    }
  }

  /// Waits until some child wrote, closed a stream or ran out of time, and takes in what there is.
  static func pump(_ children: inout [Child]) {
    var polled: [pollfd] = []
    var owners: [(child: Int, stream: Int)] = []
    var earliest: Double?
    for index in children.indices {
      if let deadline = children[index].deadline { earliest = min(earliest ?? deadline, deadline) }
      for stream in 0..<2 where children[index].descriptors[stream] >= 0 {
        polled.append(pollfd(fd: children[index].descriptors[stream], events: Int16(POLLIN), revents: 0))
        owners.append((index, stream))
      }
    }
    let wait = earliest.map { Int32(min(max(0, ($0 - now()) * 1000), 1e6).rounded(.up)) } ?? -1
    guard poll(&polled, nfds_t(polled.count), wait) >= 0 else { return }
    for (entry, owner) in zip(polled, owners) where entry.revents != 0 { children[owner.child].drain(owner.stream) }
    for index in children.indices { children[index].enforceDeadline() }
  }

  private mutating func drain(_ stream: Int) {
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { chunk in
      let count = read(descriptors[stream], chunk.baseAddress, chunk.count)
      if count > 0 {
        captured[stream].append(contentsOf: chunk[..<count])
      } else if count == 0 || errno != EINTR {
        close(descriptors[stream])
        descriptors[stream] = -1
      }
    }
  }

  private mutating func enforceDeadline() {
    guard let deadline, !timedOut, !isFinished, Self.now() >= deadline else { return }
    timedOut = true
    kill(-pid, SIGKILL)
    closeStreams()
  }

  private mutating func closeStreams() {
    for stream in 0..<2 where descriptors[stream] >= 0 {
      close(descriptors[stream])
      descriptors[stream] = -1
    }
  }

  mutating func killAndReap() {
    kill(-pid, SIGKILL)
    closeStreams()
    _ = reap()
  }

  func reap() -> ProcessResult {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    ChildRegistry.remove(pid)
    // The macros WIFSIGNALED, WTERMSIG and WEXITSTATUS are not imported.
    let signal = status & 0x7f
    let ended: ProcessResult.Termination = signal != 0 ? .signalled(signal) : .exited((status >> 8) & 0xff)
    return ProcessResult(termination: timedOut ? .timedOut : ended, output: captured[0], error: captured[1])
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// File actions that glibc has (from 2.29 and 2.34) but declares only for `_GNU_SOURCE`, which Swift does not set.
private enum SpawnExtensions {
  typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>
  typealias ChangeDirectory = @convention(c) (Actions, UnsafePointer<CChar>) -> Int32
  typealias CloseFrom = @convention(c) (Actions, Int32) -> Int32

  static let changeDirectory =
    dlsym(nil, "posix_spawn_file_actions_addchdir_np").map { unsafeBitCast($0, to: ChangeDirectory.self) }
  static let closeFrom =
    dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map { unsafeBitCast($0, to: CloseFrom.self) }
}

/// Calls with a null-terminated vector of C strings.
private func withCStrings<R>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
