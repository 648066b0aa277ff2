import NNIR
import Passes

/// How the tiles of a Winograd convolution are cut into blocks, from shapes alone.
struct WinogradBlocks {
  /// Images, and lines of tiles of each, of a block.
  var images: Int
  var runs: Int
  /// Patches of a line in the lanes: with a power of two, lines share vectors.
  var tiles: Int
  /// Number of blocks along images and height.
  var counts: [Int]
  /// Tiles of a block, in whole vectors.
  var width: Int
  /// Input channels whose patches are in the cache at once.
  var depth: Int
  /// Output channels of a task.
  var part: Int

  var blocks: Int { counts.reduce(1, *) }

  /// Blocks of about four vectors of tiles, as many as a register tile is wide. Bands are for different threads where they
  /// fill vectors.
  init(
    _ form: Winograd, images count: Int, inBands: Bool, inputs: Int, outputs: Int, output: [Int],
    options: CodegenOptions
  ) {
    let (runs, columns) = (output[0].dividedUp(by: form.outputs), output[1].dividedUp(by: form.outputs))
    // a vector takes as many loads as a tile has outputs, each of one line only
    tiles = [4, 2].filter { $0 <= form.outputs }.map { options.lanes / $0 }.first { $0 >= columns } ?? columns
    let wanted = Self.vectors * options.lanes
    self.runs = runs.evenPart(atMost: wanted / tiles)
    images =
      self.runs == runs && !(inBands && runs * tiles >= options.lanes)
      ? count.evenPart(atMost: wanted / (runs * tiles)) : 1
    counts = [count.dividedUp(by: images), runs.dividedUp(by: self.runs)]
    width = (images * self.runs * tiles).roundedUp(to: options.lanes)
    part = outputs.evenPart(atMost: max(options.tileRows, Self.cached / (form.products * width)))
    // parts share patches where all of them are kept
    let most = (part < outputs ? Self.kept : Self.cached) / (form.products * width)
    depth = inputs <= most ? inputs : inputs.evenPart(atMost: max(1, Self.cached / (form.products * width)))
  }

  private static let vectors = 4
  /// Floats of patches, and of products, at once: 288 KiB each stay in the second-level cache.
  private static let cached = 73728
  /// Floats of patches of all channels, for several parts of the outputs: 1.25 MiB.
  private static let kept = 327680
}

extension Lowering {
  mutating func winogradWeights(_ id: ValueID, _ tile: Winograd, transposed: Bool) {
    let source = operand(graph[id].inputs[0])
    let filters = shape(graph[id].inputs[0])
    let area = Winograd.taps * Winograd.taps
    let steps = [filters[1] * area, area]
    add(
      .winogradWeights(tile), tasks: filters[transposed ? 1 : 0], reads: [source], writes: [result(id)],
      ((transposed ? [filters[1], filters[0]] + steps.reversed() : [filters[0], filters[1]] + steps)
        + [transposed && !Mutation.isActive(.transposedTaps) ? 1 : 0]).map(Row.Argument.integer))
  }

  mutating func winogradConvolution(_ nest: LoopNest, pad: [Int], bands: Int) {
    let id = nest.anchor
    let inputs = graph[id].inputs
    let (x, y) = (shape(inputs[0]), shape(id))
    guard let form = Winograd(products: shape(inputs[1])[0]) else {
      preconditionFailure("the verifier has seen to transforms")
    }
    let blocks = WinogradBlocks(
      form, images: x[0], inBands: bands > 1, inputs: x[1], outputs: y[1], output: Array(y[2...]), options: options)
    let parts = y[1].dividedUp(by: blocks.part)
    let weights = [
      operand(inputs[1]), inputs.count > 2 && !Mutation.isActive(.convolutionBiasLost) ? operand(inputs[2]) : nil,
    ]
    let source = source(inputs[0], prefix: "l", line: 0)
    let target = target(nest, parts: blocks.blocks)
    // patches, what the last one reads beyond, and what its vector does
    let slot = form.outputs * (blocks.tiles + 1).roundedUp(to: options.lanes)
    let slots = blocks.images * (blocks.runs + 1)
    let scratch = takeScratch(
      [
        // the last slots are read together with three more
        (form.outputs * slots + 4) * slot,
        form.patch * form.outputs * (slots * blocks.tiles + options.lanes) + options.lanes,
        form.products * (blocks.depth * blocks.width + options.lanes),
        form.products * blocks.part * blocks.width,
        form.outputs * form.outputs * blocks.width,
      ].map { $0 * 4 })
    add(
      .winogradConvolution(form, crossesBands: bands > 1, load: source.hook, store: target.epilogue),
      tasks: blocks.blocks * parts,
      reads: source.reads + weights.compactMap { $0?.access } + target.reads, writes: target.writes,
      source.words + words(weights, []) + target.words
        + ([x[0], x[1], y[1], x[2], x[3], y[2], y[3]] + pad
        + [blocks.images, blocks.runs, blocks.tiles, blocks.counts[1], parts, blocks.part, blocks.depth, slot]
        + scratch + (bands > 1 ? [bands] : []))
        .map(Row.Argument.integer))
    finishSums(target, channels: y[1])
  }
}
