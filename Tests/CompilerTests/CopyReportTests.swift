import CodegenC
import Compiler
import NNIR
import Passes
import Testing

/// Copies that no plan can avoid, with the reason and the line of the model that makes them necessary.
@Suite struct CopyReportTests {
  private func entry(_ body: String) throws -> InspectedEntry {
    let text = """
      nnir 1 name "copies" stage raw
      %0 = input : f32[N,2,4,4]
      %1 = parameter name "w" init [he_normal, fan_out] : f32[3,2,3,3]
      %2 = convolution %0 %1 strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1 @ "net.swift":2
      %3 = parameter name "v" init [he_normal, fan_out] : f32[3,2,3,3]
      %4 = convolution %0 %3 strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1 @ "net.swift":3
      \(body)
      """
    return try Summary(try typeCheck(Graph(parsing: text, file: "copies.nnir")), batch: 2).inference
  }

  private func described(_ copies: [CopyReport.Copy]) -> [String] {
    copies.map { "\($0.operation) \($0.origin?.description ?? "") \($0.bytes): \($0.reason)" }
  }

  /// Born in one half; the other half is a copy of 2 images · 3 channels · 16 positions · 4 bytes.
  @Test func aValueBesideItself() throws {
    let entry = try entry(
      """
      %5 = concat %2 %2 axis 1 @ "net.swift":4
      %6 = global_average_pool %5
      output "y" %6
      """)
    #expect(
      described(entry.copies.remaining) == ["concat net.swift:4 384: it stands in the same concatenation twice"])
    #expect(entry.copies.removed == 1)
    let copy = try #require(entry.copies.remaining.first)
    #expect(copy.operand.map { entry.plan.graph[$0].origins } == [Origin(file: "net.swift", line: 2)])
  }

  /// a b and b a fit into one stretch of memory b a b, with a copy of one value where two would be needed apart.
  @Test func twoOrdersOfTheSameValues() throws {
    let entry = try entry(
      """
      %5 = concat %2 %4 axis 1 @ "net.swift":4
      %6 = concat %4 %2 axis 1 @ "net.swift":5
      %7 = global_average_pool %5
      %8 = global_average_pool %6
      %9 = add %7 %8
      output "y" %9
      """)
    #expect(
      described(entry.copies.remaining) == [
        "concat net.swift:4 384: it already has another place in the same memory"
      ])
    #expect(entry.copies.removed == 3)
  }

  /// Zeros around a value are written together with it.
  @Test func padding() throws {
    let entry = try entry(
      """
      %5 = pad %2 before [0, 1, 0, 0] after [0, 0, 0, 0] @ "net.swift":4
      %6 = global_average_pool %5
      output "y" %6
      """)
    #expect(described(entry.copies.remaining) == ["pad net.swift:4 512: zeros are written around it"])
  }

  /// The input lies where the caller put it.
  @Test func theCallersMemory() throws {
    let entry = try entry(
      """
      %5 = concat %0 %2 axis 1 @ "net.swift":4
      %6 = global_average_pool %5
      output "y" %6
      """)
    #expect(described(entry.copies.remaining) == ["concat net.swift:4 256: it lies in memory of the caller"])
    #expect(entry.copies.removed == 1)
  }

  /// Reasons come from the planner for every operand that is copied together, cut out or seen in another shape.
  @Test func everyKeptCopyHasTheReasonOfThePlanner() throws {
    let entry = try entry(
      """
      %5 = concat %2 %2 %4 axis 1 @ "net.swift":4
      %6 = concat %4 %2 %0 axis 1 @ "net.swift":5
      %7 = global_average_pool %5
      %8 = global_average_pool %6
      %9 = concat %7 %8 axis 1 @ "net.swift":6
      output "y" %9
      """)
    #expect(entry.copies.remaining.count == entry.plan.keptCopies.count)
    for kept in entry.plan.keptCopies {
      #expect(
        entry.copies.remaining.contains {
          $0.value == kept.value && $0.operand == kept.operand && $0.reason == kept.reason && $0.bytes == kept.bytes
        }, "\(kept)")
    }
  }
}

/// What gates cost in copies.
@Suite struct JoinTests {
  /// Where its gate is open a join is what the block computed, and where it is; running statistics are updated in place
  /// or not at all.
  @Test func openBlocksMoveNothing() throws {
    let step = try TrainingStep(Examples.load("resnet", ["depth=14", "survival=0.5"]), batch: 8)
    let copies = CopyReport(step.program, plan: step.plan).remaining
    let open = copies.filter { copy in
      guard copy.operation == "join" else { return false }
      return step.graph[copy.value].inputs[0] == copy.operand
    }
    #expect(open.map { "\(step.graph.line($0.value)): \($0.reason)" } == [])
    #expect(copies.filter { $0.operation == "delivery" }.map { step.graph.line($0.value) } == [])
  }
}

/// Values that may not be parts of wider ones.
@Suite struct StrideTests {
  /// Kernels that sum along the last axis take their operand in one piece; the gradients of a concatenation and of a padding
  /// are parts of a wider one, so they are cut out. Both networks were found at random.
  @Test(arguments: ["concat %2 %2 axis 1", "pad %2 before [0, 0, 0, 0] after [0, 1, 0, 0]"])
  func sumsAlongAnotherAxisReadOnePiece(_ wide: String) throws {
    let text = """
      nnir 1 name "sums" stage raw
      recipe loss mean_squared_error optimizer [sgd, 0.0, 0.0, false, 0.0] learning_rate [0.1, constant, 0.0, 0.0] batch 2 \
      epochs 1 augmentation [] normalization per_channel validation 0.0
      %0 = input : f32[N,1,1,1]
      %1 = parameter name "bias" init [constant, 0.5] : f32[1]
      %2 = add_channel %0 %1 axis 3
      %3 = \(wide)
      output "y" %3
      """
    let step = try TrainingStep(Graph(parsing: text, file: "sums.nnir"), batch: 2)
    let sums = step.graph.ids.filter { step.graph[$0].op == .sumToChannel(axis: 3) }
    #expect(sums.count == 1)
    for id in sums {
      let operand = step.graph[id].inputs[0]
      #expect(step.plan.locations[operand.index] != nil && step.plan.runs[operand.index] == nil)
    }
  }
}

/// Blocks that are decided before anything runs.
@Suite struct ElisionTests {
  /// Expected: p_l = 1 − l/3·(1 − p_L) for three blocks of a ResNet-8, so the last one alone has p_L.
  @Test func blocksAreCountedByWhatBecomesOfThem() throws {
    func figures(_ settings: String, drop: [String] = []) throws -> Summary.Figures {
      let raw = try droppingBlocks(drop, from: Examples.load("resnet", ["depth=8", settings]))
      return try Summary(try typeCheck(raw), of: raw, batch: 2).figures
    }
    let plain = try figures("survival=1")
    #expect(plain.gatedBlocks == 0 && plain.certainBlocks == 3 && plain.elidedBlocks == [])
    let gated = try figures("survival=0.5", drop: ["stage2.block1"])
    #expect(gated.gatedBlocks == 2 && gated.certainBlocks == 0 && gated.elidedBlocks == ["stage2.block1"])
    let never = try figures("survival=0")
    #expect(never.gatedBlocks == 2 && never.elidedBlocks == ["stage3.block1"])
    // what is elided costs nothing
    #expect(try #require(gated.trainingMultiplyAdds) < #require(plain.trainingMultiplyAdds))
    #expect(never.inferenceMultiplyAdds < plain.inferenceMultiplyAdds)
  }
}
