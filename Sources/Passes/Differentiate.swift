import NNIR

/// Reverse-mode differentiation of the output `loss` with respect to every parameter, as `gradient` results.
///
/// Nodes are visited from last to first; the adjoint of a value is the sum of what its users send back, in that order.
/// Only values that depend on a parameter receive one. A parameter that the loss does not depend on gets zeros.
///
/// Adjoints stand under the gate of their primal; where a value outside of a gate is used inside, a join brings its
/// adjoint out again.
///
/// Griewank and Walther, "Evaluating Derivatives", 2nd edition, chapter 3.
func differentiate(_ graph: Graph) throws(Diagnostics) -> Graph {
  guard let loss = graph.output("loss") else { throw Diagnostics("expected an output called loss, found none") }
  var reverse = Reverse(graph: graph)
  reverse.run(from: loss)
  return reverse.table.builder.graph
}

/// The part of an adjoint that depends on one gate.
private struct GatedAdjoint {
  var gate: Gate
  /// The sum that counts where the gate is open; computed only there.
  var open: ValueID?
  /// The sum that counts where it is closed.
  var closed: ValueID?
}

private struct Reverse {
  let graph: Graph
  /// The arena that is built, with the table of derivatives around it.
  var table: Adjoints
  /// Primal values in the new arena.
  var primal: [ValueID] = []
  /// Depends on a parameter.
  var active: [Bool] = []
  /// What users have sent back so far, already summed; for a value under a gate also those inside of it.
  var adjoint: [ValueID?]
  /// What users under gates and joins have sent back to values that are always computed.
  var gated: [[GatedAdjoint]]

  init(graph: Graph) {
    self.graph = graph
    table = Adjoints(builder: GraphBuilder(like: graph))
    adjoint = [ValueID?](repeating: nil, count: graph.nodes.count)
    gated = [[GatedAdjoint]](repeating: [], count: graph.nodes.count)
    for id in graph.ids {
      let node = graph[id]
      primal.append(table.builder.add(node, inputs: node.inputs.map { primal[$0.index] }))
      if case .parameter = node.op {
        active.append(true)
      } else {
        active.append(node.inputs.contains { active[$0.index] })
      }
    }
  }

  mutating func run(from loss: ValueID) {
    for result in graph.results { table.builder.add(result: result.mapping { primal[$0.index] }) }
    adjoint[loss.index] = table.builder.add(.fill(1.0), type: .f32([Extent]()), origins: graph[loss].origins)
    for id in graph.ids.reversed() {
      guard active[id.index], let dy = adjointOfAllUsers(id) else { continue }
      let node = graph[id]
      if case .join(let gate) = node.op {
        // the value's users are inside the gate or this join, so its adjoint needs no other case
        if active[node.inputs[0].index] { accumulate(dy, into: node.inputs[0], under: gate) }
        if active[node.inputs[1].index] { accumulateElse(dy, into: node.inputs[1], of: gate) }
        continue
      }
      table.origins = node.origins
      table.gate = node.gate
      table.types = node.inputs.map { graph[$0].type }
      table.wanted = node.inputs.map { active[$0.index] }
      let contributions = table.of(
        node.op, node.inputs.map { primal[$0.index] }, result: primal[id.index], dy)
      for (input, contribution) in zip(node.inputs, contributions) where active[input.index] {
        guard let contribution else { continue }
        accumulate(contribution, into: input, under: node.gate)
      }
    }
    for (id, name, _, type) in graph.parameters {
      let value = adjointOfAllUsers(id) ?? table.builder.add(.fill(0.0), type: type)
      table.builder.add(result: .gradient(name: name, value: value))
    }
  }

  /// Adds what a user sends back; where the user stands under a gate and its operand does not, to a sum for that gate.
  private mutating func accumulate(_ contribution: ValueID, into input: ValueID, under gate: Gate?) {
    if let gate, graph[input].gate == nil {
      let index = parts(of: input, gate)
      let sum = gated[input.index][index].open
      gated[input.index][index].open = sum.map { add($0, contribution, like: input, under: gate) } ?? contribution
    } else {
      let sum = Mutation.isActive(.adjointReplaced) ? nil : adjoint[input.index]
      adjoint[input.index] = sum.map { add($0, contribution, like: input, under: graph[input].gate) } ?? contribution
    }
  }

  /// Adds what a join sends back to its other operand, which counts where the gate is closed.
  private mutating func accumulateElse(_ contribution: ValueID, into input: ValueID, of gate: Gate) {
    let index = parts(of: input, gate)
    let sum = gated[input.index][index].closed
    gated[input.index][index].closed = sum.map { add($0, contribution, like: input, under: nil) } ?? contribution
  }

  private mutating func parts(of input: ValueID, _ gate: Gate) -> Int {
    if let index = gated[input.index].firstIndex(where: { $0.gate == gate }) { return index }
    gated[input.index].append(GatedAdjoint(gate: gate))
    return gated[input.index].count - 1
  }

  private mutating func add(_ a: ValueID, _ b: ValueID, like value: ValueID, under gate: Gate?) -> ValueID {
    table.builder.add(.add, [a, b], gate: gate, origins: graph[value].origins)
  }

  /// The adjoint of a value once all its users have been visited: of each gate's two sums one counts.
  ///
  /// A closed gate adds nothing by adding nothing: where other users have sent something back already, the sum inside
  /// the gate continues that one, and where the value is the join's other operand, both sums are what the join chooses
  /// from. So nothing is computed for a closed block, and both sides may share memory.
  private mutating func adjointOfAllUsers(_ id: ValueID) -> ValueID? {
    let origins = graph[id].origins
    var total = adjoint[id.index]
    func zeros() -> ValueID { table.builder.add(.fill(0.0), type: graph[id].type, origins: origins) }
    for part in gated[id.index] {
      switch (total, part.open, part.closed) {
      case (_, nil, nil): break
      case (_?, _?, nil) where Mutation.isActive(.gatedAdjointLost): break
      case (let sum?, let open?, nil):
        let more = add(sum, open, like: id, under: part.gate)
        total = table.builder.add(.join(part.gate), [more, sum], origins: origins)
      case (_, let open, let closed):
        let sides = [open ?? zeros(), closed ?? zeros()]
        let joined = sides[0] == sides[1] ? sides[0] : table.builder.add(.join(part.gate), sides, origins: origins)
        total = total.map { add($0, joined, like: id, under: nil) } ?? joined
      }
    }
    return total
  }
}
