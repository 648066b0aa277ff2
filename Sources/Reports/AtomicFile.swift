import Glibc

/// Why a report could not be written.
package enum ReportError: Error, Equatable, Sendable, CustomStringConvertible {
  case unwritable(file: String, reason: String)

  package var description: String {
    switch self {
    case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
    }
  }
}

/// Files that appear whole or not at all.
enum AtomicFile {
  /// A name in the same folder that no other process and no other call uses.
  static func temporaryName(for path: String, suffix: String = "tmp") -> String {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let unique = "\(getpid())-\(UInt64.random(in: 0 ... .max))"
    return "\(path[..<slash]).\(path[slash...]).\(unique).\(suffix)"
  }

  /// Writes under a temporary name and renames; on failure nothing of it stays and an older file is untouched.
  static func write(_ text: String, to path: String) throws(ReportError) {
    let temporary = temporaryName(for: path)
    do throws(ReportError) {
      try create(temporary, holding: text)
    } catch .unwritable(_, let reason) {
      // The user knows the file by its own name.
      throw .unwritable(file: path, reason: reason)
    }
    try rename(temporary, to: path)
  }

  /// Moves a finished file to its name; removes it when that fails.
  static func rename(_ temporary: String, to path: String) throws(ReportError) {
    guard Glibc.rename(temporary, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      throw .unwritable(file: path, reason: reason)
    }
  }

  /// Writes a new file and brings it to the disk; removes it when that fails.
  static func create(_ path: String, holding text: String) throws(ReportError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(file: path, reason: String(cString: strerror(errno))) }
    var text = text
    var failure: Int32 = 0
    text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
        if count >= 0 {
          written += count
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    // Some file systems report a full disk only here.
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure != 0 {
      unlink(path)
      throw .unwritable(file: path, reason: String(cString: strerror(failure)))
    }
  }
}
