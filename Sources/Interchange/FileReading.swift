import Glibc

/// The whole content of a file, read in one piece.
///
/// Memory mapping would be lazier, but a file that shrinks while it is mapped kills the process; 100 MB take a
/// few hundredths of a second to read. Throws for missing and unreadable files, directories, and files larger than memory.
package func readFile(_ path: String) throws(InterchangeError) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  if descriptor < 0 { throw .system(path, "open the file", errno) }
  defer { close(descriptor) }
  var status = stat()
  if fstat(descriptor, &status) != 0 { throw .system(path, "examine the file", errno) }
  if status.st_mode & S_IFMT == S_IFDIR { throw InterchangeError(path, "expected a file, found a directory") }
  let limit = physicalMemory
  if status.st_mode & S_IFMT == S_IFREG {
    let size = Int(status.st_size)
    if size > limit {
      throw InterchangeError(path, "the file has \(size) bytes, more than this machine's memory of \(limit)")
    }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      (count, failure) = readFully(descriptor, into: UnsafeMutableRawBufferPointer(buffer))
    }
    if failure != 0 { throw .system(path, "read the file", failure) }
    return bytes
  }
  // A pipe or a device has no size in advance.
  var bytes: [UInt8] = []
  let pieceSize = 1 << 20
  while true {
    var failure: Int32 = 0
    let piece = [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, count in
      (count, failure) = readFully(descriptor, into: UnsafeMutableRawBufferPointer(buffer))
    }
    if failure != 0 { throw .system(path, "read the file", failure) }
    bytes += piece
    if piece.count < pieceSize { return bytes }
    if bytes.count > limit {
      throw InterchangeError(path, "the data does not end within this machine's memory of \(limit) bytes")
    }
  }
}

/// Reads until the buffer is full or the data ends; returns the bytes read and errno (0 when all went well).
private func readFully(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> (Int, Int32) {
  guard let start = buffer.baseAddress else { return (0, 0) }
  var count = 0
  while count < buffer.count {
    let got = read(descriptor, start + count, buffer.count - count)
    if got == 0 { break }
    if got < 0 {
      if errno == EINTR { continue }
      return (count, errno)
    }
    count += got
  }
  return (count, 0)
}

/// Bytes of main memory; what no single file may exceed.
let physicalMemory: Int = {
  let pages = sysconf(Int32(_SC_PHYS_PAGES))
  let pageSize = sysconf(Int32(_SC_PAGESIZE))
  return pages > 0 && pageSize > 0 ? pages * pageSize : Int.max
}()

/// Little-endian fields at byte offsets; every read is checked against the end of the data.
struct LittleEndianFields {
  let bytes: ArraySlice<UInt8>

  var count: Int { bytes.count }

  /// The unsigned integer of `width` bytes (1 to 8) at `offset`, or nil past the end.
  func unsigned(at offset: Int, width: Int) -> UInt64? {
    guard offset >= 0, offset <= bytes.count - width else { return nil }
    let start = bytes.startIndex + offset
    return bytes[start..<start + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  func u16(at offset: Int) -> Int? { unsigned(at: offset, width: 2).map { Int($0) } }
  func u32(at offset: Int) -> Int? { unsigned(at: offset, width: 4).map { Int($0) } }

  /// A 64-bit field as an Int; nil also where it does not fit, since no offset or size in memory can be that large.
  func u64(at offset: Int) -> Int? { unsigned(at: offset, width: 8).flatMap { Int(exactly: $0) } }

  /// The bytes of a range, or nil where it leaves the data.
  func slice(at offset: Int, count length: Int) -> ArraySlice<UInt8>? {
    guard offset >= 0, length >= 0, offset <= bytes.count, length <= bytes.count - offset else { return nil }
    let start = bytes.startIndex + offset
    return bytes[start..<start + length]
  }
}
