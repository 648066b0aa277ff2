/// One line of training progress, as a terminal shows it and overwrites it.
package struct ProgressLine: Sendable {
  package enum Style: Sendable {
    /// Eighths of blocks, for UTF-8 terminals.
    case blocks
    case ascii
  }

  /// The running epoch, from 1.
  package var epoch: Int
  package var epochs: Int
  /// Steps done in this epoch.
  package var step: Int
  package var steps: Int
  package var loss: Double
  /// Fraction of right answers; nil where the loss has no classes.
  package var accuracy: Double?
  package var imagesPerSecond: Double?
  /// Seconds to the end of the last epoch; nil while unknown.
  package var secondsLeft: Double?

  package init(
    epoch: Int, epochs: Int, step: Int, steps: Int, loss: Double, accuracy: Double? = nil,
    imagesPerSecond: Double? = nil, secondsLeft: Double? = nil
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.step = step
    self.steps = steps
    self.loss = loss
    self.accuracy = accuracy
    self.imagesPerSecond = imagesPerSecond
    self.secondsLeft = secondsLeft
  }

  private enum Part { case longEpoch, epoch, bar, steps, loss, accuracy, rate, left }

  /// From all there is to say to the least; the first that fits is shown.
  private static let layouts: [[Part]] = [
    [.longEpoch, .bar, .steps, .loss, .accuracy, .rate, .left],
    [.longEpoch, .bar, .loss, .accuracy, .rate, .left],
    [.longEpoch, .bar, .loss, .accuracy, .left],
    [.epoch, .bar, .loss, .accuracy, .left],
    [.epoch, .bar, .loss, .left],
    [.epoch, .loss, .left],
    [.epoch, .loss],
    [.epoch],
  ]

  private static let cells = 8...40

  /// The line in at most `width` columns, without a line break.
  ///
  /// Less important parts go first where the width is small. The caller erases the rest of the terminal's line. Numbers
  /// are padded, so that the bar does not jump from step to step.
  package func text(width: Int, style: Style = .blocks) -> String {
    for layout in Self.layouts {
      var used = 0
      var shown = 0
      for part in layout where part != .bar {
        guard let text = text(of: part) else { continue }
        used += text.count
        shown += 1
      }
      let hasBar = layout.contains(.bar)
      // One blank between parts, two brackets around the bar.
      used += shown - 1 + (hasBar ? 3 : 0)
      guard used + (hasBar ? Self.cells.lowerBound : 0) <= width else { continue }
      let cells = min(width - used, Self.cells.upperBound)
      return layout.compactMap { $0 == .bar ? bar(cells: cells, style) : text(of: $0) }.joined(separator: " ")
    }
    return String("\(epoch)/\(epochs)".prefix(max(0, width)))
  }

  private func text(of part: Part) -> String? {
    switch part {
    case .longEpoch: "epoch \(ratio(epoch, epochs))"
    case .epoch: ratio(epoch, epochs)
    case .bar: nil
    case .steps: ratio(step, steps)
    case .loss: "loss \(Format.fixed(loss, decimals: 4))"
    case .accuracy: accuracy.map { pad(Format.percent($0), to: 7) }
    case .rate: imagesPerSecond.map { pad(Format.fixed($0, decimals: $0 < 9.95 ? 1 : 0), to: 5) + " images/s" }
    case .left: secondsLeft.map { pad(Format.clock(seconds: $0), to: 5) + " left" }
    }
  }

  /// `   7/938`: the first number padded to the second's width.
  private func ratio(_ part: Int, _ whole: Int) -> String { pad("\(part)", to: "\(whole)".count) + "/\(whole)" }

  private func pad(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func bar(cells: Int, _ style: Style) -> String {
    let fraction = steps > 0 ? min(max(Double(step) / Double(steps), 0), 1) : 0
    switch style {
    case .blocks:
      let eighths = Int(fraction * Double(cells * 8))
      var text = String(repeating: "█", count: eighths / 8)
      if eighths % 8 > 0 { text.append(Array("▏▎▍▌▋▊▉")[eighths % 8 - 1]) }
      return "[" + text + String(repeating: " ", count: cells - text.count) + "]"
    case .ascii:
      let filled = Int(fraction * Double(cells))
      let head = filled < cells ? ">" : ""
      return "[" + String(repeating: "=", count: filled) + head
        + String(repeating: " ", count: cells - filled - head.count) + "]"
    }
  }
}
