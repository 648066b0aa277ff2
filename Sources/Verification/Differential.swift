import ArtefactABI
import CodegenC
import Compiler
import Interpreter
import NNIR
import Passes
import Runtime

/// What came of checking one network.
package enum FuzzOutcome: Sendable, Equatable {
  case passed
  /// No numbers were found that keep clear of every kink, or nothing of the network can be trained.
  case skipped(String)
  /// Everything that was wrong, one line each.
  case failed([String])

  package var isFailure: Bool { if case .failed = self { true } else { false } }
}

/// Compares networks on every path: as written, with passes off, with passes on, and compiled.
///
/// - As written (`PlainStep`) against all passes off, in double precision to 1e-9; the gradient against difference
///   quotients.
/// - Passes on against passes off, in double precision to 1e-9.
/// - Compiled code of the optimised graph against the double-precision interpreter of the unoptimised one: inference,
///   gradients and three training steps, each from the state that the one before left; with one thread and with two,
///   bit for bit; for vectors of 8 and of 16 lanes.
package final class Differential {
  package var lanes = [8, 16]
  package var threads = 2
  /// Networks of one shared object.
  package var perUnit = 100
  /// Whether batches are drawn until none comes near to a kink; large networks have too many for that.
  package var avoidsKinks = true
  /// Leaves out what comes after the first group of networks with a failure, and then also the compiled code of that.
  package var stopsAtFailure = false
  private let builder: SharedLibraryBuilder
  private let optimization: String
  private let storage: TemporaryDirectory

  package init(optimization: String = "-O0") throws {
    let toolchain = try ClangToolchain.find()
    storage = try TemporaryDirectory()
    builder = SharedLibraryBuilder(
      toolchain: toolchain, target: try toolchain.describe(.native),
      cache: try ContentCache(directory: "\(storage.path)/objects"), jobs: 1)
    self.optimization = optimization
  }

  /// The outcome of each case, in order.
  package func check(_ cases: [FuzzCase]) -> [FuzzOutcome] {
    var outcomes = [FuzzOutcome](repeating: .passed, count: cases.count)
    let units = stride(from: 0, to: cases.count, by: perUnit).map { $0..<min($0 + perUnit, cases.count) }
    // in search of one failure, a few networks on every path first, then many where they cost little
    let groups = stopsAtFailure ? [Array(units.prefix(1)), Array(units.dropFirst())] : units.map { [$0] }
    for group in groups {
      var ready: [[(index: Int, subject: Subject)]] = []
      for unit in group {
        var subjects: [(index: Int, subject: Subject)] = []
        for index in unit {
          do {
            switch try Subject.make(cases[index], attempts: avoidsKinks ? 12 : 0) {
            case .ready(let subject): subjects.append((index, subject))
            case .settled(let outcome): outcomes[index] = outcome
            }
          } catch {
            outcomes[index] = Self.outcome(of: error)
          }
        }
        ready.append(subjects)
        if stopsAtFailure && outcomes.contains(where: \.isFailure) { return outcomes }
      }
      for subjects in ready {
        for (number, lanes) in lanes.enumerated() {
          let remaining = subjects.filter { outcomes[$0.index] == .passed }
          run(remaining, lanes: lanes, first: number == 0, &outcomes)
          if stopsAtFailure && outcomes.contains(where: \.isFailure) { return outcomes }
        }
      }
    }
    return outcomes
  }

  /// A network that is wrong is no fault of the compiler's.
  private static func outcome(of error: any Error) -> FuzzOutcome {
    if let diagnostics = error as? Diagnostics, !diagnostics.isInternal { return .skipped("\(error)") }
    return .failed(["\(error)"])
  }

  private func run(
    _ subjects: [(index: Int, subject: Subject)], lanes: Int, first: Bool, _ outcomes: inout [FuzzOutcome]
  ) {
    guard !subjects.isEmpty else { return }
    let unit: NetworkUnit
    var ready: [(index: Int, subject: Subject)] = []
    var models: [LoweredModel] = []
    for entry in subjects {
      do {
        models.append(try entry.subject.lowered(lanes: lanes, name: "fuzz\(models.count)"))
        ready.append(entry)
      } catch {
        outcomes[entry.index] = Self.outcome(of: error)
      }
    }
    do {
      unit = try NetworkUnit(models, lanes: lanes, threads: threads, builder: builder, optimization: optimization)
    } catch {
      if ready.count == 1 { return outcomes[ready[0].index] = .failed(["\(error)"]) }
      // whose C it is that clang rejects
      let half = ready.count / 2
      run(Array(ready[..<half]), lanes: lanes, first: first, &outcomes)
      return run(Array(ready[half...]), lanes: lanes, first: first, &outcomes)
    }
    for (number, (index, subject)) in ready.enumerated() {
      do {
        // all three steps for one width, a single one for the others
        let steps = (index % 2 == 0) == first ? 3 : 1
        let problems = try subject.compare(with: unit, number, steps: steps)
        if !problems.isEmpty { outcomes[index] = .failed(problems.map { "\(lanes) lanes: \($0)" }) }
      } catch {
        outcomes[index] = .failed(["\(lanes) lanes: \(error)"])
      }
    }
  }
}

