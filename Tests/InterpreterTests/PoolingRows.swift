import NNIR

private func signal(_ values: [Double]) -> Operand { .numbers([1, 1, values.count], values) }

let poolingRows: [OperationRow] = [
  OperationRow("NaN passes", .maxPool(.one(2, stride: 2)), [signal([1, 3, 3, 2, .nan, 0])], [3, 3, .nan]),
  OperationRow(
    "padding never wins", .maxPool(.one(2, stride: 1, before: 1, after: 1)), [signal([-5, -3])], [-5, -3, -3]),
  // windows start at 0 and 2 when rounding up, at 0 only otherwise
  OperationRow("ceil mode", .maxPool(.one(2, stride: 2, ceil: true)), [signal([1, 2, 3])], [2, 3]),
  OperationRow("floor mode", .maxPool(.one(2, stride: 2)), [signal([1, 2, 3])], [2]),
  OperationRow(
    "two axes", .maxPool(Pooling(kernel: [2, 1], strides: [1, 2], padBegin: [0, 0], padEnd: [0, 0])),
    [.numbers([1, 1, 2, 3], [1, 9, 3, 4, 5, -6])], [4, 3], shape: [1, 1, 1, 2]),
  OperationRow(
    "ties go to the first", .maxPoolGradient(.one(2, stride: 1)), [signal([1, 10]), signal([3, 3, 3])], [1, 10, 0]),
  OperationRow(
    "ties in two axes",
    .maxPoolGradient(Pooling(kernel: [2, 2], strides: [1, 1], padBegin: [0, 0], padEnd: [0, 0])),
    [.numbers([1, 1, 1, 1], [7]), .numbers([1, 1, 2, 2], [2, 3, 3, 3])], [0, 7, 0, 0]),
  OperationRow(
    "overlaps add, NaN wins", .maxPoolGradient(.one(3, stride: 1)), [signal([1, 10]), signal([1, .nan, 5, 2])],
    [0, 11, 0, 0]),
  // PyTorch's AvgPool1d(3, 2, 1, ceil_mode): windows from −1, 1, 3; the last holds one number and one padding
  OperationRow(
    "ceil mode, padding counts", .averagePool(.one(3, stride: 2, before: 1, after: 1, ceil: true)),
    [signal([1, 2, 3, 4])], [1, 3, 2]),
  OperationRow(
    "ceil mode, padding does not count",
    .averagePool(.one(3, stride: 2, before: 1, after: 1, ceil: true, countPad: false)), [signal([1, 2, 3, 4])],
    [1.5, 3, 4]),
  // a third window would begin in the end padding and is dropped
  OperationRow(
    "ceil mode, last window dropped", .averagePool(.one(2, stride: 2, before: 1, after: 1, ceil: true)),
    [signal([2, 4, 6])], [1, 5]),
  OperationRow(
    "two axes", .averagePool(Pooling(kernel: [2, 2], strides: [2, 2], padBegin: [0, 0], padEnd: [0, 0])),
    [.numbers([1, 2, 2, 2], [1, 2, 3, 4, 10, 20, 30, 40])], [2.5, 25], shape: [1, 2, 1, 1]),
  // shares 1, 2 and 4 of windows that read positions 0–1, 1–3 and 3
  OperationRow(
    "ceil mode, padding counts",
    .averagePoolGradient(.one(3, stride: 2, before: 1, after: 1, ceil: true), spatial: [4]), [signal([3, 6, 8])],
    [1, 3, 2, 6]),
  OperationRow(
    "padding does not count",
    .averagePoolGradient(.one(3, stride: 2, before: 1, after: 1, ceil: true, countPad: false), spatial: [4]),
    [signal([2, 6, 8])], [1, 3, 2, 10]),
  OperationRow(
    "two channels", .globalAveragePool, [.numbers([1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])], [2.5, 6.5],
    shape: [1, 2]),
  OperationRow(
    "two channels", .globalAveragePoolGradient(spatial: [2, 2]), [.numbers([1, 2], [4, 8])],
    [1, 1, 1, 1, 2, 2, 2, 2], shape: [1, 2, 2, 2]),
]

/// Four lines of one column, with a kernel of three ones.
private let ofBands: Op = {
  var geometry = Convolution(strides: [1, 1], padBegin: [1, 0], padEnd: [1, 0], dilations: [1, 1])
  geometry.bands = 2
  return .convolution(geometry)
}()

private let grid = Operand.numbers([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])

let shapeRows: [OperationRow] = [
  OperationRow(
    "two channels", .splitBands(2), [.numbers([1, 2, 4, 1], [1, 2, 3, 4, 5, 6, 7, 8])], [1, 2, 5, 6, 3, 4, 7, 8],
    shape: [2, 2, 2, 1]),
  OperationRow(
    "two channels", .joinBands(2), [.numbers([2, 2, 2, 1], [1, 2, 5, 6, 3, 4, 7, 8])], [1, 2, 3, 4, 5, 6, 7, 8],
    shape: [1, 2, 4, 1]),
  // 1 + 2, 1 + 2 + 3, 2 + 3 + 4, 3 + 4: zeros around the image alone
  OperationRow(
    "lines of the next band", ofBands,
    [.numbers([2, 1, 2, 1], [1, 2, 3, 4]), .numbers([1, 1, 3, 1], [1, 1, 1])], [3, 6, 9, 7], shape: [2, 1, 2, 1]),
  OperationRow("open unless said otherwise", .join(Gate(0)), [.vector([1, 2]), .vector([3, 4])], [1, 2]),
  OperationRow("open", .join(Gate(1)), [.vector([1, 2]), .vector([3, 4])], [1, 2], gates: [false, true]),
  OperationRow("closed", .join(Gate(1)), [.vector([1, 2]), .vector([3, 4])], [3, 4], gates: [true, false]),
  OperationRow(
    "closed before step", .join(Gate(0)), [.vector([1, 2]), .vector([3, 4])], [3, 4], stage: .typed, mode: .training,
    gates: [false]),
  // 1/4·1 + 3/4·3 and 1/4·2 + 3/4·4
  OperationRow(
    "expected for inference", .join(Gate(0)), [.vector([1, 2]), .vector([3, 4])], [2.5, 3.5], stage: .typed,
    gates: [false]),
  OperationRow(
    "middle axis", .concat(axis: 1), [.numbers([2, 1, 2], [10, 20, 30, 40]), grid],
    [10, 20, 1, 2, 3, 4, 30, 40, 5, 6, 7, 8], shape: [2, 3, 2]),
  OperationRow("first axis", .concat(axis: 0), [.vector([1, 2]), .vector([3]), .vector([4, 5])], [1, 2, 3, 4, 5]),
  OperationRow("middle axis", .slice(axis: 1, start: 1, count: 1), [grid], [3, 4, 7, 8], shape: [2, 1, 2]),
  OperationRow("last axis", .slice(axis: 2, start: 0, count: 1), [grid], [1, 3, 5, 7], shape: [2, 2, 1]),
  OperationRow(
    "both axes", .pad(before: [1, 0], after: [0, 2]), [.numbers([1, 2], [5, 6])], [0, 0, 0, 0, 5, 6, 0, 0],
    shape: [2, 4]),
  OperationRow("row-major order stays", .reshape([4, 2]), [grid], [1, 2, 3, 4, 5, 6, 7, 8], shape: [4, 2]),
]
