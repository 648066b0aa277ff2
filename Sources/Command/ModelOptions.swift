import ArgumentParser
import ArtefactABI
import struct Benchmark.Machine
import struct CodegenC.Tuning
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
    return try artefactGraph(path)
  }
}

extension Recompute: ExpressibleByArgument {}

extension MathMode: ExpressibleByArgument {
  public init?(argument: String) {
    guard let mode = Self.offered.first(where: { $0.rawValue == argument }) else { return nil }
    self = mode
  }

  public static var allValueStrings: [String] { offered.map(\.rawValue) }
}

/// How to generate code.
struct TargetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "native, x86-64-v2, x86-64-v3, x86-64-v4 or aarch64; default native.", valueName: "TARGET"))
  var target: String?

  @Option(help: ArgumentHelp("Compiler processes at once.", valueName: "N"))
  var jobs: Int = Session.defaultThreads

  @Option(name: .customLong("disable-pass"), help: ArgumentHelp("Switch a pass off.", valueName: "PASS"))
  var disabled: [String] = []

  @Option(help: ArgumentHelp("What training computes again to save memory: none or bottleneck.", valueName: "WHAT"))
  var recompute: Recompute = .none

  @Option(help: ArgumentHelp("exact, or fast: algorithms that round differently.", valueName: "MATH"))
  var math: MathMode = .exact

  @Flag(name: .customLong("O0", withSingleDash: true), help: "Compile without optimisation: the reference level.")
  var unoptimized = false

  @Option(help: ArgumentHelp("Tiles that nncc tune found to be fast on this CPU.", valueName: "F"))
  var tuning: String?

  @Option(
    help: ArgumentHelp(
      "Images at most that inference takes through the network together; default: what suits its weights.",
      valueName: "N"))
  var microbatch: Int?

  @Option(
    help: ArgumentHelp(
      "Bands of lines into which inference of a single image cuts it, for as many threads; 1 for none.",
      valueName: "N"))
  var bands = Bands.usual.count

  func validate() throws {
    if bands < 1 { throw ValidationError("--bands: expected at least 1, found \(bands)") }
    if jobs < 1 { throw ValidationError("--jobs: expected at least 1, found \(jobs)") }
    if let microbatch, microbatch < 1 {
      throw ValidationError("--microbatch: expected at least 1, found \(microbatch)")
    }
  }

  func options(_ entries: [EntryPoint]) throws -> BuildOptions {
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
      entries: entries, target: try target.map { try CompilationTarget(parsing: $0) } ?? .native, jobs: jobs,
      optimization: unoptimized ? "-O0" : "-O2",
      passes: PassOptions(disabled: Set(disabled), recompute: recompute, math: math, bands: Bands(bands)),
      tuning: try tuning.map(readTuning) ?? Tuning(), microbatch: microbatch)
  }
}

extension TargetOptions {
  /// Says which options do nothing because an artefact is used as it was built.
  func warnIgnored(by path: String, _ manifest: Manifest) {
    var ignored = disabled.map { "--disable-pass \($0)" }
    if let target, target != manifest.target { ignored.append("--target \(target)") }
    if recompute != .none { ignored.append("--recompute \(recompute.rawValue)") }
    if math != .exact { ignored.append("--math \(math.rawValue)") }
    if unoptimized { ignored.append("-O0") }
    if let tuning { ignored.append("--tuning \(tuning)") }
    if bands != Bands.usual.count { ignored.append("--bands \(bands)") }
    if let microbatch { ignored.append("--microbatch \(microbatch)") }
    if !ignored.isEmpty { warn("\(ignored.joined(separator: ", ")) is ignored: \(path) is used as it was built") }
  }
}

/// Reads a tuning file; one that was measured on another CPU is legal, but not what was asked for.
private func readTuning(_ path: String) throws -> Tuning {
  let tuning = try Tuning(parsing: String(decoding: try FileSystem.read(path), as: UTF8.self), name: path)
  let own = Machine.thisCPU
  if !tuning.cpu.isEmpty, tuning.cpu != own {
    warn("\(path): its choices were measured on \(tuning.cpu), this is \(own)")
  }
  return tuning
}

func unknownPass(_ name: String, _ known: [String], option: String) -> Failure {
  let hint = nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
  return .user("\(option): unknown pass \(name)\(hint); known: \(known.joined(separator: ", "))")
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

/// Reads `1,0,1` as states of gates, 1 for open.
func parseGates(_ text: String) throws -> [Bool] {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false)
  guard parts.allSatisfy({ $0 == "0" || $0 == "1" }) else {
    throw Failure.user("--gates: expected 1 (open) or 0 (closed) for each gate such as 1,0,1, found \(text)")
  }
  return parts.map { $0 == "1" }
}

/// Refuses another number of states than the model has gates.
func requireGates(_ gates: [Bool]?, for typed: Graph, _ path: String) throws {
  guard let gates, gates.count != typed.gates.count else { return }
  let names = typed.gates.map(\.name).joined(separator: ", ")
  throw Failure.user(
    "\(path): --gates: expected \(typed.gates.count) states\(names.isEmpty ? "" : " (of \(names))"), found \(gates.count)"
  )
}

/// Opens a session on a model, building what has to be built.
///
/// An artefact that has every wanted entry is opened as it is. Anything else is built into a temporary folder, which
/// may go once the library is loaded; a model too large for this machine is refused before clang runs.
///
/// - Parameter anyBatch: Whether an artefact's own batch sizes do as well as those of `entries`.
func openSession(
  _ model: ModelOptions, _ raw: Graph, entries: [EntryPoint], anyBatch: Bool = false, target: TargetOptions,
  threads: Int
) throws -> Session {
  let modes = Manifest.Mode.allCases.filter { mode in entries.contains { $0.mode == mode } }
  if FileSystem.isDirectory(model.path) {
    let library = try Library(directory: model.path)
    let compiled = library.manifest.entries
    let isComplete = entries.allSatisfy { wanted in
      compiled.contains { $0.mode == wanted.mode && (anyBatch || $0.batch == wanted.batch) }
    }
    if isComplete {
      target.warnIgnored(by: model.path, library.manifest)
      return try Session(library: library, threads: threads, modes: modes, owner: model.path)
    }
  }
  let directory = try TemporaryDirectory()
  let artefact = try build(raw, options: try target.options(entries), into: directory.path) { built in
    try MemoryBudget(built.manifest, opened: built.manifest.entries, threads: threads).check(for: model.path)
  }
  for remark in artefact.remarks { warn(remark) }
  return try Session(library: try Library(directory: directory.path), threads: threads, owner: model.path)
}

/// The recipe, without which nothing can be trained or differentiated.
func requireRecipe(_ typed: Graph, _ path: String) throws -> Recipe {
  if let recipe = typed.recipe { return recipe }
  throw Failure.user("\(path): expected a model with a training recipe, found none")
}

/// A remark on standard error that does not stop the work.
func warn(_ message: String) {
  FileHandle.standardError.write(Data("warning: \(message)\n".utf8))
}
