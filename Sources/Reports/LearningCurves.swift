/// What one epoch of training measured.
package struct EpochRecord: Equatable, Sendable {
  /// Epochs done, from 1.
  package var epoch: Int
  package var trainLoss: Double
  /// Fraction of right answers.
  package var trainAccuracy: Double?
  package var validationLoss: Double?
  package var validationAccuracy: Double?
  package var learningRate: Double?
  /// Wall-clock time of the epoch.
  package var seconds: Double?

  package init(
    epoch: Int, trainLoss: Double, trainAccuracy: Double? = nil, validationLoss: Double? = nil,
    validationAccuracy: Double? = nil, learningRate: Double? = nil, seconds: Double? = nil
  ) {
    self.epoch = epoch
    self.trainLoss = trainLoss
    self.trainAccuracy = trainAccuracy
    self.validationLoss = validationLoss
    self.validationAccuracy = validationAccuracy
    self.learningRate = learningRate
    self.seconds = seconds
  }
}

/// Loss and accuracy over the epochs of one training.
package enum LearningCurves {
  /// A panel for the loss and, where accuracies were measured, one for them in per cent.
  ///
  /// The table has the same columns whatever was measured, so that scripts can rely on them; `heldOut` says which images
  /// the second curve is of.
  package static func plot(
    _ records: [EpochRecord], title: String, lossLabel: String = "cross-entropy loss [nats]",
    heldOut: String = "validation"
  ) -> Plot {
    let percent = { (fraction: Double?) in fraction.map { $0 * 100 } }
    let data = DataTable([
      .init("epoch", records.map { Double($0.epoch) }),
      .init("train_loss", records.map(\.trainLoss)),
      .init("\(heldOut)_loss", records.map(\.validationLoss)),
      .init("train_accuracy_percent", records.map { percent($0.trainAccuracy) }),
      .init("\(heldOut)_accuracy_percent", records.map { percent($0.validationAccuracy) }),
      .init("learning_rate", records.map(\.learningRate)),
      .init("seconds", records.map(\.seconds)),
    ])
    let panels = [
      Plot.Panel(
        yLabel: lossLabel,
        series: [.init("train", column: 1, decimals: 3), .init(heldOut, column: 2, decimals: 3)],
        limits: 0 ... .infinity),
      Plot.Panel(
        yLabel: "accuracy [%]",
        series: [.init("train", column: 3, decimals: 1), .init(heldOut, column: 4, decimals: 1)],
        limits: 0...100),
    ]
    let measured = panels.filter { panel in
      panel.series.contains { data.numbers($0.column).contains { $0 != nil } }
    }
    return Plot(title: title, xLabel: "epoch", data: data, panels: measured.isEmpty ? [panels[0]] : measured)
  }
}
