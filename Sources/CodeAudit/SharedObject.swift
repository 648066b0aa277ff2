/// The parts of an ELF64 shared object that an audit needs: sections and symbols.
///
/// Every offset, size and index in the file is checked before use; a file that lies about itself gives
/// `AuditError.malformed`. Layout: System V ABI, chapters 4 and 5, and `elf(5)`. The runtime, which may not import this
/// module, checks the program headers by itself before it loads a library (`ELFCheck`).
package struct SharedObject: Equatable, Sendable {
  package struct Section: Equatable, Sendable {
    package var name: String
    /// Bytes in memory; for `.bss` there are none in the file.
    package var size: Int
    /// SHF_WRITE and SHF_ALLOC: the running program can change it (or the loader could, before it protects it).
    package var isWritable: Bool
  }

  package struct Symbol: Equatable, Sendable {
    package enum Binding: Equatable, Sendable {
      case local, global, weak
      case other(Int)
    }
    package var name: String
    package var binding: Binding
    package var isFunction: Bool
    /// A variable (per process or per thread).
    package var isData: Bool
    /// An address; in an object file that is not linked yet, the offset in its section.
    package var value: Int
    package var size: Int
    /// Index into `sections`; nil for undefined, absolute and common symbols.
    package var section: Int?
    package var isUndefined: Bool
  }

  package var sections: [Section]
  /// What the dynamic linker sees.
  package var dynamicSymbols: [Symbol]
  /// The full table with local symbols; nil in a stripped file.
  package var symbols: [Symbol]?

  /// Symbols that a loader must find elsewhere, in the file's order.
  package var undefined: [Symbol] { dynamicSymbols.filter { $0.isUndefined && !$0.name.isEmpty } }
  /// Symbols that the library offers, in the file's order.
  package var exported: [Symbol] { dynamicSymbols.filter { !$0.isUndefined && $0.binding != .local } }

  /// Bytes of a section; 0 where it is absent.
  package func size(ofSection name: String) -> Int {
    sections.reduce(0) { $0 + ($1.name == name ? $1.size : 0) }
  }

  /// Reads and parses the file at `path`.
  package init(path: String) throws(AuditError) {
    try self.init(bytes: FileBytes.read(path), file: path)
  }

  /// Parses an image in memory; `file` names it in errors. Linear in the number of sections and symbols.
  package init(bytes: [UInt8], file: String) throws(AuditError) {
    let image = ELFImage(bytes: bytes, file: file)
    let table = try image.sectionTable()
    sections = table.map { header in
      Section(name: header.name, size: header.size, isWritable: header.flags & 0x3 == 0x3)
    }
    guard let dynamic = table.first(where: { $0.type == ELFImage.dynamicSymbolTable }) else {
      throw .malformed(file: file, reason: "no dynamic symbol table")
    }
    dynamicSymbols = try image.symbols(of: dynamic, in: table)
    if let full = table.first(where: { $0.type == ELFImage.symbolTable }) {
      symbols = try image.symbols(of: full, in: table)
    }
  }
}

/// Bounds-checked access to an ELF64 little-endian image.
struct ELFImage {
  static let symbolTable: UInt32 = 2
  static let stringTable: UInt32 = 3
  static let noBits: UInt32 = 8
  static let dynamicSymbolTable: UInt32 = 11

  struct SectionHeader {
    var name: String
    var type: UInt32
    var flags: UInt64
    var address: Int
    var offset: Int
    var size: Int
    var link: Int
    var entrySize: Int
  }

  let bytes: [UInt8]
  let file: String

  private func malformed(_ reason: String) -> AuditError { .malformed(file: file, reason: reason) }

  /// Reads a little-endian integer at a byte offset.
  private func read<T: FixedWidthInteger>(_ type: T.Type, at offset: Int, _ what: @autoclosure () -> String)
    throws(AuditError) -> T
  {
    let width = T.bitWidth / 8
    guard offset >= 0, offset <= bytes.count - width else {
      throw malformed("\(what()) lies outside the file of \(bytes.count) bytes")
    }
    var value: T = 0
    for index in (0..<width).reversed() { value = value << 8 | T(truncatingIfNeeded: bytes[offset + index]) }
    return value
  }

  /// A 64-bit offset or size that must be representable, so that later sums cannot overflow.
  private func extent(at offset: Int, _ what: @autoclosure () -> String) throws(AuditError) -> Int {
    let value = try read(UInt64.self, at: offset, what())
    guard value < 1 << 48 else { throw malformed("\(what()) is \(value)") }
    return Int(value)
  }

  /// The architecture's number: 62 for x86-64, 183 for aarch64.
  func machine() throws(AuditError) -> Int { Int(try read(UInt16.self, at: 18, "the machine")) }

