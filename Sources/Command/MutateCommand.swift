import ArgumentParser
import Foundation
import NNIR
import Reports
import Runtime
import Verification

/// `nncc mutate`: makes the compiler's deliberate mistakes, one at a time, and sees whether random networks notice.
struct MutateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutate", abstract: "Check that every deliberate mistake of the compiler is noticed.",
    shouldDisplay: false)

  @Option(help: ArgumentHelp("Networks to try at most.", valueName: "N")) var count = 400
  @Option(help: ArgumentHelp("Seed of the networks.", valueName: "N")) var seed: UInt64 = 1
  @Option(help: ArgumentHelp("Processes at once.", valueName: "N")) var jobs = 1
  @Option(parsing: .upToNextOption, help: ArgumentHelp("These mistakes only.", valueName: "NAME"))
  var only: [String] = []

  func run() throws {
    let known = Mutation.allCases.map(\.rawValue)
    for name in only where !known.contains(name) {
      throw Failure.user("--only: there is no mistake \(name); known: \(known.joined(separator: ", "))")
    }
    let chosen = only.isEmpty ? known : only
    let executable = try ownExecutable()
    guard try survivor(nil, executable) == nil else {
      throw Failure(code: 3, message: "networks fail without any mistake; run nncc fuzz first")
    }
    var table = TextTable([
      .init("mistake", alignment: .left), .init("seconds"), .init("noticed by", alignment: .left),
    ])
    var survivors: [String] = []
    for name in chosen {
      let start = ContinuousClock.now
      let problem = try survivor(name, executable)
      let seconds = Format.fixed((ContinuousClock.now - start) / .seconds(1), decimals: 1)
      let text = problem ?? "NOTHING"
      if problem == nil { survivors.append(name) }
      FileHandle.standardError.write(Data("\(name): \(seconds) s, \(text.prefix(100))\n".utf8))
      table.add([name, seconds, String(text.prefix(90))])
    }
    print(table.text)
    print("\(chosen.count - survivors.count) of \(chosen.count) mistakes noticed")
    if !survivors.isEmpty { throw Failure.verification }
  }

  /// The first problem that networks show under a mistake; nil when none of them does.
  private func survivor(_ name: String?, _ executable: String) throws -> String? {
    var workers = FuzzWorkers(executable: executable, jobs: jobs)
    workers.environment = name.map { ["NNCC_MUTATION": $0] } ?? [:]
    workers.options = ["--until-failure"]
    var start = 0
    // without a mistake a few suffice: it is the business of nncc fuzz
    let count = name == nil ? min(25, count) : count
    while start < count {
      let end = min(start + FuzzWorkers.share, count)
      for outcome in try workers.check(numbers: start..<end, seed: seed) {
        if case .failed(let problems) = outcome { return problems.first ?? "" }
      }
      start = end
    }
    return nil
  }
}
