/// The element types that the language knows; networks compute in `f32`, labels are `i64`.
package enum ElementType: String, CaseIterable, Sendable, Hashable {
  case f32, f64, i64, i32, u8, bool

  /// Bytes of one element in memory.
  package var size: Int {
    switch self {
    case .f32, .i32: 4
    case .f64, .i64: 8
    case .u8, .bool: 1
    }
  }
}

/// One extent of a shape: a number, or the batch size N while it is still open.
package enum Extent: Hashable, Sendable, CustomStringConvertible {
  case fixed(Int)
  case batch

  /// The number, or nil for the symbolic batch.
  package var value: Int? {
    switch self {
    case .fixed(let count): count
    case .batch: nil
    }
  }

  package var description: String {
    switch self {
    case .fixed(let count): String(count)
    case .batch: "N"
    }
  }
}

extension Extent: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self = .fixed(value) }
}

/// Element type and shape of a value, written `f32[N,24,32,32]`; a scalar is `f32[]`.
package struct TensorType: Hashable, Sendable, CustomStringConvertible {
  package var element: ElementType
  package var shape: [Extent]

  package init(_ element: ElementType, _ shape: [Extent]) {
    self.element = element
    self.shape = shape
  }

  /// A type of single-precision elements.
  package static func f32(_ shape: [Extent]) -> TensorType { TensorType(.f32, shape) }
  /// A type of single-precision elements with fixed extents.
  package static func f32(_ shape: [Int]) -> TensorType { TensorType(.f32, shape.map(Extent.fixed)) }

  package var rank: Int { shape.count }

  /// More elements than this a tensor may not have; keeps every later product of extents inside 64 bits.
  package static let elementLimit = 1 << 48

  /// Number of elements, those of one image while the batch is symbolic; nil from `elementLimit` on.
  package var boundedCount: Int? {
    var count = 1
    for case .fixed(let extent) in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product < Self.elementLimit else { return nil }
      count = product
    }
    return count
  }

  /// All extents as numbers; nil while the batch is symbolic.
  package var extents: [Int]? {
    var result: [Int] = []
    result.reserveCapacity(shape.count)
    for extent in shape {
      guard let value = extent.value else { return nil }
      result.append(value)
    }
    return result
  }

  /// Extents of a type whose batch is bound; calling it on an open type is a compiler bug.
  package var bound: [Int] {
    guard let extents else { fatalError("the batch of \(self) is not bound") }
    return extents
  }

  /// Number of elements of a bound type.
  package var count: Int { bound.reduce(1, *) }

  /// The same type with N replaced by a number.
  package func binding(batch: Int) -> TensorType {
    TensorType(element, shape.map { $0 == .batch ? .fixed(batch) : $0 })
  }

  package var description: String {
    "\(element.rawValue)[\(shape.map(\.description).joined(separator: ","))]"
  }

  /// Extents as users read them in messages: `24×32×32` without the batch, `N×24×32×32` with it.
  package var spelledExtents: String {
    shape.isEmpty ? "scalar" : shape.map(\.description).joined(separator: "×")
  }
}
