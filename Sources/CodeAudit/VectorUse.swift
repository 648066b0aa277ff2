/// What an instruction does with vector registers, as far as an audit cares.
struct VectorUse: Equatable {
  enum Arithmetic: Equatable {
    /// Fused, of whole vectors; the number of the register that the product is added to, nil where that is memory.
    case multiplyAdd(to: Int?)
    case multiply
    case add
    /// A register becomes another one's copy.
    case copy
    case other
  }

  var arithmetic: Arithmetic
  /// Whether it touches a slot of the stack; with a result that is a reload, also as an operand of something else.
  var usesStack: Bool
  /// Bits of the widest register.
  var bits: Int
  /// Number of the register that is written; nil where memory is, or a general register.
  var result: Int?
  /// Numbers of the registers that are read.
  var sources: [Int]

  /// Nil for instructions without vector registers.
  init?(_ instruction: Instruction, architecture: Architecture, hasFramePointer: Bool) {
    switch architecture {
    case .x86: self.init(x86: instruction, hasFramePointer: hasFramePointer)
    case .aarch64: self.init(aarch64: instruction, hasFramePointer: hasFramePointer)
    }
  }

  private init?(x86 instruction: Instruction, hasFramePointer: Bool) {
    let registers = instruction.operands.map(Self.x86Register)
    guard let bits = registers.compactMap({ $0?.bits }).max() else { return nil }
    self.bits = bits
    let name = instruction.mnemonic
    result = registers.last.flatMap { $0?.number }
    sources = registers.dropLast().compactMap { $0?.number }
    if instruction.operands.count == 1 { sources = result.map { [$0] } ?? [] }
    usesStack = instruction.usesStackSlot(.x86, hasFramePointer: hasFramePointer)
    let isPacked = name.hasSuffix("ps") || name.hasSuffix("pd")
    let isFused = ["vfmadd", "vfnmadd", "vfmsub", "vfnmsub"].contains { name.hasPrefix($0) }
    // fused operations and those of the older encodings read their result too
    if let result, isFused || !name.hasPrefix("v") && !name.hasPrefix("mov") { sources.append(result) }
    if isPacked, isFused {
      // the digits say which operands of Intel's order, the reverse of this one, are multiplied and which is added
      let operand = name.contains("231") ? 2 : name.contains("132") ? 1 : 0
      arithmetic = .multiplyAdd(to: operand < registers.count ? registers[operand]?.number : nil)
    } else if isPacked, name.hasPrefix("vmulp") || name.hasPrefix("mulp") {
      arithmetic = .multiply
    } else if isPacked, name.hasPrefix("vaddp") || name.hasPrefix("addp") {
      arithmetic = .add
    } else if ["vmovap", "vmovup", "movap", "movup"].contains(where: name.hasPrefix), registers.count == 2,
      registers.allSatisfy({ $0 != nil })
    {
      arithmetic = .copy
    } else {
      arithmetic = .other
    }
  }

  /// `%ymm12`, perhaps with a mask behind it.
  private static func x86Register(_ operand: String) -> (number: Int, bits: Int)? {
    for (prefix, bits) in [("%xmm", 128), ("%ymm", 256), ("%zmm", 512)] where operand.hasPrefix(prefix) {
      return Int(operand.dropFirst(4).prefix { $0.isNumber }).map { ($0, bits) }
    }
    return nil
  }

  private init?(aarch64 instruction: Instruction, hasFramePointer: Bool) {
    let registers = instruction.operands.map(Self.armRegister)
    guard let bits = registers.compactMap({ $0?.bits }).max() else { return nil }
    self.bits = bits
    let name = instruction.mnemonic
    let stores = name.hasPrefix("st")
    result = stores ? nil : registers.first.flatMap { $0?.number }
    sources = registers.dropFirst(stores ? 0 : 1).compactMap { $0?.number }
    usesStack = instruction.usesStackSlot(.aarch64, hasFramePointer: hasFramePointer)
    let isVector = instruction.operands.first?.contains(".") == true
    if isVector, name == "fmla" || name == "fmls" {
      arithmetic = .multiplyAdd(to: result)
      if let result { sources.append(result) }
    } else if isVector, name == "fmul" {
      arithmetic = .multiply
    } else if isVector, name == "fadd" {
      arithmetic = .add
    } else if isVector, name == "mov", registers.allSatisfy({ $0 != nil }) {
      arithmetic = .copy
    } else {
      arithmetic = .other
    }
  }

  /// `v3.4s`, `v3.s[1]`, `q3`, `d3`, `s3`.
  private static func armRegister(_ operand: String) -> (number: Int, bits: Int)? {
    guard let first = operand.first, let bits = ["v": 128, "q": 128, "d": 64, "s": 32][first] else { return nil }
    let digits = operand.dropFirst().prefix { $0.isNumber }
    let rest = operand.dropFirst(digits.count + 1)
    guard !digits.isEmpty, rest.isEmpty || rest.first == "." else { return nil }
    return Int(digits).map { ($0, bits) }
  }
}

extension Instruction {
  /// Whether it makes the base pointer one of the stack: without, clang uses that register like any other.
  var makesFramePointer: Bool {
    mnemonic == "movq" && operands == ["%rsp", "%rbp"] || mnemonic == "mov" && operands == ["x29", "sp"]
      || mnemonic == "add" && operands.prefix(2) == ["x29", "sp"]
  }

  /// Whether it touches a fixed place on the stack, which is where registers are spilled to; arrays on the stack are
  /// reached by an index.
  func usesStackSlot(_ architecture: Architecture, hasFramePointer: Bool) -> Bool {
    switch architecture {
    case .x86:
      return mnemonic != "leaq"
        && operands.contains { $0.hasSuffix("(%rsp)") || hasFramePointer && $0.hasSuffix("(%rbp)") }
    case .aarch64:
      let base = operands.last ?? ""
      let isStack = base.hasPrefix("[sp") || hasFramePointer && base.hasPrefix("[x29")
      return isStack && !base.contains(", x") && !base.contains(", w")
    }
  }
}
