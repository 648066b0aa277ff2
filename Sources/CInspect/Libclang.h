// The functions of libclang that this module calls, found at run time.

#ifndef NNCC_LIBCLANG_H
#define NNCC_LIBCLANG_H

#if defined(__has_include)
#if !__has_include(<clang-c/Index.h>)
#error "clang-c/Index.h not found: install libclang's headers (apt-get install libclang-dev)"
#endif
#endif
#include <clang-c/Index.h>

// Libllvm.h has the table of libLLVM, opened by the same rules.
#define LIBCLANG_FUNCTIONS(each)          \
  each(createIndex)                       \
  each(disposeIndex)                      \
  each(parseTranslationUnit2)             \
  each(disposeTranslationUnit)            \
  each(getTranslationUnitCursor)          \
  each(visitChildren)                     \
  each(getCursorKind)                     \
  each(getCursorSpelling)                 \
  each(getCursorLocation)                 \
  each(getCursorType)                     \
  each(getCursorLinkage)                  \
  each(getCursorResultType)               \
  each(isCursorDefinition)                \
  each(Cursor_getMangling)                \
  each(Cursor_getNumArguments)            \
  each(Cursor_getArgument)                \
  each(Cursor_getOffsetOfField)           \
  each(Cursor_isBitField)                 \
  each(getEnumConstantDeclValue)          \
  each(getCanonicalType)                  \
  each(getTypeSpelling)                   \
  each(isFunctionTypeVariadic)            \
  each(Type_getSizeOf)                    \
  each(Type_getAlignOf)                   \
  each(Type_visitFields)                  \
  each(Location_isFromMainFile)           \
  each(getExpansionLocation)              \
  each(getFileName)                       \
  each(getNumDiagnostics)                 \
  each(getDiagnostic)                     \
  each(disposeDiagnostic)                 \
  each(getDiagnosticSeverity)             \
  each(getDiagnosticLocation)             \
  each(getDiagnosticSpelling)             \
  each(getCString)                        \
  each(disposeString)                     \
  each(getClangVersion)

typedef struct {
#define LIBCLANG_MEMBER(name) __typeof__(&clang_##name) name;
  LIBCLANG_FUNCTIONS(LIBCLANG_MEMBER)
#undef LIBCLANG_MEMBER
} Libclang;

/// The loaded library, or null with the reason in `*error`; the first call opens it, once for all threads.
const Libclang *nncc_libclang(const char **error);

#endif
