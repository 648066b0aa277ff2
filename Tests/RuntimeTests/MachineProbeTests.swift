import Runtime
import Testing

@Suite struct MachineProbeTests {
  /// No core does more than 2 vectors of 16 at 6 GHz, and none that anybody compiles for less than one float at 10 MHz;
  /// sharing a core gives no more.
  @Test func ratesAreThoseOfSomeMachine() throws {
    let probe = try MachineProbe(target: .native)
    let one = try probe.multiplyAddRate(threads: 1, cores: 1)
    #expect(1e7 < one && one < 2 * 16 * 6e9)
    let two = try probe.multiplyAddRate(threads: 2, cores: 1)
    #expect(1e7 < two && two < 2 * 16 * 6e9)
    let bytes = try probe.readRate(threads: 2, bytes: 8 << 20, windows: 1)
    #expect(1e6 < bytes && bytes < 1e13)
  }

  /// 64-byte vectors or 32 do more than 16 on machines that have them; the same machine, so the same clock.
  @Test func widerVectorsDoMore() throws {
    let wide = try ClangToolchain.find().describe(.native).vectorBytes
    guard wide > 16, CPUFeatures.current.names.contains("sse4_2") else { return }
    let rates = try [CompilationTarget.x86v2, .native].map {
      try MachineProbe(target: $0).multiplyAddRate(threads: 1)
    }
    #expect(rates[1] > rates[0])
  }

  @Test func ticksGoForward() throws {
    let probe = try MachineProbe(target: .native)
    let first = probe.ticks
    #expect(probe.ticks > first)
  }
}
