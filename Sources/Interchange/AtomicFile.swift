import Glibc
import Synchronization

/// Replaces a file by `bytes` so that a reader sees the old content or the new, never a part.
package func writeAtomically(_ bytes: [UInt8], to path: String) throws(InterchangeError) {
  try writeAtomically([bytes[...]], to: path)
}

/// Replaces a file by the pieces one after the other, atomically.
package func writeAtomically(_ pieces: [ArraySlice<UInt8>], to path: String) throws(InterchangeError) {
  try writeAtomically(to: path) { (output) throws(InterchangeError) in
    for piece in pieces { try output.write(piece) }
  }
}

/// Replaces a file by what `body` writes: temporary file in the same folder, fsync, rename.
///
/// Where `body` or any step fails, the temporary file is removed and the destination is as before. Symbolic links are
/// followed, an existing file's permissions kept. Devices and pipes cannot be renamed over and are written directly.
package func writeAtomically(
  to path: String, _ body: (borrowing FileOutput) throws(InterchangeError) -> Void
) throws(InterchangeError) {
  let destination = resolved(path)
  var status = stat()
  let exists = stat(destination, &status) == 0
  switch exists ? status.st_mode & S_IFMT : S_IFREG {
  case S_IFREG: break
  case S_IFDIR: throw InterchangeError(path, "cannot write the file: a directory has this name")
  default:
    let descriptor = open(destination, O_WRONLY | O_CLOEXEC)
    if descriptor < 0 { throw .system(path, "open for writing", errno) }
    let output = FileOutput(descriptor: descriptor, path: path)
    try body(output)
    return
  }
  let folder = folder(of: destination)
  let (descriptor, temporary) = try openTemporary(in: folder, for: path)
  do throws(InterchangeError) {
    let output = FileOutput(descriptor: descriptor, path: path)
    if exists && fchmod(descriptor, status.st_mode & 0o7777) != 0 { throw .system(path, "set permissions", errno) }
    try body(output)
    try output.finish()
    if rename(temporary, destination) != 0 { throw .system(path, "rename the finished file", errno) }
  } catch {
    unlink(temporary)
    throw error
  }
  // The file is complete; that its name also survives a power cut is worth an attempt, but not an error.
  let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  if directory >= 0 {
    fsync(directory)
    close(directory)
  }
}

/// An open file that is being written; closes itself.
package struct FileOutput: ~Copyable {
  private let descriptor: Int32
  private let path: String

  fileprivate init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Appends the bytes; throws on a full disk, a closed pipe and the like.
  package func write(_ bytes: ArraySlice<UInt8>) throws(InterchangeError) {
    let failure: Int32 = bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      var written = 0
      while written < buffer.count {
        let count = Glibc.write(descriptor, start + written, buffer.count - written)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        written += count
      }
      return 0
    }
    if failure != 0 { throw .system(path, "write the file", failure) }
  }

  /// Waits until the device has the data, which is when a late write error shows.
  fileprivate func finish() throws(InterchangeError) {
    // EINVAL: this file system has no fsync.
    if fsync(descriptor) != 0 && errno != EINVAL { throw .system(path, "write the file", errno) }
  }
}

/// The path with symbolic links followed, or the path itself where nothing exists there yet.
private func resolved(_ path: String) -> String {
  guard let real = realpath(path, nil) else { return path }
  defer { free(real) }
  return String(cString: real)
}

private func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

private let temporaryNumber = Atomic<Int>(0)

/// Creates a new file of a name nobody uses; short, so that any allowed destination name has a temporary.
private func openTemporary(in folder: String, for path: String) throws(InterchangeError) -> (Int32, String) {
  while true {
    let number = temporaryNumber.wrappingAdd(1, ordering: .relaxed).newValue
    let name = "\(folder)/.nncc-\(getpid())-\(number).tmp"
    let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor >= 0 { return (descriptor, name) }
    if errno != EEXIST { throw .system(path, "create a file in \(quoted(folder))", errno) }
  }
}
