import ArtefactABI
import Runtime

/// How a model fares on a data set.
package struct Evaluation: Sendable, Equatable, Encodable {
  package let images: Int
  /// Mean over the images, computed from the outputs in double precision.
  package let loss: Double
  /// Fraction of right answers; nil under mean squared error.
  package let accuracy: Double?
  /// `confusion[class][answer]`: how many images of a class got which answer. Answers that are no number are in no
  /// column. Nil without accuracy and for very many classes.
  package let confusion: [[Int]]?

  /// Beyond this a table of all pairs of classes helps nobody.
  private static let maximumTable = 1000

  /// Runs all images through the compiled inference, the last batch padded and its padding not counted.
  ///
  /// Deterministic; sums are taken in the order of the images. Throws where the data set does not fit the model. Returns
  /// nil when `isInterrupted` said so between two batches.
  package static func measure(
    _ session: Session, on dataset: Dataset, normalizer: Normalizer, isInterrupted: () -> Bool = { false }
  ) throws -> Evaluation? {
    let objective = try Objective(session.manifest, dataset)
    let batches = session.batches(.infer)
    guard let smallest = batches.first else {
      throw TrainingError("model \(session.manifest.name): expected it opened for infer, found only other modes")
    }
    let batch = batches.last { $0 <= dataset.count } ?? smallest
    let output = try outputName(session, batch: batch)
    let source = try BatchSource.evaluation(dataset, batch: batch, normalizer: normalizer)
    let loader = BatchLoader(source, epochs: 0..<1)
    let outputs = session.outputElements
    let keepsTable = objective.hasAccuracy && outputs <= maximumTable
    var confusion = keepsTable ? [[Int]](repeating: [Int](repeating: 0, count: outputs), count: outputs) : []
    var sum = 0.0
    var correct = 0
    func add(_ batch: Batch) throws {
      let results = try batch.x.withUnsafeBufferPointer { (input) throws(RuntimeError) in
        try session.infer(batch: batch.y.count, input: input)
      }
      guard let values = results[output] else { return }
      for row in 0..<batch.valid {
        sum += objective.loss(values, batch, row: row)
        guard objective.hasAccuracy, let answer = objective.prediction(values, row: row) else { continue }
        let label = Int(batch.y[row])
        if answer == label { correct += 1 }
        if keepsTable { confusion[label][answer] += 1 }
      }
    }
    for _ in 0..<source.batchesPerEpoch {
      if isInterrupted() { return nil }
      try loader.withNext { batch in try add(batch) }
    }
    return Evaluation(
      images: dataset.count, loss: sum / Double(dataset.count),
      accuracy: objective.hasAccuracy ? Double(correct) / Double(dataset.count) : nil,
      confusion: keepsTable ? confusion : nil)
  }

  private static func outputName(_ session: Session, batch: Int) throws -> String {
    let entry = try session.entry(.infer, batch: batch)
    guard let name = entry.modelOutput(session.manifest) else {
      throw TrainingError("model \(session.manifest.name): \(entry.symbol) has no output of the model's shape")
    }
    return name
  }
}

extension Manifest.Entry {
  /// The result that holds the model's output for every image of the batch.
  func modelOutput(_ manifest: Manifest) -> String? {
    let shape = [batch] + manifest.outputShape
    let fitting = outputs.filter { $0.shape == shape }
    return (fitting.first { $0.name == "logits" } ?? fitting.first)?.name
  }
}
