import NNIR
import Testing

private let v4 = TensorType.f32([4])
private let m = TensorType.f32([2, 4])
private let image = TensorType.f32([.batch, 4, 8, 8])
private let weights = TensorType.f32([6, 4, 3, 3])
private let scalar = TensorType.f32([Extent]())
private let integer = TensorType(.i64, [])
private let labels = TensorType(.i64, [.batch])
private let logits = TensorType.f32([.batch, 10])
private let statistics = TensorType.f32([1, 2, 4])
private let geometry = Convolution(strides: [1, 1], padBegin: [1, 1], padEnd: [1, 1], dilations: [1, 1])
private let pooling = Pooling(kernel: [2, 2], strides: [2, 2], padBegin: [0, 0], padEnd: [0, 0])
private let sgd = SGD(momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0)
private let adam = Adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false)

private func with(_ change: (inout Convolution) -> Void) -> Convolution {
  var copy = geometry
  change(&copy)
  return copy
}

private func with(_ change: (inout Pooling) -> Void) -> Pooling {
  var copy = pooling
  change(&copy)
  return copy
}

@Suite("type rules")
struct TypeRuleTests {
  struct Accepted: Sendable, CustomTestStringConvertible {
    var op: Op
    var operands: [TensorType]
    var result: TensorType
    init(_ op: Op, _ operands: [TensorType], _ result: TensorType) {
      self.op = op
      self.operands = operands
      self.result = result
    }
    var testDescription: String { "\(op.mnemonic) \(operands)" }
  }

  /// A convolution of kernels of 3 that keeps extents, with packed weights.
  private static func inLanes(axes: Int, groups: Int = 1) -> Convolution {
    let ones = [Int](repeating: 1, count: axes)
    var geometry = Convolution(strides: ones, padBegin: ones, padEnd: ones, dilations: ones, groups: groups)
    geometry.packed = .lanes
    return geometry
  }

  /// A convolution of kernels of 3 that keeps the extents of images in bands, or halves them.
  private static func ofBands(_ bands: Int, stride: Int = 1, pad: Int = 1, axes: Int = 2) -> Convolution {
    func each(_ value: Int) -> [Int] { [Int](repeating: value, count: axes) }
    var geometry = Convolution(strides: each(stride), padBegin: each(pad), padEnd: each(pad), dilations: each(1))
    geometry.bands = bands
    return geometry
  }

