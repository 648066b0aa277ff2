import Foundation
import NNIR

private let ln3 = log(3.0)
private let logits = Operand.numbers([2, 2], [0, ln3, ln3, 0])

let lossRows: [OperationRow] = [
  // 1/(1+3) and 3/(1+3); huge logits do not overflow
  OperationRow("stable", .softmax, [.numbers([2, 2], [0, ln3, 1000, 1000])], [0.25, 0.75, 0.5, 0.5]),
  OperationRow("NaN spreads in its row only", .softmax, [.numbers([2, 2], [.nan, 1, 5, 5])], [.nan, .nan, 0.5, 0.5]),
  // −ln ¼ and −ln ¾
  OperationRow("two images", .softmaxCrossEntropy, [logits, .labels([0, 0])], [(log(4) + log(4.0 / 3)) / 2]),
  OperationRow("stable", .softmaxCrossEntropy, [.numbers([1, 2], [1000, 0]), .labels([1])], [1000]),
  // (¼ − 1, ¾) and (¾ − 1, ¼), times 2/2
  OperationRow(
    "two images", .softmaxCrossEntropyGradient, [.scalar(2), logits, .labels([0, 0])], [-0.75, 0.75, -0.25, 0.25]),
  // (1 + 0 + 4)/3
  OperationRow("three elements", .meanSquaredError, [.vector([1, 2, 3]), .vector([2, 2, 5])], [5.0 / 3], shape: []),
  // 2·(−1, 0, −2)·3/3
  OperationRow(
    "three elements", .meanSquaredErrorGradient, [.scalar(3), .vector([1, 2, 3]), .vector([2, 2, 5])], [-2, 0, -4]),
]

private func sgd(_ momentum: Double, dampening: Double = 0, nesterov: Bool = false) -> SGD {
  SGD(momentum: momentum, dampening: dampening, nesterov: nesterov, weightDecay: 0.5)
}

private func adam(decoupled: Bool, epsilon: Double = 1) -> Adam {
  Adam(beta1: 0.5, beta2: 0.75, epsilon: epsilon, weightDecay: 0.5, decoupled: decoupled)
}

// w = 2, g = 1, weight decay ½: the decayed gradient is 2
private let w = Operand.vector([2])
private let g = Operand.vector([1])

let optimizerRows: [OperationRow] = [
  // dampening does not apply to the first step, and what the slot held is ignored
  OperationRow("first step", .sgdMomentum(sgd(0.75, dampening: 0.5)), [w, g, .vector([8]), .step], [2]),
  // ¾·8 + ½·2
  OperationRow("later step", .sgdMomentum(sgd(0.75, dampening: 0.5)), [w, g, .vector([8]), .step], [7], step: 4),
  // 2 − ½·(1 + ½·2)
  OperationRow("without momentum", .sgdParameter(sgd(0)), [w, g, .scalar(0.5)], [1]),
  // 2 − ½·8
  OperationRow("momentum", .sgdParameter(sgd(0.75)), [w, g, .vector([8]), .scalar(0.5)], [-2]),
  // 2 − ½·(2 + ¾·8)
  OperationRow("Nesterov", .sgdParameter(sgd(0.75, nesterov: true)), [w, g, .vector([8]), .scalar(0.5)], [-2]),
  OperationRow("Nesterov", .sgdParameter(sgd(0.25, nesterov: true)), [w, g, .vector([8]), .scalar(0.5)], [0]),
  // ½·4 + ½·2; decoupled ½·4 + ½·1
  OperationRow("coupled decay", .adamFirstMoment(adam(decoupled: false)), [w, g, .vector([4])], [3]),
  OperationRow("decoupled decay", .adamFirstMoment(adam(decoupled: true)), [w, g, .vector([4])], [2.5]),
  // ¾·8 + ¼·4; decoupled ¾·8 + ¼·1
  OperationRow("coupled decay", .adamSecondMoment(adam(decoupled: false)), [w, g, .vector([8])], [7]),
  OperationRow("decoupled decay", .adamSecondMoment(adam(decoupled: true)), [w, g, .vector([8])], [6.25]),
  // t = 2: m′ = 1½/(1−¼) = 2, v′ = 7/(1−9/16) = 16; 2/(4+1) = 0.4; decay only where decoupled: 2·(1−¼)
  OperationRow(
    "coupled decay", .adamParameter(adam(decoupled: false)),
    [w, .vector([1.5]), .vector([7]), .scalar(0.5), .step], [1.8], step: 1),
  OperationRow(
    "decoupled decay", .adamParameter(adam(decoupled: true)),
    [w, .vector([1.5]), .vector([7]), .scalar(0.5), .step], [1.3], step: 1),
  // t = 1: m′ = 1/½, v′ = ¼/¼; 2/(1+1)
  OperationRow(
    "first step", .adamParameter(adam(decoupled: false)), [w, .vector([1]), .vector([0.25]), .scalar(0.5), .step],
    [1.5]),
]
