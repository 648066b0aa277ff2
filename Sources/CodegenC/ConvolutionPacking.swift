import NNIR

/// How a tile's part of an image comes into a strip.
extension Kernel {
  static let copyRun = Helper("copy_run", needs: [someLanes]) { _ in
    """
    /* Floats that lie in one piece. */
    static inline MAYBE_UNUSED void copy_run(float *to, const float *from, int64_t count) {
      int64_t i = 0;
      for (; i + LANES <= count; i += LANES) store(to + i, load(from + i));
      if (i < count) store_some(count - i, to + i, load_some(count - i, from + i));
    }
    static inline MAYBE_UNUSED void clear_run(float *to, int64_t count) {
      int64_t i = 0;
      for (; i + LANES <= count; i += LANES) store(to + i, (vec){0});
      if (i < count) store_some(count - i, to + i, (vec){0});
    }
    """
  }

  static let stripPack = Helper("strip_pack") { _ in
    """
    /* A line of a strip: every `step`-th float from `first` on, with zeros where that is outside 0 ..< extent. */
    static inline MAYBE_UNUSED void strip_line(const float *source, int64_t extent, int64_t first, int64_t step, int64_t count,
                                  float *target) {
      int64_t begin = first < 0 ? (-first + step - 1) / step : 0;
      int64_t end = extent > first ? (extent - first + step - 1) / step : 0;
      begin = least(begin, count);
      end = greatest(begin, least(end, count));
      SHORT for (int64_t i = 0; i < begin; ++i) target[i] = 0;
      if (step != 1) {
        for (int64_t i = begin; i < end; ++i) target[i] = source[first + i * step];
      } else if (end - begin >= LANES) {
        /* the last vector overlaps the one before, which is cheaper than a loop over the rest; `first` may be negative, so
           that `source + first` alone would point before the array */
        for (int64_t i = begin; i < end - LANES; i += LANES) store(target + i, load(source + (first + i)));
        store(target + end - LANES, load(source + (first + end - LANES)));
      } else {
        SHORT for (int64_t i = begin; i < end; ++i) target[i] = source[first + i];
      }
      SHORT for (int64_t i = end; i < count; ++i) target[i] = 0;
    }
    """
  }

  /// Weights as `WeightPanels` says.
  static let packWeights = Kernel(
    "pack_weights", "weights in panels; a task is a tile of rows of a group",
    [.input("w"), .output("result")] + Parameter.integers("outputs inputs taps tile_rows block"),
    text: { _ in
      """
      const int64_t tiles = (outputs + tile_rows - 1) / tile_rows;
      for (int64_t task = first; task < last; ++task) {
        const int64_t tile = task % tiles, group = task / tiles;
        const int64_t row = tile * tile_rows, rows = least(tile_rows, outputs - row);
        for (int64_t input = 0; input < inputs; input += block) {
          const int64_t count = least(block, inputs - input) * taps;
          const float *source = w + ((group * outputs + row) * inputs + input) * taps;
          float *panel = result + (group * inputs + input) * outputs * taps + row * count;
          for (int64_t r = 0; r < rows; ++r)
            for (int64_t k = 0; k < count; ++k) panel[k * rows + r] = source[\(Mutation.isActive(.packedRowsReversed) ? "(rows - 1 - r)" : "r") * inputs * taps + k];
        }
      }
      """
    })

  static let shiftLines = Helper("shift_lines", needs: [copyRun]) { _ in
    let outside = Mutation.isActive(.shiftedEdgeKept) ? "outside - 1" : "outside"
    return """
      /* Lines side by side, each shifted along itself, with zeros for what comes from outside. Across the ends of lines it
         reads what the neighbours have there, and replaces it. */
      static inline MAYBE_UNUSED void shift_lines(float *to, const float *from, int64_t lines, int64_t width, int64_t shift) {
        copy_run(to, from + shift, lines * width);
        const int64_t outside = least(shift < 0 ? -shift : shift, width), first = shift < 0 ? 0 : width - outside;
        for (int64_t line = 0; line < lines; ++line)
          SHORT for (int64_t i = 0; i < \(outside); ++i) to[line * width + first + i] = 0;
      }
      """
  }

  /// What packing a strip of this form calls.
  static func packHelpers(_ form: ConvolutionForm) -> [Helper] {
    switch form {
    case .pointwise, .plane: [copyRun]
    case .shifted: [copyRun, shiftLines]
    case .general: [stripPack]
    }
  }

  /// The operand of a convolution that is packed into a strip, in names of the kernel.
  struct Packed {
    /// The word that names it in memory; null is not allowed where there is no hook.
    var name: String
    var hook: Hook?
    /// Number of channels, the first one of them in the whole tensor, and elements of a plane.
    var channels: String
    var firstChannel: String
    var plane: String
    /// The array it goes to.
    var data = "data"
    /// Lines and columns of the image, and where the strip's first line and column lie in it.
    var height = "in_h"
    var width = "in_w"
    var firstLine = "h0 - pad_h"
    var firstColumn = "w0 - pad_w"
    /// Lines of the image from one line of the strip to the next.
    var lineStep = "1"
    /// Which of the shifted copies is the image itself.
    var still = "pad_w / far_w"

