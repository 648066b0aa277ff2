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
  @Flag(help: "Where the time goes, kernel by kernel, in a build that reads the clock around every row.")
  var kernels = false
  @Option(
    help: ArgumentHelp("A picture of the kernels under this machine's roofs; CSV goes beside it.", valueName: "F.svg"))
  var svg: String?
  @Option(help: ArgumentHelp("Add a line to a table in Markdown; a new one tells the machine.", valueName: "F.md"))
  var report: String?
  @Flag(help: "One JSON object.") var json = false
  @OptionGroup var target: TargetOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let batch, batch < 1 { throw ValidationError("--batch: expected at least 1, found \(batch)") }
    if !(seconds > 0 && seconds <= 3600) {
      throw ValidationError("--seconds: expected more than 0 and at most 3600, found \(seconds)")
    }
    if let svg, !svg.hasSuffix(".svg") {
      throw ValidationError("--svg: expected a name that ends in .svg, found \(svg)")
    }
  }

  func run() throws {
    let report = try report.map { try BenchReport($0) }
    let raw = try model.graph()
    let typed = try typeCheck(raw)
    let recipe = mode == .train ? try requireRecipe(typed, model.path) : nil
    let count = batch ?? recipe?.batch ?? 1
    let given = try input.map { try readBatch($0, typed, count, recipe?.loss) }
    let archive = try weights.map { try Weights.read($0, for: typed) }

    let point = EntryPoint(mode.entry, batch: count)
    func open(profile: Bool) throws -> (CompiledModel, Workload) {
      var options = try target.options([point])
      options.profile = profile
      let directory = try TemporaryDirectory()
      let artefact = try build(raw, options: options, into: directory.path) { built in
        try MemoryBudget(built.manifest, opened: built.manifest.entries, threads: threads.threads)
          .check(for: model.path)
      }
      if !profile { artefact.remarks.forEach(warn) }
      let session = try Session(
        library: try Library(directory: directory.path), threads: threads.threads, owner: model.path)
      if let archive {
        try Weights.load(archive, into: session)
      } else {
        try Weights.initialize(session, from: typed, seed: 0)
      }
      // what is made up is made when the memory is known to suffice
      let workload = try Workload(
        session: session, mode: point.mode, batch: count,
        input: given?.images ?? randomImages(count * session.inputElements),
        target: given?.target
          ?? anyTarget(recipe?.loss ?? .softmaxCrossEntropy, batch: count, outputs: typed.outputExtents))
      return (artefact.model, workload)
    }
    let family = try target.options([]).target
    // one session at a time: they may be large
    func measure() throws -> BenchmarkResult {
      let (compiled, workload) = try open(profile: false)
      return try BenchmarkResult(workload, of: compiled, target: family, math: target.math, seconds: seconds)
    }
    var result = try measure()
    if kernels || svg != nil {
      let (compiled, workload) = try open(profile: true)
      result.profile = try Profile(
        workload, of: compiled, target: family, seconds: seconds, peak: result.peakGflops)
    }
    print(json ? try result.json() : result.text(kernels: kernels))
    if let svg, let profile = result.profile { try draw(profile, result, to: svg) }
    try report?.add(result, case: ([model.path] + model.settings).joined(separator: " "))
  }

  /// The batch of a file; refused before anything is compiled where it does not fit.
  private func readBatch(
    _ path: String, _ typed: Graph, _ count: Int, _ loss: Recipe.Loss?
  ) throws -> (images: [Float], target: TrainingTarget?) {
    let archive = try NPZ.read(path)
    let x = try archive.tensor("x")
    try requireInputs(x, path, for: typed)
    guard x.shape[0] == count else {
      throw Failure.user("\(path): expected \(count) images in \"x\", as many as a call takes, found \(x.shape[0])")
    }
    return (try archive.floats("x"), try loss.map { try readTarget(archive, path, typed, $0, count: count) })
  }

  private func draw(_ profile: Profile, _ result: BenchmarkResult, to path: String) throws {
    let files = try result.roofline(profile).write(to: path, running: runGnuplot)
    if let message = files.message { warn(message) }
    if !json { print("picture: \(files.written.joined(separator: " "))") }
  }
}
