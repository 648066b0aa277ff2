import NNIR

/// What the loops around a convolution's register tiles may rely on; the fewer cases a strip has, the less the copy into
/// it costs.
enum ConvolutionForm: String, Sendable {
  /// One tap, stride 1, no padding: an image is a line.
  case pointwise
  /// No depth, stride 1, and tiles as wide as the image. Lines of the strip have a gap between them, and the positions
  /// in it are multiplied like all others.
  case plane
  /// The same where a line is whole vectors: register tiles leave out the gaps, so that results lie side by side.
  case lines
  /// The same where the strip has a copy of the image for each column of the kernel, shifted by what that column reads;
  /// lines then stand side by side, without padding between them. What narrow maps would compute between lines costs
  /// more than the copies do.
  case shifted
  case general

  /// Whether the results of a tile of an image are one run.
  var isInRuns: Bool { self == .lines || self == .shifted }
}

/// A convolution over exactly three spatial axes, its tiles, and the sizes that its kernels need.
///
/// The kernels copy the part of an image that a tile reads into a *strip*: for each channel, plane by plane, its lines
/// with their padding (whole lines with what they share of it), so that what tap t reads for output position q stands at
/// `tap[t] + q` for every q. A stride s splits an axis into s phases (positions that are equal modulo s), each a plane of
/// its own in which neighbours are neighbours; so that any stride and dilation takes the same inner loop.
struct ConvolutionShape: Hashable {
  /// Depth, height, width; axes that are not there have extent 1.
  var images: Int
  var groups: Int
  /// Channels of the input and of the output in one group.
  var inputs: Int
  var outputs: Int
  var input: [Int]
  var output: [Int]
  var kernel: [Int]
  var strides: [Int]
  var dilations: [Int]
  var pads: [Int]
  /// Images that make up one, each a band of its lines.
  var bands = 1
}

extension ConvolutionShape {
  /// Errors: nothing; more than three spatial axes are a bug of the caller, no front end makes them.
  init(_ geometry: Convolution, input x: [Int], weights w: [Int], output y: [Int]) {
    precondition(x.count <= 5, "convolutions have at most three spatial axes")
    func three(_ values: [Int], _ fill: Int) -> [Int] {
      [Int](repeating: fill, count: 3 - values.count) + values
    }
    images = x[0]
    groups = geometry.groups
    inputs = w[1]
    outputs = w[0] / geometry.groups
    input = three(Array(x.dropFirst(2)), 1)
    output = three(Array(y.dropFirst(2)), 1)
    kernel = three(Array(w.dropFirst(2)), 1)
    strides = three(geometry.strides, 1)
    dilations = three(geometry.dilations, 1)
    pads = three(Mutation.isActive(.convolutionPadSide) ? geometry.padEnd : geometry.padBegin, 0)
    bands = geometry.bands
    // a convolution that looks at one position only does not care where lines end
    if taps == 1, strides == [1, 1, 1], input == output, pads == [0, 0, 0] {
      input = [1, 1, input.reduce(1, *)]
      output = input
    }
  }

  var taps: Int { kernel.reduce(1, *) }

  /// The weights of a group as the convolution reads them, and as the gradient of its input does.
  func panels(_ packing: Packing, _ options: CodegenOptions) -> WeightPanels {
    WeightPanels(rows: outputs, channels: inputs, taps: taps, packing, options)
  }
  func transposedPanels(_ options: CodegenOptions) -> WeightPanels {
    WeightPanels(rows: inputs, channels: outputs, taps: taps, .rows, options)
  }

  /// The form of a kernel with these tiles.
  func form(_ tiles: StripTiles) -> ConvolutionForm {
    guard strides == [1, 1, 1] else { return .general }
    if isPointwise { return .pointwise }
    switch tiles.lineLayout {
    case .padded: return .general
    case .gaps: return .plane
    case .vectors: return .lines
    case .shifted: return .shifted
    }
  }

