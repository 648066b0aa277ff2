import Foundation
import NNIR
import Runtime

/// Checks networks in child processes, so that one that brings the compiler or its own code down is a failure like any
/// other.
package struct FuzzWorkers: Sendable {
  /// The program that understands `fuzz --worker`.
  package var executable: String
  /// Processes at once.
  package var jobs: Int
  /// Seconds that a process may take.
  package var timeLimit: Double = 600
  /// Variables of the processes' environment.
  package var environment: [String: String] = [:]
  /// More arguments of the processes.
  package var options: [String] = []

  package init(executable: String, jobs: Int = 1) {
    self.executable = executable
    self.jobs = jobs
  }

  /// Networks of one process when they are random ones.
  package static let share = 100

  /// The random networks of these numbers, in order.
  package func check(numbers: Range<Int>, seed: UInt64) throws(RuntimeError) -> [FuzzOutcome] {
    var shares: [Range<Int>] = []
    var start = numbers.lowerBound
    while start < numbers.upperBound {
      shares.append(start..<min(start + Self.share, numbers.upperBound))
      start += Self.share
    }
    let results = try ProcessRunner.runAll(shares.map { invocation(numbers: $0, seed: seed) }, jobs: jobs)
    var outcomes: [FuzzOutcome] = []
    for (share, result) in zip(shares, results) {
      if let told = Self.outcomes(result, count: share.count) {
        outcomes += told
      } else if share.count == 1 {
        outcomes.append(Self.crash(result))
      } else {
        // somebody brought the process down: each alone
        let each = try ProcessRunner.runAll(share.map { invocation(numbers: $0..<($0 + 1), seed: seed) }, jobs: jobs)
        outcomes += each.map { Self.outcomes($0, count: 1)?.first ?? Self.crash($0) }
      }
    }
    return outcomes
  }

  /// These networks, on numbers of one seed, in order.
  package func check(_ graphs: [Graph], seed: UInt64) throws(RuntimeError) -> [FuzzOutcome] {
    guard !graphs.isEmpty else { return [] }
    let directory = try TemporaryDirectory()
    var files: [String] = []
    for (index, graph) in graphs.enumerated() {
      files.append("\(directory.path)/\(index).nnir")
      try FileSystem.write(Array(graph.text.utf8), to: files[index])
    }
    let together = try ProcessRunner.run(invocation(files: files, seed: seed))
    if let told = Self.outcomes(together, count: files.count) { return told }
    guard files.count > 1 else { return [Self.crash(together)] }
    let each = try ProcessRunner.runAll(files.map { invocation(files: [$0], seed: seed) }, jobs: jobs)
    return each.map { Self.outcomes($0, count: 1)?.first ?? Self.crash($0) }
  }

  private func invocation(numbers: Range<Int>, seed: UInt64) -> Invocation {
    invocation([
      "--seed", "\(seed)", "--from", "\(numbers.lowerBound)", "--count", "\(numbers.count)",
    ])
  }

  private func invocation(files: [String], seed: UInt64) -> Invocation {
    invocation(["--seed", "\(seed)", "--files"] + files)
  }

  private func invocation(_ arguments: [String]) -> Invocation {
    Invocation(
      executable, ["fuzz", "--worker"] + options + arguments, environment: environment, timeLimit: timeLimit)
  }

  // MARK: What workers say

  /// One line of a worker: `passed`, `skipped` with the reason, `failed` with the problems, tabs between.
  package static func line(_ outcome: FuzzOutcome) -> String {
    func plain(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: "; ") }
    return switch outcome {
    case .passed: "passed"
    case .skipped(let reason): "skipped\t\(plain(reason))"
    case .failed(let problems): (["failed"] + problems.map(plain)).joined(separator: "\t")
    }
  }

  /// What a process that came to its end said of each of its networks; nil of any other.
  static func outcomes(_ result: ProcessResult, count: Int) -> [FuzzOutcome]? {
    guard result.succeeded else { return nil }
    let outcomes = result.outputText.split(separator: "\n").compactMap { line -> FuzzOutcome? in
      let fields = line.split(separator: "\t").map(String.init)
      switch fields.first {
      case "passed": return .passed
      case "skipped": return .skipped(fields.dropFirst().joined())
      case "failed": return .failed(Array(fields.dropFirst()))
      default: return nil
      }
    }
    return outcomes.count == count ? outcomes : nil
  }

  private static func crash(_ result: ProcessResult) -> FuzzOutcome {
    let said = result.errorText.split(separator: "\n").first { $0.contains("error") || $0.contains("Fatal") }
    return .failed(["the compiler or its code went down: \(result.reason)" + (said.map { "; \($0)" } ?? "")])
  }
}
