import NNIR

/// The table of derivatives: what one node sends back to each of its operands, given the adjoint of its result.
///
/// Written D for ∂loss/∂result; nil where an operand is not differentiable or its adjoint is not wanted.
struct Adjoints {
  /// Where derivatives are appended. The table owns it, so that appending never copies the arena.
  var builder: GraphBuilder
  /// Of the node at hand: its lines, its operands' types, and which operands' adjoints are wanted.
  var origins: [Origin] = []
  /// The gate that it stands under, and everything that it sends back with it.
  var gate: Gate?
  var types: [TensorType] = []
  var wanted: [Bool] = []

  init(builder: GraphBuilder) { self.builder = builder }

  private mutating func make(_ op: Op, _ inputs: ValueID...) -> ValueID {
    builder.add(op, inputs, gate: gate, origins: origins)
  }

  private mutating func zeros(_ type: TensorType) -> ValueID { builder.add(.fill(0.0), type: type, origins: origins) }

  private func spatial(_ operand: Int) -> [Int] { Array(types[operand].bound.dropFirst(2)) }

  /// Adjoints of the operands of every operation but a join, which `differentiate` itself takes apart.
  mutating func of(_ op: Op, _ x: [ValueID], result y: ValueID, _ d: ValueID) -> [ValueID?] {
    switch op {
    case .input, .labels, .target, .parameter, .state, .slot, .prepared, .fill, .learningRate, .stepNumber:
      return []
    // relu(x) > 0 exactly where x > 0, and y is kept for the consumer anyway
    case .relu: return [Mutation.isActive(.reluMaskForgotten) ? d : make(.reluGradient, d, y)]
    case .sigmoid: return [make(.sigmoidGradient, d, y)]
    case .tanh: return [make(.tanhGradient, d, y)]
    case .scale(let factor): return [make(.scale(factor), d)]
    // ∂/∂x (x+ε)^(−1/2) = −½ y³
    case .reciprocalSquareRoot:
      let cube = make(.multiply, make(.multiply, y, y), y)
      return [make(.multiply, make(.scale(-0.5), d), cube)]
    case .add: return [d, d]
    case .subtract: return [d, wanted[1] ? make(.scale(Mutation.isActive(.adjointSign) ? 1.0 : -1.0), d) : nil]
    case .multiply:
      return [wanted[0] ? make(.multiply, d, x[1]) : nil, wanted[1] ? make(.multiply, d, x[0]) : nil]
    case .multiplyChannel(let axis):
      return [
        wanted[0] ? make(.multiplyChannel(axis: axis), d, x[1]) : nil,
        wanted[1] ? make(.sumToChannel(axis: axis), make(.multiply, d, x[0])) : nil,
      ]
    case .addChannel(let axis): return [d, wanted[1] ? make(.sumToChannel(axis: axis), d) : nil]
    // the mask is linear in its operand and the same for the same stream
    case .dropout(let probability, let stream):
      if Mutation.isActive(.dropoutMaskShifted) {
        return [make(.dropout(probability: probability, stream: stream + "'"), d, x[1]), nil]
      }
      return [make(op, d, x[1]), nil]
    case .convolution(let geometry):
      let kernel = Array(types[1].bound.dropFirst(2))
      return [
        wanted[0] ? make(.convolutionBackwardData(geometry, spatial: spatial(0)), d, x[1]) : nil,
        wanted[1] ? make(.convolutionBackwardWeights(geometry, kernel: kernel), d, x[0]) : nil,
        x.count == 3 && wanted[2] && !Mutation.isActive(.biasAdjointLost) ? make(.sumToChannel(axis: 1), d) : nil,
      ]
    // y = x·wᵀ + b: dx = D·w, dw = Dᵀ·x
    case .linear:
      return [
        wanted[0] ? make(.matmul(transposeA: false, transposeB: false), d, x[1]) : nil,
        wanted[1] ? make(.matmul(transposeA: true, transposeB: false), d, x[0]) : nil,
        x.count == 3 && wanted[2] ? make(.sumToChannel(axis: 1), d) : nil,
      ]
    case .matmul(let transposeA, let transposeB):
      return [
        wanted[0]
          ? (transposeA
            ? make(.matmul(transposeA: transposeB, transposeB: true), x[1], d)
            : make(.matmul(transposeA: false, transposeB: !transposeB), d, x[1])) : nil,
        wanted[1]
          ? (transposeB
            ? make(.matmul(transposeA: true, transposeB: transposeA), d, x[0])
            : make(.matmul(transposeA: !transposeA, transposeB: false), x[0], d)) : nil,
      ]
    case .sumToChannel(let axis): return [make(.addChannel(axis: axis), zeros(types[0]), d)]
    case .maxPool(let pooling): return [make(.maxPoolGradient(pooling), d, x[0])]
    case .averagePool(let pooling): return [make(.averagePoolGradient(pooling, spatial: spatial(0)), d)]
    case .globalAveragePool: return [make(.globalAveragePoolGradient(spatial: spatial(0)), d)]
    case .concat(let axis):
      var start = 0
      return x.indices.map { operand in
        let count = types[operand].bound[axis]
        defer { start += operand == 0 && Mutation.isActive(.concatAdjointOffset) ? 0 : count }
        return wanted[operand] ? make(.slice(axis: axis, start: start, count: count), d) : nil
      }
    case .slice(let axis, let start, let count):
      var before = [Int](repeating: 0, count: types[0].rank)
      var after = before
      before[axis] = Mutation.isActive(.sliceAdjointOffset) ? 0 : start
      after[axis] = types[0].bound[axis] - before[axis] - count
      return [make(.pad(before: before, after: after), d)]
    case .pad(let before, let after):
      var value = d
      for axis in before.indices where before[axis] + after[axis] > 0 {
        value = make(.slice(axis: axis, start: before[axis], count: types[0].bound[axis]), value)
      }
      return [value]
    case .reshape: return [make(.reshape(types[0].shape), d)]
    case .moments: return [make(.momentsGradient, d, x[0], y)]
    case .normalize(let epsilon):
      let sums = make(.normalizeReduce(epsilon: epsilon), d, x[0], x[1])
      return [
        wanted[0] ? make(.normalizeInputGradient(epsilon: epsilon), d, x[1], x[2]) : nil,
        wanted[1] && !Mutation.isActive(.momentsAdjointSkipped)
          ? make(.normalizeMomentsGradient(epsilon: epsilon), sums, x[1], x[2]) : nil,
        wanted[2] ? make(.selectMoment(row: Mutation.isActive(.shiftScaleSwapped) ? 0 : 1), sums) : nil,
        wanted[3] ? make(.selectMoment(row: 0), sums) : nil,
      ]
    // dx = y(D − Σ_k D_k y_k), the sum along each row
    case .softmax:
      let inner = make(.scale(-1.0), make(.sumToChannel(axis: 0), make(.multiply, d, y)))
      return [make(.multiply, make(.addChannel(axis: 0), d, inner), y)]
    case .softmaxCrossEntropy: return [make(.softmaxCrossEntropyGradient, d, x[0], x[1]), nil]
    case .meanSquaredError: return [make(.meanSquaredErrorGradient, d, x[0], x[1]), nil]
    case .clampChannel, .clampForm, .join, .selectMoment, .runningMean, .runningVariance, .batchNorm, .reluGradient,
      .sigmoidGradient, .tanhGradient,
      .convolutionBackwardData, .convolutionBackwardWeights, .packWeights, .winogradWeights, .winogradConvolution,
      .splitBands, .joinBands, .maxPoolGradient,
      .averagePoolGradient,
      .globalAveragePoolGradient, .normalizeReduce, .normalizeMomentsGradient, .normalizeInputGradient,
      .momentsGradient, .softmaxCrossEntropyGradient, .meanSquaredErrorGradient, .sgdMomentum, .sgdParameter,
      .adamFirstMoment, .adamSecondMoment, .adamParameter:
      fatalError("\(op.mnemonic) cannot stand between a parameter and the loss")
    }
  }
}
