import CodegenC
import Foundation
import Interpreter
import NNIR
import Passes
import Testing

/// Every operation, compiled, against the interpreter in Double on the same numbers.
@Suite struct DifferentialTests {
  @Test func everyOperationHasARow() {
    let covered = Set(OpCases.all.flatMap { $0.graph.nodes.map(\.op.mnemonic) })
    // batch_norm is split or folded before lowering, and the verifier refuses it from the stage step on
    let missing = Op.mnemonics.filter { !covered.contains($0) && $0 != "batch_norm" }
    #expect(missing.isEmpty, "operations without a differential row: \(missing)")
  }

  @Test func agreesWithTheInterpreter8() throws { try check(lanes: 8) }
  @Test func agreesWithTheInterpreter16() throws { try check(lanes: 16) }

  /// Results over their operands where the traits allow it give the same numbers.
  @Test func agreesInPlace() throws { try check(lanes: 8, inPlace: true) }

  /// Tiles that no rule would choose give the same numbers: whatever a tuning file says is right, only not as fast.
  @Test(arguments: 1...4) func agreesWithAnyTiles(seed: Int) throws {
    try check(lanes: seed % 2 == 0 ? 8 : 16, tunedBy: UInt64(seed))
  }

  private func check(lanes: Int, inPlace: Bool = false, tunedBy seed: UInt64? = nil) throws {
    let cases = OpCases.all.filter {
      (!inPlace || $0.graph.nodes.contains { $0.op.traits.inPlace != nil })
        && (seed == nil || $0.graph.nodes.contains { $0.op.isTuned })
    }
    let plans = cases.map { Plan.naive($0.graph, inPlace: inPlace) }
    var options = CodegenOptions(name: "ops", lanes: lanes)
    if let seed {
      options.tuning = anyTuning(plans, seed: seed)
      // several cases are of one problem, and depthwise convolutions of none
      #expect(options.tuning.count >= cases.count / 4)
    }
    let artefact = try Artefact(plans, options: options)
    for (index, item) in cases.enumerated() {
      let memory = Memory(plans[index], artefact.programs[index], item.feeds)
      try artefact.run(index, memory)
      let wanted = try interpretDouble(item.graph, item.feeds)
      for id in item.graph.ids where item.graph[id].op.isSource == false {
        guard let value = wanted[id], let place = plans[index].locations[id.index] else { continue }
        // packed weights lie as the target wants them; what reads them is compared
        if case .packWeights = item.graph[id].op { continue }
        // a chain in place keeps its last value only
        if inPlace, plans[index].locations[(id.index + 1)...].contains(place) { continue }
        judge(memory.floats(at: place, count: value.count), value.elements, item)
        if place.arena == .workspace {
          let zone = memory.bytes(
            at: Location(.workspace, place.offset + value.count * 4), count: redZone - 4)
          #expect(zone.allSatisfy { $0 == 0xff }, "\(item.name): wrote after its result")
        }
      }
    }
  }

  private func judge(_ found: [Float], _ wanted: [Double], _ item: OpCase) {
    let scale = wanted.filter(\.isFinite).map(\.magnitude).max() ?? 0
    var worst = 0.0
    for (index, (x, y)) in zip(found, wanted).enumerated() {
      let same = (x.isNaN && y.isNaN) || Double(x) == y
      switch item.judgement {
      case .exact:
        if !same {
          Issue.record("\(item.name): element \(index): expected \(y), found \(x)")
          return
        }
      case .relative(let bound):
        let error = same ? 0 : abs(Double(x) - y) / max(y.magnitude + scale, .leastNormalMagnitude)
        worst = max(worst, error.isNaN ? .infinity : error)
        if !(error <= bound) {
          Issue.record("\(item.name): element \(index): expected \(y), found \(x), error \(error) above \(bound)")
          return
        }
      }
    }
  }
}
