/// Why an operation cannot be applied to operands of these types, in words for the user.
package struct TypeError: Error, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

/// The type of `op` applied to operands of the given types; sources have none to infer and throw.
///
/// Errors: says what was expected and what was found, without the place, which the caller knows.
package func inferType(_ op: Op, _ operands: [TensorType]) throws(TypeError) -> TensorType {
  guard op.arity.contains(operands.count) else {
    let many = op.arity.upperBound == Int.max ? "or more" : "to \(op.arity.upperBound)"
    let wanted = op.arity.count == 1 ? "\(op.arity.lowerBound)" : "\(op.arity.lowerBound) \(many)"
    throw TypeError("\(op.mnemonic): expected \(wanted) operands, found \(operands.count)")
  }
  let rules = TypeRules(op: op, operands: operands)
  let result = try rules.result()
  guard result.boundedCount != nil else {
    throw rules.fail("expected a result of fewer than 2^48 elements, found \(result)")
  }
  return result
}

/// The rules, one arm an operation.
private struct TypeRules {
  let op: Op
  let operands: [TensorType]

  func fail(_ message: String) -> TypeError { TypeError("\(op.mnemonic): \(message)") }

  func result() throws(TypeError) -> TensorType {
    switch op {
    case .input, .labels, .target, .parameter, .state, .slot, .prepared, .fill, .learningRate, .stepNumber:
      throw fail("has no operands to infer a type from; write its type")
    case .relu, .sigmoid, .tanh, .scale, .reciprocalSquareRoot:
      try floats()
      return operands[0]
    case .add, .subtract, .multiply, .reluGradient, .sigmoidGradient, .tanhGradient, .join:
      try floats()
      try same(0, 1)
      return operands[0]
    case .multiplyChannel(let axis), .addChannel(let axis):
      try floats()
      try self.axis(axis)
      try vector(1, of: operands[0].shape[axis])
      return operands[0]
    case .clampChannel(let axis):
      try floats()
      try self.axis(axis)
      for operand in 1...2 { try vector(operand, of: operands[0].shape[axis]) }
      return operands[0]
    case .clampForm:
      try floats()
      try rank(0, 1)
      try same(0, 1)
      return operands[0]
    case .dropout(let probability, _):
      try element(0, .f32)
      try scalar(1, .i64)
      guard (0..<1).contains(probability.value) else {
        throw fail("expected a probability in 0 ..< 1, found \(probability.value)")
      }
      return operands[0]
    case .convolution(let geometry): return try convolution(geometry)
    case .convolutionBackwardData(let geometry, let spatial):
      return try convolutionBackwardData(geometry, spatial: spatial)
    case .convolutionBackwardWeights(let geometry, let kernel):
      return try convolutionBackwardWeights(geometry, kernel: kernel)
    case .packWeights(let groups, _): return try packWeights(groups)
    case .winogradWeights(let tile, let transposed): return try winogradWeights(tile, transposed: transposed)
    case .winogradConvolution(let padBegin, let padEnd, let bands):
      return try winogradConvolution(padBegin, padEnd, bands: bands)
    case .linear: return try linear()
    case .matmul(let transposeA, let transposeB): return try matmul(transposeA, transposeB)
    case .sumToChannel(let axis):
      try floats()
      try self.axis(axis)
      return .f32([operands[0].shape[axis]])
    case .maxPool(let pooling), .averagePool(let pooling): return try pool(pooling, of: operands[0])
    case .maxPoolGradient(let pooling):
      let output = try pool(pooling, of: operands[1])
      try expect(0, output)
      return operands[1]
    case .averagePoolGradient(let pooling, let spatial):
      try image(0)
      try positive(spatial, "spatial extents")
      let input = TensorType.f32(Array(operands[0].shape.prefix(2)) + spatial.map(Extent.fixed))
      try expect(0, try pool(pooling, of: input))
      return input
    case .globalAveragePool:
      try image(0)
      return .f32(Array(operands[0].shape.prefix(2)))
    case .globalAveragePoolGradient(let spatial):
      try rank(0, 2)
      try positive(spatial, "spatial")
      return .f32(operands[0].shape + spatial.map(Extent.fixed))
    case .splitBands(let bands): return try splitBands(bands, of: operands[0])
    case .joinBands(let bands): return try joinBands(bands, of: operands[0])
    case .concat(let axis): return try concat(axis)
    case .slice(let axis, let start, let count): return try slice(axis, start, count)
    case .pad(let before, let after): return try pad(before, after)
    case .reshape(let shape): return try reshape(shape)
    case .batchNorm:
      try image(0, least: 2)
      for operand in 1...4 { try vector(operand, of: operands[0].shape[1]) }
      return operands[0]
    case .moments(let groups):
      try image(0, least: 2)
      guard groups >= 1 else { throw fail("expected at least 1 group, found \(groups)") }
      if let batch = operands[0].shape[0].value, groups > batch {
        throw fail("expected at most as many groups as images, found \(groups) for \(batch)")
      }
      return .f32([.fixed(groups), 2, operands[0].shape[1]])
    case .normalize:
      try image(0, least: 2)
      try moments(1, of: operands[0])
      for operand in 2...3 { try vector(operand, of: operands[0].shape[1]) }
      return operands[0]
    case .normalizeReduce:
      try image(0, least: 2)
      try same(0, 1)
      try moments(2, of: operands[0])
      return operands[2]
    case .normalizeMomentsGradient:
      try same(0, 1)
      try moments(0)
      try vector(2, of: operands[0].shape[2])
      return operands[0]
    case .normalizeInputGradient:
      try image(0, least: 2)
      try moments(1, of: operands[0])
      try vector(2, of: operands[0].shape[1])
      return operands[0]
    case .momentsGradient:
      try image(1, least: 2)
      try same(0, 2)
      try moments(0, of: operands[1])
      return operands[1]
    case .selectMoment(let row):
      try moments(0)
      guard row == 0 || row == 1 else { throw fail("expected row 0 or 1, found \(row)") }
      return .f32([operands[0].shape[2]])
    case .runningMean, .runningVariance:
      if case .runningVariance(_, let count) = op, count < 2 {
        throw fail("expected a count of at least 2, found \(count)")
      }
      try moments(1)
      try vector(0, of: operands[1].shape[2])
      return operands[0]
    case .softmax:
      try floats()
      try rank(0, 2)
      return operands[0]
    case .softmaxCrossEntropy:
      try classes(0, 1)
      return .f32([Extent]())
    case .softmaxCrossEntropyGradient:
      try scalar(0, .f32)
      try classes(1, 2)
      return operands[1]
    case .meanSquaredError:
      try floats()
      try same(0, 1)
      return .f32([Extent]())
    case .meanSquaredErrorGradient:
      try scalar(0, .f32)
      try same(1, 2)
      return operands[1]
    case .sgdMomentum:
      try same(0, 1)
      try same(0, 2)
      try scalar(3, .i64)
      return operands[0]
    case .sgdParameter:
      try same(0, 1)
      if operands.count == 4 { try same(0, 2) }
      try scalar(operands.count - 1, .f32)
      return operands[0]
    case .adamFirstMoment, .adamSecondMoment:
      try same(0, 1)
      try same(0, 2)
      return operands[0]
    case .adamParameter:
      try same(0, 1)
      try same(0, 2)
      try scalar(3, .f32)
      try scalar(4, .i64)
      return operands[0]
    }
  }