/// One network with everything that compiled code is compared with.
private struct Subject {
  let fuzzCase: FuzzCase
  let typed: Graph
  let feeds: Feeds
  /// The loss's graph with gradients and the training step, as plain as the pipelines allow.
  let gradient: Graph
  let train: Graph
  /// Batches to draw in search of one that keeps clear of kinks; 0 takes the first as it is.
  let attempts: Int

  enum Result {
    case ready(Subject)
    case settled(FuzzOutcome)
  }

  private static let plainPasses = PassOptions(disabled: Set(Pipeline.passes.filter { !$0.required }.map(\.name)))

  var batch: Int { fuzzCase.batch }

  /// What is not plain about the optimised graph: every third network computes its bottlenecks twice, every fourth its
  /// 3×3 convolutions by Winograd's way, every fifth its images in bands.
  private static func passes(_ fuzzCase: FuzzCase) -> PassOptions {
    PassOptions(
      recompute: fuzzCase.seed % 3 == 0 ? .bottleneck : .none,
      math: fuzzCase.seed % 4 == 0 ? .everywhere : .exact,
      bands: fuzzCase.seed % 5 == 0 ? Bands(fuzzCase.seed % 2 == 0 ? 2 : 3, everywhere: true) : .none)
  }

  /// Everything that needs no compiled code.
  static func make(_ fuzzCase: FuzzCase, attempts: Int) throws -> Result {
    let typed = try typeCheck(fuzzCase.graph)
    guard let (plain, inference) = try clearOfKinks(fuzzCase, typed, fuzzCase.feeds(for: typed), attempts: attempts)
    else {
      return .settled(.skipped("every batch that was drawn comes too near to a kink"))
    }
    let feeds = plain.feeds
    func graph(_ mode: Manifest.Mode, _ options: PassOptions) throws -> Graph {
      try specialize(typed, for: EntryPoint(mode, batch: fuzzCase.batch), options: options)
    }
    let subject = Subject(
      fuzzCase: fuzzCase, typed: typed, feeds: feeds, gradient: try graph(.gradient, plainPasses),
      train: try graph(.train, plainPasses), attempts: attempts)

    var problems: [String] = []
    func compare(_ title: String, _ expected: Deliveries, _ found: Deliveries, stray: (Int) throws -> [String: Double])
      throws
    {
      let scales = scales(of: expected)
      let failures = expected.values.compactMap { name, elements -> Comparison? in
        guard let other = found[name] else { return Comparison(name, unchecked: "it is missing") }
        let bound = 1e-9 * euclideanNorm(elements) + 1e-12 * (scales[name] ?? 0)
        let comparison = Comparison(name, expected: elements, found: other, bound: bound)
        return comparison.passed ? nil : comparison
      }
      guard !failures.isEmpty else { return }
      // where single precision strays far, double precision strays as much farther than usual
      let worst = try stray(patientVariants)
      problems += failures.filter { $0.error.isNaN || $0.error > $0.bound + 1e-7 * (worst[$0.subject] ?? 0) }
        .map { "\(title): \($0)" }
    }
    let reference = try interpretDouble(subject.gradient, feeds, retention: .results)
    let expected = Deliveries(reference)
    guard isModerate(expected) else { return .settled(.skipped("its numbers are out of range")) }
    let strayOfGradient: (Int) throws -> [String: Double] = { try stray([subject.gradient], feeds, expected, $0) }
    let gradients = reference.gradients.mapValues(\.elements)
    var written = plain.deliveries
    // the entry that computes gradients hands new statistics out as results
    written.values = written.values.map {
      ($0.name.hasPrefix("state ") ? "output state.\($0.name.dropFirst(6))" : $0.name, $0.elements)
    }
    try compare("passes off against the network as written", written, expected, stray: strayOfGradient)
    if let direction = try plain.compareDirection(gradients, seed: fuzzCase.seed), !direction.passed {
      problems.append("passes off: \(direction)")
    }
    let step = Deliveries(try interpretDouble(subject.train, feeds, retention: .results))
    try compare("passes off, optimizer as written", plain.updates(gradients), step, stray: { _ in [:] })
    for (mode, expected, graph) in [
      (Manifest.Mode.gradient, expected, subject.gradient), (.train, step, subject.train),
    ] {
      let optimised = try specialize(typed, for: EntryPoint(mode, batch: fuzzCase.batch), options: passes(fuzzCase))
      let found = Deliveries(try interpretDouble(optimised, feeds, retention: .results))
      try compare("\(mode.rawValue), passes on against off", expected, found) {
        try stray([graph, optimised], feeds, expected, $0)
      }
    }
    var options = PassOptions()
    options.bands = passes(fuzzCase).bands
    let optimised = try specialize(typed, for: EntryPoint(.infer, batch: fuzzCase.batch), options: options)
    let inferred = Deliveries(inference)
    try compare(
      "inference, passes on against the network as written", inferred,
      Deliveries(try interpretDouble(optimised, feeds, retention: .results))
    ) { try stray([typed, optimised], feeds, inferred, $0) }
    return problems.isEmpty ? .ready(subject) : .settled(.failed(problems))
  }

