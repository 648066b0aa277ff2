extension Graph {
  /// Reads a graph from text; `file` names it in messages.
  ///
  /// Errors: every malformed line with line and column, and at the end what the verifier finds.
  package init(parsing text: String, file: String) throws(Diagnostics) {
    var parser = Parser(file: file)
    // a Windows line end is one Character
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, line) in lines.enumerated() {
      parser.parse(line, number: index + 1)
    }
    self = try parser.finish()
  }
}

private struct Parser {
  let file: String
  var graph: Graph?
  var found: [Diagnostic] = []
  /// Text index of a value → its node; a line that failed leaves a gap that is not reported again.
  var broken: Set<Int> = []
  var lines: [Int] = []

  init(file: String) { self.file = file }

  mutating func report(_ message: String, line: Int, column: Int) {
    found.append(Diagnostic(.error, message, at: Origin(file: file, line: line), column: column))
  }

  mutating func parse(_ text: Substring, number: Int) {
    let before = graph?.nodes.count
    do {
      var cursor = Cursor(tokens: try tokens(of: text))
      guard cursor.peek.kind != .end else { return }
      try statement(&cursor, number)
    } catch {
      report(error.message, line: number, column: error.column)
      // keep the numbering of later lines: a failed node still takes its place
      if let graph, graph.nodes.count == before, text.drop(while: { $0 == " " }).first == "%" {
        broken.insert(graph.nodes.count)
        self.graph?.nodes.append(Node(.fill(0.0), [], .f32([Extent]())))
        lines.append(number)
      }
    }
  }

  mutating func statement(_ cursor: inout Cursor, _ number: Int) throws(LineError) {
    if graph == nil {
      graph = try header(&cursor)
      return
    }
    switch cursor.peek.kind {
    case .value: try node(&cursor, number)
    case .word("recipe"):
      cursor.advance()
      let column = cursor.peek.column
      var reader = AttributeReader(try cursor.attributes(), of: "recipe")
      do {
        graph?.recipe = try Recipe(&reader)
      } catch {
        throw LineError(message: error.message, column: column)
      }
    case .word("gate"): try gate(&cursor)
    case .word("output"), .word("gradient"):
      let isOutput = cursor.peek.kind == .word("output")
      cursor.advance()
      let name = try cursor.text()
      let value = try operand(&cursor)
      graph?.results.append(isOutput ? .output(name: name, value: value) : .gradient(name: name, value: value))
    case .word("update"):
      cursor.advance()
      let source = try operand(&cursor)
      let value = try operand(&cursor)
      graph?.results.append(.update(source: source, value: value))
    default:
      throw LineError(
        message: "expected %value, recipe, gate, output, gradient or update, found \(cursor.peek.spelled)",
        column: cursor.peek.column)
    }
    try cursor.end()
  }

  mutating func gate(_ cursor: inout Cursor) throws(LineError) {
    cursor.advance()
    let name = try cursor.text()
    let column = cursor.peek.column
    var reader = AttributeReader(try cursor.attributes(), of: "gate")
    do {
      let survival = try reader.scalar("survival")
      try reader.finish()
      graph?.gates.append(GateInfo(name: name, survival: survival.value))
    } catch {
      throw LineError(message: error.message, column: column)
    }
  }

  func header(_ cursor: inout Cursor) throws(LineError) -> Graph {
    try cursor.expect(.word("nnir"), "nnir")
    try cursor.expect(.int(1), "version 1")
    var name = "model"
    if cursor.peek.kind == .word("name") {
      cursor.advance()
      name = try cursor.text()
    }
    try cursor.expect(.word("stage"), "stage")
    let column = cursor.peek.column
    guard case .word(let word) = cursor.peek.kind, let stage = Stage(rawValue: word) else {
      let stages = Stage.allCases.map(\.rawValue).joined(separator: ", ")
      throw LineError(message: "expected one of \(stages), found \(cursor.peek.spelled)", column: column)
    }
    cursor.advance()
    try cursor.end()
    return Graph(name: name, stage: stage)
  }

