/* dense_net: computed by the kernels below, called row by row from the tables at the end. */

#include "dense_net.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>

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
static const int32_t lanes_kept[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
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

/* The sums of a register tile of a strip that has one tap, and of one block of channels nothing but the positions of
   the tile, side by side. */
static ALWAYS_INLINE void timely_sums(const int rows, const int vectors, const struct strip *s, int64_t row,
                                      int64_t position, int64_t channel, int64_t end, const struct runs *asked,
                                      vec sum[4][3]) {
  const int64_t block = end - channel;
  const float *data = s->data, *weight = s->weights + channel * s->rows + row * block;
  struct runs runs;
  begin_asking(asked, &runs);
  strip_begin(rows, vectors, s, row, position, channel, sum);
  int64_t k = 0;
  for (; k + 4 <= block; k += 4) {
    ask_for_run(&runs, vectors * LANES);
    UNROLL for (int i = 0; i < 4; ++i) {
      vec x[3];
      UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(data + v * LANES);
      UNROLL for (int r = 0; r < rows; ++r) {
        const float w = weight[r];
        UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
      }
      weight += rows;
      data += 24;
    }
  }
  for (; k < block; ++k) {
    vec x[3];
    UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(data + v * LANES);
    UNROLL for (int r = 0; r < rows; ++r) {
      const float w = weight[r];
      UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
    }
    weight += rows;
    data += 24;
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

/* The even lanes of x and then y, the odd ones; the first halves of both in turn, the last ones. The even lanes of x
   and then the odd ones of y, which begins with the last lane of x. */
#define even_lanes(x, y) __builtin_shufflevector((x), (y), 0, 2, 4, 6, 8, 10, 12, 14)
#define odd_lanes(x, y) __builtin_shufflevector((x), (y), 1, 3, 5, 7, 9, 11, 13, 15)
#define low_lanes(x, y) __builtin_shufflevector((x), (y), 0, 8, 1, 9, 2, 10, 3, 11)
#define every_other(x, y) __builtin_shufflevector((x), (y), 0, 2, 4, 6, 9, 11, 13, 15)
#define high_lanes(x, y) __builtin_shufflevector((x), (y), 4, 12, 5, 13, 6, 14, 7, 15)

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

/* Lane i of the result is the sum of the lanes of vector i. Of two vectors the halves are added side by side, then
   the quarters of four, and so on. */
static ALWAYS_INLINE void lanes_totals(const vec *v, vec *total) {
  vec by_4[4];
  UNROLL for (int i = 0; i < 4; ++i)
    by_4[i] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 0, 1, 2, 3, 8, 9, 10, 11) +
      __builtin_shufflevector(v[2 * i], v[2 * i + 1], 4, 5, 6, 7, 12, 13, 14, 15);
  vec by_2[2];
  UNROLL for (int i = 0; i < 2; ++i)
    by_2[i] = __builtin_shufflevector(by_4[2 * i], by_4[2 * i + 1], 0, 1, 4, 5, 8, 9, 12, 13) +
      __builtin_shufflevector(by_4[2 * i], by_4[2 * i + 1], 2, 3, 6, 7, 10, 11, 14, 15);
  vec by_1[1];
  UNROLL for (int i = 0; i < 1; ++i)
    by_1[i] = __builtin_shufflevector(by_2[2 * i], by_2[2 * i + 1], 0, 2, 4, 6, 8, 10, 12, 14) +
      __builtin_shufflevector(by_2[2 * i], by_2[2 * i + 1], 1, 3, 5, 7, 9, 11, 13, 15);
  *total = by_1[0];
}

/* A tile of dot products of rows of two matrices, lane by lane, the lanes added as a tree and the last terms after
   them. */
static ALWAYS_INLINE void dot_tile(const int rows, const int columns, const float *left, int64_t left_row,
                                   const float *right, int64_t right_row, int64_t count, const float *bias,
                                   float *result, int64_t result_row) {
  vec sum[4][3];
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int s = 0; s < columns; ++s) sum[r][s] = (vec){0};
  const int64_t end = count / LANES * LANES;
  for (int64_t k = 0; k < end; k += LANES) {
    vec x[3];
    UNROLL for (int s = 0; s < columns; ++s) x[s] = load(right + s * right_row + k);
    UNROLL for (int r = 0; r < rows; ++r) {
      const vec w = load(left + r * left_row + k);
      UNROLL for (int s = 0; s < columns; ++s) sum[r][s] += w * x[s];
    }
  }
  /* a second array, so that the first one, never indexed by a variable, lives in registers */
  vec kept[16];
  UNROLL for (int i = 0; i < 16; ++i)
    kept[i] = i < rows * columns ? sum[i / columns % 4][i % columns] : (vec){0};
  float total[16];
  UNROLL for (int i = 0; i < 2; ++i)
    if (i * LANES < rows * columns) {
      vec totals;
      lanes_totals(kept + i * LANES, &totals);
      store(total + i * LANES, totals);
    }
  for (int r = 0; r < rows; ++r)
    for (int s = 0; s < columns; ++s) {
      float dot = total[r * columns + s];
      for (int64_t k = end; k < count; ++k) dot += left[r * left_row + k] * right[s * right_row + k];
      result[r * result_row + s] = dot + (bias ? bias[s] : 0);
    }
}
static NOINLINE void dot_tile_1_1(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(1, 1, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_2_1(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(2, 1, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_3_1(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(3, 1, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_4_1(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(4, 1, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_1_2(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(1, 2, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_2_2(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(2, 2, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_3_2(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(3, 2, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_4_2(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(4, 2, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_1_3(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(1, 3, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_2_3(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(2, 3, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_3_3(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(3, 3, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_4_3(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(4, 3, left, left_row, right, right_row, count, bias, result, result_row);
}
static inline void dot_tile_any(int rows, int vectors, const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  switch (vectors * 32 + rows) {
    case 33: dot_tile_1_1(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 34: dot_tile_2_1(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 35: dot_tile_3_1(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 36: dot_tile_4_1(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 65: dot_tile_1_2(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 66: dot_tile_2_2(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 67: dot_tile_3_2(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 68: dot_tile_4_2(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 97: dot_tile_1_3(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 98: dot_tile_2_3(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 99: dot_tile_3_3(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 100: dot_tile_4_3(left, left_row, right, right_row, count, bias, result, result_row); break;
  }
}

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

/* The same, left for the next block of channels or for an epilogue. */
static ALWAYS_INLINE void timely_tile(const int rows, const int vectors, const struct strip *s, int64_t row,
                                      int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  vec sum[4][3];
  timely_sums(rows, vectors, s, row, position, channel, end, asked, sum);
  strip_leave(rows, vectors, s, row, position, sum);
}
static NOINLINE void timely_tile_1_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(1, 1, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_2_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(2, 1, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_3_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(3, 1, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_4_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(4, 1, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_1_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(1, 2, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_2_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(2, 2, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_3_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(3, 2, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_4_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(4, 2, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_1_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(1, 3, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_2_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(2, 3, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_3_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(3, 3, s, row, position, channel, end, asked);
}
static NOINLINE void timely_tile_4_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  timely_tile(4, 3, s, row, position, channel, end, asked);
}
static inline void timely_tile_any(int rows, int vectors, const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  switch (vectors * 32 + rows) {
    case 33: timely_tile_1_1(s, row, position, channel, end, asked); break;
    case 34: timely_tile_2_1(s, row, position, channel, end, asked); break;
    case 35: timely_tile_3_1(s, row, position, channel, end, asked); break;
    case 36: timely_tile_4_1(s, row, position, channel, end, asked); break;
    case 65: timely_tile_1_2(s, row, position, channel, end, asked); break;
    case 66: timely_tile_2_2(s, row, position, channel, end, asked); break;
    case 67: timely_tile_3_2(s, row, position, channel, end, asked); break;
    case 68: timely_tile_4_2(s, row, position, channel, end, asked); break;
    case 97: timely_tile_1_3(s, row, position, channel, end, asked); break;
    case 98: timely_tile_2_3(s, row, position, channel, end, asked); break;
    case 99: timely_tile_3_3(s, row, position, channel, end, asked); break;
    case 100: timely_tile_4_3(s, row, position, channel, end, asked); break;
  }
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

/* Adds left(row, k) * right(k, lane) over `count` terms in order, and asks for a run every four of them. */
static ALWAYS_INLINE void product_terms(const int rows, const int vectors, const float *left, int64_t left_row,
                                        const int64_t left_step, const float *right, int64_t right_step,
                                        int64_t count, const struct runs *asked,
                                        vec sum[4][3]) {
  struct runs runs;
  begin_asking(asked, &runs);
  int64_t k = 0;
  for (; k + 4 <= count; k += 4) {
    /* fewer rows wait for memory all the time, and follow it as it comes */
    if (rows > 2) ask_for_run(&runs, 64);
    UNROLL for (int j = 0; j < 4; ++j) {
      vec x[3];
      UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(right + v * LANES);
      UNROLL for (int r = 0; r < rows; ++r) {
        const float w = left[r * left_row];
        UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
      }
      left += left_step;
      right += right_step;
    }
  }
  for (; k < count; ++k) {
    vec x[3];
    UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(right + v * LANES);
    UNROLL for (int r = 0; r < rows; ++r) {
      const float w = left[r * left_row];
      UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
    }
    left += left_step;
    right += right_step;
  }
}

/* A tile of a product, rows x vectors * LANES, that starts at 0, or where `more` is set at what an earlier panel left.
   Only `columns` of its lanes are kept. */
static ALWAYS_INLINE void product_tile(const int rows, const int vectors, const float *left, int64_t left_row,
                                       int64_t left_step, const float *right, int64_t right_step, int64_t count,
                                       float *result, int64_t result_row, int64_t columns, int more,
                                       const struct runs *asked) {
  vec sum[4][3];
  float edge[4][24];
  const int whole = columns >= vectors * LANES;
  if (more && !whole)
    for (int r = 0; r < rows; ++r)
      for (int64_t i = 0; i < vectors * LANES; ++i) edge[r][i] = i < columns ? result[r * result_row + i] : 0;
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v)
      sum[r][v] = more ? load((whole ? result + r * result_row : edge[r]) + v * LANES) : (vec){0};
  if (left_step == 1) /* what finds rows in memory is then done once for several terms */
    product_terms(rows, vectors, left, left_row, 1, right, right_step, count, asked, sum);
  else
    product_terms(rows, vectors, left, left_row, left_step, right, right_step, count, asked, sum);
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v)
      store((whole ? result + r * result_row : edge[r]) + v * LANES, sum[r][v]);
  if (!whole)
    for (int r = 0; r < rows; ++r)
      for (int64_t i = 0; i < columns; ++i) result[r * result_row + i] = edge[r][i];
}
static NOINLINE void product_tile_1_1(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(1, 1, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_2_1(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(2, 1, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_3_1(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(3, 1, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_4_1(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(4, 1, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_1_2(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(1, 2, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_2_2(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(2, 2, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_3_2(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(3, 2, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_4_2(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(4, 2, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_1_3(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(1, 3, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_2_3(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(2, 3, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_3_3(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(3, 3, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static NOINLINE void product_tile_4_3(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  product_tile(4, 3, left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked);
}
static inline void product_tile_any(int rows, int vectors, const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked) {
  switch (vectors * 32 + rows) {
    case 33: product_tile_1_1(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 34: product_tile_2_1(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 35: product_tile_3_1(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 36: product_tile_4_1(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 65: product_tile_1_2(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 66: product_tile_2_2(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 67: product_tile_3_2(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 68: product_tile_4_2(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 97: product_tile_1_3(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 98: product_tile_2_3(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 99: product_tile_3_3(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
    case 100: product_tile_4_3(left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked); break;
  }
}

/* Some rows by a panel, in tiles as equal as possible. Each asks for its share of what comes after the panel: `lines`
   runs from `ahead` on, `distance` apart. */
static inline void product_rows(int64_t rows, int vectors, const float *left, int64_t left_row, int64_t left_step,
                                const float *right, int64_t right_step, int64_t count, float *result,
                                int64_t result_row, int64_t columns, int more, const float *ahead, int64_t distance,
                                int64_t lines) {
  for (int64_t row = 0; row < rows;) {
    const int64_t here = even_part(rows - row, 4), share = least(count / 4, lines);
    struct runs asked = {right, right, 0, 0, 0};
    if (share > 0) {
      asked.at = ahead;
      asked.step = distance;
      asked.left = share;
    }
    product_tile_any((int)here, vectors, left + row * left_row, left_row, left_step, right, right_step, count,
                     result + row * result_row, result_row, columns, more, &asked);
    ahead += share * distance;
    lines -= share;
    row += here;
  }
}

/* The same for 3 neighbouring taps of each of rows / 3 channels, lines of two columns and more. Position i of
   the strip is multiplied with the columns i, i - 1 and i - 2 of dy, one for each tap: so it is loaded once for all
   taps, and a column of dy once for all positions. With one tap to a row and few outputs, which fill one vector
   only, each multiply-add would need a load. Columns of a line meet in the same order as there. */
static ALWAYS_INLINE void outer_taps(const int rows, const int vectors, const float *source,
                                     int64_t channel_stride, const int64_t *line, int64_t lines, int64_t columns,
                                     const float *right, int64_t width, float *result, int64_t channel_pitch,
                                     int more) {
  const int channels = rows / 3;
  vec sum[4][3][1];
  UNROLL for (int c = 0; c < channels; ++c)
    UNROLL for (int t = 0; t < 3; ++t)
      UNROLL for (int v = 0; v < vectors; ++v)
        sum[c][t][v] = more ? load(result + c * channel_pitch + t * width + v * LANES) : (vec){0};
  for (int64_t l = 0; l < lines; ++l) {
    const float *at[4];
    UNROLL for (int c = 0; c < channels; ++c) at[c] = source + c * channel_stride + line[l];
    vec y[3][1];
    UNROLL for (int t = 0; t < 3; ++t)
      UNROLL for (int v = 0; v < vectors; ++v) y[t][v] = (vec){0};
    UNROLL for (int v = 0; v < vectors; ++v) {
      y[2][v] = y[1][v];
      y[1][v] = y[0][v];
      y[0][v] = load(right + v * LANES);
    }
    right += width;
    UNROLL for (int c = 0; c < channels; ++c) {
      const float x = at[c][0];
      UNROLL for (int t = 0; t <= 0; ++t)
        UNROLL for (int v = 0; v < vectors; ++v) sum[c][t][v] += y[t][v] * x;
    }
    UNROLL for (int v = 0; v < vectors; ++v) {
      y[2][v] = y[1][v];
      y[1][v] = y[0][v];
      y[0][v] = load(right + v * LANES);
    }
    right += width;
    UNROLL for (int c = 0; c < channels; ++c) {
      const float x = at[c][1];
      UNROLL for (int t = 0; t <= 1; ++t)
        UNROLL for (int v = 0; v < vectors; ++v) sum[c][t][v] += y[t][v] * x;
    }
    UNROLL_BY(3) for (int64_t i = 2; i < columns; ++i) {
      UNROLL for (int v = 0; v < vectors; ++v) {
        y[2][v] = y[1][v];
        y[1][v] = y[0][v];
        y[0][v] = load(right + v * LANES);
      }
      right += width;
      UNROLL for (int c = 0; c < channels; ++c) {
        const float x = at[c][i];
        UNROLL for (int t = 0; t <= 2; ++t)
          UNROLL for (int v = 0; v < vectors; ++v) sum[c][t][v] += y[t][v] * x;
      }
    }
    UNROLL for (int v = 0; v < vectors; ++v) {
      y[2][v] = y[1][v];
      y[1][v] = y[0][v];
    }
    UNROLL for (int c = 0; c < channels; ++c) {
      const float x = at[c][columns];
      UNROLL for (int t = 1; t <= 2; ++t)
        UNROLL for (int v = 0; v < vectors; ++v) sum[c][t][v] += y[t][v] * x;
    }
    UNROLL for (int v = 0; v < vectors; ++v) {
      y[2][v] = y[1][v];
      y[1][v] = y[0][v];
    }
    UNROLL for (int c = 0; c < channels; ++c) {
      const float x = at[c][columns + 1];
      UNROLL for (int t = 2; t <= 2; ++t)
        UNROLL for (int v = 0; v < vectors; ++v) sum[c][t][v] += y[t][v] * x;
    }
  }
  UNROLL for (int c = 0; c < channels; ++c)
    UNROLL for (int t = 0; t < 3; ++t)
      UNROLL for (int v = 0; v < vectors; ++v)
        store(result + c * channel_pitch + t * width + v * LANES, sum[c][t][v]);
}
static NOINLINE void outer_taps_3_1(const float *source, int64_t channel_stride, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int64_t channel_pitch, int more) {
  outer_taps(3, 1, source, channel_stride, line, lines, columns, right, width, result, channel_pitch, more);
}
static NOINLINE void outer_taps_6_1(const float *source, int64_t channel_stride, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int64_t channel_pitch, int more) {
  outer_taps(6, 1, source, channel_stride, line, lines, columns, right, width, result, channel_pitch, more);
}
static NOINLINE void outer_taps_9_1(const float *source, int64_t channel_stride, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int64_t channel_pitch, int more) {
  outer_taps(9, 1, source, channel_stride, line, lines, columns, right, width, result, channel_pitch, more);
}
static NOINLINE void outer_taps_12_1(const float *source, int64_t channel_stride, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int64_t channel_pitch, int more) {
  outer_taps(12, 1, source, channel_stride, line, lines, columns, right, width, result, channel_pitch, more);
}
static inline void outer_taps_any(int rows, int vectors, const float *source, int64_t channel_stride, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int64_t channel_pitch, int more) {
  switch (vectors * 32 + rows) {
    case 35: outer_taps_3_1(source, channel_stride, line, lines, columns, right, width, result, channel_pitch, more); break;
    case 38: outer_taps_6_1(source, channel_stride, line, lines, columns, right, width, result, channel_pitch, more); break;
    case 41: outer_taps_9_1(source, channel_stride, line, lines, columns, right, width, result, channel_pitch, more); break;
    case 44: outer_taps_12_1(source, channel_stride, line, lines, columns, right, width, result, channel_pitch, more); break;
  }
}

/* A line that an outer tile asks for, and the distance to the next one. */
struct ask {
  const float *line;
  int64_t step;
};

/* A register tile of sums of outer products: rows k = (channel, tap) of the strip by outputs in lanes, over the
   positions of all lines in order. Meanwhile it asks for lines of something else. */
static ALWAYS_INLINE void outer_tile(const int rows, const int vectors, const float *const *source,
                                     const int64_t *line, int64_t lines, int64_t columns, const float *right,
                                     int64_t width, float *result, int more, const struct ask *asks, int64_t asked) {
  vec sum[8][3];
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = more ? load(result + r * width + v * LANES) : (vec){0};
  for (int64_t l = 0; l < lines; ++l) {
    const float *at[8];
    UNROLL for (int r = 0; r < rows; ++r) at[r] = source[r] + line[l];
    for (int64_t from = 0, i = 0; from < columns; from += 16) {
      for (int64_t a = 0; a < asked; ++a) PREFETCH_NEAR(asks[a].line + l * asks[a].step + from);
      for (const int64_t to = least(columns, from + 16); i < to; ++i) {
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

static inline MAYBE_UNUSED float root_of_one(float x) { return sqrtf(x); }
#define root_of(x) \
  __extension__({ \
    const vec lanes_ = (x); \
    vec result_ = {0}; \
    for (int lane_ = 0; lane_ < LANES; ++lane_) result_[lane_] = root_of_one(lanes_[lane_]); \
    result_; \
  })

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

/* What a strip of convolution_2 hands its results to: values from its first image, channel and position on. */
struct convolution_2_results {
  int64_t result_plane;
  float *s_y0_base;
  int64_t s_y0_stride;
};

/* A register tile that does not lie in whole vectors of one image. */
static NOINLINE void convolution_2_some(const struct strip *s, int rows, int64_t row, int64_t position, int64_t width,
                                  const float *tile) {
  const struct convolution_2_results *results = s->results;
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
static ALWAYS_INLINE void convolution_2_tile(const int rows, const int vectors, const struct strip *s, int64_t row,
                                       int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  vec sum[4][3];
  timely_sums(rows, vectors, s, row, position, channel, end, asked, sum);
  if (end < s->channels) {
    strip_leave(rows, vectors, s, row, position, sum);
    return;
  }
  const int64_t n = position < s->pitch ? 0 : position / s->pitch, column = position - n * s->pitch;
  if (column + vectors * LANES <= s->end) {
    const struct convolution_2_results *results = s->results;
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
/* convolution_2: cross-correlation with bias of clamp_channel, then relu; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %18 … (3 rows), infer_8 %18 … (3 rows). */
static NOINLINE void kernel_convolution_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const float *l_v1 = at(c, a[3]);
  const int64_t l_scratch = a[4];
  const float *w = at(c, a[6]);
  const float *bias = at(c, a[7]);
  float *s_y0_base = at(c, a[8]);
  const int64_t s_y0_stride = a[9];
  const int64_t scratch_tile = a[10];
  const int64_t tile_stride = a[11];
  const int64_t images = a[12];
  const int64_t groups = a[13];
  const int64_t inputs = a[14];
  const int64_t outputs = a[15];
  const int64_t in_d = a[16];
  const int64_t in_h = a[17];
  const int64_t in_w = a[18];
  const int64_t out_d = a[19];
  const int64_t out_h = a[20];
  const int64_t out_w = a[21];
  const int64_t size_d = a[22];
  const int64_t size_h = a[23];
  const int64_t size_w = a[24];
  const int64_t rows = a[37];
  const int64_t pitch = a[38];
  const int64_t channel_stride = a[39];
  const int64_t tiles_n = a[40];
  const int64_t tiles_d = a[41];
  const int64_t tiles_h = a[42];
  const int64_t tiles_w = a[43];
  const int64_t block = a[44];
  const int64_t scratch_tap = a[45];
  const int64_t scratch_data = a[47];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * inputs; ++channel) {
    l_table[channel * 2 + 0] = l_v0[channel];
    l_table[channel * 2 + 1] = l_v1[channel];
  }
  tap[0] = 0;
  const int64_t channels = inputs, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
  const struct panels panels = panels_of(outputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t tile_w = tile % tiles_w, line_vectors = (out_w + LANES - 1) / LANES;
    const int64_t w0 = cut(line_vectors, tiles_w, tile_w) * LANES;
    const int64_t columns_here = least(out_w, cut(line_vectors, tiles_w, tile_w + 1) * LANES) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t first_channel = group * inputs;
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
    const int64_t position_after = cut((out_w + LANES - 1) / LANES, tiles_w, after % tiles_w) * LANES, channel_after = next / parts % groups * inputs;
    const struct wanted soon = {
        .operand = {l_x0_base + image_after * l_x0_stride + (channel_after) * in_plane + position_after, 0},
        .image = {l_x0_stride, 0}, .count = 1, .plane = in_plane,
        .positions = rows * pitch, .pitch = pitch, .columns = pitch};
    const struct wanted behind = {
        .operand = {w + groups * outputs * terms, 0}, .image = {0, 0}, .count = 1, .plane = s.positions, .positions = INT64_MAX, .pitch = 1,
        .columns = 1};
    s.soon = next < last ? &soon : &behind;
    const struct convolution_2_results results = {.result_plane = out_plane, .s_y0_base = s_y0_base + n0 * s_y0_stride + (first_output) * out_plane + (d0 * out_h + h0) * out_w + w0, .s_y0_stride = s_y0_stride};
    s.results = &results;
    float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
    s.line = 0;
    s.result = tile_data;
    s.row_stride = tile_stride;
    for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
      s.last = s.tile + even_part(all - s.tile, 36);
      const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
      for (int64_t position = 0; position < s.positions;) {
        const int vectors = vectors_at(&s, position);
        const int64_t stop = least(position + vectors * LANES, s.positions);
        s.first_position = position;
        for (int64_t begin = 0; begin < channels; begin += block) {
          const int64_t end = least(channels, begin + block);
          for (int64_t p = position, n = position / pitch; p < stop; p = ++n * pitch) {
            const int64_t column = p - n * pitch, here = least(columns_here - column, stop - p);
            float *target = data + (p - position);
            if (here == 24)
              for (int64_t channel = begin; channel < end; ++channel, target += 24) {
                const float l_k0 = l_table[(first_channel + channel) * 2 + 0];
                const float l_k1 = l_table[(first_channel + channel) * 2 + 1];
                {
                  const int64_t count = 24;
                  const int64_t element = (first_channel + channel) * in_plane + (w0 + column);
                  const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
                  float *result = target;
                  int64_t i = 0;
                  for (; i + LANES <= count; i += LANES) {
                    PREFETCH(i + l_x0 + ahead);
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
            else
              for (int64_t channel = begin; channel < end; ++channel, target += 24) {
                const float l_k0 = l_table[(first_channel + channel) * 2 + 0];
                const float l_k1 = l_table[(first_channel + channel) * 2 + 1];
                {
                  const int64_t count = here;
                  const int64_t element = (first_channel + channel) * in_plane + (w0 + column);
                  const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
                  float *result = target;
                  int64_t i = 0;
                  for (; i + LANES <= count; i += LANES) {
                    PREFETCH(i + l_x0 + ahead);
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
          }
          strip_rows(&s, position, vectors, begin, end, convolution_2_tile_any);
        }
        position = stop;
      }
      s.soon = 0;

    }
  }
}

/* average_pool_halving: mean of each 2x2 of clamp_channel; a task is a block of planes.
   Used by infer_1 %32 … (2 rows), infer_8 %32 … (2 rows). */
static NOINLINE void kernel_average_pool_halving(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
  const int64_t block = a[10];
  const int64_t depth = a[11];
  const int64_t height = a[12];
  const int64_t width = a[13];
  const int64_t out_depth = a[14];
  const int64_t out_height = a[15];
  const int64_t out_width = a[16];
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
        const int64_t count = depth * height * width;
        const int64_t element = (channel) * depth * height * width + (0);
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
    float *target = result + image * result_stride + channel * out_depth * out_height * out_width;
    for (int64_t oh = 0; oh < out_height; ++oh) {
      const float *upper = x_plane + 2 * oh * width, *lower = upper + width;
      float *mean = target + oh * out_width;
      int64_t ow = 0;
      for (; ow + LANES <= out_width; ow += LANES) {
        const vec a = load(upper + 2 * ow) + load(lower + 2 * ow);
        const vec b = load(upper + 2 * ow + LANES) + load(lower + 2 * ow + LANES);
        store(mean + ow, (even_lanes(a, b) + odd_lanes(a, b)) * 0.25f);
      }
      if (ow < out_width) {
        const int64_t some = out_width - ow, more = 2 * some - LANES;
        vec a, b = {0};
        if (more >= 0) {
          a = load(upper + 2 * ow) + load(lower + 2 * ow);
          if (more > 0)
            b = load_some(more, upper + 2 * ow + LANES) + load_some(more, lower + 2 * ow + LANES);
        } else {
          a = load_some(2 * some, upper + 2 * ow) + load_some(2 * some, lower + 2 * ow);
        }
        store_some(some, mean + ow, (even_lanes(a, b) + odd_lanes(a, b)) * 0.25f);
      }
    }
  }
}

/* What a strip of convolution_3 hands its results to: values from its first image, channel and position on. */
struct convolution_3_results {
  int64_t result_plane;
  float *s_y0_base;
  int64_t s_y0_stride;
};

/* A register tile that does not lie in whole vectors of one image. */
static NOINLINE void convolution_3_some(const struct strip *s, int rows, int64_t row, int64_t position, int64_t width,
                                  const float *tile) {
  const struct convolution_3_results *results = s->results;
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

/* A register tile whose results are computed from the sums in their registers. */
static ALWAYS_INLINE void convolution_3_tile(const int rows, const int vectors, const struct strip *s, int64_t row,
                                       int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  vec sum[4][3];
  timely_sums(rows, vectors, s, row, position, channel, end, asked, sum);
  if (end < s->channels) {
    strip_leave(rows, vectors, s, row, position, sum);
    return;
  }
  const int64_t n = position < s->pitch ? 0 : position / s->pitch, column = position - n * s->pitch;
  if (column + vectors * LANES <= s->end) {
    const struct convolution_3_results *results = s->results;
    const int64_t result_plane = results->result_plane;
    float *const s_y0_base = results->s_y0_base;
    const int64_t s_y0_stride = results->s_y0_stride;
    UNROLL for (int r = 0; r < rows; ++r) {
      float *s_y0 = s_y0_base + n * s_y0_stride + (row + r) * result_plane + column;
      UNROLL for (int v = 0; v < vectors; ++v) {
        const vec given = sum[r][v];
        store(v * LANES + s_y0, given);
      }
    }
    return;
  }
  float tile[96];
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v) store(tile + (r * vectors + v) * LANES, sum[r][v]);
  convolution_3_some(s, rows, row, position, vectors * LANES, tile);
}
static NOINLINE void convolution_3_tile_1_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(1, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_2_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(2, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_3_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(3, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_4_1(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(4, 1, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_1_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(1, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_2_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(2, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_3_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(3, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_4_2(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(4, 2, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_1_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(1, 3, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_2_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(2, 3, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_3_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(3, 3, s, row, position, channel, end, asked);
}
static NOINLINE void convolution_3_tile_4_3(const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  convolution_3_tile(4, 3, s, row, position, channel, end, asked);
}
static inline void convolution_3_tile_any(int rows, int vectors, const struct strip *s, int64_t row, int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
  switch (vectors * 32 + rows) {
    case 33: convolution_3_tile_1_1(s, row, position, channel, end, asked); break;
    case 34: convolution_3_tile_2_1(s, row, position, channel, end, asked); break;
    case 35: convolution_3_tile_3_1(s, row, position, channel, end, asked); break;
    case 36: convolution_3_tile_4_1(s, row, position, channel, end, asked); break;
    case 65: convolution_3_tile_1_2(s, row, position, channel, end, asked); break;
    case 66: convolution_3_tile_2_2(s, row, position, channel, end, asked); break;
    case 67: convolution_3_tile_3_2(s, row, position, channel, end, asked); break;
    case 68: convolution_3_tile_4_2(s, row, position, channel, end, asked); break;
    case 97: convolution_3_tile_1_3(s, row, position, channel, end, asked); break;
    case 98: convolution_3_tile_2_3(s, row, position, channel, end, asked); break;
    case 99: convolution_3_tile_3_3(s, row, position, channel, end, asked); break;
    case 100: convolution_3_tile_4_3(s, row, position, channel, end, asked); break;
  }
}
/* convolution_3: cross-correlation with bias; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %35 … (2 rows), infer_8 %35 … (2 rows). */
static NOINLINE void kernel_convolution_3(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
  tap[0] = 0;
  const int64_t channels = inputs, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
  const struct panels panels = panels_of(outputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t tile_w = tile % tiles_w, line_vectors = (out_w + LANES - 1) / LANES;
    const int64_t w0 = cut(line_vectors, tiles_w, tile_w) * LANES;
    const int64_t columns_here = least(out_w, cut(line_vectors, tiles_w, tile_w + 1) * LANES) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t first_channel = group * inputs;
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
    const int64_t position_after = cut((out_w + LANES - 1) / LANES, tiles_w, after % tiles_w) * LANES, channel_after = next / parts % groups * inputs;
    const struct wanted soon = {
        .operand = {x + image_after * x_stride + (channel_after) * in_plane + position_after, 0},
        .image = {x_stride, 0}, .count = 1, .plane = in_plane,
        .positions = rows * pitch, .pitch = pitch, .columns = pitch};
    const struct wanted behind = {
        .operand = {w + groups * outputs * terms, 0}, .image = {0, 0}, .count = 1, .plane = s.positions, .positions = INT64_MAX, .pitch = 1,
        .columns = 1};
    s.soon = next < last ? &soon : &behind;
    const struct convolution_3_results results = {.result_plane = out_plane, .s_y0_base = s_y0_base + n0 * s_y0_stride + (first_output) * out_plane + (d0 * out_h + h0) * out_w + w0, .s_y0_stride = s_y0_stride};
    s.results = &results;
    float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
    s.line = 0;
    s.result = tile_data;
    s.row_stride = tile_stride;
    for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
      s.last = s.tile + even_part(all - s.tile, 36);
      const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
      (void)ahead;
      for (int64_t position = 0; position < s.positions;) {
        const int vectors = vectors_at(&s, position);
        const int64_t stop = least(position + vectors * LANES, s.positions);
        s.first_position = position;
        for (int64_t begin = 0; begin < channels; begin += block) {
          const int64_t end = least(channels, begin + block);
          for (int64_t p = position, n = position / pitch; p < stop; p = ++n * pitch) {
            const int64_t column = p - n * pitch, here = least(columns_here - column, stop - p);
            float *target = data + (p - position);
            if (here == 24)
              for (int64_t channel = begin; channel < end; ++channel, target += 24) {

                const float *source = x + (n0 + n) * x_stride + (first_channel + channel) * in_plane + w0 + column;
                UNROLL for (int64_t i = 0; i < 24; i += LANES) store(target + i, load(source + i));
              }
            else
              for (int64_t channel = begin; channel < end; ++channel, target += 24) {

                copy_run(target, x + (n0 + n) * x_stride + (first_channel + channel) * in_plane + w0 + column, here);
              }
          }
          strip_rows(&s, position, vectors, begin, end, convolution_3_tile_any);
        }
        position = stop;
      }
      s.soon = 0;

    }
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

/* dot_products: x * transpose(y) + bias; a task is a tile of rows and columns.
   Used by infer_1 %100, infer_8 %100, train_8 %111. */
static NOINLINE void kernel_dot_products(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *y = at(c, a[1]);
  const float *bias = at(c, a[2]);
  float *result = at(c, a[3]);
  const int64_t rows = a[4];
  const int64_t columns = a[5];
  const int64_t depth = a[6];
  const int64_t part = a[7];
  const int64_t width = a[8];
  const int64_t parts = (rows + part - 1) / part;
  for (int64_t task = first; task < last; ++task) {
    const int64_t top = task % parts * part, bottom = least(top + part, rows);
    const int64_t begin = task / parts * width, end = least(begin + width, columns);
    for (int64_t column = begin; column < end; column += 3)
      for (int64_t row = top; row < bottom; row += 4)
        dot_tile_any((int)least(4, bottom - row), (int)least(3, end - column), x + row * depth,
                     depth, y + column * depth, depth, depth, bias ? bias + column : 0,
                     result + row * columns + column, columns);

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

/* running_moment: keep * running + gain * moment, summed over the groups.
   Used by train_8 %8 … (18 rows). */
static NOINLINE void kernel_running_moment(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *running = at(c, a[0]);
  const float *moments = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t groups = a[3];
  const int64_t channels = a[4];
  const int64_t row = a[5];
  const int64_t pitch = a[6];
  const float keep = number(a[7]);
  const float gain = number(a[8]);
  for (int64_t channel = first * 256; channel < least(last * 256, channels); ++channel) {
    float sum = 0.0f;
    for (int64_t group = 0; group < groups; ++group) {
      sum += moments[(group * 2 + row) * pitch + channel];
    }
    result[channel] = keep * running[channel] + gain * sum;
  }
}

/* convolution_6: cross-correlation with bias of relu, normalize, then moments; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %13 … (3 rows). */
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
  tap[0] = 0;
  const int64_t channels = inputs, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
  const struct panels panels = panels_of(outputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t tile_w = tile % tiles_w, line_vectors = (out_w + LANES - 1) / LANES;
    const int64_t w0 = cut(line_vectors, tiles_w, tile_w) * LANES;
    const int64_t columns_here = least(out_w, cut(line_vectors, tiles_w, tile_w + 1) * LANES) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t first_channel = group * inputs;
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
    const int64_t position_after = cut((out_w + LANES - 1) / LANES, tiles_w, after % tiles_w) * LANES, channel_after = next / parts % groups * inputs;
    const struct wanted soon = {
        .operand = {l_x0_base + image_after * l_x0_stride + (channel_after) * in_plane + position_after, 0},
        .image = {l_x0_stride, 0}, .count = 1, .plane = in_plane,
        .positions = rows * pitch, .pitch = pitch, .columns = pitch};
    s.soon = next < last ? &soon : 0;
    float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
    s.line = 0;
    s.result = tile_data;
    s.row_stride = tile_stride;
    for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
      s.last = s.tile + even_part(all - s.tile, 36);
      const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
      for (int64_t position = 0; position < s.positions;) {
        const int vectors = vectors_at(&s, position);
        const int64_t stop = least(position + vectors * LANES, s.positions);
        s.first_position = position;
        s.result = tile_data + position;
        for (int64_t begin = 0; begin < channels; begin += block) {
          const int64_t end = least(channels, begin + block);
          for (int64_t p = position, n = position / pitch; p < stop; p = ++n * pitch) {
            const int64_t column = p - n * pitch, here = least(columns_here - column, stop - p);
            float *target = data + (p - position);
            if (here == 24)
              for (int64_t channel = begin; channel < end; ++channel, target += 24) {
                const float l_k0 = l_table[(first_channel + channel) * 3 + 0];
                const float l_k1 = l_table[(first_channel + channel) * 3 + 1];
                const float l_k2 = l_table[(first_channel + channel) * 3 + 2];
                {
                  const int64_t count = 24;
                  const int64_t element = (first_channel + channel) * in_plane + (w0 + column);
                  const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
                  float *result = target;
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
            else
              for (int64_t channel = begin; channel < end; ++channel, target += 24) {
                const float l_k0 = l_table[(first_channel + channel) * 3 + 0];
                const float l_k1 = l_table[(first_channel + channel) * 3 + 1];
                const float l_k2 = l_table[(first_channel + channel) * 3 + 2];
                {
                  const int64_t count = here;
                  const int64_t element = (first_channel + channel) * in_plane + (w0 + column);
                  const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
                  float *result = target;
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
          strip_rows(&s, position, vectors, begin, end, timely_tile_any);
        }
        position = stop;
      }
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

/* average_pool_halving_2: mean of each 2x2 of relu, normalize; a task is a block of planes.
   Used by train_8 %37 … (2 rows). */
static NOINLINE void kernel_average_pool_halving_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
  const int64_t block = a[13];
  const int64_t depth = a[14];
  const int64_t height = a[15];
  const int64_t width = a[16];
  const int64_t out_depth = a[17];
  const int64_t out_height = a[18];
  const int64_t out_width = a[19];
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
        const int64_t count = depth * height * width;
        const int64_t element = (channel) * depth * height * width + (0);
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
    float *target = result + image * result_stride + channel * out_depth * out_height * out_width;
    for (int64_t oh = 0; oh < out_height; ++oh) {
      const float *upper = x_plane + 2 * oh * width, *lower = upper + width;
      float *mean = target + oh * out_width;
      int64_t ow = 0;
      for (; ow + LANES <= out_width; ow += LANES) {
        const vec a = load(upper + 2 * ow) + load(lower + 2 * ow);
        const vec b = load(upper + 2 * ow + LANES) + load(lower + 2 * ow + LANES);
        store(mean + ow, (even_lanes(a, b) + odd_lanes(a, b)) * 0.25f);
      }
      if (ow < out_width) {
        const int64_t some = out_width - ow, more = 2 * some - LANES;
        vec a, b = {0};
        if (more >= 0) {
          a = load(upper + 2 * ow) + load(lower + 2 * ow);
          if (more > 0)
            b = load_some(more, upper + 2 * ow + LANES) + load_some(more, lower + 2 * ow + LANES);
        } else {
          a = load_some(2 * some, upper + 2 * ow) + load_some(2 * some, lower + 2 * ow);
        }
        store_some(some, mean + ow, (even_lanes(a, b) + odd_lanes(a, b)) * 0.25f);
      }
    }
  }
}

/* convolution_8: cross-correlation with bias, then moments; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %38 … (2 rows). */
static NOINLINE void kernel_convolution_8(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
  tap[0] = 0;
  const int64_t channels = inputs, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
  const struct panels panels = panels_of(outputs);
  const int64_t parts = panels.tiles;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t tile_w = tile % tiles_w, line_vectors = (out_w + LANES - 1) / LANES;
    const int64_t w0 = cut(line_vectors, tiles_w, tile_w) * LANES;
    const int64_t columns_here = least(out_w, cut(line_vectors, tiles_w, tile_w + 1) * LANES) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t first_channel = group * inputs;
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
    const int64_t position_after = cut((out_w + LANES - 1) / LANES, tiles_w, after % tiles_w) * LANES, channel_after = next / parts % groups * inputs;
    const struct wanted soon = {
        .operand = {x + image_after * x_stride + (channel_after) * in_plane + position_after, 0},
        .image = {x_stride, 0}, .count = 1, .plane = in_plane,
        .positions = rows * pitch, .pitch = pitch, .columns = pitch};
    s.soon = next < last ? &soon : 0;
    float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
    s.line = 0;
    s.result = tile_data;
    s.row_stride = tile_stride;
    for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
      s.last = s.tile + even_part(all - s.tile, 36);
      const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
      (void)ahead;
      for (int64_t position = 0; position < s.positions;) {
        const int vectors = vectors_at(&s, position);
        const int64_t stop = least(position + vectors * LANES, s.positions);
        s.first_position = position;
        s.result = tile_data + position;
        for (int64_t begin = 0; begin < channels; begin += block) {
          const int64_t end = least(channels, begin + block);
          for (int64_t p = position, n = position / pitch; p < stop; p = ++n * pitch) {
            const int64_t column = p - n * pitch, here = least(columns_here - column, stop - p);
            float *target = data + (p - position);
            if (here == 24)
              for (int64_t channel = begin; channel < end; ++channel, target += 24) {

                const float *source = x + (n0 + n) * x_stride + (first_channel + channel) * in_plane + w0 + column;
                UNROLL for (int64_t i = 0; i < 24; i += LANES) store(target + i, load(source + i));
              }
            else
              for (int64_t channel = begin; channel < end; ++channel, target += 24) {

                copy_run(target, x + (n0 + n) * x_stride + (first_channel + channel) * in_plane + w0 + column, here);
              }
          }
          strip_rows(&s, position, vectors, begin, end, timely_tile_any);
        }
        position = stop;
      }
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

/* mean_of_parts: the sum of partial sums over a divisor; one task.
   Used by train_8 %113. */
static NOINLINE void kernel_mean_of_parts(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const double *parts = (const double *)(const void *)at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t count = a[2];
  const int64_t divisor = a[3];
  for (int64_t task = first; task < last; ++task) {
    double sum = 0;
    for (int64_t i = 0; i < count; ++i) {
      sum += parts[i];
    }
    result[task] = (float)(sum / (double)divisor);
  }
}

/* product: left * right for matrices of any strides; a task is a tile of at most 128 rows and one tile width.
   Used by train_8 %116 … (2 rows). */
static NOINLINE void kernel_product(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *y = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t rows = a[3];
  const int64_t columns = a[4];
  const int64_t depth = a[5];
  const int64_t x_row = a[6];
  const int64_t x_step = a[7];
  const int64_t y_step = a[8];
  const int64_t y_column = a[9];
  const int64_t part = a[10];
  const int64_t width = a[11];
  const int64_t block = a[12];
  const int64_t scratch = a[13];
  const int64_t parts = (rows + part - 1) / part;
  float *panel = (float *)(void *)(c->scratch + scratch);
  for (int64_t task = first; task < last; ++task) {
    const int64_t top = task % parts * part, bottom = least(top + part, rows);
    const int64_t column = task / parts * width, wanted = least(width, columns - column);
    const int vectors = (int)((wanted + LANES - 1) / LANES);
    const int64_t tiles = (bottom - top + 4 - 1) / 4;
    for (int64_t k = 0; k < depth; k += block) {
      const int64_t count = least(block, depth - k);
      const float *right = y + k * y_step + column * y_column;
      int64_t step = y_step;
      /* few rows do not pay for packing; a narrow last tile may not read past the matrix */
      if (y_column != 1 || wanted < vectors * LANES || tiles > 2) {
        step = vectors * LANES;
        if (y_column == 1) {
          for (int64_t i = 0; i < count; ++i) {
            copy_run(panel + i * step, right + i * y_step, wanted);
            clear_run(panel + i * step + wanted, step - wanted);
          }
        } else {
          transpose(right, y_column, wanted, count, panel, step); /* y_step is 1 */
        }
        right = panel;
      }
      /* meanwhile tiles ask for the next panel, of which so many lines lie in one piece each */
      const float *ahead = y + (k + count) * y_step + column * y_column;
      const int64_t distance = y_column == 1 ? y_step : y_column;
      const int64_t lines = k + count == depth ? 0 : y_column == 1 ? least(block, depth - k - count) : wanted;
      product_rows(bottom - top, vectors, x + top * x_row + k * x_step, x_row, x_step, right, step, count,
                   result + top * columns + column, columns, wanted, k > 0, ahead, distance, lines);
    }
  }
}

/* sum_columns: sum of the rows of a matrix; a task is a block of columns.
   Used by train_8 %118. */
static NOINLINE void kernel_sum_columns(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t rows = a[2];
  const int64_t columns = a[3];
  for (int64_t task = first; task < last; ++task) {
    const int64_t begin = task * 64, count = least(64, columns - begin);
    double sum[64];
    for (int64_t i = 0; i < 64; ++i) sum[i] = 0;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t i = 0; i < count; ++i) sum[i] += (double)x[row * columns + begin + i];
    for (int64_t i = 0; i < count; ++i) result[begin + i] = (float)sum[i];
  }
}

/* global_average_pool_gradient: dy over the number of positions, at each of them, then normalize, relu, relu_gradient, normalize_input_gradient, normalize_reduce; a task is a block of planes.
   Used by train_8 %119. */
static NOINLINE void kernel_global_average_pool_gradient(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *dy = at(c, a[0]);
  const int64_t dy_stride = a[1];
  const float *s_x0_base = at(c, a[2]);
  const int64_t s_x0_stride = a[3];
  const float *s_v0 = at(c, a[4]);
  const float *s_v1 = at(c, a[5]);
  const int64_t s_pitch0 = a[6];
  const double s_f0 = wide(a[7]);
  const float *s_v2 = at(c, a[8]);
  float *s_y0_base = at(c, a[9]);
  const int64_t s_y0_stride = a[10];
  double *parts_of_sums = (double *)(void *)at(c, a[11]);
  const int64_t s_scratch = a[12];
  const int64_t scratch_tile = a[13];
  const int64_t planes = a[14];
  const int64_t channels = a[15];
  const int64_t inner = a[16];
  const int64_t block = a[17];
  float *s_table = (float *)(void *)(c->scratch + s_scratch);
  for (int64_t channel = 0; channel < channels; ++channel) {
    s_table[channel * 3 + 0] = (float)((double)s_v0[channel] * (1.0 / sqrt((double)s_v1[s_pitch0 + channel] + s_f0)));
    s_table[channel * 3 + 1] = s_v2[channel];
    s_table[channel * 3 + 2] = s_v1[channel];
  }
  for (int64_t number = first * block; number < least(last * block, planes); ++number) {
    const int64_t image = number / channels, channel = number % channels;
    const float *dy_plane = dy + image * dy_stride + channel * 1;
    float *target = (float *)(void *)(c->scratch + scratch_tile);
    const float share = *dy_plane / (float)inner;
    for (int64_t i = 0; i < inner; ++i) target[i] = share;
    const float s_k0 = s_table[(channel) * 3 + 0];
    const float s_k1 = s_table[(channel) * 3 + 1];
    const float s_k2 = s_table[(channel) * 3 + 2];
    double s_s0_total = 0;
    double s_s1_total = 0;
    for (int64_t start = 0; start < inner; start += 4096) {
      {
        const int64_t count = least(4096, inner - start);
        const int64_t element = (channel) * inner + (start);
        const float *s_x0 = s_x0_base + (image) * s_x0_stride + element;
        float *s_y0 = s_y0_base + (image) * s_y0_stride + element;
        const float *value = target + start;
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
    double *part_of_sums = parts_of_sums + ((image) * channels + (channel)) * 2;
    part_of_sums[0] = s_s0_total;
    part_of_sums[1] = s_s1_total;
  }
}

/* sums_merge: adds parts of sums in their order: sum(dy) and sum(dy * (x - mean)) / sqrt(variance + epsilon), or sum(dy) alone; a task is 8 channels.
   Used by train_8 %119 … (9 rows). */
static NOINLINE void kernel_sums_merge(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const double *parts = (const double *)(const void *)at(c, a[0]);
  const float *moments = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t channels = a[3];
  const int64_t count = a[4];
  const int64_t width = a[5];
  const int64_t first_sum = a[6];
  const int64_t pitch = a[7];
  const int64_t result_pitch = a[8];
  const double epsilon = wide(a[9]);
  for (int64_t channel = first * 8; channel < least(last * 8, channels); ++channel) {
    double sum = 0, product = 0;
    const double *part = parts + channel * width + first_sum;
    for (int64_t i = 0; i < count; ++i, part += channels * width) {
      sum += part[0];
      if (moments) product += part[1];
    }
    result[channel] = (float)sum;
    if (moments)
      result[result_pitch + channel] = (float)(product / sqrt((double)moments[pitch + channel] + epsilon));
  }
}

/* normalize_moments_gradient: -gamma r sum(dy) and -gamma r^2 sum(dy x^) / 2, r = 1 / sqrt(variance + epsilon).
   Used by train_8 %123 … (9 rows). */
static NOINLINE void kernel_normalize_moments_gradient(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *sums = at(c, a[0]);
  const float *moments = at(c, a[1]);
  const float *gamma = at(c, a[2]);
  float *result = at(c, a[3]);
  const int64_t groups = a[4];
  const int64_t channels = a[5];
  const int64_t sums_pitch = a[6];
  const int64_t pitch = a[7];
  const int64_t result_pitch = a[8];
  const double epsilon = wide(a[9]);
  for (int64_t channel = first * 256; channel < least(last * 256, channels); ++channel) {
    for (int64_t group = 0; group < groups; ++group) {
      const double r = 1.0 / sqrt((double)moments[(group * 2 + 1) * pitch + channel] + epsilon);
      const double slope = gamma[channel] * r;
      result[group * 2 * result_pitch + channel] = (float)(-slope * sums[group * 2 * sums_pitch + channel]);
      result[(group * 2 + 1) * result_pitch + channel] = (float)(-0.5 * slope * r * sums[(group * 2 + 1) * sums_pitch + channel]);
    }
  }
}

/* select_moment: one row of the moments, summed over the groups.
   Used by train_8 %124 … (18 rows). */
static NOINLINE void kernel_select_moment(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *moments = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t groups = a[2];
  const int64_t channels = a[3];
  const int64_t row = a[4];
  const int64_t pitch = a[5];
  for (int64_t channel = first * 256; channel < least(last * 256, channels); ++channel) {
    float sum = 0.0f;
    for (int64_t group = 0; group < groups; ++group) {
      sum += moments[(group * 2 + row) * pitch + channel];
    }
    result[channel] = sum;
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

/* convolution_backward_weights: partial gradients of the weights of relu, normalize and of add, moments_gradient, [range][group][input, tap][output]; a task is a range of images, a group and a part of its input channels.
   Used by train_8 %133 … (3 rows). */
static NOINLINE void kernel_convolution_backward_weights(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_v0 = at(c, a[2]);
  const float *l_v1 = at(c, a[3]);
  const int64_t l_pitch0 = a[4];
  const double l_f0 = wide(a[5]);
  const float *l_v2 = at(c, a[6]);
  const int64_t l_scratch = a[7];
  const int64_t l_line = a[8];
  const float *r_x0_base = at(c, a[9]);
  const int64_t r_x0_stride = a[10];
  const float *r_v0 = at(c, a[11]);
  const int64_t r_pitch0 = a[12];
  const int64_t r_f0 = a[13];
  const float *r_v1 = at(c, a[14]);
  const float *r_x1_base = at(c, a[15]);
  const int64_t r_x1_stride = a[16];
  const int64_t r_scratch = a[17];
  float *parts = at(c, a[19]);
  const int64_t images = a[20];
  const int64_t groups = a[21];
  const int64_t inputs = a[22];
  const int64_t outputs = a[23];
  const int64_t in_d = a[24];
  const int64_t in_h = a[25];
  const int64_t in_w = a[26];
  const int64_t out_d = a[27];
  const int64_t out_h = a[28];
  const int64_t out_w = a[29];
  const int64_t size_d = a[30];
  const int64_t size_h = a[31];
  const int64_t size_w = a[32];
  const int64_t far_h = a[37];
  const int64_t far_w = a[38];
  const int64_t pad_h = a[40];
  const int64_t pad_w = a[41];
  const int64_t tile_images = a[42];
  const int64_t tile_lines = a[43];
  const int64_t rows = a[45];
  const int64_t pitch = a[46];
  const int64_t channel_stride = a[47];
  const int64_t tiles_n = a[48];
  const int64_t tiles_d = a[49];
  const int64_t tiles_h = a[50];
  const int64_t tiles_w = a[51];
  const int64_t ranges = a[52];
  const int64_t splits = a[53];
  const int64_t split = a[54];
  const int64_t width = a[55];
  const int64_t scratch_tap = a[56];
  const int64_t scratch_line = a[57];
  const int64_t scratch_data = a[58];
  const int64_t scratch_right = a[59];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *right = (float *)(void *)(c->scratch + scratch_right);
  float *computed = (float *)(void *)(c->scratch + l_line);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * outputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] * (1.0 / sqrt((double)l_v1[l_pitch0 + channel] + l_f0)));
    l_table[channel * 3 + 1] = l_v2[channel];
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  float *r_table = (float *)(void *)(c->scratch + r_scratch);
  for (int64_t channel = 0; channel < groups * inputs; ++channel) {
    r_table[channel * 3 + 0] = (float)((double)r_v0[channel] / (double)r_f0);
    r_table[channel * 3 + 1] = (float)(2.0 * (double)r_v0[r_pitch0 + channel] / (double)r_f0);
    r_table[channel * 3 + 2] = r_v1[channel];
  }
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  clear_gaps(data, split, channel_stride, tile_images * rows, pitch, pad_w, in_w);
  const int64_t taps = size_d * size_h * size_w, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, inner_tiles = tiles_d * tiles_h * tiles_w;
  for (int64_t task = first; task < last; ++task) {
    const int64_t from = task % splits * split, group = task / splits % groups, range = task / splits / groups;
    const int64_t channels = least(split, inputs - from);
    const int64_t first_channel = group * inputs + from;
    float *target_part = parts + (((range * groups + group) * inputs + from) * taps) * width;
    const int64_t stop = (range + 1) * tiles_n / ranges * inner_tiles;
    int more = 0;
    for (int64_t tile = range * tiles_n / ranges * inner_tiles; tile < stop; ++tile) {
      const int64_t w0 = cut(out_w, tiles_w, tile % tiles_w), columns_here = cut(out_w, tiles_w, tile % tiles_w + 1) - w0;
      const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
      const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
      const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
      {
        const int64_t at_line = h0 - pad_h, rows_here = rows - tile_lines + lines_here;
        const int64_t begin = least(greatest(0, -at_line), rows_here);
        const int64_t end = greatest(begin, least(rows_here, in_h - at_line));
        const int64_t ahead = (4096 + in_plane - 1) / in_plane * in_plane;
        for (int64_t channel = 0; channel < channels; ++channel) {
          float *target = data + channel * channel_stride;
          const float r_k0 = r_table[(first_channel + channel) * 3 + 0];
          const float r_k1 = r_table[(first_channel + channel) * 3 + 1];
          const float r_k2 = r_table[(first_channel + channel) * 3 + 2];
          for (int64_t n = 0; n < images_here; ++n, target += rows * pitch) {
            clear_run(target, begin * pitch);

            float *line = target + begin * pitch + pad_w;
            if (begin < end) {
              {
                const int64_t count = in_w;
                const int64_t element = (first_channel + channel) * in_plane + ((at_line + begin) * in_w);
                const float *r_x0 = r_x0_base + (n0 + n) * r_x0_stride + element;
                const float *r_x1 = r_x1_base + (n0 + n) * r_x1_stride + element;
                float *result = line;
                for (int64_t left = end - begin; left > 0; --left, r_x0 += count, r_x1 += count, result += pitch) {
                int64_t i = 0;
                for (; i + LANES <= count; i += LANES) {
                  PREFETCH(i + r_x0 + ahead);
                  PREFETCH(i + r_x1 + ahead);
                  const vec r_x0_i = load(i + r_x0);
                  const vec r_t0 = r_k0 + (r_x0_i - r_k2) * r_k1;
                  const vec r_x1_i = load(i + r_x1);
                  const vec r_t1 = r_t0 + r_x1_i;
                  store(i + result, r_t1);
                }
                if (i < count) {
                  const int64_t some = count - i;
                  const vec r_x0_i = load_some(some, i + r_x0);
                  const vec r_t0 = r_k0 + (r_x0_i - r_k2) * r_k1;
                  const vec r_x1_i = load_some(some, i + r_x1);
                  const vec r_t1 = r_t0 + r_x1_i;
                  store_some(some, i + result, r_t1);
                }
                }
              }
            }
            clear_run(target + end * pitch, (rows_here - end) * pitch);
          }
        }
      }
      /* dy with outputs in lanes; positions outside the image are left out */
      int64_t count = 0;
      for (int64_t n = 0; n < images_here; ++n) {
        const int64_t run_at = h0 * out_w + w0, run = lines_here * columns_here;
        const int64_t out_ahead = (4096 + out_plane - 1) / out_plane * out_plane;
        for (int64_t output = 0; output < outputs; ++output) {
          const float l_k0 = l_table[(group * outputs + output) * 3 + 0];
          const float l_k1 = l_table[(group * outputs + output) * 3 + 1];
          const float l_k2 = l_table[(group * outputs + output) * 3 + 2];
          {
            const int64_t count = run;
            const int64_t element = (group * outputs + output) * out_plane + (run_at);
            const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
            float *result = computed + output * run;
            int64_t i = 0;
            for (; i + LANES <= count; i += LANES) {
              PREFETCH(i + l_x0 + out_ahead);
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
        transpose(computed, run, outputs, run, right + count * columns_here * width, width);
        for (int64_t line = 0; line < lines_here; ++line) lines[count++] = (n * rows + line) * pitch;
      }
      for (int64_t output = 0; output < width;) {
        const int vectors = (int)least(1, (width - output) / LANES);
        const int64_t most = 4 / vectors;
        for (int64_t t = 0; t < taps; t += 3)
          for (int64_t channel = 0; channel < channels;) {
            const int64_t block = even_part(channels - channel, most);
            outer_taps_any((int)block * 3, vectors, data + channel * channel_stride + tap[t], channel_stride, lines,
                           count, columns_here, right + output, width, target_part + (channel * taps + t) * width + output,
                           taps * width, more);
            channel += block;
          }
        output += vectors * LANES;
      }
      more = 1;
    }
  }
}

/* convolution_weights_reduce: adds the ranges as a tree into dw[output][input, tap], lanes and rows of the parts being either; a task is 64 rows of a group.
   Used by train_8 %133 … (9 rows). */
static NOINLINE void kernel_convolution_weights_reduce(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *parts = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t ranges = a[2];
  const int64_t groups = a[3];
  const int64_t outputs = a[4];
  const int64_t terms = a[5];
  const int64_t width = a[6];
  const int64_t chunks = a[7];
  const int64_t taps = a[8];
  const int64_t first_tap = a[9];
  const int64_t tap_step = a[10];
  const int64_t row_step = a[11];
  const int64_t lane_step = a[12];
  const int64_t part_stride = groups * terms * width;
  for (int64_t task = first; task < last; ++task) {
    const int64_t group = task / chunks, begin = task % chunks * 64;
    for (int64_t k = begin; k < least(begin + 64, terms); ++k) {
      const float *part = parts + (group * terms + k) * width;
      float *target = result + group * outputs * terms + k / taps * row_step + first_tap + k % taps * tap_step;
      for (int64_t output = 0; output < outputs; output += LANES) {
        vec sum[16];
        for (int64_t range = 0; range < ranges; ++range) sum[range] = load(part + range * part_stride + output);
        for (int64_t count = ranges, half; count > 1; count = half) {
          half = (count + 1) / 2;
          for (int64_t i = 0; i < count - half; ++i) sum[i] += sum[i + half];
        }
        SHORT for (int64_t i = 0; i < least(LANES, outputs - output); ++i)
          target[(output + i) * lane_step] = sum[0][i];
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
        for (int64_t output = 0; output < width;) {
          const int vectors = (int)least(3, (width - output) / LANES);
          outer_tile_any(count_rows, vectors, source_rows, lines, count, s.end, right + output, width,
                         target_part + k * width + output, more, asks, asked);
          output += vectors * LANES;
          asked = 0; /* once is enough */
        }
        k += count_rows;
      }
      more = 1;
    }
  }
}

/* pointwise_planes: add; a task is a block of planes.
   Used by train_8 %151 … (3 rows). */
static NOINLINE void kernel_pointwise_planes(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *s_x0_base = at(c, a[0]);
  const int64_t s_x0_stride = a[1];
  const float *s_x1_base = at(c, a[2]);
  const int64_t s_x1_stride = a[3];
  float *s_y0_base = at(c, a[4]);
  const int64_t s_y0_stride = a[5];
  const int64_t planes = a[6];
  const int64_t channels = a[7];
  const int64_t inner = a[8];
  const int64_t block = a[9];
  for (int64_t plane = first * block; plane < least(last * block, planes); ++plane) {
    const int64_t channel = plane % channels, image = plane / channels;
    for (int64_t start = 0; start < inner; start += 4096) {
      {
        const int64_t count = least(4096, inner - start);
        const int64_t element = (channel) * inner + (start);
        const float *s_x0 = s_x0_base + (image) * s_x0_stride + element;
        const float *s_x1 = s_x1_base + (image) * s_x1_stride + element;
        float *s_y0 = s_y0_base + (image) * s_y0_stride + element;
        int64_t i = 0;
        for (; i + LANES <= count; i += LANES) {
          const vec s_x0_i = load(i + s_x0);
          const vec s_x1_i = load(i + s_x1);
          const vec s_t0 = s_x0_i + s_x1_i;
          store(i + s_y0, s_t0);
        }
        if (i < count) {
          const int64_t some = count - i;
          const vec s_x0_i = load_some(some, i + s_x0);
          const vec s_x1_i = load_some(some, i + s_x1);
          const vec s_t0 = s_x0_i + s_x1_i;
          store_some(some, i + s_y0, s_t0);
        }
      }
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
        for (int64_t output = 0; output < width;) {
          const int vectors = (int)least(3, (width - output) / LANES);
          outer_tile_any(count_rows, vectors, source_rows, lines, count, s.end, right + output, width,
                         target_part + k * width + output, more, asks, asked);
          output += vectors * LANES;
          asked = 0; /* once is enough */
        }
        k += count_rows;
      }
      more = 1;
    }
  }
}

/* average_pool_halving_gradient: a quarter of dy at each position of its 2x2, then normalize, relu, relu_gradient, normalize_input_gradient, normalize_reduce; a task is a block of planes.
   Used by train_8 %156 … (2 rows). */
static NOINLINE void kernel_average_pool_halving_gradient(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *dy = at(c, a[0]);
  const int64_t dy_stride = a[1];
  const float *s_x0_base = at(c, a[2]);
  const int64_t s_x0_stride = a[3];
  const float *s_v0 = at(c, a[4]);
  const float *s_v1 = at(c, a[5]);
  const int64_t s_pitch0 = a[6];
  const double s_f0 = wide(a[7]);
  const float *s_v2 = at(c, a[8]);
  float *s_y0_base = at(c, a[9]);
  const int64_t s_y0_stride = a[10];
  double *parts_of_sums = (double *)(void *)at(c, a[11]);
  const int64_t s_scratch = a[12];
  const int64_t scratch_tile = a[13];
  const int64_t planes = a[14];
  const int64_t channels = a[15];
  const int64_t block = a[16];
  const int64_t depth = a[17];
  const int64_t height = a[18];
  const int64_t width = a[19];
  const int64_t out_depth = a[20];
  const int64_t out_height = a[21];
  const int64_t out_width = a[22];
  float *s_table = (float *)(void *)(c->scratch + s_scratch);
  for (int64_t channel = 0; channel < channels; ++channel) {
    s_table[channel * 3 + 0] = (float)((double)s_v0[channel] * (1.0 / sqrt((double)s_v1[s_pitch0 + channel] + s_f0)));
    s_table[channel * 3 + 1] = s_v2[channel];
    s_table[channel * 3 + 2] = s_v1[channel];
  }
  for (int64_t number = first * block; number < least(last * block, planes); ++number) {
    const int64_t image = number / channels, channel = number % channels;
    const float *dy_plane = dy + image * dy_stride + channel * out_depth * out_height * out_width;
    float *target = (float *)(void *)(c->scratch + scratch_tile);
    for (int64_t oh = 0; oh < out_height; ++oh) {
      const float *mean = dy_plane + oh * out_width;
      float *upper = target + 2 * oh * width, *lower = upper + width;
      int64_t ow = 0;
      for (; ow + LANES <= out_width; ow += LANES) {
        const vec share = load(mean + ow) * 0.25f;
        store(upper + 2 * ow, low_lanes(share, share));
        store(upper + 2 * ow + LANES, high_lanes(share, share));
        store(lower + 2 * ow, low_lanes(share, share));
        store(lower + 2 * ow + LANES, high_lanes(share, share));
      }
      if (ow < out_width) {
        const int64_t some = out_width - ow, more = 2 * some - LANES;
        const vec share = load_some(some, mean + ow) * 0.25f;
        if (more >= 0) {
          store(upper + 2 * ow, low_lanes(share, share));
          store(lower + 2 * ow, low_lanes(share, share));
          if (more > 0) {
            store_some(more, upper + 2 * ow + LANES, high_lanes(share, share));
            store_some(more, lower + 2 * ow + LANES, high_lanes(share, share));
          }
        } else {
          store_some(2 * some, upper + 2 * ow, low_lanes(share, share));
          store_some(2 * some, lower + 2 * ow, low_lanes(share, share));
        }
      }
    }
    const float s_k0 = s_table[(channel) * 3 + 0];
    const float s_k1 = s_table[(channel) * 3 + 1];
    const float s_k2 = s_table[(channel) * 3 + 2];
    double s_s0_total = 0;
    double s_s1_total = 0;
    for (int64_t start = 0; start < depth * height * width; start += 4096) {
      {
        const int64_t count = least(4096, depth * height * width - start);
        const int64_t element = (channel) * depth * height * width + (start);
        const float *s_x0 = s_x0_base + (image) * s_x0_stride + element;
        float *s_y0 = s_y0_base + (image) * s_y0_stride + element;
        const float *value = target + start;
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
    double *part_of_sums = parts_of_sums + ((image) * channels + (channel)) * 2;
    part_of_sums[0] = s_s0_total;
    part_of_sums[1] = s_s1_total;
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

/* convolution_backward_weights_2: partial gradients of the weights of add, moments_gradient, [range][group][input, tap][output]; a task is a range of images, a group and a part of its input channels.
   Used by train_8 %228. */
static NOINLINE void kernel_convolution_backward_weights_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_x1_base = at(c, a[2]);
  const int64_t l_x1_stride = a[3];
  const float *l_v0 = at(c, a[4]);
  const int64_t l_pitch0 = a[5];
  const int64_t l_f0 = a[6];
  const float *l_v1 = at(c, a[7]);
  const int64_t l_scratch = a[8];
  const int64_t l_line = a[9];
  const float *x = at(c, a[10]);
  const int64_t x_stride = a[11];
  float *parts = at(c, a[12]);
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
  const int64_t far_h = a[30];
  const int64_t far_w = a[31];
  const int64_t pad_h = a[33];
  const int64_t pad_w = a[34];
  const int64_t tile_images = a[35];
  const int64_t tile_lines = a[36];
  const int64_t rows = a[38];
  const int64_t pitch = a[39];
  const int64_t channel_stride = a[40];
  const int64_t tiles_n = a[41];
  const int64_t tiles_d = a[42];
  const int64_t tiles_h = a[43];
  const int64_t tiles_w = a[44];
  const int64_t ranges = a[45];
  const int64_t splits = a[46];
  const int64_t split = a[47];
  const int64_t width = a[48];
  const int64_t scratch_tap = a[49];
  const int64_t scratch_line = a[50];
  const int64_t scratch_data = a[51];
  const int64_t scratch_right = a[52];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *right = (float *)(void *)(c->scratch + scratch_right);
  float *computed = (float *)(void *)(c->scratch + l_line);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * outputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] / (double)l_f0);
    l_table[channel * 3 + 1] = (float)(2.0 * (double)l_v0[l_pitch0 + channel] / (double)l_f0);
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  clear_gaps(data, split, channel_stride, tile_images * rows, pitch, pad_w, in_w);
  const int64_t taps = size_d * size_h * size_w, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, inner_tiles = tiles_d * tiles_h * tiles_w;
  for (int64_t task = first; task < last; ++task) {
    const int64_t from = task % splits * split, group = task / splits % groups, range = task / splits / groups;
    const int64_t channels = least(split, inputs - from);
    const int64_t first_channel = group * inputs + from;
    float *target_part = parts + (((range * groups + group) * inputs + from) * taps) * width;
    const int64_t stop = (range + 1) * tiles_n / ranges * inner_tiles;
    int more = 0;
    for (int64_t tile = range * tiles_n / ranges * inner_tiles; tile < stop; ++tile) {
      const int64_t w0 = cut(out_w, tiles_w, tile % tiles_w), columns_here = cut(out_w, tiles_w, tile % tiles_w + 1) - w0;
      const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
      const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
      const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
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
      /* dy with outputs in lanes; positions outside the image are left out */
      int64_t count = 0;
      for (int64_t n = 0; n < images_here; ++n) {
        const int64_t run_at = h0 * out_w + w0, run = lines_here * columns_here;
        const int64_t out_ahead = (4096 + out_plane - 1) / out_plane * out_plane;
        for (int64_t output = 0; output < outputs; ++output) {
          const float l_k0 = l_table[(group * outputs + output) * 3 + 0];
          const float l_k1 = l_table[(group * outputs + output) * 3 + 1];
          const float l_k2 = l_table[(group * outputs + output) * 3 + 2];
          {
            const int64_t count = run;
            const int64_t element = (group * outputs + output) * out_plane + (run_at);
            const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
            const float *l_x1 = l_x1_base + (n0 + n) * l_x1_stride + element;
            float *result = computed + output * run;
            int64_t i = 0;
            for (; i + LANES <= count; i += LANES) {
              PREFETCH(i + l_x0 + out_ahead);
              PREFETCH(i + l_x1 + out_ahead);
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
        transpose(computed, run, outputs, run, right + count * columns_here * width, width);
        for (int64_t line = 0; line < lines_here; ++line) lines[count++] = (n * rows + line) * pitch;
      }
      for (int64_t output = 0; output < width;) {
        const int vectors = (int)least(1, (width - output) / LANES);
        const int64_t most = 4 / vectors;
        for (int64_t t = 0; t < taps; t += 3)
          for (int64_t channel = 0; channel < channels;) {
            const int64_t block = even_part(channels - channel, most);
            outer_taps_any((int)block * 3, vectors, data + channel * channel_stride + tap[t], channel_stride, lines,
                           count, columns_here, right + output, width, target_part + (channel * taps + t) * width + output,
                           taps * width, more);
            channel += block;
          }
        output += vectors * LANES;
      }
      more = 1;
    }
  }
}

/* pointwise: sgd_momentum, sgd_parameter; a task is 16384 elements.
   Used by train_8 %232 … (29 rows). */
static NOINLINE void kernel_pointwise(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *s_x0_base = at(c, a[0]);
  const int64_t s_x0_stride = a[1];
  const float *s_x1_base = at(c, a[2]);
  const int64_t s_x1_stride = a[3];
  const float *s_x2_base = at(c, a[4]);
  const int64_t s_x2_stride = a[5];
  const float s_f0 = number(a[6]);
  const float s_f1 = number(a[7]);
  const float s_f2 = number(a[8]);
  float *s_y0_base = at(c, a[9]);
  const int64_t s_y0_stride = a[10];
  const float *s_rate_place = at(c, a[11]);
  float *s_y1_base = at(c, a[12]);
  const int64_t s_y1_stride = a[13];
  const int64_t elements = a[14];
  const float s_rate = s_rate_place ? s_rate_place[0] : c->arguments->learning_rate;
  const int64_t start = first * 16384;
  {
    const int64_t count = least(last * 16384, elements) - start;
    const int64_t element = (0) * elements + (start);
    const float *s_x0 = s_x0_base + (0) * s_x0_stride + element;
    const float *s_x1 = s_x1_base + (0) * s_x1_stride + element;
    const float *s_x2 = s_x2_base + (0) * s_x2_stride + element;
    float *s_y0 = s_y0_base + (0) * s_y0_stride + element;
    float *s_y1 = s_y1_base + (0) * s_y1_stride + element;
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) {
      const vec s_x0_i = load(i + s_x0);
      const vec s_x1_i = load(i + s_x1);
      const vec s_x2_i = load(i + s_x2);
      const vec s_t0 = c->arguments->step == 0 ? s_x1_i + s_f0 * s_x0_i : s_f2 * s_x2_i + s_f1 * (s_x1_i + s_f0 * s_x0_i);
      const vec s_t1 = s_x0_i - s_rate * (s_x1_i + s_f0 * s_x0_i + s_f2 * s_t0);
      store(i + s_y0, s_t0);
      store(i + s_y1, s_t1);
    }
    if (i < count) {
      const int64_t some = count - i;
      const vec s_x0_i = load_some(some, i + s_x0);
      const vec s_x1_i = load_some(some, i + s_x1);
      const vec s_x2_i = load_some(some, i + s_x2);
      const vec s_t0 = c->arguments->step == 0 ? s_x1_i + s_f0 * s_x0_i : s_f2 * s_x2_i + s_f1 * (s_x1_i + s_f0 * s_x0_i);
      const vec s_t1 = s_x0_i - s_rate * (s_x1_i + s_f0 * s_x0_i + s_f2 * s_t0);
      store_some(some, i + s_y0, s_t0);
      store_some(some, i + s_y1, s_t1);
    }
  }
}

/* pointwise_2: reciprocal_square_root, multiply; a task is 16384 elements.
   Used by prepare %6 … (9 rows). */
static NOINLINE void kernel_pointwise_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *s_x0_base = at(c, a[0]);
  const int64_t s_x0_stride = a[1];
  const float *s_x1_base = at(c, a[2]);
  const int64_t s_x1_stride = a[3];
  const float s_f0 = number(a[4]);
  float *s_y0_base = at(c, a[5]);
  const int64_t s_y0_stride = a[6];
  const int64_t elements = a[7];
  const int64_t start = first * 16384;
  {
    const int64_t count = least(last * 16384, elements) - start;
    const int64_t element = (0) * elements + (start);
    const float *s_x0 = s_x0_base + (0) * s_x0_stride + element;
    const float *s_x1 = s_x1_base + (0) * s_x1_stride + element;
    float *s_y0 = s_y0_base + (0) * s_y0_stride + element;
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) {
      const vec s_x0_i = load(i + s_x0);
      const vec s_x1_i = load(i + s_x1);
      const vec s_t0 = 1.0f / root_of(s_x1_i + s_f0);
      const vec s_t1 = s_x0_i * s_t0;
      store(i + s_y0, s_t1);
    }
    if (i < count) {
      const int64_t some = count - i;
      const vec s_x0_i = load_some(some, i + s_x0);
      const vec s_x1_i = load_some(some, i + s_x1);
      const vec s_t0 = 1.0f / root_of(s_x1_i + s_f0);
      const vec s_t1 = s_x0_i * s_t0;
      store_some(some, i + s_y0, s_t1);
    }
  }
}

/* pointwise_3: multiply, subtract; a task is 16384 elements.
   Used by prepare %9 … (6 rows). */
static NOINLINE void kernel_pointwise_3(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *s_x0_base = at(c, a[0]);
  const int64_t s_x0_stride = a[1];
  const float *s_x1_base = at(c, a[2]);
  const int64_t s_x1_stride = a[3];
  const float *s_x2_base = at(c, a[4]);
  const int64_t s_x2_stride = a[5];
  float *s_y0_base = at(c, a[6]);
  const int64_t s_y0_stride = a[7];
  const int64_t elements = a[8];
  const int64_t start = first * 16384;
  {
    const int64_t count = least(last * 16384, elements) - start;
    const int64_t element = (0) * elements + (start);
    const float *s_x0 = s_x0_base + (0) * s_x0_stride + element;
    const float *s_x1 = s_x1_base + (0) * s_x1_stride + element;
    const float *s_x2 = s_x2_base + (0) * s_x2_stride + element;
    float *s_y0 = s_y0_base + (0) * s_y0_stride + element;
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) {
      const vec s_x0_i = load(i + s_x0);
      const vec s_x1_i = load(i + s_x1);
      const vec s_x2_i = load(i + s_x2);
      const vec s_t0 = s_x1_i * s_x2_i;
      const vec s_t1 = s_x0_i - s_t0;
      store(i + s_y0, s_t1);
    }
    if (i < count) {
      const int64_t some = count - i;
      const vec s_x0_i = load_some(some, i + s_x0);
      const vec s_x1_i = load_some(some, i + s_x1);
      const vec s_x2_i = load_some(some, i + s_x2);
      const vec s_t0 = s_x1_i * s_x2_i;
      const vec s_t1 = s_x0_i - s_t0;
      store_some(some, i + s_y0, s_t1);
    }
  }
}

/* multiply_channel: x * v[channel]; a task is a block of planes.
   Used by prepare %19 … (3 rows). */
static NOINLINE void kernel_multiply_channel(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *v = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t planes = a[3];
  const int64_t channels = a[4];
  const int64_t inner = a[5];
  const int64_t block = a[6];
  const int64_t end = least(last * block, planes);
  for (int64_t plane = first * block; plane < end; ++plane) {
    const int64_t channel = plane % channels;
    const float factor = v[channel];
    const float *x_plane = x + plane * inner;
    float *result_plane = result + plane * inner;
    INDEPENDENT
    for (int64_t i = 0; i < inner; ++i) {
      result_plane[i] = x_plane[i] * factor;
    }
  }
}

/* clamp_lower: lower of relu(slope * x + intercept) as a clamp.
   Used by prepare %20 … (6 rows). */
static NOINLINE void kernel_clamp_lower(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *slope = at(c, a[0]);
  const float *intercept = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t count = a[3];
  const int64_t end = least(last * 16384, count);
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = slope[i] == 0.0f ? 0.0f : (0.0f > intercept[i] ? (1.8446744e+19f >= fabsf(-intercept[i] / slope[i]) ? (slope[i] > 0 ? -intercept[i] / slope[i] : (-INFINITY)) : 0.0f) : (slope[i] > 0 ? -intercept[i] / slope[i] : (-INFINITY)));
  }
}

/* clamp_upper: upper of relu(slope * x + intercept) as a clamp.
   Used by prepare %21 … (6 rows). */
static NOINLINE void kernel_clamp_upper(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *slope = at(c, a[0]);
  const float *intercept = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t count = a[3];
  const int64_t end = least(last * 16384, count);
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = slope[i] == 0.0f ? 0.0f : (0.0f > intercept[i] ? (1.8446744e+19f >= fabsf(-intercept[i] / slope[i]) ? (slope[i] > 0 ? INFINITY : -intercept[i] / slope[i]) : 0.0f) : (slope[i] > 0 ? INFINITY : -intercept[i] / slope[i]));
  }
}

/* clamp_factor: factor of relu(slope * x + intercept) as a clamp.
   Used by prepare %22 … (6 rows). */
static NOINLINE void kernel_clamp_factor(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *slope = at(c, a[0]);
  const float *intercept = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t count = a[3];
  const int64_t end = least(last * 16384, count);
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = slope[i] == 0.0f ? 0.0f : (0.0f > intercept[i] ? (1.8446744e+19f >= fabsf(-intercept[i] / slope[i]) ? slope[i] : 0.0f) : slope[i]);
  }
}

/* pointwise_planes_2: multiply_channel; a task is a block of planes.
   Used by prepare %23 … (10 rows). */
static NOINLINE void kernel_pointwise_planes_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *s_x0_base = at(c, a[0]);
  const int64_t s_x0_stride = a[1];
  const float *s_v0 = at(c, a[2]);
  float *s_y0_base = at(c, a[3]);
  const int64_t s_y0_stride = a[4];
  const int64_t s_scratch = a[5];
  const int64_t planes = a[6];
  const int64_t channels = a[7];
  const int64_t inner = a[8];
  const int64_t block = a[9];
  float *s_table = (float *)(void *)(c->scratch + s_scratch);
  for (int64_t channel = 0; channel < channels; ++channel) {
    s_table[channel * 1 + 0] = s_v0[channel];
  }
  for (int64_t plane = first * block; plane < least(last * block, planes); ++plane) {
    const int64_t channel = plane % channels, image = plane / channels;
    const float s_k0 = s_table[(channel) * 1 + 0];
    for (int64_t start = 0; start < inner; start += 4096) {
      {
        const int64_t count = least(4096, inner - start);
        const int64_t element = (channel) * inner + (start);
        const float *s_x0 = s_x0_base + (image) * s_x0_stride + element;
        float *s_y0 = s_y0_base + (image) * s_y0_stride + element;
        int64_t i = 0;
        for (; i + LANES <= count; i += LANES) {
          const vec s_x0_i = load(i + s_x0);
          const vec s_t0 = s_x0_i * s_k0;
          store(i + s_y0, s_t0);
        }
        if (i < count) {
          const int64_t some = count - i;
          const vec s_x0_i = load_some(some, i + s_x0);
          const vec s_t0 = s_x0_i * s_k0;
          store_some(some, i + s_y0, s_t0);
        }
      }
    }
  }
}

/* clamp_shift: shift of relu(slope * x + intercept) as a clamp.
   Used by prepare %24 … (6 rows). */
static NOINLINE void kernel_clamp_shift(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *slope = at(c, a[0]);
  const float *intercept = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t count = a[3];
  const int64_t end = least(last * 16384, count);
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = slope[i] == 0.0f ? (0.0f > intercept[i] ? 0.0f : intercept[i]) : (0.0f > intercept[i] ? (1.8446744e+19f >= fabsf(-intercept[i] / slope[i]) ? intercept[i] : (0.0f > intercept[i] ? 0.0f : intercept[i])) : intercept[i]);
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

/* pointwise_4: multiply, subtract, add; a task is 16384 elements.
   Used by prepare %27 … (3 rows). */
static NOINLINE void kernel_pointwise_4(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *s_x0_base = at(c, a[0]);
  const int64_t s_x0_stride = a[1];
  const float *s_x1_base = at(c, a[2]);
  const int64_t s_x1_stride = a[3];
  const float *s_x2_base = at(c, a[4]);
  const int64_t s_x2_stride = a[5];
  const float *s_x3_base = at(c, a[6]);
  const int64_t s_x3_stride = a[7];
  float *s_y0_base = at(c, a[8]);
  const int64_t s_y0_stride = a[9];
  const int64_t elements = a[10];
  const int64_t start = first * 16384;
  {
    const int64_t count = least(last * 16384, elements) - start;
    const int64_t element = (0) * elements + (start);
    const float *s_x0 = s_x0_base + (0) * s_x0_stride + element;
    const float *s_x1 = s_x1_base + (0) * s_x1_stride + element;
    const float *s_x2 = s_x2_base + (0) * s_x2_stride + element;
    const float *s_x3 = s_x3_base + (0) * s_x3_stride + element;
    float *s_y0 = s_y0_base + (0) * s_y0_stride + element;
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) {
      const vec s_x0_i = load(i + s_x0);
      const vec s_x1_i = load(i + s_x1);
      const vec s_x2_i = load(i + s_x2);
      const vec s_t0 = s_x1_i * s_x2_i;
      const vec s_t1 = s_x0_i - s_t0;
      const vec s_x3_i = load(i + s_x3);
      const vec s_t2 = s_t1 + s_x3_i;
      store(i + s_y0, s_t2);
    }
    if (i < count) {
      const int64_t some = count - i;
      const vec s_x0_i = load_some(some, i + s_x0);
      const vec s_x1_i = load_some(some, i + s_x1);
      const vec s_x2_i = load_some(some, i + s_x2);
      const vec s_t0 = s_x1_i * s_x2_i;
      const vec s_t1 = s_x0_i - s_t0;
      const vec s_x3_i = load_some(some, i + s_x3);
      const vec s_t2 = s_t1 + s_x3_i;
      store_some(some, i + s_y0, s_t2);
    }
  }
}

/* multiply_columns: x * v[column]; a task is a block of rows.
   Used by prepare %136 … (2 rows). */
static NOINLINE void kernel_multiply_columns(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *v = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t rows = a[3];
  const int64_t columns = a[4];
  const int64_t block = a[5];
  for (int64_t row = first * block; row < least(last * block, rows); ++row) {
    const float *x_plane = x + row * columns;
    float *result_plane = result + row * columns;
    INDEPENDENT
    for (int64_t i = 0; i < columns; ++i) {
      result_plane[i] = x_plane[i] * v[i];
    }
  }
}

/* pointwise_5: add; a task is 16384 elements.
   Used by prepare %140. */
static NOINLINE void kernel_pointwise_5(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *s_x0_base = at(c, a[0]);
  const int64_t s_x0_stride = a[1];
  const float *s_x1_base = at(c, a[2]);
  const int64_t s_x1_stride = a[3];
  float *s_y0_base = at(c, a[4]);
  const int64_t s_y0_stride = a[5];
  const int64_t elements = a[6];
  const int64_t start = first * 16384;
  {
    const int64_t count = least(last * 16384, elements) - start;
    const int64_t element = (0) * elements + (start);
    const float *s_x0 = s_x0_base + (0) * s_x0_stride + element;
    const float *s_x1 = s_x1_base + (0) * s_x1_stride + element;
    float *s_y0 = s_y0_base + (0) * s_y0_stride + element;
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) {
      const vec s_x0_i = load(i + s_x0);
      const vec s_x1_i = load(i + s_x1);
      const vec s_t0 = s_x0_i + s_x1_i;
      store(i + s_y0, s_t0);
    }
    if (i < count) {
      const int64_t some = count - i;
      const vec s_x0_i = load_some(some, i + s_x0);
      const vec s_x1_i = load_some(some, i + s_x1);
      const vec s_t0 = s_x0_i + s_x1_i;
      store_some(some, i + s_y0, s_t0);
    }
  }
}

enum {
  k_end = 0,
  k_convolution = 1,
  k_convolution_2 = 2,
  k_average_pool_halving = 3,
  k_convolution_3 = 4,
  k_convolution_4 = 5,
  k_global_average_pool = 6,
  k_dot_products = 7,
  k_pack_weights = 8,
  k_convolution_5 = 9,
  k_moments_of_parts = 10,
  k_running_moment = 11,
  k_convolution_6 = 12,
  k_convolution_7 = 13,
  k_average_pool_halving_2 = 14,
  k_convolution_8 = 15,
  k_convolution_9 = 16,
  k_global_average_pool_2 = 17,
  k_softmax_cross_entropy_both = 18,
  k_mean_of_parts = 19,
  k_product = 20,
  k_sum_columns = 21,
  k_global_average_pool_gradient = 22,
  k_sums_merge = 23,
  k_normalize_moments_gradient = 24,
  k_select_moment = 25,
  k_convolution_transpose = 26,
  k_convolution_backward_data = 27,
  k_convolution_backward_weights = 28,
  k_convolution_weights_reduce = 29,
  k_convolution_backward = 30,
  k_pointwise_planes = 31,
  k_convolution_backward_2 = 32,
  k_average_pool_halving_gradient = 33,
  k_convolution_backward_data_2 = 34,
  k_convolution_backward_data_3 = 35,
  k_convolution_backward_weights_2 = 36,
  k_pointwise = 37,
  k_pointwise_2 = 38,
  k_pointwise_3 = 39,
  k_multiply_channel = 40,
  k_clamp_lower = 41,
  k_clamp_upper = 42,
  k_clamp_factor = 43,
  k_pointwise_planes_2 = 44,
  k_clamp_shift = 45,
  k_sum_to_channel = 46,
  k_pointwise_4 = 47,
  k_multiply_columns = 48,
  k_pointwise_5 = 49,
};

static void dispatch(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  (void)c, (void)a, (void)first, (void)last;
  switch (kernel) {
    case k_convolution: kernel_convolution(c, a, first, last); break;
    case k_convolution_2: kernel_convolution_2(c, a, first, last); break;
    case k_average_pool_halving: kernel_average_pool_halving(c, a, first, last); break;
    case k_convolution_3: kernel_convolution_3(c, a, first, last); break;
    case k_convolution_4: kernel_convolution_4(c, a, first, last); break;
    case k_global_average_pool: kernel_global_average_pool(c, a, first, last); break;
    case k_dot_products: kernel_dot_products(c, a, first, last); break;
    case k_pack_weights: kernel_pack_weights(c, a, first, last); break;
    case k_convolution_5: kernel_convolution_5(c, a, first, last); break;
    case k_moments_of_parts: kernel_moments_of_parts(c, a, first, last); break;
    case k_running_moment: kernel_running_moment(c, a, first, last); break;
    case k_convolution_6: kernel_convolution_6(c, a, first, last); break;
    case k_convolution_7: kernel_convolution_7(c, a, first, last); break;
    case k_average_pool_halving_2: kernel_average_pool_halving_2(c, a, first, last); break;
    case k_convolution_8: kernel_convolution_8(c, a, first, last); break;
    case k_convolution_9: kernel_convolution_9(c, a, first, last); break;
    case k_global_average_pool_2: kernel_global_average_pool_2(c, a, first, last); break;
    case k_softmax_cross_entropy_both: kernel_softmax_cross_entropy_both(c, a, first, last); break;
    case k_mean_of_parts: kernel_mean_of_parts(c, a, first, last); break;
    case k_product: kernel_product(c, a, first, last); break;
    case k_sum_columns: kernel_sum_columns(c, a, first, last); break;
    case k_global_average_pool_gradient: kernel_global_average_pool_gradient(c, a, first, last); break;
    case k_sums_merge: kernel_sums_merge(c, a, first, last); break;
    case k_normalize_moments_gradient: kernel_normalize_moments_gradient(c, a, first, last); break;
    case k_select_moment: kernel_select_moment(c, a, first, last); break;
    case k_convolution_transpose: kernel_convolution_transpose(c, a, first, last); break;
    case k_convolution_backward_data: kernel_convolution_backward_data(c, a, first, last); break;
    case k_convolution_backward_weights: kernel_convolution_backward_weights(c, a, first, last); break;
    case k_convolution_weights_reduce: kernel_convolution_weights_reduce(c, a, first, last); break;
    case k_convolution_backward: kernel_convolution_backward(c, a, first, last); break;
    case k_pointwise_planes: kernel_pointwise_planes(c, a, first, last); break;
    case k_convolution_backward_2: kernel_convolution_backward_2(c, a, first, last); break;
    case k_average_pool_halving_gradient: kernel_average_pool_halving_gradient(c, a, first, last); break;
    case k_convolution_backward_data_2: kernel_convolution_backward_data_2(c, a, first, last); break;
    case k_convolution_backward_data_3: kernel_convolution_backward_data_3(c, a, first, last); break;
    case k_convolution_backward_weights_2: kernel_convolution_backward_weights_2(c, a, first, last); break;
    case k_pointwise: kernel_pointwise(c, a, first, last); break;
    case k_pointwise_2: kernel_pointwise_2(c, a, first, last); break;
    case k_pointwise_3: kernel_pointwise_3(c, a, first, last); break;
    case k_multiply_channel: kernel_multiply_channel(c, a, first, last); break;
    case k_clamp_lower: kernel_clamp_lower(c, a, first, last); break;
    case k_clamp_upper: kernel_clamp_upper(c, a, first, last); break;
    case k_clamp_factor: kernel_clamp_factor(c, a, first, last); break;
    case k_pointwise_planes_2: kernel_pointwise_planes_2(c, a, first, last); break;
    case k_clamp_shift: kernel_clamp_shift(c, a, first, last); break;
    case k_sum_to_channel: kernel_sum_to_channel(c, a, first, last); break;
    case k_pointwise_4: kernel_pointwise_4(c, a, first, last); break;
    case k_multiply_columns: kernel_multiply_columns(c, a, first, last); break;
    case k_pointwise_5: kernel_pointwise_5(c, a, first, last); break;
    default: break;
  }
}

/* One call of an entry point: its table, and the micro-batches that go through it. */
struct call {
  const struct dense_net_arguments *arguments;
  const int64_t *rows;
  int64_t parts;
  int64_t input, output, workspace; /* bytes from one part to the next */
};

/* Where threads that share the rows of a table wait for each other; what they all write stands on lines of its own. */
struct meeting {
  uint32_t arrived;
  char apart_1[60];
  uint32_t phase;             /* number of barriers passed */
  char apart_2[60];
};

/* The threads of a pool, in the caller's storage. Thread 0 is whoever calls an entry point. */
struct pool {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  int32_t threads;
  int32_t opened;
  const struct call *call;    /* null: end */
  struct meeting *teams;      /* for those that share a micro-batch */
  char apart_1[64];
  struct meeting all;
  uint32_t sleepers;
  char apart_2[60];
  uint32_t taken;             /* micro-batches that threads have begun */
  char apart_3[60];
  uint32_t calls;             /* number of calls begun */
  char apart_4[60];
};

struct worker {
  struct pool *pool;
  pthread_t thread;
  int32_t index;
};

static inline void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Waits until *word differs from `old`: spins for some tens of microseconds, then lets others run `yields` times, then
   sleeps. Whoever had to let others run spins less the next time, so that more threads than cores do not wait for
   each other by burning time. Between the rows of a call the others are at work and soon done; to sleep there costs
   more than most rows take. Between calls nobody knows. */
static void await_change(struct pool *pool, uint32_t *word, uint32_t old, int32_t *patience, int32_t yields) {
  for (int32_t i = 0; i < *patience; ++i) {
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != old) {
      if (*patience < 1024) *patience *= 2;
      return;
    }
    pause_briefly();
  }
  if (*patience > 16) *patience /= 2;
  for (int32_t i = 0; i < yields; ++i) {
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != old) return;
    sched_yield();
  }
  pthread_mutex_lock(&pool->mutex);
  __atomic_add_fetch(&pool->sleepers, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == old) pthread_cond_wait(&pool->wake, &pool->mutex);
  __atomic_sub_fetch(&pool->sleepers, 1, __ATOMIC_SEQ_CST);
  pthread_mutex_unlock(&pool->mutex);
}

/* Changes *word and wakes who sleeps on it. Either the sleeper sees the change or we see the sleeper. */
static void announce(struct pool *pool, uint32_t *word, uint32_t value) {
  __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&pool->sleepers, __ATOMIC_SEQ_CST) > 0) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
  }
}

/* Nobody leaves before all members have come. */
static void barrier(struct pool *pool, struct meeting *meeting, int64_t members, int32_t *patience) {
  const uint32_t phase = __atomic_load_n(&meeting->phase, __ATOMIC_RELAXED);
  if (__atomic_add_fetch(&meeting->arrived, 1, __ATOMIC_ACQ_REL) == (uint32_t)members) {
    __atomic_store_n(&meeting->arrived, 0, __ATOMIC_RELAXED);
    announce(pool, &meeting->phase, phase + 1);
  } else {
    await_change(pool, &meeting->phase, phase, patience, 4096);
  }
}

/* Walks a call table as one of `members` threads. A row is: kernel (with WAIT: after all members have finished the
   rows before), words of the row, tasks, the kernel's arguments. Tasks are split into runs of neighbours; how many
   threads there are decides who computes a task, never what it computes. */
#define WAIT (INT64_C(1) << 32)
static void walk(const struct context *c, const int64_t *rows, struct pool *pool, struct meeting *meeting,
                 int64_t member, int64_t members, int32_t *patience) {
  int64_t number = 0;
  for (const int64_t *row = rows; row[0] != 0; row += row[1], ++number) {
    if (members > 1 && row[0] & WAIT) barrier(pool, meeting, members, patience);
    const int64_t tasks = row[2];
    /* rows with fewer tasks than members take turns in whom they occupy */
    const int64_t rank = tasks < members ? (member + number) % members : member;
    const int64_t first = rank * tasks / members, last = (rank + 1) * tasks / members;
    if (first < last) dispatch(row[0] & (WAIT - 1), c, row + 3, first, last);
  }
}

/* The arenas as a micro-batch sees them, in a place of the workspace that nobody else has at the time. */
static void settle(struct context *c, const struct call *call, int64_t part, int64_t space) {
  const struct dense_net_arguments *arguments = call->arguments;
  c->arena[0] = (unsigned char *)((uintptr_t)arguments->parameters);
  c->arena[1] = (unsigned char *)((uintptr_t)arguments->optimizer);
  c->arena[2] = (unsigned char *)((uintptr_t)arguments->state);
  c->arena[3] = (unsigned char *)((uintptr_t)arguments->gradients);
  c->arena[4] = (unsigned char *)((uintptr_t)arguments->workspace + (uintptr_t)(space * call->workspace));
  c->arena[5] = (unsigned char *)((uintptr_t)arguments->prepared);
  c->arena[6] = (unsigned char *)((uintptr_t)arguments->constants);
  c->arena[7] = (unsigned char *)((uintptr_t)arguments->input + (uintptr_t)(part * call->input));
  c->arena[8] = (unsigned char *)((uintptr_t)arguments->labels);
  c->arena[9] = (unsigned char *)((uintptr_t)arguments->target);
  c->arena[10] = (unsigned char *)((uintptr_t)arguments->output + (uintptr_t)(part * call->output));
}

/* What one of the threads does in a call. As long as there is a micro-batch for each of them, they take whole ones, so
   that none waits for another and each finds in its caches what it has just computed; who is slow takes fewer. What
   is left they share in teams, row by row. Without micro-batches all is left.

   Denormal numbers are flushed to zero meanwhile. They appear where gradients and momenta die out, cost some hundred
   cycles each on common CPUs, and are below anything single precision resolves next to a normal number; training
   and inference do the same, so that they agree. The caller's mode is restored. */
static void take_part(const struct call *call, struct pool *pool, int64_t thread, int64_t threads, int32_t *patience) {
#if defined(__SSE__)
  const unsigned int mode = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(mode | 0x8040u);
#endif
  struct context c;
  c.arguments = call->arguments;
  c.scratch = call->arguments->scratch ? call->arguments->scratch + thread * INT64_C(51392) : 0;
  const int64_t alone = call->parts / threads * threads, teams = call->parts - alone;
  uint32_t own = 0, *taken = pool ? &pool->taken : &own;
  for (int64_t part; (part = __atomic_fetch_add(taken, 1, __ATOMIC_RELAXED)) < alone;) {
    settle(&c, call, part, thread);
    walk(&c, call->rows, 0, 0, 0, 1, patience);
  }
  if (teams > 0) {
    const int64_t team = thread * teams / threads;
    const int64_t first = (team * threads + teams - 1) / teams, last = ((team + 1) * threads + teams - 1) / teams;
    settle(&c, call, alone + team, alone > 0 ? threads + team : team);
    walk(&c, call->rows, pool, pool ? pool->teams + team : 0, thread - first, last - first, patience);
  }
  if (pool) barrier(pool, &pool->all, threads, patience);
#if defined(__SSE__)
  __builtin_ia32_ldmxcsr(mode);
#endif
}

static void *work(void *opaque) {
  const struct worker *self = opaque;
  struct pool *pool = self->pool;
  int32_t patience = 256;
  for (uint32_t calls = 0;; ++calls) {
    await_change(pool, &pool->calls, calls, &patience, 0);
    if (!pool->call) return 0;
    take_part(pool->call, pool, self->index, pool->threads, &patience);
  }
}

static int start(const struct call *call) {
  struct pool *pool = call->arguments->pool;
  int32_t patience = 256;
  if (!pool || pool->threads == 1) {
    take_part(call, 0, 0, 1, &patience);
    return 0;
  }
  pool->call = call;
  pool->taken = 0;
  announce(pool, &pool->calls, pool->calls + 1);
  take_part(call, pool, 0, pool->threads, &patience);
  return 0;
}

static struct worker *workers_of(struct pool *pool) { return (struct worker *)(void *)(pool->teams + pool->threads); }

size_t dense_net_pool_bytes(int threads) {
  return sizeof(struct pool) + (size_t)(threads > 1 ? threads : 1) * (sizeof(struct meeting) + sizeof(struct worker));
}

int dense_net_pool_open(void *storage, int threads) {
  struct pool *pool = storage;
  pool->threads = threads > 1 ? threads : 1;
  pool->opened = 1;
  pool->call = 0;
  pool->teams = (struct meeting *)(void *)(pool + 1);
  pool->all.arrived = pool->all.phase = pool->sleepers = pool->taken = pool->calls = 0;
  for (int32_t i = 0; i < pool->threads; ++i) pool->teams[i].arrived = pool->teams[i].phase = 0;
  struct worker *workers = workers_of(pool);
  int code = pthread_mutex_init(&pool->mutex, 0);
  if (code != 0) return code;
  code = pthread_cond_init(&pool->wake, 0);
  if (code != 0) {
    pthread_mutex_destroy(&pool->mutex);
    return code;
  }
  for (int32_t i = 1; i < threads; ++i) {
    workers[i].pool = pool;
    workers[i].index = i;
    code = pthread_create(&workers[i].thread, 0, work, &workers[i]);
    if (code != 0) {
      dense_net_pool_close(storage);
      return code;
    }
    pool->opened = i + 1;
  }
  return 0;
}

void dense_net_pool_close(void *storage) {
  struct pool *pool = storage;
  struct worker *workers = workers_of(pool);
  pool->call = 0;
  announce(pool, &pool->calls, pool->calls + 1);
  for (int32_t i = 1; i < pool->opened; ++i) pthread_join(workers[i].thread, 0);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static const int64_t dense_net_infer_1_rows[] = {
  k_convolution,45,2,X+0,192,R+0,-1,W+4096,512,1,1,3,8,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,9,112,1,1,1,1,3,0,192,320, // %3 convolution f32[1,8,8,8] densenet.swift:29
  WAIT+k_convolution_2,51,4,W+4096,512,R+896,R+960,0,64,R+1088,R+1024,W+0,1024,320,24,1,1,8,16,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,1,1,64,1,64,80,1,1,1,1,8,320,384,384, // %18 convolution + %19 relu f32[1,16,8,8] densenet.swift:31
  WAIT+k_convolution,45,1,W+0,1024,R+1600,-1,W+6144,256,1,1,16,4,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,9,112,1,1,1,1,16,0,192,320, // %22 convolution f32[1,4,8,8] densenet.swift:31
  WAIT+k_average_pool_halving,33,1,W+4096,768,R+3904,R+3968,0,128,W+0,192,12,12,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %32 average_pool f32[1,12,4,4] densenet.swift:34
  WAIT+k_convolution_3,47,2,W+0,192,R+4096,R+4032,W+1024,96,0,24,1,1,12,6,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,1,1,16,1,16,16,1,1,1,1,12,0,64,64, // %35 convolution f32[1,6,4,4] densenet.swift:34
  WAIT+k_convolution_2,51,4,W+1024,96,R+4416,R+4480,0,64,R+4608,R+4544,W+0,256,128,24,1,1,6,16,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,1,1,16,1,16,16,1,1,1,1,6,128,192,192, // %50 convolution + %51 relu f32[1,16,4,4] densenet.swift:31
  WAIT+k_convolution_4,45,1,W+0,256,R+4992,-1,W+1408,64,1,1,16,4,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,5,48,1,1,1,1,16,0,128,192, // %54 convolution f32[1,4,4,4] densenet.swift:31
  WAIT+k_average_pool_halving,33,1,W+1024,160,R+7296,R+7360,0,128,W+0,40,10,10,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %64 average_pool f32[1,10,2,2] densenet.swift:34
  WAIT+k_convolution_3,47,2,W+0,40,R+7488,R+7424,W+256,20,0,24,1,1,10,5,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,1,1,4,1,4,16,1,1,1,1,10,0,64,64, // %67 convolution f32[1,5,2,2] densenet.swift:34
  WAIT+k_convolution_2,51,4,W+256,20,R+7744,R+7808,0,64,R+7936,R+7872,W+0,64,128,24,1,1,5,16,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,1,1,4,1,4,16,1,1,1,1,5,128,192,192, // %82 convolution + %83 relu f32[1,16,2,2] densenet.swift:31
  WAIT+k_convolution_4,45,1,W+0,64,R+8256,-1,W+336,16,1,1,16,4,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,3,16,1,1,1,1,16,0,128,192, // %86 convolution f32[1,4,2,2] densenet.swift:31
  WAIT+k_global_average_pool,15,1,W+256,36,R+10560,R+10624,0,128,W+0,9,9,9,4,4096, // %97 global_average_pool f32[1,9] densenet.swift:37
  WAIT+k_dot_products,12,1,W+0,R+10688,R+11072,Y+0,1,10,9,1,10, // %100 linear f32[1,10] densenet.swift:37
  k_end,
};

int dense_net_infer_1(const struct dense_net_arguments *arguments) {
  const struct call call = {arguments, dense_net_infer_1_rows, 1, 0, 0, 0};
  return start(&call);
}

static const int64_t dense_net_infer_8_rows[] = {
  k_convolution,45,4,X+0,192,R+0,-1,W+32768,768,8,1,3,8,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,2,1,1,1,3,0,384,704, // %3 convolution f32[8,8,8,8] densenet.swift:29
  WAIT+k_convolution_2,51,8,W+32768,768,R+896,R+960,0,64,R+1088,R+1024,W+0,1024,320,24,8,1,8,16,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,4,1,64,1,64,272,2,1,1,1,8,320,384,384, // %18 convolution + %19 relu f32[8,16,8,8] densenet.swift:31
  WAIT+k_convolution,45,2,W+0,1024,R+1600,-1,W+34816,768,8,1,16,4,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,2,1,1,1,16,0,384,704, // %22 convolution f32[8,4,8,8] densenet.swift:31
  WAIT+k_average_pool_halving,33,1,W+32768,768,R+3904,R+3968,0,128,W+0,192,96,12,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %32 average_pool f32[8,12,4,4] densenet.swift:34
  WAIT+k_convolution_3,47,2,W+0,192,R+4096,R+4032,W+8192,160,0,24,8,1,12,6,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,144,1,1,1,1,12,0,64,64, // %35 convolution f32[8,6,4,4] densenet.swift:34
  WAIT+k_convolution_2,51,4,W+8192,160,R+4416,R+4480,0,64,R+4608,R+4544,W+0,256,128,24,8,1,6,16,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,144,1,1,1,1,6,128,192,192, // %50 convolution + %51 relu f32[8,16,4,4] densenet.swift:31
  WAIT+k_convolution_4,45,8,W+0,256,R+4992,-1,W+8576,160,8,1,16,4,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,5,48,8,1,1,1,16,0,128,192, // %54 convolution f32[8,4,4,4] densenet.swift:31
  WAIT+k_average_pool_halving,33,1,W+8192,160,R+7296,R+7360,0,128,W+0,40,80,10,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %64 average_pool f32[8,10,2,2] densenet.swift:34
  WAIT+k_convolution_3,47,2,W+0,40,R+7488,R+7424,W+2048,36,0,24,8,1,10,5,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,8,1,4,1,4,48,1,1,1,1,10,0,64,64, // %67 convolution f32[8,5,2,2] densenet.swift:34
  WAIT+k_convolution_2,51,4,W+2048,36,R+7744,R+7808,0,64,R+7936,R+7872,W+0,64,128,24,8,1,5,16,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,8,1,4,1,4,48,1,1,1,1,5,128,192,192, // %82 convolution + %83 relu f32[8,16,2,2] densenet.swift:31
  WAIT+k_convolution_4,45,8,W+0,64,R+8256,-1,W+2128,36,8,1,16,4,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,3,16,8,1,1,1,16,0,128,192, // %86 convolution f32[8,4,2,2] densenet.swift:31
  WAIT+k_global_average_pool,15,1,W+2048,36,R+10560,R+10624,0,128,W+0,9,72,9,4,4096, // %97 global_average_pool f32[8,9] densenet.swift:37
  WAIT+k_dot_products,12,1,W+0,R+10688,R+11072,Y+0,8,10,9,8,10, // %100 linear f32[8,10] densenet.swift:37
  k_end,
};

int dense_net_infer_8(const struct dense_net_arguments *arguments) {
  const struct call call = {arguments, dense_net_infer_8_rows, 1, 0, 0, 0};
  return start(&call);
}

static const int64_t dense_net_train_8_rows[] = {
  k_pack_weights,12,2,P+0,W+125440,8,3,9,2,4,0,3, // %2 convolution + %7 moments f32[8,8,8,8] densenet.swift:29
  WAIT+k_convolution_5,48,4,X+0,192,W+125440,-1,W+65536,768,W+126336,0,256,8,1,3,8,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,2,1,1,1,3,8192,8576,8896, // %2 convolution + %7 moments f32[8,8,8,8] densenet.swift:29
  WAIT+k_moments_of_parts,10,1,W+126336,W+123776,8,2,3,0,12, // %2 convolution + %7 moments f32[8,8,8,8] densenet.swift:29
  WAIT+k_running_moment,12,1,S+0,W+123776,S+0,1,8,0,12,0x3f666666,0x3dcccccd, // %8 running_mean f32[8] densenet.swift:31
  k_running_moment,12,1,S+64,W+123776,S+64,1,8,1,12,0x3f666666,0x3dcd3367, // %9 running_variance f32[8] densenet.swift:31
  k_pack_weights,12,4,P+1024,W+125440,16,8,1,4,4,0,8, // %13 convolution + %18 moments f32[8,16,8,8] densenet.swift:31
  WAIT+k_convolution_6,55,8,W+65536,768,P+896,W+123776,12,0x3ee4f8b588e368f1,P+960,0,128,W+125440,-1,W+0,1024,W+125952,384,256,8,1,8,16,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,4,1,64,1,64,272,2,1,1,1,8,16768,16832,16832, // %13 convolution + %18 moments f32[8,16,8,8] densenet.swift:31
  WAIT+k_moments_of_parts,10,2,W+125952,W+123904,16,2,3,0,16, // %13 convolution + %18 moments f32[8,16,8,8] densenet.swift:31
  WAIT+k_running_moment,12,1,S+128,W+123904,S+128,1,16,0,16,0x3f666666,0x3dcccccd, // %19 running_mean f32[16] densenet.swift:31
  k_running_moment,12,1,S+192,W+123904,S+192,1,16,1,16,0x3f666666,0x3dcd3367, // %20 running_variance f32[16] densenet.swift:31
  k_pack_weights,12,1,P+1664,W+125440,4,16,9,1,4,0,16, // %24 convolution + %30 moments f32[8,4,8,8] densenet.swift:31
  WAIT+k_convolution_7,55,2,W+0,1024,P+1536,W+123904,16,0x3ee4f8b588e368f1,P+1600,0,192,W+125440,-1,W+67584,768,W+127744,256,256,8,1,16,4,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,2,1,1,1,16,4352,4736,5056, // %24 convolution + %30 moments f32[8,4,8,8] densenet.swift:31
  WAIT+k_moments_of_parts,10,1,W+127744,W+123808,4,2,3,0,12, // %24 convolution + %30 moments f32[8,4,8,8] densenet.swift:31
  WAIT+k_running_moment,12,1,S+256,W+123776,S+256,1,12,0,12,0x3f666666,0x3dcccccd, // %32 running_mean f32[12] densenet.swift:34
  k_running_moment,12,1,S+320,W+123776,S+320,1,12,1,12,0x3f666666,0x3dcd3367, // %33 running_variance f32[12] densenet.swift:34
  k_average_pool_halving_2,36,1,W+65536,768,P+3968,W+123776,12,0x3ee4f8b588e368f1,P+4032,0,192,W+49152,192,96,12,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %37 average_pool f32[8,12,4,4] densenet.swift:34
  k_pack_weights,12,2,P+4096,W+125440,6,12,1,2,3,0,12, // %38 convolution + %43 moments f32[8,6,4,4] densenet.swift:34
  WAIT+k_convolution_8,48,2,W+49152,192,W+125440,-1,W+55296,160,W+125760,0,128,8,1,12,6,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,144,1,1,1,1,12,4096,4160,4160, // %38 convolution + %43 moments f32[8,6,4,4] densenet.swift:34
  WAIT+k_moments_of_parts,10,1,W+125760,W+90112,6,1,3,0,10, // %38 convolution + %43 moments f32[8,6,4,4] densenet.swift:34
  WAIT+k_running_moment,12,1,S+384,W+90112,S+384,1,6,0,10,0x3f666666,0x3dcccccd, // %44 running_mean f32[6] densenet.swift:31
  k_running_moment,12,1,S+448,W+90112,S+448,1,6,1,10,0x3f666666,0x3dce69a0, // %45 running_variance f32[6] densenet.swift:31
  k_pack_weights,12,4,P+4544,W+125440,16,6,1,4,4,0,6, // %49 convolution + %54 moments f32[8,16,4,4] densenet.swift:31
  WAIT+k_convolution_6,55,4,W+55296,160,P+4416,W+90112,10,0x3ee4f8b588e368f1,P+4480,0,128,W+125440,-1,W+32768,256,W+125824,192,128,8,1,6,16,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,144,1,1,1,1,6,8384,8448,8448, // %49 convolution + %54 moments f32[8,16,4,4] densenet.swift:31
  WAIT+k_moments_of_parts,10,2,W+125824,W+90240,16,1,3,0,16, // %49 convolution + %54 moments f32[8,16,4,4] densenet.swift:31
  WAIT+k_running_moment,12,1,S+512,W+90240,S+512,1,16,0,16,0x3f666666,0x3dcccccd, // %55 running_mean f32[16] densenet.swift:31
  k_running_moment,12,1,S+576,W+90240,S+576,1,16,1,16,0x3f666666,0x3dce69a0, // %56 running_variance f32[16] densenet.swift:31
  k_pack_weights,12,1,P+5056,W+125440,4,16,9,1,4,0,16, // %60 convolution + %66 moments f32[8,4,4,4] densenet.swift:31
  WAIT+k_convolution_9,55,8,W+32768,256,P+4928,W+90240,16,0x3ee4f8b588e368f1,P+4992,0,192,W+125440,-1,W+55680,160,W+127744,256,24,8,1,16,4,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,5,48,8,1,1,1,16,640,768,832, // %60 convolution + %66 moments f32[8,4,4,4] densenet.swift:31
  WAIT+k_moments_of_parts,10,1,W+127744,W+90136,4,8,3,0,10, // %60 convolution + %66 moments f32[8,4,4,4] densenet.swift:31
  WAIT+k_running_moment,12,1,S+640,W+90112,S+640,1,10,0,10,0x3f666666,0x3dcccccd, // %68 running_mean f32[10] densenet.swift:34
  k_running_moment,12,1,S+704,W+90112,S+704,1,10,1,10,0x3f666666,0x3dce69a0, // %69 running_variance f32[10] densenet.swift:34
  k_average_pool_halving_2,36,1,W+55296,160,P+7360,W+90112,10,0x3ee4f8b588e368f1,P+7424,0,128,W+45056,40,80,10,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %73 average_pool f32[8,10,2,2] densenet.swift:34
  k_pack_weights,12,2,P+7488,W+125440,5,10,1,2,2,1,10, // %74 convolution + %79 moments f32[8,5,2,2] densenet.swift:34
  WAIT+k_convolution_8,48,2,W+45056,40,W+125440,-1,W+46336,36,W+125696,0,32,8,1,10,5,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,8,1,4,1,4,48,1,1,1,1,10,1024,1088,1088, // %74 convolution + %79 moments f32[8,5,2,2] densenet.swift:34
  WAIT+k_moments_of_parts,10,1,W+125696,W+48640,5,1,3,0,9, // %74 convolution + %79 moments f32[8,5,2,2] densenet.swift:34
  WAIT+k_running_moment,12,1,S+768,W+48640,S+768,1,5,0,9,0x3f666666,0x3dcccccd, // %80 running_mean f32[5] densenet.swift:31
  k_running_moment,12,1,S+832,W+48640,S+832,1,5,1,9,0x3f666666,0x3dd3680d, // %81 running_variance f32[5] densenet.swift:31
  k_pack_weights,12,4,P+7872,W+125440,16,5,1,4,4,0,5, // %85 convolution + %90 moments f32[8,16,2,2] densenet.swift:31
  WAIT+k_convolution_6,55,4,W+46336,36,P+7744,W+48640,9,0x3ee4f8b588e368f1,P+7808,0,64,W+125440,-1,W+40960,64,W+125760,128,32,8,1,5,16,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,8,1,4,1,4,48,1,1,1,1,5,2176,2240,2240, // %85 convolution + %90 moments f32[8,16,2,2] densenet.swift:31
  WAIT+k_moments_of_parts,10,2,W+125760,W+48768,16,1,3,0,16, // %85 convolution + %90 moments f32[8,16,2,2] densenet.swift:31
  WAIT+k_running_moment,12,1,S+896,W+48768,S+896,1,16,0,16,0x3f666666,0x3dcccccd, // %91 running_mean f32[16] densenet.swift:31
  k_running_moment,12,1,S+960,W+48768,S+960,1,16,1,16,0x3f666666,0x3dd3680d, // %92 running_variance f32[16] densenet.swift:31
  k_pack_weights,12,1,P+8320,W+125440,4,16,9,1,4,0,16, // %96 convolution + %102 moments f32[8,4,2,2] densenet.swift:31
  WAIT+k_convolution_9,55,8,W+40960,64,P+8192,W+48768,16,0x3ee4f8b588e368f1,P+8256,0,192,W+125440,-1,W+46416,36,W+127744,256,8,8,1,16,4,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,3,16,8,1,1,1,16,384,512,576, // %96 convolution + %102 moments f32[8,4,2,2] densenet.swift:31
  WAIT+k_moments_of_parts,10,1,W+127744,W+48660,4,8,3,0,9, // %96 convolution + %102 moments f32[8,4,2,2] densenet.swift:31
  WAIT+k_running_moment,12,1,S+1024,W+48640,S+1024,1,9,0,9,0x3f666666,0x3dcccccd, // %104 running_mean f32[9] densenet.swift:37
  k_running_moment,12,1,S+1088,W+48640,S+1088,1,9,1,9,0x3f666666,0x3dd3680d, // %105 running_variance f32[9] densenet.swift:37
  k_global_average_pool_2,18,1,W+46336,36,P+10624,W+48640,9,0x3ee4f8b588e368f1,P+10688,0,128,W+43008,9,72,9,4,4096, // %108 global_average_pool f32[8,9] densenet.swift:37
  WAIT+k_dot_products,12,1,W+43008,P+10752,P+11136,Y+64,8,10,9,8,10, // %111 linear f32[8,10] densenet.swift:37
  WAIT+k_softmax_cross_entropy_both,11,1,Y+64,L+0,W+125440,W+43328,8,10,102,0x3f800000, // %113 softmax_cross_entropy + %115 softmax_cross_entropy_gradient f32[] densenet.swift:37
  WAIT+k_mean_of_parts,7,1,W+125440,Y+0,8,8, // %113 softmax_cross_entropy + %115 softmax_cross_entropy_gradient f32[] densenet.swift:37
  k_product,17,1,W+43328,P+10752,W+43648,8,9,10,10,1,9,1,8,24,10,0, // %116 matmul f32[8,9] densenet.swift:37
  k_product,17,1,W+43328,W+43008,W+122112,10,9,8,1,10,9,1,10,24,8,0, // %117 matmul f32[10,9] densenet.swift:37
  k_sum_columns,7,1,W+43328,W+124288,8,10, // %118 sum_to_channel f32[10] densenet.swift:37
  WAIT+k_global_average_pool_gradient,21,1,W+43648,9,W+46336,36,P+10624,W+48640,9,0x3ee4f8b588e368f1,P+10688,W+47488,36,W+125440,0,128,72,9,4,4096, // %119 global_average_pool_gradient + %120 relu_gradient + %121 normalize_reduce + %122 normalize_input_gradient f32[8,9,2,2] densenet.swift:37
  WAIT+k_sums_merge,13,2,W+125440,W+48640,W+43008,9,8,2,0,9,9,0x3ee4f8b588e368f1, // %119 global_average_pool_gradient + %120 relu_gradient + %121 normalize_reduce + %122 normalize_input_gradient f32[8,9,2,2] densenet.swift:37
  WAIT+k_normalize_moments_gradient,13,1,W+43008,W+48640,P+10624,W+48896,1,9,9,9,9,0x3ee4f8b588e368f1, // %123 normalize_moments_gradient f32[1,2,9] densenet.swift:37
  k_select_moment,9,1,W+43008,W+124352,1,9,1,9, // %124 select_moment f32[9] densenet.swift:37
  k_select_moment,9,1,W+43008,W+124416,1,9,0,9, // %125 select_moment f32[9] densenet.swift:37
  k_convolution_transpose,19,4,P+8320,W+125440,1,16,4,1,3,3,1,1,1,1,1,1,4,0, // %132 convolution_backward_data + %134 relu_gradient + %135 normalize_reduce + %136 normalize_input_gradient f32[8,16,2,2] densenet.swift:31
  WAIT+k_convolution_backward_data,72,32,W+46416,36,W+48916,9,32,W+48660,W+47568,36,0,64,W+125440,W+40960,64,P+8192,W+48768,16,0x3ee4f8b588e368f1,P+8256,W+43008,64,W+127744,64,256,8,8,1,16,4,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,3,16,8,1,1,1,0,1,1,2,2,0,2,2,4,768,896,960,1344, // %132 convolution_backward_data + %134 relu_gradient + %135 normalize_reduce + %136 normalize_input_gradient f32[8,16,2,2] densenet.swift:31
  WAIT+k_sums_merge,13,2,W+127744,W+48768,W+49024,16,8,2,0,16,16,0x3ee4f8b588e368f1, // %132 convolution_backward_data + %134 relu_gradient + %135 normalize_reduce + %136 normalize_input_gradient f32[8,16,2,2] densenet.swift:31
  WAIT+k_convolution_backward_weights,64,8,W+40960,64,P+8192,W+48768,16,0x3ee4f8b588e368f1,P+8256,0,192,W+46416,36,W+48916,9,32,W+48660,W+47568,36,448,512,W+125440,8,1,4,16,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,3,16,8,1,1,1,8,1,4,16,576,704,768,1152,1408, // %133 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  WAIT+k_convolution_weights_reduce,16,1,W+125440,W+114688,8,1,16,36,16,1,9,8,-1,144,9, // %133 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  k_normalize_moments_gradient,13,1,W+49024,W+48768,P+8192,W+60416,1,16,16,16,16,0x3ee4f8b588e368f1, // %137 normalize_moments_gradient f32[1,2,16] densenet.swift:31
  k_select_moment,9,1,W+49024,W+124480,1,16,1,16, // %138 select_moment f32[16] densenet.swift:31
  k_select_moment,9,1,W+49024,W+124544,1,16,0,16, // %139 select_moment f32[16] densenet.swift:31
  WAIT+k_convolution_transpose,19,2,P+7872,W+125440,1,5,16,1,1,1,1,1,1,1,1,1,16,0, // %142 convolution_backward_data + %143 convolution_backward_weights + %144 relu_gradient + %145 normalize_reduce + %146 normalize_input_gradient + %150 add f32[8,5,2,2] densenet.swift:31
  WAIT+k_convolution_backward,56,1,W+43008,64,W+40960,64,W+60416,16,32,W+48768,0,192,W+46336,36,P+7744,W+48640,9,0x3ee4f8b588e368f1,P+7808,192,256,W+125440,W+47488,36,W+46336,36,P+7744,W+48640,9,0x3ee4f8b588e368f1,P+7808,W+47488,36,W+126080,256,320,32,W+125760,8,5,16,4,8,4,48,1,1,1,16,16,1344,1408,1472,4672,6208, // %142 convolution_backward_data + %143 convolution_backward_weights + %144 relu_gradient + %145 normalize_reduce + %146 normalize_input_gradient + %150 add f32[8,5,2,2] densenet.swift:31
  WAIT+k_sums_merge,13,1,W+126080,W+48640,W+49024,5,1,2,0,9,5,0x3ee4f8b588e368f1, // %142 convolution_backward_data + %143 convolution_backward_weights + %144 relu_gradient + %145 normalize_reduce + %146 normalize_input_gradient + %150 add f32[8,5,2,2] densenet.swift:31
  k_convolution_weights_reduce,16,1,W+125760,W+122880,1,1,16,5,16,1,1,0,1,1,5, // %142 convolution_backward_data + %143 convolution_backward_weights + %144 relu_gradient + %145 normalize_reduce + %146 normalize_input_gradient + %150 add f32[8,5,2,2] densenet.swift:31
  WAIT+k_normalize_moments_gradient,13,1,W+49024,W+48640,P+7744,W+40960,1,5,5,9,5,0x3ee4f8b588e368f1, // %147 normalize_moments_gradient f32[1,2,5] densenet.swift:31
  k_select_moment,9,1,W+49024,W+124608,1,5,1,5, // %148 select_moment f32[5] densenet.swift:31
  k_select_moment,9,1,W+49024,W+124672,1,5,0,5, // %149 select_moment f32[5] densenet.swift:31
  WAIT+k_pointwise_planes,13,1,W+48896,9,W+40960,5,W+48896,9,2,1,5,3276, // %151 add f32[1,2,5] densenet.swift:31
  k_convolution_transpose,19,3,P+7488,W+125440,1,10,5,1,1,1,1,1,1,1,1,1,5,0, // %154 convolution_backward_data + %155 convolution_backward_weights f32[8,10,2,2] densenet.swift:34
  WAIT+k_convolution_backward_2,38,1,W+47488,36,W+46336,36,W+48896,9,32,W+48640,0,64,W+45056,40,W+125440,W+40960,40,64,32,W+125696,8,10,5,4,8,4,48,1,1,1,8,5,1600,1664,1728,2816,4352, // %154 convolution_backward_data + %155 convolution_backward_weights f32[8,10,2,2] densenet.swift:34
  WAIT+k_convolution_weights_reduce,16,1,W+125696,W+123520,1,1,5,10,8,1,1,0,1,1,10, // %154 convolution_backward_data + %155 convolution_backward_weights f32[8,10,2,2] densenet.swift:34
  WAIT+k_average_pool_halving_gradient,39,1,W+40960,40,W+55296,160,P+7360,W+90112,10,0x3ee4f8b588e368f1,P+7424,W+60416,160,W+125440,0,128,80,10,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %156 average_pool_gradient + %157 relu_gradient + %158 normalize_reduce + %159 normalize_input_gradient f32[8,10,4,4] densenet.swift:34
  WAIT+k_sums_merge,13,2,W+125440,W+90112,W+42240,10,8,2,0,10,10,0x3ee4f8b588e368f1, // %156 average_pool_gradient + %157 relu_gradient + %158 normalize_reduce + %159 normalize_input_gradient f32[8,10,4,4] densenet.swift:34
  WAIT+k_normalize_moments_gradient,13,1,W+42240,W+90112,P+7360,W+90368,1,10,10,10,10,0x3ee4f8b588e368f1, // %160 normalize_moments_gradient f32[1,2,10] densenet.swift:34
  k_select_moment,9,1,W+42240,W+124736,1,10,1,10, // %161 select_moment f32[10] densenet.swift:34
  k_select_moment,9,1,W+42240,W+124800,1,10,0,10, // %162 select_moment f32[10] densenet.swift:34
  k_convolution_transpose,19,4,P+5056,W+125440,1,16,4,1,3,3,1,1,1,1,1,1,4,0, // %169 convolution_backward_data + %171 relu_gradient + %172 normalize_reduce + %173 normalize_input_gradient f32[8,16,4,4] densenet.swift:31
  WAIT+k_convolution_backward_data_2,72,32,W+55680,160,W+90392,10,128,W+90136,W+60800,160,0,64,W+125440,W+32768,256,P+4928,W+90240,16,0x3ee4f8b588e368f1,P+4992,W+40960,256,W+127744,64,256,16,8,1,16,4,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,4,80,8,1,1,1,0,1,1,4,4,0,2,2,4,1280,1408,1472,2880, // %169 convolution_backward_data + %171 relu_gradient + %172 normalize_reduce + %173 normalize_input_gradient f32[8,16,4,4] densenet.swift:31
  WAIT+k_sums_merge,13,2,W+127744,W+90240,W+90496,16,8,2,0,16,16,0x3ee4f8b588e368f1, // %169 convolution_backward_data + %171 relu_gradient + %172 normalize_reduce + %173 normalize_input_gradient f32[8,16,4,4] densenet.swift:31
  WAIT+k_convolution_backward_weights,64,8,W+32768,256,P+4928,W+90240,16,0x3ee4f8b588e368f1,P+4992,0,192,W+55680,160,W+90392,10,128,W+90136,W+60800,160,1216,1280,W+125440,8,1,4,16,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,5,48,8,1,1,1,8,1,4,16,1344,1472,1536,2432,3456, // %170 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  WAIT+k_convolution_weights_reduce,16,1,W+125440,W+116992,8,1,16,36,16,1,9,8,-1,144,9, // %170 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  k_normalize_moments_gradient,13,1,W+90496,W+90240,P+4928,W+90624,1,16,16,16,16,0x3ee4f8b588e368f1, // %174 normalize_moments_gradient f32[1,2,16] densenet.swift:31
  k_select_moment,9,1,W+90496,W+124864,1,16,1,16, // %175 select_moment f32[16] densenet.swift:31
  k_select_moment,9,1,W+90496,W+124928,1,16,0,16, // %176 select_moment f32[16] densenet.swift:31
  WAIT+k_convolution_transpose,19,2,P+4544,W+125440,1,6,16,1,1,1,1,1,1,1,1,1,16,0, // %179 convolution_backward_data + %180 convolution_backward_weights + %181 relu_gradient + %182 normalize_reduce + %183 normalize_input_gradient + %187 add f32[8,6,4,4] densenet.swift:31
  WAIT+k_convolution_backward,56,1,W+40960,256,W+32768,256,W+90624,16,128,W+90240,0,192,W+55296,160,P+4416,W+90112,10,0x3ee4f8b588e368f1,P+4480,192,320,W+125440,W+60416,160,W+55296,160,P+4416,W+90112,10,0x3ee4f8b588e368f1,P+4480,W+60416,160,W+126208,320,448,128,W+125824,8,6,16,16,8,16,144,1,1,1,16,16,4544,4608,4672,14016,18624, // %179 convolution_backward_data + %180 convolution_backward_weights + %181 relu_gradient + %182 normalize_reduce + %183 normalize_input_gradient + %187 add f32[8,6,4,4] densenet.swift:31
  WAIT+k_sums_merge,13,1,W+126208,W+90112,W+90496,6,1,2,0,10,6,0x3ee4f8b588e368f1, // %179 convolution_backward_data + %180 convolution_backward_weights + %181 relu_gradient + %182 normalize_reduce + %183 normalize_input_gradient + %187 add f32[8,6,4,4] densenet.swift:31
  k_convolution_weights_reduce,16,1,W+125824,W+122496,1,1,16,6,16,1,1,0,1,1,6, // %179 convolution_backward_data + %180 convolution_backward_weights + %181 relu_gradient + %182 normalize_reduce + %183 normalize_input_gradient + %187 add f32[8,6,4,4] densenet.swift:31
  WAIT+k_normalize_moments_gradient,13,1,W+90496,W+90112,P+4416,W+32768,1,6,6,10,6,0x3ee4f8b588e368f1, // %184 normalize_moments_gradient f32[1,2,6] densenet.swift:31
  k_select_moment,9,1,W+90496,W+124992,1,6,1,6, // %185 select_moment f32[6] densenet.swift:31
  k_select_moment,9,1,W+90496,W+125056,1,6,0,6, // %186 select_moment f32[6] densenet.swift:31
  WAIT+k_pointwise_planes,13,1,W+90368,10,W+32768,6,W+90368,10,2,1,6,2730, // %188 add f32[1,2,6] densenet.swift:31
  k_convolution_transpose,19,3,P+4096,W+125440,1,12,6,1,1,1,1,1,1,1,1,1,6,0, // %191 convolution_backward_data + %192 convolution_backward_weights f32[8,12,4,4] densenet.swift:34
  WAIT+k_convolution_backward_2,38,1,W+60416,160,W+55296,160,W+90368,10,128,W+90112,0,128,W+49152,192,W+125440,W+32768,192,128,128,W+125760,8,12,6,16,8,16,144,1,1,1,8,6,6272,6336,6400,9984,14592, // %191 convolution_backward_data + %192 convolution_backward_weights f32[8,12,4,4] densenet.swift:34
  WAIT+k_convolution_weights_reduce,16,1,W+125760,W+123200,1,1,6,12,8,1,1,0,1,1,12, // %191 convolution_backward_data + %192 convolution_backward_weights f32[8,12,4,4] densenet.swift:34
  WAIT+k_average_pool_halving_gradient,39,1,W+32768,192,W+65536,768,P+3968,W+123776,12,0x3ee4f8b588e368f1,P+4032,W+90112,768,W+125440,0,192,96,12,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %193 average_pool_gradient + %194 relu_gradient + %195 normalize_reduce + %196 normalize_input_gradient f32[8,12,8,8] densenet.swift:34
  WAIT+k_sums_merge,13,2,W+125440,W+123776,W+38912,12,8,2,0,12,12,0x3ee4f8b588e368f1, // %193 average_pool_gradient + %194 relu_gradient + %195 normalize_reduce + %196 normalize_input_gradient f32[8,12,8,8] densenet.swift:34
  WAIT+k_normalize_moments_gradient,13,1,W+38912,W+123776,P+3968,W+124032,1,12,12,12,12,0x3ee4f8b588e368f1, // %197 normalize_moments_gradient f32[1,2,12] densenet.swift:34
  k_select_moment,9,1,W+38912,W+125120,1,12,1,12, // %198 select_moment f32[12] densenet.swift:34
  k_select_moment,9,1,W+38912,W+125184,1,12,0,12, // %199 select_moment f32[12] densenet.swift:34
  k_convolution_transpose,19,4,P+1664,W+125440,1,16,4,1,3,3,1,1,1,1,1,1,4,0, // %206 convolution_backward_data + %208 relu_gradient + %209 normalize_reduce + %210 normalize_input_gradient f32[8,16,8,8] densenet.swift:31
  WAIT+k_convolution_backward_data_3,72,8,W+67584,768,W+124064,12,512,W+123808,W+92160,768,0,64,W+125440,W+0,1024,P+1536,W+123904,16,0x3ee4f8b588e368f1,P+1600,W+32768,1024,W+127744,64,256,256,8,1,16,4,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,2,1,1,1,0,1,1,8,8,0,2,2,4,16640,17024,17344,23360, // %206 convolution_backward_data + %208 relu_gradient + %209 normalize_reduce + %210 normalize_input_gradient f32[8,16,8,8] densenet.swift:31
  WAIT+k_sums_merge,13,2,W+127744,W+123904,W+121600,16,2,2,0,16,16,0x3ee4f8b588e368f1, // %206 convolution_backward_data + %208 relu_gradient + %209 normalize_reduce + %210 normalize_input_gradient f32[8,16,8,8] densenet.swift:31
  WAIT+k_convolution_backward_weights,64,8,W+0,1024,P+1536,W+123904,16,0x3ee4f8b588e368f1,P+1600,0,192,W+67584,768,W+124064,12,512,W+123808,W+92160,768,4288,4352,W+125440,8,1,4,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,9,112,8,1,1,1,8,1,4,16,4416,4544,4672,6592,10688, // %207 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  WAIT+k_convolution_weights_reduce,16,1,W+125440,W+119296,8,1,16,36,16,1,9,8,-1,144,9, // %207 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  k_normalize_moments_gradient,13,1,W+121600,W+123904,P+1536,W+124160,1,16,16,16,16,0x3ee4f8b588e368f1, // %211 normalize_moments_gradient f32[1,2,16] densenet.swift:31
  k_select_moment,9,1,W+121600,W+125248,1,16,1,16, // %212 select_moment f32[16] densenet.swift:31
  k_select_moment,9,1,W+121600,W+125312,1,16,0,16, // %213 select_moment f32[16] densenet.swift:31
  WAIT+k_convolution_transpose,19,2,P+1024,W+125440,1,8,16,1,1,1,1,1,1,1,1,1,16,0, // %216 convolution_backward_data + %217 convolution_backward_weights + %218 relu_gradient + %219 normalize_reduce + %220 normalize_input_gradient + %224 add f32[8,8,8,8] densenet.swift:31
  WAIT+k_convolution_backward,56,2,W+32768,1024,W+0,1024,W+124160,16,512,W+123904,0,192,W+65536,768,P+896,W+123776,12,0x3ee4f8b588e368f1,P+960,192,320,W+125440,W+90112,768,W+65536,768,P+896,W+123776,12,0x3ee4f8b588e368f1,P+960,W+90112,768,W+126976,320,448,256,W+125952,8,8,16,64,4,64,272,1,2,2,16,16,8640,8704,8768,26304,35008, // %216 convolution_backward_data + %217 convolution_backward_weights + %218 relu_gradient + %219 normalize_reduce + %220 normalize_input_gradient + %224 add f32[8,8,8,8] densenet.swift:31
  WAIT+k_sums_merge,13,1,W+126976,W+123776,W+125376,8,2,2,0,12,8,0x3ee4f8b588e368f1, // %216 convolution_backward_data + %217 convolution_backward_weights + %218 relu_gradient + %219 normalize_reduce + %220 normalize_input_gradient + %224 add f32[8,8,8,8] densenet.swift:31
  k_convolution_weights_reduce,16,1,W+125952,W+121600,2,1,16,8,16,1,1,0,1,1,8, // %216 convolution_backward_data + %217 convolution_backward_weights + %218 relu_gradient + %219 normalize_reduce + %220 normalize_input_gradient + %224 add f32[8,8,8,8] densenet.swift:31
  WAIT+k_normalize_moments_gradient,13,1,W+125376,W+123776,P+896,W+0,1,8,8,12,8,0x3ee4f8b588e368f1, // %221 normalize_moments_gradient f32[1,2,8] densenet.swift:31
  k_select_moment,9,1,W+125376,W+896,1,8,1,8, // %222 select_moment f32[8] densenet.swift:31
  k_select_moment,9,1,W+125376,W+960,1,8,0,8, // %223 select_moment f32[8] densenet.swift:31
  WAIT+k_pointwise_planes,13,1,W+124032,12,W+0,8,W+124032,12,2,1,8,2048, // %225 add f32[1,2,8] densenet.swift:31
  WAIT+k_convolution_backward_weights_2,57,8,W+90112,768,W+65536,768,W+124032,12,512,W+123776,0,128,X+0,192,W+125440,8,1,3,8,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,9,112,8,1,1,1,8,1,3,8,2176,2304,2432,3904,5952, // %228 convolution_backward_weights f32[8,3,3,3] densenet.swift:29
  WAIT+k_convolution_weights_reduce,16,1,W+125440,W+0,8,1,8,27,8,1,9,0,1,9,27, // %228 convolution_backward_weights f32[8,3,3,3] densenet.swift:29
  WAIT+k_pointwise,18,1,P+0,216,W+0,216,M+0,216,0x38d1b717,0x3f800000,0x3f666666,M+0,216,-1,P+0,216,216, // %232 sgd_momentum + %233 sgd_parameter f32[8,3,3,3]
  k_pointwise,18,1,P+896,8,W+896,8,M+896,8,0x38d1b717,0x3f800000,0x3f666666,M+896,8,-1,P+896,8,8, // %235 sgd_momentum + %236 sgd_parameter f32[8]
  k_pointwise,18,1,P+960,8,W+960,8,M+960,8,0x38d1b717,0x3f800000,0x3f666666,M+960,8,-1,P+960,8,8, // %238 sgd_momentum + %239 sgd_parameter f32[8]
  k_pointwise,18,1,P+1024,128,W+121600,128,M+1024,128,0x38d1b717,0x3f800000,0x3f666666,M+1024,128,-1,P+1024,128,128, // %241 sgd_momentum + %242 sgd_parameter f32[16,8,1,1]
  k_pointwise,18,1,P+1536,16,W+125248,16,M+1536,16,0x38d1b717,0x3f800000,0x3f666666,M+1536,16,-1,P+1536,16,16, // %244 sgd_momentum + %245 sgd_parameter f32[16]
  k_pointwise,18,1,P+1600,16,W+125312,16,M+1600,16,0x38d1b717,0x3f800000,0x3f666666,M+1600,16,-1,P+1600,16,16, // %247 sgd_momentum + %248 sgd_parameter f32[16]
  k_pointwise,18,1,P+1664,576,W+119296,576,M+1664,576,0x38d1b717,0x3f800000,0x3f666666,M+1664,576,-1,P+1664,576,576, // %250 sgd_momentum + %251 sgd_parameter f32[4,16,3,3]
  k_pointwise,18,1,P+3968,12,W+125120,12,M+3968,12,0x38d1b717,0x3f800000,0x3f666666,M+3968,12,-1,P+3968,12,12, // %253 sgd_momentum + %254 sgd_parameter f32[12]
  k_pointwise,18,1,P+4032,12,W+125184,12,M+4032,12,0x38d1b717,0x3f800000,0x3f666666,M+4032,12,-1,P+4032,12,12, // %256 sgd_momentum + %257 sgd_parameter f32[12]
  k_pointwise,18,1,P+4096,72,W+123200,72,M+4096,72,0x38d1b717,0x3f800000,0x3f666666,M+4096,72,-1,P+4096,72,72, // %259 sgd_momentum + %260 sgd_parameter f32[6,12,1,1]
  k_pointwise,18,1,P+4416,6,W+124992,6,M+4416,6,0x38d1b717,0x3f800000,0x3f666666,M+4416,6,-1,P+4416,6,6, // %262 sgd_momentum + %263 sgd_parameter f32[6]
  k_pointwise,18,1,P+4480,6,W+125056,6,M+4480,6,0x38d1b717,0x3f800000,0x3f666666,M+4480,6,-1,P+4480,6,6, // %265 sgd_momentum + %266 sgd_parameter f32[6]
  k_pointwise,18,1,P+4544,96,W+122496,96,M+4544,96,0x38d1b717,0x3f800000,0x3f666666,M+4544,96,-1,P+4544,96,96, // %268 sgd_momentum + %269 sgd_parameter f32[16,6,1,1]
  k_pointwise,18,1,P+4928,16,W+124864,16,M+4928,16,0x38d1b717,0x3f800000,0x3f666666,M+4928,16,-1,P+4928,16,16, // %271 sgd_momentum + %272 sgd_parameter f32[16]
  k_pointwise,18,1,P+4992,16,W+124928,16,M+4992,16,0x38d1b717,0x3f800000,0x3f666666,M+4992,16,-1,P+4992,16,16, // %274 sgd_momentum + %275 sgd_parameter f32[16]
  k_pointwise,18,1,P+5056,576,W+116992,576,M+5056,576,0x38d1b717,0x3f800000,0x3f666666,M+5056,576,-1,P+5056,576,576, // %277 sgd_momentum + %278 sgd_parameter f32[4,16,3,3]
  k_pointwise,18,1,P+7360,10,W+124736,10,M+7360,10,0x38d1b717,0x3f800000,0x3f666666,M+7360,10,-1,P+7360,10,10, // %280 sgd_momentum + %281 sgd_parameter f32[10]
  k_pointwise,18,1,P+7424,10,W+124800,10,M+7424,10,0x38d1b717,0x3f800000,0x3f666666,M+7424,10,-1,P+7424,10,10, // %283 sgd_momentum + %284 sgd_parameter f32[10]
  k_pointwise,18,1,P+7488,50,W+123520,50,M+7488,50,0x38d1b717,0x3f800000,0x3f666666,M+7488,50,-1,P+7488,50,50, // %286 sgd_momentum + %287 sgd_parameter f32[5,10,1,1]
  k_pointwise,18,1,P+7744,5,W+124608,5,M+7744,5,0x38d1b717,0x3f800000,0x3f666666,M+7744,5,-1,P+7744,5,5, // %289 sgd_momentum + %290 sgd_parameter f32[5]
  k_pointwise,18,1,P+7808,5,W+124672,5,M+7808,5,0x38d1b717,0x3f800000,0x3f666666,M+7808,5,-1,P+7808,5,5, // %292 sgd_momentum + %293 sgd_parameter f32[5]
  k_pointwise,18,1,P+7872,80,W+122880,80,M+7872,80,0x38d1b717,0x3f800000,0x3f666666,M+7872,80,-1,P+7872,80,80, // %295 sgd_momentum + %296 sgd_parameter f32[16,5,1,1]
  k_pointwise,18,1,P+8192,16,W+124480,16,M+8192,16,0x38d1b717,0x3f800000,0x3f666666,M+8192,16,-1,P+8192,16,16, // %298 sgd_momentum + %299 sgd_parameter f32[16]
  k_pointwise,18,1,P+8256,16,W+124544,16,M+8256,16,0x38d1b717,0x3f800000,0x3f666666,M+8256,16,-1,P+8256,16,16, // %301 sgd_momentum + %302 sgd_parameter f32[16]
  k_pointwise,18,1,P+8320,576,W+114688,576,M+8320,576,0x38d1b717,0x3f800000,0x3f666666,M+8320,576,-1,P+8320,576,576, // %304 sgd_momentum + %305 sgd_parameter f32[4,16,3,3]
  k_pointwise,18,1,P+10624,9,W+124352,9,M+10624,9,0x38d1b717,0x3f800000,0x3f666666,M+10624,9,-1,P+10624,9,9, // %307 sgd_momentum + %308 sgd_parameter f32[9]
  k_pointwise,18,1,P+10688,9,W+124416,9,M+10688,9,0x38d1b717,0x3f800000,0x3f666666,M+10688,9,-1,P+10688,9,9, // %310 sgd_momentum + %311 sgd_parameter f32[9]
  k_pointwise,18,1,P+10752,90,W+122112,90,M+10752,90,0x38d1b717,0x3f800000,0x3f666666,M+10752,90,-1,P+10752,90,90, // %313 sgd_momentum + %314 sgd_parameter f32[10,9]
  k_pointwise,18,1,P+11136,10,W+124288,10,M+11136,10,0x38d1b717,0x3f800000,0x3f666666,M+11136,10,-1,P+11136,10,10, // %316 sgd_momentum + %317 sgd_parameter f32[10]
  k_end,
};

int dense_net_train_8(const struct dense_net_arguments *arguments) {
  const struct call call = {arguments, dense_net_train_8_rows, 1, 0, 0, 0};
  return start(&call);
}

static const int64_t dense_net_prepare_rows[] = {
  k_pack_weights,12,2,P+0,R+0,8,3,9,2,4,0,3, // %1 pack_weights f32[8,3,3,3] densenet.swift:29
  k_pointwise_2,11,1,P+896,8,S+64,8,0x3727c5ac,W+1024,8,8, // %6 reciprocal_square_root + %7 multiply f32[8] densenet.swift:31
  WAIT+k_pointwise_3,12,1,P+960,8,W+1024,8,S+0,8,W+1088,8,8, // %9 subtract f32[8] densenet.swift:31
  k_pointwise_2,11,1,P+1536,16,S+192,16,0x3727c5ac,W+1152,16,16, // %15 reciprocal_square_root + %16 multiply f32[16] densenet.swift:31
  WAIT+k_multiply_channel,10,1,P+1024,W+1152,W+0,16,16,8,2048, // %19 multiply_channel f32[16,8,1,1] densenet.swift:31
  k_clamp_lower,7,1,W+1024,W+1088,R+896,8, // %20 clamp_form f32[8] densenet.swift:31
  k_clamp_upper,7,1,W+1024,W+1088,R+960,8, // %21 clamp_form f32[8] densenet.swift:31
  k_clamp_factor,7,1,W+1024,W+1088,W+1216,8, // %22 clamp_form f32[8] densenet.swift:31
  WAIT+k_pointwise_planes_2,13,1,W+0,8,W+1216,W+512,8,0,128,8,1,16384, // %23 multiply_channel f32[16,8,1,1] densenet.swift:31
  k_clamp_shift,7,1,W+1024,W+1088,W+1024,8, // %24 clamp_form f32[8] densenet.swift:31
  WAIT+k_pointwise_planes_2,13,1,W+0,8,W+1024,W+0,8,0,128,8,1,16384, // %25 multiply_channel f32[16,8,1,1] densenet.swift:31
  WAIT+k_sum_to_channel,8,16,W+0,W+1024,1,16,8, // %26 sum_to_channel f32[16] densenet.swift:31
  WAIT+k_pointwise_4,14,1,P+1600,16,W+1152,16,S+128,16,W+1024,16,R+1024,16,16, // %27 add f32[16] densenet.swift:31
  k_pack_weights,12,4,W+512,R+1088,16,8,1,4,4,0,8, // %28 pack_weights f32[16,8,1,1] densenet.swift:31
  k_pack_weights,12,1,P+1664,R+1600,4,16,9,1,4,0,16, // %30 pack_weights f32[4,16,3,3] densenet.swift:31
  WAIT+k_pointwise_2,11,1,P+3968,12,S+320,12,0x3727c5ac,W+640,12,12, // %35 reciprocal_square_root + %36 multiply f32[12] densenet.swift:34
  WAIT+k_pointwise_3,12,1,P+4032,12,W+640,12,S+256,12,W+320,12,12, // %38 subtract f32[12] densenet.swift:34
  WAIT+k_clamp_lower,7,1,W+640,W+320,R+3904,12, // %40 clamp_form f32[12] densenet.swift:34
  k_clamp_upper,7,1,W+640,W+320,R+3968,12, // %41 clamp_form f32[12] densenet.swift:34
  k_clamp_factor,7,1,W+640,W+320,W+384,12, // %42 clamp_form f32[12] densenet.swift:34
  WAIT+k_pointwise_planes_2,13,1,P+4096,12,W+384,W+0,12,0,72,12,1,16384, // %43 multiply_channel f32[6,12,1,1] densenet.swift:34
  k_clamp_shift,7,1,W+640,W+320,W+640,12, // %44 clamp_form f32[12] densenet.swift:34
  WAIT+k_pointwise_planes_2,13,1,P+4096,12,W+640,W+320,12,0,72,12,1,16384, // %45 multiply_channel f32[6,12,1,1] densenet.swift:34
  WAIT+k_sum_to_channel,8,6,W+320,R+4032,1,6,12, // %46 sum_to_channel f32[6] densenet.swift:34
  k_pack_weights,12,2,W+0,R+4096,6,12,1,2,3,0,12, // %47 pack_weights f32[6,12,1,1] densenet.swift:34
  k_pointwise_2,11,1,P+4416,6,S+448,6,0x3727c5ac,W+768,6,6, // %52 reciprocal_square_root + %53 multiply f32[6] densenet.swift:31
  WAIT+k_pointwise_3,12,1,P+4480,6,W+768,6,S+384,6,W+832,6,6, // %55 subtract f32[6] densenet.swift:31
  k_pointwise_2,11,1,P+4928,16,S+576,16,0x3727c5ac,W+896,16,16, // %61 reciprocal_square_root + %62 multiply f32[16] densenet.swift:31
  WAIT+k_multiply_channel,10,1,P+4544,W+896,W+0,16,16,6,2730, // %65 multiply_channel f32[16,6,1,1] densenet.swift:31
  k_clamp_lower,7,1,W+768,W+832,R+4416,6, // %66 clamp_form f32[6] densenet.swift:31
  k_clamp_upper,7,1,W+768,W+832,R+4480,6, // %67 clamp_form f32[6] densenet.swift:31
  k_clamp_factor,7,1,W+768,W+832,W+960,6, // %68 clamp_form f32[6] densenet.swift:31
  WAIT+k_pointwise_planes_2,13,1,W+0,6,W+960,W+384,6,0,96,6,1,16384, // %69 multiply_channel f32[16,6,1,1] densenet.swift:31
  k_clamp_shift,7,1,W+768,W+832,W+768,6, // %70 clamp_form f32[6] densenet.swift:31
  WAIT+k_pointwise_planes_2,13,1,W+0,6,W+768,W+0,6,0,96,6,1,16384, // %71 multiply_channel f32[16,6,1,1] densenet.swift:31
  WAIT+k_sum_to_channel,8,16,W+0,W+768,1,16,6, // %72 sum_to_channel f32[16] densenet.swift:31
  WAIT+k_pointwise_4,14,1,P+4992,16,W+896,16,S+512,16,W+768,16,R+4544,16,16, // %73 add f32[16] densenet.swift:31
  k_pack_weights,12,4,W+384,R+4608,16,6,1,4,4,0,6, // %74 pack_weights f32[16,6,1,1] densenet.swift:31
  k_pack_weights,12,1,P+5056,R+4992,4,16,9,1,4,0,16, // %76 pack_weights f32[4,16,3,3] densenet.swift:31
  WAIT+k_pointwise_2,11,1,P+7360,10,S+704,10,0x3727c5ac,W+512,10,10, // %81 reciprocal_square_root + %82 multiply f32[10] densenet.swift:34
  WAIT+k_pointwise_3,12,1,P+7424,10,W+512,10,S+640,10,W+256,10,10, // %84 subtract f32[10] densenet.swift:34
  WAIT+k_clamp_lower,7,1,W+512,W+256,R+7296,10, // %86 clamp_form f32[10] densenet.swift:34
  k_clamp_upper,7,1,W+512,W+256,R+7360,10, // %87 clamp_form f32[10] densenet.swift:34
  k_clamp_factor,7,1,W+512,W+256,W+320,10, // %88 clamp_form f32[10] densenet.swift:34
  WAIT+k_pointwise_planes_2,13,1,P+7488,10,W+320,W+0,10,0,50,10,1,16384, // %89 multiply_channel f32[5,10,1,1] densenet.swift:34
  k_clamp_shift,7,1,W+512,W+256,W+512,10, // %90 clamp_form f32[10] densenet.swift:34
  WAIT+k_pointwise_planes_2,13,1,P+7488,10,W+512,W+256,10,0,50,10,1,16384, // %91 multiply_channel f32[5,10,1,1] densenet.swift:34
  WAIT+k_sum_to_channel,8,5,W+256,R+7424,1,5,10, // %92 sum_to_channel f32[5] densenet.swift:34
  k_pack_weights,12,2,W+0,R+7488,5,10,1,2,2,1,10, // %93 pack_weights f32[5,10,1,1] densenet.swift:34
  k_pointwise_2,11,1,P+7744,5,S+832,5,0x3727c5ac,W+640,5,5, // %98 reciprocal_square_root + %99 multiply f32[5] densenet.swift:31
  WAIT+k_pointwise_3,12,1,P+7808,5,W+640,5,S+768,5,W+704,5,5, // %101 subtract f32[5] densenet.swift:31
  k_pointwise_2,11,1,P+8192,16,S+960,16,0x3727c5ac,W+768,16,16, // %107 reciprocal_square_root + %108 multiply f32[16] densenet.swift:31
  WAIT+k_multiply_channel,10,1,P+7872,W+768,W+0,16,16,5,3276, // %111 multiply_channel f32[16,5,1,1] densenet.swift:31
  k_clamp_lower,7,1,W+640,W+704,R+7744,5, // %112 clamp_form f32[5] densenet.swift:31
  k_clamp_upper,7,1,W+640,W+704,R+7808,5, // %113 clamp_form f32[5] densenet.swift:31
  k_clamp_factor,7,1,W+640,W+704,W+832,5, // %114 clamp_form f32[5] densenet.swift:31
  WAIT+k_pointwise_planes_2,13,1,W+0,5,W+832,W+320,5,0,80,5,1,16384, // %115 multiply_channel f32[16,5,1,1] densenet.swift:31
  k_clamp_shift,7,1,W+640,W+704,W+640,5, // %116 clamp_form f32[5] densenet.swift:31
  WAIT+k_pointwise_planes_2,13,1,W+0,5,W+640,W+0,5,0,80,5,1,16384, // %117 multiply_channel f32[16,5,1,1] densenet.swift:31
  WAIT+k_sum_to_channel,8,16,W+0,W+640,1,16,5, // %118 sum_to_channel f32[16] densenet.swift:31
  WAIT+k_pointwise_4,14,1,P+8256,16,W+768,16,S+896,16,W+640,16,R+7872,16,16, // %119 add f32[16] densenet.swift:31
  k_pack_weights,12,4,W+320,R+7936,16,5,1,4,4,0,5, // %120 pack_weights f32[16,5,1,1] densenet.swift:31
  k_pack_weights,12,1,P+8320,R+8256,4,16,9,1,4,0,16, // %122 pack_weights f32[4,16,3,3] densenet.swift:31
  WAIT+k_pointwise_2,11,1,P+10624,9,S+1088,9,0x3727c5ac,W+384,9,9, // %127 reciprocal_square_root + %128 multiply f32[9] densenet.swift:37
  WAIT+k_pointwise_3,12,1,P+10688,9,W+384,9,S+1024,9,W+0,9,9, // %130 subtract f32[9] densenet.swift:37
  WAIT+k_clamp_lower,7,1,W+384,W+0,R+10560,9, // %133 clamp_form f32[9] densenet.swift:37
  k_clamp_upper,7,1,W+384,W+0,R+10624,9, // %134 clamp_form f32[9] densenet.swift:37
  k_clamp_factor,7,1,W+384,W+0,W+64,9, // %135 clamp_form f32[9] densenet.swift:37
  WAIT+k_multiply_columns,9,1,P+10752,W+64,R+10688,10,9,1820, // %136 multiply_channel f32[10,9] densenet.swift:37
  k_clamp_shift,7,1,W+384,W+0,W+384,9, // %137 clamp_form f32[9] densenet.swift:37
  WAIT+k_multiply_columns,9,1,P+10752,W+384,W+0,10,9,1820, // %138 multiply_channel f32[10,9] densenet.swift:37
  WAIT+k_sum_to_channel,8,10,W+0,W+384,1,10,9, // %139 sum_to_channel f32[10] densenet.swift:37
  WAIT+k_pointwise_5,10,1,P+11136,10,W+384,10,R+11072,10,10, // %140 add f32[10] densenet.swift:37
  k_end,
};

int dense_net_prepare(const struct dense_net_arguments *arguments) {
  const struct call call = {arguments, dense_net_prepare_rows, 1, 0, 0, 0};
  return start(&call);
}

const char *dense_net_metadata(void) {
  return
    "{\"abi\":1,\"build\":\"94254a7cd85e8d813dd0a598a029a8213deb6badcc5beb91b5d76688f0fb5986\",\"constant"
    "Bytes\":0,\"entries\":[{\"batch\":1,\"mode\":\"infer\",\"outputBytes\":64,\"outputs\":[{\"name\":\"l"
    "ogits\",\"offset\":0,\"shape\":[1,10]}],\"symbol\":\"dense_net_infer_1\",\"values\":[],\"workspace\""
    ":7168},{\"batch\":8,\"mode\":\"infer\",\"outputBytes\":320,\"outputs\":[{\"name\":\"logits\",\"offse"
    "t\":0,\"shape\":[8,10]}],\"symbol\":\"dense_net_infer_8\",\"values\":[],\"workspace\":57344},{\"batc"
    "h\":8,\"mode\":\"train\",\"outputBytes\":384,\"outputs\":[{\"name\":\"loss\",\"offset\":0,\"shape\":"
    "[]},{\"name\":\"logits\",\"offset\":64,\"shape\":[8,10]}],\"symbol\":\"dense_net_train_8\",\"values\""
    ":[],\"workspace\":143872}],\"features\":[\"pni\",\"ssse3\",\"sse4_1\",\"sse4_2\",\"popcnt\",\"movbe\""
    ",\"abm\",\"bmi1\",\"bmi2\",\"avx\",\"f16c\",\"fma\",\"avx2\"],\"gates\":[],\"inputShape\":[3,8,8],\""
    "loss\":\"softmax_cross_entropy\",\"name\":\"dense_net\",\"optimizer\":[{\"name\":\"stem.weight\",\"o"
    "ffset\":0,\"shape\":[8,3,3,3],\"slot\":\"momentum\"},{\"name\":\"block1.layer1.norm1.weight\",\"offs"
    "et\":896,\"shape\":[8],\"slot\":\"momentum\"},{\"name\":\"block1.layer1.norm1.bias\",\"offset\":960,"
    "\"shape\":[8],\"slot\":\"momentum\"},{\"name\":\"block1.layer1.conv1.weight\",\"offset\":1024,\"shap"
    "e\":[16,8,1,1],\"slot\":\"momentum\"},{\"name\":\"block1.layer1.norm2.weight\",\"offset\":1536,\"sha"
    "pe\":[16],\"slot\":\"momentum\"},{\"name\":\"block1.layer1.norm2.bias\",\"offset\":1600,\"shape\":[1"
    "6],\"slot\":\"momentum\"},{\"name\":\"block1.layer1.conv2.weight\",\"offset\":1664,\"shape\":[4,16,3"
    ",3],\"slot\":\"momentum\"},{\"name\":\"transition1.norm.weight\",\"offset\":3968,\"shape\":[12],\"sl"
    "ot\":\"momentum\"},{\"name\":\"transition1.norm.bias\",\"offset\":4032,\"shape\":[12],\"slot\":\"mom"
    "entum\"},{\"name\":\"transition1.conv.weight\",\"offset\":4096,\"shape\":[6,12,1,1],\"slot\":\"momen"
    "tum\"},{\"name\":\"block2.layer1.norm1.weight\",\"offset\":4416,\"shape\":[6],\"slot\":\"momentum\"}"
    ",{\"name\":\"block2.layer1.norm1.bias\",\"offset\":4480,\"shape\":[6],\"slot\":\"momentum\"},{\"name"
    "\":\"block2.layer1.conv1.weight\",\"offset\":4544,\"shape\":[16,6,1,1],\"slot\":\"momentum\"},{\"nam"
    "e\":\"block2.layer1.norm2.weight\",\"offset\":4928,\"shape\":[16],\"slot\":\"momentum\"},{\"name\":\""
    "block2.layer1.norm2.bias\",\"offset\":4992,\"shape\":[16],\"slot\":\"momentum\"},{\"name\":\"block2."
    "layer1.conv2.weight\",\"offset\":5056,\"shape\":[4,16,3,3],\"slot\":\"momentum\"},{\"name\":\"transi"
    "tion2.norm.weight\",\"offset\":7360,\"shape\":[10],\"slot\":\"momentum\"},{\"name\":\"transition2.no"
    "rm.bias\",\"offset\":7424,\"shape\":[10],\"slot\":\"momentum\"},{\"name\":\"transition2.conv.weight\""
    ",\"offset\":7488,\"shape\":[5,10,1,1],\"slot\":\"momentum\"},{\"name\":\"block3.layer1.norm1.weight\""
    ",\"offset\":7744,\"shape\":[5],\"slot\":\"momentum\"},{\"name\":\"block3.layer1.norm1.bias\",\"offse"
    "t\":7808,\"shape\":[5],\"slot\":\"momentum\"},{\"name\":\"block3.layer1.conv1.weight\",\"offset\":78"
    "72,\"shape\":[16,5,1,1],\"slot\":\"momentum\"},{\"name\":\"block3.layer1.norm2.weight\",\"offset\":8"
    "192,\"shape\":[16],\"slot\":\"momentum\"},{\"name\":\"block3.layer1.norm2.bias\",\"offset\":8256,\"s"
    "hape\":[16],\"slot\":\"momentum\"},{\"name\":\"block3.layer1.conv2.weight\",\"offset\":8320,\"shape\""
    ":[4,16,3,3],\"slot\":\"momentum\"},{\"name\":\"norm.weight\",\"offset\":10624,\"shape\":[9],\"slot\""
    ":\"momentum\"},{\"name\":\"norm.bias\",\"offset\":10688,\"shape\":[9],\"slot\":\"momentum\"},{\"name"
    "\":\"classifier.weight\",\"offset\":10752,\"shape\":[10,9],\"slot\":\"momentum\"},{\"name\":\"classi"
    "fier.bias\",\"offset\":11136,\"shape\":[10],\"slot\":\"momentum\"}],\"optimizerBytes\":11200,\"outpu"
    "tShape\":[10],\"parameterBytes\":11200,\"parameters\":[{\"initializer\":\"[he_normal, fan_out]\",\"n"
    "ame\":\"stem.weight\",\"offset\":0,\"shape\":[8,3,3,3]},{\"initializer\":\"[constant, 1.0]\",\"name\""
    ":\"block1.layer1.norm1.weight\",\"offset\":896,\"shape\":[8]},{\"initializer\":\"[constant, 0.0]\",\""
    "name\":\"block1.layer1.norm1.bias\",\"offset\":960,\"shape\":[8]},{\"initializer\":\"[he_normal, fan"
    "_out]\",\"name\":\"block1.layer1.conv1.weight\",\"offset\":1024,\"shape\":[16,8,1,1]},{\"initializer"
    "\":\"[constant, 1.0]\",\"name\":\"block1.layer1.norm2.weight\",\"offset\":1536,\"shape\":[16]},{\"in"
    "itializer\":\"[constant, 0.0]\",\"name\":\"block1.layer1.norm2.bias\",\"offset\":1600,\"shape\":[16]"
    "},{\"initializer\":\"[he_normal, fan_out]\",\"name\":\"block1.layer1.conv2.weight\",\"offset\":1664,"
    "\"shape\":[4,16,3,3]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"transition1.norm.weight\",\"of"
    "fset\":3968,\"shape\":[12]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"transition1.norm.bias\","
    "\"offset\":4032,\"shape\":[12]},{\"initializer\":\"[he_normal, fan_out]\",\"name\":\"transition1.con"
    "v.weight\",\"offset\":4096,\"shape\":[6,12,1,1]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"blo"
    "ck2.layer1.norm1.weight\",\"offset\":4416,\"shape\":[6]},{\"initializer\":\"[constant, 0.0]\",\"name"
    "\":\"block2.layer1.norm1.bias\",\"offset\":4480,\"shape\":[6]},{\"initializer\":\"[he_normal, fan_ou"
    "t]\",\"name\":\"block2.layer1.conv1.weight\",\"offset\":4544,\"shape\":[16,6,1,1]},{\"initializer\":"
    "\"[constant, 1.0]\",\"name\":\"block2.layer1.norm2.weight\",\"offset\":4928,\"shape\":[16]},{\"initi"
    "alizer\":\"[constant, 0.0]\",\"name\":\"block2.layer1.norm2.bias\",\"offset\":4992,\"shape\":[16]},{"
    "\"initializer\":\"[he_normal, fan_out]\",\"name\":\"block2.layer1.conv2.weight\",\"offset\":5056,\"s"
    "hape\":[4,16,3,3]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"transition2.norm.weight\",\"offse"
    "t\":7360,\"shape\":[10]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"transition2.norm.bias\",\"o"
    "ffset\":7424,\"shape\":[10]},{\"initializer\":\"[he_normal, fan_out]\",\"name\":\"transition2.conv.w"
    "eight\",\"offset\":7488,\"shape\":[5,10,1,1]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"block3"
    ".layer1.norm1.weight\",\"offset\":7744,\"shape\":[5]},{\"initializer\":\"[constant, 0.0]\",\"name\":"
    "\"block3.layer1.norm1.bias\",\"offset\":7808,\"shape\":[5]},{\"initializer\":\"[he_normal, fan_out]\""
    ",\"name\":\"block3.layer1.conv1.weight\",\"offset\":7872,\"shape\":[16,5,1,1]},{\"initializer\":\"[c"
    "onstant, 1.0]\",\"name\":\"block3.layer1.norm2.weight\",\"offset\":8192,\"shape\":[16]},{\"initializ"
    "er\":\"[constant, 0.0]\",\"name\":\"block3.layer1.norm2.bias\",\"offset\":8256,\"shape\":[16]},{\"in"
    "itializer\":\"[he_normal, fan_out]\",\"name\":\"block3.layer1.conv2.weight\",\"offset\":8320,\"shape"
    "\":[4,16,3,3]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"norm.weight\",\"offset\":10624,\"shap"
    "e\":[9]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"norm.bias\",\"offset\":10688,\"shape\":[9]}"
    ",{\"initializer\":\"lecun_uniform\",\"name\":\"classifier.weight\",\"offset\":10752,\"shape\":[10,9]"
    "},{\"initializer\":\"[constant, 0.0]\",\"name\":\"classifier.bias\",\"offset\":11136,\"shape\":[10]}"
    "],\"preparedBytes\":11136,\"scratchBytes\":51392,\"signature\":\"a505a6981db91ff6747febe44ede9df26ce"
    "9000eb0427c30cdc77afe41246b8b\",\"state\":[{\"initializer\":\"[constant, 0.0]\",\"name\":\"block1.la"
    "yer1.norm1.running_mean\",\"offset\":0,\"shape\":[8]},{\"initializer\":\"[constant, 1.0]\",\"name\":"
    "\"block1.layer1.norm1.running_var\",\"offset\":64,\"shape\":[8]},{\"initializer\":\"[constant, 0.0]\""
    ",\"name\":\"block1.layer1.norm2.running_mean\",\"offset\":128,\"shape\":[16]},{\"initializer\":\"[co"
    "nstant, 1.0]\",\"name\":\"block1.layer1.norm2.running_var\",\"offset\":192,\"shape\":[16]},{\"initia"
    "lizer\":\"[constant, 0.0]\",\"name\":\"transition1.norm.running_mean\",\"offset\":256,\"shape\":[12]"
    "},{\"initializer\":\"[constant, 1.0]\",\"name\":\"transition1.norm.running_var\",\"offset\":320,\"sh"
    "ape\":[12]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"block2.layer1.norm1.running_mean\",\"off"
    "set\":384,\"shape\":[6]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"block2.layer1.norm1.running"
    "_var\",\"offset\":448,\"shape\":[6]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"block2.layer1.n"
    "orm2.running_mean\",\"offset\":512,\"shape\":[16]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"b"
    "lock2.layer1.norm2.running_var\",\"offset\":576,\"shape\":[16]},{\"initializer\":\"[constant, 0.0]\""
    ",\"name\":\"transition2.norm.running_mean\",\"offset\":640,\"shape\":[10]},{\"initializer\":\"[const"
    "ant, 1.0]\",\"name\":\"transition2.norm.running_var\",\"offset\":704,\"shape\":[10]},{\"initializer\""
    ":\"[constant, 0.0]\",\"name\":\"block3.layer1.norm1.running_mean\",\"offset\":768,\"shape\":[5]},{\""
    "initializer\":\"[constant, 1.0]\",\"name\":\"block3.layer1.norm1.running_var\",\"offset\":832,\"shap"
    "e\":[5]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"block3.layer1.norm2.running_mean\",\"offset"
    "\":896,\"shape\":[16]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"block3.layer1.norm2.running_v"
    "ar\",\"offset\":960,\"shape\":[16]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"norm.running_mea"
    "n\",\"offset\":1024,\"shape\":[9]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"norm.running_var\""
    ",\"offset\":1088,\"shape\":[9]}],\"stateBytes\":1152,\"target\":\"x86-64-v3\"}";
}
