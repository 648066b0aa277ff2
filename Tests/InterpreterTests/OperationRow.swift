import Interpreter
import NNIR
import Testing

/// An operation on given operands, what it must give, and where that value comes from.
struct OperationRow: Sendable, CustomTestStringConvertible {
  var name: String
  var application: Application
  var expected: [Double]
  var shape: [Int]?
  /// Allowed in Double, relative to the larger of 1 and the magnitude; single precision gets 1e-6.
  var tolerance = 1e-14

  init(
    _ name: String, _ op: Op, _ operands: [Operand], _ expected: [Double], shape: [Int]? = nil, stage: Stage = .step,
    mode: InterpretationMode = .inference, step: UInt64 = 0, seed: UInt64 = 0, gates: [Bool]? = nil
  ) {
    self.name = name
    application = Application(
      op: op, operands: operands, stage: stage, mode: mode, step: step, seed: seed, gates: gates)
    self.expected = expected
    self.shape = shape
  }

  var testDescription: String { "\(application.op.mnemonic): \(name)" }
}

/// Every row; each file holds a family of operations.
let operationRows: [OperationRow] =
  elementwiseRows + matrixRows + convolutionRows + poolingRows + shapeRows + normalizationRows + lossRows
  + optimizerRows + winogradRows

@Suite("each operation against values worked out by hand")
struct OperationTests {
  @Test(arguments: operationRows)
  func double(_ row: OperationRow) throws {
    let result = try row.application.double()
    if let shape = row.shape { #expect(result.shape == shape) }
    try #require(result.count == row.expected.count)
    for (index, (found, wanted)) in zip(result.elements, row.expected).enumerated() {
      #expect(isClose(found, wanted, row.tolerance), "element \(index): \(found), expected \(wanted)")
    }
  }

  @Test(arguments: operationRows)
  func float(_ row: OperationRow) throws {
    let result = try row.application.float()
    try #require(result.count == row.expected.count)
    for (index, (found, wanted)) in zip(result.elements, row.expected).enumerated() {
      #expect(isClose(Double(found), wanted, 1e-6), "element \(index): \(found), expected \(wanted)")
    }
    // on these small dyadic values the operations that the table marks exact have nothing to round
    if row.application.op.traits.exact && row.application.operands.allSatisfy(\.isDyadic) {
      #expect(zip(result.elements, row.expected).allSatisfy { isClose(Double($0), $1, 0) })
    }
  }

  /// Sources have no operands; what they give is tested in `SourceTests`, which builds its graph from this list.
  @Test("no operation is without a row")
  func coverage() {
    let tested = Set(operationRows.map(\.application.op.mnemonic) + sourceNodes.map(\.op.mnemonic))
    #expect(Op.mnemonics.filter { !tested.contains($0) } == [])
  }
}

extension Operand {
  /// All numbers are multiples of 1/8 below 2¹².
  var isDyadic: Bool {
    switch self {
    case .numbers(_, let values): values.allSatisfy { $0.isNaN || ($0 * 8 == ($0 * 8).rounded() && abs($0) < 4096) }
    case .labels, .step: true
    }
  }
}
