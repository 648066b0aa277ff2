import NNIR

/// The gradient of a convolution's weights.
///
/// dw[output, k] = Σ dy[output, q] · strip[k, q] over images and positions, with k = (input channel, tap). Outputs lie
/// in the lanes, so that no sum has to be taken across a vector; the images are cut into ranges that shapes alone
/// decide, each range sums into a part of its own, and a second kernel adds the parts as a tree. Where outputs are few and
/// would leave lanes unused, the operands change places (`ConvolutionShape.exchanged`): "outputs" are then channels of x.
extension Kernel {
  /// Rows of an outer tile that is so many vectors wide: as many as there are sums for, but more pointers than these leave
  /// no register for anything else.
  static func outerRows(_ vectors: Int, _ options: CodegenOptions) -> Int { min(mostOuterRows, options.sums / vectors) }

  static let mostOuterRows = 8

  /// C for the same.
  static func outerRows(_ options: CodegenOptions) -> String { "least(\(mostOuterRows), \(options.sums) / vectors)" }

  static let outerTile = Helper("outer_tile") { options in
    """
    /* A line that an outer tile asks for, and the distance to the next one. */
    struct ask {
      const float *line;
      int64_t step;
    };

    /* A register tile of sums of outer products: rows k = (channel, tap) of the strip by outputs in lanes, over the
       positions of all lines in order. Meanwhile it asks for lines of something else, for a few of them at a time: while
       a core waits for as many as it can, it gets nothing from its second-level cache either. */
    static ALWAYS_INLINE void outer_tile(const int rows, const int vectors, const float *const *source,
                                         const int64_t *line, int64_t lines, int64_t columns, const float *right,
                                         int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
      vec sum[\(mostOuterRows)][\(options.vectors)];
      UNROLL for (int r = 0; r < rows; ++r)
        UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = more ? load(result + r * width + v * LANES) : (vec){0};
      for (int64_t l = 0; l < lines; ++l) {
        const float *at[\(mostOuterRows)];
        UNROLL for (int r = 0; r < rows; ++r) at[r] = source[r] + line[l];
        for (int64_t from = 0, i = 0; from < columns; from += 4) {
          const int64_t quarter = from / 4 % 4, line_from = from - 4 * quarter;
          const int64_t stop = columns - from <= 4 ? asked : (quarter + 1) * asked / 4;
          for (int64_t a = quarter * asked / 4; a < stop; ++a)
            PREFETCH_NEAR(asks[a].line + l * asks[a].step + line_from);
          for (const int64_t to = least(columns, from + 4); i < to; ++i) {
    \(term(options, x: "right", w: "at[r][i]").indented(4).dropLast())
            right += width;
          }
        }
      }
      UNROLL for (int r = 0; r < rows; ++r)
        UNROLL for (int v = 0; v < vectors; ++v) store(result + r * width + v * LANES, sum[r][v]);
    }
    \(instances(
      "outer_tile", rows: { Array(1...outerRows($0, options)) }, vectors: options.vectors,
      parameters: "const float *const *source, const int64_t *line, int64_t lines, int64_t columns, "
        + "const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked",
      arguments: "source, line, lines, columns, right, width, result, more, asks, asked"))
    """
  }

  /// Taps of a line that `outer_taps` takes together.
  static let lineTaps = 3

  /// Vectors of outputs that a tile of `outer_taps` takes: besides its sums it keeps a column of dy for each tap.
  static func tapVectors(_ options: CodegenOptions) -> Int { options.lanes >= 16 ? 2 : 1 }

  /// Channels of such a tile that is so many vectors wide.
  static func tapChannels(_ vectors: Int, _ options: CodegenOptions) -> Int { options.sums / (lineTaps * vectors) }

