import Foundation
import Glibc
import NNIR
import Runtime

/// The library that models are compiled against: `libNNCC.so` and the modules NNCC and NNIR.
struct ModelLibrary {
  static let name = "libNNCC.so"

  /// Folder of the shared library.
  let directory: String
  /// Folder of the `.swiftmodule` files.
  let modules: String
  /// Hash of the library and the modules, which is part of what a model depends on.
  let digest: String

  /// Looks in NNCC_LIBRARY_PATH alone if set; else beside the running executable, as a build leaves it, and in
  /// `../lib/nncc`, where `make install` puts it.
  init(environment: [String: String], cache: ContentCache) throws {
    let executable = FileSystem.resolvingLinks("/proc/self/exe") ?? CommandLine.arguments[0]
    let beside = FileSystem.parent(of: executable)
    var candidates = [beside, "\(FileSystem.parent(of: beside))/lib/nncc"]
    if let chosen = environment["NNCC_LIBRARY_PATH"], !chosen.isEmpty { candidates = [chosen] }
    for directory in candidates {
      for modules in [directory, "\(directory)/Modules"] {
        let files = ["\(directory)/\(Self.name)", "\(modules)/NNCC.swiftmodule", "\(modules)/NNIR.swiftmodule"]
        guard files.allSatisfy({ access($0, R_OK) == 0 }) else { continue }
        // the program runs elsewhere than it is linked: the path inside it has to be absolute
        self.directory = FileSystem.resolvingLinks(directory) ?? directory
        self.modules = modules
        digest = try Self.digest(of: files, cache: cache)
        return
      }
    }
    throw Diagnostics(
      "no model library found: expected \(Self.name), NNCC.swiftmodule and NNIR.swiftmodule in "
        + candidates.joined(separator: " or ")
        + "; `swift build --product NNCC` makes them, and NNCC_LIBRARY_PATH names another place")
  }

  /// Hashing megabytes would take most of the time of a cached load: done once for a state of the files.
  private static func digest(of files: [String], cache: ContentCache) throws -> String {
    var key = ContentKey("model library 1")
    for file in files { key.add(FileSystem.resolvingLinks(file) ?? file) }
    for file in files { key.add(fileState(file)) }
    if let known = cache.bytes(for: key) { return String(decoding: known, as: UTF8.self) }
    var contents = ContentKey("model library contents 1")
    for file in files { contents.add(try FileSystem.read(file)) }
    cache.store(Array(contents.text.utf8), for: key)
    return contents.text
  }

  /// `Swift version 6.3.1 (…)` of the compiler that built the library, which its module carries in clear text; nil where
  /// it does not say.
  func builtBy() throws -> String? {
    let data = Data(try FileSystem.read("\(modules)/NNCC.swiftmodule"))
    guard let start = data.range(of: Data("Swift version ".utf8))?.lowerBound,
      let end = data[start...].prefix(200).firstIndex(of: UInt8(ascii: ")"))
    else { return nil }
    return String(decoding: data[start...end], as: UTF8.self)
  }
}

/// What changes when a file is replaced or written to.
private func fileState(_ path: String) -> String {
  var status = stat()
  guard stat(path, &status) == 0 else { return "missing" }
  return "\(status.st_size) \(status.st_ino) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
}

/// The Swift compiler.
struct SwiftToolchain {
  let executable: String
  /// `Swift version 6.3.1 (swift-6.3.1-RELEASE)`
  let version: String

  /// Takes NNCC_SWIFTC, else the `swiftc` on PATH; asks it for its version once as long as the file does not change.
  init(environment: [String: String], cache: ContentCache) throws {
    if let chosen = environment["NNCC_SWIFTC"], !chosen.isEmpty {
      guard FileSystem.isExecutableFile(chosen) else {
        throw Diagnostics("no Swift compiler found: NNCC_SWIFTC names \(chosen), which is no executable file")
      }
      executable = chosen
    } else if let found = FileSystem.findExecutable("swiftc", path: environment["PATH"]) {
      executable = found
    } else {
      throw Diagnostics(
        "no Swift compiler found: a model.swift needs swiftc on PATH or named by NNCC_SWIFTC; a model.nnir does not")
    }
    var key = ContentKey("swiftc version 1")
    key.add(FileSystem.resolvingLinks(executable) ?? executable)
    key.add(fileState(executable))
    if let known = cache.bytes(for: key) {
      version = String(decoding: known, as: UTF8.self)
      return
    }
    let result = try ProcessRunner.run(Invocation(executable, ["--version"], timeLimit: 30))
    let line = result.outputText.split(separator: "\n").first { $0.contains("Swift version") }
    guard result.succeeded, let line, let start = line.range(of: "Swift version")?.lowerBound else {
      let said = (result.errorText + result.outputText).split(separator: "\n").first ?? "nothing"
      throw Diagnostics(
        "expected a Swift compiler at \(executable), but --version gave \(result.reason) and said: \(said)")
    }
    version = line[start...].prefix { $0 != ")" } + ")"
    cache.store(Array(version.utf8), for: key)
  }
}
