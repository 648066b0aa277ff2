import NNIR
import Passes

/// Turns nodes of the graph into the C of a hook.
struct HookBuilder {
  private let lowering: Lowering
  private var graph: Graph { lowering.graph }
  private(set) var hook: Hook
  /// Values the hook computes or is given, by the names that its text has for an element.
  private var names: [ValueID: String] = [:]
  /// Nodes that are computed here besides those fused on load.
  private let own: Set<ValueID>
  private var counters: [String: Int] = [:]
  private var scalars: [String: String] = [:]
  /// The shape of the elements: channels, and elements of a plane and of all channels of an image.
  private let channels: Int
  private let plane: Int
  private let images: Int

  /// `shape` is that of the tensors; `value` is what the kernel hands over, `own` are nodes the hook computes.
  init(_ lowering: Lowering, prefix: String, shape: [Int], value: ValueID? = nil, own: [ValueID] = []) {
    self.lowering = lowering
    self.own = Set(own)
    hook = Hook(prefix: prefix)
    images = shape[0]
    channels = shape.count > 1 ? shape[1] : 1
    plane = shape.dropFirst(2).reduce(1, *)
    hook.helpers = [Kernel.pointwiseHelper]
    if let value {
      hook.statements.append("const vec given = LOAD(value);")
      names[value] = "given"
    }
  }

  // MARK: Names and words

  private mutating func fresh(_ kind: String) -> String {
    defer { counters[kind, default: 0] += 1 }
    return "\(hook.prefix)_\(kind)\(counters[kind, default: 0])"
  }

  /// A scalar word of the row; equal ones are passed once.
  private mutating func scalar(_ parameter: (String) -> Kernel.Parameter, _ argument: Row.Argument) -> String {
    let key = "\(argument)"
    if let known = scalars[key] { return known }
    let name = fresh("f")
    scalars[key] = name
    hook.parameters.append(parameter(name))
    hook.arguments.append(argument)
    return name
  }

  private mutating func float(_ value: Double) -> String { scalar(Kernel.Parameter.float, .float(Float(value))) }
  private mutating func double(_ value: Double) -> String { scalar(Kernel.Parameter.double, .double(value)) }
  private mutating func integer(_ value: Int) -> String { scalar(Kernel.Parameter.integer, .integer(value)) }

  /// Floats from one image to the next.
  private func stride(_ id: ValueID) -> Int {
    if Mutation.isActive(.hookStride) { return channels * plane }
    return lowering.plan.runs[id.index].map { $0.pitch / 4 } ?? channels * plane
  }

  /// The pointer to a tensor of the hook's shape; declared once.
  private mutating func pointer(_ id: ValueID, written: Bool) -> String {
    let name = fresh(written ? "y" : "x")
    let place = lowering.stored(id)
    hook.parameters.append(written ? .output("\(name)_base") : .input("\(name)_base"))
    hook.parameters.append(.integer("\(name)_stride"))
    hook.arguments += [.place(place.place), .integer(stride(id))]
    if written { hook.writes.append(place.access) } else { hook.reads.append(place.access) }
    hook.pointers.append((name, "\(name)_stride", !written))
    return name
  }

  /// A vector with a number for each channel.
  private mutating func vector(_ id: ValueID) -> String {
    if let known = scalars["v\(id)"] { return known }
    let name = fresh("v")
    scalars["v\(id)"] = name
    let operand = graph[id].type.rank == 3 ? lowering.stored(id) : lowering.whole(id)
    hook.parameters.append(.input(name))
    hook.arguments.append(.place(operand.place))
    hook.reads.append(operand.access)
    return name
  }

  /// A tensor [1, 2, C], and floats from its first row to its second.
  private mutating func rows(_ id: ValueID) -> (name: String, pitch: String) {
    let name = vector(id)
    if let known = scalars["p\(id)"] { return (name, known) }
    let pitch = fresh("pitch")
    scalars["p\(id)"] = pitch
    hook.parameters.append(.integer(pitch))
    hook.arguments.append(.integer(lowering.rowPitch(id)))
    return (name, pitch)
  }

