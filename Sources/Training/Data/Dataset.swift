import Interchange
import NNIR

/// Labelled images of one size: a selection of the images that a data set's files hold.
///
/// Pixels stay in the form the files have, one byte each for most, and become floats batch by batch. Splits and
/// shortened sets share the storage.
package struct Dataset: Sendable {
  /// All stored images one after the other, each in channel, row, column order.
  package enum Pixels: Sendable, Equatable {
    case bytes([UInt8])
    case floats([Float])

    package var count: Int {
      switch self {
      case .bytes(let values): values.count
      case .floats(let values): values.count
      }
    }
  }

  /// What messages and reports call it.
  package let name: String
  package let channels: Int
  package let height: Int
  package let width: Int
  package let classes: Int
  package let pixels: Pixels
  /// The class of every stored image.
  package let labels: [Int64]
  /// The stored images that belong to this set, in its order. Random streams are keyed by these numbers.
  package let rows: [Int]

  /// Number of images.
  package var count: Int { rows.count }
  /// Extents of one image: channels, height, width.
  package var imageShape: [Int] { [channels, height, width] }
  /// Pixel values of one image.
  package var imageSize: Int { channels * height * width }

  /// All stored images; throws where labels, pixels and extents do not fit each other.
  ///
  /// `classes` is one more than the largest label where nil.
  package init(
    name: String, channels: Int, height: Int, width: Int, classes: Int? = nil, pixels: Pixels, labels: [Int64]
  ) throws(InterchangeError) {
    guard !labels.isEmpty, channels > 0, height > 0, width > 0 else {
      throw InterchangeError(
        name, "expected at least one image and pixel, found \(labels.count) images of \(channels)×\(height)×\(width)")
    }
    guard elementCount([labels.count, channels, height, width]) == pixels.count else {
      throw InterchangeError(
        name,
        "expected pixels for \(labels.count) labels and images of \(channels)×\(height)×\(width), "
          + "found \(pixels.count) values")
    }
    let bound = Int64(classes ?? Self.maximumClasses)
    if let wrong = labels.firstIndex(where: { $0 < 0 || $0 >= bound }) {
      let others = labels.count { $0 < 0 || $0 >= bound } - 1
      throw InterchangeError(
        name,
        "expected labels from 0 to \(bound - 1), found \(labels[wrong]) at image \(wrong)"
          + (others > 0 ? " and \(others) other labels out of range" : ""))
    }
    self.name = name
    self.channels = channels
    self.height = height
    self.width = width
    self.classes = classes ?? Int((labels.max() ?? 0) + 1)
    self.pixels = pixels
    self.labels = labels
    self.rows = Array(labels.indices)
  }

  /// A label beyond this is corrupt, and would ask for a network of absurd size.
  static let maximumClasses = 1 << 20

  private init(_ whole: Dataset, rows: [Int]) {
    name = whole.name
    channels = whole.channels
    height = whole.height
    width = whole.width
    classes = whole.classes
    pixels = whole.pixels
    labels = whole.labels
    self.rows = rows
  }

  /// The first `count` images, or all where there are fewer.
  package func prefix(_ count: Int) -> Dataset { Dataset(self, rows: Array(rows.prefix(count))) }

  /// Splits off `count` images for validation, chosen by the seed alone; both parts keep the order. Throws where a part
  /// would be empty.
  package func split(
    validation count: Int, seed: UInt64
  ) throws(InterchangeError) -> (training: Dataset, validation: Dataset) {
    guard count > 0, count < self.count else {
      throw InterchangeError(
        name, "expected 1 to \(self.count - 1) of \(self.count) training images for validation, found \(count)")
    }
    let boundary = self.count - count
    let order = permutation(self.count, by: Philox(seed: seed, stream: "validation"))
    let (training, validation) = (order[..<boundary].sorted(), order[boundary...].sorted())
    return (Dataset(self, rows: training.map { rows[$0] }), Dataset(self, rows: validation.map { rows[$0] }))
  }

  /// Splits off a share of the images, rounded to whole images.
  package func split(
    validation share: Double, seed: UInt64
  ) throws(InterchangeError) -> (training: Dataset, validation: Dataset) {
    guard share > 0, share < 1 else {
      throw InterchangeError(name, "expected a share between 0 and 1 of the images for validation, found \(share)")
    }
    return try split(validation: Int((Double(count) * share).rounded()), seed: seed)
  }
}

/// A uniformly random order of `0..<count`: Fisher and Yates with one Philox block for each exchange.
package func permutation(_ count: Int, by generator: Philox) -> [Int] {
  var order = Array(0..<count)
  for position in order.indices.dropFirst().reversed() {
    order.swapAt(position, generator.below(position + 1, index: UInt64(position)))
  }
  return order
}
