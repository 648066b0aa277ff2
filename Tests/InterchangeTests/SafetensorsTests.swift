import Foundation
import Interchange
import Testing

@Suite struct SafetensorsTests {
  /// Expected values: the formulas of `Fixtures/make.py`, which wrote the file with the reference implementation.
  @Test func readsWhatTheReferenceWrote() throws {
    let file = try Safetensors.read(fixture("mixed.safetensors"))
    #expect(file.metadata == ["format": "np", "epoch": "3"])
    #expect(try file.floats("stem.weight", shape: [2, 3, 2, 2]) == (0..<24).map { Float($0) / 4 })
    #expect(try file.integers("norm.num_batches_tracked", shape: []) == [7])
    #expect(try file.doubles("double") == [0.1, -1e300])
    #expect(try file.floats("half") == [1.5, -2, 65504])
    #expect(try file.integers("bytes", shape: [1, 3]) == [0, 127, 255])
    #expect(try file.integers("mask") == [1, 0, 1])
    #expect(try file.floats("none", shape: [0, 3]) == [])
    #expect(try file.integers("quo\"te\\é\n") == [3])
    #expect(file.tensors.count == 8)
  }

  /// The reference orders by element size as this writer does, so that writing again must give its bytes.
  @Test func writesTheBytesOfTheReference() throws {
    try withTemporaryFolder { folder in
      let file = try Safetensors.read(fixture("mixed.safetensors"))
      try Safetensors.write(file.tensors, metadata: file.metadata, to: "\(folder)/again.safetensors")
      #expect(try readFile("\(folder)/again.safetensors") == readFile(fixture("mixed.safetensors")))
    }
  }

  @Test func headerIsAlignedAndOrderKept() throws {
    try withTemporaryFolder { folder in
      for length in 1...9 {
        let name = String(repeating: "n", count: length)
        let tensors = [
          NamedTensor(name, .u8, shape: [1], bytes: [5]), NamedTensor("b", shape: [1], floats: [2]),
          NamedTensor("a", shape: [2], floats: [0.5, 1]),
        ]
        try Safetensors.write(tensors, to: "\(folder)/w")
        #expect((try readFile("\(folder)/w").count - 13) % 8 == 0)
        #expect(try Safetensors.read("\(folder)/w").tensors == [tensors[1], tensors[2], tensors[0]])
      }
    }
  }

  /// bfloat16 is the upper half of a float: 0x3FC0 is 1.5, 0xC000 is -2.
  @Test func readsBFloat16() throws {
    let bytes = file(#"{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#, data: [0xC0, 0x3F, 0x00, 0xC0])
    #expect(try Safetensors.parse(bytes, path: "f").floats("a") == [1.5, -2])
  }

  /// RFC 8259, section 7: U+1D11E is written \\uD834\\uDD1E.
  @Test func readsEscapes() throws {
    let key = #"\u00e9\"\\\/\b\f\n\r\t\ud834\uDD1E"#
    let bytes = file("{\"\(key)\" :\n {\"dtype\":\"U8\", \"shape\":[ ], \"data_offsets\":[0,1]} }  ", data: [9])
    #expect(try Safetensors.parse(bytes, path: "f").integers("é\"\\/\u{8}\u{C}\n\r\t\u{1D11E}") == [9])
  }

  @Test func everyTruncationThrows() throws {
    let bytes = try readFile(fixture("mixed.safetensors"))
    for count in 0..<bytes.count {
      #expect(throws: InterchangeError.self, "\(count) bytes") {
        try Safetensors.parse(Array(bytes[..<count]), path: "f")
      }
    }
  }

  /// A flipped bit may give another valid file, but never a crash.
  @Test func flippedBitsNeverCrash() throws {
    let bytes = try readFile(fixture("mixed.safetensors"))
    for position in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[position] ^= 1 << bit
        _ = try? Safetensors.parse(changed, path: "f")
      }
    }
  }

  /// Each broken header with a part of the message that it must give.
  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, #"expected 8 bytes for "a" (f32[2]), found 4"#),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "ascending order"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#, "within the 8 bytes of data"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "expected 4 bytes of data, found 8"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "4 bytes between the start of the data and"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      #""b" overlaps "a""#
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      #"duplicate key "a""#
    ),
    (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#, "63 bits"),
    (#"{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,8]}}"#, "63 bits"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "at least 0"),
    (#"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, "no 64-bit integer"),
    (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}"#, "no 64-bit integer"),
    (#"{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}"#, #"found "F8_E4M3""#),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}}"#, "expected 2 \"data_offsets\""),
    (#"{"a":{"dtype":"F32","shape":[2]}}"#, "expected an array for \"data_offsets\" of \"a\", found none"),
    (#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, "expected a \"dtype\""),
    (#"{"a":7}"#, "expected an object for \"a\", found 7"),
    (#"{"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "expected text for metadata"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, "bad header at byte"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#, "expected the end of the text"),
    (#"{"a\ud800":1}"#, "lone surrogate"),
    (#"[]"#, "starts with"),
  ])
  func rejects(header: String, expected: String) {
    let bytes = file(header, data: Array(repeating: 0, count: 8))
    let text = message { () throws(InterchangeError) in _ = try Safetensors.parse(bytes, path: "weights.safetensors") }
    #expect(text.hasPrefix("weights.safetensors: "))
    #expect(text.contains(expected), "\(text)")
  }

  @Test func rejectsLyingHeaderLengths() {
    for length: UInt64 in [3, 1 << 20, 100_000_001, 1 << 62, .max] {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array("{}".utf8)
      #expect(throws: InterchangeError.self) { try Safetensors.parse(bytes, path: "f") }
    }
    let deep = file(String(repeating: #"{"a":"#, count: 100_000), data: [])
    #expect(message { () throws(InterchangeError) in _ = try Safetensors.parse(deep, path: "f") }.contains("nested"))
  }

  @Test func reportsAllProblemsAtOnce() {
    let bytes = file(#"{"a":{"dtype":"F3"},"b":1,"c":{"dtype":"U8","shape":[1],"data_offsets":[0,2]}}"#, data: [0, 0])
    let text = message { () throws(InterchangeError) in _ = try Safetensors.parse(bytes, path: "f") }
    #expect(text.split(separator: "\n").count == 3, "\(text)")
  }

  @Test func refusesToWriteNonsense() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/w.safetensors"
      let good = NamedTensor("a", shape: [2], floats: [1, 2])
      let text = message { () throws(InterchangeError) in
        let bad = NamedTensor("b", shape: [3], floats: [1, 2])
        try Safetensors.write([good, good, bad], metadata: [:], to: path)
      }
      #expect(text.contains("two tensors are named \"a\""))
      #expect(text.contains("expected 12 bytes for \"b\" (f32[3]), found 8"))
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func accessorsNameFileAndTensor() throws {
    let file = try Safetensors.read(fixture("mixed.safetensors"))
    let missing = message { () throws(InterchangeError) in _ = try file.floats("stem") }
    #expect(missing.contains("mixed.safetensors: no tensor \"stem\"; the file holds"))
    let wrongType = message { () throws(InterchangeError) in _ = try file.floats("bytes") }
    #expect(wrongType.contains("expected floating-point numbers for \"bytes\", found u8[1,3]"))
    let wrongShape = message { () throws(InterchangeError) in _ = try file.floats("double", shape: [3]) }
    #expect(wrongShape.contains("of shape [3] for \"double\", found f64[2]"))
    #expect(throws: InterchangeError.self) { try file.integers("half") }
  }

  private func file(_ header: String, data: [UInt8]) -> [UInt8] {
    let header = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
  }
}
