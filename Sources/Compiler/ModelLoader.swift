import Foundation
import Glibc
import NNIR
import Runtime

/// Reads a model as a graph: a `model.swift` is compiled and run, a `model.nnir` is parsed.
///
/// What a `model.swift` gives is kept under the hash of the file, the model library, the Swift compiler and the
/// settings: the forward function has to be a function of those. About 0.4 s the first time, 0.03 s afterwards. What
/// swiftc and the model print is kept with it and said every time.
///
/// - Parameters:
///   - settings: `name=value` from the user's `--set`.
///   - defaults: `name=value` that hold where the user set nothing, and are ignored where there is no such property.
///   - timeLimit: Seconds after which a model that does not end is stopped.
///   - report: Takes what swiftc and the model print, untouched; standard error by default.
///
/// Errors: everything wrong with the file, the settings or the network; for a file that swiftc refuses only that it
/// does, because swiftc's own messages went to `report`.
package func loadModel(
  _ path: String, set settings: [String] = [], defaults: [String] = [],
  environment: [String: String] = ProcessInfo.processInfo.environment, timeLimit: Double = 60,
  report: @escaping (String) -> Void = { FileHandle.standardError.write(Data($0.utf8)) }
) throws(Diagnostics) -> Graph {
  let source: [UInt8]
  do throws(RuntimeError) { source = try FileSystem.read(path) } catch { throw Diagnostics(error.description) }
  if path.hasSuffix(".nnir") {
    guard settings.isEmpty else {
      throw Diagnostics(
        "\(path): expected no --set, found \(settings.joined(separator: ", ")): only a model.swift has hyper-parameters"
      )
    }
    guard let text = String(validating: source, as: UTF8.self) else {
      throw Diagnostics("\(path): expected UTF-8 text, found other bytes")
    }
    return try Graph(parsing: text, file: path)
  }
  guard path.hasSuffix(".swift") else {
    throw Diagnostics("\(path): expected a model.swift or a model.nnir, found neither ending")
  }
  do {
    let loader = try ModelLoader(path: path, source: source, environment: environment, report: report)
    return try loader.graph(set: settings, defaults: defaults, timeLimit: timeLimit)
  } catch let error as Diagnostics {
    throw error
  } catch {
    throw Diagnostics("\(path): \(error)")
  }
}

/// One `model.swift` on its way to a graph.
struct ModelLoader {
  let path: String
  /// The name that the compiler puts into `#fileID`, and diagnostics therefore carry.
  let fileName: String
  let library: ModelLibrary
  let toolchain: SwiftToolchain
  let cache: ContentCache
  let report: (String) -> Void
  /// Hash of everything that the compiled program depends on.
  private let programKey: ContentKey

  init(
    path: String, source: [UInt8], environment: [String: String], report: @escaping (String) -> Void
  ) throws {
    self.path = path
    fileName = path.split(separator: "/").last.map(String.init) ?? path
    self.report = report
    cache = try ContentCache(named: "models", environment: environment)
    library = try ModelLibrary(environment: environment, cache: cache)
    toolchain = try SwiftToolchain(environment: environment, cache: cache)
    var key = ContentKey("model program 2")
    key.add(fileName)
    key.add(source)
    key.add(library.digest)
    // the program finds the library again at this place
    key.add(library.directory)
    key.add(toolchain.executable)
    key.add(toolchain.version)
    programKey = key
  }

  func graph(set settings: [String], defaults: [String], timeLimit: Double) throws -> Graph {
    var key = programKey
    key.add("graph 2")
    key.add(settings)
    key.add(defaults)
    if let known = stored(for: key), let graph = try? parse(known.bytes) {
      say(known.messages)
      return graph
    }
    let folder = try TemporaryDirectory(prefix: "nncc-model")
    let program = "\(folder.path)/model"
    var messages: String
    if let known = stored(for: programKey) {
      messages = known.messages
      say(messages)
      try FileSystem.write(known.bytes, to: program, mode: 0o755)
    } else {
      messages = try compile(to: program)
      say(messages)
      store(try FileSystem.read(program), messages, for: programKey)
    }
    let output = "\(folder.path)/graph.nnir"
    let printed = try run(program, set: settings, defaults: defaults, output: output, timeLimit: timeLimit)
    say(printed)
    messages += printed
    let bytes = try FileSystem.read(output)
    let graph = try parse(bytes)
    store(bytes, messages, for: key)
    cache.removeUnused()
    return graph
  }

  /// What the model wrote; that it does not parse is our mistake, not the user's.
  private func parse(_ bytes: [UInt8]) throws(Diagnostics) -> Graph {
    do throws(Diagnostics) {
      return try Graph(parsing: String(decoding: bytes, as: UTF8.self), file: "\(fileName)'s graph")
    } catch {
      throw Diagnostics("internal error: the model library wrote a graph that does not hold:\n\(error)")
    }
  }
}
