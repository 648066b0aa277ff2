import Compiler
import Passes
import Runtime
import Testing

/// Fused kernels of whole networks, each in a file of its own. A helper that only a neighbour calls would be one too many
/// there, and one that only a neighbour brings along would be missing; clang says so. `KernelUnitsTests` does the same for
/// kernels of single operations.
@Suite struct UnitsTests {
  @Test(arguments: ["densenet", "resnet"], [CompilationTarget.x86v3, .x86v4])
  func everyKernelCompilesAlone(_ example: String, _ target: CompilationTarget) throws {
    var options = BuildOptions(
      entries: [EntryPoint(.infer, batch: 1), EntryPoint(.train, batch: 4)], target: target, optimization: "-O0",
      passes: PassOptions(math: .fast))
    options.unitBytes = 1
    let directory = try TemporaryDirectory()
    let artefact = try build(
      Examples.load(example, [example == "densenet" ? "depth=10" : "depth=8"]), options: options, into: directory.path)
    #expect(artefact.model.source.units.count > 30)
  }
}
