/// Attributes of an operation in the order in which they are printed.
package typealias AttributeList = [(key: String, value: Attribute)]

extension Op {
  /// The attributes as the IR text writes them: `strides [1, 1] pad_begin [1, 1] …`.
  package var attributes: AttributeList {
    switch self {
    case .input, .labels, .target, .learningRate, .stepNumber, .relu, .sigmoid, .tanh, .add, .subtract, .multiply,
      .reluGradient, .sigmoidGradient, .tanhGradient, .globalAveragePool, .momentsGradient, .softmax,
      .softmaxCrossEntropy, .softmaxCrossEntropyGradient, .meanSquaredError, .meanSquaredErrorGradient:
      []
    case .parameter(let name, let initializer), .state(let name, let initializer):
      [("name", .text(name)), ("init", initializer.attribute)]
    case .slot(let name, let kind): [("name", .text(name)), ("kind", .word(kind.rawValue))]
    case .prepared(let name): [("name", .text(name))]
    case .fill(let value), .scale(let value): [("value", .scalar(value.value))]
    case .reciprocalSquareRoot(let epsilon), .normalize(let epsilon), .normalizeReduce(let epsilon),
      .normalizeMomentsGradient(let epsilon), .normalizeInputGradient(let epsilon):
      [("epsilon", .scalar(epsilon.value))]
    case .multiplyChannel(let axis), .addChannel(let axis), .clampChannel(let axis), .sumToChannel(let axis),
      .concat(let axis):
      [("axis", .int(axis))]
    case .clampForm(let row): [("row", .word(row.rawValue))]
    case .dropout(let probability, let stream):
      [("probability", .scalar(probability.value)), ("stream", .text(stream))]
    case .convolution(let geometry): geometry.attributes
    case .convolutionBackwardData(let geometry, let spatial): geometry.attributes + [("spatial", .ints(spatial))]
    case .convolutionBackwardWeights(let geometry, let kernel): geometry.attributes + [("kernel", .ints(kernel))]
    case .linear(let packed): packed ? [("packed", .bool(true))] : []
    case .packWeights(let groups, let packing): [("groups", .int(groups)), ("outputs", .word(packing.rawValue))]
    case .winogradWeights(let tile, let transposed):
      [("outputs", .int(tile.outputs)), ("transposed", .bool(transposed))]
    case .winogradConvolution(let padBegin, let padEnd, let bands):
      [("pad_begin", .ints(padBegin)), ("pad_end", .ints(padEnd))] + bandsAttribute(bands)
    case .matmul(let a, let b): [("transpose_a", .bool(a)), ("transpose_b", .bool(b))]
    case .maxPool(let pooling), .maxPoolGradient(let pooling), .averagePool(let pooling): pooling.attributes
    case .averagePoolGradient(let pooling, let spatial): pooling.attributes + [("spatial", .ints(spatial))]
    case .globalAveragePoolGradient(let spatial): [("spatial", .ints(spatial))]
    case .splitBands(let bands), .joinBands(let bands): [("bands", .int(bands))]
    case .slice(let axis, let start, let count):
      [("axis", .int(axis)), ("start", .int(start)), ("count", .int(count))]
    case .pad(let before, let after): [("before", .ints(before)), ("after", .ints(after))]
    case .reshape(let shape):
      [("shape", .list(shape.map { $0.value.map(Attribute.int) ?? .word("N") }))]
    case .join(let gate): [("gate", .int(gate.index))]
    case .batchNorm(let epsilon, let momentum):
      [("epsilon", .scalar(epsilon.value)), ("momentum", .scalar(momentum.value))]
    case .moments(let groups): [("groups", .int(groups))]
    case .selectMoment(let row): [("row", .int(row))]
    case .runningMean(let momentum): [("momentum", .scalar(momentum.value))]
    case .runningVariance(let momentum, let count):
      [("momentum", .scalar(momentum.value)), ("count", .int(count))]
    case .sgdMomentum(let sgd), .sgdParameter(let sgd): sgd.attributes
    case .adamFirstMoment(let adam), .adamSecondMoment(let adam), .adamParameter(let adam): adam.attributes
    }
  }

