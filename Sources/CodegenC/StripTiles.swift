import NNIR

/// Register tiles of convolutions with positions in lanes, and how they walk a strip.
extension Kernel {
  static let panelRow = Helper("panel_row") { options in
    """
    /* Tiles of rows of weights in panels: so many, of so many rows each, of which the first ones have one more. */
    struct panels {
      int64_t tiles, each, more;
    };

    static inline MAYBE_UNUSED struct panels panels_of(int64_t rows) {
      const int64_t tiles = (rows + \(options.tileRows - 1)) / \(options.tileRows);
      const struct panels panels = {tiles, rows / tiles, rows % tiles};
      return panels;
    }

    /* The first row of a tile. */
    static inline int64_t panel_row(const struct panels *panels, int64_t tile) {
      return tile * panels->each + \(Mutation.isActive(.panelRowLost) ? "0 * panels->more" : "least(tile, panels->more)");
    }
    """
  }

  static let stripHelper = Helper("strip", needs: [panelRow, wantedHelper]) { options in
    """
    /* What a tile of a convolution reads and writes; `tap[t] + q` is where tap t finds position q. */
    struct strip {
      const float *data;
      int64_t channels, channel_stride;
      int64_t first_position;    /* that `data` begins with */
      const int64_t *tap;
      int64_t taps;
      const float *weights;      /* in panels */
      int64_t rows, block;       /* of the panels: rows, channels of a block */
      struct panels panels;
      const float *bias;         /* [rows] or null */
      int64_t tile, last;        /* tiles of rows to multiply */
      float *result;             /* of the first of them */
      int64_t row_stride;
      int64_t positions, pitch;
      const int64_t *vector;     /* where `data` has each vector of positions; null: one after the other */
      const int64_t *line;       /* where each line of the strip stands in the result, or NOWHERE; null: as in the strip */
      int64_t begin, end, step;  /* columns of a line that are kept, and the distance between them */
      const void *results;       /* what register tiles need that hand their sums on, or null */
      const struct wanted *wanted; /* what an epilogue will read of the results, or null */
      const struct wanted *soon; /* what the next strip is made of, or the next kernel's weights, or null */
    };

    static inline int64_t strip_row(const struct strip *s, int64_t tile) { return panel_row(&s->panels, tile); }

    /* Where a register tile leaves its sums. */
    static inline float *strip_target(const struct strip *s, int64_t row, int64_t position) {
      return s->result + ((row - strip_row(s, s->tile)) * s->row_stride + position - s->first_position);
    }

    /* Sums as the blocks of channels before have left them, or from the bias on. */
    static ALWAYS_INLINE void strip_begin(const int rows, const int vectors, const struct strip *s, int64_t row,
                                          int64_t position, int64_t channel,
                                          vec sum[\(options.tileRows)][\(options.vectors)]) {
      if (channel > 0) {
        const float *left = strip_target(s, row, position);
        UNROLL for (int r = 0; r < rows; ++r)
          UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = load(left + r * s->row_stride + v * LANES);
      } else {
        UNROLL for (int r = 0; r < rows; ++r) {
          const float start = s->bias ? s->bias[row + r] : 0;
          UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = (vec){0} + start;
        }
      }
    }

    /* The sums of a register tile: rows x vectors * LANES positions, the terms in the order channel, tap; those of one
       block of channels on top of what earlier blocks left, or of all blocks. Meanwhile it asks for some runs. */
    static ALWAYS_INLINE MAYBE_UNUSED void strip_sums(const int rows, const int vectors, const struct strip *s,
                                                      int64_t row, int64_t position, int64_t channel, int64_t end,
                                                      const struct runs *asked,
                                                      vec sum[\(options.tileRows)][\(options.vectors)]) {
      strip_begin(rows, vectors, s, row, position, channel, sum);
      const int64_t taps = s->taps, channel_stride = s->channel_stride;
      const int64_t *tap = s->tap;
      const float *data = s->data + channel * channel_stride;
      struct runs runs;
      begin_asking(asked, &runs);
      int64_t at[\(options.vectors)];
      UNROLL for (int v = 0; v < vectors; ++v)
        at[v] = s->vector ? s->vector[position / LANES + v] : position - s->first_position + v * LANES;
      while (channel < end) {
        const int64_t block = least(s->block, s->channels - channel);
        const float *weight = s->weights + (channel * s->rows + row * block) * taps;
        channel += block;
        if (taps == 1) {
          /* a loop of its own: one that runs once for each channel takes as long as what is in it */
          data += tap[0];
          int64_t k = 0;
          for (; k + \(channelsOfRun) <= block; k += \(channelsOfRun)) {
            ask_for_run(&runs, vectors * LANES);
            UNROLL for (int i = 0; i < \(channelsOfRun); ++i) {
    \(term(options, x: "data", place: "at[v]", w: "weight[r]").indented(5).dropLast())
              weight += rows;
              data += channel_stride;
            }
          }
          for (; k < block; ++k) {
    \(term(options, x: "data", place: "at[v]", w: "weight[r]").indented(4).dropLast())
            weight += rows;
            data += channel_stride;
          }
          data -= tap[0];
        } else {
          for (int64_t k = 0; k < block; ++k) {
            ask_for_run(&runs, vectors * LANES);
            UNROLL_BY(3) for (int64_t t = 0; t < taps; ++t) {
              const float *source = data + tap[t];
    \(term(options, x: "source", place: "at[v]", w: "weight[r]").indented(5).dropLast())
              weight += rows;
            }
            data += channel_stride;
          }
        }
      }
    }

    /* Leaves sums for the next block of channels or for an epilogue. */
    static ALWAYS_INLINE MAYBE_UNUSED void strip_leave(const int rows, const int vectors, const struct strip *s,
                                                       int64_t row, int64_t position,
                                                       vec sum[\(options.tileRows)][\(options.vectors)]) {
      float *target = strip_target(s, row, position);
      UNROLL for (int r = 0; r < rows; ++r)
        UNROLL for (int v = 0; v < vectors; ++v) store(target + r * s->row_stride + v * LANES, sum[r][v]);
    }

    /* Vectors of a register tile at a position: as evenly as possible. */
    static inline MAYBE_UNUSED int vectors_at(const struct strip *s, int64_t position) {
      return (int)even_part((s->positions - position + LANES - 1) / LANES, \(options.vectors));
    }

    /* A function that computes register tiles and says what becomes of them. */
    typedef void strip_tiles(int rows, int vectors, const struct strip *s, int64_t row, int64_t position,
                             int64_t channel, int64_t end, const struct runs *asked);

    /* All rows at some positions, some channels. Register tiles ask for what the epilogue will read of their results, or
       else for their part of what comes soon. */
    static ALWAYS_INLINE void strip_rows(const struct strip *s, int64_t position, int vectors, int64_t channel, int64_t end,
                                         strip_tiles *const tiles) {
      const struct wanted *wanted = channel == 0 ? s->wanted : 0, *soon = wanted ? 0 : s->soon;
      const int64_t asked = s->taps == 1 ? (end - channel) / \(channelsOfRun) : end - channel;
      const int64_t operands = soon && asked > 0 ? soon->count : 0;
      int64_t operand = 0, asked_channel = channel;
      for (int64_t tile = s->tile, row = strip_row(s, tile); tile < s->last;) {
        const int64_t next = strip_row(s, ++tile);
        struct runs runs = {s->weights, s->weights, 0, 0, 0};
        if (wanted) {
          runs.at = runs.then = first_run(wanted, 0, row, position);
          runs.step = wanted->plane;
          runs.left = next - row;
          if (wanted->count > 1) {
            runs.then = first_run(wanted, 1, row, position);
            runs.again = runs.left;
          }
        } else if (operand < operands) {
          runs.at = runs.then = first_run(soon, operand, asked_channel, position);
          runs.step = soon->plane;
          runs.left = asked;
          asked_channel += asked;
          if (asked_channel >= end) {
            asked_channel = channel;
            ++operand;
          }
        }
        tiles((int)(next - row), vectors, s, row, position, channel, end, &runs);
        row = next;
      }
    }

    /* All positions of a strip, some rows: blocks of channels outside, then positions, so that what the tiles of a block
       read stays in the first-level cache while the rows pass by. Where tiles leave nothing that another could go on
       from, each takes all channels. */
    static ALWAYS_INLINE MAYBE_UNUSED void strip_multiply(const struct strip *s, strip_tiles *const tiles) {
      const int64_t step = s->line ? s->channels : s->block;
      for (int64_t channel = 0; channel < s->channels; channel += step)
        for (int64_t position = 0; position < s->positions;) {
          const int vectors = vectors_at(s, position);
          strip_rows(s, position, vectors, channel, least(channel + step, s->channels), tiles);
          position += vectors * LANES;
        }
    }
    """
  }

