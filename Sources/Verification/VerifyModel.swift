import ArtefactABI
import Compiler
import Interpreter
import NNIR
import Passes
import Runtime
import Synchronization

/// What to verify of a model.
package struct VerifyOptions: Sendable {
  /// Images of the sample batch.
  package var batch: Int
  package var seed: UInt64
  package var everyPass: Bool
  package var everyValue: Bool
  package var gradients: Bool
  package var reference: String?
  package var build: BuildOptions

  package init(
    batch: Int = 4, seed: UInt64 = 0, everyPass: Bool = false, everyValue: Bool = false, gradients: Bool = false,
    reference: String? = nil, build: BuildOptions = BuildOptions(entries: [])
  ) {
    self.batch = batch
    self.seed = seed
    self.everyPass = everyPass
    self.everyValue = everyValue
    self.gradients = gradients
    self.reference = reference
    self.build = build
  }
}

/// Checks a model's compiled code, and on request its passes, values and derivatives, against the interpreter.
///
/// `report` is called after each check. Every check is done, also after one has failed.
package func verifyModel(
  _ raw: Graph, options: VerifyOptions, report: (Verdict) -> Void
) throws -> Bool {
  let typed = try typeCheck(raw)
  let trains = typed.recipe != nil
  let modes: [Manifest.Mode] = trains ? [.infer, .gradient, .train] : [.infer]
  var passed = true
  func conclude(_ verdict: Verdict) {
    passed = passed && verdict.passed
    report(verdict)
  }
  let directory = try TemporaryDirectory()
  var build = options.build
  build.entries = modes.map { EntryPoint($0, batch: options.batch) }
  let artefact = try Compiler.build(raw, options: build, into: directory.path, accept: requireMemory)
  let sample = Sample(for: typed, batch: options.batch, seed: options.seed)
  for mode in modes {
    let graph = try specialize(typed, for: EntryPoint(mode, batch: options.batch), options: build.passes)
    for (sample, gates) in sample.inGateStates(mode == .infer ? 0 : graph.gates.count) {
      let yardstick = try Yardstick(graph, sample)
      let run = try CompiledRun(directory.path, sample, owner: typed.name)
      conclude(
        Verdict("compiled \(mode.rawValue)\(gates) against the interpreter", yardstick.judge(try run.call(mode))))
    }
  }
  if options.everyPass {
    for mode in modes {
      let point = EntryPoint(mode, batch: options.batch)
      for (sample, gates) in sample.inGateStates(mode == .infer ? 0 : typed.gates.count) {
        try verifyPasses(typed, point, sample, gates, build.passes, conclude)
      }
      conclude(try verifyPlan(artefact.model, point, sample))
    }
  }
  if options.everyValue {
    for mode in modes { conclude(try verifyValues(raw, typed, mode, sample, build)) }
  }
  if options.gradients && trains { conclude(try verifyDerivatives(typed, sample, seed: options.seed)) }
  if let path = options.reference {
    for verdict in try verifyReference(raw, typed, path, build) { conclude(verdict) }
  }
  return passed
}

/// Refuses a model whose arenas and interpreted values exceed this machine's memory.
func requireMemory(for model: CompiledModel) throws {
  var budget = MemoryBudget(model.manifest, opened: model.manifest.entries, threads: Session.defaultThreads)
  // every value in single and in double precision
  budget.add("interpreter", bytes: 3 * (model.entries.map(\.plan.naiveBytes).max() ?? 0))
  try budget.check(for: model.typed.name)
}

/// Interprets the graph before and after each pass in double precision.
///
/// Results that both sides have must agree to 1e-9 of their norm; a pass that adds or renames results (loss, gradients,
/// updates) is compared on the others.
func verifyPasses(
  _ typed: Graph, _ point: EntryPoint, _ sample: Sample, _ gates: String, _ passes: PassOptions,
  _ conclude: (Verdict) -> Void
) throws {
  var records: [PassRecord] = []
  let collected = Mutex<[PassRecord]>([])
  var options = passes
  options.observe = { record in collected.withLock { $0.append(record) } }
  _ = try specialize(typed, for: point, options: options)
  records = collected.withLock { $0 }
  let mode: InterpretationMode = point.mode == .infer ? .inference : .training
  var before: Deliveries?
  for record in records {
    let first = try before ?? Deliveries(interpretDouble(record.before, sample.feeds, mode: mode, retention: .results))
    let second = try Deliveries(interpretDouble(record.after, sample.feeds, mode: mode, retention: .results))
    let bounds = first.formulaBounds
    let comparisons = first.values.compactMap { name, elements -> Comparison? in
      guard let found = second[name] else { return nil }
      return Comparison(name, expected: elements, found: found, bound: bounds[name] ?? 0)
    }
    conclude(Verdict("\(point.mode.rawValue): pass \(record.pass.name)\(gates)", comparisons))
    before = second
  }
}

/// Compares every intermediate value of compiled code, built without memory reuse, with the interpreter.
func verifyValues(
  _ raw: Graph, _ typed: Graph, _ mode: Manifest.Mode, _ sample: Sample, _ build: BuildOptions
) throws -> Verdict {
  let point = EntryPoint(mode, batch: sample.batch)
  let directory = try TemporaryDirectory()
  var build = build
  build.entries = [point]
  build.keepValues = true
  let artefact = try Compiler.build(raw, options: build, into: directory.path, accept: requireMemory)
  guard let graph = artefact.model.entries.first?.plan.graph else { return Verdict("values", []) }
  var feeds = sample.feeds
  if mode == .infer {
    let prepared = try interpretDouble(artefact.model.prepare.plan.graph, feeds)
    feeds.prepared = prepared.outputs.mapValues { $0.elements }
  }
  let exact = try interpretDouble(graph, feeds)
  let single = try interpretFloat(graph, feeds)
  let run = try CompiledRun(directory.path, sample, owner: typed.name)
  _ = try run.call(mode)
  let entry = try run.session.entry(mode, batch: sample.batch)
  let comparisons = try entry.values.compactMap { value -> Comparison? in
    guard let index = Int(value.name.dropFirst()), let expected = exact[ValueID(index)]?.elements,
      let yard = single[ValueID(index)]?.elements
    else { return nil }
    let found = try run.session.intermediate(value.name, of: entry).values.map { Double($0) }
    let bound = 3 * distance(expected, yard.map { Double($0) }) + 1e-5 * euclideanNorm(expected)
    return Comparison(graph.line(ValueID(index)), expected: expected, found: found, bound: bound)
  }
  return Verdict("every value of \(mode.rawValue)", comparisons)
}
