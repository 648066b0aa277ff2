import NNCC

/// DenseNet for 32×32 images (Huang, Liu, van der Maaten, Weinberger, CVPR 2017).
///
/// As written DenseNet-BC-100 with growth 12: 769,162 parameters. The plain network of the paper is
/// `--set bottleneck=false depth=40`.
@main struct DenseNet: Network {
  var depth = 100, growth = 12
  /// DenseNet-BC: bottlenecks in the layers, and transitions that halve the channels.
  var bottleneck = true
  /// The paper takes 0.2 where images are not augmented.
  var dropout = 0.0
  /// Training images are flipped and cropped at random.
  var augment = true
  var classes = 10
  var channels = 3, height = 32, width = 32

  var recipe: Recipe {
    Recipe(
      optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 1e-4),
      learningRate: .steps(0.1, dividedBy: 10, at: [0.5, 0.75]), batch: 64, epochs: 300,
      augmentation: augment ? [.horizontalFlip, .padAndCrop(4)] : [])
  }

  func callAsFunction(_ image: Tensor) -> Tensor {
    let unit = bottleneck ? 6 : 3
    let layers = (depth - 4) / unit
    image.require(depth >= 4 && (depth - 4) % unit == 0, "depth: expected \(unit)n + 4, found \(depth)")
    var x = image.conv2d(bottleneck ? 2 * growth : 16, kernel: 3, name: "stem")
    for block in 1...3 {
      x = denseBlock(
        x, layers: layers, growth: growth, bottleneck: bottleneck, dropout: dropout, name: "block\(block)")
      if block < 3 {
        x = transition(x, compression: bottleneck ? 0.5 : 1, dropout: dropout, name: "transition\(block)")
      }
    }
    return x.batchNorm(name: "norm").relu().globalAveragePool().linear(classes, name: "classifier")
  }
}
