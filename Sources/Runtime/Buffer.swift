import Glibc

/// Zeroed memory with one owner, aligned for tensors; large blocks lie on 2 MiB pages.
package struct Buffer: ~Copyable {
  package static let alignment = 64
  package static let hugePage = 2 << 20

  private let base: UnsafeMutableRawPointer
  private let mapped: Bool
  package let count: Int

  /// `count` bytes; a buffer of no bytes still has an address.
  package init(bytes count: Int) throws(RuntimeError) {
    let mapped = count >= Self.hugePage
    base = try mapped ? Self.map(count) : Self.allocate(count)
    self.mapped = mapped
    self.count = count
  }

  deinit {
    if mapped { munmap(base, Self.mappedLength(count)) } else { free(base) }
  }

  private static func mappedLength(_ count: Int) -> Int { (count + hugePage - 1) / hugePage * hugePage }

  private static func allocate(_ count: Int) throws(RuntimeError) -> UnsafeMutableRawPointer {
    guard count >= 0 else { throw .user("cannot allocate \(count) bytes") }
    var pointer: UnsafeMutableRawPointer?
    let length = max(count, alignment)
    let code = posix_memalign(&pointer, alignment, length)
    guard code == 0, let pointer else {
      throw .user("cannot allocate \(describe(bytes: count)): \(FileSystem.reason(code))")
    }
    memset(pointer, 0, length)
    return pointer
  }

  /// Maps one huge page too many and gives back what lies outside the aligned range.
  private static func map(_ count: Int) throws(RuntimeError) -> UnsafeMutableRawPointer {
    guard count <= 1 << 50 else { throw .user("cannot allocate \(describe(bytes: count))") }
    let length = mappedLength(count)
    let pointer = mmap(nil, length + hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pointer, pointer != MAP_FAILED else {
      throw .user("cannot allocate \(describe(bytes: count)): \(FileSystem.reason(errno))")
    }
    let before = (hugePage - Int(bitPattern: pointer) % hugePage) % hugePage
    if before > 0 { munmap(pointer, before) }
    let aligned = pointer + before
    if before < hugePage { munmap(aligned + length, hugePage - before) }
    // Only a wish: where huge pages are off, nothing else changes.
    madvise(aligned, length, MADV_HUGEPAGE)
    return aligned
  }

  package var address: UnsafeMutableRawPointer { base }
  package var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: count) }
  package var floats: UnsafeMutableBufferPointer<Float> { bytes.bindMemory(to: Float.self) }

  /// Floats at a byte offset; the caller has checked that they lie inside.
  package func floats(at offset: Int, count: Int) -> UnsafeMutableBufferPointer<Float> {
    precondition(offset >= 0 && count >= 0 && offset + 4 * count <= self.count, "tensor outside its buffer")
    return UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<(offset + 4 * count)]).bindMemory(to: Float.self)
  }
}

/// A size for people: `312 B`, `4.0 KiB`, `93.1 GiB`.
package func describe(bytes: Int) -> String {
  guard bytes >= 1024 else { return "\(bytes) B" }
  var value = Double(bytes)
  var unit = ""
  for next in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] where value >= 1024 {
    value /= 1024
    unit = next
  }
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10) \(unit)"
}
