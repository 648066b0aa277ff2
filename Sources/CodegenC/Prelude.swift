import ArtefactABI
import NNIR
import Passes

/// The fixed text of the C: types, the threads, and the loop over the rows of a call table.
struct Prelude {
  let options: CodegenOptions
  let scratchBytes: Int
  /// Whether any row runs in one state of a gate only.
  let hasGates: Bool

  private var name: String { options.name }
  private var arguments: String { "struct \(ArtefactSymbol.arguments(name))" }

  /// Everything before the kernels; with what the tail needs where `threads` follow.
  func head(threads: Bool) -> String {
    """
    #include <math.h>\(threads ? "\n#include <pthread.h>\n#include <sched.h>" : "")

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

    #define LANES \(options.lanes)
    typedef float vec __attribute__((vector_size(\(options.lanes * 4))));
    typedef float loose __attribute__((vector_size(\(options.lanes * 4)), aligned(4), may_alias));
    #define load(p) ((vec) * (const loose *)(const void *)(p))
    #define store(p, v) (*(loose *)(void *)(p) = (v))

    /* A place is the number of an arena above 56 bits of byte offset; -1 is no place. */
    \(Self.arenaLines)
    #define NOWHERE INT64_MIN

    /* What a thread knows while it walks a call table. */
    struct context {
      unsigned char *arena[\(Arena.allCases.count)];
      const \(arguments) *arguments;
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
    """
  }

  private static var arenaLines: String {
    Arena.allCases.enumerated().map { "#define \($1.letter) (INT64_C(\($0)) << 56)" }.joined(separator: "\n")
  }

  /// Everything between the kernels and the entry points.
  var tail: String {
    [barrier, run, pool].joined(separator: "\n\n")
  }

  private var barrier: String {
    """
    /* One call of an entry point: its table, and the micro-batches that go through it. */
    struct call {
      const \(arguments) *arguments;
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
    """
  }

  private var run: String {
    let arenas = Arena.allCases.enumerated().map { number, arena in
      let own =
        switch arena {
        case .workspace: " + (uintptr_t)(space * call->workspace)"
        case .input: Mutation.isActive(.microbatchInput) ? "" : " + (uintptr_t)(part * call->input)"
        case .output: " + (uintptr_t)(part * call->output)"
        // training alone has labels and targets, and its batch is one part
        case .parameters, .optimizer, .state, .gradients, .prepared, .constants, .labels, .target: ""
        }
      return "  c->arena[\(number)] = (unsigned char *)((uintptr_t)arguments->\(arena.rawValue)\(own));"
    }.joined(separator: "\n")
    let profile = ProfileText(counters: options.counters)
    return """
      /* Walks a call table as one of `members` threads. A row is: kernel (with WAIT: after all members have finished the
         rows before), words of the row, tasks, the kernel's arguments. Tasks are split into runs of neighbours; how many
         threads there are decides who computes a task, never what it computes. */
      #define WAIT (INT64_C(1) << 32)\(hasGates ? gateRow : "")
      \(profile.clock)static void walk(const struct context *c, const int64_t *rows, struct pool *pool, struct meeting *meeting,
                       int64_t member, int64_t members, int32_t *patience) {\(profile.counters)
        int64_t number = 0;
        for (const int64_t *row = rows; row[0] != 0; row += row[1], ++number) {
          if (members > 1 && row[0] & WAIT) barrier(pool, meeting, members, patience);\(hasGates ? gateTest : "")
          const int64_t tasks = row[2];
          /* rows with fewer tasks than members take turns in whom they occupy */
          const int64_t rank = tasks < members ? (member + number) % members : member;
          const int64_t first = rank * tasks / members, last = (rank + 1) * tasks / members;\(profile.rowBegin)
          if (first < last) dispatch(row[0] & (WAIT - 1), c, row + 3, first, last);\(profile.rowEnd)
        }
      }

      /* The arenas as a micro-batch sees them, in a place of the workspace that nobody else has at the time. */
      static void settle(struct context *c, const struct call *call, int64_t part, int64_t space) {
        const \(arguments) *arguments = call->arguments;
      \(arenas)
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
        c.scratch = call->arguments->scratch ? call->arguments->scratch + thread * INT64_C(\(scratchBytes)) : 0;\(profile.begin)
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
        if (pool) barrier(pool, &pool->all, threads, patience);\(profile.end)
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
      """
  }

  private var gateRow: String {
    """

    /* A row with GATE has twice the number of a gate, plus 1 for open, and how far behind it the last of the rows begins
       that are skipped where the gate is in the other state. Without a vector all gates are open. */
    #define GATE (INT64_C(1) << 33)
    """
  }

  private var gateTest: String {
    """

        if (row[0] & GATE) {
          const unsigned char *gates = c->arguments->gates;
          const int64_t open = !gates || gates[row[2] >> 1] != 0;
          if (open != (row[2] & 1)) row += row[3];
          continue;
        }
    """
  }

  private var pool: String {
    """
    static struct worker *workers_of(struct pool *pool) { return (struct worker *)(void *)(pool->teams + pool->threads); }

    size_t \(ArtefactSymbol.poolBytes(name))(int threads) {
      return sizeof(struct pool) + (size_t)(threads > 1 ? threads : 1) * (sizeof(struct meeting) + sizeof(struct worker));
    }

    int \(ArtefactSymbol.poolOpen(name))(void *storage, int threads) {
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
          \(ArtefactSymbol.poolClose(name))(storage);
          return code;
        }
        pool->opened = i + 1;
      }
      return 0;
    }

    void \(ArtefactSymbol.poolClose(name))(void *storage) {
      struct pool *pool = storage;
      struct worker *workers = workers_of(pool);
      pool->call = 0;
      announce(pool, &pool->calls, pool->calls + 1);
      for (int32_t i = 1; i < pool->opened; ++i) pthread_join(workers[i].thread, 0);
      pthread_cond_destroy(&pool->wake);
      pthread_mutex_destroy(&pool->mutex);
    }
    """
  }
}

extension Arena {
  /// The macro by which rows name it.
  var letter: String {
    switch self {
    case .parameters: "P"
    case .optimizer: "M"
    case .state: "S"
    case .gradients: "G"
    case .workspace: "W"
    case .prepared: "R"
    case .constants: "C"
    case .input: "X"
    case .labels: "L"
    case .target: "T"
    case .output: "Y"
    }
  }
}
