import CodegenC
import Compiler
import NNIR
import Passes

/// Finds algorithms, and then tiles, for a model on this machine within a time.
package struct Tuner {
  /// What came of it.
  package struct Outcome: Sendable {
    /// The base and what was found to be faster; the base alone where the whole was not.
    package var tuning: Tuning
    /// Problems of the model, and those of them that take a noticeable share of the time.
    package var problems = 0
    package var noticeable = 0
    package var trials = 0
    /// What was found for single problems.
    package var gains: [TuningProblem: TuningSearch.Gain] = [:]
    /// Shares of the time that problems take, by problem.
    package var shares: [TuningProblem: Double] = [:]
    /// The base's time of a call divided by the tuned one's, turn by turn; nil where it was not measured.
    package var whole: Timing?
    package var isInterrupted = false
    /// Whether the time ended before the candidates did.
    package var isCutShort = false

    /// Whether what was found is in the tuning: the whole model is faster with it, or nobody could wait for that.
    package var isFaster: Bool { !gains.isEmpty && (whole.map(Tuner.isFaster) ?? isInterrupted) }
  }

  /// Opens a session on a build with these choices, in a profiled build or not.
  package typealias Open = (_ tuning: Tuning, _ profile: Bool) throws -> (CompiledModel, Workload)

  /// What the whole model has to win for a tuning to be worth a file.
  private static let least = 1.005
  /// Whether ratios of turns say so: by their median, and in three turns of five.
  private static func isFaster(_ ratios: Timing) -> Bool { ratios.median >= least && ratios.quantile(0.4) > 1 }
  /// Problems with a smaller share of the time are left alone.
  private static let noticeable = 0.002

  let base: Tuning
  let lanes: Int
  /// Ways to compute a convolution that may be tried.
  let algorithms: [ConvolutionAlgorithm]
  /// When it has to be done, by `monotonicSeconds`.
  let deadline: Double
  let open: Open
  let isInterrupted: () -> Bool
  let progress: (String) -> Void
  /// Seconds to measure a trial for.
  private let seconds: Double

  /// - Parameters:
  ///   - budget: Seconds from now on, builds included.
  ///   - progress: Gets a few words whenever something has happened.
  package init(
    base: Tuning, lanes: Int, algorithms: [ConvolutionAlgorithm], budget: Double,
    isInterrupted: @escaping () -> Bool = { false },
    progress: @escaping (String) -> Void = { _ in }, open: @escaping Open
  ) {
    self.base = base
    self.lanes = lanes
    self.algorithms = algorithms
    deadline = monotonicSeconds() + budget
    seconds = min(2, max(0.2, budget / 60))
    self.open = open
    self.isInterrupted = isInterrupted
    self.progress = progress
  }

  package func run() throws -> Outcome {
    var outcome = Outcome(tuning: base)
    try run(&outcome)
    outcome.isInterrupted = isInterrupted()
    return outcome
  }

  private func run(_ outcome: inout Outcome) throws {
    // tiles depend on how a convolution is computed
    let base = try withAlgorithms(&outcome)
    // what an interruption leaves
    if !outcome.gains.isEmpty { outcome.tuning = base }
    guard !isInterrupted(), let clock = try opened(base) else { return }
    let shares = try shares(clock)
    guard !isInterrupted() else { return }
    let problems = zip(clock.problems, shares).filter { $1 >= Self.noticeable }.map(\.0)
    outcome.shares.merge(zip(clock.problems, shares)) { $1 }
    outcome.problems = clock.problems.count
    outcome.noticeable = problems.count
    var durations: [Double] = []
    /// Measures a trial beside the base.
    func measure(_ trial: TuningSearch.Trial, seconds: Double) throws -> [TuningProblem: Double]? {
      let begin = monotonicSeconds()
      guard let other = try opened(base.adding(trial)) else { return nil }
      let ratios = try compare(clock, other, seconds: seconds)
      durations.append(monotonicSeconds() - begin)
      return isInterrupted() ? nil : ratios
    }
    var search = TuningSearch(problems, base: base, lanes: lanes)
    var cutShort = false
    var trials = 0
    try search.run(
      measure: { trial in
        // this trial, its confirmation, which is longer, and two builds to compare the whole
        let wanted = durations.isEmpty ? 0 : 4 * Timing(durations).median + 2 * seconds
        if isInterrupted() { return nil }
        if monotonicSeconds() + wanted > deadline {
          cutShort = true
          return nil
        }
        let ratios = try measure(trial, seconds: seconds)
        trials += 1
        let faster = trial.keys.count { ratios?[$0] ?? 0 >= TuningSearch.margin }
        progress(
          "trial \(trials) of \(trial.count) problems: \(faster) faster, \(Int(max(0, deadline - monotonicSeconds()))) s left"
        )
        return ratios
      },
      confirm: { trial in
        progress("measuring what was found for \(trial.count) problems again")
        return isInterrupted() ? nil : try measure(trial, seconds: 2 * seconds)
      })
    outcome.trials += search.trials
    outcome.isCutShort = outcome.isCutShort || cutShort
    outcome.gains.merge(search.found) { $1 }
    guard !outcome.gains.isEmpty else { return }
    if !isInterrupted() {
      progress("measuring the whole model")
      outcome.whole = try whole(search.tuning)
    }
    outcome.isInterrupted = isInterrupted()
    outcome.tuning = outcome.isFaster ? search.tuning : self.base
  }

  /// The base with the algorithms that were found to be faster, one build for each way to compute all convolutions.
  private func withAlgorithms(_ outcome: inout Outcome) throws -> Tuning {
    guard let (model, workload) = try profiled(base) else { return base }
    let clock = algorithmClock(workload, model)
    let now = algorithmsUsed(model)
    var found: [ConvolutionProblem: TuningSearch.Gain] = [:]
    func tuning(_ choices: [ConvolutionProblem: ConvolutionAlgorithm]) -> Tuning {
      var result = base
      for (problem, algorithm) in choices { result[TuningProblem(problem)] = TuningChoice(algorithm: algorithm) }
      return result
    }
    /// Ratios to the base of those that are computed in another way, and which.
    func measure(_ choices: [ConvolutionProblem: ConvolutionAlgorithm], seconds: Double) throws
      -> [ConvolutionProblem: TuningSearch.Gain]
    {
      guard let (model, workload) = try profiled(tuning(choices)) else { return [:] }
      let used = algorithmsUsed(model).filter { $0.value != now[$0.key] }
      guard !used.isEmpty else { return [:] }
      let ratios = try compare(clock, algorithmClock(workload, model), seconds: seconds)
      if isInterrupted() { return [:] }
      return ratios.reduce(into: [:]) { gains, item in
        guard let algorithm = used[item.key] else { return }
        gains[item.key] = TuningSearch.Gain(choice: TuningChoice(algorithm: algorithm), ratio: item.value)
      }
    }
    let shares = Dictionary(uniqueKeysWithValues: zip(clock.problems, try shares(clock)))
    let noticeable = now.filter { shares[$0.key] ?? 0 >= Self.noticeable }
    var longest = 0.0
    for algorithm in algorithms {
      let choices = noticeable.filter { $0.value != algorithm && $0.key.permits(algorithm) }.mapValues { _ in algorithm
      }
      guard !choices.isEmpty, !isInterrupted() else { continue }
      // as long again for this, for what was found, and for two builds of the whole
      if monotonicSeconds() + 4 * longest > deadline {
        outcome.isCutShort = true
        break
      }
      let begin = monotonicSeconds()
      let gains = try measure(choices, seconds: seconds)
      longest = max(longest, monotonicSeconds() - begin)
      outcome.trials += 1
      let faster = gains.filter { $0.value.ratio >= TuningSearch.margin }
      progress("convolutions by \(algorithm.rawValue): \(faster.count) of \(gains.count) faster")
      for (problem, gain) in faster where gain.ratio > found[problem]?.ratio ?? 0 { found[problem] = gain }
    }
    guard !found.isEmpty, !isInterrupted() else { return base }
    // the best of several measurements is fast by luck
    let again = try measure(found.compactMapValues(\.choice.algorithm), seconds: 2 * seconds)
    for (problem, gain) in found {
      let ratio = min(gain.ratio, again[problem]?.ratio ?? 0)
      found[problem] = ratio >= TuningSearch.margin ? TuningSearch.Gain(choice: gain.choice, ratio: ratio) : nil
      outcome.shares[TuningProblem(problem)] = shares[problem]
    }
    for (problem, gain) in found { outcome.gains[TuningProblem(problem)] = gain }
    return tuning(found.compactMapValues(\.choice.algorithm))
  }

  /// How long each convolution takes, whichever way it is computed.
  private func algorithmClock(_ workload: Workload, _ model: CompiledModel) -> ProblemClock<ConvolutionProblem> {
    ProblemClock(workload, of: model) { entry, value in
      entry.algorithm(of: value) == nil ? nil : ConvolutionProblem(entry.plan.graph[value], in: entry.plan.graph)
    }
  }

  private func algorithmsUsed(_ model: CompiledModel) -> [ConvolutionProblem: ConvolutionAlgorithm] {
    guard let entry = model.entries.first else { return [:] }
    var result: [ConvolutionProblem: ConvolutionAlgorithm] = [:]
    for id in entry.plan.graph.ids {
      guard let problem = ConvolutionProblem(entry.plan.graph[id], in: entry.plan.graph) else { continue }
      if let algorithm = entry.algorithm(of: id) { result[problem] = algorithm }
    }
    return result
  }

  /// A profiled build; nil where it was interrupted: Ctrl-C reaches the compiler that a build waits for, too.
  private func profiled(_ tuning: Tuning) throws -> (CompiledModel, Workload)? {
    do {
      return try open(tuning, true)
    } catch {
      guard isInterrupted() else { throw error }
      return nil
    }
  }

  private func opened(_ tuning: Tuning) throws -> ProblemClock<TuningProblem>? {
    guard let (model, workload) = try profiled(tuning) else { return nil }
    return ProblemClock(workload, of: model) { entry, value in entry.program.problems[value] }
  }

  /// Each problem's share of a call.
  private func shares<Problem>(_ clock: ProblemClock<Problem>) throws -> [Double] {
    let samples = try inTurn(subjects: 1, seconds: seconds, isInterrupted: isInterrupted) { _ in try clock.call() }
    let ticks = medians(samples[0].flatMap { $0 })
    let whole = max(1, ticks.last ?? 1)
    return ticks.dropLast().map { $0 / whole }
  }

  private func compare<Problem>(
    _ base: ProblemClock<Problem>, _ trial: ProblemClock<Problem>, seconds: Double
  ) throws -> [Problem: Double] {
    let clocks = [base, trial]
    let samples = try inTurn(subjects: 2, seconds: seconds, isInterrupted: isInterrupted) { try clocks[$0].call() }
    // turns that follow each other are compared, so that clocks and other programs may come and go
    let turns = zip(samples[0], samples[1]).map { (medians($0), medians($1)) }
    guard !turns.isEmpty else { return [:] }
    var ratios: [Problem: Double] = [:]
    let positions = Dictionary(uniqueKeysWithValues: trial.problems.enumerated().map { ($1, $0) })
    for (index, problem) in base.problems.enumerated() {
      guard let other = positions[problem] else { continue }
      ratios[problem] = Timing(turns.map { $0[index] / max(1, $1[other]) }).median
    }
    return ratios
  }

  /// The median of each number over some calls; empty where there were none.
  private func medians(_ calls: [[UInt64]]) -> [Double] {
    guard let count = calls.first?.count else { return [] }
    return (0..<count).map { index in Timing(calls.map { Double($0[index]) }).median }
  }

  /// The base's time divided by the tuned one's, for each turn; builds without counters.
  private func whole(_ tuning: Tuning) throws -> Timing? {
    let workloads: [Workload]
    do {
      workloads = [try open(base, false).1, try open(tuning, false).1]
    } catch {
      guard isInterrupted() else { throw error }
      return nil
    }
    let samples = try inTurn(subjects: 2, seconds: 3 * seconds, isInterrupted: isInterrupted) { subject in
      let begin = monotonicSeconds()
      try workloads[subject].call()
      return monotonicSeconds() - begin
    }
    let ratios = zip(samples[0], samples[1]).map { Timing($0).median / Timing($1).median }
    return ratios.isEmpty ? nil : Timing(ratios)
  }
}

extension CompiledEntry {
  /// How a convolution is computed that could be computed in another way; nil for everything else.
  fileprivate func algorithm(of id: ValueID) -> ConvolutionAlgorithm? {
    if case .winogradConvolution = plan.graph[id].op {
      let filters = plan.graph[plan.graph[id].inputs[1]].type.bound
      return Winograd(products: filters[0]).map(ConvolutionAlgorithm.init)
    }
    switch program.problems[id]?.kind {
    case .convolution: return .rows
    case .convolutionLanes: return .lanes
    case .convolutionBackwardData, .convolutionBackwardWeights, .convolutionBackward, .product, .dotProducts,
      .algorithm, nil:
      return nil
    }
  }
}