  // MARK: Requirements on operands

  func floats() throws(TypeError) {
    for index in operands.indices { try element(index, .f32) }
  }

  func element(_ index: Int, _ wanted: ElementType) throws(TypeError) {
    guard operands[index].element == wanted else {
      throw fail("expected \(wanted.rawValue) elements, found \(operands[index])")
    }
  }

  func rank(_ index: Int, _ wanted: Int) throws(TypeError) {
    guard operands[index].rank == wanted else {
      throw fail("expected \(wanted) axes, found \(operands[index].spelledExtents)")
    }
  }

  func image(_ index: Int, least: Int = 3) throws(TypeError) {
    try element(index, .f32)
    guard operands[index].rank >= least else {
      let wanted = least == 3 ? "batch, channels and at least one spatial axis" : "batch and channels"
      throw fail("expected \(wanted), found \(operands[index].spelledExtents)")
    }
    guard operands[index].shape.dropFirst().allSatisfy({ $0 != .batch }) else {
      throw fail("expected the batch on the first axis only, found \(operands[index].spelledExtents)")
    }
  }

  func same(_ a: Int, _ b: Int) throws(TypeError) {
    guard operands[a] == operands[b] else {
      throw fail("shape \(operands[a].spelledExtents) does not match \(operands[b].spelledExtents)")
    }
  }

  func expect(_ index: Int, _ wanted: TensorType) throws(TypeError) {
    guard operands[index] == wanted else { throw fail("expected \(wanted), found \(operands[index])") }
  }

