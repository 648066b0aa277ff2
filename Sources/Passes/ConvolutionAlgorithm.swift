import NNIR

/// A way to compute a convolution.
package enum ConvolutionAlgorithm: String, CaseIterable, Sendable {
  /// The sum as it stands, positions in the lanes of register tiles.
  case rows
  /// The same with outputs in lanes.
  case lanes
  /// Winograd's minimal filtering in tiles of so many outputs, where `--math fast` allows it.
  case winograd2 = "winograd-2x2"
  case winograd4 = "winograd-4x4"

  package init(_ tile: Winograd) {
    self =
      switch tile {
      case .two: .winograd2
      case .four: .winograd4
      }
  }

  /// The tiles of Winograd's way; nil for the others.
  package var winograd: Winograd? {
    switch self {
    case .rows, .lanes: nil
    case .winograd2: .two
    case .winograd4: .four
    }
  }

  package static func allowed(by math: MathMode) -> [ConvolutionAlgorithm] {
    math == .exact ? [.rows, .lanes] : allCases
  }
}

/// What a convolution computes of an image, as far as the best way to do it depends on that; neither the batch nor bands
/// count, as entry points for all of them share the weights that `prepare` packs.
package struct ConvolutionProblem: Hashable, Sendable {
  /// Extents and geometry of three axes each, in the order of `fields`.
  package let sizes: [Int]

  package static let fields: [(name: String, count: Int)] = [
    ("groups", 1), ("inputs", 1), ("outputs", 1), ("output", 3), ("kernel", 3), ("strides", 3), ("dilations", 3),
    ("pads", 3),
  ]

  package init(sizes: [Int]) {
    precondition(sizes.count == Self.fields.reduce(0) { $0 + $1.count }, "a convolution has other sizes")
    self.sizes = sizes
  }

  /// - Parameters:
  ///   - weights: Extents [out, in/groups, kernel…].
  ///   - output: Extents of the result, in bands where the geometry says so.
  package init(_ geometry: Convolution, weights: [Int], output: [Int]) {
    func three(_ values: some Collection<Int>, _ fill: Int) -> [Int] {
      [Int](repeating: fill, count: max(0, 3 - values.count)) + values
    }
    var spatial = Array(output.dropFirst(2))
    if geometry.bands > 1 { spatial[0] *= geometry.bands }
    self.init(
      sizes: [geometry.groups, weights[1], weights[0] / geometry.groups] + three(spatial, 1)
        + three(weights.dropFirst(2), 1) + three(geometry.strides, 1) + three(geometry.dilations, 1)
        + three(geometry.padBegin, 0))
  }

  /// The problem of a node, however it is computed; nil for all but convolutions forward.
  package init?(_ node: Node, in graph: Graph) {
    let output = node.type.bound
    switch node.op {
    case .convolution(let geometry):
      self.init(geometry, weights: graph[node.inputs[1]].type.bound, output: output)
    case .winogradConvolution(let begin, let end, let bands):
      // the gradient of an input is no forward convolution, and obeys no choice
      if case .winogradWeights(_, transposed: true) = graph[node.inputs[1]].op { return nil }
      var geometry = Convolution(strides: [1, 1], padBegin: begin, padEnd: end, dilations: [1, 1])
      geometry.bands = bands
      let filters = graph[node.inputs[1]].type.bound
      self.init(geometry, weights: Array(filters[1...]) + [Winograd.taps, Winograd.taps], output: output)
    default: return nil
    }
  }
}

extension ConvolutionProblem {
  /// Whether there are kernels that compute it so; Winograd's need `--math fast`, too.
  package func permits(_ algorithm: ConvolutionAlgorithm) -> Bool {
    let (groups, inputs, outputs) = (sizes[0], sizes[1], sizes[2])
    let (output, kernel, strides, dilations) = (sizes[3..<6], sizes[6..<9], sizes[9..<12], sizes[12..<15])
    switch algorithm {
    case .rows: return true
    case .lanes:
      // strips have whole lines
      let line = inputs * kernel[7] * output[5] * strides[11]
      return outputs % Packing.filled == 0 && output[3] * kernel[6] == 1 && line <= 1 << 20
    case .winograd2, .winograd4:
      return groups == 1 && Array(kernel) == [1, Winograd.taps, Winograd.taps]
        && (strides + dilations).allSatisfy { $0 == 1 }
    }
  }
}

/// Choices in place of the built-in rules; what a convolution or the arithmetic asked for does not permit counts for nothing.
package typealias ConvolutionAlgorithms = [ConvolutionProblem: ConvolutionAlgorithm]