  /// Register tiles that leave their sums in memory.
  static let stripTile = Helper("strip_tile", needs: [stripHelper]) { options in
    """
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

    /* A register tile that leaves its sums where they are, or on columns of the image. */
    static ALWAYS_INLINE void strip_tile(const int rows, const int vectors, const struct strip *s, int64_t row,
                                         int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
      vec sum[\(options.tileRows)][\(options.vectors)];
      strip_sums(rows, vectors, s, row, position, channel, end, asked, sum);
      if (!s->line) {
        strip_leave(rows, vectors, s, row, position, sum);
        return;
      }
      const int64_t line = position / s->pitch, column = position - line * s->pitch;
      if (s->step == 1 && column >= s->begin && column + vectors * LANES <= s->end && s->line[line] != NOWHERE) {
        float *target = s->result + ((row - strip_row(s, s->tile)) * s->row_stride + s->line[line] + column);
        UNROLL for (int r = 0; r < rows; ++r)
          UNROLL for (int v = 0; v < vectors; ++v) store(target + r * s->row_stride + v * LANES, sum[r][v]);
      } else {
        float tile[\(options.tileRows * options.tileWidth)];
        UNROLL for (int r = 0; r < rows; ++r)
          UNROLL for (int v = 0; v < vectors; ++v) store(tile + (r * vectors + v) * LANES, sum[r][v]);
        strip_store(s, rows, row - strip_row(s, s->tile), position, vectors * LANES, tile);
      }
    }
    \(stripInstances("strip_tile", options))
    """
  }