  /// The sections; object files that are not linked yet are refused unless they are `relocatable`.
  func sectionTable(relocatable: Bool = false) throws(AuditError) -> [SectionHeader] {
    guard bytes.count >= 64, Array(bytes[0..<4]) == [0x7F, 0x45, 0x4C, 0x46] else {
      throw malformed("expected an ELF file, found \(bytes.isEmpty ? "an empty file" : "something else")")
    }
    guard bytes[4] == 2, bytes[5] == 1 else { throw malformed("expected 64-bit little-endian ELF") }
    let type = try read(UInt16.self, at: 16, "the file type")
    guard type == 3 || type == 1 && relocatable else {
      throw malformed("expected a shared object (ELF type 3), found ELF type \(type)")
    }
    let start = try extent(at: 40, "the section table's offset")
    let entrySize = Int(try read(UInt16.self, at: 58, "the section header size"))
    let count = Int(try read(UInt16.self, at: 60, "the number of sections"))
    let names = Int(try read(UInt16.self, at: 62, "the section name table's index"))
    guard start > 0, count > 0 else { throw malformed("no section table") }
    guard entrySize >= 64 else { throw malformed("section headers of \(entrySize) bytes, expected 64") }
    guard start + count * entrySize <= bytes.count else {
      throw malformed("the table of \(count) sections lies outside the file of \(bytes.count) bytes")
    }
    var headers: [SectionHeader] = []
    var nameOffsets: [Int] = []
    for index in 0..<count {
      let at = start + index * entrySize
      nameOffsets.append(Int(try read(UInt32.self, at: at, "section \(index)'s name")))
      headers.append(
        SectionHeader(
          name: "", type: try read(UInt32.self, at: at + 4, "section \(index)'s type"),
          flags: try read(UInt64.self, at: at + 8, "section \(index)'s flags"),
          address: try extent(at: at + 16, "section \(index)'s address"),
          offset: try extent(at: at + 24, "section \(index)'s offset"),
          size: try extent(at: at + 32, "section \(index)'s size"),
          link: Int(try read(UInt32.self, at: at + 40, "section \(index)'s link")),
          entrySize: try extent(at: at + 56, "section \(index)'s entry size")))
      let header = headers[index]
      guard header.type == Self.noBits || header.type == 0 || header.offset + header.size <= bytes.count else {
        throw malformed("section \(index) lies outside the file of \(bytes.count) bytes")
      }
    }
    guard names < count, headers[names].type == Self.stringTable else { throw malformed("no section name table") }
    let table = headers[names]
    for index in 0..<count {
      headers[index].name = try string(nameOffsets[index], in: table, "section \(index)'s name")
    }
    return headers
  }

  func symbols(of table: SectionHeader, in sections: [SectionHeader]) throws(AuditError) -> [SharedObject.Symbol] {
    guard table.entrySize == 24 else {
      throw malformed("\(table.name): entries of \(table.entrySize) bytes, expected 24")
    }
    guard table.size % 24 == 0 else {
      throw malformed("\(table.name): \(table.size) bytes, expected a multiple of 24")
    }
    guard table.link < sections.count, sections[table.link].type == Self.stringTable else {
      throw malformed("\(table.name): no string table at section \(table.link)")
    }
    let strings = sections[table.link]
    var symbols: [SharedObject.Symbol] = []
    for index in 0..<table.size / 24 {
      let at = table.offset + index * 24
      let name = try read(UInt32.self, at: at, "\(table.name): symbol \(index)")
      let info = try read(UInt8.self, at: at + 4, "\(table.name): symbol \(index)")
      let section = Int(try read(UInt16.self, at: at + 6, "\(table.name): symbol \(index)"))
      let value = try extent(at: at + 8, "\(table.name): symbol \(index)'s value")
      let size = try extent(at: at + 16, "\(table.name): symbol \(index)'s size")
      // From 0xFF00 on an index has a meaning of its own (absolute, common).
      guard section < sections.count || section >= 0xFF00 else {
        throw malformed("\(table.name): symbol \(index) is in section \(section) of \(sections.count)")
      }
      let binding: SharedObject.Symbol.Binding =
        switch info >> 4 {
        case 0: .local
        case 1: .global
        case 2: .weak
        default: .other(Int(info >> 4))
        }
      let kind = info & 0xF
      symbols.append(
        SharedObject.Symbol(
          name: try string(Int(name), in: strings, "\(table.name): symbol \(index)'s name"), binding: binding,
          isFunction: kind == 2 || kind == 10, isData: kind == 1 || kind == 5 || kind == 6, value: value, size: size,
          section: section > 0 && section < 0xFF00 ? section : nil, isUndefined: section == 0))
    }
    return symbols
  }

  /// The zero-terminated text at an offset inside a string table.
  private func string(_ offset: Int, in table: SectionHeader, _ what: @autoclosure () -> String)
    throws(AuditError) -> String
  {
    guard offset < table.size else { throw malformed("\(what()) lies outside its string table") }
    let start = table.offset + offset
    guard let end = bytes[start..<table.offset + table.size].firstIndex(of: 0) else {
      throw malformed("\(what()) has no end")
    }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
