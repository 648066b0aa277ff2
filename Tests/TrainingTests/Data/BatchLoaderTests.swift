import Interchange
import NNIR
import Testing
import Training

@Suite(.timeLimit(.minutes(1))) struct BatchLoaderTests {
  private static func source() throws -> BatchSource {
    let dataset = try DataFiles.ramp(count: 30, channels: 2, height: 3, width: 4)
    return try .training(
      dataset, batch: 4, normalizer: Normalizer(.perChannel, training: dataset),
      augmentation: [.horizontalFlip, .padAndCrop(1)], seed: 7)
  }

  private static func all(_ loader: BatchLoader) -> [Batch] {
    var batches: [Batch] = []
    while let batch = loader.withNext({ $0 }) { batches.append(batch) }
    return batches
  }

  /// Direct computation, batch by batch, is the expected value; kept batches must survive the reuse of their buffers.
  @Test(arguments: [1, 2, 3, 50])
  func equalsDirectComputation(depth: Int) throws {
    let source = try Self.source()
    let expected = (0..<3).flatMap { epoch in (0..<7).map { source.batch(epoch: epoch, index: $0) } }
    #expect(Self.all(BatchLoader(source, epochs: 0..<3, depth: depth)) == expected)
  }

  /// The last of three images is padded in a buffer that held two full ones.
  @Test func paddingIsClearedInReusedBuffers() throws {
    let dataset = try DataFiles.ramp(count: 3, width: 2)
    let source = try BatchSource.evaluation(dataset, batch: 2, normalizer: Normalizer(.none, training: dataset))
    let loader = BatchLoader(source, epochs: 0..<1, depth: 1)
    #expect(loader.withNext { $0.x } == [0, 1, 2, 3])
    #expect(loader.withNext { $0 } == Batch(epoch: 0, index: 1, x: [4, 5, 0, 0], y: [2, 0], valid: 1))
  }

  @Test func resumesAnywhere() throws {
    let source = try Self.source()
    let whole = Self.all(BatchLoader(source, epochs: 0..<3))
    #expect(Self.all(BatchLoader(source, epochs: 1..<3, from: 4)) == Array(whole[11...]))
    // Behind the last batch of an epoch is the start of the next.
    #expect(Self.all(BatchLoader(source, epochs: 1..<3, from: 7)) == Array(whole[14...]))
    #expect(Self.all(BatchLoader(source, epochs: 3..<3)).isEmpty)
  }

  @Test func theEndStays() throws {
    let loader = BatchLoader(try Self.source(), epochs: 0..<1)
    #expect(Self.all(loader).count == 7)
    #expect(loader.withNext { $0 } == nil)
    #expect(loader.withNext { $0 } == nil)
  }

  /// With a single buffer, a body that throws without giving it back would block the next call for ever.
  @Test func throwingBodiesGiveTheBufferBack() throws {
    let source = try Self.source()
    let loader = BatchLoader(source, epochs: 0..<1, depth: 1)
    for _ in 0..<3 {
      #expect(throws: InterchangeError.self) {
        try loader.withNext { (_) throws(InterchangeError) in throw InterchangeError("f", "stop") }
      }
    }
    #expect(loader.withNext { $0 } == source.batch(epoch: 0, index: 3))
  }

  /// While one batch is in use, the next ones become ready: a second is handed out before the first is returned.
  @Test func preparesAhead() throws {
    let source = try Self.source()
    let loader = BatchLoader(source, epochs: 0..<1, depth: 2)
    let second = loader.withNext { _ in loader.withNext { $0 } }
    #expect(second == source.batch(epoch: 0, index: 1))
  }

  @Test func mayBeDroppedAtAnyPoint() throws {
    let source = try Self.source()
    for taken in 0..<50 {
      let loader = BatchLoader(source, epochs: 0..<1000, depth: 1 + taken % 3)
      for index in 0..<taken % 5 { #expect(loader.withNext { $0.index } == index) }
    }
  }
}
