/* Kernels of dense_net, which calls them by their numbers. */

#include "dense_net.h"

#include <math.h>

/* A vectorised loop that clang leaves scalar is a matter of speed, not an error; sanitisers do that. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#define TEXT(x) #x
#define UNROLL _Pragma("clang loop unroll(full)")
#define UNROLL_BY(n) _Pragma(TEXT(clang loop unroll_count(n)))
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define SHORT _Pragma("clang loop vectorize(disable) unroll(disable)")
#else
#define TEXT(x) #x
#define UNROLL _Pragma("GCC unroll 16")
#define UNROLL_BY(n) _Pragma(TEXT(GCC unroll n))
#define INDEPENDENT _Pragma("GCC ivdep")
#define SHORT
#endif
#define MAYBE_UNUSED __attribute__((unused))
#define NOINLINE __attribute__((noinline))
#define PREFETCH(p) __builtin_prefetch(p)
#define PREFETCH_NEAR(p) __builtin_prefetch(p, 0, 2) /* to the second-level cache */
#define ALWAYS_INLINE inline __attribute__((always_inline))

#define LANES 8
typedef float vec __attribute__((vector_size(32)));
typedef float loose __attribute__((vector_size(32), aligned(4), may_alias));
#define load(p) ((vec) * (const loose *)(const void *)(p))
#define store(p, v) (*(loose *)(void *)(p) = (v))

/* A place is the number of an arena above 56 bits of byte offset; -1 is no place. */
#define P (INT64_C(0) << 56)
#define M (INT64_C(1) << 56)
#define S (INT64_C(2) << 56)
#define G (INT64_C(3) << 56)
#define W (INT64_C(4) << 56)
#define R (INT64_C(5) << 56)
#define C (INT64_C(6) << 56)
#define X (INT64_C(7) << 56)
#define L (INT64_C(8) << 56)
#define T (INT64_C(9) << 56)
#define Y (INT64_C(10) << 56)
#define NOWHERE INT64_MIN

/* What a thread knows while it walks a call table. */
struct context {
  unsigned char *arena[11];
  const struct dense_net_arguments *arguments;
  unsigned char *scratch;
};

static inline MAYBE_UNUSED int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline MAYBE_UNUSED int64_t greatest(int64_t a, int64_t b) { return a > b ? a : b; }

/* The first of as few and as equal parts as possible, none above `most`, of what is left. */
static inline MAYBE_UNUSED int64_t even_part(int64_t left, int64_t most) {
  const int64_t parts = (left + most - 1) / most;
  return (left + parts - 1) / parts;
}

static inline MAYBE_UNUSED float *at(const struct context *c, int64_t place) {
  return place < 0 ? 0 : (float *)(void *)(c->arena[place >> 56] + (place & ((INT64_C(1) << 56) - 1)));
}

static inline MAYBE_UNUSED float number(int64_t bits) {
  const union { uint32_t bits; float number; } u = {(uint32_t)bits};
  return u.number;
}

static inline MAYBE_UNUSED double wide(int64_t bits) {
  const union { int64_t bits; double number; } u = {bits};
  return u.number;
}

/* Where a part of an axis begins that is cut into so many of them, as evenly as possible: what is left for the last of
   equal parts would be a thread's share of the work like any other. */
static inline int64_t cut(int64_t extent, int64_t parts, int64_t part) { return extent * part / parts; }

/* The first n of a vector's floats, fewer than LANES: loaded with zeros after them, stored, kept. Macros, because
   passing wide vectors is different on every target. */
typedef int32_t lanes_mask __attribute__((vector_size(LANES * 4)));
#define some_lanes(n, v) \
  ((vec)((lanes_mask)(v) & ((lanes_mask){0, 1, 2, 3, 4, 5, 6, 7} < (int32_t)(n))))
