import NNIR
import Testing

import Interpreter

/// One operand of an operation under test.
enum Operand: Sendable {
  /// Row-major numbers of the given extents.
  case numbers([Int], [Double])
  case labels([Int64])
  /// The step number, i64[].
  case step

  static func vector(_ values: [Double]) -> Operand { .numbers([values.count], values) }
  static func scalar(_ value: Double) -> Operand { .numbers([], [value]) }

  var count: Int {
    switch self {
    case .numbers(_, let values): values.count
    case .labels(let values): values.count
    case .step: 1
    }
  }
}

/// One operation applied to operands, which become parameters (or labels, or the step number) of a graph.
struct Application: Sendable {
  var op: Op
  var operands: [Operand]
  var stage: Stage = .step
  var mode: InterpretationMode = .inference
  var step: UInt64 = 0
  var seed: UInt64 = 0
  /// For a join; its gates survive with probability ¼.
  var gates: [Bool]?

  func graphAndFeeds() throws -> (Graph, Feeds) {
    var graph = Graph(name: "test", stage: stage)
    var feeds = Feeds(step: step, seed: seed)
    feeds.gates = gates
    if case .join(let gate) = op {
      graph.gates = (0...gate.index).map { GateInfo(name: "block\($0)", survival: 0.25) }
    }
    var inputs: [ValueID] = []
    for (index, operand) in operands.enumerated() {
      inputs.append(ValueID(graph.nodes.count))
      switch operand {
      case .numbers(let shape, let values):
        let name = "operand\(index)"
        graph.nodes.append(Node(.parameter(name: name, initializer: .constant(0)), [], .f32(shape)))
        feeds.parameters[name] = values
      case .labels(let values):
        graph.nodes.append(Node(.labels, [], TensorType(.i64, [.fixed(values.count)])))
        feeds.labels = values
      case .step:
        graph.nodes.append(Node(.stepNumber, [], TensorType(.i64, [])))
      }
    }
    let type = try inferType(op, inputs.map { graph[$0].type })
    graph.nodes.append(Node(op, inputs, type))
    graph.results = [.output(name: "result", value: ValueID(graph.nodes.count - 1))]
    return (graph, feeds)
  }

  func double() throws -> Tensor<Double> {
    let (graph, feeds) = try graphAndFeeds()
    return try #require(try interpretDouble(graph, feeds, mode: mode).outputs["result"])
  }

  func float() throws -> Tensor<Float> {
    let (graph, feeds) = try graphAndFeeds()
    return try #require(try interpretFloat(graph, feeds, mode: mode).outputs["result"])
  }
}

/// `op` on the operands in Double.
func apply(_ op: Op, _ operands: Operand...) throws -> Tensor<Double> {
  try Application(op: op, operands: operands).double()
}

/// Equal within `tolerance` of the larger magnitude, at least of 1; NaN equals NaN, infinities themselves.
func isClose(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
  if a == b { return true }
  return abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}

/// ‖a − b‖ / ‖b‖
func relativeError(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (difference / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
}

/// Numbers in −1 ..< 1 that are the same in every run.
func noise(_ count: Int, _ stream: String) -> [Double] {
  let random = Philox(seed: 1, stream: stream)
  return (0..<count).map { 2 * Double(random.uniform(UInt64($0))) - 1 }
}

/// Central differences of Σ cotangent · f(x) with respect to every element of x, in Double.
func centralDifferences(
  at x: [Double], cotangent: [Double], step h: Double = 1e-5, _ f: ([Double]) throws -> [Double]
) rethrows -> [Double] {
  func dot(_ y: [Double]) -> Double { zip(y, cotangent).reduce(0) { $0 + $1.0 * $1.1 } }
  return try x.indices.map { index in
    var (left, right) = (x, x)
    left[index] -= h
    right[index] += h
    return (dot(try f(right)) - dot(try f(left))) / (2 * h)
  }
}

extension Convolution {
  static func one(
    stride: Int = 1, before: Int = 0, after: Int = 0, dilation: Int = 1, groups: Int = 1
  ) -> Convolution {
    Convolution(strides: [stride], padBegin: [before], padEnd: [after], dilations: [dilation], groups: groups)
  }

  static func plain(axes: Int, pad: Int = 0) -> Convolution {
    let pads = [Int](repeating: pad, count: axes)
    let ones = [Int](repeating: 1, count: axes)
    return Convolution(strides: ones, padBegin: pads, padEnd: pads, dilations: ones)
  }
}

extension Pooling {
  static func one(
    _ kernel: Int, stride: Int, before: Int = 0, after: Int = 0, ceil: Bool = false, countPad: Bool = true
  ) -> Pooling {
    Pooling(
      kernel: [kernel], strides: [stride], padBegin: [before], padEnd: [after], ceilMode: ceil,
      countIncludePad: countPad)
  }
}

/// An operand of numbers that look random.
func noisy(_ shape: [Int], _ stream: String) -> Operand {
  .numbers(shape, noise(shape.reduce(1, *), stream))
}
