import NNIR

/// Walks a graph in order and computes each node by the loop that defines its operation.
struct Evaluator<Element: ComputeElement> {
  let graph: Graph
  let feeds: Feeds
  let binding: Binding
  /// Batch statistics and dropout are in force; after raw and typed the graph itself says what happens.
  let training: Bool
  var values: [Value<Element>?]

  init(_ graph: Graph, _ feeds: Feeds, _ mode: InterpretationMode) throws(InterpreterError) {
    self.graph = graph
    self.feeds = feeds
    binding = try Binding(graph, feeds)
    training = graph.stage >= .step || mode == .training
    guard !training || graph.gates.isEmpty || (feeds.gates ?? []).count == graph.gates.count || feeds.gates == nil
    else {
      throw InterpreterError([
        Diagnostic(message: "expected \(graph.gates.count) gates, found \((feeds.gates ?? []).count)")
      ])
    }
    values = [Value<Element>?](repeating: nil, count: graph.nodes.count)
  }

  /// With a seed in `rounding` every computed number is moved by one unit in the last place, or not, at random.
  consuming func run(
    _ retention: Retention, rounding: UInt64? = nil
  ) throws(InterpreterError) -> Interpretation<Element> {
    let lastUse = lastUses()
    let compared = rounding == nil ? [] : comparedValues()
    for id in graph.ids {
      // what nobody may look at is not computed
      if let gate = graph[id].gate, training, !isOpen(gate) { continue }
      values[id.index] = try value(of: id)
      if let rounding, !graph[id].op.isSource { move(id, seed: rounding, alike: compared.contains(id)) }
      guard retention == .results else { continue }
      if lastUse[id.index] <= id.index { values[id.index] = nil }
      for input in graph[id].inputs where lastUse[input.index] == id.index { values[input.index] = nil }
    }
    return interpretation()
  }

  /// What max pools compare, before a ReLU too.
  private func comparedValues() -> Set<ValueID> {
    var result: Set<ValueID> = []
    for id in graph.ids.reversed() {
      switch graph[id].op {
      case .maxPool: result.insert(graph[id].inputs[0])
      case .maxPoolGradient: result.insert(graph[id].inputs[1])
      case .relu where result.contains(id): result.insert(graph[id].inputs[0])
      default: continue
      }
    }
    return result
  }

  /// Zeros stay: what is exactly nothing is so by meaning, as behind a ReLU. So do ties of what is compared, where equal
  /// numbers move alike: which of them a max pool takes is defined.
  private mutating func move(_ id: ValueID, seed: UInt64, alike: Bool) {
    guard case .numbers(var tensor) = values[id.index] else { return }
    let random = Philox(seed: seed, stream: "rounding \(id.index)")
    for index in tensor.elements.indices where tensor.elements[index] != 0 {
      let number = tensor.elements[index]
      let choice = random.bits(alike ? Double(number).bitPattern : UInt64(index)) % 3
      tensor.elements[index] = choice == 0 ? number : choice == 1 ? number.nextUp : number.nextDown
    }
    values[id.index] = .numbers(tensor)
  }

  private func isOpen(_ gate: Gate) -> Bool { feeds.gates?[gate.index] ?? true }

  /// One of the two sides; where nothing is sampled, their expectation.
  private func join(_ gate: Gate, _ node: Node) -> [Element] {
    if training { return numbers(node, isOpen(gate) ? 0 : 1).elements }
    let survival = Element(graph.gates[gate.index].survival.value)
    if survival == 0 || survival == 1 { return numbers(node, survival == 1 ? 0 : 1).elements }
    return combine(numbers(node, 0), numbers(node, 1)) { survival * $0 + (1 - survival) * $1 }
  }

  /// Index of the last node that reads each value; beyond the end for what a result names.
  private func lastUses() -> [Int] {
    var last = [Int](repeating: -1, count: graph.nodes.count)
    for id in graph.ids {
      for input in graph[id].inputs { last[input.index] = id.index }
    }
    for result in graph.results { last[result.value.index] = Int.max }
    return last
  }

  private func interpretation() -> Interpretation<Element> {
    var result = Interpretation<Element>(batch: binding.batch, values: values)
    for item in graph.results {
      if let value = result[item.value] { result.deliver(value, as: item, of: graph) }
    }
    return result
  }

  /// Computes a node from the values of its operands.
  func value(of id: ValueID) throws(InterpreterError) -> Value<Element> {
    let node = graph[id]
    let shape = binding.shapes[id.index]
    switch node.op {
    case .labels: return .integers(Tensor(shape, feeds.labels ?? []))
    case .stepNumber:
      let step = Int64(bitPattern: feeds.step)
      return .integers(Tensor(shape, [Int64](repeating: step, count: shape.reduce(1, *))))
    default: return .numbers(Tensor(shape, try elements(of: id, node, shape)))
    }
  }

