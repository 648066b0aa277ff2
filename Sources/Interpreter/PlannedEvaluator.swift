import NNIR

/// Computes a scheduled graph in double precision with every value at its planned place, one Double for each 4 bytes.
///
/// Memory that nobody reads any more is filled with a NaN of its own, and reading that NaN is an error that names
/// reader, value and element. A concat, slice or reshape that stands where its operands stand does nothing. A value
/// that no step computes is computed anew by each of its readers, when they run. Labels, learning rate, step number
/// and constants without a place are no memory.
///
/// Errors: as `interpretDouble`, and what stands in dead or missing memory.
package func interpretPlanned(
  _ graph: Graph, _ feeds: Feeds, memory: MemoryMap
) throws(InterpreterError) -> Interpretation<Double> {
  var evaluator = try PlannedEvaluator(graph, feeds, memory)
  return try evaluator.run()
}

private struct PlannedEvaluator {
  let graph: Graph
  let map: MemoryMap
  var evaluator: Evaluator<Double>
  /// Values that are no memory.
  var immediates: [Value<Double>?]
  var spaces: [[Double]]
  /// How many living values each word of the workspace belongs to.
  var living: [Int32]
  /// Values of the step at hand, which need no memory within it.
  var current: [ValueID: Value<Double>] = [:]
  /// The step that computes a value; nil for what is no memory and for what its readers compute.
  let steps: [Int?]
  /// The step that reads a value last; beyond the end for results, −1 for what nobody reads.
  let lastReads: [Int]

  /// What dead memory holds; arithmetic never makes a NaN with this payload.
  private static let dead = Double(nan: 0xdead, signaling: false)
  private static func isDead(_ value: Double) -> Bool { value.bitPattern == dead.bitPattern }

  init(_ graph: Graph, _ feeds: Feeds, _ map: MemoryMap) throws(InterpreterError) {
    self.graph = graph
    self.map = map
    evaluator = try Evaluator(graph, feeds, .training)
    immediates = [Value<Double>?](repeating: nil, count: graph.nodes.count)
    spaces = map.sizes.map { [Double](repeating: Self.dead, count: ($0 + 3) / 4) }
    living = [Int32](repeating: 0, count: spaces[map.workspace].count)
    var steps = [Int?](repeating: nil, count: graph.nodes.count)
    for (index, step) in map.steps.enumerated() { for id in step { steps[id.index] = index } }
    self.steps = steps
    lastReads = Self.lastReads(graph, steps)
    let problems = graph.ids.compactMap { id -> Diagnostic? in
      guard let place = map.places[id.index] else { return nil }
      let count = evaluator.binding.shapes[id.index].reduce(1, *)
      let (stretches, rest) = (count * graph[id].type.element.size).quotientAndRemainder(dividingBy: place.length)
      let end = place.offset + (stretches - 1) * place.pitch + place.length
      guard rest != 0 || place.offset < 0 || place.offset % 4 != 0 || end > map.sizes[place.space] else { return nil }
      return graph.problem(at: id, "\(stretches) × \(place.length) bytes from \(place.offset) do not fit their space")
    }
    guard problems.isEmpty else { throw InterpreterError(problems) }
  }

  private static func lastReads(_ graph: Graph, _ steps: [Int?]) -> [Int] {
    var last = [Int](repeating: -1, count: graph.nodes.count)
    for result in graph.results { last[result.value.index] = .max }
    for id in graph.ids.reversed() {
      let time = steps[id.index] ?? last[id.index]
      for input in graph[id].inputs { last[input.index] = max(last[input.index], time) }
    }
    return last
  }

  mutating func run() throws(InterpreterError) -> Interpretation<Double> {
    var dying = [[ValueID]](repeating: [], count: map.steps.count)
    for id in graph.ids {
      if let step = steps[id.index], max(lastReads[id.index], step) < dying.count {
        dying[max(lastReads[id.index], step)].append(id)
      }
      try begin(id)
    }
    for (index, step) in map.steps.enumerated() {
      try execute(step)
      for value in dying[index] { release(value) }
    }
    var result = Interpretation<Double>(batch: evaluator.binding.batch, values: [])
    for copy in map.copies {
      let elements = try read(copy.value, at: copy.from, by: "the final copy")
      write(elements, copy.value, at: copy.to)
    }
    for (item, place) in zip(graph.results, map.results) {
      let elements = try read(item.value, at: place, by: "the caller")
      result.deliver(Tensor(evaluator.binding.shapes[item.value.index], elements), as: item, of: graph)
    }
    return result
  }

  /// Delivers what stands in memory, or is no memory, before the first node.
  private mutating func begin(_ id: ValueID) throws(InterpreterError) {
    let node = graph[id]
    switch node.op {
    case .labels, .stepNumber, .learningRate: immediates[id.index] = try evaluator.value(of: id)
    case .fill:
      if map.places[id.index] == nil { immediates[id.index] = try evaluator.value(of: id) }
    default:
      guard node.op.isSource, let place = map.places[id.index] else { return }
      write(try numbers(evaluator.value(of: id)), id, at: place)
    }
  }

