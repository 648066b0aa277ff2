import NNIR

/// How a tile's part of an image comes into a strip.
extension Kernel {
  static let copyRun = Helper("copy_run", needs: [someLanes]) { _ in
    """
    /* Floats that lie in one piece. */
    static inline MAYBE_UNUSED void copy_run(float *to, const float *from, int64_t count) {
      int64_t i = 0;
      /* lines of a few vectors would be over before an unrolled loop had begun */
      SHORT for (; i + LANES <= count; i += LANES) store(to + i, load(from + i));
      if (i < count) store_some(count - i, to + i, load_some(count - i, from + i));
    }
    static inline MAYBE_UNUSED void clear_run(float *to, int64_t count) {
      int64_t i = 0;
      SHORT for (; i + LANES <= count; i += LANES) store(to + i, (vec){0});
      if (i < count) store_some(count - i, to + i, (vec){0});
    }
    """
  }

  /// A switch over what is known of lines beforehand: how many vectors they take, of which the last may overlap the one
  /// before, or that they fill none. What comes before and after a loop over the vectors of a line would take longer than
  /// the loop. Lines of more vectors than any case go on behind it.
  private static func byVectors(_ call: (Int) -> String) -> String {
    let cases = (0...4).map { "  case \($0): \(call($0)); return;\n" }.joined()
    return "switch (width < LANES ? 0 : (width + LANES - 1) / LANES) {\n\(cases)}"
  }

  private static let copyVectors = Helper("copy_vectors", needs: [copyRun]) { _ in
    """
    /* Lines of `width` floats that go `pitch` apart. Where `padded` is set, the copies begin behind so many zeros, and more
       zeros fill their pitch. */
    static ALWAYS_INLINE void copy_vectors(const int vectors, const int padded, float *to, int64_t pitch, int64_t begin,
                                           const float *from, int64_t from_line, int64_t lines, int64_t width) {
      SHORT for (int64_t line = 0; line < lines; ++line, to += pitch, from += from_line) {
        if (padded) SHORT for (int64_t i = 0; i < begin; ++i) to[i] = 0;
        if (vectors == 0) {
          store_some(width, to + begin, load_some(width, from));
        } else {
          UNROLL for (int v = 0; v < vectors - 1; ++v) store(to + begin + v * LANES, load(from + v * LANES));
          store(to + begin + width - LANES, load(from + width - LANES));
        }
        if (padded) SHORT for (int64_t i = begin + width; i < pitch; ++i) to[i] = 0;
      }
    }
    """
  }

  static let copyLines = Helper("copy_lines", needs: [copyVectors]) { _ in
    """
    /* Lines `from_line` apart, of which the copies lie `pitch` apart. */
    static NOINLINE MAYBE_UNUSED void copy_lines(float *to, int64_t pitch, const float *from, int64_t from_line,
                                                 int64_t lines, int64_t width) {
      \(byVectors { "copy_vectors(\($0), 0, to, pitch, 0, from, from_line, lines, width)" }.replacing("\n", with: "\n  "))
      for (int64_t line = 0; line < lines; ++line) copy_run(to + line * pitch, from + line * from_line, width);
    }
    """
  }

  static let copyAllLines = Helper("copy_all_lines", needs: [copyVectors]) { _ in
    """
    /* The same for many channels. */
    static ALWAYS_INLINE void copy_all_vectors(const int vectors, float *to, int64_t to_channel, int64_t channels,
                                               int64_t lines, int64_t pitch, int64_t begin, int64_t width,
                                               const float *from, int64_t from_channel, int64_t from_line) {
      for (; channels > 0; --channels, to += to_channel, from += from_channel)
        copy_vectors(vectors, 1, to, pitch, begin, from, from_line, lines, width);
    }

    /* For each channel, lines of a strip: zeros but for `width` floats from column `begin` on. */
    static NOINLINE void copy_all_lines(float *to, int64_t to_channel, int64_t channels, int64_t lines, int64_t pitch,
                                        int64_t begin, int64_t width, const float *from, int64_t from_channel,
                                        int64_t from_line) {
      if (width <= 0) {
        for (; channels > 0; --channels, to += to_channel) clear_run(to, lines * pitch);
        return;
      }
      \(byVectors { "copy_all_vectors(\($0), to, to_channel, channels, lines, pitch, begin, width, from, from_channel, from_line)" }.replacing("\n", with: "\n  "))
      for (; channels > 0; --channels, to += to_channel, from += from_channel)
        for (int64_t line = 0; line < lines; ++line) {
          clear_run(to + line * pitch, begin);
          copy_run(to + line * pitch + begin, from + line * from_line, width);
          clear_run(to + line * pitch + begin + width, pitch - begin - width);
        }
    }
    """
  }

