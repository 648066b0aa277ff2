/// The text of a new `model.swift`: a small convolutional network that builds and trains as it stands.
///
/// - Parameter name: Any text; the type is named after its letters and digits (`my-net` → `MyNet`).
package func modelTemplate(name: String) -> String {
  let type = typeName(name)
  return #"""
    import NNCC

    /// A small convolutional network for images.
    ///
    /// The stored properties are hyper-parameters: `nncc build FILE --set features=32` overrides one. A command that
    /// knows its data set sets channels, height, width and classes.
    @main struct \#(type): Network {
      var features = 16
      var classes = 10
      var channels = 1, height = 28, width = 28

      /// How `nncc train` trains it.
      var recipe: Recipe {
        Recipe(
          loss: .softmaxCrossEntropy, optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 1e-4),
          learningRate: .cosine(0.1), batch: 64, epochs: 10)
      }

      /// From an image to one logit for each class.
      func callAsFunction(_ image: Tensor) -> Tensor {
        var x = image.conv2d(features, kernel: 3, name: "conv1").batchNorm(name: "norm1").relu().maxPool(kernel: 2)
        x = x.conv2d(2 * features, kernel: 3, name: "conv2").batchNorm(name: "norm2").relu()
        return x.globalAveragePool().linear(classes, name: "classifier")
      }
    }

    """#
}

/// A Swift type name made of the letters and digits of a text, each word capitalised.
private func typeName(_ text: String) -> String {
  var result = ""
  var startsWord = true
  for character in text {
    guard character.isASCII, character.isLetter || character.isNumber else {
      startsWord = true
      continue
    }
    result += startsWord ? character.uppercased() : String(character)
    startsWord = false
  }
  guard let first = result.first, !first.isNumber else { return result.isEmpty ? "Model" : "Net\(result)" }
  // these would hide what the file itself names
  let taken = ["Network", "Tensor", "Recipe", "Initializer", "Padding", "HyperParameter", "Type", "Protocol", "Self"]
  return taken.contains(result) ? "\(result)Net" : result
}
