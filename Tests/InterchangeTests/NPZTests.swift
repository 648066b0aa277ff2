import Foundation
import Interchange
import Testing

@Suite struct NPZTests {
  /// Expected values: the formulas of `Fixtures/make.py`, which wrote the files with NumPy.
  @Test(arguments: ["stored", "deflated", "zip64"])
  func readsWhatNumPyWrote(name: String) throws {
    #expect(try NPZ.read(fixture("\(name).npz")).tensors == [npzX, npzY])
  }

  /// An end record that defers every field to the 64-bit one.
  @Test func readsSaturatedEndRecord() throws {
    var bytes = try readFile(fixture("zip64.npz"))
    for offset in 8..<20 { bytes[bytes.count - 22 + offset] = 0xFF }
    #expect(try NPZ.parse(bytes, path: "f").tensors == [npzX, npzY])
    // Without the 64-bit record the fields can only be wrong.
    bytes[bytes.count - 42] ^= 1
    #expect(throws: InterchangeError.self) { try NPZ.parse(bytes, path: "f") }
  }

  @Test func roundTripIsDeterministic() throws {
    try withTemporaryFolder { folder in
      let tensors = [npzX, npzY, NamedTensor("grad/ä", shape: [], doubles: [0.5])]
      try NPZ.write(tensors, to: "\(folder)/a.npz")
      try NPZ.write(tensors, to: "\(folder)/b.npz")
      #expect(try NPZ.read("\(folder)/a.npz").tensors == tensors)
      #expect(try readFile("\(folder)/a.npz") == readFile("\(folder)/b.npz"))
      try NPZ.write([], to: "\(folder)/empty.npz")
      #expect(try NPZ.read("\(folder)/empty.npz").tensors.isEmpty)
    }
  }

  /// Python's own zipfile and NumPy must accept what this writer wrote; skipped where there is no NumPy.
  @Test func numPyReadsWhatIsWritten() throws {
    try withTemporaryFolder { folder in
      try NPZ.write([npzX, npzY], to: "\(folder)/a.npz")
      let script = """
        import sys
        try:
          import numpy, zipfile
        except ImportError:
          sys.exit(77)
        assert zipfile.ZipFile(sys.argv[1]).testzip() is None
        file = numpy.load(sys.argv[1])
        assert file['x'].dtype == 'float32' and (file['x'] == numpy.arange(96).reshape(2, 3, 4, 4)).all()
        assert file['y'].dtype == 'int64' and file['y'].tolist() == [3, 1]
        """
      let python = Process()
      python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      python.arguments = ["python3", "-c", script, "\(folder)/a.npz"]
      try python.run()
      python.waitUntilExit()
      // 77: no NumPy; 127: no Python.
      #expect([0, 77, 127].contains(python.terminationStatus))
    }
  }

  @Test(arguments: ["stored", "deflated", "zip64"])
  func everyTruncationThrows(name: String) throws {
    let bytes = try readFile(fixture("\(name).npz"))
    for count in 0..<bytes.count {
      #expect(throws: InterchangeError.self, "\(count) bytes") { try NPZ.parse(Array(bytes[..<count]), path: "f") }
    }
  }

  /// A flipped bit is noticed, or it is in a field that nothing depends on (dates, modes, versions).
  @Test(arguments: ["stored", "deflated", "zip64"])
  func flippedBitsNeverChangeNumbers(name: String) throws {
    let bytes = try readFile(fixture("\(name).npz"))
    for position in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[position] ^= 1 << bit
        guard let file = try? NPZ.parse(changed, path: "f") else { continue }
        #expect(file.tensors == [npzX, npzY], "byte \(position), bit \(bit)")
      }
    }
  }

  @Test func refusesOverlapsAndDuplicates() throws {
    let bytes = try readFile(fixture("stored.npz"))
    let entries = bytes.indices.filter { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) }
    try #require(entries.count == 2)
    var renamed = bytes
    renamed[entries[1] + 46] = UInt8(ascii: "x")
    let duplicate = message { () throws(InterchangeError) in _ = try NPZ.parse(renamed, path: "f") }
    #expect(duplicate == "f: two members are named \"x.npy\"")
    // The first member's two sizes grow by one byte, into the second's local header.
    var grown = bytes
    grown[entries[0] + 20] += 1
    grown[entries[0] + 24] += 1
    let overlap = message { () throws(InterchangeError) in _ = try NPZ.parse(grown, path: "f") }
    #expect(overlap == "f: members \"x.npy\" and \"y.npy\" overlap")
    // The second entry points at the first member, whose local header has another name.
    var moved = bytes
    for offset in 42..<46 { moved[entries[1] + offset] = moved[entries[0] + offset] }
    let damaged = message { () throws(InterchangeError) in _ = try NPZ.parse(moved, path: "f") }
    #expect(damaged == "f: member \"y.npy\" is damaged or truncated")
  }

  @Test func corruptDataNamesTheMember() throws {
    for name in ["stored", "deflated"] {
      var bytes = try readFile(fixture("\(name).npz"))
      bytes[220] ^= 0x10
      let text = message { () throws(InterchangeError) in _ = try NPZ.parse(bytes, path: "batch.npz") }
      #expect(text.hasPrefix("batch.npz: member \"x.npy\": "), "\(text)")
    }
  }

  @Test func saysWhatIsNoArchive() {
    let text = message { () throws(InterchangeError) in _ = try NPZ.read(fixture("float32.npy")) }
    #expect(text.contains("not a zip archive"))
  }
}
