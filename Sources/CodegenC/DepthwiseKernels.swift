import NNIR

/// Depthwise convolutions: each channel has a filter of its own.
///
/// A register tile of the other convolutions multiplies a position by several outputs or inputs; here is only one, so that
/// each multiply-add needs a load whatever the tile. What remains to be saved is all that is done once for a channel: a
/// task is a channel of a tile of lines, and tiles are whole images where these are small. As in the strips of the other
/// convolutions, lines stand in the scratch with their padding, a plane for each phase of a stride, so that what tap t of
/// position q reads is at `tap[t] + q`; the positions between lines are computed like all others.
extension Kernel {
  /// Vectors of positions whose sums a tile keeps: enough to hide the latency of any CPU's multiply-add.
  private static let depthwiseVectors = 8

  /// Taps whose sums `depthwise_dots` keeps.
  private static let depthwiseTaps = 9

  private static let depthwiseTile = Helper("depthwise_tile") { _ in
    """
    /* Products of a channel's positions with its taps, in the order of these, on top of `start`. */
    static ALWAYS_INLINE void depthwise_tile(const int rows, const int vectors, const float *data, const int64_t *tap,
                                             int64_t taps, const float *weight, float start, float *result) {
      vec sum[1][\(depthwiseVectors)];
      UNROLL for (int v = 0; v < vectors; ++v) sum[rows - 1][v] = (vec){0} + start;
      UNROLL_BY(3) for (int64_t t = 0; t < taps; ++t) {
        const float *source = data + tap[t], w = weight[t];
        UNROLL for (int v = 0; v < vectors; ++v) sum[rows - 1][v] += load(source + v * LANES) * w;
      }
      UNROLL for (int v = 0; v < vectors; ++v) store(result + v * LANES, sum[rows - 1][v]);
    }
    \(instances(
      "depthwise_tile", rows: { _ in [1] }, vectors: depthwiseVectors,
      parameters: "const float *data, const int64_t *tap, int64_t taps, const float *weight, float start, float *result",
      arguments: "data, tap, taps, weight, start, result"))

    /* All positions of a plane. */
    static inline void depthwise_plane(const float *data, const int64_t *tap, int64_t taps, const float *weight,
                                       float start, int64_t positions, float *result) {
      for (int64_t position = 0; position < positions;) {
        const int vectors = (int)even_part((positions - position + LANES - 1) / LANES, \(depthwiseVectors));
        depthwise_tile_any(1, vectors, data + position, tap, taps, weight, start, result + position);
        position += vectors * LANES;
      }
    }
    """
  }

  private static let depthwiseDots = Helper("depthwise_dots", needs: [lanesTotal]) { _ in
    """
    /* Adds up, for `rows` taps, products of dy with what they find. */
    static ALWAYS_INLINE void depthwise_dots(const int rows, const int vectors, const float *data, const int64_t *tap,
                                             const float *dy, int64_t positions, double *total) {
      vec sum[\(depthwiseTaps)][1];
      UNROLL for (int r = 0; r < rows; ++r) sum[r][vectors - 1] = (vec){0};
      for (int64_t position = 0; position < positions; position += LANES) {
        const vec y = load(dy + position);
        UNROLL for (int r = 0; r < rows; ++r) sum[r][vectors - 1] += load(data + tap[r] + position) * y;
      }
      UNROLL for (int r = 0; r < rows; ++r) total[r] += (double)lanes_total(&sum[r][vectors - 1]);
    }
    \(instances(
      "depthwise_dots", rows: { _ in Array(1...depthwiseTaps) }, vectors: 1,
      parameters: "const float *data, const int64_t *tap, const float *dy, int64_t positions, double *total",
      arguments: "data, tap, dy, positions, total"))
    """
  }

  private static let spreadLine = Helper("spread_line", needs: [someLanes]) { _ in
    """
    /* `count` floats and zeros for `gap` more behind them. Writes whole vectors, up to one more than it is asked for: lines
       are written in their order, and each puts right what the one before left on it. */
    static inline MAYBE_UNUSED void spread_line(float *to, const float *from, int64_t count, int64_t gap) {
      int64_t i = 0;
      SHORT for (; i + LANES <= count; i += LANES) store(to + i, load(from + i));
      store(to + i, load_some(count - i, from + i));
      SHORT for (i += LANES; i < count + gap; i += LANES) store(to + i, (vec){0});
    }
    """
  }

