import NNIR
import Testing

/// What the formula gives for one filter and one position, worked out from the definition in `Winograd`.
let winogradRows: [OperationRow] = [
  // a filter with its first tap alone is the outer product of G's first column with itself, a² = 121/256, b² = 9/4:
  // 1/(a²b²), twice 1/(2a²(a² − b²)), twice 1/(2b²(b² − a²)), 0
  OperationRow(
    "first tap", .winogradWeights(.four, transposed: false), [.numbers([1, 1, 3, 3], [1, 0, 0, 0, 0, 0, 0, 0, 0])],
    outer(firstColumn), shape: [36, 1, 1]),
  // the filter of the gradient is this one back to front
  OperationRow(
    "last tap, transposed", .winogradWeights(.four, transposed: true),
    [.numbers([1, 1, 3, 3], [0, 0, 0, 0, 0, 0, 0, 0, 1])], outer(firstColumn), shape: [36, 1, 1]),
  // one position with one zero around it meets the filter's centre: 3·2 + ½
  OperationRow(
    "centre", .winogradConvolution(padBegin: [1, 1], padEnd: [1, 1]),
    [.numbers([1, 1, 1, 1], [3]), .numbers([36, 1, 1], outer(centreColumn).map { 2 * $0 }), .vector([0.5])], [6.5],
    shape: [1, 1, 1, 1]),
  // the same of tiles of 2×2, whose points are 0, 1, -1 and infinity: G's first column is 1, ½, ½, 0, its second one
  // 0, ½, -½, 0
  OperationRow(
    "first tap, 2×2", .winogradWeights(.two, transposed: false),
    [.numbers([1, 1, 3, 3], [1, 0, 0, 0, 0, 0, 0, 0, 0])], outer([1, 0.5, 0.5, 0]), shape: [16, 1, 1]),
  OperationRow(
    "centre, 2×2", .winogradConvolution(padBegin: [1, 1], padEnd: [1, 1]),
    [.numbers([1, 1, 1, 1], [3]), .numbers([16, 1, 1], outer([0, 0.5, -0.5, 0]).map { 2 * $0 }), .vector([0.5])], [6.5],
    shape: [1, 1, 1, 1]),
]

private let (nearSquare, farSquare) = (121.0 / 256, 9.0 / 4)
private let firstColumn: [Double] = {
  let near = 1 / (2 * nearSquare * (nearSquare - farSquare))
  let far = 1 / (2 * farSquare * (farSquare - nearSquare))
  return [1 / (nearSquare * farSquare), near, near, far, far, 0]
}()
/// Each entry of the first column times its point: 0, ±11/16, ±3/2.
private let centreColumn = zip(firstColumn, [0, 11.0 / 16, -11.0 / 16, 1.5, -1.5, 0]).map { $0 * $1 }
private func outer(_ column: [Double]) -> [Double] { column.flatMap { a in column.map { a * $0 } } }

/// The expected values are those of the direct sums.
@Suite("Winograd's convolutions against direct ones") struct WinogradTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var input: [Int]
    var outputs: Int
    var begin: [Int]
    var end: [Int]
    var testDescription: String { "\(input) to \(outputs), pads \(begin) and \(end)" }
    var geometry: Convolution {
      Convolution(strides: [1, 1], padBegin: begin, padEnd: end, dilations: [1, 1])
    }
  }

  @Test(
    arguments: Winograd.allCases,
    [
      Case(input: [2, 3, 8, 8], outputs: 4, begin: [1, 1], end: [1, 1]),
      Case(input: [1, 2, 7, 9], outputs: 3, begin: [0, 2], end: [1, 0]),
      Case(input: [3, 1, 3, 4], outputs: 2, begin: [0, 0], end: [0, 0]),
      Case(input: [1, 4, 1, 13], outputs: 1, begin: [2, 1], end: [2, 1]),
    ])
  func matches(_ tile: Winograd, _ item: Case) throws {
    let x = noisy(item.input, "x")
    let w = noisy([item.outputs, item.input[1], 3, 3], "w")
    let b = noisy([item.outputs], "b")
    func transformed(_ transposed: Bool) throws -> Operand {
      let u = try apply(.winogradWeights(tile, transposed: transposed), w)
      return .numbers(u.shape, u.elements)
    }
    let direct = try apply(.convolution(item.geometry), x, w, b)
    let found = try apply(
      .winogradConvolution(padBegin: item.begin, padEnd: item.end), x, try transformed(false), b)
    #expect(found.shape == direct.shape)
    for (found, wanted) in zip(found.elements, direct.elements) { #expect(isClose(found, wanted, 1e-13)) }

    let dy = noisy(direct.shape, "dy")
    let gradient = try apply(.convolutionBackwardData(item.geometry, spatial: Array(item.input[2...])), dy, w)
    let back = try apply(
      .winogradConvolution(padBegin: item.begin.map { 2 - $0 }, padEnd: item.end.map { 2 - $0 }), dy,
      try transformed(true))
    #expect(back.shape == gradient.shape)
    for (found, wanted) in zip(back.elements, gradient.elements) { #expect(isClose(found, wanted, 1e-13)) }
  }
}
