import RealModule

/// The two precisions that graphs are interpreted in.
package protocol ComputeElement: Real, BinaryFloatingPoint, Sendable {}
extension Double: ComputeElement {}
extension Float: ComputeElement {}

/// A dense array: extents and elements in row-major order.
package struct Tensor<Element: Sendable>: Sendable {
  package var shape: [Int]
  package var elements: [Element]

  /// Takes as many elements as the extents ask for; another number is a bug of the caller.
  package init(_ shape: [Int], _ elements: [Element]) {
    precondition(elements.count == shape.reduce(1, *), "\(elements.count) elements for extents \(shape)")
    self.shape = shape
    self.elements = elements
  }

  package var count: Int { elements.count }
}

extension Tensor: Equatable where Element: Equatable {}

extension Tensor {
  /// First extent: how many images an [N, C, spatial…] tensor holds.
  var images: Int { shape[0] }
  /// Second extent of an [N, C, spatial…] tensor.
  var channels: Int { shape[1] }
  /// Extents after batch and channels.
  var spatial: [Int] { Array(shape.dropFirst(2)) }
  /// Number of spatial positions of an [N, C, spatial…] tensor, 1 without spatial axes.
  var positions: Int { shape.dropFirst(2).reduce(1, *) }

  /// The tensor as [outer, extent of the axis, inner], the three numbers that any axis-wise loop needs.
  func split(at axis: Int) -> (outer: Int, extent: Int, inner: Int) {
    (shape[..<axis].reduce(1, *), shape[axis], shape[(axis + 1)...].reduce(1, *))
  }
}

/// What a node computes: numbers, or whole numbers for labels and the step.
enum Value<Element: ComputeElement>: Sendable {
  case numbers(Tensor<Element>)
  case integers(Tensor<Int64>)
}
