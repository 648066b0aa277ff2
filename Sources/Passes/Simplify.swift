import NNIR

/// Rewrites that hold for every input, applied node by node into a hash-consed arena until nothing changes.
///
/// Each rule keeps results bit for bit, the sign of a zero aside.
func simplify(_ graph: Graph) throws(Diagnostics) -> Graph {
  var current = graph
  while true {
    var nonnegative = NonnegativeValues()
    let next = current.rewriting { builder, _, node in
      simplified(node, in: &builder, &nonnegative) ?? builder.add(node)
    }
    // a rule that replaces a node by its operand leaves the arena smaller or equal; equality means a fixed point
    let live = liveNodes(next)
    if live == current { return current }
    current = live
  }
}

/// The value that `node` can be replaced by, after adding what that takes; nil when no rule applies.
private func simplified(
  _ node: Node, in builder: inout GraphBuilder, _ nonnegative: inout NonnegativeValues
) -> ValueID? {
  func producer(_ operand: Int) -> Node { builder.graph[node.inputs[operand]] }
  func isFill(_ operand: Int, _ value: Double) -> Bool { producer(operand).op == .fill(Scalar(value)) }
  switch node.op {
  // x + 0 = x; −0 + 0 = 0 is the one exception
  case .add: return isFill(1, 0) ? node.inputs[0] : isFill(0, 0) ? node.inputs[1] : nil
  case .subtract: return isFill(1, 0) ? node.inputs[0] : nil
  case .multiply: return isFill(1, 1) ? node.inputs[0] : isFill(0, 1) ? node.inputs[1] : nil
  case .multiplyChannel: return isFill(1, 1) ? node.inputs[0] : nil
  case .addChannel: return isFill(1, 0) ? node.inputs[0] : nil
  case .scale(let factor):
    return factor == 1.0 || Mutation.isActive(.simplifyScale) && factor == -1.0 ? node.inputs[0] : nil
  case .dropout(let probability, _): return probability.value == 0 ? node.inputs[0] : nil
  case .relu:
    // relu(x) = x for x ≥ 0 and for NaN
    if nonnegative.contains(node.inputs[0], in: builder.graph) { return node.inputs[0] }
    // relu(join(value, else)) = join(relu(value), else) where else ≥ 0: a closed residual block is its input
    guard case .join(let gate) = producer(0).op, node.gate == nil else { return nil }
    let (sides, origins) = (producer(0).inputs, producer(0).origins)
    guard nonnegative.contains(sides[1], in: builder.graph) else { return nil }
    let value = builder.add(.relu, [sides[0]], gate: gate, origins: node.origins)
    return builder.add(.join(gate), [value, sides[1]], origins: origins)
  case .join: return node.inputs[0] == node.inputs[1] ? node.inputs[0] : nil
  case .reshape, .pad:
    // no change of shape: no operation
    return producer(0).type == node.type ? node.inputs[0] : nil
  case .concat: return node.inputs.count == 1 ? node.inputs[0] : nil
  case .slice(let axis, let start, let count):
    let source = producer(0)
    if source.type == node.type { return node.inputs[0] }
    switch source.op {
    // a slice of a concatenation that is exactly one of its operands
    case .concat(axis):
      var position = 0
      for operand in source.inputs {
        let extent = builder.type(operand).bound(axis)
        if position == start || Mutation.isActive(.simplifySliceOperand), extent == count { return operand }
        position += extent ?? 0
      }
      return nil
    // a slice that takes back exactly what was padded
    case .pad(let before, let after):
      let original = builder.type(source.inputs[0])
      let onlyHere = before.indices.allSatisfy { $0 == axis || before[$0] + after[$0] == 0 }
      return onlyHere && before[axis] == start && original == node.type ? source.inputs[0] : nil
    default: return nil
    }
  default: return nil
  }
}

extension TensorType {
  fileprivate func bound(_ axis: Int) -> Int? { shape[axis].value }
}

/// Drops nodes that no result depends on.
func eliminateDeadCode(_ graph: Graph) throws(Diagnostics) -> Graph { liveNodes(graph) }

/// The nodes that results depend on and, with `keepingInterface`, the input, all parameters and all states, which are part
/// of the network whether used or not.
package func liveNodes(_ graph: Graph, keepingInterface: Bool = true) -> Graph {
  var live = [Bool](repeating: false, count: graph.nodes.count)
  for result in graph.results {
    live[result.value.index] = true
    if case .update(let source, _) = result { live[source.index] = true }
  }
  for id in graph.ids.reversed() {
    switch graph[id].op {
    case .input, .parameter, .state: if keepingInterface { live[id.index] = true }
    default: break
    }
    if live[id.index] { for input in graph[id].inputs { live[input.index] = true } }
  }
  var builder = GraphBuilder(like: graph)
  var map: [ValueID?] = []
  func mapped(_ id: ValueID) -> ValueID {
    guard let value = map[id.index] else { fatalError("a live node depends on \(id), which is not") }
    return value
  }
  for id in graph.ids {
    let node = graph[id]
    map.append(
      live[id.index] ? builder.add(node, inputs: node.inputs.map(mapped)) : nil)
  }
  for result in graph.results { builder.add(result: result.mapping(mapped)) }
  return builder.graph
}
