import NNIR

/// How many runs a value may be stored in when it is a part of a wider one.
enum RunsAllowed: Hashable {
  /// Everybody who touches it takes any.
  case any
  case exactly(Int)
  /// Somebody reads or writes it only in one piece.
  case whole

  func meet(_ other: RunsAllowed) -> RunsAllowed {
    switch (self, other) {
    case (.any, let x), (let x, .any): x
    case (.exactly(let a), .exactly(let b)) where a == b: self
    default: .whole
    }
  }

  var count: Int? { if case .exactly(let count) = self { count } else { nil } }
}

extension Graph {
  /// What the kernels of all loop nests together allow for each value.
  ///
  /// Kernels over images take any distance between images; kernels over moments, `f32[groups, 2, C]`, any distance
  /// between rows; copies cut along the axis that they copy. Everything else wants whole tensors.
  func runsAllowed(_ nests: LoopNests) -> [RunsAllowed] {
    var allowed = [RunsAllowed](repeating: .any, count: nodes.count)
    func outer(_ id: ValueID, _ axes: Int) -> RunsAllowed {
      .exactly(self[id].type.bound.prefix(axes).reduce(1, *))
    }
    func restrict(_ id: ValueID, _ to: RunsAllowed) { allowed[id.index] = allowed[id.index].meet(to) }
    func image(_ id: ValueID) -> RunsAllowed { self[id].type.rank >= 3 ? outer(id, 1) : .whole }

    var flat: [[ValueID]] = []
    for nest in nests.nests {
      if isFlat(nest) {
        flat.append(nest.reads.filter { self[$0].type == self[nest.anchor].type } + nest.writes)
        for id in nest.reads where self[id].type != self[nest.anchor].type { restrict(id, .whole) }
        continue
      }
      for node in nest.nodes { restrictOperands(of: node, image: image, outer: outer, restrict: restrict) }
    }
    for result in results { restrict(result.value, .whole) }
    // the tensors of a flat loop nest are walked together
    var changed = true
    while changed {
      changed = false
      for tensors in flat {
        let together = tensors.reduce(RunsAllowed.any) { $0.meet(allowed[$1.index]) }
        for id in tensors where allowed[id.index] != together {
          allowed[id.index] = together
          changed = true
        }
      }
    }
    return allowed
  }

  /// Whether a loop nest runs over elements without knowing channels.
  package func isFlat(_ nest: LoopNest) -> Bool {
    nest.nodes.allSatisfy { self[$0].op.pointwiseOperands != nil && !readsChannels($0) }
  }

  /// Whether computing `id`, with what is fused on load into it, takes a number for each channel.
  private func readsChannels(_ id: ValueID) -> Bool {
    self[id].op.readsChannels || self[id].inputs.contains { self[$0].fusion == .load && readsChannels($0) }
  }

  private func restrictOperands(
    of id: ValueID, image: (ValueID) -> RunsAllowed, outer: (ValueID, Int) -> RunsAllowed,
    restrict: (ValueID, RunsAllowed) -> Void
  ) {
    let inputs = self[id].inputs
    /// Restricts an operand, or what it is computed from on load.
    func operand(_ input: ValueID, _ allowed: RunsAllowed) {
      guard self[input].fusion == .load else { return restrict(input, allowed) }
      pointwise(input)
    }
    func pointwise(_ node: ValueID) {
      let images = self[node].pointwiseInputs ?? []
      for input in self[node].inputs {
        if images.contains(input) {
          operand(input, image(input))
        } else {
          restrict(input, self[input].type.rank == 3 ? outer(input, 2) : .whole)
        }
      }
    }
    switch self[id].op {
    case .convolution, .convolutionBackwardData:
      operand(inputs[0], image(inputs[0]))
      for input in inputs.dropFirst() { restrict(input, .whole) }
      restrict(id, image(id))
    case .convolutionBackwardWeights:
      for input in inputs { operand(input, image(input)) }
      restrict(id, .whole)
    case .averagePool, .averagePoolGradient, .maxPool, .maxPoolGradient:
      for input in inputs { operand(input, image(input)) }
      restrict(id, image(id))
    case .globalAveragePool:
      operand(inputs[0], image(inputs[0]))
      restrict(id, .whole)
    case .globalAveragePoolGradient:
      restrict(inputs[0], .whole)
      restrict(id, image(id))
    case .moments:
      restrict(inputs[0], image(inputs[0]))
      restrict(id, outer(id, 2))
    case .normalizeReduce:
      let images = self[id].type.bound[0] == 1
      for input in inputs.prefix(2) { operand(input, images ? image(input) : .whole) }
      restrict(inputs[2], images ? outer(inputs[2], 2) : .whole)
      restrict(id, images ? outer(id, 2) : .whole)
    case .sumToChannel(let axis):
      // sums along other axes take rows of one piece
      operand(inputs[0], axis == 1 ? image(inputs[0]) : .whole)
      restrict(id, .whole)
    case .normalizeMomentsGradient:
      restrict(inputs[0], outer(inputs[0], 2))
      restrict(inputs[1], outer(inputs[1], 2))
      restrict(inputs[2], .whole)
      restrict(id, outer(id, 2))
    case .selectMoment:
      restrict(inputs[0], outer(inputs[0], 2))
      restrict(id, .whole)
    case .runningMean, .runningVariance:
      restrict(inputs[0], .whole)
      restrict(inputs[1], outer(inputs[1], 2))
      restrict(id, .whole)
    case .concat(let axis), .slice(let axis, _, _):
      for input in inputs { restrict(input, outer(input, axis)) }
      restrict(id, outer(id, axis))
    case .relu, .sigmoid, .tanh, .scale, .reciprocalSquareRoot, .add, .subtract, .multiply, .multiplyChannel,
      .addChannel, .clampChannel, .reluGradient, .sigmoidGradient, .tanhGradient, .dropout, .normalize,
      .normalizeInputGradient,
      .momentsGradient, .sgdMomentum, .sgdParameter, .adamFirstMoment, .adamSecondMoment, .adamParameter:
      guard isPlanewise(id) else {
        for input in inputs { operand(input, .whole) }
        return restrict(id, .whole)
      }
      pointwise(id)
      restrict(id, image(id))
    case .input, .labels, .target, .parameter, .state, .slot, .prepared, .fill, .learningRate, .stepNumber, .linear,
      .matmul, .pad, .reshape, .clampForm, .join, .batchNorm, .softmax, .softmaxCrossEntropy,
      .softmaxCrossEntropyGradient,
      .meanSquaredError, .meanSquaredErrorGradient:
      for input in inputs { operand(input, .whole) }
      restrict(id, .whole)
    }
  }

  /// Whether a pointwise operation can run plane by plane: an image, with per-channel numbers along its channels.
  package func isPlanewise(_ id: ValueID) -> Bool {
    let node = self[id]
    guard node.type.rank >= 3, node.type.element == .f32, let images = node.pointwiseInputs,
      images.allSatisfy({ self[$0].type == node.type })
    else { return false }
    switch node.op {
    case .multiplyChannel(let axis), .addChannel(let axis), .clampChannel(let axis): return axis == 1
    case .normalize, .normalizeInputGradient: return self[node.inputs[1]].type.bound[0] == 1
    case .momentsGradient: return self[node.inputs[2]].type.bound[0] == 1
    default: return true
    }
  }
}
