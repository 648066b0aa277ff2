import Interpreter
import NNIR
import Testing

/// Operations with a gradient operation, each against central differences in Double, which use the forward only.
@Suite("gradients against central differences")
struct GradientTests {
  /// Forward op, operands, which operand is varied, and the gradient the interpreter gives for a cotangent.
  private func check(
    _ op: Op, _ operands: [Operand], operand index: Int, bound: Double = 1e-6,
    sourceLocation: SourceLocation = #_sourceLocation, _ gradient: (Operand) throws -> [Double]
  ) throws {
    guard case .numbers(let shape, let x) = operands[index] else { return }
    func forward(_ x: [Double]) throws -> Tensor<Double> {
      var operands = operands
      operands[index] = .numbers(shape, x)
      return try Application(op: op, operands: operands).double()
    }
    let y = try forward(x)
    let cotangent = noise(y.count, "cotangent")
    let differences = try centralDifferences(at: x, cotangent: cotangent) { try forward($0).elements }
    let found = try gradient(.numbers(y.shape, cotangent))
    #expect(relativeError(found, differences) < bound, sourceLocation: sourceLocation)
  }

  /// Numbers at least 0.1 from 0 and from each other, so that no ReLU or maximum changes within a difference.
  private func awayFromKinks(_ count: Int) -> [Double] {
    let order = noise(count, "order").enumerated().sorted { $0.element < $1.element }.map(\.offset)
    return order.map { (Double($0) - Double(count) / 2 + 0.5) * 0.3 }
  }

  @Test("elementwise")
  func elementwise() throws {
    let x = Operand.vector(awayFromKinks(24))
    try check(.relu, [x], operand: 0) { try apply(.reluGradient, $0, x).elements }
    let sigmoid = Operand.vector(try apply(.sigmoid, x).elements)
    try check(.sigmoid, [x], operand: 0) { try apply(.sigmoidGradient, $0, sigmoid).elements }
    let tanh = Operand.vector(try apply(.tanh, x).elements)
    try check(.tanh, [x], operand: 0) { try apply(.tanhGradient, $0, tanh).elements }
  }

  @Test("dropout is its own adjoint")
  func dropout() throws {
    let op = Op.dropout(probability: 0.4, stream: "layer1")
    try check(op, [.vector(noise(64, "x")), .step], operand: 0) { try apply(op, $0, .step).elements }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var input: [Int]
    var weights: [Int]
    var geometry: Convolution
    var testDescription: String { "\(input) * \(weights) \(geometry)" }
  }

  @Test(
    "convolution",
    arguments: [
      Case(input: [2, 3, 7], weights: [4, 3, 3], geometry: .one(stride: 2, before: 2, after: 1)),
      Case(input: [2, 4, 9], weights: [6, 2, 3], geometry: .one(before: 1, dilation: 3, groups: 2)),
      Case(
        input: [2, 4, 5, 6], weights: [4, 2, 3, 2],
        geometry: Convolution(strides: [2, 1], padBegin: [1, 0], padEnd: [0, 2], dilations: [1, 2], groups: 2)),
      Case(input: [3, 2, 4, 4], weights: [5, 2, 1, 1], geometry: .plain(axes: 2)),
      Case(input: [1, 2, 3, 4, 3], weights: [2, 2, 2, 3, 1], geometry: .plain(axes: 3, pad: 1)),
      Case(input: [2, 4, 5, 5], weights: [4, 1, 3, 3], geometry: depthwise),
    ])
  func convolution(_ example: Case) throws {
    let x = noisy(example.input, "x")
    let w = noisy(example.weights, "w")
    let b = noisy([example.weights[0]], "b")
    let spatial = Array(example.input.dropFirst(2))
    let kernel = Array(example.weights.dropFirst(2))
    let op = Op.convolution(example.geometry)
    try check(op, [x, w, b], operand: 0) { dy in
      try apply(.convolutionBackwardData(example.geometry, spatial: spatial), dy, w).elements
    }
    try check(op, [x, w, b], operand: 1) { dy in
      try apply(.convolutionBackwardWeights(example.geometry, kernel: kernel), dy, x).elements
    }
    try check(op, [x, w, b], operand: 2) { dy in try apply(.sumToChannel(axis: 1), dy).elements }
  }

  private static let depthwise = Convolution(
    strides: [1, 1], padBegin: [1, 1], padEnd: [1, 1], dilations: [1, 1], groups: 4)

  @Test("linear and matrix products")
  func linear() throws {
    let x = noisy([3, 4], "x")
    let w = noisy([5, 4], "w")
    try check(.linear(), [x, w, noisy([5], "b")], operand: 0) { dy in
      try apply(.matmul(transposeA: false, transposeB: false), dy, w).elements
    }
    try check(.linear(), [x, w, noisy([5], "b")], operand: 1) { dy in
      try apply(.matmul(transposeA: true, transposeB: false), dy, x).elements
    }
    try check(.linear(), [x, w, noisy([5], "b")], operand: 2) { dy in
      try apply(.sumToChannel(axis: 1), dy).elements
    }
  }

