import Foundation
import Glibc
import Runtime
import Testing

struct FileSystemTests {
  /// A limit on the size of files stands in for a full disk: both stop a write half-way.
  @Test func interruptedWriteLeavesNothing() async throws {
    let folder = NSTemporaryDirectory() + "nncc-limit-\(UUID().uuidString)"
    try FileSystem.createDirectory(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileSystem.write([7], to: "\(folder)/file")
    await #expect(processExitsWith: .success) { [folder = folder as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      try #require(setrlimit(Int32(RLIMIT_FSIZE.rawValue), &limit) == 0)
      let bytes = [UInt8](repeating: 1, count: 5000)
      let expected = RuntimeError(.user, "cannot write \(folder)/file: file too large")
      do throws(RuntimeError) {
        try FileSystem.write(bytes, to: "\(folder)/file")
        exit(2)
      } catch {
        exit(error == expected ? 0 : 3)
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
    #expect(try FileSystem.read("\(folder)/file") == [7])
  }

  @Test func failedRenameLeavesNothing() throws {
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
