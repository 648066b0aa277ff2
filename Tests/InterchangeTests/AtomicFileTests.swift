import Foundation
import Interchange
import Testing

@Suite struct AtomicFileTests {
  @Test func replacesAndKeepsPermissions() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/f"
      try writeAtomically([1, 2, 3], to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      try writeAtomically([[4], [5, 6][...]], to: path)
      #expect(try readFile(path) == [4, 5, 6])
      #expect(try permissions(path) == 0o640)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["f"])
    }
  }

  @Test func followsSymbolicLinks() throws {
    try withTemporaryFolder { folder in
      try writeAtomically([1], to: "\(folder)/f")
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "f")
      try writeAtomically([2], to: "\(folder)/link")
      #expect(try readFile("\(folder)/f") == [2])
    }
  }

  @Test func failureLeavesTheOldFileAndNoTemporary() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/f"
      try writeAtomically([1], to: path)
      let text = message { () throws(InterchangeError) in
        try writeAtomically(to: path) { (output) throws(InterchangeError) in
          try output.write([2, 2, 2])
          throw InterchangeError(path, "interrupted")
        }
      }
      #expect(text == "\(path): interrupted")
      #expect(try readFile(path) == [1])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["f"])
    }
  }

  @Test func namesTheReason() throws {
    try withTemporaryFolder { folder in
      let missing = message { () throws(InterchangeError) in try writeAtomically([1], to: "\(folder)/no/f") }
      #expect(missing == "\(folder)/no/f: cannot create a file in \"\(folder)/no\": no such file or directory")
      let directory = message { () throws(InterchangeError) in try writeAtomically([1], to: folder) }
      #expect(directory == "\(folder): cannot write the file: a directory has this name")
      let absent = message { () throws(InterchangeError) in _ = try readFile("\(folder)/f") }
      #expect(absent == "\(folder)/f: cannot open the file: no such file or directory")
      let read = message { () throws(InterchangeError) in _ = try readFile(folder) }
      #expect(read == "\(folder): expected a file, found a directory")
    }
  }

  /// /dev/full answers every write with "no space left on device"; /dev/null must stay a device.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func writesDevicesDirectly() throws {
    let full = message { () throws(InterchangeError) in try writeAtomically([1], to: "/dev/full") }
    #expect(full == "/dev/full: cannot write the file: no space left on device")
    try writeAtomically([1], to: "/dev/null")
    #expect(try readFile("/dev/null") == [])
  }

  /// 300 bytes is more than a file name may have, 255 is not.
  @Test func allowsTheLongestName() throws {
    try withTemporaryFolder { folder in
      try writeAtomically([1], to: "\(folder)/\(String(repeating: "n", count: 255))")
      #expect(throws: InterchangeError.self) {
        try writeAtomically([1], to: "\(folder)/\(String(repeating: "n", count: 300))")
      }
    }
  }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }
}
