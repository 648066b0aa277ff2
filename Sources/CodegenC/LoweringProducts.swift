import NNIR
import Passes

/// Convolutions and matrix products.
extension Lowering {
  /// Words that are numbers.
  func integers(_ values: [Int]) -> [Row.Argument] { values.map(Row.Argument.integer) }

  // MARK: Matrices

  /// x · transpose(y) + bias with both operands contiguous along the sum.
  mutating func dotProducts(_ nest: LoopNest, _ x: ValueID, _ y: ValueID, bias: ValueID?) {
    let id = nest.anchor
    let (rows, columns, depth) = (shape(id)[0], shape(id)[1], shape(x)[1])
    let operands = [operand(x), operand(y), bias.map { operand($0) }]
    let choice = choice(.dotProducts(rows: rows, columns: columns, depth: depth, store: !nest.members.isEmpty))
    let (part, width) = Kernel.dotTask(rows: rows, columns: columns, choice)
    let target = matrixTarget(nest, floats: part * width)
    add(
      .dotProducts(store: target.epilogue),
      tasks: rows.dividedUp(by: part) * columns.dividedUp(by: width),
      reads: operands.compactMap { $0?.access } + target.reads, writes: target.writes,
      words(operands, []) + target.words + integers([rows, columns, depth, part, width]))
  }

  /// x · transpose(w) + bias with w in panels, as it comes or block by block.
  mutating func linear(_ nest: LoopNest, isPacked: Bool) {
    let id = nest.anchor
    let inputs = graph[id].inputs
    let (rows, columns, depth) = (shape(id)[0], shape(id)[1], shape(inputs[0])[1])
    if !isPacked, rows < Kernel.packedRows || columns % Packing.filled != 0 {
      return dotProducts(nest, inputs[0], inputs[1], bias: inputs.count > 2 ? inputs[2] : nil)
    }
    let operands = [operand(inputs[0]), operand(inputs[1]), inputs.count > 2 ? operand(inputs[2]) : nil]
    let part = rows.evenPart(atMost: Kernel.productRows)
    let target = matrixTarget(nest, floats: part * options.tileWidth)
    let block = panels(columns, depth).blockChannels
    let scratch = isPacked ? [] : takeScratch([block * options.tileWidth * 4])
    add(
      .linear(packs: !isPacked, store: target.epilogue),
      tasks: rows.dividedUp(by: part) * columns.dividedUp(by: options.tileWidth),
      reads: operands.compactMap { $0?.access } + target.reads, writes: target.writes,
      words(operands, []) + target.words + integers([rows, columns, depth, block, part] + scratch))
  }

  /// The weights of a linear layer.
  private func panels(_ outputs: Int, _ inputs: Int) -> WeightPanels {
    WeightPanels(rows: outputs, channels: inputs, taps: 1, .lanes, options)
  }

  /// Where a product goes: to its place, or through an epilogue that takes a tile of so many floats.
  private mutating func matrixTarget(_ nest: LoopNest, floats: Int) -> Target {
    guard nest.members.isEmpty else {
      var target = target(nest, parts: 0)
      target.words.append(.integer(takeScratch([floats * 4])[0]))
      return target
    }
    let result = result(nest.anchor)
    return Target(writes: [result.access], words: [.place(result.place)])
  }

  mutating func matmul(_ nest: LoopNest, _ transposeA: Bool, _ transposeB: Bool) {
    let id = nest.anchor
    let inputs = graph[id].inputs
    if !transposeA && transposeB { return dotProducts(nest, inputs[0], inputs[1], bias: nil) }
    let (rows, columns) = (shape(id)[0], shape(id)[1])
    let depth = shape(inputs[0])[transposeA ? 0 : 1]
    let width = options.tileWidth
    let choice = choice(.product(rows: rows, columns: columns, depth: depth))
    let part = rows.evenPart(atMost: choice?.rows ?? Kernel.productRows)
    let reads = inputs.map { operand($0) }
    let block = depth.evenPart(atMost: Kernel.panelFloats / width)
    let scratch = takeScratch([block * width * 4])
    add(
      .product, tasks: rows.dividedUp(by: part) * columns.dividedUp(by: width), reads: reads, writes: [result(id)],
      integers([
        rows, columns, depth, transposeA != Mutation.isActive(.matmulTransposed) ? 1 : depth,
        transposeA != Mutation.isActive(.matmulTransposed) ? rows : 1, transposeB ? 1 : columns,
        transposeB ? depth : 1, part, width, block, scratch[0],
      ]))
  }

