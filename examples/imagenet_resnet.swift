import NNCC

/// ResNet for ImageNet (He, Zhang, Ren, Sun, CVPR 2016), table 1, with projections where a stage begins.
///
/// As written ResNet-50: 25,557,032 parameters; `--set depth=` takes 18, 34, 101 and 152, too. Names of parameters are
/// torchvision's, so that its state dicts load; as there, the 3×3 convolution of a bottleneck has the stride.
@main struct ImageNetResNet: Network {
  var depth = 50
  var classes = 1000
  var channels = 3, height = 224, width = 224

  /// The paper's for one device: a rate of 0.1 goes with a batch of 256.
  var recipe: Recipe {
    Recipe(
      optimizer: .sgd(momentum: 0.9, weightDecay: 1e-4),
      learningRate: .steps(0.0125, dividedBy: 10, at: [1.0 / 3, 2.0 / 3]), batch: 32, epochs: 90,
      augmentation: [.horizontalFlip])
  }

  func callAsFunction(_ image: Tensor) -> Tensor {
    let table = [18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]]
    image.require(table[depth] != nil, "depth: expected 18, 34, 50, 101 or 152, found \(depth)")
    var x = image.conv2d(64, kernel: 7, stride: 2, padding: 3, name: "conv1").batchNorm(name: "bn1").relu()
      .maxPool(kernel: 3, stride: 2, padding: 1)
    for (stage, blocks) in (table[depth] ?? []).enumerated() {
      for block in 0..<blocks {
        let stride = stage > 0 && block == 0 ? 2 : 1
        x = residual(x, 64 << stage, stride, isFirst: block == 0, name: "layer\(stage + 1).\(block)")
      }
    }
    return x.globalAveragePool().linear(classes, name: "fc")
  }

  /// Two 3×3 convolutions, or from depth 50 on a bottleneck that ends in four times the channels.
  func residual(_ x: Tensor, _ width: Int, _ stride: Int, isFirst: Bool, name: String) -> Tensor {
    let isBottleneck = depth >= 50
    let outputs = isBottleneck ? 4 * width : width
    func convolution(_ x: Tensor, _ channels: Int, _ kernel: Int, _ stride: Int, _ number: Int) -> Tensor {
      x.conv2d(channels, kernel: kernel, stride: stride, name: "\(name).conv\(number)")
        .batchNorm(name: "\(name).bn\(number)")
    }
    var y: Tensor
    if isBottleneck {
      y = convolution(x, width, 1, 1, 1).relu()
      y = convolution(y, width, 3, stride, 2).relu()
      y = convolution(y, outputs, 1, 1, 3)
    } else {
      y = convolution(x, width, 3, stride, 1).relu()
      y = convolution(y, outputs, 3, 1, 2)
    }
    // the first stage of the shallow ones keeps extents and channels
    let projects = isFirst && (stride > 1 || isBottleneck)
    let shortcut =
      projects
      ? x.conv2d(outputs, kernel: 1, stride: stride, name: "\(name).downsample.0")
        .batchNorm(name: "\(name).downsample.1") : x
    return (shortcut + y).relu()
  }
}
