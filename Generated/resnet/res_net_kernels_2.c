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

/* The same for many channels. */
static ALWAYS_INLINE void copy_all_vectors(const int vectors, float *to, int64_t to_channel, int64_t channels,
                                           int64_t lines, int64_t pitch, int64_t begin, int64_t width,
                                           const float *from, int64_t from_channel, int64_t from_line) {
  for (; channels > 0; --channels, to += to_channel, from += from_channel)
    copy_vectors(vectors, 1, to, pitch, begin, from, from_line, lines, width);
}

/* For each channel, lines of a strip: zeros but for `width` floats from column `begin` on. */
static NOINLINE void copy_all_lines(float *to, int64_t to_channel, int64_t channels, int64_t lines, int64_t pitch,
                                    int64_t begin, int64_t width, const float *from, int64_t from_channel,
                                    int64_t from_line) {
  if (width <= 0) {
    for (; channels > 0; --channels, to += to_channel) clear_run(to, lines * pitch);
    return;
  }
  switch (width < LANES ? 0 : (width + LANES - 1) / LANES) {
    case 0: copy_all_vectors(0, to, to_channel, channels, lines, pitch, begin, width, from, from_channel, from_line); return;
    case 1: copy_all_vectors(1, to, to_channel, channels, lines, pitch, begin, width, from, from_channel, from_line); return;
    case 2: copy_all_vectors(2, to, to_channel, channels, lines, pitch, begin, width, from, from_channel, from_line); return;
    case 3: copy_all_vectors(3, to, to_channel, channels, lines, pitch, begin, width, from, from_channel, from_line); return;
    case 4: copy_all_vectors(4, to, to_channel, channels, lines, pitch, begin, width, from, from_channel, from_line); return;
  }
  for (; channels > 0; --channels, to += to_channel, from += from_channel)
    for (int64_t line = 0; line < lines; ++line) {
      clear_run(to + line * pitch, begin);
      copy_run(to + line * pitch + begin, from + line * from_line, width);
      clear_run(to + line * pitch + begin + width, pitch - begin - width);
    }
}

/* Where a part of an axis begins that is cut into so many of them, as evenly as possible: what is left for the last of
   equal parts would be a thread's share of the work like any other. */
