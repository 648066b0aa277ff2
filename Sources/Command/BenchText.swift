import Benchmark
import Reports

extension BenchmarkResult {
  /// The report of `nncc bench`, with tables of kernels and rows where they were asked for.
  func text(kernels: Bool) -> String {
    func ms(_ value: Double) -> String { Format.duration(seconds: value / 1e3) }
    let quartiles = "half of \(Format.count(calls)) calls from \(ms(p25Ms)) to \(ms(p75Ms))"
    let lines = [
      "\(name): \(mode), batch \(batch), \(plural(threads, "thread")), \(math), \(target)",
      "call            \(ms(medianMs)), \(quartiles), fastest \(ms(minMs))",
      "images/s        \(Self.rate(imagesPerSecond))",
      "GFLOP/s         \(Format.fixed(gflops, decimals: 1)), \(Format.percent(shareOfPeak, decimals: 1)) of the "
        + "\(Format.fixed(peakGflops, decimals: 1)) measured with \(lanes) floats a vector",
      "multiply-adds   \(Format.count(multiplyAdds)) an image",
      "traffic         \(Format.bytes(trafficBytes)) an image; each value read once and written once "
        + Format.bytes(minimumTrafficBytes),
      "machine         \(machine.cpu), \(plural(machine.cores, "core"))",
    ]
    guard kernels, let profile else { return lines.joined(separator: "\n") }
    return lines.joined(separator: "\n") + "\n\n" + profile.text
  }

  /// Images in a second with three digits at least.
  static func rate(_ value: Double) -> String {
    value < 100 ? Format.fixed(value, decimals: 2) : Format.count(Int(value.rounded()))
  }

  /// The kernels that multiply and add, under the roofs of this machine.
  func roofline(_ profile: Profile) -> Roofline {
    Roofline(
      title: "\(name): \(mode), batch \(batch), \(plural(threads, "thread"))", peak: peakGflops,
      bandwidth: profile.memoryGigabytesPerSecond,
      points: profile.kernels.filter { $0.multiplyAdds > 0 && $0.bytes > 0 && $0.gflops > 0 }.map { kernel in
        Roofline.Point(
          label: kernel.shortName, intensity: 2 * Double(kernel.multiplyAdds) / Double(kernel.bytes),
          gflops: kernel.gflops, share: kernel.share)
      })
  }
}

extension Profile {
  private static let listedRows = 20

  /// Kernels by time, then the rows that take longest.
  fileprivate var text: String {
    var table = TextTable([
      .init("kernel", alignment: .left), .init("calls"), .init("time", unit: "ms"), .init("share", unit: "%"),
      .init("GFLOP/s"), .init("of peak", unit: "%"), .init("bytes"), .init("GB/s"),
    ])
    for kernel in kernels {
      let multiplies = kernel.multiplyAdds > 0
      table.add([
        kernel.shortName, Format.count(kernel.calls), Format.fixed(kernel.ms, decimals: 3),
        Self.percent(kernel.share), multiplies ? Format.fixed(kernel.gflops, decimals: 1) : "",
        multiplies ? Self.percent(kernel.shareOfPeak) : "", Format.bytes(kernel.bytes),
        Format.fixed(kernel.gigabytesPerSecond, decimals: 1),
      ])
    }
    table.addRule()
    table.add(["waiting", "", Format.fixed(callMs * waitingShare, decimals: 3), Self.percent(waitingShare)])
    table.add(["call", "", Format.fixed(callMs, decimals: 3), Self.percent(1)])
    var text =
      "medians of \(Format.count(calls)) calls, row by row; times of threads are divided by their number; shares of the "
      + "peak are of what the machine multiplied meanwhile; memory reads at most "
      + "\(Format.fixed(memoryGigabytesPerSecond, decimals: 1)) GB/s\n\n\(table.text)"
    var longest = TextTable([
      .init("row"), .init("kernel", alignment: .left), .init("time", unit: "ms"), .init("share", unit: "%"),
      .init("GFLOP/s"), .init("of peak", unit: "%"), .init("computes", alignment: .left),
    ])
    for row in rows.sorted(by: { ($1.ms, $0.row) < ($0.ms, $1.row) }).prefix(Self.listedRows) {
      let multiplies = row.multiplyAdds > 0
      longest.add([
        "\(row.row)", row.shortName, Format.fixed(row.ms, decimals: 3), Self.percent(row.share),
        multiplies ? Format.fixed(row.gflops, decimals: 1) : "", multiplies ? Self.percent(row.shareOfPeak) : "",
        row.note,
      ])
    }
    text += "\n" + longest.text
    let rest = rows.count - Self.listedRows
    return rest > 0 ? text + "and \(Format.count(rest)) that take less" : text
  }

  private static func percent(_ share: Double) -> String { Format.fixed(100 * share, decimals: 1) }
}

extension Profile.Kernel {
  fileprivate var shortName: String { short(kernel) }
}

extension Profile.Row {
  fileprivate var shortName: String { short(kernel) }
}

/// A kernel's name without the prefix that all C functions of kernels have.
private func short(_ symbol: String) -> String { symbol.hasPrefix("kernel_") ? String(symbol.dropFirst(7)) : symbol }

/// `1 thread`, `2 threads`.
private func plural(_ count: Int, _ noun: String) -> String { "\(Format.count(count)) \(noun)\(count == 1 ? "" : "s")" }
