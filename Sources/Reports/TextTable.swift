/// A table for the terminal: aligned columns, units in the head, rules between groups of rows.
package struct TextTable: Sendable {
  package enum Alignment: Sendable {
    /// Names.
    case left
    /// Numbers.
    case right
  }

  package struct Column: Sendable {
    package var title: String
    /// Shown in brackets behind the title: `time [ms]`.
    package var unit: String?
    package var alignment: Alignment

    package init(_ title: String, unit: String? = nil, alignment: Alignment = .right) {
      self.title = title
      self.unit = unit
      self.alignment = alignment
    }
  }

  private enum Row: Sendable {
    case cells([String])
    case rule
  }

  private let columns: [Column]
  private var rows: [Row] = []

  package init(_ columns: [Column]) { self.columns = columns }

  /// Appends a row; cells that are not given stay empty. More cells than columns are a bug of the caller.
  package mutating func add(_ cells: String...) { add(cells) }

  package mutating func add(_ cells: [String]) {
    precondition(cells.count <= columns.count, "\(cells.count) cells for \(columns.count) columns")
    // A line break inside a cell would tear the row apart.
    rows.append(.cells(cells.map(singleLine)))
  }

  /// Appends a line across the table, as above a row of totals.
  package mutating func addRule() { rows.append(.rule) }

  /// The table with a line break behind every line and no blanks at line ends.
  package var text: String {
    let head = columns.map { column in
      singleLine(column.unit.map { "\(column.title) [\($0)]" } ?? column.title)
    }
    var widths = head.map(\.count)
    for case .cells(let cells) in rows {
      for (index, cell) in cells.enumerated() { widths[index] = max(widths[index], cell.count) }
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n"
    var text = line(head, widths) + rule
    for row in rows {
      switch row {
      case .cells(let cells): text += line(cells, widths)
      case .rule: text += rule
      }
    }
    return text
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { text += "  " }
      let padding = String(repeating: " ", count: widths[index] - cell.count)
      text += columns[index].alignment == .left ? cell + padding : padding + cell
    }
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }
}

/// The text with every control character (line breaks, tabs, escape sequences' first byte) as a blank.
func singleLine(_ text: String) -> String {
  var line = String.UnicodeScalarView()
  // By scalars: "\r\n" is one Character.
  for scalar in text.unicodeScalars {
    let breaks = scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
    line.append(breaks ? " " : scalar)
  }
  return String(line)
}
