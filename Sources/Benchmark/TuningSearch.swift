import CodegenC

/// A search for the best choice of each problem, all of them at the same time: the time of one says nothing about
/// another's, so a trial gives each problem its next candidate, and as many trials as the problem with most candidates
/// has are enough.
package struct TuningSearch {
  /// One candidate for each of some problems.
  package typealias Trial = [TuningProblem: TuningChoice]

  /// A choice that was faster than the base.
  package struct Gain: Sendable {
    package var choice: TuningChoice
    /// The base's time divided by this one's.
    package var ratio: Double
  }

  /// What a choice has to win to be kept.
  package static let margin = 1.03
  /// What it has to win to be measured again.
  private static let promising = 1.015

  /// Those that take a noticeable share of the time, in a fixed order.
  let problems: [TuningProblem]
  let base: Tuning
  let lanes: Int
  /// The best of what was tried so far.
  package private(set) var found: [TuningProblem: Gain] = [:]
  package private(set) var trials = 0

  package init(_ problems: [TuningProblem], base: Tuning, lanes: Int) {
    self.problems = problems
    self.base = base
    self.lanes = lanes
  }

  /// Runs trials until there are none left, and confirms what was found.
  ///
  /// - Parameters:
  ///   - measure: For each problem of a trial, the base's time divided by the trial's; nil ends the search.
  ///   - confirm: The same for a last trial with all that was found, which keeps what is faster again: the best of several
  ///     measurements flatters. Nil keeps what was clearly faster the first time.
  package mutating func run(
    measure: (Trial) throws -> [TuningProblem: Double]?, confirm: (Trial) throws -> [TuningProblem: Double]?
  ) rethrows {
    search: for aspect in TuningProblem.Aspect.allCases {
      // the other aspect of each problem stays at the best so far
      let queues = problems.map { problem in
        (problem, problem.candidates(aspect, besides: best(problem), lanes: lanes))
      }
      for number in 0..<(queues.map(\.1.count).max() ?? 0) {
        var trial: Trial = [:]
        for (problem, queue) in queues where number < queue.count { trial[problem] = queue[number] }
        guard let ratios = try measure(trial) else { break search }
        trials += 1
        note(trial, ratios)
      }
    }
    found = found.filter { $0.value.ratio >= Self.promising }
    guard !found.isEmpty else { return }
    let trial = found.mapValues(\.choice)
    let ratios = try confirm(trial)
    for (problem, gain) in found {
      let ratio = ratios.map { min(gain.ratio, $0[problem] ?? 0) } ?? gain.ratio
      found[problem] = ratio >= Self.margin ? Gain(choice: gain.choice, ratio: ratio) : nil
    }
  }

  private func best(_ problem: TuningProblem) -> TuningChoice? {
    if let gain = found[problem], gain.ratio >= Self.promising { return gain.choice }
    return base[problem]
  }

  private mutating func note(_ trial: Trial, _ ratios: [TuningProblem: Double]) {
    for (problem, choice) in trial {
      guard let ratio = ratios[problem], ratio > found[problem]?.ratio ?? 1 else { continue }
      found[problem] = Gain(choice: choice, ratio: ratio)
    }
  }

  /// The base with what was found in it.
  package var tuning: Tuning { base.adding(found.mapValues(\.choice)) }
}

extension Tuning {
  /// The same with other choices for some problems.
  package func adding(_ trial: TuningSearch.Trial) -> Tuning {
    var result = self
    for (problem, choice) in trial { result[problem] = choice }
    return result
  }
}
