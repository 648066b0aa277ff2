import Foundation
import Glibc
import Interchange
import Runtime

/// What a trainer does between the steps: validate, record, save, end.
extension Trainer {
  private func evaluate(_ dataset: Dataset?, _ isInterrupted: () -> Bool) throws -> (done: Bool, Evaluation?) {
    guard let dataset else { return (true, nil) }
    let evaluation = try Evaluation.measure(
      session, on: dataset, normalizer: normalizer, isInterrupted: isInterrupted)
    return (evaluation != nil, evaluation)
  }

  /// The test result of the weights as they are; measured once for each step.
  private func test(_ isInterrupted: () -> Bool) throws -> (done: Bool, Evaluation?) {
    if let tested, tested.step == progress.step { return (true, tested.evaluation) }
    let result = try evaluate(data.test, isInterrupted)
    if let evaluation = result.1 { tested = (progress.step, evaluation) }
    return result
  }

  /// What the open epoch has come to; nil when interrupted.
  private func metrics(partial: Bool, _ isInterrupted: () -> Bool) throws -> EpochMetrics? {
    let begin = ContinuousClock.now
    let validation = try evaluate(data.validation, isInterrupted)
    // Without validation images the test result is shown for every epoch, but nothing is ever chosen by it: the best
    // weights are then the last ones.
    let test = data.validation == nil ? try test(isInterrupted) : (done: true, nil)
    guard validation.done && test.done else { return nil }
    pace.evaluationSeconds = Pace.seconds(ContinuousClock.now - begin)
    return EpochMetrics(
      epoch: progress.epoch + 1, step: progress.step, learningRate: schedule.rate(step: progress.step - 1),
      trainLoss: progress.lossSum / Double(progress.images), trainAccuracy: runningAccuracy,
      validationLoss: validation.1?.loss, validationAccuracy: validation.1?.accuracy, testLoss: test.1?.loss,
      testAccuracy: test.1?.accuracy, partial: partial ? true : nil)
  }

  /// Validates, records and saves; false when interrupted, then the epoch stays open.
  func closeEpoch(_ isInterrupted: () -> Bool, _ observe: (TrainingEvent) -> Void) throws -> Bool {
    guard let metrics = try metrics(partial: false, isInterrupted) else { return false }
    let isBest = isBest(metrics)
    progress.history += JSONLine.text(metrics) + "\n"
    progress.closeEpoch()
    if isBest { try saveWeights(files.best, observe) }
    try claimDirectory()
    try writeMetrics(progress.history)
    observe(.epoch(metrics, isBest: isBest, seconds: pace.epochSeconds + pace.evaluationSeconds))
    try saveCheckpoint(observe)
    return true
  }

  /// Whether the epoch beats all others on the validation images, which it is then recorded as. Of equals the first stays.
  private func isBest(_ metrics: EpochMetrics) -> Bool {
    guard let loss = metrics.validationLoss else { return false }
    let value = metrics.validationAccuracy ?? loss
    if let best = progress.best?.value {
      let isBetter = metrics.validationAccuracy != nil ? value > best : value < best
      guard isBetter || best.isNaN else { return false }
    }
    progress.best = TrainingProgress.Best(epoch: metrics.epoch, value: value)
    return true
  }

  func saveIfDue(_ observe: (TrainingEvent) -> Void) throws {
    // The end of an epoch saves by itself, a moment later and with its metrics.
    if progress.step == (progress.epoch + 1) * stepsPerEpoch { return }
    let bySteps = options.checkpointSteps.map { progress.step % $0 == 0 } ?? false
    let byTime = options.checkpointSeconds.map { Pace.seconds(ContinuousClock.now - savedAt) >= $0 } ?? false
    guard bySteps || byTime else { return }
    try saveCheckpoint(observe)
    pace.start()
  }

  /// Saves all that continues the run, unless the file already holds this position.
  private func saveCheckpoint(_ observe: (TrainingEvent) -> Void) throws {
    savedAt = .now
    if let saved, saved == (progress.step, progress.epoch) { return }
    try writing(files.checkpoint, observe) {
      try Checkpoint.write(session, run: run, progress: progress, normalizer: normalizer, to: files.checkpoint)
    }
    saved = (progress.step, progress.epoch)
  }

  /// Saves parameters and running statistics with what is needed to use them.
  private func saveWeights(_ path: String, _ observe: (TrainingEvent) -> Void) throws {
    let metadata = run.metadata.merging(progress.positionMetadata) { own, _ in own }
      .merging(normalizer.metadata) { own, _ in own }
    try writing(path, observe) { try Weights.save(session, metadata: metadata, to: path) }
  }

  private func writing(_ path: String, _ observe: (TrainingEvent) -> Void, _ write: () throws -> Void) throws {
    try claimDirectory()
    do {
      try write()
    } catch let error as NonFiniteWeights {
      throw diverged("\(error) after step \(progress.step)", step: max(progress.step, 1))
    }
    observe(.saved(path: path, step: progress.step))
  }

  func writeMetrics(_ text: String) throws {
    try writeAtomically(Array(text.utf8), to: files.metrics)
  }

  /// Moves the files of an earlier run into a folder of their own, a new one for each: a `--resume` forgotten once, or
  /// again and again, must not cost a day's training.
  private func claimDirectory() throws {
    guard !ownsDirectory else { return }
    ownsDirectory = true
    let present = files.names.filter { FileManager.default.fileExists(atPath: "\(files.directory)/\($0)") }
    guard !present.isEmpty else { return }
    let previous = try files.nextPrevious()
    try FileSystem.createDirectory(previous)
    for name in present where rename("\(files.directory)/\(name)", "\(previous)/\(name)") != 0 {
      throw TrainingError(
        "\(files.directory)/\(name): cannot move the file of an earlier run to \(previous): "
          + FileSystem.reason(errno))
    }
  }

  /// Saves and says so.
  func interrupt(_ observe: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    try saveCheckpoint(observe)
    let interruption = TrainingInterruption(
      epoch: progress.epoch + 1, step: progress.step, checkpoint: files.checkpoint)
    observe(.interrupted(interruption))
    return .interrupted(interruption)
  }

  /// Leaves the final files and judges the result.
  func finish(
    since begin: ContinuousClock.Instant, _ isInterrupted: () -> Bool, _ observe: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    try saveCheckpoint(observe)
    try saveWeights(files.final, observe)
    var history = progress.history
    if progress.images > 0 {
      // Recorded in the file, not in the checkpoint: a longer run records the whole epoch.
      guard let metrics = try metrics(partial: true, isInterrupted) else { return try interrupt(observe) }
      history += JSONLine.text(metrics) + "\n"
      try writeMetrics(history)
      observe(.epoch(metrics, isBest: false, seconds: pace.evaluationSeconds))
    }
    if progress.best == nil { try saveWeights(files.best, observe) }
    let test = try test(isInterrupted)
    guard test.done else { return try interrupt(observe) }
    let summary = TrainingSummary(
      epochs: progress.epoch, steps: progress.step, history: try EpochMetrics.lines(of: history),
      bestEpoch: progress.best?.epoch, test: test.1, seconds: Pace.seconds(ContinuousClock.now - begin),
      imagesPerSecond: pace.imagesPerSecond(batch: run.batch), weights: files.final, best: files.best)
    observe(.finished(summary))
    return .finished(summary)
  }
}
