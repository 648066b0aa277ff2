import NNIR

// Operations that move elements without computing.

/// The channels of all tensors, one after another; heights and widths have to be the same.
///
/// Shapes: c₁×h×w, c₂×h×w, … → (c₁ + c₂ + …)×h×w; vectors are joined likewise. PyTorch: `torch.cat(tensors, 1)`.
public func concat(_ tensors: [Tensor], file: String = #fileID, line: Int = #line) -> Tensor {
  let call = Call("concat", file, line)
  guard let first = tensors.first else {
    // there is no network to report to; whoever uses the result takes the error over
    let stray = ModelBuilder(name: "", recipe: nil)
    stray.report(call, "expected at least one tensor, found none")
    return Tensor(builder: stray, id: nil)
  }
  return first.builder.apply(.concat(axis: 1), to: tensors, call: call)
}

extension Tensor {
  /// This tensor's channels and then the other's. PyTorch: `torch.cat((x, other), 1)`.
  public func concatenated(with other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    builder.apply(.concat(axis: 1), to: [self, other], call: Call("concat", file, line))
  }

  /// The same elements in row-major order under another shape, given without the batch. PyTorch: `x.reshape(N, …)`.
  public func reshape(_ shape: [Int], file: String = #fileID, line: Int = #line) -> Tensor {
    let call = Call("reshape", file, line)
    guard id != nil, areValid(shape.map { ("extents", $0, 1) }, call: call) else { return poison }
    guard Limit.count(shape) != nil else {
      builder.report(call, "expected fewer than 2^48 elements, found \(shape)")
      return poison
    }
    return apply(.reshape([.batch] + shape.map(Extent.fixed)), call: call)
  }

  /// All elements of an image as one vector, channel by channel. PyTorch: `x.flatten(1)`.
  public func flatten(file: String = #fileID, line: Int = #line) -> Tensor {
    guard id != nil, let count = Limit.count(shape) else { return poison }
    return apply(.reshape([.batch, .fixed(count)]), call: Call("flatten", file, line))
  }

  /// Zeros around an image and among its channels.
  ///
  /// Shapes: c×h×w → (channelsBefore + c + channelsAfter)×(top + h + bottom)×(left + w + right). PyTorch: `F.pad`.
  public func pad(
    top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0, channelsBefore: Int = 0, channelsAfter: Int = 0,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let call = Call("pad", file, line)
    let amounts = [top, bottom, left, right, channelsBefore, channelsAfter]
    guard isImage(call), areValid(amounts.map { ("padding", $0, 0) }, call: call) else { return poison }
    return apply(.pad(before: [0, channelsBefore, top, left], after: [0, channelsAfter, bottom, right]), call: call)
  }

  /// The channels of an image, or the features of a vector, with these indices. PyTorch: `x[:, a:b]`.
  public func slice(channels: Range<Int>, file: String = #fileID, line: Int = #line) -> Tensor {
    let call = Call("slice", file, line)
    guard let type else { return poison }
    guard !channels.isEmpty, channels.lowerBound >= 0, channels.upperBound <= self.channels else {
      builder.report(
        call,
        "expected channels inside 0 ..< \(self.channels) of \(type.spelledExample), found "
          + "\(channels.lowerBound) ..< \(channels.upperBound)", producers: [self])
      return poison
    }
    return apply(.slice(axis: 1, start: channels.lowerBound, count: channels.count), call: call)
  }
}
