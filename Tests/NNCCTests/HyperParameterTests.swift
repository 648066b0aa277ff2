import NNCC
import NNIR
import Testing

/// A network with a property of every kind.
struct Settings: Network {
  enum Activation: String, CaseIterable, HyperParameter { case relu, tanh }

  var hidden = 16, classes = 10
  var rate = 0.5
  var bias = true
  var label = "x"
  var activation = Activation.relu
  var width2: Int?
  let fixed = 3
  var other: [Int] = []
  lazy var cached = 4
  var channels = 1, height = 2, width = 3
  var computed: Int { hidden * 2 }

  func callAsFunction(_ image: Tensor) -> Tensor {
    let x = image.flatten().linear(computed, bias: bias, name: label)
    return (activation == .relu ? x.relu() : x.tanh()).scale(by: rate).linear(width2 ?? classes)
  }
}

@Suite struct HyperParameterTests {
  typealias Program = ModelProgram<Settings>

  @Test func describesAllThatCanBeSet() throws {
    #expect(
      try Program.describe(set: ["width2=7"]) == """
        hidden: Int = 16
        classes: Int = 10
        rate: Double = 0.5
        bias: Bool = true
        label: String = x
        activation: Activation = relu
        width2: Optional<Int> = 7
        channels: Int = 1
        height: Int = 2
        width: Int = 3

        """)
  }

  @Test func everyKindReachesTheGraph() throws {
    let settings = ["hidden=5", "rate=0.25", "bias=false", "label=first", "activation=tanh", "width2=4", "height=9"]
    let graph = try Program.graph(set: settings).graph
    #expect(graph.name == "settings")
    #expect(graph.parameterNames == ["first.weight", "linear1.weight", "linear1.bias"])
    // 1·9·3 inputs, computed = 2·5 features
    #expect(graph.parameters.first?.type == .f32([10, 27]))
    #expect(graph.outputShape == [4])
    #expect(graph.count("tanh") == 1 && graph.count("relu") == 0)
    #expect(graph.nodes.contains { $0.op == .scale(0.25) })
  }

  @Test func defaultsYieldToTheUserAndMayMiss() throws {
    let graph = try Program.graph(set: ["classes=3"], defaults: ["classes=7", "channels=2", "absent=1"]).graph
    #expect(graph.outputShape == [3])
    #expect(graph.first(.input).map { graph[$0].type } == .f32([.batch, 2, 2, 3]))
  }

  /// A command's defaults are no wish of the user's: what he fixed with `let` stays, without a word.
  @Test func defaultsPassByWhatOnlyTheSourceSets() throws {
    struct Fixed: Network {
      let channels = 2
      var height = 4, width = 4
      var classes: [Int] { [5] }
      var other: [Int] = []
      func callAsFunction(_ image: Tensor) -> Tensor { image.flatten().linear(3) }
    }
    let defaults = ["channels=1", "height=6", "classes=10", "other=1"]
    let graph = try ModelProgram<Fixed>.graph(defaults: defaults).graph
    #expect(graph.first(.input).map { graph[$0].type } == .f32([.batch, 2, 6, 4]))
    // but who names it is told
    #expect(problems { try ModelProgram<Fixed>.graph(set: ["channels=1"]).graph }.count == 1)
  }

  @Test func theLastSettingWins() throws {
    #expect(try Program.graph(set: ["classes=3", "classes=4"]).graph.outputShape == [4])
  }

  @Test func everyBadSettingIsReportedAtOnce() {
    let found = problems {
      try Program.graph(
        set: [
          "hiden=4", "rate=fast", "bias=yes", "activation=gelu", "classes=1.5", "fixed=4", "other=1", "width2=many",
          "hidden", "=3", "zzzzzzzz=1",
        ], defaults: ["channels=x"]
      ).graph
    }
    let known = "known: hidden, classes, rate, bias, label, activation, width2, channels, height, width"
    #expect(
      found.map(\.message) == [
        "unknown hyper-parameter \"hiden\"; did you mean \"hidden\"? \(known)",
        "hyper-parameter \"rate\": expected a number, found \"fast\"",
        "hyper-parameter \"bias\": expected true or false, found \"yes\"",
        "hyper-parameter \"activation\": expected one of relu, tanh, found \"gelu\"",
        "hyper-parameter \"classes\": expected a whole number, found \"1.5\"",
        "hyper-parameter \"fixed\" cannot be set: it is declared with let; declare it with var",
        "hyper-parameter \"other\" cannot be set: its type Array<Int> is not a HyperParameter",
        "hyper-parameter \"width2\": expected a whole number or none, found \"many\"",
        "expected --set name=value, found \"hidden\"",
        "expected --set name=value, found \"=3\"",
        "unknown hyper-parameter \"zzzzzzzz\"; \(known)",
        "hyper-parameter \"channels\": expected a whole number, found \"x\"",
      ])
  }

  @Test func networksWithoutPropertiesOrInput() throws {
    struct Bare: Network {
      func callAsFunction(_ x: Tensor) -> Tensor { x.linear(1) }
    }
    let found = problems { try ModelProgram<Bare>.graph(set: ["a=1"]).graph }
    #expect(found.map(\.message) == ["unknown hyper-parameter \"a\"; the network has none"])
    let shapeless = problems { try ModelProgram<Bare>.graph().graph }
    #expect(shapeless.count == 1 && shapeless.first?.message.hasPrefix("expected an input shape") == true)
  }

  @Test func inputExtentsAreChecked() {
    for height in ["0", "-1", "\(Int.max)"] {
      let found = problems { try Program.graph(set: ["height=\(height)"]).graph }
      #expect(found.count == 1 && found[0].message.hasPrefix("expected input extents of at least 1"))
    }
  }

  @Test func classesAreRefused() {
    final class Reference: Network {
      init() {}
      func callAsFunction(_ x: Tensor) -> Tensor { x }
    }
    #expect(
      problems { try ModelProgram<Reference>.graph().graph }.map(\.message) == [
        "expected a struct as the network, found class Reference"
      ])
  }

  @Test(arguments: [
    ("DenseNet", "dense_net"), ("MLP", "mlp"), ("ResNet20", "res_net20"), ("HTTPServer2Go", "http_server2_go"),
    ("Probe<Int>", "probe_int"), ("Ä", "model"), ("already_snake", "already_snake"),
  ])
  func snakeCase(name: String, expected: String) {
    #expect(Program.snakeCase(name) == expected)
  }
}
