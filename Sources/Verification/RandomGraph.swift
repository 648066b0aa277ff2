import NNIR
import Passes

/// A seeded stream of decisions; the same seed gives the same ones on every platform.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = Philox.mix(seed) }

  private mutating func next() -> UInt64 {
    state = Philox.mix(state)
    return state
  }

  /// A whole number in 0 ..< bound.
  mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(max(1, bound))).high) }

  mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// True in so many of a hundred cases.
  mutating func percent(_ share: Int) -> Bool { below(100) < share }

  mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}

/// Makes valid networks of every operation that users can write, as a pure function of the seed.
///
/// Valid by construction: each step asks the type rules, and one that they refuse is another draw. A graph is a raw one
/// with a recipe, whose batch is the one to train with; 5 to 40 computing nodes, maps of 1×1 to 7×7, batches of 1 to 33.
package func randomGraph(seed: UInt64) -> Graph {
  var maker = RandomGraphMaker(seed: seed)
  return maker.make(name: "random_\(seed)")
}

/// The graph so far, and what the next step may build on.
struct RandomGraphMaker {
  var dice: Dice
  var graph: Graph
  /// Values that depend on the batch, in order; the operands of later nodes.
  var values: [ValueID] = []
  /// How often each of them has been used.
  var uses: [ValueID: Int] = [:]
  let batch: Int
  /// Multiply-adds and elements of the whole batch that may still be spent; the interpreter has to compute them.
  var multiplyAdds: Int
  var elements: Int
  /// Elements that may still pass through a ReLU or a maximum: each may come too near to its kink.
  var kinks: Int
  /// Whether it has a wide convolution.
  var isWide = false
  private var names = 0
  private var step: ValueID?

  init(seed: UInt64) {
    dice = Dice(seed: seed)
    graph = Graph(name: "")
    batch = dice.percent(30) ? dice.within(1...3) : dice.percent(60) ? dice.within(4...9) : dice.within(10...33)
    let large = dice.percent(8)
    multiplyAdds = large ? 300_000 : 60_000
    elements = large ? 60_000 : 20_000
    kinks = large ? 14_000 : 5000
  }

  mutating func make(name: String) -> Graph {
    graph.name = name
    graph.recipe = recipe()
    values.append(append(.input, [], inputType()))
    let target = dice.percent(25) ? dice.within(3...8) : dice.within(8...34)
    var attempts = 0
    while computing < target && attempts < 4 * target {
      attempts += 1
      grow()
    }
    finish()
    // a parameter that nothing depends on is legal, and its gradient is zero
    return liveNodes(graph, keepingInterface: dice.percent(10))
  }

  private var computing: Int { graph.nodes.count { !$0.op.isSource } }

  // MARK: Header

  private mutating func inputType() -> TensorType {
    let channels = dice.within(1...9)
    let axes = dice.percent(76) ? 2 : dice.pick([0, 0, 1, 1, 3])
    let largest = axes == 3 ? 4 : 7
    var extents = (0..<axes).map { _ in dice.within(1...largest) }
    if dice.percent(50), let first = extents.first { extents = extents.map { _ in first } }
    while batch * channels * extents.reduce(1, *) > elements / 4,
      let index = extents.indices.max(by: { extents[$0] < extents[$1] })
    {
      extents[index] = (extents[index] + 1) / 2
      if extents.allSatisfy({ $0 == 1 }) { break }
    }
    return .f32([.batch, .fixed(channels)] + extents.map(Extent.fixed))
  }

  private mutating func recipe() -> Recipe {
    let decay = dice.percent(50) ? 0 : 0.03125
    let optimizer: Recipe.Optimizer =
      switch dice.below(6) {
      case 0: .sgd(weightDecay: decay)
      case 1: .sgd(momentum: 0.75, dampening: dice.percent(60) ? 0.25 : 0, weightDecay: decay)
      case 2, 3: .sgd(momentum: 0.875, nesterov: true, weightDecay: decay)
      case 4: .adam(weightDecay: decay)
      default: .adamW(weightDecay: 0.125)
      }
    return Recipe(
      loss: dice.percent(60) ? .softmaxCrossEntropy : .meanSquaredError, optimizer: optimizer,
      learningRate: .constant(0.0625), batch: batch, epochs: 1)
  }

  // MARK: Nodes

  /// Adds a node whose type is known.
  mutating func append(_ op: Op, _ inputs: [ValueID], _ type: TensorType) -> ValueID {
    graph.nodes.append(Node(op, inputs, type))
    return ValueID(graph.nodes.count - 1)
  }

