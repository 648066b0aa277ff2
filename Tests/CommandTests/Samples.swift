import Foundation
import Interchange

/// Models and data that the tests write.
enum Samples {
  /// 59 parameters: 4·1·3·3 of the convolution, 2·4 of the batch norm, 3·4 + 3 of the classifier. Multiply-adds of one
  /// image: 8·8·36 + 12 = 2316.
  static let model = """
    import NNCC

    @main struct Tiny: Network {
      var features = 4, classes = 3
      var channels = 1, height = 8, width = 8
      var rate = 0.05, fall = 1.0
      var biased = true

      var recipe: Recipe {
        Recipe(
          loss: .softmaxCrossEntropy, optimizer: .sgd(momentum: 0.9),
          learningRate: .steps(rate, dividedBy: fall, at: [0.5]), batch: 16, epochs: 2)
      }

      func callAsFunction(_ image: Tensor) -> Tensor {
        let x = image.conv2d(features, kernel: 3, name: "conv").batchNorm(name: "norm").relu()
        return x.globalAveragePool().linear(classes, bias: biased, name: "classifier")
      }
    }

    """

  /// One output for each pixel, under mean squared error.
  static let regression = """
    import NNCC

    @main struct Regression: Network {
      var inputShape: [Int] { [1, 8, 8] }
      var recipe: Recipe { Recipe(loss: .meanSquaredError, optimizer: .adam(), batch: 8, epochs: 1) }
      func callAsFunction(_ image: Tensor) -> Tensor { image.flatten().linear(5, name: "map").tanh() }
    }

    """

  /// From images to images, without parameters and never trained.
  static let filter = """
    import NNCC

    @main struct Filter: Network {
      var channels = 1, height = 8, width = 8
      var recipe: Recipe? { nil }
      func callAsFunction(_ image: Tensor) -> Tensor { image.relu().averagePool(kernel: 2) }
    }

    """

  /// Numbers that differ from one another and repeat in every run, from −1 to 1.
  static func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      // Knuth's MMIX generator
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
    }
  }

  static func images(_ count: Int, size: Int = 8) -> NamedTensor {
    NamedTensor("x", shape: [count, 1, size, size], floats: noise(count * size * size))
  }

  static func labels(_ values: [Int64]) -> NamedTensor { NamedTensor("y", shape: [values.count], integers: values) }

  static func labels(_ count: Int, classes: Int = 3) -> [Int64] { (0..<count).map { Int64($0 % classes) } }

  /// An IDX array of bytes: two zero bytes, type 8, rank, big-endian extents, data.
  static func idx(_ extents: [Int], _ values: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(extents.count)]
      + extents.flatMap { extent in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) } } + values
  }

  /// Images whose class is told by a bright band, with noise over it.
  static func idxImages(_ count: Int, size: Int = 8) -> [UInt8] {
    let noise = noise(count * size * size, seed: 7)
    let pixels = noise.enumerated().map { index, value in
      let image = index / (size * size)
      let row = index % (size * size) / size
      return UInt8(60 + 50 * value) + (row / 2 == image % 3 ? 100 : 0)
    }
    return idx([count, size, size], pixels)
  }

  static func idxLabels(_ values: [Int64]) -> [UInt8] { idx([values.count], values.map { UInt8($0) }) }

  /// The four files of MNIST's kind: 64 training and 20 test images of 8×8 in three classes.
  static let idxFiles: [String: [UInt8]] = [
    "train-images-idx3-ubyte": idxImages(64), "train-labels-idx1-ubyte": idxLabels(labels(64)),
    "t10k-images-idx3-ubyte": idxImages(20), "t10k-labels-idx1-ubyte": idxLabels(labels(20)),
  ]

  /// CIFAR's records: labels, then 3×32×32 bytes.
  static func cifar(_ labels: [[UInt8]]) -> [UInt8] {
    labels.enumerated().flatMap { index, label in
      label + (0..<3072).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index &* 31) }
    }
  }
}
