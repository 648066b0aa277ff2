import NNIR

/// Convolution with outputs in the lanes of a register tile and positions as its rows.
///
/// A tile multiplies vectors of weights by one number of the image for each of its positions. Those may lie anywhere: no
/// lane is lost to the ends of lines or images, and a stride is a distance between positions, so that the strip has the
/// image's lines as they are. Results come out with their outputs side by side and are transposed for the epilogue.
extension Kernel {
  static let lanesTile = Helper("lanes_tile") { options in
    """
    /* What a tile of a convolution reads and writes where outputs lie in lanes; tap t finds position p at
       `tap[t] + place[p]`. */
    struct lanes {
      const float *data;
      int64_t channels, channel_stride, block; /* channels that are multiplied at a time */
      const int64_t *tap;
      int64_t taps;
      const int64_t *place;
      int64_t positions;
      const float *weights; /* [channel][tap][output] of one panel */
      const float *bias;    /* of the panel, or null */
      float *sums;          /* [position][output] */
    };

    /* A register tile: rows positions x vectors * LANES outputs, the terms of `count` channels in the order channel, tap
       on top of what the channels before them left. Meanwhile it asks for `step` bytes from `ahead` on with each channel:
       weights come from far away and are wanted all at once when a block begins. */
    static ALWAYS_INLINE void lanes_tile(const int rows, const int vectors, const struct lanes *s, int64_t position,
                                         int64_t channel, int64_t count, const char *ahead, int64_t step) {
      vec sum[\(mostOuterRows)][\(options.vectors)];
      float *const target = s->sums + position * vectors * LANES;
      UNROLL for (int v = 0; v < vectors; ++v) {
        const vec start = s->bias ? load(s->bias + v * LANES) : (vec){0};
        UNROLL for (int r = 0; r < rows; ++r)
          sum[r][v] = channel > 0 ? load(target + (r * vectors + v) * LANES) : start;
      }
      const int64_t taps = s->taps, channel_stride = s->channel_stride;
      const int64_t *tap = s->tap;
      const float *data = s->data + channel * channel_stride;
      const float *weight = s->weights + channel * taps * vectors * LANES;
      int64_t at[\(mostOuterRows)];
      UNROLL for (int r = 0; r < rows; ++r) at[r] = s->place[position + r];
      if (taps == 1) {
        data += tap[0];
        for (int64_t k = 0; k < count; ++k) {
    \(term(options, x: "weight", w: "data[at[r]]").indented(3).dropLast())
          PREFETCH(ahead);
          ahead += step;
          weight += vectors * LANES;
          data += channel_stride;
        }
      } else {
        for (int64_t k = 0; k < count; ++k) {
          for (int64_t t = 0; t < taps; ++t) {
            const float *source = data + tap[t];
    \(term(options, x: "weight", w: "source[at[r]]").indented(4).dropLast())
            weight += vectors * LANES;
          }
          for (int64_t i = 0; i < step; i += 64) PREFETCH(ahead + i);
          ahead += step;
          data += channel_stride;
        }
      }
      UNROLL for (int r = 0; r < rows; ++r)
        UNROLL for (int v = 0; v < vectors; ++v) store(target + (r * vectors + v) * LANES, sum[r][v]);
    }
    \(instances(
      "lanes_tile", rows: { Array(1...outerRows($0, options)) }, vectors: options.vectors,
      parameters: "const struct lanes *s, int64_t position, int64_t channel, int64_t count, const char *ahead, "
        + "int64_t step",
      arguments: "s, position, channel, count, ahead, step"))

    /* All positions by the outputs of a panel: a block of weights stays in the first-level cache while all positions pass
       by, and the next one arrives. */
    static NOINLINE void lanes_multiply(const struct lanes *s, int vectors) {
      const int64_t width = vectors * LANES, most = \(outerRows(options));
      const int64_t tiles = (s->positions + most - 1) / most, step = width * s->taps * 4 / tiles;
      for (int64_t channel = 0; channel < s->channels; channel += s->block) {
        const int64_t count = least(s->block, s->channels - channel);
        const char *ahead = (const char *)(s->weights + (channel + count) * s->taps * width);
        for (int64_t tile = 0, position = 0; tile < tiles; ++tile) {
          const int64_t rows = (s->positions - position + tiles - tile - 1) / (tiles - tile);
          lanes_tile_any((int)rows, vectors, s, position, channel, count, ahead, step);
          ahead += count * step;
          position += rows;
        }
      }
    }
    """
  }

  /// Statements that say where taps and positions of a tile stand in the strip.
  private static let lanesTaps = """
    for (int64_t h = 0, t = 0; h < size_h; ++h)
      for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;

    """

  private static let lanesPlaces = """
    positions = 0;
    for (int64_t n = 0; n < images_here; ++n)
      for (int64_t line = 0; line < lines_here; ++line)
        for (int64_t i = 0; i < columns_here; ++i)
          place[positions++] = (n * rows + line * line_step) * pitch + i * \(Mutation.isActive(.laneStrideLost) ? "1" : "step_w");

    """

