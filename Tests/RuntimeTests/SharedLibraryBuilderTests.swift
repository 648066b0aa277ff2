import Foundation
import Runtime
import Testing

struct SharedLibraryBuilderTests {
  /// A builder whose clang notes every call in a file before doing it.
  private struct Counted: ~Copyable {
    let folder: TemporaryDirectory
    let builder: SharedLibraryBuilder
    let real: ClangToolchain

    init() throws {
      let folder = try TemporaryDirectory()
      let real = try ClangToolchain.find()
      let script = "#!/bin/sh\necho \"$*\" >> \(folder.path)/calls\nexec \(real.executable) \"$@\"\n"
      try FileSystem.write(Array(script.utf8), to: "\(folder.path)/clang", mode: 0o755)
      let clang = try ClangToolchain(executable: "\(folder.path)/clang")
      builder = SharedLibraryBuilder(
        toolchain: clang, target: try real.describe(.x86v2), cache: try ContentCache(directory: "\(folder.path)/cache"),
        jobs: 2)
      self.folder = folder
      self.real = real
    }

    /// Calls since the last question, by kind; `--version` is the probe.
    func calls() throws -> (compile: Int, link: Int) {
      let log = (try? FileSystem.read("\(folder.path)/calls")) ?? []
      try FileSystem.write([], to: "\(folder.path)/calls")
      let lines = String(decoding: log, as: UTF8.self).split(separator: "\n")
      return (lines.filter { $0.contains(" -c ") }.count, lines.filter { $0.contains("-shared") }.count)
    }
  }

  private let header = CompilationUnit(name: "n.h", source: "float half(float);\nint count(void);\n")
  private let units = [
    CompilationUnit(name: "a.c", source: "#include \"n.h\"\nfloat half(float x) { return x / 2; }\n"),
    CompilationUnit(name: "b.c", source: "#include \"n.h\"\nint count(void) { return (int)half(8); }\n"),
  ]

  @Test func unchangedInputsRunNoClang() throws {
    let counted = try Counted()
    _ = try counted.calls()
    let out = "\(counted.folder.path)/out"
    let first = try counted.builder.build(name: "n", units: units, headers: [header], into: out)
    #expect(first.path == "\(out)/libn.so" && first.compiledUnits == 2 && first.linked)
    #expect(try counted.calls() == (2, 1))
    let bytes = try FileSystem.read(first.path)

    let again = try counted.builder.build(name: "n", units: units, headers: [header], into: out)
    #expect(again.path == first.path && again.compiledUnits == 0 && !again.linked)
    #expect(try counted.calls() == (0, 0))

    // Another folder gets the same bytes, still without clang.
    let elsewhere = try counted.builder.build(name: "n", units: units, headers: [header], into: "\(out)2")
    #expect(try FileSystem.read(elsewhere.path) == bytes)
    #expect(try counted.calls() == (0, 0))

    // One changed unit compiles alone; a changed header compiles both; so does a flag.
    var changed = units
    changed[1].source += "\n"
    #expect(try counted.builder.build(name: "n", units: changed, headers: [header], into: out).compiledUnits == 1)
    #expect(try counted.calls() == (1, 1))
    var longer = header
    longer.source += "int other(void);\n"
    #expect(try counted.builder.build(name: "n", units: units, headers: [longer], into: out).compiledUnits == 2)
    let flagged = try counted.builder.build(name: "n", units: units, headers: [header], optimization: "-O0", into: out)
    #expect(flagged.compiledUnits == 2)
    // A damaged entry is made again.
    for name in try FileManager.default.contentsOfDirectory(atPath: counted.builder.cache.directory) {
      try FileSystem.write([0], to: "\(counted.builder.cache.directory)/\(name)")
    }
    #expect(try counted.builder.build(name: "n", units: units, headers: [header], into: out).compiledUnits == 2)
    #expect(try FileSystem.read(first.path) == bytes)
  }

