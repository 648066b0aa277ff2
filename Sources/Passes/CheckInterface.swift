import NNIR

/// Checks that a graph is a network as users write it: what every later stage takes for granted.
///
/// - The stage is raw or typed; later stages are the compiler's own.
/// - There is exactly one input, `f32[N,…]`, with N on the first axis only, and at least one output, all of them `f32[N,…]`.
/// - Parameters, states and constants are f32 without N; a step number is i64[].
/// - Nothing is delivered but outputs, and nothing is computed that only the compiler introduces.
/// - The recipe's numbers make sense.
/// - Each running statistic belongs to one batch norm, as its mean or its variance.
///
/// Errors: all violations, each at its line. A text file can say anything; the DSL builds nothing else.
func checkInterface(_ graph: Graph) throws(Diagnostics) -> Graph {
  guard graph.stage <= .typed else {
    throw Diagnostics("expected a graph at stage raw or typed, found \(graph.stage.rawValue)")
  }
  var found: [Diagnostic] = []
  func report(_ id: ValueID, _ message: String) {
    found.append(Diagnostic(.error, "\(id) \(graph[id].op.mnemonic): \(message)", at: graph[id].origins.first))
  }
  func isBatched(_ type: TensorType) -> Bool {
    type.element == .f32 && type.shape.first == .batch && !type.shape.dropFirst().contains(.batch)
  }
  var inputs = 0
  var statistics: [ValueID: Int] = [:]
  for id in graph.ids {
    let node = graph[id]
    switch node.op {
    case .input:
      inputs += 1
      if !isBatched(node.type) || node.type.rank < 2 { report(id, "expected f32[N,…], found \(node.type)") }
    case .parameter where node.type.rank == 0: report(id, "expected at least one axis, found a scalar")
    case .softmaxCrossEntropy, .meanSquaredError: report(id, "is the recipe's; expected outputs without the loss")
    case .parameter, .state, .fill:
      if node.type.element != .f32 || node.type.shape.contains(.batch) {
        report(id, "expected f32 with fixed extents, found \(node.type)")
      }
    case .stepNumber:
      if node.type != TensorType(.i64, []) { report(id, "expected i64[], found \(node.type)") }
    case .moments, .normalize, .selectMoment, .runningMean, .runningVariance:
      report(id, "is what the compiler makes of batch_norm; expected batch_norm")
    case .clampChannel, .clampForm:
      report(id, "is what the compiler makes of relu; expected relu")
    case .batchNorm:
      if node.inputs.count == 5, node.inputs[3] == node.inputs[4] {
        report(id, "expected different states for mean and variance, found \(node.inputs[3]) for both")
      }
      for operand in node.inputs.dropFirst(3) {
        if case .state = graph[operand].op {
        } else {
          report(id, "expected a state as running statistic, found \(operand)")
        }
        statistics[operand, default: 0] += 1
        if statistics[operand] == 2 { report(operand, "expected to belong to one batch norm, found a second, \(id)") }
      }
    default: break
    }
  }
  if inputs != 1 { found.append(Diagnostic(.error, "expected one input, found \(inputs)")) }
  var outputs = 0
  for result in graph.results {
    switch result {
    case .output(let name, let value):
      outputs += 1
      if name == "loss" || name.hasPrefix("state.") {
        report(value, "expected another name than \(Attribute.quote(name)), which is reserved")
      }
      if !isBatched(graph[value].type) {
        report(value, "expected f32[N,…] as output \(Attribute.quote(name)), found \(graph[value].type)")
      }
    case .gradient(let name, _):
      found.append(Diagnostic(.error, "expected outputs only, found a gradient of \(Attribute.quote(name))"))
    case .update(let source, _): report(source, "expected outputs only, found an update")
    }
  }
  found += (graph.recipe?.problems ?? []).map { Diagnostic(.error, $0) }
  if outputs == 0 { found.append(Diagnostic(.error, "expected at least one output, found none")) }
  guard found.isEmpty else { throw Diagnostics(found) }
  return graph
}
