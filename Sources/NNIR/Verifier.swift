/// Checks every invariant of a graph and reports all violations.
///
/// At every stage
///  1. operands come before their users;
///  2. the number of operands is one that the operation takes;
///  3. types are what the type rules infer; extents are at least 1, elements fewer than 2⁴⁸;
///  4. names of parameters, of states and of (parameter, slot) pairs are unique, and no initializer is lost;
///  5. there is at most one input, labels, target, learning rate and step number;
///  6. results name existing values; output names are unique;
///  7. updates store into a parameter, state or slot of the same type, each at most once;
///  8. slots belong to a parameter of the same type;
///  9. dropouts of one stream have one probability.
///
/// Raw and typed
/// 10. there is no source of training (labels, target, slot, prepared, learning rate) and no gradient operation;
/// 11. no two dropouts share a stream (from step on a dropout and its adjoint do).
///
/// From step on
/// 12. no extent is the symbolic batch;
/// 13. batch norms have been split or specialised.
///
/// Gates, at every stage
/// 14. gates have unique names and survive with a probability in 0 … 1; nodes and joins name existing ones;
/// 15. a value under gate g is used under g, or as the first operand of `join(g)`, and nowhere else, results included;
/// 16. sources and joins stand under no gate: a node has one gate at most, regions do not nest.
///
/// Scheduled only
/// 17. nodes are fused, and only pointwise operations are fused on load; no result is;
/// 18. a node fused on store names an anchor, which is not fused itself, and takes nothing that is computed after it
///     but what is fused into the same anchor.
///
/// Packed weights, from step on
/// 19. convolutions and linear layers that take packed weights have them in their order from `pack_weights` or from
///     `prepare`, and nothing else reads what `pack_weights` gives.
package func verify(_ graph: Graph) -> [Diagnostic] {
  var verifier = Verifier(graph: graph)
  verifier.run()
  return verifier.found
}

private struct Verifier {
  let graph: Graph
  var found: [Diagnostic] = []

  init(graph: Graph) { self.graph = graph }

  mutating func report(_ id: ValueID?, _ message: String) {
    let node = id.flatMap { $0.index < graph.nodes.count ? graph[$0] : nil }
    let text = id.map { "\($0): \(message)" } ?? message
    found.append(Diagnostic(.error, text, at: node?.origins.first))
  }

  mutating func run() {
    for id in graph.ids { checkNode(id) }
    checkNames()
    checkResults()
    checkGates()
    checkPacking()
    checkStage()
    checkFusion()
  }

  mutating func checkNode(_ id: ValueID) {
    let node = graph[id]
    guard node.inputs.allSatisfy({ $0.index >= 0 && $0 < id }) else {
      return report(id, "expected operands defined before it, found \(node.inputs)")
    }
    guard node.type.shape.allSatisfy({ ($0.value ?? 1) >= 1 }) else {
      return report(id, "expected extents of at least 1, found \(node.type)")
    }
    guard node.type.boundedCount != nil else {
      return report(id, "expected fewer than 2^48 elements, found \(node.type)")
    }
    if node.op.isSource {
      if !node.inputs.isEmpty { report(id, "\(node.op.mnemonic): expected no operands, found \(node.inputs.count)") }
      return
    }
    do {
      let inferred = try inferType(node.op, node.inputs.map { graph[$0].type })
      if inferred != node.type { report(id, "\(node.op.mnemonic): expected type \(inferred), found \(node.type)") }
    } catch {
      report(id, error.message)
    }
  }

  mutating func checkNames() {
    var names: [String: ValueID] = [:]
    var singles: [Op: ValueID] = [:]
    var dropouts: [String: Op] = [:]
    var parameters: [String: TensorType] = [:]
    for (_, name, _, type) in graph.parameters where parameters[name] == nil { parameters[name] = type }
    for id in graph.ids {
      let op = graph[id].op
      var key: String?
      switch op {
      case .parameter(let name, _), .state(let name, _): key = name
      case .slot(let name, let kind):
        key = "\(name) \(kind.rawValue)"
        if parameters[name] != graph[id].type {
          report(
            id,
            "slot: expected a parameter \"\(name)\" of type \(graph[id].type), found "
              + (parameters[name].map(\.description) ?? "none"))
        }
      case .input, .labels, .target, .learningRate, .stepNumber:
        if let first = singles.updateValue(id, forKey: op) {
          report(id, "expected one \(op.mnemonic), found another at \(first)")
        }
      case .dropout(_, let stream):
        guard let other = dropouts.updateValue(op, forKey: stream) else { break }
        if other != op {
          report(id, "expected one probability for stream \"\(stream)\", found two")
        } else if graph.stage < .step {
          report(id, "expected a stream of its own for every dropout, found \"\(stream)\" again")
        }
      default: break
      }
      if let key, let first = names.updateValue(id, forKey: key) {
        report(id, "expected unique names, found \"\(key)\" again (first at \(first))")
      }
    }
  }

