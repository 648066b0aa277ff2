import Foundation
import Interchange
import Testing

@Suite struct NPYTests {
  /// Expected values: the formulas of `Fixtures/make.py`, which wrote the files with NumPy.
  @Test func readsWhatNumPyWrote() throws {
    let ramp = (1...6).map { Float($0) }
    #expect(try NPY.read(fixture("float32.npy"), name: "x") == NamedTensor("x", shape: [2, 3], floats: ramp))
    #expect(
      try NPY.read(fixture("float64.npy")) == NamedTensor("", shape: [2, 3], doubles: (1...6).map { Double($0) }))
    #expect(try NPY.read(fixture("int64.npy")) == NamedTensor("", shape: [2, 3], integers: Array(1...6)))
    for (name, type) in [("int32", NamedTensor.ElementType.i32), ("uint8", .u8)] {
      let tensor = try NPY.read(fixture("\(name).npy"))
      #expect(tensor.elementType == type && tensor.shape == [2, 3] && tensor.integers() == Array(1...6))
    }
    #expect(try NPY.read(fixture("bool.npy")).integers() == [0, 1, 0, 1, 0, 1])
    #expect(try NPY.read(fixture("scalar.npy")) == NamedTensor("", shape: [], floats: [2.5]))
    #expect(try NPY.read(fixture("vector.npy")) == NamedTensor("", shape: [5], floats: [0, 1, 2, 3, 4]))
    #expect(try NPY.read(fixture("empty.npy")) == NamedTensor("", shape: [0, 4], floats: []))
  }

  @Test func convertsOtherLayouts() throws {
    let ramp = (0..<24).map { Float($0) }
    #expect(try NPY.read(fixture("fortran.npy")) == NamedTensor("", shape: [2, 3, 4], floats: ramp))
    let six = NamedTensor("", shape: [2, 3], floats: Array(ramp[..<6]))
    #expect(try NPY.read(fixture("bigendian.npy")) == six)
    #expect(try NPY.read(fixture("version2.npy")) == six)
  }

  @Test(arguments: ["float32", "float64", "int64", "int32", "uint8", "bool", "scalar", "vector", "empty"])
  func writesTheBytesOfNumPy(name: String) throws {
    try withTemporaryFolder { folder in
      let path = fixture("\(name).npy")
      try NPY.write(try NPY.read(path), to: "\(folder)/again.npy")
      #expect(try readFile("\(folder)/again.npy") == readFile(path))
    }
  }

  /// More extents than version 1 has room for; version 2 must be written and read again.
  @Test func writesVersion2ForLongHeaders() throws {
    try withTemporaryFolder { folder in
      let tensor = NamedTensor("t", shape: Array(repeating: 1, count: 30_000), floats: [1])
      try NPY.write(tensor, to: "\(folder)/long.npy")
      #expect(try readFile("\(folder)/long.npy")[6] == 2)
      #expect(try NPY.read("\(folder)/long.npy", name: "t") == tensor)
    }
  }

  @Test func refusesOtherTypes() {
    for (name, expected) in [("complex", "found \"<c8\""), ("structured", "found one of structures")] {
      let text = message { () throws(InterchangeError) in _ = try NPY.read(fixture("\(name).npy")) }
      #expect(text.contains(expected), "\(text)")
    }
  }

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "expected 12 bytes for f32[3], found 8"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "expected 4 bytes for f32[1], found 8"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "63 bits"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "expected an extent"),
    ("{'descr': '<f4', 'fortran_order': False, }", "expected the keys"),
    ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "repeated key"),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }", "expected True or False"),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "found \"|O\""),
    ("{'descr': '', 'fortran_order': False, 'shape': (2,), }", "found \"\""),
    ("{'descr': '<f4, 'fortran_order': False, 'shape': (2,), }", "expected"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } x", "expected the end"),
  ])
  func rejects(header: String, expected: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.npy"
      let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      try writeAtomically(bytes + Array(repeating: 0, count: 8), to: path)
      let text = message { () throws(InterchangeError) in _ = try NPY.read(path) }
      #expect(text.contains(expected), "\(text)")
    }
  }

  @Test func everyTruncationThrows() throws {
    let bytes = try readFile(fixture("float64.npy"))
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.npy"
      for count in 0..<bytes.count {
        try writeAtomically(Array(bytes[..<count]), to: path)
        #expect(throws: InterchangeError.self, "\(count) bytes") { try NPY.read(path) }
      }
    }
  }
}
