import Foundation
import Glibc

/// The few file operations that this module needs, with the path and the system's reason in every error.
package enum FileSystem {
  /// The text for an error number, for example `no space left on device`.
  package static func reason(_ code: Int32) -> String {
    let text = String(cString: strerror(code))
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  /// All bytes of a file, also of those under `/proc` whose size is not known beforehand.
  package static func read(_ path: String) throws(RuntimeError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .user("cannot read \(path): \(reason(errno))") }
    defer { close(descriptor) }
    var status = stat()
    var bytes: [UInt8] = []
    if fstat(descriptor, &status) == 0 { bytes.reserveCapacity(Int(status.st_size)) }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .user("cannot read \(path): \(reason(errno))") }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// Writes under a temporary name in the same folder and renames, so that nobody ever sees half a file.
  package static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(RuntimeError) {
    let temporary = "\(path).\(getpid()).\(UUID().uuidString.prefix(8)).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .user("cannot write \(path): \(reason(errno))") }
    var failure: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 {
          failure = errno
          return
        }
        rest = rest.dropFirst(count)
      }
    }
    // Some file systems report a full disk only when the file is closed.
    if close(descriptor) != 0 && failure == 0 { failure = errno }
    if failure == 0 && rename(temporary, path) != 0 { failure = errno }
    if failure != 0 {
      unlink(temporary)
      throw .user("cannot write \(path): \(reason(failure))")
    }
  }

  /// Removes a file; that there is none is no error.
  package static func remove(_ path: String) throws(RuntimeError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw .user("cannot remove \(path): \(reason(errno))") }
  }

  /// Creates a folder and those above it where they are missing.
  package static func createDirectory(_ path: String) throws(RuntimeError) {
    var built = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      built += built.isEmpty || built.hasSuffix("/") ? String(part) : "/\(part)"
      if mkdir(built, 0o755) != 0 && errno != EEXIST && !isDirectory(built) {
        // the folder above exists: this kind of file system takes no new ones
        let why = errno == ENOENT ? "\(parent(of: built)) takes no new folders" : reason(errno)
        throw .user("cannot create the folder \(path): \(why)")
      }
    }
    guard path.isEmpty || isDirectory(path) else {
      throw .user("cannot create the folder \(path): a file of that name is in the way")
    }
  }

  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  package static func isExecutableFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  /// The path with every link followed, or nil where there is no such file.
  package static func resolvingLinks(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The executable of this name in the folders of `PATH`.
  package static func findExecutable(_ name: String, path: String?) -> String? {
    for folder in (path ?? "").split(separator: ":") {
      let candidate = "\(folder)/\(name)"
      if isExecutableFile(candidate) { return candidate }
    }
    return nil
  }

  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// A private folder that disappears with its owner.
package struct TemporaryDirectory: ~Copyable {
  package let path: String

  /// Made under `TMPDIR`, or `/tmp`.
  package init(prefix: String = "nncc") throws(RuntimeError) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/\(prefix).XXXXXX".utf8CString)
    guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil else {
      throw .user("cannot create a temporary folder in \(base): \(FileSystem.reason(errno))")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