  // extents worked out by hand from the definitions in Op.swift
  @Test(arguments: [
    Accepted(.convolution(geometry), [image, weights], .f32([.batch, 6, 8, 8])),
    // ⌊(8 + 1 − (2·2+1))/3⌋ + 1 = 2 and ⌊(8 + 3 − 3)/2⌋ + 1 = 5
    Accepted(
      .convolution(Convolution(strides: [3, 2], padBegin: [1, 0], padEnd: [0, 3], dilations: [2, 1], groups: 2)),
      [image, .f32([6, 2, 3, 3]), .f32([6])], .f32([.batch, 6, 2, 5])),
    Accepted(
      .convolutionBackwardData(geometry, spatial: [8, 8]), [.f32([.batch, 6, 8, 8]), weights], image),
    Accepted(.convolution(inLanes(axes: 2)), [image, .f32([48, 4, 3, 3])], .f32([.batch, 48, 8, 8])),
    // 24 lines in 3 bands of 8; 12 lines of every other one in 3 bands of 4
    Accepted(.convolution(ofBands(3, stride: 2)), [.f32([6, 4, 8, 8]), weights], .f32([6, 6, 4, 4])),
    Accepted(.splitBands(3), [.f32([2, 4, 24, 5])], .f32([6, 4, 8, 5])),
    Accepted(.joinBands(3), [.f32([6, 4, 8, 5])], .f32([2, 4, 24, 5])),
    Accepted(.convolutionBackwardWeights(geometry, kernel: [3, 3]), [.f32([.batch, 6, 8, 8]), image], weights),
    // 8 + 1 + 2 − 2 = 9 and 8 + 0 + 0 − 2 = 6
    Accepted(
      .winogradConvolution(padBegin: [1, 0], padEnd: [2, 0]), [image, .f32([36, 6, 4]), .f32([6])],
      .f32([.batch, 6, 9, 6])),
    Accepted(
      .winogradConvolution(padBegin: [0, 0], padEnd: [2, 0], bands: 2), [.f32([4, 4, 8, 8]), .f32([36, 6, 4])],
      .f32([4, 6, 8, 6])),
    Accepted(.winogradWeights(.four, transposed: false), [weights], .f32([36, 6, 4])),
    Accepted(.winogradWeights(.four, transposed: true), [weights], .f32([36, 4, 6])),
    Accepted(.winogradWeights(.two, transposed: true), [weights], .f32([16, 4, 6])),
    Accepted(
      .winogradConvolution(padBegin: [1, 1], padEnd: [1, 1]), [image, .f32([16, 6, 4])], .f32([.batch, 6, 8, 8])),
    Accepted(.packWeights(groups: 2, .rows), [.f32([6, 2, 3, 3])], .f32([6, 2, 3, 3])),
    Accepted(.linear(), [.f32([.batch, 4]), .f32([10, 4]), .f32([10])], logits),
    Accepted(.matmul(transposeA: true, transposeB: false), [logits, .f32([.batch, 4])], .f32([10, 4])),
    Accepted(.maxPool(pooling), [image], .f32([.batch, 4, 4, 4])),
    // 8 + 1 + 1 − 3 = 7 over 2: 4 windows, 5 when rounding up; the fifth begins at 8 − 1 < 8
    Accepted(
      .averagePool(
        Pooling(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1], ceilMode: true)), [image],
      .f32([.batch, 4, 5, 5])),
    Accepted(.globalAveragePool, [image], .f32([.batch, 4])),
    Accepted(.globalAveragePoolGradient(spatial: [8, 8]), [.f32([.batch, 4])], image),
    Accepted(.concat(axis: 1), [image, .f32([.batch, 3, 8, 8])], .f32([.batch, 7, 8, 8])),
    Accepted(.pad(before: [0, 1, 0, 0], after: [0, 0, 0, 2]), [image], .f32([.batch, 5, 8, 10])),
    Accepted(.reshape([.batch, 256]), [image], .f32([.batch, 256])),
    Accepted(.moments(groups: 3), [image], .f32([3, 2, 4])),
    Accepted(.batchNorm(epsilon: 1e-5, momentum: 0.1), [.f32([.batch, 4]), v4, v4, v4, v4], .f32([.batch, 4])),
    Accepted(.softmaxCrossEntropy, [logits, labels], scalar),
    Accepted(.meanSquaredError, [logits, logits], scalar),
  ])
  func accepted(_ example: Accepted) throws {
    #expect(try inferType(example.op, example.operands) == example.result)
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    var op: Op
    var operands: [TensorType]
    var message: String
    init(_ op: Op, _ operands: [TensorType], _ message: String) {
      self.op = op
      self.operands = operands
      self.message = message
    }
    var testDescription: String { "\(op.mnemonic): \(message)" }
  }

  @Test(arguments: refusals)
  func refused(_ example: Refused) {
    let error = #expect(throws: TypeError.self) { try inferType(example.op, example.operands) }
    #expect(error?.message == "\(example.op.mnemonic): \(example.message)")
  }

  @Test("every operation is refused something, and the wrong number of operands")
  func coverage() {
    let tested = Set(Self.refusals.map(\.op.mnemonic))
    #expect(Op.mnemonics.filter { !tested.contains($0) } == [])
    for op in Self.refusals.map(\.op) where !op.isSource {
      let error = #expect(throws: TypeError.self) { try inferType(op, []) }
      #expect(error?.message.contains("operands, found 0") == true)
    }
  }

  static let refusals: [Refused] = sources + elementwise + linearAlgebra + poolingAndShape + norms + lossesAndUpdates

  private static let sources: [Refused] = [
    .input, .labels, .target, .parameter(name: "w", initializer: .xavierUniform),
    .state(name: "s", initializer: .xavierUniform), .slot(name: "w", kind: .momentum), .prepared(name: "p"),
    .fill(1.0), .learningRate, .stepNumber,
  ].map { (op: Op) in Refused(op, [], "has no operands to infer a type from; write its type") }

  private static let elementwise: [Refused] =
    [Op.relu, .sigmoid, .tanh, .scale(2.0), .reciprocalSquareRoot(epsilon: 1.0)].map {
      Refused($0, [labels], "expected f32 elements, found i64[N]")
    }
    + [Op.add, .subtract, .multiply, .reluGradient, .sigmoidGradient, .tanhGradient, .join(Gate(0))].map {
      Refused($0, [v4, m], "shape 4 does not match 2×4")
    } + [
      Refused(.relu, [v4, v4], "expected 1 operands, found 2"),
      Refused(.multiplyChannel(axis: 2), [m, v4], "axis 2 is not an axis of 2×4"),
      Refused(.addChannel(axis: 0), [m, v4], "expected a vector of 2 elements, found 4"),
      Refused(
        .dropout(probability: 1.0, stream: "d"), [v4, integer], "expected a probability in 0 ..< 1, found 1.0"),
      Refused(
        .dropout(probability: Scalar(.nan), stream: "d"), [v4, integer],
        "expected a probability in 0 ..< 1, found nan"),
      Refused(.dropout(probability: 0.5, stream: "d"), [v4, scalar], "expected a scalar i64[], found f32[]"),
    ]

  private static let linearAlgebra: [Refused] = [
    Refused(
      .convolution(geometry), [m, weights], "expected batch, channels and at least one spatial axis, found 2×4"),
    Refused(
      .convolution(geometry), [.f32([4, .batch, 8, 8]), weights],
      "expected the batch on the first axis only, found 4×N×8×8"),
    Refused(
      .convolution(geometry), [image, .f32([6, 4, 3])],
      "expected weights [out, in/groups, kernel…] of 4 axes, found 6×4×3"),
    Refused(
      .convolution(geometry), [image, .f32([6, 3, 3, 3])],
      "weights for 3 input channels do not match 4 channels of N×4×8×8"),
    Refused(
      .convolution(with { $0.groups = 4 }), [image, .f32([6, 1, 3, 3])],
      "expected output channels divisible by 4 groups, found 6"),
    Refused(.convolution(geometry), [image, weights, v4], "expected a vector of 6 elements, found 4"),
    Refused(
      .convolution(geometry), [image, .f32([6, 4, 11, 3])],
      "a kernel that reaches over 11 positions does not fit into 8 plus padding 1 and 1"),
    Refused(
      .convolution(with { $0.strides = [0, 1] }), [image, weights], "expected strides of at least 1, found [0, 1]"),
    Refused(
      .convolution(with { $0.padEnd = [0, -1] }), [image, weights],
      "expected padding of at least 0, found [1, 1, 0, -1]"),
    Refused(
      .convolution(with { $0.dilations = [1] }), [image, weights],
      "expected strides, pads and dilations for the same number of axes"),
    Refused(.convolution(with { $0.groups = 0 }), [image, weights], "expected groups of at least 1, found [0]"),
    Refused(
      .convolutionBackwardData(geometry, spatial: [9, 8]), [.f32([.batch, 6, 8, 8]), weights],
      "expected f32[N,6,9,8], found f32[N,6,8,8]"),
    Refused(
      .convolutionBackwardData(geometry, spatial: [8]), [.f32([.batch, 6, 8, 8]), weights],
      "expected one spatial extent and one stride an axis of N×6×8×8, found [8]"),
    Refused(
      .convolutionBackwardWeights(geometry, kernel: [3]), [image, image], "expected one kernel extent an axis"),
    Refused(
      .convolutionBackwardWeights(geometry, kernel: [3, 1]), [image, image],
      "expected f32[N,4,8,10], found f32[N,4,8,8]"),
    Refused(
      .winogradWeights(.two, transposed: false), [.f32([6, 4, 3, 1])], "expected weights [out, in, 3, 3], found 6×4×3×1"
    ),
    Refused(
      .packWeights(groups: 4, .lanes), [.f32([6, 2, 3])], "expected output channels divisible by 4 groups, found 6×2×3"),
    Refused(
      .convolution(inLanes(axes: 2, groups: 2)), [image, .f32([48, 2, 3, 3])],
      "expected a multiple of 16 outputs in lanes, found 24 of each group"),
    Refused(
      .convolution(inLanes(axes: 3)), [.f32([.batch, 4, 8, 8, 8]), .f32([16, 4, 3, 3, 3])],
      "expected at most two spatial axes for outputs in lanes"),
    Refused(
      .convolution(ofBands(3)), [image, weights], "expected f32[N, C, H, W] of images in 3 bands each, found N×4×8×8"),
    Refused(
      .convolution(ofBands(3)), [.f32([4, 4, 8, 8]), weights],
      "expected f32[N, C, H, W] of images in 3 bands each, found 4×4×8×8"),
    Refused(
      .convolution(ofBands(2, pad: 0)), [.f32([4, 4, 8, 8]), weights],
      "expected bands whose lines give lines of the same band, found 14 lines of 16"),
    Refused(
      .convolution(ofBands(2, pad: 2)), [.f32([4, 4, 1, 8]), .f32([6, 4, 5, 5])],
      "expected windows that reach no further than the next band, 1 of its lines at most, found 2"),
    // taps read two lines of the next band, which has two, but the strip's second phase a third
    Refused(
      .convolution(
        with {
          $0.strides = [2, 2]
          $0.padEnd = [2, 1]
          $0.bands = 2
        }),
      [.f32([4, 4, 2, 8]), .f32([6, 4, 5, 3])],
      "expected windows that reach no further than the next band, 2 of its lines at most, found 3"),
    Refused(
      .convolution(ofBands(2, axes: 1)), [.f32([4, 4, 8]), .f32([6, 4, 3])],
      "expected f32[N, C, H, W] of images in 2 bands each, found 4×4×8"),
    Refused(.convolution(ofBands(0)), [.f32([4, 4, 8, 8]), weights], "expected bands of at least 1, found [0]"),
    Refused(
      .convolutionBackwardData(ofBands(2), spatial: [8, 8]), [.f32([4, 6, 8, 8]), weights],
      "expected whole images, found 2 bands"),
    Refused(
      .convolutionBackwardWeights(ofBands(2), kernel: [3, 3]), [.f32([4, 6, 8, 8]), .f32([4, 4, 8, 8])],
      "expected whole images, found 2 bands"),
    Refused(
      .splitBands(3), [.f32([2, 4, 8, 8])], "expected f32[N, C, H, W] with lines for 3 equal bands, found 2×4×8×8"),
    Refused(.splitBands(0), [.f32([2, 4, 8, 8])], "expected bands of at least 1, found [0]"),
    Refused(.joinBands(2), [m], "expected f32[N, C, H, W] of images in 2 bands each, found 2×4"),
    Refused(.packWeights(groups: 1, .rows), [.f32([6])], "expected weights [out, in, kernel…], found 6"),
    Refused(
      .winogradConvolution(padBegin: [1, 1], padEnd: [1, 1]), [image, .f32([36, 6, 5])],
      "expected transformed weights [16 or 36, out, 4], found 36×6×5"),
    Refused(.linear(), [image, m], "expected 2 axes, found N×4×8×8"),
    Refused(.linear(), [m, .f32([10, 5])], "weights for 5 inputs do not match 4 features of 2×4"),
    Refused(.linear(), [m, .f32([10, 4]), v4], "expected a vector of 10 elements, found 4"),
    Refused(.matmul(transposeA: false, transposeB: false), [m, m], "inner extents 4 and 2 do not match"),
    Refused(.sumToChannel(axis: -1), [m], "axis -1 is not an axis of 2×4"),
  ]

  private static let poolingAndShape: [Refused] = [
    Refused(.maxPool(pooling), [.f32([2, 4, 8])], "expected 2 spatial axes, found 2×4×8"),
    Refused(.maxPool(pooling), [.f32([2, 4, .batch, 8])], "expected the batch on the first axis only, found 2×4×N×8"),
    Refused(
      .averagePool(with { $0.kernel = [9, 1] }), [image],
      "a window of 9×1 does not fit into 8×8, or its padding exceeds half of it"),
    Refused(
      .maxPool(with { $0.padEnd = [2, 0] }), [image],
      "a window of 2×2 does not fit into 8×8, or its padding exceeds half of it"),
    Refused(
      .maxPool(with { $0.strides = [2, 0] }), [image],
      "expected kernel and strides of at least 1, found [2, 2, 2, 0]"),
    Refused(.maxPoolGradient(pooling), [image, image], "expected f32[N,4,4,4], found f32[N,4,8,8]"),
    Refused(
      .averagePoolGradient(pooling, spatial: [8, 8]), [image], "expected f32[N,4,4,4], found f32[N,4,8,8]"),
    Refused(
      .averagePoolGradient(pooling, spatial: [0, 8]), [image], "expected spatial extents of at least 1, found [0, 8]"),
    Refused(.globalAveragePool, [m], "expected batch, channels and at least one spatial axis, found 2×4"),
    Refused(.globalAveragePoolGradient(spatial: [8]), [image], "expected 2 axes, found N×4×8×8"),
    Refused(.concat(axis: 1), [m, v4], "1 axes do not match 2"),
    Refused(.concat(axis: 1), [image, .f32([.batch, 4, 4, 4])], "spatial size 8×8 does not match 4×4"),
    Refused(.concat(axis: 1), [m, .f32([3, 4])], "shape 2×4 does not match 3×4"),
    Refused(.concat(axis: 0), [image, image], "cannot join along the batch"),
    Refused(.slice(axis: 1, start: 3, count: 2), [m], "expected a range inside 0 ..< 4, found 2 from 3"),
    Refused(.slice(axis: 1, start: 0, count: 0), [m], "expected a range inside 0 ..< 4, found 0 from 0"),
    Refused(.slice(axis: 0, start: 0, count: 1), [image], "cannot slice along the batch"),
    Refused(.pad(before: [1], after: [1]), [m], "expected padding for 2 axes, found 1 and 1"),
    Refused(.pad(before: [1, 0, 0, 0], after: [0, 0, 0, 0]), [image], "cannot pad the batch"),
    Refused(.reshape([9]), [m], "2×4 does not have as many elements as 9"),
    Refused(.reshape([256]), [image], "N×4×8×8 does not have as many elements as 256"),
  ]

  private static let norms: [Refused] = [
    Refused(
      .batchNorm(epsilon: 1e-5, momentum: 0.1), [image, v4, v4, v4, .f32([5])],
      "expected a vector of 4 elements, found 5"),
    Refused(.clampChannel(axis: 1), [image, v4, .f32([5])], "expected a vector of 4 elements, found 5"),
    Refused(.clampForm(.lower), [m, m], "expected 1 axes, found 2×4"),
    Refused(.moments(groups: 0), [image], "expected at least 1 group, found 0"),
    Refused(.moments(groups: 1), [v4], "expected batch and channels, found 4"),
    Refused(.normalize(epsilon: 1e-5), [image, m, v4, v4], "expected moments f32[groups,2,C], found f32[2,4]"),
    Refused(
      .normalize(epsilon: 1e-5), [image, .f32([1, 2, 5]), v4, v4],
      "expected moments of 4 channels, found f32[1,2,5]"),
    Refused(.normalizeReduce(epsilon: 1e-5), [m, image, statistics], "shape 2×4 does not match N×4×8×8"),
    Refused(
      .normalizeMomentsGradient(epsilon: 1e-5), [statistics, statistics, .f32([5])],
      "expected a vector of 4 elements, found 5"),
    Refused(
      .normalizeInputGradient(epsilon: 1e-5), [image, statistics, m], "expected a vector of 4 elements, found 2×4"),
    Refused(.momentsGradient, [statistics, image, .f32([2, 2, 4])], "shape 1×2×4 does not match 2×2×4"),
    Refused(.selectMoment(row: 2), [statistics], "expected row 0 or 1, found 2"),
    Refused(.runningMean(momentum: 0.1), [.f32([5]), statistics], "expected a vector of 4 elements, found 5"),
    Refused(.runningVariance(momentum: 0.1, count: 4), [v4, v4], "expected moments f32[groups,2,C], found f32[4]"),
  ]

  private static let lossesAndUpdates: [Refused] =
    [Op.softmax].map { Refused($0, [v4], "expected 2 axes, found 4") } + [
      Refused(
        .softmaxCrossEntropy, [logits, TensorType(.i64, [4])],
        "expected one i64 label for each row of f32[N,10], found i64[4]"),
      Refused(.softmaxCrossEntropyGradient, [v4, logits, labels], "expected a scalar f32[], found f32[4]"),
      Refused(.meanSquaredError, [m, v4], "shape 2×4 does not match 4"),
      Refused(.meanSquaredErrorGradient, [m, m, m], "expected a scalar f32[], found f32[2,4]"),
      Refused(.sgdMomentum(sgd), [v4, v4, v4, scalar], "expected a scalar i64[], found f32[]"),
      Refused(.sgdParameter(sgd), [v4, m, scalar], "shape 4 does not match 2×4"),
      Refused(.sgdParameter(sgd), [v4, v4, integer], "expected a scalar f32[], found i64[]"),
      Refused(.adamFirstMoment(adam), [v4, v4, m], "shape 4 does not match 2×4"),
      Refused(.adamSecondMoment(adam), [v4, m, v4], "shape 4 does not match 2×4"),
      Refused(.adamParameter(adam), [v4, v4, v4, scalar, scalar], "expected a scalar i64[], found f32[]"),
    ]
}
