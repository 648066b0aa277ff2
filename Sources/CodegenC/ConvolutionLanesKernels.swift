import NNIR

/// Convolution with outputs in the lanes of a register tile and positions as its rows.
///
/// A tile multiplies vectors of weights by one number of the image for each of its positions. Those may lie anywhere: no
/// lane is lost to the ends of lines or images, and a stride is a distance between positions, so that the strip has the
/// image's lines as they are. Nor need the positions of a tile be neighbours: those that the same taps find in the image
/// are multiplied together, by these taps only, and nothing is multiplied by padding, which is 9 % of a 3×3 convolution at
/// 14×14 and 18 % at 7×7. Results come out with their outputs side by side and are transposed for the epilogue.
extension Kernel {
  static let lanesTile = Helper("lanes_tile") { options in
    """
    /* Positions that the same taps find in the image: `count` of them from number `first` on, by the taps of lines
       first_h ..< end_h and columns first_w ..< end_w. */
    struct lanes_group {
      int64_t first, count, first_h, end_h, first_w, end_w;
    };

    /* What a tile of a convolution reads and writes where outputs lie in lanes; tap t finds position p at
       `tap[t] + place[p]`, and its sums are those of result `home[p]`. */
    struct lanes {
      const float *data;
      int64_t channels, channel_stride, block; /* channels that are multiplied at a time */
      const int64_t *tap;
      int64_t taps, size_w;
      int64_t *found, *found_at; /* room for the taps of a group and the places of their weights */
      const int64_t *place, *home;
      const struct lanes_group *group;
      int64_t groups;
      const float *weights; /* [channel][tap][output] of one panel */
      const float *bias;    /* of the panel, or null */
      float *sums;          /* [result][output] */
    };

    /* Taps that find something of an axis of `extent` positions when the first one reads at `at`. */
    static inline void taps_inside(int64_t at, int64_t far, int64_t size, int64_t extent, int64_t *first, int64_t *end) {
      *first = 0;
      *end = size;
      while (*first < size && at + *first * far < 0) ++*first;
      while (*end > *first && at + (*end - 1) * far >= extent) --*end;
    }

    /* A register tile: rows positions x vectors * LANES outputs, the terms of `count` channels in the order channel, tap
       (`taps` of those found) on top of what the channels before them left. Meanwhile it asks for `step` bytes from
       `ahead` on with each channel: weights come from far away and are wanted all at once when a block begins. */
    static ALWAYS_INLINE void lanes_tile(const int rows, const int vectors, const struct lanes *s, int64_t position,
                                         int64_t taps, int64_t channel, int64_t count, const char *ahead,
                                         int64_t step) {
      vec sum[\(mostOuterRows)][\(options.vectors)];
      const int64_t *home = s->home + position;
      if (channel > 0) {
        UNROLL for (int r = 0; r < rows; ++r) {
          const float *from = s->sums + home[r] * (vectors * LANES);
          UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = load(from + v * LANES);
        }
      } else {
        UNROLL for (int v = 0; v < vectors; ++v) {
          const vec start = s->bias ? load(s->bias + v * LANES) : (vec){0};
          UNROLL for (int r = 0; r < rows; ++r) sum[r][v] = start;
        }
      }
      const int64_t channel_stride = s->channel_stride, weight_stride = s->taps * vectors * LANES;
      const int64_t *tap = s->found, *weight_at = s->found_at;
      const float *data = s->data + channel * channel_stride;
      const float *weights = s->weights + channel * weight_stride;
      int64_t at[\(mostOuterRows)];
      UNROLL for (int r = 0; r < rows; ++r) at[r] = s->place[position + r];
      if (s->taps == 1) {
        /* a loop of its own, with a stride known beforehand; the tap may find nothing but padding */
        data += tap[0];
        for (int64_t k = 0, terms = taps > 0 ? count : 0; k < terms; ++k) {
    \(term(options, x: "weights", w: "data[at[r]]").indented(3).dropLast())
          PREFETCH(ahead);
          ahead += step;
          weights += vectors * LANES;
          data += channel_stride;
        }
      } else if (taps == s->taps) {
        /* nor does this one look up where weights are, most positions being inside */
    \(lanesLoop(options, weight: "weights", behindTap: "weights += vectors * LANES;").indented(2).dropLast())
      } else {
    \(lanesLoop(options, weight: "weights + weight_at[t]", behindChannel: "weights += weight_stride;").indented(2).dropLast())
      }
      float *const sums = s->sums;
      UNROLL for (int r = 0; r < rows; ++r) {
        float *to = sums + home[r] * (vectors * LANES);
        UNROLL for (int v = 0; v < vectors; ++v) store(to + v * LANES, sum[r][v]);
      }
    }
    \(instances(
      "lanes_tile", rows: { Array(1...outerRows($0, options)) }, vectors: options.vectors,
      parameters: "const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, "
        + "const char *ahead, int64_t step",
      arguments: "s, position, taps, channel, count, ahead, step"))

    /* All positions by the outputs of a panel: a block of weights stays in the first-level cache while all positions pass
       by, and the next one arrives. */
    static NOINLINE void lanes_multiply(const struct lanes *s, int vectors) {
      const int64_t width = vectors * LANES, most = \(outerRows(options));
      int64_t tiles = 0;
      for (int64_t g = 0; g < s->groups; ++g) tiles += (s->group[g].count + most - 1) / most;
      const int64_t step = width * s->taps * 4 / tiles;
      for (int64_t channel = 0; channel < s->channels; channel += s->block) {
        const int64_t count = least(s->block, s->channels - channel);
        const char *ahead = (const char *)(s->weights + (channel + count) * s->taps * width);
        for (int64_t g = 0; g < s->groups; ++g) {
          const struct lanes_group *group = s->group + g;
          int64_t taps = 0;
          s->found[0] = 0; /* where all taps find padding */
          for (int64_t h = group->first_h; h < group->end_h; ++h)
            for (int64_t w = group->first_w; w < group->end_w; ++w, ++taps) {
              s->found[taps] = s->tap[h * s->size_w + w];
              s->found_at[taps] = \(Mutation.isActive(.laneTapsShifted) ? "taps" : "(h * s->size_w + w)") * width;
            }
          for (int64_t position = group->first, left = group->count; left > 0;) {
            const int64_t rows = even_part(left, most);
            lanes_tile_any((int)rows, vectors, s, position, taps, channel, count, ahead, step);
            ahead += count * step;
            position += rows;
            left -= rows;
          }
        }
      }
    }
    """
  }