  func vector(_ index: Int, of count: Extent) throws(TypeError) {
    guard operands[index] == .f32([count]) else {
      throw fail("expected a vector of \(count) elements, found \(operands[index].spelledExtents)")
    }
  }

  func scalar(_ index: Int, _ element: ElementType) throws(TypeError) {
    guard operands[index] == TensorType(element, []) else {
      throw fail("expected a scalar \(element.rawValue)[], found \(operands[index])")
    }
  }

  func axis(_ axis: Int) throws(TypeError) {
    guard operands[0].shape.indices.contains(axis) else {
      throw fail("axis \(axis) is not an axis of \(operands[0].spelledExtents)")
    }
  }

  func moments(_ index: Int, of image: TensorType? = nil) throws(TypeError) {
    let type = operands[index]
    guard type.element == .f32, type.rank == 3, type.shape[1] == 2 else {
      throw fail("expected moments f32[groups,2,C], found \(type)")
    }
    if let image, image.shape[1] != type.shape[2] {
      throw fail("expected moments of \(image.shape[1]) channels, found \(type)")
    }
  }

  func classes(_ logits: Int, _ labels: Int) throws(TypeError) {
    try element(logits, .f32)
    try rank(logits, 2)
    guard operands[labels] == TensorType(.i64, [operands[logits].shape[0]]) else {
      throw fail("expected one i64 label for each row of \(operands[logits]), found \(operands[labels])")
    }
  }

  func positive(_ values: [Int], _ what: String) throws(TypeError) {
    guard values.allSatisfy({ $0 >= 1 }) else { throw fail("expected \(what) of at least 1, found \(values)") }
    try limited(values, what)
  }

  func nonnegative(_ values: [Int], _ what: String) throws(TypeError) {
    guard values.allSatisfy({ $0 >= 0 }) else { throw fail("expected \(what) of at least 0, found \(values)") }
    try limited(values, what)
  }

  /// Keeps the geometry's sums and products inside 64 bits, whatever a text file says.
  func limited(_ values: [Int], _ what: String) throws(TypeError) {
    guard values.allSatisfy({ $0 < 1 << 31 }) else { throw fail("expected \(what) below 2^31, found \(values)") }
  }

  // MARK: Geometry

  /// Spatial extents of type `index`, which has to have `rank` of them.
  func spatial(_ type: TensorType, _ rank: Int) throws(TypeError) -> [Int] {
    guard type.rank == rank + 2 else {
      throw fail("expected \(rank) spatial axes, found \(type.spelledExtents)")
    }
    let extents = type.shape.dropFirst(2).compactMap(\.value)
    guard extents.count == rank else {
      throw fail("expected the batch on the first axis only, found \(type.spelledExtents)")
    }
    return extents
  }

  func check(_ geometry: Convolution) throws(TypeError) {
    let rank = geometry.strides.count
    guard rank <= 3 else { throw fail("expected at most 3 spatial axes, found \(rank)") }
    guard geometry.padBegin.count == rank, geometry.padEnd.count == rank, geometry.dilations.count == rank else {
      throw fail("expected strides, pads and dilations for the same number of axes")
    }
    try positive(geometry.strides, "strides")
    try positive(geometry.dilations, "dilations")
    try nonnegative(geometry.padBegin + geometry.padEnd, "padding")
    try positive([geometry.groups], "groups")
    try positive([geometry.bands], "bands")
  }

  /// Gradients are of whole images.
  private func refuseBands(_ geometry: Convolution) throws(TypeError) {
    guard geometry.bands == 1 else { throw fail("expected whole images, found \(geometry.bands) bands") }
  }

  func outputs(_ geometry: Convolution, spatial: [Int], kernel: [Int]) throws(TypeError) -> [Int] {
    try positive(kernel, "kernel extents")
    var result: [Int] = []
    for axis in spatial.indices {
      let padded = spatial[axis] + geometry.padBegin[axis] + geometry.padEnd[axis]
      let reach = (kernel[axis] - 1) * geometry.dilations[axis] + 1
      guard padded >= reach else {
        throw fail(
          "a kernel that reaches over \(reach) positions does not fit into "
            + "\(spatial[axis]) plus padding \(geometry.padBegin[axis]) and \(geometry.padEnd[axis])")
      }
      result.append((padded - reach) / geometry.strides[axis] + 1)
    }
    return result
  }

