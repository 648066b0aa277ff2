import CodegenC
import Foundation
import Passes
import Testing

/// Emitted C on another architecture: built with Debian's cross library, run by an emulator.
@Suite struct ForeignTargetTests {
  private static let library = "/usr/aarch64-linux-gnu"
  private static let emulator = "/usr/bin/qemu-aarch64"
  private static let isPossible: Bool = {
    let missing = ["\(library)/include/stdint.h", "\(library)/lib/crt1.o", emulator].filter {
      !FileManager.default.fileExists(atPath: $0)
    }
    if !missing.isEmpty { print("tests for aarch64 are skipped: no \(missing.joined(separator: ", no "))") }
    return missing.isEmpty
  }()

  /// Every operation on ARM against the same source, compiled for the same vector width, on this machine, which
  /// `DifferentialTests` judges by the interpreter. Contractions and libm may differ, so the numbers agree to 1e-4 of
  /// the largest of a value.
  @Test(.enabled(if: isPossible)) func everyOperationOnARM() throws {
    let options = CodegenOptions(name: "foreign", lanes: 4)
    let plans = OpCases.all.map { Plan.naive($0.graph) }
    let (programs, source) = Artefact.make(plans, options: options)
    let folder = try Folder()
    let files = try Artefact.write(source, into: folder)
    let scratch = (programs.map(\.scratchBytes).max() ?? 0).roundedUpToAlignment
    try folder.write(
      "harness.c", SanitizerTests.harness(plans, programs, options: options, scratch: scratch, values: true))
    let sources = files + ["harness.c"]
    let (includes, libraries) = ("\(Self.library)/include", "\(Self.library)/lib")
    let foreign =
      ["--target=aarch64-linux-gnu", "-nostdlibinc", "-isystem", includes, "-mno-outline-atomics", "-fuse-ld=lld"]
      + ["-nostdlib", "-no-pie", "\(libraries)/crt1.o", "\(libraries)/crti.o"] + sources
      + ["-L\(libraries)", "-lm", "-lpthread", "-lc", "\(libraries)/crtn.o", "-o", "arm"]
    for arguments in [foreign, ["-march=native"] + sources + ["-lm", "-lpthread", "-o", "own"]] {
      let flags = productFlags.filter { $0 != "-fPIC" }
      let ran = try shell(["clang"] + flags + ["-O1"] + arguments, in: folder)
      try #require(ran.code == 0, "\(ran.output)")
    }
    let arm = try shell([Self.emulator, "-L", Self.library, "./arm"], in: folder)
    let own = try shell(["./own"], in: folder)
    try #require(arm.code == 0 && own.code == 0, "\(arm.output.suffix(2000))")
    let (found, expected) = (values(arm.output), values(own.output))
    try #require(found.map(\.count) == expected.map(\.count) && found.count > plans.count)
    for (index, pair) in zip(found, expected).enumerated() {
      let scale = pair.1.filter(\.isFinite).map(abs).max() ?? 0
      let agree = zip(pair.0, pair.1).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN || abs($0 - $1) <= 1e-4 * scale }
      #expect(agree, "value \(index): \(pair.0.prefix(8)) on ARM, \(pair.1.prefix(8)) here")
    }
  }

  /// Lines `value number`, as one list for each run of equal value numbers.
  private func values(_ text: String) -> [[Double]] {
    var last: Substring?
    var result: [[Double]] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first != last { result.append([]) }
      last = words.first
      result[result.count - 1].append(words.count == 2 ? Double(words[1]) ?? .nan : .nan)
    }
    return result
  }
}