    /// Statements that put `count` elements of a channel into `result`.
    func run(position: String, count: String, result: String, ahead: String? = nil) -> String {
      if let hook {
        return hook.run(
          image: "n0 + n", channel: "\(firstChannel) + channel", plane: plane, position: position, count: count,
          result: result, ahead: ahead)
      }
      return
        "copy_run(\(result), \(name) + (n0 + n) * \(name)_stride + (\(firstChannel) + channel) * \(plane) + \(position), \(count));\n"
    }
  }

  /// Floats of memory, in whole planes, that a loop over channels asks for in advance: what lies in the third-level cache
  /// or beyond takes longer than a short line does.
  private static let prefetched = 4096

  /// Statements that bring a tile's part of all channels into the strip of a convolution that is not general; `n0` is its
  /// first image.
  static func pack(_ form: ConvolutionForm, _ operand: Packed) -> String {
    let padding = Mutation.isActive(.paddedBeforeHook) ? "for (int64_t j = 0; j < pitch; ++j) target[j] = 0.25f;\n" : ""
    var lines: String
    var setup = ""
    switch form {
    case .pointwise:
      setup = """
        const int64_t kept = least(pitch, \(operand.width) - w0);
        const int64_t ahead = (\(prefetched) + \(operand.plane) - 1) / \(operand.plane) * \(operand.plane);

        """
      if operand.hook == nil { setup += "(void)ahead;\n" }
      lines = """
        if (n0 + n >= images) {
          clear_run(target, pitch);
          continue;
        }
        \(operand.run(position: "w0", count: "kept", result: "target", ahead: "ahead"))clear_run(target + kept, pitch - kept);

        """
      lines = "for (int64_t n = 0; n < tile_images; ++n, target += pitch) {\n\(lines.indented(1))}\n"
    case .plane:
      setup = """
        const int64_t at_line = \(operand.firstLine), at_column = \(operand.firstColumn);
        const int64_t begin = least(greatest(0, -at_column), pitch);
        const int64_t end = greatest(begin, least(pitch, \(operand.width) - at_column));

        """
      lines = """
        const int64_t h = at_line + \(operand.lineStep == "1" ? "line" : "line * \(operand.lineStep)");
        if (h < 0 || h >= \(operand.height) || n0 + n >= images || begin == end) {
          \(padding.isEmpty ? "clear_run(target, pitch);" : padding.trimmingNewline)
          continue;
        }
        clear_run(target, begin);
        \(operand.run(position: "h * \(operand.width) + at_column + begin", count: "end - begin", result: "target + begin"))clear_run(target + end, pitch - end);

        """
      lines = """
        for (int64_t n = 0; n < tile_images; ++n)
          for (int64_t line = 0; line < rows; ++line, target += pitch) {
        \(lines.indented(2).dropLast())
          }

        """
    case .shifted:
      setup = """
        const int64_t plane = tile_images * rows * pitch, still = \(operand.still), at_line = \(operand.firstLine);
        const int64_t begin = least(greatest(0, -at_line), rows);
        const int64_t end = greatest(begin, least(rows, \(operand.height) - at_line));

        """
      let edge = padding.isEmpty ? "" : "for (int64_t j = 0; j < begin * pitch; ++j) copy[j] = 0.25f;\n"
      lines = """
        for (int64_t n = 0; n < tile_images; ++n, target += rows * pitch) {
          const int64_t inside = n0 + n < images ? end : begin;
          float *image = target + still * plane + begin * pitch;
          if (begin < inside) {
        \(operand.run(position: "(at_line + begin) * \(operand.width)", count: "(inside - begin) * pitch", result: "image").indented(2).dropLast())
          }
          for (int64_t k = 0; k < size_w; ++k) {
            float *copy = target + k * plane;
            if (k != still) shift_lines(copy + begin * pitch, image, inside - begin, pitch, (k - still) * far_w);
            clear_run(copy, begin * pitch);
            clear_run(copy + inside * pitch, (rows - inside) * pitch);
        \(edge.indented(2))  }
        }

        """
    case .general: fatalError("general convolutions have packing loops of their own")
    }
    return """
      {
      \(setup.indented(1))  for (int64_t channel = 0; channel < \(operand.channels); ++channel) {
          float *target = \(operand.data) + channel * channel_stride;
      \((operand.hook?.channelBegin("\(operand.firstChannel) + channel") ?? "").indented(2))\(lines.indented(2).dropLast())
        }
      }

      """
  }
}

extension String {
  fileprivate var trimmingNewline: Substring { hasSuffix("\n") ? dropLast() : self[...] }
}