  func convolution(_ geometry: Convolution) throws(TypeError) -> TensorType {
    try check(geometry)
    try floats()
    try image(0)
    let (x, w) = (operands[0], operands[1])
    let extents = try spatial(x, geometry.strides.count)
    guard w.rank == x.rank, let weights = w.extents, let channels = x.shape[1].value else {
      throw fail("expected weights [out, in/groups, kernel…] of \(x.rank) axes, found \(w.spelledExtents)")
    }
    // groups first: then weights[1] · groups is no more than the weights' own element count
    guard weights[0] % geometry.groups == 0 else {
      throw fail("expected output channels divisible by \(geometry.groups) groups, found \(weights[0])")
    }
    guard channels == weights[1] * geometry.groups else {
      throw fail(
        "weights for \(weights[1] * geometry.groups) input channels do not match \(channels) channels of "
          + x.spelledExtents)
    }
    if geometry.packed == .lanes {
      guard extents.count <= 2 else { throw fail("expected at most two spatial axes for outputs in lanes") }
      guard weights[0] / geometry.groups % Packing.filled == 0 else {
        throw fail(
          "expected a multiple of \(Packing.filled) outputs in lanes, found \(weights[0] / geometry.groups) of each group"
        )
      }
    }
    if operands.count == 3 { try vector(2, of: w.shape[0]) }
    if geometry.bands != 1 {
      return try convolutionOfBands(geometry, x, outputs: w.shape[0], kernel: Array(weights.dropFirst(2)))
    }
    let result = try outputs(geometry, spatial: extents, kernel: Array(weights.dropFirst(2)))
    return .f32([x.shape[0], w.shape[0]] + result.map(Extent.fixed))
  }

  /// Of bands a convolution makes bands again, each from its own lines and those next to them.
  private func convolutionOfBands(
    _ geometry: Convolution, _ x: TensorType, outputs channels: Extent, kernel: [Int]
  ) throws(TypeError) -> TensorType {
    let whole = try joinBands(geometry.bands, of: x)
    let extents = try spatial(whole, 2)
    let result = try outputs(geometry, spatial: extents, kernel: kernel)
    guard result[0] * geometry.strides[0] == extents[0] else {
      throw fail("expected bands whose lines give lines of the same band, found \(result[0]) lines of \(extents[0])")
    }
    let lines = extents[0] / geometry.bands
    guard geometry.linesBeyond(kernel: kernel) <= lines else {
      throw fail(
        "expected windows that reach no further than the next band, \(lines) of its lines at most, found "
          + "\(geometry.linesBeyond(kernel: kernel))")
    }
    return try splitBands(
      geometry.bands, of: .f32([whole.shape[0], channels] + result.map(Extent.fixed)))
  }

  private func splitBands(_ bands: Int, of x: TensorType) throws(TypeError) -> TensorType {
    try positive([bands], "bands")
    guard let shape = x.extents, x.element == .f32, shape.count == 4, shape[2] % bands == 0 else {
      throw fail("expected f32[N, C, H, W] with lines for \(bands) equal bands, found \(x.spelledExtents)")
    }
    let (images, overflow) = shape[0].multipliedReportingOverflow(by: bands)
    if overflow { throw fail("expected fewer than \(bands) bands") }
    return .f32([images, shape[1], shape[2] / bands, shape[3]].map(Extent.fixed))
  }

  private func joinBands(_ bands: Int, of x: TensorType) throws(TypeError) -> TensorType {
    try positive([bands], "bands")
    guard let shape = x.extents, x.element == .f32, shape.count == 4, shape[0] % bands == 0 else {
      throw fail("expected f32[N, C, H, W] of images in \(bands) bands each, found \(x.spelledExtents)")
    }
    let (lines, overflow) = shape[2].multipliedReportingOverflow(by: bands)
    if overflow { throw fail("expected fewer than \(bands) bands") }
    return .f32([shape[0] / bands, shape[1], lines, shape[3]].map(Extent.fixed))
  }

