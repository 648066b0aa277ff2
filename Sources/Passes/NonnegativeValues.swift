import NNIR

/// Values that are proven to be at least 0 (or −0, or NaN), whatever the input.
///
/// A ReLU changes nothing on them. Its derivative would differ where such a value is exactly 0, but there the operation
/// that makes it nonnegative sends nothing further back either.
struct NonnegativeValues {
  /// Verdicts on the nodes in order, as far as somebody has asked.
  private var known: [Bool] = []

  /// Complexity: O(1) for each node, once.
  mutating func contains(_ id: ValueID, in graph: Graph) -> Bool {
    while known.count <= id.index { known.append(verdict(graph.nodes[known.count])) }
    return known[id.index]
  }

  private func verdict(_ node: Node) -> Bool {
    var all: Bool { node.inputs.allSatisfy { known[$0.index] } }
    switch node.op {
    case .relu, .sigmoid, .softmax, .reciprocalSquareRoot: return true
    case .fill(let value): return value.value >= 0
    case .scale(let factor): return factor.value >= 0 && known[node.inputs[0].index]
    case .add, .multiply, .multiplyChannel, .addChannel, .matmul, .sumToChannel, .concat, .slice, .pad, .reshape, .join,
      .averagePool, .averagePoolGradient, .globalAveragePool, .globalAveragePoolGradient, .maxPool, .splitBands,
      .joinBands:
      return all
    case .dropout: return known[node.inputs[0].index]
    case .input, .labels, .target, .parameter, .state, .slot, .prepared, .learningRate, .stepNumber, .tanh, .subtract,
      .clampChannel, .clampForm,
      .reluGradient, .sigmoidGradient, .tanhGradient, .convolution, .convolutionBackwardData,
      .convolutionBackwardWeights, .packWeights, .winogradWeights, .winogradConvolution, .linear, .maxPoolGradient,
      .batchNorm,
      .moments, .normalize, .normalizeReduce,
      .normalizeMomentsGradient, .normalizeInputGradient, .momentsGradient, .selectMoment, .runningMean,
      .runningVariance, .softmaxCrossEntropy, .softmaxCrossEntropyGradient, .meanSquaredError,
      .meanSquaredErrorGradient, .sgdMomentum, .sgdParameter, .adamFirstMoment, .adamSecondMoment, .adamParameter:
      return false
    }
  }
}
