// Copies what libclang says about one file into plain arrays.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CInspect.h"
#include "Libclang.h"

/// The arrays while they grow, and whether memory ran out on the way.
///
/// Nested arrays (parameters, fields) are separate allocations, so growing the outer array does not move them.
typedef struct {
  InspectSource source;
  size_t function_capacity, record_capacity, enumerator_capacity, diagnostic_capacity;
  const Libclang *clang;
  bool out_of_memory;
} Builder;

/// Makes room for one more element; null when memory runs out.
static void *grow(Builder *builder, const void *elements, size_t count, size_t *capacity, size_t element_size) {
  if (count < *capacity) return (void *)elements;
  size_t wanted = *capacity == 0 ? 8 : *capacity * 2;
  void *moved = realloc((void *)elements, wanted * element_size);
  if (moved == NULL) {
    builder->out_of_memory = true;
    return NULL;
  }
  *capacity = wanted;
  return moved;
}

/// The next free element of `builder->source.LIST`, zeroed and counted, or null.
#define APPEND(builder, type, list, count, capacity)                                                               \
  ({                                                                                                               \
    type *grown = grow(builder, (builder)->source.list, (builder)->source.count, &(builder)->capacity, sizeof *grown); \
    type *element = NULL;                                                                                          \
    if (grown != NULL) {                                                                                           \
      (builder)->source.list = grown;                                                                              \
      element = grown + (builder)->source.count++;                                                                 \
      memset(element, 0, sizeof *element);                                                                         \
    }                                                                                                              \
    element;                                                                                                       \
  })

/// Copies and disposes a string of libclang; on failure the empty string's null stand-in is recorded as out of memory.
static const char *take(Builder *builder, CXString text) {
  const char *characters = builder->clang->getCString(text);
  char *copy = strdup(characters != NULL ? characters : "");
  builder->clang->disposeString(text);
  if (copy == NULL) builder->out_of_memory = true;
  return copy;
}

static InspectType take_type(Builder *builder, CXType type) {
  const Libclang *clang = builder->clang;
  return (InspectType){
      .spelling = take(builder, clang->getTypeSpelling(type)),
      .canonical = take(builder, clang->getTypeSpelling(clang->getCanonicalType(type))),
  };
}

static unsigned line_of(Builder *builder, CXCursor cursor) {
  unsigned line = 0;
  builder->clang->getExpansionLocation(builder->clang->getCursorLocation(cursor), NULL, &line, NULL, NULL);
  return line;
}

static void add_function(Builder *builder, CXCursor cursor) {
  const Libclang *clang = builder->clang;
  InspectFunction *function = APPEND(builder, InspectFunction, functions, function_count, function_capacity);
  if (function == NULL) return;
  function->name = take(builder, clang->getCursorSpelling(cursor));
  function->symbol = take(builder, clang->Cursor_getMangling(cursor));
  function->result = take_type(builder, clang->getCursorResultType(cursor));
  function->is_variadic = clang->isFunctionTypeVariadic(clang->getCursorType(cursor)) != 0;
  function->is_external = clang->getCursorLinkage(cursor) == CXLinkage_External;
  function->line = line_of(builder, cursor);
  int count = clang->Cursor_getNumArguments(cursor);
  if (count <= 0) return;
  InspectType *parameters = calloc((size_t)count, sizeof *parameters);
  if (parameters == NULL) {
    builder->out_of_memory = true;
    return;
  }
  for (int i = 0; i < count; i++) {
    parameters[i] = take_type(builder, clang->getCursorType(clang->Cursor_getArgument(cursor, (unsigned)i)));
  }
  function->parameters = parameters;
  function->parameter_count = (size_t)count;
}

/// A record's fields while they grow.
typedef struct {
  Builder *builder;
  InspectField *fields;
  size_t count, capacity;
} FieldList;

static enum CXVisitorResult visit_field(CXCursor cursor, CXClientData data) {
  FieldList *list = data;
  Builder *builder = list->builder;
  const Libclang *clang = builder->clang;
  InspectField *grown = grow(builder, list->fields, list->count, &list->capacity, sizeof *grown);
  if (grown == NULL) return CXVisit_Break;
  list->fields = grown;
  CXType type = clang->getCursorType(cursor);
  long long bits = clang->Cursor_getOffsetOfField(cursor);
  list->fields[list->count++] = (InspectField){
      .name = take(builder, clang->getCursorSpelling(cursor)),
      .type = take_type(builder, type),
      .offset = bits >= 0 && bits % 8 == 0 ? bits / 8 : -1,
      .size = clang->Type_getSizeOf(type),
      .is_bit_field = clang->Cursor_isBitField(cursor) != 0,
      .line = line_of(builder, cursor),
  };
  return CXVisit_Continue;
}

static void add_record(Builder *builder, CXCursor cursor, bool is_union) {
  const Libclang *clang = builder->clang;
  InspectRecord *record = APPEND(builder, InspectRecord, records, record_count, record_capacity);
  if (record == NULL) return;
  CXType type = clang->getCursorType(cursor);
  record->name = take(builder, clang->getCursorSpelling(cursor));
  record->size = clang->Type_getSizeOf(type);
  record->alignment = clang->Type_getAlignOf(type);
  record->is_union = is_union;
  record->line = line_of(builder, cursor);
  FieldList list = {.builder = builder};
  clang->Type_visitFields(type, visit_field, &list);
  record->fields = list.fields;
  record->field_count = list.count;
}

