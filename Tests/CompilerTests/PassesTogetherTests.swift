import ArtefactABI
import Compiler
import Interpreter
import NNIR
import Passes
import Testing
import Verification

/// All passes together against none but those that a step cannot do without, in double precision.
@Suite struct PassesTogetherTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var example: String
    var settings: [String]
    var gates: [Bool]?
    var testDescription: String { "\(example) \(settings.joined(separator: " ")) \(gates.map { "\($0)" } ?? "")" }
  }

  private static let residual = ["depth=8", "survival=0.5", "height=8", "width=8"]

  static let cases = [
    Case(example: "densenet", settings: ["depth=16", "growth=4", "height=8", "width=8"]),
    Case(example: "densenet", settings: ["depth=16", "growth=3", "height=8", "width=8", "dropout=0.2"]),
    Case(example: "densenet", settings: ["bottleneck=false", "depth=10", "growth=5", "height=8", "width=8"]),
    Case(example: "resnet", settings: residual, gates: [true, true, true]),
    Case(example: "resnet", settings: residual, gates: [false, true, false]),
    Case(example: "resnet", settings: residual, gates: [true, false, true]),
    Case(example: "resnet", settings: residual, gates: [false, false, false]),
  ]

  /// Loss, logits, all gradients, running statistics, to 1e-9 of each one's norm.
  @Test(arguments: cases) func stepIsTheSame(_ item: Case) throws {
    let typed = try typeCheck(Examples.load(item.example, item.settings))
    var feeds = Sample(for: typed, batch: 3, seed: 11).feeds
    feeds.gates = item.gates
    let optional = Set(Pipeline.passes.filter { !$0.required }.map(\.name))
    for mode in [Manifest.Mode.gradient, .train, .infer] {
      let point = EntryPoint(mode, batch: 3)
      let off = try specialize(typed, for: point, options: PassOptions(disabled: optional))
      let expected = Deliveries(try interpretDouble(off, feeds))
      let names = expected.values.map(\.name)
      if mode != .infer {
        #expect(names.contains("output loss"))
        #expect(
          names.count { $0.hasPrefix("state ") || $0.hasPrefix("output state.") } == typed.states.count, "\(mode)")
      }
      if mode == .gradient { #expect(names.count { $0.hasPrefix("gradient ") } == typed.parameters.count) }
      for recompute in mode == .infer ? [Recompute.none] : Recompute.allCases {
        for math in [MathMode.exact, .everywhere] {
          let on = try specialize(typed, for: point, options: PassOptions(recompute: recompute, math: math))
          try #require(on != off)
          compare(
            Deliveries(try interpretDouble(on, feeds)), expected,
            "\(mode.rawValue), recompute \(recompute.rawValue), math \(math.rawValue)")
        }
      }
    }
  }

  private func compare(_ found: Deliveries, _ expected: Deliveries, _ what: String) {
    #expect(found.values.map(\.name).sorted() == expected.values.map(\.name).sorted())
    let bounds = expected.formulaBounds
    for (name, elements) in expected.values {
      let comparison = Comparison(name, expected: elements, found: found[name] ?? [], bound: bounds[name] ?? 0)
      #expect(comparison.passed, "\(what): \(comparison)")
    }
  }
}
