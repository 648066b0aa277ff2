// Hands what libLLVM says about machine code and optimisation records to a visitor, item by item.

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "CInspect.h"
#include "Libllvm.h"

const char *inspect_disassemble(
    const char *triple, const unsigned char *bytes, size_t count, InspectInstructionVisitor visit, void *context) {
  const char *error = NULL;
  const Libllvm *llvm = nncc_libllvm(&error);
  if (llvm == NULL) return error;
  LLVMDisasmContextRef disassembler = llvm->CreateDisasmCPUFeatures(triple, "", "", NULL, 0, NULL, NULL);
  if (disassembler == NULL) return "libLLVM has no disassembler for this architecture";
  const size_t unit = strncmp(triple, "aarch64", 7) == 0 ? 4 : 1;
  char text[256];
  for (size_t offset = 0; offset < count;) {
    text[0] = '\0';
    // the interface wants bytes that it could change, and changes none
    size_t length = llvm->DisasmInstruction(
        disassembler, (uint8_t *)bytes + offset, count - offset, offset, text, sizeof text);
    if (length == 0) {
      text[0] = '\0';
      length = unit < count - offset ? unit : count - offset;
    }
    visit(context, offset, length, text);
    offset += length;
  }
  llvm->DisasmDispose(disassembler);
  return NULL;
}

static InspectText text_of(const Libllvm *llvm, LLVMRemarkStringRef string) {
  if (string == NULL) return (InspectText){"", 0};
  return (InspectText){llvm->RemarkStringGetData(string), llvm->RemarkStringGetLen(string)};
}

static InspectRecordKind kind_of(enum LLVMRemarkType type) {
  switch (type) {
    case LLVMRemarkTypePassed: return InspectRecordPassed;
    case LLVMRemarkTypeMissed: return InspectRecordMissed;
    case LLVMRemarkTypeAnalysis:
    case LLVMRemarkTypeAnalysisFPCommute:
    case LLVMRemarkTypeAnalysisAliasing: return InspectRecordAnalysis;
    case LLVMRemarkTypeFailure: return InspectRecordFailure;
    case LLVMRemarkTypeUnknown: break;
  }
  return InspectRecordUnknown;
}

const char *inspect_records(const char *text, size_t length, InspectOptimizationVisitor visit, void *context) {
  // a record has about ten arguments; a message cut short after so many is still one
  enum { most_arguments = 64 };
  static _Thread_local char message[512];
  const char *error = NULL;
  const Libllvm *llvm = nncc_libllvm(&error);
  if (llvm == NULL) return error;
  LLVMRemarkParserRef parser = llvm->RemarkParserCreateYAML(text, length);
  if (parser == NULL) return "libLLVM cannot read optimisation records";
  LLVMRemarkEntryRef entry;
  while ((entry = llvm->RemarkParserGetNext(parser)) != NULL) {
    InspectText keys[most_arguments], values[most_arguments];
    size_t count = 0;
    for (LLVMRemarkArgRef argument = llvm->RemarkEntryGetFirstArg(entry);
         argument != NULL && count < most_arguments; argument = llvm->RemarkEntryGetNextArg(argument, entry)) {
      keys[count] = text_of(llvm, llvm->RemarkArgGetKey(argument));
      values[count++] = text_of(llvm, llvm->RemarkArgGetValue(argument));
    }
    LLVMRemarkDebugLocRef place = llvm->RemarkEntryGetDebugLoc(entry);
    const InspectOptimization record = {
        .kind = kind_of(llvm->RemarkEntryGetType(entry)),
        .pass = text_of(llvm, llvm->RemarkEntryGetPassName(entry)),
        .name = text_of(llvm, llvm->RemarkEntryGetRemarkName(entry)),
        .function = text_of(llvm, llvm->RemarkEntryGetFunctionName(entry)),
        .line = place != NULL ? llvm->RemarkDebugLocGetSourceLine(place) : 0,
        .keys = keys,
        .values = values,
        .argument_count = count,
    };
    visit(context, &record);
    llvm->RemarkEntryDispose(entry);
  }
  const char *problem = NULL;
  if (llvm->RemarkParserHasError(parser)) {
    const char *said = llvm->RemarkParserGetErrorMessage(parser);
    snprintf(message, sizeof message, "%s", said != NULL ? said : "unreadable optimisation records");
    problem = message;
  }
  llvm->RemarkParserDispose(parser);
  return problem;
}
