import Benchmark
import CodegenC
import Testing

/// The search for tiles on a machine that is made up, so that what is best is known.
@Suite struct TuningSearchTests {
  private static let gradient = TuningProblem.parsed(
    "convolution_backward_weights hooks none images 1 groups 1 inputs 8 outputs 48 input 1x64x64 output 1x64x64 kernel 1x3x3 "
      + "strides 1x1x1 dilations 1x1x1 pads 0x1x1")
  private static let product = TuningProblem.product(rows: 256, columns: 100, depth: 30)

  /// Times in units of the base's: a gradient of weights is fastest with tiles of 512 positions, at most 56 columns and 4 parts,
  /// each of which helps alone; a product is best as it is.
  private static func time(_ problem: TuningProblem, _ choice: TuningChoice) -> Double {
    if problem == product { return choice.rows == nil ? 1 : 1.1 }
    return (choice.positions == 512 ? 0.8 : 1) * (choice.columns == 56 ? 0.9 : 1) * (choice.parts == 4 ? 0.7 : 1)
  }

  private func ratios(_ trial: TuningSearch.Trial) -> [TuningProblem: Double] {
    Dictionary(uniqueKeysWithValues: trial.map { ($0, 1 / Self.time($0, $1)) })
  }

  @Test func findsTheBestOfEachAspect() throws {
    var search = TuningSearch([Self.gradient, Self.product], base: Tuning(), lanes: 8)
    var trials: [TuningSearch.Trial] = []
    search.run {
      trials.append($0)
      return ratios($0)
    } confirm: {
      ratios($0)
    }
    #expect(search.found.count == 1)
    #expect(search.found[Self.gradient]?.choice == TuningChoice(positions: 512, columns: 56, parts: 4))
    #expect(abs((search.found[Self.gradient]?.ratio ?? 0) - 1 / (0.8 * 0.9 * 0.7)) < 1e-12)
    #expect(search.tuning[Self.gradient] == TuningChoice(positions: 512, columns: 56, parts: 4))
    #expect(search.tuning[Self.product] == nil && search.trials == trials.count)
    // one trial serves both problems, and no choice of one is tried twice
    #expect(trials.contains { $0.count == 2 })
    for problem in [Self.gradient, Self.product] {
      let tried = trials.compactMap { $0[problem] }
      #expect(Set(tried).count == tried.count && tried.count > 3)
    }
  }

  /// The best of many measurements of the same is fast by luck; what is not so again is not kept.
  @Test func luckIsNotKept() {
    var search = TuningSearch([Self.gradient, Self.product], base: Tuning(), lanes: 8)
    search.run {
      $0.mapValues { _ in 1.2 }
    } confirm: {
      [Self.gradient: 1.01, Self.product: 1.04].restricted(to: $0)
    }
    #expect(search.found.mapValues(\.ratio) == [Self.product: 1.04])
  }

  /// When the time is over, what was found so far is measured again; where even that is not possible, clear gains stay.
  @Test(arguments: [true, false]) func endsWhenToldTo(confirms: Bool) {
    var search = TuningSearch([Self.gradient], base: Tuning(), lanes: 8)
    var left = 2
    var confirmed = 0
    search.run { trial in
      left -= 1
      return left < 0 ? nil : trial.mapValues { _ in 1.1 }
    } confirm: { trial in
      confirmed += 1
      return confirms ? trial.mapValues { _ in 1.05 } : nil
    }
    #expect(search.trials == 2 && confirmed == 1)
    #expect(search.found[Self.gradient]?.ratio == (confirms ? 1.05 : 1.1))
  }

  /// A file that one goes on from is what everything is compared with; its choices stay where nothing better is found.
  @Test func goesOnFromAFile() {
    var base = Tuning()
    base[Self.product] = TuningChoice(rows: 12)
    base[Self.gradient] = TuningChoice(parts: 4)
    var search = TuningSearch([Self.gradient, Self.product], base: base, lanes: 8)
    search.run { trial in
      #expect(trial[Self.product] != TuningChoice(rows: 12))
      #expect(trial[Self.gradient]?.parts != 4 || trial[Self.gradient] != TuningChoice(parts: 4))
      return trial.mapValues { $0.positions == 512 ? 1.2 : 0.9 }
    } confirm: { _ in
      [Self.gradient: 1.2]
    }
    #expect(search.tuning[Self.gradient] == TuningChoice(positions: 512, parts: 4))
    #expect(search.tuning[Self.product] == TuningChoice(rows: 12))
  }

  /// Turns are of one subject each, every other round backwards, and short calls are repeated within a turn.
  @Test func subjectsTakeTurns() {
    var calls: [Int] = []
    let turns = inTurn(subjects: 3, seconds: 0) { subject in
      calls.append(subject)
      return calls.count
    }
    #expect(turns.count == 3 && turns.allSatisfy { $0.count == 3 && $0.allSatisfy { $0.count > 100 } })
    var order: [Int] = []
    for call in calls.dropFirst(6) where order.last != call { order.append(call) }
    #expect(order == [0, 1, 2, 1, 0, 1, 2])
    // the first call of a turn is not counted
    var counted = 6
    for turn in turns.joined() { counted += turn.count + 1 }
    #expect(calls.count == counted)
    let none = inTurn(subjects: 2, seconds: 9, isInterrupted: { true }, call: { $0 })
    #expect(none.count == 2 && none[0].isEmpty && none[1].isEmpty)
  }
}

extension TuningProblem {
  fileprivate static func parsed(_ text: String) -> TuningProblem {
    guard let tuning = try? Tuning(parsing: "nncc tuning 1\n\(text) : positions 1", name: "") else { fatalError(text) }
    return tuning.entries[0].problem
  }
}

extension [TuningProblem: Double] {
  fileprivate func restricted(to trial: TuningSearch.Trial) -> Self { filter { trial[$0.key] != nil } }
}
