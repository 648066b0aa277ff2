import CodegenC
import Compiler
import NNIR
import Passes
import Runtime

/// Where the time of a call goes, kernel by kernel and row by row.
///
/// Times are those of all threads together divided by their number. Each is the median over the calls, so that what else
/// the machine does for a moment is no row's; the call's is their sum. Shares of the peak are those of the multiply-adds
/// that the machine did at the time of each call: on a host that is shared, clocks and cores' halves come and go.
package struct Profile: Codable, Sendable {
  /// A C function and the rows that call it.
  package struct Kernel: Codable, Sendable {
    package var kernel: String
    /// What it computes.
    package var summary: String
    /// Rows of the call table.
    package var rows: Int
    /// Rows that run in one call of the model: fewer where gates are closed.
    package var calls: Int
    package var ms: Double
    /// Of the call's time.
    package var share: Double
    /// Of the operations that the rows compute, for the whole batch.
    package var multiplyAdds: Int
    package var gflops: Double
    package var shareOfPeak: Double
    /// Bytes that the rows read and write, operand by operand.
    package var bytes: Int
    package var gigabytesPerSecond: Double
  }

  /// A row of the call table.
  package struct Row: Codable, Sendable {
    package var row: Int
    package var kernel: String
    /// The value it computes, with its operation, type and line in the model's source.
    package var note: String
    /// `file.swift:line`, where the value has one.
    package var origin: String?
    package var ms: Double
    package var share: Double
    package var multiplyAdds: Int
    package var gflops: Double
    package var shareOfPeak: Double
    package var bytes: Int
  }

  /// Calls that were profiled.
  package var calls: Int
  /// The sum of all rows and of waiting.
  package var callMs: Double
  /// Share of the time in which threads waited for one another, or went from row to row.
  package var waitingShare: Double
  /// Bytes that as many threads read from memory in a second at best.
  package var memoryGigabytesPerSecond: Double
  /// The most expensive first.
  package var kernels: [Kernel]
  /// In the order of execution.
  package var rows: [Row]
}

extension Profile {
  /// Joins what the threads counted with what the rows are.
  ///
  /// A node's multiply-adds are those of its most expensive row: others pack operands and add up parts.
  ///
  /// - Parameters:
  ///   - symbols: The C function of each row.
  ///   - peak: Multiply-adds in a second, twice, in units of 10⁹.
  ///   - memoryRate: Bytes in a second.
  init(
    _ entry: CompiledEntry, symbols: [String], samples: Samples, threads: Int, secondsPerTick: Double, peak: Double,
    memoryRate: Double
  ) {
    let program = entry.program
    let ticks = program.rows.indices.map { samples.ticks(ofRow: $0) }
    let total = Double(ticks.reduce(samples.waitingTicks, +))
    let ms = 1e3 * secondsPerTick / Double(threads)
    let parts = program.microbatches.count
    let adds = Self.multiplyAdds(entry.plan.graph, program.rows, ticks).map { $0 * parts }
    func rate(_ adds: Int, _ ms: Double) -> Double { ms > 0 ? 2e-6 * Double(adds) / ms : 0 }

    calls = samples.calls
    callMs = total * ms
    waitingShare = total > 0 ? Double(samples.waitingTicks) / total : 0
    memoryGigabytesPerSecond = memoryRate * 1e-9
    var paced: [Double] = []
    rows = program.rows.indices.map { index in
      let row = program.rows[index]
      let time = Double(ticks[index]) * ms
      let speed = rate(adds[index], time)
      paced.append(Double(samples.pacedTicks(ofRow: index)) * ms)
      return Row(
        row: index, kernel: symbols[index], note: row.note,
        origin: row.value.flatMap { entry.plan.graph[$0].origins.first?.description }, ms: time,
        share: total > 0 ? Double(ticks[index]) / total : 0, multiplyAdds: adds[index], gflops: speed,
        shareOfPeak: rate(adds[index], paced[index]) / peak,
        bytes: (row.reads + row.writes).reduce(0) { $0 + parts * $1.total })
    }
    var order: [String] = []
    var members: [String: [Int]] = [:]
    for (index, symbol) in symbols.enumerated() {
      if members[symbol] == nil { order.append(symbol) }
      members[symbol, default: []].append(index)
    }
    let all = rows
    kernels = order.map { symbol in
      let indices = members[symbol] ?? []
      let its = indices.map { all[$0] }
      let time = its.reduce(0) { $0 + $1.ms }
      let adds = its.reduce(0) { $0 + $1.multiplyAdds }
      let bytes = its.reduce(0) { $0 + $1.bytes }
      return Kernel(
        kernel: symbol, summary: indices.first.map { program.rows[$0].kernel.summary } ?? "", rows: its.count,
        calls: indices.reduce(0) { $0 + samples.runs(ofRow: $1) }, ms: time,
        share: its.reduce(0) { $0 + $1.share }, multiplyAdds: adds, gflops: rate(adds, time),
        shareOfPeak: rate(adds, indices.reduce(0) { $0 + paced[$1] }) / peak, bytes: bytes,
        gigabytesPerSecond: time > 0 ? 1e-6 * Double(bytes) / time : 0)
    }.sorted { ($1.ms, $0.kernel) < ($0.ms, $1.kernel) }
  }

  /// Multiply-adds of each row: those of the nest that it computes, where no other of its rows took longer.
  private static func multiplyAdds(_ graph: Graph, _ rows: [CodegenC.Row], _ ticks: [UInt64]) -> [Int] {
    var longest = [Int?](repeating: nil, count: graph.nodes.count)
    for (index, row) in rows.enumerated() {
      guard let value = row.value else { continue }
      if let other = longest[value.index], ticks[other] >= ticks[index] { continue }
      longest[value.index] = index
    }
    var result = [Int](repeating: 0, count: rows.count)
    for nest in LoopNests(graph).nests {
      guard let row = longest[nest.anchor.index] else { continue }
      result[row] = nest.nodes.reduce(0) { $0 + graph.multiplyAdds(of: $1) }
    }
    return result
  }
}
