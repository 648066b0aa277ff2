import Foundation
import Interchange
import NNIR
import Testing
import Training

/// Writes data set files byte by byte, as their descriptions say, independent of the readers under test.
enum DataFiles {
  /// Runs `body` with an empty folder that is removed afterwards.
  static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("data-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  static func idx(_ extents: [Int], _ values: [UInt8]) -> [UInt8] {
    let header = extents.flatMap { extent in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) } }
    return [0, 0, 8, UInt8(extents.count)] + header + values
  }

  /// Six training and three test images of 2×3; pixel p of image i is 10·i + p, the labels are i mod 3.
  static func writeIDX(to folder: String) throws {
    for (stem, count) in [("train", 6), ("t10k", 3)] {
      let pixels = (0..<count).flatMap { image in (0..<6).map { UInt8(10 * image + $0) } }
      try writeAtomically(idx([count, 2, 3], pixels), to: "\(folder)/\(stem)-images-idx3-ubyte")
      try writeAtomically(idx([count], (0..<count).map { UInt8($0 % 3) }), to: "\(folder)/\(stem)-labels-idx1-ubyte")
    }
  }

  /// One CIFAR record: the labels, then bytes that count up from `start`.
  static func cifarRecord(_ labels: [UInt8], start: Int) -> [UInt8] {
    labels + (0..<3072).map { UInt8(truncatingIfNeeded: start + $0) }
  }

  /// One image a file, of the file's number as label.
  static func writeCIFAR10(to folder: String) throws {
    for file in 1...5 {
      try writeAtomically(cifarRecord([UInt8(file)], start: file), to: "\(folder)/data_batch_\(file).bin")
    }
    try writeAtomically(cifarRecord([9], start: 9), to: "\(folder)/test_batch.bin")
  }

  /// A set whose pixel p of image i is i·size + p, as floats, and whose labels count up to `classes`.
  static func ramp(
    count: Int, channels: Int = 1, height: Int = 1, width: Int = 1, classes: Int = 4
  ) throws -> Dataset {
    let size = channels * height * width
    return try Dataset(
      name: "ramp", channels: channels, height: height, width: width, classes: classes,
      pixels: .floats((0..<count * size).map { Float($0) }), labels: (0..<count).map { Int64($0 % classes) })
  }

  /// The message of what `body` throws; the test fails where it does not throw.
  static func message(_ body: () throws(InterchangeError) -> Void) -> String {
    do {
      try body()
      Issue.record("expected an error")
      return ""
    } catch {
      return error.description
    }
  }
}