  /// An operand that holds numbers; the verifier has made sure of its type.
  private func numbers(_ node: Node, _ operand: Int) -> Tensor<Element> {
    guard case .numbers(let tensor) = values[node.inputs[operand].index] else {
      fatalError("operand \(operand) of \(node.op.mnemonic) holds no numbers")
    }
    return tensor
  }

  private func integers(_ node: Node, _ operand: Int) -> Tensor<Int64> {
    guard case .integers(let tensor) = values[node.inputs[operand].index] else {
      fatalError("operand \(operand) of \(node.op.mnemonic) holds no whole numbers")
    }
    return tensor
  }

  /// The labels of a loss, each checked against the number of classes.
  private func classes(_ id: ValueID, _ operand: Int, of logits: Tensor<Element>) throws(InterpreterError) -> [Int] {
    let labels = integers(graph[id], operand).elements
    let count = logits.shape[1]
    let wrong = labels.indices.filter { !(0..<Int64(count)).contains(labels[$0]) }
    guard wrong.isEmpty else {
      let found = wrong.prefix(5).map { "\(labels[$0]) for image \($0)" }.joined(separator: ", ")
      let more = wrong.count > 5 ? " and \(wrong.count - 5) more" : ""
      throw InterpreterError([
        graph.problem(at: id, "expected labels in 0 ..< \(count), found \(found)\(more)")
      ])
    }
    return labels.map { Int($0) }
  }