  /// The terms of a tile that has several taps, in the order channel, tap.
  private static func lanesLoop(
    _ options: CodegenOptions, weight: String, behindTap: String? = nil, behindChannel: String? = nil
  ) -> String {
    func line(_ statement: String?) -> String { statement.map { $0 + "\n" } ?? "" }
    let term = term(options, x: "weight", w: "source[at[r]]") + line(behindTap)
    return """
      for (int64_t k = 0; k < count; ++k) {
        for (int64_t t = 0; t < taps; ++t) {
          const float *source = data + tap[t], *weight = \(weight);
      \(term.indented(2).dropLast())
        }
        for (int64_t i = 0; i < step; i += 64) PREFETCH(ahead + i);
        ahead += step;
      \(("data += channel_stride;\n" + line(behindChannel)).indented(1).dropLast())
      }
      """
  }

  /// Statements that say where taps stand in the strip.
  private static let lanesTaps = """
    for (int64_t h = 0, t = 0; h < size_h; ++h)
      for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;

    """

  /// Statements that say where the positions of a tile stand in the strip and where their results go, group by group.
  ///
  /// Lines and columns at the borders are groups of their own where that leaves a tile enough rows to hide the latency of
  /// its sums.
  private static func lanesPlaces(crossesBands: Bool) -> String {
    // lines of an image in bands are counted from its first band on
    let firstLine = crossesBands ? "n0 % bands * in_h + h0 * step_h - pad_h" : "h0 * step_h - pad_h"
    let lines = crossesBands ? "bands * in_h" : "in_h"
    return """
      const int64_t at_line = \(firstLine);
      int64_t positions = 0, position_groups = 0;
      for (int64_t line = 0, next; line < lines_here; line = next) {
        int64_t first_h, end_h;
        taps_inside(at_line + line * step_h, far_h, size_h, \(lines), &first_h, &end_h);
        for (next = line + 1; next < lines_here; ++next) {
          int64_t next_h, next_end;
          taps_inside(at_line + next * step_h, far_h, size_h, \(lines), &next_h, &next_end);
          if (next_h != first_h || next_end != end_h) break;
        }
        for (int64_t column = 0, after; column < columns_here; column = after) {
          struct lanes_group *group_here = position_group + position_groups++;
          int64_t first_w = 0, end_w = size_w;
          after = columns_here;
          if ((next - line) * images_here >= \(leastGroupRows)) {
            taps_inside((w0 + column) * step_w - pad_w, far_w, size_w, in_w, &first_w, &end_w);
            for (after = column + 1; after < columns_here; ++after) {
              int64_t next_w, next_end;
              taps_inside((w0 + after) * step_w - pad_w, far_w, size_w, in_w, &next_w, &next_end);
              if (next_w != first_w || next_end != end_w) break;
            }
          }
          group_here->first = positions;
          group_here->first_h = first_h;
          group_here->end_h = end_h;
          group_here->first_w = first_w;
          group_here->end_w = end_w;
          for (int64_t n = 0; n < images_here; ++n)
            for (int64_t l = line; l < next; ++l)
              for (int64_t i = column; i < after; ++i) {
                place[positions] = (n * rows + l * line_step) * pitch + i * \(Mutation.isActive(.laneStrideLost) ? "1" : "step_w");
                home[positions] = \(Mutation.isActive(.laneHomeLost) ? "positions" : "(n * lines_here + l) * columns_here + i");
                ++positions;
              }
          group_here->count = positions - group_here->first;
        }
      }

      """
  }

