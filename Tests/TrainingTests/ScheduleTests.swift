import NNIR
import Testing
import Training

/// Expected rates are worked out by hand from the formulas in the comments.
struct ScheduleTests {
  private func rates(_ rate: Recipe.LearningRate, _ stepsPerEpoch: Int, _ epochs: Int, at steps: [Int]) -> [Double] {
    let schedule = Schedule(rate, stepsPerEpoch: stepsPerEpoch, epochs: epochs)
    return steps.map { schedule.rate(step: $0) }
  }

  private func expectClose(_ found: [Double], _ expected: [Double], _ location: SourceLocation = #_sourceLocation) {
    #expect(found.count == expected.count, sourceLocation: location)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 1e-15, "\(a) and \(b)", sourceLocation: location) }
  }

  @Test func constant() {
    #expect(rates(.constant(0.1), 7, 3, at: [0, 6, 20]) == [0.1, 0.1, 0.1])
  }

  /// 10 epochs of 3 steps: half of them is step 15, three quarters step 22.5, which rounds to 23.
  @Test func stepsFallAtFractionsOfAllEpochs() {
    expectClose(
      rates(.steps(1, dividedBy: 10, at: [0.5, 0.75]), 3, 10, at: [0, 14, 15, 22, 23, 29]),
      [1, 1, 0.1, 0.1, 0.01, 0.01])
  }

  /// 0.07 · 100 is 7.000000000000001 in binary, which step 7 does not reach, and 0.29 · 100 is 28.999999999999996.
  @Test func fractionsMeanWholeSteps() {
    expectClose(
      rates(.steps(1, dividedBy: 2, at: [0.29, 0.07]), 10, 10, at: [6, 7, 28, 29]), [1, 0.5, 0.5, 0.25])
  }

  /// 0.1 + 0.9 · (1 + cos(π·s/8)) / 2: cosines of 0, π/4, π/2, 3π/4 are 1, ½√2, 0, −½√2.
  @Test func cosine() {
    let half = 0.5.squareRoot()
    expectClose(
      rates(.cosine(1, final: 0.1), 4, 2, at: [0, 2, 4, 6]),
      [1, 0.1 + 0.45 * (1 + half), 0.55, 0.1 + 0.45 * (1 - half)])
  }

  /// 1 / (1 + 0.5 · updates).
  @Test func inverse() {
    expectClose(rates(.inverse(1, decay: 0.5), 4, 2, at: [0, 1, 2, 6]), [1, 1 / 1.5, 0.5, 0.25])
  }

  /// Half an epoch of 8 steps is 4 steps: 0.1, 0.1 + 0.9·¼, …, then the base rate.
  @Test func warmupRisesToTheBaseRate() {
    expectClose(
      rates(.constant(1).warmup(epochs: 0.5, from: 0.1), 8, 2, at: [0, 1, 2, 3, 4, 15]),
      [0.1, 0.325, 0.55, 0.775, 1, 1])
  }

  /// Of 12 steps 4 warm up; the cosine has the other 8 for itself, and the inverse decay counts from there.
  @Test func curvesStartAfterTheWarmup() {
    expectClose(rates(.cosine(2).warmup(epochs: 1), 4, 3, at: [0, 2, 4, 8]), [0, 1, 2, 1])
    expectClose(rates(.inverse(2, decay: 1).warmup(epochs: 1), 4, 3, at: [3, 4, 5, 7]), [1.5, 2, 1, 0.5])
    // Fractions are of all epochs, warm-up included: half of 12 steps.
    expectClose(rates(.steps(1, dividedBy: 10, at: [0.5]).warmup(epochs: 1), 4, 3, at: [4, 5, 6]), [1, 1, 0.1])
  }

  /// A warm-up longer than the training never ends, and no division by zero comes of it.
  @Test func endlessWarmup() {
    expectClose(rates(.cosine(1).warmup(epochs: 4), 2, 2, at: [0, 3]), [0, 0.375])
    expectClose(rates(.cosine(1, final: 0.5).warmup(epochs: 2), 2, 2, at: [4]), [0.5])
  }
}
