import NNIR

// Operations with parameters.

extension Tensor {
  /// A two-dimensional convolution (cross-correlation, as in every framework) with a square kernel.
  ///
  ///     y[o, i, j] = bias[o] + Σ over c, p, q of weight[o, c, p, q] · x[c, i·stride + p·dilation − pad, …]
  ///
  /// Shapes: in×h×w → channels×h′×w′ with h′ = ⌊(h + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1; with `.same`
  /// padding that is ⌈h / stride⌉. PyTorch: `nn.Conv2d(in, channels, kernel, stride, padding, dilation, groups, bias)`.
  ///
  /// - Parameters:
  ///   - channels: Number of output channels.
  ///   - groups: Both channel counts are split into so many groups that do not see each other.
  ///   - bias: Adds a trained number to each output channel; pointless before batch normalisation, so off by default.
  ///   - initializer: First weights; by default N(0, √(2/(kernel²·channels))), as ResNet and DenseNet take.
  ///   - name: Prefix of the parameters `weight` [channels, in/groups, kernel, kernel] and `bias` [channels].
  public func conv2d(
    _ channels: Int, kernel: Int, stride: Int = 1, padding: Padding = .same, dilation: Int = 1, groups: Int = 1,
    bias: Bool = false, initializer: Initializer = .heNormal(.fanOut), biasInitializer: Initializer = .constant(0),
    name: String? = nil, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    conv2d(
      channels, kernel: (kernel, kernel), stride: (stride, stride), padding: padding, dilation: (dilation, dilation),
      groups: groups, bias: bias, initializer: initializer, biasInitializer: biasInitializer, name: name, file: file,
      line: line)
  }

  /// A two-dimensional convolution whose kernel, stride and dilation are (vertical, horizontal).
  ///
  /// Otherwise as the convolution with a square kernel; `weight` is [channels, in/groups, kernel.0, kernel.1].
  public func conv2d(
    _ channels: Int, kernel: (Int, Int), stride: (Int, Int) = (1, 1), padding: Padding = .same,
    dilation: (Int, Int) = (1, 1), groups: Int = 1, bias: Bool = false,
    initializer: Initializer = .heNormal(.fanOut), biasInitializer: Initializer = .constant(0),
    name: String? = nil, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let call = Call("conv2d", file, line)
    let name = builder.layerName(name, automatic: "conv", call: call)
    guard isImage(call) else { return poison }
    let extents = [kernel.0, kernel.1]
    let dilations = [dilation.0, dilation.1]
    guard
      areValid(
        [
          ("channels", channels, 1), ("a kernel", kernel.0, 1), ("a kernel", kernel.1, 1), ("a stride", stride.0, 1),
          ("a stride", stride.1, 1), ("a dilation", dilation.0, 1), ("a dilation", dilation.1, 1),
          ("groups", groups, 1),
        ], call: call)
    else { return poison }
    let (before, after) = padding.amounts(kernel: extents, dilation: dilations)
    guard areValid((before + after).map { ("padding", $0, 0) }, call: call) else { return poison }
    guard self.channels % groups == 0, channels % groups == 0 else {
      builder.report(
        call, "expected channels divisible by \(groups) groups, found \(self.channels) in and \(channels) out",
        producers: [self])
      return poison
    }
    let shape = [channels, self.channels / groups] + extents
    guard let weight = builder.parameter("\(name).weight", shape, initializer, call: call) else { return poison }
    var parameters = [weight]
    if bias {
      guard let bias = builder.parameter("\(name).bias", [channels], biasInitializer, call: call) else { return poison }
      parameters.append(bias)
    }
    let geometry = Convolution(
      strides: [stride.0, stride.1], padBegin: before, padEnd: after, dilations: dilations, groups: groups)
    return apply(.convolution(geometry), parameters: parameters, call: call)
  }

  /// A fully connected layer: y = weight · x + bias.
  ///
  /// Shapes: in → features. PyTorch: `nn.Linear(in, features, bias)`.
  ///
  /// - Parameters:
  ///   - initializer: First weights; by default uniform in ±1/√in. The bias starts at 0.
  ///   - name: Prefix of the parameters `weight` [features, in] and `bias` [features].
  public func linear(
    _ features: Int, bias: Bool = true, initializer: Initializer = .lecunUniform(),
    biasInitializer: Initializer = .constant(0), name: String? = nil, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let call = Call("linear", file, line)
    let name = builder.layerName(name, automatic: "linear", call: call)
    guard let type else { return poison }
    guard shape.count == 1 else {
      builder.report(
        call, "expected a vector of features, found \(type.spelledExample); flatten() makes one", producers: [self])
      return poison
    }
    guard areValid([("features", features, 1)], call: call) else { return poison }
    guard let weight = builder.parameter("\(name).weight", [features, channels], initializer, call: call) else {
      return poison
    }
    var parameters = [weight]
    if bias {
      guard let bias = builder.parameter("\(name).bias", [features], biasInitializer, call: call) else { return poison }
      parameters.append(bias)
    }
    return apply(.linear(), parameters: parameters, call: call)
  }

  /// Batch normalisation of each channel (Ioffe and Szegedy, ICML 2015).
  ///
  ///     y = weight · (x − μ) / √(σ² + epsilon) + bias
  ///
  /// Training takes μ and the biased variance σ² of the mini-batch over images and positions, and updates
  /// running ← (1 − momentum)·running + momentum·batch, with the unbiased variance. Inference takes the running ones.
  ///
  /// Shapes: c×h×w or c, unchanged. PyTorch: `nn.BatchNorm2d(c, epsilon, momentum)`.
  ///
  /// - Parameters:
  ///   - initializer: First values of `weight`, 1 by default.
  ///   - biasInitializer: First values of `bias`, 0 by default.
  ///   - name: Prefix of the parameters `weight` and `bias` and of the statistics `running_mean` and `running_var`.
  public func batchNorm(
    epsilon: Double = 1e-5, momentum: Double = 0.1, initializer: Initializer = .constant(1),
    biasInitializer: Initializer = .constant(0), name: String? = nil, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let call = Call("batchNorm", file, line)
    let name = builder.layerName(name, automatic: "norm", call: call)
    var valid = true
    if !(epsilon > 0 && epsilon.isFinite) {
      builder.report(call, "expected epsilon above 0, found \(epsilon)")
      valid = false
    }
    if !(0...1).contains(momentum) {
      builder.report(call, "expected momentum in 0 ... 1, found \(momentum)")
      valid = false
    }
    guard valid, let type else { return poison }
    guard !shape.isEmpty else {
      builder.report(call, "expected channels, found \(type.spelledExample)", producers: [self])
      return poison
    }
    guard
      let weight = builder.parameter("\(name).weight", [channels], initializer, call: call),
      let bias = builder.parameter("\(name).bias", [channels], biasInitializer, call: call),
      let mean = builder.state("\(name).running_mean", [channels], .constant(0), call: call),
      let variance = builder.state("\(name).running_var", [channels], .constant(1), call: call)
    else { return poison }
    return apply(
      .batchNorm(epsilon: Scalar(epsilon), momentum: Scalar(momentum)), parameters: [weight, bias, mean, variance],
      call: call)
  }
}
