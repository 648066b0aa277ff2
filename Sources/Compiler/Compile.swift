import ArtefactABI
import CodegenC
import NNIR
import Passes
import Runtime

/// One entry point between graph and text: its plan, and the calls it was lowered to.
package struct CompiledEntry: Sendable {
  package var point: EntryPoint
  /// Of one micro-batch.
  package var plan: Plan
  package var program: Program

  /// Named results of the whole batch.
  package var outputs: [PlacedOutput] {
    plan.outputs.map { output in
      var whole = output
      // only batches with a single result are divided
      if program.microbatches.count > 1 { whole.shape[0] *= program.microbatches.count }
      return whole
    }
  }

  /// Bytes of the output arena.
  package var outputBytes: Int {
    let parts = program.microbatches
    return (parts.count - 1) * parts.outputBytes + plan.outputBytes
  }
}

/// A model compiled to C, before clang has seen it.
package struct CompiledModel: Sendable {
  package var typed: Graph
  package var layout: SharedLayout
  package var entries: [CompiledEntry]
  package var prepare: CompiledEntry
  package var manifest: Manifest
  package var source: EmittedSource
  /// How long each phase took, in order.
  package var phases: [(name: String, duration: Duration)]
}

/// Checks a raw graph's types; the batch stays open.
package func typeCheck(_ raw: Graph, options: PassOptions = PassOptions()) throws(Diagnostics) -> Graph {
  try run(Pipeline.typing, on: raw, options: options)
}

/// The graph of one training step, or of one inference; `isPart`: of a micro-batch, which a thread has for itself.
package func specialize(
  _ typed: Graph, for point: EntryPoint, options: PassOptions = PassOptions(), isPart: Bool = false
) throws(Diagnostics) -> Graph {
  let pipeline =
    switch point.mode {
    case .infer:
      Pipeline.inference(
        batch: point.batch, math: options.math, bands: isPart ? .none : options.bands,
        algorithms: options.algorithms)
    case .train, .gradient:
      Pipeline.training(
        batch: point.batch, goal: point.mode == .train ? .update : .gradients, recompute: options.recompute,
        math: options.math, algorithms: options.algorithms)
    }
  return try run(pipeline, on: typed, options: options)
}

/// The graph of one inference, of a micro-batch where that is less than the whole batch, and how many images it is for.
package func specializeInference(
  _ typed: Graph, batch: Int, limit: Int?, options: PassOptions = PassOptions()
) throws(Diagnostics) -> (graph: Graph, images: Int) {
  let whole = try specialize(typed, for: EntryPoint(.infer, batch: batch), options: options)
  let images = Microbatch.size(whole, batch: batch, limit: limit)
  return images == batch
    ? (whole, batch)
    : (try specialize(typed, for: EntryPoint(.infer, batch: images), options: options, isPart: true), images)
}

/// An order of execution with annotations, for a step or a half of inference.
package func schedule(_ graph: Graph, options: PassOptions = PassOptions()) throws(Diagnostics) -> Graph {
  try run(Pipeline.scheduling, on: graph, options: options)
}

/// A model as calls of kernels: all of a compilation but its text.
package struct LoweredModel: Sendable {
  package var typed: Graph
  package var layout: SharedLayout
  package var entries: [CompiledEntry]
  package var prepare: CompiledEntry
  /// How long each phase took, in order.
  package var phases: [(name: String, duration: Duration)]
}

/// Every arrow from a raw graph to kernel calls, in order; the options' name prefixes the entry points' symbols.
///
/// Errors: what is wrong with the user's network, all at once.
package func lowerModel(
  _ raw: Graph, options: BuildOptions, codegen: CodegenOptions
) throws(Diagnostics) -> LoweredModel {
  var clock = PhaseClock()
  let typed = try typeCheck(raw, options: options.passes)
  let layout = SharedLayout(typed)
  let name = codegen.name
  clock.lap("types")

  var graphs: [(point: EntryPoint, graph: Graph, parts: Int)] = []
  var prepare: Graph?
  for point in options.entries {
    guard point.mode == .infer else {
      graphs.append((point, try specialize(typed, for: point, options: options.passes), 1))
      continue
    }
    let (graph, images) = try specializeInference(
      typed, batch: point.batch, limit: options.keepValues ? point.batch : options.microbatch, options: options.passes)
    let hoisted = try hoistPreparation(graph)
    if let prepare, prepare != hoisted.prepare {
      fatalError("preparation depends on the batch of \(point.batch)")
    }
    prepare = hoisted.prepare
    graphs.append(
      (point, try run(Pipeline.scheduling, on: hoisted.infer, options: options.passes), point.batch / images))
  }
  if let halved = prepare { prepare = try run(Pipeline.scheduling, on: halved, options: options.passes) }
  clock.lap("passes")

  let planning = PlanOptions(reuse: !options.keepValues)
  let preparation = planMemory(
    prepare ?? Graph(name: typed.name, stage: .scheduled), layout: layout, preparing: true, options: planning)
  let prepared = Dictionary(uniqueKeysWithValues: preparation.outputs.map { ($0.name, $0.offset) })
  let plans = graphs.map { planMemory($0.graph, layout: layout, prepared: prepared, options: planning) }
  clock.lap("plan")

  let prepareEntry = CompiledEntry(
    point: EntryPoint(.infer, batch: 0), plan: preparation,
    program: lower(preparation, symbol: ArtefactSymbol.prepare(name), options: codegen))
  let entries = zip(graphs, plans).map { graph, plan in
    let symbol = ArtefactSymbol.entry(name, graph.point.mode, batch: graph.point.batch)
    var program = lower(plan, symbol: symbol, options: codegen.dividing(into: graph.parts))
    if graph.parts > 1 { program.microbatches = Microbatches(count: graph.parts, of: plan) }
    return CompiledEntry(point: graph.point, plan: plan, program: program)
  }
  clock.lap("lower")
  try requireProof(of: entries, prepare: prepareEntry, layout: layout)
  clock.lap("prove")
  return LoweredModel(typed: typed, layout: layout, entries: entries, prepare: prepareEntry, phases: clock.laps)
}

