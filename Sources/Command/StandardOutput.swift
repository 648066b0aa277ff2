@preconcurrency import Glibc
import Runtime

/// What `print` writes to; `print` itself ignores errors, a full disk for one.
enum StandardOutput {
  /// Writes what is buffered, and says why this or an earlier write failed; nil where all has gone well.
  static func flush() -> String? {
    if fflush(stdout) != 0 { return FileSystem.reason(errno) }
    return ferror(stdout) != 0 ? "a write failed" : nil
  }
}
