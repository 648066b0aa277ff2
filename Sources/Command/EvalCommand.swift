import ArgumentParser
import Compiler
import Foundation
import Interchange
import NNIR
import Reports
import Training

/// `nncc eval MODEL`
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Measure loss and accuracy of weights on a data set's test images.")

  @OptionGroup var model: ModelOptions
  @Option(help: ArgumentHelp("Weights by name.", valueName: "F.safetensors")) var weights: String
  @Option(help: ArgumentHelp("Data set.", valueName: "NAME|DIR")) var data: String
  @Option(help: ArgumentHelp("Images of one call; default 64, or what an artefact was built for.", valueName: "N"))
  var batch: Int?
  @Option(
    name: .customLong("at-least"), help: ArgumentHelp("Exit with 3 when the accuracy is lower.", valueName: "0…1"))
  var atLeast: Double?
  @Flag(help: "One JSON object.") var json = false
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var target: TargetOptions

  private static let withoutTest = "training images: the data set has no test images"

  func run() throws {
    if let batch, batch < 1 { throw Failure.user("--batch: expected at least 1, found \(batch)") }
    if let atLeast, !(0...1).contains(atLeast) {
      throw Failure.user("--at-least: expected a share of right answers from 0 to 1, found \(atLeast)")
    }
    let source = try DataSource.load(data)
    let raw = try model.graph(defaults: source.train.modelDefaults)
    let typed = try typeCheck(raw)
    if atLeast != nil, typed.recipe?.loss == .meanSquaredError {
      throw Failure.user(
        "\(model.path): --at-least: expected a model that is trained to tell classes apart, found one trained for "
          + "mean squared error, which has no accuracy")
    }
    try typed.requireFit(source.evaluation)
    if json && source.test == nil { warn("\(source.train.name): \(Self.withoutTest)") }
    let archive = try Weights.read(weights, for: typed)
    let session = try openSession(
      model, raw, entries: [EntryPoint(.infer, batch: batch ?? 64)], anyBatch: batch == nil, target: target,
      threads: threads.threads)
    try Weights.load(archive, into: session)
    let normalizer = try Normalizer.forEvaluation(
      metadata: archive.metadata, path: weights, recipe: typed.recipe, data: source)
    let measured = try Interruption.catching { isInterrupted in
      try Evaluation.measure(session, on: source.evaluation, normalizer: normalizer, isInterrupted: isInterrupted)
    }
    guard let result = measured else { throw Failure.interrupted }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      // JSON has no such numbers; the words are those of the training log
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      print(String(decoding: try encoder.encode(result), as: UTF8.self))
    } else {
      print(
        "loss \(Format.fixed(result.loss, decimals: 4))"
          + (result.accuracy.map { ", accuracy \(Format.percent($0))" } ?? "")
          + " on \(Format.counted(result.images, "image")) of \(source.evaluation.name)"
          + (source.test == nil ? " (\(Self.withoutTest))" : ""))
    }
    if let atLeast, let accuracy = result.accuracy, accuracy < atLeast {
      throw Failure(
        code: 3,
        message: "expected an accuracy of at least \(Format.percent(atLeast)), found \(Format.percent(accuracy))")
    }
  }
}
