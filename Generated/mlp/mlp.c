/* mlp: computed by the kernels below, called row by row from the tables at the end. */

#include "mlp.h"

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
  const struct mlp_arguments *arguments;
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

/* copy: the same floats elsewhere.
   Used by infer_1 %1, infer_8 %1, train_8 %1. */
static NOINLINE void kernel_copy(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t count = a[2];
  const int64_t end = least(last * 16384, count);
  INDEPENDENT
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = x[i];
  }
}

/* linear: x * transpose(w) + bias with the weights in panels, then relu; a task is a tile of rows and a panel.
   Used by infer_1 %5 … (2 rows), infer_8 %5 … (2 rows). */
static NOINLINE void kernel_linear(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *w = at(c, a[1]);
  const float *bias = at(c, a[2]);
  float *s_y0_base = at(c, a[3]);
  const int64_t s_y0_stride = a[4];
  const int64_t scratch_tile = a[5];
  const int64_t rows = a[6];
  const int64_t columns = a[7];
  const int64_t depth = a[8];
  const int64_t block = a[9];
  const int64_t part = a[10];
  float *tile = (float *)(void *)(c->scratch + scratch_tile);
  const int64_t parts = (rows + part - 1) / part;
  for (int64_t task = first; task < last; ++task) {
    const int64_t top = task % parts * part, bottom = least(top + part, rows);
    const int64_t begin = task / parts * 24, width = least(24, columns - begin);
    float *target = tile;
    const int64_t pitch = width;
    for (int64_t row = 0; row < bottom - top; ++row)
      for (int64_t i = 0; i < width; ++i) target[row * pitch + i] = bias ? bias[begin + i] : 0;
    for (int64_t k = 0; k < depth; k += block) {
      const int64_t count = least(block, depth - k);
      const float *right = w + begin * depth + k * width, *ahead = right + width * count;
      const int64_t tiles = (bottom - top + 3) / 4;
      const int64_t distance = least(64, width * 4 / tiles), lines = tiles * (count / 4);
      product_rows(bottom - top, (int)(width / LANES), x + top * depth + k, depth, 1, right, width, count, target,
                   pitch, width, 1, ahead, distance, lines);
    }
    for (int64_t row = top; row < bottom; ++row)
      {
        const int64_t count = width;
        const int64_t element = (begin) * 1 + (0);
        float *s_y0 = s_y0_base + (row) * s_y0_stride + element;
        const float *value = tile + (row - top) * width;
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

/* dot_products: x * transpose(y) + bias; a task is a tile of rows and columns.
   Used by infer_1 %14, infer_8 %14, train_8 %12. */
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

/* dot_products_2: x * transpose(y) + bias, then relu; a task is a tile of rows and columns.
   Used by train_8 %4 … (2 rows). */
static NOINLINE void kernel_dot_products_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *y = at(c, a[1]);
  const float *bias = at(c, a[2]);
  float *s_y0_base = at(c, a[3]);
  const int64_t s_y0_stride = a[4];
  const int64_t scratch_tile = a[5];
  const int64_t rows = a[6];
  const int64_t columns = a[7];
  const int64_t depth = a[8];
  const int64_t part = a[9];
  const int64_t width = a[10];
  float *tile = (float *)(void *)(c->scratch + scratch_tile);
  const int64_t parts = (rows + part - 1) / part;
  for (int64_t task = first; task < last; ++task) {
    const int64_t top = task % parts * part, bottom = least(top + part, rows);
    const int64_t begin = task / parts * width, end = least(begin + width, columns);
    for (int64_t column = begin; column < end; column += 3)
      for (int64_t row = top; row < bottom; row += 4)
        dot_tile_any((int)least(4, bottom - row), (int)least(3, end - column), x + row * depth,
                     depth, y + column * depth, depth, depth, bias ? bias + column : 0,
                     tile + (row - top) * width + (column - begin), width);
    for (int64_t row = top; row < bottom; ++row)
      {
        const int64_t count = end - begin;
        const int64_t element = (begin) * 1 + (0);
        float *s_y0 = s_y0_base + (row) * s_y0_stride + element;
        const float *value = tile + (row - top) * width;
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

/* softmax_cross_entropy_both: the loss of each row and (softmax - onehot) * slope / rows from the same exponentials; a task is a block of rows.
   Used by train_8 %14. */
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
   Used by train_8 %14. */
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
   Used by train_8 %17 … (5 rows). */
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
   Used by train_8 %19 … (3 rows). */
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

/* pointwise: relu_gradient; a task is 16384 elements.
   Used by train_8 %20 … (2 rows). */
static NOINLINE void kernel_pointwise(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
      const vec s_t0 = positive_of(s_x1_i, s_x0_i);
      store(i + s_y0, s_t0);
    }
    if (i < count) {
      const int64_t some = count - i;
      const vec s_x0_i = load_some(some, i + s_x0);
      const vec s_x1_i = load_some(some, i + s_x1);
      const vec s_t0 = positive_of(s_x1_i, s_x0_i);
      store_some(some, i + s_y0, s_t0);
    }
  }
}

/* pointwise_2: sgd_momentum, sgd_parameter; a task is 16384 elements.
   Used by train_8 %30 … (6 rows). */
static NOINLINE void kernel_pointwise_2(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
      const vec s_t1 = s_x0_i - s_rate * s_t0;
      store(i + s_y0, s_t0);
      store(i + s_y1, s_t1);
    }
    if (i < count) {
      const int64_t some = count - i;
      const vec s_x0_i = load_some(some, i + s_x0);
      const vec s_x1_i = load_some(some, i + s_x1);
      const vec s_x2_i = load_some(some, i + s_x2);
      const vec s_t0 = c->arguments->step == 0 ? s_x1_i + s_f0 * s_x0_i : s_f2 * s_x2_i + s_f1 * (s_x1_i + s_f0 * s_x0_i);
      const vec s_t1 = s_x0_i - s_rate * s_t0;
      store_some(some, i + s_y0, s_t0);
      store_some(some, i + s_y1, s_t1);
    }
  }
}

/* pack_weights: weights in panels; a task is a tile of rows of a group.
   Used by prepare %1 … (2 rows). */
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

enum {
  k_end = 0,
  k_copy = 1,
  k_linear = 2,
  k_dot_products = 3,
  k_dot_products_2 = 4,
  k_softmax_cross_entropy_both = 5,
  k_mean_of_parts = 6,
  k_product = 7,
  k_sum_columns = 8,
  k_pointwise = 9,
  k_pointwise_2 = 10,
  k_pack_weights = 11,
};

static void dispatch(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  (void)c, (void)a, (void)first, (void)last;
  switch (kernel) {
    case k_copy: kernel_copy(c, a, first, last); break;
    case k_linear: kernel_linear(c, a, first, last); break;
    case k_dot_products: kernel_dot_products(c, a, first, last); break;
    case k_dot_products_2: kernel_dot_products_2(c, a, first, last); break;
    case k_softmax_cross_entropy_both: kernel_softmax_cross_entropy_both(c, a, first, last); break;
    case k_mean_of_parts: kernel_mean_of_parts(c, a, first, last); break;
    case k_product: kernel_product(c, a, first, last); break;
    case k_sum_columns: kernel_sum_columns(c, a, first, last); break;
    case k_pointwise: kernel_pointwise(c, a, first, last); break;
    case k_pointwise_2: kernel_pointwise_2(c, a, first, last); break;
    case k_pack_weights: kernel_pack_weights(c, a, first, last); break;
    default: break;
  }
}

/* One call of an entry point: its table, and the micro-batches that go through it. */
struct call {
  const struct mlp_arguments *arguments;
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
  const struct mlp_arguments *arguments = call->arguments;
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
  c.scratch = call->arguments->scratch ? call->arguments->scratch + thread * INT64_C(3072) : 0;
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

size_t mlp_pool_bytes(int threads) {
  return sizeof(struct pool) + (size_t)(threads > 1 ? threads : 1) * (sizeof(struct meeting) + sizeof(struct worker));
}

int mlp_pool_open(void *storage, int threads) {
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
      mlp_pool_close(storage);
      return code;
    }
    pool->opened = i + 1;
  }
  return 0;
}

