import Foundation
import Glibc
import Runtime
import Testing

struct ContentCacheTests {
  private func key(_ fields: String...) -> ContentKey {
    var key = ContentKey("test")
    for field in fields { key.add(field) }
    return key
  }

  @Test func storesAndFinds() throws {
    let folder = try TemporaryDirectory()
    let cache = try ContentCache(directory: "\(folder.path)/a/b")
    #expect(cache.bytes(for: key("x")) == nil)
    #expect(cache.store([1, 2, 3], for: key("x")))
    #expect(cache.bytes(for: key("x")) == [1, 2, 3])
    #expect(cache.store([], for: key("empty")))
    #expect(cache.bytes(for: key("empty")) == [])
    cache.remove(key("x"))
    #expect(cache.bytes(for: key("x")) == nil)
  }

  @Test func keysSeparateTheirFields() {
    #expect(key("ab", "c").text != key("a", "bc").text)
    #expect(key("1:a").text != key("a").text)
    #expect(key("a").text == key("a").text)
  }

  /// One flipped bit anywhere and any truncation make an entry absent.
  @Test func damageIsAbsence() throws {
    let folder = try TemporaryDirectory()
    let cache = try ContentCache(directory: folder.path)
    cache.store([1, 2, 3, 4], for: key("x"))
    let path = cache.path(for: key("x"))
    let good = try FileSystem.read(path)
    for index in good.indices {
      var bad = good
      bad[index] ^= 1
      try FileSystem.write(bad, to: path)
      #expect(cache.bytes(for: key("x")) == nil, "byte \(index)")
    }
    try FileSystem.write(good.dropLast(1), to: path)
    #expect(cache.bytes(for: key("x")) == nil)
    try FileSystem.write(good, to: path)
    #expect(cache.bytes(for: key("x")) == [1, 2, 3, 4])
  }

  @Test func placeFollowsTheEnvironment() throws {
    let folder = try TemporaryDirectory()
    func place(_ environment: [String: String]) throws -> String {
      try ContentCache(named: "objects", environment: environment).directory
    }
    let (own, xdg, home) = ("\(folder.path)/own", "\(folder.path)/xdg", "\(folder.path)/home")
    #expect(try place(["NNCC_CACHE": own, "XDG_CACHE_HOME": xdg, "HOME": home]) == "\(own)/objects")
    #expect(try place(["XDG_CACHE_HOME": xdg, "HOME": home]) == "\(xdg)/nncc/objects")
    #expect(try place(["XDG_CACHE_HOME": "relative", "HOME": home]) == "\(home)/.cache/nncc/objects")
    let fallback = "\(folder.path)/nncc-cache-\(getuid())/objects"
    #expect(try place(["NNCC_CACHE": "/proc/nowhere", "TMPDIR": folder.path]) == fallback)
    // Folders that others may write to could hold planted code.
    chmod("\(folder.path)/nncc-cache-\(getuid())", 0o777)
    #expect(throws: RuntimeError.self) { try place(["NNCC_CACHE": "/proc/nowhere", "TMPDIR": folder.path]) }
  }

  @Test func oldEntriesGo() throws {
    let folder = try TemporaryDirectory()
    let cache = try ContentCache(directory: folder.path)
    cache.store([1], for: key("old"))
    cache.store([2], for: key("new"))
    var times = [timeval(tv_sec: 1000, tv_usec: 0), timeval(tv_sec: 1000, tv_usec: 0)]
    #expect(utimes(cache.path(for: key("old")), &times) == 0)
    cache.removeUnused()
    #expect(cache.bytes(for: key("old")) == nil)
    #expect(cache.bytes(for: key("new")) == [2])
    // Use makes an entry young again.
    #expect(utimes(cache.path(for: key("new")), &times) == 0)
    _ = cache.bytes(for: key("new"))
    cache.removeUnused()
    #expect(cache.bytes(for: key("new")) == [2])
  }
}
