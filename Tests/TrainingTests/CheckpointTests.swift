import Foundation
import Interchange
import NNIR
import Runtime
import Testing
import Training

struct CheckpointTests {
  private let bench: TrainerBench

  init() throws { bench = try TrainerBench() }

  /// A run that stopped after 8 of 12 steps.
  private func interrupted(_ name: String) throws -> String {
    _ = try bench.trainer(bench.options(name) { $0.steps = 8 }).train()
    return "\(bench.folder)/\(name)/checkpoint.safetensors"
  }

  private func resuming(_ change: (inout TrainingOptions) -> Void = { _ in }) -> TrainingOptions {
    bench.options("run") {
      $0.resume = true
      change(&$0)
    }
  }

  @Test func holdsEverythingByName() throws {
    let archive = try Safetensors.read(try interrupted("run"))
    let names = archive.tensors.map(\.name)
    #expect(
      names == [
        "fc.weight", "fc.bias", "input.running_mean", "optimizer.momentum.fc.weight", "optimizer.momentum.fc.bias",
      ])
    #expect(archive["optimizer.momentum.fc.weight"]?.shape == [3, 8])
    #expect(archive.metadata["nncc.step"] == "8" && archive.metadata["nncc.epoch"] == "1")
    #expect(archive.metadata["nncc.signature"] == "signature-1" && archive.metadata["nncc.seed"] == "1")
    #expect(archive.metadata["nncc.recipe"]?.contains("learning_rate [0.2, [steps, 0.1, [0.5]]") == true)
  }

  /// Seed, batch, epochs and limit need not be repeated: they come from the checkpoint.
  @Test func suppliesWhatIsNotRepeated() throws {
    let given = bench.options("run") {
      $0.seed = 9
      $0.batch = 8
      $0.epochs = 3
      $0.limit = 25
    }
    _ = try bench.trainer(given).train()
    let whole = try bench.bytes("run")
    var part = given
    part.directory += "2"
    part.steps = 4
    _ = try bench.trainer(part).train()
    let run = try Checkpoint.read("\(part.directory)/checkpoint.safetensors").run
    #expect(run.seed == 9 && run.batch == 8 && run.epochs == 3 && run.limit == 25 && run.images == 25)
    _ = try bench.trainer(bench.options("run2") { $0.resume = true }).train()
    #expect(try bench.bytes("run2") == whole)
  }

  /// Each difference alone, then several at once; nothing is overwritten.
  @Test func refusesAnotherRun() throws {
    let path = try interrupted("run")
    let before = try FileSystem.read(path)
    func message(
      _ options: TrainingOptions, artefact: TrainerArtefact = TrainerArtefact(),
      recipe: Recipe = TrainerBench.recipe, data: DataSource? = nil
    ) -> String {
      TrainerBench.message { _ = try bench.trainer(options, artefact: artefact, recipe: recipe, data: data).train() }
    }
    var recipe = TrainerBench.recipe
    recipe.learningRate = .constant(0.3)
    #expect(message(resuming { $0.seed = 2 }) == "\(path): the checkpoint has seed 1, this run has 2")
    #expect(message(resuming { $0.batch = 8 }) == "\(path): the checkpoint has batch 4, this run has 8")
    #expect(
      message(resuming(), recipe: recipe)
        == "\(path): the checkpoint has the recipe's learning_rate [0.2, [steps, 0.1, [0.5]], 0.0, 0.0], "
        + "this run has learning_rate [0.3, constant, 0.0, 0.0]")
    #expect(
      message(resuming(), artefact: TrainerArtefact(signature: "signature-2"))
        .contains("a model with signature signature-1, this model has signature-2"))
    #expect(message(resuming { $0.limit = 20 }).contains("has 30 training images of toy-30-1-3-13, this run has 20"))
    #expect(message(resuming(), data: try bench.data(seed: 3)).contains("was trained on other images"))
    let several = message(resuming { $0.seed = 2 }, recipe: recipe, data: try bench.data(20))
    #expect(several.split(separator: "\n").count == 3)
    #expect(try FileSystem.read(path) == before)
  }

  /// More epochs are a wish: 3 epochs are made from 2, and the learning rate's steps move with them.
  @Test func mayLastLonger() throws {
    _ = try bench.trainer(bench.options("run")).train()
    var notes: [String] = []
    var reports: [StepReport] = []
    _ = try bench.trainer(resuming { $0.epochs = 3 }).train { event in
      if case .note(let text) = event { notes.append(text) }
      if case .step(let report) = event { reports.append(report) }
    }
    #expect(reports.map(\.step) == Array(13...18) && notes.count == 1)
    let metrics = try EpochMetrics.lines(
      of: String(decoding: try bench.bytes("run", ["metrics.jsonl"])[0], as: UTF8.self))
    #expect(metrics.map(\.epoch) == [1, 2, 3])
  }

  @Test func missingAndForeignFilesAreNamed() throws {
    let path = "\(bench.folder)/run/checkpoint.safetensors"
    #expect(
      TrainerBench.message { _ = try bench.trainer(resuming()) } == "\(path): nothing to resume: no such checkpoint")
    _ = try interrupted("run")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: "\(bench.folder)/run/final.safetensors", toPath: path)
    #expect(TrainerBench.message { _ = try bench.trainer(resuming()) }.contains("found a file of weights"))
  }

  /// Cut at any of 40 places, or with a byte changed in the header: an error that names the file, and no file changes.
  @Test func damageIsReported() throws {
    let path = try interrupted("run")
    let whole = try FileSystem.read(path)
    for part in 0..<40 {
      try FileSystem.write(Array(whole.prefix(whole.count * part / 40)), to: path)
      let before = try bench.bytes("run", ["checkpoint.safetensors", "metrics.jsonl", "final.safetensors"])
      let message = TrainerBench.message { _ = try bench.trainer(resuming()).train() }
      #expect(message.hasPrefix("\(path): "), "\(message)")
      #expect(try bench.bytes("run", ["checkpoint.safetensors", "metrics.jsonl", "final.safetensors"]) == before)
    }
    try FileSystem.write(whole, to: path)
    _ = try bench.trainer(resuming()).train()
  }

  /// Metadata that reads well and is nonsense, each made by changing one field of a good file.
  @Test(arguments: [
    ("nncc.step", "7", "contradicts itself"), ("nncc.step", "-1", "contradicts itself"),
    ("nncc.step", "x", "expected a whole number"), ("nncc.epoch", "9223372036854775807", "contradicts itself"),
    ("nncc.sums", "7ff0000000000000 1 8", "contradicts itself"), ("nncc.sums", "0 1", "expected the sums"),
    ("nncc.batch", "0", "at least 1"), ("nncc.best", "1", "an epoch and its result"),
    ("nncc.checkpoint", "2", "expected a checkpoint of version 1"), ("nncc.seed", "", "expected a whole number"),
  ])
  func nonsenseIsReported(key: String, value: String, expected: String) throws {
    let path = try interrupted("run")
    let archive = try Safetensors.read(path)
    try Safetensors.write(
      archive.tensors, metadata: archive.metadata.merging([key: value]) { _, new in new }, to: path)
    let message = TrainerBench.message { _ = try bench.trainer(resuming()) }
    #expect(message.hasPrefix("\(path): ") && message.contains(expected), "\(message)")
  }

  /// A file in the way of the folder, and of the checkpoint; as root no permission can be missing.
  @Test func unwritableOutputIsReported() throws {
    try FileSystem.write([1], to: "\(bench.folder)/file")
    let options = bench.options("file")
    #expect(TrainerBench.message { _ = try bench.trainer(options).train() }.contains("\(bench.folder)/file"))
    let device = TrainingOptions(directory: "/dev/full")
    #expect(TrainerBench.message { _ = try bench.trainer(device).train() }.contains("/dev/full"))
  }
}
