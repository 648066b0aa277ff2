import CodegenC
import Compiler
import NNIR
import Passes
import Testing

/// Which parts of networks compute in bands of lines.
@Suite struct BandsTests {
  /// Operations of a graph by mnemonic, and how many convolutions are of bands.
  private func count(_ graph: Graph) -> (ops: [String: Int], inBands: Int) {
    var ops: [String: Int] = [:]
    var inBands = 0
    for node in graph.nodes {
      ops[node.op.mnemonic, default: 0] += 1
      if case .convolution(let geometry) = node.op, geometry.bands > 1 { inBands += 1 }
    }
    return (ops, inBands)
  }

  private func inference(_ name: String, _ settings: [String], batch: Int = 1, _ options: PassOptions = PassOptions())
    throws -> Graph
  {
    try specialize(
      try typeCheck(Examples.load(name, settings)), for: EntryPoint(.infer, batch: batch), options: options)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var settings: [String] = []
    var split: Int
    var join: Int
    var whole: Int
    var testDescription: String { "\(name) \(settings)" }
  }

  /// Networks on 32×32 enter bands with the image and leave them before the mean over all positions. On 224×224 a pool with
  /// overlapping windows comes behind the stem, and maps of 7×7 cannot be halved: the convolutions on whole maps of
  /// DenseNet-121 are the stem, that of the last transition, whose pool leaves 7×7, and two for each of the last 16 layers.
  @Test(arguments: [
    Case(name: "densenet", split: 1, join: 1, whole: 0),
    Case(name: "resnet", settings: ["depth=20"], split: 1, join: 1, whole: 0),
    Case(name: "imagenet_densenet", split: 1, join: 1, whole: 1 + 1 + 2 * 16),
    // the last stage: three blocks of three convolutions and a shortcut, without the first, which still reads 14×14; what
    // its second convolution and its shortcut read is joined
    Case(name: "imagenet_resnet", split: 1, join: 2, whole: 1 + 3 * 3 + 1 - 1),
  ])
  func wholeNetworksComputeInBands(_ item: Case) throws {
    let (ops, inBands) = count(try inference(item.name, item.settings))
    #expect(ops["split_bands"] == item.split)
    #expect(ops["join_bands"] == item.join)
    #expect(inBands == ops["convolution", default: 0] - item.whole)
  }

  /// Images of a batch are for different threads, and a pass that is switched off does nothing.
  @Test func batchesAndSwitchedOffPassesHaveNone() throws {
    for (batch, options) in [
      (2, PassOptions()), (1, PassOptions(disabled: ["split-bands"])), (1, PassOptions(bands: .none)),
    ] {
      let (ops, inBands) = count(try inference("densenet", ["depth=10"], batch: batch, options))
      #expect(ops["split_bands"] == nil && ops["join_bands"] == nil && inBands == 0)
    }
  }

  /// Entry points share what `prepare` packs and transforms, so that nothing of it may depend on the batch or on bands;
  /// compiling says so by failing.
  @Test(arguments: [MathMode.exact, .fast]) func entriesShareTheirPreparation(math: MathMode) throws {
    let raw = try Examples.load("resnet", ["depth=20"])
    let plain = try inference("resnet", ["depth=20"], PassOptions(bands: .none))
    var tuning = Tuning()
    for node in plain.nodes {
      guard let problem = ConvolutionProblem(node, in: plain) else { continue }
      tuning[TuningProblem(problem)] = TuningChoice(algorithm: problem.permits(.lanes) ? .lanes : .winograd4)
    }
    let entries = [EntryPoint(.infer, batch: 1), EntryPoint(.infer, batch: 4), EntryPoint(.train, batch: 2)]
    let model = try lowerModel(
      raw, options: BuildOptions(entries: entries, passes: PassOptions(math: math), tuning: tuning),
      codegen: CodegenOptions(name: "r", tuning: tuning))
    for entry in model.entries {
      let kernels = entry.program.rows.map(\.kernel.name)
      // the stem and two convolutions for each of nine blocks, all with 16 outputs or more
      #expect(kernels.count { $0 == "convolution_lanes" } == 1 + 2 * 9)
      #expect(kernels.contains("bands") == (entry.point == EntryPoint(.infer, batch: 1)))
    }
  }

  /// 32, 16 and 8 lines have no thirds; a network that computes in bands nowhere is not touched.
  @Test func linesThatCannotBeSharedStayTogether() throws {
    let (ops, _) = count(try inference("densenet", ["depth=10"], PassOptions(bands: Bands(3))))
    #expect(ops["split_bands"] == nil && ops["join_bands"] == nil)
  }
}
