import CZlib
import Interchange

/// The images of one training: to learn from, to choose the best epoch by, and to judge the result by.
package struct TrainingData: Sendable {
  package let training: Dataset
  /// Nil where the recipe keeps nothing back.
  package let validation: Dataset?
  /// Nil where the data set has no test images.
  package let test: Dataset?

  /// Takes the first `limit` training images, then keeps the share `validation` of them back.
  ///
  /// The choice is random, since files may be sorted by class, but the same for every seed: runs with different seeds are
  /// then compared on the same images.
  package init(_ source: DataSource, validation share: Double, limit: Int?) throws {
    if let limit, limit < 1 {
      throw TrainingError("\(source.train.name): expected a limit of at least 1 training image, found \(limit)")
    }
    let used = limit.map { source.train.prefix($0) } ?? source.train
    if share > 0 {
      let parts = try used.split(validation: share, seed: 0)
      (training, validation) = (parts.training, parts.validation)
    } else {
      (training, validation) = (used, nil)
    }
    test = source.test
  }

  /// CRC-32 over extents, pixels and labels of the images that training uses: tells whether a resumed run sees the same.
  var checksum: UInt32 {
    var sum: UInt = 0
    func add(_ bytes: UnsafeRawBufferPointer) {
      sum = crc32_z(sum, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    }
    for dataset in [training, validation].compactMap({ $0 }) {
      [dataset.channels, dataset.height, dataset.width, dataset.classes].withUnsafeBytes(add)
      dataset.rows.map { dataset.labels[$0] }.withUnsafeBytes(add)
      switch dataset.pixels {
      case .bytes(let values): addRows(of: dataset, values, add)
      case .floats(let values): addRows(of: dataset, values, add)
      }
    }
    return UInt32(truncatingIfNeeded: sum)
  }

  private func addRows<Value: BitwiseCopyable>(
    of dataset: Dataset, _ values: [Value], _ add: (UnsafeRawBufferPointer) -> Void
  ) {
    let size = dataset.imageSize * MemoryLayout<Value>.stride
    values.withUnsafeBytes { bytes in
      for row in dataset.rows { add(UnsafeRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size])) }
    }
  }
}