  @Test(
    "pooling",
    arguments: [
      Pooling(kernel: [2, 2], strides: [2, 2], padBegin: [0, 0], padEnd: [0, 0]),
      Pooling(kernel: [3, 2], strides: [2, 1], padBegin: [1, 0], padEnd: [1, 1], ceilMode: true),
      Pooling(
        kernel: [3, 3], strides: [1, 2], padBegin: [1, 1], padEnd: [0, 1], ceilMode: true, countIncludePad: false),
    ])
  func pooling(_ pooling: Pooling) throws {
    let x = Operand.numbers([2, 2, 5, 6], awayFromKinks(120))
    try check(.maxPool(pooling), [x], operand: 0) { try apply(.maxPoolGradient(pooling), $0, x).elements }
    try check(.averagePool(pooling), [x], operand: 0) { dy in
      try apply(.averagePoolGradient(pooling, spatial: [5, 6]), dy).elements
    }
  }

  @Test("global average pool")
  func globalAveragePool() throws {
    try check(.globalAveragePool, [noisy([2, 3, 4, 5], "x")], operand: 0) { dy in
      try apply(.globalAveragePoolGradient(spatial: [4, 5]), dy).elements
    }
  }

  /// The chain that differentiation builds, judged as one: the statistics depend on x too.
  @Test("batch norm through its statistics", arguments: [1, 2, 3])
  func batchNorm(groups: Int) throws {
    let (shape, epsilon) = ([5, 3, 2, 2], Scalar(1e-3))
    let x = noise(60, "x")
    let (gamma, beta) = (noisy([3], "gamma"), noisy([3], "beta"))
    func forward(_ x: [Double]) throws -> [Double] {
      let statistics = try apply(.moments(groups: groups), .numbers(shape, x))
      return try apply(
        .normalize(epsilon: epsilon), .numbers(shape, x), .numbers(statistics.shape, statistics.elements), gamma, beta
      ).elements
    }
    let cotangent = noise(60, "cotangent")
    let dy = Operand.numbers(shape, cotangent)
    let input = Operand.numbers(shape, x)
    let statistics = Operand.numbers([groups, 2, 3], try apply(.moments(groups: groups), input).elements)
    let sums = Operand.numbers(
      [groups, 2, 3], try apply(.normalizeReduce(epsilon: epsilon), dy, input, statistics).elements)
    let adjoint = Operand.numbers(
      [groups, 2, 3], try apply(.normalizeMomentsGradient(epsilon: epsilon), sums, statistics, gamma).elements)
    let direct = try apply(.normalizeInputGradient(epsilon: epsilon), dy, statistics, gamma).elements
    let deferred = try apply(.momentsGradient, adjoint, input, statistics).elements
    let differences = try centralDifferences(at: x, cotangent: cotangent, forward)
    #expect(relativeError(zip(direct, deferred).map { $0 + $1 }, differences) < 1e-6)

    try check(.normalize(epsilon: epsilon), [input, statistics, gamma, beta], operand: 1) { dy in
      let sums = try apply(.normalizeReduce(epsilon: epsilon), dy, input, statistics)
      return try apply(
        .normalizeMomentsGradient(epsilon: epsilon), .numbers(sums.shape, sums.elements), statistics, gamma
      ).elements
    }
    try check(.normalize(epsilon: epsilon), [input, statistics, gamma, beta], operand: 2) { _ in
      try apply(.selectMoment(row: 1), sums).elements
    }
    try check(.normalize(epsilon: epsilon), [input, statistics, gamma, beta], operand: 3) { _ in
      try apply(.selectMoment(row: 0), sums).elements
    }
  }

  @Test("losses")
  func losses() throws {
    let logits = noisy([4, 5], "logits")
    let labels = Operand.labels([0, 4, 2, 2])
    try check(.softmaxCrossEntropy, [logits, labels], operand: 0) { slope in
      try apply(.softmaxCrossEntropyGradient, slope, logits, labels).elements
    }
    let (y, target) = (noisy([4, 5], "y"), noisy([4, 5], "target"))
    try check(.meanSquaredError, [y, target], operand: 0) { slope in
      try apply(.meanSquaredErrorGradient, slope, y, target).elements
    }
  }

  /// ⟨concat(a, b), dy⟩ = ⟨a, slice(dy)⟩ + ⟨b, slice(dy)⟩, and padding's adjoint is a slice.
  @Test("concat, slice and pad are adjoint")
  func shapes() throws {
    let (a, b) = (noisy([2, 1, 3], "a"), noisy([2, 2, 3], "b"))
    try check(.concat(axis: 1), [a, b], operand: 0) { dy in
      try apply(.slice(axis: 1, start: 0, count: 1), dy).elements
    }
    try check(.concat(axis: 1), [a, b], operand: 1) { dy in
      try apply(.slice(axis: 1, start: 1, count: 2), dy).elements
    }
    try check(.slice(axis: 1, start: 1, count: 1), [b], operand: 0) { dy in
      try apply(.pad(before: [0, 1, 0], after: [0, 0, 0]), dy).elements
    }
  }
}
