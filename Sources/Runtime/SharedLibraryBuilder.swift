import Foundation
import Glibc

/// One C file to compile.
package struct CompilationUnit: Sendable, Equatable {
  /// File name without folder, for example `dense_net_kernels_1.c`.
  package var name: String
  package var source: String

  package init(name: String, source: String) {
    self.name = name
    self.source = source
  }
}

/// What a build gave and how much of it was new.
package struct BuiltLibrary: Sendable, Equatable {
  package var path: String
  /// Units that clang compiled; the others came from the cache.
  package var compiledUnits: Int
  /// False where the whole library came from the cache.
  package var linked: Bool
}

/// Compiles C files side by side and links them to `libNAME.so`, keeping objects and libraries by content.
package struct SharedLibraryBuilder: Sendable {
  package var toolchain: ClangToolchain
  package var target: TargetDescription
  package var cache: ContentCache
  /// Clang processes at once.
  package var jobs: Int

  package init(toolchain: ClangToolchain, target: TargetDescription, cache: ContentCache, jobs: Int) {
    self.toolchain = toolchain
    self.target = target
    self.cache = cache
    self.jobs = jobs
  }

  /// With the clang of this machine and the cache of this user.
  package init(target: CompilationTarget, jobs: Int) throws(RuntimeError) {
    let toolchain = try ClangToolchain.find()
    let cache = try ContentCache(named: "objects")
    self.init(toolchain: toolchain, target: try toolchain.describe(target), cache: cache, jobs: jobs)
  }

  /// Language and code generation flags of emitted C.
  ///
  /// Contraction makes fused multiply-adds; the two `-fno-…` after it only free clang from `errno` and trap flags that
  /// nobody reads: results stay IEEE. The memory builtins are off because recognising a loop as `memset` or `memcpy`
  /// would call into libc for a few bytes and hide the loop from the audits.
  package static let baseFlags = [
    "-std=gnu11", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-fno-builtin-memset",
    "-fno-builtin-memcpy", "-fno-builtin-memmove", "-fvisibility=hidden", "-fPIC", "-Wall", "-Wextra", "-Werror",
  ]

  /// Builds `directory/libNAME.so`; the folder is created, an identical library is left untouched.
  ///
  /// `headers` are found by `#include "name"`. Throws `internal` where clang rejects the source, `user` where the
  /// machine is at fault (killed clang, full disk, missing C library).
  package func build(
    name: String, units: [CompilationUnit], headers: [CompilationUnit] = [], optimization: String = "-O2",
    flags: [String] = [], into directory: String
  ) throws(RuntimeError) -> BuiltLibrary {
    let compileFlags = Self.baseFlags + [optimization] + target.flags + target.foreign.compileFlags + flags
    let keys = units.map { objectKey($0, headers, compileFlags) }
    let library = "\(directory)/lib\(name).so"
    var libraryKey = ContentKey("nncc library 1")
    libraryKey.add(name)
    libraryKey.add(linkFlags(name))
    libraryKey.add(keys.map(\.text))

    let cached = cache.sealedBytes(for: libraryKey)
    if cached == nil { try requireForeignLibrary() }
    try FileSystem.createDirectory(directory)
    if let bytes = cached {
      try install(bytes, at: library)
      return BuiltLibrary(path: library, compiledUnits: 0, linked: false)
    }
    let work = try TemporaryDirectory()
    for file in headers + units { try FileSystem.write(Array(file.source.utf8), to: "\(work.path)/\(file.name)") }

    var missing: [Int] = []
    for (index, key) in keys.enumerated() {
      if let object = cache.bytes(for: key) {
        try FileSystem.write(object, to: "\(work.path)/\(Self.object(index))")
      } else {
        missing.append(index)
      }
    }
    try compile(missing, of: units, compileFlags, in: work.path)
    for index in missing {
      cache.store(try FileSystem.read("\(work.path)/\(Self.object(index))"), for: keys[index])
    }
    try link(name, count: units.count, in: work.path)
    let bytes = Seal.sealed(try FileSystem.read("\(work.path)/lib\(name).so"))
    try install(bytes, at: library)
    if let payload = Seal.payload(of: bytes) { cache.store(payload, for: libraryKey) }
    cache.removeUnused()
    return BuiltLibrary(path: library, compiledUnits: missing.count, linked: true)
  }

  static func object(_ index: Int) -> String { "\(index).o" }

  func objectKey(_ unit: CompilationUnit, _ headers: [CompilationUnit], _ flags: [String]) -> ContentKey {
    var key = ContentKey("nncc object 1")
    key.add(target.fingerprint)
    key.add(flags)
    for file in [unit] + headers { key.add([file.name, file.source]) }
    return key
  }

  /// Compiles some of the units that lie in `directory`; flags for one unit alone come last.
  func compile(
    _ indices: [Int], of units: [CompilationUnit], _ flags: [String], in directory: String,
    unitFlags: (Int) -> [String] = { _ in [] }
  ) throws(RuntimeError) {
    // Relative names and a fixed compilation folder: the objects do not depend on where they were made.
    let invocations = indices.map { index in
      Invocation(
        toolchain.executable,
        flags + ["-fdebug-compilation-dir=.", "-c", units[index].name, "-o", Self.object(index)] + unitFlags(index),
        directory: directory, environment: ["LC_ALL": "C"])
    }
    let results = try ProcessRunner.runAll(invocations, jobs: jobs)
    var failures: [RuntimeError] = []
    for (index, result) in zip(indices, results) where !result.succeeded {
      failures.append(Self.failure("clang did not compile \(units[index].name)", result))
    }
    guard let first = failures.first else { return }
    // A full disk or a killed clang explains everything else.
    if let fault = failures.first(where: { $0.kind == .user }) { throw fault }
    throw RuntimeError(first.kind, failures.map(\.message).joined(separator: "\n"))
  }

  func linkFlags(_ name: String) -> [String] {
    target.flags
      + (toolchain.hasLLD ? ["-fuse-ld=lld"] : [])
      // without the C runtime's start files, which would bring the only mutable data of the library
      + ["-shared", "-fPIC", "-nostartfiles", "-Wl,-z,defs", "-Wl,-soname,lib\(name).so", "-lm", "-lpthread"]
      + target.foreign.linkFlags
  }

  private func link(_ name: String, count: Int, in directory: String) throws(RuntimeError) {
    let library = "lib\(name).so"
    let arguments = (0..<count).map(Self.object) + linkFlags(name) + ["-o", library]
    let result = try ProcessRunner.run(
      Invocation(toolchain.executable, arguments, directory: directory, environment: ["LC_ALL": "C"]))
    if !result.succeeded { throw Self.failure("clang did not link \(library)", result) }
  }

  /// Whose fault a failed clang is, by what it said.
  static func failure(_ what: String, _ result: ProcessResult) -> RuntimeError {
    let said = (result.errorText + result.outputText).trimmingCharacters(in: .whitespacesAndNewlines)
    let message = "\(what) (\(result.reason))" + (said.isEmpty ? "" : ":\n\(said)")
    guard case .exited = result.termination else {
      return .user("\(message)\nthe machine may be short of memory: try fewer --jobs")
    }
    if said.contains("No space left on device") { return .user("\(message)\nfree some disk space and repeat") }
    let missingLibrary = [
      ".h' file not found", "unable to find library -l", "cannot find -l", "cannot find crt", "cannot open crt",
      "cannot find ScrtS", "invalid linker name", "unable to execute command", "linker command not found",
    ]
    if missingLibrary.contains(where: said.contains) {
      return .user("\(message)\nthe C library or linker for this target is not installed")
    }
    return .internal("\(message)\nthis is a fault of nncc, not of the model; please report it")
  }

  private func install(_ bytes: [UInt8], at path: String) throws(RuntimeError) {
    if let present = try? FileSystem.read(path), present == bytes { return }
    try FileSystem.write(bytes, to: path, mode: 0o755)
  }
}
