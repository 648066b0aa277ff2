import NNIR

/// What a training step computes twice instead of keeping it from the forward to the backward part.
package enum Recompute: String, Sendable, CaseIterable {
  /// Nothing.
  case none
  /// The results of 1×1 convolutions that are only normalised.
  case bottleneck
}

/// Computes bottlenecks anew in the backward part, so that they do not live from forward to backward.
///
/// A bottleneck is a 1×1 convolution whose result is read forward by batch norm alone (`moments`, `normalize`). Its
/// operand is kept for the gradient of its weights anyway, and outlives the bottleneck; so computing the bottleneck
/// again keeps nothing longer, and costs one operation that is cheap for the bytes it frees. Readers after the loss take
/// a second instance of the convolution, and of the elementwise operations between it and what they read (its
/// normalisation, its ReLU), all placed before the first such
/// reader, and before what it reads beside them. The statistics are small and stay.
///
/// conv1 of a DenseNet-BC layer is one, and so are the 1×1 convolutions of a bottleneck ResNet; a transition is not, its
/// result is a feature map that the next block concatenates. The same operation on the same operands gives the same
/// bits, so no gradient changes.
func recomputeBottlenecks(_ graph: Graph) throws(Diagnostics) -> Graph {
  guard let loss = graph.output("loss") else { return graph }
  let again = recomputed(in: graph, loss: loss)
  guard again.contains(true) else { return graph }

  var builder = GraphBuilder(like: graph)
  var map: [ValueID] = []
  /// The second instance of a value, made when its first reader comes.
  func second(_ id: ValueID) -> ValueID {
    guard again[id.index] else { return map[id.index] }
    var node = graph[id]
    node.instance += 1
    var inputs = node.inputs.map(second)
    if Mutation.isActive(.recomputedOperand), case .normalize = node.op { inputs[3] = inputs[2] }
    // equal instances are one node, so asking again makes nothing new
    return builder.add(node, inputs: inputs)
  }
  let users = graph.users
  for id in graph.ids {
    let node = graph[id]
    if id > loss {
      // what is read beside a gradient stands before the gradient, so that one loop nest can take both
      for user in users[id.index] { for input in graph[user].inputs where again[input.index] { _ = second(input) } }
    }
    map.append(builder.add(node, inputs: id > loss ? node.inputs.map(second) : node.inputs.map { map[$0.index] }))
  }
  for result in graph.results { builder.add(result: result.mapping { map[$0.index] }) }
  return builder.graph
}

/// Which forward values are bottlenecks, or elementwise functions of one and of values that stay.
private func recomputed(in graph: Graph, loss: ValueID) -> [Bool] {
  let users = graph.users
  var isResult = [Bool](repeating: false, count: graph.nodes.count)
  for result in graph.results { isResult[result.value.index] = true }
  var again = [Bool](repeating: false, count: graph.nodes.count)
  for id in graph.ids where id < loss && !isResult[id.index] {
    let node = graph[id]
    if isPointwise(node, in: graph) {
      let readers = users[id.index].filter { $0 < loss }
      // without a reader after the loss nothing is kept, and there is nothing to win
      again[id.index] =
        readers.allSatisfy { reader in
          switch graph[reader].op {
          case .moments, .normalize: true
          default: false
          }
        } && readers.count < users[id.index].count
    } else if let operand = node.inputs.first, again[operand.index] {
      again[id.index] = isElementwise(node.op)
    }
  }
  return again
}

/// Elementwise in the first operand, with all others small.
private func isElementwise(_ op: Op) -> Bool {
  switch op {
  case .relu, .sigmoid, .tanh, .scale, .multiplyChannel, .addChannel, .normalize: true
  default: false
  }
}
