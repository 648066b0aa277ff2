import Compiler
import NNIR
import Passes
import Testing

/// How much memory training needs, as planned; limits are the project's own.
@Suite struct WorkspaceTests {
  @Test func denseNetAtBatch64() throws {
    let kept = try TrainingStep.denseNet()
    #expect(kept.workspaceBytes <= 400_000_000, "\(kept.workspaceBytes)")
    let again = try TrainingStep.denseNet(recompute: .bottleneck)
    #expect(again.workspaceBytes <= 160_000_000, "\(again.workspaceBytes)")
    // recomputation gives up traffic and multiply-adds for it
    #expect(again.program.trafficBytes > kept.program.trafficBytes)
  }

  @Test func deepAndWideDenseNetAtBatch8() throws {
    let step = try TrainingStep.denseNet(["depth=250", "growth=24"], batch: 8)
    #expect(step.workspaceBytes <= 350_000_000, "\(step.workspaceBytes)")
  }

  /// The channels that all layers of a block read grow with the square of the depth; what is kept must not.
  @Test func workspaceIsLinearInDepth() throws {
    let depths = [40, 70, 100, 130]
    let bytes = try depths.map { try TrainingStep.denseNet(["depth=\($0)"]).workspaceBytes }
    let first = zip(bytes, bytes.dropFirst()).map { Double($1 - $0) }
    let second = zip(first, first.dropFirst()).map { abs($1 - $0) }
    #expect(first.allSatisfy { $0 > 0 })
    for (change, slope) in zip(second, first) { #expect(change <= 0.02 * slope, "\(bytes)") }
  }
}
