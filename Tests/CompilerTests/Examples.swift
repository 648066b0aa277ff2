import ArtefactABI
import CodegenC
import Compiler
import NNIR
import Passes

/// The examples with settings of their own, planned and lowered but not printed.
enum Examples {
  static let folder = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/examples"

  static func load(_ name: String, _ settings: [String] = []) throws -> Graph {
    try loadModel("\(folder)/\(name).swift", set: settings)
  }
}

/// One training step of a DenseNet, planned and lowered.
struct TrainingStep {
  var plan: Plan
  var program: Program
  var batch: Int

  var graph: Graph { plan.graph }

  /// Bytes of the workspace arena, with what rows exchange.
  var workspaceBytes: Int { program.workspaceBytes }

  init(_ raw: Graph, batch: Int, options: PassOptions = PassOptions()) throws {
    let typed = try typeCheck(raw, options: options)
    let step = try specialize(typed, for: Compiler.EntryPoint(.train, batch: batch), options: options)
    plan = planMemory(step, layout: SharedLayout(typed))
    program = lower(plan, symbol: "step", options: CodegenOptions(name: "step", lanes: 8))
    self.batch = batch
  }

  static func denseNet(_ settings: [String] = [], batch: Int = 64, recompute: Recompute = .none) throws -> TrainingStep
  {
    try TrainingStep(
      Examples.load("densenet", settings), batch: batch, options: PassOptions(recompute: recompute))
  }
}