  private static let phaseLine = Helper("phase_line", needs: [laneShuffles, someLanes]) { _ in
    """
    /* Steps that fit into a distance, rounded up; divisions take longer than a short line does. */
    static inline MAYBE_UNUSED int64_t steps_in(int64_t distance, int64_t step) {
      return step == 1 ? distance : step == 2 ? (distance + 1) / 2 : (distance + step - 1) / step;
    }

    /* A line of a phase: every `step`-th float from `first` on, with zeros where that is outside 0 ..< extent. Writes whole
       vectors, as `spread_line`. */
    static inline MAYBE_UNUSED void phase_line(float *to, const float *from, int64_t extent, int64_t first, int64_t step,
                                               int64_t count) {
      const int64_t begin = least(count, first < 0 ? steps_in(-first, step) : 0);
      const int64_t end = extent > first ? greatest(begin, least(count, steps_in(extent - first, step))) : begin;
      SHORT for (int64_t i = 0; i < begin; ++i) to[i] = 0;
      int64_t i = begin;
      if (step == 2)
        for (; i < end; i += LANES) {
          const float *at = from + first + 2 * i;
          const int64_t left = extent - first - 2 * i, more = greatest(0, left - LANES);
          const vec low = left >= LANES ? load(at) : load_some(left, at);
          const vec high = more >= LANES ? load(at + LANES) : load_some(more, at + LANES);
          store(to + i, even_lanes(low, high));
        }
      else
        SHORT for (; i < end; ++i) to[i] = from[first + i * step];
      /* whole vectors have brought zeros along, or floats of the line that the phase has no column for */
      i = end;
      SHORT for (; i < count; i += LANES) store(to + i, (vec){0});
    }
    """
  }

  private static let packLines = Helper("pack_lines", needs: [someLanes]) { _ in
    """
    /* Lines that stand `pitch` apart, side by side; writes whole vectors. */
    static inline MAYBE_UNUSED void pack_lines(float *to, const float *from, int64_t lines, int64_t pitch, int64_t count) {
      for (int64_t line = 0; line < lines; ++line, to += count, from += pitch)
        SHORT for (int64_t i = 0; i < count; i += LANES) store(to + i, load(from + i));
    }
    """
  }

  private static let joinLines = Helper("join_lines", needs: [laneShuffles]) { _ in
    """
    /* Lines of phases side by side, `apart` floats from one to the next, to one line: the first float of the first phase
       comes to `target`. Writes whole vectors. */
    static inline MAYBE_UNUSED void join_lines(const float *lines, int64_t apart, int64_t step, int64_t count, float *target) {
      if (step == 2) {
        for (int64_t i = 0; i < count; i += LANES) {
          const vec even = load(lines + i), odd = load(lines + apart + i);
          store(target + 2 * i, low_lanes(even, odd));
          store(target + 2 * i + LANES, high_lanes(even, odd));
        }
        return;
      }
      for (int64_t phase = 0; phase < step; ++phase)
        for (int64_t i = 0; i < count; ++i) target[i * step + phase] = lines[phase * apart + i];
    }
    """
  }

  private static let depthwiseParameters = Parameter.integers(
    "images channels in_h in_w out_h out_w size_h size_w step_h step_w far_h far_w pad_h pad_w tile_lines rows pitch "
      + "tiles_h")

  /// A loop over tasks, channels innermost; `tile` numbers the tile, `n0` is its image, `h0` its first line. What does not
  /// change from channel to channel is found once: that takes as long as a small image does.
  private static func eachChannel(lines: String, _ body: String) -> String {
    """
    int64_t tile = first / channels, channel = first % channels, decoded = -1, n0 = 0, h0 = 0, lines_here = 0;
    for (int64_t task = first; task < last; ++task) {
      if (tile != decoded) {
        const int64_t part = tile % tiles_h;
        decoded = tile;
        n0 = tile / tiles_h;
        h0 = cut(\(lines), tiles_h, part);
        lines_here = cut(\(lines), tiles_h, part + 1) - h0;
      }
    \(body.indented(1).dropLast())
      if (++channel == channels) {
        channel = 0;
        ++tile;
      }
    }
    """
  }