  /// The network in training mode and in inference on feeds whose batch keeps clear of kinks; nil where none was found.
  private static func clearOfKinks(
    _ fuzzCase: FuzzCase, _ typed: Graph, _ feeds: Feeds, isFirst: Bool = true, attempts: Int
  ) throws -> (training: PlainStep, inference: Interpretation<Double>)? {
    for attempt in 0..<max(1, attempts) {
      let drawn = attempt == 0 && isFirst ? feeds : fuzzCase.redrawn(feeds, attempt: attempt)
      guard let plain = try PlainStep(typed, drawn) else { return nil }
      if attempts > 0 && isNearKink(typed, plain.values) { continue }
      let inference = try interpretDouble(typed, drawn, mode: .inference)
      if attempts > 0 && isNearKink(typed, inference) { continue }
      return (plain, inference)
    }
    return nil
  }

  func lowered(lanes: Int, name: String) throws -> LoweredModel {
    let entries = [Manifest.Mode.infer, .gradient, .train].map { EntryPoint($0, batch: batch) }
    // two of three networks go through inference in parts
    let options = BuildOptions(
      entries: entries, passes: Self.passes(fuzzCase),
      microbatch: fuzzCase.seed % 3 == 0 ? nil : Int(fuzzCase.seed % 3))
    var codegen = CodegenOptions(name: name, lanes: lanes)
    let model = try lowerModel(fuzzCase.graph, options: options, codegen: codegen)
    // every other network gets tiles that no rule would choose
    guard fuzzCase.seed % 2 == 1 else { return model }
    codegen.tuning = model.anyTuning(seed: fuzzCase.seed)
    var tuned = options
    tuned.tuning = codegen.tuning
    return try lowerModel(fuzzCase.graph, options: tuned, codegen: codegen)
  }

