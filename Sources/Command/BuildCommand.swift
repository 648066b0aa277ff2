import ArgumentParser
import ArtefactABI
import Compiler
import Foundation
import NNIR
import Passes
import Reports
import Runtime
import Synchronization

/// `nncc build MODEL`
struct BuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Compile a model to C and a shared library.")

  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case infer, train, both
  }

  enum Emit: String, ExpressibleByArgument, CaseIterable {
    case ir, typed, step, scheduled, plan, c, so
  }

  @OptionGroup var model: ModelOptions
  @Option(name: .customShort("o"), help: ArgumentHelp("Artefact directory; default Generated/NAME.", valueName: "DIR"))
  var output: String?
  @Option(help: ArgumentHelp("infer, train or both.", valueName: "MODE")) var mode: Mode = .both
  @Option(help: ArgumentHelp("Batch sizes, for example 1,16; default 1 and the recipe's.", valueName: "N,…"))
  var batch: String?
  @OptionGroup var target: TargetOptions
  @Option(
    help: ArgumentHelp("Print a stage instead: ir, typed, step, scheduled, plan, c (so builds).", valueName: "STAGE"))
  var emit: Emit = .so
  @Option(name: .customLong("dump-after"), help: ArgumentHelp("Print the graph after a pass.", valueName: "PASS"))
  var dumpAfter: String?
  @Option(help: ArgumentHelp("Leave out blocks with stochastic depth, by name.", valueName: "NAME,…"))
  var drop: [String] = []
  @Flag(name: .customLong("time-passes"), help: "Print how long each pass and phase took.") var timePasses = false

  func run() throws {
    let raw = try droppingBlocks(blockNames(drop), from: try model.graph())
    var options = try target.options(try entries(raw))
    if let dumpAfter, !Pipeline.passes.contains(where: { $0.name == dumpAfter }) {
      throw unknownPass(dumpAfter, Pipeline.passes.map(\.name), option: "--dump-after")
    }
    if let output, emit != .so { warn("-o \(output) is ignored: --emit \(emit.rawValue) prints") }
    let observed = Mutex<[PassRecord]>([])
    let dumped = dumpAfter
    options.passes.observe = { record in
      observed.withLock { $0.append(record) }
      if record.pass.name == dumped {
        FileHandle.standardError.write(Data("// after \(record.pass.name)\n\(record.after.text)".utf8))
      }
    }
    switch emit {
    case .ir: print(raw.text, terminator: "")
    case .typed: print(try typeCheck(raw, options: options.passes).text, terminator: "")
    case .step, .scheduled: try emitGraph(raw, options)
    case .plan, .c: try emitText(raw, options)
    case .so: try buildArtefact(raw, options)
    }
    if let dumpAfter, !observed.withLock({ $0.contains { $0.pass.name == dumpAfter } }) {
      warn("--dump-after \(dumpAfter) is ignored: the pass did not run")
    }
    if timePasses { printTimes(observed.withLock { $0 }) }
  }

  private func entries(_ raw: Graph) throws -> [EntryPoint] {
    let batches = try batch.map(parseBatches) ?? [1] + (raw.recipe.map { [$0.batch] } ?? [])
    let trains = raw.recipe != nil
    guard mode != .train || trains else {
      throw Failure.user("\(model.path): --mode train: expected a model with a training recipe, found none")
    }
    // without --batch, training is compiled for the recipe's batch alone
    let training = batch == nil ? raw.recipe.map { [$0.batch] } ?? [] : batches
    let infer = mode == .train ? [] : batches.map { EntryPoint(.infer, batch: $0) }
    return infer + (mode == .infer || !trains ? [] : training.map { EntryPoint(.train, batch: $0) })
  }

  private func emitGraph(_ raw: Graph, _ options: BuildOptions) throws {
    let typed = try typeCheck(raw, options: options.passes)
    for point in options.entries {
      var passes = options.passes
      let before = Mutex<Graph?>(nil)
      let observe = passes.observe
      passes.observe = { record in
        observe?(record)
        if record.pass.name == "schedule" { before.withLock { $0 = record.before } }
      }
      var graph = try specialize(typed, for: point, options: passes)
      // inference is scheduled when its preparation has been cut off; here it is shown whole
      if graph.stage == .step { graph = try schedule(graph, options: passes) }
      print("// \(point.mode.rawValue), batch \(point.batch)")
      print((emit == .step ? before.withLock { $0 } : nil)?.text ?? graph.text, terminator: "")
    }
  }

  private func emitText(_ raw: Graph, _ options: BuildOptions) throws {
    var options = options
    if emit == .c { options.unitBytes = nil }
    let compiled = try compile(raw, options: options, target: try ClangToolchain.find().describe(options.target))
    if emit == .c {
      print(compiled.source.units[0].text, terminator: "")
      return
    }
    for entry in compiled.entries {
      print(entry.plan.listing(title: "\(entry.point.mode.rawValue) \(entry.point.batch)"))
    }
  }

  private func buildArtefact(_ raw: Graph, _ options: BuildOptions) throws {
    let directory = output ?? "Generated/\(identifier(raw.name))"
    let start = ContinuousClock.now
    let artefact = try build(raw, options: options, into: directory)
    for remark in artefact.remarks { warn(remark) }
    let seconds = (ContinuousClock.now - start).seconds
    let manifest = artefact.model.manifest
    // it may be meant for a larger machine; using it here is refused
    do throws(RuntimeError) {
      try MemoryBudget(manifest, opened: manifest.entries, threads: Session.defaultThreads).check(for: directory)
    } catch { warn(error.message) }
    print(
      "\(directory): \(Format.count(artefact.model.typed.parameterCount)) parameters, "
        + "\(manifest.entries.map { "\($0.mode.rawValue)/\($0.batch)" }.joined(separator: " ")), "
        + "\(Format.bytes(artefact.model.source.units.reduce(0) { $0 + $1.text.utf8.count })) of C, "
        + "\(Format.duration(seconds: seconds))\(artefact.library.linked ? "" : " (unchanged)")")
    if timePasses {
      var table = TextTable([.init("phase", alignment: .left), .init("time", unit: "ms")])
      for phase in artefact.phases {
        table.add([phase.name, Format.fixed(phase.duration.seconds * 1e3, decimals: 1)])
      }
      print(table.text)
    }
  }

  private func printTimes(_ records: [PassRecord]) {
    var table = TextTable([
      .init("pass", alignment: .left), .init("nodes before"), .init("after"), .init("time", unit: "ms"),
    ])
    for record in records {
      table.add([
        record.pass.name, Format.count(record.before.nodes.count), Format.count(record.after.nodes.count),
        Format.fixed(record.duration.seconds * 1e3, decimals: 2),
      ])
    }
    print(table.text)
  }
}

/// The names of `--drop a,b --drop c`.
func blockNames(_ options: [String]) -> [String] {
  options.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
}

/// Reads `1,16` as batch sizes.
func parseBatches(_ text: String) throws -> [Int] {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
  guard !parts.isEmpty, parts.allSatisfy({ ($0 ?? 0) >= 1 }) else {
    throw Failure.user("--batch: expected whole numbers of at least 1 such as 1,16, found \(text)")
  }
  return parts.compactMap(\.self)
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
