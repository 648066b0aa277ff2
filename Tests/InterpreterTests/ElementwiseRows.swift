import Foundation
import NNIR

private let ln2 = log(2.0)
private let ln3 = log(3.0)
private let grid = Operand.numbers([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])

/// Slopes and intercepts: both signs, no slope, and roots at ±2¹⁰⁰.
private let clampCases = [
  Operand.vector([2, -0.5, 0, 0, 0, 0x1p-100, -0x1p-100, -0x1p-100]), .vector([3, 1, 5, -5, 0, -1, 1, -1]),
]

let elementwiseRows: [OperationRow] = [
  // (0 > x) ? 0 : x leaves NaN alone
  OperationRow("NaN passes", .relu, [.vector([-1, 0, 2, .nan, -.infinity])], [0, 0, 2, .nan, 0]),
  // e^ln3 = 3: 3/(1+3) and 1/(1+3)
  OperationRow("at ±ln 3", .sigmoid, [.vector([0, ln3, -ln3, 800, -800])], [0.5, 0.75, 0.25, 1, 0]),
  // (2 − 1/2)/(2 + 1/2)
  OperationRow("at ±ln 2", .tanh, [.vector([0, ln2, -ln2, 400])], [0, 0.6, -0.6, 1]),
  OperationRow("by −2.5", .scale(-2.5), [.vector([1, -4, 0.5])], [-2.5, 10, -1.25]),
  // 1/√0.25, 1/√4
  OperationRow("ε 0.25", .reciprocalSquareRoot(epsilon: 0.25), [.vector([0, 3.75])], [2, 0.5]),
  OperationRow("sums", .add, [.vector([1.5, -2]), .vector([0.25, 8])], [1.75, 6]),
  OperationRow("differences", .subtract, [.vector([1.5, -2]), .vector([0.25, 8])], [1.25, -10]),
  OperationRow("products", .multiply, [.vector([1.5, -2]), .vector([0.25, 8])], [0.375, -16]),
  OperationRow(
    "first axis", .multiplyChannel(axis: 0), [grid, .vector([10, -1])], [10, 20, 30, 40, -5, -6, -7, -8]),
  OperationRow(
    "middle axis", .multiplyChannel(axis: 1), [grid, .vector([10, -1])], [10, 20, -3, -4, 50, 60, -7, -8]),
  OperationRow(
    "last axis", .multiplyChannel(axis: 2), [grid, .vector([10, -1])], [10, -2, 30, -4, 50, -6, 70, -8]),
  OperationRow(
    "last axis", .addChannel(axis: 2), [.numbers([2, 1, 3], [1, 2, 3, 4, 5, 6]), .vector([10, 20, 30])],
    [11, 22, 33, 14, 25, 36]),
  // NaN passes; a channel whose bounds meet is constant
  OperationRow(
    "two channels and NaN", .clampChannel(axis: 1),
    [.numbers([3, 2], [-5, 7, 0.5, .nan, 9, -7]), .vector([-1, 3]), .vector([2, 3])], [-1, 3, 0.5, .nan, 2, 3]),
  OperationRow(
    "unbounded", .clampChannel(axis: 0),
    [.vector([-.infinity, 3, 8]), .vector([-.infinity, 4, -.infinity]), .vector([.infinity, .infinity, 6])],
    [-.infinity, 4, 6]),
  // −b/a = −1½, 2, none for a = 0, and 2¹⁰⁰ beyond the reach: open from 2¹⁰⁰ on alone, or up to it
  OperationRow("lower", .clampForm(.lower), clampCases, [-1.5, -.infinity, 0, 0, 0, 0, -.infinity, 0]),
  OperationRow("upper", .clampForm(.upper), clampCases, [.infinity, 2, 0, 0, 0, 0, 0x1p100, 0]),
  OperationRow("factor", .clampForm(.factor), clampCases, [2, -0.5, 0, 0, 0, 0, -0x1p-100, 0]),
  OperationRow("shift", .clampForm(.shift), clampCases, [3, 1, 5, 0, 0, 0, 1, 0]),
  // x > 0 is false at 0 and at NaN
  OperationRow(
    "closed at 0 and NaN", .reluGradient, [.vector([5, 6, 7, 8]), .vector([1, 0, -1, .nan])], [5, 0, 0, 0]),
  // 2 · ¼ · ¾
  OperationRow("at y = ¼", .sigmoidGradient, [.vector([2]), .vector([0.25])], [0.375]),
  // 3 · (1 − ¼)
  OperationRow("at y = ½", .tanhGradient, [.vector([3]), .vector([0.5])], [2.25]),
  // uniforms of (seed 7, stream "drop", step 3) from a separate Philox written in Python:
  // 0.581 0.728 0.363 0.933 0.139 0.076 0.640 0.060; kept from ½ on, times 1/(1 − ½)
  OperationRow(
    "p ½", .dropout(probability: 0.5, stream: "drop"), [.vector([1, 2, 3, 4, 5, 6, 7, 8]), .step],
    [2, 4, 0, 8, 0, 0, 14, 0], step: 3, seed: 7),
  // the same uniforms, kept from ¼ on, times the single-precision number nearest to 4/3
  OperationRow(
    "p ¼", .dropout(probability: 0.25, stream: "drop"), [.vector([1, 2, 4, 8, 5, 6, 16, 8]), .step],
    [1, 2, 4, 8, 0, 0, 16, 0].map { $0 * Double(Float(4) / Float(3)) }, step: 3, seed: 7),
  OperationRow(
    "identity at inference", .dropout(probability: 0.5, stream: "drop"), [.vector([1, 2]), .step], [1, 2],
    stage: .typed, step: 3, seed: 7),
  OperationRow(
    "drops when a typed graph is trained", .dropout(probability: 0.5, stream: "drop"),
    [.vector([1, 2, 3, 4]), .step], [2, 4, 0, 8], stage: .typed, mode: .training, step: 3, seed: 7),
]
