import Glibc

/// Whole files as bytes, with the system's reason when that fails.
enum FileBytes {
  /// Opens the file, refuses what is not a regular file, and closes it again.
  static func requireReadable(_ path: String) throws(AuditError) {
    close(try open(path).descriptor)
  }

  /// Reads the file as it is now; memory is its size.
  static func read(_ path: String) throws(AuditError) -> [UInt8] {
    let (descriptor, size) = try open(path)
    defer { close(descriptor) }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
        if got > 0 {
          count += got
        } else if got == 0 {
          // The file shrank while it was read; the parser judges what there is.
          break
        } else if errno != EINTR {
          failure = errno
          break
        }
      }
    }
    if failure != 0 { throw .unreadable(file: path, reason: String(cString: strerror(failure))) }
    return bytes
  }

  private static func open(_ path: String) throws(AuditError) -> (descriptor: Int32, size: Int) {
    // Without O_NONBLOCK a named pipe would wait for a writer.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(file: path, reason: String(cString: strerror(errno))) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw .unreadable(file: path, reason: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .unreadable(file: path, reason: "expected a regular file")
    }
    return (descriptor, Int(status.st_size))
  }
}
