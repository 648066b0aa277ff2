import ArtefactABI
import Compiler
import Passes
import Runtime
import Testing
import Verification

/// Recomputation in compiled code.
@Suite struct CompiledRecomputeTests {
  /// Expected values: the same network compiled without recomputation, bit for bit.
  @Test func gradientsAreTheSameBitsInLessMemory() throws {
    let fixture = try NetworkFixture("densenet_bc")
    let modes: [Manifest.Mode] = [.gradient, .train]
    let sample = Sample(batch: fixture.entry.batch, feeds: fixture.feeds)
    var found: [Recompute: [(name: String, elements: [Double])]] = [:]
    var workspace: [Recompute: Int] = [:]
    for recompute in Recompute.allCases {
      let directory = try TemporaryDirectory()
      let options = BuildOptions(
        entries: modes.map { EntryPoint($0, batch: fixture.entry.batch) }, passes: PassOptions(recompute: recompute))
      let artefact = try build(fixture.raw, options: options, into: directory.path)
      let run = try CompiledRun(directory.path, sample)
      found[recompute] = try modes.flatMap { try run.call($0).values }
      workspace[recompute] = artefact.model.entries.map(\.plan.workspaceBytes).max()
    }
    let expected = try #require(found[.none])
    let other = try #require(found[.bottleneck])
    #expect(expected.count > 20 && expected.count == other.count)
    for (a, b) in zip(expected, other) {
      #expect(a.name == b.name && a.elements.map(\.bitPattern) == b.elements.map(\.bitPattern), "\(a.name)")
    }
    #expect(try #require(workspace[.bottleneck]) < #require(workspace[.none]))
  }
}
