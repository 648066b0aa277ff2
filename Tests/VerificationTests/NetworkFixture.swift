import Compiler
import Interchange
import Interpreter
import NNIR
import Passes
import Testing
import Verification

/// One of the fixtures' networks: the example that builds it, with PyTorch's weights, batch and results.
struct NetworkFixture {
  static let names = ["mlp", "densenet_bc", "densenet_plain", "resnet"]

  let entry: FixtureIndex.NetworkEntry
  /// As the example wrote it, with the fixture's optimizer in its recipe.
  let raw: Graph
  let typed: Graph
  /// Weights, running statistics and the batch; optimizer state zero.
  let feeds: Feeds
  let results: TensorArchive

  init(_ name: String, settings more: [String] = []) throws {
    entry = try FixtureIndex.network(name)
    var settings = entry.hyperparameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }
    settings += zip(["channels", "height", "width"], entry.input).map { "\($0)=\($1)" } + more
    var raw = try loadModel("\(Fixtures.examples)/\(entry.family).swift", set: settings)
    let sgd = entry.sgd
    raw.recipe?.optimizer = .sgd(
      momentum: sgd.momentum, dampening: sgd.dampening, nesterov: sgd.nesterov, weightDecay: sgd.weightDecay)
    self.raw = raw
    typed = try typeCheck(raw)

    let weights = try Safetensors.read(Fixtures.path(entry.files.weights))
    var feeds = Feeds(learningRate: sgd.learningRate)
    for (_, name, _, type) in typed.parameters {
      feeds.parameters[name] = try weights.doubles(name, shape: type.extents)
      feeds.slots[SlotKey(name, .momentum)] = [Double](repeating: 0, count: type.count)
    }
    for (_, name, _, type) in typed.states { feeds.states[name] = try weights.doubles(name, shape: type.extents) }
    // every tensor of PyTorch's is used, except for the counters of its batch norms
    let unused = weights.tensors.map(\.name).filter {
      feeds.parameters[$0] == nil && feeds.states[$0] == nil && !$0.hasSuffix(".num_batches_tracked")
    }
    #expect(unused.isEmpty, "\(name)")
    let batch = try NPZ.read(Fixtures.path(entry.files.batch))
    feeds.input = try batch.doubles("x", shape: [entry.batch] + entry.input)
    feeds.labels = try batch.integers("y", shape: [entry.batch])
    self.feeds = feeds
    results = try Safetensors.read(Fixtures.path(entry.files.results))
  }

  /// The batches of the SGD run.
  func batches() throws -> [(input: [Double], labels: [Int64])] {
    let archive = try NPZ.read(Fixtures.path(entry.files.sgdBatches))
    let (x, y) = (try archive.tensor("x"), try archive.tensor("y"))
    try #require(x.shape == [entry.sgd.steps, entry.batch] + entry.input)
    try #require(y.shape == [entry.sgd.steps, entry.batch])
    let (input, labels) = (try archive.doubles("x"), try archive.integers("y"))
    let image = entry.batch * entry.input.reduce(1, *)
    return (0..<entry.sgd.steps).map { step in
      (
        Array(input[(step * image)..<((step + 1) * image)]),
        Array(labels[(step * entry.batch)..<((step + 1) * entry.batch)])
      )
    }
  }

  func sgdResults() throws -> TensorArchive { try Safetensors.read(Fixtures.path(entry.files.sgdResults)) }
}

/// Results under the fixtures' names: `logits.eval`, `logits.train`, `loss`, `grad.NAME`, `state.NAME`.
extension NetworkFixture {
  /// The fixtures' name of a delivery of the interpreter's or of compiled code's.
  static func resultName(_ delivery: String, training: Bool) -> String {
    if delivery == "output logits" { return training ? "logits.train" : "logits.eval" }
    for (prefix, replacement) in [
      ("output ", ""), ("gradient ", "grad."), ("parameter ", "parameter."), ("state ", "state."),
    ] where delivery.hasPrefix(prefix) {
      return replacement + delivery.dropFirst(prefix.count)
    }
    return delivery
  }

  static func named(_ deliveries: Deliveries, training: Bool) -> [String: [Double]] {
    Dictionary(
      uniqueKeysWithValues: deliveries.values.map { (resultName($0.name, training: training), $0.elements) })
  }

  /// The largest error accepted of compiled code: three times the worst of PyTorch in single precision, plus a
  /// millionth of the norm, of all gradients together for a gradient.
  static func bound(_ name: String, _ yardstick: [String: FixtureIndex.Stray]) throws -> Double {
    let stray = try #require(yardstick[name], "no yardstick for \(name)")
    let scale = name.hasPrefix("grad.") ? try #require(yardstick["grad"]) : stray
    return 3 * stray.error + 1e-6 * scale.norm
  }
}
