import NNCC

/// ResNet for 32×32 images (He, Zhang, Ren, Sun, CVPR 2016), with shortcuts that have no parameters (option A).
///
/// The depth is 6n + 2: 20 as written, 269,722 parameters. With `survival` below 1, stochastic depth (Huang, Sun, Liu,
/// Sedra, Weinberger, ECCV 2016): the l-th of L blocks survives a training step with probability 1 − l/L·(1 − survival).
@main struct ResNet: Network {
  var depth = 20
  /// Channels of the first stage; each stage doubles them.
  var filters = 16
  /// Probability that the last block survives a training step; the paper takes 0.5, and 1 keeps every block.
  var survival = 1.0
  var classes = 10
  var channels = 3, height = 32, width = 32

  var recipe: Recipe {
    let rate = Recipe.LearningRate.steps(0.1, dividedBy: 10, at: [0.5, 0.75])
    return Recipe(
      optimizer: .sgd(momentum: 0.9, weightDecay: 1e-4),
      // at the full rate the deep ones do not start to learn
      learningRate: depth < 100 ? rate : rate.warmup(epochs: 1, from: 0.01), batch: 128, epochs: 164,
      augmentation: [.horizontalFlip, .padAndCrop(4)])
  }

  func callAsFunction(_ image: Tensor) -> Tensor {
    let blocks = (depth - 2) / 6
    image.require(depth >= 8 && (depth - 2) % 6 == 0, "depth: expected 6n + 2, found \(depth)")
    image.require((0...1).contains(survival), "survival: expected a probability in 0 ... 1, found \(survival)")
    var x = image.conv2d(filters, kernel: 3, name: "stem.conv").batchNorm(name: "stem.norm").relu()
    for (stage, width) in zip(1...3, [filters, 2 * filters, 4 * filters]) {
      for block in 0..<max(blocks, 0) {
        let stride = stage > 1 && block == 0 ? 2 : 1
        let position = Double((stage - 1) * blocks + block + 1) / Double(3 * blocks)
        x = residualBlock(
          x, channels: width, stride: stride, survival: 1 - position * (1 - survival),
          name: "stage\(stage).block\(block + 1)")
      }
    }
    return x.globalAveragePool().linear(classes, name: "classifier")
  }
}