  static let outerTaps = Helper("outer_taps") { options in
    /// Multiply-adds of a position of the strip with the columns of dy that some taps take there to it.
    func products(_ position: String, _ taps: ClosedRange<Int>) -> String {
      """
      UNROLL for (int c = 0; c < channels; ++c) {
        const float x = at[c][\(position)];
        UNROLL for (int t = \(taps.lowerBound); t <= \(taps.upperBound); ++t)
          UNROLL for (int v = 0; v < vectors; ++v) sum[c][t][v] += y[t][v] * x;
      }

      """
    }
    /// The next column of dy: what tap t has multiplied is tap t + 1's.
    let next = """
      UNROLL for (int v = 0; v < vectors; ++v) {
        y[2][v] = y[1][v];
        y[1][v] = y[0][v];
        y[0][v] = load(right + v * LANES);
      }
      right += width;

      """
    let last = """
      UNROLL for (int v = 0; v < vectors; ++v) {
        y[2][v] = y[1][v];
        y[1][v] = y[0][v];
      }

      """
    let end = Mutation.isActive(.lineEndLost) ? "columns" : "columns + 1"
    return """
      /* The same for \(lineTaps) neighbouring taps of each of rows / \(lineTaps) channels, lines of two columns and more. Position i of
         the strip is multiplied with the columns i, i - 1 and i - 2 of dy, one for each tap: so it is loaded once for all
         taps, and a column of dy once for all positions. With one tap to a row and few outputs, which fill one vector
         only, each multiply-add would need a load. Columns of a line meet in the same order as there. */
      static ALWAYS_INLINE void outer_taps(const int rows, const int vectors, const float *source,
                                           int64_t channel_stride, const int64_t *line, int64_t lines, int64_t columns,
                                           const float *right, int64_t width, float *result, int64_t channel_pitch,
                                           int more) {
        const int channels = rows / \(lineTaps);
        vec sum[\(tapChannels(1, options))][\(lineTaps)][\(tapVectors(options))];
        UNROLL for (int c = 0; c < channels; ++c)
          UNROLL for (int t = 0; t < \(lineTaps); ++t)
            UNROLL for (int v = 0; v < vectors; ++v)
              sum[c][t][v] = more ? load(result + c * channel_pitch + t * width + v * LANES) : (vec){0};
        for (int64_t l = 0; l < lines; ++l) {
          const float *at[\(tapChannels(1, options))];
          UNROLL for (int c = 0; c < channels; ++c) at[c] = source + c * channel_stride + line[l];
          vec y[\(lineTaps)][\(tapVectors(options))];
          UNROLL for (int t = 0; t < \(lineTaps); ++t)
            UNROLL for (int v = 0; v < vectors; ++v) y[t][v] = (vec){0};
      \(next.indented(2))\(products("0", 0...0).indented(2))\(next.indented(2))\(products("1", 0...1).indented(2))    UNROLL_BY(3) for (int64_t i = 2; i < columns; ++i) {
      \(next.indented(3))\(products("i", 0...2).indented(3))    }
      \(last.indented(2))\(products("columns", 1...2).indented(2))\(last.indented(2))\(products(end, 2...2).indented(2))  }
        UNROLL for (int c = 0; c < channels; ++c)
          UNROLL for (int t = 0; t < \(lineTaps); ++t)
            UNROLL for (int v = 0; v < vectors; ++v)
              store(result + c * channel_pitch + t * width + v * LANES, sum[c][t][v]);
      }
      \(instances(
        "outer_taps", rows: { (1...tapChannels($0, options)).map { $0 * lineTaps } }, vectors: tapVectors(options),
        parameters: "const float *source, int64_t channel_stride, const int64_t *line, int64_t lines, int64_t columns, "
          + "const float *right, int64_t width, float *result, int64_t channel_pitch, int more",
        arguments: "source, channel_stride, line, lines, columns, right, width, result, channel_pitch, more"))
      """
  }

