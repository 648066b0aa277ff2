import NNIR

/// How `batch_norm` and `dropout` behave in a graph that has not been specialised yet (stages raw and typed).
package enum InterpretationMode: Sendable {
  /// Running statistics; dropout is the identity.
  case inference
  /// Statistics of the batch, running ones left alone; dropout drops.
  case training
}

/// Which values survive the interpretation.
package enum Retention: Sendable {
  /// The value of every node.
  case everything
  /// Only what the graph's results name; others are dropped after their last use, so that large networks fit.
  case results
}

/// What a graph computed.
package struct Interpretation<Element: ComputeElement>: Sendable {
  /// The batch size that N stood for; nil where the graph had no N.
  package let batch: Int?
  let values: [Value<Element>?]
  /// Results by name: `logits`, `loss`.
  package internal(set) var outputs: [String: Tensor<Element>] = [:]
  /// Gradients by the name of the parameter.
  package internal(set) var gradients: [String: Tensor<Element>] = [:]
  /// New contents of parameters by name, for a graph that updates them.
  package internal(set) var updatedParameters: [String: Tensor<Element>] = [:]
  /// New contents of running statistics by name.
  package internal(set) var updatedStates: [String: Tensor<Element>] = [:]
  /// New contents of optimizer state.
  package internal(set) var updatedSlots: [SlotKey: Tensor<Element>] = [:]

  init(batch: Int?, values: [Value<Element>?]) {
    self.batch = batch
    self.values = values
  }

  /// Files a value under the name of a result.
  mutating func deliver(_ value: Tensor<Element>, as result: GraphResult, of graph: Graph) {
    switch result {
    case .output(let name, _): outputs[name] = value
    case .gradient(let name, _): gradients[name] = value
    case .update(let source, _):
      switch graph[source].op {
      case .parameter(let name, _): updatedParameters[name] = value
      case .state(let name, _): updatedStates[name] = value
      case .slot(let name, let kind): updatedSlots[SlotKey(name, kind)] = value
      default: break  // the verifier lets nothing else be updated
      }
    }
  }

  /// The value of a node; nil when it was dropped or holds whole numbers.
  package subscript(id: ValueID) -> Tensor<Element>? {
    guard values.indices.contains(id.index), case .numbers(let tensor) = values[id.index] else { return nil }
    return tensor
  }

  /// The value of a node that holds whole numbers (labels, step number).
  package func integers(_ id: ValueID) -> Tensor<Int64>? {
    guard values.indices.contains(id.index), case .integers(let tensor) = values[id.index] else { return nil }
    return tensor
  }
}

extension Feeds {
  /// The same feeds after a step: updated parameters, states and slots stored, the step number one further.
  package func applying<Element>(_ interpretation: Interpretation<Element>) -> Feeds {
    var next = self
    next.parameters.merge(interpretation.updatedParameters.mapValues { $0.elements.map { Double($0) } }) { $1 }
    next.states.merge(interpretation.updatedStates.mapValues { $0.elements.map { Double($0) } }) { $1 }
    next.slots.merge(interpretation.updatedSlots.mapValues { $0.elements.map { Double($0) } }) { $1 }
    next.step += 1
    return next
  }
}

/// Computes every node of a graph at any stage in double precision.
///
/// N is bound to the batch that was fed. `mode` matters at the stages raw and typed only.
/// Errors: what the verifier finds; feeds that are missing or of the wrong size, all of them; labels out of range.
package func interpretDouble(
  _ graph: Graph, _ feeds: Feeds, mode: InterpretationMode = .inference, retention: Retention = .everything
) throws(InterpreterError) -> Interpretation<Double> {
  try Evaluator<Double>(graph, feeds, mode).run(retention)
}

/// Computes every node of a graph at any stage in single precision; otherwise as `interpretDouble`.
///
/// With a seed in `rounding` each operation rounds as another implementation might: every number that is computed and is
/// not 0 moves by one unit in the last place up, down, or not at all; equal numbers that a max pool compares move alike.
package func interpretFloat(
  _ graph: Graph, _ feeds: Feeds, mode: InterpretationMode = .inference, retention: Retention = .everything,
  rounding: UInt64? = nil
) throws(InterpreterError) -> Interpretation<Float> {
  try Evaluator<Float>(graph, feeds, mode).run(retention, rounding: rounding)
}
