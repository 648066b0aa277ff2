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
  @Option(help: ArgumentHelp("States of the gates, 1 for open; default all open.", valueName: "1,0,…"))
  var gates: String?
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
    let recipe = try requireRecipe(typed, model.path)
    let states = try gates.map(parseGates)
    try requireGates(states, for: typed, model.path)
    let archive = try NPZ.read(input)
    let x = try archive.tensor("x")
    try requireInputs(x, input, for: typed)
    let wanted = try readTarget(archive, input, typed, recipe.loss, count: x.shape[0])
    let point = EntryPoint(.gradient, batch: x.shape[0])
    let results: [NamedTensor]
    if interpret {
      var feeds = try interpreterFeeds(typed, weights: weights, input: x)
      feeds.seed = seed
      feeds.gates = states
      switch wanted {
      case .values: feeds.target = try archive.doubles("y")
      case .labels(let labels): feeds.labels = labels
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
      results = try compiled(raw, typed, x, wanted, states, point)
    }
    try Safetensors.write(results, to: output)
  }

  private func compiled(
    _ raw: Graph, _ typed: Graph, _ x: NamedTensor, _ wanted: TrainingTarget, _ gates: [Bool]?, _ point: EntryPoint
  ) throws -> [NamedTensor] {
    let archive = try Weights.read(weights, for: typed)
    let session = try openSession(model, raw, entries: [point], target: target, threads: threads.threads)
    try Weights.load(archive, into: session)
    let outputs = try session.gradient(
      batch: point.batch, input: x.floats() ?? [], target: wanted, StepOptions(seed: seed, gates: gates))
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

/// What the outputs are compared with; refused before anything is compiled where it does not fit inputs and model.
func readTarget(
  _ archive: TensorArchive, _ input: String, _ typed: Graph, _ loss: Recipe.Loss, count: Int
) throws -> TrainingTarget {
  let outputs = typed.outputExtents
  let y = try archive.tensor("y")
  let shape = loss == .meanSquaredError ? [count] + outputs : [count]
  guard y.shape == shape else {
    let expected = "[\(shape.map(String.init).joined(separator: ","))]"
    throw Failure.user(
      "\(input): expected \"y\" of shape \(expected) for the \(count) images of \"x\", found \(y.type)")
  }
  switch loss {
  case .meanSquaredError: return .values(try archive.floats("y"))
  case .softmaxCrossEntropy:
    let labels = try archive.integers("y")
    let classes = Int64(outputs.last ?? 1)
    let wrong = labels.enumerated().filter { !(0..<classes).contains($0.element) }
    guard wrong.isEmpty else {
      let shown = wrong.prefix(5).map { "\($0.element) at image \($0.offset)" }.joined(separator: ", ")
      throw Failure.user(
        "\(input): expected labels from 0 to \(classes - 1) in \"y\", found \(shown)"
          + (wrong.count > 5 ? " and \(wrong.count - 5) more" : ""))
    }
    return .labels(labels)
  }
}

extension Graph {
  /// Extents of the first output without the batch.
  var outputExtents: [Int] {
    for case .output(_, let value) in results { return self[value].type.shape.dropFirst().compactMap(\.value) }
    return []
  }
}