  private mutating func coefficient(_ value: String) -> String {
    if let known = hook.coefficients.first(where: { $0.value == value }) { return known.name }
    let name = fresh("k")
    hook.coefficients.append((name, value))
    return name
  }

  private mutating func use(_ helper: Helper) {
    if !hook.helpers.contains(where: { $0.name == helper.name }) { hook.helpers.append(helper) }
  }

  // MARK: Expressions

  /// The name of an element of `id`: computed here, given, or loaded.
  mutating func element(_ id: ValueID) -> String {
    if let known = names[id] { return known }
    let node = graph[id]
    guard node.fusion == .load || own.contains(id), let inputs = node.pointwiseInputs else {
      if case .fill(let value) = node.op, lowering.plan.locations[id.index] == nil {
        // a constant without a place is the same everywhere
        let name = fresh("t")
        hook.statements.append("const vec \(name) = (vec){0} + \(float(value.value));")
        names[id] = name
        return name
      }
      let array = pointer(id, written: false)
      let name = "\(array)_i"
      hook.statements.append("const vec \(name) = LOAD(\(array));")
      names[id] = name
      return name
    }
    let operands = inputs.map { element($0) }
    let text = expression(node, operands)
    hook.notes.append(node.op.mnemonic)
    let name = fresh("t")
    hook.statements.append("const vec \(name) = \(text);")
    names[id] = name
    return name
  }

  private mutating func mean(_ moments: ValueID) -> String { coefficient("\(vector(moments))[channel]") }

  /// 1 / sqrt(variance + epsilon) as C in double precision.
  private mutating func inverse(_ moments: ValueID, _ epsilon: Scalar) -> String {
    let (name, pitch) = rows(moments)
    return "1.0 / sqrt((double)\(name)[\(pitch) + channel] + \(double(epsilon.value)))"
  }