  static let clearGaps = Helper("clear_gaps") { _ in
    """
    /* Zeros between the lines of a strip, before the first one and after the last one; `width` of the `pitch` floats of
       a line are its image's. */
    static NOINLINE void clear_gaps(float *data, int64_t channels, int64_t channel_stride, int64_t lines, int64_t pitch,
                                    int64_t before, int64_t width) {
      for (int64_t channel = 0; channel < channels; ++channel) {
        float *line = data + channel * channel_stride;
        if (before <= 1 && pitch - width == 1) {
          /* padding of one column: a loop over it would take as long as packing the line */
          SHORT for (int64_t i = 1 - before; i <= lines; ++i) line[i * pitch + before - 1] = 0;
          continue;
        }
        SHORT for (int64_t i = 0; i < before; ++i) line[i] = 0;
        line += before;
        for (int64_t l = 0; l < lines; ++l, line += pitch)
          SHORT for (int64_t i = width; i < pitch; ++i) line[i] = 0;
      }
    }
    """
  }

  static let stripPack = Helper("strip_pack", needs: [laneShuffles]) { _ in
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
        int64_t i = begin;
        if (step == 2)
          for (; i + LANES <= end && first + 2 * (i + LANES) <= extent; i += LANES)
            store(target + i, even_lanes(load(source + (first + 2 * i)), load(source + (first + 2 * i + LANES))));
        SHORT for (; i < end; ++i) target[i] = source[first + i * step];
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
    [.input("w"), .output("result")] + Parameter.integers("outputs inputs taps tiles each more block"),
    helpers: [panelRow, transpose],
    text: { _ in
      """
      const struct panels panels = {tiles, each, more};
      for (int64_t task = first; task < last; ++task) {
        const int64_t tile = task % tiles, group = task / tiles;
        const int64_t row = panel_row(&panels, tile), rows = least(panel_row(&panels, tile + 1), outputs) - row;
        for (int64_t input = 0; input < inputs; input += block) {
          const int64_t count = least(block, inputs - input) * taps;
          const float *source = w + ((group * outputs + row) * inputs + input) * taps;
          float *panel = result + (group * inputs + input) * outputs * taps + row * count;
          transpose(\(Mutation.isActive(.packedRowsReversed) ? "source + (rows - 1) * inputs * taps, -inputs * taps" : "source, inputs * taps"), rows, count, panel, rows);
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
    case .pointwise: [copyRun]
    case .plane, .lines: [copyLines, clearGaps]
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
    /// Lines and columns of the image, and where the strip's first line lies in it.
    var height = "in_h"
    var width = "in_w"
    var firstLine = "h0 - pad_h"
    /// Zeros before the first column of an image, where lines of the strip are whole.
    var before = "pad_w"
    /// Which of the shifted copies is the image itself.
    var still = "pad_w / far_w"
    /// Lines before the first and behind the last one are those of the images next to it, as far as these are bands of
    /// the same one.
    var crossesBands = false

    /// Where line h of image n0 + n lies, after `nextBand` of that of bands: an image and its line.
    var place: (image: String, line: String) {
      crossesBands ? ("n0 + n + next", "h - next * in_h") : ("n0 + n", "h")
    }

    /// Whether line h of image n0 + n is outside of the image, after `nextBand` of that of bands.
    var isOutside: String {
      crossesBands ? "(n0 + n) % bands + next < 0 || (n0 + n) % bands + next >= bands" : "h < 0 || h >= \(height)"
    }

    /// Statements that put `count` elements of a channel into `result`, of each of so many lines with their pitch; a hook
    /// takes lines side by side only, of whatever `step`.
    func run(
      image: String = "n0 + n", position: String, count: String, result: String, ahead: String? = nil,
      lines: (count: String, pitch: String, step: String)? = nil
    ) -> String {
      if let hook {
        return hook.run(
          image: image, channel: "\(firstChannel) + channel", plane: plane, position: position, count: count,
          result: result, ahead: ahead, lines: lines.map { ($0.count, $0.pitch) })
      }
      let source = "\(name) + (\(image)) * \(name)_stride + (\(firstChannel) + channel) * \(plane) + \(position)"
      guard let lines else { return "copy_run(\(result), \(source), \(count));\n" }
      return "copy_lines(\(result), \(lines.pitch), \(source), \(lines.step), \(lines.count), \(count));\n"
    }

    /// Statements that put the lines at_line + begin ..< at_line + end of an image to `target`, a pitch apart, or side by
    /// side.
    func lines(to target: String, pitch: String?) -> String {
      func lines(_ image: String, _ first: String, _ count: String, _ target: String) -> String {
        run(
          image: image, position: "(\(first)) * \(width)", count: pitch == nil ? "(\(count)) * \(width)" : width,
          result: target, ahead: "ahead", lines: pitch.map { (count, $0, width) })
      }
      guard crossesBands else {
        return """
          if (begin < end) {
          \(lines("n0 + n", "at_line + begin", "end - begin", target).indented(1).dropLast())
          }

          """
      }
      return """
        for (int64_t h = at_line + begin, stop; h < at_line + end; h = stop) {
          \(Kernel.nextBand)  stop = least(at_line + end, (next + 1) * in_h);
        \(lines(place.image, place.line, "stop - h", "\(target) + (h - at_line - begin) * \(pitch ?? width)").indented(1).dropLast())
        }

        """
    }
  }

  /// A loop over `count` lines of a strip of image n0 + n; the first is line `first` of the image, each next one `skip`
  /// further on. `body` has `lines` of them, from number `line` of the strip and `h` of the image on, which the image has
  /// side by side or which lie on the same side of it (`is_outside`). Those from `end` on, if given, count as outside.
  static func runsOfLines(
    _ operand: Packed, of count: String, first: String, skip: String, end: String? = nil, body: String
  ) -> String {
    let isOutside = operand.isOutside + (end.map { " || h >= \($0)" } ?? "")
    let rest = end.map { "is_outside ? \(count) - line : (\($0) - h + \(skip) - 1) / \(skip)" } ?? "\(count) - line"
    return """
      for (int64_t line = 0, lines; line < \(count); line += lines) {
        const int64_t h = \(first) + line * \(skip);
      \(nextBand.indented(1))  const int is_outside = \(isOutside);
        lines = least(\(count) - line, next > 0 ? \(rest) : ((next + 1) * in_h - h + \(skip) - 1) / \(skip));
      \(body.indented(1))}

      """
  }

  /// Declares which band a line of the strip lies in: `next` bands further on, -1 for the one before.
  static let nextBand = "const int64_t next = h < 0 ? -1 : h >= in_h;\n"

  /// Declares which lines of the strip are lines of an image, or of its neighbours.
  private static func linesInside(_ operand: Packed) -> String {
    if operand.crossesBands {
      let last = Mutation.isActive(.nextBandLost) ? "0" : "bands - 1"
      return """
        const int64_t at_line = \(operand.firstLine), rows_here = rows - tile_lines + lines_here;
        const int64_t begin = n0 % bands > 0 ? 0 : least(greatest(0, -at_line), rows_here);
        const int64_t end = n0 % bands < \(last) ? rows_here : greatest(begin, least(rows_here, in_h - at_line));

        """
    }
    return """
      const int64_t at_line = \(operand.firstLine), rows_here = rows - tile_lines + lines_here;
      const int64_t begin = least(greatest(0, -at_line), rows_here);
      const int64_t end = greatest(begin, least(rows_here, \(operand.height) - at_line));

      """
  }

  /// Statements that clear what lies between the lines of a strip of `channels` channels. Packing leaves it alone, so that
  /// once for all tasks of a call is enough.
  static func clearGaps(
    _ form: ConvolutionForm, channels: String, before: String = "pad_w", width: String = "in_w"
  ) -> String {
    guard form == .plane || form == .lines else { return "" }
    let lines = Mutation.isActive(.gapsNotCleared) ? "0" : "tile_images * rows"
    return "clear_gaps(data, \(channels), channel_stride, \(lines), pitch, \(before), \(width));\n"
  }

  /// Statements that say where register tiles find each vector of positions. Behind the taps there is room for it.
  static func vectorPlaces(_ form: ConvolutionForm, taps: String) -> String {
    guard form == .lines else { return "" }
    let plane = Mutation.isActive(.vectorPlace) ? "tile_lines" : "rows"
    return """
      int64_t *vector = tap + \(taps);
      for (int64_t n = 0, v = 0; n < tile_images; ++n)
        for (int64_t line = 0; line < tile_lines; ++line)
          for (int64_t w = 0; w < tile_columns; w += LANES) vector[v++] = (n * \(plane) + line) * pitch + w;

      """
  }

  /// Floats of memory, in whole planes, that a loop over channels asks for in advance: what lies in the third-level cache
  /// or beyond takes longer than a short line does.
  static func planesAhead(_ plane: String) -> String { "(4096 + \(plane) - 1) / \(plane) * \(plane)" }

  /// Statements that bring a tile's part of all channels into the strip of a convolution that is not general; `n0` is its
  /// first image.
  static func pack(_ form: ConvolutionForm, _ operand: Packed) -> String {
    let isPadded = Mutation.isActive(.paddedBeforeHook)
    var lines: String
    var setup = ""
    switch form {
    case .pointwise:
      lines = operand.run(position: "w0", count: "columns_here", result: "target", ahead: "ahead")
      lines = "for (int64_t n = 0; n < images_here; ++n, target += pitch) {\n\(lines.indented(1))}\n"
    case .plane, .lines:
      setup = linesInside(operand)
      let edge = isPadded ? "for (int64_t j = 0; j < begin * pitch; ++j) target[j] = 0.25f;\n" : ""
      lines = """
        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          clear_run(target, begin * pitch);
        \(edge.indented(1))  float *line = target + begin * pitch + \(operand.before);
        \(operand.lines(to: "line", pitch: "pitch").indented(1).dropLast())
          clear_run(target + end * pitch, (rows_here - end) * pitch);
        }

        """
    case .shifted:
      setup = """
        const int64_t plane = tile_images * rows * pitch, still = \(operand.still);

        """ + linesInside(operand)
      let edge = isPadded ? "for (int64_t j = 0; j < begin * pitch; ++j) copy[j] = 0.25f;\n" : ""
      lines = """
        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          float *image = target + still * plane + begin * pitch;
        \(operand.lines(to: "image", pitch: nil).indented(1).dropLast())
          for (int64_t k = 0; k < size_w; ++k) {
            float *copy = target + k * plane;
            if (k != still) shift_lines(copy + begin * pitch, image, end - begin, pitch, (k - still) * far_w);
            clear_run(copy, begin * pitch);
            clear_run(copy + end * pitch, (rows_here - end) * pitch);
        \(edge.indented(2))  }
        }

