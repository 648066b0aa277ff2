// Finds and opens libclang, once.

#include "Libclang.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CInspect.h"

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

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Libclang library;
static bool loaded;
static char reason[4096];
static char version[256];

static void append_reason(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void append_reason(const char *format, ...) {
  size_t used = strlen(reason);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason + used, sizeof reason - used, format, arguments);
  va_end(arguments);
}

/// Opens one library and looks every function up; false leaves the cause in `reason`.
static bool open_library(const char *path) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    const char *message = dlerror();
    append_reason("%s%s", reason[0] == '\0' ? "" : "; ", message != NULL ? message : path);
    return false;
  }
  const char *missing = NULL;
  // POSIX lets a data pointer from dlsym hold a function's address; memcpy avoids the cast that ISO C forbids.
#define LIBCLANG_LOOK_UP(name)                                \
  do {                                                        \
    void *address = dlsym(handle, "clang_" #name);            \
    if (address == NULL && missing == NULL) missing = #name;  \
    memcpy(&library.name, &address, sizeof address);          \
  } while (0);
  LIBCLANG_FUNCTIONS(LIBCLANG_LOOK_UP)
#undef LIBCLANG_LOOK_UP
  if (missing != NULL) {
    append_reason("%s%s: no function clang_%s", reason[0] == '\0' ? "" : "; ", path, missing);
    dlclose(handle);
    return false;
  }
  // The handle stays open for the life of the process: libclang keeps global state and cannot be unloaded safely.
  return true;
}

static void load(void) {
  const char *override = getenv("NNCC_LIBCLANG");
  if (override != NULL && override[0] != '\0') {
    loaded = open_library(override);
    if (!loaded) append_reason(" (named by NNCC_LIBCLANG)");
  } else {
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0] && !loaded; i++) {
      loaded = open_library(candidates[i]);
    }
    if (!loaded) append_reason(" (install it: apt-get install libclang-dev; or name it in NNCC_LIBCLANG)");
  }
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
