import Foundation

/// What a caller may decide about one training; everything else is the recipe's.
package struct TrainingOptions: Sendable, Equatable {
  /// Folder for checkpoints, weights and metrics; created where it is missing.
  package var directory: String
  /// Passes over the training images; nil: the checkpoint's when resuming, else the recipe's.
  package var epochs: Int?
  /// Stops after this many steps in all. The learning rate still follows all epochs, so that a run that was stopped this
  /// way and resumed is the run that was never stopped.
  package var steps: Int?
  /// Images of one step; nil as for `epochs`.
  package var batch: Int?
  /// Seed of every random stream; nil: the checkpoint's when resuming, else 1.
  package var seed: UInt64?
  /// Number of training images used, before any are kept back for validation; nil: the checkpoint's, else all.
  package var limit: Int?
  /// States of the gates, the same in every step; nil: the checkpoint's, else drawn for each step.
  package var gates: [Bool]?
  /// Weights to start from; nil: the initialisers.
  package var weights: String?
  /// Continue from the folder's checkpoint.
  package var resume: Bool
  /// Saves after every so many steps; nil for none of these. Every epoch's end saves anyway.
  package var checkpointSteps: Int?
  /// Saves when the last save is so many seconds ago; nil for none of these.
  package var checkpointSeconds: Double?

  package init(
    directory: String, epochs: Int? = nil, steps: Int? = nil, batch: Int? = nil, seed: UInt64? = nil,
    limit: Int? = nil, gates: [Bool]? = nil, weights: String? = nil, resume: Bool = false, checkpointSteps: Int? = nil,
    checkpointSeconds: Double? = 300
  ) {
    self.directory = directory
    self.epochs = epochs
    self.steps = steps
    self.batch = batch
    self.seed = seed
    self.limit = limit
    self.gates = gates
    self.weights = weights
    self.resume = resume
    self.checkpointSteps = checkpointSteps
    self.checkpointSeconds = checkpointSeconds
  }

  /// The same options with what the checkpoint decides filled in.
  func completed(by run: TrainingRun?) -> TrainingOptions {
    var options = self
    options.epochs = epochs ?? run?.epochs
    options.batch = batch ?? run?.batch
    options.seed = seed ?? run?.seed
    options.limit = limit ?? run?.limit
    options.gates = gates ?? run?.gates.given
    return options
  }

  /// What makes no sense in the numbers.
  var problems: [String] {
    var found: [String] = []
    for (name, value) in [
      ("epochs", epochs), ("steps", steps), ("images in a batch", batch),
      ("steps between checkpoints", checkpointSteps),
    ] {
      if let value, value < 1 { found.append("expected at least 1 as number of \(name), found \(value)") }
    }
    if let checkpointSeconds, !(checkpointSeconds >= 0) {
      found.append("expected at least 0 seconds between checkpoints, found \(checkpointSeconds)")
    }
    if resume, let weights {
      found.append("expected either weights to start from or a checkpoint to resume, found both (weights \(weights))")
    }
    return found
  }
}

/// The files of a training's folder.
package struct TrainingFiles: Sendable, Equatable {
  package let directory: String

  package init(directory: String) { self.directory = directory }

  /// Everything that continues the run: parameters, optimizer state, running statistics, position.
  package var checkpoint: String { "\(directory)/checkpoint.safetensors" }
  /// Weights of the epoch that did best on the validation images.
  package var best: String { "\(directory)/best.safetensors" }
  /// Weights at the end.
  package var final: String { "\(directory)/final.safetensors" }
  /// One line of JSON for each epoch, without times, so that equal runs leave equal bytes.
  package var metrics: String { "\(directory)/metrics.jsonl" }
  /// The learning curves without ending; drawn from the metrics by whoever shows them.
  package var curves: String { "\(directory)/curves" }
  /// Where the new run moves what an earlier one left under these names: `previous-1`, and for each later run the number
  /// after the largest that there is.
  func nextPrevious() throws(TrainingError) -> String {
    let prefix = "previous-"
    // a folder that cannot be listed might hide one, and its files would be overwritten
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
      throw TrainingError("\(directory): cannot list this folder, and so not move an earlier run's files away")
    }
    let numbers = names.compactMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil }
    // beyond this a name is not one of ours
    let last = numbers.filter { 0..<1 << 32 ~= $0 }.max() ?? 0
    return "\(directory)/\(prefix)\(last + 1)"
  }

  var names: [String] {
    ["checkpoint.safetensors", "best.safetensors", "final.safetensors", "metrics.jsonl"]
      + ["csv", "svg", "png"].map { "curves.\($0)" }
  }
}
