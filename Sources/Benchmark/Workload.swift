import ArtefactABI
import Compiler
import NNIR
import Runtime

/// One case to be timed: a session with weights, and one batch that every call gets.
package final class Workload {
  private let session: Session
  private let mode: Manifest.Mode
  private let batch: Int
  private let input: Buffer
  private let target: TrainingTarget
  private var step = 0

  /// Threads that compute.
  package var threads: Int { session.threads }

  /// - Parameters:
  ///   - input: The batch, row-major.
  ///   - target: What training compares the outputs with; inference has no use for it.
  package init(
    session: Session, mode: Manifest.Mode, batch: Int, input: [Float], target: TrainingTarget
  ) throws(RuntimeError) {
    self.session = session
    self.mode = mode
    self.batch = batch
    self.target = target
    self.input = try Buffer(bytes: 4 * input.count)
    _ = self.input.floats.update(fromContentsOf: input)
  }

  /// Inference from images to outputs, or a whole training step with its update.
  package func call() throws(RuntimeError) {
    let input = UnsafeBufferPointer(self.input.floats)
    switch mode {
    case .infer: _ = try session.infer(batch: batch, input: input)
    case .train:
      // A rate at which the same batch a thousand times over does not diverge; the work does not depend on it.
      try session.train(batch: batch, input: input, target: target, StepOptions(learningRate: 1e-4, step: step))
      step += 1
    case .gradient: _ = try session.gradient(batch: batch, input: input, target: target)
    }
  }
}

/// Images as a benchmark makes them where it is given none: numbers from −1 to 1 that are the same in every run.
package func randomImages(_ count: Int) -> [Float] {
  var state: UInt64 = 1
  return (0..<count).map { _ in
    // xorshift64*, Vigna 2016
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return Float(Int32(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 32)) / 2_147_483_648
  }
}

/// Labels or values for images, where a benchmark is given none.
package func anyTarget(_ loss: Recipe.Loss, batch: Int, outputs: [Int]) -> TrainingTarget {
  switch loss {
  case .softmaxCrossEntropy: .labels((0..<batch).map { Int64($0 % (outputs.last ?? 1)) })
  case .meanSquaredError: .values([Float](repeating: 0.5, count: outputs.reduce(batch, *)))
  }
}
