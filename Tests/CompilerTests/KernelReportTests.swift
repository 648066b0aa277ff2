import CodeAudit
import Compiler
import Foundation
import NNIR
import Passes
import Runtime
import Testing

/// What clang makes of the kernels. Code for AVX2 and AVX-512 is compiled and read on any machine, not run.
@Suite(.enabled(if: MachineCode.unavailable == nil, "libLLVM is not installed")) struct KernelReportTests {
  /// The smallest DenseNet-BC with every kind of layer: inference and a training step.
  private static func report(_ target: CompilationTarget) throws -> KernelReport {
    try report(target, of: Examples.load("densenet", ["depth=10", "growth=12"]))
  }

  private static func report(
    _ target: CompilationTarget, of network: Graph, math: MathMode = .exact
  ) throws -> KernelReport {
    let points = [EntryPoint(.infer, batch: 4), EntryPoint(.train, batch: 4)]
    return try auditKernels(
      network, options: BuildOptions(entries: points, target: target, passes: PassOptions(math: math)))
  }

  private static let separable = #"""
    import NNCC

    @main struct Separable: Network {
      var classes = 4
      var channels = 3, height = 16, width = 16

      var recipe: Recipe { Recipe(optimizer: .sgd(momentum: 0.9), learningRate: .constant(0.05), batch: 4, epochs: 1) }

      func callAsFunction(_ image: Tensor) -> Tensor {
        var x = image.conv2d(8, kernel: 3, name: "stem").batchNorm(name: "first").relu()
        for stride in [1, 2] {
          x = x.conv2d(8, kernel: 3, stride: stride, groups: 8, name: "depthwise\(stride)").relu()
        }
        return x.globalAveragePool().linear(classes, name: "classifier")
      }
    }
    """#

  /// The same of kernels that no layer of a DenseNet in exact arithmetic has: depthwise ones, and Winograd's in
  /// fast arithmetic. The transform of its results holds 24 vectors at once, on the way from 36 to 16, and is no tile.
  @Test(arguments: [CompilationTarget.x86v3, .x86v4]) func otherTilesNeither(_ target: CompilationTarget) throws {
    let directory = try TemporaryDirectory()
    let file = directory.path + "/separable.swift"
    try Self.separable.write(toFile: file, atomically: true, encoding: .utf8)
    let depthwise = try Self.report(target, of: loadModel(file))
    let winograd = try Self.report(target, of: Examples.load("densenet", ["depth=10", "growth=12"]), math: .fast)
    for (report, tile, kernels) in [(depthwise, "depthwise_", 6), (winograd, "winograd_tile", 1)] {
      #expect(report.findings.filter { !$0.contains("winograd_lines") } == [])
      #expect(
        report.tiles.contains { $0.function.hasPrefix(tile) && $0.sums >= 8 && $0.vectorBits == report.vectorBits })
      let name = "kernel_" + tile.prefix { $0 != "_" }
      #expect(report.kernels.filter { $0.name.hasPrefix(name) && $0.multiplyAdds > 0 }.count >= kernels)
    }
  }

  /// Register tiles keep their sums in registers, with one fused multiply-add of full width for each.
  ///
  /// Seen to fail: with 8 rows a tile instead of 6 (`tileRows`), all tiles of 7 and 8 rows and the full width are found,
  /// on both targets, in each of the three families; dot products of 4×4 rows spilled for AVX2 until they were 4×3.
  @Test(arguments: [CompilationTarget.x86v3, .x86v4]) func tilesNeitherSpillNorLoseMultiplyAdds(
    _ target: CompilationTarget
  ) throws {
    let report = try Self.report(target)
    #expect(report.findings == [])
    // there is something to find: a tile of at least 12 sums, which is what two multiply-adds a cycle of 4 cycles and
    // more take
    #expect(report.tiles.contains { $0.sums >= 12 && $0.vectorBits == report.vectorBits })
    // what multiplies at all multiplies in a tile, with full vectors
    for kernel in report.kernels where kernel.multiplyAdds > 0 {
      #expect(!kernel.tiles.isEmpty && kernel.vectorBits == report.vectorBits, "\(kernel.name)")
    }
  }

  /// Rows, lines and multiply-adds against the model: its lines from the example's text, its cost from the graphs.
  @Test func kernelsAreJoinedToTheModel() throws {
    let report = try Self.report(.x86v3)
    let raw = try Examples.load("densenet", ["depth=10", "growth=12"])
    let summary = try Summary(try typeCheck(raw), batch: 4)
    let training = try #require(summary.figures.trainingMultiplyAdds)
    let counted = report.kernels.reduce(0) { $0 + $1.multiplyAdds }
    #expect(counted == 4 * (summary.figures.inferenceMultiplyAdds + training))
    let rows = summary.inference.program.rows.count + (summary.training?.program.rows.count ?? 0)
    let prepared = report.kernels.reduce(0) { $0 + $1.rows } - rows
    #expect(prepared > 0 && prepared < rows, "preparation has the rest")
    // the stem, the dense blocks, the transitions and the classifier
    let multiplied = Set(report.kernels.filter { $0.multiplyAdds > 0 }.flatMap(\.lines))
    #expect(multiplied == ["densenet.swift:29", "densenet.swift:31", "densenet.swift:34", "densenet.swift:37"])
    // sorted by work
    #expect(report.kernels.map(\.multiplyAdds) == report.kernels.map(\.multiplyAdds).sorted(by: >))
    #expect(report.kernels.contains { $0.vectorizedLoops > 0 })
    let names = Set(report.kernels.map(\.name) + report.tiles.map(\.function))
    #expect(report.remarks.contains { names.contains($0.function) && ($0.line ?? 0) > 0 })
  }

  /// Kernels stand in several units, some of which have the same tiles; the report is that of one unit.
  @Test func unitsMakeNoDifference() throws {
    let network = try Examples.load("densenet", ["depth=10", "growth=12"])
    let several = BuildOptions(entries: [EntryPoint(.train, batch: 4)], target: .x86v3)
    var one = several
    one.unitBytes = nil
    let reports = try [several, one].map { try auditKernels(network, options: $0) }
    func tiles(_ report: KernelReport, shared: Bool) -> [String] {
      report.tiles.filter { $0.kernels.count > 1 || !shared }.map(\.function)
    }
    // copies of a tile may differ in what their callers leave constant; they do what the one does
    #expect(Set(tiles(reports[0], shared: false)) == Set(tiles(reports[1], shared: false)))
    #expect(tiles(reports[0], shared: true).contains { $0.hasPrefix("strip_tile_") })
    for (cut, whole) in zip(reports[0].kernels, reports[1].kernels) {
      #expect(cut.multiplyAdds == whole.multiplyAdds && cut.vectorBits == whole.vectorBits, "\(cut.name)")
      #expect(cut.tileSpills == 0 && whole.tileSpills == 0, "\(cut.name)")
    }
    let files = Set(reports[0].remarks.map(\.file))
    #expect(files.count > 1 && files.allSatisfy { $0.hasPrefix("dense_net") && $0.hasSuffix(".c") }, "\(files)")
    #expect(reports[0].kernels.map(\.name) == reports[1].kernels.map(\.name))
    #expect(reports[0].kernels.map(\.tiles) == reports[1].kernels.map(\.tiles))
    #expect(reports[0].bytes > reports[1].bytes, "the units have something twice")
  }

  /// The code that is looked at is the code that is linked: same functions, same instructions.
  @Test func recordsChangeNothing() throws {
    let raw = try Examples.load("densenet", ["depth=10", "growth=12"])
    let options = BuildOptions(entries: [EntryPoint(.train, batch: 4)], target: .x86v3)
    let directory = try TemporaryDirectory()
    let artefact = try build(raw, options: options, into: directory.path)
    let linked = try MachineCode(path: artefact.library.path).functions
    let source = artefact.model.source
    let builder = try SharedLibraryBuilder(target: .x86v3, jobs: 1)
    let objects = try builder.recordedObjects(
      units: source.units.map { CompilationUnit(name: $0.name, source: $0.text) },
      headers: [CompilationUnit(name: source.header.name, source: source.header.text)])
    #expect(objects.allSatisfy { !$0.records.isEmpty })
    let seen = try objects.flatMap { try MachineCode(bytes: $0.object, file: $0.unit).functions }
    #expect(seen.map(\.name) == linked.map(\.name) && seen.count > 20)
    let changed = zip(seen, linked).filter { $0.instructions.map(\.mnemonic) != $1.instructions.map(\.mnemonic) }
    #expect(changed.map(\.0.name) == [])
  }
}