  private mutating func expression(_ node: Node, _ x: [String]) -> String {
    switch node.op {
    case .relu: return "relu_of(\(x[0]))"
    case .sigmoid:
      use(Kernel.sigmoidHelper)
      return "sigmoid_of(\(x[0]))"
    case .tanh:
      use(Kernel.tanhHelper)
      return "tanh_of(\(x[0]))"
    case .scale(let factor): return "\(x[0]) * \(float(factor.value))"
    case .reciprocalSquareRoot(let epsilon):
      use(Kernel.rootHelper)
      return "1.0f / root_of(\(x[0]) + \(float(epsilon.value)))"
    case .add: return Mutation.isActive(.storedInsteadOfAdded) ? "0.0f * \(x[0]) + \(x[1])" : "\(x[0]) + \(x[1])"
    case .subtract: return "\(x[0]) - \(x[1])"
    case .multiply: return "\(x[0]) * \(x[1])"
    case .multiplyChannel: return "\(x[0]) * \(coefficient("\(vector(node.inputs[1]))[channel]"))"
    case .addChannel: return "\(x[0]) + \(coefficient("\(vector(node.inputs[1]))[channel]"))"
    case .clampChannel:
      let low = coefficient("\(vector(node.inputs[1]))[channel]"),
        high = coefficient("\(vector(node.inputs[2]))[channel]")
      return Mutation.isActive(.clampSwapped)
        ? "clamp_of(\(x[0]), \(high), \(low))" : "clamp_of(\(x[0]), \(low), \(high))"
    case .reluGradient:
      return Mutation.isActive(.hookMaskForgotten) ? "\(x[0]) + 0.0f * \(x[1])" : "positive_of(\(x[1]), \(x[0]))"
    case .sigmoidGradient: return "\(x[0]) * \(x[1]) * (1.0f - \(x[1]))"
    case .tanhGradient: return "\(x[0]) * (1.0f - \(x[1]) * \(x[1]))"
    case .dropout(let probability, let stream): return dropout(x[0], probability.value, stream)
    case .normalize(let epsilon):
      let slope = coefficient(
        "(float)((double)\(vector(node.inputs[2]))[channel] * (\(inverse(node.inputs[1], epsilon))))")
      let shift = coefficient("\(vector(node.inputs[3]))[channel]")
      return "(\(x[0]) - \(mean(node.inputs[1]))) * \(slope) + \(shift)"
    case .normalizeInputGradient(let epsilon):
      let slope = coefficient(
        "(float)((double)\(vector(node.inputs[2]))[channel] * (\(inverse(node.inputs[1], epsilon))))")
      return "\(x[0]) * \(slope)"
    case .momentsGradient:
      let (adjoint, pitch) = rows(node.inputs[0])
      let count = integer(Mutation.isActive(.momentsGradientCount) ? images : images * plane)
      let base = coefficient("(float)((double)\(adjoint)[channel] / (double)\(count))")
      let gain = coefficient("(float)(2.0 * (double)\(adjoint)[\(pitch) + channel] / (double)\(count))")
      return "\(base) + (\(x[0]) - \(mean(node.inputs[2]))) * \(gain)"
    case .sgdMomentum(let sgd):
      let decayed = "\(x[1]) + \(float(sgd.weightDecay.value)) * \(x[0])"
      let gain = float(1 - sgd.dampening.value)
      // a sum times 1 plus 0 would turn an infinite old momentum into NaN at step 0, so it is a choice
      return
        "c->arguments->step == \(Mutation.isActive(.firstMomentumStep) ? 1 : 0) ? \(decayed) : \(float(sgd.momentum.value)) * \(x[2]) + \(gain) * (\(decayed))"
    case .sgdParameter(let sgd):
      let rate = rate(node.inputs[node.inputs.count - 1])
      if node.inputs.count == 4, !sgd.nesterov || Mutation.isActive(.nesterovLost) {
        return "\(x[0]) - \(rate) * \(x[x.count - 1])"
      }
      let decayed = "\(x[1]) + \(float(sgd.weightDecay.value)) * \(x[0])"
      if x.count == 2 { return "\(x[0]) - \(rate) * (\(decayed))" }
      return "\(x[0]) - \(rate) * (\(decayed) + \(float(sgd.momentum.value)) * \(x[2]))"
    case .adamFirstMoment(let adam):
      return moment(x, adam, beta: adam.beta1.value) { $0 }
    case .adamSecondMoment(let adam):
      return moment(x, adam, beta: adam.beta2.value) { "((\($0)) * (\($0)))" }
    case .adamParameter(let adam): return adamParameter(node, x, adam)
    case .input, .labels, .target, .parameter, .state, .slot, .prepared, .fill, .learningRate, .stepNumber,
      .splitBands, .joinBands, .convolution, .convolutionBackwardData, .convolutionBackwardWeights, .packWeights,
      .winogradWeights,
      .winogradConvolution,
      .linear, .matmul, .sumToChannel, .maxPool,
      .maxPoolGradient, .averagePool, .averagePoolGradient, .globalAveragePool, .globalAveragePoolGradient, .concat,
      .slice, .pad, .reshape, .clampForm, .join, .batchNorm, .moments, .normalizeReduce, .normalizeMomentsGradient,
      .selectMoment,
      .runningMean, .runningVariance, .softmax, .softmaxCrossEntropy, .softmaxCrossEntropyGradient,
      .meanSquaredError, .meanSquaredErrorGradient:
      fatalError("\(node.op.mnemonic) is not pointwise")
    }
  }

  private mutating func dropout(_ x: String, _ probability: Double, _ stream: String) -> String {
    use(Kernel.dropoutHelper)
    let threshold = Float(probability)
    let (edge, factor) = (float(Double(threshold)), scalar(Kernel.Parameter.float, .float(1 / (1 - threshold))))
    let key = scalar(Kernel.Parameter.bits, .bits(Philox.hash(stream)))
    hook.needsIndex(of: channels * plane)
    let mask = fresh("mask")
    hook.statements.append("float \(mask)[LANES];")
    hook.statements.append(
      "dropout_mask(mixed(c->arguments->seed) ^ \(key), c->arguments->step, index + i, \(edge), \(mask), LANES);")
    return "positive_of(load(\(mask)), \(x) * \(factor))"
  }