  /// The elements of a node's value: one arm an operation, each leading to its defining loop.
  private func elements(of id: ValueID, _ node: Node, _ shape: [Int]) throws(InterpreterError) -> [Element] {
    func operand(_ index: Int) -> Tensor<Element> { numbers(node, index) }
    func optional(_ index: Int) -> Tensor<Element>? { index < node.inputs.count ? numbers(node, index) : nil }
    func fed(_ values: [Double]?) -> [Element] { (values ?? []).map { Element($0) } }
    let count = shape.reduce(1, *)
    switch node.op {
    case .input: return fed(feeds.input)
    case .target: return fed(feeds.target)
    case .parameter(let name, _): return fed(feeds.parameters[name])
    case .state(let name, _): return fed(feeds.states[name])
    case .prepared(let name): return fed(feeds.prepared[name])
    case .slot(let name, let kind): return fed(feeds.slots[SlotKey(name, kind)])
    case .fill(let value): return [Element](repeating: Element(value.value), count: count)
    case .learningRate: return [Element](repeating: Element(feeds.learningRate), count: count)
    case .labels, .stepNumber: fatalError("\(node.op.mnemonic) holds whole numbers")

    case .relu: return relu(operand(0))
    case .sigmoid: return sigmoid(operand(0))
    case .tanh: return hyperbolicTangent(operand(0))
    case .scale(let factor): return scale(operand(0), by: factor.value)
    case .reciprocalSquareRoot(let epsilon): return reciprocalSquareRoot(operand(0), epsilon: epsilon.value)
    case .add: return combine(operand(0), operand(1)) { $0 + $1 }
    case .subtract: return combine(operand(0), operand(1)) { $0 - $1 }
    case .multiply: return combine(operand(0), operand(1)) { $0 * $1 }
    case .multiplyChannel(let axis): return combine(operand(0), channel: operand(1), axis: axis) { $0 * $1 }
    case .addChannel(let axis): return combine(operand(0), channel: operand(1), axis: axis) { $0 + $1 }
    case .clampChannel(let axis): return clamp(operand(0), operand(1), operand(2), axis: axis)
    case .clampForm(let row): return combine(operand(0), operand(1)) { clampForm(row, slope: $0, intercept: $1) }
    case .reluGradient: return reluGradient(operand(0), x: operand(1))
    case .sigmoidGradient: return sigmoidGradient(operand(0), y: operand(1))
    case .tanhGradient: return tanhGradient(operand(0), y: operand(1))
    case .dropout(let probability, let stream):
      guard training else { return operand(0).elements }
      let step = UInt64(bitPattern: integers(node, 1).elements[0])
      return dropout(operand(0), probability.value, Philox(seed: feeds.seed, stream: stream, step: step))

    case .convolution(let geometry):
      return convolution(operand(0), operand(1), bias: optional(2), geometry, shape: shape)
    case .convolutionBackwardData(let geometry, _):
      return convolutionBackwardData(operand(0), operand(1), geometry, shape: shape)
    case .convolutionBackwardWeights(let geometry, _):
      return convolutionBackwardWeights(operand(0), operand(1), geometry, shape: shape)
    case .packWeights: return operand(0).elements
    case .winogradWeights(let tile, let transposed): return winogradWeights(operand(0), tile, transposed: transposed)
    case .winogradConvolution(let padBegin, _, let bands):
      // of bands each has tiles of its own, which begin with its first line
      let after = Winograd.taps - 1 - padBegin[0]
      let x = bands == 1 ? operand(0) : bandsWithNeighbours(operand(0), bands, before: padBegin[0], after: after)
      return winogradConvolution(
        x, operand(1), bias: optional(2), padBegin: bands == 1 ? padBegin : [0, padBegin[1]], shape: shape)
    case .linear: return linear(operand(0), operand(1), bias: optional(2))
    case .matmul(let transposeA, let transposeB):
      return matmul(operand(0), transposed: transposeA, operand(1), transposed: transposeB)
    case .sumToChannel(let axis): return sumToChannel(operand(0), axis: axis)

    case .maxPool(let pooling): return maxPool(operand(0), pooling, shape: shape)
    case .maxPoolGradient(let pooling): return maxPoolGradient(operand(0), x: operand(1), pooling)
    case .averagePool(let pooling): return averagePool(operand(0), pooling, shape: shape)
    case .averagePoolGradient(let pooling, _): return averagePoolGradient(operand(0), pooling, shape: shape)
    case .globalAveragePool: return globalAveragePool(operand(0))
    case .globalAveragePoolGradient: return globalAveragePoolGradient(operand(0), shape: shape)

    case .splitBands(let bands): return splitBands(operand(0), bands).elements
    case .joinBands(let bands): return joinBands(operand(0), bands).elements
    case .concat(let axis): return concat(node.inputs.indices.map { operand($0) }, axis: axis)
    case .slice(let axis, let start, let extent): return slice(operand(0), axis: axis, start: start, count: extent)
    case .pad(let before, _): return pad(operand(0), before: before, shape: shape)
    case .reshape: return operand(0).elements
    case .join(let gate): return join(gate, node)

    case .batchNorm(let epsilon, _):
      let statistics =
        training
        ? Tensor([1, 2, shape[1]], moments(operand(0), groups: 1))
        : Tensor([1, 2, shape[1]], operand(3).elements + operand(4).elements)
      return normalize(operand(0), statistics, operand(1), operand(2), epsilon: epsilon.value)
    case .moments(let groups): return moments(operand(0), groups: groups)
    case .normalize(let epsilon):
      return normalize(operand(0), operand(1), operand(2), operand(3), epsilon: epsilon.value)
    case .normalizeReduce(let epsilon):
      return normalizeReduce(operand(0), operand(1), operand(2), epsilon: epsilon.value)
    case .normalizeMomentsGradient(let epsilon):
      return normalizeMomentsGradient(operand(0), operand(1), operand(2), epsilon: epsilon.value)
    case .normalizeInputGradient(let epsilon):
      return normalizeInputGradient(operand(0), operand(1), operand(2), epsilon: epsilon.value)
    case .momentsGradient: return momentsGradient(operand(0), operand(1), operand(2))
    case .selectMoment(let row): return selectMoment(operand(0), row: row)
    case .runningMean(let momentum): return runningMean(operand(0), operand(1), momentum: momentum.value)
    case .runningVariance(let momentum, let count):
      return runningVariance(operand(0), operand(1), momentum: momentum.value, count: count)

    case .softmax: return softmax(operand(0))
    case .softmaxCrossEntropy:
      return [softmaxCrossEntropy(operand(0), try classes(id, 1, of: operand(0)))]
    case .softmaxCrossEntropyGradient:
      return softmaxCrossEntropyGradient(operand(0), operand(1), try classes(id, 2, of: operand(1)))
    case .meanSquaredError: return [meanSquaredError(operand(0), operand(1))]
    case .meanSquaredErrorGradient: return meanSquaredErrorGradient(operand(0), operand(1), operand(2))

    case .sgdMomentum(let sgd):
      return sgdMomentum(sgd, operand(0), operand(1), operand(2), step: integers(node, 3).elements[0])
    case .sgdParameter(let sgd):
      return node.inputs.count == 4
        ? sgdParameter(sgd, operand(0), operand(1), momentum: operand(2), rate: operand(3).elements[0])
        : sgdParameter(sgd, operand(0), operand(1), rate: operand(2).elements[0])
    case .adamFirstMoment(let adam): return adamFirstMoment(adam, operand(0), operand(1), operand(2))
    case .adamSecondMoment(let adam): return adamSecondMoment(adam, operand(0), operand(1), operand(2))
    case .adamParameter(let adam):
      return adamParameter(
        adam, operand(0), operand(1), operand(2), rate: operand(3).elements[0], step: integers(node, 4).elements[0])
    }
  }
}
