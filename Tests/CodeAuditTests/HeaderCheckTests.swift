import ArtefactABI
import CodeAudit
import Foundation
import Testing

/// A change of the right header and the finding it must give.
struct HeaderMutation: Sendable, CustomTestStringConvertible {
  var change: String
  var by: String
  /// Subject of a finding, and text that its description must hold.
  var subject: String
  var text: String

  init(_ change: String, by: String, subject: String, text: String) {
    self.change = change
    self.by = by
    self.subject = subject
    self.text = text
  }

  var testDescription: String {
    "\(change.prefix(40)) → \(by.prefix(40))".replacingOccurrences(of: "\n", with: " ")
  }
}

/// The right header and each single mistake in it; offsets in the expectations are counted by hand (fourteen pointers
/// of 8 bytes, two integers of 8, two of 4: 136 bytes).
@Suite struct HeaderCheckTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func rightHeaderHasNoFindings() throws {
    let path = try scratch.write(Toy.header, to: "toy.h")
    #expect(try HeaderCheck.check(header: path, against: Toy.manifest) == [])
  }

  static let mutations: [HeaderMutation] = [
    .init(
      "int toy_train_64(const struct toy_arguments *arguments);\n", by: "", subject: "toy_train_64",
      text: "expected `int toy_train_64(const struct toy_arguments *)`, found no such function"),
    .init(
      "int toy_prepare(const struct toy_arguments *arguments);\n", by: "", subject: "toy_prepare",
      text: "found no such function"),
    .init("const char *toy_metadata(void);\n", by: "", subject: "toy_metadata", text: "found no such function"),
    .init("size_t toy_pool_bytes(int threads);\n", by: "", subject: "toy_pool_bytes", text: "no such function"),
    .init(
      "int toy_pool_open(void *storage, int threads);\n", by: "", subject: "toy_pool_open", text: "no such function"),
    .init("void toy_pool_close(void *storage);\n", by: "", subject: "toy_pool_close", text: "no such function"),
    .init(
      "int toy_infer_1(const", by: "long toy_infer_1(const", subject: "toy_infer_1",
      text: "found `long toy_infer_1(const struct toy_arguments *)`"),
    .init(
      "int toy_infer_1(const struct", by: "int toy_infer_1(struct", subject: "toy_infer_1",
      text: "found `int toy_infer_1(struct toy_arguments *)`"),
    .init(
      "size_t toy_pool_bytes(int threads)", by: "int toy_pool_bytes(int threads)", subject: "toy_pool_bytes",
      text: "expected `size_t toy_pool_bytes(int)`, found `int toy_pool_bytes(int)`"),
    .init(
      "toy_pool_open(void *storage, int threads)", by: "toy_pool_open(int threads, void *storage)",
      subject: "toy_pool_open", text: "found `int toy_pool_open(int, void *)`"),
    .init(
      "toy_pool_close(void *storage)", by: "toy_pool_close(void *storage, ...)", subject: "toy_pool_close",
      text: "found `void toy_pool_close(void *, ...)`"),
    .init(
      "  float *optimizer;\n  float *state;\n", by: "  float *state;\n  float *optimizer;\n",
      subject: "toy_arguments.state", text: "expected 8 bytes at byte 16 (field 3), found 8 bytes at byte 8"),
    .init(
      "const float *target;", by: "const double *target;", subject: "toy_arguments.target",
      text: "expected `const float *`, found `const double *`"),
    .init(
      "const int64_t *labels", by: "const int32_t *labels", subject: "toy_arguments.labels",
      text: "expected `const int64_t *`, found `const int32_t *`"),
    .init("  void *pool;\n", by: "", subject: "toy_arguments.pool", text: "`void *` at byte 104, found no such field"),
    .init(
      "  void *pool;\n", by: "", subject: "toy_arguments.seed",
      text: "at byte 112 (field 15), found 8 bytes at byte 104"
    ),
    .init(
      "  uint32_t reserved;\n", by: "  uint32_t reserved;\n  uint64_t more;\n", subject: "toy_arguments.more",
      text: "expected no such field, found `uint64_t` at byte 136"),
    .init(
      "  uint32_t reserved;\n};", by: "  uint32_t reserved;\n} __attribute__((aligned(64)));",
      subject: "struct toy_arguments", text: "expected 136 bytes, found 192 bytes"),
    .init(
      "  uint32_t reserved;\n", by: "  uint32_t reserved : 16;\n", subject: "toy_arguments.reserved",
      text: "found `uint32_t` as a bit-field"),
    .init(
      "struct toy_arguments {", by: "union toy_arguments {", subject: "column 23",
      text: "error: use of 'toy_arguments' with tag type that does not match previous declaration"),
    .init(
      "struct toy_arguments {", by: "struct other {", subject: "struct toy_arguments",
      text: "expected a definition of 136 bytes, found none"),
    .init(
      "const char *toy_metadata(void);", by: "const char *toy_metadata(void)", subject: "column 31",
      text: "error: expected ';' after top level declarator"),
    .init(
      "int toy_prepare(", by: "static inline int toy_prepare(", subject: "toy_prepare",
      text: "expected external linkage, found internal linkage"),
    .init("extern \"C\" {", by: "namespace toy {", subject: "toy_infer_1", text: "is `extern \"C\"` missing?"),
    .init("float *state;", by: "float *class;", subject: "column 10", text: "a header that clang accepts as C++"),
    .init(
      "int toy_infer_1(", by: "int toy_infer_2(const struct toy_arguments *arguments);\nint toy_infer_1(",
      subject: "toy_infer_2", text: "expected only the functions that the manifest lists"),
    .init(
      "#include <stdint.h>\n",
      by: "#define int64_t private_int64\n#define uint64_t private_uint64\ntypedef short private_int64;\n"
        + "typedef unsigned long private_uint64;\ntypedef unsigned uint32_t;\n",
      subject: "toy_arguments.labels", text: "found `const private_int64 *`"),
    .init(
      "#include <stdint.h>\n",
      by: "typedef short int64_t;\ntypedef unsigned long uint64_t;\ntypedef unsigned uint32_t;\n",
      subject: "toy_arguments.labels", text: "(where const int64_t * is const short *)"),
  ]

  @Test(arguments: mutations) func mutationIsFoundAndNamed(_ mutation: HeaderMutation) throws {
    try #require(Toy.header.contains(mutation.change))
    let text = Toy.header.replacingOccurrences(of: mutation.change, with: mutation.by)
    let path = try scratch.write(text, to: "toy.h")
    let findings = try HeaderCheck.check(header: path, against: Toy.manifest)
    #expect(
      findings.contains { $0.subject == mutation.subject && $0.description.contains(mutation.text) }, "\(findings)")
    #expect(findings.allSatisfy { $0.file == path })
  }

  /// Two independent mistakes are both reported, and one that C and C++ see alike is reported once.
  @Test func allFindingsAtOnce() throws {
    let text = Toy.header.replacingOccurrences(of: "size_t toy_pool_bytes(int threads);\n", with: "")
      .replacingOccurrences(of: "float learning_rate", with: "int learning_rate")
    let path = try scratch.write(text, to: "toy.h")
    let findings = try HeaderCheck.check(header: path, against: Toy.manifest)
    #expect(findings.map(\.subject) == ["toy_pool_bytes", "toy_arguments.learning_rate"])
    // The line is that of `int learning_rate` in the header above, less the nothing that was removed before it.
    #expect(findings.last?.line == 28)
  }

  /// A manifest of another artefact disagrees in everything: five functions, two entries and the structure.
  @Test func otherNameFindsNothingOfItsOwn() throws {
    var manifest = Toy.manifest
    manifest.name = "other"
    manifest.entries = []
    let path = try scratch.write(Toy.header, to: "toy.h")
    let findings = try HeaderCheck.check(header: path, against: manifest)
    #expect(
      findings.map(\.subject) == [
        "other_metadata", "other_prepare", "other_pool_bytes", "other_pool_open", "other_pool_close",
        "struct other_arguments",
      ])
  }

  @Test func unreadableFilesAreErrors() throws {
    #expect(throws: AuditError.unreadable(file: "/nonexistent/toy.h", reason: "No such file or directory")) {
      try HeaderCheck.check(header: "/nonexistent/toy.h", against: Toy.manifest)
    }
    #expect(throws: AuditError.unreadable(file: scratch.path, reason: "expected a regular file")) {
      try HeaderCheck.check(header: scratch.path, against: Toy.manifest)
    }
  }

  @Test func binaryNonsenseIsAFinding() throws {
    let path = "\(scratch.path)/toy.h"
    try Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }).write(to: URL(fileURLWithPath: path))
    #expect(try !HeaderCheck.check(header: path, against: Toy.manifest).isEmpty)
  }

  /// libclang is used from several threads at once by parallel builds.
  @Test func concurrentChecksAgree() async throws {
    let path = try scratch.write(Toy.header, to: "toy.h")
    try await withThrowingTaskGroup(of: [Finding].self) { group in
      for _ in 0..<8 { group.addTask { try HeaderCheck.check(header: path, against: Toy.manifest) } }
      for try await findings in group { #expect(findings == []) }
    }
  }

  @Test func enumeratorsAndDiagnosticsAreRead() throws {
    let path = try scratch.write(
      "#ifndef M\n#define M\nenum mode { infer, train = 1 << 4 };\nint f(unknown x);\n#endif\n", to: "m.h")
    let header = try Header(path: path, as: .c)
    #expect(header.enumerators.map(\.name) == ["infer", "train"])
    #expect(header.enumerators.map(\.value) == [0, 16])
    #expect(header.diagnostics.map(\.line) == [4])
    #expect(header.diagnostics.first?.column == 7)
    #expect(header.diagnostics.first?.text == "unknown type name 'unknown'")
  }
}

