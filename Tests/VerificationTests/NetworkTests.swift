import Compiler
import Interchange
import Interpreter
import NNIR
import Testing
import Verification

/// Whole networks, from `examples/*.swift`, interpreted in double precision, against PyTorch in float64.
@Suite struct NetworkTests {
  /// Expected values: `results.safetensors`, all of it: logits of inference and of training, loss, every gradient,
  /// every running statistic.
  @Test(arguments: NetworkFixture.names)
  func interpreterAgreesWithPyTorch(name: String) throws {
    let fixture = try NetworkFixture(name)
    func deliver(_ point: EntryPoint) throws -> Deliveries {
      Deliveries(try interpretDouble(specialize(fixture.typed, for: point), fixture.feeds, retention: .results))
    }
    let inference = try deliver(EntryPoint(.infer, batch: fixture.entry.batch))
    let gradient = try deliver(EntryPoint(.gradient, batch: fixture.entry.batch))
    let found = NetworkFixture.named(inference, training: false)
      .merging(NetworkFixture.named(gradient, training: true)) { first, _ in first }
    for tensor in fixture.results.tensors {
      let expected = try #require(tensor.doubles())
      expectNorm("\(name) \(tensor.name)", expected: expected, found: found[tensor.name], within: 1e-9)
    }
    #expect(found.count == fixture.results.tensors.count, "\(name): results that PyTorch does not have")
  }

  /// The graph as the model wrote it, before any pass, gives the same logits.
  @Test(arguments: NetworkFixture.names)
  func typedGraphAgreesWithPyTorch(name: String) throws {
    let fixture = try NetworkFixture(name)
    for (mode, expected) in [(InterpretationMode.inference, "logits.eval"), (.training, "logits.train")] {
      let found = try interpretDouble(fixture.typed, fixture.feeds, mode: mode, retention: .results)
      expectNorm(
        "\(name) \(expected)", expected: try fixture.results.doubles(expected),
        found: found.outputs["logits"]?.elements, within: 1e-9)
    }
  }

  /// Expected values: `sgd-results.safetensors`: the loss of each of 20 steps, then parameters and running statistics.
  @Test(arguments: NetworkFixture.names)
  func interpretedTrainingAgreesWithPyTorch(name: String) throws {
    let fixture = try NetworkFixture(name)
    let graph = try specialize(fixture.typed, for: EntryPoint(.train, batch: fixture.entry.batch))
    var feeds = fixture.feeds
    var losses: [Double] = []
    for batch in try fixture.batches() {
      (feeds.input, feeds.labels) = (batch.input, batch.labels)
      let found = try interpretDouble(graph, feeds, retention: .results)
      losses += found.outputs["loss"]?.elements ?? []
      feeds = feeds.applying(found)
    }
    let expected = try fixture.sgdResults()
    // each loss by itself: they are all near 2.3, and a late one off must not hide behind nineteen others
    expectElements("\(name) losses", expected: try expected.doubles("loss"), found: losses, within: 1e-9)
    for tensor in expected.tensors where tensor.name != "loss" {
      let end = NetworkFixture.contents(of: tensor.name, feeds)
      expectNorm("\(name) \(tensor.name)", expected: tensor.doubles() ?? [], found: end, within: 1e-9)
    }
    #expect(expected.tensors.count == 1 + feeds.parameters.count + feeds.states.count, "\(name)")
  }
}

extension NetworkFixture {
  /// What feeds hold under the name `parameter.NAME` or `state.NAME`.
  static func contents(of name: String, _ feeds: Feeds) -> [Double]? {
    for (prefix, values) in [("parameter.", feeds.parameters), ("state.", feeds.states)] where name.hasPrefix(prefix) {
      return values[String(name.dropFirst(prefix.count))]
    }
    return nil
  }
}