  /// Two separate caches and working folders give the same bytes.
  @Test func sameInputsSameBytes() throws {
    let one = try Counted()
    let two = try Counted()
    let first = try one.builder.build(name: "n", units: units, headers: [header], into: "\(one.folder.path)/out")
    let second = try two.builder.build(
      name: "n", units: units, headers: [header], into: "\(two.folder.path)/deeper/out")
    #expect(try FileSystem.read(first.path) == FileSystem.read(second.path))
  }

  @Test func rejectedSourceIsOurFaultAndComplete() throws {
    let counted = try Counted()
    let out = "\(counted.folder.path)/out"
    let bad = [
      CompilationUnit(name: "p.c", source: "int p(void) { return undeclared; }\n"),
      CompilationUnit(name: "q.c", source: "int q(void) { int unused; return 1; }\n"),
    ]
    let error = try #require(throws: RuntimeError.self) {
      _ = try counted.builder.build(name: "n", units: bad, into: out)
    }
    #expect(error.kind == .internal)
    #expect(error.message.contains("p.c:1:22: error: use of undeclared identifier 'undeclared'"))
    #expect(error.message.contains("q.c:1:19: error: unused variable 'unused'"))
    let undefined = [CompilationUnit(name: "u.c", source: "int v(void); int u(void); int u(void) { return v(); }\n")]
    let link = try #require(throws: RuntimeError.self) {
      _ = try counted.builder.build(name: "n", units: undefined, into: out)
    }
    #expect(link.kind == .internal && link.message.contains("did not link libn.so"))
    #expect(!FileManager.default.fileExists(atPath: "\(out)/libn.so"))
  }

  /// A clang that the system kills, and one that finds the disk full, are not faults of the generated code.
  @Test(arguments: [
    ("kill -9 $$", "killed by signal 9"), ("echo 'error: No space left on device' >&2; exit 1", "free some disk space"),
    ("echo \"fatal error: 'math.h' file not found\" >&2; exit 1", "is not installed"),
  ])
  func faultsOfTheMachine(script: String, expected: String) throws {
    let counted = try Counted()
    let text = "#!/bin/sh\ncase \"$*\" in --version) echo 'clang version 1';; *) \(script);; esac\n"
    try FileSystem.write(Array(text.utf8), to: "\(counted.folder.path)/clang", mode: 0o755)
    let error = try #require(throws: RuntimeError.self) {
      _ = try counted.builder.build(name: "n", units: units, headers: [header], into: "\(counted.folder.path)/out")
    }
    #expect(error.kind == .user)
    #expect(error.message.contains(expected))
  }

  /// Without a C library for the other architecture the machine is at fault, and nothing is left; with one the build
  /// succeeds.
  @Test func otherArchitecture() throws {
    let counted = try Counted()
    var builder = counted.builder
    builder.toolchain = counted.real
    builder.target = try counted.real.describe(.aarch64)
    let unit = CompilationUnit(
      name: "m.c", source: "#include <math.h>\nfloat m(float x);\nfloat m(float x) { return expf(x); }\n")
    do throws(RuntimeError) {
      let built = try builder.build(name: "m", units: [unit], into: "\(counted.folder.path)/out")
      #expect(try FileSystem.read(built.path)[18] == 183)
    } catch {
      #expect(error.kind == .user)
      #expect(error.message.hasPrefix("cannot build for aarch64: expected "))
      #expect(!FileSystem.isDirectory("\(counted.folder.path)/out"))
    }
  }

  /// Several processes share a cache; here threads do, which race the same way on the files.
  @Test func concurrentBuildsShareACache() async throws {
    let folder = try TemporaryDirectory()
    let path = String(folder.path)
    let toolchain = try ClangToolchain.find()
    let target = try toolchain.describe(.x86v2)
    let cache = try ContentCache(directory: "\(path)/cache")
    let builder = SharedLibraryBuilder(toolchain: toolchain, target: target, cache: cache, jobs: 1)
    let (units, header) = (units, header)
    let built = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<3 {
        group.addTask {
          try FileSystem.read(try builder.build(name: "n", units: units, headers: [header], into: "\(path)/out").path)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(built).count == 1)
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(path)/cache").filter { $0.hasSuffix(".tmp") }
    #expect(left == [])
  }
}
