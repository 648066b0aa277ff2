import NNIR
import Passes

/// What a kernel does with its results channel by channel before they leave the cache: pointwise work, stores, and sums
/// over images and positions, of which it writes one part for each tile.
struct Epilogue: Sendable {
  var hook: Hook
  /// Sums of the hook, in order: the node, and how many doubles it takes.
  var sums: [(node: ValueID, count: Int)] = []
  /// Moments of what has been stored in an array of the hook.
  var moments: [(node: ValueID, array: String)] = []

  var key: String { hook.key + moments.map { ";moments \($0.array)" }.joined() }

  /// Doubles of one part of one channel.
  var width: Int { hook.sums.count + 3 * moments.count }

  /// Words of the row: the hook's, then where the parts go.
  var parameters: [Kernel.Parameter] {
    hook.parameters + (width > 0 ? [.doublesOut("parts_of_sums")] : [])
      + (hook.hasTable ? [.integer("\(hook.prefix)_scratch")] : [])
  }

  var helpers: [Helper] { hook.helpers + (moments.isEmpty ? [] : [Kernel.runSum, Kernel.runSquares]) }

  /// How what a tile has stored is walked where that is simpler than its lines: one run for each image.
  struct Walk {
    /// The number of the line at which the run begins, and its length.
    var line: String
    var count: String
    var images: String
  }

  /// C that handles one channel of a tile; `lines` wraps statements into loops over the runs of the tile.
  ///
  /// `part` numbers the tile, `channels` is the number of channels of the whole tensor.
  func channel(
    _ channel: String, channels: String, part: String, plane: String, image: String, position: String, count: String,
    value: String?, stored walk: Walk? = nil, lines: (String) -> String
  ) -> String {
    var text = hook.channelBegin(channel)
    text += lines(
      hook.run(image: image, channel: channel, plane: plane, position: position, count: count, value: value))
    guard width > 0 else { return text }
    let pitch = Mutation.isActive(.epiloguePartOffset) ? 1 : width
    text += "double *part_of_sums = parts_of_sums + ((\(part)) * \(channels) + (\(channel))) * \(pitch);\n"
    text += hook.channelEnd("part_of_sums")
    /// Loops over the runs that have been stored.
    func runs(_ statements: (_ count: String) -> String) -> String {
      guard let walk else { return lines(statements(count)) }
      return """
        for (int64_t n = 0; n < \(walk.images); ++n) {
          const int64_t line = \(walk.line), stored = \(walk.count);
        \(statements("stored").indented(1))}

        """
    }
    for (index, entry) in moments.enumerated() {
      let at = hook.sums.count + 3 * index
      let run = "\(entry.array)_base + (\(image)) * \(entry.array)_stride + (\(channel)) * \(plane) + (\(position))"
      text += """
        {
          /* two passes over what has just been stored, so that nothing cancels */
          double total = 0, elements = 0, squares = 0;
        \(runs { "total += run_sum(\(run), \($0));\nelements += (double)(\($0));\n" }.indented(1).dropLast())
          const double mean = elements > 0 ? total / elements : 0, off = mean - (double)(float)mean;
        \(runs { "squares += run_squares(\(run), (float)mean, \($0));\n" }.indented(1).dropLast())
          part_of_sums[\(at)] = elements;
          part_of_sums[\(at + 1)] = mean;
          part_of_sums[\(at + 2)] = squares - off * off * elements;
        }

        """
    }
    return text
  }
}

extension Kernel {
  /// Channels of one task of a merge.
  static let mergeChunk = 8

  static let sumsMerge = Kernel(
    "sums_merge",
    "adds parts of sums in their order: sum(dy) and sum(dy * (x - mean)) / sqrt(variance + epsilon), or sum(dy) alone; "
      + "a task is \(mergeChunk) channels",
    [.doubles("parts"), .optional("moments"), .output("result")]
      + Parameter.integers("channels count width first_sum pitch result_pitch") + [.double("epsilon")],
    text: { _ in
      """
      for (int64_t channel = first * \(mergeChunk); channel < least(last * \(mergeChunk), channels); ++channel) {
        double sum = 0, product = 0;
        const double *part = parts + channel * width + first_sum;
        for (int64_t i = 0; i < count; ++i, part += channels * width) {
          sum += part[0];
          if (moments) product += part[1];
        }
        result[channel] = (float)sum;
        if (moments)
          result[result_pitch + channel] = (float)(product / sqrt((double)moments[pitch + channel] + epsilon));
      }
      """
    })

  static let momentsOfParts = Kernel(
    "moments_of_parts",
    "mean and biased variance from (count, mean, sum of squared distances) of each part, merged in their order; "
      + "a task is \(mergeChunk) channels",
    [.doubles("parts"), .output("result")] + Parameter.integers("channels count width first_sum result_pitch"),
    helpers: [mergeMoments],
    text: { _ in
      """
      for (int64_t channel = first * \(mergeChunk); channel < least(last * \(mergeChunk), channels); ++channel) {
        double elements = 0, mean = 0, squares = 0;
        const double *part = parts + channel * width + first_sum;
        for (int64_t i = \(Mutation.isActive(.mergedPartLost) ? "count > 1" : "0"); i < count; ++i, part += channels * width)
          merge_moments(&elements, &mean, &squares, part[0], part[1], part[2]);
        result[channel] = (float)mean;
        result[result_pitch + channel] = (float)(squares < 0 ? 0 : squares / elements);
      }
      """
    })
}
