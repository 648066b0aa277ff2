import CodegenC
import Interpreter
import NNIR
import Passes

/// How a result is judged against the interpreter in Double.
enum Judgement: Sendable {
  /// Bit for bit, on small whole numbers.
  case exact
  /// |found − wanted| ≤ bound · (|wanted| + scale), scale being the largest magnitude of the result.
  case relative(Double)
}

/// One operation on operands of given types, with contents for them.
struct OpCase: Sendable {
  var name: String
  var graph: Graph
  var feeds: Feeds
  var judgement: Judgement
}

/// Numbers that differ from place to place and are the same in every run.
struct Numbers {
  private var state: UInt64
  init(_ seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_f491_4f6c_dd1d
  }

  mutating func whole(_ range: ClosedRange<Int>) -> Double {
    Double(range.lowerBound + Int((next() >> 11) % UInt64(range.count)))
  }

  /// Uniform with 20 bits, so that single precision holds it.
  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    Double(Float(low + (high - low) * Double(next() >> 44) * 0x1p-20))
  }
}

/// What an operand holds.
enum Contents: Sendable {
  /// Small whole numbers: −4…4.
  case whole
  /// Zero mean, about unit size.
  case real
  /// In 0.25…2, for variances, and whatever stands under a root.
  case positive
  /// Mean 100, deviation about 1.
  case shifted
  case given([Double])
}

extension OpCase {
  /// A graph of one operation whose operands are parameters.
  ///
  /// `operands` may be fewer than the operation's where `extra` adds sources (labels, step) by themselves.
  static func make(
    _ op: Op, _ shapes: [[Int]], _ contents: [Contents], _ judgement: Judgement,
    extra: [(Op, TensorType)] = [], labels: [Int64]? = nil, step: UInt64 = 3, rate: Double = 0.0625,
    gates: [Bool]? = nil, note: String = ""
  ) -> OpCase {
    var builder = GraphBuilder(name: "case", stage: .step)
    var feeds = Feeds(labels: labels, learningRate: rate, step: step, seed: 77)
    var numbers = Numbers(op.hashSeed + shapes.flatMap { $0 }.reduce(17) { $0 &* 31 &+ $1 })
    if case .join(let gate) = op {
      for index in 0...gate.index { _ = builder.add(gate: GateInfo(name: "block\(index)", survival: 0.5)) }
      feeds.gates = gates
    }
    var operands: [ValueID] = []
    for (index, shape) in shapes.enumerated() {
      let name = "p\(index)"
      operands.append(
        builder.add(
          .parameter(name: name, initializer: .constant(0)), type: .f32(shape),
          origins: [Origin(file: "case.swift", line: index + 1)]))
      let count = shape.reduce(1, *)
      feeds.parameters[name] =
        switch contents[min(index, contents.count - 1)] {
        case .whole: (0..<count).map { _ in numbers.whole(-4...4) }
        case .real: (0..<count).map { _ in numbers.uniform(-2, 2) }
        case .positive: (0..<count).map { _ in numbers.uniform(0.25, 2) }
        case .shifted: (0..<count).map { _ in numbers.uniform(98, 102) }
        case .given(let values): values
        }
    }
    for (source, type) in extra {
      // labels and slopes stand where their operation wants them
      let id = builder.add(source, type: type)
      switch source {
      case .fill: operands.insert(id, at: 0)
      default: operands.append(id)
      }
    }
    if let packing = op.weightPacking { operands[1] = builder.add(packing, [operands[1]]) }
    let result = builder.add(op, operands)
    builder.add(result: .output(name: "y", value: result))
    let text = shapes.map { $0.map(String.init).joined(separator: "x") }.joined(separator: " ")
    return OpCase(
      name: "\(op.mnemonic) \(text) \(note)", graph: builder.graph, feeds: feeds, judgement: judgement)
  }
}

extension Op {
  fileprivate var hashSeed: Int { mnemonic.utf8.reduce(7) { ($0 &* 131 &+ Int($1)) & 0xffff } }
}

extension Memory {
  /// Arenas filled from feeds.
  convenience init(_ plan: Plan, _ program: Program, _ feeds: Feeds) {
    self.init(plan, program)
    fill(plan, feeds)
  }

  /// Puts what is fed where the plan has its sources.
  func fill(_ plan: Plan, _ feeds: Feeds) {
    seed = feeds.seed
    gates = feeds.gates.map { $0.map { $0 ? 1 : 0 } } ?? []
    step = feeds.step
    learningRate = Float(feeds.learningRate)
    for id in plan.graph.ids {
      guard let place = plan.locations[id.index] else { continue }
      func put(_ values: [Double]?) { if let values { self.put(values.map(Float.init), at: place) } }
      switch plan.graph[id].op {
      case .input: put(feeds.input)
      case .target: put(feeds.target)
      case .parameter(let name, _): put(feeds.parameters[name])
      case .state(let name, _): put(feeds.states[name])
      case .slot(let name, let kind): put(feeds.slots[SlotKey(name, kind)])
      case .prepared(let name): put(feeds.prepared[name])
      case .labels: if let labels = feeds.labels { self.put(labels, at: place) }
      default: break
      }
    }
  }
}
