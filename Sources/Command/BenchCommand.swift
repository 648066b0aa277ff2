import ArgumentParser
import ArtefactABI
import Benchmark
import CodegenC
import Compiler
import Interchange
import NNIR
import Reports
import Runtime
import Training

extension MathMode: ExpressibleByArgument {}

/// `nncc bench MODEL`
struct BenchCommand: ParsableCommand {
  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case infer, train

    var entry: Manifest.Mode {
      switch self {
      case .infer: .infer
      case .train: .train
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure how fast a model runs or trains on this machine.",
    discussion: """
      A call takes float32 images in NCHW and returns the outputs, or is a whole training step with its update; what \
      inference prepares once after weights changed is outside. Shares are of the multiply-adds that this machine does \
      at best, measured in the same process with as many threads, for the multiply-adds of the model as it is written. \
      An artefact's model is compiled anew with the options given here.
      """)

  @OptionGroup var model: ModelOptions
  @Option(help: ArgumentHelp("infer or train.", valueName: "MODE")) var mode: Mode = .infer
  @Option(help: ArgumentHelp("Images of a call; default 1, for training the recipe's.", valueName: "N"))
  var batch: Int?
  @Option(help: ArgumentHelp("How long to measure.", valueName: "S")) var seconds: Double = 3
  @Option(help: ArgumentHelp("Weights by name; default the initialisers'.", valueName: "F.safetensors"))
  var weights: String?
  @Option(help: ArgumentHelp("One batch: \"x\", for training \"y\" too; default noise.", valueName: "BATCH.npz"))
  var input: String?
  @Option(help: ArgumentHelp("exact, or fast: algorithms that round differently.", valueName: "MATH"))
  var math: MathMode = .exact
  @Flag(help: "One JSON object.") var json = false
  @OptionGroup var target: TargetOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let batch, batch < 1 { throw ValidationError("--batch: expected at least 1, found \(batch)") }
    if !(seconds > 0 && seconds <= 3600) {
      throw ValidationError("--seconds: expected more than 0 and at most 3600, found \(seconds)")
    }
  }

  func run() throws {
    let raw = try model.graph()
    let typed = try typeCheck(raw)
    let recipe = mode == .train ? try requireRecipe(typed, model.path) : nil
    let count = batch ?? recipe?.batch ?? 1
    let (images, wanted) = try readBatch(typed, count, recipe)
    let archive = try weights.map { try Weights.read($0, for: typed) }

    var options = try target.options([EntryPoint(mode.entry, batch: count)])
    options.math = math
    let directory = try TemporaryDirectory()
    let artefact = try build(raw, options: options, into: directory.path) { built in
      try MemoryBudget(built.manifest, opened: built.manifest.entries, threads: threads.threads).check(for: model.path)
    }
    for remark in artefact.remarks { warn(remark) }
    let session = try Session(
      library: try Library(directory: directory.path), threads: threads.threads, owner: model.path)
    if let archive {
      try Weights.load(archive, into: session)
    } else {
      try Weights.initialize(session, from: typed, seed: 0)
    }
    let workload = try Workload(session: session, mode: mode.entry, batch: count, input: images, target: wanted)
    let result = try BenchmarkResult(
      workload, of: artefact.model, target: options.target, math: math, seconds: seconds)
    print(json ? try result.json() : result.text)
  }

  /// The batch of the file, or one made up; refused before anything is compiled where it does not fit.
  private func readBatch(_ typed: Graph, _ count: Int, _ recipe: Recipe?) throws -> ([Float], TrainingTarget) {
    let made = recipe.map { anyTarget($0.loss, batch: count, outputs: typed.outputExtents) } ?? .labels([])
    guard let input else {
      guard let id = typed.first(.input) else { throw Failure.user("expected a model with an input, found none") }
      return (randomImages(count * typed.extentsWithoutBatch(id).reduce(1, *)), made)
    }
    let archive = try NPZ.read(input)
    let x = try archive.tensor("x")
    try requireInputs(x, input, for: typed)
    guard x.shape[0] == count else {
      throw Failure.user("\(input): expected \(count) images in \"x\", as many as a call takes, found \(x.shape[0])")
    }
    let target = try recipe.map { try readTarget(archive, input, typed, $0.loss, count: count) }
    return (try archive.floats("x"), target ?? made)
  }
}

extension BenchmarkResult {
  /// The report of `nncc bench`.
  var text: String {
    func ms(_ value: Double) -> String { Format.duration(seconds: value / 1e3) }
    return """
      \(name): \(mode), batch \(batch), \(plural(threads, "thread")), \(math), \(target)
      call            \(ms(medianMs)), half of \(Format.count(calls)) calls from \(ms(p25Ms)) to \(ms(p75Ms)), fastest \(ms(minMs))
      images/s        \(Format.fixed(imagesPerSecond, decimals: imagesPerSecond < 100 ? 2 : 0))
      GFLOP/s         \(Format.fixed(gflops, decimals: 1)), \(Format.percent(shareOfPeak, decimals: 1)) of the \
      \(Format.fixed(peakGflops, decimals: 1)) measured with \(lanes) floats a vector
      multiply-adds   \(Format.count(multiplyAdds)) an image
      traffic         \(Format.bytes(trafficBytes)) an image; each value read once and written once \
      \(Format.bytes(minimumTrafficBytes))
      machine         \(machine.cpu), \(plural(machine.cores, "core"))
      """
  }
}

/// `1 thread`, `2 threads`.
private func plural(_ count: Int, _ noun: String) -> String { "\(Format.count(count)) \(noun)\(count == 1 ? "" : "s")" }
