import Interchange
import NNIR
import Testing
import Training

@Suite struct BatchSourceTests {
  private static func training(
    _ dataset: Dataset, batch: Int, _ augmentation: [Recipe.Augmentation] = [], seed: UInt64 = 1
  ) throws -> BatchSource {
    try .training(
      dataset, batch: batch, normalizer: Normalizer(.none, training: dataset), augmentation: augmentation, seed: seed)
  }

  @Test func evaluationPadsTheLastBatch() throws {
    let dataset = try DataFiles.ramp(count: 5, width: 2)
    let normalizer = try Normalizer(.none, training: dataset)
    let source = try BatchSource.evaluation(dataset, batch: 3, normalizer: normalizer)
    #expect(source.batchesPerEpoch == 2)
    let first = source.batch(epoch: 0, index: 0)
    #expect(first.x == [0, 1, 2, 3, 4, 5] && first.y == [0, 1, 2] && first.valid == 3)
    let last = source.batch(epoch: 0, index: 1)
    #expect(last.x == [6, 7, 8, 9, 0, 0] && last.y == [3, 0, 0] && last.valid == 2)
  }

  /// The ramp's pixel tells which image it is, and its label is that number mod 4.
  @Test func epochsAreShuffledAndComplete() throws {
    let source = try Self.training(DataFiles.ramp(count: 13), batch: 4)
    #expect(source.batchesPerEpoch == 3)
    var orders: [[Int]] = []
    for epoch in 0..<3 {
      let batches = (0..<3).map { source.batch(epoch: epoch, index: $0) }
      let images = batches.flatMap { $0.x.map { Int($0) } }
      #expect(Set(images).count == 12 && Set(images).isSubset(of: Set(0..<13)))
      #expect(batches.flatMap(\.y) == images.map { Int64($0 % 4) })
      #expect(batches.allSatisfy { $0.valid == 4 && $0.epoch == epoch })
      orders.append(images)
    }
    #expect(Set(orders).count == 3 && orders[0] != orders[0].sorted())
  }

  @Test func batchesArePureFunctions() throws {
    let dataset = try DataFiles.ramp(count: 40, channels: 2, height: 4, width: 5)
    let source = try Self.training(dataset, batch: 8, [.horizontalFlip, .padAndCrop(2)], seed: 9)
    let forward = (0..<10).map { source.batch(epoch: $0 / 5, index: $0 % 5) }
    let backward = (0..<10).reversed().map { source.batch(epoch: $0 / 5, index: $0 % 5) }
    #expect(forward == backward.reversed())
    let again = try Self.training(dataset, batch: 8, [.horizontalFlip, .padAndCrop(2)], seed: 9)
    #expect(again.batch(epoch: 1, index: 3) == forward[8])
    let other = try Self.training(dataset, batch: 8, [.horizontalFlip, .padAndCrop(2)], seed: 10)
    #expect(other.batch(epoch: 1, index: 3) != forward[8])
  }

  /// Rows of [1, 2, 3]: mirrored [3, 2, 1]; padded by 1 and cropped: [0, 1, 2], [1, 2, 3] or [2, 3, 0]. A mirrored and
  /// then shifted row is never a shifted and then mirrored one of another kind, so that all six must come up.
  @Test func flipAndCropByHand() throws {
    let dataset = try Dataset(
      name: "d", channels: 1, height: 1, width: 3,
      pixels: .bytes(Array(repeatElement([1, 2, 3], count: 400).joined())),
      labels: Array(repeating: 0, count: 400))
    func rows(_ augmentation: [Recipe.Augmentation]) throws -> Set<[Float]> {
      let x = try Self.training(dataset, batch: 400, augmentation).batch(epoch: 0, index: 0).x
      return Set(stride(from: 0, to: x.count, by: 3).map { Array(x[$0..<$0 + 3]) })
    }
    #expect(try rows([.horizontalFlip]) == [[1, 2, 3], [3, 2, 1]])
    // The vertical shift of a single row leaves nothing but padding in two of three cases.
    let crops: Set<[Float]> = [[0, 0, 0], [0, 1, 2], [1, 2, 3], [2, 3, 0]]
    #expect(try rows([.padAndCrop(1)]) == crops)
    #expect(try rows([.horizontalFlip, .padAndCrop(1)]) == crops.union([[0, 3, 2], [3, 2, 1], [2, 1, 0]]))
    #expect(try rows([.padAndCrop(0)]) == [[1, 2, 3]])
  }

