import NNIR

extension Tensor {
  /// The maximum of each square window; padding never wins, ties go to the first position.
  ///
  /// Shapes: c×h×w → c×h′×w′ with h′ = ⌊(h + padding − kernel) / stride⌋ + 1. PyTorch: `F.max_pool2d`.
  ///
  /// - Parameters:
  ///   - stride: Step from window to window, by default the kernel.
  ///   - ceilMode: Rounds the number of windows up; the last one may reach over the border.
  public func maxPool(
    kernel: Int, stride: Int? = nil, padding: Padding = 0, ceilMode: Bool = false, file: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    maxPool(
      kernel: (kernel, kernel), stride: stride.map { ($0, $0) }, padding: padding, ceilMode: ceilMode, file: file,
      line: line)
  }

  /// The maximum of each window of (vertical, horizontal) extents; otherwise as with a square one.
  public func maxPool(
    kernel: (Int, Int), stride: (Int, Int)? = nil, padding: Padding = 0, ceilMode: Bool = false,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let call = Call("maxPool", file, line)
    guard let geometry = pooling(kernel, stride, padding, ceilMode: ceilMode, call: call) else { return poison }
    return apply(.maxPool(geometry), call: call)
  }

  /// The mean of each square window.
  ///
  /// Shapes: c×h×w → c×h′×w′ with h′ = ⌊(h + padding − kernel) / stride⌋ + 1. PyTorch: `F.avg_pool2d`.
  ///
  /// - Parameters:
  ///   - stride: Step from window to window, by default the kernel.
  ///   - ceilMode: Rounds the number of windows up; the last one may reach over the border.
  ///   - countIncludePad: Divides by the whole window; else only by the positions inside the image.
  public func averagePool(
    kernel: Int, stride: Int? = nil, padding: Padding = 0, ceilMode: Bool = false, countIncludePad: Bool = true,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    averagePool(
      kernel: (kernel, kernel), stride: stride.map { ($0, $0) }, padding: padding, ceilMode: ceilMode,
      countIncludePad: countIncludePad, file: file, line: line)
  }

  /// The mean of each window of (vertical, horizontal) extents; otherwise as with a square one.
  public func averagePool(
    kernel: (Int, Int), stride: (Int, Int)? = nil, padding: Padding = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let call = Call("averagePool", file, line)
    guard var geometry = pooling(kernel, stride, padding, ceilMode: ceilMode, call: call) else { return poison }
    geometry.countIncludePad = countIncludePad
    return apply(.averagePool(geometry), call: call)
  }

  /// The mean over all positions of each channel: c×h×w → c. PyTorch: `x.mean((2, 3))`.
  public func globalAveragePool(file: String = #fileID, line: Int = #line) -> Tensor {
    let call = Call("globalAveragePool", file, line)
    return isImage(call) ? apply(.globalAveragePool, call: call) : poison
  }

  /// The checked geometry of a pooling; nil after a report, or for poison.
  private func pooling(
    _ kernel: (Int, Int), _ stride: (Int, Int)?, _ padding: Padding, ceilMode: Bool, call: Call
  ) -> Pooling? {
    guard isImage(call) else { return nil }
    var numbers = [("a kernel", kernel.0, 1), ("a kernel", kernel.1, 1)]
    if let stride { numbers += [("a stride", stride.0, 1), ("a stride", stride.1, 1)] }
    guard areValid(numbers, call: call) else { return nil }
    let stride = stride ?? kernel
    let (before, after) = padding.amounts(kernel: [kernel.0, kernel.1], dilation: [1, 1])
    guard areValid((before + after).map { ("padding", $0, 0) }, call: call) else { return nil }
    return Pooling(
      kernel: [kernel.0, kernel.1], strides: [stride.0, stride.1], padBegin: before, padEnd: after, ceilMode: ceilMode)
  }
}
