import Foundation
import Interchange
import NNIR
import Runtime

/// Trains a compiled model on a data set: batches, learning rate, validation, checkpoints, resumption.
///
/// A run is a function of (model, recipe, data, seed): equal runs leave equal bytes in every file, whether or not they were
/// interrupted and resumed in between. A trainer runs once.
package final class Trainer {
  let session: Session
  let graph: Graph
  let options: TrainingOptions
  let files: TrainingFiles
  let data: TrainingData
  let normalizer: Normalizer
  let objective: Objective
  let source: BatchSource
  let schedule: Schedule
  let run: TrainingRun
  /// Name of the model's output among the results of a step.
  let output: String?
  let checkpoint: Checkpoint?

  var progress = TrainingProgress()
  var pace = Pace()
  /// Position of the last checkpoint that this trainer knows of.
  var saved: (step: Int, epoch: Int)?
  var savedAt = ContinuousClock.now
  /// The last result on the test images, and the step it belongs to.
  var tested: (step: Int, evaluation: Evaluation)?
  /// Whether the folder's files are this run's; an earlier run's are moved away before the first write.
  var ownsDirectory = false

  /// Checks everything that can be checked before the first step.
  ///
  /// - Parameters:
  ///   - session: opened for train with the run's batch, and for infer where there is anything to evaluate.
  ///   - graph: the typed graph that it was compiled from, for recipe and initialisers.
  ///
  /// Throws where model, recipe, data, options and (when resuming) checkpoint do not fit one another; no file was
  /// changed then.
  package init(session: Session, graph: Graph, data source: DataSource, options given: TrainingOptions) throws {
    guard var recipe = graph.recipe, session.manifest.loss != nil else {
      throw TrainingError("model \(session.manifest.name): expected a training recipe, found none")
    }
    files = TrainingFiles(directory: given.directory)
    guard given.problems.isEmpty else { throw TrainingError(problems: given.problems) }
    let checkpoint = given.resume ? try Checkpoint.read(files.checkpoint) : nil
    let options = given.completed(by: checkpoint?.run)
    recipe.batch = options.batch ?? recipe.batch
    recipe.epochs = options.epochs ?? recipe.epochs
    guard recipe.problems.isEmpty else { throw TrainingError(problems: recipe.problems) }

    objective = try Objective(session.manifest, source.train)
    output = try session.entry(.train, batch: recipe.batch).modelOutput(session.manifest)
    data = try TrainingData(source, validation: recipe.validation, limit: options.limit)
    if data.validation != nil || data.test != nil, session.batches(.infer).isEmpty {
      throw TrainingError("model \(session.manifest.name): expected it opened for infer too, to measure its accuracy")
    }
    normalizer = try Normalizer(recipe.normalization, training: data.training)
    let seed = options.seed ?? 1
    self.source = try .training(
      data.training, batch: recipe.batch, normalizer: normalizer, augmentation: recipe.augmentation, seed: seed)
    guard recipe.epochs <= (1 << 62) / self.source.batchesPerEpoch else {
      throw TrainingError("expected a number of epochs whose steps can be counted, found \(recipe.epochs)")
    }
    schedule = Schedule(recipe.learningRate, stepsPerEpoch: self.source.batchesPerEpoch, epochs: recipe.epochs)
    run = try TrainingRun(
      signature: session.manifest.signature, seed: seed, recipe: recipe, limit: options.limit,
      gates: GateSchedule(session.manifest, given: options.gates), data: data)
    try checkpoint?.require(run, stepsPerEpoch: schedule.stepsPerEpoch)
    self.session = session
    self.graph = graph
    self.options = options
    self.checkpoint = checkpoint
  }

  var stepsPerEpoch: Int { schedule.stepsPerEpoch }
  /// Steps of the whole run.
  var steps: Int { min(stepsPerEpoch * schedule.epochs, options.steps ?? Int.max) }

  /// Trains to the end or to the first interruption; `isInterrupted` is asked after every step.
  ///
  /// Throws when the loss stops being finite, naming step and learning rate, and when a file cannot be written; the last
  /// checkpoint is then as it was.
  package func train(
    observe: (TrainingEvent) -> Void = { _ in }, isInterrupted: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    let begin = ContinuousClock.now
    try prepare(observe)
    let loader = BatchLoader(
      source, epochs: progress.epoch..<max(progress.epoch, schedule.epochs),
      from: progress.step - progress.epoch * stepsPerEpoch)
    while progress.epoch < schedule.epochs {
      let end = (progress.epoch + 1) * stepsPerEpoch
      pace.startEpoch()
      while progress.step < min(end, steps) {
        try step(loader, observe)
        if isInterrupted() { return try interrupt(observe) }
        try saveIfDue(observe)
      }
      if progress.step < end { break }
      guard try closeEpoch(isInterrupted, observe) else { return try interrupt(observe) }
      // Seen only now where the epoch has nothing to evaluate on, or the signal came while saving.
      if progress.step < steps && isInterrupted() { return try interrupt(observe) }
    }
    return try finish(since: begin, isInterrupted, observe)
  }

  /// Brings session, folder and progress to where the run starts.
  private func prepare(_ observe: (TrainingEvent) -> Void) throws {
    try FileSystem.createDirectory(files.directory)
    // Better now than after the first epoch; what only a write can tell, it tells later.
    guard access(files.directory, W_OK | X_OK) == 0 else {
      throw TrainingError("\(files.directory): cannot write into this folder: \(FileSystem.reason(errno))")
    }
    if let checkpoint {
      try checkpoint.restore(session)
      progress = checkpoint.progress
      saved = (progress.step, progress.epoch)
      ownsDirectory = true
      // A line of an epoch that was closed after the checkpoint, or only in part, comes again.
      try writeMetrics(progress.history)
    } else {
      // Also where weights follow: zeros for the optimizer.
      try Weights.initialize(session, from: graph, seed: run.seed)
      if let weights = options.weights { try Weights.load(weights, into: session) }
    }
    observe(
      .started(
        TrainingStart(
          model: session.manifest.name, data: run.data, images: data.training.count,
          validationImages: data.validation?.count ?? 0, testImages: data.test?.count ?? 0, batch: run.batch,
          stepsPerEpoch: stepsPerEpoch, epochs: schedule.epochs, steps: steps,
          parameters: session.manifest.parameters.reduce(0) { $0 + $1.count }, threads: session.threads,
          seed: run.seed, resumedAt: checkpoint?.step)))
    if let checkpoint, checkpoint.run.epochs != run.epochs {
      observe(
        .note(
          "the checkpoint's run was to last \(counted(checkpoint.run.epochs, "epoch")), now \(run.epochs); the learning "
            + "rate follows the new number from here on"))
    }
    let outputs = session.outputElements
    if objective.hasAccuracy && outputs > data.training.classes {
      observe(.note("the model has \(outputs) outputs, \(run.data) only \(data.training.classes) classes"))
    }
  }

  /// One batch: forward, backward, update, sums.
  private func step(_ loader: BatchLoader, _ observe: (TrainingEvent) -> Void) throws {
    let rate = schedule.rate(step: progress.step)
    let options = StepOptions(
      learningRate: Float(rate), step: progress.step, seed: run.seed,
      gates: run.gates.states(seed: run.seed, step: progress.step))
    let batchLoss = try loader.withNext { batch in
      let results = try batch.x.withUnsafeBufferPointer { (input) throws(RuntimeError) in
        try session.train(batch: run.batch, input: input, target: objective.target(of: batch), options)
      }
      guard let loss = results["loss"]?.first else {
        throw TrainingError("model \(session.manifest.name): a training step gave no loss")
      }
      guard loss.isFinite else {
        throw diverged(
          "the loss became \(loss.isNaN ? .nan : loss) in step \(progress.step + 1)", step: progress.step + 1)
      }
      if objective.hasAccuracy, let output, let logits = results[output] {
        progress.correct += objective.correct(logits, batch)
      }
      return Double(loss)
    }
    guard let batchLoss else { fatalError("the batches ended at step \(progress.step) of \(steps)") }
    progress.lossSum += batchLoss * Double(run.batch)
    progress.images += run.batch
    progress.step += 1
    pace.step()
    observe(
      .step(
        StepReport(
          epoch: progress.epoch + 1, step: progress.step,
          stepInEpoch: progress.step - progress.epoch * stepsPerEpoch, batchLoss: batchLoss,
          loss: progress.lossSum / Double(progress.images), accuracy: runningAccuracy, learningRate: rate,
          imagesPerSecond: pace.secondsPerStep.map { Double(run.batch) / $0 },
          secondsLeft: pace.secondsLeft(
            steps: steps - progress.step, epochs: steps / stepsPerEpoch - progress.epoch))))
  }

  /// Of the open epoch's images so far.
  var runningAccuracy: Double? {
    objective.hasAccuracy && output != nil && progress.images > 0
      ? Double(progress.correct) / Double(progress.images) : nil
  }

  /// - Parameter step: number of the step from 1.
  func diverged(_ what: String, step: Int) -> TrainingError {
    let rate = schedule.rate(step: step - 1)
    let epoch = (step - 1) / stepsPerEpoch + 1
    let kept =
      saved.map { "the last checkpoint, after step \($0.step), is kept in \(files.checkpoint)" }
      ?? "no checkpoint had been written yet"
    return TrainingError(
      "training diverged: \(what) (epoch \(epoch), learning rate \(String(format: "%g", rate))); try a lower learning "
        + "rate or a longer warm-up, and check the data for outliers; \(kept)")
  }
}