  /// The whole path against a plain one: normalise, then each change on whole arrays, drawn as documented.
  @Test(arguments: [
    [Recipe.Augmentation.horizontalFlip, .padAndCrop(2)], [.padAndCrop(3), .horizontalFlip],
    [.padAndCrop(1), .padAndCrop(2), .horizontalFlip, .padAndCrop(1)], [.horizontalFlip, .horizontalFlip],
    [.padAndCrop(9)],
  ])
  func agreesWithPlainArrays(augmentation: [Recipe.Augmentation]) throws {
    let dataset = try DataFiles.ramp(count: 30, channels: 2, height: 4, width: 5)
    let normalizer = try Normalizer(.perChannel, training: dataset)
    let source = try BatchSource.training(
      dataset, batch: 30, normalizer: normalizer, augmentation: augmentation, seed: 5)
    let batch = source.batch(epoch: 2, index: 0)
    let order = permutation(30, by: Philox(seed: 5, stream: "shuffle", step: 2))
    for (position, row) in order.enumerated() {
      for channel in 0..<2 {
        let start = (row * 2 + channel) * 20
        var plane = (0..<4).map { y in
          (0..<5).map { x in
            Float((Double(start + y * 5 + x) - normalizer.mean[channel]) / normalizer.deviation[channel])
          }
        }
        for (step, change) in augmentation.enumerated() {
          let words = Philox(seed: 5, stream: "augmentation \(step)", step: 2).block(UInt64(row))
          plane = Self.changed(plane, change, words)
        }
        let written = (position * 2 + channel) * 20
        #expect(Array(batch.x[written..<written + 20]) == plane.flatMap { $0 })
      }
    }
  }

  private static func changed(
    _ plane: [[Float]], _ change: Recipe.Augmentation, _ words: SIMD4<UInt32>
  ) -> [[Float]] {
    switch change {
    case .horizontalFlip: return words[0] >= 1 << 31 ? plane.map { $0.reversed() } : plane
    case .padAndCrop(let n):
      let width = plane[0].count
      let side = Array(repeating: Float(0), count: n)
      let blank = Array(repeating: Array(repeating: Float(0), count: width + 2 * n), count: n)
      let padded = blank + plane.map { side + $0 + side } + blank
      let top = Int(Double(words[0]) / 0x1p32 * Double(2 * n + 1))
      let left = Int(Double(words[1]) / 0x1p32 * Double(2 * n + 1))
      return padded[top..<top + plane.count].map { Array($0[left..<left + width]) }
    }
  }

  /// What happens to an image does not depend on which others are in the set.
  @Test func augmentationIsKeyedByStoredImage() throws {
    let whole = try DataFiles.ramp(count: 20, height: 3, width: 3)
    let part = try whole.split(validation: 8, seed: 4).training
    func images(_ dataset: Dataset) throws -> [Int: [Float]] {
      let source = try Self.training(dataset, batch: dataset.count, [.horizontalFlip, .padAndCrop(1)])
      let x = source.batch(epoch: 0, index: 0).x
      let order = permutation(dataset.count, by: Philox(seed: 1, stream: "shuffle", step: 0))
      return Dictionary(
        uniqueKeysWithValues: order.enumerated().map { (dataset.rows[$1], Array(x[$0 * 9..<$0 * 9 + 9])) })
    }
    let (all, some) = (try images(whole), try images(part))
    for row in part.rows { #expect(all[row] == some[row]) }
  }

  @Test func rejectsImpossibleBatches() throws {
    let dataset = try DataFiles.ramp(count: 5)
    for batch in [0, -1, 6] {
      #expect(throws: InterchangeError.self) { try Self.training(dataset, batch: batch) }
    }
    #expect(throws: InterchangeError.self) { try Self.training(dataset, batch: 2, [.padAndCrop(-1)]) }
    #expect(throws: InterchangeError.self) {
      try BatchSource.evaluation(dataset, batch: 0, normalizer: Normalizer(.none, training: dataset))
    }
  }
}