  // MARK: Convolutions

  /// The words that all three convolution kernels share.
  private func words(_ shape: ConvolutionShape, _ tiles: StripTiles) -> [Row.Argument] {
    integers(
      [shape.images, shape.groups, shape.inputs, shape.outputs] + shape.input + shape.output + shape.kernel
        + shape.strides + shape.dilations + shape.pads
        + [tiles.images, tiles.lines, tiles.columns, tiles.rows, tiles.pitch, tiles.channelStride]
        + tiles.counts)
  }

  /// Scratch of a strip: tap offsets with the places of vectors after them, places of lines, the strip itself with room
  /// for a tile that overhangs its end.
  private mutating func stripScratch(taps: Int, tiles: StripTiles, channels: Int, more: [Int] = []) -> [Int] {
    let vectors = tiles.lineLayout == .vectors ? tiles.positions / options.lanes : 0
    return takeScratch(
      [(taps + vectors) * 8, tiles.images * tiles.rows * 8, (tiles.channelStride * channels + options.tileWidth) * 4]
        + more)
  }

  /// The tiles of a problem, as the tuning or else the built-in rule has them.
  private mutating func tiling(
    _ kind: TuningProblem.Kind, _ shape: ConvolutionShape, load: Bool, store: Bool
  ) -> ConvolutionTiling {
    let problem = TuningProblem(kind, shape, load: load, store: store)
    return ConvolutionTiling(problem, choice(problem), options)
  }

  /// Whether an operand is computed while it is loaded.
  private func isHooked(_ id: ValueID) -> Bool { graph[id].fusion == .load }

  mutating func convolution(_ nest: LoopNest, _ geometry: Convolution) {
    let id = nest.anchor
    let inputs = graph[id].inputs
    let shape = ConvolutionShape(
      geometry, input: self.shape(inputs[0]), weights: self.shape(inputs[1]), output: self.shape(id))
    if shape.isDepthwise, !shape.crossesBands { return depthwiseConvolution(nest, shape) }
    let packing =
      geometry.packed
      ?? Passes.packing(
        geometry, weights: self.shape(inputs[1]), output: self.shape(id), algorithms: options.tuning.algorithms)
    if packing == .lanes { return convolutionLanes(nest, geometry, shape) }
    let tiling = tiling(.convolution, shape, load: isHooked(inputs[0]), store: !nest.members.isEmpty)
    let (tiles, parts) = (tiling.tiles, tiling.parts)
    let panels = shape.panels(.rows, options)
    let weights = weightsAndBias(inputs, geometry, panels)
    let source = source(inputs[0], prefix: "l", line: shape.input[2])
    let isInTime = Kernel.packsInTime(shape.form(tiles))
    let target = target(nest, parts: tiles.tiles, always: isInTime)
    let tile = target.epilogue.map { epilogue in
      let handsOn = Kernel.handsOn(shape.form(tiles), epilogue)
      return epilogueTile(
        positions: handsOn && isInTime ? options.tileWidth : tiles.positions, panels: parts, inTime: isInTime,
        isEmpty: handsOn && panels.blockChannels == shape.inputs)
    }
    let scratch =
      isInTime
      ? takeScratch([8, 0, panels.blockChannels * options.tileWidth * 4])
      : stripScratch(taps: shape.taps, tiles: tiles, channels: shape.inputs)
    add(
      .convolution(
        shape.form(tiles), crossesBands: shape.crossesBands, isPrepared: geometry.packed != nil, load: source.hook,
        store: target.epilogue),
      tasks: tiles.tiles * shape.groups * parts,
      reads: source.reads + weights.compactMap { $0?.access } + target.reads, writes: target.writes,
      source.words + words(weights, []) + target.words + (tile ?? []) + words(shape, tiles)
        + integers([panels.blockChannels] + scratch + (shape.crossesBands ? [shape.bands] : [])))
    finishSums(target, channels: shape.groups * shape.outputs)
  }

