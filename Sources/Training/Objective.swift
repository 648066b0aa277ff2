import ArtefactABI
import Foundation
import NNIR
import Runtime

extension Graph {
  /// Throws where a data set does not fit the model, so that nothing is compiled in vain; every misfit with both sides.
  package func requireFit(_ dataset: Dataset) throws { _ = try Objective(self, dataset) }
}

/// What the outputs of a model are compared with on one data set, and how well they fare.
struct Objective: Sendable {
  private enum Target: Sendable {
    /// The class of each image: softmax cross-entropy.
    case labels
    /// 1 for the image's class and 0 for the others: mean squared error.
    case oneHot
    /// The normalised image itself: mean squared error of an autoencoder.
    case input
  }

  private let target: Target
  /// Elements of one output.
  private let width: Int
  private let classes: Int

  /// Whether right and wrong answers can be told apart; under mean squared error only the loss counts.
  var hasAccuracy: Bool { target == .labels }

  /// Throws where images or classes do not fit the model, naming both sides of every misfit.
  init(_ manifest: Manifest, _ dataset: Dataset) throws {
    try self.init(
      model: manifest.name, input: manifest.inputShape, output: manifest.outputShape, loss: manifest.loss, dataset)
  }

  /// The same for a graph that is not compiled yet.
  init(_ graph: Graph, _ dataset: Dataset) throws {
    func extents(_ id: ValueID?) -> [Int] { id.map { graph[$0].type.shape.dropFirst().compactMap(\.value) } ?? [] }
    let outputs = graph.results.compactMap { if case .output(_, let value) = $0 { value } else { nil } }
    try self.init(
      model: graph.name, input: extents(graph.first(.input)), output: extents(outputs.first),
      loss: graph.recipe?.loss.rawValue, dataset)
  }

  private init(model: String, input: [Int], output: [Int], loss: String?, _ dataset: Dataset) throws {
    var problems: [String] = []
    let image = [dataset.channels, dataset.height, dataset.width]
    if input != image && input != [dataset.imageSize] {
      problems.append(
        "\(dataset.name) has images of \(spelled(image)), but the model \(model) takes inputs of " + spelled(input))
    }
    let elements = output.reduce(1, *)
    if loss == Recipe.Loss.meanSquaredError.rawValue {
      target = output == [dataset.classes] ? .oneHot : .input
      if target == .input && elements != dataset.imageSize {
        problems.append(
          "\(dataset.name) has \(dataset.classes) classes and images of \(spelled(image)), but the model "
            + "\(model) gives \(spelled(output)): mean squared error needs one output for each class, or for "
            + "each pixel")
      }
    } else {
      target = .labels
      // More outputs than classes are no misfit: files need not show every class.
      if output.count != 1 || elements < dataset.classes {
        problems.append(
          "\(dataset.name) has \(dataset.classes) classes, but the model \(model) gives \(spelled(output)) "
            + (output.count == 1 ? "outputs" : "instead of one output for each class"))
      }
    }
    guard problems.isEmpty else { throw TrainingError(problems: problems) }
    width = elements
    classes = dataset.classes
  }

  /// What the compiled loss compares with.
  func target(of batch: Batch) -> TrainingTarget {
    switch target {
    case .labels: return .labels(batch.y)
    case .input: return .values(batch.x)
    case .oneHot:
      var values = [Float](repeating: 0, count: batch.y.count * width)
      for (row, label) in batch.y.enumerated() { values[row * width + Int(label)] = 1 }
      return .values(values)
    }
  }

  /// Right answers among the images that count; of equal logits the first wins, and NaN is never right.
  func correct(_ outputs: [Float], _ batch: Batch) -> Int {
    (0..<batch.valid).count { prediction(outputs, row: $0) == Int(batch.y[$0]) }
  }

  /// The class with the largest output, or nil where an output is not a number.
  func prediction(_ outputs: [Float], row: Int) -> Int? {
    let values = outputs[row * width..<(row + 1) * width]
    guard !values.contains(where: \.isNaN), let largest = values.max() else { return nil }
    return values.firstIndex(of: largest).map { $0 - row * width }
  }

  /// The loss of one image in double precision; the loss of a data set is the mean over its images.
  func loss(_ outputs: [Float], _ batch: Batch, row: Int) -> Double {
    let values = outputs[row * width..<(row + 1) * width]
    switch target {
    case .labels:
      let largest = Double(values.max() ?? 0)
      let sum = values.reduce(0) { $0 + exp(Double($1) - largest) }
      return log(sum) + largest - Double(values[values.startIndex + Int(batch.y[row])])
    case .oneHot:
      return meanSquare(values) { $0 == Int(batch.y[row]) ? 1 : 0 }
    case .input:
      return meanSquare(values) { Double(batch.x[row * width + $0]) }
    }
  }

  private func meanSquare(_ values: ArraySlice<Float>, from target: (Int) -> Double) -> Double {
    let sum = values.enumerated().reduce(0.0) { sum, element in
      let difference = Double(element.element) - target(element.offset)
      return sum + difference * difference
    }
    return sum / Double(width)
  }
}
