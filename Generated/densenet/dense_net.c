/* dense_net: computed by the kernels in dense_net_kernels_1.c and on, called row by row from the tables below. */

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

__attribute__((visibility("hidden"))) void dense_net_kernels_1(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last);
__attribute__((visibility("hidden"))) void dense_net_kernels_2(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last);
__attribute__((visibility("hidden"))) void dense_net_kernels_3(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last);

static void dispatch(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
  switch (kernel) {
    case k_convolution:
    case k_convolution_4:
    case k_global_average_pool:
    case k_pack_weights:
    case k_convolution_5:
    case k_moments_of_parts:
    case k_convolution_7:
    case k_convolution_9:
    case k_global_average_pool_2:
    case k_softmax_cross_entropy_both:
    case k_convolution_transpose:
    case k_convolution_backward_data:
    case k_convolution_backward:
    case k_convolution_backward_2:
    case k_convolution_backward_data_2:
    case k_convolution_backward_data_3:
    case k_sum_to_channel:
      dense_net_kernels_1(kernel, c, a, first, last);
      break;
    case k_convolution_2:
    case k_average_pool_halving:
    case k_convolution_3:
    case k_convolution_6:
    case k_average_pool_halving_2:
    case k_convolution_8:
    case k_global_average_pool_gradient:
    case k_convolution_backward_weights:
    case k_pointwise_planes:
    case k_average_pool_halving_gradient:
    case k_convolution_backward_weights_2:
    case k_pointwise:
    case k_pointwise_2:
    case k_pointwise_3:
    case k_pointwise_planes_2:
    case k_pointwise_4:
    case k_pointwise_5:
      dense_net_kernels_2(kernel, c, a, first, last);
      break;
    case k_dot_products:
    case k_running_moment:
    case k_mean_of_parts:
    case k_product:
    case k_sum_columns:
    case k_sums_merge:
    case k_normalize_moments_gradient:
    case k_select_moment:
    case k_convolution_weights_reduce:
    case k_multiply_channel:
    case k_clamp_lower:
    case k_clamp_upper:
    case k_clamp_factor:
    case k_clamp_shift:
    case k_multiply_columns:
      dense_net_kernels_3(kernel, c, a, first, last);
      break;
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
    "{\"abi\":1,\"build\":\"dde03352cb841b2f01b7d845d5461dc6fe3608d80492a7988e3f559aba2d9836\",\"constant"
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
