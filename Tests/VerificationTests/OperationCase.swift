import Interchange
import Interpreter
import NNIR
import Passes
import Testing

/// One case of `operations.safetensors` as a graph whose loss is Σ output · cotangent, so that the gradients which the
/// compiler derives are the ones that PyTorch stored.
///
/// All operands to differentiate are parameters. The sum is a product of two matrices, so nothing but the case's own
/// operation depends on what is being tested.
struct OperationCase {
  let entry: FixtureIndex.OperationEntry
  let archive: TensorArchive

  /// Why the language does not have the operation; nil for all that it has.
  var exclusion: String? {
    entry.op == "max_pool2d" && entry.attributes.dilation != [1, 1] ? "max pooling has no dilation" : nil
  }

  private func name(_ part: String) -> String { "\(entry.name).\(part)" }
  func numbers(_ part: String) throws -> [Double] { try archive.doubles(name(part)) }
  func has(_ part: String) -> Bool { archive[name(part)] != nil }
  private func shape(_ part: String) throws -> [Int] { try archive.tensor(name(part)).shape }

  /// Losses and their labels come into a graph only at the stage *step*.
  private var isLoss: Bool { ["cross_entropy", "mse"].contains(entry.op) }

  /// The graph with the output `output`, and the loss as the output `loss`.
  ///
  /// - Parameter exchanged: of `mse`, the target as the parameter and `x` as the target: the loss is the same, and its
  ///   gradient is the one of the target, which is no operand to differentiate in the language.
  func graph(exchanged: Bool = false) throws -> Graph {
    var builder = GraphBuilder(name: entry.name, stage: isLoss ? .step : .typed)
    var operands: [ValueID] = []
    for input in entry.inputs {
      let type = TensorType.f32(try shape(input))
      let op: Op =
        switch input {
        case "labels": .labels
        case exchanged ? "x" : "target": .target
        case "running_mean", "running_var": .state(name: input, initializer: .constant(0))
        default: .parameter(name: input, initializer: .constant(0))
        }
      operands.append(builder.add(op, type: input == "labels" ? TensorType(.i64, type.shape) : type))
    }
    if exchanged { operands.reverse() }
    let output = builder.add(try operation(), operands)
    builder.add(result: .output(name: "output", value: output))
    let elements = builder.type(output).count
    let cotangent = builder.add(
      .state(name: "cotangent", initializer: .constant(0)), type: .f32(try shape("cotangent")))
    let row = builder.add(.reshape([1, .fixed(elements)]), [output])
    let column = builder.add(.reshape([.fixed(elements), 1]), [cotangent])
    let sum = builder.add(.matmul(transposeA: false, transposeB: false), [row, column])
    builder.add(result: .output(name: "loss", value: builder.add(.reshape([]), [sum])))
    return builder.graph
  }

  private func operation() throws -> Op {
    let attributes = entry.attributes
    let pad = attributes.padding ?? []
    switch entry.op {
    case "conv2d":
      return .convolution(
        Convolution(
          strides: try #require(attributes.stride), padBegin: pad, padEnd: pad,
          dilations: try #require(attributes.dilation), groups: try #require(attributes.groups)))
    case "max_pool2d", "avg_pool2d":
      let pooling = Pooling(
        kernel: try #require(attributes.kernel), strides: try #require(attributes.stride), padBegin: pad, padEnd: pad,
        ceilMode: try #require(attributes.ceilMode as Bool?), countIncludePad: attributes.countIncludePad ?? true)
      return entry.op == "max_pool2d" ? .maxPool(pooling) : .averagePool(pooling)
    case "batch_norm":
      return .batchNorm(
        epsilon: Scalar(try #require(attributes.epsilon)), momentum: Scalar(try #require(attributes.momentum)))
    case "cross_entropy": return .softmaxCrossEntropy
    case "mse": return .meanSquaredError
    case "linear": return .linear()
    case "relu": return .relu
    case "sigmoid": return .sigmoid
    case "tanh": return .tanh
    default: throw UnknownOperation(op: entry.op)
    }
  }

  struct UnknownOperation: Error {
    var op: String
  }

  /// The compiler's own passes, without the loss of a recipe: with the statistics of the batch, or with running ones.
  ///
  /// Frozen batch norms are specialised as for inference and differentiated after that, as fine-tuning would.
  func differentiated(_ graph: Graph) throws -> Graph {
    let alreadyDone = isLoss ? ["bind-batch", "split-batch-norm", "append-loss"] : ["append-loss"]
    let training = Pipeline.training(batch: 1, goal: .gradients).filter { !alreadyDone.contains($0.name) }
    guard entry.attributes.training == false else { return try run(training, on: graph) }
    let frozen = Pipeline.inference(batch: 1).filter { ["bind-batch", "specialize-inference"].contains($0.name) }
    try #require(frozen.count == 2)
    return try run(frozen + training.filter { $0.name == "differentiate" }, on: graph)
  }

  func feeds(exchanged: Bool = false) throws -> Feeds {
    var feeds = Feeds()
    for input in entry.inputs {
      switch input {
      case "labels": feeds.labels = try archive.integers(name(input))
      case exchanged ? "x" : "target": feeds.target = try numbers(input)
      case "running_mean", "running_var": feeds.states[input] = try numbers(input)
      default: feeds.parameters[input] = try numbers(input)
      }
    }
    feeds.states["cotangent"] = try numbers("cotangent")
    return feeds
  }
}
