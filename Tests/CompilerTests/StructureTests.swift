import CodegenC
import Compiler
import NNIR
import Passes
import Testing

/// What is left of DenseNet-BC-100-12 (batch 64) when the compiler is done with a training step.
///
/// Counts follow from the network: a stem, three blocks of 16 layers with two convolutions each, two transitions.
@Suite struct StructureTests {
  private static let layers = 48
  private static let step = Result { try TrainingStep.denseNet() }

  /// Of each layer eight copies of op-by-op execution are spared: two operands of the concatenation and two of its
  /// moments, forward; the two parts that their gradients are cut into, backward.
  @Test func nothingIsConcatenatedOrCutOut() throws {
    let step = try Self.step.get()
    let report = CopyReport(step.program, plan: step.plan)
    #expect(report.remaining.map { "\($0.value) \($0.operation): \($0.reason)" } == [])
    #expect(report.removed == 8 * Self.layers)
    #expect(step.plan.keptCopies.isEmpty && step.plan.removedCopies == 8 * Self.layers)
    // whatever the rows claim to be for: no kernel but these moves elements without computing
    let kernels = Set(step.program.rows.map(\.kernel.name)).filter { $0.contains("copy") || $0.contains("concat") }
    #expect(kernels.sorted() == [])
  }

  /// The feature maps are the results of the forward convolutions: 24 channels of the stem, 48 and 12 of each layer, and
  /// (24 + 16·12)/2 = 108 and (108 + 16·12)/2 = 150 of the transitions.
  @Test func momentsAreComputedOncePerFeatureMap() throws {
    let graph = try Self.step.get().graph
    let loss = try #require(graph.output("loss"))
    let maps = graph.ids.filter { id in
      if case .convolution = graph[id].op { id < loss } else { false }
    }
    let moments = graph.ids.filter { id in
      if case .moments = graph[id].op { true } else { false }
    }
    let normalized = moments.map { graph[$0].inputs[0] }
    #expect(normalized.sorted() == maps.sorted())
    #expect(maps.count == 1 + 2 * Self.layers + 2)
    #expect(normalized.reduce(0) { $0 + graph[$1].type.bound[1] } == 24 + (48 + 12) * Self.layers + 108 + 150)
    // in the loop nest of the convolution itself, so that nothing is read for them
    for (map, id) in zip(normalized, moments) { #expect(graph[id].fusion == .store(into: map), "\(graph.line(id))") }
    // one sum for each feature map: no row computes moments of something it has to read
    #expect(step(rows: ["moments"]) == [:])
  }

  /// Every loop nest over images that is no convolution, pool or view; there is none, not even at the transitions.
  @Test func nothingStandsAloneBetweenConvolutions() throws {
    #expect(step(rows: nil) == [:])
    // nor does any loop nest write what lies between a convolution and the next norm's statistics; the gradient of a norm's
    // operand is what a gradient slice holds, and is written where nothing is added to it
    let step = try Self.step.get()
    let written = Set(step.program.rows.flatMap { $0.writes.map(\.content) })
    let found = step.graph.ids.filter { id in
      switch step.graph[id].op {
      case .normalize, .relu, .reluGradient: written.contains(.value(id))
      default: false
      }
    }
    // what the global average pool's gradient passes on is cut by the last ReLU before it is summed
    #expect(found.map(step.graph.line) == [])
  }

  /// How many rows over images belong to each operation; of the operations named, or of all but the ones that have a loop
  /// nest by right.
  private func step(rows named: Set<String>?) -> [String: Int] {
    guard let step = try? Self.step.get() else { return ["no step": 1] }
    let own: Set = [
      "convolution", "convolution_backward_data", "convolution_backward_weights", "average_pool",
      "average_pool_gradient", "global_average_pool", "global_average_pool_gradient",
    ]
    var found: [String: Int] = [:]
    for row in step.program.rows {
      guard let value = row.value else { continue }
      let node = step.graph[value]
      // what a row walks: its result, or what it sums
      let walked = [node.type] + node.inputs.map { step.graph[$0].type }
      guard walked.contains(where: { $0.rank == 4 && $0.bound[0] == step.batch }) else { continue }
      guard named?.contains(node.op.mnemonic) ?? !own.contains(node.op.mnemonic) else { continue }
      found[node.op.mnemonic, default: 0] += 1
    }
    return found
  }

  /// Every operand of every row, read or written once. With every optional pass off it is 398 MB, and no less than 77 MB is possible
  /// when each convolution reads and writes its operands once and everything else is free.
  @Test func trafficOfAnImage() throws {
    let step = try Self.step.get()
    let traffic = step.program.trafficBytes / step.batch
    #expect(traffic <= 110_000_000 && traffic >= 77_000_000, "\(traffic)")
  }
}