        """
    case .general: fatalError("general convolutions have packing loops of their own")
    }
    setup += "const int64_t ahead = \(planesAhead(operand.plane));\n"
    if operand.hook == nil { setup += "(void)ahead;\n" }
    return """
      {
      \(setup.indented(1))  for (int64_t channel = 0; channel < \(operand.channels); ++channel) {
          float *target = \(operand.data) + channel * channel_stride;
      \((operand.hook?.channelBegin("\(operand.firstChannel) + channel") ?? "").indented(2))\(lines.indented(2).dropLast())
        }
      }

      """
  }

  /// Whether a convolution forward packs what a block of channels reads at the positions of a register tile just before it is
  /// multiplied. It then stays in the first-level cache until all rows have passed by, while a whole strip would go to the
  /// second-level cache and come back, seven cycles for each vector of it. With several taps most of a strip is read by more
  /// than one tile. Results then always leave through an epilogue, if only one that stores them.
  static func packsInTime(_ form: ConvolutionForm) -> Bool { form == .pointwise }

  /// Statements that multiply the tile in this way, with register tiles of a function. Results stay side by side until all positions are done, or else those
  /// of a register tile only, for its next block of channels.
  static func packInTime(_ operand: Packed, _ function: String, leavesAll: Bool, _ options: CodegenOptions) -> String {
    let width = options.tileWidth
    /// A run of each channel of the block; most are as wide as a register tile, and then the compiler knows it.
    func runs(_ count: String) -> String {
      let run: String
      if operand.hook == nil, count == "\(width)" {
        run = """
          const float *source = \(operand.name) + (n0 + n) * \(operand.name)_stride + (\(operand.firstChannel) + channel) * \(operand.plane) + w0 + column;
          UNROLL for (int64_t i = 0; i < \(width); i += LANES) store(target + i, load(source + i));

