import Foundation

/// What a training tells its observer, in this order: started, then steps, epochs, saves and notes, then one of the last
/// two.
package enum TrainingEvent: Sendable {
  case started(TrainingStart)
  case step(StepReport)
  /// The end of an epoch; `isBest` when it beats all earlier ones on the validation images.
  case epoch(EpochMetrics, isBest: Bool, seconds: Double)
  case saved(path: String, step: Int)
  /// Something the user should know.
  case note(String)
  case interrupted(TrainingInterruption)
  case finished(TrainingSummary)
}

/// The extent of a training.
package struct TrainingStart: Sendable, Equatable, Encodable {
  package let model: String
  package let data: String
  package let images: Int
  package let validationImages: Int
  package let testImages: Int
  package let batch: Int
  package let stepsPerEpoch: Int
  package let epochs: Int
  /// Steps in all, those done before a resumption included.
  package let steps: Int
  /// Trained numbers.
  package let parameters: Int
  package let threads: Int
  package let seed: UInt64
  /// Steps that an earlier part of the run had done.
  package let resumedAt: Int?
}

/// One step.
package struct StepReport: Sendable, Equatable, Encodable {
  /// From 1.
  package let epoch: Int
  /// Steps done in all.
  package let step: Int
  /// Steps done in this epoch.
  package let stepInEpoch: Int
  /// Loss of this step's images, before its update.
  package let batchLoss: Double
  /// Mean over the epoch so far, and likewise the accuracy.
  package let loss: Double
  package let accuracy: Double?
  package let learningRate: Double
  /// Over the last steps; nil while unknown.
  package let imagesPerSecond: Double?
  /// To the end of the last epoch; nil while unknown.
  package let secondsLeft: Double?
}

/// One line of the metrics file; losses are means over images, accuracies fractions.
package struct EpochMetrics: Sendable, Equatable, Codable {
  /// From 1.
  package let epoch: Int
  /// Steps done in all.
  package let step: Int
  /// Rate of the epoch's last step.
  package let learningRate: Double
  package let trainLoss: Double
  package let trainAccuracy: Double?
  package let validationLoss: Double?
  package let validationAccuracy: Double?
  /// Only where nothing is kept back for validation; shown, but never used to choose weights.
  package let testLoss: Double?
  package let testAccuracy: Double?
  /// True where a limit on the steps ended the training inside this epoch.
  package let partial: Bool?

  /// The lines of a metrics file; throws for a line that is none.
  package static func lines(of text: String) throws -> [EpochMetrics] {
    try text.split(separator: "\n").map { line in
      do {
        return try JSONLine.decoder.decode(EpochMetrics.self, from: Data(line.utf8))
      } catch {
        throw TrainingError("expected a line of metrics, found \(line.debugDescription)")
      }
    }
  }
}

/// A training that was asked to stop, and can be resumed.
package struct TrainingInterruption: Sendable, Equatable, Encodable {
  /// The epoch that is open, from 1.
  package let epoch: Int
  package let step: Int
  package let checkpoint: String
}

/// A training that came to its end.
package struct TrainingSummary: Sendable, Equatable, Encodable {
  package let epochs: Int
  package let steps: Int
  /// Everything measured, one element for each epoch.
  package let history: [EpochMetrics]
  /// The epoch whose weights are the best, from 1.
  package let bestEpoch: Int?
  /// Of the final weights on the test images.
  package let test: Evaluation?
  /// Of this part of the run, and how many images it trained on in a second, validation not counted.
  package let seconds: Double
  package let imagesPerSecond: Double?
  package let weights: String
  package let best: String
}

/// How a training ended.
package enum TrainingOutcome: Sendable {
  case finished(TrainingSummary)
  case interrupted(TrainingInterruption)
}

extension TrainingEvent {
  /// The event as one line of JSON for other programs, without the line's end: `{"event":"step",…}`.
  package var json: String {
    switch self {
    case .started(let start): JSONLine.text("started", start)
    case .step(let step): JSONLine.text("step", step)
    case .epoch(let metrics, let isBest, let seconds):
      JSONLine.text("epoch", EpochLine(metrics: metrics, isBest: isBest, seconds: seconds))
    case .saved(let path, let step): JSONLine.text("saved", SavedLine(path: path, step: step))
    case .note(let text): JSONLine.text("note", ["text": text])
    case .interrupted(let interruption): JSONLine.text("interrupted", interruption)
    case .finished(let summary): JSONLine.text("finished", summary)
    }
  }
}

private struct SavedLine: Encodable {
  let path: String
  let step: Int
}

private struct EpochLine: Encodable {
  let metrics: EpochMetrics
  let isBest: Bool
  let seconds: Double

  enum CodingKeys: CodingKey { case isBest, seconds }

  func encode(to encoder: any Encoder) throws {
    try metrics.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(isBest, forKey: .isBest)
    try container.encode(seconds, forKey: .seconds)
  }
}

/// JSON as this module writes it: sorted keys in snake case; infinities and NaN as text, since JSON has none.
enum JSONLine {
  private struct Event<Payload: Encodable>: Encodable {
    let kind: String
    let payload: Payload

    enum CodingKeys: CodingKey { case event }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(kind, forKey: .event)
      try payload.encode(to: encoder)
    }
  }

  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(value) else { fatalError("a value of this module is not JSON: \(value)") }
    return String(decoding: data, as: UTF8.self)
  }

  static func text(_ event: String, _ payload: some Encodable) -> String {
    text(Event(kind: event, payload: payload))
  }
}
