import ArtefactABI
import Interchange
import NNIR
import Testing
import Training

@Suite struct GateScheduleTests {
  private func manifest(_ survival: [Double]) -> Manifest {
    var manifest = TrainerArtefact().manifest
    manifest.gates = survival.enumerated().map { Manifest.Gate(name: "block\($0)", survival: $1) }
    return manifest
  }

  /// Frequencies of 10⁵ draws within 4 standard deviations of every probability; so is the number of gates that are open
  /// together, whose variance is the sum of theirs only if they are independent.
  @Test func gatesAreDrawnWithTheirProbability() throws {
    let survival = (1...54).map { 1 - Double($0) / 54 * 0.5 }
    let schedule = try GateSchedule(manifest(survival), given: nil)
    let draws = 100_000
    var open = [Int](repeating: 0, count: survival.count)
    var squares = 0.0
    let expected = survival.reduce(0, +)
    for step in 0..<draws {
      let states = try #require(schedule.states(seed: 3, step: step))
      for (index, state) in states.enumerated() where state { open[index] += 1 }
      let difference = Double(states.count { $0 }) - expected
      squares += difference * difference
    }
    for (count, p) in zip(open, survival) {
      #expect(abs(Double(count) - p * Double(draws)) < 4 * (Double(draws) * p * (1 - p)).squareRoot())
    }
    let variance = survival.reduce(0) { $0 + $1 * (1 - $1) }
    #expect(abs(squares / Double(draws) / variance - 1) < 4 * (2 / Double(draws)).squareRoot())
  }

  @Test func statesAreAFunctionOfSeedAndStep() throws {
    let schedule = try GateSchedule(manifest([Double](repeating: 0.5, count: 64)), given: nil)
    let states = try #require(schedule.states(seed: 1, step: 7))
    #expect(schedule.states(seed: 1, step: 7) == states)
    #expect(schedule.states(seed: 2, step: 7) != states && schedule.states(seed: 1, step: 8) != states)
  }

  @Test func statesMayBeGiven() throws {
    let schedule = try GateSchedule(manifest([0.5, 0.5]), given: [true, false])
    for step in 0..<20 { #expect(schedule.states(seed: 1, step: step) == [true, false]) }
    #expect(try GateSchedule(manifest([]), given: nil).states(seed: 1, step: 0) == nil)
    let message = TrainerBench.message { _ = try GateSchedule(manifest([0.5, 0.5, 0.5, 0.5]), given: [true]) }
    #expect(
      message == "model logistic: expected states of 4 gates (block0, block1, block2, …), found 1")
  }
}

/// Training with gates, where the hand-written artefact's gradient is 0 while its gate is closed.
struct GateTrainingTests {
  private let bench: TrainerBench
  private let artefact = TrainerArtefact(gates: [0.5])

  init() throws { bench = try TrainerBench() }

  private func train(_ name: String, _ change: (inout TrainingOptions) -> Void = { _ in }) throws -> [[UInt8]] {
    _ = try bench.trainer(bench.options(name, change), artefact: artefact).train()
    return try bench.bytes(name)
  }

  @Test func resumedRunDrawsTheSameGates() throws {
    let whole = try train("whole")
    _ = try bench.trainer(bench.options("parts") { $0.steps = 5 }, artefact: artefact).train()
    #expect(try train("parts") { $0.resume = true } == whole)
    // the gate does something: neither always open nor always closed gives the same
    #expect(try train("open") { $0.gates = [true] } != whole)
    #expect(try train("closed") { $0.gates = [false] } != whole)
  }

  /// Given states belong to the run: they come from the checkpoint, and others are refused.
  @Test func givenStatesAreKept() throws {
    let whole = try train("whole") { $0.gates = [true] }
    _ = try bench.trainer(
      bench.options("parts") {
        $0.gates = [true]
        $0.steps = 5
      }, artefact: artefact
    ).train()
    let other = TrainerBench.message {
      _ = try train("parts") {
        $0.resume = true
        $0.gates = [false]
      }
    }
    #expect(other.hasSuffix("the checkpoint has gate 0 open, this run has closed"))
    #expect(try train("parts") { $0.resume = true } == whole)
    let wrong = TrainerBench.message { _ = try train("wrong") { $0.gates = [true, false] } }
    #expect(wrong == "model logistic: expected states of 1 gate (block0), found 2")
  }
}