  func convolutionBackwardData(_ geometry: Convolution, spatial: [Int]) throws(TypeError) -> TensorType {
    try check(geometry)
    try refuseBands(geometry)
    let (dy, w) = (operands[0], operands[1])
    try image(0)
    guard let weights = w.extents, w.rank == dy.rank else {
      throw fail("expected weights of \(dy.rank) axes, found \(w.spelledExtents)")
    }
    guard spatial.count == geometry.strides.count, dy.rank == spatial.count + 2 else {
      throw fail("expected one spatial extent and one stride an axis of \(dy.spelledExtents), found \(spatial)")
    }
    try positive(spatial, "spatial extents")
    guard weights[0] % geometry.groups == 0 else {
      throw fail("expected output channels divisible by \(geometry.groups) groups, found \(weights[0])")
    }
    let result = try outputs(geometry, spatial: spatial, kernel: Array(weights.dropFirst(2)))
    try expect(0, .f32([dy.shape[0], w.shape[0]] + result.map(Extent.fixed)))
    return .f32([dy.shape[0], .fixed(weights[1] * geometry.groups)] + spatial.map(Extent.fixed))
  }

  func convolutionBackwardWeights(_ geometry: Convolution, kernel: [Int]) throws(TypeError) -> TensorType {
    try check(geometry)
    try refuseBands(geometry)
    try image(0)
    try image(1)
    let (dy, x) = (operands[0], operands[1])
    let extents = try spatial(x, geometry.strides.count)
    guard kernel.count == geometry.strides.count else { throw fail("expected one kernel extent an axis") }
    guard let channels = x.shape[1].value, channels % geometry.groups == 0 else {
      throw fail("expected input channels divisible by \(geometry.groups) groups, found \(x.spelledExtents)")
    }
    let result = try outputs(geometry, spatial: extents, kernel: kernel)
    try expect(0, .f32([x.shape[0], dy.shape[1]] + result.map(Extent.fixed)))
    return .f32([dy.shape[1], .fixed(channels / geometry.groups)] + kernel.map(Extent.fixed))
  }

  func packWeights(_ groups: Int) throws(TypeError) -> TensorType {
    try floats()
    let w = operands[0]
    guard (2...5).contains(w.rank), !w.shape.contains(.batch) else {
      throw fail("expected weights [out, in, kernel…], found \(w.spelledExtents)")
    }
    guard groups > 0, (w.shape[0].value ?? 0) % groups == 0 else {
      throw fail("expected output channels divisible by \(groups) groups, found \(w.spelledExtents)")
    }
    return w
  }

  func winogradWeights(_ tile: Winograd, transposed: Bool) throws(TypeError) -> TensorType {
    try floats()
    try rank(0, 4)
    let w = operands[0]
    let taps = Extent.fixed(Winograd.taps)
    guard w.shape[2] == taps, w.shape[3] == taps else {
      throw fail("expected weights [out, in, 3, 3], found \(w.spelledExtents)")
    }
    let filters = [w.shape[0], w.shape[1]]
    return .f32([.fixed(tile.products)] + (transposed ? filters.reversed() : filters))
  }

  func winogradConvolution(_ padBegin: [Int], _ padEnd: [Int], bands: Int) throws(TypeError) -> TensorType {
    try floats()
    try rank(0, 4)
    try rank(1, 3)
    let (x, u) = (operands[0], operands[1])
    var geometry = Convolution(strides: [1, 1], padBegin: padBegin, padEnd: padEnd, dilations: [1, 1])
    geometry.bands = bands
    try check(geometry)
    guard Winograd(products: u.shape[0].value) != nil, u.shape[2] == x.shape[1] else {
      let products = Winograd.allCases.map { "\($0.products)" }.joined(separator: " or ")
      throw fail("expected transformed weights [\(products), out, \(x.shape[1])], found \(u.spelledExtents)")
    }
    if operands.count == 3 { try vector(2, of: u.shape[1]) }
    let kernel = [Winograd.taps, Winograd.taps]
    if bands != 1 { return try convolutionOfBands(geometry, x, outputs: u.shape[1], kernel: kernel) }
    let result = try outputs(geometry, spatial: try spatial(x, 2), kernel: kernel)
    return .f32([x.shape[0], u.shape[1]] + result.map(Extent.fixed))
  }

  func linear() throws(TypeError) -> TensorType {
    try floats()
    try rank(0, 2)
    try rank(1, 2)
    let (x, w) = (operands[0], operands[1])
    guard x.shape[1] == w.shape[1] else {
      throw fail("weights for \(w.shape[1]) inputs do not match \(x.shape[1]) features of \(x.spelledExtents)")
    }
    if operands.count == 3 { try vector(2, of: w.shape[0]) }
    return .f32([x.shape[0], w.shape[0]])
  }

