/// The members of a zip archive: stored or deflated, with 64-bit sizes where the archive has them.
///
/// Source: PKWARE APPNOTE.TXT 6.3.10. Every member's range, check sum and size are checked; ranges may not overlap.
struct ZipReader {
  struct Member {
    let name: String
    let isDeflated: Bool
    let crc: UInt32
    let compressedSize: Int
    let size: Int
    /// Of the local header.
    let offset: Int
    fileprivate let nameBytes: ArraySlice<UInt8>
  }

  private static let saturated16 = 0xFFFF
  private static let saturated32 = 0xFFFF_FFFF
  /// No deflate stream expands more than this, whatever its header claims (zlib's technical notes).
  private static let maximumExpansion = 1032

  let path: String
  let members: [Member]
  private let fields: LittleEndianFields
  private let directoryOffset: Int

  init(_ bytes: [UInt8], path: String) throws(InterchangeError) {
    let fields = LittleEndianFields(bytes: bytes[...])
    let directory = try Self.findDirectory(fields, path: path)
    self.path = path
    self.fields = fields
    self.directoryOffset = directory.offset
    self.members = try Self.readDirectory(directory, fields, path: path)
  }

  private struct Directory {
    let count: Int
    let offset: Int
    let size: Int
  }

  /// Finds the record at the archive's end that says where the directory is.
  private static func findDirectory(_ fields: LittleEndianFields, path: String) throws(InterchangeError) -> Directory {
    let lowest = max(0, fields.count - 22 - saturated16)
    let end = stride(from: fields.count - 22, through: lowest, by: -1).first { offset in
      fields.u32(at: offset) == 0x0605_4B50 && fields.u16(at: offset + 20) == fields.count - offset - 22
    }
    guard let end, var count = fields.u16(at: end + 10), var size = fields.u32(at: end + 12),
      var offset = fields.u32(at: end + 16)
    else { throw InterchangeError(path, "not a zip archive, or truncated: it has no end record") }
    var directoryEnd = end
    // Python writes the 64-bit record also where the short one would do, so its presence decides.
    if fields.u32(at: end - 20) == 0x0706_4B50 {
      guard let wide = fields.u64(at: end - 12), fields.u32(at: wide) == 0x0606_4B50,
        let wideCount = fields.u64(at: wide + 32), let wideSize = fields.u64(at: wide + 40),
        let wideOffset = fields.u64(at: wide + 48)
      else { throw InterchangeError(path, "the zip archive's 64-bit end record is damaged") }
      (count, size, offset, directoryEnd) = (wideCount, wideSize, wideOffset, wide)
    } else if fields.u16(at: end + 4) != 0 || fields.u16(at: end + 6) != 0 || fields.u16(at: end + 8) != count {
      throw InterchangeError(path, "expected a zip archive in one part, found one of several")
    }
    guard offset <= directoryEnd, size == directoryEnd - offset else {
      throw InterchangeError(
        path, "expected the zip directory of \(size) bytes at \(offset) to end at \(directoryEnd)")
    }
    return Directory(count: count, offset: offset, size: size)
  }

  private static func readDirectory(
    _ directory: Directory, _ fields: LittleEndianFields, path: String
  ) throws(InterchangeError) -> [Member] {
    var members: [Member] = []
    var names: Set<String> = []
    var position = directory.offset
    let end = directory.offset + directory.size
    while position < end {
      guard let (member, next) = try readEntry(at: position, fields, path: path), next <= end else {
        throw InterchangeError(path, "the zip directory is damaged at byte \(position)")
      }
      if !names.insert(member.name).inserted {
        throw InterchangeError(path, "two members are named \(quoted(member.name))")
      }
      members.append(member)
      position = next
    }
    guard members.count == directory.count else {
      throw InterchangeError(path, "expected \(directory.count) members in the zip directory, found \(members.count)")
    }
    return members
  }

