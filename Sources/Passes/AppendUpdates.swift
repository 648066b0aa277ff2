import NNIR

/// Appends the optimizer's updates of every parameter, or leaves the gradients as results.
///
/// With `goal` *update* the gradient results become operands of the update and disappear as results: nobody reads them.
/// The updates stand after everything else, so that each may overwrite its parameter in place.
func appendUpdates(_ graph: Graph, goal: Pipeline.Goal) throws(Diagnostics) -> Graph {
  guard goal == .update else { return statesAsOutputs(graph) }
  guard let recipe = graph.recipe else { throw Diagnostics("expected a training recipe, found none") }
  var builder = GraphBuilder(like: graph)
  var map: [ValueID] = []
  for node in graph.nodes {
    map.append(builder.add(node, inputs: node.inputs.map { map[$0.index] }))
  }
  let rate = builder.add(.learningRate, type: .f32([Extent]()))
  let step = builder.add(.stepNumber, type: TensorType(.i64, []))
  var sources: [String: ValueID] = [:]
  for parameter in graph.parameters { sources[parameter.name] = map[parameter.id.index] }
  for result in graph.results {
    guard case .gradient(let name, let value) = result, let w = sources[name] else {
      builder.add(result: result.mapping { map[$0.index] })
      continue
    }
    let g = map[value.index]
    let type = builder.type(w)
    switch recipe.optimizer {
    case .sgd(let momentum, let dampening, let nesterov, let weightDecay):
      let sgd = SGD(
        momentum: momentum, dampening: Mutation.isActive(.dampeningDropped) ? 0 : dampening, nesterov: nesterov,
        weightDecay: Mutation.isActive(.weightDecayDropped) ? 0 : weightDecay)
      if momentum == 0 {
        builder.add(result: .update(source: w, value: builder.add(.sgdParameter(sgd), [w, g, rate])))
        continue
      }
      let slot = builder.add(.slot(name: name, kind: .momentum), type: type)
      let velocity = builder.add(.sgdMomentum(sgd), [w, g, slot, step])
      builder.add(result: .update(source: slot, value: velocity))
      builder.add(result: .update(source: w, value: builder.add(.sgdParameter(sgd), [w, g, velocity, rate])))
    case .adam(let beta1, let beta2, let epsilon, let weightDecay),
      .adamW(let beta1, let beta2, let epsilon, let weightDecay):
      let decoupled = if case .adamW = recipe.optimizer { true } else { false }
      let adam = Adam(
        beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, decoupled: decoupled)
      let first = builder.add(.slot(name: name, kind: .firstMoment), type: type)
      let second = builder.add(.slot(name: name, kind: .secondMoment), type: type)
      let newFirst = builder.add(.adamFirstMoment(adam), [w, g, first])
      let newSecond = builder.add(.adamSecondMoment(adam), [w, g, second])
      builder.add(result: .update(source: first, value: newFirst))
      builder.add(result: .update(source: second, value: newSecond))
      let value = builder.add(.adamParameter(adam), [w, newFirst, newSecond, rate, step])
      builder.add(result: .update(source: w, value: value))
    }
  }
  return builder.graph
}

/// New running statistics handed out as `state.NAME` instead of stored: asking for gradients changes nothing.
private func statesAsOutputs(_ graph: Graph) -> Graph {
  var result = graph
  result.results = graph.results.map { entry in
    guard case .update(let source, let value) = entry, case .state(let name, _) = graph[source].op else { return entry }
    return .output(name: "state.\(name)", value: value)
  }
  return result
}

extension Recipe.Optimizer {
  /// What this optimizer remembers for each parameter, in arena order.
  package var slots: [Slot] {
    switch self {
    case .sgd(let momentum, _, _, _): momentum == 0 ? [] : [.momentum]
    case .adam, .adamW: [.firstMoment, .secondMoment]
    }
  }
}
