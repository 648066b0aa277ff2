import NNIR

/// Convolution, forward and backward to the data.
extension Kernel {
  static let stripHelper = Helper("strip") { options in
    """
    /* What a tile of a convolution reads and writes; `tap[t] + q` is where tap t finds position q. */
    struct strip {
      const float *data;
      int64_t channels, channel_stride;
      const int64_t *tap;
      int64_t taps;
      const float *weights;      /* [rows][channels][taps] */
      const float *bias;         /* [rows] or null */
      float *result;
      int64_t rows, row_stride;  /* result channels, and the distance between them */
      int64_t positions, pitch;
      const int64_t *line;       /* where each line of the strip stands in the result, or NOWHERE */
      int64_t begin, end, step;  /* columns of a line that are kept, and the distance between them */
    };

    /* Keeps what lies on columns of the image. */
    static NOINLINE void strip_store(const struct strip *s, int rows, int64_t row, int64_t position, int64_t width,
                                     const float *tile) {
      const int64_t stop = least(position + width, s->positions);
      for (int64_t p = position; p < stop;) {
        const int64_t line = p / s->pitch, start = line * s->pitch, next = least(start + s->pitch, stop);
        const int64_t from = greatest(p, start + s->begin), to = least(next, start + s->end);
        if (s->line[line] != NOWHERE)
          for (int r = 0; r < rows; ++r) {
            const float *source = tile + r * width + (from - position);
            float *target = s->result + ((row + r) * s->row_stride + s->line[line] + (from - start) * s->step);
            if (s->step == 1)
              for (int64_t i = 0; i < to - from; ++i) target[i] = source[i];
            else
              for (int64_t i = 0; i < to - from; ++i) target[i * s->step] = source[i];
          }
        p = next;
      }
    }

    /* A register tile: rows x vectors * LANES positions, the terms in the order channel, tap. */
    static ALWAYS_INLINE void strip_tile(const int rows, const int vectors, const struct strip *s, int64_t row,
                                         int64_t position) {
      vec sum[\(tileRows)][\(options.vectors)];
      UNROLL for (int r = 0; r < rows; ++r) {
        const float start = s->bias ? s->bias[row + r] : 0;
        UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = (vec){0} + start;
      }
      const int64_t taps = s->taps, terms = s->channels * taps, channel_stride = s->channel_stride;
      const int64_t *tap = s->tap;
      const float *weight = s->weights + row * terms, *data = s->data + position;
      for (int64_t channel = 0; channel < s->channels; ++channel) {
        for (int64_t t = 0; t < taps; ++t) {
          const float *source = data + tap[t];
          vec x[\(options.vectors)];
          UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(source + v * LANES);
          UNROLL for (int r = 0; r < rows; ++r) {
            const float w = weight[r * terms];
            UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
          }
          ++weight;
        }
        data += channel_stride;
      }
      const int64_t line = position / s->pitch, column = position - line * s->pitch;
      if (s->step == 1 && column >= s->begin && column + vectors * LANES <= s->end && s->line[line] != NOWHERE) {
        float *target = s->result + (row * s->row_stride + s->line[line] + column);
        UNROLL for (int r = 0; r < rows; ++r)
          UNROLL for (int v = 0; v < vectors; ++v) store(target + r * s->row_stride + v * LANES, sum[r][v]);
      } else {
        float tile[\(tileRows * options.tileWidth)];
        UNROLL for (int r = 0; r < rows; ++r)
          UNROLL for (int v = 0; v < vectors; ++v) store(tile + (r * vectors + v) * LANES, sum[r][v]);
        strip_store(s, rows, row, position, vectors * LANES, tile);
      }
    }
    \(instances(
      "strip_tile", vectors: options.vectors, parameters: "const struct strip *s, int64_t row, int64_t position",
      arguments: "s, row, position"))

    /* All positions of a strip, all rows: positions outside, so that what a block of them reads stays in the
       first-level cache while the rows pass by. */
    static NOINLINE void strip_multiply(const struct strip *s) {
      for (int64_t position = 0; position < s->positions;) {
        const int64_t left = (s->positions - position + LANES - 1) / LANES;
        const int64_t blocks = (left + \(options.vectors) - 1) / \(options.vectors);
        const int vectors = (int)((left + blocks - 1) / blocks);
        for (int64_t row = 0; row < s->rows;) {
          const int64_t groups = (s->rows - row + \(tileRows) - 1) / \(tileRows);
          const int rows = (int)((s->rows - row + groups - 1) / groups);
          strip_tile_any(rows, vectors, s, row, position);
          row += rows;
        }
        position += vectors * LANES;
      }
    }
    """
  }

