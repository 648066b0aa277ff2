import NNIR

/// A symbolic value: what an operation of the network will compute for every image of a batch.
///
/// A tensor has a shape but no numbers. Images are channels × height × width, features are a vector; the batch comes
/// before these extents and is never written. Every operation checks its operands where it is called. After an error the
/// result is a *poison* tensor, on which everything succeeds silently, so that one mistake is reported once and all
/// mistakes are found together.
public struct Tensor {
  let builder: ModelBuilder
  /// Nil for a poison tensor.
  let id: ValueID?

  var type: TensorType? { id.map(builder.type) }

  var origin: Origin? { id.flatMap(builder.origin) }

  /// Extents without the batch: `[channels, height, width]` of an image, `[features]` of a vector; empty after an error.
  public var shape: [Int] { type?.shape.compactMap(\.value) ?? [] }

  /// Number of channels of an image, or of features of a vector; 1 after an error.
  public var channels: Int { shape.first ?? 1 }

  /// Rows of an image; 1 for a vector and after an error.
  public var height: Int { shape.count == 3 ? shape[1] : 1 }

  /// Columns of an image; 1 for a vector and after an error.
  public var width: Int { shape.count == 3 ? shape[2] : 1 }

  /// Reports an error at this line unless the condition holds: for what the hyper-parameters have to satisfy.
  ///
  /// ```swift
  /// image.require((depth - 2) % 6 == 0, "depth: expected 6n + 2, found \(depth)")
  /// ```
  public func require(
    _ condition: Bool, _ message: @autoclosure () -> String, file: String = #fileID, line: Int = #line
  ) {
    if !condition { builder.report(Diagnostic(message: message(), at: Call("", file, line).origin)) }
  }

  /// The same builder's poison.
  var poison: Tensor { Tensor(builder: builder, id: nil) }

  /// Applies an operation to this tensor alone.
  func apply(_ op: Op, parameters: [ValueID] = [], call: Call) -> Tensor {
    builder.apply(op, to: [self], parameters: parameters, call: call)
  }

  /// Whether this is an image; reports it otherwise. False for poison, without a report.
  func isImage(_ call: Call) -> Bool {
    guard id != nil else { return false }
    if shape.count == 3 { return true }
    builder.report(
      call, "expected an image channels×height×width, found \(type?.spelledExample ?? "nothing")", producers: [self])
    return false
  }

  /// Whether all numbers are in range; reports each that is not.
  func areValid(_ numbers: [(name: String, value: Int, least: Int)], call: Call) -> Bool {
    var valid = true
    for (name, value, least) in numbers {
      if value < least {
        builder.report(call, "expected \(name) of at least \(least), found \(value)")
      } else if value > Limit.number {
        builder.report(call, "expected \(name) of at most \(Limit.number), found \(value)")
      } else {
        continue
      }
      valid = false
    }
    return valid
  }
}

/// Zeros around an image before a convolution or pooling.
///
/// A plain number pads that many pixels on every side: `padding: 1`.
public enum Padding: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// As many zeros as give ⌈extent / stride⌉ outputs; for an odd kernel k that is dilation·(k − 1)/2 on every side, else
  /// the odd zero goes below and to the right.
  case same
  /// So many zeros on every side.
  case pixels(Int)
  /// So many above and below, and so many left and right.
  case pair(vertical: Int, horizontal: Int)
  /// So many on each side.
  case sides(top: Int, bottom: Int, left: Int, right: Int)

  public init(integerLiteral pixels: Int) { self = .pixels(pixels) }

  /// No padding.
  public static var none: Padding { .pixels(0) }

  /// Zeros before and after along height and width.
  func amounts(kernel: [Int], dilation: [Int]) -> (before: [Int], after: [Int]) {
    switch self {
    case .same:
      let total = zip(kernel, dilation).map { ($0 - 1) * $1 }
      return (total.map { $0 / 2 }, total.map { $0 - $0 / 2 })
    case .pixels(let count): return ([count, count], [count, count])
    case .pair(let vertical, let horizontal): return ([vertical, horizontal], [vertical, horizontal])
    case .sides(let top, let bottom, let left, let right): return ([top, left], [bottom, right])
    }
  }
}
