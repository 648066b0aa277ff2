/* dense_net: computed by the kernels below, called row by row from the tables at the end. */

#include "dense_net.h"

#include <math.h>
#include <pthread.h>

/* A vectorised loop that clang leaves scalar is a matter of speed, not an error; sanitisers do that. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#define UNROLL _Pragma("clang loop unroll(full)")
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define SHORT _Pragma("clang loop vectorize(disable) unroll(disable)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#define INDEPENDENT _Pragma("GCC ivdep")
#define SHORT
#endif
#define MAYBE_UNUSED __attribute__((unused))
#define NOINLINE __attribute__((noinline))
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

/* Phases of an axis that taps read: positions modulo the stride, up to the last that occurs. */
static inline int64_t greatest_phase(int64_t size, int64_t far, int64_t step) {
  int64_t phases = 1;
  for (int64_t k = 0; k < size; ++k) phases = greatest(phases, k * far % step + 1);
  return phases;
}

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
  vec sum[6][2];
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
      vec x[2];
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
    float tile[96];
    UNROLL for (int r = 0; r < rows; ++r)
      UNROLL for (int v = 0; v < vectors; ++v) store(tile + (r * vectors + v) * LANES, sum[r][v]);
    strip_store(s, rows, row, position, vectors * LANES, tile);
  }
}
static NOINLINE void strip_tile_1_1(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(1, 1, s, row, position);
}
static NOINLINE void strip_tile_2_1(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(2, 1, s, row, position);
}
static NOINLINE void strip_tile_3_1(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(3, 1, s, row, position);
}
static NOINLINE void strip_tile_4_1(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(4, 1, s, row, position);
}
static NOINLINE void strip_tile_5_1(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(5, 1, s, row, position);
}
static NOINLINE void strip_tile_6_1(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(6, 1, s, row, position);
}
static NOINLINE void strip_tile_1_2(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(1, 2, s, row, position);
}
static NOINLINE void strip_tile_2_2(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(2, 2, s, row, position);
}
static NOINLINE void strip_tile_3_2(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(3, 2, s, row, position);
}
static NOINLINE void strip_tile_4_2(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(4, 2, s, row, position);
}
static NOINLINE void strip_tile_5_2(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(5, 2, s, row, position);
}
static NOINLINE void strip_tile_6_2(const struct strip *s, int64_t row, int64_t position) {
  strip_tile(6, 2, s, row, position);
}
static inline void strip_tile_any(int rows, int vectors, const struct strip *s, int64_t row, int64_t position) {
  switch (vectors * 8 + rows) {
    case 9: strip_tile_1_1(s, row, position); break;
    case 10: strip_tile_2_1(s, row, position); break;
    case 11: strip_tile_3_1(s, row, position); break;
    case 12: strip_tile_4_1(s, row, position); break;
    case 13: strip_tile_5_1(s, row, position); break;
    case 14: strip_tile_6_1(s, row, position); break;
    case 17: strip_tile_1_2(s, row, position); break;
    case 18: strip_tile_2_2(s, row, position); break;
    case 19: strip_tile_3_2(s, row, position); break;
    case 20: strip_tile_4_2(s, row, position); break;
    case 21: strip_tile_5_2(s, row, position); break;
    case 22: strip_tile_6_2(s, row, position); break;
  }
}

/* All positions of a strip, all rows: positions outside, so that what a block of them reads stays in the
   first-level cache while the rows pass by. */
static NOINLINE void strip_multiply(const struct strip *s) {
  for (int64_t position = 0; position < s->positions;) {
    const int64_t left = (s->positions - position + LANES - 1) / LANES;
    const int64_t blocks = (left + 2 - 1) / 2;
    const int vectors = (int)((left + blocks - 1) / blocks);
    for (int64_t row = 0; row < s->rows;) {
      const int64_t groups = (s->rows - row + 6 - 1) / 6;
      const int rows = (int)((s->rows - row + groups - 1) / groups);
      strip_tile_any(rows, vectors, s, row, position);
      row += rows;
    }
    position += vectors * LANES;
  }
}

/* The sum of a vector's lanes, as a binary tree. */
static inline float lanes_total(const vec *v) {
  float t[LANES];
  UNROLL for (int i = 0; i < LANES; ++i) t[i] = (*v)[i];
  UNROLL for (int width = LANES / 2; width > 0; width /= 2)
    for (int i = 0; i < width; ++i) t[i] += t[i + width];
  return t[0];
}

/* The sum of a run of floats. */
static NOINLINE double run_sum(const float *x, int64_t count) {
  double total = 0;
  for (int64_t start = 0; start < count; start += 1024) {
    const int64_t end = least(start + 1024, count);
    vec s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    float rest = 0;
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
    for (; i < end; ++i) rest += x[i];
    s0 = (s0 + s1) + (s2 + s3);
    total += (double)lanes_total(&s0) + (double)rest;
  }
  return total;
}

/* A tile of dot products of rows of two matrices, lane by lane, the lanes added as a tree and the last terms after
   them. */
