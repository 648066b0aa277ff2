import ArtefactABI
import Foundation
import NNIR
import Passes

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
    package var inferenceWorkspaceBytes: Int
    package var inferenceNaiveBytes: Int
    package var preparedBytes: Int
    package var trainingWorkspaceBytes: Int?
    package var trainingNaiveBytes: Int?
  }

  package var figures: Figures
  package var inference: Plan
  package var training: Plan?

  package init(_ typed: Graph, batch requested: Int?) throws(Diagnostics) {
    let batch = requested ?? typed.recipe?.batch ?? 1
    let layout = SharedLayout(typed)
    let cut = try hoistPreparation(try specialize(typed, for: EntryPoint(.infer, batch: batch)))
    let prepare = planMemory(try run(Pipeline.scheduling, on: cut.prepare), layout: layout, preparing: true)
    let prepared = Dictionary(uniqueKeysWithValues: prepare.outputs.map { ($0.name, $0.offset) })
    inference = planMemory(try run(Pipeline.scheduling, on: cut.infer), layout: layout, prepared: prepared)
    if typed.recipe != nil {
      training = planMemory(try specialize(typed, for: EntryPoint(.train, batch: batch)), layout: layout)
    }
    var operations: [String: Int] = [:]
    for node in typed.nodes where !node.op.isSource { operations[node.op.mnemonic, default: 0] += 1 }
    figures = Figures(
      name: typed.name, parameters: typed.parameterCount, multiplyAdds: typed.multiplyAdds,
      trainingMultiplyAdds: training.map { $0.graph.multiplyAdds / batch },
      input: typed.extentsWithoutBatch(typed.first(.input)), output: typed.extentsWithoutBatch(typed.modelOutput),
      operations: operations, batch: batch, parameterBytes: layout.parameterBytes,
      optimizerBytes: layout.optimizerBytes, stateBytes: layout.stateBytes,
      inferenceWorkspaceBytes: inference.workspaceBytes, inferenceNaiveBytes: inference.naiveBytes,
      preparedBytes: prepare.preparedBytes, trainingWorkspaceBytes: training?.workspaceBytes,
      trainingNaiveBytes: training?.naiveBytes)
  }

  /// The figures as one JSON object with sorted keys.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(figures), as: UTF8.self)
  }
}
