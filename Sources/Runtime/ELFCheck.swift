/// Looks at a shared library's headers before `dlopen` does: the loader maps what the headers promise, and a truncated
/// file would end the program with SIGBUS.
///
/// CodeAudit's `SharedObject` reads the same format for its sections and symbols; this module, which running a model
/// needs, may not import the audits, and needs no more than the program headers.
enum ELFCheck {
  #if arch(x86_64)
    static let hostMachine = 62
  #elseif arch(arm64)
    static let hostMachine = 183
  #else
    static let hostMachine = -1
  #endif

  static func machineName(_ machine: Int) -> String {
    switch machine {
    case 62: "x86-64"
    case 183: "aarch64"
    case 3: "i386"
    case 40: "arm"
    case 243: "risc-v"
    default: "ELF machine \(machine)"
    }
  }

  /// What is wrong with these bytes as a 64-bit little-endian shared library for this machine, or nil.
  static func fault(in bytes: [UInt8]) -> String? {
    func word<T: FixedWidthInteger>(_ offset: Int, _ type: T.Type) -> Int {
      let value = bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
      return Int(clamping: value)
    }
    let headerSize = 64
    guard bytes.count >= headerSize, bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else { return "not an ELF file" }
    guard bytes[4] == 2, bytes[5] == 1, word(16, UInt16.self) == 3 else {
      return "not a 64-bit little-endian shared library"
    }
    let machine = word(18, UInt16.self)
    guard machine == hostMachine else {
      return "built for \(machineName(machine)), this machine is \(machineName(hostMachine))"
    }
    let table = word(32, UInt64.self)
    let entrySize = word(54, UInt16.self)
    let entries = word(56, UInt16.self)
    guard entrySize == 56, entries > 0, table <= bytes.count, entries * entrySize <= bytes.count - table else {
      return "program headers lie outside the file"
    }
    for index in 0..<entries {
      let header = table + index * entrySize
      let offset = word(header + 8, UInt64.self)
      let size = word(header + 32, UInt64.self)
      guard offset <= bytes.count, size <= bytes.count - offset else {
        return "truncated: segment \(index) ends at byte \(offset &+ size), the file has \(bytes.count)"
      }
    }
    return nil
  }
}
