/// The C that measures what this machine can do at best; `MachineProbe` compiles and calls it.
enum ProbeSource {
  /// Accumulators must cover the latency of all units that multiply and add: 4 cycles on 2 units are 8, and 12 with
  /// both factors stay within 16 registers.
  static let accumulators = 12

  /// - Parameter bytes: Bytes of a vector register.
  static func text(vectorBytes bytes: Int) -> String {
    """
    #include <pthread.h>
    #include <sched.h>
    #include <stddef.h>
    #include <stdint.h>
    #include <time.h>

    #define EXPORT __attribute__((visibility("default")))
    #define CHAINS \(accumulators)
    #define LANES \(bytes / 4)
    typedef float vec __attribute__((vector_size(\(bytes))));

    struct probe {
      pthread_t thread;
      int *go; /* 0: not all are there yet, 1: all are, -1: some could not be started */
      double seconds;
      const unsigned char *memory; /* null: arithmetic */
      size_t bytes;
      double rate; /* multiply-adds or bytes in a second */
      float sink;
    };

    static double now(void) {
      struct timespec t;
      clock_gettime(CLOCK_MONOTONIC, &t);
      return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
    }

    /* Some thousand dependent multiply-adds in each of several chains. The values converge to 1. */
    static __attribute__((noinline)) double calculate(float *sink) {
      volatile float half = 0.5f;
      const vec factor = half - (vec){0}, term = half - (vec){0};
      vec sum[CHAINS];
      for (int k = 0; k < CHAINS; ++k) sum[k] = (float)k - (vec){0};
      enum { ROUNDS = 4096 };
      for (int i = 0; i < ROUNDS; ++i) {
    #pragma clang loop unroll(full)
        for (int k = 0; k < CHAINS; ++k) sum[k] = sum[k] * factor + term;
      }
      for (int k = 0; k < CHAINS; ++k)
        for (int l = 0; l < LANES; ++l) *sink += sum[k][l];
      return (double)ROUNDS * CHAINS * LANES;
    }

    /* Reads a stretch of memory in order. */
    static __attribute__((noinline)) double stream(const unsigned char *memory, size_t bytes, float *sink) {
      const vec *v = (const vec *)(const void *)memory;
      vec sum[4] = {0};
      for (size_t i = 0; i + 4 <= bytes / sizeof(vec); i += 4) {
    #pragma clang loop unroll(full)
        for (int k = 0; k < 4; ++k) sum[k] += v[i + (size_t)k];
      }
      for (int k = 0; k < 4; ++k)
        for (int l = 0; l < LANES; ++l) *sink += sum[k][l];
      return (double)bytes;
    }

    static void *run(void *opaque) {
      struct probe *self = opaque;
      const size_t part = 1 << 20;
      size_t place = 0;
      double work = 0;
      while (__atomic_load_n(self->go, __ATOMIC_ACQUIRE) == 0) sched_yield();
      if (*self->go < 0) return 0;
      const double start = now();
      double end = start;
      while (end - start < self->seconds) {
        if (self->memory) {
          const size_t bytes = self->bytes - place < part ? self->bytes - place : part;
          work += stream(self->memory + place, bytes, &self->sink);
          place = place + bytes < self->bytes ? place + bytes : 0;
        } else {
          work += calculate(&self->sink);
        }
        end = now();
      }
      self->rate = work / (end - start);
      return 0;
    }

    /* Multiply-adds in a second, or with memory bytes read in a second, of so many threads together; negative where they
       cannot be started. Each thread reads its own part of the memory. */
    EXPORT double probe_rate(int threads, double seconds, const unsigned char *memory, size_t bytes) {
      enum { LIMIT = 1024 };
      if (threads < 1 || threads > LIMIT) return -1;
      struct probe probes[LIMIT];
      int go = 0, started = 1;
      const size_t part = bytes / (size_t)threads / 4096 * 4096;
      for (int i = 0; i < threads; ++i)
        probes[i] = (struct probe){
            .go = &go, .seconds = seconds, .bytes = part, .memory = memory ? memory + (size_t)i * part : 0};
      while (started < threads && pthread_create(&probes[started].thread, 0, run, &probes[started]) == 0) ++started;
      __atomic_store_n(&go, started == threads ? 1 : -1, __ATOMIC_RELEASE);
      run(&probes[0]);
      double sum = probes[0].rate;
      for (int i = 1; i < started; ++i) {
        pthread_join(probes[i].thread, 0);
        sum += probes[i].rate;
      }
      return started == threads ? sum : -1;
    }

    /* The counter that profiled artefacts read. */
    EXPORT uint64_t probe_ticks(void) {
    #if defined(__x86_64__)
      return __builtin_ia32_rdtsc();
    #elif defined(__aarch64__)
      uint64_t ticks;
      __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
      return ticks;
    #else
      return (uint64_t)(now() * 1e9);
    #endif
    }
    """
  }
}