  func matmul(_ transposeA: Bool, _ transposeB: Bool) throws(TypeError) -> TensorType {
    try floats()
    try rank(0, 2)
    try rank(1, 2)
    let a = transposeA ? operands[0].shape.reversed() : operands[0].shape
    let b = transposeB ? operands[1].shape.reversed() : operands[1].shape
    guard a[1] == b[0] else { throw fail("inner extents \(a[1]) and \(b[0]) do not match") }
    return .f32([a[0], b[1]])
  }

  func pool(_ pooling: Pooling, of type: TensorType) throws(TypeError) -> TensorType {
    guard pooling.kernel.count <= 3 else {
      throw fail("expected at most 3 spatial axes, found \(pooling.kernel.count)")
    }
    guard type.element == .f32, type.rank == pooling.kernel.count + 2, pooling.strides.count == pooling.kernel.count,
      pooling.padBegin.count == pooling.kernel.count, pooling.padEnd.count == pooling.kernel.count
    else { throw fail("expected \(pooling.kernel.count) spatial axes, found \(type.spelledExtents)") }
    try positive(pooling.kernel + pooling.strides, "kernel and strides")
    try nonnegative(pooling.padBegin + pooling.padEnd, "padding")
    let extents = try spatial(type, pooling.kernel.count)
    guard let result = pooling.outputs(of: extents) else {
      throw fail(
        "a window of \(pooling.kernel.map(String.init).joined(separator: "×")) does not fit into "
          + "\(extents.map(String.init).joined(separator: "×")), or its padding exceeds half of it")
    }
    return .f32(type.shape.prefix(2) + result.map(Extent.fixed))
  }

  // MARK: Shape

  func concat(_ axis: Int) throws(TypeError) -> TensorType {
    try floats()
    try self.axis(axis)
    var result = operands[0]
    var total = 0
    for operand in operands {
      guard operand.rank == result.rank else {
        throw fail("\(operand.rank) axes do not match \(result.rank)")
      }
      for other in result.shape.indices where other != axis && operand.shape[other] != result.shape[other] {
        let spatial = other >= 2 && axis < 2
        let left = spatial ? Array(result.shape.dropFirst(2)) : result.shape
        let right = spatial ? Array(operand.shape.dropFirst(2)) : operand.shape
        throw fail(
          "\(spatial ? "spatial size" : "shape") \(TensorType.f32(left).spelledExtents) does not match "
            + TensorType.f32(right).spelledExtents)
      }
      guard let count = operand.shape[axis].value else { throw fail("cannot join along the batch") }
      total += count
      guard total < TensorType.elementLimit else { throw fail("expected fewer than 2^48 elements in all") }
    }
    result.shape[axis] = .fixed(total)
    return result
  }

  func slice(_ axis: Int, _ start: Int, _ count: Int) throws(TypeError) -> TensorType {
    try floats()
    try self.axis(axis)
    guard let extent = operands[0].shape[axis].value else { throw fail("cannot slice along the batch") }
    guard start >= 0, count >= 1, start <= extent - count else {
      throw fail("expected a range inside 0 ..< \(extent), found \(count) from \(start)")
    }
    var result = operands[0]
    result.shape[axis] = .fixed(count)
    return result
  }

  func pad(_ before: [Int], _ after: [Int]) throws(TypeError) -> TensorType {
    try floats()
    guard before.count == operands[0].rank, after.count == operands[0].rank else {
      throw fail("expected padding for \(operands[0].rank) axes, found \(before.count) and \(after.count)")
    }
    try nonnegative(before + after, "padding")
    let padded = before.indices.dropFirst().count { before[$0] + after[$0] > 0 }
    guard padded <= 3 else { throw fail("expected padding along at most 3 axes after the first, found \(padded)") }
    var result = operands[0]
    for axis in before.indices where before[axis] + after[axis] > 0 {
      guard let extent = result.shape[axis].value else { throw fail("cannot pad the batch") }
      result.shape[axis] = .fixed(extent + before[axis] + after[axis])
    }
    return result
  }

  func reshape(_ shape: [Extent]) throws(TypeError) -> TensorType {
    try floats()
    func size(_ shape: [Extent]) -> (count: Int, batches: Int)? {
      TensorType.f32(shape).boundedCount.map { ($0, shape.filter { $0 == .batch }.count) }
    }
    guard shape.allSatisfy({ ($0.value ?? 1) >= 1 }), let wanted = size(shape), let found = size(operands[0].shape),
      wanted == found
    else {
      throw fail(
        "\(operands[0].spelledExtents) does not have as many elements as \(TensorType.f32(shape).spelledExtents)")
    }
    return .f32(shape)
  }
}
