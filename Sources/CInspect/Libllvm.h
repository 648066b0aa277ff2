// The functions of libLLVM's C interface that this module calls, found at run time.

#ifndef NNCC_LIBLLVM_H
#define NNCC_LIBLLVM_H

#if defined(__has_include)
#if !__has_include(<llvm-c/Disassembler.h>)
#error "llvm-c/Disassembler.h not found: install LLVM's headers (apt-get install llvm-dev)"
#endif
#endif
#include <llvm-c/Disassembler.h>
#include <llvm-c/Remarks.h>
#include <llvm-c/Target.h>

#define LIBLLVM_FUNCTIONS(each)      \
  each(InitializeX86TargetInfo)      \
  each(InitializeX86TargetMC)        \
  each(InitializeX86Disassembler)    \
  each(InitializeAArch64TargetInfo)  \
  each(InitializeAArch64TargetMC)    \
  each(InitializeAArch64Disassembler) \
  each(CreateDisasmCPUFeatures)      \
  each(DisasmInstruction)            \
  each(DisasmDispose)                \
  each(RemarkParserCreateYAML)       \
  each(RemarkParserGetNext)          \
  each(RemarkParserHasError)         \
  each(RemarkParserGetErrorMessage)  \
  each(RemarkParserDispose)          \
  each(RemarkEntryGetType)           \
  each(RemarkEntryGetPassName)       \
  each(RemarkEntryGetRemarkName)     \
  each(RemarkEntryGetFunctionName)   \
  each(RemarkEntryGetDebugLoc)       \
  each(RemarkEntryGetFirstArg)       \
  each(RemarkEntryGetNextArg)        \
  each(RemarkEntryDispose)           \
  each(RemarkArgGetKey)              \
  each(RemarkArgGetValue)            \
  each(RemarkDebugLocGetSourceLine)  \
  each(RemarkStringGetData)          \
  each(RemarkStringGetLen)

typedef struct {
#define LIBLLVM_MEMBER(name) __typeof__(&LLVM##name) name;
  LIBLLVM_FUNCTIONS(LIBLLVM_MEMBER)
#undef LIBLLVM_MEMBER
} Libllvm;

/// The loaded library with its targets initialised, or null with the reason in `*error`; the first call opens it, once
/// for all threads.
const Libllvm *nncc_libllvm(const char **error);

#endif
