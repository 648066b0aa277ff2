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
    let words = entry.program.table.rows
    let size = model.manifest.scratchBytes
    let offset = size - ProfileCounters.bytes([entry.program, model.prepare.program])

    var samples = Samples(rows: words.count)
    // What else the host does slows calls and multiply-adds alike. The last rate, and when it was measured.
    func pace() throws -> Double { 2e-9 * (try probe.multiplyAddRateNow(threads: workload.threads)) / peak }
    var last = (pace: try pace(), seconds: monotonicSeconds())
    var start: (ticks: UInt64, seconds: Double)?
    _ = try time(
      seconds: seconds, warmed: { start = (probe.ticks, monotonicSeconds()) },
      {
        try workload.call()
        let before = last.pace
        if monotonicSeconds() - last.seconds > Self.secondsOfPace { last = (try pace(), monotonicSeconds()) }
        workload.session.withMutableBytes(of: .scratch) { scratch in
          let threads = (0..<workload.threads).map {
            UnsafeMutableRawBufferPointer(rebasing: scratch[($0 * size + offset)..<(($0 + 1) * size)])
          }
          if start != nil { samples.add(threads, words, pace: (before + last.pace) / 2) }
          // the next call counts from zero
          for counters in threads { _ = counters.initializeMemory(as: UInt8.self, repeating: 0) }
        }
      })
    let end = (ticks: probe.ticks, seconds: monotonicSeconds())
    guard let start else { fatalError("nothing was timed") }
    self.init(
      entry, symbols: model.kernelSymbols[0], samples: samples, threads: workload.threads,
      secondsPerTick: (end.seconds - start.seconds) / Double(max(1, end.ticks - start.ticks)), peak: peak,
      memoryRate: try probe.readRate(threads: workload.threads, bytes: Self.streamedBytes))
  }

  /// How long one measurement of the pace does for short calls.
  private static let secondsOfPace = 0.03

  /// More than caches hold that belong to one core.
  private static let streamedBytes = 256 << 20

  /// What the threads counted, call by call, all threads together.
  package struct Samples {
    /// Of each row.
    private var ticks: [[UInt64]]
    /// The same times the pace of the call.
    private var paced: [[UInt64]]
    private var waiting: [UInt64] = []
    /// How often each row ran, in all calls.
    private var runs: [Int]

    package init(rows: Int) {
      ticks = [[UInt64]](repeating: [], count: rows)
      paced = ticks
      runs = [Int](repeating: 0, count: rows)
    }

    /// More samples make no better median.
    private static let limit = 1 << 22

    var calls: Int { waiting.count }

    /// Adds a call.
    ///
    /// - Parameters:
    ///   - threads: The counters of each thread.
    ///   - words: Where each row begins in the call table.
    ///   - pace: How fast the machine multiplied during the call, as a share of its peak.
    package mutating func add(_ threads: [UnsafeMutableRawBufferPointer], _ words: [Int], pace: Double) {
      guard calls < 3 || calls * words.count < Self.limit else { return }
      func counter(_ thread: Int, _ word: Int) -> UInt64 {
        threads[thread].load(fromByteOffset: 8 * word, as: UInt64.self)
      }
      var busy: UInt64 = 0
      for (row, word) in words.enumerated() {
        let sum = threads.indices.reduce(UInt64(0)) { $0 + counter($1, ProfileCounters.ticks(row: word)) }
        ticks[row].append(sum)
        paced[row].append(UInt64(Double(sum) * pace))
        busy += sum
        runs[row] += threads.indices.reduce(0) { $0 + Int(counter($1, ProfileCounters.runs(row: word))) }
      }
      let whole = counter(0, ProfileCounters.whole) * UInt64(threads.count)
      waiting.append(whole > busy ? whole - busy : 0)
    }

    /// Ticks of a row in a call.
    package func ticks(ofRow row: Int) -> UInt64 { Self.median(ticks[row]) }
    /// Ticks that it would take at the machine's peak, if it slowed down as multiply-adds do.
    package func pacedTicks(ofRow row: Int) -> UInt64 { Self.median(paced[row]) }
    /// Ticks of a call in which threads computed no row.
    var waitingTicks: UInt64 { Self.median(waiting) }
    /// How often a row ran in a call.
    func runs(ofRow row: Int) -> Int { runs[row] / max(1, calls) }

    private static func median(_ values: [UInt64]) -> UInt64 {
      values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
  }
}
