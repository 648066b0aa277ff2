import ArgumentParser
import ArtefactABI
import Compiler
import Interchange
import struct Interchange.NamedTensor
import Interpreter
import NNIR
import Runtime
import Training

/// `nncc grad MODEL`
struct GradCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grad", abstract: "Compute loss, logits and every gradient for one batch.",
    discussion: """
      BATCH.npz holds "x" (float32, NCHW) and "y" (int64 labels). G.safetensors gets "loss", "logits",
      "grad.<parameter>" for every parameter and the updated running statistics by name. Nothing is updated.
      """)

  @OptionGroup var model: ModelOptions
  @Option(help: ArgumentHelp("Weights by name.", valueName: "F.safetensors")) var weights: String
  @Option(help: ArgumentHelp("One batch.", valueName: "BATCH.npz")) var input: String
  @Option(name: .customShort("o"), help: ArgumentHelp("Results.", valueName: "G.safetensors")) var output: String
  @Option(help: ArgumentHelp("Seed of dropout.", valueName: "N")) var seed: UInt64 = 0
  @Flag(help: "Compute with the reference interpreter.") var interpret = false
  @Flag(help: "With --interpret: in double precision, written as float64.") var double = false
  @OptionGroup var target: TargetOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if double && !interpret { throw ValidationError("--double goes with --interpret") }
  }

  func run() throws {
    let raw = try model.graph()
    let typed = try typeCheck(raw)
    let x = try readInputs(input, for: typed)
    let archive = try NPZ.read(input)
    let point = EntryPoint(.gradient, batch: x.shape[0])
    let results: [NamedTensor]
    if interpret {
      var feeds = try interpreterFeeds(typed, weights: weights, input: x)
      feeds.seed = seed
      switch typed.recipe?.loss {
      case .meanSquaredError: feeds.target = try archive.doubles("y")
      case .softmaxCrossEntropy, nil: feeds.labels = try archive.integers("y")
      }
      let graph = try specialize(typed, for: point)
      if double {
        let exact = try interpretDouble(graph, feeds, retention: .results)
        results = tensors(of: exact) { NamedTensor($0, shape: $1, doubles: $2) }
      } else {
        let single = try interpretFloat(graph, feeds, retention: .results)
        results = tensors(of: single) { NamedTensor($0, shape: $1, floats: $2) }
      }
    } else {
      results = try compiled(raw, typed, x, archive, point)
    }
    try Safetensors.write(results, to: output)
  }

  private func compiled(
    _ raw: Graph, _ typed: Graph, _ x: NamedTensor, _ archive: TensorArchive, _ point: EntryPoint
  ) throws -> [NamedTensor] {
    let session = try openSession(model, raw, entries: [point], target: target, threads: threads.threads)
    try Weights.load(weights, into: session)
    let wanted: TrainingTarget =
      switch typed.recipe?.loss {
      case .meanSquaredError: .values(try archive.floats("y"))
      case .softmaxCrossEntropy, nil: .labels(try archive.integers("y"))
      }
    let outputs = try session.gradient(
      batch: point.batch, input: x.floats() ?? [], target: wanted, StepOptions(seed: seed))
    var results = outputs.tensors.map { NamedTensor(resultName($0.name), shape: $0.shape, floats: $0.values) }
    for tensor in session.manifest.parameters {
      results.append(
        NamedTensor("grad.\(tensor.name)", shape: tensor.shape, floats: try session.read(.gradients, tensor.name)))
    }
    return results
  }

  private func tensors<Element>(
    of interpretation: Interpretation<Element>, _ make: (String, [Int], [Element]) -> NamedTensor
  ) -> [NamedTensor] {
    let outputs = interpretation.outputs.sorted { $0.key < $1.key }
    let gradients = interpretation.gradients.sorted { $0.key < $1.key }
    return outputs.map { make(resultName($0.key), $0.value.shape, $0.value.elements) }
      + gradients.map { make("grad.\($0.key)", $0.value.shape, $0.value.elements) }
  }

  /// Running statistics go by their own name.
  private func resultName(_ output: String) -> String {
    output.hasPrefix("state.") ? String(output.dropFirst(6)) : output
  }
}