  /// Statements that bring a tile's lines into the strip, with their padding.
  private static func lanesPack(_ operand: Packed) -> String {
    """
    {
      const int64_t at_column = w0 * step_w - pad_w;
      const int64_t begin = least(greatest(0, -at_column), pitch);
      const int64_t end = greatest(begin, least(pitch, in_w - at_column));
      for (int64_t channel = 0; channel < inputs; ++channel) {
        float *target = data + channel * channel_stride;
    \((operand.hook?.channelBegin("\(operand.firstChannel) + channel") ?? "").indented(2))    for (int64_t n = 0; n < tile_images; ++n)
          for (int64_t line = 0; line < rows; ++line, target += pitch) {
            const int64_t h = h0 * step_h - pad_h + line * skip;
            if (h < 0 || h >= in_h || n0 + n >= images || begin == end) {
              clear_run(target, pitch);
              continue;
            }
            clear_run(target, begin);
    \(operand.run(position: "h * in_w + at_column + begin", count: "end - begin", result: "target + begin").indented(4))        clear_run(target + end, pitch - end);
          }
      }
    }

    """
  }

  static func convolutionLanes(isPointwise: Bool, load hook: Hook?, store epilogue: Epilogue) -> Kernel {
    Kernel(
      "convolution_lanes",
      variant: [isPointwise ? "pointwise" : "lines", hook?.key ?? "", epilogue.key].joined(separator: "|"),
      "cross-correlation with bias, outputs in lanes\(describe(load: hook, store: epilogue)); a task is a tile of "
        + "positions, a group and a part of its channels",
      source("x", hook) + [.input("w"), .optional("bias")] + target(epilogue) + convolutionParameters
        + Parameter.integers(
          "line_step block parts part scratch_tap scratch_place scratch_data scratch_sums"),
      helpers: [copyRun, lanesTile, transpose] + (hook?.helpers ?? []) + epilogue.helpers,
      text: { options in
        let packed = Packed(
          name: "x", hook: hook, channels: "inputs", firstChannel: "group * inputs", plane: "in_plane")
        let pack = isPointwise ? pack(.pointwise, packed) : lanesPack(packed)
        let channel = epilogue.channel(
          "first_output + r", channels: "groups * outputs", part: "tile", plane: "out_plane", image: "n0 + n",
          position: "h0 * out_w + w0", count: "run", value: "tile_data + r * tile_stride + n * run"
        ) { body in
          "for (int64_t n = 0; n < images_here; ++n) {\n\(body.indented(1))}\n"
        }
        return """
          int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
          int64_t *place = (int64_t *)(void *)(c->scratch + scratch_place);
          float *data = (float *)(void *)(c->scratch + scratch_data);
          float *sums = (float *)(void *)(c->scratch + scratch_sums);
          float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
          \(hook?.setup(channels: "groups * inputs") ?? "")\(epilogue.hook.setup(channels: "groups * outputs"))\(lanesTaps)const int64_t in_plane = in_d * in_h * in_w, out_plane = out_d * out_h * out_w, taps = size_h * size_w;
          \(isPointwise ? "" : "const int64_t skip = step_h / line_step; /* lines of the image from one of the strip to the next */\n")int64_t packed = -1, positions = 0;
          for (int64_t task = first; task < last; ++task) {
            const int64_t from = task % parts * part, group = task / parts % groups, tile = task / parts / groups;
            \(decodeTile("tile", hasDepth: false).replacing("\n", with: "\n  "))
            const int64_t images_here = least(tile_images, images - n0), lines_here = least(tile_lines, out_h - h0);
            const int64_t columns_here = least(tile_columns, out_w - w0), run = lines_here * columns_here;
            if (task / parts != packed) {
              packed = task / parts;
          \((pack + lanesPlaces).indented(2).dropLast())
            }
            const int64_t end = least((from + part) * \(options.tileWidth), outputs);
            for (int64_t output = from * \(options.tileWidth); output < end; output += \(options.tileWidth)) {
              const int64_t first_output = \(Mutation.isActive(.groupIndex) ? "0" : "group") * outputs + output, width = least(\(options.tileWidth), end - output);
              const struct lanes s = {
                  .data = data, .channels = inputs, .channel_stride = channel_stride, .block = block, .tap = tap,
                  .taps = taps, .place = place, .positions = positions, .weights = w + first_output * inputs * taps,
                  .bias = bias ? bias + first_output : 0, .sums = sums};
              lanes_multiply(&s, (int)(width / LANES));
              transpose(sums, width, (positions + 3) / 4 * 4, width, tile_data, tile_stride);
              for (int64_t r = 0; r < width; ++r) {
          \(channel.indented(4).dropLast())
              }
            }
          }
          """
      })
  }
}
