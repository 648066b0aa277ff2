/// NumPy's NPZ format: a zip archive with one NPY member `NAME.npy` for each array.
package enum NPZ {
  /// Reads a file with stored or deflated members.
  package static func read(_ path: String) throws(InterchangeError) -> TensorArchive {
    try parse(readFile(path), path: path)
  }

  /// Reads the bytes of a file; `path` is what messages call it.
  package static func parse(_ bytes: [UInt8], path: String) throws(InterchangeError) -> TensorArchive {
    let zip = try ZipReader(bytes, path: path)
    var tensors: [NamedTensor] = []
    for (member, content) in Swift.zip(zip.members, try zip.contents()) {
      guard member.name.hasSuffix(".npy") else {
        throw InterchangeError(path, "expected only .npy members, found \(quoted(member.name))")
      }
      let name = String(member.name.dropLast(4))
      let prefix = "member \(quoted(member.name)): "
      tensors.append(try NPY.parse(content, name: name, path: path, member: prefix))
    }
    return TensorArchive(path: path, tensors: tensors)
  }

  /// Writes a file atomically, members stored; the same tensors give the same bytes.
  package static func write(_ tensors: [NamedTensor], to path: String) throws(InterchangeError) {
    try writeAtomically(serialize(tensors, path: path), to: path)
  }

  /// The pieces of a file. Members carry the earliest date that zip can express instead of the present.
  ///
  /// Throws for duplicate names, bytes that do not fit the shape, and where a member, the number of members or the
  /// archive needs the 64-bit extension.
  static func serialize(_ tensors: [NamedTensor], path: String) throws(InterchangeError) -> [ArraySlice<UInt8>] {
    let problems = writingProblems(tensors)
    if !problems.isEmpty { throw InterchangeError(path, problems: problems) }
    var pieces: [ArraySlice<UInt8>] = []
    var directory = LittleEndianBuffer()
    var offset = 0
    for tensor in tensors {
      let name = Array("\(tensor.name).npy".utf8)
      let header = try NPY.header(tensor, path: path)
      let size = header.count + tensor.bytes.count
      guard name.count <= 0xFFFF, size < 0xFFFF_FFFF, offset < 0xFFFF_FFFF else {
        throw InterchangeError(path, "\(quoted(tensor.name)) does not fit an archive of at most 4 GiB")
      }
      var common = LittleEndianBuffer()
      common.append(20, width: 2)  // version needed to extract
      common.append(1 << 11, width: 2)  // names are UTF-8
      common.append(0, width: 2)  // stored
      common.append(0, width: 2)  // 00:00:00
      common.append(1 << 5 | 1, width: 2)  // 1980-01-01
      common.append(Int(crc32(tensor.bytes, continuing: crc32(header[...]))), width: 4)
      common.append(size, width: 4)
      common.append(size, width: 4)
      common.append(name.count, width: 2)
      common.append(0, width: 2)  // extra fields
      var local = LittleEndianBuffer()
      local.append(0x0403_4B50, width: 4)
      local.bytes += common.bytes + name + header
      pieces += [local.bytes[...], tensor.bytes]

      directory.append(0x0201_4B50, width: 4)
      directory.append(3 << 8 | 20, width: 2)  // made on Unix, so that the mode below counts
      directory.bytes += common.bytes
      directory.append(0, width: 2)  // comment
      directory.append(0, width: 2)  // part of the archive
      directory.append(0, width: 2)  // internal attributes
      directory.append(0o100644 << 16, width: 4)
      directory.append(offset, width: 4)
      directory.bytes += name
      offset += local.bytes.count + tensor.bytes.count
    }
    guard tensors.count < 0xFFFF, offset < 0xFFFF_FFFF, directory.bytes.count < 0xFFFF_FFFF else {
      throw InterchangeError(path, "\(tensors.count) tensors do not fit an archive of at most 4 GiB")
    }
    let size = directory.bytes.count
    directory.append(0x0605_4B50, width: 4)
    directory.append(0, width: 4)
    directory.append(tensors.count, width: 2)
    directory.append(tensors.count, width: 2)
    directory.append(size, width: 4)
    directory.append(offset, width: 4)
    directory.append(0, width: 2)
    return pieces + [directory.bytes[...]]
  }
}

/// Bytes that grow by little-endian fields.
private struct LittleEndianBuffer {
  var bytes: [UInt8] = []

  mutating func append(_ value: Int, width: Int) {
    for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
  }
}
