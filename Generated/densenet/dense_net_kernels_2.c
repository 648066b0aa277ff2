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

static inline MAYBE_UNUSED float root_of_one(float x) { return sqrtf(x); }
#define root_of(x) \
  __extension__({ \
    const vec lanes_ = (x); \
    vec result_ = {0}; \
    for (int lane_ = 0; lane_ < LANES; ++lane_) result_[lane_] = root_of_one(lanes_[lane_]); \
    result_; \
  })

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
  k_convolution_2 = 2,
  k_average_pool_halving = 3,
  k_convolution_3 = 4,
  k_convolution_6 = 12,
  k_average_pool_halving_2 = 14,
  k_convolution_8 = 15,
  k_global_average_pool_gradient = 22,
  k_convolution_backward_weights = 28,
  k_pointwise_planes = 31,
  k_average_pool_halving_gradient = 33,
  k_convolution_backward_weights_2 = 36,
  k_pointwise = 37,
  k_pointwise_2 = 38,
  k_pointwise_3 = 39,
  k_pointwise_planes_2 = 44,
  k_pointwise_4 = 47,
  k_pointwise_5 = 49,
};

__attribute__((visibility("hidden"))) void dense_net_kernels_2(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  (void)c, (void)a, (void)first, (void)last;
  switch (kernel) {
    case k_convolution_2: kernel_convolution_2(c, a, first, last); break;
    case k_average_pool_halving: kernel_average_pool_halving(c, a, first, last); break;
    case k_convolution_3: kernel_convolution_3(c, a, first, last); break;
    case k_convolution_6: kernel_convolution_6(c, a, first, last); break;
    case k_average_pool_halving_2: kernel_average_pool_halving_2(c, a, first, last); break;
    case k_convolution_8: kernel_convolution_8(c, a, first, last); break;
    case k_global_average_pool_gradient: kernel_global_average_pool_gradient(c, a, first, last); break;
    case k_convolution_backward_weights: kernel_convolution_backward_weights(c, a, first, last); break;
    case k_pointwise_planes: kernel_pointwise_planes(c, a, first, last); break;
    case k_average_pool_halving_gradient: kernel_average_pool_halving_gradient(c, a, first, last); break;
    case k_convolution_backward_weights_2: kernel_convolution_backward_weights_2(c, a, first, last); break;
    case k_pointwise: kernel_pointwise(c, a, first, last); break;
    case k_pointwise_2: kernel_pointwise_2(c, a, first, last); break;
    case k_pointwise_3: kernel_pointwise_3(c, a, first, last); break;
    case k_pointwise_planes_2: kernel_pointwise_planes_2(c, a, first, last); break;
    case k_pointwise_4: kernel_pointwise_4(c, a, first, last); break;
    case k_pointwise_5: kernel_pointwise_5(c, a, first, last); break;
    default: break;
  }
}
