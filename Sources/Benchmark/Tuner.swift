import CodegenC
import Compiler

/// Finds tiles for a model on this machine within a time.
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
    base: Tuning, lanes: Int, budget: Double, isInterrupted: @escaping () -> Bool = { false },
    progress: @escaping (String) -> Void = { _ in }, open: @escaping Open
  ) {
    self.base = base
    self.lanes = lanes
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
    guard let clock = try opened(base) else { return }
    let shares = try shares(clock)
    guard !isInterrupted() else { return }
    let problems = zip(clock.problems, shares).filter { $1 >= Self.noticeable }.map(\.0)
    outcome.shares = Dictionary(uniqueKeysWithValues: zip(clock.problems, shares))
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
    outcome.trials = search.trials
    outcome.isCutShort = cutShort
    outcome.gains = search.found
    guard !search.found.isEmpty else { return }
    if !isInterrupted() {
      progress("measuring the whole model")
      outcome.whole = try whole(search.tuning)
    }
    outcome.isInterrupted = isInterrupted()
    if outcome.isFaster { outcome.tuning = search.tuning }
  }

  /// A profiled build; nil where it was interrupted: Ctrl-C reaches the compiler that a build waits for, too.
  private func opened(_ tuning: Tuning) throws -> ProblemClock? {
    do {
      let (model, workload) = try open(tuning, true)
      return ProblemClock(workload, of: model)
    } catch {
      guard isInterrupted() else { throw error }
      return nil
    }
  }

  /// Each problem's share of a call.
  private func shares(_ clock: ProblemClock) throws -> [Double] {
    let samples = try inTurn(subjects: 1, seconds: seconds, isInterrupted: isInterrupted) { _ in try clock.call() }
    let ticks = medians(samples[0].flatMap { $0 })
    let whole = max(1, ticks.last ?? 1)
    return ticks.dropLast().map { $0 / whole }
  }

  private func compare(
    _ base: ProblemClock, _ trial: ProblemClock, seconds: Double
  ) throws -> [TuningProblem: Double] {
    let clocks = [base, trial]
    let samples = try inTurn(subjects: 2, seconds: seconds, isInterrupted: isInterrupted) { try clocks[$0].call() }
    // turns that follow each other are compared, so that clocks and other programs may come and go
    let turns = zip(samples[0], samples[1]).map { (medians($0), medians($1)) }
    guard !turns.isEmpty else { return [:] }
    var ratios: [TuningProblem: Double] = [:]
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
