/* res_net: computed by the kernels in res_net_kernels_1.c and on, called row by row from the tables below. */

#include "res_net.h"

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

enum {
  k_end = 0,
  k_convolution = 1,
  k_convolution_2 = 2,
  k_convolution_lanes = 3,
  k_convolution_3 = 4,
  k_average_pool_halving = 5,
  k_pad = 6,
  k_convolution_lanes_2 = 7,
  k_convolution_lanes_3 = 8,
  k_average_pool_halving_2 = 9,
  k_global_average_pool = 10,
  k_dot_products = 11,
  k_pack_weights = 12,
  k_convolution_4 = 13,
  k_moments_of_parts = 14,
  k_running_moment = 15,
  k_convolution_5 = 16,
  k_pointwise_planes = 17,
  k_convolution_lanes_4 = 18,
  k_convolution_6 = 19,
  k_pointwise_planes_2 = 20,
  k_convolution_lanes_5 = 21,
  k_global_average_pool_2 = 22,
  k_softmax_cross_entropy_both = 23,
  k_mean_of_parts = 24,
  k_product = 25,
  k_sum_columns = 26,
  k_global_average_pool_gradient = 27,
  k_sums_merge = 28,
  k_average_pool_halving_gradient = 29,
  k_normalize_moments_gradient = 30,
  k_select_moment = 31,
  k_convolution_transpose = 32,
  k_convolution_backward_data = 33,
  k_convolution_backward_weights = 34,
  k_convolution_weights_reduce = 35,
  k_convolution_backward_data_2 = 36,
  k_convolution_backward_weights_2 = 37,
  k_pointwise_planes_3 = 38,
  k_convolution_backward_data_3 = 39,
  k_convolution_backward_data_4 = 40,
  k_convolution_backward_data_5 = 41,
  k_convolution_backward_weights_3 = 42,
  k_convolution_backward_weights_4 = 43,
  k_pointwise = 44,
  k_pointwise_2 = 45,
  k_pointwise_3 = 46,
  k_multiply_channel = 47,
};

__attribute__((visibility("hidden"))) void res_net_kernels_1(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last);
__attribute__((visibility("hidden"))) void res_net_kernels_2(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last);
__attribute__((visibility("hidden"))) void res_net_kernels_3(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last);

static void dispatch(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  switch (kernel) {
    case k_convolution:
    case k_convolution_2:
    case k_convolution_3:
    case k_convolution_4:
    case k_convolution_5:
    case k_convolution_6:
    case k_convolution_backward_data:
    case k_convolution_backward_data_2:
    case k_convolution_backward_data_3:
    case k_convolution_backward_data_4:
    case k_convolution_backward_data_5:
      res_net_kernels_1(kernel, c, a, first, last);
      break;
    case k_convolution_lanes:
    case k_convolution_lanes_2:
    case k_convolution_lanes_3:
    case k_global_average_pool:
    case k_pack_weights:
    case k_convolution_lanes_4:
    case k_convolution_lanes_5:
    case k_global_average_pool_2:
    case k_softmax_cross_entropy_both:
    case k_convolution_transpose:
    case k_convolution_backward_weights:
    case k_convolution_backward_weights_2:
    case k_convolution_backward_weights_3:
    case k_convolution_backward_weights_4:
      res_net_kernels_2(kernel, c, a, first, last);
      break;
    case k_average_pool_halving:
    case k_pad:
    case k_average_pool_halving_2:
    case k_dot_products:
    case k_moments_of_parts:
    case k_running_moment:
    case k_pointwise_planes:
    case k_pointwise_planes_2:
    case k_mean_of_parts:
    case k_product:
    case k_sum_columns:
    case k_global_average_pool_gradient:
    case k_sums_merge:
    case k_average_pool_halving_gradient:
    case k_normalize_moments_gradient:
    case k_select_moment:
    case k_convolution_weights_reduce:
    case k_pointwise_planes_3:
    case k_pointwise:
    case k_pointwise_2:
    case k_pointwise_3:
    case k_multiply_channel:
      res_net_kernels_3(kernel, c, a, first, last);
      break;
    default: break;
  }
}

/* One call of an entry point: its table, and the micro-batches that go through it. */
struct call {
  const struct res_net_arguments *arguments;
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
  const struct res_net_arguments *arguments = call->arguments;
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
  c.scratch = call->arguments->scratch ? call->arguments->scratch + thread * INT64_C(69760) : 0;
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

size_t res_net_pool_bytes(int threads) {
  return sizeof(struct pool) + (size_t)(threads > 1 ? threads : 1) * (sizeof(struct meeting) + sizeof(struct worker));
}

int res_net_pool_open(void *storage, int threads) {
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
      res_net_pool_close(storage);
      return code;
    }
    pool->opened = i + 1;
  }
  return 0;
}

