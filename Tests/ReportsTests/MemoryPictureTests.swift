import Foundation
import Reports
import Testing

@Suite struct MemoryPictureTests {
  static let picture = MemoryPicture(
    title: "a < b & c", kinds: ["forward", "unused", "backward"],
    blocks: [
      .init(label: "%1 relu", kind: "forward", firstRow: 0, lastRow: 4, offset: 0, bytes: 1024),
      .init(label: "%2 <\"x\">", kind: "backward", firstRow: 5, lastRow: 9, offset: 1024, bytes: 3072),
    ])

  /// Ten rows over 1,090 pixels and 4,096 bytes over 600: worked out by hand.
  @Test func blocksStandAtTheirRowsAndAddresses() {
    let lines = Self.picture.svg.split(separator: "\n")
    let first = lines.first { $0.contains("%1 relu") } ?? ""
    #expect(first.hasPrefix("<rect x=\"90\" y=\"510\" width=\"545\" height=\"150\" fill=\"#0072b2\""))
    #expect(first.contains("<title>%1 relu: 1.00 KiB at 0, rows 0 to 4</title>"))
    let second = lines.first { $0.contains("%2") } ?? ""
    #expect(second.hasPrefix("<rect x=\"635\" y=\"60\" width=\"545\" height=\"450\" fill=\"#e69f00\""))
  }

  @Test func onlyKindsThatOccurAreInTheLegend() {
    #expect(Self.picture.svg.contains(">forward</text>") && !Self.picture.svg.contains("unused"))
  }

  @Test func textIsEscaped() {
    #expect(Self.picture.svg.contains(">a &lt; b &amp; c</text>"))
    #expect(Self.picture.svg.contains("%2 &lt;\"x\"&gt;"))
  }

  /// Every element that is opened is closed, in order.
  @Test func svgIsWellFormed() throws {
    var open: [Substring] = []
    for tag in Self.picture.svg.matches(of: /<(\/?)([a-z]+)[^>]*?(\/?)>/) {
      if tag.3 == "/" { continue }
      if tag.1 == "/" { #expect(open.popLast() == tag.2) } else { open.append(tag.2) }
    }
    #expect(open == [])
  }

  @Test func noBlocksGiveAnEmptyPicture() {
    #expect(MemoryPicture(title: "none", kinds: ["forward"], blocks: []).svg.contains("</svg>"))
  }

  @Test func pictureAndTableAreWrittenTogether() throws {
    let folder = NSTemporaryDirectory() + "picture-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let written = try Self.picture.write(to: "\(folder)/memory.svg")
    #expect(written == ["\(folder)/memory.svg", "\(folder)/memory.csv"])
    #expect(try String(contentsOfFile: written[0], encoding: .utf8) == Self.picture.svg)
    #expect(
      try String(contentsOfFile: written[1], encoding: .utf8)
        == "value,kind,first_row,last_row,offset,bytes\n%1 relu,forward,0,4,0,1024\n"
        + "\"%2 <\"\"x\"\">\",backward,5,9,1024,3072\n")
    #expect(throws: ReportError.self) { try Self.picture.write(to: "\(folder)/none/memory.svg") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["memory.csv", "memory.svg"])
  }
}