  /// Register tiles of strips that are packed in time: one tap, one block of channels side by side at the positions of one
  /// tile. With all distances known beforehand, what they do besides multiplying takes 45 instructions in place of 150, as
  /// many as 6 channels take.
  static let timelySums = Helper("timely_sums", needs: [stripHelper]) { options in
    """
    /* The sums of a register tile of a strip that has one tap, and of one block of channels nothing but the positions of
       the tile, side by side. */
    static ALWAYS_INLINE void timely_sums(const int rows, const int vectors, const struct strip *s, int64_t row,
                                          int64_t position, int64_t channel, int64_t end, const struct runs *asked,
                                          vec sum[\(options.tileRows)][\(options.vectors)]) {
      const int64_t block = end - channel;
      const float *data = s->data, *weight = s->weights + channel * s->rows + row * block;
      struct runs runs;
      begin_asking(asked, &runs);
      strip_begin(rows, vectors, s, row, position, channel, sum);
      int64_t k = 0;
      for (; k + \(channelsOfRun) <= block; k += \(channelsOfRun)) {
        ask_for_run(&runs, vectors * LANES);
        UNROLL for (int i = 0; i < \(channelsOfRun); ++i) {
    \(term(options, x: "data", w: "weight[r]").indented(3).dropLast())
          weight += rows;
          data += \(options.tileWidth);
        }
      }
      for (; k < block; ++k) {
    \(term(options, x: "data", w: "weight[r]").indented(2).dropLast())
        weight += rows;
        data += \(options.tileWidth);
      }
    }
    """
  }

  /// The same that leave their sums for an epilogue.
  static let timelyTile = Helper("timely_tile", needs: [timelySums]) { options in
    """
    /* The same, left for the next block of channels or for an epilogue. */
    static ALWAYS_INLINE void timely_tile(const int rows, const int vectors, const struct strip *s, int64_t row,
                                          int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
      vec sum[\(options.tileRows)][\(options.vectors)];
      timely_sums(rows, vectors, s, row, position, channel, end, asked, sum);
      strip_leave(rows, vectors, s, row, position, sum);
    }
    \(stripInstances("timely_tile", options))
    """
  }

  /// The instances of a register tile of strips.
  static func stripInstances(_ name: String, _ options: CodegenOptions) -> String {
    instances(
      name, rows: { _ in Array(1...options.tileRows) }, vectors: options.vectors,
      parameters: "const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, "
        + "const struct runs *asked",
      arguments: "s, row, position, channel, end, asked")
  }
}
