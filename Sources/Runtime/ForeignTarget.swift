/// What clang needs beside `--target` to find the C library of an architecture that is not the machine's own.
struct ForeignLibrary: Sendable {
  var compileFlags: [String] = []
  var linkFlags: [String] = []
}

extension CompilationTarget {
  /// The architecture as triples spell it; nil for the machine's own.
  private var architecture: String? {
    switch self {
    case .native: nil
    case .x86v2, .x86v3, .x86v4: "x86_64"
    case .aarch64: "aarch64"
    }
  }

  /// The architecture where clang does not compile for it by itself.
  private func foreignArchitecture(_ defaultTriple: String) -> String? {
    architecture.flatMap { defaultTriple.hasPrefix($0) ? nil : $0 }
  }

  /// Where Debian's packages for cross-compilation put headers and libraries, and the package that has them.
  func foreignPlace(defaultTriple: String) -> (folder: String, package: String)? {
    foreignArchitecture(defaultTriple).map {
      ("/usr/\($0)-linux-gnu", "libc6-dev-\($0 == "x86_64" ? "amd64" : "arm64")-cross")
    }
  }

  /// Flags for a foreign C library where there is one in that place; none for the machine's own architecture, and none
  /// where a clang with a library of its own may know better.
  func foreignLibrary(defaultTriple: String) -> ForeignLibrary {
    guard let folder = foreignPlace(defaultTriple: defaultTriple)?.folder, FileSystem.isDirectory("\(folder)/include")
    else { return ForeignLibrary() }
    // The cross packages of the C library come without libgcc: atomics are then inline, and nothing else needs it. The
    // linker script libc.so names absolute paths, which rules --sysroot out.
    return ForeignLibrary(
      compileFlags: ["-nostdlibinc", "-isystem", "\(folder)/include"]
        + (self == .aarch64 ? ["-mno-outline-atomics"] : []),
      linkFlags: ["-nostdlib", "-L\(folder)/lib", "-lc"])
  }
}

extension SharedLibraryBuilder {
  /// Refuses a foreign target that clang cannot compile and link for, naming the package that is missing.
  func requireForeignLibrary() throws(RuntimeError) {
    guard let place = target.target.foreignPlace(defaultTriple: toolchain.defaultTriple) else { return }
    let work = try TemporaryDirectory()
    let source = "#include <math.h>\n#include <pthread.h>\nfloat probe(float x) { return expf(x); }\n"
    try FileSystem.write(Array(source.utf8), to: "\(work.path)/probe.c")
    let arguments = target.flags + target.foreign.compileFlags + ["-fPIC", "probe.c"] + linkFlags("probe")
    let result = try ProcessRunner.run(
      Invocation(
        toolchain.executable, arguments + ["-o", "probe.so"], directory: work.path, environment: ["LC_ALL": "C"]))
    guard !result.succeeded else { return }
    let said = result.errorText.split(separator: "\n").first { $0.contains("error: ") } ?? "\(result.reason)"
    var missing: [String] = []
    if !FileSystem.isDirectory("\(place.folder)/include") {
      missing.append("its C library in \(place.folder), which Debian has in the package \(place.package)")
    }
    if !toolchain.hasLLD { missing.append("the linker ld.lld beside clang") }
    throw .user(
      "cannot build for \(target.target.rawValue): "
        + (missing.isEmpty ? "" : "expected \(missing.joined(separator: " and ")); ") + "clang said: \(said)")
  }
}
