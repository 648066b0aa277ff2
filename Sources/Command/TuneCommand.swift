import ArgumentParser
import Benchmark
import struct CodegenC.Tuning
import Compiler
import Foundation
import NNIR
import Passes
import Reports
import Runtime
import Training

/// `nncc tune MODEL`
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune", abstract: "Find the algorithms and tiles that are fastest on this machine.",
    discussion: """
      Builds the model with each way to compute all of its convolutions, then again and again with other tiles, and \
      times each convolution and product beside the build without. \
      What is faster, alone and in the whole model, goes into a small text file; every command that compiles takes it as \
      --tuning F. Give --tuning F here too, to go on from a file: for another mode or batch size, for example.
      """)

  @OptionGroup var model: ModelOptions
  @Option(name: .customShort("o"), help: ArgumentHelp("The file to write.", valueName: "F")) var output: String
  @Option(help: ArgumentHelp("How long it may take: 60s, 2m.", valueName: "TIME")) var budget = "60s"
  @Option(help: ArgumentHelp("infer or train.", valueName: "MODE")) var mode: BenchCommand.Mode = .infer
  @Option(help: ArgumentHelp("Images of a call; default 1, for training the recipe's.", valueName: "N"))
  var batch: Int?
  @OptionGroup var target: TargetOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let batch, batch < 1 { throw ValidationError("--batch: expected at least 1, found \(batch)") }
    _ = try seconds(budget)
  }

  func run() throws {
    let end = monotonicSeconds() + (try seconds(budget))
    try requireWritable(output)
    let raw = try model.graph()
    let typed = try typeCheck(raw)
    let recipe = mode == .train ? try requireRecipe(typed, model.path) : nil
    let point = EntryPoint(mode.entry, batch: batch ?? recipe?.batch ?? 1)
    let options = try target.options([point])
    let toolchain = try ClangToolchain.find()
    let lanes = try toolchain.describe(options.target).vectorBytes / 4
    var base = options.tuning
    base.lanes = lanes
    base.target = options.target.rawValue
    base.cpu = Machine(toolchain: toolchain).cpu
    base.threads = threads.threads

    func open(_ tuning: Tuning, _ profile: Bool) throws -> (CompiledModel, Workload) {
      var options = options
      options.tuning = tuning
      options.profile = profile
      let directory = try TemporaryDirectory()
      let artefact = try build(raw, options: options, into: directory.path) { built in
        try MemoryBudget(built.manifest, opened: built.manifest.entries, threads: threads.threads)
          .check(for: model.path)
      }
      let session = try Session(
        library: try Library(directory: directory.path), threads: threads.threads, owner: model.path)
      try Weights.initialize(session, from: typed, seed: 0)
      let workload = try Workload(
        session: session, mode: point.mode, batch: point.batch,
        input: randomImages(point.batch * session.inputElements),
        target: anyTarget(
          recipe?.loss ?? .softmaxCrossEntropy, batch: point.batch, outputs: typed.outputExtents))
      return (artefact.model, workload)
    }
    let line = StatusLine()
    let outcome = try Interruption.catching { isInterrupted in
      try withoutActuallyEscaping(isInterrupted) { isInterrupted in
        try Tuner(
          base: base, lanes: lanes, algorithms: ConvolutionAlgorithm.allowed(by: options.passes.math),
          budget: end - monotonicSeconds(), isInterrupted: isInterrupted,
          progress: line.show, open: open
        ).run()
      }
    }
    line.finish()
    let subject =
      "\(typed.name), \(mode.rawValue), batch \(point.batch), "
      + Format.counted(threads.threads, "thread")
    try FileSystem.write(Array(outcome.tuning.text(remarks: remarks(outcome, subject)).utf8), to: output)
    print("\(subject): \(Format.counted(outcome.trials, "trial")) of \(Format.counted(outcome.noticeable, "problem"))")
    for line in gains(outcome) { print(line) }
    print("\(output): \(verdict(outcome))")
    if outcome.isInterrupted { throw Failure.interrupted }
  }

  /// What was found, with its share of the time, what saves most first.
  private func gains(_ outcome: Tuner.Outcome) -> [String] {
    outcome.gains.map { problem, gain in
      let share = outcome.shares[problem] ?? 0
      return (saved: share * (1 - 1 / gain.ratio), text: "\(problem) : \(gain.choice)", ratio: gain.ratio, share: share)
    }
    .sorted { ($1.saved, $0.text) < ($0.saved, $1.text) }
    .map { "  \(ratio($0.ratio)) of \(Format.percent($0.share, decimals: 1))  \($0.text)" }
  }

  private func verdict(_ outcome: Tuner.Outcome) -> String {
    let kept = "\(Format.counted(outcome.tuning.count, "choice"))"
    if outcome.gains.isEmpty {
      return "\(kept); nothing was found that is faster\(outcome.isCutShort ? " in this time" : "")"
    }
    guard let whole = outcome.whole else { return "\(kept), interrupted before the whole model was measured" }
    let figures =
      "\(ratio(whole.median)) as fast, half of the turns from \(ratio(whole.quantile(0.25))) to "
      + ratio(whole.quantile(0.75))
    return outcome.isFaster ? "\(kept); \(figures)" : "\(kept); what was found was not kept: the whole is \(figures)"
  }

  private func remarks(_ outcome: Tuner.Outcome, _ subject: String) -> [String] {
    [subject, verdict(outcome)]
  }

  private func ratio(_ value: Double) -> String { "\(Format.fixed(value, decimals: 3))×" }

  /// Refuses before the work what could not be written after it.
  private func requireWritable(_ path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    guard !FileSystem.isDirectory(path), FileManager.default.isWritableFile(atPath: folder.isEmpty ? "." : folder)
    else {
      throw Failure.user("-o \(path): expected a file in a folder that can be written to, found none")
    }
  }
}

/// Reads `60s`, `2m` or `1.5` as seconds.
private func seconds(_ text: String) throws -> Double {
  let units: [(suffix: String, seconds: Double)] = [("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]
  for unit in units where text.hasSuffix(unit.suffix) {
    guard let number = Double(text.dropLast(unit.suffix.count)), number > 0, number * unit.seconds <= 86_400 else {
      break
    }
    return number * unit.seconds
  }
  throw ValidationError("--budget: expected a time such as 60s or 2m, at most 24h, found \(text)")
}

/// One line on standard error that the next one replaces; a line of its own each where that is not a terminal.
private final class StatusLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var isOpen = false

  func show(_ text: String) {
    FileHandle.standardError.write(Data((isTerminal ? "\r\u{1b}[K\(text)" : "\(text)\n").utf8))
    isOpen = isTerminal
  }

  func finish() {
    if isOpen { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
    isOpen = false
  }
}