  /// What compiled code gets wrong.
  func compare(with unit: NetworkUnit, _ number: Int, steps: Int) throws -> [String] {
    var problems: [String] = []
    let memory = try unit.memory(of: number, feeds)
    func judge(
      _ title: String, _ graphs: Graph..., feeds: Feeds, _ found: Deliveries, expected: Deliveries? = nil
    ) throws {
      let expected = try expected ?? Deliveries(interpretDouble(graphs[0], feeds, retention: .results))
      let problem = try compareCompiled(found, expected) { variants in
        try stray(graphs, feeds, expected, variants)
      }
      problems += problem.map { "compiled \(title): \($0)" }
    }
    func optimised(_ mode: Manifest.Mode) throws -> Graph {
      try specialize(typed, for: EntryPoint(mode, batch: batch), options: Self.passes(fuzzCase))
    }
    func call(_ title: String, _ mode: Manifest.Mode, _ feeds: Feeds) throws -> Deliveries {
      let found = try unit.call(number, mode, memory, feeds)
      problems += memory.damagedGuards.map { "compiled \(title): wrote outside its memory, beside \($0)" }
      return found
    }
    func compareThreads(_ title: String, _ alone: Deliveries, _ together: Deliveries) {
      for (name, elements) in alone.values {
        let other = together[name] ?? []
        if !zip(elements, other).allSatisfy({ $0.bitPattern == $1.bitPattern }) {
          problems.append("compiled \(title): \(name) depends on the number of threads")
        }
      }
    }
    let infer = try call("inference", .infer, feeds)
    try judge("inference", typed, optimised(.infer), feeds: feeds, infer)
    compareThreads("inference", infer, try unit.call(number, .infer, memory, feeds, threaded: true))
    let gradients = try call("gradient", .gradient, feeds)
    try judge("gradient", gradient, optimised(.gradient), feeds: feeds, gradients)
    compareThreads("gradient", gradients, try unit.call(number, .gradient, memory, feeds, threaded: true))
    guard problems.isEmpty else { return problems }

    let trained = try optimised(.train)
    let other = try unit.memory(of: number, feeds)
    let together = try unit.call(number, .train, other, feeds, threaded: true)
    var now = feeds
    for step in 0..<steps {
      if step > 0 {
        guard
          let clear = try Self.clearOfKinks(fuzzCase, typed, memory.advanced(now), isFirst: false, attempts: attempts)
        else {
          break
        }
        now = clear.training.feeds
      }
      let expected = Deliveries(try interpretDouble(train, now, retention: .results))
      guard isModerate(expected) else { break }
      let found = try call("step \(step)", .train, now)
      try judge("step \(step)", train, trained, feeds: now, found, expected: expected)
      if step == 0 { compareThreads("step 0", found, together) }
      guard problems.isEmpty else { break }
    }
    return problems
  }
}

extension LoweredModel {
  /// Legal choices for all problems of the model, drawn by the seed.
  package func anyTuning(seed: UInt64) -> Tuning {
    var tuning = Tuning()
    var state = seed
    for entry in entries + [prepare] {
      let (program, graph) = (entry.program, entry.plan.graph)
      for row in program.rows {
        guard let value = row.value else { continue }
        if let problem = ConvolutionProblem(graph[value], in: graph), tuning[TuningProblem(problem)] == nil {
          state = Philox.mix(state)
          tuning[TuningProblem(problem)] = TuningChoice(
            algorithm: ConvolutionAlgorithm.allCases[Int(state % UInt64(ConvolutionAlgorithm.allCases.count))])
        }
        guard let problem = program.problems[value], tuning[problem] == nil else { continue }
        state = Philox.mix(state)
        tuning[problem] = problem.anyChoice(state)
      }
    }
    return tuning
  }
}

/// Whether squares of all numbers stay far inside single precision; a training that diverges proves nothing.
private func isModerate(_ deliveries: Deliveries) -> Bool {
  deliveries.values.allSatisfy { $0.elements.allSatisfy { abs($0) < 1e12 } }
}