  /// All mnemonics, for hints at unknown ones.
  package static let mnemonics: [String] = [
    "input", "labels", "target", "parameter", "state", "slot", "prepared", "fill", "learning_rate", "step_number",
    "relu",
    "sigmoid", "tanh", "scale", "reciprocal_square_root", "add", "subtract", "multiply", "multiply_channel",
    "add_channel", "clamp_channel", "clamp_form", "relu_gradient", "sigmoid_gradient", "tanh_gradient", "dropout",
    "convolution",
    "convolution_backward_data", "convolution_backward_weights", "pack_weights", "winograd_weights",
    "winograd_convolution",
    "linear", "matmul", "sum_to_channel", "max_pool",
    "max_pool_gradient", "average_pool", "average_pool_gradient", "global_average_pool",
    "global_average_pool_gradient", "split_bands", "join_bands", "concat", "slice", "pad", "reshape", "join",
    "batch_norm", "moments",
    "normalize", "normalize_reduce", "normalize_moments_gradient", "normalize_input_gradient", "moments_gradient",
    "select_moment",
    "running_mean", "running_variance", "softmax", "softmax_cross_entropy", "softmax_cross_entropy_gradient",
    "mean_squared_error", "mean_squared_error_gradient", "sgd_momentum", "sgd_parameter", "adam_first_moment",
    "adam_second_moment", "adam_parameter",
  ]

  /// Builds an operation from its text; throws what is missing, malformed or left over, or nil for an unknown name.
  package init?(mnemonic: String, reading a: inout AttributeReader) throws(AttributeError) {
    switch mnemonic {
    case "input": self = .input
    case "labels": self = .labels
    case "target": self = .target
    case "parameter": self = .parameter(name: try a.text("name"), initializer: try a.initializer("init"))
    case "state": self = .state(name: try a.text("name"), initializer: try a.initializer("init"))
    case "slot": self = .slot(name: try a.text("name"), kind: try a.choice("kind", Slot.self))
    case "prepared": self = .prepared(name: try a.text("name"))
    case "fill": self = .fill(try a.scalar("value"))
    case "learning_rate": self = .learningRate
    case "step_number": self = .stepNumber
    case "relu": self = .relu
    case "sigmoid": self = .sigmoid
    case "tanh": self = .tanh
    case "scale": self = .scale(try a.scalar("value"))
    case "reciprocal_square_root": self = .reciprocalSquareRoot(epsilon: try a.scalar("epsilon"))
    case "add": self = .add
    case "subtract": self = .subtract
    case "multiply": self = .multiply
    case "multiply_channel": self = .multiplyChannel(axis: try a.int("axis"))
    case "add_channel": self = .addChannel(axis: try a.int("axis"))
    case "clamp_channel": self = .clampChannel(axis: try a.int("axis"))
    case "clamp_form": self = .clampForm(try a.choice("row", ClampRow.self))
    case "relu_gradient": self = .reluGradient
    case "sigmoid_gradient": self = .sigmoidGradient
    case "tanh_gradient": self = .tanhGradient
    case "dropout": self = .dropout(probability: try a.scalar("probability"), stream: try a.text("stream"))
    case "convolution": self = .convolution(try Convolution(&a))
    case "convolution_backward_data":
      self = .convolutionBackwardData(try Convolution(&a), spatial: try a.ints("spatial"))
    case "convolution_backward_weights":
      self = .convolutionBackwardWeights(try Convolution(&a), kernel: try a.ints("kernel"))
    case "pack_weights": self = .packWeights(groups: try a.int("groups"), try a.choice("outputs", Packing.self))
    case "winograd_weights":
      self = .winogradWeights(try a.choice("outputs", Winograd.self), transposed: try a.bool("transposed"))
    case "winograd_convolution":
      self = .winogradConvolution(
        padBegin: try a.ints("pad_begin"), padEnd: try a.ints("pad_end"), bands: try a.optionalInt("bands") ?? 1)
    case "linear": self = .linear(packed: try a.optionalBool("packed") ?? false)
    case "matmul": self = .matmul(transposeA: try a.bool("transpose_a"), transposeB: try a.bool("transpose_b"))
    case "sum_to_channel": self = .sumToChannel(axis: try a.int("axis"))
    case "max_pool": self = .maxPool(try Pooling(&a))
    case "max_pool_gradient": self = .maxPoolGradient(try Pooling(&a))
    case "average_pool": self = .averagePool(try Pooling(&a))
    case "average_pool_gradient": self = .averagePoolGradient(try Pooling(&a), spatial: try a.ints("spatial"))
    case "global_average_pool": self = .globalAveragePool
    case "global_average_pool_gradient": self = .globalAveragePoolGradient(spatial: try a.ints("spatial"))
    case "split_bands": self = .splitBands(try a.int("bands"))
    case "join_bands": self = .joinBands(try a.int("bands"))
    case "concat": self = .concat(axis: try a.int("axis"))
    case "slice": self = .slice(axis: try a.int("axis"), start: try a.int("start"), count: try a.int("count"))
    case "pad": self = .pad(before: try a.ints("before"), after: try a.ints("after"))
    case "reshape": self = .reshape(try a.extents("shape"))
    case "join": self = .join(Gate(try a.int("gate")))
    case "batch_norm": self = .batchNorm(epsilon: try a.scalar("epsilon"), momentum: try a.scalar("momentum"))
    case "moments": self = .moments(groups: try a.int("groups"))
    case "normalize": self = .normalize(epsilon: try a.scalar("epsilon"))
    case "normalize_reduce": self = .normalizeReduce(epsilon: try a.scalar("epsilon"))
    case "normalize_moments_gradient": self = .normalizeMomentsGradient(epsilon: try a.scalar("epsilon"))
    case "normalize_input_gradient": self = .normalizeInputGradient(epsilon: try a.scalar("epsilon"))
    case "moments_gradient": self = .momentsGradient
    case "select_moment": self = .selectMoment(row: try a.int("row"))
    case "running_mean": self = .runningMean(momentum: try a.scalar("momentum"))
    case "running_variance": self = .runningVariance(momentum: try a.scalar("momentum"), count: try a.int("count"))
    case "softmax": self = .softmax
    case "softmax_cross_entropy": self = .softmaxCrossEntropy
    case "softmax_cross_entropy_gradient": self = .softmaxCrossEntropyGradient
    case "mean_squared_error": self = .meanSquaredError
    case "mean_squared_error_gradient": self = .meanSquaredErrorGradient
    case "sgd_momentum": self = .sgdMomentum(try SGD(&a))
    case "sgd_parameter": self = .sgdParameter(try SGD(&a))
    case "adam_first_moment": self = .adamFirstMoment(try Adam(&a))
    case "adam_second_moment": self = .adamSecondMoment(try Adam(&a))
    case "adam_parameter": self = .adamParameter(try Adam(&a))
    default: return nil
    }
    try a.finish()
  }
}

