import ArtefactABI
import CodegenC
import Foundation
import NNIR
import Passes

/// One entry point, planned and lowered to be looked at.
package struct InspectedEntry: Sendable {
  package var title: String
  package var batch: Int
  /// Of the batch, how many images the plan and the program are for.
  package var images: Int
  package var plan: Plan
  package var program: Program
  package var copies: CopyReport

  init(_ plan: Plan, title: String, batch: Int, images: Int, options: CodegenOptions) {
    self.title = title
    self.batch = batch
    self.images = images
    self.plan = plan
    program = lower(plan, symbol: "inspected", options: options.dividing(into: batch / images))
    copies = CopyReport(program, plan: plan)
  }

  /// Bytes read and written for one image.
  package var trafficBytes: Int { program.trafficBytes / images }
}

/// What a model is made of and what it costs, as numbers.
package struct Summary: Sendable {
  /// The figures under the names of `inspect --json`.
  package struct Figures: Codable, Sendable {
    package var name: String
    package var parameters: Int
    /// Multiply-adds of convolutions and linear layers for one image, forward.
    package var multiplyAdds: Int
    /// Of one training step for one image; nil without a recipe.
    package var trainingMultiplyAdds: Int?
    package var input: [Int]
    package var output: [Int]
    package var operations: [String: Int]
    package var batch: Int
    package var parameterBytes: Int
    package var optimizerBytes: Int
    package var stateBytes: Int
    /// Images that inference takes through the network together, and the workspace that each thread needs for that.
    package var inferenceMicrobatch: Int
    package var inferenceWorkspaceBytes: Int
    package var inferenceNaiveBytes: Int
    package var preparedBytes: Int
    package var trainingWorkspaceBytes: Int?
    package var trainingNaiveBytes: Int?
    /// Bytes that the calls read and write, operand by operand, for one image.
    package var inferenceTrafficBytes: Int
    package var trainingTrafficBytes: Int?
    /// Copies that only move values, those that are left and those of op-by-op execution that are not made.
    package var inferenceCopies: Int
    package var inferenceCopiesRemoved: Int
    package var trainingCopies: Int?
    package var trainingCopiesRemoved: Int?
    /// Multiply-adds for one image as compiled, after all passes.
    package var inferenceMultiplyAdds: Int
    /// Blocks that training may leave out, and the names of those that are left out for good.
    package var gatedBlocks: Int
    package var elidedBlocks: [String]
    /// Blocks whose gate is always open and needs none.
    package var certainBlocks: Int
  }

  package var figures: Figures
  package var inference: InspectedEntry
  package var training: InspectedEntry?
  /// How long passes, planning and lowering took, in order.
  package var phases: [(name: String, duration: Duration)]

  /// What executes: training where there is a recipe, else inference.
  package var main: InspectedEntry { training ?? inference }

  /// - Parameters:
  ///   - raw: What `typed` was made from; its gates tell which blocks were decided before anything runs.
  ///   - lanes: Floats in a vector of the target; tiles and with them partial results depend on it.
  ///   - microbatch: Images at most that inference takes through the network together; nil chooses.
  package init(
    _ typed: Graph, of raw: Graph? = nil, batch requested: Int?, lanes: Int = 8, options: PassOptions = PassOptions(),
    tuning: Tuning = Tuning(), microbatch: Int? = nil
  ) throws(Diagnostics) {
    let batch = requested ?? typed.recipe?.batch ?? 1
    let layout = SharedLayout(typed)
    let codegen = CodegenOptions(name: identifier(typed.name), lanes: lanes, tuning: tuning)
    var clock = PhaseClock()
    let (whole, images) = try specializeInference(typed, batch: batch, limit: microbatch, options: options)
    let cut = try hoistPreparation(whole)
    var step: Graph?
    if typed.recipe != nil { step = try specialize(typed, for: EntryPoint(.train, batch: batch), options: options) }
    clock.lap("passes")
    let prepare = planMemory(
      try run(Pipeline.scheduling, on: cut.prepare, options: options), layout: layout, preparing: true)
    let prepared = Dictionary(uniqueKeysWithValues: prepare.outputs.map { ($0.name, $0.offset) })
    let inferencePlan = planMemory(
      try run(Pipeline.scheduling, on: cut.infer, options: options), layout: layout, prepared: prepared)
    let trainingPlan = step.map { planMemory($0, layout: layout) }
    clock.lap("plan")
    inference = InspectedEntry(inferencePlan, title: "inference", batch: batch, images: images, options: codegen)
    training = trainingPlan.map {
      InspectedEntry($0, title: "training", batch: batch, images: batch, options: codegen)
    }
    clock.lap("lower")
    phases = clock.laps
    var operations: [String: Int] = [:]
    for node in typed.nodes where !node.op.isSource { operations[node.op.mnemonic, default: 0] += 1 }
    let elided = (raw?.gates ?? []).filter { $0.survival.value <= 0 }.map(\.name)
    figures = Figures(
      name: typed.name, parameters: typed.parameterCount, multiplyAdds: typed.multiplyAdds,
      trainingMultiplyAdds: trainingPlan.map { $0.graph.multiplyAdds / batch },
      input: typed.extentsWithoutBatch(typed.first(.input)), output: typed.extentsWithoutBatch(typed.modelOutput),
      operations: operations, batch: batch, parameterBytes: layout.parameterBytes,
      optimizerBytes: layout.optimizerBytes, stateBytes: layout.stateBytes,
      inferenceMicrobatch: images, inferenceWorkspaceBytes: inferencePlan.workspaceBytes,
      inferenceNaiveBytes: inferencePlan.naiveBytes,
      preparedBytes: prepare.preparedBytes, trainingWorkspaceBytes: trainingPlan?.workspaceBytes,
      trainingNaiveBytes: trainingPlan?.naiveBytes, inferenceTrafficBytes: inference.trafficBytes,
      trainingTrafficBytes: training?.trafficBytes, inferenceCopies: inference.copies.remaining.count,
      inferenceCopiesRemoved: inference.copies.removed, trainingCopies: training?.copies.remaining.count,
      trainingCopiesRemoved: training?.copies.removed,
      inferenceMultiplyAdds: inferencePlan.graph.multiplyAdds / images, gatedBlocks: typed.gates.count,
      elidedBlocks: elided, certainBlocks: max(0, (raw?.gates.count ?? 0) - typed.gates.count - elided.count))
  }

  /// The figures as one JSON object with sorted keys.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(figures), as: UTF8.self)
  }
}
