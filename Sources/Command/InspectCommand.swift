import ArgumentParser
import ArtefactABI
import Compiler
import Foundation
import NNIR
import Passes
import Reports
import Runtime
import Synchronization

/// `nncc inspect MODEL`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a model is made of and what it costs.")

  @OptionGroup var model: ModelOptions
  @Option(help: ArgumentHelp("Batch for memory figures; default the recipe's, or 1.", valueName: "N")) var batch: Int?
  @Option(help: ArgumentHelp("Leave out blocks with stochastic depth, by name.", valueName: "NAME,…"))
  var drop: [String] = []
  @Flag(help: "A table of the operations.") var ops = false
  @Flag(help: "What each pass did, how long it took, and why it is there.") var passes = false
  @Flag(help: "The largest values of the training step (or inference), when and where they live; copies left.")
  var memory = false
  @Flag(help: "What clang made of the kernels: rows and lines that use them, multiply-adds, vectors, spills, bytes.")
  var kernels = false
  @Option(help: ArgumentHelp("With --kernels, what is compiled: infer, train or both.", valueName: "MODE"))
  var mode: BuildCommand.Mode?
  @Flag(help: "One JSON object; also of --kernels.") var json = false
  @Flag(help: "The graph for Graphviz.") var dot = false
  @Flag(help: "Emit C and run clang too, to time them.") var build = false
  @Option(
    name: .customShort("o"),
    help: ArgumentHelp(
      "With --memory, the picture; CSV goes beside it. An artefact directory gets memory.svg.", valueName: "FILE.svg"))
  var output: String?
  @OptionGroup var target: TargetOptions

  func validate() throws {
    let chosen = [
      ("--ops", ops), ("--passes", passes), ("--memory", memory), ("--kernels", kernels), ("--json", json && !kernels),
      ("--dot", dot),
    ].filter(\.1).map(\.0)
    if chosen.count > 1 {
      throw ValidationError(
        "expected at most one of --ops, --passes, --memory, --kernels, --json and --dot, found \(list(chosen))")
    }
    if mode != nil && !kernels { throw ValidationError("--mode: expected --kernels, whose entry points it chooses") }
    if output != nil && !memory { throw ValidationError("-o: expected --memory, whose picture it names") }
    if build && !chosen.isEmpty { throw ValidationError("--build: expected no \(chosen[0]), which shows no times") }
  }

  private func list(_ names: [String]) -> String {
    names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
  }

  func run() throws {
    if let batch, batch < 1 { throw Failure.user("--batch: expected at least 1, found \(batch)") }
    let start = ContinuousClock.now
    let raw = try droppingBlocks(blockNames(drop), from: try model.graph())
    let loading = ContinuousClock.now - start
    var options = try target.options([])
    let observed = Mutex<[PassRecord]>([])
    if passes { options.passes.observe = { record in observed.withLock { $0.append(record) } } }
    let typed = try typeCheck(raw, options: options.passes)
    if dot { return print(typed.dot, terminator: "") }
    if ops { return print(operations(typed)) }
    if kernels { return try showKernels(raw, typed, options) }
    // without a clang on this machine figures are those of 32-byte vectors
    let bytes = (try? ClangToolchain.find().describe(options.target))?.vectorBytes ?? 32
    let summary = try Summary(
      typed, of: raw, batch: batch, lanes: bytes / 4, options: options.passes, tuning: options.tuning,
      microbatch: options.microbatch)
    if json { return print(try summary.json()) }
    if passes { return print(passText(observed.withLock { $0 })) }
    if memory { return try showMemory(summary) }
    var phases = [(name: "load", duration: loading)] + summary.phases
    if build {
      options.entries = [EntryPoint(.infer, batch: summary.figures.batch)]
      if typed.recipe != nil { options.entries.append(EntryPoint(.train, batch: summary.figures.batch)) }
      let directory = try TemporaryDirectory()
      let artefact = try Compiler.build(raw, options: options, into: directory.path)
      for remark in artefact.remarks { warn(remark) }
      phases = phases.prefix(1) + artefact.phases
    }
    print(summary.text(phases))
  }

  /// Prints the table; draws the picture where it was asked for, and into an artefact's own directory.
  private func showMemory(_ summary: Summary) throws {
    let entry = summary.main
    let lives = valueLives(of: entry.program, plan: entry.plan)
    print(entry.memoryText(lives: lives), terminator: "")
    let path = output ?? (FileSystem.isDirectory(model.path) ? "\(model.path)/memory.svg" : nil)
    guard let path else { return print("-o FILE.svg draws it") }
    let written = try entry.picture(lives: lives, name: summary.figures.name).write(to: path)
    print("picture: \(written.joined(separator: " "))")
  }

  /// Compiles what `--mode` and `--batch` name, by default all there is or what an artefact was built from, and prints
  /// what the audit of its code says.
  private func showKernels(_ raw: Graph, _ typed: Graph, _ options: BuildOptions) throws {
    if mode == .train { _ = try requireRecipe(typed, model.path) }
    var options = options
    if FileSystem.isDirectory(model.path) {
      let manifest = try Library.manifest(ofDirectory: model.path)
      if target.target == nil { options.target = try CompilationTarget(parsing: manifest.target) }
      if batch == nil && mode == nil {
        options.entries = manifest.entries.map { EntryPoint($0.mode, batch: $0.batch) }
      }
    }
    if options.entries.isEmpty {
      let batch = batch ?? typed.recipe?.batch ?? 1
      if mode != .train { options.entries.append(EntryPoint(.infer, batch: batch)) }
      if mode != .infer && typed.recipe != nil { options.entries.append(EntryPoint(.train, batch: batch)) }
    }
    let report = try auditKernels(raw, options: options)
    print(json ? try report.json() : report.text, terminator: json ? "\n" : "")
  }

  private func passText(_ records: [PassRecord]) -> String {
    var table = TextTable([
      .init("pass", alignment: .left), .init("nodes before"), .init("after"), .init("time", unit: "ms"),
      .init("because", alignment: .left),
    ])
    for record in records {
      // each pipeline begins with its batch
      if record.pass.name == "bind-batch" { table.addRule() }
      table.add([
        record.pass.name, Format.count(record.before.nodes.count), Format.count(record.after.nodes.count),
        Format.fixed(record.duration.seconds * 1e3, decimals: 2), record.pass.reason,
      ])
    }
    return table.text
  }

  private func operations(_ typed: Graph) -> String {
    var table = TextTable([
      .init("value", alignment: .left), .init("operation", alignment: .left), .init("type", alignment: .left),
      .init("multiply-adds"), .init("origin", alignment: .left),
    ])
    for id in typed.ids {
      let node = typed[id]
      table.add([
        id.description, node.op.mnemonic, node.type.description, Format.count(typed.multiplyAdds(of: id)),
        node.origins.first?.description ?? "",
      ])
    }
    return table.text
  }
}
