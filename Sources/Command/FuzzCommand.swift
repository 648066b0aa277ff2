import ArgumentParser
import Foundation
import Verification

/// `nncc fuzz`: random networks through interpreter and compiled code.
struct FuzzCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz", abstract: "Check random networks on every path of the compiler.", shouldDisplay: false)

  @Option(help: ArgumentHelp("Networks to check.", valueName: "N")) var count = 200
  @Option(help: ArgumentHelp("Seed of the sequence of networks.", valueName: "N")) var seed: UInt64 = 1
  @Option(help: ArgumentHelp("Number of the first network.", valueName: "N")) var from = 0
  @Option(help: ArgumentHelp("Processes at once.", valueName: "N")) var jobs = 1
  @Option(help: ArgumentHelp("Folder for networks that fail.", valueName: "DIR")) var out = "fuzz-failures"
  /// What a child process does: checks its share and prints one line a network.
  @Flag(help: .hidden) var worker = false
  /// Networks to check instead of random ones; a child process of `reduce`.
  @Option(parsing: .upToNextOption, help: .hidden) var files: [String] = []

  func run() throws {
    let cases = (from..<(from + count)).map { FuzzCase(number: $0, seed: seed) }
    for (number, outcome) in zip(from..., try Differential().check(cases)) {
      print(number, outcome)
    }
  }
}
