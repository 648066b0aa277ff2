import Foundation
import Interchange

/// The training and test images of one data set.
package struct DataSource: Sendable {
  /// How the files hold the images.
  package enum Format: String, Sendable {
    case idx = "IDX"
    case cifar10 = "CIFAR-10"
    case cifar100 = "CIFAR-100"
    case npz = "NPZ"
  }

  package let format: Format
  package let train: Dataset
  /// Nil where the files hold no test images.
  package let test: Dataset?

  /// The images to judge a trained model by: the test images, or all there are.
  package var evaluation: Dataset { test ?? train }

  init(format: Format, train: Dataset, test: Dataset?) throws(InterchangeError) {
    if let test, test.imageShape != train.imageShape {
      throw InterchangeError(
        test.name,
        "expected test images of \(train.channels)×\(train.height)×\(train.width) as in training, "
          + "found \(test.channels)×\(test.height)×\(test.width)")
    }
    self.format = format
    self.train = train
    self.test = test
  }

  /// Where Debian's data set packages put their files.
  private static let systemFolder = "/usr/share/datasets"

  /// Loads a data set by name or path.
  ///
  /// A name (`fashion-mnist`) is looked for in the folder that the environment's NNCC_DATA names, then among the
  /// system's data sets, then here; a path (anything with a slash or ending in .npz) only where it points. The format
  /// is told by what is there.
  package static func load(
    _ nameOrPath: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(InterchangeError) -> DataSource {
    var candidates = [nameOrPath]
    if !nameOrPath.contains("/"), !nameOrPath.hasSuffix(".npz") {
      candidates.insert("\(systemFolder)/\(nameOrPath)", at: 0)
      if let folder = environment["NNCC_DATA"], !folder.isEmpty { candidates.insert("\(folder)/\(nameOrPath)", at: 0) }
    }
    for candidate in candidates where FileManager.default.fileExists(atPath: candidate) {
      return try load(path: candidate)
    }
    let hint = nameOrPath == "fashion-mnist" ? "; Debian has it in the package dataset-fashion-mnist" : ""
    let places = candidates.map(\.debugDescription).joined(separator: ", ")
    throw InterchangeError(nameOrPath, "found no data set; looked for \(places)\(hint)")
  }

  private static func load(path: String) throws(InterchangeError) -> DataSource {
    var isDirectory: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    if !isDirectory.boolValue { return try loadNPZ(path) }
    // The archives of CIFAR unpack into a folder of their own.
    for folder in [path, "\(path)/cifar-10-batches-bin", "\(path)/cifar-100-binary"] {
      let files = DataFolder(path: folder)
      if files.holdsIDX { return try loadIDX(files) }
      if files.has(CIFAR.ten.trainingFiles[0]) { return try load(.ten, files) }
      if files.has(CIFAR.hundred.trainingFiles[0]) { return try load(.hundred, files) }
      if files.has("train.npz") { return try loadNPZ(files) }
    }
    throw InterchangeError(
      path,
      problems: [
        "no known data set in this folder; looked for",
        "  IDX: \(DataFolder.idxNames("train-images", 3).joined(separator: ", "))",
        "  CIFAR-10: \(CIFAR.ten.trainingFiles[0])",
        "  CIFAR-100: \(CIFAR.hundred.trainingFiles[0])",
        "  NPZ: train.npz with \"x\" and \"y\"",
      ])
  }
}

/// A folder that may hold a data set.
struct DataFolder {
  let path: String

  /// The data set's name: that of the folder.
  var name: String { URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

  /// The names under which the IDX file of that stem and rank is known: with a dash or a dot, compressed or not.
  static func idxNames(_ stem: String, _ rank: Int) -> [String] {
    ["-", "."].flatMap { separator in ["", ".gz"].map { "\(stem)\(separator)idx\(rank)-ubyte\($0)" } }
  }

  /// The first of those files that exists.
  func idxFile(_ stem: String, _ rank: Int) -> String? { Self.idxNames(stem, rank).first(where: has).map(file) }

  var holdsIDX: Bool { idxFile("train-images", 3) != nil || idxFile("train-labels", 1) != nil }
}
