import Foundation
import Glibc

/// Bytes with their own SHA-256 behind them, so that a damaged file is noticed before anyone trusts it.
///
/// ELF objects and libraries tolerate bytes behind their end: a sealed object links, a sealed library loads.
package enum Seal {
  private static let mark = Array("\nnncc-sha256 ".utf8)
  private static var length: Int { mark.count + 64 }

  /// What a file says about itself.
  package enum Finding: Equatable, Sendable {
    case intact
    case damaged
    /// It carries no seal: another tool made it.
    case unsealed
  }

  package static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    bytes + mark + Array(SHA256.hexDigest(of: bytes).utf8)
  }

  package static func check(_ bytes: [UInt8]) -> Finding {
    let end = bytes.count - length
    guard end >= 0, bytes[end..<(end + mark.count)].elementsEqual(mark) else { return .unsealed }
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
    return bytes[(end + mark.count)...].elementsEqual(Array(hash.hexDigest().utf8)) ? .intact : .damaged
  }

  package static func payload(of bytes: [UInt8]) -> [UInt8]? {
    check(bytes) == .intact ? Array(bytes.dropLast(length)) : nil
  }
}

/// The name of everything that went into a result: fields are length-prefixed, so no two lists give one key.
package struct ContentKey: Sendable {
  private var hash = SHA256()

  /// `purpose` separates kinds of results; it carries a version to be raised when what is stored changes.
  package init(_ purpose: String) {
    add(purpose)
  }

  package mutating func add(_ field: String) {
    hash.update("\(field.utf8.count):")
    hash.update(field)
  }

  package mutating func add(_ fields: [String]) {
    add("\(fields.count)")
    for field in fields { add(field) }
  }

  package mutating func add(_ bytes: [UInt8]) {
    hash.update("\(bytes.count):")
    hash.update(bytes)
  }

  package var text: String { hash.hexDigest() }
}

/// Results by the hash of what they were made from, in a folder shared by concurrent processes.
///
/// Entries appear by rename, carry a seal, and a damaged one counts as absent. Entries unused for a month are removed.
/// A cache never fails a build: what cannot be stored is made again.
package struct ContentCache: Sendable {
  package let directory: String

  /// `${NNCC_CACHE:-${XDG_CACHE_HOME:-~/.cache}/nncc}/NAME`, else a private folder under the temporary one.
  package init(
    named name: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(RuntimeError) {
    if let preferred = Self.preferredRoot(environment), Self.isUsable("\(preferred)/\(name)") {
      directory = "\(preferred)/\(name)"
      return
    }
    let temporary = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    let root = "\(temporary)/nncc-cache-\(getuid())"
    // Anybody may create that name first; a folder that others can write to would let them plant code.
    mkdir(root, 0o700)
    var status = stat()
    let own =
      lstat(root, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == getuid()
      && status.st_mode & 0o022 == 0
    guard own, Self.isUsable("\(root)/\(name)") else {
      throw .user("no folder for the cache: tried \(Self.preferredRoot(environment) ?? "~/.cache/nncc") and \(root)")
    }
    directory = "\(root)/\(name)"
  }

  package init(directory: String) throws(RuntimeError) {
    try FileSystem.createDirectory(directory)
    self.directory = directory
  }

  private static func preferredRoot(_ environment: [String: String]) -> String? {
    if let chosen = environment["NNCC_CACHE"], !chosen.isEmpty { return chosen }
    // The XDG rules ignore relative paths.
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return "\(base)/nncc" }
    if let home = environment["HOME"], !home.isEmpty { return "\(home)/.cache/nncc" }
    return nil
  }

  private static func isUsable(_ directory: String) -> Bool {
    (try? FileSystem.createDirectory(directory)) != nil && access(directory, W_OK | X_OK) == 0
  }

  package func path(for key: ContentKey) -> String { "\(directory)/\(key.text)" }

  /// The bytes stored under that key, or nil.
  package func bytes(for key: ContentKey) -> [UInt8]? {
    sealedBytes(for: key).flatMap(Seal.payload)
  }

  /// The bytes as stored, seal included, once it was checked.
  package func sealedBytes(for key: ContentKey) -> [UInt8]? {
    let path = path(for: key)
    guard let bytes = try? FileSystem.read(path), Seal.check(bytes) == .intact else { return nil }
    // The time of the last use decides what is removed.
    utimensat(AT_FDCWD, path, nil, 0)
    return bytes
  }

  /// Stores and returns whether it is there now.
  @discardableResult
  package func store(_ bytes: [UInt8], for key: ContentKey) -> Bool {
    do throws(RuntimeError) {
      try FileSystem.write(Seal.sealed(bytes), to: path(for: key))
      return true
    } catch {
      return false
    }
  }

  package func remove(_ key: ContentKey) {
    unlink(path(for: key))
  }

  /// Removes what nobody used for that many seconds; other processes' unfinished files too.
  package func removeUnused(forSeconds limit: Int = 30 * 24 * 3600) {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return }
    let now = time(nil)
    for name in names.sorted() {
      var status = stat()
      if stat("\(directory)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        now - status.st_mtim.tv_sec > limit
      {
        unlink("\(directory)/\(name)")
      }
    }
  }
}
