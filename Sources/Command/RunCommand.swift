import ArgumentParser
import Compiler
import Interchange
import struct Interchange.NamedTensor
import Interpreter
import NNIR
import Training

/// `nncc run MODEL`
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Compute a model's outputs for inputs in a file.",
    discussion: """
      X holds float32 [n,c,h,w], as "x" in an npz; Y gets "y", float32 [n,classes], or n and the output's own extents. \
      With --interpret everything is computed in double precision and rounded to float32 at the end.
      """)

  @OptionGroup var model: ModelOptions
  @Option(help: ArgumentHelp("Weights by name.", valueName: "F.safetensors")) var weights: String
  @Option(help: ArgumentHelp("Inputs.", valueName: "X.npy|X.npz")) var input: String
  @Option(name: .customShort("o"), help: ArgumentHelp("Outputs.", valueName: "Y.npz")) var output: String
  @Flag(help: "Compute with the reference interpreter, in double precision.") var interpret = false
  @OptionGroup var target: TargetOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let raw = try model.graph()
    let typed = try typeCheck(raw)
    let x = try readInputs(input, for: typed)
    let count = x.shape[0]
    let values: [Float]
    if interpret {
      values = try interpreted(typed, x)
    } else {
      let archive = try Weights.read(weights, for: typed)
      let session = try openSession(
        model, raw, entries: [EntryPoint(.infer, batch: min(count, Self.chunk))], anyBatch: true, target: target,
        threads: threads.threads)
      try Weights.load(archive, into: session)
      guard let tensor = try session.run(x.floats() ?? [], count: count).tensors.first else {
        throw Failure.user("\(model.path): expected an output, found none")
      }
      values = tensor.values
    }
    try NPZ.write([NamedTensor("y", shape: [count] + typed.outputExtents, floats: values)], to: output)
  }

  /// The first output of every input, a few at a time: the interpreter keeps every value of a batch.
  private func interpreted(_ typed: Graph, _ x: NamedTensor) throws -> [Float] {
    var feeds = try interpreterFeeds(typed, weights: weights, input: x)
    let input = feeds.input ?? []
    let size = input.count / x.shape[0]
    var values: [Float] = []
    for start in stride(from: 0, to: x.shape[0], by: Self.chunk) {
      feeds.input = Array(input[(start * size)..<(min(start + Self.chunk, x.shape[0]) * size)])
      values += try interpretDouble(typed, feeds, retention: .results).firstOutput(of: typed).map { Float($0) }
    }
    return values
  }

  /// Inputs of one batch, compiled or interpreted.
  private static let chunk = 32
}

/// Reads inputs from an .npy, or "x" of an .npz, and checks that they fit the model.
func readInputs(_ path: String, for typed: Graph) throws -> NamedTensor {
  let tensor = path.hasSuffix(".npz") ? try NPZ.read(path).tensor("x") : try NPY.read(path, name: "x")
  try requireInputs(tensor, path, for: typed)
  return tensor
}

/// Refuses inputs that do not fit the model.
func requireInputs(_ tensor: NamedTensor, _ path: String, for typed: Graph) throws {
  guard let id = typed.first(.input) else { throw Failure.user("expected a model with an input, found none") }
  let wanted = typed[id].type.shape.dropFirst().compactMap(\.value)
  guard tensor.elementType == .f32, tensor.shape.count == wanted.count + 1, Array(tensor.shape.dropFirst()) == wanted,
    tensor.shape[0] >= 1
  else {
    throw Failure.user(
      "\(path): expected float32 inputs of shape \(typed[id].type.spelledExtents) for the model, found \(tensor.type)")
  }
}

/// The interpreter's feeds from a weights file; the same names and messages as for compiled code.
func interpreterFeeds(_ typed: Graph, weights path: String, input: NamedTensor) throws -> Feeds {
  let weights = try Weights.values(path, for: typed)
  var feeds = Feeds(input: input.doubles())
  feeds.parameters = weights.parameters
  feeds.states = weights.states
  return feeds
}

extension Interpretation {
  /// Elements of the graph's first output.
  func firstOutput(of graph: Graph) -> [Element] {
    for case .output(let name, _) in graph.results { return outputs[name]?.elements ?? [] }
    return []
  }
}
