/// Columns of equal length: what a plot shows, and the CSV text beside it.
package struct DataTable: Equatable, Sendable {
  package enum Values: Equatable, Sendable {
    /// Nil where there was no measurement.
    case numbers([Double?])
    case labels([String])

    var count: Int {
      switch self {
      case .numbers(let values): values.count
      case .labels(let texts): texts.count
      }
    }
  }

  package struct Column: Equatable, Sendable {
    package var name: String
    package var values: Values

    package init(_ name: String, _ values: [Double?]) {
      self.name = name
      self.values = .numbers(values)
    }

    package init(_ name: String, labels: [String]) {
      self.name = name
      self.values = .labels(labels)
    }
  }

  package let columns: [Column]
  package var rowCount: Int { columns.first?.values.count ?? 0 }

  /// Columns of different lengths are a bug of the caller.
  package init(_ columns: [Column]) {
    precondition(columns.allSatisfy { $0.values.count == columns.first?.values.count }, "columns differ in length")
    self.columns = columns
  }

  /// The numbers of a column; empty for labels.
  func numbers(_ column: Int) -> [Double?] {
    if case .numbers(let values) = columns[column].values { values } else { [] }
  }

  /// CSV by RFC 4180 with a line of names, `\n` at line ends, numbers in the shortest form that reads back exactly.
  ///
  /// No measurement is an empty field; `nan`, `inf` and `-inf` stand for themselves. Line breaks inside texts become
  /// blanks, because not every reader (gnuplot) understands a quoted one.
  package var csv: String {
    var text = columns.map { Self.field($0.name) }.joined(separator: ",") + "\n"
    for row in 0..<rowCount {
      let fields = columns.map { column in
        switch column.values {
        case .numbers(let values): values[row].map(Self.field) ?? ""
        case .labels(let texts): Self.field(texts[row])
        }
      }
      text += fields.joined(separator: ",") + "\n"
    }
    return text
  }

  private static func field(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    // Whole numbers (epochs, counts) without the `.0`.
    if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
    return "\(value)"
  }

  private static func field(_ text: String) -> String {
    let line = singleLine(text)
    guard line.contains(where: { $0 == "," || $0 == "\"" }) else { return line }
    return "\"" + line.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
