import CInspect

/// One machine instruction.
package struct Instruction: Equatable, Sendable {
  /// Bytes from the beginning of its function.
  package var offset: Int
  package var size: Int
  /// Empty where the bytes are no instruction that the disassembler knows.
  package var mnemonic: String
  /// In AT&T's order on x86: the result last.
  package var operands: [String]
}

/// A function as machine code.
package struct MachineFunction: Equatable, Sendable {
  package var name: String
  package var architecture: Architecture
  /// Bytes.
  package var size: Int
  package var instructions: [Instruction]
  /// Functions of the same file that it calls or jumps to, each once, in order.
  package var calls: [String]
}

/// What a CPU family calls its instructions.
package enum Architecture: String, Equatable, Sendable {
  case x86 = "x86_64"
  case aarch64

  init?(machine: Int) {
    switch machine {
    case 62: self = .x86
    case 183: self = .aarch64
    default: return nil
    }
  }
}

/// The functions of an object file or a shared library that is not stripped, disassembled by libLLVM.
package struct MachineCode: Equatable, Sendable {
  /// In the order of their addresses.
  package var functions: [MachineFunction]

  /// Why libLLVM cannot be used in this process; nil when it can.
  package static var unavailable: String? {
    inspect_libllvm_unavailable().map { String(cString: $0) }
  }

  package init(path: String) throws(AuditError) {
    try self.init(bytes: FileBytes.read(path), file: path)
  }

  /// Disassembles an image in memory; `file` names it in errors. Linear in the size of the code.
  package init(bytes: [UInt8], file: String) throws(AuditError) {
    if let reason = Self.unavailable { throw .libllvmUnavailable(reason: reason) }
    let image = ELFImage(bytes: bytes, file: file)
    let sections = try image.sectionTable(relocatable: true)
    guard let architecture = Architecture(machine: try image.machine()) else {
      throw .malformed(file: file, reason: "expected code for x86-64 or aarch64, found machine \(try image.machine())")
    }
    guard let table = sections.first(where: { $0.type == ELFImage.symbolTable }) else {
      throw .malformed(file: file, reason: "no symbol table: it is stripped")
    }
    var places: [Place] = []
    for symbol in try image.symbols(of: table, in: sections) where symbol.isFunction && symbol.size > 0 {
      guard let section = symbol.section else { continue }
      let header = sections[section]
      // in an object file sections have no address yet, and this subtracts nothing
      let offset = symbol.value - header.address
      guard offset >= 0, offset + symbol.size <= header.size, header.offset + header.size <= bytes.count else {
        throw .malformed(file: file, reason: "\(symbol.name) lies outside its section")
      }
      places.append(Place(name: symbol.name, section: section, start: offset, size: symbol.size, at: header.offset))
    }
    places.sort { ($0.section, $0.start, $0.name) < ($1.section, $1.start, $1.name) }
    let starts = Dictionary(places.map { ([$0.section, $0.start], $0.name) }) { first, _ in first }
    functions = []
    for place in places {
      let code = bytes[place.at + place.start..<place.at + place.start + place.size]
      let instructions = try Self.disassemble(Array(code), architecture, file: file)
      var calls: [String] = []
      for instruction in instructions {
        // a call that the linker has yet to resolve leads to what follows it
        guard let target = instruction.branch(architecture)?.target, !(0..<place.size).contains(target),
          target != instruction.offset + instruction.size,
          let name = starts[[place.section, place.start + target]], !calls.contains(name)
        else { continue }
        calls.append(name)
      }
      functions.append(
        MachineFunction(
          name: place.name, architecture: architecture, size: place.size, instructions: instructions, calls: calls))
    }
  }

  package subscript(name: String) -> MachineFunction? { functions.first { $0.name == name } }

  private struct Place {
    var name: String
    var section: Int
    /// Offset in the section.
    var start: Int
    var size: Int
    /// Where the section lies in the file.
    var at: Int
  }

  private static func disassemble(
    _ code: [UInt8], _ architecture: Architecture, file: String
  ) throws(AuditError) -> [Instruction] {
    final class Listing { var instructions: [Instruction] = [] }
    let listing = Listing()
    let problem = withExtendedLifetime(listing) {
      inspect_disassemble(
        architecture.rawValue, code, code.count,
        { context, offset, length, text in
          guard let context, let text else { return }
          let listing = Unmanaged<Listing>.fromOpaque(context).takeUnretainedValue()
          listing.instructions.append(
            Instruction(offset: offset, size: length, text: String(cString: text)))
        }, Unmanaged.passUnretained(listing).toOpaque())
    }
    if let problem { throw .malformed(file: file, reason: String(cString: problem)) }
    return listing.instructions
  }
}

extension Instruction {
  /// Takes an instruction's text apart: `\tmnemonic\toperand, operand`.
  init(offset: Int, size: Int, text: String) {
    self.offset = offset
    self.size = size
    self.offset = offset
    self.size = size
    let fields = text.split(separator: "\t", maxSplits: 1)
    mnemonic = fields.first.map(String.init) ?? ""
    operands = []
    var depth = 0
    var current = ""
    for character in fields.dropFirst().first ?? "" {
      switch character {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      default: break
      }
      if character == ",", depth == 0 {
        operands.append(current)
        current = ""
      } else if character != " " || !current.isEmpty {
        current.append(character)
      }
    }
    if !current.isEmpty { operands.append(current) }
  }

  /// Where control goes from here.
  struct Branch: Equatable {
    /// Offset from the beginning of the function; nil where a register or memory holds the address.
    var target: Int?
    /// Whether the next instruction may follow.
    var fallsThrough: Bool
    var isCall: Bool
  }

  /// The branch that this instruction is; nil for any other.
  func branch(_ architecture: Architecture) -> Branch? {
    switch architecture {
    case .x86:
      if mnemonic.hasPrefix("ret") || mnemonic == "ud2" || mnemonic == "hlt" {
        return Branch(target: nil, fallsThrough: false, isCall: true)
      }
      let isCall = mnemonic.hasPrefix("call")
      guard isCall || mnemonic.hasPrefix("j") else { return nil }
      let distance = operands.first.flatMap { Int($0) }
      return Branch(
        target: distance.map { offset + size + $0 }, fallsThrough: !mnemonic.hasPrefix("jmp"), isCall: isCall)
    case .aarch64:
      if mnemonic == "ret" || mnemonic == "brk" || mnemonic == "udf" {
        return Branch(target: nil, fallsThrough: false, isCall: true)
      }
      if mnemonic == "br" { return Branch(target: nil, fallsThrough: false, isCall: false) }
      if mnemonic == "blr" { return Branch(target: nil, fallsThrough: true, isCall: true) }
      let isBranch =
        mnemonic == "b" || mnemonic.hasPrefix("b.") || ["bl", "cbz", "cbnz", "tbz", "tbnz"].contains(mnemonic)
      guard isBranch else { return nil }
      let distance = operands.last.flatMap { $0.hasPrefix("#") ? Int($0.dropFirst()) : nil }
      return Branch(target: distance.map { offset + $0 }, fallsThrough: mnemonic != "b", isCall: mnemonic == "bl")
    }
  }
}
