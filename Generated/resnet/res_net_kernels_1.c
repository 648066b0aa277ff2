/* Kernels of res_net, which calls them by their numbers. */

#include "res_net.h"

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
  const struct res_net_arguments *arguments;
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

/* Lines side by side, each shifted along itself, with zeros for what comes from outside. Across the ends of lines it
   reads what the neighbours have there, and replaces it. */
static inline MAYBE_UNUSED void shift_lines(float *to, const float *from, int64_t lines, int64_t width, int64_t shift) {
  copy_run(to, from + shift, lines * width);
  const int64_t outside = least(shift < 0 ? -shift : shift, width), first = shift < 0 ? 0 : width - outside;
  for (int64_t line = 0; line < lines; ++line)
    SHORT for (int64_t i = 0; i < outside; ++i) to[line * width + first + i] = 0;
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

/* The even lanes of x and then y, the odd ones; the first halves of both in turn, the last ones. The even lanes of x
   and then the odd ones of y, which begins with the last lane of x. */
#define even_lanes(x, y) __builtin_shufflevector((x), (y), 0, 2, 4, 6, 8, 10, 12, 14)
#define odd_lanes(x, y) __builtin_shufflevector((x), (y), 1, 3, 5, 7, 9, 11, 13, 15)
#define low_lanes(x, y) __builtin_shufflevector((x), (y), 0, 8, 1, 9, 2, 10, 3, 11)
#define every_other(x, y) __builtin_shufflevector((x), (y), 0, 2, 4, 6, 9, 11, 13, 15)
#define high_lanes(x, y) __builtin_shufflevector((x), (y), 4, 12, 5, 13, 6, 14, 7, 15)

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

/* What a strip of convolution hands its results to: values from its first image, channel and position on. */
struct convolution_results {
  int64_t result_plane;
  float *s_y0_base;
  int64_t s_y0_stride;
};

/* A register tile that does not lie in whole vectors of one image. */
static NOINLINE void convolution_some(const struct strip *s, int rows, int64_t row, int64_t position, int64_t width,
                                  const float *tile) {
  const struct convolution_results *results = s->results;
  const int64_t result_plane = results->result_plane;
  float *const s_y0_base = results->s_y0_base;
  const int64_t s_y0_stride = results->s_y0_stride;
  const int64_t stop = least(position + width, s->positions);
  for (int64_t p = position, n = position / s->pitch; p < stop; p = ++n * s->pitch) {
    const int64_t column = p - n * s->pitch, here = least(s->end - column, stop - p);
    for (int r = 0; r < rows; ++r) {
      {
        const int64_t count = here;
        const int64_t element = (row + r) * result_plane + (column);
        float *s_y0 = s_y0_base + (n) * s_y0_stride + element;
        const float *value = tile + r * width + (p - position);
        int64_t i = 0;
        for (; i + LANES <= count; i += LANES) {
          const vec given = load(i + value);
          const vec s_t0 = relu_of(given);
          store(i + s_y0, s_t0);
        }
        if (i < count) {
          const int64_t some = count - i;
          const vec given = load_some(some, i + value);
          const vec s_t0 = relu_of(given);
          store_some(some, i + s_y0, s_t0);
        }
      }
    }
  }
}

/* A register tile whose results are computed from the sums in their registers. */
static ALWAYS_INLINE void convolution_tile(const int rows, const int vectors, const struct strip *s, int64_t row,
                                       int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  vec sum[4][3];
  strip_sums(rows, vectors, s, row, position, channel, end, asked, sum);
  if (end < s->channels) {
    strip_leave(rows, vectors, s, row, position, sum);
    return;
  }
  const int64_t n = position < s->pitch ? 0 : position / s->pitch, column = position - n * s->pitch;
  if (column + vectors * LANES <= s->end) {
    const struct convolution_results *results = s->results;
    const int64_t result_plane = results->result_plane;
    float *const s_y0_base = results->s_y0_base;
    const int64_t s_y0_stride = results->s_y0_stride;
    UNROLL for (int r = 0; r < rows; ++r) {
      float *s_y0 = s_y0_base + n * s_y0_stride + (row + r) * result_plane + column;
      UNROLL for (int v = 0; v < vectors; ++v) {
        const vec given = sum[r][v];
        const vec s_t0 = relu_of(given);
        store(v * LANES + s_y0, s_t0);
      }
    }
    return;
  }
  float tile[96];
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v) store(tile + (r * vectors + v) * LANES, sum[r][v]);
  convolution_some(s, rows, row, position, vectors * LANES, tile);
}
static NOINLINE void convolution_tile_1_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(1, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_2_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(2, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_3_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(3, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_4_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(4, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_1_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(1, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_2_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(2, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_3_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(3, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_4_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(4, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_1_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(1, 3, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_2_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(2, 3, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_3_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(3, 3, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_tile_4_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_tile(4, 3, s, row, position, channel, end, asked);
}
static inline void convolution_tile_any(int rows, int vectors, const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  switch (vectors * 32 + rows) {
    case 33: convolution_tile_1_1(s, row, position, channel, end, asked); break;
    case 34: convolution_tile_2_1(s, row, position, channel, end, asked); break;
    case 35: convolution_tile_3_1(s, row, position, channel, end, asked); break;
    case 36: convolution_tile_4_1(s, row, position, channel, end, asked); break;
    case 65: convolution_tile_1_2(s, row, position, channel, end, asked); break;
    case 66: convolution_tile_2_2(s, row, position, channel, end, asked); break;
    case 67: convolution_tile_3_2(s, row, position, channel, end, asked); break;
    case 68: convolution_tile_4_2(s, row, position, channel, end, asked); break;
    case 97: convolution_tile_1_3(s, row, position, channel, end, asked); break;
    case 98: convolution_tile_2_3(s, row, position, channel, end, asked); break;
    case 99: convolution_tile_3_3(s, row, position, channel, end, asked); break;
    case 100: convolution_tile_4_3(s, row, position, channel, end, asked); break;
  }
}
/* convolution: cross-correlation with bias, then relu; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %8 … (2 rows), infer_8 %8 … (2 rows). */
static NOINLINE void kernel_convolution(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const int64_t x_stride = a[1];
  const float *w = at(c, a[2]);
  const float *bias = at(c, a[3]);
  float *s_y0_base = at(c, a[4]);
  const int64_t s_y0_stride = a[5];
  const int64_t scratch_tile = a[6];
  const int64_t tile_stride = a[7];
  const int64_t images = a[8];
  const int64_t groups = a[9];
  const int64_t inputs = a[10];
  const int64_t outputs = a[11];
  const int64_t in_d = a[12];
  const int64_t in_h = a[13];
  const int64_t in_w = a[14];
  const int64_t out_d = a[15];
  const int64_t out_h = a[16];
  const int64_t out_w = a[17];
  const int64_t size_d = a[18];
  const int64_t size_h = a[19];
  const int64_t size_w = a[20];
  const int64_t far_h = a[25];
  const int64_t far_w = a[26];
  const int64_t pad_h = a[28];
  const int64_t pad_w = a[29];
  const int64_t tile_images = a[30];
  const int64_t tile_lines = a[31];
  const int64_t tile_columns = a[32];
  const int64_t rows = a[33];
  const int64_t pitch = a[34];
  const int64_t channel_stride = a[35];
  const int64_t tiles_n = a[36];
  const int64_t tiles_d = a[37];
  const int64_t tiles_h = a[38];
  const int64_t tiles_w = a[39];
  const int64_t block = a[40];
  const int64_t scratch_tap = a[41];
  const int64_t scratch_data = a[43];
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
    const struct wanted behind = {
        .operand = {w + groups * outputs * terms, 0}, .image = {0, 0}, .count = 1, .plane = s.positions, .positions = INT64_MAX, .pitch = 1,
        .columns = 1};
    s.soon = next < last ? &soon : &behind;
    const struct convolution_results results = {.result_plane = out_plane, .s_y0_base = s_y0_base + n0 * s_y0_stride + (first_output) * out_plane + h0 * out_w, .s_y0_stride = s_y0_stride};
    s.results = &results;
    float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
    s.line = 0;
    s.result = tile_data;
    s.row_stride = tile_stride;
    for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
      s.last = s.tile + even_part(all - s.tile, 8);
      strip_multiply(&s, convolution_tile_any);
      s.soon = 0;

    }
  }
}

/* What a strip of convolution_2 hands its results to: values from its first image, channel and position on. */
struct convolution_2_results {
  int64_t result_plane;
  const float *s_x0_base;
  int64_t s_x0_stride;
  float *s_y0_base;
  int64_t s_y0_stride;
};

/* A register tile that does not lie in whole vectors of one image. */
static NOINLINE void convolution_2_some(const struct strip *s, int rows, int64_t row, int64_t position, int64_t width,
                                  const float *tile) {
  const struct convolution_2_results *results = s->results;
  const int64_t result_plane = results->result_plane;
  const float *const s_x0_base = results->s_x0_base;
  const int64_t s_x0_stride = results->s_x0_stride;
  float *const s_y0_base = results->s_y0_base;
  const int64_t s_y0_stride = results->s_y0_stride;
  const int64_t stop = least(position + width, s->positions);
  for (int64_t p = position, n = position / s->pitch; p < stop; p = ++n * s->pitch) {
    const int64_t column = p - n * s->pitch, here = least(s->end - column, stop - p);
    for (int r = 0; r < rows; ++r) {
      {
        const int64_t count = here;
        const int64_t element = (row + r) * result_plane + (column);
        const float *s_x0 = s_x0_base + (n) * s_x0_stride + element;
        float *s_y0 = s_y0_base + (n) * s_y0_stride + element;
        const float *value = tile + r * width + (p - position);
        int64_t i = 0;
        for (; i + LANES <= count; i += LANES) {
          const vec given = load(i + value);
          const vec s_x0_i = load(i + s_x0);
          const vec s_t0 = s_x0_i + given;
          const vec s_t1 = relu_of(s_t0);
          store(i + s_y0, s_t1);
        }
        if (i < count) {
          const int64_t some = count - i;
          const vec given = load_some(some, i + value);
          const vec s_x0_i = load_some(some, i + s_x0);
          const vec s_t0 = s_x0_i + given;
          const vec s_t1 = relu_of(s_t0);
          store_some(some, i + s_y0, s_t1);
        }
      }
    }
  }
}

/* A register tile whose results are computed from the sums in their registers. */
static ALWAYS_INLINE void convolution_2_tile(const int rows, const int vectors, const struct strip *s, int64_t row,
                                       int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  vec sum[4][3];
  strip_sums(rows, vectors, s, row, position, channel, end, asked, sum);
  if (end < s->channels) {
    strip_leave(rows, vectors, s, row, position, sum);
    return;
  }
  const int64_t n = position < s->pitch ? 0 : position / s->pitch, column = position - n * s->pitch;
  if (column + vectors * LANES <= s->end) {
    const struct convolution_2_results *results = s->results;
    const int64_t result_plane = results->result_plane;
    const float *const s_x0_base = results->s_x0_base;
    const int64_t s_x0_stride = results->s_x0_stride;
    float *const s_y0_base = results->s_y0_base;
    const int64_t s_y0_stride = results->s_y0_stride;
    UNROLL for (int r = 0; r < rows; ++r) {
      const float *s_x0 = s_x0_base + n * s_x0_stride + (row + r) * result_plane + column;
      float *s_y0 = s_y0_base + n * s_y0_stride + (row + r) * result_plane + column;
      UNROLL for (int v = 0; v < vectors; ++v) {
        const vec given = sum[r][v];
        const vec s_x0_i = load(v * LANES + s_x0);
        const vec s_t0 = s_x0_i + given;
        const vec s_t1 = relu_of(s_t0);
        store(v * LANES + s_y0, s_t1);
      }
    }
    return;
  }
  float tile[96];
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v) store(tile + (r * vectors + v) * LANES, sum[r][v]);
  convolution_2_some(s, rows, row, position, vectors * LANES, tile);
}
static NOINLINE void convolution_2_tile_1_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(1, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_2_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(2, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_3_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(3, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_4_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(4, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_1_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(1, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_2_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(2, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_3_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(3, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_4_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(4, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_1_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(1, 3, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_2_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(2, 3, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_3_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(3, 3, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_2_tile_4_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_2_tile(4, 3, s, row, position, channel, end, asked);
}
static inline void convolution_2_tile_any(int rows, int vectors, const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  switch (vectors * 32 + rows) {
    case 33: convolution_2_tile_1_1(s, row, position, channel, end, asked); break;
    case 34: convolution_2_tile_2_1(s, row, position, channel, end, asked); break;
    case 35: convolution_2_tile_3_1(s, row, position, channel, end, asked); break;
    case 36: convolution_2_tile_4_1(s, row, position, channel, end, asked); break;
    case 65: convolution_2_tile_1_2(s, row, position, channel, end, asked); break;
    case 66: convolution_2_tile_2_2(s, row, position, channel, end, asked); break;
    case 67: convolution_2_tile_3_2(s, row, position, channel, end, asked); break;
    case 68: convolution_2_tile_4_2(s, row, position, channel, end, asked); break;
    case 97: convolution_2_tile_1_3(s, row, position, channel, end, asked); break;
    case 98: convolution_2_tile_2_3(s, row, position, channel, end, asked); break;
    case 99: convolution_2_tile_3_3(s, row, position, channel, end, asked); break;
    case 100: convolution_2_tile_4_3(s, row, position, channel, end, asked); break;
  }
}
/* convolution_2: cross-correlation with bias, then add, relu; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %26, infer_8 %26. */
static NOINLINE void kernel_convolution_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const int64_t x_stride = a[1];
  const float *w = at(c, a[2]);
  const float *bias = at(c, a[3]);
  const float *s_x0_base = at(c, a[4]);
  const int64_t s_x0_stride = a[5];
  float *s_y0_base = at(c, a[6]);
  const int64_t s_y0_stride = a[7];
  const int64_t scratch_tile = a[8];
  const int64_t tile_stride = a[9];
  const int64_t images = a[10];
  const int64_t groups = a[11];
  const int64_t inputs = a[12];
  const int64_t outputs = a[13];
  const int64_t in_d = a[14];
  const int64_t in_h = a[15];
  const int64_t in_w = a[16];
  const int64_t out_d = a[17];
  const int64_t out_h = a[18];
  const int64_t out_w = a[19];
  const int64_t size_d = a[20];
  const int64_t size_h = a[21];
  const int64_t size_w = a[22];
  const int64_t far_h = a[27];
  const int64_t far_w = a[28];
  const int64_t pad_h = a[30];
  const int64_t pad_w = a[31];
  const int64_t tile_images = a[32];
  const int64_t tile_lines = a[33];
  const int64_t tile_columns = a[34];
  const int64_t rows = a[35];
  const int64_t pitch = a[36];
  const int64_t channel_stride = a[37];
  const int64_t tiles_n = a[38];
  const int64_t tiles_d = a[39];
  const int64_t tiles_h = a[40];
  const int64_t tiles_w = a[41];
  const int64_t block = a[42];
  const int64_t scratch_tap = a[43];
  const int64_t scratch_data = a[45];
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
    const struct wanted behind = {
        .operand = {w + groups * outputs * terms, 0}, .image = {0, 0}, .count = 1, .plane = s.positions, .positions = INT64_MAX, .pitch = 1,
        .columns = 1};
    s.soon = next < last ? &soon : &behind;
    const struct wanted wanted = {
        .operand = {s_x0_base + n0 * s_x0_stride + (first_output) * out_plane + h0 * out_w, 0},
        .image = {s_x0_stride, 0}, .count = 1, .plane = out_plane,
        .positions = s.pitch, .pitch = out_w, .columns = out_w};
    s.wanted = &wanted;
    const struct convolution_2_results results = {.result_plane = out_plane, .s_x0_base = s_x0_base + n0 * s_x0_stride + (first_output) * out_plane + h0 * out_w, .s_x0_stride = s_x0_stride, .s_y0_base = s_y0_base + n0 * s_y0_stride + (first_output) * out_plane + h0 * out_w, .s_y0_stride = s_y0_stride};
    s.results = &results;
    float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
    s.line = 0;
    s.result = tile_data;
    s.row_stride = tile_stride;
    for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
      s.last = s.tile + even_part(all - s.tile, 8);
      strip_multiply(&s, convolution_2_tile_any);
      s.soon = 0;

    }
  }
}

/* convolution_3: cross-correlation with bias; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %45, infer_8 %45. */
static NOINLINE void kernel_convolution_3(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = w * tile_images * rows * pitch + h * far_h * pitch;
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
      const int64_t plane = tile_images * rows * pitch, still = pad_w / far_w;
      const int64_t at_line = h0 - pad_h, rows_here = rows - tile_lines + lines_here;
      const int64_t begin = least(greatest(0, -at_line), rows_here);
      const int64_t end = greatest(begin, least(rows_here, in_h - at_line));
      const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
      (void)ahead;
      for (int64_t channel = 0; channel < channels; ++channel) {
        float *target = data + channel * channel_stride;

        for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
          float *image = target + still * plane + begin * pitch;
          if (begin < end) {
            copy_run(image, x + (n0 + n) * x_stride + (first_channel + channel) * in_plane + (at_line + begin) * in_w, (end - begin) * in_w);
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
      for (int64_t n = 0; n < images_here; ++n)
        lines[n] = n * result_stride + h0 * out_w;
    const int64_t first_output = group * outputs;
    struct strip s = {
        .data = data, .channels = inputs, .channel_stride = channel_stride, .tap = tap,
        .taps = size_d * size_h * size_w, .weights = w + first_output * terms, .rows = outputs, .block = block,
        .panels = panels, .bias = bias ? bias + first_output : 0, .tile = from,
        .last = from + next - task,
        .positions = ((images_here - 1) * rows + lines_here) * pitch,
        .pitch = rows * pitch, .begin = 0,
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

/* convolution_4: cross-correlation with bias, then moments; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %2. */
static NOINLINE void kernel_convolution_4(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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

/* convolution_5: cross-correlation with bias of relu, normalize, then moments; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %13 … (2 rows). */
static NOINLINE void kernel_convolution_5(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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

/* convolution_6: cross-correlation with bias of relu, normalize, then moments; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %47. */
static NOINLINE void kernel_convolution_6(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = w * tile_images * rows * pitch + h * far_h * pitch;
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
      const int64_t plane = tile_images * rows * pitch, still = pad_w / far_w;
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
          float *image = target + still * plane + begin * pitch;
          if (begin < end) {
            {
              const int64_t count = (end - begin) * in_w;
              const int64_t element = (first_channel + channel) * in_plane + ((at_line + begin) * in_w);
              const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
              float *result = image;
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
          for (int64_t k = 0; k < size_w; ++k) {
            float *copy = target + k * plane;
            if (k != still) shift_lines(copy + begin * pitch, image, end - begin, pitch, (k - still) * far_w);
            clear_run(copy, begin * pitch);
            clear_run(copy + end * pitch, (rows_here - end) * pitch);

          }
        }
      }
    }
    const int64_t first_output = group * outputs;
    struct strip s = {
        .data = data, .channels = inputs, .channel_stride = channel_stride, .tap = tap,
        .taps = size_d * size_h * size_w, .weights = w + first_output * terms, .rows = outputs, .block = block,
        .panels = panels, .bias = bias ? bias + first_output : 0, .tile = from,
        .last = from + next - task,
        .positions = ((images_here - 1) * rows + lines_here) * pitch,
        .pitch = rows * pitch, .begin = 0,
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

/* convolution_backward_data: gradient of a convolution's input of add, moments_gradient, normalize_input_gradient, then normalize, relu, relu_gradient, normalize_input_gradient, normalize_reduce; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %107. */
static NOINLINE void kernel_convolution_backward_data(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const float *l_v1 = at(c, a[3]);
  const int64_t l_pitch0 = a[4];
  const double l_f0 = wide(a[5]);
  const float *l_x1_base = at(c, a[6]);
  const int64_t l_x1_stride = a[7];
  const float *l_v2 = at(c, a[8]);
  const int64_t l_pitch1 = a[9];
  const int64_t l_f1 = a[10];
  const int64_t l_scratch = a[11];
  const float *w = at(c, a[13]);
  const float *s_x0_base = at(c, a[14]);
  const int64_t s_x0_stride = a[15];
  const float *s_v0 = at(c, a[16]);
  const float *s_v1 = at(c, a[17]);
  const int64_t s_pitch0 = a[18];
  const double s_f0 = wide(a[19]);
  const float *s_v2 = at(c, a[20]);
  float *s_y0_base = at(c, a[21]);
  const int64_t s_y0_stride = a[22];
  double *parts_of_sums = (double *)(void *)at(c, a[23]);
  const int64_t s_scratch = a[24];
  const int64_t scratch_tile = a[25];
  const int64_t tile_stride = a[26];
  const int64_t images = a[27];
  const int64_t groups = a[28];
  const int64_t inputs = a[29];
  const int64_t outputs = a[30];
  const int64_t in_d = a[31];
  const int64_t in_h = a[32];
  const int64_t in_w = a[33];
  const int64_t out_d = a[34];
  const int64_t out_h = a[35];
  const int64_t out_w = a[36];
  const int64_t size_d = a[37];
  const int64_t size_h = a[38];
  const int64_t size_w = a[39];
  const int64_t step_d = a[40];
  const int64_t step_h = a[41];
  const int64_t step_w = a[42];
  const int64_t far_d = a[43];
  const int64_t far_h = a[44];
  const int64_t far_w = a[45];
  const int64_t pad_d = a[46];
  const int64_t pad_h = a[47];
  const int64_t pad_w = a[48];
  const int64_t tile_images = a[49];
  const int64_t tile_lines = a[50];
  const int64_t rows = a[52];
  const int64_t pitch = a[53];
  const int64_t channel_stride = a[54];
  const int64_t tiles_n = a[55];
  const int64_t tiles_d = a[56];
  const int64_t tiles_h = a[57];
  const int64_t tiles_w = a[58];
  const int64_t first_d = a[59];
  const int64_t first_h = a[60];
  const int64_t first_w = a[61];
  const int64_t count_h = a[62];
  const int64_t count_w = a[63];
  const int64_t shift_h = a[65];
  const int64_t shift_w = a[66];
  const int64_t block = a[67];
  const int64_t scratch_tap = a[68];
  const int64_t scratch_data = a[70];
  const int64_t scratch_phase = a[71];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * outputs; ++channel) {
    l_table[channel * 4 + 0] = (float)((double)l_v0[channel] * (1.0 / sqrt((double)l_v1[l_pitch0 + channel] + l_f0)));
    l_table[channel * 4 + 1] = (float)((double)l_v2[channel] / (double)l_f1);
    l_table[channel * 4 + 2] = (float)(2.0 * (double)l_v2[l_pitch1 + channel] / (double)l_f1);
    l_table[channel * 4 + 3] = l_v1[channel];
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
        const float l_k0 = l_table[(first_output + channel) * 4 + 0];
        const float l_k1 = l_table[(first_output + channel) * 4 + 1];
        const float l_k2 = l_table[(first_output + channel) * 4 + 2];
        const float l_k3 = l_table[(first_output + channel) * 4 + 3];
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
                const vec l_t0 = l_x0_i * l_k0;
                const vec l_x1_i = load(i + l_x1);
                const vec l_t1 = l_k1 + (l_x1_i - l_k3) * l_k2;
                const vec l_t2 = l_t0 + l_t1;
                store(i + result, l_t2);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec l_x0_i = load_some(some, i + l_x0);
                const vec l_t0 = l_x0_i * l_k0;
                const vec l_x1_i = load_some(some, i + l_x1);
                const vec l_t1 = l_k1 + (l_x1_i - l_k3) * l_k2;
                const vec l_t2 = l_t0 + l_t1;
                store_some(some, i + result, l_t2);
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

/* convolution_backward_data_2: gradient of a convolution's input of add, moments_gradient; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %117 … (2 rows). */
static NOINLINE void kernel_convolution_backward_data_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_x1_base = at(c, a[2]);
  const int64_t l_x1_stride = a[3];
  const float *l_v0 = at(c, a[4]);
  const int64_t l_pitch0 = a[5];
  const int64_t l_f0 = a[6];
  const float *l_v1 = at(c, a[7]);
  const int64_t l_scratch = a[8];
  const float *w = at(c, a[10]);
  float *result = at(c, a[11]);
  const int64_t result_stride = a[12];
  const int64_t images = a[13];
  const int64_t groups = a[14];
  const int64_t inputs = a[15];
  const int64_t outputs = a[16];
  const int64_t in_d = a[17];
  const int64_t in_h = a[18];
  const int64_t in_w = a[19];
  const int64_t out_d = a[20];
  const int64_t out_h = a[21];
  const int64_t out_w = a[22];
  const int64_t size_d = a[23];
  const int64_t size_h = a[24];
  const int64_t size_w = a[25];
  const int64_t step_d = a[26];
  const int64_t step_h = a[27];
  const int64_t step_w = a[28];
  const int64_t far_d = a[29];
  const int64_t far_h = a[30];
  const int64_t far_w = a[31];
  const int64_t pad_d = a[32];
  const int64_t pad_h = a[33];
  const int64_t pad_w = a[34];
  const int64_t tile_images = a[35];
  const int64_t rows = a[38];
  const int64_t pitch = a[39];
  const int64_t channel_stride = a[40];
  const int64_t tiles_n = a[41];
  const int64_t tiles_d = a[42];
  const int64_t tiles_h = a[43];
  const int64_t tiles_w = a[44];
  const int64_t first_d = a[45];
  const int64_t first_h = a[46];
  const int64_t first_w = a[47];
  const int64_t count_h = a[48];
  const int64_t count_w = a[49];
  const int64_t shift_d = a[50];
  const int64_t shift_h = a[51];
  const int64_t shift_w = a[52];
  const int64_t block = a[53];
  const int64_t scratch_tap = a[54];
  const int64_t scratch_line = a[55];
  const int64_t scratch_data = a[56];
  const int64_t scratch_phase = a[57];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * outputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] / (double)l_f0);
    l_table[channel * 3 + 1] = (float)(2.0 * (double)l_v0[l_pitch0 + channel] / (double)l_f0);
    l_table[channel * 3 + 2] = l_v1[channel];
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
    float *const whole = 0; /* lines are taken as they are */
    for (int64_t output = 0; output < outputs; ++output) {
      float *target = data + output * channel_stride;
      const float l_k0 = l_table[(first_output + output) * 3 + 0];
      const float l_k1 = l_table[(first_output + output) * 3 + 1];
      const float l_k2 = l_table[(first_output + output) * 3 + 2];
      for (int64_t shift = 0; shift <= shift_d; ++shift) {
        const int64_t d = jd - shift;
        for (int64_t n = 0; n < tile_images; ++n)
          for (int64_t line = 0; line < rows; ++line, target += pitch) {
            const int64_t h = jh + line - shift_h;
            const int inside = d >= 0 && d < out_d && h >= 0 && h < out_h && n0 + n < images;
            {
              const int64_t at_first = jw - shift_w, extent = inside ? out_w : 0;
              int64_t begin = at_first < 0 ? (-at_first + 1 - 1) / 1 : 0;
              int64_t end = extent > at_first ? (extent - at_first + 1 - 1) / 1 : 0;
              begin = least(begin, pitch);
              end = greatest(begin, least(end, pitch));
              SHORT for (int64_t j = 0; j < begin; ++j) target[j] = 0;
              SHORT for (int64_t j = end; j < pitch; ++j) target[j] = 0;
              if (begin < end) {
                const int64_t from = at_first + begin * 1;
                {
                  const int64_t count = 1 == 1 ? end - begin : (end - begin - 1) * 1 + 1;
                  const int64_t element = (first_output + output) * out_plane + ((d * out_h + h) * out_w + from);
                  const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
                  const float *l_x1 = l_x1_base + (n0 + n) * l_x1_stride + element;
                  float *result = 1 == 1 ? target + begin : whole;
                  int64_t i = 0;
                  for (; i + LANES <= count; i += LANES) {
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
                if (1 != 1)
                  for (int64_t j = 0; j < end - begin; ++j) target[begin + j] = whole[j * 1];
              }
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
              .positions = ((images_here - 1) * rows + lines_here - 1) * pitch + columns_here,
              .pitch = pitch, .begin = begin,
              .end = least(columns_here, end), .step = step_w};

          for (int64_t n = 0; n < images_here; ++n)
            for (int64_t line = 0; line < rows; ++line) {
              const int64_t h = (jh + line) * step_h + fh - pad_h;
              lines[n * rows + line] =
                  line < lines_here && h >= 0 && h < in_h ? n * result_stride + (d * in_h + h) * in_w + w_first : NOWHERE;
            }
          s.line = lines;
          s.result = result + n0 * result_stride + (first_input + strip_row(&s, from)) * in_plane;
          s.row_stride = in_plane;
          strip_multiply(&s, strip_tile_any);
        }
  }
}

/* convolution_backward_data_3: gradient of a convolution's input of add, moments_gradient, normalize_input_gradient, then normalize, relu, relu_gradient, normalize_input_gradient, normalize_reduce; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %130. */
static NOINLINE void kernel_convolution_backward_data_3(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const float *l_v1 = at(c, a[3]);
  const int64_t l_pitch0 = a[4];
  const double l_f0 = wide(a[5]);
  const float *l_x1_base = at(c, a[6]);
  const int64_t l_x1_stride = a[7];
  const float *l_v2 = at(c, a[8]);
  const int64_t l_pitch1 = a[9];
  const int64_t l_f1 = a[10];
  const int64_t l_scratch = a[11];
  const float *w = at(c, a[13]);
  const float *s_x0_base = at(c, a[14]);
  const int64_t s_x0_stride = a[15];
  const float *s_v0 = at(c, a[16]);
  const float *s_v1 = at(c, a[17]);
  const int64_t s_pitch0 = a[18];
  const double s_f0 = wide(a[19]);
  const float *s_v2 = at(c, a[20]);
  float *s_y0_base = at(c, a[21]);
  const int64_t s_y0_stride = a[22];
  double *parts_of_sums = (double *)(void *)at(c, a[23]);
  const int64_t s_scratch = a[24];
  const int64_t scratch_tile = a[25];
  const int64_t tile_stride = a[26];
  const int64_t images = a[27];
  const int64_t groups = a[28];
  const int64_t inputs = a[29];
  const int64_t outputs = a[30];
  const int64_t in_d = a[31];
  const int64_t in_h = a[32];
  const int64_t in_w = a[33];
  const int64_t out_d = a[34];
  const int64_t out_h = a[35];
  const int64_t out_w = a[36];
  const int64_t size_d = a[37];
  const int64_t size_h = a[38];
  const int64_t size_w = a[39];
  const int64_t step_d = a[40];
  const int64_t step_h = a[41];
  const int64_t step_w = a[42];
  const int64_t far_d = a[43];
  const int64_t far_h = a[44];
  const int64_t far_w = a[45];
  const int64_t pad_d = a[46];
  const int64_t pad_w = a[48];
  const int64_t tile_images = a[49];
  const int64_t tile_lines = a[50];
  const int64_t rows = a[52];
  const int64_t pitch = a[53];
  const int64_t channel_stride = a[54];
  const int64_t tiles_n = a[55];
  const int64_t tiles_d = a[56];
  const int64_t tiles_h = a[57];
  const int64_t tiles_w = a[58];
  const int64_t first_d = a[59];
  const int64_t first_h = a[60];
  const int64_t first_w = a[61];
  const int64_t count_h = a[62];
  const int64_t shift_h = a[65];
  const int64_t shift_w = a[66];
  const int64_t block = a[67];
  const int64_t scratch_tap = a[68];
  const int64_t scratch_data = a[70];
  const int64_t scratch_phase = a[71];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * outputs; ++channel) {
    l_table[channel * 4 + 0] = (float)((double)l_v0[channel] * (1.0 / sqrt((double)l_v1[l_pitch0 + channel] + l_f0)));
    l_table[channel * 4 + 1] = (float)((double)l_v2[channel] / (double)l_f1);
    l_table[channel * 4 + 2] = (float)(2.0 * (double)l_v2[l_pitch1 + channel] / (double)l_f1);
    l_table[channel * 4 + 3] = l_v1[channel];
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
        const float l_k0 = l_table[(first_output + channel) * 4 + 0];
        const float l_k1 = l_table[(first_output + channel) * 4 + 1];
        const float l_k2 = l_table[(first_output + channel) * 4 + 2];
        const float l_k3 = l_table[(first_output + channel) * 4 + 3];
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
                const vec l_t0 = l_x0_i * l_k0;
                const vec l_x1_i = load(i + l_x1);
                const vec l_t1 = l_k1 + (l_x1_i - l_k3) * l_k2;
                const vec l_t2 = l_t0 + l_t1;
                store(i + result, l_t2);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec l_x0_i = load_some(some, i + l_x0);
                const vec l_t0 = l_x0_i * l_k0;
                const vec l_x1_i = load_some(some, i + l_x1);
                const vec l_t1 = l_k1 + (l_x1_i - l_k3) * l_k2;
                const vec l_t2 = l_t0 + l_t1;
                store_some(some, i + result, l_t2);
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

/* convolution_backward_data_4: gradient of a convolution's input of add, moments_gradient, normalize_input_gradient, then normalize, relu, relu_gradient, normalize_input_gradient, normalize_reduce; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %151. */
static NOINLINE void kernel_convolution_backward_data_4(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const float *l_v1 = at(c, a[3]);
  const int64_t l_pitch0 = a[4];
  const double l_f0 = wide(a[5]);
  const float *l_x1_base = at(c, a[6]);
  const int64_t l_x1_stride = a[7];
  const float *l_v2 = at(c, a[8]);
  const int64_t l_pitch1 = a[9];
  const int64_t l_f1 = a[10];
  const int64_t l_scratch = a[11];
  const float *w = at(c, a[13]);
  const float *s_x0_base = at(c, a[14]);
  const int64_t s_x0_stride = a[15];
  const float *s_v0 = at(c, a[16]);
  const float *s_v1 = at(c, a[17]);
  const int64_t s_pitch0 = a[18];
  const double s_f0 = wide(a[19]);
  const float *s_v2 = at(c, a[20]);
  float *s_y0_base = at(c, a[21]);
  const int64_t s_y0_stride = a[22];
  double *parts_of_sums = (double *)(void *)at(c, a[23]);
  const int64_t s_scratch = a[24];
  const int64_t scratch_tile = a[25];
  const int64_t tile_stride = a[26];
  const int64_t images = a[27];
  const int64_t groups = a[28];
  const int64_t inputs = a[29];
  const int64_t outputs = a[30];
  const int64_t in_d = a[31];
  const int64_t in_h = a[32];
  const int64_t in_w = a[33];
  const int64_t out_d = a[34];
  const int64_t out_h = a[35];
  const int64_t out_w = a[36];
  const int64_t size_d = a[37];
  const int64_t size_h = a[38];
  const int64_t size_w = a[39];
  const int64_t step_d = a[40];
  const int64_t step_h = a[41];
  const int64_t step_w = a[42];
  const int64_t far_d = a[43];
  const int64_t far_h = a[44];
  const int64_t far_w = a[45];
  const int64_t pad_d = a[46];
  const int64_t pad_w = a[48];
  const int64_t tile_images = a[49];
  const int64_t tile_lines = a[50];
  const int64_t tile_columns = a[51];
  const int64_t rows = a[52];
  const int64_t pitch = a[53];
  const int64_t channel_stride = a[54];
  const int64_t tiles_n = a[55];
  const int64_t tiles_d = a[56];
  const int64_t tiles_h = a[57];
  const int64_t tiles_w = a[58];
  const int64_t first_d = a[59];
  const int64_t first_h = a[60];
  const int64_t first_w = a[61];
  const int64_t count_h = a[62];
  const int64_t shift_h = a[65];
  const int64_t shift_w = a[66];
  const int64_t block = a[67];
  const int64_t scratch_tap = a[68];
  const int64_t scratch_data = a[70];
  const int64_t scratch_phase = a[71];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * outputs; ++channel) {
    l_table[channel * 4 + 0] = (float)((double)l_v0[channel] * (1.0 / sqrt((double)l_v1[l_pitch0 + channel] + l_f0)));
    l_table[channel * 4 + 1] = (float)((double)l_v2[channel] / (double)l_f1);
    l_table[channel * 4 + 2] = (float)(2.0 * (double)l_v2[l_pitch1 + channel] / (double)l_f1);
    l_table[channel * 4 + 3] = l_v1[channel];
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
        const float l_k0 = l_table[(first_output + channel) * 4 + 0];
        const float l_k1 = l_table[(first_output + channel) * 4 + 1];
        const float l_k2 = l_table[(first_output + channel) * 4 + 2];
        const float l_k3 = l_table[(first_output + channel) * 4 + 3];
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
                const vec l_t0 = l_x0_i * l_k0;
                const vec l_x1_i = load(i + l_x1);
                const vec l_t1 = l_k1 + (l_x1_i - l_k3) * l_k2;
                const vec l_t2 = l_t0 + l_t1;
                store(i + result, l_t2);
              }
              if (i < count) {
                const int64_t some = count - i;
                const vec l_x0_i = load_some(some, i + l_x0);
                const vec l_t0 = l_x0_i * l_k0;
                const vec l_x1_i = load_some(some, i + l_x1);
                const vec l_t1 = l_k1 + (l_x1_i - l_k3) * l_k2;
                const vec l_t2 = l_t0 + l_t1;
                store_some(some, i + result, l_t2);
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

/* convolution_backward_data_5: gradient of a convolution's input of add, moments_gradient, then add, normalize, relu, relu_gradient, normalize_input_gradient, normalize_reduce; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %161. */
static NOINLINE void kernel_convolution_backward_data_5(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_x1_base = at(c, a[2]);
  const int64_t l_x1_stride = a[3];
  const float *l_v0 = at(c, a[4]);
  const int64_t l_pitch0 = a[5];
  const int64_t l_f0 = a[6];
  const float *l_v1 = at(c, a[7]);
  const int64_t l_scratch = a[8];
  const float *w = at(c, a[10]);
  const float *s_x0_base = at(c, a[11]);
  const int64_t s_x0_stride = a[12];
  const float *s_x1_base = at(c, a[13]);
  const int64_t s_x1_stride = a[14];
  const float *s_v0 = at(c, a[15]);
  const float *s_v1 = at(c, a[16]);
  const int64_t s_pitch0 = a[17];
  const double s_f0 = wide(a[18]);
  const float *s_v2 = at(c, a[19]);
  float *s_y0_base = at(c, a[20]);
  const int64_t s_y0_stride = a[21];
  double *parts_of_sums = (double *)(void *)at(c, a[22]);
  const int64_t s_scratch = a[23];
  const int64_t scratch_tile = a[24];
  const int64_t tile_stride = a[25];
  const int64_t images = a[26];
  const int64_t groups = a[27];
  const int64_t inputs = a[28];
  const int64_t outputs = a[29];
  const int64_t in_d = a[30];
  const int64_t in_h = a[31];
  const int64_t in_w = a[32];
  const int64_t out_d = a[33];
  const int64_t out_h = a[34];
  const int64_t out_w = a[35];
  const int64_t size_d = a[36];
  const int64_t size_h = a[37];
  const int64_t size_w = a[38];
  const int64_t step_d = a[39];
  const int64_t step_h = a[40];
  const int64_t step_w = a[41];
  const int64_t far_d = a[42];
  const int64_t far_h = a[43];
  const int64_t far_w = a[44];
  const int64_t pad_d = a[45];
  const int64_t pad_w = a[47];
  const int64_t tile_images = a[48];
  const int64_t tile_lines = a[49];
  const int64_t tile_columns = a[50];
  const int64_t rows = a[51];
  const int64_t pitch = a[52];
  const int64_t channel_stride = a[53];
  const int64_t tiles_n = a[54];
  const int64_t tiles_d = a[55];
  const int64_t tiles_h = a[56];
  const int64_t tiles_w = a[57];
  const int64_t first_d = a[58];
  const int64_t first_h = a[59];
  const int64_t first_w = a[60];
  const int64_t count_h = a[61];
  const int64_t shift_h = a[64];
  const int64_t shift_w = a[65];
  const int64_t block = a[66];
  const int64_t scratch_tap = a[67];
  const int64_t scratch_data = a[69];
  const int64_t scratch_phase = a[70];
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
              .operand = {s_x0_base + n0 * s_x0_stride + (first_input) * in_plane + h0 * in_w, s_x1_base + n0 * s_x1_stride + (first_input) * in_plane + h0 * in_w},
              .image = {s_x0_stride, s_x1_stride}, .count = 2, .plane = in_plane,
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
                  const float *s_x1 = s_x1_base + (n0 + n) * s_x1_stride + element;
                  float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
                  const float *value = tile_data + r * tile_stride + n * s.pitch;
                  vec s_s0_lanes = {0};
                  vec s_s1_lanes = {0};
                  int64_t i = 0;
                  for (; i + LANES <= count; i += LANES) {
                    const vec given = load(i + value);
                    const vec s_x0_i = load(i + s_x0);
                    const vec s_t0 = s_x0_i + given;
                    const vec s_x1_i = load(i + s_x1);
                    const vec s_t1 = (s_x1_i - s_k2) * s_k0 + s_k1;
                    const vec s_t2 = relu_of(s_t1);
                    const vec s_t3 = positive_of(s_t2, s_t0);
                    const vec s_t4 = s_t3 * s_k0;
                    s_s0_lanes += s_t3;
                    s_s1_lanes += (s_x1_i - s_k2) * s_t3;
                    store(i + s_y0, s_t4);
                  }
                  if (i < count) {
                    const int64_t some = count - i;
                    const vec given = load_some(some, i + value);
                    const vec s_x0_i = load_some(some, i + s_x0);
                    const vec s_t0 = s_x0_i + given;
                    const vec s_x1_i = load_some(some, i + s_x1);
                    const vec s_t1 = (s_x1_i - s_k2) * s_k0 + s_k1;
                    const vec s_t2 = relu_of(s_t1);
                    const vec s_t3 = positive_of(s_t2, s_t0);
                    const vec s_t4 = s_t3 * s_k0;
                    s_s0_lanes += some_lanes(some, s_t3);
                    s_s1_lanes += some_lanes(some, (s_x1_i - s_k2) * s_t3);
                    store_some(some, i + s_y0, s_t4);
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

enum {
  k_end = 0,
  k_convolution = 1,
  k_convolution_2 = 2,
  k_convolution_3 = 4,
  k_convolution_4 = 13,
  k_convolution_5 = 16,
  k_convolution_6 = 19,
  k_convolution_backward_data = 33,
  k_convolution_backward_data_2 = 36,
  k_convolution_backward_data_3 = 39,
  k_convolution_backward_data_4 = 40,
  k_convolution_backward_data_5 = 41,
};

__attribute__((visibility("hidden"))) void res_net_kernels_1(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  (void)c, (void)a, (void)first, (void)last;
  switch (kernel) {
    case k_convolution: kernel_convolution(c, a, first, last); break;
    case k_convolution_2: kernel_convolution_2(c, a, first, last); break;
    case k_convolution_3: kernel_convolution_3(c, a, first, last); break;
    case k_convolution_4: kernel_convolution_4(c, a, first, last); break;
    case k_convolution_5: kernel_convolution_5(c, a, first, last); break;
    case k_convolution_6: kernel_convolution_6(c, a, first, last); break;
    case k_convolution_backward_data: kernel_convolution_backward_data(c, a, first, last); break;
    case k_convolution_backward_data_2: kernel_convolution_backward_data_2(c, a, first, last); break;
    case k_convolution_backward_data_3: kernel_convolution_backward_data_3(c, a, first, last); break;
    case k_convolution_backward_data_4: kernel_convolution_backward_data_4(c, a, first, last); break;
    case k_convolution_backward_data_5: kernel_convolution_backward_data_5(c, a, first, last); break;
    default: break;
  }
}
