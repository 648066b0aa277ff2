import Interpreter
import NNIR
import Passes
import Synchronization
import Testing

@Suite struct PipelineTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var passes: [Pass]
    var mode: InterpretationMode
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    ("dense", Networks.dense), ("mixed", Networks.mixed), ("residual", GatedNetwork.text()),
  ].flatMap { name, text in
    [
      Case(name: "\(name) update", text: text, passes: Pipeline.training(batch: 4, goal: .update), mode: .training),
      Case(
        name: "\(name) gradients", text: text, passes: Pipeline.training(batch: 4, goal: .gradients), mode: .training),
      Case(name: "\(name) inference", text: text, passes: Pipeline.inference(batch: 4), mode: .inference),
    ]
  }

  /// Expected values: the interpreter on the graph before each pass; 1e-9 relative, as the interpreter is the definition.
  @Test(arguments: cases) func everyPassKeepsWhatTheGraphComputes(_ item: Case) throws {
    let typed = try Networks.graph(item.text)
    let feeds = Networks.feeds(typed)
    let records = Mutex<[PassRecord]>([])
    _ = try run(item.passes, on: typed, options: PassOptions { record in records.withLock { $0.append(record) } })
    var compared = 0
    for record in records.withLock({ $0 }) {
      let before = try interpretDouble(record.before, feeds, mode: item.mode)
      let after = try interpretDouble(record.after, feeds, mode: item.mode)
      func compare(_ a: [String: Interpreter.Tensor<Double>], _ b: [String: Interpreter.Tensor<Double>]) {
        for (name, expected) in a {
          guard let found = b[name] else { continue }
          compared += 1
          for (x, y) in zip(expected.elements, found.elements) {
            #expect(abs(x - y) <= 1e-9 * max(1, abs(x)), "\(record.pass.name) changed \(name)")
          }
        }
      }
      compare(before.outputs, after.outputs)
      compare(before.gradients, after.gradients)
      compare(before.updatedParameters, after.updatedParameters)
      compare(before.updatedStates, after.updatedStates)
    }
    #expect(compared >= item.passes.count)
  }

  /// A rewrite that has reached its fixed point finds nothing on a second run.
  @Test(arguments: cases) func passesAreIdempotent(_ item: Case) throws {
    var graph = try Networks.graph(item.text)
    for pass in item.passes {
      graph = try pass.run(graph)
      let repeatable = ["bind-batch", "fold-batch-norm", "eliminate-dead-code", "schedule"]
      if repeatable.contains(pass.name) || pass.name.hasPrefix("simplify") {
        #expect(try pass.run(graph) == graph, "\(pass.name)")
      }
    }
  }

  @Test func pipelinesGiveTheSameBytesTwice() throws {
    for item in Self.cases {
      let typed = try Networks.graph(item.text)
      #expect(try run(item.passes, on: typed).text == run(item.passes, on: typed).text)
    }
  }

  @Test func disabledPassIsSkippedAndRequiredOnesStay() throws {
    let typed = try Networks.graph(Networks.mixed)
    let names = Mutex<[String]>([])
    let options = PassOptions(disabled: ["simplify", "differentiate"]) { record in
      names.withLock { $0.append(record.pass.name) }
    }
    _ = try run(Pipeline.training(batch: 4, goal: .update), on: typed, options: options)
    let ran = names.withLock { $0 }
    #expect(!ran.contains("simplify") && ran.contains("differentiate"))
  }

  /// Training statistics of one element have no unbiased variance (networks.md, batch norm).
  @Test func batchNormOverOneElementIsAnError() throws {
    let text = """
      nnir 1 stage raw
      \(Networks.recipe)
      %0 = input : f32[N,2]
      %1 = parameter name "n.weight" init [constant, 1.0] : f32[2]
      %2 = parameter name "n.bias" init [constant, 0.0] : f32[2]
      %3 = state name "n.running_mean" init [constant, 0.0] : f32[2]
      %4 = state name "n.running_var" init [constant, 1.0] : f32[2]
      %5 = batch_norm %0 %1 %2 %3 %4 epsilon 1e-05 momentum 0.1 @ "tiny.swift":9
      output "logits" %5
      """
    let typed = try Networks.graph(text)
    #expect {
      try run(Pipeline.training(batch: 1, goal: .update), on: typed)
    } throws: { error in
      "\(error)".contains(
        "tiny.swift:9: error: batch_norm: expected batch statistics over at least 2 elements, found 1")
    }
    #expect(throws: Never.self) { try run(Pipeline.training(batch: 2, goal: .update), on: typed) }
  }
}
