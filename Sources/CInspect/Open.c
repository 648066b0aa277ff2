// Opens a library with dlopen and looks its functions up.

#include "Open.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Text that grows in a buffer of fixed size.
typedef struct {
  char *text;
  size_t capacity;
} Reason;

static void append(Reason reason, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(Reason reason, const char *format, ...) {
  size_t used = strlen(reason.text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason.text + used, reason.capacity - used, format, arguments);
  va_end(arguments);
}

/// Opens one library and looks every function up; false leaves the cause in `reason`.
static bool open_library(const WantedLibrary *wanted, const char *path, void *table, Reason reason) {
  const char *separator = reason.text[0] == '\0' ? "" : "; ";
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    const char *message = dlerror();
    append(reason, "%s%s", separator, message != NULL ? message : path);
    return false;
  }
  for (size_t i = 0; i < wanted->function_count; i++) {
    void *address = dlsym(handle, wanted->functions[i]);
    if (address == NULL) {
      append(reason, "%s%s: no function %s", separator, path, wanted->functions[i]);
      dlclose(handle);
      return false;
    }
    // POSIX lets a data pointer from dlsym hold a function's address; memcpy avoids the cast that ISO C forbids.
    memcpy((char *)table + i * sizeof address, &address, sizeof address);
  }
  // The handle stays open for the life of the process: LLVM's libraries keep global state and cannot be unloaded safely.
  return true;
}

bool nncc_open(const WantedLibrary *wanted, void *table, char *text, size_t capacity) {
  Reason reason = {text, capacity};
  text[0] = '\0';
  const char *override = getenv(wanted->variable);
  if (override != NULL && override[0] != '\0') {
    if (open_library(wanted, override, table, reason)) return true;
    append(reason, " (named by %s)", wanted->variable);
    return false;
  }
  for (size_t i = 0; i < wanted->candidate_count; i++) {
    if (open_library(wanted, wanted->candidates[i], table, reason)) return true;
  }
  append(reason, " (install it: apt-get install %s; or name it in %s)", wanted->package, wanted->variable);
  return false;
}
