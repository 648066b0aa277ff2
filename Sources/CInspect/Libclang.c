// Finds and opens libclang, once.

#include "Libclang.h"

#include <pthread.h>
#include <stdio.h>

#include "CInspect.h"
#include "Open.h"

// Debian's version 14 first, by full name: its interface is the one the headers describe. The bare names leave the
// search to the loader, for systems that keep it elsewhere.
static const char *const candidates[] = {
    "/usr/lib/llvm-14/lib/libclang-14.so.1",
    "/usr/lib/llvm-14/lib/libclang.so.1",
#if defined(__x86_64__)
    "/usr/lib/x86_64-linux-gnu/libclang-14.so.1",
    "/usr/lib/x86_64-linux-gnu/libclang.so.1",
#elif defined(__aarch64__)
    "/usr/lib/aarch64-linux-gnu/libclang-14.so.1",
    "/usr/lib/aarch64-linux-gnu/libclang.so.1",
#endif
    "libclang-14.so.1",
    "libclang.so.1",
    "libclang.so",
};

#define LIBCLANG_NAME(name) "clang_" #name,
static const char *const functions[] = {LIBCLANG_FUNCTIONS(LIBCLANG_NAME)};
#undef LIBCLANG_NAME

static const WantedLibrary wanted = {
    .candidates = candidates,
    .candidate_count = sizeof candidates / sizeof candidates[0],
    .variable = "NNCC_LIBCLANG",
    .package = "libclang-dev",
    .functions = functions,
    .function_count = sizeof functions / sizeof functions[0],
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Libclang library;
static bool loaded;
static char reason[4096];
static char version[256];

static void load(void) {
  loaded = nncc_open(&wanted, &library, reason, sizeof reason);
  if (loaded) {
    CXString text = library.getClangVersion();
    const char *line = library.getCString(text);
    snprintf(version, sizeof version, "%s", line != NULL ? line : "");
    library.disposeString(text);
  }
}

const Libclang *nncc_libclang(const char **error) {
  pthread_once(&once, load);
  if (loaded) return &library;
  *error = reason;
  return NULL;
}

const char *inspect_libclang_unavailable(void) {
  const char *error = NULL;
  return nncc_libclang(&error) != NULL ? NULL : error;
}

const char *inspect_libclang_version(void) {
  const char *error = NULL;
  return nncc_libclang(&error) != NULL ? version : "";
}
