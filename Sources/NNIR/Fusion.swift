/// How a scheduled node is executed; an annotation that does not change what the node means.
package enum Fusion: Hashable, Sendable {
  /// By a loop nest of its own, into memory.
  case none
  /// By every reader while it loads its operand; the value has no memory.
  case load
  /// In the loop nest of an earlier node, the anchor, whose result it takes before that goes to memory.
  case store(into: ValueID)
}

extension Op {
  /// Operands whose element at an index the result's element at that index is computed from, for operations that
  /// compute each element by itself; nil for all others. Operands that are not listed are the same for a whole channel
  /// or for the whole tensor.
  package var pointwiseOperands: [Int]? {
    switch self {
    case .relu, .sigmoid, .tanh, .scale, .reciprocalSquareRoot, .multiplyChannel, .addChannel, .clampChannel, .dropout,
      .normalize, .normalizeInputGradient:
      [0]
    case .momentsGradient: [1]
    case .add, .subtract, .multiply, .reluGradient, .sigmoidGradient, .tanhGradient: [0, 1]
    case .sgdMomentum, .adamFirstMoment, .adamSecondMoment, .adamParameter: [0, 1, 2]
    case .sgdParameter: [0, 1, 2]
    case .input, .labels, .target, .parameter, .state, .slot, .prepared, .fill, .learningRate, .stepNumber,
      .splitBands, .joinBands, .convolution, .convolutionBackwardData, .convolutionBackwardWeights, .packWeights,
      .winogradWeights,
      .winogradConvolution,
      .linear, .matmul, .sumToChannel, .maxPool,
      .maxPoolGradient, .averagePool, .averagePoolGradient, .globalAveragePool, .globalAveragePoolGradient, .concat,
      .slice, .pad, .reshape, .clampForm, .join, .batchNorm, .moments, .normalizeReduce, .normalizeMomentsGradient,
      .selectMoment, .runningMean, .runningVariance, .softmax, .softmaxCrossEntropy, .softmaxCrossEntropyGradient,
      .meanSquaredError, .meanSquaredErrorGradient:
      nil
    }
  }

  /// The axis of the channels, for pointwise operations that have operands with one number for each channel.
  package var channelAxis: Int? {
    switch self {
    case .multiplyChannel(let axis), .addChannel(let axis), .clampChannel(let axis): axis
    case .normalize, .normalizeInputGradient, .momentsGradient: 1
    case .relu, .sigmoid, .tanh, .scale, .reciprocalSquareRoot, .add, .subtract, .multiply, .reluGradient,
      .sigmoidGradient, .tanhGradient, .dropout, .sgdMomentum, .sgdParameter, .adamFirstMoment, .adamSecondMoment,
      .adamParameter:
      nil
    case .input, .labels, .target, .parameter, .state, .slot, .prepared, .fill, .learningRate, .stepNumber,
      .splitBands, .joinBands, .convolution, .convolutionBackwardData, .convolutionBackwardWeights, .packWeights,
      .winogradWeights,
      .winogradConvolution,
      .linear, .matmul, .sumToChannel, .maxPool,
      .maxPoolGradient, .averagePool, .averagePoolGradient, .globalAveragePool, .globalAveragePoolGradient, .concat,
      .slice, .pad, .reshape, .clampForm, .join, .batchNorm, .moments, .normalizeReduce, .normalizeMomentsGradient,
      .selectMoment, .runningMean, .runningVariance, .softmax, .softmaxCrossEntropy, .softmaxCrossEntropyGradient,
      .meanSquaredError, .meanSquaredErrorGradient:
      nil
    }
  }
}

extension Node {
  /// The pointwise operands that this node has; nil when the operation is not pointwise.
  package var pointwiseInputs: [ValueID]? {
    guard let operands = op.pointwiseOperands else { return nil }
    // an SGD parameter without momentum has (w, g, rate), and only Nesterov's needs the gradient beside the momentum
    if case .sgdParameter(let sgd) = op {
      if inputs.count == 3 { return Array(inputs.prefix(2)) }
      return sgd.nesterov ? Array(inputs.prefix(3)) : [inputs[0], inputs[2]]
    }
    return operands.map { inputs[$0] }
  }
}

extension Node {
  /// The node in whose loop nest this one is executed, `id` being its own; nil when its readers compute it.
  package func anchor(_ id: ValueID) -> ValueID? {
    switch fusion {
    case .none: id
    case .load: nil
    case .store(let anchor): anchor
    }
  }
}

extension Graph {
  /// Whether a value is there before anything runs: declared and not computed, or an immediate. Constants with axes are
  /// written to memory first.
  package func isGiven(_ id: ValueID) -> Bool {
    if case .fill = self[id].op { return self[id].type.rank == 0 }
    return self[id].op.isSource
  }

  /// The values that computing `id` takes from memory, or from the loop nest it is in: its operands, and for those that
  /// are fused on load theirs; each once, in order of first use.
  package func memoryLeaves(of id: ValueID) -> [ValueID] {
    var leaves: [ValueID] = []
    func visit(_ id: ValueID) {
      for input in self[id].inputs {
        if self[input].fusion == .load { visit(input) } else if !leaves.contains(input) { leaves.append(input) }
      }
    }
    visit(id)
    return leaves
  }
}
