import Foundation
import Interchange
import NNIR
import Runtime
import Testing
import Training

struct TrainerTests {
  private let bench: TrainerBench

  init() throws { bench = try TrainerBench() }

  private func summary(_ outcome: TrainingOutcome) throws -> TrainingSummary {
    guard case .finished(let summary) = outcome else { throw TrainingError("expected the end, found \(outcome)") }
    return summary
  }

  /// ln 3 is the loss of a model that knows nothing of three classes; the classes are linearly separable.
  @Test func learnsASeparableSet() throws {
    let trainer = try bench.trainer(bench.options("run") { $0.epochs = 12 })
    let summary = try summary(try trainer.train())
    let first = try #require(summary.history.first)
    let last = try #require(summary.history.last)
    // 30 images, 6 of them kept back, batches of 4.
    #expect(summary.epochs == 12 && summary.steps == 72 && summary.history.count == 12)
    #expect(first.trainLoss < log(3.0) + 0.5 && last.trainLoss < 0.1)
    #expect(last.trainAccuracy == 1 && last.validationAccuracy == 1 && last.testAccuracy == nil)
    #expect(summary.test?.accuracy == 1 && summary.test?.images == 13)
    #expect(summary.bestEpoch == summary.history.first { $0.validationAccuracy == 1 }?.epoch)
  }

  /// Every number of every step comes from the batches, the schedule and the artefact's own results, called here again.
  @Test func stepsAreTheSessions() throws {
    let trainer = try bench.trainer(bench.options("run"))
    var reports: [StepReport] = []
    _ = try trainer.train { if case .step(let report) = $0 { reports.append(report) } }

    let artefact = TrainerArtefact()
    let session = try artefact.session(in: bench.folder)
    try Weights.initialize(session, from: artefact.graph(TrainerBench.recipe), seed: 1)
    let data = try TrainingData(bench.data(), validation: 0.2, limit: nil)
    let source = try BatchSource.training(
      data.training, batch: 4, normalizer: Normalizer(.perChannel, training: data.training),
      augmentation: [.horizontalFlip], seed: 1)
    #expect(source.batchesPerEpoch == 6 && reports.count == 12)
    for (step, report) in reports.enumerated() {
      let batch = source.batch(epoch: step / 6, index: step % 6)
      let rate = step < 6 ? 0.2 : 0.2 * 0.1
      let results = try session.train(
        batch: 4, input: batch.x, target: .labels(batch.y),
        StepOptions(learningRate: Float(rate), step: step, seed: 1))
      #expect(report.batchLoss == results["loss"].map { Double($0[0]) })
      #expect(report.step == step + 1 && report.epoch == step / 6 + 1 && report.stepInEpoch == step % 6 + 1)
      #expect(report.learningRate == rate)
    }
    let losses = reports.suffix(6).map(\.batchLoss)
    #expect(abs(reports[11].loss - losses.reduce(0, +) / 6) < 1e-12)
    for name in ["fc.weight", "fc.bias"] {
      let file = try Safetensors.read("\(bench.folder)/run/final.safetensors")
      #expect(try file.floats(name) == session.read(.parameters, name))
    }
  }

