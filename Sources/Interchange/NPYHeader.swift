/// What the header of an NPY file says: a Python dictionary literal with three keys.
struct NPYHeader: Equatable {
  var descr: String
  var fortranOrder: Bool
  var shape: [Int]

  /// Where and why a header cannot be read.
  struct Malformed: Error {
    let message: String
  }

  /// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, keys in any order.
  static func parse(_ text: ArraySlice<UInt8>) throws(Malformed) -> NPYHeader {
    var reader = Reader(bytes: text, position: text.startIndex)
    var descr: String?
    var fortranOrder: Bool?
    var shape: [Int]?
    try reader.expect("{")
    while !reader.take("}") {
      let key = try reader.string()
      try reader.expect(":")
      switch (key, descr, fortranOrder, shape) {
      case ("descr", nil, _, _): descr = try reader.string()
      case ("fortran_order", _, nil, _): fortranOrder = try reader.bool()
      case ("shape", _, _, nil): shape = try reader.tuple()
      default: throw Malformed(message: "unexpected or repeated key \(quoted(key)) in the header")
      }
      if !reader.take(",") {
        try reader.expect("}")
        break
      }
    }
    try reader.end()
    guard let descr, let fortranOrder, let shape else {
      throw Malformed(message: "expected the keys \"descr\", \"fortran_order\" and \"shape\" in the header")
    }
    return NPYHeader(descr: descr, fortranOrder: fortranOrder, shape: shape)
  }

  private struct Reader {
    let bytes: ArraySlice<UInt8>
    var position: Int

    private func unexpected(_ expected: String) -> Malformed {
      let found = position < bytes.endIndex ? "byte 0x\(String(bytes[position], radix: 16))" : "its end"
      return Malformed(
        message: "expected \(expected) at byte \(position - bytes.startIndex) of the header, found \(found)")
    }

    private mutating func skipSpace() {
      while position < bytes.endIndex, [0x20, 0x0A, 0x09].contains(bytes[position]) { position += 1 }
    }

    mutating func take(_ word: StaticString) -> Bool {
      skipSpace()
      let word = word.description.utf8
      guard bytes[position...].starts(with: word) else { return false }
      position += word.count
      return true
    }

    mutating func expect(_ word: StaticString) throws(Malformed) {
      if !take(word) { throw unexpected("\"\(word)\"") }
    }

    mutating func end() throws(Malformed) {
      skipSpace()
      if position < bytes.endIndex { throw unexpected("the end") }
    }

    /// A literal without escapes, which neither keys nor plain element types need.
    mutating func string() throws(Malformed) -> String {
      skipSpace()
      if position < bytes.endIndex, bytes[position] == UInt8(ascii: "[") {
        throw Malformed(message: "expected an array of plain numbers, found one of structures")
      }
      guard position < bytes.endIndex, [0x22, 0x27].contains(bytes[position]) else { throw unexpected("a string") }
      let quote = bytes[position]
      guard let end = bytes[(position + 1)...].firstIndex(of: quote),
        let text = String(validating: bytes[position + 1..<end], as: UTF8.self)
      else { throw unexpected("a closed string") }
      position = end + 1
      return text
    }

    mutating func bool() throws(Malformed) -> Bool {
      if take("True") { return true }
      if take("False") { return false }
      throw unexpected("True or False")
    }

    mutating func tuple() throws(Malformed) -> [Int] {
      var extents: [Int] = []
      try expect("(")
      while !take(")") {
        skipSpace()
        let digits = bytes[position...].prefix(while: isDigit)
        guard let extent = Int(String(decoding: digits, as: UTF8.self)) else { throw unexpected("an extent") }
        extents.append(extent)
        position = digits.endIndex
        if !take(",") {
          try expect(")")
          break
        }
      }
      return extents
    }
  }
}