  /// The weights of a convolution in panels, packed here where they do not come so, and its bias.
  private mutating func weightsAndBias(
    _ inputs: [ValueID], _ geometry: Convolution, _ panels: WeightPanels
  ) -> [Operand?] {
    [
      geometry.packed == nil ? packed(operand(inputs[1]), panels, groups: geometry.groups) : operand(inputs[1]),
      inputs.count > 2 && !Mutation.isActive(.convolutionBiasLost) ? operand(inputs[2]) : nil,
    ]
  }

  /// A convolution with outputs in lanes; its results always leave through an epilogue.
  private mutating func convolutionLanes(_ nest: LoopNest, _ geometry: Convolution, _ shape: ConvolutionShape) {
    let inputs = graph[nest.anchor].inputs
    let tiling = tiling(.convolutionLanes, shape, load: isHooked(inputs[0]), store: !nest.members.isEmpty)
    let (tiles, panels) = (tiling.tiles, shape.panels(.lanes, options))
    let weights = weightsAndBias(inputs, geometry, panels)
    let source = source(inputs[0], prefix: "l", line: 0)
    let target = target(nest, parts: tiles.tiles, always: true)
    guard let epilogue = target.epilogue else { fatalError("results in lanes without epilogue") }
    // results are transposed four by four
    let positions = tiles.images * tiles.lines * tiles.columns
    let stride = positions.roundedUp(to: 4)
    let tile = integers([takeScratch([stride * options.tileWidth * 4])[0], stride])
    let scratch = takeScratch([
      3 * shape.taps * 8, 2 * positions * 8, Self.laneGroups(shape, tiles) * 6 * 8,
      (tiles.channelStride * shape.inputs + options.tileWidth) * 4,
      stride * options.tileWidth * 4,
    ])
    add(
      .convolutionLanes(
        isPointwise: shape.isPointwise, crossesBands: shape.crossesBands, load: source.hook, store: epilogue),
      tasks: tiles.tiles * shape.groups * tiling.parts,
      reads: source.reads + weights.compactMap { $0?.access } + target.reads, writes: target.writes,
      source.words + words(weights, []) + target.words + tile + words(shape, tiles)
        + integers(
          [shape.lineStep, panels.blockChannels] + scratch + (shape.crossesBands ? [shape.bands] : [])))
    finishSums(target, channels: shape.groups * shape.outputs)
  }

  /// Groups of positions that the same taps find in the image, at most: along an axis, the first of these taps and the
  /// one behind the last go down from position to position, each by as many steps as there are taps at most.
  private static func laneGroups(_ shape: ConvolutionShape, _ tiles: StripTiles) -> Int {
    min(tiles.lines, 2 * shape.kernel[1] + 1) * min(tiles.columns, 2 * shape.kernel[2] + 1)
  }

  mutating func packWeights(_ id: ValueID, groups: Int, _ packing: Packing) {
    let extents = shape(id)
    let panels = WeightPanels(
      rows: extents[0] / groups, channels: extents[1], taps: extents.dropFirst(2).reduce(1, *), packing, options)
    pack(operand(graph[id].inputs[0]), into: result(id), panels, groups: groups)
  }

  /// Weights in panels, packed by a row of their own.
  private mutating func packed(_ weights: Operand, _ panels: WeightPanels, groups: Int) -> Operand {
    let result = takeExtra(bytes: weights.bytes)
    pack(weights, into: result, panels, groups: groups)
    return result
  }

  private mutating func pack(_ weights: Operand, into result: Operand, _ panels: WeightPanels, groups: Int) {
    add(
      .packWeights, tasks: groups * panels.tiles, reads: [weights], writes: [result],
      integers(
        [panels.rows, panels.channels, panels.taps, panels.tiles, panels.equalRows.each, panels.equalRows.more]
          + [panels.panelChannels]))
  }

