import ArtefactABI
import Compiler
import NNIR
import Passes
import Runtime
import Testing

import Verification

/// Inference in bands, compiled.
@Suite struct CompiledBandsTests {
  /// Expected values: the bits of the same network without bands, as every sum has the same terms in the same order; for
  /// any number of bands, of images and of threads.
  @Test(arguments: ["densenet_bc", "resnet"]) func bandsChangeNoBit(name: String) throws {
    let raw = try NetworkFixture(name).raw
    let typed = try typeCheck(raw)
    for batch in [1, 2] {
      let sample = Sample(for: typed, batch: batch, seed: 5)
      func results(_ bands: Bands, threads: Int) throws -> (values: [String: [UInt64]], isSplit: Bool) {
        let directory = try TemporaryDirectory()
        let options = BuildOptions(
          entries: [EntryPoint(.infer, batch: batch)], passes: PassOptions(bands: bands), microbatch: batch)
        let artefact = try build(raw, options: options, into: directory.path)
        let kernels = try #require(artefact.model.entries.first).program.rows.map(\.kernel.name)
        let run = try CompiledRun(directory.path, sample, threads: threads).call(.infer)
        return (
          Dictionary(uniqueKeysWithValues: run.values.map { ($0.name, $0.elements.map(\.bitPattern)) }),
          kernels.contains("bands")
        )
      }
      let whole = try results(.none, threads: 1)
      #expect(!whole.values.isEmpty && !whole.isSplit)
      for bands in [2, 4] {
        for threads in [1, 2, 3, 5] {
          let found = try results(Bands(bands, everywhere: true), threads: threads)
          #expect(found.isSplit)
          #expect(found.values == whole.values, "\(name): \(bands) bands, \(batch) images, \(threads) threads")
        }
      }
    }
  }
}
