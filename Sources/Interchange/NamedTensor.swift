#if _endian(big)
  #error("the file formats are little-endian, and so must the machine be")
#endif

/// One tensor of a file: a name, a shape and row-major little-endian bytes.
package struct NamedTensor: Sendable, Equatable {
  /// The element types that safetensors and NPY have in common, and the ones only one of them has.
  package enum ElementType: String, CaseIterable, Sendable {
    case f64, f32, f16, bf16
    case i64, i32, i16, i8
    case u64, u32, u16, u8
    case bool

    /// Bytes of one element.
    package var size: Int {
      switch self {
      case .f64, .i64, .u64: 8
      case .f32, .i32, .u32: 4
      case .f16, .bf16, .i16, .u16: 2
      case .i8, .u8, .bool: 1
      }
    }
  }

  package var name: String
  package var elementType: ElementType
  /// Row-major extents; empty for a scalar.
  package var shape: [Int]
  /// As many bytes as shape and element type ask for; of a file that was read, a part of its one buffer.
  package var bytes: ArraySlice<UInt8>

  package init(_ name: String, _ elementType: ElementType, shape: [Int], bytes: ArraySlice<UInt8>) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }

  package init(_ name: String, shape: [Int], floats: [Float]) {
    self.init(name, .f32, shape: shape, bytes: floats.withUnsafeBytes { [UInt8]($0)[...] })
  }

  package init(_ name: String, shape: [Int], doubles: [Double]) {
    self.init(name, .f64, shape: shape, bytes: doubles.withUnsafeBytes { [UInt8]($0)[...] })
  }

  package init(_ name: String, shape: [Int], integers: [Int64]) {
    self.init(name, .i64, shape: shape, bytes: integers.withUnsafeBytes { [UInt8]($0)[...] })
  }

  /// Number of elements.
  package var count: Int { bytes.count / elementType.size }

  /// Element type and shape as messages and the IR write them, for example `f32[24,3,3,3]`.
  package var type: String { Self.type(elementType.rawValue, shape) }

  static func type(_ elementType: String, _ shape: [Int]) -> String {
    "\(elementType)[\(shape.map(String.init).joined(separator: ","))]"
  }

  /// The elements as floats, rounded where they are wider; nil for integers, which nobody should take for weights.
  package func floats() -> [Float]? {
    switch elementType {
    case .f32: elements(Float.self)
    case .f64: elements(Double.self).map { Float($0) }
    case .f16: elements(Float16.self).map { Float($0) }
    case .bf16: elements(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: nil
    }
  }

  /// The elements as doubles, without loss; nil for integers.
  package func doubles() -> [Double]? {
    switch elementType {
    case .f64: elements(Double.self)
    case .f32, .f16, .bf16: floats()?.map { Double($0) }
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: nil
    }
  }

  /// The elements as integers, booleans as 0 and 1; nil for floats and where a value exceeds 64 signed bits.
  package func integers() -> [Int64]? {
    switch elementType {
    case .i64: return elements(Int64.self)
    case .i32: return elements(Int32.self).map { Int64($0) }
    case .i16: return elements(Int16.self).map { Int64($0) }
    case .i8: return elements(Int8.self).map { Int64($0) }
    case .u64:
      let values = elements(UInt64.self)
      return values.allSatisfy { $0 <= UInt64(Int64.max) } ? values.map { Int64($0) } : nil
    case .u32: return elements(UInt32.self).map { Int64($0) }
    case .u16: return elements(UInt16.self).map { Int64($0) }
    case .u8: return bytes.map { Int64($0) }
    case .bool: return bytes.map { $0 == 0 ? 0 : 1 }
    case .f64, .f32, .f16, .bf16: return nil
    }
  }

  /// A copy of the bytes as numbers; the buffer of a file need not be aligned for them.
  private func elements<Number: BitwiseCopyable>(_: Number.Type) -> [Number] {
    let count = bytes.count / MemoryLayout<Number>.size
    return [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
      bytes.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source.prefix(count * MemoryLayout<Number>.size)))
      }
      initialized = count
    }
  }
}
