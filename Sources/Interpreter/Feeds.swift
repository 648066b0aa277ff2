import NNIR

/// Names one tensor that an optimizer keeps: the parameter and what is remembered of it.
package struct SlotKey: Hashable, Sendable {
  package var parameter: String
  package var kind: Slot

  package init(_ parameter: String, _ kind: Slot) {
    self.parameter = parameter
    self.kind = kind
  }
}

/// Everything that a graph reads from outside, row-major; converted to the precision that is computed in.
package struct Feeds: Sendable {
  /// The batch of inputs; its length decides the batch size where that is still N.
  package var input: [Double]?
  /// One class index an image.
  package var labels: [Int64]?
  /// Target values of a regression, shaped as the output.
  package var target: [Double]?
  package var learningRate: Double = 0
  /// Number of the training step from 0.
  package var step: UInt64 = 0
  /// Seed of every random stream.
  package var seed: UInt64 = 0
  /// One flag for each gate of the graph, true = open; nil opens all. Graphs without gates do not look at it, nor does
  /// inference before its gates became expectations.
  package var gates: [Bool]?
  package var parameters: [String: [Double]] = [:]
  package var states: [String: [Double]] = [:]
  package var slots: [SlotKey: [Double]] = [:]
  /// Outputs of the prepare graph by name, for an inference graph that was cut in two.
  package var prepared: [String: [Double]] = [:]

  package init(
    input: [Double]? = nil, labels: [Int64]? = nil, target: [Double]? = nil, learningRate: Double = 0,
    step: UInt64 = 0, seed: UInt64 = 0, parameters: [String: [Double]] = [:], states: [String: [Double]] = [:],
    slots: [SlotKey: [Double]] = [:]
  ) {
    self.input = input
    self.labels = labels
    self.target = target
    self.learningRate = learningRate
    self.step = step
    self.seed = seed
    self.parameters = parameters
    self.states = states
    self.slots = slots
  }

  /// A fresh model: parameters and states by their initializers from `seed`, slots zero; no input yet.
  package init(initializing graph: Graph, seed: UInt64) {
    self.init(seed: seed)
    for (_, name, initializer, type) in graph.parameters {
      guard let shape = type.extents else { continue }
      parameters[name] = initializer.values(name: name, shape: shape, seed: seed).map(Double.init)
    }
    for (_, name, initializer, type) in graph.states {
      guard let shape = type.extents else { continue }
      states[name] = initializer.values(name: name, shape: shape, seed: seed).map(Double.init)
    }
    for node in graph.nodes {
      guard case .slot(let name, let kind) = node.op, let shape = node.type.extents else { continue }
      slots[SlotKey(name, kind)] = [Double](repeating: 0, count: shape.reduce(1, *))
    }
  }
}
