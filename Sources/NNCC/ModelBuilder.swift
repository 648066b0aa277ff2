import NNIR

/// Collects what a forward function does: nodes, the names of layers, and everything that is wrong.
package final class ModelBuilder {
  private var builder: GraphBuilder
  private(set) var diagnostics: [Diagnostic] = []
  /// The user's word for the operation behind a value, for notes.
  private var functions: [ValueID: String] = [:]
  /// Layer names taken, and where.
  private var layers: [String: Origin?] = [:]
  private var streams: [String: Origin?] = [:]
  private var blocks: [String: Origin?] = [:]
  /// The gate of the block whose branch is being built.
  private var gate: Gate?
  private var counts: [String: Int] = [:]
  /// Builders of stray tensors whose errors were taken over.
  private var adopted: [ObjectIdentifier] = []

  package init(name: String, recipe: Recipe?) {
    builder = GraphBuilder(name: name, stage: .raw, recipe: recipe)
  }

  package func report(_ diagnostic: Diagnostic) {
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  /// Reports an error of one call; `producers` are the tensors to blame.
  func report(_ call: Call, _ message: String, producers: [Tensor] = []) {
    var notes: [Diagnostic] = []
    for producer in producers {
      guard let id = producer.id else { continue }
      let node = builder.graph[id]
      let text =
        node.op == .input
        ? "\(node.type.spelledExample) is the network's input"
        : "\(node.type.spelledExample) comes from \(functions[id] ?? node.op.mnemonic) here"
      let note = Diagnostic.note(text, at: node.origins.first)
      if !notes.contains(note) { notes.append(note) }
    }
    if call.isBorrowed {
      notes.append(.note("an operator has no line of its own; this is the line of its later operand"))
    }
    report(Diagnostic(.error, "\(call.function): \(message)", at: call.origin, notes: notes))
  }

  func type(_ id: ValueID) -> TensorType { builder.type(id) }

  func origin(_ id: ValueID) -> Origin? { builder.graph[id].origins.first }

  // MARK: Nodes

  /// The batch of inputs; a poison tensor when the extents make no sense.
  package func input(_ shape: [Int]) -> Tensor {
    if shape.isEmpty {
      report(
        Diagnostic(
          message:
            "expected an input shape, found none: give the network stored properties channels, height and width, "
            + "or its own inputShape"))
      return Tensor(builder: self, id: nil)
    }
    guard shape.allSatisfy({ $0 >= 1 }), Limit.count(shape) != nil else {
      report(Diagnostic(message: "expected input extents of at least 1 and fewer than 2^48 elements, found \(shape)"))
      return Tensor(builder: self, id: nil)
    }
    let id = builder.add(.input, type: .f32([.batch] + shape.map(Extent.fixed)))
    return Tensor(builder: self, id: id)
  }

  /// Applies an operation, or reports why it does not apply; poison in, poison out.
  func apply(_ op: Op, to operands: [Tensor], parameters: [ValueID] = [], call: Call, joining joined: Gate? = nil)
    -> Tensor
  {
    for operand in operands { adopt(operand, call: call) }
    let values = operands.compactMap { $0.builder === self ? $0.id : nil }
    let poison = Tensor(builder: self, id: nil)
    guard values.count == operands.count else { return poison }
    let inputs = values + parameters
    if let stray = values.first(where: { isOutside($0, joined ?? gate) }) {
      let block = builder.graph[stray].gate.map { builder.graph.gates[$0.index].name } ?? ""
      report(
        call, "expected tensors that are always computed, found one from inside the block \"\(block)\"",
        producers: operands)
      return poison
    }
    let type: TensorType
    do throws(TypeError) { type = try inferType(op, inputs.map(builder.type)) } catch {
      // the rules speak of the IR's mnemonic, the user of the function he called
      let prefix = "\(op.mnemonic): "
      let message = error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : error.message
      report(call, message, producers: operands)
      return poison
    }
    guard Limit.count(type.shape.compactMap(\.value)) != nil else {
      report(call, "expected fewer than 2^48 elements, found \(type.spelledExample)", producers: operands)
      return poison
    }
    let id = builder.add(op, inputs, type: type, gate: gate, origins: call.origin.map { [$0] } ?? [])
    if functions[id] == nil { functions[id] = call.function }
    return Tensor(builder: self, id: id)
  }

  /// Whether a value belongs to another block than the one at hand.
  private func isOutside(_ value: ValueID, _ gate: Gate?) -> Bool {
    builder.graph[value].gate.map { $0 != gate } ?? false
  }

  /// The tensor that `skip` makes plus what `branch` makes, in a block that training leaves out at random.
  ///
  /// The skipped tensor is made after the branch, which is the order without stochastic depth.
  func stochasticDepth(
    survival: Double, name: String?, call: Call, branch: () -> Tensor, skip: () -> Tensor
  ) -> Tensor {
    let name = claim(name, automatic: "depth", call: call, among: &blocks, what: "block name", counts: &counts)
    var problem: String?
    if gate != nil { problem = "expected blocks that do not nest, found \"\(name)\" inside another" }
    if !(0...1).contains(survival) { problem = "expected a survival probability in 0 ... 1, found \(survival)" }
    if let problem {
      report(call, problem)
      // what is inside is still checked
      _ = branch()
      return Tensor(builder: self, id: nil)
    }
    let own = builder.add(gate: GateInfo(name: name, survival: survival))
    gate = own
    let value = branch()
    gate = nil
    let other = skip()
    gate = own
    let sum = apply(.add, to: [other, value], call: call)
    gate = nil
    return apply(.join(own), to: [sum, other], call: call, joining: own)
  }

  /// A trained tensor, or nil when it would be too large.
  func parameter(_ name: String, _ shape: [Int], _ initializer: Initializer, call: Call) -> ValueID? {
    guard let problem = initializer.problem else {
      return source(.parameter(name: name, initializer: initializer), shape, call: call)
    }
    report(call, "initializer of \"\(name)\": \(problem)")
    // the shape is right all the same, and what is built on it is still checked
    return source(.parameter(name: name, initializer: .constant(0)), shape, call: call)
  }

  /// A running statistic.
  func state(_ name: String, _ shape: [Int], _ initializer: Initializer, call: Call) -> ValueID? {
    source(.state(name: name, initializer: initializer), shape, call: call)
  }

  private func source(_ op: Op, _ shape: [Int], call: Call) -> ValueID? {
    guard Limit.count(shape) != nil else {
      report(call, "expected parameters of fewer than 2^48 elements, found \(TensorType.f32(shape).spelledExtents)")
      return nil
    }
    return builder.add(op, type: .f32(shape), origins: call.origin.map { [$0] } ?? [])
  }

  /// The number of the training step, which keys random masks.
  func stepNumber() -> ValueID { builder.add(.stepNumber, type: TensorType(.i64, [])) }

  /// Takes over the errors of a tensor that another builder made; mixing two networks is one itself.
  private func adopt(_ tensor: Tensor, call: Call?) {
    guard tensor.builder !== self, !adopted.contains(ObjectIdentifier(tensor.builder)) else { return }
    adopted.append(ObjectIdentifier(tensor.builder))
    tensor.builder.diagnostics.forEach(report)
    guard tensor.id != nil else { return }
    report(
      Diagnostic(
        .error, "\(call.map { "\($0.function): " } ?? "")expected tensors of one network, found those of two",
        at: call?.origin))
  }

  // MARK: Names

  /// The name of a layer: the user's, checked, or the next free `conv1`, `conv2`, ….
  func layerName(_ chosen: String?, automatic kind: String, call: Call) -> String {
    claim(chosen, automatic: kind, call: call, among: &layers, what: "layer name", counts: &counts)
  }

  /// The name of a random stream, by the same rules.
  func streamName(_ chosen: String?, call: Call) -> String {
    claim(chosen, automatic: "dropout", call: call, among: &streams, what: "dropout name", counts: &counts)
  }

  /// The prefix of the layers in a block, which takes no name itself.
  func blockName(_ chosen: String?, automatic kind: String) -> String {
    if let chosen { return chosen }
    counts[kind, default: 0] += 1
    return "\(kind)\(counts[kind, default: 1])"
  }

  private func claim(
    _ chosen: String?, automatic kind: String, call: Call, among names: inout [String: Origin?], what: String,
    counts: inout [String: Int]
  ) -> String {
    guard let chosen else {
      var name: String
      repeat {
        counts[kind, default: 0] += 1
        name = "\(kind)\(counts[kind, default: 1])"
      } while names[name] != nil
      names[name] = .some(call.origin)
      return name
    }
    // the name becomes part of file headers, C comments and paths of other tools
    let parts = chosen.split(separator: ".", omittingEmptySubsequences: false)
    let isGood = parts.allSatisfy { part in
      !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    }
    if !isGood {
      report(
        call, "expected a \(what) of letters, digits, _ and - with dots between, found \(Attribute.quote(chosen))")
    } else if let first = names[chosen] {
      report(
        Diagnostic(
          .error, "\(call.function): \(what) \"\(chosen)\" is taken already", at: call.origin,
          notes: [.note("\"\(chosen)\" was first used here", at: first)]))
    } else {
      names[chosen] = .some(call.origin)
    }
    return chosen
  }

  // MARK: End

  /// The graph of what the output needs, with warnings about layers that it does not.
  ///
  /// Errors: everything reported so far and what is wrong with the output. Complexity: O(nodes).
  package func finish(_ output: Tensor) throws(Diagnostics) -> (graph: Graph, warnings: [Diagnostic]) {
    adopt(output, call: nil)
    guard let id = output.id, output.builder === self else { throw Diagnostics(diagnostics) }
    let graph = builder.graph
    var needed = [Bool](repeating: false, count: graph.nodes.count)
    needed[id.index] = true
    for value in graph.ids.reversed() where needed[value.index] {
      for input in graph[value].inputs { needed[input.index] = true }
    }
    if let block = graph[id].gate.map({ graph.gates[$0.index].name }) {
      report(
        Diagnostic(
          .error,
          "output: expected a tensor that is always computed, found one from inside the block "
            + "\"\(block)\"", at: origin(id)))
    }
    checkOutput(id, readsInput: graph.first(.input).map { needed[$0.index] } ?? false)
    guard diagnostics.isEmpty else { throw Diagnostics(diagnostics) }

    var warnings: [Diagnostic] = []
    for (value, name, _, _) in graph.parameters where !needed[value.index] {
      warnings.append(
        Diagnostic(.warning, "parameter \"\(name)\" does not reach the output and is left out", at: origin(value)))
    }
    var result = GraphBuilder(like: graph)
    var map = [ValueID](repeating: ValueID(0), count: graph.nodes.count)
    for value in graph.ids where needed[value.index] {
      let node = graph[value]
      map[value.index] = result.add(node, inputs: node.inputs.map { map[$0.index] })
    }
    result.add(result: .output(name: "logits", value: map[id.index]))
    return (result.graph, warnings)
  }

  private func checkOutput(_ id: ValueID, readsInput: Bool) {
    let output = Tensor(builder: self, id: id)
    var call = Call("output", "", 0)
    call.origin = origin(id)
    if !readsInput { report(call, "expected an output that depends on the input, found one that does not") }
    switch builder.graph.recipe?.loss {
    case .softmaxCrossEntropy?:
      if type(id).rank != 2 {
        report(
          call,
          "expected one logit for each class for softmax cross-entropy, found \(type(id).spelledExample); a recipe may "
            + "name another loss, and `var recipe: Recipe? { nil }` leaves training out", producers: [output])
      }
    case .meanSquaredError?, nil: break
    }
  }
}
