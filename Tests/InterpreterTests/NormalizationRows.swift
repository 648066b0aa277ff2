import NNIR

// three images of one channel and two positions in two groups: {image 0}, {images 1, 2}
private let x = Operand.numbers([3, 1, 2], [1, 3, 5, 7, 9, 13])
private let dy = Operand.numbers([3, 1, 2], [1, 2, 3, 4, 5, 6])
// μ = 2, σ² = ¾ and μ = 8, σ² = 3¾: with ε = ¼ the deviations are 1 and 2, x̂ = −1 1 | −1½ −½ ½ 2½
private let statistics = Operand.numbers([2, 2, 1], [2, 0.75, 8, 3.75])
private let gamma = Operand.vector([3])

let normalizationRows: [OperationRow] = [
  // two channels of two images: (1, 3) and (10, 20)
  OperationRow(
    "one group", .moments(groups: 1), [.numbers([2, 2], [1, 10, 3, 20])], [2, 15, 1, 25], shape: [1, 2, 2]),
  // ⌊3/2⌋ = 1 image, then 2: mean 34/4, variance (12.25 + 2.25 + 0.25 + 20.25)/4
  OperationRow("groups of unequal size", .moments(groups: 2), [x], [2, 1, 8.5, 8.75], shape: [2, 2, 1]),
  // 3·x̂ + ½
  OperationRow(
    "two groups", .normalize(epsilon: 0.25), [x, statistics, gamma, .vector([0.5])], [-2.5, 3.5, -4, -1, 2, 8]),
  // Σdy = 3, Σdy·x̂ = −1 + 2; Σdy = 18, Σdy·x̂ = −4.5 − 2 + 2.5 + 15
  OperationRow("two groups", .normalizeReduce(epsilon: 0.25), [dy, x, statistics], [3, 1, 18, 11]),
  // r = 1: −3·3, −½·3·1; r = ½: −3·½·18, −½·3·¼·11
  OperationRow(
    "two groups", .normalizeMomentsGradient(epsilon: 0.25),
    [.numbers([2, 2, 1], [3, 1, 18, 11]), statistics, gamma], [-9, -1.5, -27, -4.125]),
  // 3·dy, then 1½·dy
  OperationRow("two groups", .normalizeInputGradient(epsilon: 0.25), [dy, statistics, gamma], [3, 6, 4.5, 6, 7.5, 9]),
  // (2 + 2·4(x−2))/2, then (8 + 2·16(x−8))/4
  OperationRow(
    "two groups", .momentsGradient, [.numbers([2, 2, 1], [2, 4, 8, 16]), x, statistics], [-3, 5, -22, -6, 10, 42]),
  OperationRow(
    "means", .selectMoment(row: 0), [.numbers([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])], [6, 8], shape: [2]),
  OperationRow("variances", .selectMoment(row: 1), [.numbers([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])], [10, 12]),
  // ¾·4 + ¼·(1+5)/2, ¾·8 + ¼·(2+6)/2
  OperationRow(
    "two groups", .runningMean(momentum: 0.25), [.vector([4, 8]), .numbers([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])],
    [3.75, 7]),
  // ½·1 + ½·5·5/4, ½·2 + ½·6·5/4
  OperationRow(
    "two groups", .runningVariance(momentum: 0.5, count: 5),
    [.vector([1, 2]), .numbers([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])], [3.625, 4.75]),
  // running mean 2, variance ¾: 3(x−2)/1 + ½
  OperationRow(
    "inference", .batchNorm(epsilon: 0.25, momentum: 0.1),
    [.numbers([2, 1], [1, 6]), gamma, .vector([0.5]), .vector([2]), .vector([0.75])], [-2.5, 12.5], stage: .typed),
  // batch mean 3, variance 4, ε = 12: 3(x−3)/4 + ½
  OperationRow(
    "training", .batchNorm(epsilon: 12.0, momentum: 0.1),
    [.numbers([2, 1], [1, 5]), gamma, .vector([0.5]), .vector([2]), .vector([0.75])], [-1, 2], stage: .typed,
    mode: .training),
]
