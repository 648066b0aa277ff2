import NNIR

/// A dense block: every layer sees the features of all layers before it and appends `growth` channels of its own.
///
/// A layer is BN, ReLU, 3×3 convolution; with a bottleneck BN, ReLU, 1×1 convolution to 4·growth channels comes first.
/// (Huang, Liu, van der Maaten, Weinberger: "Densely connected convolutional networks", CVPR 2017.)
///
/// Shapes: c×h×w → (c + layers·growth)×h×w.
///
/// - Parameters:
///   - dropout: Share of elements dropped after each convolution while training; the paper takes 0.2 where images are
///     not augmented.
///   - name: The parameters are `name.layer1.norm1.weight`, `name.layer1.conv1.weight`, … (`norm2` and `conv2` with a
///     bottleneck).
public func denseBlock(
  _ input: Tensor, layers: Int, growth: Int, bottleneck: Bool = true, dropout: Double = 0, name: String? = nil,
  file: String = #fileID, line: Int = #line
) -> Tensor {
  let call = Call("denseBlock", file, line)
  let name = input.builder.blockName(name, automatic: "block")
  guard input.areValid([("layers", layers, 0), ("growth", growth, 1)], call: call) else { return input.poison }
  var x = input
  for layer in 0..<layers {
    let name = "\(name).layer\(layer + 1)"
    var y = x.batchNorm(name: "\(name).norm1", file: file, line: line).relu(file: file, line: line)
    if bottleneck {
      y = y.conv2d(4 * growth, kernel: 1, name: "\(name).conv1", file: file, line: line)
        .dropout(dropout, name: "\(name).dropout1", file: file, line: line)
        .batchNorm(name: "\(name).norm2", file: file, line: line).relu(file: file, line: line)
    }
    y = y.conv2d(growth, kernel: 3, name: "\(name).conv\(bottleneck ? 2 : 1)", file: file, line: line)
      .dropout(dropout, name: "\(name).dropout\(bottleneck ? 2 : 1)", file: file, line: line)
    x = x.concatenated(with: y, file: file, line: line)
  }
  return x
}

/// The transition between dense blocks: BN, ReLU, 1×1 convolution, 2×2 average pooling.
///
/// Shapes: c×h×w → ⌊compression·c⌋×⌊h/2⌋×⌊w/2⌋.
///
/// - Parameters:
///   - compression: Share of the channels kept, above 0 and at most 1.
///   - name: The parameters are `name.norm.weight`, `name.conv.weight`, ….
public func transition(
  _ input: Tensor, compression: Double = 0.5, dropout: Double = 0, name: String? = nil, file: String = #fileID,
  line: Int = #line
) -> Tensor {
  let call = Call("transition", file, line)
  let name = input.builder.blockName(name, automatic: "transition")
  guard compression > 0, compression <= 1 else {
    input.builder.report(call, "expected a compression above 0 and at most 1, found \(compression)")
    return input.poison
  }
  // the product of two exact numbers may land just below a whole one
  let channels = Int(compression * Double(input.channels) + 1e-9)
  return input.batchNorm(name: "\(name).norm", file: file, line: line).relu(file: file, line: line)
    .conv2d(channels, kernel: 1, name: "\(name).conv", file: file, line: line)
    .dropout(dropout, name: "\(name).dropout", file: file, line: line)
    .averagePool(kernel: 2, file: file, line: line)
}

/// A basic residual block: relu(shortcut(x) + BN(conv(relu(BN(conv(x)))))), with 3×3 convolutions.
///
/// The shortcut has no parameters (option A): it averages stride×stride windows and appends channels of zeros.
/// (He, Zhang, Ren, Sun: "Deep residual learning for image recognition", CVPR 2016.)
///
/// Shapes: c×h×w → channels×⌈h/stride⌉×⌈w/stride⌉; channels must be at least c.
///
/// - Parameters:
///   - survival: With a probability, stochastic depth: training leaves the block out of a step with probability
///     1 − survival, so that only the shortcut remains, and inference scales the branch by it. `nncc build --drop` leaves
///     such a block out altogether. Nil for a block that is always there.
///   - name: The parameters are `name.conv1.weight`, `name.norm1.weight`, `name.conv2.weight`, ….
public func residualBlock(
  _ input: Tensor, channels: Int, stride: Int = 1, survival: Double? = nil, name: String? = nil,
  file: String = #fileID, line: Int = #line
) -> Tensor {
  let call = Call("residualBlock", file, line)
  let name = input.builder.blockName(name, automatic: "residual")
  func branch() -> Tensor {
    input.conv2d(channels, kernel: 3, stride: stride, name: "\(name).conv1", file: file, line: line)
      .batchNorm(name: "\(name).norm1", file: file, line: line).relu(file: file, line: line)
      .conv2d(channels, kernel: 3, name: "\(name).conv2", file: file, line: line)
      .batchNorm(name: "\(name).norm2", file: file, line: line)
  }
  if let survival {
    return input.builder.stochasticDepth(
      survival: survival, name: name, call: call, branch: branch,
      skip: { shortcut(input, channels, stride, call) ?? input.poison }
    )
    .relu(file: file, line: line)
  }
  let y = branch()
  guard let shortcut = shortcut(input, channels, stride, call) else { return y.poison }
  return shortcut.adding(y, file: file, line: line).relu(file: file, line: line)
}

/// The shortcut without parameters; nil after a report where channels would have to go.
private func shortcut(_ input: Tensor, _ channels: Int, _ stride: Int, _ call: Call) -> Tensor? {
  // a stride that makes no sense has been reported by the convolution
  guard input.id != nil, stride >= 1 else { return nil }
  let (file, line) = (call.origin?.file ?? "", call.origin?.line ?? 0)
  guard channels >= input.channels else {
    input.builder.report(
      call, "expected at least the input's \(input.channels) channels, found \(channels)", producers: [input])
    return nil
  }
  var shortcut = input
  if stride > 1 {
    // rounds up like the convolution where the extent is odd
    let isOdd = input.height % stride != 0 || input.width % stride != 0
    shortcut = shortcut.averagePool(kernel: stride, ceilMode: isOdd, file: file, line: line)
  }
  if channels > input.channels {
    shortcut = shortcut.pad(channelsAfter: channels - input.channels, file: file, line: line)
  }
  return shortcut
}
