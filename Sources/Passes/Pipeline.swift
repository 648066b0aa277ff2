import NNIR

/// Every pipeline of the compiler, on one page.
package enum Pipeline {
  /// What a training function delivers.
  package enum Goal: Sendable {
    /// Updates parameters and optimizer state.
    case update
    /// Leaves parameters alone and delivers their gradients.
    case gradients
  }

  /// From the model's text to a checked graph with the batch still open.
  package static let typing: [Pass] = [
    Pass("check-interface", required: true, because: "a text file can say anything", checkInterface),
    Pass(
      "infer-types", required: true, because: "all type errors at once, before anything relies on types", inferTypes),
    Pass(
      "settle-gates", required: true, because: "blocks that always or never survive need no gate", settleGates),
  ]

  /// From a typed graph to one training step.
  package static func training(
    batch: Int, goal: Goal, recompute: Recompute = .none, math: MathMode = .exact,
    algorithms: ConvolutionAlgorithms = [:]
  ) -> [Pass] {
    [
      bind(batch),
      poolFirst,
      Pass(
        "split-batch-norm", required: true,
        because: "statistics and normalisation as separate values before differentiation, so that both are shared",
        splitBatchNorm),
      Pass(
        "share-moments", because: "each feature map's statistics once, and once what they send back", shareMoments),
      Pass("append-loss", required: true, because: "the recipe's loss is what gets differentiated", appendLoss),
      Pass("simplify", because: "less to differentiate", simplify),
      Pass("differentiate", required: true, because: "reverse mode over the whole graph", differentiate),
      Pass("append-updates", required: true, because: "optimizers are part of the graph") {
        graph throws(Diagnostics) in try appendUpdates(graph, goal: goal)
      },
      Pass("simplify-gradients", because: "adjoints of shape operations cancel", simplify),
      Pass("eliminate-dead-code", because: "values that no result needs", eliminateDeadCode),
    ] + (recompute == .bottleneck ? [recomputation] : []) + winograd(math, algorithms) + scheduling
  }

  private static let recomputation = Pass(
    "recompute-bottlenecks", because: "what is cheap to compute again need not be kept for the backward part",
    recomputeBottlenecks)

  private static func winograd(_ math: MathMode, _ algorithms: ConvolutionAlgorithms) -> [Pass] {
    math == .exact
      ? []
      : [
        Pass("winograd", because: "3×3 convolutions take 1/4 or 4/9 of the products between cheap transforms") {
          useWinograd($0, math: math, algorithms: algorithms)
        }
      ]
  }

  /// From a typed graph to inference with running statistics.
  ///
  /// - Parameter bands: How threads that share an image divide it.
  package static func inference(
    batch: Int, math: MathMode = .exact, bands: Bands = .none, algorithms: ConvolutionAlgorithms = [:]
  ) -> [Pass] {
    [
      bind(batch),
      Pass(
        "gates-to-expectation", required: true,
        because: "inference keeps every block, scaled by the probability that it survives", gatesToExpectation),
      Pass(
        "specialize-inference", required: true,
        because: "dropout disappears, batch norms become an affine map with running statistics", specializeInference),
      Pass("fold-batch-norm", because: "an affine map after a convolution is another convolution", foldBatchNorm),
      Pass("simplify-inference", because: "what folding left behind", simplify),
      poolFirst,
      Pass(
        "clamp-activations", because: "a ReLU of an affine map is a clamp, and the map moves into the weights after it",
        clampActivations),
      Pass("eliminate-dead-code", because: "values that no result needs", eliminateDeadCode),
    ] + winograd(math, algorithms) + (bands.forBatch(batch).count > 1 ? [split(into: bands)] : []) + [
      Pass("pack-weights", because: "kernels follow one stream of weights from memory, not six") {
        packWeights($0, algorithms: algorithms)
      }
    ]
  }

  /// From a step, or a half of inference, to an order of execution with annotations.
  package static let scheduling: [Pass] = [
    Pass(
      "schedule", required: true, because: "the order of nodes is the order of execution from here on", scheduleNodes),
    Pass("fuse-loops", because: "what is computed where it is read or made needs no memory", fuseLoops),
  ]

  private static func split(into bands: Bands) -> Pass {
    Pass("split-bands", because: "threads that share an image each find their part of it in memory of its own") {
      splitBands($0, bands: bands)
    }
  }

  private static func bind(_ batch: Int) -> Pass {
    Pass("bind-batch", required: true, because: "shapes are static from here on") {
      graph throws(Diagnostics) in try bindBatch(graph, to: batch)
    }
  }

  private static let poolFirst = Pass(
    "pool-before-1x1", because: "an average pool after a 1×1 convolution throws away most of what it computed",
    poolBeforeConvolution)

  /// Names of all passes, for `--disable-pass` and `--dump-after`, in order of first appearance.
  package static var passes: [Pass] {
    var seen: Set<String> = []
    return
      (typing + training(batch: 1, goal: .update, recompute: .bottleneck, math: .fast)
      + inference(batch: 1, math: .fast, bands: .usual) + scheduling)
      .filter {
        seen.insert($0.name).inserted
      }
  }
}