extension Convolution {
  var attributes: AttributeList {
    [
      ("strides", .ints(strides)), ("pad_begin", .ints(padBegin)), ("pad_end", .ints(padEnd)),
      ("dilations", .ints(dilations)), ("groups", .int(groups)),
    ] + (packed.map { [("packed", .word($0.rawValue))] } ?? []) + bandsAttribute(bands)
  }

  init(_ a: inout AttributeReader) throws(AttributeError) {
    self.init(
      strides: try a.ints("strides"), padBegin: try a.ints("pad_begin"), padEnd: try a.ints("pad_end"),
      dilations: try a.ints("dilations"), groups: try a.int("groups"))
    packed = a.has("packed") ? try a.choice("packed", Packing.self) : nil
    bands = try a.optionalInt("bands") ?? 1
  }
}

/// Whole images need no word.
private func bandsAttribute(_ bands: Int) -> AttributeList { bands == 1 ? [] : [("bands", .int(bands))] }

extension Pooling {
  var attributes: AttributeList {
    [
      ("kernel", .ints(kernel)), ("strides", .ints(strides)), ("pad_begin", .ints(padBegin)),
      ("pad_end", .ints(padEnd)), ("ceil_mode", .bool(ceilMode)), ("count_include_pad", .bool(countIncludePad)),
    ]
  }

  init(_ a: inout AttributeReader) throws(AttributeError) {
    self.init(
      kernel: try a.ints("kernel"), strides: try a.ints("strides"), padBegin: try a.ints("pad_begin"),
      padEnd: try a.ints("pad_end"), ceilMode: try a.bool("ceil_mode"),
      countIncludePad: try a.bool("count_include_pad"))
  }
}

extension SGD {
  var attributes: AttributeList {
    [
      ("momentum", .scalar(momentum.value)), ("dampening", .scalar(dampening.value)), ("nesterov", .bool(nesterov)),
      ("weight_decay", .scalar(weightDecay.value)),
    ]
  }

  init(_ a: inout AttributeReader) throws(AttributeError) {
    self.init(
      momentum: try a.scalar("momentum").value, dampening: try a.scalar("dampening").value,
      nesterov: try a.bool("nesterov"), weightDecay: try a.scalar("weight_decay").value)
  }
}

extension Adam {
  var attributes: AttributeList {
    [
      ("beta1", .scalar(beta1.value)), ("beta2", .scalar(beta2.value)), ("epsilon", .scalar(epsilon.value)),
      ("weight_decay", .scalar(weightDecay.value)), ("decoupled", .bool(decoupled)),
    ]
  }

  init(_ a: inout AttributeReader) throws(AttributeError) {
    self.init(
      beta1: try a.scalar("beta1").value, beta2: try a.scalar("beta2").value, epsilon: try a.scalar("epsilon").value,
      weightDecay: try a.scalar("weight_decay").value, decoupled: try a.bool("decoupled"))
  }
}