#if LANES == 16 && defined(__AVX512F__)
#define first_lanes(n) ((uint16_t)((1u << (n)) - 1))
#define load_some(n, p) ((vec)__builtin_ia32_loadups512_mask((const void *)(p), (vec){0}, first_lanes(n)))
#define store_some(n, p, v) __builtin_ia32_storeups512_mask((void *)(p), (v), first_lanes(n))
#elif LANES == 8 && defined(__AVX__)
static const int32_t MAYBE_UNUSED lanes_kept[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
#define first_lanes(n) (*(const loose_mask *)(const void *)(lanes_kept + 8 - (n)))
typedef int32_t loose_mask __attribute__((vector_size(32), aligned(4)));
#define load_some(n, p) ((vec)__builtin_ia32_maskloadps256((const void *)(p), first_lanes(n)))
#define store_some(n, p, v) __builtin_ia32_maskstoreps256((void *)(p), first_lanes(n), (v))
#else
#define load_some(n, p) \
  __extension__({ \
    vec some_ = {0}; \
    const float *from_ = (p); \
    SHORT for (int64_t lane_ = 0; lane_ < (n); ++lane_) some_[lane_] = from_[lane_]; \
    some_; \
  })
#define store_some(n, p, v) \
  do { \
    const vec some_ = (v); \
    float *to_ = (p); \
    SHORT for (int64_t lane_ = 0; lane_ < (n); ++lane_) to_[lane_] = some_[lane_]; \
  } while (0)
#endif

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

/* Lines `from_line` apart, of which the copies lie `pitch` apart. */
static NOINLINE MAYBE_UNUSED void copy_lines(float *to, int64_t pitch, const float *from, int64_t from_line,
                                             int64_t lines, int64_t width) {
  switch (width < LANES ? 0 : (width + LANES - 1) / LANES) {
    case 0: copy_vectors(0, 0, to, pitch, 0, from, from_line, lines, width); return;
    case 1: copy_vectors(1, 0, to, pitch, 0, from, from_line, lines, width); return;
    case 2: copy_vectors(2, 0, to, pitch, 0, from, from_line, lines, width); return;
    case 3: copy_vectors(3, 0, to, pitch, 0, from, from_line, lines, width); return;
    case 4: copy_vectors(4, 0, to, pitch, 0, from, from_line, lines, width); return;
  }
  for (int64_t line = 0; line < lines; ++line) copy_run(to + line * pitch, from + line * from_line, width);
}

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

/* Tiles of rows of weights in panels: so many, of so many rows each, of which the first ones have one more. */
struct panels {
  int64_t tiles, each, more;
};

static inline MAYBE_UNUSED struct panels panels_of(int64_t rows) {
  const int64_t tiles = (rows + 3) / 4;
  const struct panels panels = {tiles, rows / tiles, rows % tiles};
  return panels;
}

/* The first row of a tile. */
static inline int64_t panel_row(const struct panels *panels, int64_t tile) {
  return tile * panels->each + least(tile, panels->more);
}

/* Runs of neighbouring floats in one plane after the other; after `left` of them they go on elsewhere for as many as
   `again`, and then stand still. */
struct runs {
  const float *at, *then;
  int64_t step, left, again;
};

/* Field by field: without optimisation clang calls memcpy for all at once. */
static ALWAYS_INLINE void begin_asking(const struct runs *from, struct runs *to) {
  to->at = from->at;
  to->then = from->then;
  to->step = from->step;
  to->left = from->left;
  to->again = from->again;
}

static ALWAYS_INLINE void ask_for_run(struct runs *runs, const int floats) {
  UNROLL for (int i = 0; i < floats; i += 16) PREFETCH_NEAR(runs->at + i);
  runs->at += runs->step;
  if (--runs->left == 0) {
    runs->at = runs->then;
    runs->left = runs->again;
    runs->again = 0;
    if (runs->left == 0) runs->step = 0;
  }
}

/* What will be read of an operand for a tile: from its first channel and position on, with the distance between
   images, and how these lie in the strip. */
struct wanted {
  const float *operand[2];
  int64_t image[2];
  int64_t count, plane;
  int64_t positions, pitch, columns; /* of the strip for each image and line; floats of a line */
};

/* The run of a channel that stands at a position of the strip. Exact where lines have no gaps; a hint else. */
static inline const float *first_run(const struct wanted *wanted, int64_t operand, int64_t channel,
                                     int64_t position) {
  int64_t n = 0, element = position;
  if (position >= wanted->positions) {
    n = position / wanted->positions;
    element -= n * wanted->positions;
  }
  if (wanted->pitch != wanted->columns) element -= element / wanted->pitch * (wanted->pitch - wanted->columns);
  return wanted->operand[operand] + n * wanted->image[operand] + channel * wanted->plane + element;
}

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
                                      vec sum[4][3]) {
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
                                                  vec sum[4][3]) {
  strip_begin(rows, vectors, s, row, position, channel, sum);
  const int64_t taps = s->taps, channel_stride = s->channel_stride;
  const int64_t *tap = s->tap;
  const float *data = s->data + channel * channel_stride;
  struct runs runs;
  begin_asking(asked, &runs);
  int64_t at[3];
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
      for (; k + 4 <= block; k += 4) {
        ask_for_run(&runs, vectors * LANES);
        UNROLL for (int i = 0; i < 4; ++i) {
          vec x[3];
          UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(data + at[v]);
          UNROLL for (int r = 0; r < rows; ++r) {
            const float w = weight[r];
            UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
          }
          weight += rows;
          data += channel_stride;
        }
      }
      for (; k < block; ++k) {
        vec x[3];
        UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(data + at[v]);
        UNROLL for (int r = 0; r < rows; ++r) {
          const float w = weight[r];
          UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
        }
        weight += rows;
        data += channel_stride;
      }
      data -= tap[0];
    } else {
      for (int64_t k = 0; k < block; ++k) {
        ask_for_run(&runs, vectors * LANES);
        UNROLL_BY(3) for (int64_t t = 0; t < taps; ++t) {
          const float *source = data + tap[t];
          vec x[3];
          UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(source + at[v]);
          UNROLL for (int r = 0; r < rows; ++r) {
            const float w = weight[r];
            UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
          }
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
                                                   vec sum[4][3]) {
  float *target = strip_target(s, row, position);
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v) store(target + r * s->row_stride + v * LANES, sum[r][v]);
}

/* Vectors of a register tile at a position: as evenly as possible. */
static inline MAYBE_UNUSED int vectors_at(const struct strip *s, int64_t position) {
  return (int)even_part((s->positions - position + LANES - 1) / LANES, 3);
}

/* A function that computes register tiles and says what becomes of them. */
typedef void strip_tiles(int rows, int vectors, const struct strip *s, int64_t row, int64_t position,
                         int64_t channel, int64_t end, const struct runs *asked);

/* All rows at some positions, some channels. Register tiles ask for what the epilogue will read of their results, or
   else for their part of what comes soon. */
static ALWAYS_INLINE void strip_rows(const struct strip *s, int64_t position, int vectors, int64_t channel, int64_t end,
                                     strip_tiles *const tiles) {
  const struct wanted *wanted = channel == 0 ? s->wanted : 0, *soon = wanted ? 0 : s->soon;
  const int64_t asked = s->taps == 1 ? (end - channel) / 4 : end - channel;
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
  vec sum[4][3];
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
    float tile[96];
    UNROLL for (int r = 0; r < rows; ++r)
      UNROLL for (int v = 0; v < vectors; ++v) store(tile + (r * vectors + v) * LANES, sum[r][v]);
    strip_store(s, rows, row - strip_row(s, s->tile), position, vectors * LANES, tile);
  }
}
static NOINLINE void strip_tile_1_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(1, 1, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_2_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(2, 1, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_3_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(3, 1, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_4_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(4, 1, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_1_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(1, 2, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_2_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(2, 2, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_3_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(3, 2, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_4_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(4, 2, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_1_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(1, 3, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_2_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(2, 3, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_3_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(3, 3, s, row, position, channel, end, asked);
}
static NOINLINE void strip_tile_4_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  strip_tile(4, 3, s, row, position, channel, end, asked);
}
static inline void strip_tile_any(int rows, int vectors, const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  switch (vectors * 32 + rows) {
    case 33: strip_tile_1_1(s, row, position, channel, end, asked); break;
    case 34: strip_tile_2_1(s, row, position, channel, end, asked); break;
    case 35: strip_tile_3_1(s, row, position, channel, end, asked); break;
    case 36: strip_tile_4_1(s, row, position, channel, end, asked); break;
    case 65: strip_tile_1_2(s, row, position, channel, end, asked); break;
    case 66: strip_tile_2_2(s, row, position, channel, end, asked); break;
    case 67: strip_tile_3_2(s, row, position, channel, end, asked); break;
    case 68: strip_tile_4_2(s, row, position, channel, end, asked); break;
    case 97: strip_tile_1_3(s, row, position, channel, end, asked); break;
    case 98: strip_tile_2_3(s, row, position, channel, end, asked); break;
    case 99: strip_tile_3_3(s, row, position, channel, end, asked); break;
    case 100: strip_tile_4_3(s, row, position, channel, end, asked); break;
  }
}

/* The sum of a vector's lanes, as a binary tree: each half on top of the other, -1 standing for any lane. */
static inline float lanes_total(const vec *v) {
  vec t = *v;
  t += __builtin_shufflevector(t, t, 4, 5, 6, 7, -1, -1, -1, -1);
  t += __builtin_shufflevector(t, t, 2, 3, -1, -1, -1, -1, -1, -1);
  t += __builtin_shufflevector(t, t, 1, -1, -1, -1, -1, -1, -1, -1);
  return t[0];
}

/* The sum of a run of floats. */
static NOINLINE double run_sum(const float *x, int64_t count) {
  double total = 0;
  for (int64_t start = 0; start < count; start += 1024) {
    const int64_t end = least(start + 1024, count);
    vec s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    int64_t i = start;
    for (; i + 4 * LANES <= end; i += 4 * LANES) {
      { const vec x_v = load(x + i + 0 * LANES); s0 += x_v; }
      { const vec x_v = load(x + i + 1 * LANES); s1 += x_v; }
      { const vec x_v = load(x + i + 2 * LANES); s2 += x_v; }
      { const vec x_v = load(x + i + 3 * LANES); s3 += x_v; }
    }
    for (; i + LANES <= end; i += LANES) {
      const vec x_v = load(x + i);
      s0 += x_v;
    }
    if (i < end) {
      const int64_t some = end - i;
      const vec x_v = load_some(some, x + i);
      s0 += some_lanes(some, x_v);
    }
    s0 = (s0 + s1) + (s2 + s3);
    total += (double)lanes_total(&s0);
  }
  return total;
}

/* positive(x, y) is y where x > 0 and 0 elsewhere; all pass NaN through. */
#define relu_of(x) ((vec)((lanes_mask)(x) & ~((vec){0} > (x))))
#define positive_of(x, y) ((vec)((lanes_mask)(y) & ((x) > (vec){0})))
#define select_of(mask, x, y) ((vec)(((lanes_mask)(x) & (mask)) | ((lanes_mask)(y) & ~(mask))))
#define clamp_of(x, lower, upper) \
  __extension__({ \
    const vec least_ = (vec){0} + (lower), most_ = (vec){0} + (upper); \
    const vec below_ = select_of((x) > most_, most_, (x)); \
    select_of(least_ > below_, least_, below_); \
  })

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
      const vec a = __builtin_shufflevector(quad_at(s + 0 * pitch), quad_at(s + 4 * pitch), 0, 1, 2, 3, 4, 5, 6, 7);
      const vec b = __builtin_shufflevector(quad_at(s + 1 * pitch), quad_at(s + 5 * pitch), 0, 1, 2, 3, 4, 5, 6, 7);
      const vec d = __builtin_shufflevector(quad_at(s + 2 * pitch), quad_at(s + 6 * pitch), 0, 1, 2, 3, 4, 5, 6, 7);
      const vec e = __builtin_shufflevector(quad_at(s + 3 * pitch), quad_at(s + 7 * pitch), 0, 1, 2, 3, 4, 5, 6, 7);
      const vec ab_low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
      const vec ab_high = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
      const vec de_low = __builtin_shufflevector(d, e, 0, 8, 1, 9, 4, 12, 5, 13);
      const vec de_high = __builtin_shufflevector(d, e, 2, 10, 3, 11, 6, 14, 7, 15);
      store(t, __builtin_shufflevector(ab_low, de_low, 0, 1, 8, 9, 4, 5, 12, 13));
      store(t + width, __builtin_shufflevector(ab_low, de_low, 2, 3, 10, 11, 6, 7, 14, 15));
      store(t + 2 * width, __builtin_shufflevector(ab_high, de_high, 0, 1, 8, 9, 4, 5, 12, 13));
      store(t + 3 * width, __builtin_shufflevector(ab_high, de_high, 2, 3, 10, 11, 6, 7, 14, 15));
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

/* The sum of squared distances from a centre. */
static NOINLINE double run_squares(const float *x, float centre, int64_t count) {
  double total = 0;
  for (int64_t start = 0; start < count; start += 1024) {
    const int64_t end = least(start + 1024, count);
    vec s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    int64_t i = start;
    for (; i + 4 * LANES <= end; i += 4 * LANES) {
      { const vec x_v = load(x + i + 0 * LANES); s0 += (x_v - centre) * (x_v - centre); }
      { const vec x_v = load(x + i + 1 * LANES); s1 += (x_v - centre) * (x_v - centre); }
      { const vec x_v = load(x + i + 2 * LANES); s2 += (x_v - centre) * (x_v - centre); }
      { const vec x_v = load(x + i + 3 * LANES); s3 += (x_v - centre) * (x_v - centre); }
    }
    for (; i + LANES <= end; i += LANES) {
      const vec x_v = load(x + i);
      s0 += (x_v - centre) * (x_v - centre);
    }
    if (i < end) {
      const int64_t some = end - i;
      const vec x_v = load_some(some, x + i);
      s0 += some_lanes(some, (x_v - centre) * (x_v - centre));
    }
    s0 = (s0 + s1) + (s2 + s3);
    total += (double)lanes_total(&s0);
  }
  return total;
}

/* Mean and sum of squared distances from it, merged from two disjoint sets by the formula of Chan, Golub and
   LeVeque (1979). */
static inline void merge_moments(double *count, double *mean, double *squares, double n, double m, double q) {
  if (n == 0) return;
  const double all = *count + n, step = m - *mean;
  *squares += q + step * step * (*count * n / all);
  *mean += step * (n / all);
  *count = all;
}

/* The sum of exp(z - largest) over a row, and the largest element; each exponential is left in `result` where that
   is not null. */
static NOINLINE double row_exponentials(const float *z, int64_t count, float *result, float *largest) {
  float top = -INFINITY;
  for (int64_t i = 0; i < count; ++i) top = z[i] > top ? z[i] : top;
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    const float e = expf(z[i] - top);
    if (result) result[i] = e;
    sum += (double)e;
  }
  *largest = top;
  return sum;
}

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
  vec sum[8][3];
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = more ? load(result + r * width + v * LANES) : (vec){0};
  for (int64_t l = 0; l < lines; ++l) {
    const float *at[8];
    UNROLL for (int r = 0; r < rows; ++r) at[r] = source[r] + line[l];
    for (int64_t from = 0, i = 0; from < columns; from += 4) {
      const int64_t quarter = from / 4 % 4, line_from = from - 4 * quarter;
      const int64_t stop = columns - from <= 4 ? asked : (quarter + 1) * asked / 4;
      for (int64_t a = quarter * asked / 4; a < stop; ++a)
        PREFETCH_NEAR(asks[a].line + l * asks[a].step + line_from);
      for (const int64_t to = least(columns, from + 4); i < to; ++i) {
        vec x[3];
        UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(right + v * LANES);
        UNROLL for (int r = 0; r < rows; ++r) {
          const float w = at[r][i];
          UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
        }
        right += width;
      }
    }
  }
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v) store(result + r * width + v * LANES, sum[r][v]);
}
static NOINLINE void outer_tile_1_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(1, 1, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_2_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(2, 1, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_3_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(3, 1, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_4_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(4, 1, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_5_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(5, 1, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_6_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(6, 1, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_7_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(7, 1, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_8_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(8, 1, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_1_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(1, 2, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_2_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(2, 2, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_3_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(3, 2, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_4_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(4, 2, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_5_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(5, 2, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_6_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(6, 2, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_1_3(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(1, 3, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_2_3(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(2, 3, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_3_3(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(3, 3, source, line, lines, columns, right, width, result, more, asks, asked);
}
static NOINLINE void outer_tile_4_3(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  outer_tile(4, 3, source, line, lines, columns, right, width, result, more, asks, asked);
}
static inline void outer_tile_any(int rows, int vectors, const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  switch (vectors * 32 + rows) {
    case 33: outer_tile_1_1(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 34: outer_tile_2_1(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 35: outer_tile_3_1(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 36: outer_tile_4_1(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 37: outer_tile_5_1(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 38: outer_tile_6_1(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 39: outer_tile_7_1(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 40: outer_tile_8_1(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 65: outer_tile_1_2(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 66: outer_tile_2_2(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 67: outer_tile_3_2(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 68: outer_tile_4_2(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 69: outer_tile_5_2(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 70: outer_tile_6_2(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 97: outer_tile_1_3(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 98: outer_tile_2_3(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 99: outer_tile_3_3(source, line, lines, columns, right, width, result, more, asks, asked); break;
    case 100: outer_tile_4_3(source, line, lines, columns, right, width, result, more, asks, asked); break;
  }
}

/* Lines side by side, each shifted along itself, with zeros for what comes from outside. Across the ends of lines it
   reads what the neighbours have there, and replaces it. */
static inline MAYBE_UNUSED void shift_lines(float *to, const float *from, int64_t lines, int64_t width, int64_t shift) {
  copy_run(to, from + shift, lines * width);
  const int64_t outside = least(shift < 0 ? -shift : shift, width), first = shift < 0 ? 0 : width - outside;
  for (int64_t line = 0; line < lines; ++line)
    SHORT for (int64_t i = 0; i < outside; ++i) to[line * width + first + i] = 0;
}

/* convolution: cross-correlation with bias; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %3 … (2 rows), infer_8 %3 … (2 rows). */
static NOINLINE void kernel_convolution(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const int64_t x_stride = a[1];
  const float *w = at(c, a[2]);
  const float *bias = at(c, a[3]);
  float *result = at(c, a[4]);
  const int64_t result_stride = a[5];
  const int64_t images = a[6];
  const int64_t groups = a[7];
  const int64_t inputs = a[8];
  const int64_t outputs = a[9];
  const int64_t in_d = a[10];
  const int64_t in_h = a[11];
  const int64_t in_w = a[12];
  const int64_t out_d = a[13];
  const int64_t out_h = a[14];
  const int64_t out_w = a[15];
  const int64_t size_d = a[16];
  const int64_t size_h = a[17];
  const int64_t size_w = a[18];
  const int64_t far_h = a[23];
  const int64_t far_w = a[24];
  const int64_t pad_h = a[26];
  const int64_t pad_w = a[27];
  const int64_t tile_images = a[28];
  const int64_t tile_lines = a[29];
  const int64_t tile_columns = a[30];
  const int64_t rows = a[31];
  const int64_t pitch = a[32];
  const int64_t channel_stride = a[33];
  const int64_t tiles_n = a[34];
  const int64_t tiles_d = a[35];
  const int64_t tiles_h = a[36];
  const int64_t tiles_w = a[37];
  const int64_t block = a[38];
  const int64_t scratch_tap = a[39];
  const int64_t scratch_line = a[40];
  const int64_t scratch_data = a[41];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  int64_t *vector = tap + size_h * size_w;
  for (int64_t n = 0, v = 0; n < tile_images; ++n)
    for (int64_t line = 0; line < tile_lines; ++line)
      for (int64_t w = 0; w < tile_columns; w += LANES) vector[v++] = (n * rows + line) * pitch + w;
  clear_gaps(data, inputs, channel_stride, tile_images * rows, pitch, pad_w, in_w);
  const int64_t channels = inputs, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
  const struct panels panels = panels_of(outputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t first_channel = group * inputs;
    {
      const int64_t at_line = h0 - pad_h, rows_here = rows - tile_lines + lines_here;
      const int64_t begin = least(greatest(0, -at_line), rows_here);
      const int64_t end = greatest(begin, least(rows_here, in_h - at_line));
      const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
      (void)ahead;
      for (int64_t channel = 0; channel < channels; ++channel) {
        float *target = data + channel * channel_stride;

        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          clear_run(target, begin * pitch);

          float *line = target + begin * pitch + pad_w;
          if (begin < end) {
            copy_lines(line, pitch, x + (n0 + n) * x_stride + (first_channel + channel) * in_plane + (at_line + begin) * in_w, in_w, end - begin, in_w);
          }
          clear_run(target + end * pitch, (rows_here - end) * pitch);
        }
      }
    }
      for (int64_t n = 0; n < images_here; ++n)
        lines[n] = n * result_stride + h0 * out_w;
    const int64_t first_output = group * outputs;
    struct strip s = {
        .data = data, .channels = inputs, .channel_stride = channel_stride, .tap = tap,
        .taps = size_d * size_h * size_w, .weights = w + first_output * terms, .rows = outputs, .block = block,
        .panels = panels, .bias = bias ? bias + first_output : 0, .tile = from,
        .last = from + next - task,
        .positions = images_here * lines_here * tile_columns,
        .pitch = tile_lines * tile_columns, .vector = vector, .begin = 0,
        .end = lines_here * out_w, .step = 1};
    const int64_t after = next < last ? next / parts / groups : tile;
    const int64_t image_after = cut(images, tiles_n, after / tiles_w / tiles_h / tiles_d);
    const int64_t position_after = cut(out_h, tiles_h, after / tiles_w % tiles_h) * in_w, channel_after = next / parts % groups * inputs;
    const struct wanted soon = {
        .operand = {x + image_after * x_stride + (channel_after) * in_plane + position_after, 0},
        .image = {x_stride, 0}, .count = 1, .plane = in_plane,
        .positions = s.pitch, .pitch = in_w, .columns = in_w};
    const struct wanted behind = {
        .operand = {w + groups * outputs * terms, 0}, .image = {0, 0}, .count = 1, .plane = s.positions, .positions = INT64_MAX, .pitch = 1,
        .columns = 1};
    s.soon = next < last ? &soon : &behind;
    s.line = lines;
    s.result = result + n0 * result_stride + (first_output + strip_row(&s, from)) * out_plane;
    s.row_stride = out_plane;
    strip_multiply(&s, strip_tile_any);
  }
}

/* convolution_4: cross-correlation with bias; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %54 … (2 rows), infer_8 %54 … (2 rows). */
static NOINLINE void kernel_convolution_4(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const int64_t x_stride = a[1];
  const float *w = at(c, a[2]);
  const float *bias = at(c, a[3]);
  float *result = at(c, a[4]);
  const int64_t result_stride = a[5];
  const int64_t images = a[6];
  const int64_t groups = a[7];
  const int64_t inputs = a[8];
  const int64_t outputs = a[9];
  const int64_t in_d = a[10];
  const int64_t in_h = a[11];
  const int64_t in_w = a[12];
  const int64_t out_d = a[13];
  const int64_t out_h = a[14];
  const int64_t out_w = a[15];
  const int64_t size_d = a[16];
  const int64_t size_h = a[17];
  const int64_t size_w = a[18];
  const int64_t far_h = a[23];
  const int64_t far_w = a[24];
  const int64_t pad_h = a[26];
  const int64_t pad_w = a[27];
  const int64_t tile_images = a[28];
  const int64_t tile_lines = a[29];
  const int64_t rows = a[31];
  const int64_t pitch = a[32];
  const int64_t channel_stride = a[33];
  const int64_t tiles_n = a[34];
  const int64_t tiles_d = a[35];
  const int64_t tiles_h = a[36];
  const int64_t tiles_w = a[37];
  const int64_t block = a[38];
  const int64_t scratch_tap = a[39];
  const int64_t scratch_line = a[40];
  const int64_t scratch_data = a[41];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  clear_gaps(data, inputs, channel_stride, tile_images * rows, pitch, pad_w, in_w);
  const int64_t channels = inputs, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
  const struct panels panels = panels_of(outputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t w0 = cut(out_w, tiles_w, tile % tiles_w), columns_here = cut(out_w, tiles_w, tile % tiles_w + 1) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t first_channel = group * inputs;
    {
      const int64_t at_line = h0 - pad_h, rows_here = rows - tile_lines + lines_here;
      const int64_t begin = least(greatest(0, -at_line), rows_here);
      const int64_t end = greatest(begin, least(rows_here, in_h - at_line));
      const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
      (void)ahead;
      for (int64_t channel = 0; channel < channels; ++channel) {
        float *target = data + channel * channel_stride;

        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          clear_run(target, begin * pitch);

          float *line = target + begin * pitch + pad_w;
          if (begin < end) {
            copy_lines(line, pitch, x + (n0 + n) * x_stride + (first_channel + channel) * in_plane + (at_line + begin) * in_w, in_w, end - begin, in_w);
          }
          clear_run(target + end * pitch, (rows_here - end) * pitch);
        }
      }
    }
      for (int64_t n = 0; n < images_here; ++n)
        for (int64_t line = 0; line < rows; ++line)
          lines[n * rows + line] =
              line < lines_here ? n * result_stride + (d0 * out_h + h0 + line) * out_w + w0 : NOWHERE;
    const int64_t first_output = group * outputs;
    struct strip s = {
        .data = data, .channels = inputs, .channel_stride = channel_stride, .tap = tap,
        .taps = size_d * size_h * size_w, .weights = w + first_output * terms, .rows = outputs, .block = block,
        .panels = panels, .bias = bias ? bias + first_output : 0, .tile = from,
        .last = from + next - task,
        .positions = ((images_here - 1) * rows + lines_here - 1) * pitch + columns_here,
        .pitch = pitch, .begin = 0,
        .end = columns_here, .step = 1};
    const int64_t after = next < last ? next / parts / groups : tile;
    const int64_t image_after = cut(images, tiles_n, after / tiles_w / tiles_h / tiles_d);
    const int64_t position_after = cut(out_h, tiles_h, after / tiles_w % tiles_h) * in_w, channel_after = next / parts % groups * inputs;
    const struct wanted soon = {
        .operand = {x + image_after * x_stride + (channel_after) * in_plane + position_after, 0},
        .image = {x_stride, 0}, .count = 1, .plane = in_plane,
        .positions = rows * pitch, .pitch = pitch, .columns = in_w};
    const struct wanted behind = {
        .operand = {w + groups * outputs * terms, 0}, .image = {0, 0}, .count = 1, .plane = s.positions, .positions = INT64_MAX, .pitch = 1,
        .columns = 1};
    s.soon = next < last ? &soon : &behind;
    s.line = lines;
    s.result = result + n0 * result_stride + (first_output + strip_row(&s, from)) * out_plane;
    s.row_stride = out_plane;
    strip_multiply(&s, strip_tile_any);
  }
}

/* global_average_pool: mean over all positions of clamp_channel; a task is a block of planes.
   Used by infer_1 %97, infer_8 %97. */
static NOINLINE void kernel_global_average_pool(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const float *l_v1 = at(c, a[3]);
  const int64_t l_scratch = a[4];
  const int64_t l_line = a[5];
  float *result = at(c, a[6]);
  const int64_t result_stride = a[7];
  const int64_t planes = a[8];
  const int64_t channels = a[9];
  const int64_t inner = a[10];
  const int64_t block = a[11];
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < channels; ++channel) {
    l_table[channel * 2 + 0] = l_v0[channel];
    l_table[channel * 2 + 1] = l_v1[channel];
  }
  for (int64_t number = first * block; number < least(last * block, planes); ++number) {
    const int64_t image = number / channels, channel = number % channels;
    float *x_plane = (float *)(void *)(c->scratch + l_line);
    {
      const float l_k0 = l_table[(channel) * 2 + 0];
      const float l_k1 = l_table[(channel) * 2 + 1];
      {
        const int64_t count = inner;
        const int64_t element = (channel) * inner + (0);
        const float *l_x0 = l_x0_base + (image) * l_x0_stride + element;
        float *result = x_plane;
        int64_t i = 0;
        for (; i + LANES <= count; i += LANES) {
          const vec l_x0_i = load(i + l_x0);
          const vec l_t0 = clamp_of(l_x0_i, l_k0, l_k1);
          store(i + result, l_t0);
        }
        if (i < count) {
          const int64_t some = count - i;
          const vec l_x0_i = load_some(some, i + l_x0);
          const vec l_t0 = clamp_of(l_x0_i, l_k0, l_k1);
          store_some(some, i + result, l_t0);
        }
      }
    }
    float *target = result + image * result_stride + channel * 1;
    *target = (float)(run_sum(x_plane, inner) / (double)inner);
  }
}

/* pack_weights: weights in panels; a task is a tile of rows of a group.
   Used by train_8 %2 … (9 rows), prepare %1 … (9 rows). */
static NOINLINE void kernel_pack_weights(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *w = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t outputs = a[2];
  const int64_t inputs = a[3];
  const int64_t taps = a[4];
  const int64_t tiles = a[5];
  const int64_t each = a[6];
  const int64_t more = a[7];
  const int64_t block = a[8];
  const struct panels panels = {tiles, each, more};
  for (int64_t task = first; task < last; ++task) {
    const int64_t tile = task % tiles, group = task / tiles;
    const int64_t row = panel_row(&panels, tile), rows = least(panel_row(&panels, tile + 1), outputs) - row;
    for (int64_t input = 0; input < inputs; input += block) {
      const int64_t count = least(block, inputs - input) * taps;
      const float *source = w + ((group * outputs + row) * inputs + input) * taps;
      float *panel = result + (group * inputs + input) * outputs * taps + row * count;
      transpose(source, inputs * taps, rows, count, panel, rows);
    }
  }
}

/* convolution_5: cross-correlation with bias, then moments; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %2. */
static NOINLINE void kernel_convolution_5(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const int64_t x_stride = a[1];
  const float *w = at(c, a[2]);
  const float *bias = at(c, a[3]);
  float *s_y0_base = at(c, a[4]);
  const int64_t s_y0_stride = a[5];
  double *parts_of_sums = (double *)(void *)at(c, a[6]);
  const int64_t scratch_tile = a[7];
  const int64_t tile_stride = a[8];
  const int64_t images = a[9];
  const int64_t groups = a[10];
  const int64_t inputs = a[11];
  const int64_t outputs = a[12];
  const int64_t in_d = a[13];
  const int64_t in_h = a[14];
  const int64_t in_w = a[15];
  const int64_t out_d = a[16];
  const int64_t out_h = a[17];
  const int64_t out_w = a[18];
  const int64_t size_d = a[19];
  const int64_t size_h = a[20];
  const int64_t size_w = a[21];
  const int64_t far_h = a[26];
  const int64_t far_w = a[27];
  const int64_t pad_h = a[29];
  const int64_t pad_w = a[30];
  const int64_t tile_images = a[31];
  const int64_t tile_lines = a[32];
  const int64_t tile_columns = a[33];
  const int64_t rows = a[34];
  const int64_t pitch = a[35];
  const int64_t channel_stride = a[36];
  const int64_t tiles_n = a[37];
  const int64_t tiles_d = a[38];
  const int64_t tiles_h = a[39];
  const int64_t tiles_w = a[40];
  const int64_t block = a[41];
  const int64_t scratch_tap = a[42];
  const int64_t scratch_data = a[44];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  int64_t *vector = tap + size_h * size_w;
  for (int64_t n = 0, v = 0; n < tile_images; ++n)
    for (int64_t line = 0; line < tile_lines; ++line)
      for (int64_t w = 0; w < tile_columns; w += LANES) vector[v++] = (n * rows + line) * pitch + w;
  clear_gaps(data, inputs, channel_stride, tile_images * rows, pitch, pad_w, in_w);
  const int64_t channels = inputs, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
  const struct panels panels = panels_of(outputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t first_channel = group * inputs;
    {
      const int64_t at_line = h0 - pad_h, rows_here = rows - tile_lines + lines_here;
      const int64_t begin = least(greatest(0, -at_line), rows_here);
      const int64_t end = greatest(begin, least(rows_here, in_h - at_line));
      const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
      (void)ahead;
      for (int64_t channel = 0; channel < channels; ++channel) {
        float *target = data + channel * channel_stride;

        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          clear_run(target, begin * pitch);

          float *line = target + begin * pitch + pad_w;
          if (begin < end) {
            copy_lines(line, pitch, x + (n0 + n) * x_stride + (first_channel + channel) * in_plane + (at_line + begin) * in_w, in_w, end - begin, in_w);
          }
          clear_run(target + end * pitch, (rows_here - end) * pitch);
        }
      }
    }
    const int64_t first_output = group * outputs;
    struct strip s = {
        .data = data, .channels = inputs, .channel_stride = channel_stride, .tap = tap,
        .taps = size_d * size_h * size_w, .weights = w + first_output * terms, .rows = outputs, .block = block,
        .panels = panels, .bias = bias ? bias + first_output : 0, .tile = from,
        .last = from + next - task,
        .positions = images_here * lines_here * tile_columns,
        .pitch = tile_lines * tile_columns, .vector = vector, .begin = 0,
        .end = lines_here * out_w, .step = 1};
    const int64_t after = next < last ? next / parts / groups : tile;
    const int64_t image_after = cut(images, tiles_n, after / tiles_w / tiles_h / tiles_d);
    const int64_t position_after = cut(out_h, tiles_h, after / tiles_w % tiles_h) * in_w, channel_after = next / parts % groups * inputs;
    const struct wanted soon = {
        .operand = {x + image_after * x_stride + (channel_after) * in_plane + position_after, 0},
        .image = {x_stride, 0}, .count = 1, .plane = in_plane,
        .positions = s.pitch, .pitch = in_w, .columns = in_w};
    s.soon = next < last ? &soon : 0;
    float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
    s.line = 0;
    s.result = tile_data;
    s.row_stride = tile_stride;
    for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
      s.last = s.tile + even_part(all - s.tile, 8);
      strip_multiply(&s, strip_tile_any);
      s.soon = 0;
      const int64_t row = strip_row(&s, s.tile), rows_here = strip_row(&s, s.last) - row;
      for (int64_t r = 0; r < rows_here; ++r) {
        for (int64_t n = 0; n < images_here; ++n) {
          {
            const int64_t count = s.end;
            const int64_t element = (first_output + row + r) * out_plane + (h0 * out_w);
            float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
            const float *value = tile_data + r * tile_stride + n * s.pitch;
            int64_t i = 0;
            for (; i + LANES <= count; i += LANES) {
              const vec given = load(i + value);
              store(i + s_y0, given);
            }
            if (i < count) {
              const int64_t some = count - i;
              const vec given = load_some(some, i + value);
              store_some(some, i + s_y0, given);
            }
          }
        }
        double *part_of_sums = parts_of_sums + ((tile) * groups * outputs + (first_output + row + r)) * 3;
        {
          /* two passes over what has just been stored, so that nothing cancels */
          double total = 0, elements = 0, squares = 0;
          for (int64_t n = 0; n < images_here; ++n) {
            total += run_sum(s_y0_base + (n0 + n) * s_y0_stride + (first_output + row + r) * out_plane + (h0 * out_w), s.end);
            elements += (double)(s.end);
          }
          const double mean = elements > 0 ? total / elements : 0, off = mean - (double)(float)mean;
          for (int64_t n = 0; n < images_here; ++n) {
            squares += run_squares(s_y0_base + (n0 + n) * s_y0_stride + (first_output + row + r) * out_plane + (h0 * out_w), (float)mean, s.end);
          }
          part_of_sums[0] = elements;
          part_of_sums[1] = mean;
          part_of_sums[2] = squares - off * off * elements;
        }
      }
    }
  }
}

/* moments_of_parts: mean and biased variance from (count, mean, sum of squared distances) of each part, merged in their order; a task is 8 channels.
   Used by train_8 %2 … (9 rows). */
static NOINLINE void kernel_moments_of_parts(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const double *parts = (const double *)(const void *)at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t channels = a[2];
  const int64_t count = a[3];
  const int64_t width = a[4];
  const int64_t first_sum = a[5];
  const int64_t result_pitch = a[6];
  for (int64_t channel = first * 8; channel < least(last * 8, channels); ++channel) {
    double elements = 0, mean = 0, squares = 0;
    const double *part = parts + channel * width + first_sum;
    for (int64_t i = 0; i < count; ++i, part += channels * width)
      merge_moments(&elements, &mean, &squares, part[0], part[1], part[2]);
    result[channel] = (float)mean;
    result[result_pitch + channel] = (float)(squares < 0 ? 0 : squares / elements);
  }
}

/* convolution_7: cross-correlation with bias of relu, normalize, then moments; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %24. */
static NOINLINE void kernel_convolution_7(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const float *l_v1 = at(c, a[3]);
  const int64_t l_pitch0 = a[4];
  const double l_f0 = wide(a[5]);
  const float *l_v2 = at(c, a[6]);
  const int64_t l_scratch = a[7];
  const float *w = at(c, a[9]);
  const float *bias = at(c, a[10]);
  float *s_y0_base = at(c, a[11]);
  const int64_t s_y0_stride = a[12];
  double *parts_of_sums = (double *)(void *)at(c, a[13]);
  const int64_t scratch_tile = a[14];
  const int64_t tile_stride = a[15];
  const int64_t images = a[16];
  const int64_t groups = a[17];
  const int64_t inputs = a[18];
  const int64_t outputs = a[19];
  const int64_t in_d = a[20];
  const int64_t in_h = a[21];
  const int64_t in_w = a[22];
  const int64_t out_d = a[23];
  const int64_t out_h = a[24];
  const int64_t out_w = a[25];
  const int64_t size_d = a[26];
  const int64_t size_h = a[27];
  const int64_t size_w = a[28];
  const int64_t far_h = a[33];
  const int64_t far_w = a[34];
  const int64_t pad_h = a[36];
  const int64_t pad_w = a[37];
  const int64_t tile_images = a[38];
  const int64_t tile_lines = a[39];
  const int64_t tile_columns = a[40];
  const int64_t rows = a[41];
  const int64_t pitch = a[42];
  const int64_t channel_stride = a[43];
  const int64_t tiles_n = a[44];
  const int64_t tiles_d = a[45];
  const int64_t tiles_h = a[46];
  const int64_t tiles_w = a[47];
  const int64_t block = a[48];
  const int64_t scratch_tap = a[49];
  const int64_t scratch_data = a[51];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * inputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] * (1.0 / sqrt((double)l_v1[l_pitch0 + channel] + l_f0)));
    l_table[channel * 3 + 1] = l_v2[channel];
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  int64_t *vector = tap + size_h * size_w;
  for (int64_t n = 0, v = 0; n < tile_images; ++n)
    for (int64_t line = 0; line < tile_lines; ++line)
      for (int64_t w = 0; w < tile_columns; w += LANES) vector[v++] = (n * rows + line) * pitch + w;
  clear_gaps(data, inputs, channel_stride, tile_images * rows, pitch, pad_w, in_w);
  const int64_t channels = inputs, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
  const struct panels panels = panels_of(outputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t first_channel = group * inputs;
    {
      const int64_t at_line = h0 - pad_h, rows_here = rows - tile_lines + lines_here;
      const int64_t begin = least(greatest(0, -at_line), rows_here);
      const int64_t end = greatest(begin, least(rows_here, in_h - at_line));
      const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
      for (int64_t channel = 0; channel < channels; ++channel) {
        float *target = data + channel * channel_stride;
        const float l_k0 = l_table[(first_channel + channel) * 3 + 0];
        const float l_k1 = l_table[(first_channel + channel) * 3 + 1];
        const float l_k2 = l_table[(first_channel + channel) * 3 + 2];
        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          clear_run(target, begin * pitch);

          float *line = target + begin * pitch + pad_w;
          if (begin < end) {
            {
              const int64_t count = in_w;
              const int64_t element = (first_channel + channel) * in_plane + ((at_line + begin) * in_w);
              const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
              float *result = line;
              for (int64_t left = end - begin; left > 0; --left, l_x0 += count, result += pitch) {
              int64_t i = 0;
              for (; i + LANES <= count; i += LANES) {
                PREFETCH(i + l_x0 + ahead);
                const vec l_x0_i = load(i + l_x0);
                const vec l_t0 = (l_x0_i - l_k2) * l_k0 + l_k1;
                const vec l_t1 = relu_of(l_t0);
                store(i + result, l_t1);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec l_x0_i = load_some(some, i + l_x0);
                const vec l_t0 = (l_x0_i - l_k2) * l_k0 + l_k1;
                const vec l_t1 = relu_of(l_t0);
                store_some(some, i + result, l_t1);
              }
              }
            }
          }
          clear_run(target + end * pitch, (rows_here - end) * pitch);
        }
      }
    }
    const int64_t first_output = group * outputs;
    struct strip s = {
        .data = data, .channels = inputs, .channel_stride = channel_stride, .tap = tap,
        .taps = size_d * size_h * size_w, .weights = w + first_output * terms, .rows = outputs, .block = block,
        .panels = panels, .bias = bias ? bias + first_output : 0, .tile = from,
        .last = from + next - task,
        .positions = images_here * lines_here * tile_columns,
        .pitch = tile_lines * tile_columns, .vector = vector, .begin = 0,
        .end = lines_here * out_w, .step = 1};
    const int64_t after = next < last ? next / parts / groups : tile;
    const int64_t image_after = cut(images, tiles_n, after / tiles_w / tiles_h / tiles_d);
    const int64_t position_after = cut(out_h, tiles_h, after / tiles_w % tiles_h) * in_w, channel_after = next / parts % groups * inputs;
    const struct wanted soon = {
        .operand = {l_x0_base + image_after * l_x0_stride + (channel_after) * in_plane + position_after, 0},
        .image = {l_x0_stride, 0}, .count = 1, .plane = in_plane,
        .positions = s.pitch, .pitch = in_w, .columns = in_w};
    s.soon = next < last ? &soon : 0;
    float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
    s.line = 0;
    s.result = tile_data;
    s.row_stride = tile_stride;
    for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
      s.last = s.tile + even_part(all - s.tile, 8);
      strip_multiply(&s, strip_tile_any);
      s.soon = 0;
      const int64_t row = strip_row(&s, s.tile), rows_here = strip_row(&s, s.last) - row;
      for (int64_t r = 0; r < rows_here; ++r) {
        for (int64_t n = 0; n < images_here; ++n) {
          {
            const int64_t count = s.end;
            const int64_t element = (first_output + row + r) * out_plane + (h0 * out_w);
            float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
            const float *value = tile_data + r * tile_stride + n * s.pitch;
            int64_t i = 0;
            for (; i + LANES <= count; i += LANES) {
              const vec given = load(i + value);
              store(i + s_y0, given);
            }
            if (i < count) {
              const int64_t some = count - i;
              const vec given = load_some(some, i + value);
              store_some(some, i + s_y0, given);
            }
          }
        }
        double *part_of_sums = parts_of_sums + ((tile) * groups * outputs + (first_output + row + r)) * 3;
        {
          /* two passes over what has just been stored, so that nothing cancels */
          double total = 0, elements = 0, squares = 0;
          for (int64_t n = 0; n < images_here; ++n) {
            total += run_sum(s_y0_base + (n0 + n) * s_y0_stride + (first_output + row + r) * out_plane + (h0 * out_w), s.end);
            elements += (double)(s.end);
          }
          const double mean = elements > 0 ? total / elements : 0, off = mean - (double)(float)mean;
          for (int64_t n = 0; n < images_here; ++n) {
            squares += run_squares(s_y0_base + (n0 + n) * s_y0_stride + (first_output + row + r) * out_plane + (h0 * out_w), (float)mean, s.end);
          }
          part_of_sums[0] = elements;
          part_of_sums[1] = mean;
          part_of_sums[2] = squares - off * off * elements;
        }
      }
    }
  }
}

/* convolution_9: cross-correlation with bias of relu, normalize, then moments; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %60 … (2 rows). */
static NOINLINE void kernel_convolution_9(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const float *l_v1 = at(c, a[3]);
  const int64_t l_pitch0 = a[4];
  const double l_f0 = wide(a[5]);
  const float *l_v2 = at(c, a[6]);
  const int64_t l_scratch = a[7];
  const float *w = at(c, a[9]);
  const float *bias = at(c, a[10]);
  float *s_y0_base = at(c, a[11]);
  const int64_t s_y0_stride = a[12];
  double *parts_of_sums = (double *)(void *)at(c, a[13]);
  const int64_t scratch_tile = a[14];
  const int64_t tile_stride = a[15];
  const int64_t images = a[16];
  const int64_t groups = a[17];
  const int64_t inputs = a[18];
  const int64_t outputs = a[19];
  const int64_t in_d = a[20];
  const int64_t in_h = a[21];
  const int64_t in_w = a[22];
  const int64_t out_d = a[23];
  const int64_t out_h = a[24];
  const int64_t out_w = a[25];
  const int64_t size_d = a[26];
  const int64_t size_h = a[27];
  const int64_t size_w = a[28];
  const int64_t far_h = a[33];
  const int64_t far_w = a[34];
  const int64_t pad_h = a[36];
  const int64_t pad_w = a[37];
  const int64_t tile_images = a[38];
  const int64_t tile_lines = a[39];
  const int64_t rows = a[41];
  const int64_t pitch = a[42];
  const int64_t channel_stride = a[43];
  const int64_t tiles_n = a[44];
  const int64_t tiles_d = a[45];
  const int64_t tiles_h = a[46];
  const int64_t tiles_w = a[47];
  const int64_t block = a[48];
  const int64_t scratch_tap = a[49];
  const int64_t scratch_data = a[51];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * inputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] * (1.0 / sqrt((double)l_v1[l_pitch0 + channel] + l_f0)));
    l_table[channel * 3 + 1] = l_v2[channel];
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  clear_gaps(data, inputs, channel_stride, tile_images * rows, pitch, pad_w, in_w);
  const int64_t channels = inputs, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
  const struct panels panels = panels_of(outputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t w0 = cut(out_w, tiles_w, tile % tiles_w), columns_here = cut(out_w, tiles_w, tile % tiles_w + 1) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t first_channel = group * inputs;
    {
      const int64_t at_line = h0 - pad_h, rows_here = rows - tile_lines + lines_here;
      const int64_t begin = least(greatest(0, -at_line), rows_here);
      const int64_t end = greatest(begin, least(rows_here, in_h - at_line));
      const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
      for (int64_t channel = 0; channel < channels; ++channel) {
        float *target = data + channel * channel_stride;
        const float l_k0 = l_table[(first_channel + channel) * 3 + 0];
        const float l_k1 = l_table[(first_channel + channel) * 3 + 1];
        const float l_k2 = l_table[(first_channel + channel) * 3 + 2];
        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          clear_run(target, begin * pitch);

          float *line = target + begin * pitch + pad_w;
          if (begin < end) {
            {
              const int64_t count = in_w;
              const int64_t element = (first_channel + channel) * in_plane + ((at_line + begin) * in_w);
              const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
              float *result = line;
              for (int64_t left = end - begin; left > 0; --left, l_x0 += count, result += pitch) {
              int64_t i = 0;
              for (; i + LANES <= count; i += LANES) {
                PREFETCH(i + l_x0 + ahead);
                const vec l_x0_i = load(i + l_x0);
                const vec l_t0 = (l_x0_i - l_k2) * l_k0 + l_k1;
                const vec l_t1 = relu_of(l_t0);
                store(i + result, l_t1);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec l_x0_i = load_some(some, i + l_x0);
                const vec l_t0 = (l_x0_i - l_k2) * l_k0 + l_k1;
                const vec l_t1 = relu_of(l_t0);
                store_some(some, i + result, l_t1);
              }
              }
            }
          }
          clear_run(target + end * pitch, (rows_here - end) * pitch);
        }
      }
    }
    const int64_t first_output = group * outputs;
    struct strip s = {
        .data = data, .channels = inputs, .channel_stride = channel_stride, .tap = tap,
        .taps = size_d * size_h * size_w, .weights = w + first_output * terms, .rows = outputs, .block = block,
        .panels = panels, .bias = bias ? bias + first_output : 0, .tile = from,
        .last = from + next - task,
        .positions = ((images_here - 1) * rows + lines_here - 1) * pitch + columns_here,
        .pitch = pitch, .begin = 0,
        .end = columns_here, .step = 1};
    const int64_t after = next < last ? next / parts / groups : tile;
    const int64_t image_after = cut(images, tiles_n, after / tiles_w / tiles_h / tiles_d);
    const int64_t position_after = cut(out_h, tiles_h, after / tiles_w % tiles_h) * in_w, channel_after = next / parts % groups * inputs;
    const struct wanted soon = {
        .operand = {l_x0_base + image_after * l_x0_stride + (channel_after) * in_plane + position_after, 0},
        .image = {l_x0_stride, 0}, .count = 1, .plane = in_plane,
        .positions = rows * pitch, .pitch = pitch, .columns = in_w};
    s.soon = next < last ? &soon : 0;
    float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
    s.line = 0;
    s.result = tile_data;
    s.row_stride = tile_stride;
    for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
      s.last = s.tile + even_part(all - s.tile, 8);
      strip_multiply(&s, strip_tile_any);
      s.soon = 0;
      const int64_t row = strip_row(&s, s.tile), rows_here = strip_row(&s, s.last) - row;
      for (int64_t r = 0; r < rows_here; ++r) {
        for (int64_t n = 0; n < images_here; ++n)
          for (int64_t line = 0; line < lines_here; ++line) {
            {
              const int64_t count = s.end;
              const int64_t element = (first_output + row + r) * out_plane + ((d0 * out_h + h0 + line) * out_w + w0);
              float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
              const float *value = tile_data + r * tile_stride + (n * rows + line) * pitch;
              int64_t i = 0;
              for (; i + LANES <= count; i += LANES) {
                const vec given = load(i + value);
                store(i + s_y0, given);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec given = load_some(some, i + value);
                store_some(some, i + s_y0, given);
              }
            }
          }
        double *part_of_sums = parts_of_sums + ((tile) * groups * outputs + (first_output + row + r)) * 3;
        {
          /* two passes over what has just been stored, so that nothing cancels */
          double total = 0, elements = 0, squares = 0;
          for (int64_t n = 0; n < images_here; ++n) {
            const int64_t line = 0, stored = lines_here * s.end;
            total += run_sum(s_y0_base + (n0 + n) * s_y0_stride + (first_output + row + r) * out_plane + ((d0 * out_h + h0 + line) * out_w + w0), stored);
            elements += (double)(stored);
          }
          const double mean = elements > 0 ? total / elements : 0, off = mean - (double)(float)mean;
          for (int64_t n = 0; n < images_here; ++n) {
            const int64_t line = 0, stored = lines_here * s.end;
            squares += run_squares(s_y0_base + (n0 + n) * s_y0_stride + (first_output + row + r) * out_plane + ((d0 * out_h + h0 + line) * out_w + w0), (float)mean, stored);
          }
          part_of_sums[0] = elements;
          part_of_sums[1] = mean;
          part_of_sums[2] = squares - off * off * elements;
        }
      }
    }
  }
}

/* global_average_pool_2: mean over all positions of relu, normalize; a task is a block of planes.
   Used by train_8 %108. */
static NOINLINE void kernel_global_average_pool_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const float *l_v1 = at(c, a[3]);
  const int64_t l_pitch0 = a[4];
  const double l_f0 = wide(a[5]);
  const float *l_v2 = at(c, a[6]);
  const int64_t l_scratch = a[7];
  const int64_t l_line = a[8];
  float *result = at(c, a[9]);
  const int64_t result_stride = a[10];
  const int64_t planes = a[11];
  const int64_t channels = a[12];
  const int64_t inner = a[13];
  const int64_t block = a[14];
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < channels; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] * (1.0 / sqrt((double)l_v1[l_pitch0 + channel] + l_f0)));
    l_table[channel * 3 + 1] = l_v2[channel];
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  for (int64_t number = first * block; number < least(last * block, planes); ++number) {
    const int64_t image = number / channels, channel = number % channels;
    float *x_plane = (float *)(void *)(c->scratch + l_line);
    {
      const float l_k0 = l_table[(channel) * 3 + 0];
      const float l_k1 = l_table[(channel) * 3 + 1];
      const float l_k2 = l_table[(channel) * 3 + 2];
      {
        const int64_t count = inner;
        const int64_t element = (channel) * inner + (0);
        const float *l_x0 = l_x0_base + (image) * l_x0_stride + element;
        float *result = x_plane;
        int64_t i = 0;
        for (; i + LANES <= count; i += LANES) {
          const vec l_x0_i = load(i + l_x0);
          const vec l_t0 = (l_x0_i - l_k2) * l_k0 + l_k1;
          const vec l_t1 = relu_of(l_t0);
          store(i + result, l_t1);
        }
        if (i < count) {
          const int64_t some = count - i;
          const vec l_x0_i = load_some(some, i + l_x0);
          const vec l_t0 = (l_x0_i - l_k2) * l_k0 + l_k1;
          const vec l_t1 = relu_of(l_t0);
          store_some(some, i + result, l_t1);
        }
      }
    }
    float *target = result + image * result_stride + channel * 1;
    *target = (float)(run_sum(x_plane, inner) / (double)inner);
  }
}

/* softmax_cross_entropy_both: the loss of each row and (softmax - onehot) * slope / rows from the same exponentials; a task is a block of rows.
   Used by train_8 %113. */
static NOINLINE void kernel_softmax_cross_entropy_both(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const int64_t *labels = (const int64_t *)(const void *)at(c, a[1]);
  double *parts = (double *)(void *)at(c, a[2]);
  float *result = at(c, a[3]);
  const int64_t rows = a[4];
  const int64_t columns = a[5];
  const int64_t block = a[6];
  const float slope = number(a[7]);
  const float factor = slope / (float)rows;
  for (int64_t row = first * block; row < least(last * block, rows); ++row) {
    const float *z = x + row * columns;
    const int64_t label = labels[row];
    float *target = result + row * columns, largest;
    const double chosen = label >= 0 && label < columns ? (double)z[label] : (double)NAN;
    const double sum = row_exponentials(z, columns, target, &largest);
    parts[row] = log(sum) + (double)largest - chosen;
    const float inverse = (float)(1 / sum);
    for (int64_t i = 0; i < columns; ++i)
      target[i] = (target[i] * inverse - (label == i ? 1.0f : 0.0f)) * factor;
  }
}

/* convolution_transpose: weights for the gradient of the input, input channels as rows: for each phase those of its taps in panels; a task is a tile of rows of a group.
   Used by train_8 %132 … (8 rows). */
static NOINLINE void kernel_convolution_transpose(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *w = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t groups = a[2];
  const int64_t inputs = a[3];
  const int64_t outputs = a[4];
  const int64_t size_d = a[5];
  const int64_t size_h = a[6];
  const int64_t size_w = a[7];
  const int64_t step_d = a[8];
  const int64_t step_h = a[9];
  const int64_t step_w = a[10];
  const int64_t far_d = a[11];
  const int64_t far_h = a[12];
  const int64_t far_w = a[13];
  const int64_t block = a[14];
  const int64_t scratch_tap = a[15];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  const int64_t terms = size_d * size_h * size_w;
  const struct panels panels = panels_of(inputs);
  float *target = result;
  for (int64_t fd = 0; fd < step_d; ++fd)
    for (int64_t fh = 0; fh < step_h; ++fh)
      for (int64_t fw = 0; fw < step_w; ++fw) {
        int64_t taps = 0;
        for (int64_t kd = 0; kd < size_d; ++kd)
          for (int64_t kh = 0; kh < size_h; ++kh)
            for (int64_t kw = 0; kw < size_w; ++kw)
              if (kd * far_d % step_d == fd && kh * far_h % step_h == fh && kw * far_w % step_w == fw) {
              tap[taps++] = (kd * size_h + kh) * size_w + kw;
              }
        for (int64_t task = first; task < last; ++task) {
          const int64_t tile = task % panels.tiles, group = task / panels.tiles;
          const int64_t row = panel_row(&panels, tile), rows = panel_row(&panels, tile + 1) - row;
          for (int64_t output = 0; output < outputs; output += block) {
            const int64_t count = least(block, outputs - output);
            float *panel = target + (group * inputs * outputs + output * inputs + row * count) * taps;
            for (int64_t r = 0; r < rows; ++r) {
              const float *source = w + ((group * outputs + output) * inputs + row + r) * terms;
              for (int64_t k = 0; k < count; ++k, source += inputs * terms)
                SHORT for (int64_t t = 0; t < taps; ++t) panel[(k * taps + t) * rows + r] = source[tap[t]];
            }
          }
        }
        target += groups * inputs * outputs * taps;
      }
}

/* convolution_backward_data: gradient of a convolution's input of add, moments_gradient, then normalize, relu, relu_gradient, normalize_input_gradient, normalize_reduce; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %132. */
static NOINLINE void kernel_convolution_backward_data(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const int64_t l_pitch0 = a[3];
  const int64_t l_f0 = a[4];
  const float *l_v1 = at(c, a[5]);
  const float *l_x1_base = at(c, a[6]);
  const int64_t l_x1_stride = a[7];
  const int64_t l_scratch = a[8];
  const float *w = at(c, a[10]);
  const float *s_x0_base = at(c, a[11]);
  const int64_t s_x0_stride = a[12];
  const float *s_v0 = at(c, a[13]);
  const float *s_v1 = at(c, a[14]);
  const int64_t s_pitch0 = a[15];
  const double s_f0 = wide(a[16]);
  const float *s_v2 = at(c, a[17]);
  float *s_y0_base = at(c, a[18]);
  const int64_t s_y0_stride = a[19];
  double *parts_of_sums = (double *)(void *)at(c, a[20]);
  const int64_t s_scratch = a[21];
  const int64_t scratch_tile = a[22];
  const int64_t tile_stride = a[23];
  const int64_t images = a[24];
  const int64_t groups = a[25];
  const int64_t inputs = a[26];
  const int64_t outputs = a[27];
  const int64_t in_d = a[28];
  const int64_t in_h = a[29];
  const int64_t in_w = a[30];
  const int64_t out_d = a[31];
  const int64_t out_h = a[32];
  const int64_t out_w = a[33];
  const int64_t size_d = a[34];
  const int64_t size_h = a[35];
  const int64_t size_w = a[36];
  const int64_t step_d = a[37];
  const int64_t step_h = a[38];
  const int64_t step_w = a[39];
  const int64_t far_d = a[40];
  const int64_t far_h = a[41];
  const int64_t far_w = a[42];
  const int64_t pad_d = a[43];
  const int64_t pad_h = a[44];
  const int64_t pad_w = a[45];
  const int64_t tile_images = a[46];
  const int64_t tile_lines = a[47];
  const int64_t rows = a[49];
  const int64_t pitch = a[50];
  const int64_t channel_stride = a[51];
  const int64_t tiles_n = a[52];
  const int64_t tiles_d = a[53];
  const int64_t tiles_h = a[54];
  const int64_t tiles_w = a[55];
  const int64_t first_d = a[56];
  const int64_t first_h = a[57];
  const int64_t first_w = a[58];
  const int64_t count_h = a[59];
  const int64_t count_w = a[60];
  const int64_t shift_h = a[62];
  const int64_t shift_w = a[63];
  const int64_t block = a[64];
  const int64_t scratch_tap = a[65];
  const int64_t scratch_data = a[67];
  const int64_t scratch_phase = a[68];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * outputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] / (double)l_f0);
    l_table[channel * 3 + 1] = (float)(2.0 * (double)l_v0[l_pitch0 + channel] / (double)l_f0);
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  float *s_table = (float *)(void *)(c->scratch + s_scratch);
  for (int64_t channel = 0; channel < groups * inputs; ++channel) {
    s_table[channel * 3 + 0] = (float)((double)s_v0[channel] * (1.0 / sqrt((double)s_v1[s_pitch0 + channel] + s_f0)));
    s_table[channel * 3 + 1] = s_v2[channel];
    s_table[channel * 3 + 2] = s_v1[channel];
  }
  const int64_t plane = tile_images * rows * pitch, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w;
  /* the taps of each phase, phase after phase, and how many there are */
  int64_t *phase_taps = (int64_t *)(void *)(c->scratch + scratch_phase);
  {
    int64_t taps = 0, phase = 0;
    for (int64_t fd = 0; fd < step_d; ++fd)
      for (int64_t fh = 0; fh < step_h; ++fh)
        for (int64_t fw = 0; fw < step_w; ++fw, ++phase) {
          const int64_t before = taps;
          for (int64_t kd = 0; kd < size_d; ++kd)
            for (int64_t kh = 0; kh < size_h; ++kh)
              for (int64_t kw = 0; kw < size_w; ++kw)
                if (kd * far_d % step_d == fd && kh * far_h % step_h == fh && kw * far_w % step_w == fw) {
                tap[taps++] = kd * far_d / step_d * plane + (shift_h - kh * far_h / step_h) * pitch + shift_w -
                              kw * far_w / step_w;
                }
          phase_taps[phase] = taps - before;
        }
  }
  clear_gaps(data, outputs, channel_stride, tile_images * rows, pitch, shift_w - first_w, out_w);
  const struct panels panels = panels_of(inputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t w0 = cut(count_w, tiles_w, tile % tiles_w), columns_here = cut(count_w, tiles_w, tile % tiles_w + 1) - w0;
    const int64_t h0 = cut(count_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(count_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t jd = first_d + d0, jh = first_h + h0, jw = first_w + w0;
    const int64_t first_output = group * outputs;
    {
      const int64_t at_line = jh - shift_h, rows_here = rows - tile_lines + lines_here;
      const int64_t begin = least(greatest(0, -at_line), rows_here);
      const int64_t end = greatest(begin, least(rows_here, out_h - at_line));
      const int64_t ahead = (4096 + out_plane - 1) / out_plane * out_plane;
      for (int64_t channel = 0; channel < outputs; ++channel) {
        float *target = data + channel * channel_stride;
        const float l_k0 = l_table[(first_output + channel) * 3 + 0];
        const float l_k1 = l_table[(first_output + channel) * 3 + 1];
        const float l_k2 = l_table[(first_output + channel) * 3 + 2];
        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          clear_run(target, begin * pitch);

          float *line = target + begin * pitch + shift_w - jw;
          if (begin < end) {
            {
              const int64_t count = out_w;
              const int64_t element = (first_output + channel) * out_plane + ((at_line + begin) * out_w);
              const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
              const float *l_x1 = l_x1_base + (n0 + n) * l_x1_stride + element;
              float *result = line;
              for (int64_t left = end - begin; left > 0; --left, l_x0 += count, l_x1 += count, result += pitch) {
              int64_t i = 0;
              for (; i + LANES <= count; i += LANES) {
                PREFETCH(i + l_x0 + ahead);
                PREFETCH(i + l_x1 + ahead);
                const vec l_x0_i = load(i + l_x0);
                const vec l_t0 = l_k0 + (l_x0_i - l_k2) * l_k1;
                const vec l_x1_i = load(i + l_x1);
                const vec l_t1 = l_t0 + l_x1_i;
                store(i + result, l_t1);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec l_x0_i = load_some(some, i + l_x0);
                const vec l_t0 = l_k0 + (l_x0_i - l_k2) * l_k1;
                const vec l_x1_i = load_some(some, i + l_x1);
                const vec l_t1 = l_t0 + l_x1_i;
                store_some(some, i + result, l_t1);
              }
              }
            }
          }
          clear_run(target + end * pitch, (rows_here - end) * pitch);
        }
      }
    }
    const int64_t first_input = group * inputs;
    const float *weights = w;
    const int64_t *phase_tap = tap, *phase_count = phase_taps;
    int64_t taps = 0;
    for (int64_t fd = 0; fd < step_d; ++fd)
      for (int64_t fh = 0; fh < step_h; ++fh)
        for (int64_t fw = 0; fw < step_w; ++fw) {
          phase_tap += taps;
          taps = *phase_count++;
          const float *phase = weights + first_input * outputs * taps;
          weights += groups * inputs * outputs * taps;
          const int64_t d = jd * step_d + fd - pad_d, w_first = jw * step_w + fw - pad_w;
          if (d < 0 || d >= in_d) continue;
          /* columns j with 0 <= w_first + j * step_w < in_w */
          const int64_t begin = w_first < 0 ? (-w_first + step_w - 1) / step_w : 0;
          const int64_t end = w_first < in_w ? (in_w - w_first + step_w - 1) / step_w : 0;
          struct strip s = {
              .data = data, .channels = outputs, .channel_stride = channel_stride, .tap = phase_tap, .taps = taps,
              .weights = phase, .rows = inputs, .block = block,
              .panels = panels, .bias = 0, .tile = from,
              .last = from + next - task,
              .positions = ((images_here - 1) * rows + lines_here - 1) * pitch + columns_here,
              .pitch = pitch, .begin = begin,
              .end = least(columns_here, end), .step = step_w};
          const int64_t after = next < last ? next / parts / groups : tile;
          const int64_t image_after = cut(images, tiles_n, after / tiles_w / tiles_h / tiles_d);
          const int64_t position_after = cut(count_h, tiles_h, after / tiles_w % tiles_h) * out_w, channel_after = next / parts % groups * outputs;
          const struct wanted soon = {
              .operand = {l_x0_base + image_after * l_x0_stride + (channel_after) * out_plane + position_after, l_x1_base + image_after * l_x1_stride + (channel_after) * out_plane + position_after},
              .image = {l_x0_stride, l_x1_stride}, .count = 2, .plane = out_plane,
              .positions = rows * pitch, .pitch = pitch, .columns = out_w};
          s.soon = next < last ? &soon : 0;
          const struct wanted wanted = {
              .operand = {s_x0_base + n0 * s_x0_stride + (first_input) * in_plane + (d * in_h + h0) * in_w + w0, 0},
              .image = {s_x0_stride, 0}, .count = 1, .plane = in_plane,
              .positions = rows * pitch, .pitch = pitch, .columns = in_w};
          s.wanted = &wanted;
          float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
          s.line = 0;
          s.result = tile_data;
          s.row_stride = tile_stride;
          for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
            s.last = s.tile + even_part(all - s.tile, 8);
            strip_multiply(&s, strip_tile_any);
            s.soon = 0;
            const int64_t row = strip_row(&s, s.tile), rows_here = strip_row(&s, s.last) - row;
            for (int64_t r = 0; r < rows_here; ++r) {
              const float s_k0 = s_table[(first_input + row + r) * 3 + 0];
              const float s_k1 = s_table[(first_input + row + r) * 3 + 1];
              const float s_k2 = s_table[(first_input + row + r) * 3 + 2];
              double s_s0_total = 0;
              double s_s1_total = 0;
              for (int64_t n = 0; n < images_here; ++n)
                for (int64_t line = 0; line < lines_here; ++line) {
                  const int64_t h = jh + line - pad_h;
                  if (h < 0 || h >= in_h) continue;
                  {
                    const int64_t count = greatest(0, s.end - begin);
                    const int64_t element = (first_input + row + r) * in_plane + ((d * in_h + jh + line - pad_h) * in_w + w_first + begin);
                    const float *s_x0 = s_x0_base + (n0 + n) * s_x0_stride + element;
                    float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
                    const float *value = tile_data + r * tile_stride + (n * rows + line) * pitch + begin;
                    vec s_s0_lanes = {0};
                    vec s_s1_lanes = {0};
                    int64_t i = 0;
                    for (; i + LANES <= count; i += LANES) {
                      const vec given = load(i + value);
                      const vec s_x0_i = load(i + s_x0);
                      const vec s_t0 = (s_x0_i - s_k2) * s_k0 + s_k1;
                      const vec s_t1 = relu_of(s_t0);
                      const vec s_t2 = positive_of(s_t1, given);
                      const vec s_t3 = s_t2 * s_k0;
                      s_s0_lanes += s_t2;
                      s_s1_lanes += (s_x0_i - s_k2) * s_t2;
                      store(i + s_y0, s_t3);
                    }
                    if (i < count) {
                      const int64_t some = count - i;
                      const vec given = load_some(some, i + value);
                      const vec s_x0_i = load_some(some, i + s_x0);
                      const vec s_t0 = (s_x0_i - s_k2) * s_k0 + s_k1;
                      const vec s_t1 = relu_of(s_t0);
                      const vec s_t2 = positive_of(s_t1, given);
                      const vec s_t3 = s_t2 * s_k0;
                      s_s0_lanes += some_lanes(some, s_t2);
                      s_s1_lanes += some_lanes(some, (s_x0_i - s_k2) * s_t2);
                      store_some(some, i + s_y0, s_t3);
                    }
                    s_s0_total += (double)lanes_total(&s_s0_lanes);
                    s_s1_total += (double)lanes_total(&s_s1_lanes);
                  }
                }
              double *part_of_sums = parts_of_sums + ((tile) * groups * inputs + (first_input + row + r)) * 2;
              part_of_sums[0] = s_s0_total;
              part_of_sums[1] = s_s1_total;
            }
          }
        }
  }
}

/* convolution_backward: gradient of a 1x1 convolution's input of add, moments_gradient, then normalize, relu, relu_gradient, normalize_input_gradient, add, normalize_reduce, and partial gradients of its weights of relu, normalize, [range][input][output]; a task is a range of images.
   Used by train_8 %142 … (3 rows). */
static NOINLINE void kernel_convolution_backward(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_x1_base = at(c, a[2]);
  const int64_t l_x1_stride = a[3];
  const float *l_v0 = at(c, a[4]);
  const int64_t l_pitch0 = a[5];
  const int64_t l_f0 = a[6];
  const float *l_v1 = at(c, a[7]);
  const int64_t l_scratch = a[8];
  const float *r_x0_base = at(c, a[10]);
  const int64_t r_x0_stride = a[11];
  const float *r_v0 = at(c, a[12]);
  const float *r_v1 = at(c, a[13]);
  const int64_t r_pitch0 = a[14];
  const double r_f0 = wide(a[15]);
  const float *r_v2 = at(c, a[16]);
  const int64_t r_scratch = a[17];
  const float *w = at(c, a[19]);
  const float *s_x0_base = at(c, a[20]);
  const int64_t s_x0_stride = a[21];
  const float *s_x1_base = at(c, a[22]);
  const int64_t s_x1_stride = a[23];
  const float *s_v0 = at(c, a[24]);
  const float *s_v1 = at(c, a[25]);
  const int64_t s_pitch0 = a[26];
  const double s_f0 = wide(a[27]);
  const float *s_v2 = at(c, a[28]);
  float *s_y0_base = at(c, a[29]);
  const int64_t s_y0_stride = a[30];
  double *parts_of_sums = (double *)(void *)at(c, a[31]);
  const int64_t s_scratch = a[32];
  const int64_t scratch_tile = a[33];
  const int64_t tile_stride = a[34];
  float *parts = at(c, a[35]);
  const int64_t images = a[36];
  const int64_t inputs = a[37];
  const int64_t outputs = a[38];
  const int64_t positions = a[39];
  const int64_t pitch = a[41];
  const int64_t channel_stride = a[42];
  const int64_t tiles_w = a[43];
  const int64_t tiles_n = a[44];
  const int64_t ranges = a[45];
  const int64_t width = a[46];
  const int64_t block = a[47];
  const int64_t scratch_tap = a[48];
  const int64_t scratch_line = a[49];
  const int64_t scratch_data = a[50];
  const int64_t scratch_image = a[51];
  const int64_t scratch_right = a[52];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *data_x = (float *)(void *)(c->scratch + scratch_image);
  float *right = (float *)(void *)(c->scratch + scratch_right);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < outputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] / (double)l_f0);
    l_table[channel * 3 + 1] = (float)(2.0 * (double)l_v0[l_pitch0 + channel] / (double)l_f0);
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  float *r_table = (float *)(void *)(c->scratch + r_scratch);
  for (int64_t channel = 0; channel < inputs; ++channel) {
    r_table[channel * 3 + 0] = (float)((double)r_v0[channel] * (1.0 / sqrt((double)r_v1[r_pitch0 + channel] + r_f0)));
    r_table[channel * 3 + 1] = r_v2[channel];
    r_table[channel * 3 + 2] = r_v1[channel];
  }
  float *s_table = (float *)(void *)(c->scratch + s_scratch);
  for (int64_t channel = 0; channel < inputs; ++channel) {
    s_table[channel * 3 + 0] = (float)((double)s_v0[channel] * (1.0 / sqrt((double)s_v1[s_pitch0 + channel] + s_f0)));
    s_table[channel * 3 + 1] = s_v2[channel];
    s_table[channel * 3 + 2] = s_v1[channel];
  }
  tap[0] = 0;
  const struct panels panels = panels_of(inputs);
  for (int64_t task = first; task < last; ++task) {
    float *target_part = parts + task * inputs * width;
    const int64_t stop = (task + 1) * tiles_n / ranges * tiles_w;
    int more = 0;
    for (int64_t tile = task * tiles_n / ranges * tiles_w; tile < stop; ++tile) {
      const int64_t tile_w = tile % tiles_w, line_vectors = (positions + LANES - 1) / LANES;
      const int64_t w0 = cut(line_vectors, tiles_w, tile_w) * LANES;
      const int64_t columns_here = least(positions, cut(line_vectors, tiles_w, tile_w + 1) * LANES) - w0;
      const int64_t tile_n = tile / tiles_w;
      const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
      {
        const int64_t ahead = (4096 + positions - 1) / positions * positions;
        for (int64_t channel = 0; channel < outputs; ++channel) {
          float *target = data + channel * channel_stride;
          const float l_k0 = l_table[(0 + channel) * 3 + 0];
          const float l_k1 = l_table[(0 + channel) * 3 + 1];
          const float l_k2 = l_table[(0 + channel) * 3 + 2];
          for (int64_t n = 0; n < images_here; ++n, target += pitch) {
            {
              const int64_t count = columns_here;
              const int64_t element = (0 + channel) * positions + (w0);
              const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
              const float *l_x1 = l_x1_base + (n0 + n) * l_x1_stride + element;
              float *result = target;
              int64_t i = 0;
              for (; i + LANES <= count; i += LANES) {
                PREFETCH(i + l_x0 + ahead);
                PREFETCH(i + l_x1 + ahead);
                const vec l_x0_i = load(i + l_x0);
                const vec l_x1_i = load(i + l_x1);
                const vec l_t0 = l_k0 + (l_x1_i - l_k2) * l_k1;
                const vec l_t1 = l_x0_i + l_t0;
                store(i + result, l_t1);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec l_x0_i = load_some(some, i + l_x0);
                const vec l_x1_i = load_some(some, i + l_x1);
                const vec l_t0 = l_k0 + (l_x1_i - l_k2) * l_k1;
                const vec l_t1 = l_x0_i + l_t0;
                store_some(some, i + result, l_t1);
              }
            }
          }
        }
      }
      struct strip s = {
          .data = data, .channels = outputs, .channel_stride = channel_stride, .tap = tap, .taps = 1, .weights = w,
          .rows = inputs, .block = block, .panels = panels, .bias = 0, .tile = 0, .last = panels.tiles,
          .positions = (images_here - 1) * pitch + columns_here, .pitch = pitch,
          .begin = 0, .end = columns_here, .step = 1};
      const struct wanted wanted = {
          .operand = {s_x0_base + n0 * s_x0_stride + (0) * positions + w0, s_x1_base + n0 * s_x1_stride + (0) * positions + w0},
          .image = {s_x0_stride, s_x1_stride}, .count = 2 - (s_x1_base == r_x0_base), .plane = positions,
          .positions = pitch, .pitch = pitch, .columns = pitch};
      s.wanted = wanted.count > 0 ? &wanted : 0;
      float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
      s.line = 0;
      s.result = tile_data;
      s.row_stride = tile_stride;
      for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
        s.last = s.tile + even_part(all - s.tile, 8);
        strip_multiply(&s, strip_tile_any);
        s.soon = 0;
        const int64_t row = strip_row(&s, s.tile), rows_here = strip_row(&s, s.last) - row;
        for (int64_t r = 0; r < rows_here; ++r) {
          const float s_k0 = s_table[(row + r) * 3 + 0];
          const float s_k1 = s_table[(row + r) * 3 + 1];
          const float s_k2 = s_table[(row + r) * 3 + 2];
          double s_s0_total = 0;
          double s_s1_total = 0;
          for (int64_t n = 0; n < images_here; ++n) {
            {
              const int64_t count = s.end;
              const int64_t element = (row + r) * positions + (w0);
              const float *s_x0 = s_x0_base + (n0 + n) * s_x0_stride + element;
              const float *s_x1 = s_x1_base + (n0 + n) * s_x1_stride + element;
              float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
              const float *value = tile_data + r * tile_stride + n * pitch;
              vec s_s0_lanes = {0};
              vec s_s1_lanes = {0};
              int64_t i = 0;
              for (; i + LANES <= count; i += LANES) {
                const vec given = load(i + value);
                const vec s_x0_i = load(i + s_x0);
                const vec s_x1_i = load(i + s_x1);
                const vec s_t0 = (s_x1_i - s_k2) * s_k0 + s_k1;
                const vec s_t1 = relu_of(s_t0);
                const vec s_t2 = positive_of(s_t1, given);
                const vec s_t3 = s_t2 * s_k0;
                const vec s_t4 = s_x0_i + s_t3;
                s_s0_lanes += s_t2;
                s_s1_lanes += (s_x1_i - s_k2) * s_t2;
                store(i + s_y0, s_t4);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec given = load_some(some, i + value);
                const vec s_x0_i = load_some(some, i + s_x0);
                const vec s_x1_i = load_some(some, i + s_x1);
                const vec s_t0 = (s_x1_i - s_k2) * s_k0 + s_k1;
                const vec s_t1 = relu_of(s_t0);
                const vec s_t2 = positive_of(s_t1, given);
                const vec s_t3 = s_t2 * s_k0;
                const vec s_t4 = s_x0_i + s_t3;
                s_s0_lanes += some_lanes(some, s_t2);
                s_s1_lanes += some_lanes(some, (s_x1_i - s_k2) * s_t2);
                store_some(some, i + s_y0, s_t4);
              }
              s_s0_total += (double)lanes_total(&s_s0_lanes);
              s_s1_total += (double)lanes_total(&s_s1_lanes);
            }
          }
          double *part_of_sums = parts_of_sums + ((tile) * inputs + (row + r)) * 2;
          part_of_sums[0] = s_s0_total;
          part_of_sums[1] = s_s1_total;
        }
      }
      /* dy with outputs in lanes; positions outside the image are left out */
      int64_t count = 0;
      for (int64_t n = 0; n < images_here; ++n) {
        lines[count] = n * pitch;
        transpose(data + n * pitch, channel_stride, outputs, s.end, right + count++ * s.end * width, width);
      }
      /* meanwhile each block of rows asks for some of what the next tile is made of */
      const int64_t after = least(tile + 1, last * tiles_n / ranges * tiles_w - 1);
      const int64_t image_after = cut(images, tiles_n, after / tiles_w);
      const int64_t position_after = cut(line_vectors, tiles_w, after % tiles_w) * LANES;
      /* each block of rows is packed just before it is multiplied, and stays in the first-level cache until then;
         the epilogue has stored its results by now, none of them over x, which is read whole (KernelForm) */
      const int64_t most = least(8, 12 / least(3, width / LANES));
      for (int64_t k = 0; k < inputs;) {
        const int count_rows = (int)even_part(inputs - k, most);
        {
          const int64_t ahead = (4096 + positions - 1) / positions * positions;
          for (int64_t channel = 0; channel < count_rows; ++channel) {
            float *target = data_x + channel * channel_stride;
            const float r_k0 = r_table[(k + channel) * 3 + 0];
            const float r_k1 = r_table[(k + channel) * 3 + 1];
            const float r_k2 = r_table[(k + channel) * 3 + 2];
            for (int64_t n = 0; n < images_here; ++n, target += pitch) {
              {
                const int64_t count = columns_here;
                const int64_t element = (k + channel) * positions + (w0);
                const float *r_x0 = r_x0_base + (n0 + n) * r_x0_stride + element;
                float *result = target;
                int64_t i = 0;
                for (; i + LANES <= count; i += LANES) {
                  PREFETCH(i + r_x0 + ahead);
                  const vec r_x0_i = load(i + r_x0);
                  const vec r_t0 = (r_x0_i - r_k2) * r_k0 + r_k1;
                  const vec r_t1 = relu_of(r_t0);
                  store(i + result, r_t1);
                }
                if (i < count) {
                  const int64_t some = count - i;
                  const vec r_x0_i = load_some(some, i + r_x0);
                  const vec r_t0 = (r_x0_i - r_k2) * r_k0 + r_k1;
                  const vec r_t1 = relu_of(r_t0);
                  store_some(some, i + result, r_t1);
                }
              }
            }
          }
        }
        const float *source_rows[8];
        for (int r = 0; r < count_rows; ++r) source_rows[r] = data_x + r * channel_stride;
        struct ask asks[32];
        int64_t asked = 0;
        for (int64_t row = k; row < k + count_rows && asked + 1 <= 32; ++row) {
          asks[asked++] = (struct ask){r_x0_base + image_after * r_x0_stride + row * positions + position_after, r_x0_stride};
        }
        for (int64_t row = k * outputs / inputs; row < (k + count_rows) * outputs / inputs && asked + 2 <= 32; ++row) {
          asks[asked++] = (struct ask){l_x0_base + image_after * l_x0_stride + row * positions + position_after, l_x0_stride};
          asks[asked++] = (struct ask){l_x1_base + image_after * l_x1_stride + row * positions + position_after, l_x1_stride};
        }
        for (int64_t output = 0, begun = 0; output < width;) {
          const int vectors = (int)least(3, (width - output) / LANES);
          /* each register tile asks for as much as it multiplies of the whole */
          const int64_t end = asked * (output + vectors * LANES) / width;
          outer_tile_any(count_rows, vectors, source_rows, lines, count, s.end, right + output, width,
                         target_part + k * width + output, more, asks + begun, end - begun);
          output += vectors * LANES;
          begun = end;
        }
        k += count_rows;
      }
      more = 1;
    }
  }
}

/* convolution_backward_2: gradient of a 1x1 convolution's input of add, moments_gradient, and partial gradients of its weights, [range][input][output]; a task is a range of images.
   Used by train_8 %154 … (2 rows). */
static NOINLINE void kernel_convolution_backward_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_x1_base = at(c, a[2]);
  const int64_t l_x1_stride = a[3];
  const float *l_v0 = at(c, a[4]);
  const int64_t l_pitch0 = a[5];
  const int64_t l_f0 = a[6];
  const float *l_v1 = at(c, a[7]);
  const int64_t l_scratch = a[8];
  const float *x = at(c, a[10]);
  const int64_t x_stride = a[11];
  const float *w = at(c, a[12]);
  float *s_y0_base = at(c, a[13]);
  const int64_t s_y0_stride = a[14];
  const int64_t scratch_tile = a[15];
  const int64_t tile_stride = a[16];
  float *parts = at(c, a[17]);
  const int64_t images = a[18];
  const int64_t inputs = a[19];
  const int64_t outputs = a[20];
  const int64_t positions = a[21];
  const int64_t pitch = a[23];
  const int64_t channel_stride = a[24];
  const int64_t tiles_w = a[25];
  const int64_t tiles_n = a[26];
  const int64_t ranges = a[27];
  const int64_t width = a[28];
  const int64_t block = a[29];
  const int64_t scratch_tap = a[30];
  const int64_t scratch_line = a[31];
  const int64_t scratch_data = a[32];
  const int64_t scratch_image = a[33];
  const int64_t scratch_right = a[34];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *data_x = (float *)(void *)(c->scratch + scratch_image);
  float *right = (float *)(void *)(c->scratch + scratch_right);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < outputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] / (double)l_f0);
    l_table[channel * 3 + 1] = (float)(2.0 * (double)l_v0[l_pitch0 + channel] / (double)l_f0);
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  tap[0] = 0;
  const struct panels panels = panels_of(inputs);
  for (int64_t task = first; task < last; ++task) {
    float *target_part = parts + task * inputs * width;
    const int64_t stop = (task + 1) * tiles_n / ranges * tiles_w;
    int more = 0;
    for (int64_t tile = task * tiles_n / ranges * tiles_w; tile < stop; ++tile) {
      const int64_t tile_w = tile % tiles_w, line_vectors = (positions + LANES - 1) / LANES;
      const int64_t w0 = cut(line_vectors, tiles_w, tile_w) * LANES;
      const int64_t columns_here = least(positions, cut(line_vectors, tiles_w, tile_w + 1) * LANES) - w0;
      const int64_t tile_n = tile / tiles_w;
      const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
      {
        const int64_t ahead = (4096 + positions - 1) / positions * positions;
        for (int64_t channel = 0; channel < outputs; ++channel) {
          float *target = data + channel * channel_stride;
          const float l_k0 = l_table[(0 + channel) * 3 + 0];
          const float l_k1 = l_table[(0 + channel) * 3 + 1];
          const float l_k2 = l_table[(0 + channel) * 3 + 2];
          for (int64_t n = 0; n < images_here; ++n, target += pitch) {
            {
              const int64_t count = columns_here;
              const int64_t element = (0 + channel) * positions + (w0);
              const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
              const float *l_x1 = l_x1_base + (n0 + n) * l_x1_stride + element;
              float *result = target;
              int64_t i = 0;
              for (; i + LANES <= count; i += LANES) {
                PREFETCH(i + l_x0 + ahead);
                PREFETCH(i + l_x1 + ahead);
                const vec l_x0_i = load(i + l_x0);
                const vec l_x1_i = load(i + l_x1);
                const vec l_t0 = l_k0 + (l_x1_i - l_k2) * l_k1;
                const vec l_t1 = l_x0_i + l_t0;
                store(i + result, l_t1);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec l_x0_i = load_some(some, i + l_x0);
                const vec l_x1_i = load_some(some, i + l_x1);
                const vec l_t0 = l_k0 + (l_x1_i - l_k2) * l_k1;
                const vec l_t1 = l_x0_i + l_t0;
                store_some(some, i + result, l_t1);
              }
            }
          }
        }
      }
      struct strip s = {
          .data = data, .channels = outputs, .channel_stride = channel_stride, .tap = tap, .taps = 1, .weights = w,
          .rows = inputs, .block = block, .panels = panels, .bias = 0, .tile = 0, .last = panels.tiles,
          .positions = (images_here - 1) * pitch + columns_here, .pitch = pitch,
          .begin = 0, .end = columns_here, .step = 1};
      float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
      s.line = 0;
      s.result = tile_data;
      s.row_stride = tile_stride;
      for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
        s.last = s.tile + even_part(all - s.tile, 8);
        strip_multiply(&s, strip_tile_any);
        s.soon = 0;
        const int64_t row = strip_row(&s, s.tile), rows_here = strip_row(&s, s.last) - row;
        for (int64_t r = 0; r < rows_here; ++r) {
          for (int64_t n = 0; n < images_here; ++n) {
            {
              const int64_t count = s.end;
              const int64_t element = (row + r) * positions + (w0);
              float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
              const float *value = tile_data + r * tile_stride + n * pitch;
              int64_t i = 0;
              for (; i + LANES <= count; i += LANES) {
                const vec given = load(i + value);
                store(i + s_y0, given);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec given = load_some(some, i + value);
                store_some(some, i + s_y0, given);
              }
            }
          }
        }
      }
      /* dy with outputs in lanes; positions outside the image are left out */
      int64_t count = 0;
      for (int64_t n = 0; n < images_here; ++n) {
        lines[count] = n * pitch;
        transpose(data + n * pitch, channel_stride, outputs, s.end, right + count++ * s.end * width, width);
      }
      /* meanwhile each block of rows asks for some of what the next tile is made of */
      const int64_t after = least(tile + 1, last * tiles_n / ranges * tiles_w - 1);
      const int64_t image_after = cut(images, tiles_n, after / tiles_w);
      const int64_t position_after = cut(line_vectors, tiles_w, after % tiles_w) * LANES;
      /* each block of rows is packed just before it is multiplied, and stays in the first-level cache until then;
         the epilogue has stored its results by now, none of them over x, which is read whole (KernelForm) */
      const int64_t most = least(8, 12 / least(3, width / LANES));
      for (int64_t k = 0; k < inputs;) {
        const int count_rows = (int)even_part(inputs - k, most);
        {
          const int64_t ahead = (4096 + positions - 1) / positions * positions;
          (void)ahead;
          for (int64_t channel = 0; channel < count_rows; ++channel) {
            float *target = data_x + channel * channel_stride;

            for (int64_t n = 0; n < images_here; ++n, target += pitch) {
              copy_run(target, x + (n0 + n) * x_stride + (k + channel) * positions + w0, columns_here);
            }
          }
        }
        const float *source_rows[8];
        for (int r = 0; r < count_rows; ++r) source_rows[r] = data_x + r * channel_stride;
        struct ask asks[32];
        int64_t asked = 0;
        for (int64_t row = k; row < k + count_rows && asked + 1 <= 32; ++row) {
          asks[asked++] = (struct ask){x + image_after * x_stride + row * positions + position_after, x_stride};
        }
        for (int64_t row = k * outputs / inputs; row < (k + count_rows) * outputs / inputs && asked + 2 <= 32; ++row) {
          asks[asked++] = (struct ask){l_x0_base + image_after * l_x0_stride + row * positions + position_after, l_x0_stride};
          asks[asked++] = (struct ask){l_x1_base + image_after * l_x1_stride + row * positions + position_after, l_x1_stride};
        }
        for (int64_t output = 0, begun = 0; output < width;) {
          const int vectors = (int)least(3, (width - output) / LANES);
          /* each register tile asks for as much as it multiplies of the whole */
          const int64_t end = asked * (output + vectors * LANES) / width;
          outer_tile_any(count_rows, vectors, source_rows, lines, count, s.end, right + output, width,
                         target_part + k * width + output, more, asks + begun, end - begun);
          output += vectors * LANES;
          begun = end;
        }
        k += count_rows;
      }
      more = 1;
    }
  }
}

/* convolution_backward_data_2: gradient of a convolution's input of add, moments_gradient, then normalize, relu, relu_gradient, normalize_input_gradient, normalize_reduce; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %169. */
static NOINLINE void kernel_convolution_backward_data_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const int64_t l_pitch0 = a[3];
  const int64_t l_f0 = a[4];
  const float *l_v1 = at(c, a[5]);
  const float *l_x1_base = at(c, a[6]);
  const int64_t l_x1_stride = a[7];
  const int64_t l_scratch = a[8];
  const float *w = at(c, a[10]);
  const float *s_x0_base = at(c, a[11]);
  const int64_t s_x0_stride = a[12];
  const float *s_v0 = at(c, a[13]);
  const float *s_v1 = at(c, a[14]);
  const int64_t s_pitch0 = a[15];
  const double s_f0 = wide(a[16]);
  const float *s_v2 = at(c, a[17]);
  float *s_y0_base = at(c, a[18]);
  const int64_t s_y0_stride = a[19];
  double *parts_of_sums = (double *)(void *)at(c, a[20]);
  const int64_t s_scratch = a[21];
  const int64_t scratch_tile = a[22];
  const int64_t tile_stride = a[23];
  const int64_t images = a[24];
  const int64_t groups = a[25];
  const int64_t inputs = a[26];
  const int64_t outputs = a[27];
  const int64_t in_d = a[28];
  const int64_t in_h = a[29];
  const int64_t in_w = a[30];
  const int64_t out_d = a[31];
  const int64_t out_h = a[32];
  const int64_t out_w = a[33];
  const int64_t size_d = a[34];
  const int64_t size_h = a[35];
  const int64_t size_w = a[36];
  const int64_t step_d = a[37];
  const int64_t step_h = a[38];
  const int64_t step_w = a[39];
  const int64_t far_d = a[40];
  const int64_t far_h = a[41];
  const int64_t far_w = a[42];
  const int64_t pad_d = a[43];
  const int64_t pad_w = a[45];
  const int64_t tile_images = a[46];
  const int64_t tile_lines = a[47];
  const int64_t rows = a[49];
  const int64_t pitch = a[50];
  const int64_t channel_stride = a[51];
  const int64_t tiles_n = a[52];
  const int64_t tiles_d = a[53];
  const int64_t tiles_h = a[54];
  const int64_t tiles_w = a[55];
  const int64_t first_d = a[56];
  const int64_t first_h = a[57];
  const int64_t first_w = a[58];
  const int64_t count_h = a[59];
  const int64_t shift_h = a[62];
  const int64_t shift_w = a[63];
  const int64_t block = a[64];
  const int64_t scratch_tap = a[65];
  const int64_t scratch_data = a[67];
  const int64_t scratch_phase = a[68];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * outputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] / (double)l_f0);
    l_table[channel * 3 + 1] = (float)(2.0 * (double)l_v0[l_pitch0 + channel] / (double)l_f0);
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  float *s_table = (float *)(void *)(c->scratch + s_scratch);
  for (int64_t channel = 0; channel < groups * inputs; ++channel) {
    s_table[channel * 3 + 0] = (float)((double)s_v0[channel] * (1.0 / sqrt((double)s_v1[s_pitch0 + channel] + s_f0)));
    s_table[channel * 3 + 1] = s_v2[channel];
    s_table[channel * 3 + 2] = s_v1[channel];
  }
  const int64_t plane = tile_images * rows * pitch, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w;
  /* the taps of each phase, phase after phase, and how many there are */
  int64_t *phase_taps = (int64_t *)(void *)(c->scratch + scratch_phase);
  {
    int64_t taps = 0, phase = 0;
    for (int64_t fd = 0; fd < step_d; ++fd)
      for (int64_t fh = 0; fh < step_h; ++fh)
        for (int64_t fw = 0; fw < step_w; ++fw, ++phase) {
          const int64_t before = taps;
          for (int64_t kd = 0; kd < size_d; ++kd)
            for (int64_t kh = 0; kh < size_h; ++kh)
              for (int64_t kw = 0; kw < size_w; ++kw)
                if (kd * far_d % step_d == fd && kh * far_h % step_h == fh && kw * far_w % step_w == fw) {
                tap[taps++] = (size_w - 1 - kw) * plane + (shift_h - kh * far_h) * pitch;
                }
          phase_taps[phase] = taps - before;
        }
  }
  const struct panels panels = panels_of(inputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t h0 = cut(count_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(count_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t jd = first_d + d0, jh = first_h + h0, jw = first_w;
    const int64_t first_output = group * outputs;
    {
      const int64_t plane = tile_images * rows * pitch, still = (shift_w - pad_w) / far_w;
      const int64_t at_line = jh - shift_h, rows_here = rows - tile_lines + lines_here;
      const int64_t begin = least(greatest(0, -at_line), rows_here);
      const int64_t end = greatest(begin, least(rows_here, out_h - at_line));
      const int64_t ahead = (4096 + out_plane - 1) / out_plane * out_plane;
      for (int64_t channel = 0; channel < outputs; ++channel) {
        float *target = data + channel * channel_stride;
        const float l_k0 = l_table[(first_output + channel) * 3 + 0];
        const float l_k1 = l_table[(first_output + channel) * 3 + 1];
        const float l_k2 = l_table[(first_output + channel) * 3 + 2];
        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          float *image = target + still * plane + begin * pitch;
          if (begin < end) {
            {
              const int64_t count = (end - begin) * out_w;
              const int64_t element = (first_output + channel) * out_plane + ((at_line + begin) * out_w);
              const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
              const float *l_x1 = l_x1_base + (n0 + n) * l_x1_stride + element;
              float *result = image;
              int64_t i = 0;
              for (; i + LANES <= count; i += LANES) {
                PREFETCH(i + l_x0 + ahead);
                PREFETCH(i + l_x1 + ahead);
                const vec l_x0_i = load(i + l_x0);
                const vec l_t0 = l_k0 + (l_x0_i - l_k2) * l_k1;
                const vec l_x1_i = load(i + l_x1);
                const vec l_t1 = l_t0 + l_x1_i;
                store(i + result, l_t1);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec l_x0_i = load_some(some, i + l_x0);
                const vec l_t0 = l_k0 + (l_x0_i - l_k2) * l_k1;
                const vec l_x1_i = load_some(some, i + l_x1);
                const vec l_t1 = l_t0 + l_x1_i;
                store_some(some, i + result, l_t1);
              }
            }
          }
          for (int64_t k = 0; k < size_w; ++k) {
            float *copy = target + k * plane;
            if (k != still) shift_lines(copy + begin * pitch, image, end - begin, pitch, (k - still) * far_w);
            clear_run(copy, begin * pitch);
            clear_run(copy + end * pitch, (rows_here - end) * pitch);

          }
        }
      }
    }
    const int64_t first_input = group * inputs;
    const float *weights = w;
    const int64_t *phase_tap = tap, *phase_count = phase_taps;
    int64_t taps = 0;
    for (int64_t fd = 0; fd < step_d; ++fd)
      for (int64_t fh = 0; fh < step_h; ++fh)
        for (int64_t fw = 0; fw < step_w; ++fw) {
          phase_tap += taps;
          taps = *phase_count++;
          const float *phase = weights + first_input * outputs * taps;
          weights += groups * inputs * outputs * taps;
          const int64_t d = jd * step_d + fd - pad_d, w_first = jw * step_w + fw - pad_w;
          if (d < 0 || d >= in_d) continue;
          /* columns j with 0 <= w_first + j * step_w < in_w */
          const int64_t begin = w_first < 0 ? (-w_first + step_w - 1) / step_w : 0;
          const int64_t end = w_first < in_w ? (in_w - w_first + step_w - 1) / step_w : 0;
          struct strip s = {
              .data = data, .channels = outputs, .channel_stride = channel_stride, .tap = phase_tap, .taps = taps,
              .weights = phase, .rows = inputs, .block = block,
              .panels = panels, .bias = 0, .tile = from,
              .last = from + next - task,
              .positions = ((images_here - 1) * rows + lines_here) * pitch,
              .pitch = rows * pitch, .begin = begin,
              .end = lines_here * end, .step = step_w};
          const int64_t after = next < last ? next / parts / groups : tile;
          const int64_t image_after = cut(images, tiles_n, after / tiles_w / tiles_h / tiles_d);
          const int64_t position_after = cut(count_h, tiles_h, after / tiles_w % tiles_h) * out_w, channel_after = next / parts % groups * outputs;
          const struct wanted soon = {
              .operand = {l_x0_base + image_after * l_x0_stride + (channel_after) * out_plane + position_after, l_x1_base + image_after * l_x1_stride + (channel_after) * out_plane + position_after},
              .image = {l_x0_stride, l_x1_stride}, .count = 2, .plane = out_plane,
              .positions = s.pitch, .pitch = out_w, .columns = out_w};
          s.soon = next < last ? &soon : 0;
          const struct wanted wanted = {
              .operand = {s_x0_base + n0 * s_x0_stride + (first_input) * in_plane + h0 * in_w, 0},
              .image = {s_x0_stride, 0}, .count = 1, .plane = in_plane,
              .positions = s.pitch, .pitch = in_w, .columns = in_w};
          s.wanted = &wanted;
          float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
          s.line = 0;
          s.result = tile_data;
          s.row_stride = tile_stride;
          for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
            s.last = s.tile + even_part(all - s.tile, 8);
            strip_multiply(&s, strip_tile_any);
            s.soon = 0;
            const int64_t row = strip_row(&s, s.tile), rows_here = strip_row(&s, s.last) - row;
            for (int64_t r = 0; r < rows_here; ++r) {
              const float s_k0 = s_table[(first_input + row + r) * 3 + 0];
              const float s_k1 = s_table[(first_input + row + r) * 3 + 1];
              const float s_k2 = s_table[(first_input + row + r) * 3 + 2];
              double s_s0_total = 0;
              double s_s1_total = 0;
              for (int64_t n = 0; n < images_here; ++n) {
                {
                  const int64_t count = s.end;
                  const int64_t element = (first_input + row + r) * in_plane + (h0 * in_w);
                  const float *s_x0 = s_x0_base + (n0 + n) * s_x0_stride + element;
                  float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
                  const float *value = tile_data + r * tile_stride + n * s.pitch;
                  vec s_s0_lanes = {0};
                  vec s_s1_lanes = {0};
                  int64_t i = 0;
                  for (; i + LANES <= count; i += LANES) {
                    const vec given = load(i + value);
                    const vec s_x0_i = load(i + s_x0);
                    const vec s_t0 = (s_x0_i - s_k2) * s_k0 + s_k1;
                    const vec s_t1 = relu_of(s_t0);
                    const vec s_t2 = positive_of(s_t1, given);
                    const vec s_t3 = s_t2 * s_k0;
                    s_s0_lanes += s_t2;
                    s_s1_lanes += (s_x0_i - s_k2) * s_t2;
                    store(i + s_y0, s_t3);
                  }
                  if (i < count) {
                    const int64_t some = count - i;
                    const vec given = load_some(some, i + value);
                    const vec s_x0_i = load_some(some, i + s_x0);
                    const vec s_t0 = (s_x0_i - s_k2) * s_k0 + s_k1;
                    const vec s_t1 = relu_of(s_t0);
                    const vec s_t2 = positive_of(s_t1, given);
                    const vec s_t3 = s_t2 * s_k0;
                    s_s0_lanes += some_lanes(some, s_t2);
                    s_s1_lanes += some_lanes(some, (s_x0_i - s_k2) * s_t2);
                    store_some(some, i + s_y0, s_t3);
                  }
                  s_s0_total += (double)lanes_total(&s_s0_lanes);
                  s_s1_total += (double)lanes_total(&s_s1_lanes);
                }
              }
              double *part_of_sums = parts_of_sums + ((tile) * groups * inputs + (first_input + row + r)) * 2;
              part_of_sums[0] = s_s0_total;
              part_of_sums[1] = s_s1_total;
            }
          }
        }
  }
}

/* convolution_backward_data_3: gradient of a convolution's input of add, moments_gradient, then normalize, relu, relu_gradient, normalize_input_gradient, normalize_reduce; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %206. */
static NOINLINE void kernel_convolution_backward_data_3(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const int64_t l_pitch0 = a[3];
  const int64_t l_f0 = a[4];
  const float *l_v1 = at(c, a[5]);
  const float *l_x1_base = at(c, a[6]);
  const int64_t l_x1_stride = a[7];
  const int64_t l_scratch = a[8];
  const float *w = at(c, a[10]);
  const float *s_x0_base = at(c, a[11]);
  const int64_t s_x0_stride = a[12];
  const float *s_v0 = at(c, a[13]);
  const float *s_v1 = at(c, a[14]);
  const int64_t s_pitch0 = a[15];
  const double s_f0 = wide(a[16]);
  const float *s_v2 = at(c, a[17]);
  float *s_y0_base = at(c, a[18]);
  const int64_t s_y0_stride = a[19];
  double *parts_of_sums = (double *)(void *)at(c, a[20]);
  const int64_t s_scratch = a[21];
  const int64_t scratch_tile = a[22];
  const int64_t tile_stride = a[23];
  const int64_t images = a[24];
  const int64_t groups = a[25];
  const int64_t inputs = a[26];
  const int64_t outputs = a[27];
  const int64_t in_d = a[28];
  const int64_t in_h = a[29];
  const int64_t in_w = a[30];
  const int64_t out_d = a[31];
  const int64_t out_h = a[32];
  const int64_t out_w = a[33];
  const int64_t size_d = a[34];
  const int64_t size_h = a[35];
  const int64_t size_w = a[36];
  const int64_t step_d = a[37];
  const int64_t step_h = a[38];
  const int64_t step_w = a[39];
  const int64_t far_d = a[40];
  const int64_t far_h = a[41];
  const int64_t far_w = a[42];
  const int64_t pad_d = a[43];
  const int64_t pad_w = a[45];
  const int64_t tile_images = a[46];
  const int64_t tile_lines = a[47];
  const int64_t tile_columns = a[48];
  const int64_t rows = a[49];
  const int64_t pitch = a[50];
  const int64_t channel_stride = a[51];
  const int64_t tiles_n = a[52];
  const int64_t tiles_d = a[53];
  const int64_t tiles_h = a[54];
  const int64_t tiles_w = a[55];
  const int64_t first_d = a[56];
  const int64_t first_h = a[57];
  const int64_t first_w = a[58];
  const int64_t count_h = a[59];
  const int64_t shift_h = a[62];
  const int64_t shift_w = a[63];
  const int64_t block = a[64];
  const int64_t scratch_tap = a[65];
  const int64_t scratch_data = a[67];
  const int64_t scratch_phase = a[68];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * outputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] / (double)l_f0);
    l_table[channel * 3 + 1] = (float)(2.0 * (double)l_v0[l_pitch0 + channel] / (double)l_f0);
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  float *s_table = (float *)(void *)(c->scratch + s_scratch);
  for (int64_t channel = 0; channel < groups * inputs; ++channel) {
    s_table[channel * 3 + 0] = (float)((double)s_v0[channel] * (1.0 / sqrt((double)s_v1[s_pitch0 + channel] + s_f0)));
    s_table[channel * 3 + 1] = s_v2[channel];
    s_table[channel * 3 + 2] = s_v1[channel];
  }
  const int64_t plane = tile_images * rows * pitch, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w;
  /* the taps of each phase, phase after phase, and how many there are */
  int64_t *phase_taps = (int64_t *)(void *)(c->scratch + scratch_phase);
  {
    int64_t taps = 0, phase = 0;
    for (int64_t fd = 0; fd < step_d; ++fd)
      for (int64_t fh = 0; fh < step_h; ++fh)
        for (int64_t fw = 0; fw < step_w; ++fw, ++phase) {
          const int64_t before = taps;
          for (int64_t kd = 0; kd < size_d; ++kd)
            for (int64_t kh = 0; kh < size_h; ++kh)
              for (int64_t kw = 0; kw < size_w; ++kw)
                if (kd * far_d % step_d == fd && kh * far_h % step_h == fh && kw * far_w % step_w == fw) {
                tap[taps++] = kd * far_d / step_d * plane + (shift_h - kh * far_h / step_h) * pitch + shift_w -
                              kw * far_w / step_w;
                }
          phase_taps[phase] = taps - before;
        }
  }
  int64_t *vector = tap + size_h * size_w;
  for (int64_t n = 0, v = 0; n < tile_images; ++n)
    for (int64_t line = 0; line < tile_lines; ++line)
      for (int64_t w = 0; w < tile_columns; w += LANES) vector[v++] = (n * rows + line) * pitch + w;
  clear_gaps(data, outputs, channel_stride, tile_images * rows, pitch, shift_w - first_w, out_w);
  const struct panels panels = panels_of(inputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t h0 = cut(count_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(count_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t jd = first_d + d0, jh = first_h + h0, jw = first_w;
    const int64_t first_output = group * outputs;
    {
      const int64_t at_line = jh - shift_h, rows_here = rows - tile_lines + lines_here;
      const int64_t begin = least(greatest(0, -at_line), rows_here);
      const int64_t end = greatest(begin, least(rows_here, out_h - at_line));
      const int64_t ahead = (4096 + out_plane - 1) / out_plane * out_plane;
      for (int64_t channel = 0; channel < outputs; ++channel) {
        float *target = data + channel * channel_stride;
        const float l_k0 = l_table[(first_output + channel) * 3 + 0];
        const float l_k1 = l_table[(first_output + channel) * 3 + 1];
        const float l_k2 = l_table[(first_output + channel) * 3 + 2];
        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          clear_run(target, begin * pitch);

          float *line = target + begin * pitch + shift_w - jw;
          if (begin < end) {
            {
              const int64_t count = out_w;
              const int64_t element = (first_output + channel) * out_plane + ((at_line + begin) * out_w);
              const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
              const float *l_x1 = l_x1_base + (n0 + n) * l_x1_stride + element;
              float *result = line;
              for (int64_t left = end - begin; left > 0; --left, l_x0 += count, l_x1 += count, result += pitch) {
              int64_t i = 0;
              for (; i + LANES <= count; i += LANES) {
                PREFETCH(i + l_x0 + ahead);
                PREFETCH(i + l_x1 + ahead);
                const vec l_x0_i = load(i + l_x0);
                const vec l_t0 = l_k0 + (l_x0_i - l_k2) * l_k1;
                const vec l_x1_i = load(i + l_x1);
                const vec l_t1 = l_t0 + l_x1_i;
                store(i + result, l_t1);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec l_x0_i = load_some(some, i + l_x0);
                const vec l_t0 = l_k0 + (l_x0_i - l_k2) * l_k1;
                const vec l_x1_i = load_some(some, i + l_x1);
                const vec l_t1 = l_t0 + l_x1_i;
                store_some(some, i + result, l_t1);
              }
              }
            }
          }
          clear_run(target + end * pitch, (rows_here - end) * pitch);
        }
      }
    }
    const int64_t first_input = group * inputs;
    const float *weights = w;
    const int64_t *phase_tap = tap, *phase_count = phase_taps;
    int64_t taps = 0;
    for (int64_t fd = 0; fd < step_d; ++fd)
      for (int64_t fh = 0; fh < step_h; ++fh)
        for (int64_t fw = 0; fw < step_w; ++fw) {
          phase_tap += taps;
          taps = *phase_count++;
          const float *phase = weights + first_input * outputs * taps;
          weights += groups * inputs * outputs * taps;
          const int64_t d = jd * step_d + fd - pad_d, w_first = jw * step_w + fw - pad_w;
          if (d < 0 || d >= in_d) continue;
          /* columns j with 0 <= w_first + j * step_w < in_w */
          const int64_t begin = w_first < 0 ? (-w_first + step_w - 1) / step_w : 0;
          const int64_t end = w_first < in_w ? (in_w - w_first + step_w - 1) / step_w : 0;
          struct strip s = {
              .data = data, .channels = outputs, .channel_stride = channel_stride, .tap = phase_tap, .taps = taps,
              .weights = phase, .rows = inputs, .block = block,
              .panels = panels, .bias = 0, .tile = from,
              .last = from + next - task,
              .positions = images_here * lines_here * tile_columns,
              .pitch = tile_lines * tile_columns, .vector = vector, .begin = begin,
              .end = lines_here * end, .step = step_w};
          const int64_t after = next < last ? next / parts / groups : tile;
          const int64_t image_after = cut(images, tiles_n, after / tiles_w / tiles_h / tiles_d);
          const int64_t position_after = cut(count_h, tiles_h, after / tiles_w % tiles_h) * out_w, channel_after = next / parts % groups * outputs;
          const struct wanted soon = {
              .operand = {l_x0_base + image_after * l_x0_stride + (channel_after) * out_plane + position_after, l_x1_base + image_after * l_x1_stride + (channel_after) * out_plane + position_after},
              .image = {l_x0_stride, l_x1_stride}, .count = 2, .plane = out_plane,
              .positions = s.pitch, .pitch = out_w, .columns = out_w};
          s.soon = next < last ? &soon : 0;
          const struct wanted wanted = {
              .operand = {s_x0_base + n0 * s_x0_stride + (first_input) * in_plane + h0 * in_w, 0},
              .image = {s_x0_stride, 0}, .count = 1, .plane = in_plane,
              .positions = s.pitch, .pitch = in_w, .columns = in_w};
          s.wanted = &wanted;
          float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
          s.line = 0;
          s.result = tile_data;
          s.row_stride = tile_stride;
          for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
            s.last = s.tile + even_part(all - s.tile, 8);
            strip_multiply(&s, strip_tile_any);
            s.soon = 0;
            const int64_t row = strip_row(&s, s.tile), rows_here = strip_row(&s, s.last) - row;
            for (int64_t r = 0; r < rows_here; ++r) {
              const float s_k0 = s_table[(first_input + row + r) * 3 + 0];
              const float s_k1 = s_table[(first_input + row + r) * 3 + 1];
              const float s_k2 = s_table[(first_input + row + r) * 3 + 2];
              double s_s0_total = 0;
              double s_s1_total = 0;
              for (int64_t n = 0; n < images_here; ++n) {
                {
                  const int64_t count = s.end;
                  const int64_t element = (first_input + row + r) * in_plane + (h0 * in_w);
                  const float *s_x0 = s_x0_base + (n0 + n) * s_x0_stride + element;
                  float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
                  const float *value = tile_data + r * tile_stride + n * s.pitch;
                  vec s_s0_lanes = {0};
                  vec s_s1_lanes = {0};
                  int64_t i = 0;
                  for (; i + LANES <= count; i += LANES) {
                    const vec given = load(i + value);
                    const vec s_x0_i = load(i + s_x0);
                    const vec s_t0 = (s_x0_i - s_k2) * s_k0 + s_k1;
                    const vec s_t1 = relu_of(s_t0);
                    const vec s_t2 = positive_of(s_t1, given);
                    const vec s_t3 = s_t2 * s_k0;
                    s_s0_lanes += s_t2;
                    s_s1_lanes += (s_x0_i - s_k2) * s_t2;
                    store(i + s_y0, s_t3);
                  }
                  if (i < count) {
                    const int64_t some = count - i;
                    const vec given = load_some(some, i + value);
                    const vec s_x0_i = load_some(some, i + s_x0);
                    const vec s_t0 = (s_x0_i - s_k2) * s_k0 + s_k1;
                    const vec s_t1 = relu_of(s_t0);
                    const vec s_t2 = positive_of(s_t1, given);
                    const vec s_t3 = s_t2 * s_k0;
                    s_s0_lanes += some_lanes(some, s_t2);
                    s_s1_lanes += some_lanes(some, (s_x0_i - s_k2) * s_t2);
                    store_some(some, i + s_y0, s_t3);
                  }
                  s_s0_total += (double)lanes_total(&s_s0_lanes);
                  s_s1_total += (double)lanes_total(&s_s1_lanes);
                }
              }
              double *part_of_sums = parts_of_sums + ((tile) * groups * inputs + (first_input + row + r)) * 2;
              part_of_sums[0] = s_s0_total;
              part_of_sums[1] = s_s1_total;
            }
          }
        }
  }
}

/* sum_to_channel: sum over all axes but one; a task is a channel.
   Used by prepare %26 … (6 rows). */
static NOINLINE void kernel_sum_to_channel(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t outer = a[2];
  const int64_t channels = a[3];
  const int64_t inner = a[4];
  for (int64_t channel = first; channel < last; ++channel) {
    double sum = 0;
    for (int64_t image = 0; image < outer; ++image) {
      sum += run_sum(x + (image * channels + channel) * inner, inner);
    }
    result[channel] = (float)sum;
  }
}

enum {
  k_end = 0,
  k_convolution = 1,
  k_convolution_4 = 5,
  k_global_average_pool = 6,
  k_pack_weights = 8,
  k_convolution_5 = 9,
  k_moments_of_parts = 10,
  k_convolution_7 = 13,
  k_convolution_9 = 16,
  k_global_average_pool_2 = 17,
  k_softmax_cross_entropy_both = 18,
  k_convolution_transpose = 26,
  k_convolution_backward_data = 27,
  k_convolution_backward = 30,
  k_convolution_backward_2 = 32,
  k_convolution_backward_data_2 = 34,
  k_convolution_backward_data_3 = 35,
  k_sum_to_channel = 46,
};

__attribute__((visibility("hidden"))) void dense_net_kernels_1(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  (void)c, (void)a, (void)first, (void)last;
  switch (kernel) {
    case k_convolution: kernel_convolution(c, a, first, last); break;
    case k_convolution_4: kernel_convolution_4(c, a, first, last); break;
    case k_global_average_pool: kernel_global_average_pool(c, a, first, last); break;
    case k_pack_weights: kernel_pack_weights(c, a, first, last); break;
    case k_convolution_5: kernel_convolution_5(c, a, first, last); break;
    case k_moments_of_parts: kernel_moments_of_parts(c, a, first, last); break;
    case k_convolution_7: kernel_convolution_7(c, a, first, last); break;
    case k_convolution_9: kernel_convolution_9(c, a, first, last); break;
    case k_global_average_pool_2: kernel_global_average_pool_2(c, a, first, last); break;
    case k_softmax_cross_entropy_both: kernel_softmax_cross_entropy_both(c, a, first, last); break;
    case k_convolution_transpose: kernel_convolution_transpose(c, a, first, last); break;
    case k_convolution_backward_data: kernel_convolution_backward_data(c, a, first, last); break;
    case k_convolution_backward: kernel_convolution_backward(c, a, first, last); break;
    case k_convolution_backward_2: kernel_convolution_backward_2(c, a, first, last); break;
    case k_convolution_backward_data_2: kernel_convolution_backward_data_2(c, a, first, last); break;
    case k_convolution_backward_data_3: kernel_convolution_backward_data_3(c, a, first, last); break;
    case k_sum_to_channel: kernel_sum_to_channel(c, a, first, last); break;
    default: break;
  }
}
