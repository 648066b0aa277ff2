import Interchange
import NNIR

/// Images and labels for one call of a network.
package struct Batch: Sendable, Equatable {
  package var epoch: Int
  /// Number of the batch within its epoch.
  package var index: Int
  /// Normalised images, [batch, channels, height, width].
  package var x: [Float]
  /// The class of each image.
  package var y: [Int64]
  /// How many images count; the others, at the end, are zeros of class 0.
  package var valid: Int

  package init(epoch: Int = 0, index: Int = 0, x: [Float], y: [Int64], valid: Int = 0) {
    self.epoch = epoch
    self.index = index
    self.x = x
    self.y = y
    self.valid = valid
  }
}

/// All batches of a data set, each a pure function of (epoch, index), whatever was asked before and by which thread.
package struct BatchSource: Sendable {
  package let dataset: Dataset
  package let normalizer: Normalizer
  /// Images in a batch.
  package let batch: Int
  package let batchesPerEpoch: Int
  /// Seed and changes of training; nil in evaluation.
  private let training: (seed: UInt64, augmenter: Augmenter)?

  /// Shuffled and augmented batches; the images of an epoch that do not fill a batch are left out.
  ///
  /// Throws where the images do not fill a single batch.
  package static func training(
    _ dataset: Dataset, batch: Int, normalizer: Normalizer, augmentation: [Recipe.Augmentation] = [], seed: UInt64
  ) throws(InterchangeError) -> BatchSource {
    guard batch > 0, dataset.count >= batch else {
      throw InterchangeError(
        dataset.name,
        "expected a batch of 1 to \(dataset.count) images, as there are for training, found \(batch): "
          + "choose a smaller --batch")
    }
    let augmenter = try Augmenter(augmentation, seed: seed, dataset: dataset)
    return BatchSource(
      dataset: dataset, normalizer: normalizer, batch: batch, batchesPerEpoch: dataset.count / batch,
      training: (seed, augmenter))
  }

  /// The images as they are and in order; the last batch is padded.
  package static func evaluation(
    _ dataset: Dataset, batch: Int, normalizer: Normalizer
  ) throws(InterchangeError) -> BatchSource {
    guard batch > 0 else {
      throw InterchangeError(dataset.name, "expected a batch of at least 1 image, found \(batch)")
    }
    return BatchSource(
      dataset: dataset, normalizer: normalizer, batch: batch, batchesPerEpoch: (dataset.count + batch - 1) / batch,
      training: nil)
  }

  /// What all batches of one epoch share: computed once for each epoch, not once for each batch.
  struct Epoch: Sendable {
    let number: Int
    /// Stored images in the epoch's order.
    let rows: [Int]
    let generators: [Philox]
  }

  func epoch(_ number: Int) -> Epoch {
    guard let training else { return Epoch(number: number, rows: dataset.rows, generators: []) }
    let order = permutation(dataset.count, by: Philox(seed: training.seed, stream: "shuffle", step: UInt64(number)))
    return Epoch(
      number: number, rows: order.map { dataset.rows[$0] }, generators: training.augmenter.generators(epoch: number))
  }

  /// One batch; `index` is below `batchesPerEpoch`.
  package func batch(epoch: Int, index: Int) -> Batch {
    var batch = emptyBatch
    fill(&batch, self.epoch(epoch), index: index)
    return batch
  }

  /// A batch of the right size to be filled.
  var emptyBatch: Batch {
    Batch(x: Array(repeating: 0, count: batch * dataset.imageSize), y: Array(repeating: 0, count: batch))
  }

  /// Overwrites everything in a batch of this source's size.
  func fill(_ result: inout Batch, _ epoch: Epoch, index: Int) {
    precondition(index >= 0 && index < batchesPerEpoch, "batch \(index) of \(batchesPerEpoch)")
    let rows = epoch.rows[index * batch..<min((index + 1) * batch, epoch.rows.count)]
    result.epoch = epoch.number
    result.index = index
    result.valid = rows.count
    for (position, row) in rows.enumerated() { result.y[position] = dataset.labels[row] }
    for position in rows.count..<batch { result.y[position] = 0 }
    result.x.withUnsafeMutableBufferPointer { x in
      for (position, row) in rows.enumerated() {
        let image = UnsafeMutableBufferPointer(
          rebasing: x[position * dataset.imageSize..<(position + 1) * dataset.imageSize])
        write(row: row, generators: epoch.generators, to: image)
      }
      x[(rows.count * dataset.imageSize)...].update(repeating: 0)
    }
  }

  private func write(row: Int, generators: [Philox], to image: UnsafeMutableBufferPointer<Float>) {
    let maps = training?.augmenter.maps(row: row, height: dataset.height, width: dataset.width, generators: generators)
    let (y, x) = maps ?? (AxisMap(extent: dataset.height), AxisMap(extent: dataset.width))
    let first = row * dataset.imageSize
    switch dataset.pixels {
    case .bytes(let values):
      values.withUnsafeBufferPointer { values in
        write(to: image, y: y, x: x) { normalizer.input(values[first + $0], channel: $1) }
      }
    case .floats(let values):
      values.withUnsafeBufferPointer { values in
        write(to: image, y: y, x: x) { normalizer.input(values[first + $0], channel: $1) }
      }
    }
  }

  /// `input` gives the normalised value at an offset inside the stored image, and is told its channel.
  @inline(__always)
  private func write(
    to image: UnsafeMutableBufferPointer<Float>, y yMap: AxisMap, x xMap: AxisMap, input: (Int, Int) -> Float
  ) {
    // Zero after normalisation is the mean colour.
    if yMap.range.count < dataset.height || xMap.range.count < dataset.width { image.update(repeating: 0) }
    for channel in 0..<dataset.channels {
      for y in yMap.range {
        let target = (channel * dataset.height + y) * dataset.width
        let source = (channel * dataset.height + yMap.source(y)) * dataset.width
        for x in xMap.range { image[target + x] = input(source + xMap.source(x), channel) }
      }
    }
  }
}
