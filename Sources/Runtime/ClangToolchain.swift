import Foundation
import Synchronization

/// A clang that was found and answered.
package struct ClangToolchain: Sendable, Equatable {
  package let executable: String
  /// First line of `--version`.
  package let version: String
  /// The triple that clang compiles for by itself, for example `x86_64-unknown-linux-gnu`.
  package let defaultTriple: String
  /// Whether LLVM's linker lies beside it; it links for every target and is the faster one.
  package let hasLLD: Bool

  /// Asks an executable whether it is clang.
  package init(executable: String) throws(RuntimeError) {
    let result = try ProcessRunner.run(Invocation(executable, ["--version"], environment: ["LC_ALL": "C"]))
    let lines = result.outputText.split(separator: "\n").map(String.init)
    guard result.succeeded, let first = lines.first, first.contains("clang version") else {
      let said = result.outputText.isEmpty ? result.errorText : result.outputText
      let quoted = said.split(separator: "\n").first ?? "nothing"
      throw .user("expected clang at \(executable), but --version gave \(result.reason) and said: \(quoted)")
    }
    // it will be run in other folders than this one
    self.executable =
      executable.hasPrefix("/") ? executable : "\(FileManager.default.currentDirectoryPath)/\(executable)"
    version = first
    defaultTriple = lines.first { $0.hasPrefix("Target: ") }.map { String($0.dropFirst(8)) } ?? "unknown"
    let real = FileSystem.resolvingLinks(executable) ?? executable
    hasLLD = FileSystem.isExecutableFile(FileSystem.parent(of: real) + "/ld.lld")
  }

  /// Where clang is: `NNCC_CLANG`, else beside the `swiftc` on `PATH`, else `clang` on `PATH`.
  package static func locate(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(RuntimeError) -> String {
    let path = environment["PATH"]
    if let chosen = environment["NNCC_CLANG"], !chosen.isEmpty {
      let found = chosen.contains("/") ? chosen : FileSystem.findExecutable(chosen, path: path) ?? chosen
      guard FileSystem.isExecutableFile(found) else {
        throw .user("no clang found: NNCC_CLANG names \(chosen), which is not an executable file")
      }
      return found
    }
    if let swiftc = FileSystem.findExecutable("swiftc", path: path) {
      for place in [FileSystem.resolvingLinks(swiftc), swiftc] {
        guard let place else { continue }
        let beside = FileSystem.parent(of: place) + "/clang"
        if FileSystem.isExecutableFile(beside) { return beside }
      }
    }
    if let found = FileSystem.findExecutable("clang", path: path) { return found }
    throw .user(
      "no clang found: looked beside swiftc and in PATH (\(path ?? "not set")); "
        + "put the Swift toolchain's folder usr/bin on PATH, install clang, or name one in NNCC_CLANG")
  }

  private static let probed = Mutex<[String: ClangToolchain]>([:])

  /// The clang to use, found and probed once in the life of this process.
  package static func find(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(RuntimeError) -> ClangToolchain {
    let executable = try locate(environment: environment)
    if let known = probed.withLock({ $0[executable] }) { return known }
    let toolchain = try ClangToolchain(executable: executable)
    probed.withLock { $0[executable] = toolchain }
    return toolchain
  }

  private static let described = Mutex<[String: TargetDescription]>([:])

  /// What clang says about a target: asked once in the life of this process.
  package func describe(
    _ target: CompilationTarget, cpu: CPUFeatures = .current
  ) throws(RuntimeError) -> TargetDescription {
    let key = "\(executable) \(version) \(target.rawValue) \(cpu.names.sorted())"
    if let known = Self.described.withLock({ $0[key] }) { return known }
    var flags = target.flags(defaultTriple: defaultTriple)
    var macros = try predefinedMacros(flags, target)
    if target == .native {
      // A kernel older than the CPU does not list what clang detects by itself; what cannot be checked when the
      // artefact is loaded is not used.
      let unlisted = InstructionSetExtension.all.filter { macros.contains($0.macro) && !cpu.names.contains($0.cpuinfo) }
      let switches = unlisted.compactMap { $0.flag.map { "-mno-\($0)" } }
      if !switches.isEmpty {
        flags += switches
        macros = try predefinedMacros(flags, target)
      }
    }
    let description = TargetDescription(target: target, flags: flags, macros: macros, toolchain: self)
    Self.described.withLock { $0[key] = description }
    return description
  }

  private func predefinedMacros(_ flags: [String], _ target: CompilationTarget) throws(RuntimeError) -> Macros {
    let arguments = flags + ["-dM", "-E", "-x", "c", "/dev/null"]
    let result = try ProcessRunner.run(Invocation(executable, arguments, environment: ["LC_ALL": "C"]))
    guard result.succeeded else {
      throw .user(
        "\(executable) (\(version)) cannot compile for \(target.rawValue): "
          + result.errorText.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    return Macros(result.outputText)
  }
}

/// The predefined macros of one target.
struct Macros: Sendable {
  let names: Set<String>
  /// Hash of the whole list: it differs between CPUs, also those that differ only in tuning.
  let fingerprint: String

  init(_ text: String) {
    names = Set(text.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) })
    fingerprint = SHA256.hexDigest(of: text)
  }

  func contains(_ name: String) -> Bool { names.contains(name) }
}

/// A CPU family that can be compiled for.
package enum CompilationTarget: String, CaseIterable, Sendable {
  case native
  case x86v2 = "x86-64-v2"
  case x86v3 = "x86-64-v3"
  case x86v4 = "x86-64-v4"
  case aarch64

  /// The target of that name; the error lists the valid ones.
  package init(parsing name: String) throws(RuntimeError) {
    guard let target = CompilationTarget(rawValue: name) else {
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw .user("unknown target '\(name)': expected one of \(known)")
    }
    self = target
  }

  /// Compiler flags; the triple is named where clang would not choose the architecture by itself.
  func flags(defaultTriple: String) -> [String] {
    switch self {
    case .native:
      defaultTriple.hasPrefix("x86_64") ? ["-march=native"] : ["-mcpu=native"]
    case .x86v2, .x86v3, .x86v4:
      (defaultTriple.hasPrefix("x86_64") ? [] : ["--target=x86_64-linux-gnu"]) + ["-march=\(rawValue)"]
    case .aarch64:
      ["--target=aarch64-linux-gnu"]
    }
  }
}

/// One target as one clang sees it.
package struct TargetDescription: Sendable {
  package let target: CompilationTarget
  /// Flags that choose it, when compiling and when linking.
  package let flags: [String]
  /// CPU features that the machine code may need, as `/proc/cpuinfo` spells them, in a fixed order.
  package let features: [String]
  /// Bytes of the widest vector register that code should use: 16, 32 or 64.
  package let vectorBytes: Int
  /// Whether clang has to be told to use 512-bit registers; its own choice for AVX-512 CPUs is 256 bits.
  package var prefers512BitVectors: Bool { vectorBytes == 64 }
  /// Differs whenever the generated code may.
  package let fingerprint: String
  /// Apart from `flags`, because it depends on where this machine keeps its files.
  let foreign: ForeignLibrary

  init(target: CompilationTarget, flags: [String], macros: Macros, toolchain: ClangToolchain) {
    self.target = target
    features = InstructionSetExtension.all.filter { macros.contains($0.macro) }.map(\.cpuinfo)
    vectorBytes = macros.contains("__AVX512F__") ? 64 : macros.contains("__AVX__") ? 32 : 16
    foreign = target.foreignLibrary(defaultTriple: toolchain.defaultTriple)
    self.flags = flags + (vectorBytes == 64 ? ["-mprefer-vector-width=512"] : [])
    fingerprint = SHA256.hexDigest(of: "\(toolchain.version)\n\(toolchain.defaultTriple)\n\(macros.fingerprint)")
  }
}
