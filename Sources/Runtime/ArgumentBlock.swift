import ArtefactABI

/// The one structure that every entry point takes, filled field by field at the contract's offsets.
struct ArgumentBlock: ~Copyable {
  private let storage: Buffer

  init() throws(RuntimeError) {
    storage = try Buffer(bytes: ArgumentField.structureSize)
  }

  var address: UnsafeRawPointer { UnsafeRawPointer(storage.address) }

  func set(_ field: ArgumentField, _ pointer: UnsafeRawPointer?) {
    put(field, UInt64(UInt(bitPattern: pointer)))
  }

  func set(_ field: ArgumentField, _ value: UInt64) { put(field, value) }
  func set(_ field: ArgumentField, _ value: Float) { put(field, value) }

  private func put<T: BitwiseCopyable>(_ field: ArgumentField, _ value: T) {
    precondition(MemoryLayout<T>.size == field.size, "argument of the wrong size")
    storage.address.storeBytes(of: value, toByteOffset: field.offset, as: T.self)
  }
}
