import ArgumentParser
import Compiler
import Foundation
import NNIR
import Runtime
import Verification

/// `nncc reduce MODEL`
struct ReduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reduce", abstract: "Shrink a model that is compiled wrongly to a minimal one.",
    discussion: """
      The model fails where compiled code and interpreter disagree, or where the compiler goes down. The smallest model \
      that still fails is written as .nnir; the line on standard output repeats the failure.
      """)

  @OptionGroup var model: ModelOptions
  @Option(help: ArgumentHelp("Images of the random batch.", valueName: "N")) var batch = 4
  @Option(help: ArgumentHelp("Seed of weights and batch.", valueName: "N")) var seed: UInt64 = 0
  @Option(name: .shortAndLong, help: ArgumentHelp("File for the minimal model.", valueName: "FILE.nnir"))
  var output = "reduced.nnir"
  @Option(help: ArgumentHelp("Processes at once.", valueName: "N")) var jobs = Session.defaultThreads

  func run() throws {
    guard batch >= 1, jobs >= 1 else { throw Failure.user("expected --batch and --jobs of at least 1") }
    var graph = try model.graph()
    graph.stage = .raw
    // inference alone is checked with a loss on its output, too
    if graph.recipe == nil { graph.recipe = Recipe(loss: .meanSquaredError, optimizer: .sgd()) }
    graph.recipe?.batch = batch
    var workers = FuzzWorkers(executable: try ownExecutable(), jobs: jobs)
    workers.options = ["--any-batch"]
    func say(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
    // what clang's optimiser has no part in is reduced without it, in a sixth of the time
    if try !workers.check([graph], seed: seed)[0].isFailure { workers.options.append("--optimized") }
    switch try workers.check([graph], seed: seed)[0] {
    case .passed: return print("\(model.path): nothing fails")
    case .skipped(let reason): throw Failure.user("\(model.path): \(reason)")
    case .failed(let problems): for problem in problems.prefix(3) { say(problem) }
    }
    say("\(graph.nodes.count) nodes")
    let small = try Verification.reduce(graph, observe: { say("\($0.nodes.count) nodes") }) { candidates in
      try workers.check(candidates, seed: seed).map(\.isFailure)
    }
    try FileSystem.write(Array(small.text.utf8), to: output)
    print("nncc fuzz \(workers.options.joined(separator: " ")) --seed \(seed) --files \(output)")
  }
}
