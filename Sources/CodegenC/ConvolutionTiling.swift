import NNIR

/// How the work of a convolution, or of one of its gradients, is cut into tiles and tasks.
///
/// Everything follows from the shape and from what a tuning file says about it; threads do not matter.
struct ConvolutionTiling: Hashable {
  var tiles: StripTiles
  /// Tasks that share a strip: one for each register tile of channels, so that threads have equal shares of them; one that
  /// has several of a strip packs it once. For gradients of weights, parts of the channels.
  var parts: Int

  /// The tiling of a loop nest; the problem is one of a convolution.
  init(_ problem: TuningProblem, _ choice: TuningChoice?, _ options: CodegenOptions) {
    let shape = problem.shape
    switch problem.kind {
    case .convolution:
      tiles = Self.shiftedOrNot(
        Self.forward(shape, floats: 0, inVectors: true, choice, options), shape, extents: shape.output,
        inputs: shape.inputs, outputs: shape.outputs, choice, options)
      parts = shape.panels(.rows, options).tiles
    case .convolutionLanes:
      tiles = StripTiles(lanes: shape, choice: choice, options: options)
      parts = shape.panels(.lanes, options).tiles
    case .convolutionBackwardData:
      let planes = shape.shift(0) + 1
      let extents = shape.reached.map(\.count)
      let padded = StripTiles(
        images: shape.images, extents: extents, halo: [shape.shift(1), shape.shift(2)], gapped: shape.outputLines,
        inVectors: true, planes: planes, floats: shape.outputs * planes, choice: choice, options: options)
      tiles = Self.shiftedOrNot(
        padded, shape, extents: extents, inputs: shape.outputs, outputs: shape.inputs, choice, options)
      parts = shape.transposedPanels(options).tiles
    case .convolutionBackwardWeights:
      let width = shape.outputs.roundedUp(to: options.lanes)
      tiles = Self.forward(shape, floats: width, inVectors: false, choice, options)
      let tasks = shape.ranges(tiles, width: width) * shape.groups
      let wanted = tasks >= options.fewTasks ? shape.inputs : max(8, shape.inputs * tasks / options.fewTasks)
      parts = shape.inputs.dividedUp(
        by: shape.inputs.evenPart(atMost: choice?.parts.map { shape.inputs.dividedUp(by: $0) } ?? wanted))
    case .convolutionBackward:
      let width = shape.outputs.roundedUp(to: options.lanes)
      tiles = StripTiles(
        images: shape.images, extents: [1, 1, shape.input[2]], halo: [0, 0], planes: 1,
        floats: shape.inputs + shape.outputs + width, choice: choice, options: options)
      parts = 1
    case .product, .dotProducts, .algorithm: fatalError("a product has no convolution's tiles")
    }
  }

  private static func forward(
    _ shape: ConvolutionShape, floats: Int, inVectors: Bool, _ choice: TuningChoice?, _ options: CodegenOptions
  ) -> StripTiles {
    let planes = shape.kernel[0] * shape.phases(1) * shape.phases(2)
    return StripTiles(
      images: shape.images, inBands: shape.bands > 1, extents: shape.output, halo: [shape.shift(1), shape.shift(2)],
      gapped: shape.inputLines,
      inVectors: inVectors, planes: planes, floats: max(floats, shape.inputs * planes), choice: choice, options: options
    )
  }

  /// Tiles with shifted copies in place of padded ones where that costs less, by an estimate of cycles: two multiply-adds
  /// of vectors each, seven for a vector that is copied, as strips leave the first-level cache.
  private static func shiftedOrNot(
    _ padded: StripTiles, _ shape: ConvolutionShape, extents: [Int], inputs: Int, outputs: Int,
    _ choice: TuningChoice?, _ options: CodegenOptions
  ) -> StripTiles {
    guard shape.isShiftable else { return padded }
    let copies = shape.kernel[2]
    var shifted = StripTiles(
      images: shape.images, inBands: shape.bands > 1, extents: extents, halo: [shape.shift(1), 0], planes: copies,
      floats: inputs * copies,
      choice: choice, options: options)
    guard shifted.columns == extents[2] else { return padded }
    shifted.lineLayout = .shifted
    func cost(_ tiles: StripTiles) -> Int {
      let vectors = tiles.positions.dividedUp(by: options.lanes)
      let copied = tiles.channelStride.dividedUp(by: options.lanes)
      return tiles.tiles * (vectors * outputs * shape.taps + 14 * copied)
    }
    return cost(shifted) < cost(padded) ? shifted : padded
  }
}

extension ConvolutionShape {
  /// Positions j of each axis with some phase inside the input: 0 ≤ s·j + φ − pad < extent.
  var reached: [Range<Int>] {
    (0..<3).map { axis in
      let reach = Mutation.isActive(.backwardDataOrigin) ? 0 : pads[axis]
      let first = pads[axis] / strides[axis]
      return first..<max(first, (input[axis] - 1 + reach) / strides[axis] + 1)
    }
  }

  /// The exchanged convolution, where the gradient of the weights is better taken with inputs in the lanes: by the
  /// multiply-adds of whole vectors, of which few outputs leave lanes unused, and by what lies in lanes, which has to be
  /// transposed; that takes half a cycle an element, in which there is time for a multiply-add of a vector.
  func withInputsInLanes(_ options: CodegenOptions) -> ConvolutionShape? {
    guard let exchanged else { return nil }
    func cost(_ shape: ConvolutionShape) -> Int {
      shape.outputs.roundedUp(to: options.lanes) * shape.inputs * taps + options.lanes * shape.outputs
    }
    return cost(exchanged) < cost(self) ? exchanged : nil
  }

  /// Ranges of images over which a gradient of weights is summed: small gradients over up to 16 side by side, large ones
  /// over few, so that the parts stay within 16 MiB.
  func ranges(_ tiles: StripTiles, width: Int) -> Int {
    min(tiles.counts[0], Kernel.maximumRanges, max(1, (4 << 20) / (groups * inputs * taps * width)))
  }
}
