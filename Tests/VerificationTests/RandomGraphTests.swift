import Compiler
import NNIR
import Testing
import Verification

/// The generator of random networks: what it makes is valid, repeatable, and has everything that users can write.
@Suite struct RandomGraphTests {
  private static let graphs: [Graph] = (0..<400).map { FuzzCase(number: $0, seed: 7).graph }

  /// Expected: the type checker, which knows nothing of the generator, accepts each.
  @Test func everyGraphIsValid() throws {
    for graph in Self.graphs {
      #expect(throws: Never.self, "\(graph.text)") { _ = try typeCheck(graph) }
      for node in graph.nodes {
        guard case .batchNorm = node.op, let batch = graph.recipe?.batch else { continue }
        let extents = node.type.binding(batch: batch).bound
        #expect(extents.reduce(1, *) / extents[1] >= 2, "statistics of one element: \(graph.text)")
      }
    }
  }

  @Test func textIsReadBack() throws {
    for graph in Self.graphs.prefix(100) { #expect(try Graph(parsing: graph.text, file: "random.nnir") == graph) }
  }

  /// The second time from another thread of the sequence, so that no hidden state is shared.
  @Test func seedDecidesEverything() {
    #expect(FuzzCase(number: 17, seed: 7).graph == Self.graphs[17])
    #expect(FuzzCase(number: 17, seed: 8).graph != Self.graphs[17])
  }

  /// Expected: the limits that the issue names.
  @Test func sizesAreInRange() {
    let batches = Set(Self.graphs.compactMap { $0.recipe?.batch })
    #expect(batches.min() == 1 && batches.max() == 33)
    for graph in Self.graphs {
      let computing = graph.nodes.count { !$0.op.isSource }
      // a step may add a whole pattern, and the classifier comes last
      #expect((1...60).contains(computing), "\(computing) nodes")
      let input = graph.extentsWithoutBatch(graph.first(.input))
      #expect(input.dropFirst().allSatisfy { (1...7).contains($0) })
    }
    let typical = Self.graphs.count { (5...40).contains($0.nodes.count { !$0.op.isSource }) }
    #expect(typical > 350, "\(typical) of 400 have 5 to 40 computing nodes")
  }

  /// Expected: the operations that the switch below and the list say users can write.
  @Test func everyOperationOccurs() {
    var seen: Set<String> = []
    for graph in Self.graphs {
      for node in graph.nodes {
        seen.insert(node.op.mnemonic)
        #expect(Self.isWritten(node.op), "\(node.op.mnemonic)")
      }
    }
    #expect(seen.sorted() == Self.written)
  }

  @Test func patternsOccur() {
    func count(_ has: (Graph, Node) -> Bool) -> Int {
      Self.graphs.count { graph in graph.nodes.contains { has(graph, $0) } }
    }
    func isConcat(_ node: Node) -> Bool { if case .concat = node.op { true } else { false } }
    #expect(
      count { graph, node in isConcat(node) && node.inputs.contains { isConcat(graph[$0]) } } > 40, "nested concats")
    #expect(count { isConcat($1) && Set($1.inputs).count < $1.inputs.count } > 10, "an operand joined twice")
    #expect(count { if case .concat(let axis) = $1.op { axis > 1 && $0.nodes.count > 0 } else { false } } > 10)
    #expect(count { if case .convolution(let geometry) = $1.op { geometry.groups > 1 } else { false } } > 20)
    #expect(
      count { if case .convolution(let geometry) = $1.op { geometry.padBegin != geometry.padEnd } else { false } } > 20)
    let shared = Self.graphs.count { graph in
      let normalized = graph.nodes.compactMap { node -> ValueID? in
        if case .batchNorm = node.op { node.inputs[0] } else { nil }
      }
      return Set(normalized).count < normalized.count
    }
    #expect(shared > 20, "one value under several norms")
    #expect(Self.graphs.contains { $0.results.count > 1 })
  }

  private static let written = [
    "add", "add_channel", "average_pool", "batch_norm", "concat", "convolution", "dropout", "global_average_pool",
    "input", "join", "linear", "matmul", "max_pool", "multiply", "multiply_channel", "pad", "parameter",
    "reciprocal_square_root", "relu", "reshape", "scale", "sigmoid", "slice", "softmax", "state", "step_number",
    "subtract", "tanh",
  ]

  /// What users can write; a new operation has to say here which it is.
  private static func isWritten(_ op: Op) -> Bool {
    switch op {
    case .input, .parameter, .state, .stepNumber, .relu, .sigmoid, .tanh, .scale, .reciprocalSquareRoot, .add,
      .subtract, .multiply, .multiplyChannel, .addChannel, .dropout, .convolution, .linear, .matmul, .maxPool,
      .averagePool, .globalAveragePool, .concat, .slice, .pad, .reshape, .join, .batchNorm,
      .softmax:
      true
    case .labels, .target, .slot, .prepared, .fill, .learningRate, .reluGradient, .sigmoidGradient, .tanhGradient,
      .convolutionBackwardData, .convolutionBackwardWeights, .packWeights, .winogradWeights, .winogradConvolution,
      .splitBands, .joinBands, .sumToChannel,
      .maxPoolGradient, .averagePoolGradient,
      .clampChannel, .clampForm,
      .globalAveragePoolGradient, .moments, .normalize, .normalizeReduce, .normalizeMomentsGradient,
      .normalizeInputGradient, .momentsGradient, .selectMoment, .runningMean, .runningVariance, .softmaxCrossEntropy,
      .softmaxCrossEntropyGradient, .meanSquaredError, .meanSquaredErrorGradient, .sgdMomentum, .sgdParameter,
      .adamFirstMoment, .adamSecondMoment, .adamParameter:
      false
    }
  }
}
