import ArtefactABI
import Compiler
import NNIR
import Runtime
import Testing

import Verification

/// Inference in micro-batches, compiled.
@Suite struct CompiledMicrobatchTests {
  /// Expected values: the network as it is written, interpreted for the whole batch; and for any number of threads the
  /// bits of one, whether they take parts alone, share what is left in teams, or are more than there are parts.
  @Test(arguments: ["densenet_bc", "resnet", "mlp"]) func partsGiveTheResultsOfTheBatch(name: String) throws {
    let raw = try NetworkFixture(name).raw
    let typed = try typeCheck(raw)
    let batch = 6
    let sample = Sample(for: typed, batch: batch, seed: 3)
    let yardstick = try Yardstick(try specialize(typed, for: EntryPoint(.infer, batch: batch)), sample)
    for images in [1, 2, 3, 6] {
      let directory = try TemporaryDirectory()
      let options = BuildOptions(entries: [EntryPoint(.infer, batch: batch)], microbatch: images)
      let artefact = try build(raw, options: options, into: directory.path)
      let parts = try #require(artefact.model.entries.first).program.microbatches.count
      #expect(parts == batch / images)
      let alone = try CompiledRun(directory.path, sample, threads: 1).call(.infer)
      let verdict = Verdict("\(name), \(images) images at a time", yardstick.judge(alone))
      #expect(verdict.passed, "\(verdict)")
      for threads in [2, 3, 4, 5, 7, 13] {
        let run = try CompiledRun(directory.path, sample, threads: threads)
        // a second call finds what the first has left
        for call in 0..<2 {
          let together = try run.call(.infer)
          #expect(!together.values.isEmpty && together.values.count == alone.values.count)
          for (name, elements) in alone.values {
            #expect(
              together[name]?.map(\.bitPattern) == elements.map(\.bitPattern),
              "\(name): call \(call) with \(threads) threads, \(images) images at a time")
          }
        }
      }
    }
  }

  /// Parts and the whole batch in turn in one pool, as training with evaluations in between has them.
  @Test func callsOfSeveralKindsShareAPool() throws {
    let fixture = try NetworkFixture("densenet_bc")
    let batch = fixture.entry.batch
    let sample = Sample(batch: batch, feeds: fixture.feeds)
    func results(threads: Int) throws -> [[UInt64]] {
      let directory = try TemporaryDirectory()
      let entries = [Manifest.Mode.infer, .gradient, .train].map { EntryPoint($0, batch: batch) }
      _ = try build(fixture.raw, options: BuildOptions(entries: entries, microbatch: 1), into: directory.path)
      let run = try CompiledRun(directory.path, sample, threads: threads)
      return try [Manifest.Mode.infer, .train, .infer, .gradient, .train, .infer].map { mode in
        try run.call(mode).values.flatMap { $0.elements.map(\.bitPattern) }
      }
    }
    let alone = try results(threads: 1)
    #expect(alone[0] != alone[2])
    for threads in [2, 3] { #expect(try results(threads: threads) == alone) }
  }
}
