extension Safetensors {
  /// Writes a file atomically; the same tensors and metadata give the same bytes.
  package static func write(
    _ tensors: [NamedTensor], metadata: [String: String] = [:], to path: String
  ) throws(InterchangeError) {
    try writeAtomically(serialize(tensors, metadata: metadata, path: path), to: path)
  }

  /// The pieces of a file: the header, then each tensor's bytes.
  ///
  /// Wide elements come first, as in the reference writer, so that every tensor is aligned in the file; among equals
  /// the given order stays. Throws for duplicate or reserved names and bytes that do not fit the shape.
  static func serialize(
    _ tensors: [NamedTensor], metadata: [String: String], path: String
  ) throws(InterchangeError) -> [ArraySlice<UInt8>] {
    let problems = writingProblems(tensors, reserved: [metadataKey])
    if !problems.isEmpty { throw InterchangeError(path, problems: problems) }
    let ordered = tensors.sorted { $0.elementType.size > $1.elementType.size }

    var members: [String] = []
    if !metadata.isEmpty {
      // A dictionary's order changes from run to run.
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      let text = pairs.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ",")
      members.append("\"\(metadataKey)\":{\(text)}")
    }
    var offset = 0
    for tensor in ordered {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.bytes.count
      members.append(
        "\(json(tensor.name)):{\"dtype\":\"\(typeName(tensor.elementType))\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    if header.count > maximumHeader {
      throw InterchangeError(path, "the header would have \(header.count) bytes, more than \(maximumHeader)")
    }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return [(length + header)[...]] + ordered.map(\.bytes)
  }

  private static func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// What forbids writing these tensors: names used twice or reserved, bytes that do not fit the shape.
func writingProblems(_ tensors: [NamedTensor], reserved: [String] = []) -> [String] {
  var problems: [String] = []
  var names: Set<String> = []
  for tensor in tensors {
    if reserved.contains(tensor.name) { problems.append("the name \(quoted(tensor.name)) is reserved") }
    if !names.insert(tensor.name).inserted { problems.append("two tensors are named \(quoted(tensor.name))") }
    let expected = elementCount(tensor.shape).map { $0.multipliedReportingOverflow(by: tensor.elementType.size) }
    guard let expected, !expected.overflow, expected.partialValue == tensor.bytes.count else {
      let bytes = expected.map { $0.overflow ? "more than 2^63" : "\($0.partialValue)" } ?? "more than 2^63"
      problems.append(
        "expected \(bytes) bytes for \(quoted(tensor.name)) (\(tensor.type)), found \(tensor.bytes.count)")
      continue
    }
  }
  return problems
}
