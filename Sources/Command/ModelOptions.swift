import ArgumentParser
import ArtefactABI
import Compiler
import Foundation
import NNIR
import Passes
import Runtime

/// The model argument and the hyper-parameters that every command takes.
struct ModelOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("model.swift, model.nnir or an artefact directory.", valueName: "MODEL"))
  var path: String

  @Option(name: .customLong("set"), help: ArgumentHelp("Set a hyper-parameter: key=value.", valueName: "k=v"))
  var settings: [String] = []

  /// The raw graph; of an artefact directory the one that it was built from.
  func graph(defaults: [String] = []) throws -> Graph {
    guard FileSystem.isDirectory(path) else {
      return try loadModel(path, set: settings, defaults: defaults)
    }
    guard settings.isEmpty else {
      throw Failure.user("--set needs a model.swift; \(path) is a built artefact")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".nnir") }.sorted()
    guard names.count == 1, FileManager.default.fileExists(atPath: "\(path)/manifest.json") else {
      throw Failure.user(
        "\(path): expected an artefact directory with manifest.json and one .nnir file, found \(names.count) of them")
    }
    return try loadModel("\(path)/\(names[0])", set: [], defaults: [])
  }
}

/// How to generate code.
struct TargetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "native, x86-64-v2, x86-64-v3, x86-64-v4 or aarch64.", valueName: "TARGET"))
  var target = "native"

  @Option(help: ArgumentHelp("Compiler processes at once.", valueName: "N"))
  var jobs: Int = Session.defaultThreads

  @Option(name: .customLong("disable-pass"), help: ArgumentHelp("Switch a pass off.", valueName: "PASS"))
  var disabled: [String] = []

  @Flag(name: .customLong("O0"), help: "Compile without optimisation: the reference level.")
  var unoptimized = false

  func options(_ entries: [EntryPoint]) throws -> BuildOptions {
    guard jobs >= 1 else { throw Failure.user("--jobs: expected at least 1, found \(jobs)") }
    let passes = Pipeline.passes
    for name in disabled {
      guard let pass = passes.first(where: { $0.name == name }) else {
        throw unknownPass(name, passes.map(\.name), option: "--disable-pass")
      }
      if pass.required {
        throw Failure.user("--disable-pass: \(name) cannot be switched off; later passes rely on it")
      }
    }
    return BuildOptions(
      entries: entries, target: try CompilationTarget(parsing: target), jobs: jobs,
      optimization: unoptimized ? "-O0" : "-O2", passes: PassOptions(disabled: Set(disabled)))
  }
}

func unknownPass(_ name: String, _ known: [String], option: String) -> Failure {
  let hint = nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
  return .user("\(option): unknown pass \(name)\(hint) known: \(known.joined(separator: ", "))")
}

/// Threads that compute.
struct ThreadOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads that compute.", valueName: "N"))
  var threads: Int = Session.defaultThreads

  func validate() throws {
    if !(1...1024).contains(threads) {
      throw ValidationError("--threads: expected 1 to 1024, found \(threads)")
    }
  }
}

/// Opens a session on a model, building what has to be built.
///
/// An artefact that has every wanted entry is opened as it is. Anything else is built into a temporary folder, which
/// may go once the library is loaded.
func openSession(
  _ model: ModelOptions, _ raw: Graph, entries: [EntryPoint], target: TargetOptions, threads: Int
) throws -> Session {
  if FileSystem.isDirectory(model.path) {
    let library = try Library(directory: model.path)
    let compiled = Set(library.manifest.entries.map { EntryPoint($0.mode, batch: $0.batch) })
    if entries.allSatisfy(compiled.contains) {
      return try Session(library: library, threads: threads, modes: Array(Set(entries.map(\.mode))))
    }
  }
  let directory = try TemporaryDirectory()
  let artefact = try build(raw, options: try target.options(entries), into: directory.path)
  for remark in artefact.remarks { warn(remark) }
  return try Session(artefact: directory.path, threads: threads)
}

/// A remark on standard error that does not stop the work.
func warn(_ message: String) {
  FileHandle.standardError.write(Data("warning: \(message)\n".utf8))
}
