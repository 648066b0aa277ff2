import ArgumentParser
import Compiler
import Foundation
import NNIR
import Reports
import Runtime
import Verification

/// `nncc fuzz`: random networks through interpreter and compiled code.
struct FuzzCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz", abstract: "Check random networks on every path of the compiler.",
    discussion: "Each network that fails is shrunk and written to a file, with a line that repeats the failure.",
    shouldDisplay: false)

  @Option(help: ArgumentHelp("Networks to check.", valueName: "N")) var count = 200
  @Option(help: ArgumentHelp("Seed of networks and numbers.", valueName: "N")) var seed: UInt64 = 1
  @Option(help: ArgumentHelp("Number of the first network.", valueName: "N")) var from = 0
  @Option(help: ArgumentHelp("Processes at once.", valueName: "N")) var jobs = Session.defaultThreads
  @Option(help: ArgumentHelp("Folder for networks that fail.", valueName: "DIR")) var out = "out/fuzz"
  @Option(parsing: .upToNextOption, help: ArgumentHelp("These networks instead.", valueName: "MODEL.nnir"))
  var files: [String] = []
  @Flag(help: "Print the networks instead of checking them.") var show = false
  /// What a child process does: checks its share and prints one line a network.
  @Flag(help: .hidden) var worker = false
  @Flag(name: .customLong("until-failure"), help: .hidden) var untilFailure = false
  /// Kinks cannot be avoided in large networks.
  @Flag(name: .customLong("any-batch"), help: .hidden) var anyBatch = false

  @Flag(help: "Let clang optimise; takes six times as long.") var optimized = false

  func run() throws {
    guard count >= 0, from >= 0, jobs >= 1 else {
      throw Failure.user("expected --count and --from of at least 0 and --jobs of at least 1")
    }
    if show { return cases().forEach { print($0.graph.text) } }
    if worker { return try check() }
    if !files.isEmpty { return try checkFiles() }
    try checkMany()
  }

  private func cases() -> [FuzzCase] { (from..<(from + count)).map { FuzzCase(number: $0, seed: seed) } }

  private func loaded() throws -> [FuzzCase] {
    try files.map { path in
      FuzzCase(graph: try loadModel(path), seed: seed)
    }
  }

  private func check() throws {
    let differential = try Differential(optimization: optimized ? "-O2" : "-O0")
    differential.avoidsKinks = !anyBatch
    differential.stopsAtFailure = untilFailure
    if untilFailure { differential.perUnit = 25 }
    for outcome in differential.check(files.isEmpty ? cases() : try loaded()) { print(FuzzWorkers.line(outcome)) }
  }

  private func checkFiles() throws {
    var workers = FuzzWorkers(executable: try ownExecutable())
    workers.options = (anyBatch ? ["--any-batch"] : []) + (optimized ? ["--optimized"] : [])
    var hasFailed = false
    for (path, fuzzCase) in zip(files, try loaded()) {
      let outcome = try workers.check([fuzzCase.graph], seed: seed)[0]
      print("\(path): \(FuzzWorkers.line(outcome).replacing("\t", with: "\n  "))")
      hasFailed = hasFailed || outcome.isFailure
    }
    if hasFailed { throw Failure.verification }
  }

  private func checkMany() throws {
    var workers = FuzzWorkers(executable: try ownExecutable(), jobs: jobs)
    workers.options = optimized ? ["--optimized"] : []
    let start = ContinuousClock.now
    var failed: [(number: Int, problems: [String])] = []
    var skipped = 0
    var done = 0
    while done < count {
      let next = min(done + jobs * FuzzWorkers.share, count)
      let outcomes = try workers.check(numbers: (from + done)..<(from + next), seed: seed)
      for (number, outcome) in zip((from + done)..., outcomes) {
        switch outcome {
        case .passed: break
        case .skipped: skipped += 1
        case .failed(let problems): failed.append((number, problems))
        }
      }
      done = next
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      progress(
        "fuzz \(done)/\(count), \(failed.count) failed, \(skipped) skipped, "
          + "\(Format.fixed(Double(done) / seconds, decimals: 1)) networks/s, "
          + "\(Format.clock(seconds: seconds / Double(done) * Double(count - done))) left")
    }
    finishProgress()
    for (number, problems) in failed { try explain(number, problems, workers) }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print(
      "\(count) networks of seed \(seed): \(failed.count) failed, \(skipped) skipped, "
        + "\(Format.fixed(seconds, decimals: 1)) s")
    if !failed.isEmpty { throw Failure.verification }
  }

  /// Shrinks one failing network, writes it and says how to see it fail again.
  private func explain(_ number: Int, _ problems: [String], _ workers: FuzzWorkers) throws {
    print("network \(number) failed: nncc fuzz --seed \(seed) --from \(number) --count 1")
    for problem in problems.prefix(3) { print("  \(problem)") }
    let fuzzCase = FuzzCase(number: number, seed: seed)
    let small = try Verification.reduce(fuzzCase.graph) { try workers.check($0, seed: fuzzCase.seed).map(\.isFailure) }
    try FileSystem.createDirectory(out)
    let path = "\(out)/seed\(seed)-network\(number).nnir"
    try FileSystem.write(Array(small.text.utf8), to: path)
    print(
      "  \(small.nodes.count) nodes: nncc fuzz\(optimized ? " --optimized" : "") --seed \(fuzzCase.seed) --files \(path)"
    )
  }
}

/// One line on standard error that the next one replaces; lines of their own where that is not a terminal.
private func progress(_ text: String) {
  let isTerminal = isatty(2) == 1
  FileHandle.standardError.write(Data((isTerminal ? "\r\u{1b}[K\(text)" : "\(text)\n").utf8))
}

private func finishProgress() {
  if isatty(2) == 1 { FileHandle.standardError.write(Data("\n".utf8)) }
}

/// The path of this program, for children that do a part of its work.
func ownExecutable() throws -> String {
  guard let path = FileSystem.resolvingLinks("/proc/self/exe") else {
    throw Failure(code: 2, message: "cannot find the path of this program")
  }
  return path
}