  @Test func equalRunsLeaveEqualBytes() throws {
    _ = try bench.trainer(bench.options("a")).train()
    _ = try bench.trainer(bench.options("b"), threads: 2).train()
    _ = try bench.trainer(bench.options("c") { $0.seed = 2 }).train()
    let files = ["final.safetensors", "best.safetensors", "metrics.jsonl", "checkpoint.safetensors"]
    #expect(try bench.bytes("a", files) == bench.bytes("b", files))
    for (a, c) in zip(try bench.bytes("a", files), try bench.bytes("c", files)) { #expect(a != c) }
  }

  /// The undisturbed run is the expected value for an interruption after any of the 12 steps, in both epochs.
  @Test func resumesBitwiseFromEveryStep() throws {
    _ = try bench.trainer(bench.options("whole")).train()
    let files = ["final.safetensors", "best.safetensors", "metrics.jsonl", "checkpoint.safetensors"]
    let expected = try bench.bytes("whole", files)
    for stop in 1...12 {
      var steps = 0
      let outcome = try bench.trainer(bench.options("\(stop)")).train {
        if case .step = $0 { steps += 1 }
      } isInterrupted: {
        steps == stop
      }
      guard case .interrupted(let interruption) = outcome else {
        Issue.record("step \(stop): expected an interruption, found \(outcome)")
        continue
      }
      #expect(interruption.step == stop)
      #expect(!FileManager.default.fileExists(atPath: "\(bench.folder)/\(stop)/final.safetensors"))
      _ = try bench.trainer(bench.options("\(stop)") { $0.resume = true }).train()
      #expect(try bench.bytes("\(stop)", files) == expected, "interrupted after step \(stop)")
    }
  }

  /// Interrupted at the n-th question, for every n: also within the evaluations at the ends of the epochs and of the run.
  @Test func resumesBitwiseFromEveryQuestion() throws {
    var questions = 0
    _ = try bench.trainer(bench.options("whole")).train(observe: { _ in }) {
      questions += 1
      return false
    }
    // A question for each of 12 steps, and before each batch of two validations (6 images by 5) and the test (13 by 5).
    #expect(questions >= 12 + 2 * 2 + 3)
    let files = ["final.safetensors", "best.safetensors", "metrics.jsonl", "checkpoint.safetensors"]
    let expected = try bench.bytes("whole", files)
    for question in 1...questions {
      let name = "question \(question)"
      var asked = 0
      let outcome = try bench.trainer(bench.options(name)).train(observe: { _ in }) {
        asked += 1
        return asked == question
      }
      guard case .interrupted = outcome else {
        Issue.record("\(name): expected an interruption, found \(outcome)")
        continue
      }
      _ = try bench.trainer(bench.options(name) { $0.resume = true }).train()
      #expect(try bench.bytes(name, files) == expected, "\(name)")
    }
  }

  /// As above, stopped by a number of steps, which also evaluates and records the open epoch.
  @Test func resumesBitwiseAfterALimitOnSteps() throws {
    _ = try bench.trainer(bench.options("whole")).train()
    for stop in [3, 6, 8, 11] {
      let name = "\(stop)"
      let part = try summary(try bench.trainer(bench.options(name) { $0.steps = stop }).train())
      #expect(part.steps == stop && part.history.last?.step == stop)
      #expect(part.history.last?.partial == (stop == 6 ? nil : true))
      _ = try bench.trainer(bench.options(name) { $0.resume = true }).train()
      #expect(try bench.bytes(name) == bench.bytes("whole"), "limited to \(stop) steps")
    }
  }

  /// A copy of the folder in the middle of step 11 is what a killed run leaves: the checkpoint of step 8, made by the
  /// interval of 4, and a line of metrics that is made up here.
  @Test func resumesFromAnOlderCheckpoint() throws {
    let files = FileManager.default
    let folder = bench.folder
    var savedSteps: [Int] = []
    _ = try bench.trainer(bench.options("whole") { $0.checkpointSteps = 4 }).train { event in
      if case .saved(let path, let step) = event, path.hasSuffix("checkpoint.safetensors") { savedSteps.append(step) }
      guard case .step(let report) = event, report.step == 11 else { return }
      try? files.copyItem(atPath: "\(folder)/whole", toPath: "\(folder)/killed")
    }
    #expect(savedSteps == [4, 6, 8, 12])
    #expect(try Checkpoint.read("\(folder)/killed/checkpoint.safetensors").step == 8)
    try FileSystem.write(Array("{\"epoch\":9}\n".utf8), to: "\(folder)/killed/metrics.jsonl")
    _ = try bench.trainer(bench.options("killed") { $0.resume = true }).train()
    #expect(try bench.bytes("killed") == bench.bytes("whole"))
  }

  /// The weights and metrics of a run with another seed stand in for a run that took days.
  @Test func anEarlierRunIsMovedAway() throws {
    _ = try bench.trainer(bench.options("run") { $0.seed = 5 }).train()
    let oldest = try bench.bytes("run")
    _ = try bench.trainer(bench.options("run") { $0.seed = 6 }).train()
    let older = try bench.bytes("run")
    _ = try bench.trainer(bench.options("run")).train()
    // a second forgotten resumption does not cost the first run
    #expect(try bench.bytes("run/previous-1") == oldest)
    #expect(try bench.bytes("run/previous-2") == older && older != oldest)
    _ = try bench.trainer(bench.options("fresh")).train()
    #expect(try bench.bytes("run") == bench.bytes("fresh"))
  }

  /// A validation share of 0: the test images are shown, the best weights are the last.
  @Test func withoutValidationTheLastWeightsAreTheBest() throws {
    var recipe = TrainerBench.recipe
    recipe.validation = 0
    let summary = try summary(try bench.trainer(bench.options("run"), recipe: recipe).train())
    #expect(summary.bestEpoch == nil && summary.steps == 14)
    #expect(summary.history.allSatisfy { $0.validationLoss == nil && $0.testAccuracy != nil })
    #expect(summary.history.last?.testLoss == summary.test?.loss)
    let files = try bench.bytes("run", ["final.safetensors", "best.safetensors"])
    #expect(files[0] == files[1])
    // Nothing to show where there are no test images either.
    let bare = try bench.trainer(bench.options("bare"), recipe: recipe, data: bench.data(test: 0))
    #expect(try self.summary(bare.train()).test == nil)
  }

  /// Weights of the epoch with the best validation accuracy, read from the metrics: a rate that is thrown up after the
  /// first epochs spoils the later ones.
  @Test func keepsTheBestEpoch() throws {
    var recipe = TrainerBench.recipe
    recipe.learningRate = .steps(0.001, dividedBy: 0.0002, at: [0.5])
    recipe.validation = 0.5
    recipe.epochs = 8
    let summary = try summary(try bench.trainer(bench.options("run"), recipe: recipe).train())
    let accuracies = summary.history.compactMap(\.validationAccuracy)
    let best = try #require(accuracies.max())
    let epoch = try #require(accuracies.firstIndex(of: best)) + 1
    #expect(summary.bestEpoch == epoch)
    let session = try TrainerArtefact().session(in: bench.folder)
    let metadata = try Weights.load("\(bench.folder)/run/best.safetensors", into: session)
    #expect(metadata["nncc.epoch"] == "\(epoch)")
    let data = try TrainingData(bench.data(), validation: 0.5, limit: nil)
    let validation = try #require(data.validation)
    let normalizer = try Normalizer(.perChannel, training: data.training)
    #expect(try Evaluation.measure(session, on: validation, normalizer: normalizer)?.accuracy == best)
  }

  /// Squared errors grow by the rate's square from step to step; the checkpoint that must survive was made before, with
  /// a sensible rate.
  @Test func stopsWhenTheLossIsNotFinite() throws {
    var recipe = TrainerBench.recipe
    recipe.learningRate = .steps(0.01, dividedBy: 1e-9, at: [0.5])
    let options = bench.options("run")
    let artefact = TrainerArtefact(loss: .meanSquaredError)
    let message = TrainerBench.message { _ = try bench.trainer(options, artefact: artefact, recipe: recipe).train() }
    #expect(message.contains("training diverged: the loss became inf in step "), "\(message)")
    #expect(message.contains("(epoch 2, learning rate 1e+07)"), "\(message)")
    #expect(message.contains("the last checkpoint, after step 6, is kept in \(options.directory)/checkpoint"))
    #expect(try Checkpoint.read("\(options.directory)/checkpoint.safetensors").step == 6)
    #expect(!FileManager.default.fileExists(atPath: "\(options.directory)/final.safetensors"))
  }

  /// A rate that single precision cannot hold makes the weights overflow in the first step of epoch 2, whose loss is still
  /// finite; saving after every step must not replace the last good checkpoint by them.
  @Test func neverSavesWhatOverflowed() throws {
    var recipe = TrainerBench.recipe
    recipe.learningRate = .steps(1, dividedBy: 1e-39, at: [0.5])
    let options = bench.options("run") { $0.checkpointSteps = 1 }
    let message = TrainerBench.message { _ = try bench.trainer(options, recipe: recipe).train() }
    #expect(
      message.contains("expected finite values in \"fc.weight\", found inf or nan after step 7 (epoch 2"), "\(message)")
    #expect(try Checkpoint.read("\(options.directory)/checkpoint.safetensors").step == 6)
  }

