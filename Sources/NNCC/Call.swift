import NNIR

/// One use of an operation in the user's source.
struct Call {
  /// The name of the function that the user wrote.
  var function: String
  var origin: Origin?
  /// Operators cannot learn their own line; they borrow that of their later operand.
  var isBorrowed = false

  init(_ function: String, _ file: String, _ line: Int) {
    self.function = function
    // #fileID is Module/file.swift
    origin = Origin(
      file: String(file[(file.lastIndex(of: "/").map(file.index(after:)) ?? file.startIndex)...]), line: line)
  }

  /// An operator applied to these.
  init(operator function: String, _ operands: [Tensor]) {
    self.function = function
    origin = operands.compactMap(\.origin).max { ($0.file, $0.line) < ($1.file, $1.line) }
    isBorrowed = true
  }
}

/// Bounds on the numbers that a model hands to operations.
///
/// The upper one is far above any network and keeps sums and products of two such numbers away from overflow.
enum Limit {
  static let number = 1 << 30
  /// Elements of one tensor, as in the text format.
  static let elements = 1 << 48

  /// The product of the extents, or nil when a tensor may not be that large.
  static func count(_ extents: [Int]) -> Int? {
    var product = 1
    for extent in extents {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow, next < elements else { return nil }
      product = next
    }
    return product
  }
}

extension Initializer {
  /// What is wrong with its numbers, which have to be finite in single precision; nil where nothing is.
  var problem: String? {
    switch self {
    case .normal(let deviation):
      Self.isMagnitude(deviation) ? nil : "expected a standard deviation of at least 0, found \(deviation)"
    case .uniform(let bound): Self.isMagnitude(bound) ? nil : "expected a bound of at least 0, found \(bound)"
    case .lecunUniform(let fan): fan.map { $0 >= 1 } ?? true ? nil : "expected a fan of at least 1, found \(fan ?? 0)"
    case .constant(let value): Float(value).isFinite ? nil : "expected a finite constant, found \(value)"
    case .heNormal, .xavierUniform, .xavierNormal: nil
    }
  }

  private static func isMagnitude(_ value: Double) -> Bool { value >= 0 && Float(value).isFinite }
}

extension TensorType {
  /// Extents of one example, as users think of them: `24×32×32`, or `scalar`.
  var spelledExample: String {
    let extents = shape.first == .batch ? Array(shape.dropFirst()) : shape
    return TensorType(element, extents).spelledExtents
  }
}
