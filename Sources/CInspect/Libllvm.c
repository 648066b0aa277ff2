// Finds and opens libLLVM, once.

#include "Libllvm.h"

#include <pthread.h>

#include "CInspect.h"
#include "Open.h"

// Version 14 only: the bare name `libLLVM.so` is whatever a system has, and tables of instructions differ.
static const char *const candidates[] = {
    "/usr/lib/llvm-14/lib/libLLVM-14.so.1",
#if defined(__x86_64__)
    "/usr/lib/x86_64-linux-gnu/libLLVM-14.so.1",
#elif defined(__aarch64__)
    "/usr/lib/aarch64-linux-gnu/libLLVM-14.so.1",
#endif
    "libLLVM-14.so.1",
    "libLLVM-14.so",
};

#define LIBLLVM_NAME(name) "LLVM" #name,
static const char *const functions[] = {LIBLLVM_FUNCTIONS(LIBLLVM_NAME)};
#undef LIBLLVM_NAME

static const WantedLibrary wanted = {
    .candidates = candidates,
    .candidate_count = sizeof candidates / sizeof candidates[0],
    .variable = "NNCC_LIBLLVM",
    .package = "llvm-dev",
    .functions = functions,
    .function_count = sizeof functions / sizeof functions[0],
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Libllvm library;
static bool loaded;
static char reason[4096];

static void load(void) {
  loaded = nncc_open(&wanted, &library, reason, sizeof reason);
  if (!loaded) return;
  library.InitializeX86TargetInfo();
  library.InitializeX86TargetMC();
  library.InitializeX86Disassembler();
  library.InitializeAArch64TargetInfo();
  library.InitializeAArch64TargetMC();
  library.InitializeAArch64Disassembler();
}

const Libllvm *nncc_libllvm(const char **error) {
  pthread_once(&once, load);
  if (loaded) return &library;
  *error = reason;
  return NULL;
}

const char *inspect_libllvm_unavailable(void) {
  const char *error = NULL;
  return nncc_libllvm(&error) != NULL ? NULL : error;
}
