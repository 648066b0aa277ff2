import Foundation
import Glibc
import Reports
import Training

/// Shows a training on a terminal, in a log, or as JSON lines.
final class TrainingConsole {
  private let json: Bool
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private var start: TrainingStart?
  private var lastDraw: ContinuousClock.Instant?
  private var lineIsOpen = false
  private var hasWarned = false

  init(json: Bool) { self.json = json }

  func show(_ event: TrainingEvent) {
    if json { return write(event.json + "\n") }
    switch event {
    case .started(let start):
      self.start = start
      line(
        "\(start.model): \(Format.count(start.parameters)) parameters; \(start.data): "
          + Format.counted(start.images, "training image")
          + (start.validationImages > 0 ? ", \(Format.count(start.validationImages)) for validation" : "")
          + ", batch \(start.batch), \(Format.counted(start.epochs, "epoch")) of "
          + "\(Format.counted(start.stepsPerEpoch, "step")), \(Format.counted(start.threads, "thread")), "
          + "seed \(start.seed)"
          + (start.resumedAt.map { ", resumed at step \(Format.count($0))" } ?? ""))
    case .step(let step): draw(step)
    case .epoch(let metrics, let isBest, let seconds): line(describe(metrics, isBest: isBest, seconds: seconds))
    case .saved: break
    case .note(let text): line("note: \(text)")
    case .interrupted(let position):
      line(
        "interrupted in epoch \(position.epoch) after step \(position.step); saved \(position.checkpoint); "
          + "--resume goes on")
    case .finished(let summary):
      if let test = summary.test {
        line(
          "test: loss \(Format.fixed(test.loss, decimals: 4))"
            + (test.accuracy.map { ", accuracy \(Format.percent($0))" } ?? "")
            + " on \(Format.counted(test.images, "image"))")
      }
      line(
        "\(Format.duration(seconds: summary.seconds))"
          + (summary.imagesPerSecond.map { ", \(Format.count(Int($0))) images/s" } ?? "")
          + "; weights: \(summary.weights)")
    }
  }

  /// Redraws the progress line ten times a second at most.
  private func draw(_ step: StepReport) {
    guard isTerminal, let start else { return }
    let now = ContinuousClock.now
    if let lastDraw, now - lastDraw < .milliseconds(100), step.stepInEpoch < start.stepsPerEpoch { return }
    lastDraw = now
    let progress = ProgressLine(
      epoch: step.epoch, epochs: start.epochs, step: step.stepInEpoch, steps: start.stepsPerEpoch, loss: step.loss,
      accuracy: step.accuracy, imagesPerSecond: step.imagesPerSecond, secondsLeft: step.secondsLeft)
    var size = winsize()
    let columns = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    write("\r\(progress.text(width: columns))\u{1b}[K")
    lineIsOpen = true
  }

  private func line(_ text: String) {
    write((lineIsOpen ? "\r\u{1b}[K" : "") + text + "\n")
    lineIsOpen = false
  }

  /// Shows a text at once; a log that cannot be written is no reason to lose a training, but is said and ends in a failure.
  private func write(_ text: String) {
    print(text, terminator: "")
    if let reason = StandardOutput.flush(), !hasWarned {
      hasWarned = true
      warn("cannot write to standard output: \(reason); the training goes on")
    }
  }

  private func describe(_ metrics: EpochMetrics, isBest: Bool, seconds: Double) -> String {
    func part(_ name: String, _ loss: Double?, _ accuracy: Double?) -> String {
      guard let loss else { return "" }
      return "  \(name) \(Format.fixed(loss, decimals: 4))" + (accuracy.map { " \(Format.percent($0))" } ?? "")
    }
    return "epoch \(metrics.epoch)" + part("train", metrics.trainLoss, metrics.trainAccuracy)
      + part("validation", metrics.validationLoss, metrics.validationAccuracy)
      + part("test", metrics.testLoss, metrics.testAccuracy)
      + "  rate \(metrics.learningRate)  \(Format.duration(seconds: seconds))" + (isBest ? "  best" : "")
  }
}

extension Format {
  /// `1 image`, `2,000 images`.
  static func counted(_ count: Int, _ noun: String) -> String { "\(self.count(count)) \(noun)\(count == 1 ? "" : "s")" }
}
