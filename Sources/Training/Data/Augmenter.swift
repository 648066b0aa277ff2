import Interchange
import NNIR

/// The random changes of one data set's training images, a pure function of (seed, epoch, stored image).
struct Augmenter: Sendable {
  private let steps: [Recipe.Augmentation]
  private let seed: UInt64

  /// Throws for a negative padding.
  init(_ steps: [Recipe.Augmentation], seed: UInt64, dataset: Dataset) throws(InterchangeError) {
    for case .padAndCrop(let padding) in steps where padding < 0 || padding > 1 << 16 {
      throw InterchangeError(dataset.name, "expected a padding from 0 to \(1 << 16) pixels, found \(padding)")
    }
    self.steps = steps
    self.seed = seed
  }

  /// One generator for each step of an epoch; each image takes one block of each.
  func generators(epoch: Int) -> [Philox] {
    steps.indices.map { Philox(seed: seed, stream: "augmentation \($0)", step: UInt64(epoch)) }
  }

  /// Where the pixels of the changed image come from, applying the steps in order.
  func maps(row: Int, height: Int, width: Int, generators: [Philox]) -> (y: AxisMap, x: AxisMap) {
    var y = AxisMap(extent: height)
    var x = AxisMap(extent: width)
    for (step, generator) in zip(steps, generators) {
      let words = generator.block(UInt64(row))
      switch step {
      case .horizontalFlip: if words[0] >> 31 == 1 { x.flip() }
      case .padAndCrop(let padding):
        y.shift(by: Self.offset(words[0], padding))
        x.shift(by: Self.offset(words[1], padding))
      }
    }
    return (y, x)
  }

  /// A uniform offset in −padding…padding: the corner of the crop relative to the unpadded image.
  private static func offset(_ word: UInt32, _ padding: Int) -> Int {
    Int((UInt64(word) * UInt64(2 * padding + 1)) >> 32) - padding
  }
}

/// Along one axis, position p of a changed image is position `sign·p + offset` of the original, or zero outside `range`.
struct AxisMap: Equatable {
  private let extent: Int
  private(set) var sign = 1
  private(set) var offset = 0
  /// Positions of the changed image that show the original.
  private(set) var range: Range<Int>

  init(extent: Int) {
    self.extent = extent
    range = 0..<extent
  }

  /// Position in the original of a position inside `range`.
  func source(_ position: Int) -> Int { sign * position + offset }

  mutating func flip() {
    offset += sign * (extent - 1)
    sign = -sign
    range = extent - range.upperBound..<extent - range.lowerBound
  }

  /// Position p then shows what stood at p + `distance`; what leaves the image is gone.
  mutating func shift(by distance: Int) {
    offset += sign * distance
    let lower = min(max(range.lowerBound - distance, 0), extent)
    range = lower..<max(lower, min(range.upperBound - distance, extent))
  }
}
