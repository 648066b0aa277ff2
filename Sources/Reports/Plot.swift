/// A picture of a data table: one or more panels side by side, each with lines or bars.
package struct Plot: Sendable {
  package enum Style: Sendable {
    /// Values over the numbers of the x column.
    case lines
    /// Values over the labels of the x column, one group of bars for each row.
    case bars
  }

  /// One column of the table, drawn.
  package struct Series: Sendable {
    package var name: String
    /// Index of a column of numbers.
    package var column: Int
    /// Decimals of the last value, which lines show beside their name; nil shows the name alone.
    package var decimals: Int?

    package init(_ name: String, column: Int, decimals: Int? = nil) {
      self.name = name
      self.column = column
      self.decimals = decimals
    }
  }

  package struct Panel: Sendable {
    /// Quantity and unit: `accuracy [%]`.
    package var yLabel: String
    package var series: [Series]
    package var style: Style
    /// The axis ends here even where the margin would reach further: 0 and 100 for per cent.
    package var limits: ClosedRange<Double>

    package init(
      yLabel: String, series: [Series], style: Style = .lines,
      limits: ClosedRange<Double> = -.infinity ... .infinity
    ) {
      self.yLabel = yLabel
      self.series = series
      self.style = style
      self.limits = limits
    }
  }

  package var title: String
  package var xLabel: String
  package var data: DataTable
  /// Index of the x column.
  package var x: Int
  package var panels: [Panel]

  package init(title: String, xLabel: String, data: DataTable, x: Int = 0, panels: [Panel]) {
    self.title = title
    self.xLabel = xLabel
    self.data = data
    self.x = x
    self.panels = panels
  }

  /// Smallest and largest finite value of all the panel's series with a margin; nil where there is none.
  func range(of panel: Panel) -> ClosedRange<Double>? {
    var values = panel.series.flatMap { data.numbers($0.column) }.compactMap { $0 }.filter(\.isFinite)
    // The length of a bar means its value only when it starts at zero.
    if panel.style == .bars, !values.isEmpty { values.append(0) }
    guard let low = values.min(), let high = values.max() else { return nil }
    let margin = high > low ? (high - low) * 0.06 : max(abs(high) * 0.1, 0.5)
    guard (high - low).isFinite else { return nil }
    var bottom = max(low - margin, min(low, panel.limits.lowerBound))
    var top = min(high + margin, max(high, panel.limits.upperBound))
    if panel.style == .bars {
      if low == 0 { bottom = 0 }
      if high == 0 { top = 0 }
    }
    return bottom < top ? bottom...top : nil
  }

  /// Smallest and largest finite x.
  var xRange: ClosedRange<Double>? {
    let values = data.numbers(x).compactMap { $0 }.filter(\.isFinite)
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }
}
