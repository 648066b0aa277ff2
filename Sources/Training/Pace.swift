/// How fast training goes, over the last steps of one epoch.
struct Pace {
  private static let window = 64
  private let clock = ContinuousClock()
  private var ends: [ContinuousClock.Instant] = []
  /// Seconds that the last evaluation at an epoch's end took.
  var evaluationSeconds = 0.0
  /// Steps and seconds of all epochs so far, evaluation not counted.
  private var steps = 0
  private var seconds = 0.0
  /// Seconds of this epoch's steps, as far as this run made them.
  private(set) var epochSeconds = 0.0

  /// Starts an epoch.
  mutating func startEpoch() {
    epochSeconds = 0
    start()
  }

  /// Starts counting: before the first step, and after everything that is no step.
  mutating func start() { ends = [clock.now] }

  /// Counts one step.
  mutating func step() {
    let now = clock.now
    if let last = ends.last {
      steps += 1
      seconds += Self.seconds(now - last)
      epochSeconds += Self.seconds(now - last)
    }
    if ends.count > Self.window { ends.removeFirst() }
    ends.append(now)
  }

  /// Of the last steps; nil while there are none.
  var secondsPerStep: Double? {
    guard let first = ends.first, let last = ends.last, ends.count > 1 else { return nil }
    return Self.seconds(last - first) / Double(ends.count - 1)
  }

  /// Of all steps.
  func imagesPerSecond(batch: Int) -> Double? {
    seconds > 0 ? Double(steps * batch) / seconds : nil
  }

  func secondsLeft(steps: Int, epochs: Int) -> Double? {
    secondsPerStep.map { Double(steps) * $0 + Double(epochs) * evaluationSeconds }
  }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}