/// How far single precision strays from `expected` by itself, by result: the worst of several interpretations, with
/// inputs, weights and state moved by one unit in the last place in all but the first, and from the fourth on in every
/// second one the results of all operations too.
///
/// The graphs are the same formulae as written and as the passes arrange them, which may round in another way: a clamped
/// activation that is cut off is a product and a sum that cancel, instead of 0. A pass that is wrong is as wrong in
/// double precision, and excuses nothing.
private func stray(
  _ graphs: [Graph], _ feeds: Feeds, _ expected: Deliveries, _ variants: Int
) throws -> [String: Double] {
  var worst: [String: Double] = [:]
  for variant in 0..<variants {
    let moved = variant == 0 ? feeds : jittered(feeds, UInt64(variant))
    // batch norm of a few numbers hides what happens to the inputs, and amplifies what it rounds itself
    let rounding = variant >= 2 && variant % 2 == 1 ? UInt64(variant) : nil
    for graph in graphs {
      let single = Deliveries(try interpretFloat(graph, moved, retention: .results, rounding: rounding))
      for (name, elements) in expected.values {
        guard let found = single[name] else { continue }
        let error = distance(elements, found)
        // max would pass over a NaN
        worst[name] = max(worst[name] ?? 0, error.isNaN ? .infinity : error)
      }
    }
  }
  return worst
}

/// What a result's rounding is measured by: its norm; of a gradient or a slot that of all of the kind, since some
/// vanish (of a bias before a batch norm) and are nothing but rounding.
private func scales(of deliveries: Deliveries) -> [String: Double] {
  func kind(_ name: String) -> String {
    if name.hasPrefix("gradient ") { return "gradient" }
    return name.hasPrefix("slot ") ? "slot \(name.split(separator: " ").last ?? "")" : name
  }
  var squares: [String: Double] = [:]
  for (name, elements) in deliveries.values {
    squares[kind(name), default: 0] += elements.reduce(0) { $0 + $1 * $1 }
  }
  return Dictionary(
    uniqueKeysWithValues: deliveries.values.map { ($0.name, (squares[kind($0.name)] ?? 0).squareRoot()) })
}

/// Interpretations of what has failed at first: small tensors may be lucky in a few.
private let patientVariants = 24

/// The failures among results that compiled code delivered.
///
/// The bound is the yardstick's: three times what single precision strays, plus 1e-6 of the norm.
private func compareCompiled(
  _ found: Deliveries, _ expected: Deliveries, stray: (Int) throws -> [String: Double]
) throws -> [Comparison] {
  let scales = scales(of: expected)
  func failures(_ names: Set<String>?, _ variants: Int) throws -> [Comparison] {
    let worst = try stray(variants)
    return expected.values.compactMap { name, elements in
      if let names, !names.contains(name) { return nil }
      let bound = 3 * (worst[name] ?? 0) + 1e-6 * (scales[name] ?? 0)
      let comparison = Comparison(name, expected: elements, found: found[name] ?? [], bound: bound)
      return comparison.passed ? nil : comparison
    }
  }
  let first = try failures(nil, 2)
  guard !first.isEmpty else { return [] }
  return try failures(Set(first.map(\.subject)), patientVariants)
}

private func jittered(_ feeds: Feeds, _ variant: UInt64) -> Feeds {
  var moved = Sample(batch: 0, feeds: feeds).jittered(variant).feeds
  func move(_ values: [String: [Double]], _ stream: String) -> [String: [Double]] {
    Dictionary(
      uniqueKeysWithValues: values.map { name, elements in
        let random = Philox(seed: variant, stream: "\(stream) \(name)")
        let moved = elements.enumerated().map { index, value in
          let number = Float(value)
          return Double([number, number.nextUp, number.nextDown][Int(random.bits(UInt64(index)) % 3)])
        }
        return (name, moved)
      })
  }
  moved.parameters = move(feeds.parameters, "parameter")
  moved.states = move(feeds.states, "state")
  return moved
}