  /// Positions side by side along a border for which a group of their own pays.
  private static let leastGroupRows = 3

  /// Statements that bring a tile's lines into the strip, with their padding.
  private static func lanesPack(_ operand: Packed) -> String {
    let (image, first) = operand.place
    let lines: String
    if operand.hook == nil {
      lines = """
        const float *from =
            is_outside ? x : x + (\(image)) * x_stride + \(operand.firstChannel) * in_plane + (\(first)) * in_w + at_column + begin;
        copy_all_lines(data + (n * rows + line) * pitch, channel_stride, inputs, lines, pitch, begin,
                       is_outside ? 0 : end - begin, from, in_plane, skip * in_w);

        """
    } else {
      let run = operand.run(
        image: image, position: "(\(first) + l * skip) * in_w + at_column + begin", count: "end - begin",
        result: "target + begin")
      lines = """
        if (is_outside || begin == end) {
          clear_run(target, lines * pitch);
          target += lines * pitch;
          continue;
        }
        for (int64_t l = 0; l < lines; ++l, target += pitch) {
          clear_run(target, begin);
        \(run.indented(1).dropLast())
          clear_run(target + end, pitch - end);
        }

        """
    }
    let runs = runsOfLines(operand, of: "rows", first: "h0 * step_h - pad_h", skip: "skip", body: lines)
    var images = "for (int64_t n = 0; n < images_here; ++n)\n\(runs.indented(1))"
    if let hook = operand.hook {
      images = """
        for (int64_t channel = 0; channel < inputs; ++channel) {
          float *target = data + channel * channel_stride;
        \((hook.channelBegin("\(operand.firstChannel) + channel") + images).indented(1))}

        """
    }
    return """
      {
        const int64_t at_column = w0 * step_w - pad_w;
        const int64_t begin = least(greatest(0, -at_column), pitch);
        const int64_t end = greatest(begin, least(pitch, in_w - at_column));
      \(images.indented(1))}

      """
  }

  static func convolutionLanes(
    isPointwise: Bool, crossesBands: Bool, load hook: Hook?, store epilogue: Epilogue
  ) -> Kernel {
    Kernel(
      "convolution_lanes",
      variant: [isPointwise ? "pointwise" : crossesBands ? "bands" : "lines", hook?.key ?? "", epilogue.key].joined(
        separator: "|"),
      "cross-correlation with bias, outputs in lanes\(crossesBands ? ", images in bands" : "")\(describe(load: hook, store: epilogue)); a task is a tile of "
        + "positions, a group and a part of its channels",
      source("x", hook) + [.input("w"), .optional("bias")] + target(epilogue) + convolutionParameters
        + Parameter.integers(
          "line_step block scratch_tap scratch_place scratch_group scratch_data scratch_sums\(crossesBands ? " bands" : "")"
        ),
      helpers: [isPointwise || hook != nil ? copyRun : copyAllLines, cut, lanesTile, transpose] + (hook?.helpers ?? [])
        + epilogue.helpers,
      text: { options in
        let packed = Packed(
          name: "x", hook: hook, channels: "inputs", firstChannel: "group * inputs", plane: "in_plane",
          crossesBands: crossesBands)
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
          int64_t *home = place + tile_images * tile_lines * tile_columns;
          struct lanes_group *position_group = (struct lanes_group *)(void *)(c->scratch + scratch_group);
          float *data = (float *)(void *)(c->scratch + scratch_data);
          float *sums = (float *)(void *)(c->scratch + scratch_sums);
          float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
          \(hook?.setup(channels: "groups * inputs") ?? "")\(epilogue.hook.setup(channels: "groups * outputs"))\(lanesTaps)const int64_t in_plane = in_d * in_h * in_w, out_plane = out_d * out_h * out_w, taps = size_h * size_w;
          \(isPointwise ? "" : "const int64_t skip = step_h / line_step; /* lines of the image from one of the strip to the next */\n")const int64_t parts = (outputs + \(options.tileWidth - 1)) / \(options.tileWidth);
          for (int64_t task = first, next; task < last; task = next) {
            const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
            next = least(last, task - from + parts);
            \(decodeTile(hasDepth: false).replacing("\n", with: "\n  "))
            const int64_t run = lines_here * columns_here;
          \((pack + lanesPlaces(crossesBands: crossesBands)).indented(1).dropLast())
            const int64_t end = least((from + next - task) * \(options.tileWidth), outputs);
            for (int64_t output = from * \(options.tileWidth); output < end; output += \(options.tileWidth)) {
              const int64_t first_output = \(Mutation.isActive(.groupIndex) ? "0" : "group") * outputs + output, width = least(\(options.tileWidth), end - output);
              const struct lanes s = {
                  .data = data, .channels = inputs, .channel_stride = channel_stride, .block = block, .tap = tap,
                  .taps = taps, .size_w = size_w, .found = tap + taps, .found_at = tap + 2 * taps, .place = place,
                  .home = home, .group = position_group, .groups = position_groups,
                  .weights = w + first_output * inputs * taps,
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
