/// NumPy's NPY format, versions 1 to 3: magic, header length, header, the array's bytes.
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. Column-major and big-endian arrays
/// are converted on reading; written are row-major little-endian ones, byte for byte as NumPy 2 does.
package enum NPY {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// NumPy leaves room for a first extent of this many digits, so that a file can grow in place.
  private static let growthDigits = 21

  /// Element types with NumPy's kind and size letters.
  private static let codes: [(NamedTensor.ElementType, String)] = [
    (.f32, "f4"), (.f64, "f8"), (.f16, "f2"), (.i64, "i8"), (.i32, "i4"), (.i16, "i2"), (.i8, "i1"), (.u64, "u8"),
    (.u32, "u4"), (.u16, "u2"), (.u8, "u1"), (.bool, "b1"),
  ]

  /// Reads a file; the tensor's name is `name`.
  package static func read(_ path: String, name: String = "") throws(InterchangeError) -> NamedTensor {
    try parse(readFile(path)[...], name: name, path: path)
  }

  /// Reads the bytes of a file; `member` is how messages start inside an archive.
  static func parse(
    _ bytes: ArraySlice<UInt8>, name: String, path: String, member: String = ""
  ) throws(InterchangeError) -> NamedTensor {
    func failure(_ message: String) -> InterchangeError { InterchangeError(path, member + message) }
    let fields = LittleEndianFields(bytes: bytes)
    guard bytes.starts(with: magic), let major = fields.unsigned(at: 6, width: 1) else {
      throw failure("expected an NPY array, found other or truncated data")
    }
    guard (1...3).contains(major) else { throw failure("expected NPY version 1, 2 or 3, found \(major)") }
    let lengthWidth = major == 1 ? 2 : 4
    guard let length = fields.unsigned(at: 8, width: lengthWidth),
      let text = fields.slice(at: 8 + lengthWidth, count: Int(length))
    else { throw failure("truncated in the NPY header: found \(bytes.count) bytes in all") }
    let header: NPYHeader
    do { header = try NPYHeader.parse(text) } catch { throw failure(error.message) }

    guard let order = header.descr.first, "<>|=".contains(order),
      let (type, _) = codes.first(where: { $0.1 == header.descr.dropFirst() })
    else {
      let known = codes.map(\.1).joined(separator: ", ")
      throw failure("expected an element type among \(known), found \(quoted(header.descr))")
    }
    let described = NamedTensor.type(type.rawValue, header.shape)
    guard let count = elementCount(header.shape), count <= Int.max / type.size else {
      throw failure("\(described) has more bytes than 63 bits can count")
    }
    var data = bytes[text.endIndex...]
    guard data.count == count * type.size else {
      throw failure("expected \(count * type.size) bytes for \(described), found \(data.count)")
    }
    if order == ">", type.size > 1 { data = swapped(data, width: type.size) }
    if header.fortranOrder { data = rowMajor(data, width: type.size, shape: header.shape) }
    return NamedTensor(name, type, shape: header.shape, bytes: data)
  }

  /// Writes a file atomically.
  package static func write(_ tensor: NamedTensor, to path: String) throws(InterchangeError) {
    try writeAtomically([header(tensor, path: path)[...], tensor.bytes], to: path)
  }

  /// Everything before the data; throws for bytes that do not fit the shape and for bfloat16, which NumPy lacks.
  static func header(_ tensor: NamedTensor, path: String) throws(InterchangeError) -> [UInt8] {
    let problems = writingProblems([tensor])
    if !problems.isEmpty { throw InterchangeError(path, problems: problems) }
    guard let (type, code) = codes.first(where: { $0.0 == tensor.elementType }) else {
      throw InterchangeError(path, "cannot write \(quoted(tensor.name)) (\(tensor.type)): NPY has no such type")
    }
    let shape = tensor.shape.map(String.init).joined(separator: ", ") + (tensor.shape.count == 1 ? "," : "")
    var text = "{'descr': '\(type.size == 1 ? "|" : "<")\(code)', 'fortran_order': False, 'shape': (\(shape)), }"
    if let first = tensor.shape.first {
      text += String(repeating: " ", count: max(0, growthDigits - String(first).count))
    }
    // Version 1 has two bytes for the length, version 2 four.
    let short = 10 + text.utf8.count + 64 <= 0xFFFF
    let prefix = short ? 10 : 12
    let padding = 64 - (prefix + text.utf8.count + 1) % 64
    let length = text.utf8.count + padding + 1
    let lengthBytes = (0..<prefix - 8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    return magic + [short ? 1 : 2, 0] + lengthBytes + Array(text.utf8)
      + Array(repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
  }

  private static func swapped(_ data: ArraySlice<UInt8>, width: Int) -> ArraySlice<UInt8> {
    var result = Array(data)
    for start in stride(from: 0, to: result.count, by: width) { result[start..<start + width].reverse() }
    return result[...]
  }

  /// The elements in row-major order, from column-major ones.
  private static func rowMajor(_ data: ArraySlice<UInt8>, width: Int, shape: [Int]) -> ArraySlice<UInt8> {
    guard shape.count > 1, !data.isEmpty else { return data }
    var strides: [Int] = []
    var stride = 1
    for extent in shape {
      strides.append(stride)
      stride *= extent
    }
    var result: [UInt8] = []
    result.reserveCapacity(data.count)
    var index = Array(repeating: 0, count: shape.count)
    var source = 0
    while true {
      let start = data.startIndex + source * width
      result += data[start..<start + width]
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return result[...] }
    }
  }
}
