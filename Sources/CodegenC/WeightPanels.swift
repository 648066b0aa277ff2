import NNIR

/// The order in which register tiles read weights.
///
/// A tile multiplies some rows (output channels) by one term (input channel, tap) after the other. In the weights' own
/// order every row is a stream of its own; a processor follows one stream from memory, not six. In panels the rows of a
/// tile stand side by side for each term, so that a tile reads straight on. Channels are cut into blocks, so that what
/// a block of terms reads of an image stays in the first-level cache while all tiles of rows pass by: block after block,
/// in it tile after tile. Where outputs lie in lanes a panel is as wide as a register tile and has all channels one after
/// the other; its own weights are what stays in the cache, a block at a time, while positions pass by. What GEMMs do to
/// their operands (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 2008), here once
/// for weights instead of in each call.
struct WeightPanels: Hashable {
  /// Output channels of a group of the convolution, its input channels, and taps.
  var rows: Int
  var channels: Int
  var taps: Int
  /// Rows of a tile at most.
  var tileRows: Int
  /// Where a tile has its rows.
  private var packing: Packing
  /// Floats of a vector.
  private var lanes: Int

  init(rows: Int, channels: Int, taps: Int, _ packing: Packing, _ options: CodegenOptions) {
    self.rows = rows
    self.channels = channels
    self.taps = taps
    self.packing = packing
    tileRows = packing == .lanes ? options.tileWidth : options.tileRows
    lanes = options.lanes
  }

  /// Input channels that lie side by side in a panel.
  var panelChannels: Int { packing == .lanes ? channels : blockChannels }

  /// Input channels of a block; the last may have fewer.
  var blockChannels: Int {
    if packing == .lanes { return channels.evenPart(atMost: Self.blockFloats / (tileRows * taps)) }
    // What a tile reads of a channel is a few cache lines, 24 to 32 KiB of a block. Taps share most of theirs. Blocks
    // half as long take longer: each begins with a call and a load of all sums.
    let most = taps == 1 ? (lanes >= 16 ? 128 : 256) : max(4, (lanes >= 16 ? 288 : 480) / taps)
    return channels.evenPart(atMost: most)
  }

  /// Weights of a block that are read again for each position, half of the first-level cache.
  private static let blockFloats = 6144

  var tiles: Int { rows.dividedUp(by: tileRows) }

  /// Rows of a tile, and how many of the first tiles have one more. Tiles of vectors are full, but the last; others are as
  /// equal as possible, as one of two rows takes much longer than a third of one of six: its eight sums do not fill the
  /// time that one of them takes.
  var equalRows: (each: Int, more: Int) { packing == .lanes ? (tileRows, 0) : (rows / tiles, rows % tiles) }
}