static ALWAYS_INLINE void dot_tile(const int rows, const int columns, const float *left, int64_t left_row,
                                   const float *right, int64_t right_row, int64_t count, const float *bias,
                                   float *result, int64_t result_row) {
  vec sum[4][4];
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int s = 0; s < columns; ++s) sum[r][s] = (vec){0};
  const int64_t end = count / LANES * LANES;
  for (int64_t k = 0; k < end; k += LANES) {
    vec x[4];
    UNROLL for (int s = 0; s < columns; ++s) x[s] = load(right + s * right_row + k);
    UNROLL for (int r = 0; r < rows; ++r) {
      const vec w = load(left + r * left_row + k);
      UNROLL for (int s = 0; s < columns; ++s) sum[r][s] += w * x[s];
    }
  }
  /* a second array, so that the first one, never indexed by a variable, lives in registers */
  vec kept[4][4];
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int s = 0; s < columns; ++s) kept[r][s] = sum[r][s];
  for (int r = 0; r < rows; ++r)
    for (int s = 0; s < columns; ++s) {
      float total = lanes_total(&kept[r][s]);
      for (int64_t k = end; k < count; ++k) total += left[r * left_row + k] * right[s * right_row + k];
      result[r * result_row + s] = total + (bias ? bias[s] : 0);
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
static NOINLINE void dot_tile_1_4(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(1, 4, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_2_4(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(2, 4, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_3_4(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(3, 4, left, left_row, right, right_row, count, bias, result, result_row);
}
static NOINLINE void dot_tile_4_4(const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  dot_tile(4, 4, left, left_row, right, right_row, count, bias, result, result_row);
}
static inline void dot_tile_any(int rows, int vectors, const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, const float *bias, float *result, int64_t result_row) {
  switch (vectors * 8 + rows) {
    case 9: dot_tile_1_1(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 10: dot_tile_2_1(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 11: dot_tile_3_1(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 12: dot_tile_4_1(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 17: dot_tile_1_2(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 18: dot_tile_2_2(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 19: dot_tile_3_2(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 20: dot_tile_4_2(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 25: dot_tile_1_3(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 26: dot_tile_2_3(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 27: dot_tile_3_3(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 28: dot_tile_4_3(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 33: dot_tile_1_4(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 34: dot_tile_2_4(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 35: dot_tile_3_4(left, left_row, right, right_row, count, bias, result, result_row); break;
    case 36: dot_tile_4_4(left, left_row, right, right_row, count, bias, result, result_row); break;
  }
}

/* The sum of squared distances from a centre. */
static NOINLINE double run_squares(const float *x, float centre, int64_t count) {
  double total = 0;
  for (int64_t start = 0; start < count; start += 1024) {
    const int64_t end = least(start + 1024, count);
    vec s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    float rest = 0;
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
    for (; i < end; ++i) rest += (x[i] - centre) * (x[i] - centre);
    s0 = (s0 + s1) + (s2 + s3);
    total += (double)lanes_total(&s0) + (double)rest;
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

/* Count, mean and sum of squared distances of one channel over a range of images: two passes over each run of at
   most 4096 floats, so that nothing cancels however large the mean is beside the deviation. Short planes are
   summed directly. */
static NOINLINE void channel_moments(const float *x, int64_t from, int64_t to, int64_t stride, int64_t inner,
                                     double *count, double *mean, double *squares) {
  *count = *mean = *squares = 0;
  if (inner < LANES) {
    double sum = 0, n = (double)((to - from) * inner);
    for (int64_t image = from; image < to; ++image)
      for (int64_t i = 0; i < inner; ++i) sum += (double)x[image * stride + i];
    const double centre = n > 0 ? sum / n : 0;
    double q = 0;
    for (int64_t image = from; image < to; ++image)
      for (int64_t i = 0; i < inner; ++i) {
        const double step = (double)x[image * stride + i] - centre;
        q += step * step;
      }
    merge_moments(count, mean, squares, n, centre, q);
    return;
  }
  for (int64_t image = from; image < to; ++image)
    for (int64_t start = 0; start < inner; start += 4096) {
      const float *run = x + image * stride + start;
      const int64_t n = least(4096, inner - start);
      const double m = run_sum(run, n) / (double)n;
      /* the distances are taken from the rounded mean; what that adds to the squares is known exactly */
      const float centre = (float)m;
      const double off = m - (double)centre;
      merge_moments(count, mean, squares, (double)n, m, run_squares(run, centre, n) - off * off * (double)n);
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

/* A tile of a product, rows x vectors * LANES: adds left(row, k) * right(k, lane) over `count` terms in order. The
   tile starts at 0, or where `more` is set at what an earlier panel left. Only `columns` of its lanes are kept. */
static ALWAYS_INLINE void product_tile(const int rows, const int vectors, const float *left, int64_t left_row,
                                       int64_t left_step, const float *right, int64_t right_step, int64_t count,
                                       float *result, int64_t result_row, int64_t columns, int more) {
  vec sum[6][2];
  float edge[6][16];
  const int whole = columns >= vectors * LANES;
  if (more && !whole)
    for (int r = 0; r < rows; ++r)
      for (int64_t i = 0; i < vectors * LANES; ++i) edge[r][i] = i < columns ? result[r * result_row + i] : 0;
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v)
      sum[r][v] = more ? load((whole ? result + r * result_row : edge[r]) + v * LANES) : (vec){0};
  for (int64_t k = 0; k < count; ++k) {
    vec x[2];
    UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(right + v * LANES);
    UNROLL for (int r = 0; r < rows; ++r) {
      const float w = left[r * left_row];
      UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
    }
    left += left_step;
    right += right_step;
  }
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v)
      store((whole ? result + r * result_row : edge[r]) + v * LANES, sum[r][v]);
  if (!whole)
    for (int r = 0; r < rows; ++r)
      for (int64_t i = 0; i < columns; ++i) result[r * result_row + i] = edge[r][i];
}
static NOINLINE void product_tile_1_1(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(1, 1, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_2_1(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(2, 1, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_3_1(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(3, 1, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_4_1(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(4, 1, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_5_1(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(5, 1, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_6_1(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(6, 1, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_1_2(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(1, 2, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_2_2(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(2, 2, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_3_2(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(3, 2, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_4_2(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(4, 2, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_5_2(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(5, 2, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static NOINLINE void product_tile_6_2(const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  product_tile(6, 2, left, left_row, left_step, right, right_step, count, result, result_row, columns, more);
}
static inline void product_tile_any(int rows, int vectors, const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, int64_t count, float *result, int64_t result_row, int64_t columns, int more) {
  switch (vectors * 8 + rows) {
    case 9: product_tile_1_1(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 10: product_tile_2_1(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 11: product_tile_3_1(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 12: product_tile_4_1(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 13: product_tile_5_1(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 14: product_tile_6_1(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 17: product_tile_1_2(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 18: product_tile_2_2(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 19: product_tile_3_2(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 20: product_tile_4_2(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 21: product_tile_5_2(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
    case 22: product_tile_6_2(left, left_row, left_step, right, right_step, count, result, result_row, columns, more); break;
  }
}

/* The sum of products dy * (x - centre). */
static NOINLINE double run_products(const float *x, const float *dy, float centre, int64_t count) {
  double total = 0;
  for (int64_t start = 0; start < count; start += 1024) {
    const int64_t end = least(start + 1024, count);
    vec s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    float rest = 0;
    int64_t i = start;
    for (; i + 4 * LANES <= end; i += 4 * LANES) {
      { const vec x_v = load(x + i + 0 * LANES), dy_v = load(dy + i + 0 * LANES); s0 += (x_v - centre) * dy_v; }
      { const vec x_v = load(x + i + 1 * LANES), dy_v = load(dy + i + 1 * LANES); s1 += (x_v - centre) * dy_v; }
      { const vec x_v = load(x + i + 2 * LANES), dy_v = load(dy + i + 2 * LANES); s2 += (x_v - centre) * dy_v; }
      { const vec x_v = load(x + i + 3 * LANES), dy_v = load(dy + i + 3 * LANES); s3 += (x_v - centre) * dy_v; }
    }
    for (; i + LANES <= end; i += LANES) {
      const vec x_v = load(x + i), dy_v = load(dy + i);
      s0 += (x_v - centre) * dy_v;
    }
    for (; i < end; ++i) rest += (x[i] - centre) * dy[i];
    s0 = (s0 + s1) + (s2 + s3);
    total += (double)lanes_total(&s0) + (double)rest;
  }
  return total;
}

typedef float quad __attribute__((vector_size(16)));
typedef float loose_quad __attribute__((vector_size(16), aligned(4), may_alias));

/* A matrix of rows at one pitch, transposed into rows of `width` floats, zeros after the last; four by four, as
   scattered single stores take twice as long. */
static NOINLINE void transpose(const float *source, int64_t pitch, int64_t rows, int64_t columns, float *target,
                               int64_t width) {
  for (int64_t i = 0; i < columns; i += 4) {
    const int64_t count = least(4, columns - i);
    int64_t row = 0;
    for (; count == 4 && row + 4 <= rows; row += 4) {
      const float *s = source + row * pitch + i;
      float *t = target + i * width + row;
      const quad a = (quad) * (const loose_quad *)(const void *)s;
      const quad b = (quad) * (const loose_quad *)(const void *)(s + pitch);
      const quad d = (quad) * (const loose_quad *)(const void *)(s + 2 * pitch);
      const quad e = (quad) * (const loose_quad *)(const void *)(s + 3 * pitch);
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

/* A register tile of sums of outer products: rows k = (channel, tap) of the strip by outputs in lanes, over the
   positions of all lines in order. */
static ALWAYS_INLINE void outer_tile(const int rows, const int vectors, const float *const *source,
                                     const int64_t *line, int64_t lines, int64_t columns, const float *right,
                                     int64_t width, float *result, int more) {
  vec sum[6][2];
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] = more ? load(result + r * width + v * LANES) : (vec){0};
  for (int64_t l = 0; l < lines; ++l) {
    const float *x[6];
    UNROLL for (int r = 0; r < rows; ++r) x[r] = source[r] + line[l];
    for (int64_t i = 0; i < columns; ++i) {
      vec y[2];
      UNROLL for (int v = 0; v < vectors; ++v) y[v] = load(right + v * LANES);
      UNROLL for (int r = 0; r < rows; ++r) {
        const float w = x[r][i];
        UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += y[v] * w;
      }
      right += width;
    }
  }
  UNROLL for (int r = 0; r < rows; ++r)
    UNROLL for (int v = 0; v < vectors; ++v) store(result + r * width + v * LANES, sum[r][v]);
}
static NOINLINE void outer_tile_1_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(1, 1, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_2_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(2, 1, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_3_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(3, 1, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_4_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(4, 1, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_5_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(5, 1, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_6_1(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(6, 1, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_1_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(1, 2, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_2_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(2, 2, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_3_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(3, 2, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_4_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(4, 2, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_5_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(5, 2, source, line, lines, columns, right, width, result, more);
}
static NOINLINE void outer_tile_6_2(const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  outer_tile(6, 2, source, line, lines, columns, right, width, result, more);
}
static inline void outer_tile_any(int rows, int vectors, const float *const *source, const int64_t *line, int64_t lines, int64_t columns, const float *right, int64_t width, float *result, int more) {
  switch (vectors * 8 + rows) {
    case 9: outer_tile_1_1(source, line, lines, columns, right, width, result, more); break;
    case 10: outer_tile_2_1(source, line, lines, columns, right, width, result, more); break;
    case 11: outer_tile_3_1(source, line, lines, columns, right, width, result, more); break;
    case 12: outer_tile_4_1(source, line, lines, columns, right, width, result, more); break;
    case 13: outer_tile_5_1(source, line, lines, columns, right, width, result, more); break;
    case 14: outer_tile_6_1(source, line, lines, columns, right, width, result, more); break;
    case 17: outer_tile_1_2(source, line, lines, columns, right, width, result, more); break;
    case 18: outer_tile_2_2(source, line, lines, columns, right, width, result, more); break;
    case 19: outer_tile_3_2(source, line, lines, columns, right, width, result, more); break;
    case 20: outer_tile_4_2(source, line, lines, columns, right, width, result, more); break;
    case 21: outer_tile_5_2(source, line, lines, columns, right, width, result, more); break;
    case 22: outer_tile_6_2(source, line, lines, columns, right, width, result, more); break;
  }
}

/* convolution: cross-correlation with bias; a task is a tile of positions, a group and a part of its channels.
   Used by infer_1 %2 … (9 rows), infer_8 %2 … (9 rows), train_8 %2 … (9 rows). */
static NOINLINE void kernel_convolution(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *w = at(c, a[1]);
  const float *bias = at(c, a[2]);
  float *result = at(c, a[3]);
  const int64_t images = a[4];
  const int64_t groups = a[5];
  const int64_t inputs = a[6];
  const int64_t outputs = a[7];
  const int64_t in_d = a[8];
  const int64_t in_h = a[9];
  const int64_t in_w = a[10];
  const int64_t out_d = a[11];
  const int64_t out_h = a[12];
  const int64_t out_w = a[13];
  const int64_t size_d = a[14];
  const int64_t size_h = a[15];
  const int64_t size_w = a[16];
  const int64_t step_d = a[17];
  const int64_t step_h = a[18];
  const int64_t step_w = a[19];
  const int64_t far_d = a[20];
  const int64_t far_h = a[21];
  const int64_t far_w = a[22];
  const int64_t pad_d = a[23];
  const int64_t pad_h = a[24];
  const int64_t pad_w = a[25];
  const int64_t tile_images = a[26];
  const int64_t tile_lines = a[27];
  const int64_t tile_columns = a[28];
  const int64_t rows = a[29];
  const int64_t pitch = a[30];
  const int64_t channel_stride = a[31];
  const int64_t tiles_d = a[32];
  const int64_t tiles_h = a[33];
  const int64_t tiles_w = a[34];
  const int64_t parts = a[35];
  const int64_t part = a[36];
  const int64_t scratch_tap = a[37];
  const int64_t scratch_line = a[38];
  const int64_t scratch_data = a[39];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  const int64_t phases_h = greatest_phase(size_h, far_h, step_h), phases_w = greatest_phase(size_w, far_w, step_w);
  const int64_t plane = tile_images * rows * pitch;
  for (int64_t d = 0, t = 0; d < size_d; ++d)
    for (int64_t h = 0; h < size_h; ++h)
      for (int64_t w = 0; w < size_w; ++w, ++t)
        tap[t] = ((d * phases_h + h * far_h % step_h) * phases_w + w * far_w % step_w) * plane +
                 h * far_h / step_h * pitch + w * far_w / step_w;
  const int64_t channels = inputs, image_stride = groups * inputs * in_d * in_h * in_w;
  const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
  int64_t packed = -1;
  for (int64_t task = first; task < last; ++task) {
    const int64_t from = task % parts * part, group = task / parts % groups, tile = task / parts / groups;
    const int64_t w0 = tile % tiles_w * tile_columns, h0 = tile / tiles_w % tiles_h * tile_lines;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t n0 = tile / tiles_w / tiles_h / tiles_d * tile_images;
    if (task / parts != packed) {
      packed = task / parts;
      const float *source = x + n0 * image_stride + group * inputs * in_d * in_h * in_w;
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
      for (int64_t n = 0; n < tile_images; ++n)
        for (int64_t line = 0; line < rows; ++line)
          lines[n * rows + line] =
              line < tile_lines && h0 + line < out_h && n0 + n < images
                  ? n * groups * outputs * out_plane + (d0 * out_h + h0 + line) * out_w + w0
                  : NOWHERE;
    }
    const int64_t channel = group * outputs + from;
    const struct strip s = {
        .data = data, .channels = inputs, .channel_stride = channel_stride, .tap = tap,
        .taps = size_d * size_h * size_w, .weights = w + channel * terms, .bias = bias ? bias + channel : 0,
        .result = result + (n0 * groups * outputs + channel) * out_plane, .rows = least(part, outputs - from),
        .row_stride = out_plane, .positions = ((tile_images - 1) * rows + tile_lines - 1) * pitch + tile_columns,
        .pitch = pitch, .line = lines, .begin = 0, .end = least(tile_columns, out_w - w0), .step = 1};
    strip_multiply(&s);
  }
}

/* multiply_channel: x * v[channel]; a task is a block of planes.
   Used by infer_1 %9 … (6 rows), infer_8 %9 … (6 rows), prepare %17 … (3 rows). */
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

/* add_channel: x + v[channel]; a task is a block of planes.
   Used by infer_1 %10 … (6 rows), infer_8 %10 … (6 rows). */
static NOINLINE void kernel_add_channel(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
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
    const float term = v[channel];
    const float *x_plane = x + plane * inner;
    float *result_plane = result + plane * inner;
    INDEPENDENT
    for (int64_t i = 0; i < inner; ++i) {
      result_plane[i] = x_plane[i] + term;
    }
  }
}

/* relu: max(x, 0), NaN passed through.
   Used by infer_1 %11 … (9 rows), infer_8 %11 … (9 rows), train_8 %11 … (9 rows). */
static NOINLINE void kernel_relu(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t count = a[2];
  const int64_t end = least(last * 16384, count);
  INDEPENDENT
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = 0 > x[i] ? 0.0f : x[i];
  }
}

/* copy_runs: runs of floats at one pitch to runs at another; a task is a block of runs.
   Used by infer_1 %23 … (6 rows), infer_8 %23 … (6 rows), train_8 %25 … (24 rows). */
static NOINLINE void kernel_copy_runs(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t runs = a[2];
  const int64_t length = a[3];
  const int64_t pitch_from = a[4];
  const int64_t pitch_to = a[5];
  const int64_t block = a[6];
  for (int64_t run = first * block; run < least(last * block, runs); ++run) {
    const float *source = x + run * pitch_from;
    float *target = result + run * pitch_to;
    INDEPENDENT
    for (int64_t i = 0; i < length; ++i) {
      target[i] = source[i];
    }
  }
}

/* average_pool: mean of each window; a task is a block of planes.
   Used by infer_1 %35 … (2 rows), infer_8 %35 … (2 rows), train_8 %38 … (2 rows). */
static NOINLINE void kernel_average_pool(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t planes = a[2];
  const int64_t block = a[3];
  const int64_t depth = a[4];
  const int64_t height = a[5];
  const int64_t width = a[6];
  const int64_t out_depth = a[7];
  const int64_t out_height = a[8];
  const int64_t out_width = a[9];
  const int64_t size_d = a[10];
  const int64_t size_h = a[11];
  const int64_t size_w = a[12];
  const int64_t step_d = a[13];
  const int64_t step_h = a[14];
  const int64_t step_w = a[15];
  const int64_t pad_d = a[16];
  const int64_t pad_h = a[17];
  const int64_t pad_w = a[18];
  const int64_t end_d = a[19];
  const int64_t end_h = a[20];
  const int64_t end_w = a[21];
  const int64_t count_pad = a[22];
  for (int64_t plane = first * block; plane < least(last * block, planes); ++plane) {
    const float *source = x + plane * depth * height * width;
    for (int64_t od = 0; od < out_depth; ++od)
      for (int64_t oh = 0; oh < out_height; ++oh)
        for (int64_t ow = 0; ow < out_width; ow += 64) {
          const int64_t count = least(64, out_width - ow);
          const int64_t o = ((plane * out_depth + od) * out_height + oh) * out_width + ow;
          const int64_t d0 = od * step_d - pad_d, h0 = oh * step_h - pad_h;
          const int64_t d_last = count_pad ? depth + end_d : depth, h_last = count_pad ? height + end_h : height;
          const int64_t w_last = count_pad ? width + end_w : width;
          const int64_t d_first = count_pad ? d0 : greatest(d0, 0), h_first = count_pad ? h0 : greatest(h0, 0);
          const float area = (float)((least(d0 + size_d, d_last) - d_first) * (least(h0 + size_h, h_last) - h_first));
          float divisor[64];
          for (int64_t i = 0; i < count; ++i) {
            const int64_t w0 = (ow + i) * step_w - pad_w, w_first = count_pad ? w0 : greatest(w0, 0);
            divisor[i] = area * (float)(least(w0 + size_w, w_last) - w_first);
          }
          float *sum = result + o;
          for (int64_t i = 0; i < count; ++i) sum[i] = 0;
          for (int64_t d = greatest(d0, 0); d < least(d0 + size_d, depth); ++d)
            for (int64_t h = greatest(h0, 0); h < least(h0 + size_h, height); ++h)
              for (int64_t kw = 0; kw < size_w; ++kw) {
                const int64_t line = (d * height + h) * width, source_w = ow * step_w + kw - pad_w;
                const int64_t from = source_w < 0 ? (-source_w + step_w - 1) / step_w : 0;
                const int64_t to = source_w < width ? least(count, (width - source_w + step_w - 1) / step_w) : 0;
                INDEPENDENT
                for (int64_t i = from; i < to; ++i) sum[i] += source[line + source_w + i * step_w];
              }
          for (int64_t i = 0; i < count; ++i) sum[i] /= divisor[i];
        }
  }
}

/* global_average_pool: mean over all positions; a task is a block of planes.
   Used by infer_1 %99, infer_8 %99, train_8 %108. */
static NOINLINE void kernel_global_average_pool(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t planes = a[2];
  const int64_t inner = a[3];
  const int64_t block = a[4];
  for (int64_t plane = first * block; plane < least(last * block, planes); ++plane) {
    result[plane] = (float)(run_sum(x + plane * inner, inner) / (double)inner);
  }
}

/* dot_products: x * transpose(y) + bias; a task is a tile of at most 16 rows and 32 columns.
   Used by infer_1 %102, infer_8 %102, train_8 %111. */
static NOINLINE void kernel_dot_products(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *y = at(c, a[1]);
  const float *bias = at(c, a[2]);
  float *result = at(c, a[3]);
  const int64_t rows = a[4];
  const int64_t columns = a[5];
  const int64_t depth = a[6];
  const int64_t parts = (rows + 16 - 1) / 16;
  for (int64_t task = first; task < last; ++task) {
    const int64_t top = task % parts * 16, bottom = least(top + 16, rows);
    const int64_t begin = task / parts * 32, end = least(begin + 32, columns);
    for (int64_t column = begin; column < end; column += 4)
      for (int64_t row = top; row < bottom; row += 4)
        dot_tile_any((int)least(4, bottom - row), (int)least(4, end - column), x + row * depth,
                     depth, y + column * depth, depth, depth, bias ? bias + column : 0,
                     result + row * columns + column, columns);
  }
}

/* moments_part: count, mean and sum of squared distances of a range of images; a task is a channel of a range.
   Used by train_8 %7 … (9 rows). */
static NOINLINE void kernel_moments_part(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  double *parts = (double *)(void *)at(c, a[1]);
  const int64_t images = a[2];
  const int64_t channels = a[3];
  const int64_t inner = a[4];
  const int64_t groups = a[5];
  const int64_t ranges = a[6];
  for (int64_t task = first; task < last; ++task) {
    const int64_t range = task % ranges, channel = task / ranges % channels, group = task / ranges / channels;
    const int64_t from = group * images / groups, size = (group + 1) * images / groups - from;
    double *part = parts + task * 3;
    channel_moments(x + channel * inner, from + range * size / ranges, from + (range + 1) * size / ranges,
                    channels * inner, inner, part, part + 1, part + 2);
  }
}

/* moments_merge: merges the ranges of moments_part in their order; a task is a block of channels of a group.
   Used by train_8 %7 … (9 rows). */
static NOINLINE void kernel_moments_merge(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const double *parts = (const double *)(const void *)at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t channels = a[2];
  const int64_t ranges = a[3];
  for (int64_t task = first; task < last; ++task) {
    const int64_t group = task / channels, channel = task % channels;
    double count = 0, mean = 0, squares = 0;
    for (int64_t range = 0; range < ranges; ++range) {
      const double *part = parts + (task * ranges + range) * 3;
      merge_moments(&count, &mean, &squares, part[0], part[1], part[2]);
    }
    result[group * 2 * channels + channel] = (float)mean;
    result[(group * 2 + 1) * channels + channel] = (float)(squares < 0 ? 0 : squares / count);
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
  const float keep = number(a[6]);
  const float gain = number(a[7]);
  for (int64_t channel = first * 256; channel < least(last * 256, channels); ++channel) {
    float sum = 0.0f;
    for (int64_t group = 0; group < groups; ++group) {
      sum += moments[(group * 2 + row) * channels + channel];
    }
    result[channel] = keep * running[channel] + gain * sum;
  }
}

/* normalize: gamma * (x - mean) / sqrt(variance + epsilon) + beta; a task is a block of planes.
   Used by train_8 %10 … (9 rows). */
static NOINLINE void kernel_normalize(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *moments = at(c, a[1]);
  const float *gamma = at(c, a[2]);
  const float *beta = at(c, a[3]);
  float *result = at(c, a[4]);
  const int64_t planes = a[5];
  const int64_t channels = a[6];
  const int64_t inner = a[7];
  const int64_t block = a[8];
  const int64_t images = a[9];
  const int64_t groups = a[10];
  const double epsilon = wide(a[11]);
  const int64_t end = least(last * block, planes);
  for (int64_t plane = first * block; plane < end; ++plane) {
    const int64_t channel = plane % channels;
    const int64_t image = plane / channels;
    const int64_t group = ((image + 1) * groups - 1) / images;
    const float *moment = moments + group * 2 * channels + channel;
    const float mean = moment[0];
    const float slope = (float)(gamma[channel] * (1.0 / sqrt((double)moment[channels] + epsilon)));
    const float shift = beta[channel];
    const float *x_plane = x + plane * inner;
    float *result_plane = result + plane * inner;
    INDEPENDENT
    for (int64_t i = 0; i < inner; ++i) {
      result_plane[i] = (x_plane[i] - mean) * slope + shift;
    }
  }
}

/* softmax_cross_entropy_rows: log(sum exp(z - max)) + max - z[label] of each row; a task is a block of rows.
   Used by train_8 %113. */
static NOINLINE void kernel_softmax_cross_entropy_rows(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const int64_t *labels = (const int64_t *)(const void *)at(c, a[1]);
  double *parts = (double *)(void *)at(c, a[2]);
  const int64_t rows = a[3];
  const int64_t columns = a[4];
  const int64_t block = a[5];
  for (int64_t row = first * block; row < least(last * block, rows); ++row) {
    const float *z = x + row * columns;
    const int64_t label = labels[row];
    float largest;
    const double sum = row_exponentials(z, columns, 0, &largest);
    /* a label that names no class gives NaN instead of a read outside the row */
    const double chosen = label >= 0 && label < columns ? (double)z[label] : (double)NAN;
    parts[row] = log(sum) + (double)largest - chosen;
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

/* softmax_cross_entropy_gradient: (softmax - onehot) * slope / rows; a task is a block of rows.
   Used by train_8 %115. */
static NOINLINE void kernel_softmax_cross_entropy_gradient(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const int64_t *labels = (const int64_t *)(const void *)at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t rows = a[3];
  const int64_t columns = a[4];
  const int64_t block = a[5];
  const float *slope_place = at(c, a[6]);
  const float slope_value = number(a[7]);
  const float slope = slope_place ? slope_place[0] : slope_value;
  const float factor = slope / (float)rows;
  for (int64_t row = first * block; row < least(last * block, rows); ++row) {
    float *target = result + row * columns, largest;
    const double sum = row_exponentials(x + row * columns, columns, target, &largest);
    const float inverse = (float)(1 / sum);
    for (int64_t i = 0; i < columns; ++i)
      target[i] = (target[i] * inverse - (labels[row] == i ? 1.0f : 0.0f)) * factor;
  }
}

/* product: left * right for matrices of any strides; a task is a tile of at most 48 rows and one tile width.
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
  const int64_t scratch = a[12];
  const int64_t parts = (rows + part - 1) / part;
  float *panel = (float *)(void *)(c->scratch + scratch);
  for (int64_t task = first; task < last; ++task) {
    const int64_t top = task % parts * part, bottom = least(top + part, rows);
    const int64_t column = task / parts * width, wanted = least(width, columns - column);
    const int vectors = (int)((wanted + LANES - 1) / LANES);
    for (int64_t k = 0; k < depth; k += 512) {
      const int64_t count = least(512, depth - k);
      const float *right = y + k * y_step + column * y_column;
      int64_t step = y_step;
      /* few rows do not pay for packing; a narrow last tile may not read past the matrix */
      if (y_column != 1 || wanted < vectors * LANES || bottom - top > 2 * 6) {
        step = vectors * LANES;
        for (int64_t i = 0; i < count; ++i)
          for (int64_t j = 0; j < step; ++j)
            panel[i * step + j] = j < wanted ? right[i * y_step + j * y_column] : 0;
        right = panel;
      }
      for (int64_t row = top; row < bottom;) {
        const int64_t blocks = (bottom - row + 6 - 1) / 6;
        const int64_t count_rows = (bottom - row + blocks - 1) / blocks;
        product_tile_any((int)count_rows, vectors, x + row * x_row + k * x_step, x_row, x_step, right, step, count,
                         result + row * columns + column, columns, wanted, k > 0);
        row += count_rows;
      }
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

/* global_average_pool_gradient: dy over the number of positions, at each of them; a task is a block of planes.
   Used by train_8 %119. */
static NOINLINE void kernel_global_average_pool_gradient(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *dy = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t planes = a[2];
  const int64_t inner = a[3];
  const int64_t block = a[4];
  for (int64_t plane = first * block; plane < least(last * block, planes); ++plane) {
    const float share = dy[plane] / (float)inner;
    float *target = result + plane * inner;
    INDEPENDENT
    for (int64_t i = 0; i < inner; ++i) {
      target[i] = share;
    }
  }
}

/* relu_gradient: dy where x > 0, else 0.
   Used by train_8 %120 … (9 rows). */
static NOINLINE void kernel_relu_gradient(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *dy = at(c, a[0]);
  const float *x = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t count = a[3];
  const int64_t end = least(last * 16384, count);
  INDEPENDENT
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = x[i] > 0 ? dy[i] : 0.0f;
  }
}

/* normalize_reduce: sum(dy) and sum(dy * (x - mean) / sqrt(variance + epsilon)); a task is a channel of a group.
   Used by train_8 %121 … (9 rows). */
static NOINLINE void kernel_normalize_reduce(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *dy = at(c, a[0]);
  const float *x = at(c, a[1]);
  const float *moments = at(c, a[2]);
  float *result = at(c, a[3]);
  const int64_t images = a[4];
  const int64_t channels = a[5];
  const int64_t inner = a[6];
  const int64_t groups = a[7];
  const double epsilon = wide(a[8]);
  for (int64_t task = first; task < last; ++task) {
    const int64_t group = task / channels, channel = task % channels;
    const int64_t at_mean = group * 2 * channels + channel, at_variance = at_mean + channels;
    const float mean = moments[at_mean];
    double sum = 0, product = 0;
    for (int64_t image = group * images / groups; image < (group + 1) * images / groups; ++image) {
      const int64_t plane = (image * channels + channel) * inner;
      sum += run_sum(dy + plane, inner);
      product += run_products(x + plane, dy + plane, mean, inner);
    }
    result[at_mean] = (float)sum;
    result[at_variance] = (float)(product / sqrt((double)moments[at_variance] + epsilon));
  }
}

/* normalize_input_gradient: gamma * dy / sqrt(variance + epsilon); a task is a block of planes.
   Used by train_8 %122 … (9 rows). */
static NOINLINE void kernel_normalize_input_gradient(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *moments = at(c, a[1]);
  const float *gamma = at(c, a[2]);
  float *result = at(c, a[3]);
  const int64_t planes = a[4];
  const int64_t channels = a[5];
  const int64_t inner = a[6];
  const int64_t block = a[7];
  const int64_t images = a[8];
  const int64_t groups = a[9];
  const double epsilon = wide(a[10]);
  const int64_t end = least(last * block, planes);
  for (int64_t plane = first * block; plane < end; ++plane) {
    const int64_t channel = plane % channels;
    const int64_t image = plane / channels;
    const int64_t group = ((image + 1) * groups - 1) / images;
    const float *moment = moments + group * 2 * channels + channel;
    const float slope = (float)(gamma[channel] * (1.0 / sqrt((double)moment[channels] + epsilon)));
    const float *x_plane = x + plane * inner;
    float *result_plane = result + plane * inner;
    INDEPENDENT
    for (int64_t i = 0; i < inner; ++i) {
      result_plane[i] = x_plane[i] * slope;
    }
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
  const double epsilon = wide(a[6]);
  for (int64_t channel = first * 256; channel < least(last * 256, channels); ++channel) {
    for (int64_t group = 0; group < groups; ++group) {
      const int64_t at_mean = group * 2 * channels + channel;
      const int64_t at_variance = at_mean + channels;
      const double r = 1.0 / sqrt((double)moments[at_variance] + epsilon);
      const double slope = gamma[channel] * r;
      result[at_mean] = (float)(-slope * sums[at_mean]);
      result[at_variance] = (float)(-0.5 * slope * r * sums[at_variance]);
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
  for (int64_t channel = first * 256; channel < least(last * 256, channels); ++channel) {
    float sum = 0.0f;
    for (int64_t group = 0; group < groups; ++group) {
      sum += moments[(group * 2 + row) * channels + channel];
    }
    result[channel] = sum;
  }
}

/* moments_gradient: (dmean + 2 * (x - mean) * dvariance) / elements; a task is a block of planes.
   Used by train_8 %128 … (9 rows). */
static NOINLINE void kernel_moments_gradient(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *adjoint = at(c, a[1]);
  const float *moments = at(c, a[2]);
  float *result = at(c, a[3]);
  const int64_t planes = a[4];
  const int64_t channels = a[5];
  const int64_t inner = a[6];
  const int64_t block = a[7];
  const int64_t images = a[8];
  const int64_t groups = a[9];
  const int64_t end = least(last * block, planes);
  for (int64_t plane = first * block; plane < end; ++plane) {
    const int64_t channel = plane % channels;
    const int64_t image = plane / channels;
    const int64_t group = ((image + 1) * groups - 1) / images;
    const float *moment = moments + group * 2 * channels + channel;
    const float *slope = adjoint + group * 2 * channels + channel;
    const int64_t count = ((group + 1) * images / groups - group * images / groups) * inner;
    const float mean = moment[0];
    const float base = (float)(slope[0] / (double)count);
    const float gain = (float)(2.0 * slope[channels] / (double)count);
    const float *x_plane = x + plane * inner;
    float *result_plane = result + plane * inner;
    INDEPENDENT
    for (int64_t i = 0; i < inner; ++i) {
      result_plane[i] = base + (x_plane[i] - mean) * gain;
    }
  }
}

/* add: x + y.
   Used by train_8 %131 … (15 rows). */
static NOINLINE void kernel_add(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *y = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t count = a[3];
  const int64_t end = least(last * 16384, count);
  INDEPENDENT
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = x[i] + y[i];
  }
}

/* convolution_transpose: weights for the gradient of the input: [phase][group][input][output][tap]; a task is an input channel.
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
  const int64_t scratch_tap = a[14];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  const int64_t terms = size_d * size_h * size_w;
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
          const int64_t input = task % inputs, group = task / inputs;
          const float *source = w + (group * outputs * inputs + input) * terms;
          float *row = target + task * outputs * taps;
          for (int64_t output = 0; output < outputs; ++output, source += inputs * terms)
            SHORT for (int64_t t = 0; t < taps; ++t) *row++ = source[tap[t]];
        }
        target += groups * inputs * outputs * taps;
      }
}

/* convolution_backward_data: gradient of a convolution's input; a task is a tile of positions, a group and a part of its channels.
   Used by train_8 %132 … (8 rows). */
static NOINLINE void kernel_convolution_backward_data(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *dy = at(c, a[0]);
  const float *w = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t images = a[3];
  const int64_t groups = a[4];
  const int64_t inputs = a[5];
  const int64_t outputs = a[6];
  const int64_t in_d = a[7];
  const int64_t in_h = a[8];
  const int64_t in_w = a[9];
  const int64_t out_d = a[10];
  const int64_t out_h = a[11];
  const int64_t out_w = a[12];
  const int64_t size_d = a[13];
  const int64_t size_h = a[14];
  const int64_t size_w = a[15];
  const int64_t step_d = a[16];
  const int64_t step_h = a[17];
  const int64_t step_w = a[18];
  const int64_t far_d = a[19];
  const int64_t far_h = a[20];
  const int64_t far_w = a[21];
  const int64_t pad_d = a[22];
  const int64_t pad_h = a[23];
  const int64_t pad_w = a[24];
  const int64_t tile_images = a[25];
  const int64_t tile_lines = a[26];
  const int64_t tile_columns = a[27];
  const int64_t rows = a[28];
  const int64_t pitch = a[29];
  const int64_t channel_stride = a[30];
  const int64_t tiles_d = a[31];
  const int64_t tiles_h = a[32];
  const int64_t tiles_w = a[33];
  const int64_t first_d = a[34];
  const int64_t first_h = a[35];
  const int64_t first_w = a[36];
  const int64_t shift_d = a[37];
  const int64_t shift_h = a[38];
  const int64_t shift_w = a[39];
  const int64_t parts = a[40];
  const int64_t part = a[41];
  const int64_t scratch_tap = a[42];
  const int64_t scratch_line = a[43];
  const int64_t scratch_data = a[44];
  const int64_t scratch_phase = a[45];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  const int64_t plane = tile_images * rows * pitch, in_plane = in_d * in_h * in_w, out_plane = out_d * out_h * out_w;
  const int64_t image_stride = groups * outputs * out_plane;
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
  int64_t packed = -1;
  for (int64_t task = first; task < last; ++task) {
    const int64_t from = task % parts * part, group = task / parts % groups, tile = task / parts / groups;
    const int64_t w0 = tile % tiles_w * tile_columns, h0 = tile / tiles_w % tiles_h * tile_lines;
    const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
    const int64_t n0 = tile / tiles_w / tiles_h / tiles_d * tile_images;
    const int64_t jd = first_d + d0, jh = first_h + h0, jw = first_w + w0;
    if (task / parts != packed) {
      packed = task / parts;
      const float *source = dy + n0 * image_stride + group * outputs * out_plane;
      for (int64_t output = 0; output < outputs; ++output) {
        float *target = data + output * channel_stride;
        for (int64_t shift = 0; shift <= shift_d; ++shift) {
          const int64_t d = jd - shift;
          for (int64_t n = 0; n < tile_images; ++n)
            for (int64_t line = 0; line < rows; ++line, target += pitch) {
              const int64_t h = jh + line - shift_h;
              const int inside = d >= 0 && d < out_d && h >= 0 && h < out_h && n0 + n < images;
              const int64_t at_line = n * image_stride + ((output * out_d + d) * out_h + h) * out_w;
              strip_line(source + (inside ? at_line : 0), inside ? out_w : 0, jw - shift_w, 1, pitch, target);
            }
        }
      }
    }
    const int64_t channel = group * inputs + from;
    const float *weights = w;
    const int64_t *phase_tap = tap, *phase_count = phase_taps;
    int64_t taps = 0;
    for (int64_t fd = 0; fd < step_d; ++fd)
      for (int64_t fh = 0; fh < step_h; ++fh)
        for (int64_t fw = 0; fw < step_w; ++fw) {
          phase_tap += taps;
          taps = *phase_count++;
          const float *phase = weights + channel * outputs * taps;
          weights += groups * inputs * outputs * taps;
          const int64_t d = jd * step_d + fd - pad_d, w_first = jw * step_w + fw - pad_w;
          if (d < 0 || d >= in_d) continue;
          for (int64_t n = 0; n < tile_images; ++n)
            for (int64_t line = 0; line < rows; ++line) {
              const int64_t h = (jh + line) * step_h + fh - pad_h;
              lines[n * rows + line] = line < tile_lines && h >= 0 && h < in_h && n0 + n < images
                                           ? n * groups * inputs * in_plane + (d * in_h + h) * in_w + w_first
                                           : NOWHERE;
            }
          /* columns j with 0 <= w_first + j * step_w < in_w */
          const int64_t begin = w_first < 0 ? (-w_first + step_w - 1) / step_w : 0;
          const int64_t end = w_first < in_w ? (in_w - w_first + step_w - 1) / step_w : 0;
          const struct strip s = {
              .data = data, .channels = outputs, .channel_stride = channel_stride, .tap = phase_tap, .taps = taps,
              .weights = phase, .bias = 0,
              .result = result + (n0 * groups * inputs + channel) * in_plane,
              .rows = least(part, inputs - from), .row_stride = in_plane,
              .positions = ((tile_images - 1) * rows + tile_lines - 1) * pitch + tile_columns, .pitch = pitch,
              .line = lines, .begin = begin, .end = least(tile_columns, end), .step = step_w};
          strip_multiply(&s);
        }
  }
}

/* convolution_backward_weights: partial gradients of the weights, [range][group][input, tap][output]; a task is a range of images, a group and a part of its input channels.
   Used by train_8 %133 … (9 rows). */
static NOINLINE void kernel_convolution_backward_weights(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *dy = at(c, a[0]);
  const float *x = at(c, a[1]);
  float *parts = at(c, a[2]);
  const int64_t images = a[3];
  const int64_t groups = a[4];
  const int64_t inputs = a[5];
  const int64_t outputs = a[6];
  const int64_t in_d = a[7];
  const int64_t in_h = a[8];
  const int64_t in_w = a[9];
  const int64_t out_d = a[10];
  const int64_t out_h = a[11];
  const int64_t out_w = a[12];
  const int64_t size_d = a[13];
  const int64_t size_h = a[14];
  const int64_t size_w = a[15];
  const int64_t step_d = a[16];
  const int64_t step_h = a[17];
  const int64_t step_w = a[18];
  const int64_t far_d = a[19];
  const int64_t far_h = a[20];
  const int64_t far_w = a[21];
  const int64_t pad_d = a[22];
  const int64_t pad_h = a[23];
  const int64_t pad_w = a[24];
  const int64_t tile_images = a[25];
  const int64_t tile_lines = a[26];
  const int64_t tile_columns = a[27];
  const int64_t rows = a[28];
  const int64_t pitch = a[29];
  const int64_t channel_stride = a[30];
  const int64_t tiles_d = a[31];
  const int64_t tiles_h = a[32];
  const int64_t tiles_w = a[33];
  const int64_t tiles_n = a[34];
  const int64_t ranges = a[35];
  const int64_t splits = a[36];
  const int64_t split = a[37];
  const int64_t width = a[38];
  const int64_t scratch_tap = a[39];
  const int64_t scratch_line = a[40];
  const int64_t scratch_data = a[41];
  const int64_t scratch_right = a[42];
  const int64_t scratch_term = a[43];
  int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
  int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
  float *data = (float *)(void *)(c->scratch + scratch_data);
  float *right = (float *)(void *)(c->scratch + scratch_right);
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
  const int64_t image_stride = groups * inputs * in_d * in_h * in_w, taps = size_d * size_h * size_w;
  const int64_t out_plane = out_d * out_h * out_w, inner_tiles = tiles_d * tiles_h * tiles_w;
  for (int64_t task = first; task < last; ++task) {
    const int64_t from = task % splits * split, group = task / splits % groups, range = task / splits / groups;
    const int64_t channels = least(split, inputs - from), terms = channels * taps;
    float *target_part = parts + (((range * groups + group) * inputs + from) * taps) * width;
    const int64_t stop = (range + 1) * tiles_n / ranges * inner_tiles;
    int more = 0;
    for (int64_t tile = range * tiles_n / ranges * inner_tiles; tile < stop; ++tile) {
      const int64_t w0 = tile % tiles_w * tile_columns, h0 = tile / tiles_w % tiles_h * tile_lines;
      const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;
      const int64_t n0 = tile / tiles_w / tiles_h / tiles_d * tile_images;
      const float *source = x + n0 * image_stride + (group * inputs + from) * in_d * in_h * in_w;
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
      /* dy with outputs in lanes; positions outside the image are left out */
      const int64_t columns = least(tile_columns, out_w - w0), height = least(tile_lines, out_h - h0);
      int64_t count = 0;
      for (int64_t n = 0; n < least(tile_images, images - n0); ++n)
        for (int64_t line = 0; line < height; ++line) {
          lines[count] = (n * rows + line) * pitch;
          const float *y = dy + ((n0 + n) * groups + group) * outputs * out_plane +
                           (d0 * out_h + h0 + line) * out_w + w0;
          transpose(y, out_plane, outputs, columns, right + count++ * columns * width, width);
        }
      for (int64_t output = 0; output < width;) {
        const int vectors = (int)least(2, (width - output) / LANES);
        for (int64_t k = 0; k < terms;) {
          const int64_t blocks = (terms - k + 6 - 1) / 6;
          const int count_rows = (int)((terms - k + blocks - 1) / blocks);
          const float *source_rows[6];
          for (int r = 0; r < count_rows; ++r)
            source_rows[r] = data + term_at[k + r];
          outer_tile_any(count_rows, vectors, source_rows, lines, count, columns, right + output, width,
                         target_part + k * width + output, more);
          k += count_rows;
        }
        output += vectors * LANES;
      }
      more = 1;
    }
  }
}

/* convolution_weights_reduce: adds the ranges as a tree into dw[output][input, tap]; a task is 64 rows of a group.
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
  const int64_t part_stride = groups * terms * width;
  for (int64_t task = first; task < last; ++task) {
    const int64_t group = task / chunks, begin = task % chunks * 64;
    for (int64_t k = begin; k < least(begin + 64, terms); ++k) {
      const float *part = parts + (group * terms + k) * width;
      float *target = result + group * outputs * terms + k;
      for (int64_t output = 0; output < outputs; output += LANES) {
        vec sum[16];
        for (int64_t range = 0; range < ranges; ++range) sum[range] = load(part + range * part_stride + output);
        for (int64_t count = ranges, half; count > 1; count = half) {
          half = (count + 1) / 2;
          for (int64_t i = 0; i < count - half; ++i) sum[i] += sum[i + half];
        }
        SHORT for (int64_t i = 0; i < least(LANES, outputs - output); ++i)
          target[(output + i) * terms] = sum[0][i];
      }
    }
  }
}

/* average_pool_gradient: dy over the window's divisor, added to all its positions; a task is a block of planes.
   Used by train_8 %154 … (2 rows). */
static NOINLINE void kernel_average_pool_gradient(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *dy = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t planes = a[2];
  const int64_t block = a[3];
  const int64_t depth = a[4];
  const int64_t height = a[5];
  const int64_t width = a[6];
  const int64_t out_depth = a[7];
  const int64_t out_height = a[8];
  const int64_t out_width = a[9];
  const int64_t size_d = a[10];
  const int64_t size_h = a[11];
  const int64_t size_w = a[12];
  const int64_t step_d = a[13];
  const int64_t step_h = a[14];
  const int64_t step_w = a[15];
  const int64_t pad_d = a[16];
  const int64_t pad_h = a[17];
  const int64_t pad_w = a[18];
  const int64_t end_d = a[19];
  const int64_t end_h = a[20];
  const int64_t end_w = a[21];
  const int64_t count_pad = a[22];
  for (int64_t plane = first * block; plane < least(last * block, planes); ++plane) {
    float *target = result + plane * depth * height * width;
    for (int64_t i = 0; i < depth * height * width; ++i) target[i] = 0;
    for (int64_t od = 0; od < out_depth; ++od)
      for (int64_t oh = 0; oh < out_height; ++oh)
        for (int64_t ow = 0; ow < out_width; ow += 64) {
          const int64_t count = least(64, out_width - ow);
          const int64_t o = ((plane * out_depth + od) * out_height + oh) * out_width + ow;
          const int64_t d0 = od * step_d - pad_d, h0 = oh * step_h - pad_h;
          const int64_t d_last = count_pad ? depth + end_d : depth, h_last = count_pad ? height + end_h : height;
          const int64_t w_last = count_pad ? width + end_w : width;
          const int64_t d_first = count_pad ? d0 : greatest(d0, 0), h_first = count_pad ? h0 : greatest(h0, 0);
          const float area = (float)((least(d0 + size_d, d_last) - d_first) * (least(h0 + size_h, h_last) - h_first));
          float divisor[64];
          for (int64_t i = 0; i < count; ++i) {
            const int64_t w0 = (ow + i) * step_w - pad_w, w_first = count_pad ? w0 : greatest(w0, 0);
            divisor[i] = area * (float)(least(w0 + size_w, w_last) - w_first);
          }
          for (int64_t i = 0; i < count; ++i) divisor[i] = dy[o + i] / divisor[i];
          for (int64_t d = greatest(d0, 0); d < least(d0 + size_d, depth); ++d)
            for (int64_t h = greatest(h0, 0); h < least(h0 + size_h, height); ++h)
              for (int64_t kw = 0; kw < size_w; ++kw) {
                const int64_t line = (d * height + h) * width, source_w = ow * step_w + kw - pad_w;
                const int64_t from = source_w < 0 ? (-source_w + step_w - 1) / step_w : 0;
                const int64_t to = source_w < width ? least(count, (width - source_w + step_w - 1) / step_w) : 0;
                INDEPENDENT
                for (int64_t i = from; i < to; ++i) target[line + source_w + i * step_w] += divisor[i];
              }

        }
  }
}

/* sgd_momentum: v' = momentum * v + gain * (g + decay * w); at step 0 g + decay * w.
   Used by train_8 %232 … (29 rows). */
static NOINLINE void kernel_sgd_momentum(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *w = at(c, a[0]);
  const float *g = at(c, a[1]);
  const float *v = at(c, a[2]);
  float *result = at(c, a[3]);
  const int64_t count = a[4];
  const float momentum = number(a[5]);
  const float gain = number(a[6]);
  const float decay = number(a[7]);
  const int start = c->arguments->step == 0;
  const int64_t end = least(last * 16384, count);
  INDEPENDENT
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = start ? g[i] + decay * w[i] : momentum * v[i] + gain * (g[i] + decay * w[i]);
  }
}

/* sgd_nesterov: w - rate * (g + decay * w + momentum * v).
   Used by train_8 %233 … (29 rows). */
static NOINLINE void kernel_sgd_nesterov(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *w = at(c, a[0]);
  const float *g = at(c, a[1]);
  const float *v = at(c, a[2]);
  float *result = at(c, a[3]);
  const int64_t count = a[4];
  const float momentum = number(a[5]);
  const float decay = number(a[6]);
  const float *rate_place = at(c, a[7]);
  const float rate = rate_place ? rate_place[0] : c->arguments->learning_rate;
  const int64_t end = least(last * 16384, count);
  INDEPENDENT
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = w[i] - rate * (g[i] + decay * w[i] + momentum * v[i]);
  }
}

/* reciprocal_square_root: 1 / sqrt(x + epsilon).
   Used by prepare %4 … (9 rows). */
static NOINLINE void kernel_reciprocal_square_root(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  float *result = at(c, a[1]);
  const int64_t count = a[2];
  const float epsilon = number(a[3]);
  const int64_t end = least(last * 16384, count);
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = 1.0f / sqrtf(x[i] + epsilon);
  }
}

/* multiply: x * y.
   Used by prepare %5 … (18 rows). */
static NOINLINE void kernel_multiply(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *y = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t count = a[3];
  const int64_t end = least(last * 16384, count);
  INDEPENDENT
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = x[i] * y[i];
  }
}

/* subtract: x - y.
   Used by prepare %7 … (9 rows). */
static NOINLINE void kernel_subtract(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  const float *x = at(c, a[0]);
  const float *y = at(c, a[1]);
  float *result = at(c, a[2]);
  const int64_t count = a[3];
  const int64_t end = least(last * 16384, count);
  INDEPENDENT
  for (int64_t i = first * 16384; i < end; ++i) {
    result[i] = x[i] - y[i];
  }
}

enum {
  k_end = 0,
  k_convolution = 1,
  k_multiply_channel = 2,
  k_add_channel = 3,
  k_relu = 4,
  k_copy_runs = 5,
  k_average_pool = 6,
  k_global_average_pool = 7,
  k_dot_products = 8,
  k_moments_part = 9,
  k_moments_merge = 10,
  k_running_moment = 11,
  k_normalize = 12,
  k_softmax_cross_entropy_rows = 13,
  k_mean_of_parts = 14,
  k_softmax_cross_entropy_gradient = 15,
  k_product = 16,
  k_sum_columns = 17,
  k_global_average_pool_gradient = 18,
  k_relu_gradient = 19,
  k_normalize_reduce = 20,
  k_normalize_input_gradient = 21,
  k_normalize_moments_gradient = 22,
  k_select_moment = 23,
  k_moments_gradient = 24,
  k_add = 25,
  k_convolution_transpose = 26,
  k_convolution_backward_data = 27,
  k_convolution_backward_weights = 28,
  k_convolution_weights_reduce = 29,
  k_average_pool_gradient = 30,
  k_sgd_momentum = 31,
  k_sgd_nesterov = 32,
  k_reciprocal_square_root = 33,
  k_multiply = 34,
  k_subtract = 35,
};

static void dispatch(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  (void)c, (void)a, (void)first, (void)last;
  switch (kernel) {
    case k_convolution: kernel_convolution(c, a, first, last); break;
    case k_multiply_channel: kernel_multiply_channel(c, a, first, last); break;
    case k_add_channel: kernel_add_channel(c, a, first, last); break;
    case k_relu: kernel_relu(c, a, first, last); break;
    case k_copy_runs: kernel_copy_runs(c, a, first, last); break;
    case k_average_pool: kernel_average_pool(c, a, first, last); break;
    case k_global_average_pool: kernel_global_average_pool(c, a, first, last); break;
    case k_dot_products: kernel_dot_products(c, a, first, last); break;
    case k_moments_part: kernel_moments_part(c, a, first, last); break;
    case k_moments_merge: kernel_moments_merge(c, a, first, last); break;
    case k_running_moment: kernel_running_moment(c, a, first, last); break;
    case k_normalize: kernel_normalize(c, a, first, last); break;
    case k_softmax_cross_entropy_rows: kernel_softmax_cross_entropy_rows(c, a, first, last); break;
    case k_mean_of_parts: kernel_mean_of_parts(c, a, first, last); break;
    case k_softmax_cross_entropy_gradient: kernel_softmax_cross_entropy_gradient(c, a, first, last); break;
    case k_product: kernel_product(c, a, first, last); break;
    case k_sum_columns: kernel_sum_columns(c, a, first, last); break;
    case k_global_average_pool_gradient: kernel_global_average_pool_gradient(c, a, first, last); break;
    case k_relu_gradient: kernel_relu_gradient(c, a, first, last); break;
    case k_normalize_reduce: kernel_normalize_reduce(c, a, first, last); break;
    case k_normalize_input_gradient: kernel_normalize_input_gradient(c, a, first, last); break;
    case k_normalize_moments_gradient: kernel_normalize_moments_gradient(c, a, first, last); break;
    case k_select_moment: kernel_select_moment(c, a, first, last); break;
    case k_moments_gradient: kernel_moments_gradient(c, a, first, last); break;
    case k_add: kernel_add(c, a, first, last); break;
    case k_convolution_transpose: kernel_convolution_transpose(c, a, first, last); break;
    case k_convolution_backward_data: kernel_convolution_backward_data(c, a, first, last); break;
    case k_convolution_backward_weights: kernel_convolution_backward_weights(c, a, first, last); break;
    case k_convolution_weights_reduce: kernel_convolution_weights_reduce(c, a, first, last); break;
    case k_average_pool_gradient: kernel_average_pool_gradient(c, a, first, last); break;
    case k_sgd_momentum: kernel_sgd_momentum(c, a, first, last); break;
    case k_sgd_nesterov: kernel_sgd_nesterov(c, a, first, last); break;
    case k_reciprocal_square_root: kernel_reciprocal_square_root(c, a, first, last); break;
    case k_multiply: kernel_multiply(c, a, first, last); break;
    case k_subtract: kernel_subtract(c, a, first, last); break;
    default: break;
  }
}

/* The threads of a pool, in the caller's storage. Thread 0 is whoever calls an entry point. */
struct pool {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  int32_t threads;
  int32_t opened;
  const struct dense_net_arguments *arguments;
  const int64_t *rows;        /* null: end */
  char apart_1[64];           /* what all threads write stands on lines of its own */
  uint32_t arrived;
  uint32_t sleepers;
  char apart_2[64];
  uint32_t phase;             /* number of barriers passed */
  char apart_3[64];
  uint32_t call;              /* number of calls begun */
  char apart_4[64];
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

/* Waits until *word differs from `old`: spins for some tens of microseconds, then sleeps. A thread that had to sleep
   spins less the next time, so that more threads than cores do not wait for each other by burning time. */
static void await_change(struct pool *pool, uint32_t *word, uint32_t old, int32_t *patience) {
  for (int32_t i = 0; i < *patience; ++i) {
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != old) {
      if (*patience < 1024) *patience *= 2;
      return;
    }
    pause_briefly();
  }
  if (*patience > 16) *patience /= 2;
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

/* Nobody leaves before all have come. */
static void barrier(struct pool *pool, int32_t *patience) {
  const uint32_t phase = __atomic_load_n(&pool->phase, __ATOMIC_RELAXED);
  if (__atomic_add_fetch(&pool->arrived, 1, __ATOMIC_ACQ_REL) == (uint32_t)pool->threads) {
    __atomic_store_n(&pool->arrived, 0, __ATOMIC_RELAXED);
    announce(pool, &pool->phase, phase + 1);
  } else {
    await_change(pool, &pool->phase, phase, patience);
  }
}

/* Walks a call table as one of `threads` threads. A row is: kernel (with WAIT: after all threads have finished the
   rows before), words of the row, tasks, the kernel's arguments. Tasks are split into runs of neighbours; how many
   threads there are decides who computes a task, never what it computes.

   Denormal numbers are flushed to zero while a table runs. They appear where gradients and momenta die out, cost
   some hundred cycles each on common CPUs, and are below anything single precision resolves next to a normal
   number; training and inference do the same, so that they agree. The caller's mode is restored. */
#define WAIT (INT64_C(1) << 32)
static void walk(const struct dense_net_arguments *arguments, const int64_t *rows, struct pool *pool, int64_t thread,
                 int64_t threads, int32_t *patience) {
#if defined(__SSE__)
  const unsigned int mode = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(mode | 0x8040u);
#endif
  struct context c;
  c.arena[0] = (unsigned char *)(uintptr_t)arguments->parameters;
  c.arena[1] = (unsigned char *)(uintptr_t)arguments->optimizer;
  c.arena[2] = (unsigned char *)(uintptr_t)arguments->state;
  c.arena[3] = (unsigned char *)(uintptr_t)arguments->gradients;
  c.arena[4] = (unsigned char *)(uintptr_t)arguments->workspace;
  c.arena[5] = (unsigned char *)(uintptr_t)arguments->prepared;
  c.arena[6] = (unsigned char *)(uintptr_t)arguments->constants;
  c.arena[7] = (unsigned char *)(uintptr_t)arguments->input;
  c.arena[8] = (unsigned char *)(uintptr_t)arguments->labels;
  c.arena[9] = (unsigned char *)(uintptr_t)arguments->target;
  c.arena[10] = (unsigned char *)(uintptr_t)arguments->output;
  c.arguments = arguments;
  c.scratch = arguments->scratch ? arguments->scratch + thread * INT64_C(24832) : 0;
  int64_t number = 0;
  for (const int64_t *row = rows; row[0] != 0; row += row[1], ++number) {
    if (pool && row[0] & WAIT) barrier(pool, patience);
    const int64_t tasks = row[2];
    /* rows with fewer tasks than threads take turns in whom they occupy */
    const int64_t rank = tasks < threads ? (thread + number) % threads : thread;
    const int64_t first = rank * tasks / threads, last = (rank + 1) * tasks / threads;
    if (first < last) dispatch(row[0] & (WAIT - 1), &c, row + 3, first, last);
  }
  if (pool) barrier(pool, patience);
#if defined(__SSE__)
  __builtin_ia32_ldmxcsr(mode);
#endif
}

static void *work(void *opaque) {
  const struct worker *self = opaque;
  struct pool *pool = self->pool;
  int32_t patience = 256;
  for (uint32_t call = 0;; ++call) {
    await_change(pool, &pool->call, call, &patience);
    if (!pool->rows) return 0;
    walk(pool->arguments, pool->rows, pool, self->index, pool->threads, &patience);
  }
}

static int start(const struct dense_net_arguments *arguments, const int64_t *rows) {
  struct pool *pool = arguments->pool;
  int32_t patience = 256;
  if (!pool || pool->threads == 1) {
    walk(arguments, rows, 0, 0, 1, &patience);
    return 0;
  }
  pool->arguments = arguments;
  pool->rows = rows;
  announce(pool, &pool->call, pool->call + 1);
  walk(arguments, rows, pool, 0, pool->threads, &patience);
  return 0;
}

size_t dense_net_pool_bytes(int threads) {
  return sizeof(struct pool) + (size_t)(threads > 1 ? threads : 1) * sizeof(struct worker);
}

int dense_net_pool_open(void *storage, int threads) {
  struct pool *pool = storage;
  struct worker *workers = (struct worker *)(void *)(pool + 1);
  pool->threads = threads > 1 ? threads : 1;
  pool->opened = 1;
  pool->arguments = 0;
  pool->rows = 0;
  pool->arrived = pool->sleepers = pool->phase = pool->call = 0;
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
  struct worker *workers = (struct worker *)(void *)(pool + 1);
  pool->rows = 0;
  announce(pool, &pool->call, pool->call + 1);
  for (int32_t i = 1; i < pool->opened; ++i) pthread_join(workers[i].thread, 0);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static const int64_t dense_net_infer_1_rows[] = {
  k_convolution,43,1,X+0,P+0,-1,W+0,1,1,3,8,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,10,100,1,1,1,1,8,0,128,256, // %2 convolution f32[1,8,8,8] densenet.swift:29
  WAIT+k_multiply_channel,10,1,W+0,R+0,W+2048,8,8,64,256, // %9 multiply_channel f32[1,8,8,8] densenet.swift:31
  WAIT+k_add_channel,10,1,W+2048,R+64,W+2048,8,8,64,256, // %10 add_channel f32[1,8,8,8] densenet.swift:31
  WAIT+k_relu,6,1,W+2048,W+2048,512, // %11 relu f32[1,8,8,8] densenet.swift:31
  WAIT+k_convolution,43,2,W+2048,R+192,R+128,W+4096,1,1,8,16,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,1,1,64,1,64,64,1,1,1,2,8,0,64,128, // %19 convolution f32[1,16,8,8] densenet.swift:31
  WAIT+k_relu,6,1,W+4096,W+4096,1024, // %20 relu f32[1,16,8,8] densenet.swift:31
  WAIT+k_convolution,43,1,W+4096,P+1664,-1,W+2048,1,1,16,4,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,10,100,1,1,1,1,4,0,128,256, // %22 convolution f32[1,4,8,8] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+0,W+3072,1,512,512,768,32, // %23 concat f32[1,12,8,8] densenet.swift:31
  k_copy_runs,10,1,W+2048,W+5120,1,256,256,768,64, // %23 concat f32[1,12,8,8] densenet.swift:31
  WAIT+k_multiply_channel,10,1,W+3072,R+704,W+3072,12,12,64,256, // %30 multiply_channel f32[1,12,8,8] densenet.swift:34
  WAIT+k_add_channel,10,1,W+3072,R+768,W+3072,12,12,64,256, // %31 add_channel f32[1,12,8,8] densenet.swift:34
  WAIT+k_relu,6,1,W+3072,W+3072,768, // %32 relu f32[1,12,8,8] densenet.swift:34
  WAIT+k_convolution,43,1,W+3072,P+4096,-1,W+6144,1,1,12,6,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,1,1,64,1,64,64,1,1,1,1,6,0,64,128, // %34 convolution f32[1,6,8,8] densenet.swift:34
  WAIT+k_average_pool,26,1,W+6144,W+7680,6,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %35 average_pool f32[1,6,4,4] densenet.swift:34
  WAIT+k_multiply_channel,10,1,W+7680,R+832,W+0,6,6,16,1024, // %42 multiply_channel f32[1,6,4,4] densenet.swift:31
  WAIT+k_add_channel,10,1,W+0,R+896,W+0,6,6,16,1024, // %43 add_channel f32[1,6,4,4] densenet.swift:31
  WAIT+k_relu,6,1,W+0,W+0,96, // %44 relu f32[1,6,4,4] densenet.swift:31
  WAIT+k_convolution,43,2,W+0,R+1024,R+960,W+384,1,1,6,16,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,1,1,16,1,16,16,1,1,1,2,8,0,64,128, // %52 convolution f32[1,16,4,4] densenet.swift:31
  WAIT+k_relu,6,1,W+384,W+384,256, // %53 relu f32[1,16,4,4] densenet.swift:31
  WAIT+k_convolution,43,1,W+384,P+5056,-1,W+0,1,1,16,4,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,6,36,1,1,1,1,4,0,128,192, // %55 convolution f32[1,4,4,4] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+7680,W+256,1,96,96,160,170, // %56 concat f32[1,10,4,4] densenet.swift:31
  k_copy_runs,10,1,W+0,W+640,1,64,64,160,256, // %56 concat f32[1,10,4,4] densenet.swift:31
  WAIT+k_multiply_channel,10,1,W+256,R+1408,W+256,10,10,16,1024, // %63 multiply_channel f32[1,10,4,4] densenet.swift:34
  WAIT+k_add_channel,10,1,W+256,R+1472,W+256,10,10,16,1024, // %64 add_channel f32[1,10,4,4] densenet.swift:34
  WAIT+k_relu,6,1,W+256,W+256,160, // %65 relu f32[1,10,4,4] densenet.swift:34
  WAIT+k_convolution,43,1,W+256,P+7488,-1,W+896,1,1,10,5,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,1,1,16,1,16,16,1,1,1,1,5,0,64,128, // %67 convolution f32[1,5,4,4] densenet.swift:34
  WAIT+k_average_pool,26,1,W+896,W+0,5,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %68 average_pool f32[1,5,2,2] densenet.swift:34
  WAIT+k_multiply_channel,10,1,W+0,R+1536,W+128,5,5,4,4096, // %75 multiply_channel f32[1,5,2,2] densenet.swift:31
  WAIT+k_add_channel,10,1,W+128,R+1600,W+128,5,5,4,4096, // %76 add_channel f32[1,5,2,2] densenet.swift:31
  WAIT+k_relu,6,1,W+128,W+128,20, // %77 relu f32[1,5,2,2] densenet.swift:31
  WAIT+k_convolution,43,2,W+128,R+1728,R+1664,W+256,1,1,5,16,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,1,1,4,1,4,4,1,1,1,2,8,0,64,128, // %85 convolution f32[1,16,2,2] densenet.swift:31
  WAIT+k_relu,6,1,W+256,W+256,64, // %86 relu f32[1,16,2,2] densenet.swift:31
  WAIT+k_convolution,43,1,W+256,P+8320,-1,W+128,1,1,16,4,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,4,16,1,1,1,1,4,0,128,192, // %88 convolution f32[1,4,2,2] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+0,W+192,1,20,20,36,819, // %89 concat f32[1,9,2,2] densenet.swift:31
  k_copy_runs,10,1,W+128,W+272,1,16,16,36,1024, // %89 concat f32[1,9,2,2] densenet.swift:31
  WAIT+k_multiply_channel,10,1,W+192,R+2048,W+192,9,9,4,4096, // %96 multiply_channel f32[1,9,2,2] densenet.swift:37
  WAIT+k_add_channel,10,1,W+192,R+2112,W+192,9,9,4,4096, // %97 add_channel f32[1,9,2,2] densenet.swift:37
  WAIT+k_relu,6,1,W+192,W+192,36, // %98 relu f32[1,9,2,2] densenet.swift:37
  WAIT+k_global_average_pool,8,1,W+192,W+0,9,4,4096, // %99 global_average_pool f32[1,9] densenet.swift:37
  WAIT+k_dot_products,10,1,W+0,P+10752,P+11136,Y+0,1,10,9, // %102 linear f32[1,10] densenet.swift:37
  k_end,
};

int dense_net_infer_1(const struct dense_net_arguments *arguments) {
  return start(arguments, dense_net_infer_1_rows);
}

static const int64_t dense_net_infer_8_rows[] = {
  k_convolution,43,8,X+0,P+0,-1,W+0,8,1,3,8,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,10,100,1,1,1,1,8,0,128,256, // %2 convolution f32[8,8,8,8] densenet.swift:29
  WAIT+k_multiply_channel,10,1,W+0,R+0,W+16384,64,8,64,256, // %9 multiply_channel f32[8,8,8,8] densenet.swift:31
  WAIT+k_add_channel,10,1,W+16384,R+64,W+16384,64,8,64,256, // %10 add_channel f32[8,8,8,8] densenet.swift:31
  WAIT+k_relu,6,1,W+16384,W+16384,4096, // %11 relu f32[8,8,8,8] densenet.swift:31
  WAIT+k_convolution,43,4,W+16384,R+192,R+128,W+32768,8,1,8,16,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,4,1,64,1,64,256,1,1,1,2,8,0,64,128, // %19 convolution f32[8,16,8,8] densenet.swift:31
  WAIT+k_relu,6,1,W+32768,W+32768,8192, // %20 relu f32[8,16,8,8] densenet.swift:31
  WAIT+k_convolution,43,8,W+32768,P+1664,-1,W+16384,8,1,16,4,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,10,100,1,1,1,1,4,0,128,256, // %22 convolution f32[8,4,8,8] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+0,W+24576,8,512,512,768,32, // %23 concat f32[8,12,8,8] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+16384,W+26624,8,256,256,768,64, // %23 concat f32[8,12,8,8] densenet.swift:31
  WAIT+k_multiply_channel,10,1,W+24576,R+704,W+24576,96,12,64,256, // %30 multiply_channel f32[8,12,8,8] densenet.swift:34
  WAIT+k_add_channel,10,1,W+24576,R+768,W+24576,96,12,64,256, // %31 add_channel f32[8,12,8,8] densenet.swift:34
  WAIT+k_relu,6,1,W+24576,W+24576,6144, // %32 relu f32[8,12,8,8] densenet.swift:34
  WAIT+k_convolution,43,2,W+24576,P+4096,-1,W+49152,8,1,12,6,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,4,1,64,1,64,256,1,1,1,1,6,0,64,128, // %34 convolution f32[8,6,8,8] densenet.swift:34
  WAIT+k_average_pool,26,1,W+49152,W+61440,48,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %35 average_pool f32[8,6,4,4] densenet.swift:34
  WAIT+k_multiply_channel,10,1,W+61440,R+832,W+0,48,6,16,1024, // %42 multiply_channel f32[8,6,4,4] densenet.swift:31
  WAIT+k_add_channel,10,1,W+0,R+896,W+0,48,6,16,1024, // %43 add_channel f32[8,6,4,4] densenet.swift:31
  WAIT+k_relu,6,1,W+0,W+0,768, // %44 relu f32[8,6,4,4] densenet.swift:31
  WAIT+k_convolution,43,2,W+0,R+1024,R+960,W+3072,8,1,6,16,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,128,1,1,1,2,8,0,64,128, // %52 convolution f32[8,16,4,4] densenet.swift:31
  WAIT+k_relu,6,1,W+3072,W+3072,2048, // %53 relu f32[8,16,4,4] densenet.swift:31
  WAIT+k_convolution,43,8,W+3072,P+5056,-1,W+0,8,1,16,4,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,6,36,1,1,1,1,4,0,128,192, // %55 convolution f32[8,4,4,4] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+61440,W+2048,8,96,96,160,170, // %56 concat f32[8,10,4,4] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+0,W+2432,8,64,64,160,256, // %56 concat f32[8,10,4,4] densenet.swift:31
  WAIT+k_multiply_channel,10,1,W+2048,R+1408,W+2048,80,10,16,1024, // %63 multiply_channel f32[8,10,4,4] densenet.swift:34
  WAIT+k_add_channel,10,1,W+2048,R+1472,W+2048,80,10,16,1024, // %64 add_channel f32[8,10,4,4] densenet.swift:34
  WAIT+k_relu,6,1,W+2048,W+2048,1280, // %65 relu f32[8,10,4,4] densenet.swift:34
  WAIT+k_convolution,43,1,W+2048,P+7488,-1,W+7168,8,1,10,5,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,128,1,1,1,1,5,0,64,128, // %67 convolution f32[8,5,4,4] densenet.swift:34
  WAIT+k_average_pool,26,1,W+7168,W+0,40,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %68 average_pool f32[8,5,2,2] densenet.swift:34
  WAIT+k_multiply_channel,10,1,W+0,R+1536,W+640,40,5,4,4096, // %75 multiply_channel f32[8,5,2,2] densenet.swift:31
  WAIT+k_add_channel,10,1,W+640,R+1600,W+640,40,5,4,4096, // %76 add_channel f32[8,5,2,2] densenet.swift:31
  WAIT+k_relu,6,1,W+640,W+640,160, // %77 relu f32[8,5,2,2] densenet.swift:31
  WAIT+k_convolution,43,2,W+640,R+1728,R+1664,W+1280,8,1,5,16,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,8,1,4,1,4,32,1,1,1,2,8,0,64,128, // %85 convolution f32[8,16,2,2] densenet.swift:31
  WAIT+k_relu,6,1,W+1280,W+1280,512, // %86 relu f32[8,16,2,2] densenet.swift:31
  WAIT+k_convolution,43,8,W+1280,P+8320,-1,W+640,8,1,16,4,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,4,16,1,1,1,1,4,0,128,192, // %88 convolution f32[8,4,2,2] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+0,W+1152,8,20,20,36,819, // %89 concat f32[8,9,2,2] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+640,W+1232,8,16,16,36,1024, // %89 concat f32[8,9,2,2] densenet.swift:31
  WAIT+k_multiply_channel,10,1,W+1152,R+2048,W+1152,72,9,4,4096, // %96 multiply_channel f32[8,9,2,2] densenet.swift:37
  WAIT+k_add_channel,10,1,W+1152,R+2112,W+1152,72,9,4,4096, // %97 add_channel f32[8,9,2,2] densenet.swift:37
  WAIT+k_relu,6,1,W+1152,W+1152,288, // %98 relu f32[8,9,2,2] densenet.swift:37
  WAIT+k_global_average_pool,8,1,W+1152,W+0,72,4,4096, // %99 global_average_pool f32[8,9] densenet.swift:37
  WAIT+k_dot_products,10,1,W+0,P+10752,P+11136,Y+0,8,10,9, // %102 linear f32[8,10] densenet.swift:37
  k_end,
};

int dense_net_infer_8(const struct dense_net_arguments *arguments) {
  return start(arguments, dense_net_infer_8_rows);
}

static const int64_t dense_net_train_8_rows[] = {
  k_convolution,43,8,X+0,P+0,-1,W+0,8,1,3,8,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,10,100,1,1,1,1,8,0,128,256, // %2 convolution f32[8,8,8,8] densenet.swift:29
  WAIT+k_moments_part,10,32,W+0,W+228032,8,8,64,1,4, // %7 moments f32[1,2,8] densenet.swift:31
  WAIT+k_moments_merge,7,8,W+228032,W+16384,8,4, // %7 moments f32[1,2,8] densenet.swift:31
  WAIT+k_running_moment,11,1,S+0,W+16384,S+0,1,8,0,0x3f666666,0x3dcccccd, // %8 running_mean f32[8] densenet.swift:31
  k_running_moment,11,1,S+64,W+16384,S+64,1,8,1,0x3f666666,0x3dcd3367, // %9 running_variance f32[8] densenet.swift:31
  k_normalize,15,1,W+0,W+16384,P+896,P+960,W+16448,64,8,64,256,8,1,0x3ee4f8b588e368f1, // %10 normalize f32[8,8,8,8] densenet.swift:31
  WAIT+k_relu,6,1,W+16448,W+16448,4096, // %11 relu f32[8,8,8,8] densenet.swift:31
  WAIT+k_convolution,43,4,W+16448,P+1024,-1,W+32832,8,1,8,16,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,4,1,64,1,64,256,1,1,1,2,8,0,64,128, // %13 convolution f32[8,16,8,8] densenet.swift:31
  WAIT+k_moments_part,10,32,W+32832,W+228032,8,16,64,1,2, // %18 moments f32[1,2,16] densenet.swift:31
  WAIT+k_moments_merge,7,16,W+228032,W+65600,16,2, // %18 moments f32[1,2,16] densenet.swift:31
  WAIT+k_running_moment,11,1,S+128,W+65600,S+128,1,16,0,0x3f666666,0x3dcccccd, // %19 running_mean f32[16] densenet.swift:31
  k_running_moment,11,1,S+192,W+65600,S+192,1,16,1,0x3f666666,0x3dcd3367, // %20 running_variance f32[16] densenet.swift:31
  k_normalize,15,1,W+32832,W+65600,P+1536,P+1600,W+65728,128,16,64,256,8,1,0x3ee4f8b588e368f1, // %21 normalize f32[8,16,8,8] densenet.swift:31
  WAIT+k_relu,6,1,W+65728,W+65728,8192, // %22 relu f32[8,16,8,8] densenet.swift:31
  WAIT+k_convolution,43,8,W+65728,P+1664,-1,W+98496,8,1,16,4,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,10,100,1,1,1,1,4,0,128,256, // %24 convolution f32[8,4,8,8] densenet.swift:31
  k_copy_runs,10,1,W+0,W+106688,8,512,512,768,32, // %25 concat f32[8,12,8,8] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+98496,W+108736,8,256,256,768,64, // %25 concat f32[8,12,8,8] densenet.swift:31
  k_moments_part,10,32,W+98496,W+228032,8,4,64,1,8, // %30 moments f32[1,2,4] densenet.swift:34
  WAIT+k_moments_merge,7,4,W+228032,W+131264,4,8, // %30 moments f32[1,2,4] densenet.swift:34
  k_copy_runs,10,1,W+16384,W+131328,2,8,8,12,2048, // %31 concat f32[1,2,12] densenet.swift:34
  WAIT+k_copy_runs,10,1,W+131264,W+131360,2,4,4,12,4096, // %31 concat f32[1,2,12] densenet.swift:34
  WAIT+k_running_moment,11,1,S+256,W+131328,S+256,1,12,0,0x3f666666,0x3dcccccd, // %32 running_mean f32[12] densenet.swift:34
  k_running_moment,11,1,S+320,W+131328,S+320,1,12,1,0x3f666666,0x3dcd3367, // %33 running_variance f32[12] densenet.swift:34
  k_normalize,15,1,W+106688,W+131328,P+3968,P+4032,W+131456,96,12,64,256,8,1,0x3ee4f8b588e368f1, // %34 normalize f32[8,12,8,8] densenet.swift:34
  WAIT+k_relu,6,1,W+131456,W+131456,6144, // %35 relu f32[8,12,8,8] densenet.swift:34
  WAIT+k_convolution,43,2,W+131456,P+4096,-1,W+156032,8,1,12,6,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,4,1,64,1,64,256,1,1,1,1,6,0,64,128, // %37 convolution f32[8,6,8,8] densenet.swift:34
  WAIT+k_average_pool,26,1,W+156032,W+168320,48,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %38 average_pool f32[8,6,4,4] densenet.swift:34
  WAIT+k_moments_part,10,30,W+168320,W+228032,8,6,16,1,5, // %43 moments f32[1,2,6] densenet.swift:31
  WAIT+k_moments_merge,7,6,W+228032,W+156032,6,5, // %43 moments f32[1,2,6] densenet.swift:31
  WAIT+k_running_moment,11,1,S+384,W+156032,S+384,1,6,0,0x3f666666,0x3dcccccd, // %44 running_mean f32[6] densenet.swift:31
  k_running_moment,11,1,S+448,W+156032,S+448,1,6,1,0x3f666666,0x3dce69a0, // %45 running_variance f32[6] densenet.swift:31
  k_normalize,15,1,W+168320,W+156032,P+4416,P+4480,W+156096,48,6,16,1024,8,1,0x3ee4f8b588e368f1, // %46 normalize f32[8,6,4,4] densenet.swift:31
  WAIT+k_relu,6,1,W+156096,W+156096,768, // %47 relu f32[8,6,4,4] densenet.swift:31
  WAIT+k_convolution,43,2,W+156096,P+4544,-1,W+159168,8,1,6,16,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,128,1,1,1,2,8,0,64,128, // %49 convolution f32[8,16,4,4] densenet.swift:31
  WAIT+k_moments_part,10,32,W+159168,W+228032,8,16,16,1,2, // %54 moments f32[1,2,16] densenet.swift:31
  WAIT+k_moments_merge,7,16,W+228032,W+167360,16,2, // %54 moments f32[1,2,16] densenet.swift:31
  WAIT+k_running_moment,11,1,S+512,W+167360,S+512,1,16,0,0x3f666666,0x3dcccccd, // %55 running_mean f32[16] densenet.swift:31
  k_running_moment,11,1,S+576,W+167360,S+576,1,16,1,0x3f666666,0x3dce69a0, // %56 running_variance f32[16] densenet.swift:31
  k_normalize,15,1,W+159168,W+167360,P+4928,P+4992,W+171392,128,16,16,1024,8,1,0x3ee4f8b588e368f1, // %57 normalize f32[8,16,4,4] densenet.swift:31
  WAIT+k_relu,6,1,W+171392,W+171392,2048, // %58 relu f32[8,16,4,4] densenet.swift:31
  WAIT+k_convolution,43,8,W+171392,P+5056,-1,W+179584,8,1,16,4,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,6,36,1,1,1,1,4,0,128,192, // %60 convolution f32[8,4,4,4] densenet.swift:31
  k_copy_runs,10,1,W+168320,W+181632,8,96,96,160,170, // %61 concat f32[8,10,4,4] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+179584,W+182016,8,64,64,160,256, // %61 concat f32[8,10,4,4] densenet.swift:31
  k_moments_part,10,32,W+179584,W+228032,8,4,16,1,8, // %66 moments f32[1,2,4] densenet.swift:34
  WAIT+k_moments_merge,7,4,W+228032,W+167488,4,8, // %66 moments f32[1,2,4] densenet.swift:34
  k_copy_runs,10,1,W+156032,W+167552,2,6,6,10,2730, // %67 concat f32[1,2,10] densenet.swift:34
  WAIT+k_copy_runs,10,1,W+167488,W+167576,2,4,4,10,4096, // %67 concat f32[1,2,10] densenet.swift:34
  WAIT+k_running_moment,11,1,S+640,W+167552,S+640,1,10,0,0x3f666666,0x3dcccccd, // %68 running_mean f32[10] densenet.swift:34
  k_running_moment,11,1,S+704,W+167552,S+704,1,10,1,0x3f666666,0x3dce69a0, // %69 running_variance f32[10] densenet.swift:34
  k_normalize,15,1,W+181632,W+167552,P+7360,P+7424,W+186752,80,10,16,1024,8,1,0x3ee4f8b588e368f1, // %70 normalize f32[8,10,4,4] densenet.swift:34
  WAIT+k_relu,6,1,W+186752,W+186752,1280, // %71 relu f32[8,10,4,4] densenet.swift:34
  WAIT+k_convolution,43,1,W+186752,P+7488,-1,W+191872,8,1,10,5,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,128,1,1,1,1,5,0,64,128, // %73 convolution f32[8,5,4,4] densenet.swift:34
  WAIT+k_average_pool,26,1,W+191872,W+167680,40,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %74 average_pool f32[8,5,2,2] densenet.swift:34
  WAIT+k_moments_part,10,30,W+167680,W+228032,8,5,4,1,6, // %79 moments f32[1,2,5] densenet.swift:31
  WAIT+k_moments_merge,7,5,W+228032,W+191872,5,6, // %79 moments f32[1,2,5] densenet.swift:31
  WAIT+k_running_moment,11,1,S+768,W+191872,S+768,1,5,0,0x3f666666,0x3dcccccd, // %80 running_mean f32[5] densenet.swift:31
  k_running_moment,11,1,S+832,W+191872,S+832,1,5,1,0x3f666666,0x3dd3680d, // %81 running_variance f32[5] densenet.swift:31
  k_normalize,15,1,W+167680,W+191872,P+7744,P+7808,W+191936,40,5,4,4096,8,1,0x3ee4f8b588e368f1, // %82 normalize f32[8,5,2,2] densenet.swift:31
  WAIT+k_relu,6,1,W+191936,W+191936,160, // %83 relu f32[8,5,2,2] densenet.swift:31
  WAIT+k_convolution,43,2,W+191936,P+7872,-1,W+192576,8,1,5,16,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,8,1,4,1,4,32,1,1,1,2,8,0,64,128, // %85 convolution f32[8,16,2,2] densenet.swift:31
  WAIT+k_moments_part,10,32,W+192576,W+228032,8,16,4,1,2, // %90 moments f32[1,2,16] densenet.swift:31
  WAIT+k_moments_merge,7,16,W+228032,W+194624,16,2, // %90 moments f32[1,2,16] densenet.swift:31
  WAIT+k_running_moment,11,1,S+896,W+194624,S+896,1,16,0,0x3f666666,0x3dcccccd, // %91 running_mean f32[16] densenet.swift:31
  k_running_moment,11,1,S+960,W+194624,S+960,1,16,1,0x3f666666,0x3dd3680d, // %92 running_variance f32[16] densenet.swift:31
  k_normalize,15,1,W+192576,W+194624,P+8192,P+8256,W+194752,128,16,4,4096,8,1,0x3ee4f8b588e368f1, // %93 normalize f32[8,16,2,2] densenet.swift:31
  WAIT+k_relu,6,1,W+194752,W+194752,512, // %94 relu f32[8,16,2,2] densenet.swift:31
  WAIT+k_convolution,43,8,W+194752,P+8320,-1,W+196800,8,1,16,4,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,4,16,1,1,1,1,4,0,128,192, // %96 convolution f32[8,4,2,2] densenet.swift:31
  k_copy_runs,10,1,W+167680,W+197312,8,20,20,36,819, // %97 concat f32[8,9,2,2] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+196800,W+197392,8,16,16,36,1024, // %97 concat f32[8,9,2,2] densenet.swift:31
  k_moments_part,10,32,W+196800,W+228032,8,4,4,1,8, // %102 moments f32[1,2,4] densenet.swift:37
  WAIT+k_moments_merge,7,4,W+228032,W+198464,4,8, // %102 moments f32[1,2,4] densenet.swift:37
  k_copy_runs,10,1,W+191872,W+198528,2,5,5,9,3276, // %103 concat f32[1,2,9] densenet.swift:37
  WAIT+k_copy_runs,10,1,W+198464,W+198548,2,4,4,9,4096, // %103 concat f32[1,2,9] densenet.swift:37
  WAIT+k_running_moment,11,1,S+1024,W+198528,S+1024,1,9,0,0x3f666666,0x3dcccccd, // %104 running_mean f32[9] densenet.swift:37
  k_running_moment,11,1,S+1088,W+198528,S+1088,1,9,1,0x3f666666,0x3dd3680d, // %105 running_variance f32[9] densenet.swift:37
  k_normalize,15,1,W+197312,W+198528,P+10624,P+10688,W+198656,72,9,4,4096,8,1,0x3ee4f8b588e368f1, // %106 normalize f32[8,9,2,2] densenet.swift:37
  WAIT+k_relu,6,1,W+198656,W+198656,288, // %107 relu f32[8,9,2,2] densenet.swift:37
  WAIT+k_global_average_pool,8,1,W+198656,W+199808,72,4,4096, // %108 global_average_pool f32[8,9] densenet.swift:37
  WAIT+k_dot_products,10,1,W+199808,P+10752,P+11136,Y+64,8,10,9, // %111 linear f32[8,10] densenet.swift:37
  WAIT+k_softmax_cross_entropy_rows,9,1,Y+64,L+0,W+228032,8,10,102, // %113 softmax_cross_entropy f32[] densenet.swift:37
  WAIT+k_mean_of_parts,7,1,W+228032,Y+0,8,8, // %113 softmax_cross_entropy f32[] densenet.swift:37
  k_softmax_cross_entropy_gradient,11,1,Y+64,L+0,W+200128,8,10,102,-1,0x3f800000, // %115 softmax_cross_entropy_gradient f32[8,10] densenet.swift:37
  WAIT+k_product,16,1,W+200128,P+10752,W+200448,8,9,10,10,1,9,1,8,16,0, // %116 matmul f32[8,9] densenet.swift:37
  k_product,16,1,W+200128,W+199808,W+200768,10,9,8,1,10,9,1,10,16,0, // %117 matmul f32[10,9] densenet.swift:37
  WAIT+k_sum_columns,7,1,W+200128,W+199808,8,10, // %118 sum_to_channel f32[10] densenet.swift:37
  k_global_average_pool_gradient,8,1,W+200448,W+201152,72,4,4096, // %119 global_average_pool_gradient f32[8,9,2,2] densenet.swift:37
  WAIT+k_relu_gradient,7,1,W+201152,W+198656,W+201152,288, // %120 relu_gradient f32[8,9,2,2] densenet.swift:37
  WAIT+k_normalize_reduce,12,9,W+201152,W+197312,W+198528,W+199872,8,9,4,1,0x3ee4f8b588e368f1, // %121 normalize_reduce f32[1,2,9] densenet.swift:37
  WAIT+k_normalize_input_gradient,14,1,W+201152,W+198528,P+10624,W+201152,72,9,4,4096,8,1,0x3ee4f8b588e368f1, // %122 normalize_input_gradient f32[8,9,2,2] densenet.swift:37
  k_normalize_moments_gradient,10,1,W+199872,W+198528,P+10624,W+200000,1,9,0x3ee4f8b588e368f1, // %123 normalize_moments_gradient f32[1,2,9] densenet.swift:37
  k_select_moment,8,1,W+199872,W+200128,1,9,1, // %124 select_moment f32[9] densenet.swift:37
  k_select_moment,8,1,W+199872,W+200192,1,9,0, // %125 select_moment f32[9] densenet.swift:37
  WAIT+k_copy_runs,10,1,W+200000,W+199872,2,5,9,5,3276, // %126 slice f32[1,2,5] densenet.swift:37
  k_copy_runs,10,1,W+200020,W+199936,2,4,9,4,4096, // %127 slice f32[1,2,4] densenet.swift:37
  WAIT+k_moments_gradient,13,1,W+196800,W+199936,W+198464,W+200256,32,4,4,4096,8,1, // %128 moments_gradient f32[8,4,2,2] densenet.swift:37
  WAIT+k_copy_runs,10,1,W+201152,W+196800,8,20,36,20,819, // %129 slice f32[8,5,2,2] densenet.swift:31
  k_copy_runs,10,1,W+201232,W+197440,8,16,36,16,1024, // %130 slice f32[8,4,2,2] densenet.swift:31
  WAIT+k_add,7,1,W+200256,W+197440,W+200256,128, // %131 add f32[8,4,2,2] densenet.swift:31
  k_convolution_transpose,18,16,P+8320,W+228032,1,16,4,1,3,3,1,1,1,1,1,1,0, // %132 convolution_backward_data f32[8,16,2,2] densenet.swift:31
  WAIT+k_convolution_backward_data,49,16,W+200256,W+228032,W+197440,8,1,16,4,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,4,16,1,1,1,0,1,1,0,2,2,2,8,0,128,192,512, // %132 convolution_backward_data f32[8,16,2,2] densenet.swift:31
  WAIT+k_convolution_backward_weights,47,16,W+200256,W+194752,W+228032,8,1,16,4,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,4,16,1,1,1,8,8,2,8,8,0,128,192,768,896, // %133 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  WAIT+k_convolution_weights_reduce,11,3,W+228032,W+201152,8,1,4,144,8,3, // %133 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  k_relu_gradient,7,1,W+197440,W+194752,W+197440,512, // %134 relu_gradient f32[8,16,2,2] densenet.swift:31
  WAIT+k_normalize_reduce,12,16,W+197440,W+192576,W+194624,W+199936,8,16,4,1,0x3ee4f8b588e368f1, // %135 normalize_reduce f32[1,2,16] densenet.swift:31
  WAIT+k_normalize_input_gradient,14,1,W+197440,W+194624,P+8192,W+197440,128,16,4,4096,8,1,0x3ee4f8b588e368f1, // %136 normalize_input_gradient f32[8,16,2,2] densenet.swift:31
  k_normalize_moments_gradient,10,1,W+199936,W+194624,P+8192,W+199488,1,16,0x3ee4f8b588e368f1, // %137 normalize_moments_gradient f32[1,2,16] densenet.swift:31
  k_select_moment,8,1,W+199936,W+200064,1,16,1, // %138 select_moment f32[16] densenet.swift:31
  k_select_moment,8,1,W+199936,W+199616,1,16,0, // %139 select_moment f32[16] densenet.swift:31
  WAIT+k_moments_gradient,13,1,W+192576,W+199488,W+194624,W+194752,128,16,4,4096,8,1, // %140 moments_gradient f32[8,16,2,2] densenet.swift:31
  WAIT+k_add,7,1,W+197440,W+194752,W+197440,512, // %141 add f32[8,16,2,2] densenet.swift:31
  k_convolution_transpose,18,5,P+7872,W+228032,1,5,16,1,1,1,1,1,1,1,1,1,0, // %142 convolution_backward_data f32[8,5,2,2] densenet.swift:31
  WAIT+k_convolution_backward_data,49,1,W+197440,W+228032,W+192576,8,1,5,16,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,8,1,4,1,4,32,1,1,1,0,0,0,0,0,0,1,5,0,64,128,2240, // %142 convolution_backward_data f32[8,5,2,2] densenet.swift:31
  WAIT+k_convolution_backward_weights,47,1,W+197440,W+191936,W+228032,8,1,5,16,1,1,4,1,1,4,1,1,1,1,1,1,1,1,1,0,0,0,8,1,4,1,4,32,1,1,1,1,1,1,5,16,0,64,128,832,2880, // %143 convolution_backward_weights f32[16,5,1,1] densenet.swift:31
  WAIT+k_convolution_weights_reduce,11,1,W+228032,W+200256,1,1,16,5,16,1, // %143 convolution_backward_weights f32[16,5,1,1] densenet.swift:31
  k_relu_gradient,7,1,W+192576,W+191936,W+192576,160, // %144 relu_gradient f32[8,5,2,2] densenet.swift:31
  WAIT+k_normalize_reduce,12,5,W+192576,W+167680,W+191872,W+199680,8,5,4,1,0x3ee4f8b588e368f1, // %145 normalize_reduce f32[1,2,5] densenet.swift:31
  WAIT+k_normalize_input_gradient,14,1,W+192576,W+191872,P+7744,W+192576,40,5,4,4096,8,1,0x3ee4f8b588e368f1, // %146 normalize_input_gradient f32[8,5,2,2] densenet.swift:31
  k_normalize_moments_gradient,10,1,W+199680,W+191872,P+7744,W+199744,1,5,0x3ee4f8b588e368f1, // %147 normalize_moments_gradient f32[1,2,5] densenet.swift:31
  k_select_moment,8,1,W+199680,W+199936,1,5,1, // %148 select_moment f32[5] densenet.swift:31
  k_select_moment,8,1,W+199680,W+200000,1,5,0, // %149 select_moment f32[5] densenet.swift:31
  WAIT+k_add,7,1,W+196800,W+192576,W+196800,160, // %150 add f32[8,5,2,2] densenet.swift:34
  k_add,7,1,W+199872,W+199744,W+199872,10, // %151 add f32[1,2,5] densenet.swift:31
  WAIT+k_moments_gradient,13,1,W+167680,W+199872,W+191872,W+197440,40,5,4,4096,8,1, // %152 moments_gradient f32[8,5,2,2] densenet.swift:31
  WAIT+k_add,7,1,W+196800,W+197440,W+196800,160, // %153 add f32[8,5,2,2] densenet.swift:34
  WAIT+k_average_pool_gradient,26,1,W+196800,W+191872,40,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %154 average_pool_gradient f32[8,5,4,4] densenet.swift:34
  k_convolution_transpose,18,10,P+7488,W+228032,1,10,5,1,1,1,1,1,1,1,1,1,0, // %155 convolution_backward_data f32[8,10,4,4] densenet.swift:34
  WAIT+k_convolution_backward_data,49,1,W+191872,W+228032,W+194432,8,1,10,5,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,128,1,1,1,0,0,0,0,0,0,1,10,0,64,128,2752, // %155 convolution_backward_data f32[8,10,4,4] densenet.swift:34
  WAIT+k_convolution_backward_weights,47,2,W+191872,W+186752,W+228032,8,1,10,5,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,128,1,1,1,1,1,2,5,8,0,64,128,2752,6848, // %156 convolution_backward_weights f32[5,10,1,1] densenet.swift:34
  WAIT+k_convolution_weights_reduce,11,1,W+228032,W+167680,1,1,5,10,8,1, // %156 convolution_backward_weights f32[5,10,1,1] densenet.swift:34
  k_relu_gradient,7,1,W+194432,W+186752,W+194432,1280, // %157 relu_gradient f32[8,10,4,4] densenet.swift:34
  WAIT+k_normalize_reduce,12,10,W+194432,W+181632,W+167552,W+199680,8,10,16,1,0x3ee4f8b588e368f1, // %158 normalize_reduce f32[1,2,10] densenet.swift:34
  WAIT+k_normalize_input_gradient,14,1,W+194432,W+167552,P+7360,W+194432,80,10,16,1024,8,1,0x3ee4f8b588e368f1, // %159 normalize_input_gradient f32[8,10,4,4] densenet.swift:34
  k_normalize_moments_gradient,10,1,W+199680,W+167552,P+7360,W+200576,1,10,0x3ee4f8b588e368f1, // %160 normalize_moments_gradient f32[1,2,10] densenet.swift:34
  k_select_moment,8,1,W+199680,W+199552,1,10,1, // %161 select_moment f32[10] densenet.swift:34
  k_select_moment,8,1,W+199680,W+199872,1,10,0, // %162 select_moment f32[10] densenet.swift:34
  WAIT+k_copy_runs,10,1,W+200576,W+200704,2,6,10,6,2730, // %163 slice f32[1,2,6] densenet.swift:34
  k_copy_runs,10,1,W+200600,W+167552,2,4,10,4,4096, // %164 slice f32[1,2,4] densenet.swift:34
  WAIT+k_moments_gradient,13,1,W+179584,W+167552,W+167488,W+181632,32,4,16,1024,8,1, // %165 moments_gradient f32[8,4,4,4] densenet.swift:34
  k_copy_runs,10,1,W+194432,W+183680,8,96,160,96,170, // %166 slice f32[8,6,4,4] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+194816,W+179584,8,64,160,64,256, // %167 slice f32[8,4,4,4] densenet.swift:31
  WAIT+k_add,7,1,W+181632,W+179584,W+181632,512, // %168 add f32[8,4,4,4] densenet.swift:31
  k_convolution_transpose,18,16,P+5056,W+228032,1,16,4,1,3,3,1,1,1,1,1,1,0, // %169 convolution_backward_data f32[8,16,4,4] densenet.swift:31
  WAIT+k_convolution_backward_data,49,16,W+181632,W+228032,W+186752,8,1,16,4,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,6,36,1,1,1,0,1,1,0,2,2,2,8,0,128,192,832, // %169 convolution_backward_data f32[8,16,4,4] densenet.swift:31
  WAIT+k_convolution_backward_weights,47,16,W+181632,W+171392,W+228032,8,1,16,4,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,6,36,1,1,1,8,8,2,8,8,0,128,192,1408,1920, // %170 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  WAIT+k_convolution_weights_reduce,11,3,W+228032,W+194944,8,1,4,144,8,3, // %170 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  k_relu_gradient,7,1,W+186752,W+171392,W+186752,2048, // %171 relu_gradient f32[8,16,4,4] densenet.swift:31
  WAIT+k_normalize_reduce,12,16,W+186752,W+159168,W+167360,W+199680,8,16,16,1,0x3ee4f8b588e368f1, // %172 normalize_reduce f32[1,2,16] densenet.swift:31
  WAIT+k_normalize_input_gradient,14,1,W+186752,W+167360,P+4928,W+186752,128,16,16,1024,8,1,0x3ee4f8b588e368f1, // %173 normalize_input_gradient f32[8,16,4,4] densenet.swift:31
  k_normalize_moments_gradient,10,1,W+199680,W+167360,P+4928,W+200576,1,16,0x3ee4f8b588e368f1, // %174 normalize_moments_gradient f32[1,2,16] densenet.swift:31
  k_select_moment,8,1,W+199680,W+167488,1,16,1, // %175 select_moment f32[16] densenet.swift:31
  k_select_moment,8,1,W+199680,W+167552,1,16,0, // %176 select_moment f32[16] densenet.swift:31
  WAIT+k_moments_gradient,13,1,W+159168,W+200576,W+167360,W+171392,128,16,16,1024,8,1, // %177 moments_gradient f32[8,16,4,4] densenet.swift:31
  WAIT+k_add,7,1,W+186752,W+171392,W+186752,2048, // %178 add f32[8,16,4,4] densenet.swift:31
  k_convolution_transpose,18,6,P+4544,W+228032,1,6,16,1,1,1,1,1,1,1,1,1,0, // %179 convolution_backward_data f32[8,6,4,4] densenet.swift:31
  WAIT+k_convolution_backward_data,49,1,W+186752,W+228032,W+159168,8,1,6,16,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,128,1,1,1,0,0,0,0,0,0,1,6,0,64,128,8384, // %179 convolution_backward_data f32[8,6,4,4] densenet.swift:31
  WAIT+k_convolution_backward_weights,47,1,W+186752,W+156096,W+228032,8,1,6,16,1,1,16,1,1,16,1,1,1,1,1,1,1,1,1,0,0,0,8,1,16,1,16,128,1,1,1,1,1,1,6,16,0,64,128,3264,11456, // %180 convolution_backward_weights f32[16,6,1,1] densenet.swift:31
  WAIT+k_convolution_weights_reduce,11,1,W+228032,W+167936,1,1,16,6,16,1, // %180 convolution_backward_weights f32[16,6,1,1] densenet.swift:31
  k_relu_gradient,7,1,W+159168,W+156096,W+159168,768, // %181 relu_gradient f32[8,6,4,4] densenet.swift:31
  WAIT+k_normalize_reduce,12,6,W+159168,W+168320,W+156032,W+167616,8,6,16,1,0x3ee4f8b588e368f1, // %182 normalize_reduce f32[1,2,6] densenet.swift:31
  WAIT+k_normalize_input_gradient,14,1,W+159168,W+156032,P+4416,W+159168,48,6,16,1024,8,1,0x3ee4f8b588e368f1, // %183 normalize_input_gradient f32[8,6,4,4] densenet.swift:31
  k_normalize_moments_gradient,10,1,W+167616,W+156032,P+4416,W+199680,1,6,0x3ee4f8b588e368f1, // %184 normalize_moments_gradient f32[1,2,6] densenet.swift:31
  k_select_moment,8,1,W+167616,W+199744,1,6,1, // %185 select_moment f32[6] densenet.swift:31
  k_select_moment,8,1,W+167616,W+200576,1,6,0, // %186 select_moment f32[6] densenet.swift:31
  WAIT+k_add,7,1,W+183680,W+159168,W+183680,768, // %187 add f32[8,6,4,4] densenet.swift:34
  k_add,7,1,W+200704,W+199680,W+200704,12, // %188 add f32[1,2,6] densenet.swift:31
  WAIT+k_moments_gradient,13,1,W+168320,W+200704,W+156032,W+186752,48,6,16,1024,8,1, // %189 moments_gradient f32[8,6,4,4] densenet.swift:31
  WAIT+k_add,7,1,W+183680,W+186752,W+183680,768, // %190 add f32[8,6,4,4] densenet.swift:34
  WAIT+k_average_pool_gradient,26,1,W+183680,W+168320,48,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %191 average_pool_gradient f32[8,6,8,8] densenet.swift:34
  k_convolution_transpose,18,12,P+4096,W+228032,1,12,6,1,1,1,1,1,1,1,1,1,0, // %192 convolution_backward_data f32[8,12,8,8] densenet.swift:34
  WAIT+k_convolution_backward_data,49,2,W+168320,W+228032,W+203456,8,1,12,6,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,4,1,64,1,64,256,1,1,1,0,0,0,0,0,0,1,12,0,64,128,6336, // %192 convolution_backward_data f32[8,12,8,8] densenet.swift:34
  WAIT+k_convolution_backward_weights,47,4,W+168320,W+131456,W+228032,8,1,12,6,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,4,1,64,1,64,256,1,1,1,2,2,2,6,8,0,64,128,6336,14528, // %193 convolution_backward_weights f32[6,12,1,1] densenet.swift:34
  WAIT+k_convolution_weights_reduce,11,1,W+228032,W+197248,2,1,6,12,8,1, // %193 convolution_backward_weights f32[6,12,1,1] densenet.swift:34
  k_relu_gradient,7,1,W+203456,W+131456,W+203456,6144, // %194 relu_gradient f32[8,12,8,8] densenet.swift:34
  WAIT+k_normalize_reduce,12,12,W+203456,W+106688,W+131328,W+200640,8,12,64,1,0x3ee4f8b588e368f1, // %195 normalize_reduce f32[1,2,12] densenet.swift:34
  WAIT+k_normalize_input_gradient,14,1,W+203456,W+131328,P+3968,W+203456,96,12,64,256,8,1,0x3ee4f8b588e368f1, // %196 normalize_input_gradient f32[8,12,8,8] densenet.swift:34
  k_normalize_moments_gradient,10,1,W+200640,W+131328,P+3968,W+197568,1,12,0x3ee4f8b588e368f1, // %197 normalize_moments_gradient f32[1,2,12] densenet.swift:34
  k_select_moment,8,1,W+200640,W+167616,1,12,1, // %198 select_moment f32[12] densenet.swift:34
  k_select_moment,8,1,W+200640,W+199680,1,12,0, // %199 select_moment f32[12] densenet.swift:34
  WAIT+k_copy_runs,10,1,W+197568,W+200640,2,8,12,8,2048, // %200 slice f32[1,2,8] densenet.swift:34
  k_copy_runs,10,1,W+197600,W+200704,2,4,12,4,4096, // %201 slice f32[1,2,4] densenet.swift:34
  WAIT+k_moments_gradient,13,1,W+98496,W+200704,W+131264,W+106688,32,4,64,256,8,1, // %202 moments_gradient f32[8,4,8,8] densenet.swift:34
  k_copy_runs,10,1,W+203456,W+168320,8,512,768,512,32, // %203 slice f32[8,8,8,8] densenet.swift:31
  WAIT+k_copy_runs,10,1,W+205504,W+98496,8,256,768,256,64, // %204 slice f32[8,4,8,8] densenet.swift:31
  WAIT+k_add,7,1,W+106688,W+98496,W+106688,2048, // %205 add f32[8,4,8,8] densenet.swift:31
  k_convolution_transpose,18,16,P+1664,W+228032,1,16,4,1,3,3,1,1,1,1,1,1,0, // %206 convolution_backward_data f32[8,16,8,8] densenet.swift:31
  WAIT+k_convolution_backward_data,49,16,W+106688,W+228032,W+114880,8,1,16,4,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,10,100,1,1,1,0,1,1,0,2,2,2,8,0,128,256,1920, // %206 convolution_backward_data f32[8,16,8,8] densenet.swift:31
  WAIT+k_convolution_backward_weights,47,16,W+106688,W+65728,W+228032,8,1,16,4,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,10,100,1,1,1,8,8,2,8,8,0,128,256,3520,5568, // %207 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  WAIT+k_convolution_weights_reduce,11,3,W+228032,W+98496,8,1,4,144,8,3, // %207 convolution_backward_weights f32[4,16,3,3] densenet.swift:31
  k_relu_gradient,7,1,W+114880,W+65728,W+114880,8192, // %208 relu_gradient f32[8,16,8,8] densenet.swift:31
  WAIT+k_normalize_reduce,12,16,W+114880,W+32832,W+65600,W+197568,8,16,64,1,0x3ee4f8b588e368f1, // %209 normalize_reduce f32[1,2,16] densenet.swift:31
  WAIT+k_normalize_input_gradient,14,1,W+114880,W+65600,P+1536,W+114880,128,16,64,256,8,1,0x3ee4f8b588e368f1, // %210 normalize_input_gradient f32[8,16,8,8] densenet.swift:31
  k_normalize_moments_gradient,10,1,W+197568,W+65600,P+1536,W+197696,1,16,0x3ee4f8b588e368f1, // %211 normalize_moments_gradient f32[1,2,16] densenet.swift:31
  k_select_moment,8,1,W+197568,W+200704,1,16,1, // %212 select_moment f32[16] densenet.swift:31
  k_select_moment,8,1,W+197568,W+197824,1,16,0, // %213 select_moment f32[16] densenet.swift:31
  WAIT+k_moments_gradient,13,1,W+32832,W+197696,W+65600,W+65728,128,16,64,256,8,1, // %214 moments_gradient f32[8,16,8,8] densenet.swift:31
  WAIT+k_add,7,1,W+114880,W+65728,W+114880,8192, // %215 add f32[8,16,8,8] densenet.swift:31
  k_convolution_transpose,18,8,P+1024,W+228032,1,8,16,1,1,1,1,1,1,1,1,1,0, // %216 convolution_backward_data f32[8,8,8,8] densenet.swift:31
  WAIT+k_convolution_backward_data,49,2,W+114880,W+228032,W+147648,8,1,8,16,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,4,1,64,1,64,256,1,1,1,0,0,0,0,0,0,1,8,0,64,128,16576, // %216 convolution_backward_data f32[8,8,8,8] densenet.swift:31
  WAIT+k_convolution_backward_weights,47,2,W+114880,W+16448,W+228032,8,1,8,16,1,1,64,1,1,64,1,1,1,1,1,1,1,1,1,0,0,0,4,1,64,1,64,256,1,1,1,2,2,1,8,16,0,64,128,8384,24768, // %217 convolution_backward_weights f32[16,8,1,1] densenet.swift:31
  WAIT+k_convolution_weights_reduce,11,1,W+228032,W+197888,2,1,16,8,16,1, // %217 convolution_backward_weights f32[16,8,1,1] densenet.swift:31
  k_relu_gradient,7,1,W+147648,W+16448,W+147648,4096, // %218 relu_gradient f32[8,8,8,8] densenet.swift:31
  WAIT+k_normalize_reduce,12,8,W+147648,W+0,W+16384,W+197568,8,8,64,1,0x3ee4f8b588e368f1, // %219 normalize_reduce f32[1,2,8] densenet.swift:31
  WAIT+k_normalize_input_gradient,14,1,W+147648,W+16384,P+896,W+147648,64,8,64,256,8,1,0x3ee4f8b588e368f1, // %220 normalize_input_gradient f32[8,8,8,8] densenet.swift:31
  k_normalize_moments_gradient,10,1,W+197568,W+16384,P+896,W+197632,1,8,0x3ee4f8b588e368f1, // %221 normalize_moments_gradient f32[1,2,8] densenet.swift:31
  k_select_moment,8,1,W+197568,W+197696,1,8,1, // %222 select_moment f32[8] densenet.swift:31
  k_select_moment,8,1,W+197568,W+197760,1,8,0, // %223 select_moment f32[8] densenet.swift:31
  WAIT+k_add,7,1,W+168320,W+147648,W+168320,4096, // %224 add f32[8,8,8,8] densenet.swift:29
  k_add,7,1,W+200640,W+197632,W+200640,16, // %225 add f32[1,2,8] densenet.swift:31
  WAIT+k_moments_gradient,13,1,W+0,W+200640,W+16384,W+203456,64,8,64,256,8,1, // %226 moments_gradient f32[8,8,8,8] densenet.swift:31
  WAIT+k_add,7,1,W+168320,W+203456,W+168320,4096, // %227 add f32[8,8,8,8] densenet.swift:29
  WAIT+k_convolution_backward_weights,47,8,W+168320,X+0,W+228032,8,1,3,8,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,10,100,1,1,1,8,8,1,3,8,0,128,256,1536,3584, // %228 convolution_backward_weights f32[8,3,3,3] densenet.swift:29
  WAIT+k_convolution_weights_reduce,11,1,W+228032,W+198400,8,1,8,27,8,1, // %228 convolution_backward_weights f32[8,3,3,3] densenet.swift:29
  WAIT+k_sgd_momentum,11,1,P+0,W+198400,M+0,M+0,216,0x3f666666,0x3f800000,0x38d1b717, // %232 sgd_momentum f32[8,3,3,3]
  WAIT+k_sgd_nesterov,11,1,P+0,W+198400,M+0,P+0,216,0x3f666666,0x38d1b717,-1, // %233 sgd_parameter f32[8,3,3,3]
  k_sgd_momentum,11,1,P+896,W+197696,M+896,M+896,8,0x3f666666,0x3f800000,0x38d1b717, // %235 sgd_momentum f32[8]
  WAIT+k_sgd_nesterov,11,1,P+896,W+197696,M+896,P+896,8,0x3f666666,0x38d1b717,-1, // %236 sgd_parameter f32[8]
  k_sgd_momentum,11,1,P+960,W+197760,M+960,M+960,8,0x3f666666,0x3f800000,0x38d1b717, // %238 sgd_momentum f32[8]
  WAIT+k_sgd_nesterov,11,1,P+960,W+197760,M+960,P+960,8,0x3f666666,0x38d1b717,-1, // %239 sgd_parameter f32[8]
  k_sgd_momentum,11,1,P+1024,W+197888,M+1024,M+1024,128,0x3f666666,0x3f800000,0x38d1b717, // %241 sgd_momentum f32[16,8,1,1]
  WAIT+k_sgd_nesterov,11,1,P+1024,W+197888,M+1024,P+1024,128,0x3f666666,0x38d1b717,-1, // %242 sgd_parameter f32[16,8,1,1]
  k_sgd_momentum,11,1,P+1536,W+200704,M+1536,M+1536,16,0x3f666666,0x3f800000,0x38d1b717, // %244 sgd_momentum f32[16]
  WAIT+k_sgd_nesterov,11,1,P+1536,W+200704,M+1536,P+1536,16,0x3f666666,0x38d1b717,-1, // %245 sgd_parameter f32[16]
  k_sgd_momentum,11,1,P+1600,W+197824,M+1600,M+1600,16,0x3f666666,0x3f800000,0x38d1b717, // %247 sgd_momentum f32[16]
  WAIT+k_sgd_nesterov,11,1,P+1600,W+197824,M+1600,P+1600,16,0x3f666666,0x38d1b717,-1, // %248 sgd_parameter f32[16]
  k_sgd_momentum,11,1,P+1664,W+98496,M+1664,M+1664,576,0x3f666666,0x3f800000,0x38d1b717, // %250 sgd_momentum f32[4,16,3,3]
  WAIT+k_sgd_nesterov,11,1,P+1664,W+98496,M+1664,P+1664,576,0x3f666666,0x38d1b717,-1, // %251 sgd_parameter f32[4,16,3,3]
  k_sgd_momentum,11,1,P+3968,W+167616,M+3968,M+3968,12,0x3f666666,0x3f800000,0x38d1b717, // %253 sgd_momentum f32[12]
  WAIT+k_sgd_nesterov,11,1,P+3968,W+167616,M+3968,P+3968,12,0x3f666666,0x38d1b717,-1, // %254 sgd_parameter f32[12]
  k_sgd_momentum,11,1,P+4032,W+199680,M+4032,M+4032,12,0x3f666666,0x3f800000,0x38d1b717, // %256 sgd_momentum f32[12]
  WAIT+k_sgd_nesterov,11,1,P+4032,W+199680,M+4032,P+4032,12,0x3f666666,0x38d1b717,-1, // %257 sgd_parameter f32[12]
  k_sgd_momentum,11,1,P+4096,W+197248,M+4096,M+4096,72,0x3f666666,0x3f800000,0x38d1b717, // %259 sgd_momentum f32[6,12,1,1]
  WAIT+k_sgd_nesterov,11,1,P+4096,W+197248,M+4096,P+4096,72,0x3f666666,0x38d1b717,-1, // %260 sgd_parameter f32[6,12,1,1]
  k_sgd_momentum,11,1,P+4416,W+199744,M+4416,M+4416,6,0x3f666666,0x3f800000,0x38d1b717, // %262 sgd_momentum f32[6]
  WAIT+k_sgd_nesterov,11,1,P+4416,W+199744,M+4416,P+4416,6,0x3f666666,0x38d1b717,-1, // %263 sgd_parameter f32[6]
  k_sgd_momentum,11,1,P+4480,W+200576,M+4480,M+4480,6,0x3f666666,0x3f800000,0x38d1b717, // %265 sgd_momentum f32[6]
  WAIT+k_sgd_nesterov,11,1,P+4480,W+200576,M+4480,P+4480,6,0x3f666666,0x38d1b717,-1, // %266 sgd_parameter f32[6]
  k_sgd_momentum,11,1,P+4544,W+167936,M+4544,M+4544,96,0x3f666666,0x3f800000,0x38d1b717, // %268 sgd_momentum f32[16,6,1,1]
  WAIT+k_sgd_nesterov,11,1,P+4544,W+167936,M+4544,P+4544,96,0x3f666666,0x38d1b717,-1, // %269 sgd_parameter f32[16,6,1,1]
  k_sgd_momentum,11,1,P+4928,W+167488,M+4928,M+4928,16,0x3f666666,0x3f800000,0x38d1b717, // %271 sgd_momentum f32[16]
  WAIT+k_sgd_nesterov,11,1,P+4928,W+167488,M+4928,P+4928,16,0x3f666666,0x38d1b717,-1, // %272 sgd_parameter f32[16]
  k_sgd_momentum,11,1,P+4992,W+167552,M+4992,M+4992,16,0x3f666666,0x3f800000,0x38d1b717, // %274 sgd_momentum f32[16]
  WAIT+k_sgd_nesterov,11,1,P+4992,W+167552,M+4992,P+4992,16,0x3f666666,0x38d1b717,-1, // %275 sgd_parameter f32[16]
  k_sgd_momentum,11,1,P+5056,W+194944,M+5056,M+5056,576,0x3f666666,0x3f800000,0x38d1b717, // %277 sgd_momentum f32[4,16,3,3]
  WAIT+k_sgd_nesterov,11,1,P+5056,W+194944,M+5056,P+5056,576,0x3f666666,0x38d1b717,-1, // %278 sgd_parameter f32[4,16,3,3]
  k_sgd_momentum,11,1,P+7360,W+199552,M+7360,M+7360,10,0x3f666666,0x3f800000,0x38d1b717, // %280 sgd_momentum f32[10]
  WAIT+k_sgd_nesterov,11,1,P+7360,W+199552,M+7360,P+7360,10,0x3f666666,0x38d1b717,-1, // %281 sgd_parameter f32[10]
  k_sgd_momentum,11,1,P+7424,W+199872,M+7424,M+7424,10,0x3f666666,0x3f800000,0x38d1b717, // %283 sgd_momentum f32[10]
  WAIT+k_sgd_nesterov,11,1,P+7424,W+199872,M+7424,P+7424,10,0x3f666666,0x38d1b717,-1, // %284 sgd_parameter f32[10]
  k_sgd_momentum,11,1,P+7488,W+167680,M+7488,M+7488,50,0x3f666666,0x3f800000,0x38d1b717, // %286 sgd_momentum f32[5,10,1,1]
  WAIT+k_sgd_nesterov,11,1,P+7488,W+167680,M+7488,P+7488,50,0x3f666666,0x38d1b717,-1, // %287 sgd_parameter f32[5,10,1,1]
  k_sgd_momentum,11,1,P+7744,W+199936,M+7744,M+7744,5,0x3f666666,0x3f800000,0x38d1b717, // %289 sgd_momentum f32[5]
  WAIT+k_sgd_nesterov,11,1,P+7744,W+199936,M+7744,P+7744,5,0x3f666666,0x38d1b717,-1, // %290 sgd_parameter f32[5]
  k_sgd_momentum,11,1,P+7808,W+200000,M+7808,M+7808,5,0x3f666666,0x3f800000,0x38d1b717, // %292 sgd_momentum f32[5]
  WAIT+k_sgd_nesterov,11,1,P+7808,W+200000,M+7808,P+7808,5,0x3f666666,0x38d1b717,-1, // %293 sgd_parameter f32[5]
  k_sgd_momentum,11,1,P+7872,W+200256,M+7872,M+7872,80,0x3f666666,0x3f800000,0x38d1b717, // %295 sgd_momentum f32[16,5,1,1]
  WAIT+k_sgd_nesterov,11,1,P+7872,W+200256,M+7872,P+7872,80,0x3f666666,0x38d1b717,-1, // %296 sgd_parameter f32[16,5,1,1]
  k_sgd_momentum,11,1,P+8192,W+200064,M+8192,M+8192,16,0x3f666666,0x3f800000,0x38d1b717, // %298 sgd_momentum f32[16]
  WAIT+k_sgd_nesterov,11,1,P+8192,W+200064,M+8192,P+8192,16,0x3f666666,0x38d1b717,-1, // %299 sgd_parameter f32[16]
  k_sgd_momentum,11,1,P+8256,W+199616,M+8256,M+8256,16,0x3f666666,0x3f800000,0x38d1b717, // %301 sgd_momentum f32[16]
  WAIT+k_sgd_nesterov,11,1,P+8256,W+199616,M+8256,P+8256,16,0x3f666666,0x38d1b717,-1, // %302 sgd_parameter f32[16]
  k_sgd_momentum,11,1,P+8320,W+201152,M+8320,M+8320,576,0x3f666666,0x3f800000,0x38d1b717, // %304 sgd_momentum f32[4,16,3,3]
  WAIT+k_sgd_nesterov,11,1,P+8320,W+201152,M+8320,P+8320,576,0x3f666666,0x38d1b717,-1, // %305 sgd_parameter f32[4,16,3,3]
  k_sgd_momentum,11,1,P+10624,W+200128,M+10624,M+10624,9,0x3f666666,0x3f800000,0x38d1b717, // %307 sgd_momentum f32[9]
  WAIT+k_sgd_nesterov,11,1,P+10624,W+200128,M+10624,P+10624,9,0x3f666666,0x38d1b717,-1, // %308 sgd_parameter f32[9]
  k_sgd_momentum,11,1,P+10688,W+200192,M+10688,M+10688,9,0x3f666666,0x3f800000,0x38d1b717, // %310 sgd_momentum f32[9]
  WAIT+k_sgd_nesterov,11,1,P+10688,W+200192,M+10688,P+10688,9,0x3f666666,0x38d1b717,-1, // %311 sgd_parameter f32[9]
  k_sgd_momentum,11,1,P+10752,W+200768,M+10752,M+10752,90,0x3f666666,0x3f800000,0x38d1b717, // %313 sgd_momentum f32[10,9]
  WAIT+k_sgd_nesterov,11,1,P+10752,W+200768,M+10752,P+10752,90,0x3f666666,0x38d1b717,-1, // %314 sgd_parameter f32[10,9]
  k_sgd_momentum,11,1,P+11136,W+199808,M+11136,M+11136,10,0x3f666666,0x3f800000,0x38d1b717, // %316 sgd_momentum f32[10]
  WAIT+k_sgd_nesterov,11,1,P+11136,W+199808,M+11136,P+11136,10,0x3f666666,0x38d1b717,-1, // %317 sgd_parameter f32[10]
  k_end,
};

int dense_net_train_8(const struct dense_net_arguments *arguments) {
  return start(arguments, dense_net_train_8_rows);
}

static const int64_t dense_net_prepare_rows[] = {
  k_reciprocal_square_root,7,1,S+64,W+0,8,0x3727c5ac, // %4 reciprocal_square_root f32[8] densenet.swift:31
  WAIT+k_multiply,7,1,P+896,W+0,R+0,8, // %5 multiply f32[8] densenet.swift:31
  WAIT+k_multiply,7,1,R+0,S+0,W+0,8, // %6 multiply f32[8] densenet.swift:31
  WAIT+k_subtract,7,1,P+960,W+0,R+64,8, // %7 subtract f32[8] densenet.swift:31
  WAIT+k_reciprocal_square_root,7,1,S+192,W+0,16,0x3727c5ac, // %13 reciprocal_square_root f32[16] densenet.swift:31
  WAIT+k_multiply,7,1,P+1536,W+0,W+64,16, // %14 multiply f32[16] densenet.swift:31
  WAIT+k_multiply,7,1,W+64,S+128,W+0,16, // %15 multiply f32[16] densenet.swift:31
  WAIT+k_subtract,7,1,P+1600,W+0,R+128,16, // %16 subtract f32[16] densenet.swift:31
  k_multiply_channel,10,1,P+1024,W+64,R+192,16,16,8,2048, // %17 multiply_channel f32[16,8,1,1] densenet.swift:31
  WAIT+k_reciprocal_square_root,7,1,S+320,W+0,12,0x3727c5ac, // %22 reciprocal_square_root f32[12] densenet.swift:34
  WAIT+k_multiply,7,1,P+3968,W+0,R+704,12, // %23 multiply f32[12] densenet.swift:34
  WAIT+k_multiply,7,1,R+704,S+256,W+0,12, // %24 multiply f32[12] densenet.swift:34
  WAIT+k_subtract,7,1,P+4032,W+0,R+768,12, // %25 subtract f32[12] densenet.swift:34
  WAIT+k_reciprocal_square_root,7,1,S+448,W+0,6,0x3727c5ac, // %30 reciprocal_square_root f32[6] densenet.swift:31
  WAIT+k_multiply,7,1,P+4416,W+0,R+832,6, // %31 multiply f32[6] densenet.swift:31
  WAIT+k_multiply,7,1,R+832,S+384,W+0,6, // %32 multiply f32[6] densenet.swift:31
  WAIT+k_subtract,7,1,P+4480,W+0,R+896,6, // %33 subtract f32[6] densenet.swift:31
  WAIT+k_reciprocal_square_root,7,1,S+576,W+0,16,0x3727c5ac, // %39 reciprocal_square_root f32[16] densenet.swift:31
  WAIT+k_multiply,7,1,P+4928,W+0,W+64,16, // %40 multiply f32[16] densenet.swift:31
  WAIT+k_multiply,7,1,W+64,S+512,W+0,16, // %41 multiply f32[16] densenet.swift:31
  WAIT+k_subtract,7,1,P+4992,W+0,R+960,16, // %42 subtract f32[16] densenet.swift:31
  k_multiply_channel,10,1,P+4544,W+64,R+1024,16,16,6,2730, // %43 multiply_channel f32[16,6,1,1] densenet.swift:31
  WAIT+k_reciprocal_square_root,7,1,S+704,W+0,10,0x3727c5ac, // %48 reciprocal_square_root f32[10] densenet.swift:34
  WAIT+k_multiply,7,1,P+7360,W+0,R+1408,10, // %49 multiply f32[10] densenet.swift:34
  WAIT+k_multiply,7,1,R+1408,S+640,W+0,10, // %50 multiply f32[10] densenet.swift:34
  WAIT+k_subtract,7,1,P+7424,W+0,R+1472,10, // %51 subtract f32[10] densenet.swift:34
  WAIT+k_reciprocal_square_root,7,1,S+832,W+0,5,0x3727c5ac, // %56 reciprocal_square_root f32[5] densenet.swift:31
  WAIT+k_multiply,7,1,P+7744,W+0,R+1536,5, // %57 multiply f32[5] densenet.swift:31
  WAIT+k_multiply,7,1,R+1536,S+768,W+0,5, // %58 multiply f32[5] densenet.swift:31
  WAIT+k_subtract,7,1,P+7808,W+0,R+1600,5, // %59 subtract f32[5] densenet.swift:31
  WAIT+k_reciprocal_square_root,7,1,S+960,W+0,16,0x3727c5ac, // %65 reciprocal_square_root f32[16] densenet.swift:31
  WAIT+k_multiply,7,1,P+8192,W+0,W+64,16, // %66 multiply f32[16] densenet.swift:31
  WAIT+k_multiply,7,1,W+64,S+896,W+0,16, // %67 multiply f32[16] densenet.swift:31
  WAIT+k_subtract,7,1,P+8256,W+0,R+1664,16, // %68 subtract f32[16] densenet.swift:31
  k_multiply_channel,10,1,P+7872,W+64,R+1728,16,16,5,3276, // %69 multiply_channel f32[16,5,1,1] densenet.swift:31
  WAIT+k_reciprocal_square_root,7,1,S+1088,W+0,9,0x3727c5ac, // %74 reciprocal_square_root f32[9] densenet.swift:37
  WAIT+k_multiply,7,1,P+10624,W+0,R+2048,9, // %75 multiply f32[9] densenet.swift:37
  WAIT+k_multiply,7,1,R+2048,S+1024,W+0,9, // %76 multiply f32[9] densenet.swift:37
  WAIT+k_subtract,7,1,P+10688,W+0,R+2112,9, // %77 subtract f32[9] densenet.swift:37
  k_end,
};

int dense_net_prepare(const struct dense_net_arguments *arguments) {
  return start(arguments, dense_net_prepare_rows);
}

const char *dense_net_metadata(void) {
  return
    "{\"abi\":1,\"build\":\"b153f37a74db5d1fe2b3efa9e17eb1ddbc178b592bfae06855a0edfbe7e97660\",\"constant"
    "Bytes\":0,\"entries\":[{\"batch\":1,\"mode\":\"infer\",\"outputBytes\":64,\"outputs\":[{\"name\":\"l"
    "ogits\",\"offset\":0,\"shape\":[1,10]}],\"symbol\":\"dense_net_infer_1\",\"values\":[],\"workspace\""
    ":8192},{\"batch\":8,\"mode\":\"infer\",\"outputBytes\":320,\"outputs\":[{\"name\":\"logits\",\"offse"
    "t\":0,\"shape\":[8,10]}],\"symbol\":\"dense_net_infer_8\",\"values\":[],\"workspace\":65536},{\"batc"
    "h\":8,\"mode\":\"train\",\"outputBytes\":384,\"outputs\":[{\"name\":\"loss\",\"offset\":0,\"shape\":"
    "[]},{\"name\":\"logits\",\"offset\":64,\"shape\":[8,10]}],\"symbol\":\"dense_net_train_8\",\"values\""
    ":[],\"workspace\":264896}],\"features\":[\"pni\",\"ssse3\",\"sse4_1\",\"sse4_2\",\"popcnt\",\"movbe\""
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
    "],\"preparedBytes\":2176,\"scratchBytes\":24832,\"signature\":\"a505a6981db91ff6747febe44ede9df26ce9"
    "000eb0427c30cdc77afe41246b8b\",\"state\":[{\"initializer\":\"[constant, 0.0]\",\"name\":\"block1.lay"
    "er1.norm1.running_mean\",\"offset\":0,\"shape\":[8]},{\"initializer\":\"[constant, 1.0]\",\"name\":\""
    "block1.layer1.norm1.running_var\",\"offset\":64,\"shape\":[8]},{\"initializer\":\"[constant, 0.0]\","
    "\"name\":\"block1.layer1.norm2.running_mean\",\"offset\":128,\"shape\":[16]},{\"initializer\":\"[con"
    "stant, 1.0]\",\"name\":\"block1.layer1.norm2.running_var\",\"offset\":192,\"shape\":[16]},{\"initial"
    "izer\":\"[constant, 0.0]\",\"name\":\"transition1.norm.running_mean\",\"offset\":256,\"shape\":[12]}"
    ",{\"initializer\":\"[constant, 1.0]\",\"name\":\"transition1.norm.running_var\",\"offset\":320,\"sha"
    "pe\":[12]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"block2.layer1.norm1.running_mean\",\"offs"
    "et\":384,\"shape\":[6]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"block2.layer1.norm1.running_"
    "var\",\"offset\":448,\"shape\":[6]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"block2.layer1.no"
    "rm2.running_mean\",\"offset\":512,\"shape\":[16]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"bl"
    "ock2.layer1.norm2.running_var\",\"offset\":576,\"shape\":[16]},{\"initializer\":\"[constant, 0.0]\","
    "\"name\":\"transition2.norm.running_mean\",\"offset\":640,\"shape\":[10]},{\"initializer\":\"[consta"
    "nt, 1.0]\",\"name\":\"transition2.norm.running_var\",\"offset\":704,\"shape\":[10]},{\"initializer\""
    ":\"[constant, 0.0]\",\"name\":\"block3.layer1.norm1.running_mean\",\"offset\":768,\"shape\":[5]},{\""
    "initializer\":\"[constant, 1.0]\",\"name\":\"block3.layer1.norm1.running_var\",\"offset\":832,\"shap"
    "e\":[5]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"block3.layer1.norm2.running_mean\",\"offset"
    "\":896,\"shape\":[16]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"block3.layer1.norm2.running_v"
    "ar\",\"offset\":960,\"shape\":[16]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"norm.running_mea"
    "n\",\"offset\":1024,\"shape\":[9]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"norm.running_var\""
    ",\"offset\":1088,\"shape\":[9]}],\"stateBytes\":1152,\"target\":\"x86-64-v3\"}";
}
