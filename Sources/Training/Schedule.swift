import Foundation
import NNIR

/// The learning rate of every step of a training, a pure function of the step's number.
///
/// Warm-up is linear from `warmupStart` at step 0 to the base rate at its end. After it, steps fall at fractions of *all*
/// epochs, while cosine and inverse decay count from the end of the warm-up, so that the curve has no jump there.
package struct Schedule: Sendable, Equatable {
  package let learningRate: Recipe.LearningRate
  package let stepsPerEpoch: Int
  package let epochs: Int

  package init(_ learningRate: Recipe.LearningRate, stepsPerEpoch: Int, epochs: Int) {
    self.learningRate = learningRate
    self.stepsPerEpoch = stepsPerEpoch
    self.epochs = epochs
  }

  /// The rate that step `step`, counted from 0, is made with.
  package func rate(step: Int) -> Double {
    let warmup = learningRate.warmupEpochs * Double(stepsPerEpoch)
    let base = learningRate.base
    if Double(step) < warmup {
      let start = learningRate.warmupStart
      return start + (base - start) * (Double(step) / warmup)
    }
    let all = Double(stepsPerEpoch * epochs)
    let since = Double(step) - max(warmup, 0)
    switch learningRate.shape {
    case .constant: return base
    case .steps(let factor, let fractions):
      // A fraction such as 0.7 of all steps is rarely a whole number in binary; the nearest step is meant.
      let passed = fractions.count { Double(step) >= ($0 * all).rounded() }
      return (0..<passed).reduce(base) { rate, _ in rate * factor }
    case .cosine(let final):
      let length = all - max(warmup, 0)
      let progress = length > 0 ? min(since / length, 1) : 1
      return final + (base - final) * (1 + cos(Double.pi * progress)) / 2
    case .inverse(let decay): return base / (1 + decay * since)
    }
  }
}
