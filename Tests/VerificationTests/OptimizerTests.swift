import Compiler
import Interpreter
import NNIR
import Runtime
import Testing

/// Updates of parameters and optimizer state over six steps against PyTorch in float64.
@Suite struct OptimizerTests {
  /// Every rule with every setting that changes it; the fixtures' script makes fifteen.
  @Test func allCasesAreThere() throws {
    let fixture = try OptimizerFixture.read()
    #expect(fixture.cases.count == 15)
    #expect(fixture.cases.allSatisfy { $0.recipe != nil && $0.steps.count == fixture.gradients.count })
    #expect(fixture.gradients.count == 6)
    // the trap: the first velocity is the whole gradient, not the dampened one
    let dampened = try #require(fixture.cases.first { $0.name == "sgd-dampening" })
    #expect(dampened.settings.dampening == 0.9 && dampened.steps[0].velocity == fixture.gradients[0])
  }

  /// Expected values: `optimizers.json`, the updates appended by the compiler's pass and interpreted in double.
  @Test func interpretedUpdatesAreThoseOfPyTorch() throws {
    let fixture = try OptimizerFixture.read()
    for trajectory in fixture.cases {
      let optimizer = try #require(trajectory.recipe, "\(trajectory.name)")
      let typed = try typeCheck(GradientIsInput.graph(of: fixture.initial.count, optimizer: optimizer))
      let graph = try specialize(typed, for: EntryPoint(.train, batch: 1))
      var feeds = Feeds(initializing: graph, seed: 0)
      feeds.parameters["w"] = fixture.initial
      feeds.labels = GradientIsInput.labels
      var bound = TrajectoryBound(tolerance: 1e-12)
      for (step, expected) in trajectory.steps.enumerated() {
        feeds.input = fixture.gradients[step]
        feeds.learningRate = trajectory.settings.learningRates[step]
        let found = try interpretDouble(graph, feeds, retention: .results)
        feeds = feeds.applying(found)
        #expect(feeds.slots.count == expected.tensors.count - 1, "\(trajectory.name): what is remembered")
        for (index, tensor) in expected.tensors.enumerated() {
          let values = tensor.slot.map { feeds.slots[SlotKey("w", $0)] } ?? feeds.parameters["w"]
          let worst = bound.worst(index, expected: tensor.values, found: values ?? [])
          #expect(
            worst <= bound.tolerance,
            "\(trajectory.name) step \(step) \(tensor.slot?.rawValue ?? "parameters"): off by \(worst)")
        }
      }
    }
  }

  /// Expected values: `optimizers.json` again; one millionth is eight roundings of a single-precision number, one or
  /// two a step.
  @Test(arguments: try OptimizerFixture.read().cases.map(\.name))
  func compiledUpdatesAreThoseOfPyTorch(name: String) throws {
    let fixture = try OptimizerFixture.read()
    let trajectory = try #require(fixture.cases.first { $0.name == name })
    let optimizer = try #require(trajectory.recipe)
    let directory = try TemporaryDirectory()
    let raw = GradientIsInput.graph(of: fixture.initial.count, optimizer: optimizer)
    _ = try build(raw, options: BuildOptions(entries: [EntryPoint(.train, batch: 1)]), into: directory.path)
    let session = try Session(artefact: directory.path, threads: 1)
    try session.write(.parameters, "w", fixture.initial.map { Float($0) })
    var bound = TrajectoryBound(tolerance: 1e-6)
    for (step, expected) in trajectory.steps.enumerated() {
      let rate = Float(trajectory.settings.learningRates[step])
      try session.train(
        batch: 1, input: fixture.gradients[step].map { Float($0) }, target: .labels(GradientIsInput.labels),
        StepOptions(learningRate: rate, step: step))
      for (index, tensor) in expected.tensors.enumerated() {
        let arena: Arena = tensor.slot == nil ? .parameters : .optimizer
        let values = try session.read(arena, "w", slot: tensor.slot?.rawValue).map { Double($0) }
        let worst = bound.worst(index, expected: tensor.values, found: values)
        #expect(
          worst <= bound.tolerance, "step \(step) \(tensor.slot?.rawValue ?? "parameters"): off by \(worst)")
      }
    }
  }
}
