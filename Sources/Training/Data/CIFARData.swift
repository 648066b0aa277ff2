import Interchange
import NNIR

/// The binary versions of CIFAR-10 and CIFAR-100: records of labels and 3×32×32 bytes.
///
/// Source: https://www.cs.toronto.edu/~kriz/cifar.html.
struct CIFAR {
  let format: DataSource.Format
  let name: String
  let trainingFiles: [String]
  let testFile: String
  /// Number of classes for each label byte of a record; the last one is the label to learn.
  let labelClasses: [Int]

  static let extents = (channels: 3, height: 32, width: 32)
  private static let imageSize = 3 * 32 * 32

  static let ten = CIFAR(
    format: .cifar10, name: "cifar-10", trainingFiles: (1...5).map { "data_batch_\($0).bin" },
    testFile: "test_batch.bin", labelClasses: [10])

  /// Coarse label, fine label.
  static let hundred = CIFAR(
    format: .cifar100, name: "cifar-100", trainingFiles: ["train.bin"], testFile: "test.bin", labelClasses: [20, 100])

  /// The images and labels of several files, one after the other.
  func read(_ paths: [String]) throws(InterchangeError) -> Dataset {
    let recordSize = labelClasses.count + Self.imageSize
    var pixels: [UInt8] = []
    var labels: [Int64] = []
    for path in paths {
      let bytes = try readFile(path)
      guard !bytes.isEmpty, bytes.count % recordSize == 0 else {
        throw InterchangeError(
          path, "expected records of \(recordSize) bytes, found \(bytes.count) bytes: truncated or of another format")
      }
      pixels.reserveCapacity(pixels.count + bytes.count)
      for start in stride(from: 0, to: bytes.count, by: recordSize) {
        for (index, classes) in labelClasses.enumerated() where bytes[start + index] >= classes {
          throw InterchangeError(
            path,
            "expected labels from 0 to \(classes - 1), found \(bytes[start + index]) at image \(start / recordSize)")
        }
        labels.append(Int64(bytes[start + labelClasses.count - 1]))
        pixels += bytes[start + labelClasses.count..<start + recordSize]
      }
    }
    let (channels, height, width) = Self.extents
    return try Dataset(
      name: name, channels: channels, height: height, width: width, classes: labelClasses[labelClasses.count - 1],
      pixels: .bytes(pixels), labels: labels)
  }
}

extension DataSource {
  /// Loads CIFAR from a folder that must hold all its files.
  static func load(_ kind: CIFAR, _ folder: DataFolder) throws(InterchangeError) -> DataSource {
    let missing = (kind.trainingFiles + [kind.testFile]).filter { !folder.has($0) }
    if !missing.isEmpty {
      throw InterchangeError(folder.path, "incomplete \(kind.format.rawValue): no \(missing.joined(separator: ", "))")
    }
    return try DataSource(
      format: kind.format, train: kind.read(kind.trainingFiles.map(folder.file)),
      test: kind.read([folder.file(kind.testFile)]))
  }
}

extension Recipe.Normalization {
  /// Channel means and deviations of CIFAR-10's training images, as the Torch code of ResNet and DenseNet has them.
  package static let cifar10 = channels(mean: [125.3, 123.0, 113.9], deviation: [63.0, 62.1, 66.7])
  /// The same of CIFAR-100.
  package static let cifar100 = channels(mean: [129.3, 124.1, 112.4], deviation: [68.2, 65.4, 70.4])
}