  /// One entry of the directory and where the next starts; nil where it is damaged.
  private static func readEntry(
    at start: Int, _ fields: LittleEndianFields, path: String
  ) throws(InterchangeError) -> (Member, Int)? {
    guard fields.u32(at: start) == 0x0201_4B50, let flags = fields.u16(at: start + 8),
      let method = fields.u16(at: start + 10), let crc = fields.u32(at: start + 16),
      var compressedSize = fields.u32(at: start + 20), var size = fields.u32(at: start + 24),
      let nameLength = fields.u16(at: start + 28), let extraLength = fields.u16(at: start + 30),
      let commentLength = fields.u16(at: start + 32), var offset = fields.u32(at: start + 42),
      let nameBytes = fields.slice(at: start + 46, count: nameLength),
      let extra = fields.slice(at: start + 46 + nameLength, count: extraLength),
      let name = String(validating: nameBytes, as: UTF8.self)
    else { return nil }
    if flags & 0x2041 != 0 { throw InterchangeError(path, "member \(quoted(name)) is encrypted") }
    guard method == 0 || method == 8 else {
      throw InterchangeError(
        path, "expected member \(quoted(name)) stored or deflated, found zip compression method \(method)")
    }
    let wide = LittleEndianFields(bytes: extraField(1, in: extra))
    var position = 0
    for field in [0, 1, 2] {
      let value = [size, compressedSize, offset][field]
      guard value == saturated32 else { continue }
      guard let value = wide.u64(at: position) else { return nil }
      position += 8
      switch field {
      case 0: size = value
      case 1: compressedSize = value
      default: offset = value
      }
    }
    let member = Member(
      name: name, isDeflated: method == 8, crc: UInt32(crc), compressedSize: compressedSize, size: size, offset: offset,
      nameBytes: nameBytes)
    return (member, start + 46 + nameLength + extraLength + commentLength)
  }

  /// The content of the extra field of one kind; empty where there is none.
  private static func extraField(_ kind: Int, in extra: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let fields = LittleEndianFields(bytes: extra)
    var position = 0
    while let found = fields.u16(at: position), let length = fields.u16(at: position + 2) {
      if found == kind { return fields.slice(at: position + 4, count: length) ?? [] }
      position += 4 + length
    }
    return []
  }

  /// The content of every member, in the directory's order.
  func contents() throws(InterchangeError) -> [ArraySlice<UInt8>] {
    var ranges: [(range: Range<Int>, name: String)] = []
    var contents: [ArraySlice<UInt8>] = []
    var total = 0
    for member in members {
      let data = try compressedData(of: member)
      ranges.append((member.offset..<data.endIndex, member.name))
      let (sum, overflow) = total.addingReportingOverflow(member.size)
      if overflow || sum > physicalMemory {
        throw InterchangeError(path, "the members have more bytes than this machine's memory of \(physicalMemory)")
      }
      total = sum
    }
    ranges.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (first, second) in zip(ranges, ranges.dropFirst()) where first.range.upperBound > second.range.lowerBound {
      throw InterchangeError(path, "members \(quoted(first.name)) and \(quoted(second.name)) overlap")
    }
    for member in members { contents.append(try content(of: member)) }
    return contents
  }

  private func compressedData(of member: Member) throws(InterchangeError) -> ArraySlice<UInt8> {
    guard member.offset < directoryOffset, fields.u32(at: member.offset) == 0x0403_4B50,
      let nameLength = fields.u16(at: member.offset + 26), let extraLength = fields.u16(at: member.offset + 28),
      fields.slice(at: member.offset + 30, count: nameLength) == member.nameBytes,
      let data = fields.slice(at: member.offset + 30 + nameLength + extraLength, count: member.compressedSize),
      data.endIndex <= directoryOffset
    else { throw InterchangeError(path, "member \(quoted(member.name)) is damaged or truncated") }
    return data
  }

  private func content(of member: Member) throws(InterchangeError) -> ArraySlice<UInt8> {
    let name = "member \(quoted(member.name))"
    let data = try compressedData(of: member)
    var content = data
    if member.isDeflated {
      if member.size / Self.maximumExpansion > member.compressedSize {
        throw InterchangeError(
          path, "\(name): corrupt, it claims \(member.size) bytes from \(member.compressedSize) compressed ones")
      }
      do throws(InflateError) {
        let stream = try inflateStream(data, wrapper: .none, limit: member.size)
        if stream.consumed != data.count {
          throw InflateError(message: "the compressed data ends \(data.count - stream.consumed) bytes early")
        }
        content = stream.content[...]
      } catch {
        throw InterchangeError(path, "\(name): \(error.message)")
      }
    }
    if content.count != member.size {
      throw InterchangeError(path, "\(name): expected \(member.size) bytes, found \(content.count)")
    }
    if crc32(content) != member.crc {
      throw InterchangeError(path, "\(name): corrupt, its check sum does not match")
    }
    return content
  }
}
