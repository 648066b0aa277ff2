import ArtefactABI
import CodeAudit
import Foundation
import Testing

/// Shared objects compiled here and now by both compilers that the emitted C must suit.
@Suite struct ObjectCheckTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(arguments: ["clang", "gcc"], [[], ["-nostartfiles"]])
  func cleanLibraryHasNoFindings(_ compiler: String, _ flags: [String]) throws {
    let threads = "#include <pthread.h>\nstatic void *idle(void *p) { return p; }"
    let create = "pthread_t t; if (pthread_create(&t, 0, idle, 0)) return 1; pthread_join(t, 0);"
    let path = try scratch.library(
      Toy.implementation(extra: threads, body: create), compiler: compiler, flags: flags)
    #expect(try ObjectCheck.check(path, against: Toy.manifest) == [])
    let object = try SharedObject(path: path)
    #expect(Set(object.undefined.map(\.name)).isSuperset(of: ["expf", "logf", "pthread_create", "pthread_join"]))
    #expect(object.exported.contains { $0.name == "toy_train_64" && $0.isFunction })
    #expect(object.size(ofSection: ".text") > 0)
  }

  @Test(arguments: ["clang", "gcc"]) func mutableGlobalsAreFound(_ compiler: String) throws {
    let globals = "static int calls = 7;\nstatic float cache[100];\nstatic _Thread_local int mine;"
    let use = "calls++; cache[a->step % 100] += (float)calls; mine++; a->output[0] = cache[a->seed % 100] + mine;"
    let path = try scratch.library(Toy.implementation(extra: globals, body: use), compiler: compiler)
    // Thread-local code calls the loader for its block; that is another finding, not the one looked at here.
    let findings = try ObjectCheck.check(path, allowing: ["__tls_get_addr"])
    #expect(Set(findings.map(\.subject)) == [".data", ".bss", ".tbss"])
    for (section, variable) in [(".data", "calls"), (".bss", "cache"), (".tbss", "mine")] {
      let finding = findings.first { $0.subject == section }
      #expect(finding?.found.contains("with `\(variable)`") == true, "\(findings)")
    }
    // 4 bytes of `calls` behind the 8 of the start files.
    #expect(findings.first { $0.subject == ".data" }?.found.hasPrefix("12 bytes") == true, "\(findings)")
  }

  /// A variable small enough to hide in the start files' padding still has a name.
  @Test func smallFlagIsFound() throws {
    let path = try scratch.library(
      Toy.implementation(extra: "static char started;", body: "if (started++) return 0;"), compiler: "gcc")
    #expect(try ObjectCheck.check(path).map(\.subject) == [".bss"])
  }

  /// Data without a name is told by its size: 8 bytes beside the 8 of the start files.
  @Test func namelessDataIsFound() throws {
    let path = try scratch.library(
      Toy.implementation(extra: "__asm__(\".data\\n.long 1, 2\\n.text\");"), compiler: "gcc")
    let findings = try ObjectCheck.check(path)
    #expect(findings.map(\.description) == ["\(path): .data: expected no mutable data, found 16 bytes"])
  }

  /// Without names nothing tells the start files' bytes from the program's, so that only emptiness passes.
  @Test func strippedLibraryMustBeEmpty() throws {
    let usual = try scratch.library(Toy.implementation(), compiler: "gcc", flags: ["-s"])
    let findings = try ObjectCheck.check(usual)
    #expect(findings.map(\.subject) == [".data", ".bss"])
    #expect(findings.allSatisfy { $0.found == "8 bytes (stripped, so its variables have no names)" })
    let bare = try scratch.library(Toy.implementation(), compiler: "gcc", flags: ["-s", "-nostartfiles"])
    #expect(try ObjectCheck.check(bare) == [])
  }

  @Test(arguments: ["clang", "gcc"]) func foreignCallsAreFound(_ compiler: String) throws {
    let path = try scratch.library(
      Toy.implementation(
        extra: "#include <stdlib.h>\n#include <stdio.h>",
        body: "float *p = malloc(a->step); if (!p) return 1; p[0] = 2; a->output[1] = p[a->seed]; puts(\"x\"); free(p);"
      ),
      compiler: compiler)
    #expect(Set(try ObjectCheck.check(path).map(\.subject)) == ["malloc", "free", "puts"])
    #expect(try ObjectCheck.check(path, allowing: ["malloc", "free"]).map(\.subject) == ["puts"])
  }

  @Test func exportsAreComparedWithTheManifest() throws {
    var manifest = Toy.manifest
    manifest.entries[1].symbol = "toy_train_32"
    let path = try scratch.library(Toy.implementation(), compiler: "clang")
    let findings = try ObjectCheck.check(path, against: manifest)
    #expect(
      findings.map(\.description) == [
        "\(path): toy_train_32: expected an exported function, found none of that name",
        "\(path): toy_train_64: expected only the manifest's functions exported, found an exported function",
      ])
  }

  @Test func otherFilesAreErrors() throws {
    let text = try scratch.write("not an object", to: "text.so")
    let malformed = AuditError.malformed(file: text, reason: "expected an ELF file, found something else")
    #expect(throws: malformed) { try ObjectCheck.check(text) }
    let source = try scratch.write("int f(void) { return 1; }", to: "o.c")
    #expect(try scratch.run("gcc", ["-c", source, "-o", "\(scratch.path)/o.o"]).status == 0)
    let relocatable = AuditError.malformed(
      file: "\(scratch.path)/o.o", reason: "expected a shared object (ELF type 3), found ELF type 1")
    #expect(throws: relocatable) { try ObjectCheck.check("\(scratch.path)/o.o") }
    #expect(throws: AuditError.unreadable(file: "/nonexistent.so", reason: "No such file or directory")) {
      try ObjectCheck.check("/nonexistent.so")
    }
  }

  /// Every truncation is an error (the section table stands at the end of the file), and damaged bytes are an error or
  /// another answer, never a crash. The damage comes from a fixed linear congruential sequence.
  @Test func damagedFilesNeverCrash() throws {
    let path = try scratch.library(Toy.implementation(), compiler: "clang")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    for length in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: AuditError.self) { try SharedObject(bytes: Array(bytes.prefix(length)), file: "cut") }
    }
    // The last byte belongs to the last section's header.
    let count = Int(bytes[60]) | Int(bytes[61]) << 8
    let reason = "the table of \(count) sections lies outside the file of \(bytes.count - 1) bytes"
    #expect(throws: AuditError.malformed(file: "cut", reason: reason)) {
      try SharedObject(bytes: bytes.dropLast(), file: "cut")
    }
    let table = (0..<8).reduce(0) { $0 | Int(bytes[40 + $1]) << (8 * $1) }
    var state: UInt64 = 1
    var errors = 0
    for round in 0..<4000 {
      var damaged = bytes
      for _ in 0..<(1 + round % 3) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let random = Int(state >> 33)
        // The header and the section table are where offsets and sizes stand.
        let place = random % 2 == 0 ? random / 2 % 64 : table + random / 2 % (bytes.count - table)
        damaged[place] = UInt8(truncatingIfNeeded: state >> 20)
      }
      do { _ = try SharedObject(bytes: damaged, file: "damaged") } catch { errors += 1 }
    }
    #expect(errors > 400)
  }
}
