import CZlib

/// What wraps a deflate stream.
enum DeflateWrapper {
  case gzip
  case none

  /// zlib's `windowBits`: 15 is the largest window, +16 asks for gzip, a negative number for no wrapper.
  var windowBits: Int32 {
    switch self {
    case .gzip: 15 + 16
    case .none: -15
    }
  }
}

/// Why a stream could not be decompressed.
struct InflateError: Error {
  let message: String
}

/// Decompresses one stream from the start of `input`; returns its content and the number of input bytes it took.
///
/// Stops with an error as soon as the content exceeds `limit` bytes, so that a small file cannot fill memory.
func inflateStream(
  _ input: ArraySlice<UInt8>, wrapper: DeflateWrapper, limit: Int
) throws(InflateError) -> (content: [UInt8], consumed: Int) {
  let result: Result<([UInt8], Int), InflateError> = input.withUnsafeBufferPointer { input in
    var stream = z_stream()
    let version = ZLIB_VERSION
    guard inflateInit2_(&stream, wrapper.windowBits, version, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return .failure(InflateError(message: "cannot start zlib"))
    }
    defer { inflateEnd(&stream) }
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    var fed = 0
    while true {
      if stream.avail_in == 0, fed < input.count, let start = input.baseAddress {
        let count = min(input.count - fed, 1 << 30)
        // zlib's declaration lacks const; it does not write through next_in.
        stream.next_in = UnsafeMutablePointer(mutating: start + fed)
        stream.avail_in = UInt32(count)
        fed += count
      }
      let pieceCount = piece.count
      let code = piece.withUnsafeMutableBufferPointer { buffer in
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(pieceCount)
        return inflate(&stream, Z_NO_FLUSH)
      }
      let produced = pieceCount - Int(stream.avail_out)
      if produced > limit - content.count {
        return .failure(InflateError(message: "the decompressed data exceeds \(limit) bytes"))
      }
      content += piece[..<produced]
      switch code {
      case Z_OK: continue
      case Z_STREAM_END: return .success((content, fed - Int(stream.avail_in)))
      case Z_BUF_ERROR:
        return .failure(
          InflateError(message: "the compressed data is truncated after \(content.count) bytes of content"))
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib error \(code)"
        return .failure(InflateError(message: "the compressed data is corrupt: \(reason)"))
      }
    }
  }
  return try result.get()
}

/// Decompresses the bytes of a gzip file, all its members; the check sums are verified.
///
/// `path` is what messages call it. Throws for truncated and corrupt data, bytes behind the last member, and content
/// of more than `limit` bytes.
package func gunzip(_ bytes: [UInt8], path: String, limit: Int = 1 << 32) throws(InterchangeError) -> [UInt8] {
  var content: [UInt8] = []
  var rest = bytes[...]
  repeat {
    guard rest.starts(with: [0x1F, 0x8B]) else {
      let found = content.isEmpty && rest.count == bytes.count ? "a gzip file" : "the end of the file or another member"
      throw InterchangeError(path, "expected \(found) at byte \(rest.startIndex), found other data")
    }
    do {
      let member = try inflateStream(rest, wrapper: .gzip, limit: limit - content.count)
      content = content.isEmpty ? member.content : content + member.content
      rest = rest.dropFirst(member.consumed)
    } catch {
      throw InterchangeError(path, error.message)
    }
  } while !rest.isEmpty
  return content
}

/// Reads and decompresses a gzip file; errors as for bytes.
package func gunzip(_ path: String, limit: Int = 1 << 32) throws(InterchangeError) -> [UInt8] {
  try gunzip(readFile(path), path: path, limit: limit)
}

/// The CRC-32 of zip and gzip, continued from an earlier value (0 to start).
func crc32(_ bytes: ArraySlice<UInt8>, continuing start: UInt32 = 0) -> UInt32 {
  bytes.withUnsafeBufferPointer { buffer in
    // A null pointer asks zlib for the initial value instead of leaving it as it is.
    buffer.isEmpty ? start : UInt32(truncatingIfNeeded: crc32_z(UInt(start), buffer.baseAddress, buffer.count))
  }
}
