import Interpreter
import NNIR
import Passes
import Testing

@Suite struct ClampActivationsTests {
  /// Slopes and intercepts of both signs, zero, and so small that roots overflow or products underflow.
  static let slopes: [Float] = [
    0.7, -0.7, 0, 1, -1, 3e4, -3e4, 1e-7, -1e-7, 1e-19, -1e-19, 1e-20, -1e-20, 1e-30, -1e-30, 1e-37, -1e-37, 0x1p-133,
    -0x1p-133, .leastNonzeroMagnitude,
  ]
  static let intercepts: [Float] = [
    0, -0.0, 0.3, -0.3, 1, -1, 1e4, -1e4, 1e-6, -1e-6, 1e-30, -1e-30, 0x1p-133, -0x1p-133,
  ]
  static let inputs: [Float] = {
    let sizes: [Float] = [0, 0x1p-133, 1e-30, 1e-6, 0.1, 0.43, 1, 1.4, 7, 1e4, 1e9, 3e18, 1.8e19]
    return sizes + sizes.map { -$0 }
  }()

  private func row<Element: ComputeElement>(
    _ row: ClampRow, _ a: Element, _ b: Element, _ interpret: (Graph, Feeds) throws -> Interpretation<Element>
  ) throws -> Element {
    var builder = GraphBuilder(name: "form", stage: .step)
    let operands = ["a", "b"].map { builder.add(.parameter(name: $0, initializer: .constant(0)), type: .f32([1])) }
    builder.add(result: .output(name: "y", value: builder.add(.clampForm(row), operands)))
    let feeds = Feeds(parameters: ["a": [Double(a)], "b": [Double(b)]])
    return try #require(try interpret(builder.graph, feeds).outputs["y"]?.elements.first)
  }

  /// Expected: relu(a·x + b) in double precision; the bound is four roundings of |a·x| + |b| in single precision, plus
  /// what a root −b/a loses that is a denormal number.
  @Test(arguments: slopes) func theFormIsTheReLU(_ a: Float) throws {
    var problems: [String] = []
    for b in Self.intercepts {
      let form = try ClampRow.allCases.map { try row($0, a, b, { try interpretFloat($0, $1) }) }
      let (lower, upper, factor, shift) = (form[0], form[1], form[2], form[3])
      for x in Self.inputs {
        let clamped = max(min(x, upper), lower)
        let found = Double(factor) * Double(clamped) + Double(shift)
        let wanted = max(Double(a) * Double(x) + Double(b), 0)
        let bound = 0x1p-22 * (abs(Double(a) * Double(x)) + abs(Double(b))) + 0x1p-149 * max(1, abs(Double(a)))
        if !(abs(found - wanted) <= bound) { problems.append("b \(b), x \(x): \(found), expected \(wanted)") }
      }
    }
    #expect(problems == [], "a \(a)")
  }

  /// `dense` in pre-activation order: n2, ReLU, 1×1 becomes a clamp; n1, ReLU, 3×3 pads and stays.
  @Test func onlyUnpaddedLayersTakeTheMap() throws {
    let graph = try run(Pipeline.inference(batch: 4), on: Networks.graph(Networks.dense))
    let cut = try hoistPreparation(graph)
    func count(_ mnemonic: String) -> Int { cut.infer.nodes.count { $0.op.mnemonic == mnemonic } }
    #expect(count("clamp_channel") == 1 && count("relu") == 1)
    #expect(count("multiply_channel") == 1 && count("add_channel") == 1 && count("clamp_form") == 0)
    let clamp = try #require(cut.infer.nodes.first { $0.op.mnemonic == "clamp_channel" })
    #expect(clamp.inputs.dropFirst().allSatisfy { cut.infer[$0].op.mnemonic == "prepared" })
  }

