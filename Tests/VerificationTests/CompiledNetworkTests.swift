import ArtefactABI
import Compiler
import Interchange
import Interpreter
import NNIR
import Runtime
import Testing
import Verification

/// Whole networks compiled to machine code and run in single precision, against PyTorch in float64.
///
/// The bound is what PyTorch itself shows in single precision on the same numbers, see `NetworkFixture.bound`. The
/// fixtures are chosen so that no ReLU sees another side of zero, so 1e-4 of each tensor's norm has to hold too.
@Suite struct CompiledNetworkTests {
  /// This machine's own vectors, and the eight lanes of x86-64-v3 where its own are wider.
  static let targets: [CompilationTarget] = {
    guard let toolchain = try? ClangToolchain.find(), let native = try? toolchain.describe(.native) else {
      return [.native]
    }
    return native.vectorBytes > 32 ? [.native, .x86v3] : [.native]
  }()

  /// Expected values: `results.safetensors` and `sgd-results.safetensors`, all of both.
  @Test(arguments: NetworkFixture.names, targets)
  func compiledCodeAgreesWithPyTorch(name: String, target: CompilationTarget) throws {
    let fixture = try NetworkFixture(name)
    let modes: [Manifest.Mode] = [.infer, .gradient, .train]
    let directory = try TemporaryDirectory()
    let options = BuildOptions(entries: modes.map { EntryPoint($0, batch: fixture.entry.batch) }, target: target)
    _ = try build(fixture.raw, options: options, into: directory.path)
    let title = "\(name) for \(target.rawValue)"
    try checkResults(fixture, directory.path, title)
    try checkTraining(fixture, directory.path, title)
  }

  private func checkResults(_ fixture: NetworkFixture, _ directory: String, _ title: String) throws {
    let run = try CompiledRun(directory, Sample(batch: fixture.entry.batch, feeds: fixture.feeds))
    let inference = NetworkFixture.named(try run.call(.infer), training: false)
    let found = inference.merging(NetworkFixture.named(try run.call(.gradient), training: true)) { first, _ in first }
    for tensor in fixture.results.tensors {
      let bound = try NetworkFixture.bound(tensor.name, fixture.entry.yardstick)
      expect("\(title) \(tensor.name)", tensor.doubles() ?? [], found[tensor.name], within: bound)
    }
    #expect(found.count == fixture.results.tensors.count, "\(title): results that PyTorch does not have")
  }

  private func checkTraining(_ fixture: NetworkFixture, _ directory: String, _ title: String) throws {
    let run = try CompiledRun(directory, Sample(batch: fixture.entry.batch, feeds: fixture.feeds))
    var found: [String: [Double]] = ["loss": []]
    for (step, batch) in try fixture.batches().enumerated() {
      let outputs = try run.session.train(
        batch: fixture.entry.batch, input: batch.input.map { Float($0) }, target: .labels(batch.labels),
        StepOptions(learningRate: Float(fixture.entry.sgd.learningRate), step: step))
      found["loss", default: []] += (outputs["loss"] ?? []).map { Double($0) }
    }
    for tensor in run.session.manifest.parameters {
      found["parameter.\(tensor.name)"] = try run.session.read(.parameters, tensor.name).map { Double($0) }
    }
    for tensor in run.session.manifest.state {
      found["state.\(tensor.name)"] = try run.session.read(.state, tensor.name).map { Double($0) }
    }
    let expected = try fixture.sgdResults().tensors
    for tensor in expected {
      let bound = try NetworkFixture.bound(tensor.name, fixture.entry.sgd.yardstick)
      expect("\(title) after 20 steps: \(tensor.name)", tensor.doubles() ?? [], found[tensor.name], within: bound)
    }
    #expect(found.count == expected.count, "\(title)")
  }

  private func expect(_ subject: String, _ expected: [Double], _ found: [Double]?, within bound: Double) {
    let comparison = Comparison(subject, expected: expected, found: found ?? [], bound: bound)
    #expect(comparison.passed, "\(comparison)")
    #expect(comparison.error <= 1e-4 * comparison.norm, "\(comparison)")
  }
}
