/// A memory plan as a picture: time to the right, addresses upwards, a rectangle for each value.
package struct MemoryPicture: Sendable {
  /// One value: the rows during which it lives, both included, and its bytes.
  package struct Block: Sendable, Equatable {
    package var label: String
    package var kind: String
    package var firstRow: Int
    package var lastRow: Int
    package var offset: Int
    package var bytes: Int

    package init(label: String, kind: String, firstRow: Int, lastRow: Int, offset: Int, bytes: Int) {
      self.label = label
      self.kind = kind
      self.firstRow = firstRow
      self.lastRow = lastRow
      self.offset = offset
      self.bytes = bytes
    }
  }

  private let title: String
  private let blocks: [Block]
  /// Kinds in the order of the legend.
  private let kinds: [String]
  private let rows: Int
  private let bytes: Int

  package init(title: String, kinds: [String], blocks: [Block]) {
    self.title = title
    self.blocks = blocks
    self.kinds = kinds.filter { kind in blocks.contains { $0.kind == kind } }
    rows = max(1, (blocks.map(\.lastRow).max() ?? 0) + 1)
    bytes = max(1, blocks.map { $0.offset + $0.bytes }.max() ?? 1)
  }

  /// The blocks as a table: what the picture shows, for other programs.
  package var data: DataTable {
    DataTable([
      .init("value", labels: blocks.map(\.label)), .init("kind", labels: blocks.map(\.kind)),
      .init("first_row", blocks.map { Double($0.firstRow) }), .init("last_row", blocks.map { Double($0.lastRow) }),
      .init("offset", blocks.map { Double($0.offset) }), .init("bytes", blocks.map { Double($0.bytes) }),
    ])
  }

  /// Writes the picture to `path` and the table beside it as CSV; returns both paths.
  package func write(to path: String) throws(ReportError) -> [String] {
    let base = path.hasSuffix(".svg") ? String(path.dropLast(4)) : path
    try AtomicFile.write(data.csv, to: base + ".csv")
    try AtomicFile.write(svg, to: base + ".svg")
    return [base + ".svg", base + ".csv"]
  }

  // MARK: Drawing

  private static let size = (width: 1200.0, height: 720.0)
  /// Of the area in which blocks are drawn.
  private static let left = 90.0, right = 1180.0, top = 60.0, bottom = 660.0
  /// Okabe and Ito's colours, which the colour-blind tell apart.
  private static let colours = ["#0072b2", "#e69f00", "#d55e00", "#009e73", "#999999", "#cc79a7", "#56b4e9"]

  private func x(_ row: Int) -> Double { Self.left + (Self.right - Self.left) * Double(row) / Double(rows) }
  private func y(_ address: Int) -> Double { Self.bottom - (Self.bottom - Self.top) * Double(address) / Double(bytes) }

  /// The picture as SVG; equal blocks give equal bytes.
  package var svg: String {
    let (width, height) = (Self.number(Self.size.width), Self.number(Self.size.height))
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\""
        + " viewBox=\"0 0 \(width) \(height)\" font-family=\"sans-serif\" font-size=\"13\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
      text(title, x: Self.left, y: 24, size: 16),
    ]
    lines += legend + axes
    for block in blocks {
      let colour = colour(of: block.kind)
      lines.append(
        "<rect x=\"\(Self.number(x(block.firstRow)))\" y=\"\(Self.number(y(block.offset + block.bytes)))\""
          + " width=\"\(Self.number(x(block.lastRow + 1) - x(block.firstRow)))\""
          + " height=\"\(Self.number(y(block.offset) - y(block.offset + block.bytes)))\""
          + " fill=\"\(colour)\" fill-opacity=\"0.75\" stroke=\"white\" stroke-width=\"0.3\">"
          + "<title>\(escaped(block.label)): \(Format.bytes(block.bytes)) at \(Format.count(block.offset)), "
          + "rows \(block.firstRow) to \(block.lastRow)</title></rect>")
    }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func colour(of kind: String) -> String {
    Self.colours[(kinds.firstIndex(of: kind) ?? 0) % Self.colours.count]
  }

  private var legend: [String] {
    kinds.enumerated().flatMap { index, kind -> [String] in
      let left = Self.left + Double(index) * 130
      return [
        "<rect x=\"\(Self.number(left))\" y=\"36\" width=\"12\" height=\"12\" fill=\"\(colour(of: kind))\"/>",
        text(kind, x: left + 18, y: 47),
      ]
    }
  }

  private var axes: [String] {
    var lines = [
      "<path d=\"M\(Self.number(Self.left)) \(Self.number(Self.top))V\(Self.number(Self.bottom))"
        + "H\(Self.number(Self.right))\" fill=\"none\" stroke=\"black\"/>",
      text("call of the step", x: (Self.left + Self.right) / 2, y: Self.bottom + 44, anchor: "middle"),
    ]
    for tick in 0...5 {
      let (row, address) = (rows * tick / 5, bytes / 5 * tick)
      lines.append(text(Format.count(row), x: x(row), y: Self.bottom + 20, anchor: "middle"))
      lines.append(text(Format.bytes(address), x: Self.left - 8, y: y(address) + 4, anchor: "end"))
    }
    return lines
  }

  private func text(_ content: String, x: Double, y: Double, size: Int? = nil, anchor: String? = nil) -> String {
    "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\"" + (size.map { " font-size=\"\($0)\"" } ?? "")
      + (anchor.map { " text-anchor=\"\($0)\"" } ?? "") + ">\(escaped(content))</text>"
  }

  private func escaped(_ text: String) -> String {
    var result = ""
    for character in singleLine(text) {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
    return result
  }

  /// Hundredths of a pixel, which is more than anybody sees, without a locale.
  private static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let (whole, rest) = (hundredths / 100, abs(hundredths % 100))
    return rest == 0 ? "\(whole)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }
}