  /// Statements that fill tap offsets, and name the phases.
  private static let depthwiseTapPlaces = """
    const int64_t phases_h = greatest_phase(size_h, far_h, step_h), phases_w = greatest_phase(size_w, far_w, step_w);
    /* lines of a phase are written in whole vectors */
    const int64_t plane = rows * pitch + LANES, taps = size_h * size_w;
    for (int64_t h = 0, t = 0; h < size_h; ++h)
      for (int64_t w = 0; w < size_w; ++w, ++t)
        tap[t] = (h * far_h % step_h * phases_w + w * far_w % \(Mutation.isActive(.stridePhase) ? "1" : "step_w")) * plane +
                 h * far_h / step_h * pitch + w * far_w / step_w;

    """

  /// Statements that name `lines`, where whole lines of a channel stand side by side: in memory, or computed by a hook.
  ///
  /// As one run they end once, not line by line.
  private static func channelLines(
    _ name: String, _ hook: Hook?, plane: String, width: String, first: String, count: String
  ) -> String {
    guard let hook else {
      return "const float *lines = \(name) + n0 * \(name)_stride + channel * \(plane) + \(first) * \(width);\n"
    }
    return """
      float *lines = (float *)(void *)(c->scratch + \(hook.prefix)_line);
      \(hook.channelBegin("channel"))\(hook.run(image: "n0", channel: "channel", plane: plane, position: "\(first) * \(width)", count: "\(count) * \(width)", result: "lines"))
      """
  }

  /// Statements that bring a channel's lines of a tile into `data`, phase by phase.
  private static func depthwisePack(_ hook: Hook?, isStrided: Bool) -> String {
    let line =
      isStrided
      ? """
      for (int64_t phase = 0; phase < phases_w; ++phase)
        phase_line(target + phase * plane, lines + (h - from_h) * in_w, in_w, phase - pad_w, step_w, pitch);

      """
      : """
      /* what lies between two lines is the padding of both */
      if (line == 0 || h == 0) clear_run(target, pad_w);
      spread_line(target + pad_w, lines + (h - from_h) * in_w, in_w, pitch - in_w);

      """
    return """
      const int64_t lines_packed = lines_here + rows - tile_lines;
      const int64_t from_h = greatest(0, h0 * step_h - pad_h);
      \(channelLines("x", hook, plane: "in_plane", width: "in_w", first: "from_h", count: "greatest(0, least(in_h, (h0 + lines_packed) * step_h - pad_h) - from_h)"))for (int64_t phase_h = 0; phase_h < phases_h; ++phase_h) {
        float *target = data + phase_h * phases_w * plane;
        for (int64_t line = 0; line < lines_packed; ++line, target += pitch) {
          const int64_t h = (h0 + line) * step_h + phase_h - pad_h;
          if (h < 0 || h >= in_h) {
            for (int64_t phase = 0; phase < phases_w; ++phase) clear_run(target + phase * plane, pitch);
            continue;
          }
      \(line.indented(2).dropLast())
        }
      }

      """
  }

  private static func depthwiseHelpers(isStrided: Bool) -> [Helper] {
    [copyRun, cut, greatestPhase, isStrided ? phaseLine : spreadLine]
  }

  static func depthwiseConvolution(isStrided: Bool, load hook: Hook?, store epilogue: Epilogue) -> Kernel {
    Kernel(
      "depthwise_convolution",
      variant: [isStrided ? "strided" : "", hook?.key ?? "", epilogue.key].joined(separator: "|"),
      "cross-correlation of each channel with a filter of its own, with bias\(describe(load: hook, store: epilogue)); a "
        + "task is a channel of a tile of lines",
      source("x", hook) + [.input("w"), .optional("bias")] + epilogue.parameters + depthwiseParameters
        + Parameter.integers("scratch_tap scratch_data scratch_tile scratch_packed"),
      helpers: depthwiseHelpers(isStrided: isStrided) + [depthwiseTile, packLines] + (hook?.helpers ?? [])
        + epilogue.helpers,
      text: { _ in
        let stored = epilogue.channel(
          "channel", channels: "channels", part: "tile", plane: "out_plane", image: "n0",
          position: "h0 * out_w", count: "lines_here * out_w", value: "packed"
        ) { $0 }
        let body = """
          {
          \(depthwisePack(hook, isStrided: isStrided).indented(1).dropLast())
          }
          depthwise_plane(data, tap, taps, w + channel * taps, bias ? bias[channel] : 0, (lines_here - 1) * pitch + out_w,
                          tile_data);
          pack_lines(packed, tile_data, lines_here, pitch, out_w);
          {
          \(stored.indented(1).dropLast())
          }

          """
        return """
          int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
          float *data = (float *)(void *)(c->scratch + scratch_data);
          float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
          float *packed = (float *)(void *)(c->scratch + scratch_packed);
          \(hook?.setup(channels: "channels") ?? "")\(epilogue.hook.setup(channels: "channels"))const int64_t in_plane = in_h * in_w, out_plane = out_h * out_w;
          \(depthwiseTapPlaces)\(eachChannel(lines: "out_h", body))
          """
      })
  }

