/// Prints the loop IR as C, indented by two spaces, with no more parentheses than the grammar and the reader need.
struct LoopPrinter {
  private(set) var lines: [String] = []
  private var depth: Int

  init(depth: Int = 0) { self.depth = depth }

  /// The statements as text that ends in a newline.
  static func print(_ statements: [Statement], depth: Int = 1) -> String {
    var printer = LoopPrinter(depth: depth)
    printer.print(statements)
    return printer.lines.map { $0 + "\n" }.joined()
  }

  mutating func print(_ statements: [Statement]) {
    for statement in statements { print(statement) }
  }

  private mutating func emit(_ line: String) { lines.append(String(repeating: "  ", count: depth) + line) }

  private mutating func block(_ head: String, _ body: [Statement]) {
    emit(head + " {")
    depth += 1
    print(body)
    depth -= 1
  }

  private func declare(_ type: String, _ name: String, _ value: Expression) -> String {
    "\(type)\(type.hasSuffix("*") ? "" : " ")\(name) = \(Self.text(value));"
  }

  private mutating func print(_ statement: Statement) {
    switch statement {
    case .constant(let type, let name, let value):
      emit(type.hasSuffix("*") ? declare("\(type)const ", name, value) : declare("const \(type)", name, value))
    case .variable(let type, let name, let value): emit(declare(type, name, value))
    case .assign(let name, let value): emit("\(name) = \(Self.text(value));")
    case .accumulate(let name, let value): emit("\(name) += \(Self.text(value));")
    case .store(let pointer, let index, let value): emit("\(pointer)[\(Self.text(index))] = \(Self.text(value));")
    case .storeAdd(let pointer, let index, let value): emit("\(pointer)[\(Self.text(index))] += \(Self.text(value));")
    case .loop(let variable, let from, let to, let independent, let body):
      if independent { emit("INDEPENDENT") }
      block("for (int64_t \(variable) = \(Self.text(from)); \(variable) < \(Self.text(to)); ++\(variable))", body)
      emit("}")
    case .branch(let condition, let yes, let no):
      block("if (\(Self.text(condition)))", yes)
      if no.isEmpty {
        emit("}")
      } else {
        block("} else", no)
        emit("}")
      }
    case .perform(let call): emit("\(Self.text(call));")
    case .comment(let text): emit("/* \(text) */")
    }
  }

  /// An expression as C; `outer` is the precedence of the operator around it.
  static func text(_ expression: Expression, outer: Int = 0) -> String {
    func wrap(_ text: String, _ precedence: Int) -> String { precedence < outer ? "(\(text))" : text }
    switch expression {
    case .integer(let value): return value < 0 ? "(\(value))" : String(value)
    case .float(let value): return literal(value)
    case .name(let name): return name
    case .load(let pointer, let index): return "\(pointer)[\(text(index))]"
    case .unary(let sign, let operand): return wrap(sign + text(operand, outer: 6), 5)
    case .binary(let sign, let a, let b):
      // the right operand is wrapped at equal precedence: a - (b - c) differs from a - b - c, also in rounding
      let precedence = sign.precedence
      return wrap("\(text(a, outer: precedence)) \(sign.rawValue) \(text(b, outer: precedence + 1))", precedence)
    case .select(let condition, let yes, let no):
      return wrap("\(text(condition, outer: 1)) ? \(text(yes, outer: 1)) : \(text(no, outer: 1))", 0)
    case .call(let function, let arguments):
      return "\(function)(\(arguments.map { text($0) }.joined(separator: ", ")))"
    case .cast(let type, let operand): return wrap("(\(type))\(text(operand, outer: 6))", 5)
    }
  }

  /// A single-precision literal that reads back to the same bits.
  static func literal(_ value: Float) -> String {
    if value.isNaN { return "NAN" }
    if value.isInfinite { return value < 0 ? "(-INFINITY)" : "INFINITY" }
    let text = "\(value.magnitude)f"
    return value.sign == .minus ? "(-\(text))" : text
  }
}
