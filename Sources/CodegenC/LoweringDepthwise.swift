import NNIR
import Passes

/// How the lines of a depthwise convolution, or of its gradients, are cut into tiles, from shapes alone.
private struct DepthwiseTiles {
  var lines: Int
  /// Lines of a phase's plane.
  var rows: Int
  var pitch: Int
  /// Floats of all planes, each with room for a vector that overhangs its last line.
  var floats: Int
  /// Tiles of an image.
  var count: Int

  init(lines extent: Int, columns: Int, shift: [Int], planes: Int, lanes: Int) {
    pitch = columns + shift[1]
    lines = extent.evenPart(atMost: Self.cached / (planes * pitch))
    rows = lines + shift[0]
    floats = planes * (rows * pitch + lanes)
    count = extent.dividedUp(by: lines)
  }

  /// Floats of a tile's planes to aim at: they and the results stay in the first-level cache.
  private static let cached = 4096
}

extension ConvolutionShape {
  /// Whether each channel has a filter of its own, over one or two axes.
  var isDepthwise: Bool { groups > 1 && inputs == 1 && outputs == 1 && input[0] * output[0] * kernel[0] == 1 }

  fileprivate var isStrided: Bool { strides != [1, 1, 1] }
}

extension Lowering {
  /// The words that all three kernels share.
  private func words(_ shape: ConvolutionShape, _ tiles: DepthwiseTiles) -> [Row.Argument] {
    let axes = [shape.input, shape.output, shape.kernel, shape.strides, shape.dilations, shape.pads]
    return integers([shape.images, shape.groups])
      + axes.flatMap { integers(Array($0.dropFirst())) }
      + integers([tiles.lines, tiles.rows, tiles.pitch, tiles.count])
  }

  private func forwardTiles(_ shape: ConvolutionShape) -> DepthwiseTiles {
    DepthwiseTiles(
      lines: shape.output[1], columns: shape.output[2], shift: [shape.shift(1), shape.shift(2)],
      planes: shape.phases(1) * shape.phases(2), lanes: options.lanes)
  }

  /// Floats of the image's lines that a tile reads.
  private func packedLines(_ shape: ConvolutionShape, _ tiles: DepthwiseTiles) -> Int {
    min(shape.input[1], tiles.rows * shape.strides[1]) * shape.input[2]
  }

  /// Scratch in bytes for so many floats that are read and written in whole register tiles.
  private func bytes(_ floats: Int) -> Int { (floats + options.tileWidth) * 4 }

  mutating func depthwiseConvolution(_ nest: LoopNest, _ shape: ConvolutionShape) {
    let inputs = graph[nest.anchor].inputs
    let tiles = forwardTiles(shape)
    let source = source(inputs[0], prefix: "l", line: packedLines(shape, tiles))
    let weights = [
      operand(inputs[1]), inputs.count > 2 && !Mutation.isActive(.convolutionBiasLost) ? operand(inputs[2]) : nil,
    ]
    let target = target(nest, parts: shape.images * tiles.count, always: true)
    guard let epilogue = target.epilogue else { fatalError("results of a depthwise convolution without epilogue") }
    let results = bytes(tiles.lines * tiles.pitch)
    let scratch = takeScratch([shape.taps * 8, bytes(tiles.floats), results, results])
    add(
      .depthwiseConvolution(isStrided: shape.isStrided, load: source.hook, store: epilogue),
      tasks: shape.images * tiles.count * shape.groups,
      reads: source.reads + weights.compactMap { $0?.access } + target.reads, writes: target.writes,
      source.words + words(weights, []) + target.words + words(shape, tiles) + integers(scratch))
    finishSums(target, channels: shape.groups)
  }

  mutating func depthwiseBackwardData(_ nest: LoopNest, _ shape: ConvolutionShape) {
    let inputs = graph[nest.anchor].inputs
    let reached = shape.reached
    let shift = (0..<3).map(shape.shift)
    let tiles = DepthwiseTiles(
      lines: reached[1].count, columns: reached[2].count, shift: [shift[1], shift[2]], planes: 1,
      lanes: options.lanes)
    let source = source(inputs[0], prefix: "l", line: tiles.rows * shape.output[2])
    let weights = operand(inputs[1])
    let target = target(nest, parts: shape.images * tiles.count, always: true)
    guard let epilogue = target.epilogue else { fatalError("a gradient of a depthwise convolution without epilogue") }
    let phases = shape.strides.reduce(1, *)
    let lane = options.lanes
    let scratch = takeScratch([
      (2 * shape.taps + phases) * 8, shape.taps * 4, bytes(tiles.floats),
      bytes((tiles.lines * tiles.pitch).roundedUp(to: lane) * shape.strides[2]),
      bytes(max(tiles.lines * tiles.pitch, (reached[2].count.roundedUp(to: lane) + 2) * shape.strides[2])),
    ])
    let geometry = [
      reached[1].lowerBound, reached[2].lowerBound, reached[1].count, reached[2].count, shift[1], shift[2],
    ]
    add(
      .depthwiseBackwardData(isStrided: shape.isStrided, load: source.hook, store: epilogue),
      tasks: shape.images * tiles.count * shape.groups, reads: source.reads + [weights.access] + target.reads,
      writes: target.writes,
      source.words + words([weights], []) + target.words + words(shape, tiles)
        + integers(geometry + scratch))
    finishSums(target, channels: shape.groups)
  }

  mutating func depthwiseBackwardWeights(_ id: ValueID, _ shape: ConvolutionShape) {
    let inputs = graph[id].inputs
    let tiles = forwardTiles(shape)
    let gradient = source(inputs[0], prefix: "l", line: tiles.lines * shape.output[2])
    let image = source(inputs[1], prefix: "r", line: packedLines(shape, tiles))
    let scratch = takeScratch([shape.taps * 8, shape.taps * 8, bytes(tiles.floats), bytes(tiles.lines * tiles.pitch)])
    let result = result(id)
    let operands = gradient.words + image.words + words([], [result])
    add(
      .depthwiseBackwardWeights(isStrided: shape.isStrided, dy: gradient.hook, x: image.hook), tasks: shape.groups,
      reads: gradient.reads + image.reads, writes: [result.access],
      operands + words(shape, tiles) + integers(scratch))
  }
}
