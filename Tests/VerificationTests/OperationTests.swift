import Interchange
import Interpreter
import NNIR
import Testing

/// Every operation and the gradients that the compiler derives for it, interpreted in double precision, against
/// PyTorch in float64.
@Suite struct OperationTests {
  static func cases() throws -> [OperationCase] {
    let operations = try FixtureIndex.read().operations
    let archive = try Safetensors.read(Fixtures.path(operations.file))
    return operations.cases.map { OperationCase(entry: $0, archive: archive) }
  }

  /// Expected values: `operations.safetensors`. Both sides compute in double precision from the same single-precision
  /// numbers, so that only the order of summation differs: see `expectElements`.
  @Test func agreesWithPyTorch() throws {
    for operation in try Self.cases() where operation.exclusion == nil {
      let name = operation.entry.name
      let found = try interpretDouble(try operation.differentiated(operation.graph()), operation.feeds())
      expectElements(
        "\(name).output", expected: try operation.numbers("output"), found: found.outputs["output"]?.elements,
        within: 1e-9)
      for input in operation.entry.differentiable where operation.entry.op != "mse" || input == "x" {
        expectElements(
          "\(name).grad.\(input)", expected: try operation.numbers("grad.\(input)"),
          found: found.gradients[input]?.elements, within: 1e-9)
      }
      for state in operation.entry.states {
        expectElements(
          "\(name).state.\(state)", expected: try operation.numbers("state.\(state)"),
          found: found.outputs["state.\(state)"]?.elements, within: 1e-9)
      }
      // a frozen batch norm leaves its statistics alone
      if operation.entry.op == "batch_norm", operation.entry.states.isEmpty {
        #expect(found.outputs["state.running_mean"] == nil && found.updatedStates.isEmpty, "\(name)")
      }
    }
  }

  /// Expected values: PyTorch's gradient with respect to the target. The loss is symmetric, so ours with the operands
  /// exchanged has to have the same value and this gradient.
  @Test func meanSquaredErrorIsSymmetric() throws {
    let cases = try Self.cases().filter { $0.entry.op == "mse" }
    #expect(cases.count == 2)
    for operation in cases {
      let graph = try operation.differentiated(operation.graph(exchanged: true))
      let found = try interpretDouble(graph, operation.feeds(exchanged: true))
      expectElements(
        operation.entry.name, expected: try operation.numbers("output"), found: found.outputs["output"]?.elements,
        within: 1e-9)
      expectElements(
        "\(operation.entry.name).grad.target", expected: try operation.numbers("grad.target"),
        found: found.gradients["target"]?.elements, within: 1e-9)
    }
  }

  /// The same outputs and running statistics from the typed graph, before any pass: the interpreter's own batch norm.
  @Test func typedGraphsAgreeWithPyTorch() throws {
    for operation in try Self.cases() where operation.exclusion == nil {
      let mode: InterpretationMode = operation.entry.attributes.training == true ? .training : .inference
      let found = try interpretDouble(try operation.graph(), operation.feeds(), mode: mode)
      expectElements(
        operation.entry.name, expected: try operation.numbers("output"), found: found.outputs["output"]?.elements,
        within: 1e-9)
    }
  }

  /// One case is beyond the language, and nobody adds another without saying so here.
  @Test func onlyDilatedPoolingIsLeftOut() throws {
    let cases = try Self.cases()
    #expect(cases.filter { $0.exclusion != nil }.map(\.entry.name) == ["max-pool-2x2-dilation2"])
    // as many as the fixtures' script makes
    #expect(cases.count == 52)
    let operations = Set(cases.map(\.entry.op))
    #expect(
      operations == [
        "avg_pool2d", "batch_norm", "conv2d", "cross_entropy", "linear", "max_pool2d", "mse", "relu", "sigmoid", "tanh",
      ])
  }
}