  mutating func node(_ cursor: inout Cursor, _ number: Int) throws(LineError) {
    let index = graph?.nodes.count ?? 0
    let first = cursor.peek
    guard first.kind == .value(index) else {
      throw LineError(message: "expected %\(index), found \(first.spelled)", column: first.column)
    }
    cursor.advance()
    try cursor.expect(.symbol("="), "=")
    let place = cursor.peek.column
    let mnemonic = try cursor.word("an operation")
    var inputs: [ValueID] = []
    while case .value = cursor.peek.kind { inputs.append(try operand(&cursor)) }
    var reader = AttributeReader(try cursor.attributes(), of: mnemonic)
    let op: Op
    let gate: Gate?
    var instance = 0
    do throws(AttributeError) {
      gate = try reader.optionalInt("under").map { Gate($0) }
      if let again = reader.optional("again") {
        guard let count = again.integer, count >= 1 else {
          throw AttributeError(message: "\(mnemonic): expected again 1 or more, found \(again)")
        }
        instance = count
      }
      guard let known = try Op(mnemonic: mnemonic, reading: &reader) else {
        let hint = nearest(to: mnemonic, among: Op.mnemonics).map { "; did you mean \($0)?" } ?? ""
        throw AttributeError(message: "unknown operation \(mnemonic)\(hint)")
      }
      op = known
    } catch {
      throw LineError(message: error.message, column: place)
    }
    let operandsBroken = inputs.contains { broken.contains($0.index) }
    var type: TensorType?
    if cursor.peek.kind == .symbol(":") {
      cursor.advance()
      type = try cursor.type()
    }
    let fusion = try fusion(&cursor)
    let origins = try cursor.origins()
    if type == nil && !operandsBroken {
      do throws(TypeError) { type = try inferType(op, types(of: inputs)) } catch {
        throw LineError(message: error.message, column: place)
      }
    }
    if operandsBroken { broken.insert(index) }
    var node = Node(op, inputs, type ?? .f32([Extent]()), gate: gate, origins: origins)
    node.fusion = fusion
    node.instance = instance
    append(node, number)
  }

  /// `fuse load`, `fuse store %3`, or nothing.
  private func fusion(_ cursor: inout Cursor) throws(LineError) -> Fusion {
    guard cursor.peek.kind == .word("fuse") else { return .none }
    cursor.advance()
    if cursor.peek.kind == .word("load") {
      cursor.advance()
      return .load
    }
    try cursor.expect(.word("store"), "load or store")
    return .store(into: try operand(&cursor))
  }

  private func types(of values: [ValueID]) -> [TensorType] { values.compactMap { graph?.nodes[$0.index].type } }

  // in place: a copy of the graph for every line would make reading quadratic
  private mutating func append(_ node: Node, _ number: Int) {
    graph?.nodes.append(node)
    lines.append(number)
  }

  func operand(_ cursor: inout Cursor) throws(LineError) -> ValueID {
    let token = cursor.peek
    guard case .value(let index) = token.kind else {
      throw LineError(message: "expected a value such as %0, found \(token.spelled)", column: token.column)
    }
    guard let graph, index < graph.nodes.count else {
      throw LineError(message: "expected a value defined above, found %\(index)", column: token.column)
    }
    cursor.advance()
    return ValueID(index)
  }

  mutating func finish() throws(Diagnostics) -> Graph {
    guard let graph else {
      if found.isEmpty {
        report("expected a header such as nnir 1 stage typed, found an empty file", line: 1, column: 1)
      }
      throw Diagnostics(found)
    }
    guard found.isEmpty else { throw Diagnostics(found) }
    // the verifier speaks of values; send the user to the line that defines each
    for (id, message) in violations(graph) { report(message, line: id.map { lines[$0.index] } ?? 1, column: 1) }
    guard found.isEmpty else { throw Diagnostics(found) }
    return graph
  }

