import Foundation

/// Prints the gnuplot program of a plot.
///
/// Texts stand in single quotes, where gnuplot substitutes nothing, and the terminal is `noenhanced`, so that `_`, `^`,
/// braces and backquotes in titles are characters like any other.
struct GnuplotScript {
  enum Picture: String, CaseIterable {
    case svg
    case png
  }

  let plot: Plot
  let csvPath: String
  let outputPath: String
  let picture: Picture

  /// Blue, vermilion, green, purple, sky blue, orange: the colours of Okabe and Ito, told apart by colour-blind readers
  /// too; ordered by contrast on white.
  static let colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"]
  private static let markers = [7, 5, 9, 13, 11, 15]
  static let ink = "#333333"

  private var columns: Int { min(max(plot.panels.count, 1), 2) }
  private var rows: Int { (max(plot.panels.count, 1) + 1) / 2 }

  var text: String {
    let width = columns == 1 ? 720 : 1120
    let height = 420 * rows
    var lines = ["set encoding utf8"]
    switch picture {
    case .svg:
      lines.append(
        "set terminal svg size \(width),\(height) dynamic noenhanced font 'sans-serif,14' background '#ffffff'")
    case .png:
      // Twice the pixels of the SVG for dense screens and print; lines and letters are twice as large with them.
      lines.append(
        "set terminal pngcairo size \(2 * width),\(2 * height) noenhanced font 'sans-serif,21' "
          + "linewidth 2 pointscale 2 background '#ffffff'")
    }
    lines += [
      "set output \(quote(path: outputPath))",
      "set datafile separator ','",
      "set tmargin 1.5",
      // gnuplot's own format starts with a blank that moves centred labels off their ticks.
      "set format '%g'",
      "set border 3 linewidth 1 linecolor rgb '\(Self.ink)'",
      "set tics nomirror out textcolor rgb '\(Self.ink)'",
      "set grid ytics linetype 1 linewidth 0.6 linecolor rgb '#dddddd'",
      "set multiplot layout \(rows),\(columns) title \(quote(truncated(plot.title, to: 110))) "
        + "font ',\(picture == .svg ? "17" : "26")' textcolor rgb '\(Self.ink)'",
    ]
    for panel in plot.panels { lines += panelLines(panel) }
    lines += ["unset multiplot", "set output"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func panelLines(_ panel: Plot.Panel) -> [String] {
    var lines = [
      "set xlabel \(quote(plot.xLabel)) textcolor rgb '\(Self.ink)'",
      "set ylabel \(quote(panel.yLabel)) textcolor rgb '\(Self.ink)'",
      "unset label",
    ]
    guard let range = plot.range(of: panel) else {
      // gnuplot refuses an empty plot; an empty frame that says so is an answer.
      return lines + [
        "set label 1 'no data' at graph 0.5,0.5 center", "unset key", "set rmargin 2", "set xrange [0:1]",
        "set yrange [0:1]", "plot NaN notitle",
      ]
    }
    lines.append("set yrange [\(bound(range.lowerBound)):\(bound(range.upperBound))]")
    switch panel.style {
    case .lines: lines += lineChart(panel, range)
    case .bars: lines += barChart(panel)
    }
    return lines
  }

  private func lineChart(_ panel: Plot.Panel, _ range: ClosedRange<Double>) -> [String] {
    let measured = panel.series.enumerated().filter { plot.data.numbers($1.column).contains { $0?.isFinite == true } }
    let labels = endLabels(measured.map(\.element), range)
    let longest = labels.map(\.text.count).max() ?? 0
    var lines = ["unset key", "set rmargin \(longest * 6 / 7 + 3)"]
    if let x = plot.xRange {
      let margin = x.lowerBound < x.upperBound ? 0 : 0.5
      lines.append("set xrange [\(bound(x.lowerBound - margin)):\(bound(x.upperBound + margin))]")
      if let step = wholeStep(x) { lines.append("set xtics \(step)") } else { lines.append("set xtics autofreq") }
    }
    for (place, label) in labels.enumerated() {
      let color = Self.colors[measured[place].offset % Self.colors.count]
      lines.append(
        "set label \(place + 1) \(quote(label.text)) at graph 1,\(String(format: "%.4f", label.height)) left "
          + "offset character 0.8,0 textcolor rgb '\(color)'")
    }
    // Markers show where the values are while they are few; on long curves they would hide the line.
    let few = plot.data.rowCount <= 30
    let curves = measured.map { index, series in
      let color = Self.colors[index % Self.colors.count]
      let style =
        few ? "linespoints pointtype \(Self.markers[index % Self.markers.count]) pointsize 0.6" : "lines"
      return "\(quote(path: csvPath)) skip 1 using \(plot.x + 1):\(series.column + 1) with \(style) linewidth 2 "
        + "linecolor rgb '\(color)' notitle"
    }
    return lines + ["plot " + curves.joined(separator: ", \\\n     ")]
  }

  private func barChart(_ panel: Plot.Panel) -> [String] {
    let count = Double(panel.series.count)
    var lines = ["set rmargin 2", "set xrange [-0.6:\(bound(Double(plot.data.rowCount) - 0.4))]"]
    if case .labels(let texts) = plot.data.columns[plot.x].values {
      let tics = texts.enumerated().map { "\(quote(truncated($1, to: 24))) \($0)" }
      lines.append("set xtics (\(tics.joined(separator: ", ")))\(texts.count > 6 ? " rotate by -30" : "")")
    }
    lines.append(
      panel.series.count > 1
        ? "set key outside top left horizontal Left reverse textcolor rgb '\(Self.ink)'" : "unset key")
    lines.append("set style fill solid 1 noborder")
    lines.append("set boxwidth \(decimal(0.8 / count))")
    let bars = panel.series.enumerated().map { index, series in
      let shift = (Double(index) - (count - 1) / 2) * 0.8 / count
      return "\(quote(path: csvPath)) skip 1 using ($0+(\(decimal(shift)))):\(series.column + 1) with boxes "
        + "linecolor rgb '\(Self.colors[index % Self.colors.count])' title \(quote(series.name))"
    }
    return lines + ["plot " + bars.joined(separator: ", \\\n     ")]
  }

  /// Names (and last values) beside the ends of the curves, as fractions of the panel's height, pushed apart where they
  /// would overlap.
  private func endLabels(_ series: [Plot.Series], _ range: ClosedRange<Double>) -> [(text: String, height: Double)] {
    var labels = series.map { series in
      let last = plot.data.numbers(series.column).compactMap { $0 }.last(where: \.isFinite) ?? range.lowerBound
      let value = series.decimals.map { " " + Format.fixed(last, decimals: $0) } ?? ""
      let height = (last - range.lowerBound) / (range.upperBound - range.lowerBound)
      return (text: truncated(series.name, to: 24) + value, height: height)
    }
    let gap = 0.065
    let order = labels.indices.sorted { (labels[$0].height, $0) < (labels[$1].height, $1) }
    for (lower, upper) in zip(order, order.dropFirst()) {
      labels[upper].height = max(labels[upper].height, labels[lower].height + gap)
    }
    // What was pushed out at the top comes back down and pushes the others.
    var ceiling = 1.0
    for index in order.reversed() {
      labels[index].height = min(labels[index].height, ceiling)
      ceiling = labels[index].height - gap
    }
    return labels
  }

  /// The distance of ticks at whole numbers (1, 2, 5, 10, …, at most eight of them); nil where x is not whole or spans
  /// nothing that needs it.
  private func wholeStep(_ range: ClosedRange<Double>) -> Int? {
    let values = plot.data.numbers(plot.x).compactMap { $0 }
    guard range.upperBound - range.lowerBound < 1e9, values.allSatisfy({ $0 == $0.rounded() }) else { return nil }
    var step = 1
    for factor in (0...).lazy.map({ [2.0, 2.5, 2.0][$0 % 3] }) {
      if (range.upperBound - range.lowerBound) / Double(step) <= 8 { break }
      step = Int(Double(step) * factor)
    }
    return step
  }

  /// An end of an axis; ten digits keep narrow ranges of large numbers apart.
  private func bound(_ value: Double) -> String { String(format: "%.10g", value) }

  private func decimal(_ value: Double) -> String { String(format: "%.4f", value) }

  private func quote(_ text: String) -> String { Self.quote(text) }
  private func quote(path: String) -> String { Self.quote(path: path) }

  static func quote(_ text: String) -> String {
    "'" + singleLine(text).replacingOccurrences(of: "'", with: "''") + "'"
  }

  /// A relative path gets `./`, because gnuplot takes names that start with `<` or `|` for commands.
  static func quote(path: String) -> String { quote(path.hasPrefix("/") ? path : "./" + path) }

  private func truncated(_ text: String, to length: Int) -> String {
    text.count > length ? text.prefix(length - 1) + "…" : text
  }
}
