import CodegenC
import Compiler
import Runtime

extension Profile {
  /// Times the rows of a workload whose session was built with `BuildOptions.profile`.
  ///
  /// - Parameters:
  ///   - model: What the session was compiled from: one entry.
  ///   - peak: Multiply-adds in a second, twice, in units of 10⁹, as `BenchmarkResult` measured it.
  package init(
    _ workload: Workload, of model: CompiledModel, target: CompilationTarget, seconds: Double, peak: Double
  ) throws {
    guard let entry = model.entries.first else { fatalError("nothing was compiled") }
    let probe = try MachineProbe(target: target)
    let table = entry.program.table
    var start = (ticks: UInt64(0), seconds: 0.0)
    let timing = try time(
      seconds: seconds,
      warmed: {
        workload.session.withMutableBytes(of: .scratch) { bytes in
          _ = bytes.initializeMemory(as: UInt8.self, repeating: 0)
        }
        start = (probe.ticks, monotonicSeconds())
      }, { try workload.call() })
    let end = (ticks: probe.ticks, seconds: monotonicSeconds())

    var counts = [Count](repeating: Count(), count: entry.program.rows.count)
    var whole: UInt64 = 0
    let bytes = model.manifest.scratchBytes
    let offset = bytes - ProfileCounters.bytes([entry.program, model.prepare.program])
    workload.session.withBytes(of: .scratch) { scratch in
      for thread in 0..<workload.threads {
        func counter(_ word: Int) -> UInt64 {
          scratch.load(fromByteOffset: thread * bytes + offset + 8 * word, as: UInt64.self)
        }
        whole += counter(ProfileCounters.whole)
        for (row, word) in table.rows.enumerated() {
          counts[row].ticks += counter(ProfileCounters.ticks(row: word))
          // all threads run every row; one of them counts
          if thread == 0 { counts[row].runs = counter(ProfileCounters.runs(row: word)) }
        }
      }
    }
    let memory = try Buffer(bytes: Self.streamedBytes)
    self.init(
      entry, symbols: model.kernelSymbols[0], counts: counts, wholeTicks: whole, calls: timing.calls,
      threads: workload.threads,
      secondsPerTick: (end.seconds - start.seconds) / Double(max(1, end.ticks - start.ticks)), peak: peak,
      memoryRate: try probe.readRate(threads: workload.threads, memory: memory))
  }

  /// More than caches hold that belong to one core.
  private static let streamedBytes = 256 << 20
}