  static let transpose = Helper("transpose") { options in
    let lanes = options.lanes
    /// Of two vectors, some of each four lanes.
    func fours(_ x: String, _ y: String, _ places: [Int]) -> String {
      let all = stride(from: 0, to: lanes, by: 4).flatMap { four in
        places.map { $0 < 4 ? four + $0 : lanes + four + $0 - 4 }
      }
      return "__builtin_shufflevector(\(x), \(y), \(all.map(String.init).joined(separator: ", ")))"
    }
    /// Rows `row`, `row` + 4 and so on, side by side.
    func rows(_ row: Int, _ count: Int) -> String {
      guard count > 1 else { return "quad_at(s + \(row) * pitch)" }
      let places = (0..<4 * count).map(String.init).joined(separator: ", ")
      return "__builtin_shufflevector(\(rows(row, count / 2)), \(rows(row + 2 * count, count / 2)), \(places))"
    }
    return """
      typedef float quad __attribute__((vector_size(16)));
      typedef float loose_quad __attribute__((vector_size(16), aligned(4), may_alias));

      #define quad_at(p) ((quad) * (const loose_quad *)(const void *)(p))

      /* A matrix of rows at one pitch, transposed into rows of `width` floats, zeros after the last; in blocks of four
         columns by a vector of rows, of which four and four are transposed side by side, then four by four, as scattered
         single stores take twice as long. */
      static NOINLINE void transpose(const float *source, int64_t pitch, int64_t rows, int64_t columns, float *target,
                                     int64_t width) {
        for (int64_t i = 0; i < columns; i += 4) {
          const int64_t count = least(4, columns - i);
          int64_t row = 0;
          for (; count == 4 && row + LANES <= rows; row += LANES) {
            const float *s = source + row * pitch + i;
            float *t = target + i * width + row;
            const vec a = \(rows(0, lanes / 4));
            const vec b = \(rows(1, lanes / 4));
            const vec d = \(rows(2, lanes / 4));
            const vec e = \(rows(3, lanes / 4));
            const vec ab_low = \(fours("a", "b", [0, 4, 1, 5]));
            const vec ab_high = \(fours("a", "b", [2, 6, 3, 7]));
            const vec de_low = \(fours("d", "e", [0, 4, 1, 5]));
            const vec de_high = \(fours("d", "e", [2, 6, 3, 7]));
            store(t, \(fours("ab_low", "de_low", [0, 1, 4, 5])));
            store(t + width, \(fours("ab_low", "de_low", [2, 3, 6, 7])));
            store(t + 2 * width, \(fours("ab_high", "de_high", [0, 1, 4, 5])));
            store(t + 3 * width, \(fours("ab_high", "de_high", [2, 3, 6, 7])));
          }
          for (; count == 4 && row + 4 <= rows; row += 4) {
            const float *s = source + row * pitch + i;
            float *t = target + i * width + row;
            const quad a = quad_at(s);
            const quad b = quad_at(s + pitch);
            const quad d = quad_at(s + 2 * pitch);
            const quad e = quad_at(s + 3 * pitch);
            const quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
            const quad ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
            const quad de_low = __builtin_shufflevector(d, e, 0, 4, 1, 5);
            const quad de_high = __builtin_shufflevector(d, e, 2, 6, 3, 7);
            *(loose_quad *)(void *)t = __builtin_shufflevector(ab_low, de_low, 0, 1, 4, 5);
            *(loose_quad *)(void *)(t + width) = __builtin_shufflevector(ab_low, de_low, 2, 3, 6, 7);
            *(loose_quad *)(void *)(t + 2 * width) = __builtin_shufflevector(ab_high, de_high, 0, 1, 4, 5);
            *(loose_quad *)(void *)(t + 3 * width) = __builtin_shufflevector(ab_high, de_high, 2, 3, 6, 7);
          }
          for (; row < width; ++row)
            SHORT for (int64_t j = 0; j < count; ++j)
              target[(i + j) * width + row] = row < rows ? source[row * pitch + i + j] : 0;
        }
      }
      """
  }

  /// Statements that bring `run` elements of dy's planes from `run_at` on into `right`, outputs in lanes: as they lie in
  /// memory, or computed by a hook.
  private static func weightsColumns(_ gradient: Hook?) -> String {
    guard let gradient else {
      return """
        const float *y = dy + (n0 + n) * dy_stride + group * outputs * out_plane + run_at;
        transpose(y, out_plane, outputs, run, right + count * columns_here * width, width);

        """
    }
    return """
      const int64_t out_ahead = \(planesAhead("out_plane"));
      for (int64_t output = 0; output < outputs; ++output) {
      \(gradient.channelBegin("group * outputs + output").indented(1))\(
        gradient.run(
          image: "n0 + n", channel: "group * outputs + output", plane: "out_plane", position: "run_at",
          count: "run", result: "computed + output * run", ahead: "out_ahead").indented(1).dropLast())
      }
      transpose(computed, run, outputs, run, right + count * columns_here * width, width);

      """
  }

