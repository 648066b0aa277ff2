import Interchange
import NNIR

/// The normalisation that a network was trained with travels with its weights: what is evaluated later must be
/// normalised by the *training* images, even where only test images are at hand.
extension Normalizer {
  static let meanKey = "nncc.mean"
  static let deviationKey = "nncc.deviation"

  /// The statistics as a weights file stores them; reading them back is exact.
  package var metadata: [String: String] {
    func spell(_ values: [Double]) -> String { values.map(\.description).joined(separator: ",") }
    return [Self.meanKey: spell(mean), Self.deviationKey: spell(deviation)]
  }

  /// What the weights were trained with: the file's own statistics, or, for files of other programs, those of the
  /// recipe on the training part of the same data set.
  ///
  /// - Parameter path: the weights file, for messages.
  package static func forEvaluation(
    metadata: [String: String], path: String, recipe: Recipe?, data: DataSource
  ) throws -> Normalizer {
    if let stored = try stored(in: metadata, path: path, for: data.evaluation) { return stored }
    let recipe = recipe ?? Recipe()
    let training = try TrainingData(data, validation: recipe.validation, limit: nil).training
    return try Normalizer(recipe.normalization, training: training)
  }

  /// The statistics in a file's metadata, or nil where it has none.
  static func stored(
    in metadata: [String: String], path: String, for dataset: Dataset
  ) throws -> Normalizer? {
    guard metadata[meanKey] != nil || metadata[deviationKey] != nil else { return nil }
    func numbers(_ key: String) throws -> [Double] {
      let text = metadata[key] ?? ""
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let values = parts.compactMap { Double($0) }
      guard values.count == parts.count, values.count == dataset.channels else {
        throw InterchangeError(
          path, "expected \(counted(dataset.channels, "number")) in metadata \(quoted(key)), found \(quoted(text))")
      }
      return values
    }
    return try Normalizer(
      .channels(mean: try numbers(meanKey), deviation: try numbers(deviationKey)), training: dataset)
  }
}