  static let stripPack = Helper("strip_pack") { _ in
    """
    /* A line of a strip: every `step`-th float from `first` on, with zeros where that is outside 0 ..< extent. */
    static inline void strip_line(const float *source, int64_t extent, int64_t first, int64_t step, int64_t count,
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

  /// The words of a row that describe the shape; the same for all three convolution kernels.
  static let convolutionParameters = Parameter.integers(
    "images groups inputs outputs in_d in_h in_w out_d out_h out_w size_d size_h size_w step_d step_h step_w "
      + "far_d far_h far_w pad_d pad_h pad_w tile_images tile_lines tile_columns rows pitch channel_stride "
      + "tiles_d tiles_h tiles_w")

  /// Names the tile that `tile` numbers, images outermost.
  static func decodeTile(_ tile: String) -> String {
    """
    const int64_t w0 = \(tile) % tiles_w * tile_columns, h0 = \(tile) / tiles_w % tiles_h * tile_lines;
    const int64_t d0 = \(tile) / tiles_w / tiles_h % tiles_d;
    const int64_t n0 = \(tile) / tiles_w / tiles_h / tiles_d * tile_images;
    """
  }

  /// Statements that fill tap offsets and phases for the forward strip.
  static let forwardTaps = """
    const int64_t phases_h = greatest_phase(size_h, far_h, step_h), phases_w = greatest_phase(size_w, far_w, step_w);
    const int64_t plane = tile_images * rows * pitch;
    for (int64_t d = 0, t = 0; d < size_d; ++d)
      for (int64_t h = 0; h < size_h; ++h)
        for (int64_t w = 0; w < size_w; ++w, ++t)
          tap[t] = ((d * phases_h + h * far_h % step_h) * phases_w + w * far_w % \(Mutation.isActive(.stridePhase) ? "1" : "step_w")) * plane +
                   h * far_h / step_h * pitch + w * far_w / step_w;
    """

  static let greatestPhase = Helper("greatest_phase") { _ in
    """
    /* Phases of an axis that taps read: positions modulo the stride, up to the last that occurs. */
    static inline int64_t greatest_phase(int64_t size, int64_t far, int64_t step) {
      int64_t phases = 1;
      for (int64_t k = 0; k < size; ++k) phases = greatest(phases, k * far % step + 1);
      return phases;
    }
    """
  }

  /// Statements that copy `channels` channels of the tile's images from `source` (the first image's first channel)
  /// into the strip; `image_stride` floats lie between images.
  static let forwardPack = """
    for (int64_t channel = 0; channel < channels; ++channel) {
      float *target = data + channel * channel_stride;
      for (int64_t kd = 0; kd < size_d; ++kd) {
        const int64_t d = d0 * step_d + kd * far_d - pad_d;
        for (int64_t ph = 0; ph < phases_h; ++ph)
          for (int64_t pw = 0; pw < phases_w; ++pw)
            for (int64_t n = 0; n < tile_images; ++n)
              for (int64_t line = 0; line < rows; ++line, target += pitch) {
                const int64_t h = (h0 + line) * step_h + ph - pad_h;
                const int inside = d >= 0 && d < in_d && h >= 0 && h < in_h && n0 + n < images;
                const int64_t at_line = n * image_stride + ((channel * in_d + d) * in_h + h) * in_w;
                strip_line(source + (inside ? at_line : 0), inside ? in_w : 0, w0 * step_w + pw - pad_w, step_w, pitch,
                           target);
              }
      }
    }
    """

  static let convolution = Kernel(
    "convolution", "cross-correlation with bias; a task is a tile of positions, a group and a part of its channels",
    [.input("x"), .input("w"), .optional("bias"), .output("result")] + convolutionParameters
      + Parameter.integers("parts part scratch_tap scratch_line scratch_data"),
    helpers: [stripPack, greatestPhase, stripHelper],
    text: { _ in
      """
      int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
      int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
      float *data = (float *)(void *)(c->scratch + scratch_data);
      \(forwardTaps)
      const int64_t channels = inputs, image_stride = groups * inputs * in_d * in_h * in_w;
      const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
      int64_t packed = -1;
      for (int64_t task = first; task < last; ++task) {
        const int64_t from = task % parts * part, group = task / parts % groups, tile = task / parts / groups;
        \(decodeTile("tile").replacing("\n", with: "\n  "))
        if (task / parts != packed) {
          packed = task / parts;
          const float *source = x + n0 * image_stride + group * inputs * in_d * in_h * in_w;
      \(forwardPack.indented(2).dropLast())
          for (int64_t n = 0; n < tile_images; ++n)
            for (int64_t line = 0; line < rows; ++line)
              lines[n * rows + line] =
                  line < tile_lines && h0 + line < out_h && n0 + n < images
                      ? n * groups * outputs * out_plane + (d0 * out_h + h0 + line) * out_w + w0
                      : NOWHERE;
        }
        const int64_t channel = \(Mutation.isActive(.groupIndex) ? "0" : "group") * outputs + from;
        const struct strip s = {
            .data = data, .channels = inputs, .channel_stride = channel_stride, .tap = tap,
            .taps = size_d * size_h * size_w, .weights = w + channel * terms, .bias = bias ? bias + channel : 0,
            .result = result + (n0 * groups * outputs + channel) * out_plane, .rows = least(part, outputs - from),
            .row_stride = out_plane, .positions = ((tile_images - 1) * rows + tile_lines - 1) * pitch + tile_columns,
            .pitch = pitch, .line = lines, .begin = 0, .end = least(tile_columns, out_w - w0), .step = 1};
        strip_multiply(&s);
      }
      """
    })
}
