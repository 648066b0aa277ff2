import NNIR
import Testing

import Passes

/// Where register tiles have the outputs of a convolution.
@Suite struct PackWeightsTests {
  struct Choice: Sendable, CustomTestStringConvertible {
    var weights: [Int]
    var output: [Int]
    var stride = 1
    var pad = 0
    var groups = 1
    var expected: Packing
    var testDescription: String { "\(weights) \(output) stride \(stride) pad \(pad) groups \(groups)" }
  }

  @Test(arguments: [
    Choice(weights: [512, 512, 3, 3], output: [1, 512, 7, 7], expected: .lanes),
    Choice(weights: [256, 1024, 1, 1], output: [64, 256, 14, 14], expected: .lanes),
    // 8 × 8 positions are four vectors
    Choice(weights: [64, 64, 3, 3], output: [1, 64, 8, 8], expected: .rows),
    // of which a sixth would be multiplied by padding; it takes whole tiles of outputs to make up for the transposition
    Choice(weights: [64, 64, 3, 3], output: [1, 64, 8, 8], pad: 1, expected: .lanes),
    Choice(weights: [64, 64, 3, 3], output: [1, 64, 56, 56], pad: 1, expected: .lanes),
    Choice(weights: [32, 64, 3, 3], output: [1, 32, 8, 8], pad: 1, expected: .rows),
    Choice(weights: [64, 32, 3, 3], output: [1, 64, 8, 8], stride: 2, expected: .lanes),
    // a stride of one tap costs no more than any other
    Choice(weights: [512, 256, 1, 1], output: [1, 512, 28, 28], stride: 2, expected: .rows),
    // large images, few terms, few outputs, outputs that fill no vectors, groups, depth
    Choice(weights: [64, 3, 7, 7], output: [1, 64, 112, 112], stride: 2, expected: .rows),
    Choice(weights: [128, 100, 1, 1], output: [1, 128, 7, 7], expected: .rows),
    Choice(weights: [16, 64, 3, 3], output: [1, 16, 7, 7], expected: .rows),
    Choice(weights: [40, 64, 3, 3], output: [1, 40, 7, 7], expected: .rows),
    Choice(weights: [64, 32, 3, 3], output: [1, 64, 7, 7], groups: 2, expected: .rows),
    Choice(weights: [64, 64, 3, 3, 3], output: [1, 64, 7, 7, 7], expected: .rows),
  ])
  func chooses(_ choice: Choice) {
    let axes = choice.output.count - 2
    func each(_ value: Int) -> [Int] { [Int](repeating: value, count: axes) }
    let geometry = Convolution(
      strides: each(choice.stride), padBegin: each(choice.pad), padEnd: each(choice.pad), dilations: each(1),
      groups: choice.groups)
    #expect(packing(geometry, weights: choice.weights, output: choice.output) == choice.expected)
  }
}
