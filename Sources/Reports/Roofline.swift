import Foundation

/// Kernels under the roofs of a machine: operations for each byte to the right, operations in a second upwards.
package struct Roofline: Sendable {
  package struct Point: Equatable, Sendable {
    package var label: String
    /// Operations for each byte that is read or written.
    package var intensity: Double
    /// 10⁹ operations in a second.
    package var gflops: Double
    /// Of all time.
    package var share: Double

    package init(label: String, intensity: Double, gflops: Double, share: Double) {
      self.label = label
      self.intensity = intensity
      self.gflops = gflops
      self.share = share
    }
  }

  private let title: String
  private let peak: Double
  private let bandwidth: Double
  private let points: [Point]

  /// - Parameters:
  ///   - peak: 10⁹ operations in a second at best.
  ///   - bandwidth: 10⁹ bytes in a second at best.
  ///   - points: Numbered in this order.
  package init(title: String, peak: Double, bandwidth: Double, points: [Point]) {
    self.title = title
    self.peak = peak
    self.bandwidth = bandwidth
    self.points = points
  }

  /// The points as a table, with the roof above each of them.
  package var data: DataTable {
    DataTable([
      .init("number", points.indices.map { Double($0 + 1) }), .init("kernel", labels: points.map(\.label)),
      .init("flop_per_byte", points.map(\.intensity)), .init("gflops", points.map(\.gflops)),
      .init("roof_gflops", points.map { min(peak, bandwidth * $0.intensity) }),
      .init("share_of_time", points.map(\.share)),
    ])
  }

  /// Writes `path`, an SVG, and the CSV beside it; without gnuplot the CSV alone, and the result says why.
  package func write(to path: String, running gnuplot: PlotRunner) throws(ReportError) -> PlotFiles {
    let csv = (path.hasSuffix(".svg") ? String(path.dropLast(4)) : path) + ".csv"
    try AtomicFile.write(data.csv, to: csv)
    let message = GnuplotScript.Picture.svg.draw(to: path, from: csv, running: gnuplot) { output in
      gnuplotScript(csvPath: csv, outputPath: output)
    }
    return PlotFiles(written: message == nil ? [csv, path] : [csv], message: message)
  }

  /// As many names as stand beside the picture.
  private static let named = 18

  /// The program that draws the CSV.
  package func gnuplotScript(csvPath: String, outputPath: String) -> String {
    func quote(_ text: String) -> String { GnuplotScript.quote(text) }
    func number(_ value: Double) -> String { String(format: "%.6g", value) }
    let ink = GnuplotScript.ink
    let (left, right) = (bound(points.map(\.intensity).min(), 1, .down), bound(points.map(\.intensity).max(), 100, .up))
    let lowest = min(points.map(\.gflops).min() ?? peak / 10, peak / 10)
    let names = points.prefix(Self.named).enumerated().map { index, point in
      "set label \(index + 1) \(quote("\(index + 1)  \(point.label)  \(Format.percent(point.share, decimals: 1))")) "
        + "at graph 1.03,\(String(format: "%.3f", 0.98 - 0.055 * Double(index))) left textcolor rgb '\(ink)'"
    }
    let source = "\(GnuplotScript.quote(path: csvPath)) skip 1 using 3:4"
    return
      ([
        "set encoding utf8",
        "set terminal svg size 960,540 dynamic noenhanced font 'sans-serif,14' background '#ffffff'",
        "set output \(GnuplotScript.quote(path: outputPath))", "set datafile separator ','",
        "set title \(quote(title)) textcolor rgb '\(ink)'", "set format '%g'", "set logscale xy", "unset key",
        "set border 3 linewidth 1 linecolor rgb '\(ink)'", "set tics nomirror out textcolor rgb '\(ink)'",
        "set grid linetype 1 linewidth 0.6 linecolor rgb '#dddddd'", "set rmargin 42",
        "set xlabel 'operations for each byte read or written' textcolor rgb '\(ink)'",
        "set ylabel 'GFLOP/s' textcolor rgb '\(ink)'", "set xrange [\(number(left)):\(number(right))]",
        "set yrange [\(number(bound(lowest, 1, .down))):\(number(peak * 1.6))]", "set samples 400",
        "set label 100 \(quote("peak \(Format.fixed(peak, decimals: 0)) GFLOP/s")) at graph 0.98, first "
          + "\(number(peak * 1.15)) right textcolor rgb '\(GnuplotScript.colors[1])'",
        "set label 101 \(quote("memory \(Format.fixed(bandwidth, decimals: 1)) GB/s")) at graph 0.02, graph 0.97 left "
          + "textcolor rgb '\(GnuplotScript.colors[1])'",
      ] + names + [
        "roof(x) = \(number(bandwidth)) * x < \(number(peak)) ? \(number(bandwidth)) * x : \(number(peak))",
        "plot roof(x) with lines linewidth 2 linecolor rgb '\(GnuplotScript.colors[1])'"
          + (points.isEmpty
            ? ""
            : ", \\\n     \(source):(0.6 + 3 * sqrt(column(6))) with points pointtype 7 pointsize variable "
              + "linecolor rgb '\(GnuplotScript.colors[0])', \\\n     "
              + "\(source):1 with labels left offset character 1,0.3 textcolor rgb '\(ink)'"),
        "set output",
      ]).joined(separator: "\n") + "\n"
  }

  private enum Direction { case down, up }

  /// The power of ten at or beyond a value, one decade on where the value lies on it.
  private func bound(_ value: Double?, _ fallback: Double, _ direction: Direction) -> Double {
    guard let value, value > 0, value.isFinite else { return direction == .down ? fallback / 10 : fallback * 10 }
    let decade = log10(value)
    return pow(10, direction == .down ? (decade - 0.05).rounded(.down) : (decade + 0.05).rounded(.up))
  }
}
