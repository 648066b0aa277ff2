import Interchange
import NNIR
import Testing
import Training

@Suite struct NormalizerTests {
  /// Two images of two channels and two pixels. Channel 0: 0, 2, 4, 6; mean 3, variance (9+1+1+9)/4 = 5. Channel 1 is
  /// constant.
  private static let values: [UInt8] = [0, 2, 7, 7, 4, 6, 7, 7]

  private static func dataset(floats: Bool) throws -> Dataset {
    try Dataset(
      name: "d", channels: 2, height: 1, width: 2, pixels: floats ? .floats(values.map { Float($0) }) : .bytes(values),
      labels: [0, 1])
  }

  private static func inputs(_ normalization: Recipe.Normalization, _ dataset: Dataset) throws -> [Float] {
    let normalizer = try Normalizer(normalization, training: dataset)
    return try BatchSource.evaluation(dataset, batch: 2, normalizer: normalizer).batch(epoch: 0, index: 0).x
  }

  @Test(arguments: [false, true])
  func perChannel(floats: Bool) throws {
    let dataset = try Self.dataset(floats: floats)
    let normalizer = try Normalizer(.perChannel, training: dataset)
    let r = 5.0.squareRoot()
    #expect(normalizer.mean == [3, 7] && normalizer.deviation == [r, 1])
    let expected = [-3 / r, -1 / r, 0, 0, 1 / r, 3 / r, 0, 0].map { Float($0) }
    #expect(try Self.inputs(.perChannel, dataset) == expected)
  }

  @Test(arguments: [false, true])
  func givenScales(floats: Bool) throws {
    let dataset = try Self.dataset(floats: floats)
    #expect(try Self.inputs(.none, dataset) == Self.values.map { Float($0) })
    #expect(try Self.inputs(.unit, dataset) == Self.values.map { Float(Double($0) / 255) })
    #expect(
      try Self.inputs(.channels(mean: [2, -1], deviation: [4, 0.5]), dataset) == [-0.5, 0, 16, 16, 0.5, 1, 16, 16])
  }

  /// Statistics come from the training part alone: image 0 has 0 and 2 in channel 0.
  @Test(arguments: [false, true])
  func onlyTheTrainingPartCounts(floats: Bool) throws {
    let training = try Self.dataset(floats: floats).prefix(1)
    let normalizer = try Normalizer(.perChannel, training: training)
    #expect(normalizer.mean == [1, 7] && normalizer.deviation == [1, 1])
  }

  @Test func rejectsBadConstants() throws {
    let dataset = try Self.dataset(floats: false)
    for normalization in [
      Recipe.Normalization.channels(mean: [1], deviation: [1]), .channels(mean: [1, 2], deviation: [1, 0]),
      .channels(mean: [1, .nan], deviation: [1, 1]), .channels(mean: [1, 1], deviation: [1, .infinity]), .cifar10,
    ] {
      #expect(throws: InterchangeError.self) { try Normalizer(normalization, training: dataset) }
    }
  }
}
