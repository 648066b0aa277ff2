import Foundation
import Runtime
import Testing

struct FileSystemTests {
  @Test func fullDiskLeavesNothing() throws {
    // /dev/full answers every write with ENOSPC, but cannot be the target of a rename: write through a link's folder.
    #expect(throws: RuntimeError.self) { try FileSystem.write([1], to: "/proc/nncc-cannot-be-here") }
    let folder = try TemporaryDirectory()
    try FileSystem.write([1, 2], to: "\(folder.path)/file")
    try FileSystem.createDirectory("\(folder.path)/taken")
    #expect(throws: RuntimeError.user("cannot write \(folder.path)/taken: is a directory")) {
      try FileSystem.write([3], to: "\(folder.path)/taken")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["file", "taken"])
    #expect(try FileSystem.read("\(folder.path)/file") == [1, 2])
  }

  @Test func folderInTheWay() throws {
    let folder = try TemporaryDirectory()
    try FileSystem.write([1], to: "\(folder.path)/file")
    #expect(throws: RuntimeError.self) { try FileSystem.createDirectory("\(folder.path)/file/below") }
    #expect(throws: RuntimeError.self) { try FileSystem.createDirectory("\(folder.path)/file") }
    try FileSystem.createDirectory("\(folder.path)/a/b/c")
    #expect(FileSystem.isDirectory("\(folder.path)/a/b/c"))
  }

  @Test func temporaryFolderDisappears() throws {
    func use() throws -> String {
      let folder = try TemporaryDirectory()
      try FileSystem.write([1], to: "\(folder.path)/file")
      return String(folder.path)
    }
    let path = try use()
    #expect(!FileSystem.isDirectory(path))
  }
}