  /// Statements that bring the tile's part of dy into `right` and say in `lines` where the strip has each of its lines.
  private static func weightsLines(_ form: ConvolutionForm, _ gradient: Hook?) -> String {
    let columns = weightsColumns(gradient)
    guard form == .general else {
      // the tile's lines lie side by side
      return """
        for (int64_t n = 0; n < images_here; ++n) {
          const int64_t run_at = h0 * out_w + w0, run = lines_here * columns_here;
        \(columns.indented(1))  for (int64_t line = 0; line < lines_here; ++line) lines[count++] = (n * rows + line) * pitch;
        }

        """
    }
    return """
      for (int64_t n = 0; n < images_here; ++n)
        for (int64_t line = 0; line < lines_here; ++line, ++count) {
          lines[count] = (n * rows + line) * pitch;
          const int64_t run_at = (d0 * out_h + h0 + line) * out_w + w0, run = columns_here;
      \(columns.indented(2))  }

      """
  }

  private static let termPlaces = """
    /* where each row (channel, tap) of the gradient begins in the strip */
    int64_t *term_at = (int64_t *)(void *)(c->scratch + scratch_term);
    for (int64_t channel = 0, k = 0; channel < split; ++channel)
      for (int64_t t = 0; t < size_d * size_h * size_w; ++t) term_at[k++] = channel * channel_stride + tap[t];

    """

  /// Outer products of a tile, whatever its taps.
  private static func productsByTerms(_ options: CodegenOptions) -> String {
    """
    for (int64_t output = 0; output < width;) {
      const int vectors = (int)least(\(options.vectors), (width - output) / LANES);
      const int64_t most = \(outerRows(options));
      for (int64_t k = 0; k < terms;) {
        const int count_rows = (int)even_part(terms - k, most);
        const float *source_rows[\(mostOuterRows)];
        for (int r = 0; r < count_rows; ++r)
          source_rows[r] = data + term_at[k + r];
        outer_tile_any(count_rows, vectors, source_rows, lines, count, columns_here, right + output, width,
                       target_part + k * width + output, more, 0, 0);
        k += count_rows;
      }
      output += vectors * LANES;
    }

    """
  }

  /// Outer products of a tile whose taps are lines of \(lineTaps).
  private static func productsByLines(_ options: CodegenOptions) -> String {
    """
    for (int64_t output = 0; output < width;) {
      const int vectors = (int)least(\(tapVectors(options)), (width - output) / LANES);
      const int64_t most = \(options.sums / lineTaps) / vectors;
      for (int64_t t = 0; t < taps; t += \(lineTaps))
        for (int64_t channel = 0; channel < channels;) {
          const int64_t block = even_part(channels - channel, most);
          outer_taps_any((int)block * \(lineTaps), vectors, data + channel * channel_stride + tap[t], channel_stride, lines,
                         count, columns_here, right + output, width, target_part + (channel * taps + t) * width + output,
                         taps * width, more);
          channel += block;
        }
      output += vectors * LANES;
    }

    """
  }