  /// How far the last tap reaches along an axis, in steps of the stride.
  func shift(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] / strides[axis] }

  /// Whether results are products of the same positions of the input, which are one line.
  var isPointwise: Bool {
    taps == 1 && strides == [1, 1, 1] && input == output && pads == [0, 0, 0] && input[0] * input[1] == 1
  }

  /// The lines of strips of the input, for the result and for the gradient of the weights.
  var inputLines: GappedLines? {
    gappedLines(width: input[2], columns: output[2], before: pads[2])
  }
  /// The lines of strips of the result's gradient, for that of the input.
  var outputLines: GappedLines? {
    gappedLines(width: output[2], columns: input[2], before: shift(2) - pads[2])
  }

  /// Lines of `width` floats of which `columns` results are computed; the first tap reads `before` columns further left.
  /// Nil where a strip does not have whole lines, or not all of a line.
  private func gappedLines(width: Int, columns: Int, before: Int) -> GappedLines? {
    let after = columns + shift(2) - width - before
    guard strides == [1, 1, 1], input[0] * output[0] * kernel[0] == 1, !isPointwise, before >= 0, after >= 0 else {
      return nil
    }
    let gap = Mutation.isActive(.sharedGapLost) ? 0 : max(before, after)
    return GappedLines(before: before, pitch: max(width + gap, columns))
  }

  /// Whether copies of an image that are shifted along the width may stand in for padding: lines of the result are as long
  /// as the image's, and one of the copies is the image itself.
  var isShiftable: Bool {
    strides == [1, 1, 1] && input[0] * output[0] * kernel[0] == 1 && kernel[2] > 1 && input[2] == output[2]
      && pads[2] % dilations[2] == 0 && dilations[2] <= input[2]
  }

  /// Positions of the input along an axis that an output looks at, from its first tap to its last.
  func reach(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

  /// Whether windows of one band find lines of another.
  var crossesBands: Bool { bands > 1 && (pads[1] > 0 || reach(1) > strides[1]) }

  /// Lines of a strip that has the image's lines from those of an output to those of the next; lines that no tap reads are
  /// left out where an output looks at one only.
  var lineStep: Int { kernel[1] == 1 ? 1 : strides[1] }

  /// The convolution whose gradient of weights is made of the same sums with the operands exchanged, if there is one: with
  /// q = p - d·t + pad, Σ dy[o, q] · x[c, q + d·t - pad] over q is Σ x[c, p] · dy[o, p - d·t + pad] over p, where the taps
  /// of dy count from the last to the first.
  var exchanged: ConvolutionShape? {
    guard strides == [1, 1, 1] else { return nil }
    var other = self
    (other.inputs, other.outputs) = (outputs, inputs)
    (other.input, other.output) = (output, input)
    other.pads = (0..<3).map { shift($0) - pads[$0] }
    return other.pads.allSatisfy { $0 >= 0 } ? other : nil
  }

  /// Phases of the input that taps read along an axis.
  func phases(_ axis: Int) -> Int {
    (0..<kernel[axis]).map { $0 * dilations[axis] % strides[axis] }.max().map { $0 + 1 } ?? 1
  }
}

/// Lines of a strip that are whole lines of an image: the padding at the end of a line and that at the beginning of the
/// next are the same zeros.
struct GappedLines: Hashable {
  /// Zeros before the first line.
  var before: Int
  /// Floats from one line to the next.
  var pitch: Int
}

/// How the positions of a convolution are cut into tiles, from shapes alone.
struct StripTiles: Hashable {
  /// Images, lines and columns of one tile; a tile has one depth.
  var images: Int
  var lines: Int
  var columns: Int
  /// Lines and columns of a plane of the strip.
  var rows: Int
  var pitch: Int
  /// Floats of the strip from one channel to the next.
  var channelStride: Int
  /// Number of tiles along images, depth, height and width.
  var counts: [Int]
  var lineLayout = LineLayout.padded

  /// How the lines of a strip lie.
  enum LineLayout {
    /// Each with padding of its own.
    case padded
    /// Whole lines of the image with one gap between two of them.
    case gaps
    /// The same, each of whole vectors, which register tiles take line by line.
    case vectors
    /// Side by side, in shifted copies.
    case shifted
  }

  var tiles: Int { counts.reduce(1, *) }

  /// Positions of a tile, from its first to its last.
  var positions: Int {
    lineLayout == .vectors ? images * lines * columns : ((images - 1) * rows + lines - 1) * pitch + columns
  }

  /// Cuts `extents` (depth, height, width) into tiles of about `positions`; `halo` is how far taps reach along height
  /// and width, `gapped` the lines of tiles that are as wide as the image, `planes` the planes of a channel in the strip,
  /// `floats` those of the strip for each position. Images that are bands are for different threads.
  init(
    images count: Int, inBands: Bool = false, extents: [Int], halo: [Int], gapped: GappedLines? = nil,
    inVectors: Bool = false, planes: Int,
    floats: Int, choice: TuningChoice?, options: CodegenOptions
  ) {
    let positions = Self.positions(floatsPerPosition: floats, choice?.positions, options)
    let (depth, height, width) = (extents[0], extents[1], extents[2])
    let isVectors = inVectors && gapped != nil && width % options.lanes == 0
    let wholePitch = isVectors ? width : gapped?.pitch ?? width + halo[1]
    (lines, columns) = Self.cut(
      height: height, width: width, wholePitch: wholePitch, halo: halo, positions: positions, columns: choice?.columns,
      options: options)
    rows = lines + halo[0]
    pitch = columns + halo[1]
    var leading = 0
    if let gapped, columns == width {
      lineLayout = isVectors ? .vectors : .gaps
      pitch =
        isVectors ? gapped.pitch : Self.aligned(gapped.pitch, lines: lines, columns: columns, lanes: options.lanes)
      leading = gapped.before
    }
    let used = (lines - 1) * wholePitch + columns
    images =
      depth == 1 && lines == height && columns == width && !inBands
      ? Self.imagesPerTile(
        count, plane: lineLayout == .vectors ? used : rows * pitch, used: used, positions: positions,
        lanes: options.lanes)
      : 1
    channelStride = Self.spread(planes * images * rows * pitch + leading)
    counts = [
      count.dividedUp(by: images), depth, height.dividedUp(by: lines), width.dividedUp(by: columns),
    ]
  }

