import Foundation
import Interchange
import Runtime

/// A training that can be continued: parameters and running statistics by name, optimizer state as
/// `optimizer.SLOT.PARAMETER`, and in the metadata which run it is and how far it has come.
package struct Checkpoint: Sendable {
  enum Key {
    static let version = "nncc.checkpoint"
  }

  /// Raised when the meaning of a checkpoint's fields changes.
  private static let version = "1"

  package let run: TrainingRun
  let progress: TrainingProgress
  private let archive: TensorArchive

  /// Steps done.
  package var step: Int { progress.step }
  /// The metrics file at that step: one line of JSON for each epoch.
  package var history: String { progress.history }

  /// Reads a checkpoint; throws for what is damaged, incomplete, or only weights.
  package static func read(_ path: String) throws -> Checkpoint {
    guard FileManager.default.fileExists(atPath: path) else {
      throw InterchangeError(path, "nothing to resume: no such checkpoint")
    }
    let archive = try Safetensors.read(path)
    guard let found = archive.metadata[Key.version] else {
      throw InterchangeError(path, "expected a checkpoint, found a file of weights; start from it with --weights")
    }
    guard found == version else {
      throw InterchangeError(path, "expected a checkpoint of version \(version), found \(quoted(found))")
    }
    let metadata = MetadataReader(archive)
    let run = try TrainingRun(metadata)
    return Checkpoint(run: run, progress: try TrainingProgress(metadata, batch: run.batch), archive: archive)
  }

  /// Throws all reasons why `run` is not the one that this checkpoint continues.
  func require(_ run: TrainingRun, stepsPerEpoch: Int) throws {
    var problems = self.run.differences(from: run)
    if problems.isEmpty, !progress.fits(stepsPerEpoch: stepsPerEpoch, batch: run.batch) {
      problems.append(
        "contradicts itself: step \(progress.step) and \(counted(progress.images, "image")) of epoch "
          + "\(progress.epoch + 1), with \(counted(stepsPerEpoch, "step")) in an epoch")
    }
    guard problems.isEmpty else { throw InterchangeError(archive.path, problems: problems) }
  }

  /// Puts every tensor into the session; throws all that do not fit, then nothing was changed.
  func restore(_ session: Session) throws {
    try Weights.load(archive, into: session, withOptimizer: true)
  }

  /// Writes the session's state and the run's position, atomically.
  static func write(
    _ session: Session, run: TrainingRun, progress: TrainingProgress, normalizer: Normalizer, to path: String
  ) throws {
    let metadata = [Key.version: version].merging(run.metadata) { own, _ in own }
      .merging(progress.metadata) { own, _ in own }.merging(normalizer.metadata) { own, _ in own }
    try Safetensors.write(try Weights.tensors(session, withOptimizer: true), metadata: metadata, to: path)
  }
}