/// Without libclang nothing aborts. The choice is made once for a process, so a small C program asks in its own.
@Suite struct MissingLibclangTests {
  @Test func reasonNamesTheLibrary() throws {
    let scratch = try Scratch()
    let module = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/CInspect").standardizedFileURL.path
    let program = try scratch.write(
      """
      #include <stdio.h>
      #include "CInspect.h"
      int main(int count, char **words) {
        const char *error = NULL;
        const InspectSource *source = inspect_parse(words[count - 1], NULL, 0, &error);
        printf("%s|%s|%s", source == NULL ? "none" : "some", inspect_libclang_version(), error != NULL ? error : "");
        inspect_source_free(source);
        return 0;
      }
      """, to: "probe.c")
    let probe = "\(scratch.path)/probe"
    let compiled = try scratch.run(
      "gcc",
      [
        "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-I/usr/lib/llvm-14/include", "-I\(module)/include", program,
        "\(module)/Libclang.c", "\(module)/Open.c", "\(module)/Parse.c", "-o", probe, "-ldl", "-lpthread",
      ])
    try #require(compiled.status == 0, "\(compiled.output)")
    let header = try scratch.write(Toy.header, to: "toy.h")

    let missing = try scratch.run(probe, [header], environment: ["NNCC_LIBCLANG": "/nonexistent/libclang.so"])
    #expect(missing.status == 0)
    #expect(missing.output.hasPrefix("none||/nonexistent/libclang.so: "), "\(missing.output)")
    #expect(missing.output.hasSuffix("(named by NNCC_LIBCLANG)"), "\(missing.output)")

    // A library that is no libclang: the probe's own C library.
    let wrong = try scratch.run(probe, [header], environment: ["NNCC_LIBCLANG": "libc.so.6"])
    #expect(wrong.output.hasPrefix("none||libc.so.6: no function clang_createIndex"), "\(wrong.output)")

    let found = try scratch.run(probe, [header], environment: ["NNCC_LIBCLANG": ""])
    #expect(found.output.hasPrefix("some|") && found.output.contains("clang version"), "\(found.output)")
  }
}
