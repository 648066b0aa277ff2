/// What the whole compiler knows of an operation besides its mathematics.
package struct OpTraits: Sendable {
  /// The result may overwrite this operand, which has the same type, when nobody else reads it afterwards.
  package var inPlace: Int?
  /// On dyadic values (small whole numbers over a power of two) every evaluation order gives the same bits.
  package var exact = false
  /// Declared, not computed: its type cannot be inferred.
  package var source = false
  /// Computing it twice costs more than writing and reading it once.
  package var costly = false
}

extension Op {
  /// The name in the IR text.
  package var mnemonic: String { row.mnemonic }
  /// How many operands are allowed.
  package var arity: ClosedRange<Int> { row.arity }
  package var traits: OpTraits { row.traits }

  private var row: (mnemonic: String, arity: ClosedRange<Int>, traits: OpTraits) {
    let source = OpTraits(exact: true, source: true)
    let elementwise = OpTraits(inPlace: 0, exact: true)
    let inexactElementwise = OpTraits(inPlace: 0)
    let costlyElementwise = OpTraits(inPlace: 0, costly: true)
    let exact = OpTraits(exact: true)
    let inexact = OpTraits()
    switch self {
    case .input: return ("input", 0...0, source)
    case .labels: return ("labels", 0...0, source)
    case .target: return ("target", 0...0, source)
    case .parameter: return ("parameter", 0...0, source)
    case .state: return ("state", 0...0, source)
    case .slot: return ("slot", 0...0, source)
    case .prepared: return ("prepared", 0...0, source)
    case .fill: return ("fill", 0...0, source)
    case .learningRate: return ("learning_rate", 0...0, source)
    case .stepNumber: return ("step_number", 0...0, source)
    case .relu: return ("relu", 1...1, elementwise)
    case .sigmoid: return ("sigmoid", 1...1, costlyElementwise)
    case .tanh: return ("tanh", 1...1, costlyElementwise)
    case .scale: return ("scale", 1...1, elementwise)
    case .reciprocalSquareRoot: return ("reciprocal_square_root", 1...1, costlyElementwise)
    case .add: return ("add", 2...2, elementwise)
    case .subtract: return ("subtract", 2...2, elementwise)
    case .multiply: return ("multiply", 2...2, elementwise)
    case .multiplyChannel: return ("multiply_channel", 2...2, elementwise)
    case .addChannel: return ("add_channel", 2...2, elementwise)
    case .clampChannel: return ("clamp_channel", 3...3, elementwise)
    case .clampForm: return ("clamp_form", 2...2, inexactElementwise)
    case .reluGradient: return ("relu_gradient", 2...2, elementwise)
    case .sigmoidGradient: return ("sigmoid_gradient", 2...2, elementwise)
    case .tanhGradient: return ("tanh_gradient", 2...2, elementwise)
    case .dropout: return ("dropout", 2...2, costlyElementwise)
    case .convolution: return ("convolution", 2...3, exact)
    case .convolutionBackwardData: return ("convolution_backward_data", 2...2, exact)
    case .convolutionBackwardWeights: return ("convolution_backward_weights", 2...2, exact)
    case .packWeights: return ("pack_weights", 1...1, exact)
    case .winogradWeights: return ("winograd_weights", 1...1, inexact)
    case .winogradConvolution: return ("winograd_convolution", 2...3, inexact)
    case .linear: return ("linear", 2...3, exact)
    case .matmul: return ("matmul", 2...2, exact)
    case .sumToChannel: return ("sum_to_channel", 1...1, exact)
    case .maxPool: return ("max_pool", 1...1, exact)
    case .maxPoolGradient: return ("max_pool_gradient", 2...2, exact)
    case .averagePool: return ("average_pool", 1...1, inexact)
    case .averagePoolGradient: return ("average_pool_gradient", 1...1, inexact)
    case .globalAveragePool: return ("global_average_pool", 1...1, inexact)
    case .globalAveragePoolGradient: return ("global_average_pool_gradient", 1...1, inexact)
    case .splitBands: return ("split_bands", 1...1, exact)
    case .joinBands: return ("join_bands", 1...1, exact)
    case .concat: return ("concat", 1...Int.max, exact)
    case .slice: return ("slice", 1...1, exact)
    case .pad: return ("pad", 1...1, exact)
    case .reshape: return ("reshape", 1...1, exact)
    case .join: return ("join", 2...2, elementwise)
    case .batchNorm: return ("batch_norm", 5...5, inexact)
    case .moments: return ("moments", 1...1, inexact)
    case .normalize: return ("normalize", 4...4, inexactElementwise)
    case .normalizeReduce: return ("normalize_reduce", 3...3, inexact)
    case .normalizeMomentsGradient: return ("normalize_moments_gradient", 3...3, inexact)
    case .normalizeInputGradient: return ("normalize_input_gradient", 3...3, inexactElementwise)
    case .momentsGradient: return ("moments_gradient", 3...3, inexact)
    case .selectMoment: return ("select_moment", 1...1, exact)
    case .runningMean: return ("running_mean", 2...2, OpTraits(inPlace: 0))
    case .runningVariance: return ("running_variance", 2...2, OpTraits(inPlace: 0))
    case .softmax: return ("softmax", 1...1, inexact)
    case .softmaxCrossEntropy: return ("softmax_cross_entropy", 2...2, inexact)
    case .softmaxCrossEntropyGradient: return ("softmax_cross_entropy_gradient", 3...3, inexact)
    case .meanSquaredError: return ("mean_squared_error", 2...2, inexact)
    case .meanSquaredErrorGradient: return ("mean_squared_error_gradient", 3...3, inexact)
    case .sgdMomentum: return ("sgd_momentum", 4...4, OpTraits(inPlace: 2))
    case .sgdParameter: return ("sgd_parameter", 3...4, OpTraits(inPlace: 0))
    case .adamFirstMoment: return ("adam_first_moment", 3...3, OpTraits(inPlace: 2))
    case .adamSecondMoment: return ("adam_second_moment", 3...3, OpTraits(inPlace: 2))
    case .adamParameter: return ("adam_parameter", 5...5, OpTraits(inPlace: 0))
    }
  }

  /// Declared, not computed from operands.
  package var isSource: Bool { traits.source }
}