/// Compiles a raw graph to C: every arrow from graph to text, in order.
///
/// Errors: what is wrong with the user's network, all at once.
package func compile(
  _ raw: Graph, options: BuildOptions, target: TargetDescription
) throws(Diagnostics) -> CompiledModel {
  let name = identifier(raw.name)
  var codegen = CodegenOptions(name: name, lanes: target.vectorBytes / 4, tuning: options.tuning)
  codegen.unitBytes = options.unitBytes
  try requireFit(of: options.tuning, lanes: codegen.lanes)
  let lowered = try lowerModel(raw, options: options, codegen: codegen)
  let (typed, layout, entries, prepareEntry) = (lowered.typed, lowered.layout, lowered.entries, lowered.prepare)
  var clock = PhaseClock()

  var manifest = describe(typed, layout, entries, prepareEntry, name: name, target: target, options: options)
  if options.profile {
    let counters = manifest.scratchBytes.roundedUp(to: tensorAlignment)
    codegen.counters = counters
    manifest.scratchBytes = counters + ProfileCounters.bytes(entries.map(\.program) + [prepareEntry.program])
  }
  // the build hash covers the text without itself and the flags; not the compiler's version, so that emitted C is the
  // same wherever it is emitted
  manifest.build = ""
  let (source, build) = emit(
    entries.map { CodegenC.EntryPoint(program: $0.program, mode: $0.point.mode, batch: $0.point.batch) },
    prepare: prepareEntry.program, manifest: manifest, options: codegen
  ) { anonymous in
    hash([anonymous.header.text] + anonymous.units.map(\.text) + [options.optimization] + target.flags)
  }
  manifest.build = build
  clock.lap("emit")
  return CompiledModel(
    typed: typed, layout: layout, entries: entries, prepare: prepareEntry, manifest: manifest, source: source,
    phases: lowered.phases + clock.laps)
}

/// Refuses choices that were measured with other vectors: they are for another kind of CPU.
private func requireFit(of tuning: Tuning, lanes: Int) throws(Diagnostics) {
  guard let measured = tuning.lanes, measured != lanes else { return }
  throw Diagnostics(
    "expected choices for vectors of \(lanes) floats, which the code is for, found choices for \(measured); "
      + "tune again, or choose the target that they are for\(tuning.target.isEmpty ? "" : " (\(tuning.target))")",
    at: tuning.origin)
}

/// Times the phases of a compilation.
struct PhaseClock {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  private(set) var laps: [(name: String, duration: Duration)] = []

  init() { last = clock.now }

  mutating func lap(_ name: String) {
    let now = clock.now
    laps.append((name, now - last))
    last = now
  }
}

/// A C identifier made of a model's name: letters, digits and underscores, not starting with a digit.
package func identifier(_ name: String) -> String {
  let mapped = name.unicodeScalars.map { scalar in
    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "_"
  }
  let text = String(mapped)
  return text.first.map { $0.isNumber ? "_" + text : text } ?? "model"
}

/// SHA-256 over fields, each with its length so that no two lists run together.
func hash(_ fields: [String]) -> String {
  var key = ContentKey("nncc artefact")
  key.add(fields)
  return key.text
}

extension CompiledModel {
  /// The C functions that the rows of each entry call.
  package var kernelSymbols: [[String]] {
    let points = entries.map { CodegenC.EntryPoint(program: $0.program, mode: $0.point.mode, batch: $0.point.batch) }
    let options = CodegenOptions(name: manifest.name)
    return CodegenC.kernelSymbols(points, prepare: prepare.program, manifest: manifest, options: options)
  }
}
