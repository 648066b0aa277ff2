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

  /// Networks on 32×32 enter bands with the image and leave them before the mean over all positions. On 224×224, maps of
  /// 7×7 cannot be halved: DenseNet-121 leaves bands before the last transition's pool, with 1 + 2·16 + 7·7 operations on
  /// whole maps (stem, last block, last transition); the stem and a pool with overlapping windows come before them.
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

  /// 32, 16 and 8 lines have no thirds; a network that computes in bands nowhere is not touched.
  @Test func linesThatCannotBeSharedStayTogether() throws {
    let (ops, _) = count(try inference("densenet", ["depth=10"], PassOptions(bands: Bands(3))))
    #expect(ops["split_bands"] == nil && ops["join_bands"] == nil)
  }
}