  /// Scratch for the results of some channels at so many positions, and the distance between them; it is empty where
  /// nothing is left there.
  private mutating func epilogueTile(
    positions: Int, panels: Int, inTime: Bool = false, isEmpty: Bool = false
  ) -> [Row.Argument] {
    let stride = positions.roundedUp(to: options.lanes)
    let rows = isEmpty ? 0 : min(panels * options.tileRows, Kernel.epilogueRows(inTime: inTime, options))
    return [.integer(takeScratch([rows * stride * 4])[0]), .integer(stride)]
  }

  mutating func convolutionBackwardData(_ nest: LoopNest, _ geometry: Convolution) {
    let id = nest.anchor
    let inputs = graph[id].inputs
    let shape = ConvolutionShape(
      geometry, input: self.shape(id), weights: self.shape(inputs[1]), output: self.shape(inputs[0]))
    if shape.isDepthwise { return depthwiseBackwardData(nest, shape) }
    let weights = operand(inputs[1])
    let transposed = takeExtra(bytes: weights.bytes)
    let tapScratch = takeScratch([shape.taps * 8])
    let block = shape.transposedPanels(options).blockChannels
    add(
      .convolutionTranspose, tasks: shape.groups * shape.transposedPanels(options).tiles, reads: [weights],
      writes: [transposed],
      integers(
        [shape.groups, shape.inputs, shape.outputs] + shape.kernel + shape.strides + shape.dilations + [block]
          + tapScratch))
    if let gradient = nest.members.first(where: { graph[$0].op.isWeightsGradient }) {
      return convolutionBackward(nest, gradient, shape, transposed)
    }
    let tiling = tiling(.convolutionBackwardData, shape, load: isHooked(inputs[0]), store: !nest.members.isEmpty)
    let (tiles, parts) = (tiling.tiles, tiling.parts)
    let source = source(inputs[0], prefix: "l", line: 0)
    let target = target(nest, parts: tiles.tiles)
    let tile = target.epilogue == nil ? [] : epilogueTile(positions: tiles.positions, panels: parts)
    let scratch = stripScratch(
      taps: shape.taps, tiles: tiles, channels: shape.outputs, more: [shape.strides.reduce(1, *) * 8])
    add(
      .convolutionBackwardData(
        shape.form(tiles), load: source.hook, store: target.epilogue),
      tasks: tiles.tiles * shape.groups * parts,
      reads: source.reads + [transposed.access] + target.reads, writes: target.writes,
      source.words + words([transposed], []) + target.words + tile + words(shape, tiles)
        + integers(
          shape.reached.map(\.lowerBound) + shape.reached.dropFirst().map(\.count) + (0..<3).map(shape.shift) + [block]
            + scratch))
    finishSums(target, channels: shape.groups * shape.inputs)
  }

  /// Both gradients of a 1×1 convolution.
  private mutating func convolutionBackward(
    _ nest: LoopNest, _ gradient: ValueID, _ shape: ConvolutionShape, _ transposed: Operand
  ) {
    let positions = shape.input[2]
    let width = shape.outputs.roundedUp(to: options.lanes)
    let size = shape.inputs * width
    let images = graph[gradient].inputs[1]
    let tiles = tiling(
      .convolutionBackward, shape, load: isHooked(graph[nest.anchor].inputs[0]) || isHooked(images), store: true
    ).tiles
    let ranges = shape.ranges(tiles, width: width)
    let parts = takeExtra(bytes: ranges * size * 4)
    let dy = source(graph[nest.anchor].inputs[0], prefix: "l", line: 0)
    let image = source(images, prefix: "r", line: 0)
    let target = target(nest, parts: tiles.tiles, always: true)
    guard let epilogue = target.epilogue else { fatalError("a fused gradient without epilogue") }
    let tile = epilogueTile(positions: tiles.positions, panels: shape.transposedPanels(options).tiles)
    let scratch = takeScratch([
      8, tiles.images * 8, (tiles.channelStride * shape.outputs + options.tileWidth) * 4,
      tiles.channelStride * Kernel.mostOuterRows * 4, tiles.images * tiles.columns * width * 4,
    ])
    // the same reads, once
    var reads = dy.reads
    for access in image.reads + [transposed.access] + target.reads where !reads.contains(access) {
      reads.append(access)
    }
    add(
      .convolutionBackward(load: dy.hook, x: image.hook, store: epilogue), tasks: ranges, reads: reads,
      writes: target.writes + [parts.access],
      dy.words + image.words + words([transposed], []) + target.words + tile + words([], [parts])
        + integers(
          [
            shape.images, shape.inputs, shape.outputs, positions, tiles.images, tiles.columns, tiles.channelStride,
            tiles.counts[3], tiles.counts[0], ranges, width, shape.transposedPanels(options).blockChannels,
          ] + scratch))
    finishSums(target, channels: shape.inputs)
    reduceWeights(parts, into: gradient, shape, isExchanged: false, ranges: ranges, width: width)
  }