  /// Adds a computing node that depends on the batch; nil where the type rules or the budgets refuse it.
  mutating func apply(_ op: Op, _ inputs: [ValueID]) -> ValueID? {
    guard let type = try? inferType(op, inputs.map { graph[$0].type }) else { return nil }
    let count = type.binding(batch: batch).count
    graph.nodes.append(Node(op, inputs, type))
    let id = ValueID(graph.nodes.count - 1)
    let cost = graph.multiplyAdds(of: id) * batch
    let kinked =
      switch op {
      case .relu: count
      case .maxPool: count
      default: 0
      }
    guard count <= elements, cost <= multiplyAdds, kinked <= kinks, count <= 6000 else {
      graph.nodes.removeLast()
      return nil
    }
    elements -= count
    multiplyAdds -= cost
    kinks -= kinked
    for input in inputs { uses[input, default: 0] += 1 }
    values.append(id)
    return id
  }

  mutating func parameter(_ suffix: String, _ shape: [Int], _ initializer: Initializer) -> ValueID {
    names += 1
    return append(.parameter(name: "p\(names).\(suffix)", initializer: initializer), [], .f32(shape))
  }

  /// Weights: usually a parameter, sometimes one that is there already or one computed from parameters.
  mutating func weights(_ shape: [Int]) -> ValueID {
    let type = TensorType.f32(shape)
    if dice.percent(12), let shared = graph.parameters.first(where: { $0.type == type }) { return shared.id }
    let weight = parameter("weight", shape, .heNormal(.fanIn))
    guard dice.percent(6) else { return weight }
    if dice.percent(50) { return append(.scale(0.75), [weight], type) }
    return append(.add, [weight, parameter("delta", shape, .normal(0.1))], type)
  }

  mutating func vector(_ suffix: String, _ count: Int) -> ValueID { parameter(suffix, [count], .constant(0.5)) }

  mutating func stepNumber() -> ValueID {
    if let step { return step }
    let id = append(.stepNumber, [], TensorType(.i64, []))
    step = id
    return id
  }

  mutating func dropoutStream() -> String {
    names += 1
    return "dropout\(names)"
  }

  // MARK: Operands

  func extents(_ id: ValueID) -> [Int] { graph[id].type.binding(batch: batch).bound }

  /// An operand: often one that nobody has used, else a late one, else any.
  mutating func operand(where accept: (TensorType) -> Bool = { _ in true }) -> ValueID? {
    let fitting = values.filter { accept(graph[$0].type) }
    guard !fitting.isEmpty else { return nil }
    let unused = fitting.filter { uses[$0] == nil }
    if dice.percent(55), let last = unused.last { return last }
    return dice.percent(60) ? dice.pick(Array(fitting.suffix(4))) : dice.pick(fitting)
  }

  mutating func other(of type: TensorType) -> ValueID? { operand { $0 == type } }

  // MARK: The end

  /// Chooses outputs: the loss's first, then perhaps others, also a value that is an output already.
  private mutating func finish() {
    let last = values.last { uses[$0] == nil } ?? values[values.count - 1]
    var output = last
    if graph.recipe?.loss == .softmaxCrossEntropy || dice.percent(30) {
      multiplyAdds += 200_000
      elements += 20_000
      output = classifier(on: last)
    }
    graph.results.append(.output(name: "y", value: output))
    if dice.percent(15) { graph.results.append(.output(name: "again", value: output)) }
    while dice.percent(25), graph.results.count < 4, let value = values.randomElement(using: &dice) {
      graph.results.append(.output(name: "extra\(graph.results.count)", value: value))
    }
  }

  private mutating func classifier(on value: ValueID) -> ValueID {
    var features = value
    if graph[value].type.rank > 2 {
      let flat = graph[value].type.shape.dropFirst().compactMap(\.value).reduce(1, *)
      let pooled = dice.percent(60) ? apply(.globalAveragePool, [value]) : nil
      if let pooled {
        features = pooled
      } else {
        let shape: [Extent] = [.batch, .fixed(flat)]
        features = append(.reshape(shape), [value], .f32(shape))
      }
    }
    let inputs = graph[features].type.shape[1].value ?? 1
    let classes = dice.within(2...11)
    var operands = [features, weights([classes, inputs])]
    if dice.percent(75) { operands.append(vector("bias", classes)) }
    return append(.linear(), operands, .f32([.batch, .fixed(classes)]))
  }
}

extension Array {
  /// An element chosen by the dice; nil of an empty array.
  fileprivate func randomElement(using dice: inout Dice) -> Element? { isEmpty ? nil : dice.pick(self) }
}