  private mutating func execute(_ step: [ValueID]) throws(InterpreterError) {
    let computed = step.filter {
      immediates[$0.index] == nil && (!graph[$0].op.isSource || isConstant($0)) && !isClosed($0)
    }
    current = [:]
    for id in computed where !isArrangement(id) {
      current[id] = isConstant(id) ? try evaluator.value(of: id) : try compute(id)
    }
    for id in computed {
      guard let place = map.places[id.index] else { continue }
      if isArrangement(id) {
        try arrange(id, place)
      } else if let value = current[id] {
        write(numbers(value), id, at: place)
      }
      if place.space == map.workspace { for word in words(id, place) { living[word] += 1 } }
    }
    current = [:]
  }

  private func isConstant(_ id: ValueID) -> Bool {
    if case .fill = graph[id].op { true } else { false }
  }

  /// Whether a node stands under a closed gate: it is not computed, and nobody reads it.
  private func isClosed(_ id: ValueID) -> Bool { graph[id].gate.map { !isOpen($0) } ?? false }

  private func isOpen(_ gate: Gate) -> Bool { evaluator.feeds.gates?[gate.index] ?? true }

  /// The operands that count: of a join, one.
  private func operands(_ id: ValueID) -> [ValueID] {
    guard case .join(let gate) = graph[id].op else { return graph[id].inputs }
    return [graph[id].inputs[isOpen(gate) ? 0 : 1]]
  }

  private func isArrangement(_ id: ValueID) -> Bool {
    switch graph[id].op {
    case .concat, .slice, .reshape: true
    default: false
    }
  }

  /// Moves those elements that do not stand where they are wanted already.
  ///
  /// What the operation does is found by applying it to the addresses of its operands.
  private mutating func arrange(_ id: ValueID, _ place: MemoryMap.Place) throws(InterpreterError) {
    for input in Set(graph[id].inputs).sorted() {
      let shape = evaluator.binding.shapes[input.index]
      let addresses =
        map.places[input.index].map { source in words(input, source).map { address($0, source.space) } }
        ?? [Double](repeating: -1, count: shape.reduce(1, *))
      evaluator.values[input.index] = .numbers(Tensor(shape, addresses))
    }
    let sources = numbers(try evaluator.value(of: id))
    for input in graph[id].inputs { evaluator.values[input.index] = nil }
    let targets = words(id, place).map { address($0, place.space) }
    if sources == targets {
      _ = try read(id, at: place, by: "\(id) \(graph[id].op.mnemonic)")
      return
    }
    let elements = numbers(try compute(id))
    for (index, word) in words(id, place).enumerated() where sources[index] != targets[index] {
      spaces[place.space][word] = elements[index]
    }
  }

  /// A number for a word that no other space has.
  private func address(_ word: Int, _ space: Int) -> Double { Double(space) * 0x1p40 + Double(word) }

  /// Computes a node from what stands in memory or belongs to its step, and operands that no step computes from theirs.
  private mutating func compute(_ id: ValueID) throws(InterpreterError) -> Value<Double> {
    var operands: [Value<Double>] = []
    for input in self.operands(id) {
      if let value = immediates[input.index] ?? current[input] {
        operands.append(value)
      } else if let place = map.places[input.index] {
        let elements = try read(input, at: place, by: "\(id) \(graph[id].op.mnemonic)")
        operands.append(.numbers(Tensor(evaluator.binding.shapes[input.index], elements)))
      } else {
        operands.append(try compute(input))
      }
    }
    for (input, value) in zip(self.operands(id), operands) { evaluator.values[input.index] = value }
    let result = try evaluator.value(of: id)
    for input in graph[id].inputs { evaluator.values[input.index] = nil }
    return result
  }

  // MARK: Memory

  private func numbers(_ value: Value<Double>) -> [Double] {
    guard case .numbers(let tensor) = value else { fatalError("whole numbers are not kept in planned memory") }
    return tensor.elements
  }

  private func words(_ id: ValueID, _ place: MemoryMap.Place) -> [Int] {
    let stretch = place.length / 4
    let count = evaluator.binding.shapes[id.index].reduce(1, *)
    return (0..<count).map { place.offset / 4 + $0 / stretch * (place.pitch / 4) + $0 % stretch }
  }

  private func read(
    _ id: ValueID, at place: MemoryMap.Place, by reader: String
  ) throws(InterpreterError) -> [Double] {
    let elements = words(id, place).map { spaces[place.space][$0] }
    if let index = elements.firstIndex(where: Self.isDead) {
      throw InterpreterError([
        graph.problem(at: id, "element \(index) is dead, or was never written, when \(reader) reads it")
      ])
    }
    return elements
  }

  private mutating func write(_ elements: [Double], _ id: ValueID, at place: MemoryMap.Place) {
    for (word, element) in zip(words(id, place), elements) { spaces[place.space][word] = element }
  }

  /// Takes the memory of a value that nobody reads any more, but for words that living values share.
  private mutating func release(_ id: ValueID) {
    guard let place = map.places[id.index], place.space == map.workspace, !isClosed(id) else { return }
    for word in words(id, place) {
      living[word] -= 1
      if living[word] == 0 { spaces[place.space][word] = Self.dead }
    }
  }
}