  mutating func checkResults() {
    var outputs: Set<String> = []
    var stored: Set<ValueID> = []
    let parameters = Dictionary(graph.parameters.map { ($0.name, $0.type) }) { first, _ in first }
    for result in graph.results {
      guard graph.nodes.indices.contains(result.value.index) else {
        report(nil, "expected results that exist, found \(result.value)")
        continue
      }
      switch result {
      case .output(let name, _):
        if !outputs.insert(name).inserted { report(nil, "expected unique output names, found \"\(name)\" twice") }
      case .gradient(let name, let value):
        if parameters[name] != graph[value].type {
          report(value, "expected the gradient of a parameter \"\(name)\" of type \(graph[value].type)")
        }
      case .update(let source, let value):
        guard graph.nodes.indices.contains(source.index) else {
          report(nil, "expected updates of values that exist, found \(source)")
          continue
        }
        switch graph[source].op {
        case .parameter, .state, .slot: break
        default: report(source, "expected an update of a parameter, state or slot, found \(graph[source].op.mnemonic)")
        }
        if graph[source].type != graph[value].type {
          report(source, "expected an update of type \(graph[source].type), found \(graph[value].type)")
        }
        if !stored.insert(source).inserted { report(source, "expected one update, found two") }
      }
    }
  }

  mutating func checkGates() {
    var names: Set<String> = []
    for gate in graph.gates {
      if !names.insert(gate.name).inserted { report(nil, "expected unique gate names, found \"\(gate.name)\" again") }
      if !(0...1).contains(gate.survival.value) {
        report(nil, "gate \"\(gate.name)\": expected a survival probability in 0 ... 1, found \(gate.survival.value)")
      }
    }
    for id in graph.ids {
      let node = graph[id]
      var joined: Gate?
      if case .join(let gate) = node.op { joined = gate }
      for gate in [node.gate, joined].compactMap(\.self) where !graph.gates.indices.contains(gate.index) {
        report(id, "expected one of \(graph.gates.count) gates, found \(gate)")
      }
      if node.gate != nil, node.op.isSource || joined != nil {
        report(id, "\(node.op.mnemonic): expected no gate, found \(node.gate.map(\.description) ?? "")")
      }
      for (operand, input) in node.inputs.enumerated() where graph.nodes.indices.contains(input.index) {
        guard let gate = graph[input].gate, gate != node.gate, operand != 0 || gate != joined else { continue }
        report(id, "\(node.op.mnemonic): \(input) is computed only where gate \(gate) is open; expected a join")
      }
    }
    for result in graph.results where graph.nodes.indices.contains(result.value.index) {
      guard let gate = graph[result.value].gate else { continue }
      report(result.value, "expected results that are always computed, found one under gate \(gate)")
    }
  }

  mutating func checkStage() {
    for id in graph.ids {
      let node = graph[id]
      if graph.stage < .step {
        switch node.op {
        case .labels, .target, .slot, .prepared, .learningRate, .reluGradient, .sigmoidGradient, .tanhGradient,
          .convolutionBackwardData, .convolutionBackwardWeights, .packWeights, .winogradWeights, .winogradConvolution,
          .splitBands, .joinBands,
          .maxPoolGradient, .averagePoolGradient,
          .globalAveragePoolGradient, .normalizeReduce, .normalizeMomentsGradient, .normalizeInputGradient,
          .momentsGradient, .softmaxCrossEntropyGradient, .meanSquaredErrorGradient, .sgdMomentum, .sgdParameter,
          .adamFirstMoment, .adamSecondMoment, .adamParameter:
          report(id, "\(node.op.mnemonic) is not legal at stage \(graph.stage.rawValue), only from step on")
        case .convolution(let geometry) where geometry.bands > 1:
          report(id, "bands are not legal at stage \(graph.stage.rawValue), only from step on")
        default: break
        }
      } else {
        if node.type.shape.contains(.batch) { report(id, "expected a bound batch, found \(node.type)") }
        if case .batchNorm = node.op { report(id, "batch_norm is not legal at stage \(graph.stage.rawValue)") }
      }
    }
  }

  /// Packed weights are for those who say so, and for nobody else.
  mutating func checkPacking() {
    for id in graph.ids {
      let node = graph[id]
      let packing = node.op.weightPacking
      for (operand, input) in node.inputs.enumerated() where graph.nodes.indices.contains(input.index) {
        let expected = operand == 1 ? packing : nil
        switch (graph[input].op, expected) {
        case (.packWeights, let expected?):
          if graph[input].op != expected {
            report(id, "\(node.op.mnemonic): expected operand \(operand) packed in another way than \(input)")
          }
        case (.packWeights, nil):
          report(
            id, "\(node.op.mnemonic): expected operand \(operand) in the order of its type, found \(input) packed")
        case (.prepared, _), (_, nil): break
        case (_, _): report(id, "\(node.op.mnemonic): expected packed weights, found \(graph[input].op.mnemonic)")
        }
      }
      if packing != nil, graph.stage < .step { report(id, "packed weights are legal only from step on") }
    }
  }

  mutating func checkFusion() {
    let fused = graph.ids.filter { graph[$0].fusion != .none }
    guard graph.stage == .scheduled else {
      for id in fused { report(id, "expected no fusion before stage scheduled") }
      return
    }
    for result in graph.results where graph.nodes.indices.contains(result.value.index) {
      if graph[result.value].fusion == .load { report(result.value, "expected a result in memory, found fuse load") }
    }
    for id in fused {
      switch graph[id].fusion {
      case .none: break
      case .load: if graph[id].op.pointwiseOperands == nil { report(id, "fuse load: expected a pointwise operation") }
      case .store(let anchor):
        guard anchor < id, graph[anchor].fusion == .none, !graph.isGiven(anchor) else {
          report(id, "fuse store: expected an earlier node that is not fused, found \(anchor)")
          continue
        }
        for leaf in graph.memoryLeaves(of: id) where leaf >= anchor && graph[leaf].anchor(leaf) != anchor {
          if !graph.isGiven(leaf) {
            report(id, "fuse store \(anchor): expected operands computed before \(anchor), found \(leaf)")
          }
        }
      }
    }
  }
}
