import NNCC

/// DenseNet for ImageNet (Huang, Liu, van der Maaten, Weinberger, CVPR 2017), table 1.
///
/// As written DenseNet-121: 7,978,856 parameters; `--set depth=` takes 161, 169 and 201, too. Names of parameters are
/// torchvision's, so that its state dicts load.
@main struct ImageNetDenseNet: Network {
  var depth = 121
  var classes = 1000
  var channels = 3, height = 224, width = 224

  /// The paper's, but for the batch of 256 over several devices.
  var recipe: Recipe {
    Recipe(
      optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 1e-4),
      learningRate: .steps(0.1, dividedBy: 10, at: [1.0 / 3, 2.0 / 3]), batch: 16, epochs: 90,
      augmentation: [.horizontalFlip])
  }

  func callAsFunction(_ image: Tensor) -> Tensor {
    let growth = depth == 161 ? 48 : 32
    let blocks = [121: [6, 12, 24, 16], 161: [6, 12, 36, 24], 169: [6, 12, 32, 32], 201: [6, 12, 48, 32]][depth]
    image.require(blocks != nil, "depth: expected 121, 161, 169 or 201, found \(depth)")
    var x = image.conv2d(2 * growth, kernel: 7, stride: 2, padding: 3, name: "features.conv0")
      .batchNorm(name: "features.norm0").relu().maxPool(kernel: 3, stride: 2, padding: 1)
    for (block, layers) in (blocks ?? []).enumerated() {
      if block > 0 { x = transition(x, name: "features.transition\(block)") }
      for layer in 1...layers {
        let name = "features.denseblock\(block + 1).denselayer\(layer)"
        let y = x.batchNorm(name: "\(name).norm1").relu().conv2d(4 * growth, kernel: 1, name: "\(name).conv1")
          .batchNorm(name: "\(name).norm2").relu().conv2d(growth, kernel: 3, name: "\(name).conv2")
        x = x.concatenated(with: y)
      }
    }
    return x.batchNorm(name: "features.norm5").relu().globalAveragePool().linear(classes, name: "classifier")
  }
}
