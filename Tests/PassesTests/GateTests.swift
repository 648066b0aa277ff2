import Interpreter
import NNIR
import Passes
import Testing

/// Stochastic depth against networks whose blocks are written out or left out, in double precision to 1e-12.
@Suite struct GateTests {
  static let vectors: [[Bool]] = (0..<8).map { bits in (0..<3).map { bits >> $0 & 1 == 1 } }

  private func interpret(
    _ text: String, _ passes: [Pass], _ gates: [Bool]? = nil, mode: InterpretationMode = .training,
    options: PassOptions = PassOptions()
  ) throws -> Interpretation<Double> {
    let typed = try Networks.graph(text)
    var feeds = Networks.feeds(typed)
    for (_, name, _, type) in typed.states {
      feeds.states[name] = (0..<type.count).map { 0.5 + Double($0) / 4 }
    }
    feeds.gates = gates
    return try interpretDouble(try run(passes, on: typed, options: options), feeds, mode: mode)
  }

  private func expectEqual<Key: Hashable>(
    _ found: [Key: Interpreter.Tensor<Double>], _ expected: [Key: Interpreter.Tensor<Double>]
  ) {
    #expect(Set(found.keys) == Set(expected.keys))
    for (name, wanted) in expected {
      let values = found[name]?.elements ?? []
      let scale = max(wanted.elements.map(abs).max() ?? 0, 1e-3)
      #expect(
        values.count == wanted.count && zip(values, wanted.elements).allSatisfy { abs($0 - $1) <= 1e-12 * scale },
        "\(name)")
    }
  }

  /// Before any pass the interpreter itself defines what a gate does.
  @Test(arguments: vectors) func typedGraphLeavesClosedBlocksOut(_ gates: [Bool]) throws {
    let found = try interpret(GatedNetwork.text(), [], gates)
    expectEqual(found.outputs, try interpret(GatedNetwork.text(gates: gates), []).outputs)
  }

  /// Loss, gradients and running statistics; a block that is left out has gradient 0 and keeps its statistics.
  @Test(arguments: vectors) func gradientsAreThoseOfTheOpenBlocks(_ gates: [Bool]) throws {
    let passes = Pipeline.training(batch: 4, goal: .gradients)
    let found = try interpret(GatedNetwork.text(), passes, gates)
    let expected = try interpret(GatedNetwork.text(gates: gates), passes)
    let statistics = expected.outputs.keys.filter { $0.hasPrefix("state.") }
    expectEqual(found.outputs.filter { expected.outputs[$0.key] != nil }, expected.outputs)
    expectEqual(found.gradients, expected.gradients)
    #expect(statistics.count == 2 + 4 * gates.count { $0 })
    for (index, name) in GatedNetwork.names.enumerated() where !gates[index] {
      #expect(found.gradients["\(name).a.weight"]?.elements.allSatisfy { $0 == 0 } == true)
      #expect(
        found.outputs["state.\(name).b.running_var"]?.elements
          == [0.5, 0.75, 1, 1.25, 1.5].prefix(index == 0 ? 3 : 5).map { $0 })
    }
  }

  /// The recipe has Nesterov momentum and weight decay, which go on in a closed block with gradient 0.
  @Test(arguments: vectors) func optimizerRunsInClosedBlocksToo(_ gates: [Bool]) throws {
    let passes = Pipeline.training(batch: 4, goal: .update)
    let found = try interpret(GatedNetwork.text(), passes, gates)
    let expected = try interpret(GatedNetwork.text(gates: gates), passes)
    expectEqual(found.updatedParameters, expected.updatedParameters)
    expectEqual(found.updatedSlots, expected.updatedSlots)
    expectEqual(found.updatedStates.filter { expected.updatedStates[$0.key] != nil }, expected.updatedStates)
  }

  /// Expected: momentum 0.9·v + 1e-4·w, and w − 0.1·(1e-4·w + 0.9·v′), by hand.
  @Test func closedBlockDecaysByHand() throws {
    let typed = try Networks.graph(GatedNetwork.text())
    var feeds = Networks.feeds(typed)
    feeds.gates = [false, true, true]
    let result = try interpretDouble(try run(Pipeline.training(batch: 4, goal: .update), on: typed), feeds)
    let name = "block.1.b.weight"
    let w = try #require(feeds.parameters[name])
    let v = try #require(feeds.slots[SlotKey(name, .momentum)])
    let momentum = zip(v, w).map { 0.9 * $0 + 1e-4 * $1 }
    let next = zip(momentum, w).map { $1 - 0.1 * (1e-4 * $1 + 0.9 * $0) }
    for (found, wanted) in [
      (result.updatedSlots[SlotKey(name, .momentum)], momentum), (result.updatedParameters[name], next),
    ] {
      #expect(zip(try #require(found).elements, wanted).allSatisfy { abs($0 - $1) < 1e-15 })
    }
  }

  /// No pass may change anything, whatever the gates: the same as without any pass that can be switched off.
  @Test(arguments: vectors) func optionalPassesChangeNothing(_ gates: [Bool]) throws {
    let passes = Pipeline.training(batch: 4, goal: .gradients)
    let off = PassOptions(disabled: Set(passes.map(\.name)))
    let found = try interpret(GatedNetwork.text(), passes, gates)
    let expected = try interpret(GatedNetwork.text(), passes, gates, options: off)
    expectEqual(found.outputs, expected.outputs)
    expectEqual(found.gradients, expected.gradients)
  }

  /// Of a step, nothing but joins, sums with them and the optimizer may run for a closed block: everything that reads its
  /// weights or makes its gradients is under its gate.
  @Test func aBlocksWorkIsUnderItsGate() throws {
    let graph = try run(Pipeline.training(batch: 4, goal: .update), on: Networks.graph(GatedNetwork.text()))
    func count(_ gate: Int?, _ mnemonic: String) -> Int {
      graph.nodes.count { $0.gate == gate.map(Gate.init) && $0.op.mnemonic == mnemonic }
    }
    for gate in 0..<3 {
      #expect(count(gate, "convolution") == 2)
      #expect(count(gate, "convolution_backward_weights") == 2)
      #expect(count(gate, "convolution_backward_data") == 2)
      #expect(count(gate, "moments") == 2)
      #expect(count(gate, "running_variance") == 2)
      #expect(count(gate, "relu") == 2, "the block's last relu moves into the gate: its shortcut is nowhere negative")
      #expect(count(gate, "relu_gradient") == 2)
      #expect(count(gate, "add") >= 1)
    }
    for mnemonic in ["convolution", "moments", "relu"] { #expect(count(nil, mnemonic) == 1, "the stem's \(mnemonic)") }
    #expect(count(nil, "convolution_backward_weights") == 1)
    #expect(count(nil, "relu_gradient") == 1)
    // the stem's batch norm, whose statistics send something back too
    #expect(count(nil, "add") == 1)
    // of each block: 6 parameters, 4 statistics, its output and the gradient of its input; where the shortcut is not the
    // input itself, gradients of both
    #expect(count(nil, "join") == 3 * 12 + 1)
  }

  /// Expected: relu(x + p·f(x)), where the network with batch norms γ·p and β·p is written by hand.
  @Test func inferenceScalesTheBranches() throws {
    let survival = [0.75, 0.5, 0.25]
    let open = try Networks.graph(GatedNetwork.text(gates: [true, true, true]))
    var feeds = Networks.feeds(open)
    for (_, name, _, type) in open.states { feeds.states[name] = (0..<type.count).map { 0.5 + Double($0) / 4 } }
    var scaled = feeds
    for (name, p) in zip(GatedNetwork.names, survival) {
      for vector in ["gamma", "beta"] {
        scaled.parameters["\(name).b.\(vector)"] = feeds.parameters["\(name).b.\(vector)"]?.map { $0 * p }
      }
    }
    let expected = try interpretDouble(open, scaled, mode: .inference).outputs
    let gated = try Networks.graph(GatedNetwork.text(survival: survival))
    expectEqual(try interpretDouble(gated, feeds, mode: .inference).outputs, expected)
    let passes = Pipeline.inference(batch: 4)
    expectEqual(try interpretDouble(try run(passes, on: gated), feeds).outputs, expected)
  }

  /// The factor is part of the prepared weights: for each batch nothing is scaled, normalised or joined.
  @Test func inferencePaysNothingForTheFactor() throws {
    let graph = try run(Pipeline.inference(batch: 4), on: Networks.graph(GatedNetwork.text()))
    let cut = try hoistPreparation(graph)
    let left = Set(cut.infer.nodes.filter { !$0.op.isSource }.map(\.op.mnemonic))
    #expect(left == ["convolution", "relu", "add", "average_pool", "pad", "global_average_pool", "linear"])
    #expect(graph.gates.isEmpty && graph.nodes.allSatisfy { $0.gate == nil })
  }

  /// On a linear network inference is the exact mean over all gate vectors, weighted by their probability.
  @Test func expectationOfALinearNetworkIsItsMean() throws {
    let survival = [0.75, 0.5, 0.25]
    var text = "nnir 1 stage raw\n"
    for (index, p) in survival.enumerated() { text += "gate \"\(index)\" survival \(p)\n" }
    text += "%0 = input : f32[N,3]\n"
    var (x, next) = (0, 1)
    for gate in 0..<3 {
      text += """
        %\(next) = parameter name "w\(gate)" init lecun_uniform : f32[3,3]
        %\(next + 1) = linear %\(x) %\(next) under \(gate)
        %\(next + 2) = add %\(next + 1) %\(x) under \(gate)
        %\(next + 3) = join %\(next + 2) %\(x) gate \(gate)\n
        """
      x = next + 3
      next += 4
    }
    let typed = try Networks.graph(text + "output \"y\" %\(x)\n")
    var feeds = Networks.feeds(typed, batch: 2)
    var mean = [Double](repeating: 0, count: 6)
    for gates in Self.vectors {
      feeds.gates = gates
      let weight = zip(gates, survival).reduce(1.0) { $0 * ($1.0 ? $1.1 : 1 - $1.1) }
      let values = try #require(try interpretDouble(typed, feeds, mode: .training).outputs["y"]).elements
      for index in mean.indices { mean[index] += weight * values[index] }
    }
    let expected = ["y": Interpreter.Tensor([2, 3], mean)]
    expectEqual(try interpretDouble(try run(Pipeline.inference(batch: 2), on: typed), feeds).outputs, expected)
  }

  /// p = 1 is the network without gates, node for node; p = 0 the one without the block, parameters aside.
  @Test func certainGatesAreSettledAtCompileTime() throws {
    let always = try Networks.graph(GatedNetwork.text(survival: [1, 1, 1]))
    #expect(always == (try Networks.graph(GatedNetwork.text(gates: [true, true, true]))))
    let never = try Networks.graph(GatedNetwork.text(survival: [0, 1, 0]))
    #expect(never == (try Networks.graph(GatedNetwork.text(gates: [false, true, false]))))
    let some = try Networks.graph(GatedNetwork.text(survival: [0, 1, 0.25]))
    #expect(some.gates == [GateInfo(name: "block.3", survival: 0.25)])
    #expect(Set(some.nodes.compactMap(\.gate)) == [Gate(0)])
  }

  @Test func blocksAreDroppedByName() throws {
    let raw = try Graph(parsing: GatedNetwork.text(), file: "test.nnir")
    let dropped = try run(Pipeline.typing, on: droppingBlocks(["block.2"], from: raw))
    #expect(dropped.gates.map(\.name) == ["block.1", "block.3"])
    #expect(dropped.parameterCount == raw.parameterCount)
    let left = try run(Pipeline.inference(batch: 1), on: dropped)
    // the stem's and two in each of two blocks
    #expect(left.nodes.count { $0.op.mnemonic == "convolution" } == 5)
    #expect {
      try droppingBlocks(["block.2", "blok.3", "x"], from: raw)
    } throws: { error in
      "\(error)"
        == """
        error: expected a block that can be dropped, found "blok.3"; did you mean block.3? (known: block.1, block.2, block.3)
        error: expected a block that can be dropped, found "x" (known: block.1, block.2, block.3)
        """
    }
  }

  /// Gradient 0 at a kink may be chosen differently, values may not: what is proven nonnegative is.
  @Test func reluOfNonnegativeValuesIsTheValue() throws {
    let text = """
      nnir 1 stage raw
      %0 = input : f32[N,2,4,4]
      %1 = relu %0
      %2 = average_pool %1 kernel [2, 2] strides [2, 2] pad_begin [0, 0] pad_end [0, 0] ceil_mode false count_include_pad true
      %3 = pad %2 before [0, 0, 0, 0] after [0, 2, 0, 0]
      %4 = sigmoid %3
      %5 = concat %3 %4 axis 1
      %6 = relu %5
      %7 = subtract %6 %5
      %8 = relu %7
      output "y" %6
      output "z" %8
      """
    let graph = try run(Pipeline.inference(batch: 1), on: Networks.graph(text))
    // the input's, and that of the difference, which nothing is known of
    #expect(graph.nodes.count { $0.op == .relu } == 2)
  }
}
