import NNIR

private let a = Operand.numbers([3, 2], [1, 2, 3, 4, 5, 6])
private let b = Operand.numbers([2, 3], [1, 0, 2, 0, 1, 3])
private let x = Operand.numbers([1, 2], [2, 3])
private let w = Operand.numbers([3, 2], [1, 0, 0, 1, 1, 1])

// rows times columns, worked out by hand
let matrixRows: [OperationRow] = [
  OperationRow("with bias", .linear(), [x, w, .vector([0.5, -0.5, 0])], [2.5, 2.5, 5], shape: [1, 3]),
  OperationRow("without bias", .linear(), [x, w], [2, 3, 5], shape: [1, 3]),
  // packing changes where numbers lie, not what they are
  OperationRow("packed", .packWeights(groups: 1, .rows), [w], [1, 0, 0, 1, 1, 1], shape: [3, 2]),
  OperationRow(
    "a·b", .matmul(transposeA: false, transposeB: false), [a, b], [1, 2, 8, 3, 4, 18, 5, 6, 28], shape: [3, 3]),
  OperationRow("aᵀ·a", .matmul(transposeA: true, transposeB: false), [a, a], [35, 44, 44, 56], shape: [2, 2]),
  OperationRow(
    "a·aᵀ", .matmul(transposeA: false, transposeB: true), [a, a], [5, 11, 17, 11, 25, 39, 17, 39, 61],
    shape: [3, 3]),
  // (1 3 5; 2 4 6) · (1 0; 0 1; 2 3)
  OperationRow("aᵀ·bᵀ", .matmul(transposeA: true, transposeB: true), [a, b], [11, 18, 14, 22], shape: [2, 2]),
  // 1+2+5+6 and 3+4+7+8
  OperationRow(
    "middle axis", .sumToChannel(axis: 1), [.numbers([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])], [14, 22], shape: [2]),
  OperationRow("only axis", .sumToChannel(axis: 0), [.vector([3, 4])], [3, 4]),
]

// One axis, two channels, stride 2, one zero before, dilation 2: window 0 reads positions −1 and 1, window 1 reads
// 1 and 3.
private let geometry = Convolution.one(stride: 2, before: 1, dilation: 2)
private let signal = Operand.numbers([1, 2, 5], [1, 2, 3, 4, 5, 10, 20, 30, 40, 50])
private let filter = Operand.numbers([1, 2, 2], [1, -1, 0.25, 0.5])
private let slope = Operand.numbers([1, 1, 2], [1, 10])

let convolutionRows: [OperationRow] = [
  // cross-correlation of a delta at the centre gives the filter back to front
  OperationRow(
    "of a delta", .convolution(.plain(axes: 2, pad: 1)),
    [
      .numbers([1, 1, 3, 3], [0, 0, 0, 0, 1, 0, 0, 0, 0]), .numbers([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ], [9, 8, 7, 6, 5, 4, 3, 2, 1], shape: [1, 1, 3, 3]),
  // −2 + 20/2; 2 − 4 + 20/4 + 40/2; plus ½
  OperationRow(
    "stride, padding, dilation, bias", .convolution(geometry), [signal, filter, .vector([0.5])], [8.5, 23.5],
    shape: [1, 1, 2]),
  // 1 + 2·10; 3·100 + 4·1000
  OperationRow(
    "groups", .convolution(.one(groups: 2)),
    [.numbers([1, 4, 1], [1, 2, 3, 4]), .numbers([2, 2, 1], [1, 10, 100, 1000])], [21, 4300], shape: [1, 2, 1]),
  // 1 + … + 8
  OperationRow(
    "three axes", .convolution(.plain(axes: 3)),
    [
      .numbers([1, 1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
      .numbers([1, 1, 2, 2, 2], [Double](repeating: 1, count: 8)),
    ], [36], shape: [1, 1, 1, 1, 1]),
  // unequal axes: [1 2 3; 4 5 6] with a 1×2 filter (1, 10), stride (1, 2), one zero after each row
  OperationRow(
    "asymmetric axes",
    .convolution(Convolution(strides: [1, 2], padBegin: [0, 0], padEnd: [0, 1], dilations: [1, 1])),
    [.numbers([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]), .numbers([1, 1, 1, 2], [1, 10])], [21, 3, 54, 6],
    shape: [1, 1, 2, 2]),
  // position 1 gets tap 1 of window 0 and tap 0 of window 1, position 3 gets tap 1 of window 1
  OperationRow(
    "stride, padding, dilation", .convolutionBackwardData(geometry, spatial: [5]), [slope, filter],
    [0, 9, 0, -10, 0, 0, 3, 0, 5, 0], shape: [1, 2, 5]),
  // tap 0: 10·x[1]; tap 1: x[1] + 10·x[3]
  OperationRow(
    "stride, padding, dilation", .convolutionBackwardWeights(geometry, kernel: [2]), [slope, signal],
    [20, 42, 200, 420], shape: [1, 2, 2]),
  // two images add up
  OperationRow(
    "batch", .convolutionBackwardWeights(.one(), kernel: [1]),
    [.numbers([2, 1, 2], [1, 2, 3, 4]), .numbers([2, 1, 2], [1, 10, 100, 1000])], [4321]),
]
