import ArtefactABI
import Compiler
import Interchange
import Interpreter
import NNIR
import Runtime
import Synchronization
import Testing
import Verification

/// Stochastic depth in machine code against the interpreter.
@Suite struct GateTests {
  /// Two residual blocks of convolution and batch norm, the second one halving the map, and a classifier.
  private static let raw: Graph = {
    var b = GraphBuilder(
      name: "gated", stage: .raw,
      recipe: Recipe(optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 1e-3), batch: 6))
    func parameter(_ name: String, _ initializer: Initializer, _ shape: [Int]) -> ValueID {
      b.add(.parameter(name: name, initializer: initializer), type: .f32(shape))
    }
    func layer(_ x: ValueID, _ name: String, _ inputs: Int, _ outputs: Int, stride: Int, _ gate: Gate?) -> ValueID {
      let geometry = Convolution(strides: [stride, stride], padBegin: [1, 1], padEnd: [1, 1], dilations: [1, 1])
      let w = parameter("\(name).weight", .heNormal(.fanOut), [outputs, inputs, 3, 3])
      let y = b.add(.convolution(geometry), [x, w], gate: gate)
      let vectors = ["norm.weight", "norm.bias"].map { parameter("\(name).\($0)", .constant(1), [outputs]) }
      let states = ["running_mean", "running_var"].map {
        b.add(.state(name: "\(name).\($0)", initializer: .constant(0)), type: .f32([outputs]))
      }
      return b.add(.batchNorm(epsilon: 1e-5, momentum: 0.1), [y] + vectors + states, gate: gate)
    }
    let image = b.add(.input, type: .f32([.batch, 3, 8, 8]))
    var x = b.add(.relu, [layer(image, "stem", 3, 4, stride: 1, nil)])
    for (name, outputs) in [("first", 4), ("second", 7)] {
      let gate = b.add(gate: GateInfo(name: name, survival: 0.75))
      let stride = outputs == 4 ? 1 : 2
      let inner = b.add(.relu, [layer(x, "\(name).a", 4, outputs, stride: stride, gate)], gate: gate)
      let branch = layer(inner, "\(name).b", outputs, outputs, stride: 1, gate)
      var skip = x
      if stride == 2 {
        let pooling = Pooling(kernel: [2, 2], strides: [2, 2], padBegin: [0, 0], padEnd: [0, 0])
        skip = b.add(.pad(before: [0, 0, 0, 0], after: [0, 3, 0, 0]), [b.add(.averagePool(pooling), [x])])
      }
      let sum = b.add(.add, [skip, branch], gate: gate)
      x = b.add(.relu, [b.add(.join(gate), [sum, skip])])
    }
    let w = parameter("fc.weight", .lecunUniform(), [5, 7])
    b.add(result: .output(name: "logits", value: b.add(.linear(), [b.add(.globalAveragePool, [x]), w])))
    return b.graph
  }()

  /// Expected: PyTorch in float64, `stochastic_depth.py`; the gradients of a block that is left out are exactly 0.
  @Test func interpreterAgreesWithPyTorch() throws {
    let results = try Safetensors.read(Fixtures.path("resnet/stochastic-depth.safetensors"))
    let fixture = try NetworkFixture("resnet", settings: ["survival=0.5"])
    #expect(fixture.typed.gates.map(\.survival.value) == [1 - 1.0 / 3 * 0.5, 1 - 2.0 / 3 * 0.5, 0.5])
    let batch = fixture.entry.batch
    let inference = try specialize(fixture.typed, for: EntryPoint(.infer, batch: batch))
    let inferred = try interpretDouble(inference, fixture.feeds)
    expectNorm(
      "logits.eval", expected: try results.doubles("logits.eval"), found: inferred.outputs["logits"]?.elements,
      within: 1e-9)
    let training = try specialize(fixture.typed, for: EntryPoint(.gradient, batch: batch))
    for vector in ["101", "010"] {
      var feeds = fixture.feeds
      feeds.gates = vector.map { $0 == "1" }
      let found = NetworkFixture.named(Deliveries(try interpretDouble(training, feeds)), training: true)
      var compared = 0
      for (name, elements) in found {
        guard let expected = results["\(vector).\(name)"]?.doubles() else {
          #expect(name.hasPrefix("grad.stage") && elements.allSatisfy { $0 == 0 }, "\(vector) \(name)")
          continue
        }
        compared += 1
        expectNorm("\(vector) \(name)", expected: expected, found: elements, within: 1e-9)
      }
      #expect(compared == results.tensors.count { $0.name.hasPrefix(vector) })
    }
  }

  /// Every check that `nncc verify` has, in both states of every gate.
  @Test func everythingThatVerifyChecks() throws {
    let verdicts = Mutex<[Verdict]>([])
    let options = VerifyOptions(batch: 6, seed: 3, everyPass: true, everyValue: true, gradients: true)
    let passed = try verifyModel(Self.raw, options: options) { verdict in verdicts.withLock { $0.append(verdict) } }
    let titles = verdicts.withLock { $0.map(\.title) }
    for mode in ["gradient", "train"] {
      for state in ["all gates open", "every other gate closed", "the other gates closed"] {
        #expect(titles.contains("compiled \(mode), \(state) against the interpreter"))
      }
    }
    #expect(passed, "\(verdicts.withLock { $0.flatMap(\.failures) })")
  }

  /// Expected: the interpreter in Double over six steps whose gates differ, each starting where the one before ended; the
  /// bound is ten times what the interpreter itself loses in single precision.
  @Test func manyStepsWithChangingGates() throws {
    let typed = try typeCheck(Self.raw)
    let point = EntryPoint(.train, batch: 6)
    let directory = try TemporaryDirectory()
    _ = try build(Self.raw, options: BuildOptions(entries: [point]), into: directory.path)
    let sample = Sample(for: typed, batch: 6, seed: 5)
    let run = try CompiledRun(directory.path, sample)
    let graph = try specialize(typed, for: point)
    var (exact, single) = (sample.feeds, sample.feeds)
    for gates in [[true, true], [false, true], [true, false], [false, false], [false, true], [true, true]] {
      exact.gates = gates
      single.gates = gates
      _ = try run.session.train(
        batch: 6, input: (exact.input ?? []).map { Float($0) }, target: .labels(exact.labels ?? []),
        StepOptions(
          learningRate: Float(exact.learningRate), step: Int(exact.step), seed: exact.seed, gates: gates))
      exact = exact.applying(try interpretDouble(graph, exact, retention: .results))
      single = single.applying(try interpretFloat(graph, single, retention: .results))
    }
    func compare(_ name: String, _ found: [Float], _ wanted: [Double]?, _ yard: [Double]?) {
      let expected = wanted ?? []
      let bound = 10 * distance(expected, yard ?? []) + 1e-6 * euclideanNorm(expected)
      let comparison = Comparison(name, expected: expected, found: found.map { Double($0) }, bound: bound)
      #expect(comparison.passed, "\(comparison)")
    }
    let manifest = run.session.manifest
    #expect(manifest.gates.map(\.name) == ["first", "second"] && manifest.gates.allSatisfy { $0.survival == 0.75 })
    for tensor in manifest.parameters {
      let found = try run.session.read(.parameters, tensor.name)
      compare(tensor.name, found, exact.parameters[tensor.name], single.parameters[tensor.name])
      let key = SlotKey(tensor.name, .momentum)
      let slot = try run.session.read(.optimizer, tensor.name, slot: "momentum")
      compare("momentum of \(tensor.name)", slot, exact.slots[key], single.slots[key])
    }
    for tensor in manifest.state {
      let found = try run.session.read(.state, tensor.name)
      compare(tensor.name, found, exact.states[tensor.name], single.states[tensor.name])
    }
  }
}
