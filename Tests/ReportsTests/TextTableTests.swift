import Reports
import Testing

@Suite struct TextTableTests {
  /// Drawn by hand: names to the left, numbers to the right, every column as wide as its widest cell.
  @Test func columnsAreAligned() {
    var table = TextTable([
      .init("layer", alignment: .left), .init("parameters"), .init("time", unit: "ms"), .init("note", alignment: .left),
    ])
    table.add("stem", "648", "0.12", "")
    table.add("block1.layer1.conv1", "1,152", "10.50", "3×3")
    table.add("short")
    table.addRule()
    table.add("all", "769,162", "10.62")
    #expect(
      table.text == """
        layer                parameters  time [ms]  note
        ───────────────────  ──────────  ─────────  ────
        stem                        648       0.12
        block1.layer1.conv1       1,152      10.50  3×3
        short
        ───────────────────  ──────────  ─────────  ────
        all                     769,162      10.62

        """)
  }

  @Test func emptyTableIsItsHead() {
    #expect(TextTable([.init("a"), .init("bcd")]).text == "a  bcd\n─  ───\n")
  }

  /// A line break or an escape sequence in a name must not tear the table apart.
  @Test func controlCharactersBecomeBlanks() {
    var table = TextTable([.init("name", alignment: .left), .init("n")])
    table.add("a\r\nb\u{1B}[31m\tc\u{2028}d", "1")
    #expect(
      table.text == """
        name           n
        ─────────────  ─
        a  b [31m c d  1

        """)
  }
}
