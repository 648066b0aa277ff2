/// A JSON value that keeps the order of members; numbers are kept only where they are integers.
enum JSONValue: Equatable {
  struct Member: Equatable {
    let key: String
    let value: JSONValue
  }

  case object([Member])
  case array([JSONValue])
  case string(String)
  case integer(Int)
  /// A number with a fraction or an exponent, or too large for an Int; no header needs its value.
  case number
  case bool(Bool)
  case null

  /// The kind for messages.
  var kind: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .integer(let value): "\(value)"
    case .number: "a number that is no 64-bit integer"
    case .bool(let value): "\(value)"
    case .null: "null"
    }
  }
}

/// Where and why a text is not JSON.
struct JSONError: Error, Equatable {
  let offset: Int
  let message: String
}

/// A strict reader of RFC 8259 JSON: no duplicate keys, bounded nesting, valid UTF-8 only.
///
/// Foundation's reader keeps one of two equal keys silently, so it cannot tell that a tensor is listed twice.
struct JSONReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private static let maximumDepth = 32

  static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes: bytes, position: bytes.startIndex)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    if reader.position < bytes.endIndex { throw reader.unexpected("the end of the text") }
    return value
  }

  private func unexpected(_ expected: String) -> JSONError {
    let found = position < bytes.endIndex ? "byte 0x\(String(bytes[position], radix: 16))" : "the end"
    return JSONError(offset: position - bytes.startIndex, message: "expected \(expected), found \(found)")
  }

  private func failure(_ message: String) -> JSONError {
    JSONError(offset: position - bytes.startIndex, message: message)
  }

  private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let byte = next, UInt32(byte) == character.value else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    if depth > Self.maximumDepth { throw failure("nested deeper than \(Self.maximumDepth) levels") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some(let byte) where byte == UInt8(ascii: "-") || isDigit(byte): return try number()
    default: throw unexpected("a value")
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for byte in word.description.utf8 {
      guard next == byte else { throw unexpected("\(word)") }
      position += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var members: [JSONValue.Member] = []
    var keys: Set<String> = []
    skipSpace()
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
      let key = try string()
      if !keys.insert(key).inserted { throw failure("duplicate key \(quoted(key))") }
      skipSpace()
      guard take(":") else { throw unexpected("\":\"") }
      members.append(JSONValue.Member(key: key, value: try value(depth: depth + 1)))
      skipSpace()
    } while take(",")
    guard take("}") else { throw unexpected("\",\" or \"}\"") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if take("]") { return .array([]) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw unexpected("\",\" or \"]\"") }
    return .array(elements)
  }

  private mutating func digits() -> Bool {
    let start = position
    while let byte = next, isDigit(byte) { position += 1 }
    return position > start
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    var isInteger = true
    _ = take("-")
    if !take("0"), !digits() { throw unexpected("a digit") }
    if take(".") {
      isInteger = false
      if !digits() { throw unexpected("a digit") }
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      if !digits() { throw unexpected("a digit") }
    }
    guard isInteger, let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else { return .number }
    return .integer(value)
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else { throw failure("the string is not UTF-8") }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        text += try escape()
      case 0..<0x20: throw unexpected("a character or an escape")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw unexpected("a closing quote")
  }

  /// The UTF-8 of one escape; the backslash is already read.
  private mutating func escape() throws(JSONError) -> [UInt8] {
    let simple: [(Unicode.Scalar, UInt8)] = [
      ("\"", 0x22), ("\\", 0x5C), ("/", 0x2F), ("b", 0x08), ("f", 0x0C), ("n", 0x0A), ("r", 0x0D), ("t", 0x09),
    ]
    for (letter, byte) in simple where take(letter) { return [byte] }
    guard take("u") else { throw unexpected("an escape") }
    var code = try hexadecimal4()
    if (0xD800..<0xDC00).contains(code), take("\\"), take("u") {
      let low = try hexadecimal4()
      guard (0xDC00..<0xE000).contains(low) else { throw failure("a lone surrogate in an escape") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw failure("a lone surrogate in an escape") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal4() throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}

/// Whether the byte is an ASCII digit.
func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
