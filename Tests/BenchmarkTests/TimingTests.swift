import Benchmark
import Testing

@Suite struct TimingTests {
  /// Worked out by hand: quartiles of five values are the second and the fourth, of two they lie between.
  @Test func quantilesAreInterpolated() {
    let five = Timing([5, 1, 4, 2, 3])
    #expect(five.calls == 5 && five.fastest == 1 && five.median == 3)
    #expect(five.quantile(0.25) == 2 && five.quantile(0.75) == 4 && five.quantile(1) == 5)
    #expect(five.spread == 2.0 / 3)
    let two = Timing([3, 1])
    #expect(two.median == 2 && two.quantile(0.25) == 1.5)
    #expect(Timing([7]).median == 7 && Timing([7]).spread == 0)
  }

  /// Two calls to get warm, then what has to be done between, then three at least.
  @Test func shortMeasurementsHaveThreeCalls() throws {
    var events: [String] = []
    let timing = time(seconds: 1e-9, warmed: { events.append("warm") }, { events.append("call") })
    #expect(events == ["call", "call", "warm", "call", "call", "call"])
    #expect(timing.calls == 3 && timing.fastest >= 0)
  }

  @Test func measurementsLastAsLongAsAsked() {
    let start = monotonicSeconds()
    let timing = time(seconds: 0.05, warmed: {}, { _ = monotonicSeconds() })
    // the time itself, and a tenth of it before
    #expect(monotonicSeconds() - start >= 0.055)
    #expect(timing.calls > 3)
  }

  /// Two kernels' `/proc/cpuinfo`, shortened.
  @Test func machinesHaveNames() {
    let intel = "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Intel(R) Xeon(R) CPU @ 2.00GHz\nprocessor\t: 1\n"
    #expect(Machine.name(cpuinfo: intel) == "Intel(R) Xeon(R) CPU @ 2.00GHz")
    let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n"
    #expect(Machine.name(cpuinfo: arm) == "CPU 0x41/0xd0c")
    #expect(Machine.name(cpuinfo: "") == "unknown CPU")
  }
}