static void add_enumerator(Builder *builder, CXCursor cursor) {
  InspectEnumerator *enumerator =
      APPEND(builder, InspectEnumerator, enumerators, enumerator_count, enumerator_capacity);
  if (enumerator == NULL) return;
  enumerator->name = take(builder, builder->clang->getCursorSpelling(cursor));
  enumerator->value = builder->clang->getEnumConstantDeclValue(cursor);
  enumerator->line = line_of(builder, cursor);
}

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent, CXClientData data) {
  (void)parent;
  Builder *builder = data;
  const Libclang *clang = builder->clang;
  if (builder->out_of_memory) return CXChildVisit_Break;
  if (!clang->Location_isFromMainFile(clang->getCursorLocation(cursor))) return CXChildVisit_Continue;
  switch ((int)clang->getCursorKind(cursor)) {
    case CXCursor_FunctionDecl: add_function(builder, cursor); return CXChildVisit_Continue;
    case CXCursor_StructDecl:
    case CXCursor_UnionDecl:
    case CXCursor_ClassDecl:
      if (clang->isCursorDefinition(cursor)) {
        add_record(builder, cursor, clang->getCursorKind(cursor) == CXCursor_UnionDecl);
      }
      return CXChildVisit_Continue;
    case CXCursor_EnumConstantDecl: add_enumerator(builder, cursor); return CXChildVisit_Continue;
    case CXCursor_EnumDecl:
    case CXCursor_LinkageSpec:
    case CXCursor_Namespace:
    // libclang 14 gives `extern "C" { … }` this kind.
    case CXCursor_UnexposedDecl: return CXChildVisit_Recurse;
    default: return CXChildVisit_Continue;
  }
}

static void add_diagnostics(Builder *builder, CXTranslationUnit unit) {
  const Libclang *clang = builder->clang;
  unsigned count = clang->getNumDiagnostics(unit);
  for (unsigned i = 0; i < count && !builder->out_of_memory; i++) {
    CXDiagnostic diagnostic = clang->getDiagnostic(unit, i);
    InspectDiagnostic *element =
        APPEND(builder, InspectDiagnostic, diagnostics, diagnostic_count, diagnostic_capacity);
    if (element != NULL) {
      CXFile file = NULL;
      clang->getExpansionLocation(
          clang->getDiagnosticLocation(diagnostic), &file, &element->line, &element->column, NULL);
      element->file = take(builder, clang->getFileName(file));
      element->text = take(builder, clang->getDiagnosticSpelling(diagnostic));
      element->severity = (InspectSeverity)clang->getDiagnosticSeverity(diagnostic);
    }
    clang->disposeDiagnostic(diagnostic);
  }
}

/// A failure's message that outlives the call; per thread, so that concurrent failures do not mix.
static const char *failure(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const char *failure(const char *format, ...) {
  static _Thread_local char message[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return message;
}

static const char *describe(enum CXErrorCode code) {
  switch (code) {
    case CXError_Crashed: return "libclang crashed";
    case CXError_InvalidArguments: return "libclang rejects the arguments";
    case CXError_ASTReadError: return "libclang cannot read its syntax tree";
    case CXError_Success:
    case CXError_Failure: break;
  }
  return "libclang cannot parse it";
}

const InspectSource *inspect_parse(
    const char *path, const char *const *arguments, size_t argument_count, const char **error) {
  const Libclang *clang = nncc_libclang(error);
  if (clang == NULL) return NULL;
  Builder *builder = calloc(1, sizeof *builder);
  if (builder == NULL) {
    *error = "out of memory";
    return NULL;
  }
  builder->clang = clang;
  CXIndex index = clang->createIndex(0, 0);
  CXTranslationUnit unit = NULL;
  enum CXErrorCode code = clang->parseTranslationUnit2(
      index, path, arguments, (int)argument_count, NULL, 0, CXTranslationUnit_SkipFunctionBodies, &unit);
  const char *problem = NULL;
  if (code != CXError_Success) {
    problem = failure("%s: %s", path, describe(code));
  } else {
    add_diagnostics(builder, unit);
    clang->visitChildren(clang->getTranslationUnitCursor(unit), visit, builder);
    clang->disposeTranslationUnit(unit);
    if (builder->out_of_memory) problem = "out of memory";
  }
  clang->disposeIndex(index);
  if (problem != NULL) {
    inspect_source_free(&builder->source);
    *error = problem;
    return NULL;
  }
  return &builder->source;
}

static void free_text(const char *text) { free((void *)text); }

static void free_type(InspectType type) {
  free_text(type.spelling);
  free_text(type.canonical);
}

void inspect_source_free(const InspectSource *source) {
  if (source == NULL) return;
  for (size_t i = 0; i < source->function_count; i++) {
    const InspectFunction *function = &source->functions[i];
    free_text(function->name);
    free_text(function->symbol);
    free_type(function->result);
    for (size_t j = 0; j < function->parameter_count; j++) free_type(function->parameters[j]);
    free((void *)function->parameters);
  }
  for (size_t i = 0; i < source->record_count; i++) {
    const InspectRecord *record = &source->records[i];
    free_text(record->name);
    for (size_t j = 0; j < record->field_count; j++) {
      free_text(record->fields[j].name);
      free_type(record->fields[j].type);
    }
    free((void *)record->fields);
  }
  for (size_t i = 0; i < source->enumerator_count; i++) free_text(source->enumerators[i].name);
  for (size_t i = 0; i < source->diagnostic_count; i++) {
    free_text(source->diagnostics[i].file);
    free_text(source->diagnostics[i].text);
  }
  free((void *)source->functions);
  free((void *)source->records);
  free((void *)source->enumerators);
  free((void *)source->diagnostics);
  // The source is the builder's first member.
  free((void *)source);
}
