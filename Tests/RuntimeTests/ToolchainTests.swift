import Foundation
import Glibc
import Runtime
import Testing

struct ToolchainTests {
  /// A folder that looks like a toolchain: an executable script for each name.
  private func scripts(_ names: [String], in folder: String, says: String = "clang version 99.1") throws {
    try FileSystem.createDirectory(folder)
    for name in names {
      try FileSystem.write(Array("#!/bin/sh\necho '\(says)'\n".utf8), to: "\(folder)/\(name)", mode: 0o755)
    }
  }

  @Test func order() throws {
    let root = try TemporaryDirectory()
    let (swift, links, other) = ("\(root.path)/swift/bin", "\(root.path)/links", "\(root.path)/other")
    try scripts(["swift-driver", "clang"], in: swift)
    try scripts(["clang"], in: other)
    try FileSystem.createDirectory(links)
    #expect(symlink("\(swift)/swift-driver", "\(links)/swiftc") == 0)
    let real = try #require(FileSystem.resolvingLinks(swift))

    let path = "\(links):\(other)"
    #expect(try ClangToolchain.locate(environment: ["PATH": path]) == "\(real)/clang")
    #expect(try ClangToolchain.locate(environment: ["PATH": other]) == "\(other)/clang")
    #expect(
      try ClangToolchain.locate(environment: ["PATH": path, "NNCC_CLANG": "\(other)/clang"]) == "\(other)/clang")
    #expect(try ClangToolchain.locate(environment: ["PATH": other, "NNCC_CLANG": "clang"]) == "\(other)/clang")
  }

  @Test func noClang() throws {
    let root = try TemporaryDirectory()
    let nowhere = try #require(throws: RuntimeError.self) {
      _ = try ClangToolchain.locate(environment: ["PATH": root.path])
    }
    #expect(
      nowhere.kind == .user && nowhere.message.hasPrefix("no clang found: ") && nowhere.message.contains("NNCC_CLANG"))
    let wrong = try #require(throws: RuntimeError.self) {
      _ = try ClangToolchain.locate(environment: ["PATH": "/usr/bin", "NNCC_CLANG": "/nowhere/clang"])
    }
    #expect(wrong.message.hasPrefix("no clang found: NNCC_CLANG names /nowhere/clang"))
  }

  @Test func anotherProgramIsNotClang() throws {
    let root = try TemporaryDirectory()
    try scripts(["gcc"], in: root.path, says: "gcc (Debian) 12.2.0")
    #expect(throws: RuntimeError.self) { try ClangToolchain(executable: "\(root.path)/gcc") }
    try scripts(["clang"], in: root.path)
    #expect(try ClangToolchain(executable: "\(root.path)/clang").version == "clang version 99.1")
  }

  /// Expected: the feature lists of the x86-64 psABI's micro-architecture levels, without those that C cannot reach.
  @Test func levels() throws {
    let clang = try ClangToolchain.find()
    let v2 = ["pni", "ssse3", "sse4_1", "sse4_2", "popcnt"]
    let v3 = v2 + ["movbe", "abm", "bmi1", "bmi2", "avx", "f16c", "fma", "avx2"]
    let v4 = v3 + ["avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"]
    #expect(try clang.describe(.x86v2).features == v2)
    #expect(try clang.describe(.x86v3).features == v3)
    #expect(try clang.describe(.x86v4).features == v4)
    #expect(try clang.describe(.x86v2).vectorBytes == 16)
    #expect(try clang.describe(.x86v3).vectorBytes == 32)
    #expect(try clang.describe(.x86v4).vectorBytes == 64)
    #expect(try clang.describe(.x86v4).flags.contains("-mprefer-vector-width=512"))
    #expect(!(try clang.describe(.x86v3).prefers512BitVectors))
    #expect(try clang.describe(.aarch64).features == ["asimd"])
    #expect(try clang.describe(.aarch64).flags == ["--target=aarch64-linux-gnu"])
    #expect(try clang.describe(.x86v3).fingerprint != clang.describe(.x86v4).fingerprint)
  }

  @Test func nativeRunsHere() throws {
    let description = try ClangToolchain.find().describe(.native)
    #expect(CPUFeatures.current.missing(from: description.features) == [])
    #expect(!description.features.isEmpty)
  }

  /// A kernel that does not list what clang detects: native must not use what loading could not check.
  @Test func nativeKeepsToWhatTheKernelLists() throws {
    let baseline = CPUFeatures(names: ["sse2"])
    let description = try ClangToolchain.find().describe(.native, cpu: baseline)
    #expect(description.features == [])
    #expect(description.vectorBytes == 16)
  }

  @Test func targetNames() throws {
    #expect(try CompilationTarget(parsing: "x86-64-v3") == .x86v3)
    #expect(
      throws: RuntimeError.user(
        "unknown target 'avx2': expected one of native, x86-64-v2, x86-64-v3, x86-64-v4, aarch64")
    ) { try CompilationTarget(parsing: "avx2") }
  }

  @Test func cpuinfo() {
    let x86 = "processor\t: 0\nflags\t\t: fpu avx avx2\n\nprocessor\t: 1\nflags\t\t: fpu avx\n"
    #expect(CPUFeatures(cpuinfo: x86).names == ["fpu", "avx"])
    #expect(CPUFeatures(cpuinfo: "Features\t: fp asimd\n").missing(from: ["asimd", "sve"]) == ["sve"])
    #expect(CPUFeatures(cpuinfo: "").names == [])
  }
}