static inline int64_t cut(int64_t extent, int64_t parts, int64_t part) { return extent * part / parts; }

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
  vec sum[8][3];
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
  int64_t at[8];
  UNROLL for (int r = 0; r < rows; ++r) at[r] = s->place[position + r];
  if (s->taps == 1) {
    /* a loop of its own, with a stride known beforehand; the tap may find nothing but padding */
    data += tap[0];
    for (int64_t k = 0, terms = taps > 0 ? count : 0; k < terms; ++k) {
      vec x[3];
      UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(weights + v * LANES);
      UNROLL for (int r = 0; r < rows; ++r) {
        const float w = data[at[r]];
        UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
      }
      PREFETCH(ahead);
      ahead += step;
      weights += vectors * LANES;
      data += channel_stride;
    }
  } else if (taps == s->taps) {
    /* nor does this one look up where weights are, most positions being inside */
    for (int64_t k = 0; k < count; ++k) {
      for (int64_t t = 0; t < taps; ++t) {
        const float *source = data + tap[t], *weight = weights;
        vec x[3];
        UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(weight + v * LANES);
        UNROLL for (int r = 0; r < rows; ++r) {
          const float w = source[at[r]];
          UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
        }
        weights += vectors * LANES;
      }
      for (int64_t i = 0; i < step; i += 64) PREFETCH(ahead + i);
      ahead += step;
      data += channel_stride;
    }
  } else {
    for (int64_t k = 0; k < count; ++k) {
      for (int64_t t = 0; t < taps; ++t) {
        const float *source = data + tap[t], *weight = weights + weight_at[t];
        vec x[3];
        UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(weight + v * LANES);
        UNROLL for (int r = 0; r < rows; ++r) {
          const float w = source[at[r]];
          UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
        }
      }
      for (int64_t i = 0; i < step; i += 64) PREFETCH(ahead + i);
      ahead += step;
      data += channel_stride;
      weights += weight_stride;
    }
  }
  float *const sums = s->sums;
  UNROLL for (int r = 0; r < rows; ++r) {
    float *to = sums + home[r] * (vectors * LANES);
    UNROLL for (int v = 0; v < vectors; ++v) store(to + v * LANES, sum[r][v]);
  }
}
static NOINLINE void lanes_tile_1_1(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(1, 1, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_2_1(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(2, 1, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_3_1(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(3, 1, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_4_1(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(4, 1, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_5_1(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(5, 1, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_6_1(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(6, 1, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_7_1(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(7, 1, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_8_1(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(8, 1, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_1_2(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(1, 2, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_2_2(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(2, 2, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_3_2(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(3, 2, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_4_2(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(4, 2, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_5_2(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(5, 2, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_6_2(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(6, 2, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_1_3(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(1, 3, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_2_3(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(2, 3, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_3_3(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(3, 3, s, position, taps, channel, count, ahead, step);
}
static NOINLINE void lanes_tile_4_3(const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  lanes_tile(4, 3, s, position, taps, channel, count, ahead, step);
}
static inline void lanes_tile_any(int rows, int vectors, const struct lanes *s, int64_t position, int64_t taps, int64_t channel, int64_t count, const char *ahead, int64_t step) {
  switch (vectors * 32 + rows) {
    case 33: lanes_tile_1_1(s, position, taps, channel, count, ahead, step); break;
    case 34: lanes_tile_2_1(s, position, taps, channel, count, ahead, step); break;
    case 35: lanes_tile_3_1(s, position, taps, channel, count, ahead, step); break;
    case 36: lanes_tile_4_1(s, position, taps, channel, count, ahead, step); break;
    case 37: lanes_tile_5_1(s, position, taps, channel, count, ahead, step); break;
    case 38: lanes_tile_6_1(s, position, taps, channel, count, ahead, step); break;
    case 39: lanes_tile_7_1(s, position, taps, channel, count, ahead, step); break;
    case 40: lanes_tile_8_1(s, position, taps, channel, count, ahead, step); break;
    case 65: lanes_tile_1_2(s, position, taps, channel, count, ahead, step); break;
    case 66: lanes_tile_2_2(s, position, taps, channel, count, ahead, step); break;
    case 67: lanes_tile_3_2(s, position, taps, channel, count, ahead, step); break;
    case 68: lanes_tile_4_2(s, position, taps, channel, count, ahead, step); break;
    case 69: lanes_tile_5_2(s, position, taps, channel, count, ahead, step); break;
    case 70: lanes_tile_6_2(s, position, taps, channel, count, ahead, step); break;
    case 97: lanes_tile_1_3(s, position, taps, channel, count, ahead, step); break;
    case 98: lanes_tile_2_3(s, position, taps, channel, count, ahead, step); break;
    case 99: lanes_tile_3_3(s, position, taps, channel, count, ahead, step); break;
    case 100: lanes_tile_4_3(s, position, taps, channel, count, ahead, step); break;
  }
}

/* All positions by the outputs of a panel: a block of weights stays in the first-level cache while all positions pass
   by, and the next one arrives. */
static NOINLINE void lanes_multiply(const struct lanes *s, int vectors) {
  const int64_t width = vectors * LANES, most = least(8, 12 / vectors);
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
          s->found_at[taps] = (h * s->size_w + w) * width;
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

/* Phases of an axis that taps read: positions modulo the stride, up to the last that occurs. */
static inline int64_t greatest_phase(int64_t size, int64_t far, int64_t step) {
  int64_t phases = 1;
  for (int64_t k = 0; k < size; ++k) phases = greatest(phases, k * far % step + 1);
  return phases;
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

/* convolution_lanes: cross-correlation with bias, outputs in lanes, then relu; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %36, infer_8 %36. */
static NOINLINE void kernel_convolution_lanes(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
  const int64_t size_h = a[19];
  const int64_t size_w = a[20];
  const int64_t step_h = a[22];
  const int64_t step_w = a[23];
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
  const int64_t line_step = a[40];
  const int64_t block = a[41];
  const int64_t scratch_tap = a[42];
  const int64_t scratch_place = a[43];
  const int64_t scratch_group = a[44];
  const int64_t scratch_data = a[45];
  const int64_t scratch_sums = a[46];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *place = (int64_t *)(void *)(c->scratch + scratch_place);
  int64_t *home = place + tile_images * tile_lines * tile_columns;
  struct lanes_group *position_group = (struct lanes_group *)(void *)(c->scratch + scratch_group);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *sums = (float *)(void *)(c->scratch + scratch_sums);
  float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  const int64_t in_plane = in_d * in_h * in_w, out_plane = out_d * out_h * out_w, taps = size_h * size_w;
  const int64_t skip = step_h / line_step; /* lines of the image from one of the strip to the next */
  const int64_t parts = (outputs + 23) / 24;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t w0 = cut(out_w, tiles_w, tile % tiles_w), columns_here = cut(out_w, tiles_w, tile % tiles_w + 1) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t run = lines_here * columns_here;
    {
      const int64_t at_column = w0 * step_w - pad_w;
      const int64_t begin = least(greatest(0, -at_column), pitch);
      const int64_t end = greatest(begin, least(pitch, in_w - at_column));
      for (int64_t n = 0; n < images_here; ++n)
        for (int64_t line = 0, lines; line < rows; line += lines) {
          const int64_t h = h0 * step_h - pad_h + line * skip;
          const int64_t next = h < 0 ? -1 : h >= in_h;
          const int is_outside = h < 0 || h >= in_h;
          lines = least(rows - line, next > 0 ? rows - line : ((next + 1) * in_h - h + skip - 1) / skip);
          const float *from =
              is_outside ? x : x + (n0 + n) * x_stride + group * inputs * in_plane + (h) * in_w + at_column + begin;
          copy_all_lines(data + (n * rows + line) * pitch, channel_stride, inputs, lines, pitch, begin,
                         is_outside ? 0 : end - begin, from, in_plane, skip * in_w);
        }
    }
    const int64_t at_line = h0 * step_h - pad_h;
    int64_t positions = 0, position_groups = 0;
    for (int64_t line = 0, next; line < lines_here; line = next) {
      int64_t first_h, end_h;
      taps_inside(at_line + line * step_h, far_h, size_h, in_h, &first_h, &end_h);
      for (next = line + 1; next < lines_here; ++next) {
        int64_t next_h, next_end;
        taps_inside(at_line + next * step_h, far_h, size_h, in_h, &next_h, &next_end);
        if (next_h != first_h || next_end != end_h) break;
      }
      for (int64_t column = 0, after; column < columns_here; column = after) {
        struct lanes_group *group_here = position_group + position_groups++;
        int64_t first_w = 0, end_w = size_w;
        after = columns_here;
        if ((next - line) * images_here >= 3) {
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
              place[positions] = (n * rows + l * line_step) * pitch + i * step_w;
              home[positions] = (n * lines_here + l) * columns_here + i;
              ++positions;
            }
        group_here->count = positions - group_here->first;
      }
    }
    const int64_t end = least((from + next - task) * 24, outputs);
    for (int64_t output = from * 24; output < end; output += 24) {
      const int64_t first_output = group * outputs + output, width = least(24, end - output);
      const struct lanes s = {
          .data = data, .channels = inputs, .channel_stride = channel_stride, .block = block, .tap = tap,
          .taps = taps, .size_w = size_w, .found = tap + taps, .found_at = tap + 2 * taps, .place = place,
          .home = home, .group = position_group, .groups = position_groups,
          .weights = w + first_output * inputs * taps,
          .bias = bias ? bias + first_output : 0, .sums = sums};
      lanes_multiply(&s, (int)(width / LANES));
      transpose(sums, width, (positions + 3) / 4 * 4, width, tile_data, tile_stride);
      for (int64_t r = 0; r < width; ++r) {
          for (int64_t n = 0; n < images_here; ++n) {
            {
              const int64_t count = run;
              const int64_t element = (first_output + r) * out_plane + (h0 * out_w + w0);
              float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
              const float *value = tile_data + r * tile_stride + n * run;
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
  }
}

/* convolution_lanes_2: cross-correlation with bias, outputs in lanes of relu, add, then relu; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %57, infer_8 %57. */
static NOINLINE void kernel_convolution_lanes_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_x1_base = at(c, a[2]);
  const int64_t l_x1_stride = a[3];
  const float *w = at(c, a[5]);
  const float *bias = at(c, a[6]);
  float *s_y0_base = at(c, a[7]);
  const int64_t s_y0_stride = a[8];
  const int64_t scratch_tile = a[9];
  const int64_t tile_stride = a[10];
  const int64_t images = a[11];
  const int64_t groups = a[12];
  const int64_t inputs = a[13];
  const int64_t outputs = a[14];
  const int64_t in_d = a[15];
  const int64_t in_h = a[16];
  const int64_t in_w = a[17];
  const int64_t out_d = a[18];
  const int64_t out_h = a[19];
  const int64_t out_w = a[20];
  const int64_t size_h = a[22];
  const int64_t size_w = a[23];
  const int64_t step_h = a[25];
  const int64_t step_w = a[26];
  const int64_t far_h = a[28];
  const int64_t far_w = a[29];
  const int64_t pad_h = a[31];
  const int64_t pad_w = a[32];
  const int64_t tile_images = a[33];
  const int64_t tile_lines = a[34];
  const int64_t tile_columns = a[35];
  const int64_t rows = a[36];
  const int64_t pitch = a[37];
  const int64_t channel_stride = a[38];
  const int64_t tiles_n = a[39];
  const int64_t tiles_d = a[40];
  const int64_t tiles_h = a[41];
  const int64_t tiles_w = a[42];
  const int64_t line_step = a[43];
  const int64_t block = a[44];
  const int64_t scratch_tap = a[45];
  const int64_t scratch_place = a[46];
  const int64_t scratch_group = a[47];
  const int64_t scratch_data = a[48];
  const int64_t scratch_sums = a[49];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *place = (int64_t *)(void *)(c->scratch + scratch_place);
  int64_t *home = place + tile_images * tile_lines * tile_columns;
  struct lanes_group *position_group = (struct lanes_group *)(void *)(c->scratch + scratch_group);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *sums = (float *)(void *)(c->scratch + scratch_sums);
  float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  const int64_t in_plane = in_d * in_h * in_w, out_plane = out_d * out_h * out_w, taps = size_h * size_w;
  const int64_t skip = step_h / line_step; /* lines of the image from one of the strip to the next */
  const int64_t parts = (outputs + 23) / 24;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t w0 = cut(out_w, tiles_w, tile % tiles_w), columns_here = cut(out_w, tiles_w, tile % tiles_w + 1) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t run = lines_here * columns_here;
    {
      const int64_t at_column = w0 * step_w - pad_w;
      const int64_t begin = least(greatest(0, -at_column), pitch);
      const int64_t end = greatest(begin, least(pitch, in_w - at_column));
      for (int64_t channel = 0; channel < inputs; ++channel) {
        float *target = data + channel * channel_stride;
        for (int64_t n = 0; n < images_here; ++n)
          for (int64_t line = 0, lines; line < rows; line += lines) {
            const int64_t h = h0 * step_h - pad_h + line * skip;
            const int64_t next = h < 0 ? -1 : h >= in_h;
            const int is_outside = h < 0 || h >= in_h;
            lines = least(rows - line, next > 0 ? rows - line : ((next + 1) * in_h - h + skip - 1) / skip);
            if (is_outside || begin == end) {
              clear_run(target, lines * pitch);
              target += lines * pitch;
              continue;
            }
            for (int64_t l = 0; l < lines; ++l, target += pitch) {
              clear_run(target, begin);
              {
                const int64_t count = end - begin;
                const int64_t element = (group * inputs + channel) * in_plane + ((h + l * skip) * in_w + at_column + begin);
                const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
                const float *l_x1 = l_x1_base + (n0 + n) * l_x1_stride + element;
                float *result = target + begin;
                int64_t i = 0;
                for (; i + LANES <= count; i += LANES) {
                  const vec l_x0_i = load(i + l_x0);
                  const vec l_x1_i = load(i + l_x1);
                  const vec l_t0 = l_x0_i + l_x1_i;
                  const vec l_t1 = relu_of(l_t0);
                  store(i + result, l_t1);
                }
                if (i < count) {
                  const int64_t some = count - i;
                  const vec l_x0_i = load_some(some, i + l_x0);
                  const vec l_x1_i = load_some(some, i + l_x1);
                  const vec l_t0 = l_x0_i + l_x1_i;
                  const vec l_t1 = relu_of(l_t0);
                  store_some(some, i + result, l_t1);
                }
              }
              clear_run(target + end, pitch - end);
            }
          }
      }
    }
    const int64_t at_line = h0 * step_h - pad_h;
    int64_t positions = 0, position_groups = 0;
    for (int64_t line = 0, next; line < lines_here; line = next) {
      int64_t first_h, end_h;
      taps_inside(at_line + line * step_h, far_h, size_h, in_h, &first_h, &end_h);
      for (next = line + 1; next < lines_here; ++next) {
        int64_t next_h, next_end;
        taps_inside(at_line + next * step_h, far_h, size_h, in_h, &next_h, &next_end);
        if (next_h != first_h || next_end != end_h) break;
      }
      for (int64_t column = 0, after; column < columns_here; column = after) {
        struct lanes_group *group_here = position_group + position_groups++;
        int64_t first_w = 0, end_w = size_w;
        after = columns_here;
        if ((next - line) * images_here >= 3) {
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
              place[positions] = (n * rows + l * line_step) * pitch + i * step_w;
              home[positions] = (n * lines_here + l) * columns_here + i;
              ++positions;
            }
        group_here->count = positions - group_here->first;
      }
    }
    const int64_t end = least((from + next - task) * 24, outputs);
    for (int64_t output = from * 24; output < end; output += 24) {
      const int64_t first_output = group * outputs + output, width = least(24, end - output);
      const struct lanes s = {
          .data = data, .channels = inputs, .channel_stride = channel_stride, .block = block, .tap = tap,
          .taps = taps, .size_w = size_w, .found = tap + taps, .found_at = tap + 2 * taps, .place = place,
          .home = home, .group = position_group, .groups = position_groups,
          .weights = w + first_output * inputs * taps,
          .bias = bias ? bias + first_output : 0, .sums = sums};
      lanes_multiply(&s, (int)(width / LANES));
      transpose(sums, width, (positions + 3) / 4 * 4, width, tile_data, tile_stride);
      for (int64_t r = 0; r < width; ++r) {
          for (int64_t n = 0; n < images_here; ++n) {
            {
              const int64_t count = run;
              const int64_t element = (first_output + r) * out_plane + (h0 * out_w + w0);
              float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
              const float *value = tile_data + r * tile_stride + n * run;
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
  }
}

/* convolution_lanes_3: cross-correlation with bias, outputs in lanes; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %66, infer_8 %66. */
static NOINLINE void kernel_convolution_lanes_3(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
  const int64_t size_h = a[19];
  const int64_t size_w = a[20];
  const int64_t step_h = a[22];
  const int64_t step_w = a[23];
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
  const int64_t line_step = a[40];
  const int64_t block = a[41];
  const int64_t scratch_tap = a[42];
  const int64_t scratch_place = a[43];
  const int64_t scratch_group = a[44];
  const int64_t scratch_data = a[45];
  const int64_t scratch_sums = a[46];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *place = (int64_t *)(void *)(c->scratch + scratch_place);
  int64_t *home = place + tile_images * tile_lines * tile_columns;
  struct lanes_group *position_group = (struct lanes_group *)(void *)(c->scratch + scratch_group);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *sums = (float *)(void *)(c->scratch + scratch_sums);
  float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  const int64_t in_plane = in_d * in_h * in_w, out_plane = out_d * out_h * out_w, taps = size_h * size_w;
  const int64_t skip = step_h / line_step; /* lines of the image from one of the strip to the next */
  const int64_t parts = (outputs + 23) / 24;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t w0 = cut(out_w, tiles_w, tile % tiles_w), columns_here = cut(out_w, tiles_w, tile % tiles_w + 1) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t run = lines_here * columns_here;
    {
      const int64_t at_column = w0 * step_w - pad_w;
      const int64_t begin = least(greatest(0, -at_column), pitch);
      const int64_t end = greatest(begin, least(pitch, in_w - at_column));
      for (int64_t n = 0; n < images_here; ++n)
        for (int64_t line = 0, lines; line < rows; line += lines) {
          const int64_t h = h0 * step_h - pad_h + line * skip;
          const int64_t next = h < 0 ? -1 : h >= in_h;
          const int is_outside = h < 0 || h >= in_h;
          lines = least(rows - line, next > 0 ? rows - line : ((next + 1) * in_h - h + skip - 1) / skip);
          const float *from =
              is_outside ? x : x + (n0 + n) * x_stride + group * inputs * in_plane + (h) * in_w + at_column + begin;
          copy_all_lines(data + (n * rows + line) * pitch, channel_stride, inputs, lines, pitch, begin,
                         is_outside ? 0 : end - begin, from, in_plane, skip * in_w);
        }
    }
    const int64_t at_line = h0 * step_h - pad_h;
    int64_t positions = 0, position_groups = 0;
    for (int64_t line = 0, next; line < lines_here; line = next) {
      int64_t first_h, end_h;
      taps_inside(at_line + line * step_h, far_h, size_h, in_h, &first_h, &end_h);
      for (next = line + 1; next < lines_here; ++next) {
        int64_t next_h, next_end;
        taps_inside(at_line + next * step_h, far_h, size_h, in_h, &next_h, &next_end);
        if (next_h != first_h || next_end != end_h) break;
      }
      for (int64_t column = 0, after; column < columns_here; column = after) {
        struct lanes_group *group_here = position_group + position_groups++;
        int64_t first_w = 0, end_w = size_w;
        after = columns_here;
        if ((next - line) * images_here >= 3) {
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
              place[positions] = (n * rows + l * line_step) * pitch + i * step_w;
              home[positions] = (n * lines_here + l) * columns_here + i;
              ++positions;
            }
        group_here->count = positions - group_here->first;
      }
    }
    const int64_t end = least((from + next - task) * 24, outputs);
    for (int64_t output = from * 24; output < end; output += 24) {
      const int64_t first_output = group * outputs + output, width = least(24, end - output);
      const struct lanes s = {
          .data = data, .channels = inputs, .channel_stride = channel_stride, .block = block, .tap = tap,
          .taps = taps, .size_w = size_w, .found = tap + taps, .found_at = tap + 2 * taps, .place = place,
          .home = home, .group = position_group, .groups = position_groups,
          .weights = w + first_output * inputs * taps,
          .bias = bias ? bias + first_output : 0, .sums = sums};
      lanes_multiply(&s, (int)(width / LANES));
      transpose(sums, width, (positions + 3) / 4 * 4, width, tile_data, tile_stride);
      for (int64_t r = 0; r < width; ++r) {
          for (int64_t n = 0; n < images_here; ++n) {
            {
              const int64_t count = run;
              const int64_t element = (first_output + r) * out_plane + (h0 * out_w + w0);
              float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
              const float *value = tile_data + r * tile_stride + n * run;
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
  }
}

/* global_average_pool: mean over all positions of relu, add; a task is a block of planes.
   Used by infer_1 %71, infer_8 %71. */
static NOINLINE void kernel_global_average_pool(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_x1_base = at(c, a[2]);
  const int64_t l_x1_stride = a[3];
  const int64_t l_line = a[4];
  float *result = at(c, a[5]);
  const int64_t result_stride = a[6];
  const int64_t planes = a[7];
  const int64_t channels = a[8];
  const int64_t inner = a[9];
  const int64_t block = a[10];
  for (int64_t number = first * block; number < least(last * block, planes); ++number) {
    const int64_t image = number / channels, channel = number % channels;
    float *x_plane = (float *)(void *)(c->scratch + l_line);
    {

      {
        const int64_t count = inner;
        const int64_t element = (channel) * inner + (0);
        const float *l_x0 = l_x0_base + (image) * l_x0_stride + element;
        const float *l_x1 = l_x1_base + (image) * l_x1_stride + element;
        float *result = x_plane;
        int64_t i = 0;
        for (; i + LANES <= count; i += LANES) {
          const vec l_x0_i = load(i + l_x0);
          const vec l_x1_i = load(i + l_x1);
          const vec l_t0 = l_x0_i + l_x1_i;
          const vec l_t1 = relu_of(l_t0);
          store(i + result, l_t1);
        }
        if (i < count) {
          const int64_t some = count - i;
          const vec l_x0_i = load_some(some, i + l_x0);
          const vec l_x1_i = load_some(some, i + l_x1);
          const vec l_t0 = l_x0_i + l_x1_i;
          const vec l_t1 = relu_of(l_t0);
          store_some(some, i + result, l_t1);
        }
      }
    }
    float *target = result + image * result_stride + channel * 1;
    *target = (float)(run_sum(x_plane, inner) / (double)inner);
  }
}

/* pack_weights: weights in panels; a task is a tile of rows of a group.
   Used by train_8 %2 … (7 rows), prepare %10 … (7 rows). */
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

/* convolution_lanes_4: cross-correlation with bias, outputs in lanes, then moments; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %36 … (2 rows). */
static NOINLINE void kernel_convolution_lanes_4(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
  const int64_t size_h = a[20];
  const int64_t size_w = a[21];
  const int64_t step_h = a[23];
  const int64_t step_w = a[24];
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
  const int64_t line_step = a[41];
  const int64_t block = a[42];
  const int64_t scratch_tap = a[43];
  const int64_t scratch_place = a[44];
  const int64_t scratch_group = a[45];
  const int64_t scratch_data = a[46];
  const int64_t scratch_sums = a[47];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *place = (int64_t *)(void *)(c->scratch + scratch_place);
  int64_t *home = place + tile_images * tile_lines * tile_columns;
  struct lanes_group *position_group = (struct lanes_group *)(void *)(c->scratch + scratch_group);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *sums = (float *)(void *)(c->scratch + scratch_sums);
  float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  const int64_t in_plane = in_d * in_h * in_w, out_plane = out_d * out_h * out_w, taps = size_h * size_w;
  const int64_t skip = step_h / line_step; /* lines of the image from one of the strip to the next */
  const int64_t parts = (outputs + 23) / 24;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t w0 = cut(out_w, tiles_w, tile % tiles_w), columns_here = cut(out_w, tiles_w, tile % tiles_w + 1) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t run = lines_here * columns_here;
    {
      const int64_t at_column = w0 * step_w - pad_w;
      const int64_t begin = least(greatest(0, -at_column), pitch);
      const int64_t end = greatest(begin, least(pitch, in_w - at_column));
      for (int64_t n = 0; n < images_here; ++n)
        for (int64_t line = 0, lines; line < rows; line += lines) {
          const int64_t h = h0 * step_h - pad_h + line * skip;
          const int64_t next = h < 0 ? -1 : h >= in_h;
          const int is_outside = h < 0 || h >= in_h;
          lines = least(rows - line, next > 0 ? rows - line : ((next + 1) * in_h - h + skip - 1) / skip);
          const float *from =
              is_outside ? x : x + (n0 + n) * x_stride + group * inputs * in_plane + (h) * in_w + at_column + begin;
          copy_all_lines(data + (n * rows + line) * pitch, channel_stride, inputs, lines, pitch, begin,
                         is_outside ? 0 : end - begin, from, in_plane, skip * in_w);
        }
    }
    const int64_t at_line = h0 * step_h - pad_h;
    int64_t positions = 0, position_groups = 0;
    for (int64_t line = 0, next; line < lines_here; line = next) {
      int64_t first_h, end_h;
      taps_inside(at_line + line * step_h, far_h, size_h, in_h, &first_h, &end_h);
      for (next = line + 1; next < lines_here; ++next) {
        int64_t next_h, next_end;
        taps_inside(at_line + next * step_h, far_h, size_h, in_h, &next_h, &next_end);
        if (next_h != first_h || next_end != end_h) break;
      }
      for (int64_t column = 0, after; column < columns_here; column = after) {
        struct lanes_group *group_here = position_group + position_groups++;
        int64_t first_w = 0, end_w = size_w;
        after = columns_here;
        if ((next - line) * images_here >= 3) {
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
              place[positions] = (n * rows + l * line_step) * pitch + i * step_w;
              home[positions] = (n * lines_here + l) * columns_here + i;
              ++positions;
            }
        group_here->count = positions - group_here->first;
      }
    }
    const int64_t end = least((from + next - task) * 24, outputs);
    for (int64_t output = from * 24; output < end; output += 24) {
      const int64_t first_output = group * outputs + output, width = least(24, end - output);
      const struct lanes s = {
          .data = data, .channels = inputs, .channel_stride = channel_stride, .block = block, .tap = tap,
          .taps = taps, .size_w = size_w, .found = tap + taps, .found_at = tap + 2 * taps, .place = place,
          .home = home, .group = position_group, .groups = position_groups,
          .weights = w + first_output * inputs * taps,
          .bias = bias ? bias + first_output : 0, .sums = sums};
      lanes_multiply(&s, (int)(width / LANES));
      transpose(sums, width, (positions + 3) / 4 * 4, width, tile_data, tile_stride);
      for (int64_t r = 0; r < width; ++r) {
          for (int64_t n = 0; n < images_here; ++n) {
            {
              const int64_t count = run;
              const int64_t element = (first_output + r) * out_plane + (h0 * out_w + w0);
              float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
              const float *value = tile_data + r * tile_stride + n * run;
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
          double *part_of_sums = parts_of_sums + ((tile) * groups * outputs + (first_output + r)) * 3;
          {
            /* two passes over what has just been stored, so that nothing cancels */
            double total = 0, elements = 0, squares = 0;
            for (int64_t n = 0; n < images_here; ++n) {
              total += run_sum(s_y0_base + (n0 + n) * s_y0_stride + (first_output + r) * out_plane + (h0 * out_w + w0), run);
              elements += (double)(run);
            }
            const double mean = elements > 0 ? total / elements : 0, off = mean - (double)(float)mean;
            for (int64_t n = 0; n < images_here; ++n) {
              squares += run_squares(s_y0_base + (n0 + n) * s_y0_stride + (first_output + r) * out_plane + (h0 * out_w + w0), (float)mean, run);
            }
            part_of_sums[0] = elements;
            part_of_sums[1] = mean;
            part_of_sums[2] = squares - off * off * elements;
          }
      }
    }
  }
}

/* convolution_lanes_5: cross-correlation with bias, outputs in lanes of relu, normalize, then moments; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %72. */
static NOINLINE void kernel_convolution_lanes_5(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
  const int64_t size_h = a[27];
  const int64_t size_w = a[28];
  const int64_t step_h = a[30];
  const int64_t step_w = a[31];
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
  const int64_t line_step = a[48];
  const int64_t block = a[49];
  const int64_t scratch_tap = a[50];
  const int64_t scratch_place = a[51];
  const int64_t scratch_group = a[52];
  const int64_t scratch_data = a[53];
  const int64_t scratch_sums = a[54];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *place = (int64_t *)(void *)(c->scratch + scratch_place);
  int64_t *home = place + tile_images * tile_lines * tile_columns;
  struct lanes_group *position_group = (struct lanes_group *)(void *)(c->scratch + scratch_group);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *sums = (float *)(void *)(c->scratch + scratch_sums);
  float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * inputs; ++channel) {
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] * (1.0 / sqrt((double)l_v1[l_pitch0 + channel] + l_f0)));
    l_table[channel * 3 + 1] = l_v2[channel];
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  for (int64_t h = 0, t = 0; h < size_h; ++h)
    for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
  const int64_t in_plane = in_d * in_h * in_w, out_plane = out_d * out_h * out_w, taps = size_h * size_w;
  const int64_t skip = step_h / line_step; /* lines of the image from one of the strip to the next */
  const int64_t parts = (outputs + 23) / 24;
  for (int64_t task = first, next; task < last; task = next) {
    const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
    next = least(last, task - from + parts);
    const int64_t w0 = cut(out_w, tiles_w, tile % tiles_w), columns_here = cut(out_w, tiles_w, tile % tiles_w + 1) - w0;
    const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
    const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
    const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
    const int64_t run = lines_here * columns_here;
    {
      const int64_t at_column = w0 * step_w - pad_w;
      const int64_t begin = least(greatest(0, -at_column), pitch);
      const int64_t end = greatest(begin, least(pitch, in_w - at_column));
      for (int64_t channel = 0; channel < inputs; ++channel) {
        float *target = data + channel * channel_stride;
        const float l_k0 = l_table[(group * inputs + channel) * 3 + 0];
        const float l_k1 = l_table[(group * inputs + channel) * 3 + 1];
        const float l_k2 = l_table[(group * inputs + channel) * 3 + 2];
        for (int64_t n = 0; n < images_here; ++n)
          for (int64_t line = 0, lines; line < rows; line += lines) {
            const int64_t h = h0 * step_h - pad_h + line * skip;
            const int64_t next = h < 0 ? -1 : h >= in_h;
            const int is_outside = h < 0 || h >= in_h;
            lines = least(rows - line, next > 0 ? rows - line : ((next + 1) * in_h - h + skip - 1) / skip);
            if (is_outside || begin == end) {
              clear_run(target, lines * pitch);
              target += lines * pitch;
              continue;
            }
            for (int64_t l = 0; l < lines; ++l, target += pitch) {
              clear_run(target, begin);
              {
                const int64_t count = end - begin;
                const int64_t element = (group * inputs + channel) * in_plane + ((h + l * skip) * in_w + at_column + begin);
                const float *l_x0 = l_x0_base + (n0 + n) * l_x0_stride + element;
                float *result = target + begin;
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
              clear_run(target + end, pitch - end);
            }
          }
      }
    }
    const int64_t at_line = h0 * step_h - pad_h;
    int64_t positions = 0, position_groups = 0;
    for (int64_t line = 0, next; line < lines_here; line = next) {
      int64_t first_h, end_h;
      taps_inside(at_line + line * step_h, far_h, size_h, in_h, &first_h, &end_h);
      for (next = line + 1; next < lines_here; ++next) {
        int64_t next_h, next_end;
        taps_inside(at_line + next * step_h, far_h, size_h, in_h, &next_h, &next_end);
        if (next_h != first_h || next_end != end_h) break;
      }
      for (int64_t column = 0, after; column < columns_here; column = after) {
        struct lanes_group *group_here = position_group + position_groups++;
        int64_t first_w = 0, end_w = size_w;
        after = columns_here;
        if ((next - line) * images_here >= 3) {
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
              place[positions] = (n * rows + l * line_step) * pitch + i * step_w;
              home[positions] = (n * lines_here + l) * columns_here + i;
              ++positions;
            }
        group_here->count = positions - group_here->first;
      }
    }
    const int64_t end = least((from + next - task) * 24, outputs);
    for (int64_t output = from * 24; output < end; output += 24) {
      const int64_t first_output = group * outputs + output, width = least(24, end - output);
      const struct lanes s = {
          .data = data, .channels = inputs, .channel_stride = channel_stride, .block = block, .tap = tap,
          .taps = taps, .size_w = size_w, .found = tap + taps, .found_at = tap + 2 * taps, .place = place,
          .home = home, .group = position_group, .groups = position_groups,
          .weights = w + first_output * inputs * taps,
          .bias = bias ? bias + first_output : 0, .sums = sums};
      lanes_multiply(&s, (int)(width / LANES));
      transpose(sums, width, (positions + 3) / 4 * 4, width, tile_data, tile_stride);
      for (int64_t r = 0; r < width; ++r) {
          for (int64_t n = 0; n < images_here; ++n) {
            {
              const int64_t count = run;
              const int64_t element = (first_output + r) * out_plane + (h0 * out_w + w0);
              float *s_y0 = s_y0_base + (n0 + n) * s_y0_stride + element;
              const float *value = tile_data + r * tile_stride + n * run;
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
          double *part_of_sums = parts_of_sums + ((tile) * groups * outputs + (first_output + r)) * 3;
          {
            /* two passes over what has just been stored, so that nothing cancels */
            double total = 0, elements = 0, squares = 0;
            for (int64_t n = 0; n < images_here; ++n) {
              total += run_sum(s_y0_base + (n0 + n) * s_y0_stride + (first_output + r) * out_plane + (h0 * out_w + w0), run);
              elements += (double)(run);
            }
            const double mean = elements > 0 ? total / elements : 0, off = mean - (double)(float)mean;
            for (int64_t n = 0; n < images_here; ++n) {
              squares += run_squares(s_y0_base + (n0 + n) * s_y0_stride + (first_output + r) * out_plane + (h0 * out_w + w0), (float)mean, run);
            }
            part_of_sums[0] = elements;
            part_of_sums[1] = mean;
            part_of_sums[2] = squares - off * off * elements;
          }
      }
    }
  }
}

/* global_average_pool_2: mean over all positions of relu, add, normalize; a task is a block of planes.
   Used by train_8 %85. */
static NOINLINE void kernel_global_average_pool_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *l_x0_base = at(c, a[0]);
  const int64_t l_x0_stride = a[1];
  const float *l_x1_base = at(c, a[2]);
  const int64_t l_x1_stride = a[3];
  const float *l_v0 = at(c, a[4]);
  const float *l_v1 = at(c, a[5]);
  const int64_t l_pitch0 = a[6];
  const double l_f0 = wide(a[7]);
  const float *l_v2 = at(c, a[8]);
  const int64_t l_scratch = a[9];
  const int64_t l_line = a[10];
  float *result = at(c, a[11]);
  const int64_t result_stride = a[12];
  const int64_t planes = a[13];
  const int64_t channels = a[14];
  const int64_t inner = a[15];
  const int64_t block = a[16];
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
        const float *l_x1 = l_x1_base + (image) * l_x1_stride + element;
        float *result = x_plane;
        int64_t i = 0;
        for (; i + LANES <= count; i += LANES) {
          const vec l_x0_i = load(i + l_x0);
          const vec l_x1_i = load(i + l_x1);
          const vec l_t0 = (l_x1_i - l_k2) * l_k0 + l_k1;
          const vec l_t1 = l_x0_i + l_t0;
          const vec l_t2 = relu_of(l_t1);
          store(i + result, l_t2);
        }
        if (i < count) {
          const int64_t some = count - i;
          const vec l_x0_i = load_some(some, i + l_x0);
          const vec l_x1_i = load_some(some, i + l_x1);
          const vec l_t0 = (l_x1_i - l_k2) * l_k0 + l_k1;
          const vec l_t1 = l_x0_i + l_t0;
          const vec l_t2 = relu_of(l_t1);
          store_some(some, i + result, l_t2);
        }
      }
    }
    float *target = result + image * result_stride + channel * 1;
    *target = (float)(run_sum(x_plane, inner) / (double)inner);
  }
}

/* softmax_cross_entropy_both: the loss of each row and (softmax - onehot) * slope / rows from the same exponentials; a task is a block of rows.
   Used by train_8 %90. */
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
   Used by train_8 %107 … (6 rows). */
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

/* convolution_backward_weights: partial gradients of the weights of add, moments_gradient, normalize_input_gradient and of relu, normalize, [range][group][input, tap][output]; a task is a range of images, a group and a part of its input channels.
   Used by train_8 %108 … (3 rows). */
static NOINLINE void kernel_convolution_backward_weights(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
  const int64_t l_line = a[12];
  const float *r_x0_base = at(c, a[13]);
  const int64_t r_x0_stride = a[14];
  const float *r_v0 = at(c, a[15]);
  const float *r_v1 = at(c, a[16]);
  const int64_t r_pitch0 = a[17];
  const double r_f0 = wide(a[18]);
  const float *r_v2 = at(c, a[19]);
  const int64_t r_scratch = a[20];
  float *parts = at(c, a[22]);
  const int64_t images = a[23];
  const int64_t groups = a[24];
  const int64_t inputs = a[25];
  const int64_t outputs = a[26];
  const int64_t in_d = a[27];
  const int64_t in_h = a[28];
  const int64_t in_w = a[29];
  const int64_t out_d = a[30];
  const int64_t out_h = a[31];
  const int64_t out_w = a[32];
  const int64_t size_d = a[33];
  const int64_t size_h = a[34];
  const int64_t size_w = a[35];
  const int64_t far_h = a[40];
  const int64_t far_w = a[41];
  const int64_t pad_h = a[43];
  const int64_t pad_w = a[44];
  const int64_t tile_images = a[45];
  const int64_t tile_lines = a[46];
  const int64_t rows = a[48];
  const int64_t pitch = a[49];
  const int64_t channel_stride = a[50];
  const int64_t tiles_n = a[51];
  const int64_t tiles_d = a[52];
  const int64_t tiles_h = a[53];
  const int64_t tiles_w = a[54];
  const int64_t ranges = a[55];
  const int64_t splits = a[56];
  const int64_t split = a[57];
  const int64_t width = a[58];
  const int64_t scratch_tap = a[59];
  const int64_t scratch_line = a[60];
  const int64_t scratch_data = a[61];
  const int64_t scratch_right = a[62];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *right = (float *)(void *)(c->scratch + scratch_right);
  float *computed = (float *)(void *)(c->scratch + l_line);
  float *l_table = (float *)(void *)(c->scratch + l_scratch);
  for (int64_t channel = 0; channel < groups * outputs; ++channel) {
    l_table[channel * 4 + 0] = (float)((double)l_v0[channel] * (1.0 / sqrt((double)l_v1[l_pitch0 + channel] + l_f0)));
    l_table[channel * 4 + 1] = (float)((double)l_v2[channel] / (double)l_f1);
    l_table[channel * 4 + 2] = (float)(2.0 * (double)l_v2[l_pitch1 + channel] / (double)l_f1);
    l_table[channel * 4 + 3] = l_v1[channel];
  }
  float *r_table = (float *)(void *)(c->scratch + r_scratch);
  for (int64_t channel = 0; channel < groups * inputs; ++channel) {
    r_table[channel * 3 + 0] = (float)((double)r_v0[channel] * (1.0 / sqrt((double)r_v1[r_pitch0 + channel] + r_f0)));
    r_table[channel * 3 + 1] = r_v2[channel];
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
                float *result = line;
                for (int64_t left = end - begin; left > 0; --left, r_x0 += count, result += pitch) {
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
          const float l_k0 = l_table[(group * outputs + output) * 4 + 0];
          const float l_k1 = l_table[(group * outputs + output) * 4 + 1];
          const float l_k2 = l_table[(group * outputs + output) * 4 + 2];
          const float l_k3 = l_table[(group * outputs + output) * 4 + 3];
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

/* convolution_backward_weights_2: partial gradients of the weights of add, moments_gradient, [range][group][input, tap][output]; a task is a range of images, a group and a part of its input channels.
   Used by train_8 %118 … (2 rows). */
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
  const int64_t ranges = a[45];
  const int64_t splits = a[46];
  const int64_t split = a[47];
  const int64_t width = a[48];
  const int64_t scratch_tap = a[49];
  const int64_t scratch_line = a[50];
  const int64_t scratch_data = a[51];
  const int64_t scratch_right = a[52];
  const int64_t scratch_term = a[53];
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
  const int64_t phases_h = greatest_phase(size_h, far_h, step_h), phases_w = greatest_phase(size_w, far_w, step_w);
  const int64_t plane = tile_images * rows * pitch;
  for (int64_t d = 0, t = 0; d < size_d; ++d)
    for (int64_t h = 0; h < size_h; ++h)
      for (int64_t w = 0; w < size_w; ++w, ++t)
        tap[t] = ((d * phases_h + h * far_h % step_h) * phases_w + w * far_w % step_w) * plane +
                 h * far_h / step_h * pitch + w * far_w / step_w;
  /* where each row (channel, tap) of the gradient begins in the strip */
  int64_t *term_at = (int64_t *)(void *)(c->scratch + scratch_term);
  for (int64_t channel = 0, k = 0; channel < split; ++channel)
    for (int64_t t = 0; t < size_d * size_h * size_w; ++t) term_at[k++] = channel * channel_stride + tap[t];
  const int64_t taps = size_d * size_h * size_w, in_plane = in_d * in_h * in_w;
  (void)in_plane;
  const int64_t out_plane = out_d * out_h * out_w, inner_tiles = tiles_d * tiles_h * tiles_w;
  for (int64_t task = first; task < last; ++task) {
    const int64_t from = task % splits * split, group = task / splits % groups, range = task / splits / groups;
    const int64_t channels = least(split, inputs - from), terms = channels * taps;
    const int64_t first_channel = group * inputs + from;
    float *target_part = parts + (((range * groups + group) * inputs + from) * taps) * width;
    const int64_t stop = (range + 1) * tiles_n / ranges * inner_tiles;
    int more = 0;
    for (int64_t tile = range * tiles_n / ranges * inner_tiles; tile < stop; ++tile) {
      const int64_t w0 = cut(out_w, tiles_w, tile % tiles_w), columns_here = cut(out_w, tiles_w, tile % tiles_w + 1) - w0;
      const int64_t h0 = cut(out_h, tiles_h, tile / tiles_w % tiles_h), lines_here = cut(out_h, tiles_h, tile / tiles_w % tiles_h + 1) - h0;
      const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
      const int64_t tile_n = tile / tiles_w / tiles_h / tiles_d;
      const int64_t n0 = cut(images, tiles_n, tile_n), images_here = cut(images, tiles_n, tile_n + 1) - n0;
      const int64_t image_stride = x_stride;
      const float *source = x + n0 * image_stride;
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
                  strip_line(source + (inside ? n * image_stride + (first_channel + channel) * in_plane + (d * in_h + h) * in_w : 0), inside ? in_w : 0,
                             w0 * step_w + pw - pad_w, step_w, pitch, target);
                }
        }
      }
      /* dy with outputs in lanes; positions outside the image are left out */
      int64_t count = 0;
      for (int64_t n = 0; n < images_here; ++n)
        for (int64_t line = 0; line < lines_here; ++line, ++count) {
          lines[count] = (n * rows + line) * pitch;
          const int64_t run_at = (d0 * out_h + h0 + line) * out_w + w0, run = columns_here;
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
        }
      for (int64_t output = 0; output < width;) {
        const int vectors = (int)least(3, (width - output) / LANES);
        const int64_t most = least(8, 12 / vectors);
        for (int64_t k = 0; k < terms;) {
          const int count_rows = (int)even_part(terms - k, most);
          const float *source_rows[8];
          for (int r = 0; r < count_rows; ++r)
            source_rows[r] = data + term_at[k + r];
          outer_tile_any(count_rows, vectors, source_rows, lines, count, columns_here, right + output, width,
                         target_part + k * width + output, more, 0, 0);
          k += count_rows;
        }
        output += vectors * LANES;
      }
      more = 1;
    }
  }
}

/* convolution_backward_weights_3: partial gradients of the weights of add, moments_gradient and of relu, normalize, [range][group][input, tap][output]; a task is a range of images, a group and a part of its input channels.
   Used by train_8 %162. */
static NOINLINE void kernel_convolution_backward_weights_3(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
  const float *r_x0_base = at(c, a[10]);
  const int64_t r_x0_stride = a[11];
  const float *r_v0 = at(c, a[12]);
  const float *r_v1 = at(c, a[13]);
  const int64_t r_pitch0 = a[14];
  const double r_f0 = wide(a[15]);
  const float *r_v2 = at(c, a[16]);
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
    l_table[channel * 3 + 0] = (float)((double)l_v0[channel] / (double)l_f0);
    l_table[channel * 3 + 1] = (float)(2.0 * (double)l_v0[l_pitch0 + channel] / (double)l_f0);
    l_table[channel * 3 + 2] = l_v1[channel];
  }
  float *r_table = (float *)(void *)(c->scratch + r_scratch);
  for (int64_t channel = 0; channel < groups * inputs; ++channel) {
    r_table[channel * 3 + 0] = (float)((double)r_v0[channel] * (1.0 / sqrt((double)r_v1[r_pitch0 + channel] + r_f0)));
    r_table[channel * 3 + 1] = r_v2[channel];
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
                float *result = line;
                for (int64_t left = end - begin; left > 0; --left, r_x0 += count, result += pitch) {
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

/* convolution_backward_weights_4: partial gradients of the weights of add, moments_gradient, [range][group][input, tap][output]; a task is a range of images, a group and a part of its input channels.
   Used by train_8 %172. */
static NOINLINE void kernel_convolution_backward_weights_4(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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

enum {
  k_end = 0,
  k_convolution_lanes = 3,
  k_convolution_lanes_2 = 7,
  k_convolution_lanes_3 = 8,
  k_global_average_pool = 10,
  k_pack_weights = 12,
  k_convolution_lanes_4 = 18,
  k_convolution_lanes_5 = 21,
  k_global_average_pool_2 = 22,
  k_softmax_cross_entropy_both = 23,
  k_convolution_transpose = 32,
  k_convolution_backward_weights = 34,
  k_convolution_backward_weights_2 = 37,
  k_convolution_backward_weights_3 = 42,
  k_convolution_backward_weights_4 = 43,
};

__attribute__((visibility("hidden"))) void res_net_kernels_2(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  (void)c, (void)a, (void)first, (void)last;
  switch (kernel) {
    case k_convolution_lanes: kernel_convolution_lanes(c, a, first, last); break;
    case k_convolution_lanes_2: kernel_convolution_lanes_2(c, a, first, last); break;
    case k_convolution_lanes_3: kernel_convolution_lanes_3(c, a, first, last); break;
    case k_global_average_pool: kernel_global_average_pool(c, a, first, last); break;
    case k_pack_weights: kernel_pack_weights(c, a, first, last); break;
    case k_convolution_lanes_4: kernel_convolution_lanes_4(c, a, first, last); break;
    case k_convolution_lanes_5: kernel_convolution_lanes_5(c, a, first, last); break;
    case k_global_average_pool_2: kernel_global_average_pool_2(c, a, first, last); break;
    case k_softmax_cross_entropy_both: kernel_softmax_cross_entropy_both(c, a, first, last); break;
    case k_convolution_transpose: kernel_convolution_transpose(c, a, first, last); break;
    case k_convolution_backward_weights: kernel_convolution_backward_weights(c, a, first, last); break;
    case k_convolution_backward_weights_2: kernel_convolution_backward_weights_2(c, a, first, last); break;
    case k_convolution_backward_weights_3: kernel_convolution_backward_weights_3(c, a, first, last); break;
    case k_convolution_backward_weights_4: kernel_convolution_backward_weights_4(c, a, first, last); break;
    default: break;
  }
}