void mlp_pool_close(void *storage) {
  struct pool *pool = storage;
  struct worker *workers = workers_of(pool);
  pool->call = 0;
  announce(pool, &pool->calls, pool->calls + 1);
  for (int32_t i = 1; i < pool->opened; ++i) pthread_join(workers[i].thread, 0);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static const int64_t mlp_infer_1_rows[] = {
  k_copy,6,1,X+0,W+0,784, // %1 reshape f32[1,784] mlp.swift:16
  WAIT+k_linear,14,2,W+0,R+0,P+100352,W+3136,32,0,1,32,784,196,1, // %5 linear + %6 relu f32[1,32] mlp.swift:18
  WAIT+k_linear,14,2,W+3136,R+100352,P+104576,W+0,32,0,1,32,32,32,1, // %10 linear + %11 relu f32[1,32] mlp.swift:18
  WAIT+k_dot_products,12,1,W+0,P+104704,P+105984,Y+0,1,10,32,1,10, // %14 linear f32[1,10] mlp.swift:20
  k_end,
};

int mlp_infer_1(const struct mlp_arguments *arguments) {
  const struct call call = {arguments, mlp_infer_1_rows, 1, 0, 0, 0};
  return start(&call);
}

static const int64_t mlp_infer_8_rows[] = {
  k_copy,6,1,X+0,W+0,6272, // %1 reshape f32[8,784] mlp.swift:16
  WAIT+k_linear,14,2,W+0,R+0,P+100352,W+25088,32,0,8,32,784,196,8, // %5 linear + %6 relu f32[8,32] mlp.swift:18
  WAIT+k_linear,14,2,W+25088,R+100352,P+104576,W+0,32,0,8,32,32,32,8, // %10 linear + %11 relu f32[8,32] mlp.swift:18
  WAIT+k_dot_products,12,1,W+0,P+104704,P+105984,Y+0,8,10,32,8,10, // %14 linear f32[8,10] mlp.swift:20
  k_end,
};

int mlp_infer_8(const struct mlp_arguments *arguments) {
  const struct call call = {arguments, mlp_infer_8_rows, 1, 0, 0, 0};
  return start(&call);
}

static const int64_t mlp_train_8_rows[] = {
  k_copy,6,1,X+0,W+100352,6272, // %1 reshape f32[8,784] mlp.swift:16
  WAIT+k_dot_products_2,14,1,W+100352,P+0,P+100352,W+0,32,0,8,32,784,8,32, // %4 linear + %5 relu f32[8,32] mlp.swift:18
  WAIT+k_dot_products_2,14,1,W+0,P+100480,P+104576,W+1024,32,0,8,32,32,8,32, // %8 linear + %9 relu f32[8,32] mlp.swift:18
  WAIT+k_dot_products,12,1,W+1024,P+104704,P+105984,Y+64,8,10,32,8,10, // %12 linear f32[8,10] mlp.swift:20
  WAIT+k_softmax_cross_entropy_both,11,1,Y+64,L+0,W+132032,W+3072,8,10,102,0x3f800000, // %14 softmax_cross_entropy + %16 softmax_cross_entropy_gradient f32[] mlp.swift:20
  WAIT+k_mean_of_parts,7,1,W+132032,Y+0,8,8, // %14 softmax_cross_entropy + %16 softmax_cross_entropy_gradient f32[] mlp.swift:20
  k_product,17,2,W+3072,P+104704,W+2048,8,32,10,10,1,32,1,8,24,10,0, // %17 matmul f32[8,32] mlp.swift:20
  k_product,17,2,W+3072,W+1024,W+129536,10,32,8,1,10,32,1,10,24,8,0, // %18 matmul f32[10,32] mlp.swift:20
  k_sum_columns,7,1,W+3072,W+131968,8,10, // %19 sum_to_channel f32[10] mlp.swift:20
  WAIT+k_pointwise,10,1,W+2048,256,W+1024,256,W+2048,256,256, // %20 relu_gradient f32[8,32] mlp.swift:18
  WAIT+k_product,17,2,W+2048,P+100480,W+130816,8,32,32,32,1,32,1,8,24,32,0, // %21 matmul f32[8,32] mlp.swift:18
  k_product,17,2,W+2048,W+0,W+125440,32,32,8,1,32,32,1,32,24,8,0, // %22 matmul f32[32,32] mlp.swift:18
  k_sum_columns,7,1,W+2048,W+131840,8,32, // %23 sum_to_channel f32[32] mlp.swift:18
  WAIT+k_pointwise,10,1,W+130816,256,W+0,256,W+130816,256,256, // %24 relu_gradient f32[8,32] mlp.swift:18
  WAIT+k_product,17,33,W+130816,W+100352,W+0,32,784,8,1,32,784,1,32,24,8,0, // %25 matmul f32[32,784] mlp.swift:18
  WAIT+k_sum_columns,7,1,W+130816,W+100352,8,32, // %26 sum_to_channel f32[32] mlp.swift:18
  k_pointwise_2,18,2,P+0,25088,W+0,25088,M+0,25088,0x0,0x3f800000,0x3f666666,M+0,25088,-1,P+0,25088,25088, // %30 sgd_momentum + %31 sgd_parameter f32[32,784]
  WAIT+k_pointwise_2,18,1,P+100352,32,W+100352,32,M+100352,32,0x0,0x3f800000,0x3f666666,M+100352,32,-1,P+100352,32,32, // %33 sgd_momentum + %34 sgd_parameter f32[32]
  k_pointwise_2,18,1,P+100480,1024,W+125440,1024,M+100480,1024,0x0,0x3f800000,0x3f666666,M+100480,1024,-1,P+100480,1024,1024, // %36 sgd_momentum + %37 sgd_parameter f32[32,32]
  k_pointwise_2,18,1,P+104576,32,W+131840,32,M+104576,32,0x0,0x3f800000,0x3f666666,M+104576,32,-1,P+104576,32,32, // %39 sgd_momentum + %40 sgd_parameter f32[32]
  k_pointwise_2,18,1,P+104704,320,W+129536,320,M+104704,320,0x0,0x3f800000,0x3f666666,M+104704,320,-1,P+104704,320,320, // %42 sgd_momentum + %43 sgd_parameter f32[10,32]
  k_pointwise_2,18,1,P+105984,10,W+131968,10,M+105984,10,0x0,0x3f800000,0x3f666666,M+105984,10,-1,P+105984,10,10, // %45 sgd_momentum + %46 sgd_parameter f32[10]
  k_end,
};

int mlp_train_8(const struct mlp_arguments *arguments) {
  const struct call call = {arguments, mlp_train_8_rows, 1, 0, 0, 0};
  return start(&call);
}

static const int64_t mlp_prepare_rows[] = {
  k_pack_weights,12,2,P+0,R+0,32,784,1,2,24,0,784, // %1 pack_weights f32[32,784] mlp.swift:18
  k_pack_weights,12,2,P+100480,R+100352,32,32,1,2,24,0,32, // %3 pack_weights f32[32,32] mlp.swift:18
  k_end,
};

int mlp_prepare(const struct mlp_arguments *arguments) {
  const struct call call = {arguments, mlp_prepare_rows, 1, 0, 0, 0};
  return start(&call);
}

const char *mlp_metadata(void) {
  return
    "{\"abi\":1,\"build\":\"bccf4901ef17b605cee5719a01c2a9e1a2cfd6aea810c6e946d9ab5b031e7fc1\",\"constant"
    "Bytes\":0,\"entries\":[{\"batch\":1,\"mode\":\"infer\",\"outputBytes\":64,\"outputs\":[{\"name\":\"l"
    "ogits\",\"offset\":0,\"shape\":[1,10]}],\"symbol\":\"mlp_infer_1\",\"values\":[],\"workspace\":3264}"
    ",{\"batch\":8,\"mode\":\"infer\",\"outputBytes\":320,\"outputs\":[{\"name\":\"logits\",\"offset\":0,"
    "\"shape\":[8,10]}],\"symbol\":\"mlp_infer_8\",\"values\":[],\"workspace\":26112},{\"batch\":8,\"mode"
    "\":\"train\",\"outputBytes\":384,\"outputs\":[{\"name\":\"loss\",\"offset\":0,\"shape\":[]},{\"name\""
    ":\"logits\",\"offset\":64,\"shape\":[8,10]}],\"symbol\":\"mlp_train_8\",\"values\":[],\"workspace\":"
    "132096}],\"features\":[\"pni\",\"ssse3\",\"sse4_1\",\"sse4_2\",\"popcnt\",\"movbe\",\"abm\",\"bmi1\""
    ",\"bmi2\",\"avx\",\"f16c\",\"fma\",\"avx2\"],\"gates\":[],\"inputShape\":[1,28,28],\"loss\":\"softma"
    "x_cross_entropy\",\"name\":\"mlp\",\"optimizer\":[{\"name\":\"layer1.weight\",\"offset\":0,\"shape\""
    ":[32,784],\"slot\":\"momentum\"},{\"name\":\"layer1.bias\",\"offset\":100352,\"shape\":[32],\"slot\""
    ":\"momentum\"},{\"name\":\"layer2.weight\",\"offset\":100480,\"shape\":[32,32],\"slot\":\"momentum\""
    "},{\"name\":\"layer2.bias\",\"offset\":104576,\"shape\":[32],\"slot\":\"momentum\"},{\"name\":\"clas"
    "sifier.weight\",\"offset\":104704,\"shape\":[10,32],\"slot\":\"momentum\"},{\"name\":\"classifier.bi"
    "as\",\"offset\":105984,\"shape\":[10],\"slot\":\"momentum\"}],\"optimizerBytes\":106048,\"outputShap"
    "e\":[10],\"parameterBytes\":106048,\"parameters\":[{\"initializer\":\"lecun_uniform\",\"name\":\"lay"
    "er1.weight\",\"offset\":0,\"shape\":[32,784]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"layer1"
    ".bias\",\"offset\":100352,\"shape\":[32]},{\"initializer\":\"lecun_uniform\",\"name\":\"layer2.weigh"
    "t\",\"offset\":100480,\"shape\":[32,32]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"layer2.bias"
    "\",\"offset\":104576,\"shape\":[32]},{\"initializer\":\"lecun_uniform\",\"name\":\"classifier.weight"
    "\",\"offset\":104704,\"shape\":[10,32]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"classifier.b"
    "ias\",\"offset\":105984,\"shape\":[10]}],\"preparedBytes\":104448,\"scratchBytes\":3072,\"signature\""
    ":\"c53ce464c75cd67546d90942a2efcfc6f356cceab6e0aebf00ae4f77fa280175\",\"state\":[],\"stateBytes\":0,"
    "\"target\":\"x86-64-v3\"}";
}
