import NNCC

/// A multi-layer perceptron: fully connected layers with ReLU between.
///
/// As written 784-1024-1024-10, for the 28×28 images of MNIST and Fashion-MNIST.
@main struct MLP: Network {
  var hidden = 1024, layers = 2, classes = 10
  var channels = 1, height = 28, width = 28

  var recipe: Recipe {
    Recipe(optimizer: .sgd(momentum: 0.9), learningRate: .constant(0.05), batch: 100, epochs: 15)
  }

  func callAsFunction(_ image: Tensor) -> Tensor {
    image.require(layers >= 0, "layers: expected at least 0, found \(layers)")
    var x = image.flatten()
    for layer in 0..<max(layers, 0) {
      x = x.linear(hidden, name: "layer\(layer + 1)").relu()
    }
    return x.linear(classes, name: "classifier")
  }
}
