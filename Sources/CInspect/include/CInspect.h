// What libclang sees in a C or C++ header, as plain arrays.
//
// libclang is opened with dlopen by the first call that needs it, so a program that never parses neither loads nor
// needs it. Every function here may be called from any thread.

#ifndef NNCC_CINSPECT_H
#define NNCC_CINSPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "CInspectMachine.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A type as the source spells it, and with every typedef resolved.
typedef struct {
  const char *spelling;
  const char *canonical;
} InspectType;

/// A function declaration.
typedef struct {
  const char *name;
  /// The linker's name: equal to `name` unless C++ mangled it.
  const char *symbol;
  InspectType result;
  const InspectType *parameters;
  size_t parameter_count;
  bool is_variadic;
  /// False for `static` functions and those in an unnamed namespace.
  bool is_external;
  unsigned line;
} InspectFunction;

/// A field of a structure; `offset` counts bytes and is -1 for a bit-field that does not start at a byte.
typedef struct {
  const char *name;
  InspectType type;
  long long offset;
  /// Bytes of the field's type.
  long long size;
  bool is_bit_field;
  unsigned line;
} InspectField;

/// The definition of a structure or union; sizes in bytes, negative where clang could not lay it out.
typedef struct {
  const char *name;
  const InspectField *fields;
  size_t field_count;
  long long size;
  long long alignment;
  bool is_union;
  unsigned line;
} InspectRecord;

/// One enumerator of an enumeration.
typedef struct {
  const char *name;
  long long value;
  unsigned line;
} InspectEnumerator;

typedef enum {
  InspectSeverityNote = 1,
  InspectSeverityWarning = 2,
  InspectSeverityError = 3,
  InspectSeverityFatal = 4,
} InspectSeverity;

/// A message of clang about the source; `file` is empty and `line` 0 where it has no place.
typedef struct {
  const char *file;
  const char *text;
  unsigned line;
  unsigned column;
  InspectSeverity severity;
} InspectDiagnostic;

/// Everything declared in the parsed file itself, in source order; declarations of files it includes are left out.
typedef struct {
  const InspectFunction *functions;
  size_t function_count;
  const InspectRecord *records;
  size_t record_count;
  const InspectEnumerator *enumerators;
  size_t enumerator_count;
  const InspectDiagnostic *diagnostics;
  size_t diagnostic_count;
} InspectSource;

/// Null when libclang is loaded, else why it is not: every place that was tried and what the loader said.
///
/// The environment variable NNCC_LIBCLANG names the only library to try; the first call in a process decides.
const char *inspect_libclang_unavailable(void);

/// libclang's version line, or the empty string when it is unavailable.
const char *inspect_libclang_version(void);

/// Parses a file with the given clang arguments (`-x c-header`, `-std=…`, `-I…`).
///
/// Returns null and stores a reason into `*error` (valid for the life of the process) when libclang is unavailable,
/// fails altogether or memory runs out. Errors in the source are no failure: they are among the diagnostics.
/// The caller releases the result with `inspect_source_free`.
const InspectSource *inspect_parse(
    const char *path, const char *const *arguments, size_t argument_count, const char **error);

/// Releases what `inspect_parse` returned; null is allowed.
void inspect_source_free(const InspectSource *source);

#ifdef __cplusplus
}
#endif

#endif