  /// Cuts the outputs of a convolution into tiles whose strips have lines as the image has them. A tile has whole
  /// lines, but for images of one line.
  init(lanes shape: ConvolutionShape, choice: TuningChoice?, options: CodegenOptions) {
    let (height, width) = (shape.output[1], shape.output[2])
    let lineStep = shape.lineStep
    let positions = Self.positions(
      floatsPerPosition: shape.inputs * lineStep * shape.strides[2], choice?.positions, options)
    columns = height == 1 ? width.evenPart(atMost: positions) : width
    lines = height.evenPart(atMost: positions / columns)
    let tasks = shape.images * height.dividedUp(by: lines) * shape.panels(.lanes, options).tiles * shape.groups
    if choice?.positions == nil, tasks < options.fewTasks, tasks % 2 == 1, lines > 1,
      shape.outputs * shape.inputs * shape.taps * height * width >= Self.worthSharing
    {
      // one tile more packs some lines between tiles twice, which is little against a thread without work
      lines = height.dividedUp(by: height.dividedUp(by: lines) + 1)
    }
    images =
      lines == height && columns == width && shape.bands == 1
      ? shape.images.evenPart(atMost: positions / (height * width)) : 1
    rows = (lines - 1) * lineStep + shape.reach(1)
    pitch = (columns - 1) * shape.strides[2] + shape.reach(2)
    channelStride = Self.spread(images * rows * pitch)
    counts = [
      shape.images.dividedUp(by: images), 1, height.dividedUp(by: lines), width.dividedUp(by: columns),
    ]
  }

  /// An odd number of cache lines of 16 floats: loads of vectors straddle no two lines, and neighbouring channels lie in
  /// different sets of the first-level cache, where an even number leaves most of its sets unused.
  private static func spread(_ floats: Int) -> Int { (floats.dividedUp(by: 16) | 1) * 16 }

  /// A pitch of whole cache lines, of which loads straddle fewer, where that costs no vector.
  private static func aligned(_ pitch: Int, lines: Int, columns: Int, lanes: Int) -> Int {
    func vectors(_ pitch: Int) -> Int { ((lines - 1) * pitch + columns).dividedUp(by: lanes) }
    let whole = pitch.roundedUp(to: 16)
    return vectors(whole) == vectors(pitch) ? whole : pitch
  }

  /// Lines and columns of one tile.
  private static func cut(
    height: Int, width: Int, wholePitch: Int, halo: [Int], positions: Int, columns chosen: Int?,
    options: CodegenOptions
  ) -> (lines: Int, columns: Int) {
    if halo == [0, 0], height == 1 {
      // a line without halo is cut between vectors, so that no load straddles two cache lines
      let each = width.dividedUp(by: options.lanes).evenPart(atMost: min(positions, chosen ?? width) / options.lanes)
      return (1, min(width, each * options.lanes))
    }
    if let chosen {
      let columns = width.evenPart(atMost: chosen)
      let pitch = columns == width ? wholePitch : columns + halo[1]
      return (height.evenPart(atMost: positions / pitch), columns)
    }
    if width <= max(positions / 2, positions / height) {
      return (height.evenPart(atMost: positions / wholePitch), width)
    }
    let columns = width.evenPart(atMost: height == 1 ? positions : max(64, positions / 4))
    return (height.evenPart(atMost: positions / (columns + halo[1])), columns)
  }

  /// Whole images of one tile: more than one where that leaves no larger share of lanes to positions in between.
  ///
  /// An image takes `plane` positions of the strip, the last one only the `used` that are outputs.
  private static func imagesPerTile(_ count: Int, plane: Int, used: Int, positions: Int, lanes: Int) -> Int {
    func vectors(_ images: Int) -> Int { ((images - 1) * plane + used).dividedUp(by: lanes) }
    var best = 1
    for images in 1...max(1, min(count, positions / plane)) where vectors(images) * best <= vectors(best) * images {
      best = images
    }
    return count.evenPart(atMost: best)
  }

  /// Positions of a tile to aim at when a strip has so many floats for each position.
  private static func positions(floatsPerPosition: Int, _ chosen: Int?, _ options: CodegenOptions) -> Int {
    if let chosen { return min(chosen, max(64, largestStrip / max(1, floatsPerPosition))) }
    return max(64, min(options.stripPositions, options.stripFloats / max(1, floatsPerPosition)))
  }

  /// Multiply-adds of a task from which on a second thread saves more than it costs to meet it: tens of microseconds.
  private static let worthSharing = 1 << 20

  /// Floats of a strip that a tuning file may ask for: every thread has one.
  private static let largestStrip = 1 << 20
}
