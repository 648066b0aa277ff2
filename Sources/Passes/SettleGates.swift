import NNIR

/// Decides the gates that need no sampling: a block that always survives loses its gate, one that never does is left out.
///
/// The gates that remain are counted anew. Parameters and running statistics of a block that is left out stay in the
/// network, so that weights trained with the block still fit and an optimizer treats them as those of a closed gate.
func settleGates(_ graph: Graph) throws(Diagnostics) -> Graph {
  var joined = Set<Gate>()
  for case .join(let gate) in graph.nodes.map(\.op) { joined.insert(gate) }
  var gates: [GateInfo] = []
  var renumbered: [Gate?] = []
  for (index, gate) in graph.gates.enumerated() {
    let isOpen = joined.contains(Gate(index)) && gate.survival.value > 0 && gate.survival.value < 1
    renumbered.append(isOpen ? Gate(gates.count) : nil)
    if isOpen { gates.append(gate) }
  }
  var header = graph
  header.gates = gates
  return liveNodes(
    header.rewriting { builder, _, node in
      var node = node
      // what only a dropped block needs loses its gate and dies
      node.gate = node.gate.flatMap { renumbered[$0.index] }
      guard case .join(let gate) = node.op else { return builder.add(node) }
      if let kept = renumbered[gate.index] {
        node.op = .join(kept)
        return builder.add(node)
      }
      return node.inputs[graph.gates[gate.index].survival.value > 0 ? 0 : 1]
    })
}

/// The same network without the blocks of these names: their survival probability becomes 0.
///
/// Errors: names that no block has, all of them, with those that there are.
package func droppingBlocks(_ names: [String], from graph: Graph) throws(Diagnostics) -> Graph {
  let known = graph.gates.map(\.name)
  let unknown = names.filter { !known.contains($0) }
  guard unknown.isEmpty else {
    let list = known.isEmpty ? "the network has none" : "known: \(known.joined(separator: ", "))"
    throw Diagnostics(
      unknown.map { name in
        let hint = nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
        return Diagnostic(
          message: "expected a block that can be dropped, found \(Attribute.quote(name))\(hint) (\(list))")
      })
  }
  var result = graph
  for index in result.gates.indices where names.contains(result.gates[index].name) {
    result.gates[index].survival = Scalar(0)
  }
  return result
}
