import Interpreter
import NNIR
import Passes
import Testing

@Suite struct InferenceTests {
  private func count(_ graph: Graph, _ mnemonic: String) -> Int { graph.nodes.count { $0.op.mnemonic == mnemonic } }

  /// In `mixed` the batch norm follows a convolution and has no channel map left; in `dense` both follow nothing that
  /// could absorb them (a convolution with two users, a concatenation), and one stands before a 1×1 that can.
  @Test func foldsWhereBatchNormFollowsAConvolution() throws {
    let mixed = try hoistPreparation(try run(Pipeline.inference(batch: 4), on: Networks.graph(Networks.mixed)))
    #expect(count(mixed.infer, "multiply_channel") == 0 && count(mixed.infer, "add_channel") == 0)
    #expect(count(mixed.infer, "dropout") == 0)
    let dense = try hoistPreparation(try run(Pipeline.inference(batch: 4), on: Networks.graph(Networks.dense)))
    #expect(count(dense.infer, "multiply_channel") == 1 && count(dense.infer, "clamp_channel") == 1)
  }

  /// Expected: the interpreter on the typed graph in inference mode.
  @Test(arguments: [Networks.dense, Networks.mixed])
  func prepareAndInferTogetherComputeTheModel(_ text: String) throws {
    let typed = try Networks.graph(text)
    var feeds = Networks.feeds(typed)
    for (_, name, _, type) in typed.states where name.hasSuffix("var") {
      feeds.states[name] = (0..<type.count).map { 0.5 + Double($0) / 4 }
    }
    let expected = try #require(try interpretDouble(typed, feeds).outputs["logits"])
    let cut = try hoistPreparation(try run(Pipeline.inference(batch: 4), on: typed))
    let onlyWeights = Feeds(parameters: feeds.parameters, states: feeds.states)
    var withoutWeights = Feeds(input: feeds.input, parameters: feeds.parameters, states: feeds.states)
    withoutWeights.input = feeds.input
    var prepareFeeds = onlyWeights
    prepareFeeds.input = feeds.input
    withoutWeights.prepared = try interpretDouble(cut.prepare, prepareFeeds).outputs.mapValues(\.elements)
    let found = try #require(try interpretDouble(cut.infer, withoutWeights).outputs["logits"])
    for (x, y) in zip(expected.elements, found.elements) { #expect(abs(x - y) < 1e-12 * max(1, abs(x))) }
  }

  @Test func preparationDoesNotDependOnTheBatch() throws {
    let typed = try Networks.graph(Networks.dense)
    let one = try hoistPreparation(try run(Pipeline.inference(batch: 1), on: typed))
    let many = try hoistPreparation(try run(Pipeline.inference(batch: 9), on: typed))
    #expect(one.prepare.results == many.prepare.results)
  }
}