  /// As `convolutionBackwardData`: for each phase of the input a convolution of dy with stride 1 and the taps that reach
  /// it; lines of phases are then joined to lines of the input.
  static func depthwiseBackwardData(isStrided: Bool, load hook: Hook?, store epilogue: Epilogue) -> Kernel {
    Kernel(
      "depthwise_backward_data",
      variant: [isStrided ? "strided" : "", hook?.key ?? "", epilogue.key].joined(separator: "|"),
      "gradient of a depthwise convolution's input\(describe(load: hook, store: epilogue)); a task is a channel of a tile "
        + "of lines",
      source("dy", hook) + [.input("w")] + epilogue.parameters + depthwiseParameters
        + Parameter.integers(
          "first_h first_w count_h count_w shift_h shift_w scratch_tap scratch_picked scratch_data scratch_tile scratch_joined"
        ),
      helpers: [copyRun, cut, spreadLine, depthwiseTile, isStrided ? joinLines : packLines] + (hook?.helpers ?? [])
        + epilogue.helpers,
      text: { _ in
        let stored = epilogue.channel(
          "channel", channels: "channels", part: "tile", plane: "in_plane", image: "n0",
          position: isStrided ? "h * in_w" : "h0 * in_w", count: isStrided ? "in_w" : "lines_here * in_w",
          value: "joined"
        ) { body in
          guard isStrided else {
            return """
              depthwise_plane(data, tap, phase_taps[0], picked, 0, (lines_here - 1) * pitch + count_w, tile_data);
              pack_lines(joined, tile_data, lines_here, pitch, in_w);

              """ + body
          }
          return """
            for (int64_t phase_h = 0, at = 0; phase_h < step_h; ++phase_h) {
              for (int64_t phase_w = 0; phase_w < step_w; ++phase_w) {
                const int64_t taps_here = phase_taps[phase_h * step_w + phase_w];
                depthwise_plane(data, tap + at, taps_here, picked + at, 0, (lines_here - 1) * pitch + count_w,
                                tile_data + phase_w * tile_floats);
                at += taps_here;
              }
              for (int64_t line = 0; line < lines_here; ++line) {
                const int64_t h = (first_h + h0 + line) * step_h + phase_h - pad_h;
                if (h < 0 || h >= in_h) continue;
                join_lines(tile_data + line * pitch, tile_floats, step_w, count_w, joined + first_w * step_w - pad_w);
            \(body.indented(2).dropLast())
              }
            }

            """
        }
        let body = """
          for (int64_t t = 0; t < size_h * size_w; ++t) picked[t] = w[channel * size_h * size_w + weight[t]];
          {
            const int64_t at_line = first_h + h0 - shift_h;
            const int64_t from_h = greatest(0, at_line);
          \(channelLines("dy", hook, plane: "out_plane", width: "out_w", first: "from_h", count: "greatest(0, least(out_h, at_line + lines_here + shift_h) - from_h)").indented(1).dropLast())
            float *target = data;
            for (int64_t line = 0; line < lines_here + shift_h; ++line, target += pitch) {
              const int64_t h = at_line + line;
              if (h < 0 || h >= out_h || end <= begin) {
                clear_run(target, pitch);
                continue;
              }
              if (line == 0 || h == 0) clear_run(target, begin);
              spread_line(target + begin, lines + (h - from_h) * out_w + begin + first_w - shift_w, end - begin,
                          pitch - end + begin);
            }
          }
          {
          \(stored.indented(1).dropLast())
          }

          """
        return """
          int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap), *weight = tap + size_h * size_w;
          int64_t *phase_taps = weight + size_h * size_w;
          float *picked = (float *)(void *)(c->scratch + scratch_picked);
          float *data = (float *)(void *)(c->scratch + scratch_data);
          float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
          /* the joined lines of phases may begin before the image, by less than a step */
          float *joined = (float *)(void *)(c->scratch + scratch_joined)\(isStrided ? " + step_w" : "");
          \(hook?.setup(channels: "channels") ?? "")\(epilogue.hook.setup(channels: "channels"))const int64_t in_plane = in_h * in_w, out_plane = out_h * out_w;
          \(isStrided ? "const int64_t tile_floats = (tile_lines * pitch + LANES - 1) / LANES * LANES;\n" : "")/* columns of the strip that dy has */
          const int64_t begin = greatest(0, shift_w - first_w), end = least(pitch, out_w + shift_w - first_w);
          for (int64_t phase_h = 0, t = 0; phase_h < step_h; ++phase_h)
            for (int64_t phase_w = 0; phase_w < step_w; ++phase_w) {
              const int64_t before = t;
              for (int64_t h = 0; h < size_h; ++h)
                for (int64_t v = 0; v < size_w; ++v)
                  if (h * far_h % step_h == phase_h && v * far_w % step_w == phase_w) {
                    tap[t] = (shift_h - h * far_h / step_h) * pitch + shift_w - v * far_w / step_w;
                    weight[t++] = h * size_w + \(Mutation.isActive(.transposedTaps) ? "size_w - 1 - v" : "v");
                  }
              phase_taps[phase_h * step_w + phase_w] = t - before;
            }
          \(eachChannel(lines: "count_h", body))
          """
      })
  }

