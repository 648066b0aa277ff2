/// The safetensors format: 8 bytes of header length, a JSON header, then the tensors' bytes without gaps.
///
/// Source: https://github.com/huggingface/safetensors, section "Format". Header keys may stand in any order; the data
/// must be covered exactly, as the reference reader also demands.
package enum Safetensors {
  /// Limit of the reference implementation, against headers that only exist to exhaust memory.
  static let maximumHeader = 100_000_000
  static let metadataKey = "__metadata__"

  static func typeName(_ type: NamedTensor.ElementType) -> String { type.rawValue.uppercased() }

  /// Reads a file; one read, and the tensors share its buffer.
  package static func read(_ path: String) throws(InterchangeError) -> TensorArchive {
    try parse(readFile(path), path: path)
  }

  /// Reads the bytes of a file; `path` is what messages call it. All broken tensors are reported together.
  package static func parse(_ bytes: [UInt8], path: String) throws(InterchangeError) -> TensorArchive {
    let fields = LittleEndianFields(bytes: bytes[...])
    guard let declared = fields.unsigned(at: 0, width: 8) else {
      throw InterchangeError(path, "truncated: expected 8 bytes of header length, found \(bytes.count)")
    }
    if declared > UInt64(maximumHeader) {
      throw InterchangeError(
        path, "not a safetensors file: expected a header of at most \(maximumHeader) bytes, found \(declared)")
    }
    guard let header = fields.slice(at: 8, count: Int(declared)) else {
      throw InterchangeError(path, "truncated: expected a header of \(declared) bytes, found \(bytes.count - 8)")
    }
    let members = try parseHeader(header, path: path)
    return try SafetensorsHeader(members: members, data: bytes[header.endIndex...], path: path).archive()
  }

  private static func parseHeader(
    _ header: ArraySlice<UInt8>, path: String
  ) throws(InterchangeError) -> [JSONValue.Member] {
    guard header.first == UInt8(ascii: "{") else {
      throw InterchangeError(path, "not a safetensors file: expected a header that starts with \"{\"")
    }
    do {
      // A text that starts with a brace is an object or not JSON.
      guard case .object(let members) = try JSONReader.parse(header) else { return [] }
      return members
    } catch {
      throw InterchangeError(path, "bad header at byte \(8 + error.offset): \(error.message)")
    }
  }
}

/// Checks a parsed header against the data that follows it.
private struct SafetensorsHeader {
  let members: [JSONValue.Member]
  let data: ArraySlice<UInt8>
  let path: String

  private struct Entry {
    let name: String
    let elementType: NamedTensor.ElementType
    let shape: [Int]
    let begin: Int
    let end: Int
  }

  /// Why one member is wrong; the caller collects them.
  private struct Problem: Error {
    let text: String
  }

  func archive() throws(InterchangeError) -> TensorArchive {
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    var problems: [String] = []
    for member in members {
      do throws(Problem) {
        if member.key == Safetensors.metadataKey {
          metadata = try self.metadata(member.value)
        } else {
          entries.append(try entry(member))
        }
      } catch {
        problems.append(error.text)
      }
    }
    // Swift's sort is stable, so that empty tensors keep the header's order.
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    if problems.isEmpty { problems = coverageProblems(entries) }
    if !problems.isEmpty { throw InterchangeError(path, problems: problems) }
    let tensors = entries.map { entry in
      NamedTensor(
        entry.name, entry.elementType, shape: entry.shape,
        bytes: data[data.startIndex + entry.begin..<data.startIndex + entry.end])
    }
    return TensorArchive(path: path, tensors: tensors, metadata: metadata)
  }

  private func metadata(_ value: JSONValue) throws(Problem) -> [String: String] {
    guard case .object(let members) = value else {
      throw Problem(text: "expected an object for \"\(Safetensors.metadataKey)\", found \(value.kind)")
    }
    var metadata: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else {
        throw Problem(text: "expected text for metadata \(quoted(member.key)), found \(member.value.kind)")
      }
      metadata[member.key] = text
    }
    return metadata
  }

  private func entry(_ member: JSONValue.Member) throws(Problem) -> Entry {
    let name = quoted(member.key)
    guard case .object(let members) = member.value else {
      throw Problem(text: "expected an object for \(name), found \(member.value.kind)")
    }
    func field(_ key: String) -> JSONValue? { members.first { $0.key == key }?.value }
    guard case .string(let typeName) = field("dtype") else {
      throw Problem(text: "expected a \"dtype\" of text for \(name), found \(field("dtype")?.kind ?? "none")")
    }
    guard let type = NamedTensor.ElementType.allCases.first(where: { Safetensors.typeName($0) == typeName }) else {
      let known = NamedTensor.ElementType.allCases.map(Safetensors.typeName).joined(separator: ", ")
      throw Problem(text: "expected one of \(known) as \"dtype\" of \(name), found \(quoted(typeName))")
    }
    let shape = try extents(field("shape"), "\"shape\" of \(name)")
    let offsets = try extents(field("data_offsets"), "\"data_offsets\" of \(name)")
    guard offsets.count == 2 else {
      throw Problem(text: "expected 2 \"data_offsets\" for \(name), found \(offsets.count)")
    }
    guard offsets[0] <= offsets[1], offsets[1] <= data.count else {
      throw Problem(
        text: "expected \"data_offsets\" of \(name) in ascending order within the \(data.count) bytes of data, "
          + "found \(offsets)")
    }
    let described = NamedTensor.type(type.rawValue, shape)
    guard let count = elementCount(shape), count <= Int.max / type.size else {
      throw Problem(text: "\(name) (\(described)) has more bytes than 63 bits can count")
    }
    guard count * type.size == offsets[1] - offsets[0] else {
      throw Problem(
        text: "expected \(count * type.size) bytes for \(name) (\(described)), found \(offsets[1] - offsets[0])")
    }
    return Entry(name: member.key, elementType: type, shape: shape, begin: offsets[0], end: offsets[1])
  }

  private func extents(_ value: JSONValue?, _ what: String) throws(Problem) -> [Int] {
    guard case .array(let elements) = value else {
      throw Problem(text: "expected an array for \(what), found \(value?.kind ?? "none")")
    }
    var extents: [Int] = []
    for element in elements {
      guard case .integer(let extent) = element, extent >= 0 else {
        throw Problem(text: "expected integers of at least 0 in \(what), found \(element.kind)")
      }
      extents.append(extent)
    }
    return extents
  }

  /// Overlaps and gaps of entries sorted by offset, and data that no tensor owns.
  private func coverageProblems(_ entries: [Entry]) -> [String] {
    var problems: [String] = []
    var position = 0
    var previous = "the start of the data"
    for entry in entries {
      if entry.begin < position {
        problems.append("\(quoted(entry.name)) overlaps \(previous): it starts at \(entry.begin), before \(position)")
      } else if entry.begin > position {
        problems.append("\(entry.begin - position) bytes between \(previous) and \(quoted(entry.name)) are unused")
      }
      position = max(position, entry.end)
      previous = quoted(entry.name)
    }
    if position < data.count {
      problems.append("expected \(position) bytes of data, found \(data.count)")
    }
    return problems
  }
}
