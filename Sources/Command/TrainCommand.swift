import ArgumentParser
import Compiler
import Foundation
import NNIR
import Reports
import Runtime
import Training

/// `nncc train MODEL`
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model on a data set.",
    discussion: """
      DATA is a name (fashion-mnist) or a folder or file with IDX, CIFAR binary or NPZ data. DIR gets checkpoint, best and
      final weights (safetensors), metrics.jsonl, and the curves as SVG, PNG and CSV. Ctrl-C saves; --resume goes on.
      """)

  @OptionGroup var model: ModelOptions
  @Option(help: ArgumentHelp("Data set.", valueName: "NAME|DIR")) var data: String
  @Option(help: ArgumentHelp("Weights to start from.", valueName: "F.safetensors")) var weights: String?
  @Option(help: ArgumentHelp("Passes over the training images; default the recipe's.", valueName: "N")) var epochs: Int?
  @Option(help: ArgumentHelp("Stop after so many steps in all.", valueName: "N")) var steps: Int?
  @Option(help: ArgumentHelp("Images a step; default the recipe's.", valueName: "N")) var batch: Int?
  @Option(help: ArgumentHelp("Seed of everything random; default 1.", valueName: "N")) var seed: UInt64?
  @Option(help: ArgumentHelp("Use only so many training images.", valueName: "N")) var limit: Int?
  @Option(
    help: ArgumentHelp(
      "States of the gates in every step, 1 for open; default drawn for each step.", valueName: "1,0,…"))
  var gates: String?
  @Option(help: ArgumentHelp("Folder for results; default runs/NAME.", valueName: "DIR")) var out: String?
  @Flag(help: "Go on from the folder's checkpoint.") var resume = false
  @Flag(help: "Print JSON lines.") var json = false
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var target: TargetOptions

  func run() throws {
    let source = try DataSource.load(data)
    let raw = try model.graph(defaults: source.train.modelDefaults)
    let typed = try typeCheck(raw)
    let recipe = try requireRecipe(typed, model.path)
    try typed.requireFit(source.train)
    let states = try gates.map(parseGates)
    try requireGates(states, for: typed, model.path)
    if let weights { _ = try Weights.read(weights, for: typed) }
    let directory = out ?? "runs/\(identifier(typed.name))"
    // a checkpoint knows its batch, and --resume does not ask for it again
    let resumed = resume ? try Checkpoint.read(TrainingFiles(directory: directory).checkpoint) : nil
    let size = batch ?? resumed?.run.batch ?? recipe.batch
    guard size >= 1 else { throw Failure.user("--batch: expected at least 1, found \(size)") }
    let session = try openSession(
      model, raw, entries: [EntryPoint(.train, batch: size), EntryPoint(.infer, batch: size)], target: target,
      threads: threads.threads)
    let trainer = try Trainer(
      session: session, graph: typed, data: source,
      options: TrainingOptions(
        directory: directory, epochs: epochs, steps: steps, batch: batch, seed: seed, limit: limit, gates: states,
        weights: weights, resume: resume))
    let console = TrainingConsole(json: json)
    let outcome = try Interruption.catching { isInterrupted in
      try trainer.train(observe: console.show, isInterrupted: isInterrupted)
    }
    switch outcome {
    case .finished(let summary):
      try drawCurves(summary.history, title: typed.name, in: directory, loss: recipe.loss)
    case .interrupted:
      throw Failure.interrupted
    }
  }

  private func drawCurves(
    _ history: [EpochMetrics], title: String, in directory: String, loss: Recipe.Loss
  ) throws {
    let records = history.map {
      EpochRecord(
        epoch: $0.epoch, trainLoss: $0.trainLoss, trainAccuracy: $0.trainAccuracy,
        validationLoss: $0.validationLoss ?? $0.testLoss, validationAccuracy: $0.validationAccuracy ?? $0.testAccuracy,
        learningRate: $0.learningRate)
    }
    let label = loss == .softmaxCrossEntropy ? "cross-entropy loss [nats]" : "mean squared error"
    let plot = LearningCurves.plot(
      records, title: "\(title) on \(URL(fileURLWithPath: data).lastPathComponent)", lossLabel: label,
      heldOut: history.contains { $0.validationLoss != nil } ? "validation" : "test")
    let files = try plot.write(to: TrainingFiles(directory: directory).curves, running: runGnuplot)
    if let message = files.message { warn(message) }
    if !json { print("curves: \(files.written.joined(separator: " "))") }
  }
}

/// Runs the gnuplot of `PATH`.
func runGnuplot(_ arguments: [String]) throws -> PlotRun {
  guard let gnuplot = FileSystem.findExecutable("gnuplot", path: ProcessInfo.processInfo.environment["PATH"]) else {
    return .notInstalled
  }
  let result = try ProcessRunner.run(Invocation(gnuplot, arguments))
  let status: Int32 = if case .exited(let code) = result.termination { code } else { -1 }
  return .finished(status: status, messages: result.errorText)
}

extension Dataset {
  /// Hyper-parameters that a data set decides where the user did not.
  var modelDefaults: [String] {
    ["channels=\(channels)", "height=\(height)", "width=\(width)", "classes=\(classes)"]
  }
}