  /// The loss of zero weights on one-hot targets of 3 classes is 1/3.
  @Test func trainsOnSquaredErrors() throws {
    let artefact = TrainerArtefact(loss: .meanSquaredError)
    var zeros = artefact.graph(TrainerBench.recipe)
    zeros.nodes[0].op = .parameter(name: "fc.weight", initializer: .constant(0))
    let trainer = try Trainer(
      session: artefact.session(in: bench.folder), graph: zeros, data: bench.data(),
      options: bench.options("run") { $0.epochs = 4 })
    var losses: [Double] = []
    let outcome = try trainer.train { if case .step(let report) = $0 { losses.append(report.batchLoss) } }
    let summary = try summary(outcome)
    #expect(abs(losses[0] - 1 / 3) < 1e-6 && summary.history[3].trainLoss < 0.15)
    #expect(summary.history.allSatisfy { $0.trainAccuracy == nil && $0.validationAccuracy == nil })
    #expect(summary.bestEpoch == 4 && summary.test?.accuracy == nil && summary.test?.confusion == nil)
  }

  /// Ctrl-C as the kernel delivers it. The handlers that stood before are back afterwards.
  @Test func aSignalInterrupts() throws {
    var before = sigaction()
    sigaction(SIGINT, nil, &before)
    let outcome = try Interruption.catching { isInterrupted in
      try bench.trainer(bench.options("run")).train(
        observe: { event in
          guard case .step(let report) = event, report.step == 5 else { return }
          kill(getpid(), SIGINT)
          // Another thread may take the signal; it is there a moment later.
          for _ in 0..<1000 where !isInterrupted() { usleep(1000) }
        }, isInterrupted: isInterrupted)
    }
    guard case .interrupted(let interruption) = outcome else { throw TrainingError("not interrupted: \(outcome)") }
    #expect(interruption.step == 5 && interruption.epoch == 1)
    var after = sigaction()
    sigaction(SIGINT, nil, &after)
    #expect((before.__sigaction_handler.sa_handler == nil) == (after.__sigaction_handler.sa_handler == nil))
  }

  /// The events as JSON lines, read by Foundation.
  @Test func eventsAreJSON() throws {
    var lines: [String] = []
    _ = try bench.trainer(bench.options("run")).train { lines.append($0.json) }
    let kinds = try lines.map { line in
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      if object["event"] as? String == "step" {
        #expect(object["batch_loss"] is Double && object["accuracy"] is Double && object["learning_rate"] is Double)
      }
      return object["event"] as? String ?? "none"
    }
    let epoch = [String](repeating: "step", count: 6) + ["saved", "epoch", "saved"]
    let second = lines.contains { $0.contains("\"epoch\":2") && $0.contains("\"is_best\":true") }
    let plain = [String](repeating: "step", count: 6) + ["epoch", "saved"]
    #expect(kinds == ["started"] + epoch + (second ? epoch : plain) + ["saved", "finished"])
    #expect(lines[0].contains("\"steps_per_epoch\":6") && lines[0].contains("\"parameters\":27"))
  }
}