          """
      } else {
        let column = Mutation.isActive(.timelyColumnLost) ? "w0" : "w0 + column"
        run = operand.run(position: column, count: count, result: "target", ahead: "ahead")
      }
      return """
        for (int64_t channel = begin; channel < end; ++channel, target += \(width)) {
        \((operand.hook?.channelBegin("\(operand.firstChannel) + channel") ?? "").indented(1))\(run.indented(1).dropLast())
        }

        """
    }
    return """
      const int64_t ahead = \(planesAhead(operand.plane));
      \(operand.hook == nil ? "(void)ahead;\n" : "")for (int64_t position = 0; position < s.positions;) {
        const int vectors = vectors_at(&s, position);
        const int64_t stop = least(position + vectors * LANES, s.positions);
        s.first_position = position;
      \(leavesAll ? "  s.result = tile_data + position;\n" : "")  for (int64_t begin = 0; begin < channels; begin += block) {
          const int64_t end = least(channels, begin + block);
          for (int64_t p = position, n = position / pitch; p < stop; p = ++n * pitch) {
            const int64_t column = p - n * pitch, here = least(columns_here - column, stop - p);
            float *target = data + (p - position);
            if (here == \(width))
      \(runs("\(width)").indented(4))      else
      \(runs("here").indented(4))    }
          strip_rows(&s, position, vectors, begin, end, \(function)_tile_any);
        }
        position = stop;
      }

      """
  }
}