void res_net_pool_close(void *storage) {
  struct pool *pool = storage;
  struct worker *workers = workers_of(pool);
  pool->call = 0;
  announce(pool, &pool->calls, pool->calls + 1);
  for (int32_t i = 1; i < pool->opened; ++i) pthread_join(workers[i].thread, 0);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static const int64_t res_net_infer_1_rows[] = {
  k_convolution,47,4,X+0,192,R+64,R+0,W+0,1024,0,64,1,1,3,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,9,112,1,1,1,1,3,0,192,320, // %8 convolution + %9 relu f32[1,16,8,8] resnet.swift:29
  WAIT+k_convolution,47,4,W+0,1024,R+1856,R+1792,W+4096,1024,0,64,1,1,16,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,9,112,1,1,1,1,16,0,192,320, // %17 convolution + %18 relu f32[1,16,8,8] resnet.swift:34
  WAIT+k_convolution_2,49,4,W+4096,1024,R+11136,R+11072,W+0,1024,W+0,1024,0,64,1,1,16,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,9,112,1,1,1,1,16,0,192,320, // %26 convolution + %27 add + %28 relu f32[1,16,8,8] resnet.swift:34
  WAIT+k_convolution_lanes,50,2,W+0,1024,R+20480,R+20352,W+4096,512,0,16,1,1,16,32,1,8,8,1,4,4,1,3,3,1,2,2,1,1,1,0,1,1,1,4,4,9,9,112,1,1,1,1,2,16,1536,1792,2048,2816,10112, // %36 convolution + %37 relu f32[1,32,4,4] resnet.swift:34
  WAIT+k_convolution_3,45,8,W+4096,512,R+39040,R+38912,W+6144,512,1,1,32,32,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,4,80,1,1,1,1,32,0,128,192, // %45 convolution f32[1,32,4,4] resnet.swift:34
  WAIT+k_average_pool_halving,29,1,W+0,1024,W+4096,256,16,16,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %46 average_pool f32[1,16,4,4] resnet.swift:34
  WAIT+k_pad,18,1,W+4096,W+0,1,32,1,1,1,256,1,1,512,0,0,0,0, // %47 pad f32[1,32,4,4] resnet.swift:34
  WAIT+k_convolution_lanes_2,53,3,W+0,512,W+6144,512,0,R+76160,R+75904,W+2048,256,0,4,1,1,32,64,1,4,4,1,2,2,1,3,3,1,2,2,1,1,1,0,1,1,1,2,2,5,5,48,1,1,1,1,2,16,384,640,704,896,7168, // %57 convolution + %58 relu f32[1,64,2,2] resnet.swift:34
  WAIT+k_convolution_lanes_3,50,3,W+2048,256,R+150144,R+149888,W+3072,256,0,4,1,1,64,64,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,4,16,1,1,1,1,1,22,384,640,704,896,5120, // %66 convolution f32[1,64,2,2] resnet.swift:34
  WAIT+k_average_pool_halving_2,32,1,W+0,512,W+6144,512,0,W+2048,128,32,32,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %67 average_pool f32[1,32,2,2] resnet.swift:34
  WAIT+k_pad,18,1,W+2048,W+0,1,64,1,1,1,128,1,1,256,0,0,0,0, // %68 pad f32[1,64,2,2] resnet.swift:34
  WAIT+k_global_average_pool,14,1,W+0,256,W+3072,256,0,W+1024,64,64,64,4,4096, // %71 global_average_pool f32[1,64] resnet.swift:39
  WAIT+k_dot_products,12,1,W+1024,P+298560,P+301120,Y+0,1,10,64,1,10, // %74 linear f32[1,10] resnet.swift:39
  k_end,
};

int res_net_infer_1(const struct res_net_arguments *arguments) {
  const struct call call = {arguments, res_net_infer_1_rows, 1, 0, 0, 0};
  return start(&call);
}

static const int64_t res_net_infer_8_rows[] = {
  k_convolution,47,4,X+0,192,R+64,R+0,W+0,1024,0,256,4,1,3,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,1,1,1,1,3,0,384,704, // %8 convolution + %9 relu f32[4,16,8,8] resnet.swift:29
  WAIT+k_convolution,47,4,W+0,1024,R+1856,R+1792,W+16384,1024,0,256,4,1,16,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,1,1,1,1,16,0,384,704, // %17 convolution + %18 relu f32[4,16,8,8] resnet.swift:34
  WAIT+k_convolution_2,49,4,W+16384,1024,R+11136,R+11072,W+0,1024,W+0,1024,0,256,4,1,16,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,1,1,1,1,16,0,384,704, // %26 convolution + %27 add + %28 relu f32[4,16,8,8] resnet.swift:34
  WAIT+k_convolution_lanes,50,2,W+0,1024,R+20480,R+20352,W+16384,512,0,64,4,1,16,32,1,8,8,1,4,4,1,3,3,1,2,2,1,1,1,0,1,1,4,4,4,9,9,336,1,1,1,1,2,16,6144,6400,7424,8192,29824, // %36 convolution + %37 relu f32[4,32,4,4] resnet.swift:34
  WAIT+k_convolution_3,45,32,W+16384,512,R+39040,R+38912,W+24576,512,4,1,32,32,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,4,80,4,1,1,1,32,0,128,192, // %45 convolution f32[4,32,4,4] resnet.swift:34
  WAIT+k_average_pool_halving,29,1,W+0,1024,W+16384,256,64,16,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %46 average_pool f32[4,16,4,4] resnet.swift:34
  WAIT+k_pad,18,1,W+16384,W+0,4,32,1,1,4,256,1,4,512,0,0,0,0, // %47 pad f32[4,32,4,4] resnet.swift:34
  WAIT+k_convolution_lanes_2,53,3,W+0,512,W+24576,512,0,R+76160,R+75904,W+8192,256,0,16,4,1,32,64,1,4,4,1,2,2,1,3,3,1,2,2,1,1,1,0,1,1,4,2,2,5,5,112,1,1,1,1,2,16,1536,1792,2048,2240,16704, // %57 convolution + %58 relu f32[4,64,2,2] resnet.swift:34
  WAIT+k_convolution_lanes_3,50,3,W+8192,256,R+150144,R+149888,W+12288,256,0,16,4,1,64,64,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,4,2,2,4,4,80,1,1,1,1,1,22,1536,1792,2048,2240,22848, // %66 convolution f32[4,64,2,2] resnet.swift:34
  WAIT+k_average_pool_halving_2,32,1,W+0,512,W+24576,512,0,W+8192,128,128,32,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %67 average_pool f32[4,32,2,2] resnet.swift:34
  WAIT+k_pad,18,1,W+8192,W+0,4,64,1,1,4,128,1,4,256,0,0,0,0, // %68 pad f32[4,64,2,2] resnet.swift:34
  WAIT+k_global_average_pool,14,1,W+0,256,W+12288,256,0,W+4096,64,256,64,4,4096, // %71 global_average_pool f32[4,64] resnet.swift:39
  WAIT+k_dot_products,12,1,W+4096,P+298560,P+301120,Y+0,4,10,64,4,10, // %74 linear f32[4,10] resnet.swift:39
  k_end,
};

int res_net_infer_8(const struct res_net_arguments *arguments) {
  const struct call call = {arguments, res_net_infer_8_rows, 2, 3072, 160, 32768};
  return start(&call);
}

static const int64_t res_net_train_8_rows[] = {
  k_pack_weights,12,4,P+0,W+510912,16,3,9,4,4,0,3, // %2 convolution + %7 moments f32[8,16,8,8] resnet.swift:29
  WAIT+k_convolution_4,48,8,X+0,192,W+510912,-1,W+258048,1024,W+512640,0,256,8,1,3,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,2,1,1,1,3,16384,16768,17088, // %2 convolution + %7 moments f32[8,16,8,8] resnet.swift:29
  WAIT+k_moments_of_parts,10,2,W+512640,W+509952,16,2,3,0,16, // %2 convolution + %7 moments f32[8,16,8,8] resnet.swift:29
  WAIT+k_running_moment,12,1,S+0,W+509952,S+0,1,16,0,16,0x3f666666,0x3dcccccd, // %8 running_mean f32[16] resnet.swift:29
  k_running_moment,12,1,S+64,W+509952,S+64,1,16,1,16,0x3f666666,0x3dcd3367, // %9 running_variance f32[16] resnet.swift:29
  k_pack_weights,12,4,P+1856,W+510912,16,16,9,4,4,0,16, // %13 convolution + %18 moments f32[8,16,8,8] resnet.swift:34
  WAIT+k_convolution_5,55,8,W+258048,1024,P+1728,W+509952,16,0x3ee4f8b588e368f1,P+1792,0,192,W+510912,-1,W+290816,1024,W+520128,256,256,8,1,16,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,2,1,1,1,16,16640,17024,17344, // %13 convolution + %18 moments f32[8,16,8,8] resnet.swift:34
  WAIT+k_moments_of_parts,10,2,W+520128,W+510080,16,2,3,0,16, // %13 convolution + %18 moments f32[8,16,8,8] resnet.swift:34
  WAIT+k_running_moment,12,1,S+128,W+510080,S+128,1,16,0,16,0x3f666666,0x3dcccccd, // %19 running_mean f32[16] resnet.swift:34
  k_running_moment,12,1,S+192,W+510080,S+192,1,16,1,16,0x3f666666,0x3dcd3367, // %20 running_variance f32[16] resnet.swift:34
  k_pack_weights,12,4,P+11200,W+510912,16,16,9,4,4,0,16, // %24 convolution + %29 moments f32[8,16,8,8] resnet.swift:34
  WAIT+k_convolution_5,55,8,W+290816,1024,P+11072,W+510080,16,0x3ee4f8b588e368f1,P+11136,0,192,W+510912,-1,W+323584,1024,W+520128,256,256,8,1,16,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,2,1,1,1,16,16640,17024,17344, // %24 convolution + %29 moments f32[8,16,8,8] resnet.swift:34
  WAIT+k_moments_of_parts,10,2,W+520128,W+510208,16,2,3,0,16, // %24 convolution + %29 moments f32[8,16,8,8] resnet.swift:34
  WAIT+k_running_moment,12,1,S+256,W+510208,S+256,1,16,0,16,0x3f666666,0x3dcccccd, // %30 running_mean f32[16] resnet.swift:34
  k_running_moment,12,1,S+320,W+510208,S+320,1,16,1,16,0x3f666666,0x3dcd3367, // %31 running_variance f32[16] resnet.swift:34
  k_pointwise_planes,23,1,W+258048,1024,P+1728,W+509952,16,0x3ee4f8b588e368f1,P+1792,W+323584,1024,P+20416,W+510208,16,P+20480,W+356352,1024,0,128,16,64,256, // %34 relu f32[8,16,8,8] resnet.swift:34
  k_pack_weights,12,2,P+20544,W+510912,32,16,9,2,24,0,16, // %36 convolution + %41 moments f32[8,32,4,4] resnet.swift:34
  WAIT+k_convolution_lanes_4,51,2,W+356352,1024,W+510912,-1,W+473088,512,W+529344,0,128,8,1,16,32,1,8,8,1,4,4,1,3,3,1,2,2,1,1,1,0,1,1,8,4,4,9,9,656,1,1,1,1,2,16,12288,12544,14592,15360,57472, // %36 convolution + %41 moments f32[8,32,4,4] resnet.swift:34
  WAIT+k_moments_of_parts,10,4,W+529344,W+508416,32,1,3,0,32, // %36 convolution + %41 moments f32[8,32,4,4] resnet.swift:34
  WAIT+k_running_moment,12,1,S+384,W+508416,S+384,1,32,0,32,0x3f666666,0x3dcccccd, // %42 running_mean f32[32] resnet.swift:34
  k_running_moment,12,1,S+512,W+508416,S+512,1,32,1,32,0x3f666666,0x3dce69a0, // %43 running_variance f32[32] resnet.swift:34
  k_pack_weights,12,8,P+39232,W+510912,32,32,9,8,4,0,32, // %47 convolution + %52 moments f32[8,32,4,4] resnet.swift:34
  WAIT+k_convolution_6,55,64,W+473088,512,P+38976,W+508416,32,0x3ee4f8b588e368f1,P+39104,0,384,W+510912,-1,W+421888,512,W+547776,448,16,8,1,32,32,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,4,80,8,1,1,1,32,2496,2624,2688, // %47 convolution + %52 moments f32[8,32,4,4] resnet.swift:34
  WAIT+k_moments_of_parts,10,4,W+547776,W+454656,32,8,3,0,32, // %47 convolution + %52 moments f32[8,32,4,4] resnet.swift:34
  WAIT+k_running_moment,12,1,S+640,W+454656,S+640,1,32,0,32,0x3f666666,0x3dcccccd, // %53 running_mean f32[32] resnet.swift:34
  k_running_moment,12,1,S+768,W+454656,S+768,1,32,1,32,0x3f666666,0x3dce69a0, // %54 running_variance f32[32] resnet.swift:34
  k_average_pool_halving,29,1,W+356352,1024,W+0,256,128,16,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %56 average_pool f32[8,16,4,4] resnet.swift:34
  WAIT+k_pad,18,1,W+0,W+221184,8,32,1,1,8,256,1,8,512,0,0,0,0, // %57 pad f32[8,32,4,4] resnet.swift:34
  WAIT+k_pointwise_planes_2,19,1,W+221184,512,W+421888,512,P+76096,W+454656,32,0x3ee4f8b588e368f1,P+76224,W+221184,512,0,256,32,16,1024, // %59 relu f32[8,32,4,4] resnet.swift:34
  k_pack_weights,12,3,P+76352,W+510912,64,32,9,3,24,0,32, // %61 convolution + %66 moments f32[8,64,2,2] resnet.swift:34
  WAIT+k_convolution_lanes_4,51,3,W+221184,512,W+510912,-1,W+405504,256,W+584640,0,32,8,1,32,64,1,4,4,1,2,2,1,3,3,1,2,2,1,1,1,0,1,1,8,2,2,5,5,208,1,1,1,1,2,16,3072,3328,3840,4032,30784, // %61 convolution + %66 moments f32[8,64,2,2] resnet.swift:34
  WAIT+k_moments_of_parts,10,8,W+584640,W+253952,64,1,3,0,64, // %61 convolution + %66 moments f32[8,64,2,2] resnet.swift:34
  WAIT+k_running_moment,12,1,S+896,W+253952,S+896,1,64,0,64,0x3f666666,0x3dcccccd, // %67 running_mean f32[64] resnet.swift:34
  k_running_moment,12,1,S+1152,W+253952,S+1152,1,64,1,64,0x3f666666,0x3dd3680d, // %68 running_variance f32[64] resnet.swift:34
  k_pack_weights,12,3,P+150592,W+510912,64,64,9,3,24,0,64, // %72 convolution + %77 moments f32[8,64,2,2] resnet.swift:34
  WAIT+k_convolution_lanes_5,58,3,W+405504,256,P+150080,W+253952,64,0x3ee4f8b588e368f1,P+150336,0,768,W+510912,-1,W+147456,256,W+658368,768,32,8,1,64,64,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,8,2,2,4,4,144,1,1,1,1,1,22,3840,4096,4608,4800,41792, // %72 convolution + %77 moments f32[8,64,2,2] resnet.swift:34
  WAIT+k_moments_of_parts,10,8,W+658368,W+163840,64,1,3,0,64, // %72 convolution + %77 moments f32[8,64,2,2] resnet.swift:34
  WAIT+k_running_moment,12,1,S+1408,W+163840,S+1408,1,64,0,64,0x3f666666,0x3dcccccd, // %78 running_mean f32[64] resnet.swift:34
  k_running_moment,12,1,S+1664,W+163840,S+1664,1,64,1,64,0x3f666666,0x3dd3680d, // %79 running_variance f32[64] resnet.swift:34
  k_average_pool_halving,29,1,W+221184,512,W+8192,128,256,32,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %81 average_pool f32[8,32,2,2] resnet.swift:34
  WAIT+k_pad,18,1,W+8192,W+0,8,64,1,1,8,128,1,8,256,0,0,0,0, // %82 pad f32[8,64,2,2] resnet.swift:34
  WAIT+k_global_average_pool_2,20,1,W+0,256,W+147456,256,P+298048,W+163840,64,0x3ee4f8b588e368f1,P+298304,0,768,W+8192,64,512,64,4,4096, // %85 global_average_pool f32[8,64] resnet.swift:39
  WAIT+k_dot_products,12,1,W+8192,P+298560,P+301120,Y+64,8,10,64,8,10, // %88 linear f32[8,10] resnet.swift:39
  WAIT+k_softmax_cross_entropy_both,11,1,Y+64,L+0,W+510912,W+12288,8,10,102,0x3f800000, // %90 softmax_cross_entropy + %92 softmax_cross_entropy_gradient f32[] resnet.swift:39
  WAIT+k_mean_of_parts,7,1,W+510912,Y+0,8,8, // %90 softmax_cross_entropy + %92 softmax_cross_entropy_gradient f32[] resnet.swift:39
  k_product,17,3,W+12288,P+298560,W+10240,8,64,10,10,1,64,1,8,24,10,0, // %93 matmul f32[8,64] resnet.swift:39
  k_product,17,3,W+12288,W+8192,W+505856,10,64,8,1,10,64,1,10,24,8,0, // %94 matmul f32[10,64] resnet.swift:39
  k_sum_columns,7,1,W+12288,W+510848,8,10, // %95 sum_to_channel f32[10] resnet.swift:39
  WAIT+k_global_average_pool_gradient,23,1,W+10240,64,W+0,256,W+147456,256,P+298048,W+163840,64,0x3ee4f8b588e368f1,P+298304,W+155648,256,W+510912,0,768,512,64,4,4096, // %96 global_average_pool_gradient + %97 relu_gradient + %100 normalize_reduce f32[8,64,2,2] resnet.swift:39
  WAIT+k_sums_merge,13,8,W+510912,W+163840,W+8192,64,8,2,0,64,64,0x3ee4f8b588e368f1, // %96 global_average_pool_gradient + %97 relu_gradient + %100 normalize_reduce f32[8,64,2,2] resnet.swift:39
  k_average_pool_halving_gradient,29,1,W+155648,256,W+237568,512,256,32,1024,1,4,4,1,2,2,1,2,2,1,2,2,0,0,0,0,0,0,1, // %99 average_pool_gradient f32[8,32,4,4] resnet.swift:34
  WAIT+k_normalize_moments_gradient,13,1,W+8192,W+163840,P+298048,W+164352,1,64,64,64,64,0x3ee4f8b588e368f1, // %102 normalize_moments_gradient f32[1,2,64] resnet.swift:34
  k_select_moment,9,1,W+8192,W+508672,1,64,1,64, // %103 select_moment f32[64] resnet.swift:34
  k_select_moment,9,1,W+8192,W+508928,1,64,0,64, // %104 select_moment f32[64] resnet.swift:34
  k_convolution_transpose,19,16,P+150592,W+510912,1,64,64,1,3,3,1,1,1,1,1,1,32,0, // %107 convolution_backward_data + %109 relu_gradient + %110 normalize_reduce + %111 normalize_input_gradient f32[8,64,2,2] resnet.swift:34
  WAIT+k_convolution_backward_data,75,128,W+155648,256,P+298048,W+163840,64,0x3ee4f8b588e368f1,W+147456,256,W+164352,64,32,0,1024,W+510912,W+405504,256,P+150080,W+253952,64,0x3ee4f8b588e368f1,P+150336,W+413696,256,W+658368,1024,1792,8,8,1,64,64,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,3,16,8,1,1,1,0,1,1,2,2,0,2,2,32,2816,2944,3008,7232, // %107 convolution_backward_data + %109 relu_gradient + %110 normalize_reduce + %111 normalize_input_gradient f32[8,64,2,2] resnet.swift:34
  WAIT+k_sums_merge,13,8,W+658368,W+253952,W+164864,64,8,2,0,64,64,0x3ee4f8b588e368f1, // %107 convolution_backward_data + %109 relu_gradient + %110 normalize_reduce + %111 normalize_input_gradient f32[8,64,2,2] resnet.swift:34
  WAIT+k_convolution_backward_weights,67,16,W+155648,256,P+298048,W+163840,64,0x3ee4f8b588e368f1,W+147456,256,W+164352,64,32,0,1024,W+405504,256,P+150080,W+253952,64,0x3ee4f8b588e368f1,P+150336,2048,2816,W+510912,8,1,64,64,1,2,2,1,2,2,1,3,3,1,1,1,1,1,1,0,1,1,1,2,2,4,3,16,8,1,1,1,8,2,32,64,2880,3008,3072,5248,6272, // %108 convolution_backward_weights f32[64,64,3,3] resnet.swift:34
  WAIT+k_convolution_weights_reduce,16,9,W+510912,W+0,8,1,64,576,64,9,9,0,1,9,576, // %108 convolution_backward_weights f32[64,64,3,3] resnet.swift:34
  k_normalize_moments_gradient,13,1,W+164864,W+253952,P+150080,W+254464,1,64,64,64,64,0x3ee4f8b588e368f1, // %112 normalize_moments_gradient f32[1,2,64] resnet.swift:34
  k_select_moment,9,1,W+164864,W+509184,1,64,1,64, // %113 select_moment f32[64] resnet.swift:34
  k_select_moment,9,1,W+164864,W+509440,1,64,0,64, // %114 select_moment f32[64] resnet.swift:34
  WAIT+k_convolution_transpose,19,8,P+76352,W+510912,1,32,64,1,3,3,1,2,2,1,1,1,32,0, // %117 convolution_backward_data f32[8,32,4,4] resnet.swift:34
  WAIT+k_convolution_backward_data_2,61,8,W+413696,256,W+405504,256,W+254464,64,32,W+253952,0,768,W+510912,W+389120,512,8,1,32,64,1,4,4,1,2,2,1,3,3,1,2,2,1,1,1,0,1,1,8,3,3,4,4,144,1,1,1,1,0,0,0,3,3,0,1,1,32,768,896,1152,38144, // %117 convolution_backward_data f32[8,32,4,4] resnet.swift:34
  WAIT+k_convolution_backward_weights_2,57,8,W+413696,256,W+405504,256,W+254464,64,32,W+253952,0,768,W+221184,512,W+510912,8,1,32,64,1,4,4,1,2,2,1,3,3,1,2,2,1,1,1,0,1,1,4,2,2,3,3,144,2,1,1,1,2,4,8,64,1792,1920,2048,6784,10880, // %118 convolution_backward_weights f32[64,32,3,3] resnet.swift:34
  WAIT+k_convolution_weights_reduce,16,5,W+510912,W+147456,2,1,64,288,64,5,9,0,1,9,288, // %118 convolution_backward_weights f32[64,32,3,3] resnet.swift:34
  WAIT+k_pointwise_planes_3,20,1,W+237568,512,W+389120,512,W+221184,512,W+438272,512,W+421888,512,W+454656,W+510912,0,256,32,16,1024, // %120 relu_gradient + %123 normalize_reduce f32[8,32,4,4] resnet.swift:34
  WAIT+k_sums_merge,13,4,W+510912,W+454656,W+253952,32,8,2,0,32,32,0x3ee4f8b588e368f1, // %120 relu_gradient + %123 normalize_reduce f32[8,32,4,4] resnet.swift:34
  k_average_pool_halving_gradient,29,1,W+438272,512,W+389120,1024,128,16,256,1,8,8,1,4,4,1,2,2,1,2,2,0,0,0,0,0,0,1, // %122 average_pool_gradient f32[8,16,8,8] resnet.swift:34
  WAIT+k_normalize_moments_gradient,13,1,W+253952,W+454656,P+76096,W+454912,1,32,32,32,32,0x3ee4f8b588e368f1, // %125 normalize_moments_gradient f32[1,2,32] resnet.swift:34
  k_select_moment,9,1,W+253952,W+510336,1,32,1,32, // %126 select_moment f32[32] resnet.swift:34
  k_select_moment,9,1,W+253952,W+510464,1,32,0,32, // %127 select_moment f32[32] resnet.swift:34
  k_convolution_transpose,19,8,P+39232,W+510912,1,32,32,1,3,3,1,1,1,1,1,1,32,0, // %130 convolution_backward_data + %132 relu_gradient + %133 normalize_reduce + %134 normalize_input_gradient f32[8,32,4,4] resnet.swift:34
  WAIT+k_convolution_backward_data_3,75,64,W+438272,512,P+76096,W+454656,32,0x3ee4f8b588e368f1,W+421888,512,W+454912,32,128,0,512,W+510912,W+473088,512,P+38976,W+508416,32,0x3ee4f8b588e368f1,P+39104,W+489472,512,W+547776,512,896,16,8,1,32,32,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,4,80,8,1,1,1,0,1,1,4,4,0,2,2,32,2944,3072,3136,13504, // %130 convolution_backward_data + %132 relu_gradient + %133 normalize_reduce + %134 normalize_input_gradient f32[8,32,4,4] resnet.swift:34
  WAIT+k_sums_merge,13,4,W+547776,W+508416,W+455168,32,8,2,0,32,32,0x3ee4f8b588e368f1, // %130 convolution_backward_data + %132 relu_gradient + %133 normalize_reduce + %134 normalize_input_gradient f32[8,32,4,4] resnet.swift:34
  WAIT+k_convolution_backward_weights,67,16,W+438272,512,P+76096,W+454656,32,0x3ee4f8b588e368f1,W+421888,512,W+454912,32,128,0,512,W+473088,512,P+38976,W+508416,32,0x3ee4f8b588e368f1,P+39104,2560,2944,W+510912,8,1,32,32,1,4,4,1,4,4,1,3,3,1,1,1,1,1,1,0,1,1,1,4,4,6,5,48,8,1,1,1,8,2,16,32,3008,3136,3200,6400,8448, // %131 convolution_backward_weights f32[32,32,3,3] resnet.swift:34
  WAIT+k_convolution_weights_reduce,16,5,W+510912,W+221184,8,1,32,288,32,5,9,0,1,9,288, // %131 convolution_backward_weights f32[32,32,3,3] resnet.swift:34
  k_normalize_moments_gradient,13,1,W+455168,W+508416,P+38976,W+509696,1,32,32,32,32,0x3ee4f8b588e368f1, // %135 normalize_moments_gradient f32[1,2,32] resnet.swift:34
  k_select_moment,9,1,W+455168,W+510592,1,32,1,32, // %136 select_moment f32[32] resnet.swift:34
  k_select_moment,9,1,W+455168,W+510720,1,32,0,32, // %137 select_moment f32[32] resnet.swift:34
  WAIT+k_convolution_transpose,19,4,P+20544,W+510912,1,16,32,1,3,3,1,2,2,1,1,1,32,0, // %140 convolution_backward_data f32[8,16,8,8] resnet.swift:34
  WAIT+k_convolution_backward_data_2,61,32,W+489472,512,W+473088,512,W+509696,32,128,W+508416,0,384,W+510912,W+421888,1024,8,1,16,32,1,8,8,1,4,4,1,3,3,1,2,2,1,1,1,0,1,1,1,5,5,6,6,48,8,1,1,1,0,0,0,5,5,0,1,1,32,384,512,576,6848, // %140 convolution_backward_data f32[8,16,8,8] resnet.swift:34
  WAIT+k_convolution_backward_weights_2,57,4,W+489472,512,W+473088,512,W+509696,32,128,W+508416,0,384,W+356352,1024,W+510912,8,1,16,32,1,8,8,1,4,4,1,3,3,1,2,2,1,1,1,0,1,1,4,4,4,5,5,400,2,1,1,1,2,2,8,32,2432,2560,2752,15680,23872, // %141 convolution_backward_weights f32[32,16,3,3] resnet.swift:34
  WAIT+k_convolution_weights_reduce,16,3,W+510912,W+454656,2,1,32,144,32,3,9,0,1,9,144, // %141 convolution_backward_weights f32[32,16,3,3] resnet.swift:34
  WAIT+k_pointwise_planes_3,20,1,W+389120,1024,W+421888,1024,W+356352,1024,W+389120,1024,W+323584,1024,W+510208,W+510912,0,128,16,64,256, // %143 relu_gradient + %144 normalize_reduce f32[8,16,8,8] resnet.swift:34
  WAIT+k_sums_merge,13,2,W+510912,W+510208,W+473088,16,8,2,0,16,16,0x3ee4f8b588e368f1, // %143 relu_gradient + %144 normalize_reduce f32[8,16,8,8] resnet.swift:34
  WAIT+k_normalize_moments_gradient,13,1,W+473088,W+510208,P+20416,W+431104,1,16,16,16,16,0x3ee4f8b588e368f1, // %146 normalize_moments_gradient f32[1,2,16] resnet.swift:34
  k_select_moment,9,1,W+473088,W+431360,1,16,1,16, // %147 select_moment f32[16] resnet.swift:34
  k_select_moment,9,1,W+473088,W+431424,1,16,0,16, // %148 select_moment f32[16] resnet.swift:34
  k_convolution_transpose,19,4,P+11200,W+510912,1,16,16,1,3,3,1,1,1,1,1,1,16,0, // %151 convolution_backward_data + %153 relu_gradient + %154 normalize_reduce + %155 normalize_input_gradient f32[8,16,8,8] resnet.swift:34
  WAIT+k_convolution_backward_data_4,75,8,W+389120,1024,P+20416,W+510208,16,0x3ee4f8b588e368f1,W+323584,1024,W+431104,16,512,0,256,W+510912,W+290816,1024,P+11072,W+510080,16,0x3ee4f8b588e368f1,P+11136,W+356352,1024,W+520128,256,448,256,8,1,16,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,2,1,1,1,0,1,1,8,8,0,2,2,16,16832,17216,17536,41216, // %151 convolution_backward_data + %153 relu_gradient + %154 normalize_reduce + %155 normalize_input_gradient f32[8,16,8,8] resnet.swift:34
  WAIT+k_sums_merge,13,2,W+520128,W+510080,W+431232,16,2,2,0,16,16,0x3ee4f8b588e368f1, // %151 convolution_backward_data + %153 relu_gradient + %154 normalize_reduce + %155 normalize_input_gradient f32[8,16,8,8] resnet.swift:34
  WAIT+k_convolution_backward_weights,67,16,W+389120,1024,P+20416,W+510208,16,0x3ee4f8b588e368f1,W+323584,1024,W+431104,16,512,0,256,W+290816,1024,P+11072,W+510080,16,0x3ee4f8b588e368f1,P+11136,4352,4544,W+510912,8,1,16,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,9,112,8,1,1,1,8,2,8,16,4608,4736,4864,8576,12672, // %152 convolution_backward_weights f32[16,16,3,3] resnet.swift:34
  WAIT+k_convolution_weights_reduce,16,3,W+510912,W+421888,8,1,16,144,16,3,9,0,1,9,144, // %152 convolution_backward_weights f32[16,16,3,3] resnet.swift:34
  k_normalize_moments_gradient,13,1,W+431232,W+510080,P+11072,W+332800,1,16,16,16,16,0x3ee4f8b588e368f1, // %156 normalize_moments_gradient f32[1,2,16] resnet.swift:34
  k_select_moment,9,1,W+431232,W+333056,1,16,1,16, // %157 select_moment f32[16] resnet.swift:34
  k_select_moment,9,1,W+431232,W+333120,1,16,0,16, // %158 select_moment f32[16] resnet.swift:34
  WAIT+k_convolution_transpose,19,4,P+1856,W+510912,1,16,16,1,3,3,1,1,1,1,1,1,16,0, // %161 convolution_backward_data + %163 add + %164 relu_gradient + %165 normalize_reduce + %166 normalize_input_gradient f32[8,16,8,8] resnet.swift:34
  WAIT+k_convolution_backward_data_5,74,8,W+356352,1024,W+290816,1024,W+332800,16,512,W+510080,0,192,W+510912,W+389120,1024,W+258048,1024,P+1728,W+509952,16,0x3ee4f8b588e368f1,P+1792,W+389120,1024,W+520128,192,384,256,8,1,16,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,4,8,8,10,9,368,2,1,1,1,0,1,1,8,8,0,2,2,16,16768,17152,17472,41152, // %161 convolution_backward_data + %163 add + %164 relu_gradient + %165 normalize_reduce + %166 normalize_input_gradient f32[8,16,8,8] resnet.swift:34
  WAIT+k_sums_merge,13,2,W+520128,W+509952,W+332928,16,2,2,0,16,16,0x3ee4f8b588e368f1, // %161 convolution_backward_data + %163 add + %164 relu_gradient + %165 normalize_reduce + %166 normalize_input_gradient f32[8,16,8,8] resnet.swift:34
  WAIT+k_convolution_backward_weights_3,64,16,W+356352,1024,W+290816,1024,W+332800,16,512,W+510080,0,192,W+258048,1024,P+1728,W+509952,16,0x3ee4f8b588e368f1,P+1792,4288,4480,W+510912,8,1,16,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,9,112,8,1,1,1,8,2,8,16,4544,4672,4800,8512,12608, // %162 convolution_backward_weights f32[16,16,3,3] resnet.swift:34
  WAIT+k_convolution_weights_reduce,16,3,W+510912,W+323584,8,1,16,144,16,3,9,0,1,9,144, // %162 convolution_backward_weights f32[16,16,3,3] resnet.swift:34
  k_normalize_moments_gradient,13,1,W+332928,W+509952,P+1728,W+292544,1,16,16,16,16,0x3ee4f8b588e368f1, // %167 normalize_moments_gradient f32[1,2,16] resnet.swift:29
  k_select_moment,9,1,W+332928,W+292672,1,16,1,16, // %168 select_moment f32[16] resnet.swift:29
  k_select_moment,9,1,W+332928,W+292736,1,16,0,16, // %169 select_moment f32[16] resnet.swift:29
  WAIT+k_convolution_backward_weights_4,57,8,W+389120,1024,W+258048,1024,W+292544,16,512,W+509952,0,192,X+0,192,W+510912,8,1,3,16,1,8,8,1,8,8,1,3,3,1,1,1,1,1,1,0,1,1,1,8,8,10,9,112,8,1,1,1,8,1,3,16,4288,4416,4544,6016,10112, // %172 convolution_backward_weights f32[16,3,3,3] resnet.swift:29
  WAIT+k_convolution_weights_reduce,16,1,W+510912,W+290816,8,1,16,27,16,1,9,0,1,9,27, // %172 convolution_backward_weights f32[16,3,3,3] resnet.swift:29
  WAIT+k_pointwise,18,1,P+0,432,W+290816,432,M+0,432,0x38d1b717,0x3f800000,0x3f666666,M+0,432,-1,P+0,432,432, // %176 sgd_momentum + %177 sgd_parameter f32[16,3,3,3]
  k_pointwise,18,1,P+1728,16,W+292672,16,M+1728,16,0x38d1b717,0x3f800000,0x3f666666,M+1728,16,-1,P+1728,16,16, // %179 sgd_momentum + %180 sgd_parameter f32[16]
  k_pointwise,18,1,P+1792,16,W+292736,16,M+1792,16,0x38d1b717,0x3f800000,0x3f666666,M+1792,16,-1,P+1792,16,16, // %182 sgd_momentum + %183 sgd_parameter f32[16]
  k_pointwise,18,1,P+1856,2304,W+323584,2304,M+1856,2304,0x38d1b717,0x3f800000,0x3f666666,M+1856,2304,-1,P+1856,2304,2304, // %185 sgd_momentum + %186 sgd_parameter f32[16,16,3,3]
  k_pointwise,18,1,P+11072,16,W+333056,16,M+11072,16,0x38d1b717,0x3f800000,0x3f666666,M+11072,16,-1,P+11072,16,16, // %188 sgd_momentum + %189 sgd_parameter f32[16]
  k_pointwise,18,1,P+11136,16,W+333120,16,M+11136,16,0x38d1b717,0x3f800000,0x3f666666,M+11136,16,-1,P+11136,16,16, // %191 sgd_momentum + %192 sgd_parameter f32[16]
  k_pointwise,18,1,P+11200,2304,W+421888,2304,M+11200,2304,0x38d1b717,0x3f800000,0x3f666666,M+11200,2304,-1,P+11200,2304,2304, // %194 sgd_momentum + %195 sgd_parameter f32[16,16,3,3]
  k_pointwise,18,1,P+20416,16,W+431360,16,M+20416,16,0x38d1b717,0x3f800000,0x3f666666,M+20416,16,-1,P+20416,16,16, // %197 sgd_momentum + %198 sgd_parameter f32[16]
  k_pointwise,18,1,P+20480,16,W+431424,16,M+20480,16,0x38d1b717,0x3f800000,0x3f666666,M+20480,16,-1,P+20480,16,16, // %200 sgd_momentum + %201 sgd_parameter f32[16]
  k_pointwise,18,1,P+20544,4608,W+454656,4608,M+20544,4608,0x38d1b717,0x3f800000,0x3f666666,M+20544,4608,-1,P+20544,4608,4608, // %203 sgd_momentum + %204 sgd_parameter f32[32,16,3,3]
  k_pointwise,18,1,P+38976,32,W+510592,32,M+38976,32,0x38d1b717,0x3f800000,0x3f666666,M+38976,32,-1,P+38976,32,32, // %206 sgd_momentum + %207 sgd_parameter f32[32]
  k_pointwise,18,1,P+39104,32,W+510720,32,M+39104,32,0x38d1b717,0x3f800000,0x3f666666,M+39104,32,-1,P+39104,32,32, // %209 sgd_momentum + %210 sgd_parameter f32[32]
  k_pointwise,18,1,P+39232,9216,W+221184,9216,M+39232,9216,0x38d1b717,0x3f800000,0x3f666666,M+39232,9216,-1,P+39232,9216,9216, // %212 sgd_momentum + %213 sgd_parameter f32[32,32,3,3]
  k_pointwise,18,1,P+76096,32,W+510336,32,M+76096,32,0x38d1b717,0x3f800000,0x3f666666,M+76096,32,-1,P+76096,32,32, // %215 sgd_momentum + %216 sgd_parameter f32[32]
  k_pointwise,18,1,P+76224,32,W+510464,32,M+76224,32,0x38d1b717,0x3f800000,0x3f666666,M+76224,32,-1,P+76224,32,32, // %218 sgd_momentum + %219 sgd_parameter f32[32]
  k_pointwise,18,2,P+76352,18432,W+147456,18432,M+76352,18432,0x38d1b717,0x3f800000,0x3f666666,M+76352,18432,-1,P+76352,18432,18432, // %221 sgd_momentum + %222 sgd_parameter f32[64,32,3,3]
  k_pointwise,18,1,P+150080,64,W+509184,64,M+150080,64,0x38d1b717,0x3f800000,0x3f666666,M+150080,64,-1,P+150080,64,64, // %224 sgd_momentum + %225 sgd_parameter f32[64]
  k_pointwise,18,1,P+150336,64,W+509440,64,M+150336,64,0x38d1b717,0x3f800000,0x3f666666,M+150336,64,-1,P+150336,64,64, // %227 sgd_momentum + %228 sgd_parameter f32[64]
  k_pointwise,18,3,P+150592,36864,W+0,36864,M+150592,36864,0x38d1b717,0x3f800000,0x3f666666,M+150592,36864,-1,P+150592,36864,36864, // %230 sgd_momentum + %231 sgd_parameter f32[64,64,3,3]
  k_pointwise,18,1,P+298048,64,W+508672,64,M+298048,64,0x38d1b717,0x3f800000,0x3f666666,M+298048,64,-1,P+298048,64,64, // %233 sgd_momentum + %234 sgd_parameter f32[64]
  k_pointwise,18,1,P+298304,64,W+508928,64,M+298304,64,0x38d1b717,0x3f800000,0x3f666666,M+298304,64,-1,P+298304,64,64, // %236 sgd_momentum + %237 sgd_parameter f32[64]
  k_pointwise,18,1,P+298560,640,W+505856,640,M+298560,640,0x38d1b717,0x3f800000,0x3f666666,M+298560,640,-1,P+298560,640,640, // %239 sgd_momentum + %240 sgd_parameter f32[10,64]
  k_pointwise,18,1,P+301120,10,W+510848,10,M+301120,10,0x38d1b717,0x3f800000,0x3f666666,M+301120,10,-1,P+301120,10,10, // %242 sgd_momentum + %243 sgd_parameter f32[10]
  k_end,
};

int res_net_train_8(const struct res_net_arguments *arguments) {
  const struct call call = {arguments, res_net_train_8_rows, 1, 0, 0, 0};
  return start(&call);
}

static const int64_t res_net_prepare_rows[] = {
  k_pointwise_2,11,1,P+1728,16,S+64,16,0x3727c5ac,W+1728,16,16, // %5 reciprocal_square_root + %6 multiply f32[16] resnet.swift:29
  WAIT+k_pointwise_3,12,1,P+1792,16,W+1728,16,S+0,16,R+0,16,16, // %8 subtract f32[16] resnet.swift:29
  k_multiply_channel,10,1,P+0,W+1728,W+0,16,16,27,606, // %9 multiply_channel f32[16,3,3,3] resnet.swift:29
  WAIT+k_pack_weights,12,4,W+0,R+64,16,3,9,4,4,0,3, // %10 pack_weights f32[16,3,3,3] resnet.swift:29
  k_pointwise_2,11,1,P+11072,16,S+192,16,0x3727c5ac,W+9216,16,16, // %16 reciprocal_square_root + %17 multiply f32[16] resnet.swift:34
  WAIT+k_pointwise_3,12,1,P+11136,16,W+9216,16,S+128,16,R+1792,16,16, // %19 subtract f32[16] resnet.swift:34
  k_multiply_channel,10,1,P+1856,W+9216,W+0,16,16,144,113, // %20 multiply_channel f32[16,16,3,3] resnet.swift:34
  WAIT+k_pack_weights,12,4,W+0,R+1856,16,16,9,4,4,0,16, // %21 pack_weights f32[16,16,3,3] resnet.swift:34
  k_pointwise_2,11,1,P+20416,16,S+320,16,0x3727c5ac,W+9216,16,16, // %27 reciprocal_square_root + %28 multiply f32[16] resnet.swift:34
  WAIT+k_pointwise_3,12,1,P+20480,16,W+9216,16,S+256,16,R+11072,16,16, // %30 subtract f32[16] resnet.swift:34
  k_multiply_channel,10,1,P+11200,W+9216,W+0,16,16,144,113, // %31 multiply_channel f32[16,16,3,3] resnet.swift:34
  WAIT+k_pack_weights,12,4,W+0,R+11136,16,16,9,4,4,0,16, // %32 pack_weights f32[16,16,3,3] resnet.swift:34
  k_pointwise_2,11,1,P+38976,32,S+512,32,0x3727c5ac,W+18432,32,32, // %38 reciprocal_square_root + %39 multiply f32[32] resnet.swift:34
  WAIT+k_pointwise_3,12,1,P+39104,32,W+18432,32,S+384,32,R+20352,32,32, // %41 subtract f32[32] resnet.swift:34
  k_multiply_channel,10,1,P+20544,W+18432,W+0,32,32,144,113, // %42 multiply_channel f32[32,16,3,3] resnet.swift:34
  WAIT+k_pack_weights,12,2,W+0,R+20480,32,16,9,2,24,0,16, // %43 pack_weights f32[32,16,3,3] resnet.swift:34
  k_pointwise_2,11,1,P+76096,32,S+768,32,0x3727c5ac,W+36864,32,32, // %49 reciprocal_square_root + %50 multiply f32[32] resnet.swift:34
  WAIT+k_pointwise_3,12,1,P+76224,32,W+36864,32,S+640,32,R+38912,32,32, // %52 subtract f32[32] resnet.swift:34
  k_multiply_channel,10,1,P+39232,W+36864,W+0,32,32,288,56, // %53 multiply_channel f32[32,32,3,3] resnet.swift:34
  WAIT+k_pack_weights,12,8,W+0,R+39040,32,32,9,8,4,0,32, // %54 pack_weights f32[32,32,3,3] resnet.swift:34
  k_pointwise_2,11,1,P+150080,64,S+1152,64,0x3727c5ac,W+73728,64,64, // %60 reciprocal_square_root + %61 multiply f32[64] resnet.swift:34
  WAIT+k_pointwise_3,12,1,P+150336,64,W+73728,64,S+896,64,R+75904,64,64, // %63 subtract f32[64] resnet.swift:34
  k_multiply_channel,10,2,P+76352,W+73728,W+0,64,64,288,56, // %64 multiply_channel f32[64,32,3,3] resnet.swift:34
  WAIT+k_pack_weights,12,3,W+0,R+76160,64,32,9,3,24,0,32, // %65 pack_weights f32[64,32,3,3] resnet.swift:34
  k_pointwise_2,11,1,P+298048,64,S+1664,64,0x3727c5ac,W+147456,64,64, // %71 reciprocal_square_root + %72 multiply f32[64] resnet.swift:34
  WAIT+k_pointwise_3,12,1,P+298304,64,W+147456,64,S+1408,64,R+149888,64,64, // %74 subtract f32[64] resnet.swift:34
  k_multiply_channel,10,3,P+150592,W+147456,W+0,64,64,576,28, // %75 multiply_channel f32[64,64,3,3] resnet.swift:34
  WAIT+k_pack_weights,12,3,W+0,R+150144,64,64,9,3,24,0,64, // %76 pack_weights f32[64,64,3,3] resnet.swift:34
  k_end,
};

int res_net_prepare(const struct res_net_arguments *arguments) {
  const struct call call = {arguments, res_net_prepare_rows, 1, 0, 0, 0};
  return start(&call);
}

const char *res_net_metadata(void) {
  return
    "{\"abi\":1,\"build\":\"c04e164a1081fd6271a3342deb7a7cffed3671e6e4cdf6977f6b0db1eafb1b51\",\"constant"
    "Bytes\":0,\"entries\":[{\"batch\":1,\"mode\":\"infer\",\"outputBytes\":64,\"outputs\":[{\"name\":\"l"
    "ogits\",\"offset\":0,\"shape\":[1,10]}],\"symbol\":\"res_net_infer_1\",\"values\":[],\"workspace\":1"
    "47712},{\"batch\":8,\"mode\":\"infer\",\"outputBytes\":352,\"outputs\":[{\"name\":\"logits\",\"offse"
    "t\":0,\"shape\":[8,10]}],\"symbol\":\"res_net_infer_8\",\"values\":[],\"workspace\":147712},{\"batch"
    "\":8,\"mode\":\"train\",\"outputBytes\":384,\"outputs\":[{\"name\":\"loss\",\"offset\":0,\"shape\":["
    "]},{\"name\":\"logits\",\"offset\":64,\"shape\":[8,10]}],\"symbol\":\"res_net_train_8\",\"values\":["
    "],\"workspace\":1690560}],\"features\":[\"pni\",\"ssse3\",\"sse4_1\",\"sse4_2\",\"popcnt\",\"movbe\""
    ",\"abm\",\"bmi1\",\"bmi2\",\"avx\",\"f16c\",\"fma\",\"avx2\"],\"gates\":[],\"inputShape\":[3,8,8],\""
    "loss\":\"softmax_cross_entropy\",\"name\":\"res_net\",\"optimizer\":[{\"name\":\"stem.conv.weight\","
    "\"offset\":0,\"shape\":[16,3,3,3],\"slot\":\"momentum\"},{\"name\":\"stem.norm.weight\",\"offset\":1"
    "728,\"shape\":[16],\"slot\":\"momentum\"},{\"name\":\"stem.norm.bias\",\"offset\":1792,\"shape\":[16"
    "],\"slot\":\"momentum\"},{\"name\":\"stage1.block1.conv1.weight\",\"offset\":1856,\"shape\":[16,16,3"
    ",3],\"slot\":\"momentum\"},{\"name\":\"stage1.block1.norm1.weight\",\"offset\":11072,\"shape\":[16],"
    "\"slot\":\"momentum\"},{\"name\":\"stage1.block1.norm1.bias\",\"offset\":11136,\"shape\":[16],\"slot"
    "\":\"momentum\"},{\"name\":\"stage1.block1.conv2.weight\",\"offset\":11200,\"shape\":[16,16,3,3],\"s"
    "lot\":\"momentum\"},{\"name\":\"stage1.block1.norm2.weight\",\"offset\":20416,\"shape\":[16],\"slot\""
    ":\"momentum\"},{\"name\":\"stage1.block1.norm2.bias\",\"offset\":20480,\"shape\":[16],\"slot\":\"mom"
    "entum\"},{\"name\":\"stage2.block1.conv1.weight\",\"offset\":20544,\"shape\":[32,16,3,3],\"slot\":\""
    "momentum\"},{\"name\":\"stage2.block1.norm1.weight\",\"offset\":38976,\"shape\":[32],\"slot\":\"mome"
    "ntum\"},{\"name\":\"stage2.block1.norm1.bias\",\"offset\":39104,\"shape\":[32],\"slot\":\"momentum\""
    "},{\"name\":\"stage2.block1.conv2.weight\",\"offset\":39232,\"shape\":[32,32,3,3],\"slot\":\"momentu"
    "m\"},{\"name\":\"stage2.block1.norm2.weight\",\"offset\":76096,\"shape\":[32],\"slot\":\"momentum\"}"
    ",{\"name\":\"stage2.block1.norm2.bias\",\"offset\":76224,\"shape\":[32],\"slot\":\"momentum\"},{\"na"
    "me\":\"stage3.block1.conv1.weight\",\"offset\":76352,\"shape\":[64,32,3,3],\"slot\":\"momentum\"},{\""
    "name\":\"stage3.block1.norm1.weight\",\"offset\":150080,\"shape\":[64],\"slot\":\"momentum\"},{\"nam"
    "e\":\"stage3.block1.norm1.bias\",\"offset\":150336,\"shape\":[64],\"slot\":\"momentum\"},{\"name\":\""
    "stage3.block1.conv2.weight\",\"offset\":150592,\"shape\":[64,64,3,3],\"slot\":\"momentum\"},{\"name\""
    ":\"stage3.block1.norm2.weight\",\"offset\":298048,\"shape\":[64],\"slot\":\"momentum\"},{\"name\":\""
    "stage3.block1.norm2.bias\",\"offset\":298304,\"shape\":[64],\"slot\":\"momentum\"},{\"name\":\"class"
    "ifier.weight\",\"offset\":298560,\"shape\":[10,64],\"slot\":\"momentum\"},{\"name\":\"classifier.bia"
    "s\",\"offset\":301120,\"shape\":[10],\"slot\":\"momentum\"}],\"optimizerBytes\":301184,\"outputShape"
    "\":[10],\"parameterBytes\":301184,\"parameters\":[{\"initializer\":\"[he_normal, fan_out]\",\"name\""
    ":\"stem.conv.weight\",\"offset\":0,\"shape\":[16,3,3,3]},{\"initializer\":\"[constant, 1.0]\",\"name"
    "\":\"stem.norm.weight\",\"offset\":1728,\"shape\":[16]},{\"initializer\":\"[constant, 0.0]\",\"name\""
    ":\"stem.norm.bias\",\"offset\":1792,\"shape\":[16]},{\"initializer\":\"[he_normal, fan_out]\",\"name"
    "\":\"stage1.block1.conv1.weight\",\"offset\":1856,\"shape\":[16,16,3,3]},{\"initializer\":\"[constan"
    "t, 1.0]\",\"name\":\"stage1.block1.norm1.weight\",\"offset\":11072,\"shape\":[16]},{\"initializer\":"
    "\"[constant, 0.0]\",\"name\":\"stage1.block1.norm1.bias\",\"offset\":11136,\"shape\":[16]},{\"initia"
    "lizer\":\"[he_normal, fan_out]\",\"name\":\"stage1.block1.conv2.weight\",\"offset\":11200,\"shape\":"
    "[16,16,3,3]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"stage1.block1.norm2.weight\",\"offset\""
    ":20416,\"shape\":[16]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"stage1.block1.norm2.bias\",\""
    "offset\":20480,\"shape\":[16]},{\"initializer\":\"[he_normal, fan_out]\",\"name\":\"stage2.block1.co"
    "nv1.weight\",\"offset\":20544,\"shape\":[32,16,3,3]},{\"initializer\":\"[constant, 1.0]\",\"name\":\""
    "stage2.block1.norm1.weight\",\"offset\":38976,\"shape\":[32]},{\"initializer\":\"[constant, 0.0]\",\""
    "name\":\"stage2.block1.norm1.bias\",\"offset\":39104,\"shape\":[32]},{\"initializer\":\"[he_normal, "
    "fan_out]\",\"name\":\"stage2.block1.conv2.weight\",\"offset\":39232,\"shape\":[32,32,3,3]},{\"initia"
    "lizer\":\"[constant, 1.0]\",\"name\":\"stage2.block1.norm2.weight\",\"offset\":76096,\"shape\":[32]}"
    ",{\"initializer\":\"[constant, 0.0]\",\"name\":\"stage2.block1.norm2.bias\",\"offset\":76224,\"shape"
    "\":[32]},{\"initializer\":\"[he_normal, fan_out]\",\"name\":\"stage3.block1.conv1.weight\",\"offset\""
    ":76352,\"shape\":[64,32,3,3]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"stage3.block1.norm1.we"
    "ight\",\"offset\":150080,\"shape\":[64]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"stage3.bloc"
    "k1.norm1.bias\",\"offset\":150336,\"shape\":[64]},{\"initializer\":\"[he_normal, fan_out]\",\"name\""
    ":\"stage3.block1.conv2.weight\",\"offset\":150592,\"shape\":[64,64,3,3]},{\"initializer\":\"[constan"
    "t, 1.0]\",\"name\":\"stage3.block1.norm2.weight\",\"offset\":298048,\"shape\":[64]},{\"initializer\""
    ":\"[constant, 0.0]\",\"name\":\"stage3.block1.norm2.bias\",\"offset\":298304,\"shape\":[64]},{\"init"
    "ializer\":\"lecun_uniform\",\"name\":\"classifier.weight\",\"offset\":298560,\"shape\":[10,64]},{\"i"
    "nitializer\":\"[constant, 0.0]\",\"name\":\"classifier.bias\",\"offset\":301120,\"shape\":[10]}],\"p"
    "reparedBytes\":297600,\"scratchBytes\":69760,\"signature\":\"44accd3c94b27e36312e089eb663c37dda63a17"
    "81bda950d66081bca7816b51f\",\"state\":[{\"initializer\":\"[constant, 0.0]\",\"name\":\"stem.norm.run"
    "ning_mean\",\"offset\":0,\"shape\":[16]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"stem.norm.r"
    "unning_var\",\"offset\":64,\"shape\":[16]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"stage1.bl"
    "ock1.norm1.running_mean\",\"offset\":128,\"shape\":[16]},{\"initializer\":\"[constant, 1.0]\",\"name"
    "\":\"stage1.block1.norm1.running_var\",\"offset\":192,\"shape\":[16]},{\"initializer\":\"[constant, "
    "0.0]\",\"name\":\"stage1.block1.norm2.running_mean\",\"offset\":256,\"shape\":[16]},{\"initializer\""
    ":\"[constant, 1.0]\",\"name\":\"stage1.block1.norm2.running_var\",\"offset\":320,\"shape\":[16]},{\""
    "initializer\":\"[constant, 0.0]\",\"name\":\"stage2.block1.norm1.running_mean\",\"offset\":384,\"sha"
    "pe\":[32]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"stage2.block1.norm1.running_var\",\"offse"
    "t\":512,\"shape\":[32]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"stage2.block1.norm2.running_"
    "mean\",\"offset\":640,\"shape\":[32]},{\"initializer\":\"[constant, 1.0]\",\"name\":\"stage2.block1."
    "norm2.running_var\",\"offset\":768,\"shape\":[32]},{\"initializer\":\"[constant, 0.0]\",\"name\":\"s"
    "tage3.block1.norm1.running_mean\",\"offset\":896,\"shape\":[64]},{\"initializer\":\"[constant, 1.0]\""
    ",\"name\":\"stage3.block1.norm1.running_var\",\"offset\":1152,\"shape\":[64]},{\"initializer\":\"[co"
    "nstant, 0.0]\",\"name\":\"stage3.block1.norm2.running_mean\",\"offset\":1408,\"shape\":[64]},{\"init"
    "ializer\":\"[constant, 1.0]\",\"name\":\"stage3.block1.norm2.running_var\",\"offset\":1664,\"shape\""
    ":[64]}],\"stateBytes\":1920,\"target\":\"x86-64-v3\"}";
}
