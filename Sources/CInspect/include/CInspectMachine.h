// What libLLVM sees in machine code and in clang's optimisation records, as plain arrays.
//
// libLLVM is opened with dlopen by the first call that needs it, as libclang is. Every function here may be called from
// any thread.

#ifndef NNCC_CINSPECT_MACHINE_H
#define NNCC_CINSPECT_MACHINE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Null when libLLVM is loaded, else why it is not: every place that was tried and what the loader said.
///
/// The environment variable NNCC_LIBLLVM names the only library to try; the first call in a process decides.
const char *inspect_libllvm_unavailable(void);

/// Called for every instruction in order: its first byte, its length, and its text (`\tvaddps\t%ymm0, %ymm1, %ymm2`);
/// the text is empty where the bytes are no instruction, which are then passed over one unit at a time.
typedef void (*InspectInstructionVisitor)(void *context, size_t offset, size_t length, const char *text);

/// Disassembles `count` bytes of one function; targets of branches are printed as distances.
///
/// `triple` is x86_64 or aarch64; returns null, or a reason (valid for the life of the process).
const char *inspect_disassemble(
    const char *triple, const unsigned char *bytes, size_t count, InspectInstructionVisitor visit, void *context);

/// Text of known length; not zero-terminated.
typedef struct {
  const char *characters;
  size_t length;
} InspectText;

typedef enum {
  InspectRecordUnknown = 0,
  InspectRecordPassed = 1,
  InspectRecordMissed = 2,
  InspectRecordAnalysis = 3,
  InspectRecordFailure = 4,
} InspectRecordKind;

/// One optimisation record; everything is valid only during the visit.
typedef struct {
  InspectRecordKind kind;
  InspectText pass, name, function;
  /// From 1; 0 where the record has no place.
  unsigned line;
  /// Pairs of a key and a value; the values one after the other are the message.
  const InspectText *keys;
  const InspectText *values;
  size_t argument_count;
} InspectOptimization;

typedef void (*InspectOptimizationVisitor)(void *context, const InspectOptimization *record);

/// Reads optimisation records as YAML; returns null, or a reason that is valid until the thread's next call.
const char *inspect_records(const char *text, size_t length, InspectOptimizationVisitor visit, void *context);

#ifdef __cplusplus
}
#endif

#endif