  /// The gradient of a depthwise convolution's weights: for each tap the sum of products of dy with what the tap finds.
  static func depthwiseBackwardWeights(isStrided: Bool, dy gradient: Hook?, x hook: Hook?) -> Kernel {
    Kernel(
      "depthwise_backward_weights",
      variant: [isStrided ? "strided" : "", gradient?.key ?? "", hook?.key ?? ""].joined(separator: "|"),
      "gradient of the filters of a depthwise convolution\(describe(load: gradient, hook, store: nil)); a task is a channel",
      source("dy", gradient) + source("x", hook) + [.output("result")] + depthwiseParameters
        + Parameter.integers("scratch_tap scratch_total scratch_data scratch_right"),
      helpers: depthwiseHelpers(isStrided: isStrided) + [spreadLine, depthwiseDots] + (gradient?.helpers ?? [])
        + (hook?.helpers ?? []),
      text: { _ in
        """
        int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
        double *total = (double *)(void *)(c->scratch + scratch_total);
        float *data = (float *)(void *)(c->scratch + scratch_data);
        float *right = (float *)(void *)(c->scratch + scratch_right);
        \(gradient?.setup(channels: "channels") ?? "")\(hook?.setup(channels: "channels") ?? "")const int64_t in_plane = in_h * in_w, out_plane = out_h * out_w;
        \(depthwiseTapPlaces)/* what vectors read behind the last line of a plane is multiplied by zeros, and must be numbers */
        clear_run(data, phases_h * phases_w * plane + LANES);
        for (int64_t channel = first; channel < last; ++channel) {
          for (int64_t t = 0; t < taps; ++t) total[t] = 0;
          for (int64_t n0 = 0; n0 < images; ++n0)
            for (int64_t part = 0; part < tiles_h; ++part) {
              const int64_t h0 = cut(out_h, tiles_h, part), lines_here = cut(out_h, tiles_h, part + 1) - h0;
              {
        \(depthwisePack(hook, isStrided: isStrided).indented(4).dropLast())
              }
              /* dy, with zeros between its lines */
              {
        \(channelLines("dy", gradient, plane: "out_plane", width: "out_w", first: "h0", count: "lines_here").indented(4).dropLast())
                for (int64_t line = 0; line < lines_here; ++line)
                  spread_line(right + line * pitch, lines + line * out_w, out_w, line + 1 < lines_here ? pitch - out_w : LANES);
              }
              for (int64_t t = 0; t < taps;) {
                const int64_t count = even_part(taps - t, \(depthwiseTaps));
                depthwise_dots_any((int)count, 1, data, tap + t, right, (lines_here - 1) * pitch + out_w, total + t);
                t += count;
              }
            }
          for (int64_t t = 0; t < taps; ++t) result[channel * taps + t] = (float)total[t];
        }
        """
      })
  }
}
