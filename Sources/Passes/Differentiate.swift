import NNIR

/// Reverse-mode differentiation of the output `loss` with respect to every parameter, as `gradient` results.
///
/// Nodes are visited from last to first; the adjoint of a value is the sum of what its users send back, in that order.
/// Only values that depend on a parameter receive one. A parameter that the loss does not depend on gets zeros.
///
/// Griewank and Walther, "Evaluating Derivatives", 2nd edition, chapter 3.
func differentiate(_ graph: Graph) throws(Diagnostics) -> Graph {
  guard let loss = graph.output("loss") else { throw Diagnostics("expected an output called loss, found none") }
  var reverse = Reverse(graph: graph)
  reverse.run(from: loss)
  return reverse.table.builder.graph
}

private struct Reverse {
  let graph: Graph
  /// The arena that is built, with the table of derivatives around it.
  var table: Adjoints
  /// Primal values in the new arena.
  var primal: [ValueID] = []
  /// Depends on a parameter.
  var active: [Bool] = []
  /// What users have sent back so far, already summed.
  var adjoint: [ValueID?]

  init(graph: Graph) {
    self.graph = graph
    table = Adjoints(builder: GraphBuilder(like: graph))
    adjoint = [ValueID?](repeating: nil, count: graph.nodes.count)
    for id in graph.ids {
      let node = graph[id]
      primal.append(
        table.builder.add(node.op, node.inputs.map { primal[$0.index] }, type: node.type, origins: node.origins))
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
      guard active[id.index], let dy = adjoint[id.index] else { continue }
      let node = graph[id]
      table.origins = node.origins
      table.types = node.inputs.map { graph[$0].type }
      table.wanted = node.inputs.map { active[$0.index] }
      let contributions = table.of(
        node.op, node.inputs.map { primal[$0.index] }, result: primal[id.index], dy)
      for (input, contribution) in zip(node.inputs, contributions) where active[input.index] {
        guard let contribution else { continue }
        accumulate(contribution, into: input)
      }
    }
    for (id, name, _, type) in graph.parameters {
      let value = adjoint[id.index] ?? table.builder.add(.fill(0.0), type: type)
      table.builder.add(result: .gradient(name: name, value: value))
    }
  }

  private mutating func accumulate(_ contribution: ValueID, into input: ValueID) {
    if let sum = adjoint[input.index], !Mutation.isActive(.adjointReplaced) {
      adjoint[input.index] = table.builder.add(.add, [sum, contribution], origins: graph[input].origins)
    } else {
      adjoint[input.index] = contribution
    }
  }
}
