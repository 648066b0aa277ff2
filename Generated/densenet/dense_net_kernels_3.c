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

enum {
  k_end = 0,
  k_dot_products = 7,
  k_running_moment = 11,
  k_mean_of_parts = 19,
  k_product = 20,
  k_sum_columns = 21,
  k_sums_merge = 23,
  k_normalize_moments_gradient = 24,
  k_select_moment = 25,
  k_convolution_weights_reduce = 29,
  k_multiply_channel = 40,
  k_clamp_lower = 41,
  k_clamp_upper = 42,
  k_clamp_factor = 43,
  k_clamp_shift = 45,
  k_multiply_columns = 48,
};

__attribute__((visibility("hidden"))) void dense_net_kernels_3(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  (void)c, (void)a, (void)first, (void)last;
  switch (kernel) {
    case k_dot_products: kernel_dot_products(c, a, first, last); break;
    case k_running_moment: kernel_running_moment(c, a, first, last); break;
    case k_mean_of_parts: kernel_mean_of_parts(c, a, first, last); break;
    case k_product: kernel_product(c, a, first, last); break;
    case k_sum_columns: kernel_sum_columns(c, a, first, last); break;
    case k_sums_merge: kernel_sums_merge(c, a, first, last); break;
    case k_normalize_moments_gradient: kernel_normalize_moments_gradient(c, a, first, last); break;
    case k_select_moment: kernel_select_moment(c, a, first, last); break;
    case k_convolution_weights_reduce: kernel_convolution_weights_reduce(c, a, first, last); break;
    case k_multiply_channel: kernel_multiply_channel(c, a, first, last); break;
    case k_clamp_lower: kernel_clamp_lower(c, a, first, last); break;
    case k_clamp_upper: kernel_clamp_upper(c, a, first, last); break;
    case k_clamp_factor: kernel_clamp_factor(c, a, first, last); break;
    case k_clamp_shift: kernel_clamp_shift(c, a, first, last); break;
    case k_multiply_columns: kernel_multiply_columns(c, a, first, last); break;
    default: break;
  }
}
