import Interchange
import Testing

@Suite struct GzipTests {
  /// Expected content: the formula of `Fixtures/make.py`, which compressed it with Python.
  @Test(arguments: ["squares.gz", "members.gz"])
  func decompresses(name: String) throws {
    #expect(try gunzip(fixture(name)) == squares)
  }

  /// A file cut between two members is a valid file of one member; every other cut must be noticed.
  @Test func everyTruncationThrows() throws {
    for name in ["squares.gz", "members.gz"] {
      let bytes = try readFile(fixture(name))
      var valid: [Int] = []
      for count in 0..<bytes.count {
        guard let content = try? gunzip(Array(bytes[..<count]), path: "f") else { continue }
        valid.append(count)
        #expect(content == Array(squares[..<400]))
      }
      #expect(valid.count == (name == "members.gz" ? 1 : 0))
    }
  }

  @Test func noticesCorruption() throws {
    let bytes = try readFile(fixture("squares.gz"))
    // The ten bytes of header hold a time and a system nobody needs; everything behind it counts.
    for position in 10..<bytes.count {
      var changed = bytes
      changed[position] ^= 0x04
      #expect(throws: InterchangeError.self, "byte \(position)") { try gunzip(changed, path: "f") }
    }
    let text = message { () throws(InterchangeError) in _ = try gunzip(bytes + [1, 2, 3], path: "f") }
    #expect(text == "f: expected the end of the file or another member at byte \(bytes.count), found other data")
    #expect(throws: InterchangeError.self) { try gunzip([], path: "f") }
  }

  @Test func respectsTheLimit() throws {
    #expect(try gunzip(fixture("squares.gz"), limit: 1000).count == 1000)
    for name in ["squares.gz", "members.gz"] {
      let text = message { () throws(InterchangeError) in _ = try gunzip(fixture(name), limit: 999) }
      #expect(text.contains("exceeds"), "\(text)")
    }
  }
}