  private func violations(_ graph: Graph) -> [(ValueID?, String)] {
    verify(graph).map { diagnostic in
      let prefix = diagnostic.message.prefix { $0 != ":" }
      let index = prefix.first == "%" ? Int(prefix.dropFirst()) : nil
      return (index.flatMap { graph.nodes.indices.contains($0) ? ValueID($0) : nil }, diagnostic.message)
    }
  }
}

/// A position in the tokens of a line.
private struct Cursor {
  let tokens: [Token]
  private var position = 0

  init(tokens: [Token]) { self.tokens = tokens }

  var peek: Token { tokens[position] }

  mutating func advance() { position = min(position + 1, tokens.count - 1) }

  mutating func expect(_ kind: Token.Kind, _ what: String) throws(LineError) {
    guard peek.kind == kind else {
      throw LineError(message: "expected \(what), found \(peek.spelled)", column: peek.column)
    }
    advance()
  }

  func end() throws(LineError) {
    guard peek.kind == .end else {
      throw LineError(message: "expected the end of the line, found \(peek.spelled)", column: peek.column)
    }
  }

  mutating func word(_ what: String) throws(LineError) -> String {
    guard case .word(let word) = peek.kind else {
      throw LineError(message: "expected \(what), found \(peek.spelled)", column: peek.column)
    }
    advance()
    return word
  }

  mutating func text() throws(LineError) -> String {
    guard case .text(let text) = peek.kind else {
      throw LineError(message: "expected a string in quotes, found \(peek.spelled)", column: peek.column)
    }
    advance()
    return text
  }

  mutating func attributes() throws(LineError) -> AttributeList {
    var result: AttributeList = []
    while case .word(let key) = peek.kind {
      advance()
      result.append((key, try attribute(depth: 0)))
    }
    return result
  }

  mutating func attribute(depth: Int) throws(LineError) -> Attribute {
    let token = peek
    switch token.kind {
    case .int(let number):
      advance()
      return .int(number)
    case .scalar(let number):
      advance()
      return .scalar(number)
    case .word(let word):
      advance()
      return .word(word)
    case .text(let text):
      advance()
      return .text(text)
    case .symbol("[") where depth < 8:
      advance()
      var items: [Attribute] = []
      while peek.kind != .symbol("]") {
        if !items.isEmpty { try expect(.symbol(","), ", or ]") }
        items.append(try attribute(depth: depth + 1))
      }
      advance()
      return .list(items)
    case .symbol, .value, .end:
      throw LineError(message: "expected a value, found \(token.spelled)", column: token.column)
    }
  }

  mutating func type() throws(LineError) -> TensorType {
    let column = peek.column
    let name = try word("an element type")
    guard let element = ElementType(rawValue: name) else {
      let names = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw LineError(message: "expected one of \(names), found \(name)", column: column)
    }
    guard case .list(let items) = try attribute(depth: 0) else {
      throw LineError(message: "expected a shape in brackets", column: column)
    }
    var shape: [Extent] = []
    var count = 1
    for item in items {
      if item == .word("N") {
        shape.append(.batch)
      } else if let extent = item.integer, extent >= 1 {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow, product < 1 << 48 else {
          throw LineError(message: "expected fewer than 2^48 elements", column: column)
        }
        count = product
        shape.append(.fixed(extent))
      } else {
        throw LineError(message: "expected extents of at least 1 or N, found \(item)", column: column)
      }
    }
    return TensorType(element, shape)
  }

  mutating func origins() throws(LineError) -> [Origin] {
    guard peek.kind == .symbol("@") else { return [] }
    advance()
    var result: [Origin] = []
    repeat {
      let file = try text()
      try expect(.symbol(":"), ":")
      guard case .int(let line) = peek.kind else {
        throw LineError(message: "expected a line number, found \(peek.spelled)", column: peek.column)
      }
      advance()
      result.append(Origin(file: file, line: line))
    } while peek.kind != .end
    return result
  }
}
