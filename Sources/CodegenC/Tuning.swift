import NNIR
import Passes

/// Choices of tiles and algorithms for one kind of CPU, in place of the built-in rules.
///
/// They change which memory is in a cache when and how work is cut into tasks. Statistics that epilogues take are merged
/// tile by tile, and gradients of weights are summed over ranges of whole tiles, so that another choice may round these in
/// another way; the same choices give the same bits, for any number of threads.
package struct Tuning: Sendable, Hashable {
  /// Floats of a vector of the code that the choices were measured with; nil where they are made for any.
  package var lanes: Int?
  /// The target's name and the CPU that it was measured on, for people and for messages.
  package var target: String
  package var cpu: String
  /// Threads that computed meanwhile; a choice for one thread may leave others nothing to do.
  package var threads: Int?
  /// Where a file says for what vectors it is.
  package var origin: Origin?
  private var choices: [TuningProblem: TuningChoice] = [:]

  package init(lanes: Int? = nil, target: String = "", cpu: String = "") {
    self.lanes = lanes
    self.target = target
    self.cpu = cpu
  }

  package subscript(problem: TuningProblem) -> TuningChoice? {
    get { choices[problem] }
    set {
      choices[problem] = newValue
      if problem.kind == .algorithm { algorithms[ConvolutionProblem(sizes: problem.sizes)] = newValue?.algorithm }
    }
  }

  /// The choices of algorithms among them.
  package private(set) var algorithms: ConvolutionAlgorithms = [:]

  package var isEmpty: Bool { choices.isEmpty }
  package var count: Int { choices.count }

  /// All choices, in the order of the problems' texts.
  package var entries: [(problem: TuningProblem, choice: TuningChoice)] {
    choices.map { (text: $0.key.description, problem: $0.key, choice: $0.value) }.sorted { $0.text < $1.text }
      .map { ($0.problem, $0.choice) }
  }
}

/// What may be chosen for a problem; nil leaves it to the built-in rule, what a shape does not permit counts as the
/// nearest that it does.
package struct TuningChoice: Sendable, Hashable {
  /// Positions of a tile to aim at.
  package var positions: Int?
  /// Columns of a tile at most, of a convolution or of dot products.
  package var columns: Int?
  /// Parts of the channels that are tasks of their own, of gradients of weights.
  package var parts: Int?
  /// Rows of a product, or of dot products, that are one task.
  package var rows: Int?
  /// How a convolution is computed.
  package var algorithm: ConvolutionAlgorithm?

  package init(
    positions: Int? = nil, columns: Int? = nil, parts: Int? = nil, rows: Int? = nil,
    algorithm: ConvolutionAlgorithm? = nil
  ) {
    self.positions = positions
    self.columns = columns
    self.parts = parts
    self.rows = rows
    self.algorithm = algorithm
  }
}

/// What a loop nest computes, as far as the best tiles depend on it.
package struct TuningProblem: Sendable, Hashable {
  package enum Kind: String, CaseIterable, Sendable {
    case convolution
    /// The same with outputs in the lanes of register tiles.
    case convolutionLanes = "convolution_lanes"
    case convolutionBackwardData = "convolution_backward_data"
    case convolutionBackwardWeights = "convolution_backward_weights"
    /// Both gradients of a 1×1 convolution.
    case convolutionBackward = "convolution_backward"
    case product
    /// Products of rows by rows, as a linear layer computes them.
    case dotProducts = "dot_products"
    /// A convolution of one image, however it is computed.
    case algorithm

    /// The sizes that make up a problem: names, and how many numbers each has.
    var fields: [(name: String, count: Int)] {
      switch self {
      case .convolution, .convolutionLanes, .convolutionBackwardData, .convolutionBackwardWeights,
        .convolutionBackward:
        [
          ("images", 1), ("groups", 1), ("inputs", 1), ("outputs", 1), ("input", 3), ("output", 3), ("kernel", 3),
          ("strides", 3), ("dilations", 3), ("pads", 3), ("bands", 1),
        ]
      case .product, .dotProducts: [("rows", 1), ("columns", 1), ("depth", 1)]
      case .algorithm: ConvolutionProblem.fields
      }
    }

    /// What may be chosen.
    var choices: [(name: String, path: WritableKeyPath<TuningChoice, Int?> & Sendable)] {
      switch self {
      case .convolution, .convolutionBackwardData, .convolutionBackward:
        [("positions", \.positions), ("columns", \.columns)]
      case .convolutionLanes: [("positions", \.positions)]
      case .convolutionBackwardWeights: [("positions", \.positions), ("columns", \.columns), ("parts", \.parts)]
      case .product: [("rows", \.rows)]
      case .dotProducts: [("rows", \.rows), ("columns", \.columns)]
      case .algorithm: []
      }
    }
  }

  /// What is computed while operands are loaded or results are stored, which costs time of its own.
  package enum Hooks: String, CaseIterable, Sendable {
    case none, load, store, both

    init(load: Bool, store: Bool) { self = load ? (store ? .both : .load) : (store ? .store : .none) }
  }

  package let kind: Kind
  package let hooks: Hooks
  /// The sizes, field after field.
  let sizes: [Int]

  init(_ kind: Kind, hooks: Hooks, sizes: [Int]) {
    precondition(sizes.count == kind.fields.reduce(0) { $0 + $1.count }, "\(kind.rawValue) has other sizes")
    self.kind = kind
    self.hooks = hooks
    self.sizes = sizes
  }

  /// The choice of an algorithm for a convolution.
  package init(_ problem: ConvolutionProblem) { self.init(.algorithm, hooks: .none, sizes: problem.sizes) }

  init(_ kind: Kind, _ shape: ConvolutionShape, load: Bool, store: Bool) {
    self.init(
      kind, hooks: Hooks(load: load, store: store),
      sizes: [shape.images, shape.groups, shape.inputs, shape.outputs] + shape.input + shape.output + shape.kernel
        + shape.strides + shape.dilations + shape.pads + [shape.bands])
  }

  /// A product of matrices with so many rows and columns, each of so many terms.
  package static func product(rows: Int, columns: Int, depth: Int) -> TuningProblem {
    TuningProblem(.product, hooks: .none, sizes: [rows, columns, depth])
  }

  /// The same where both operands lie along the terms.
  static func dotProducts(rows: Int, columns: Int, depth: Int, store: Bool) -> TuningProblem {
    TuningProblem(.dotProducts, hooks: Hooks(load: false, store: store), sizes: [rows, columns, depth])
  }

  /// The convolution.
  var shape: ConvolutionShape {
    func three(_ first: Int) -> [Int] { Array(sizes[first..<first + 3]) }
    return ConvolutionShape(
      images: sizes[0], groups: sizes[1], inputs: sizes[2], outputs: sizes[3], input: three(4), output: three(7),
      kernel: three(10), strides: three(13), dilations: three(16), pads: three(19), bands: sizes[22])
  }
}