  /// A network whose last norm and ReLU are averaged before a convolution and before the classifier.
  static let averaged = """
    nnir 1 stage raw
    \(Networks.recipe)
    %0 = input : f32[N,3,4,4]
    %1 = parameter name "n1.weight" init [constant, 1.0] : f32[3]
    %2 = parameter name "n1.bias" init [constant, 0.0] : f32[3]
    %3 = state name "n1.running_mean" init [constant, 0.0] : f32[3]
    %4 = state name "n1.running_var" init [constant, 1.0] : f32[3]
    %5 = batch_norm %0 %1 %2 %3 %4 epsilon 1e-05 momentum 0.1
    %6 = relu %5
    %7 = parameter name "c1" init [he_normal, fan_out] : f32[5,3,1,1]
    %8 = parameter name "c1.bias" init [constant, 0.0] : f32[5]
    %9 = convolution %6 %7 %8 strides [1, 1] pad_begin [0, 0] pad_end [0, 0] dilations [1, 1] groups 1
    %10 = average_pool %9 kernel [2, 2] strides [2, 2] pad_begin [0, 0] pad_end [0, 0] ceil_mode false count_include_pad true
    %11 = concat %10 %10 axis 1
    %12 = parameter name "n2.weight" init [constant, 1.0] : f32[10]
    %13 = parameter name "n2.bias" init [constant, 0.0] : f32[10]
    %14 = state name "n2.running_mean" init [constant, 0.0] : f32[10]
    %15 = state name "n2.running_var" init [constant, 1.0] : f32[10]
    %16 = batch_norm %11 %12 %13 %14 %15 epsilon 1e-05 momentum 0.1
    %17 = relu %16
    %18 = global_average_pool %17
    %19 = parameter name "fc.weight" init lecun_uniform : f32[4,10]
    %20 = linear %18 %19
    output "logits" %20
    """

  /// Expected: the typed graph in inference mode, in double precision, with scales of every kind, to 1e-12.
  @Test(arguments: [Networks.dense, averaged]) func valuesStay(_ text: String) throws {
    let typed = try Networks.graph(text)
    var feeds = Networks.feeds(typed)
    let scales = [0.8, -0.8, 0, 1e-30, -1e-30, 1e-40, 2]
    for (_, name, _, type) in typed.parameters where name.hasPrefix("n") && name.hasSuffix("weight") {
      feeds.parameters[name] = (0..<type.count).map { scales[$0 % scales.count] }
    }
    for (_, name, _, type) in typed.parameters where name.hasPrefix("n") && name.hasSuffix("bias") {
      feeds.parameters[name] = (0..<type.count).map { $0 % 3 == 0 ? 0.4 : -0.1 }
    }
    let graph = try run(Pipeline.inference(batch: 4), on: typed)
    #expect(graph.nodes.contains { $0.op.mnemonic == "clamp_channel" })
    let expected = try #require(try interpretDouble(typed, feeds).outputs["logits"])
    let found = try #require(try interpretDouble(graph, feeds).outputs["logits"])
    for (x, y) in zip(expected.elements, found.elements) { #expect(abs(x - y) <= 1e-12 * max(1, abs(x))) }
  }

  /// The pooled 1×1 and the averaged classifier both take their map.
  @Test func meansMayStandBetween() throws {
    let graph = try run(Pipeline.inference(batch: 4), on: Networks.graph(Self.averaged))
    func count(_ mnemonic: String) -> Int { graph.nodes.count { $0.op.mnemonic == mnemonic } }
    #expect(count("clamp_channel") == 2 && count("relu") == 0 && count("add_channel") == 0)
  }

  /// A ReLU that somebody else reads, too, is not taken apart.
  @Test func sharedActivationsStay() throws {
    let shared = Self.averaged.replacing("%18 = global_average_pool %17", with: "%18 = global_average_pool %17")
      .replacing("output \"logits\" %20", with: "%21 = softmax %18\noutput \"logits\" %20\noutput \"mean\" %21")
    let graph = try run(Pipeline.inference(batch: 4), on: Networks.graph(shared))
    #expect(graph.nodes.count { $0.op.mnemonic == "clamp_channel" } == 1)
  }
}