  /// The learning rate: a field of the argument structure, or a value in memory.
  private mutating func rate(_ id: ValueID) -> String {
    let name = "\(hook.prefix)_rate"
    if scalars["rate"] == nil {
      scalars["rate"] = name
      if case .fill(let value) = graph[id].op {
        hook.preamble += "const float \(name) = \(float(value.value));\n"
        return name
      }
      hook.parameters.append(.optional("\(name)_place"))
      if case .learningRate = graph[id].op {
        hook.arguments.append(.absent)
      } else {
        let operand = lowering.whole(id)
        hook.arguments.append(.place(operand.place))
        hook.reads.append(operand.access)
      }
      hook.preamble += "const float \(name) = \(name)_place ? \(name)_place[0] : c->arguments->learning_rate;\n"
    }
    return name
  }

  private mutating func moment(_ x: [String], _ adam: Adam, beta: Double, _ power: (String) -> String) -> String {
    let decay = adam.decoupled ? 0 : adam.weightDecay.value
    let decayed = "(\(x[1]) + \(float(decay)) * \(x[0]))"
    return "\(float(beta)) * \(x[2]) + \(float(1 - beta)) * \(power(decayed))"
  }

  private mutating func adamParameter(_ node: Node, _ x: [String], _ adam: Adam) -> String {
    use(Kernel.rootHelper)
    let rate = rate(node.inputs[3])
    let (beta1, beta2) = (double(adam.beta1.value), double(adam.beta2.value))
    let epsilon = float(adam.epsilon.value),
      decay = float(adam.decoupled && !Mutation.isActive(.decoupledDecayLost) ? adam.weightDecay.value : 0)
    let prefix = hook.prefix
    hook.preamble += """
      const double \(prefix)_time = (double)c->arguments->step + \(Mutation.isActive(.adamStep) ? 2 : 1);
      const float \(prefix)_first = (float)(1.0 / (1.0 - pow(\(beta1), \(prefix)_time)));
      const float \(prefix)_second = (float)(1.0 / (1.0 - pow(\(beta2), \(prefix)_time)));

      """
    return "\(x[0]) * (1.0f - \(rate) * \(decay)) - \(rate) * (\(x[1]) * \(prefix)_first) / "
      + "(root_of(\(x[2]) * \(prefix)_second) + \(epsilon))"
  }

  // MARK: Results

  /// The expression that a loading hook leaves in `result`.
  mutating func deliver(_ id: ValueID) {
    let name = element(id)
    hook.stores.append("PUT(result, \(name));")
  }

  /// Stores an element of a value in its place.
  ///
  /// Returns the name of the array.
  mutating func store(_ id: ValueID) -> String {
    let name = element(id)
    let array = pointer(id, written: true)
    hook.stores.append("PUT(\(array), \(name));")
    return array
  }

  /// Adds the sums that a node takes; returns how many.
  mutating func sum(_ id: ValueID) -> Int {
    use(Kernel.lanesTotal)
    let node = graph[id]
    hook.notes.append(node.op.mnemonic)
    switch node.op {
    case .normalizeReduce:
      let dy = element(node.inputs[0]), x = element(node.inputs[1])
      hook.sums.append((fresh("s"), dy))
      let centre = mean(node.inputs[2])
      hook.sums.append(
        (
          fresh("s"),
          Mutation.isActive(.sumsUncentred) ? "(\(x) - 0.0f * \(centre)) * \(dy)" : "(\(x) - \(centre)) * \(dy)"
        ))
      return 2
    case .sumToChannel:
      hook.sums.append((fresh("s"), element(node.inputs[0])))
      return 1
    default: fatalError("\(node.op.mnemonic) is not a sum that hooks take")
    }
  }
}

extension Hook {
  /// Elements have to know their number in the whole tensor, an image of which has so many.
  mutating func needsIndex(of image: Int) {
    guard !parameters.contains(where: { $0.name == "\(prefix)_dense" }) else { return }
    parameters.append(.integer("\(prefix)_dense"))
    arguments.append(.integer(image))
  }
}