  static func convolutionBackwardWeights(
    _ form: ConvolutionForm, byLines: Bool, dy gradient: Hook?, x hook: Hook?
  ) -> Kernel {
    Kernel(
      "convolution_backward_weights",
      variant: [form.rawValue, byLines ? "lines" : "", gradient?.key ?? "", hook?.key ?? ""].joined(separator: "|"),
      "partial gradients of the weights\(describe(load: gradient, hook, store: nil)), "
        + "[range][group][input, tap][output]; a task is a range of images, a group and a part of its input channels",
      source("dy", gradient) + source("x", hook) + [.output("parts")] + convolutionParameters
        + Parameter.integers(
          "ranges splits split width scratch_tap scratch_line scratch_data scratch_right scratch_term"),
      helpers: [cut] + (form == .general ? [stripPack, greatestPhase] : packHelpers(form)) + [
        transpose, byLines ? outerTaps : outerTile,
      ]
        + (gradient?.helpers ?? []) + (hook?.helpers ?? []),
      text: { options in
        return """
          int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
          int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
          float *data = (float *)(void *)(c->scratch + scratch_data);
          float *right = (float *)(void *)(c->scratch + scratch_right);
          \(form == .general ? wholeLine(hook) : "")\(gradient.map { "float *computed = (float *)(void *)(c->scratch + \($0.prefix)_line);\n" } ?? "")\(gradient?.setup(channels: "groups * outputs") ?? "")\(hook?.setup(channels: "groups * inputs") ?? "")\(forwardTaps(form))
          \(clearGaps(form, channels: "split"))\(byLines ? "" : termPlaces)const int64_t taps = size_d * size_h * size_w, in_plane = in_d * in_h * in_w;
          (void)in_plane;
          const int64_t out_plane = out_d * out_h * out_w, inner_tiles = tiles_d * tiles_h * tiles_w;
          for (int64_t task = first; task < last; ++task) {
            const int64_t from = task % splits * split, group = task / splits % groups, range = task / splits / groups;
            const int64_t channels = least(split, inputs - from)\(byLines ? "" : ", terms = channels * taps");
            const int64_t first_channel = group * inputs + from;
            float *target_part = parts + (((range * groups + group) * inputs + from) * taps) * width;
            const int64_t stop = (range + 1) * tiles_n / ranges * inner_tiles;
            int more = 0;
            for (int64_t tile = range * tiles_n / ranges * inner_tiles; tile < stop; ++tile) {
              \(decodeTile(inVectors: form == .pointwise, hasDepth: form == .general).replacing("\n", with: "\n    "))
          \(forwardPack(form, hook).indented(2).dropLast())
              /* dy with outputs in lanes; positions outside the image are left out */
              int64_t count = 0;
          \(weightsLines(form, gradient).indented(2).dropLast())
          \((byLines ? productsByLines(options) : productsByTerms(options)).indented(2).dropLast())
              more = 1;
            }
          }
          """
      })
  }

  /// Rows [input, tap] of one task of the reduction.
  static let weightsChunk = 64

  static let convolutionWeightsReduce = Kernel(
    "convolution_weights_reduce",
    "adds the ranges as a tree into dw[output][input, tap], lanes and rows of the parts being either; a task is "
      + "\(weightsChunk) rows of a group",
    [.input("parts"), .output("result")]
      + Parameter.integers("ranges groups outputs terms width chunks taps first_tap tap_step row_step lane_step"),
    text: { _ in
      """
      const int64_t part_stride = groups * terms * width;
      for (int64_t task = first; task < last; ++task) {
        const int64_t group = task / chunks, begin = task % chunks * \(weightsChunk);
        for (int64_t k = begin; k < least(begin + \(weightsChunk), terms); ++k) {
          const float *part = parts + (group * terms + k) * width;
          float *target = result + group * outputs * terms + k / taps * row_step + first_tap + k % taps * tap_step;
          for (int64_t output = 0; output < outputs; output += LANES) {
            vec sum[\(maximumRanges)];
            for (int64_t range = 0; range < ranges; ++range) sum[range] = load(part + range * part_stride + output);
            for (int64_t count = ranges\(Mutation.isActive(.lastRangeLost) ? " > 1 ? ranges - 1 : 1" : ""), half; count > 1; count = half) {
              half = (count + 1) / 2;
              for (int64_t i = 0; i < count - half; ++i) sum[i] += sum[i + half];
            }
            SHORT for (int64_t i = 0; i < least(LANES, outputs - output); ++i)
              target[(output + i) * lane_step] = sum[0][i];
          }
        }
      }
      """
    })

  /// Ranges of images that keep partial gradients of their own.
  static let maximumRanges = 16
}
