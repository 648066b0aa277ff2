import Interchange

/// How far a training has come; with the arenas, all that the next step depends on.
struct TrainingProgress: Sendable, Equatable {
  /// The epoch that did best so far.
  struct Best: Sendable, Equatable {
    /// From 1.
    var epoch: Int
    /// Validation accuracy, or loss where there is no accuracy.
    var value: Double
  }

  /// Steps done in all.
  var step = 0
  /// Epochs that were closed: trained, validated and recorded.
  var epoch = 0
  /// Sums over the images of the open epoch; exact, so that a resumed epoch reports what an undisturbed one would.
  var lossSum = 0.0
  var correct = 0
  var images = 0
  var best: Best?
  /// The lines of the metrics file so far.
  var history = ""

  /// Starts the next epoch.
  mutating func closeEpoch() {
    epoch += 1
    lossSum = 0
    correct = 0
    images = 0
  }

  private enum Key {
    static let step = "nncc.step"
    static let epoch = "nncc.epoch"
    static let sums = "nncc.sums"
    static let best = "nncc.best"
    static let history = "nncc.history"
  }

  /// The position alone, for files that hold weights.
  var positionMetadata: [String: String] { [Key.step: "\(step)", Key.epoch: "\(epoch)"] }

  /// As a checkpoint holds it; floating-point numbers by their bits.
  var metadata: [String: String] {
    var result = positionMetadata
    result[Key.sums] = "\(Self.spell(lossSum)) \(correct) \(images)"
    result[Key.history] = history
    if let best { result[Key.best] = "\(best.epoch) \(Self.spell(best.value))" }
    return result
  }

  init() {}

  init(_ metadata: MetadataReader, batch: Int) throws(InterchangeError) {
    step = try metadata.value(Key.step, "a whole number") { Int($0) }
    epoch = try metadata.value(Key.epoch, "a whole number") { Int($0) }
    history = try metadata.text(Key.history)
    let sums = try metadata.value(Key.sums, "the sums of loss, right answers and images") { text in
      let words = text.split(separator: " ")
      return words.count == 3
        ? Self.number(words[0]).flatMap { loss in
          Int(words[1]).flatMap { correct in Int(words[2]).map { (loss, correct, $0) } }
        } : nil
    }
    (lossSum, correct, images) = sums
    if metadata.has(Key.best) {
      best = try metadata.value(Key.best, "an epoch and its result") { text in
        let words = text.split(separator: " ")
        return words.count == 2
          ? Int(words[0]).flatMap { epoch in Self.number(words[1]).map { Best(epoch: epoch, value: $0) } } : nil
      }
    }
    // Every epoch has a step at least; beyond 2⁶² sums would overflow.
    guard 0..<1 << 62 ~= step, 0...step ~= epoch, images >= 0, images % batch == 0, images / batch <= step,
      lossSum.isFinite
    else {
      throw InterchangeError(
        metadata.path, "contradicts itself: step \(step), epoch \(epoch), \(images) images of batches of \(batch)")
    }
  }

  /// Whether this can be a position of a run with so many steps in an epoch.
  func fits(stepsPerEpoch: Int, batch: Int) -> Bool {
    let (start, overflow) = epoch.multipliedReportingOverflow(by: stepsPerEpoch)
    return !overflow && step >= start && step - start <= stepsPerEpoch && images == (step - start) * batch
  }

  private static func spell(_ value: Double) -> String { String(value.bitPattern, radix: 16) }

  private static func number(_ text: Substring) -> Double? {
    UInt64(text, radix: 16).map { Double(bitPattern: $0) }
  }
}