  /// Adds the ranges' parts of a weights' gradient; of an exchanged convolution these have its outputs, which are the
  /// weights' inputs, in lanes, and its first tap is the last.
  private mutating func reduceWeights(
    _ parts: Operand, into id: ValueID, _ shape: ConvolutionShape, isExchanged: Bool, ranges: Int, width: Int
  ) {
    let taps = shape.taps
    let terms = shape.inputs * taps
    let chunks = terms.dividedUp(by: Kernel.weightsChunk)
    let (rowStep, laneStep) = isExchanged ? (shape.outputs * taps, taps) : (taps, terms)
    let (firstTap, tapStep) = isExchanged && !Mutation.isActive(.exchangedTaps) ? (taps - 1, -1) : (0, 1)
    add(
      .convolutionWeightsReduce, tasks: shape.groups * chunks, reads: [parts], writes: [result(id)],
      integers([
        ranges, shape.groups, shape.outputs, terms, width, chunks, taps, firstTap, tapStep, rowStep, laneStep,
      ]))
  }

  mutating func convolutionBackwardWeights(_ id: ValueID, _ geometry: Convolution) {
    let inputs = graph[id].inputs
    let shape = ConvolutionShape(
      geometry, input: self.shape(inputs[1]), weights: self.shape(id), output: self.shape(inputs[0]))
    if shape.isDepthwise { return depthwiseBackwardWeights(id, shape) }
    if let exchanged = shape.withInputsInLanes(options) {
      backwardWeights(id, exchanged, lanes: inputs[1], strip: inputs[0], isExchanged: true)
    } else {
      backwardWeights(id, shape, lanes: inputs[0], strip: inputs[1], isExchanged: false)
    }
  }

  /// Sums of products of the channels of one operand, in lanes, with those of another, in a strip: the outputs and inputs of
  /// a convolution whose weights' gradient these sums are, or are once they are exchanged.
  private mutating func backwardWeights(
    _ id: ValueID, _ shape: ConvolutionShape, lanes: ValueID, strip: ValueID, isExchanged: Bool
  ) {
    let width = shape.outputs.roundedUp(to: options.lanes)
    let tiling = tiling(
      .convolutionBackwardWeights, shape, load: isHooked(lanes) || isHooked(strip), store: false)
    let (tiles, splits) = (tiling.tiles, tiling.parts)
    let split = shape.inputs.dividedUp(by: splits)
    let size = shape.groups * shape.inputs * shape.taps * width
    let ranges = shape.ranges(tiles, width: width)
    let bytes = ranges * size * 4
    let parts = takeExtra(bytes: bytes)
    let form = shape.form(tiles)
    let byLines =
      form == .plane && shape.kernel[2] == Kernel.lineTaps && shape.dilations[2] == 1 && tiles.columns >= 2
    let gradient = source(lanes, prefix: "l", line: shape.outputs * tiles.columns * tiles.lines)
    let image = source(strip, prefix: "r", line: shape.input[2])
    let scratch = stripScratch(
      taps: shape.taps, tiles: tiles, channels: split,
      more: [tiles.images * tiles.lines * tiles.columns * width * 4, split * shape.taps * 8])
    add(
      .convolutionBackwardWeights(form, byLines: byLines, dy: gradient.hook, x: image.hook),
      tasks: ranges * shape.groups * splits,
      reads: gradient.reads + image.reads, writes: [parts.access],
      gradient.words + image.words + words([], [parts]) + words(shape, tiles)
        + integers([ranges, splits, split, width] + scratch))
    reduceWeights(parts, into: id, shape, isExchanged: isExchanged, ranges: ranges, width: width)
  }
}
