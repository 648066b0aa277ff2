import Compiler
import Foundation
import NNIR
import Testing

/// The examples, compiled and run as `nncc` does it.
@Suite struct ExampleTests {
  static func load(_ name: String, _ settings: [String] = []) throws -> Graph {
    try loadModel("\(repository)/examples/\(name).swift", set: settings)
  }

  static let repository = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

  /// Counted with PyTorch on the networks of the papers (option A shortcuts, convolutions without bias).
  @Test(
    arguments: [
      ("densenet", [], 769_162, 287_929_692), ("densenet", ["bottleneck=false", "depth=40"], 1_019_722, 264_812_928),
      ("densenet", ["depth=250", "growth=24"], 15_324_406, 5_418_785_724), ("resnet", [], 269_722, 40_551_040),
      ("densenet", ["classes=100"], 800_032, nil), ("densenet", ["channels=1"], 768_730, nil),
      ("densenet", ["depth=40", "channels=1", "height=28", "width=28"], 175_690, 55_066_344),
      ("resnet", ["depth=110"], 1_727_962, 252_887_680), ("resnet", ["depth=1202"], 19_421_274, 2_829_238_912),
      ("imagenet_densenet", [], 7_978_856, 2_834_161_664), ("imagenet_densenet", ["depth=161"], 28_681_000, nil),
      ("imagenet_densenet", ["depth=169"], 14_149_480, nil), ("imagenet_densenet", ["depth=201"], 20_013_928, nil),
      ("imagenet_resnet", [], 25_557_032, 4_089_184_256),
      ("imagenet_resnet", ["depth=18"], 11_689_512, 1_814_073_344),
      ("imagenet_resnet", ["depth=34"], 21_797_672, 3_663_761_408),
      ("imagenet_resnet", ["depth=101"], 44_549_160, 7_801_405_440),
      ("imagenet_resnet", ["depth=152"], 60_192_808, 11_513_626_624),
      ("mlp", ["hidden=1000", "layers=1"], 795_010, 794_000),
    ] as [(String, [String], Int, Int?)])
  func countsAreThoseOfThePapers(name: String, settings: [String], parameters: Int, multiplyAdds: Int?) throws {
    let graph = try Self.load(name, settings)
    #expect(graph.parameters.reduce(0) { $0 + $1.type.count } == parameters)
    if let multiplyAdds { #expect(graph.multiplyAdds == multiplyAdds) }
    #expect(verify(graph).isEmpty)
  }

  /// p_l = 1 − l/L·(1 − p_L); a gate is no parameter. Blocks of probability 1 are gates too until the graph is typed, so
  /// that they can be dropped by name.
  @Test func survivalFallsLinearly() throws {
    let graph = try Self.load("resnet", ["depth=110", "survival=0.5"])
    #expect(graph.parameters.reduce(0) { $0 + $1.type.count } == 1_727_962)
    #expect(graph.gates.count == 54 && graph.gates.first?.name == "stage1.block1")
    for (index, gate) in graph.gates.enumerated() {
      #expect(abs(gate.survival.value - (1 - Double(index + 1) / 54 * 0.5)) < 1e-12)
    }
    let whole = try Self.load("resnet")
    #expect(whole.gates.count == 9 && whole.gates.allSatisfy { $0.survival.value == 1 })
    #expect(try typeCheck(whole).gates.isEmpty)
    #expect(throws: Diagnostics.self) { try Self.load("resnet", ["survival=1.5"]) }
  }

  struct Index: Decodable {
    struct Network: Decodable {
      var name: String
      var family: String
      var hyperparameters: [String: Value]
      var input: [Int]
      var parameters: [String: [Int]]
    }

    /// A number or a truth value, as text.
    struct Value: Decodable {
      var text: String
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text =
          if let flag = try? container.decode(Bool.self) { "\(flag)" } else { "\(try container.decode(Int.self))" }
      }
    }

    var networks: [Network]
  }

  /// Names and shapes of PyTorch's state dicts, as the fixtures' script recorded them.
  @Test(arguments: ["mlp", "densenet_bc", "densenet_plain", "resnet"])
  func namesAreThoseOfPyTorch(name: String) throws {
    let data = try Data(
      contentsOf: URL(filePath: "\(Self.repository)/Tests/VerificationTests/Fixtures/fixtures.json"))
    let index = try JSONDecoder().decode(Index.self, from: data)
    let network = try #require(index.networks.first { $0.name == name })
    var settings = network.hyperparameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }
    settings += zip(["channels", "height", "width"], network.input).map { "\($0)=\($1)" }
    let graph = try Self.load(network.family, settings)
    let found = Dictionary(uniqueKeysWithValues: graph.parameters.map { ($0.name, $0.type.bound) })
    #expect(found == network.parameters)
  }

  /// Names and shapes of torchvision's state dict, from its source; the counts above are torchvision's, too.
  @Test func namesAreThoseOfTorchvision() throws {
    let graph = try Self.load("imagenet_densenet")
    let found = Dictionary(
      uniqueKeysWithValues: (graph.parameters + graph.states).map { ($0.name, $0.type.bound) })
    // 121 batch norms with two parameters and two statistics each, 120 convolutions, and the classifier
    #expect(found.count == 121 * 4 + 120 + 2)
    for (name, shape) in [
      ("features.conv0.weight", [64, 3, 7, 7]), ("features.norm0.running_var", [64]),
      ("features.denseblock1.denselayer1.norm1.weight", [64]),
      ("features.denseblock1.denselayer1.conv1.weight", [128, 64, 1, 1]),
      ("features.denseblock3.denselayer24.norm2.bias", [128]),
      ("features.denseblock4.denselayer16.conv2.weight", [32, 128, 3, 3]),
      ("features.transition1.norm.running_mean", [256]), ("features.transition3.conv.weight", [512, 1024, 1, 1]),
      ("features.norm5.weight", [1024]), ("classifier.weight", [1000, 1024]), ("classifier.bias", [1000]),
    ] { #expect(found[name] == shape, "\(name)") }
  }

  /// The same of torchvision's ResNets: 53 and 20 convolutions with a batch norm each, and the classifier.
  @Test func namesOfResNetsAreThoseOfTorchvision() throws {
    let samples: [(depth: Int, count: Int, tensors: [(String, [Int])])] = [
      (
        50, 53 * 5 + 2,
        [
          ("conv1.weight", [64, 3, 7, 7]), ("bn1.running_mean", [64]), ("layer1.0.conv1.weight", [64, 64, 1, 1]),
          ("layer1.0.downsample.0.weight", [256, 64, 1, 1]), ("layer1.0.downsample.1.running_var", [256]),
          ("layer3.5.conv2.weight", [256, 256, 3, 3]), ("layer4.2.conv3.weight", [2048, 512, 1, 1]),
          ("layer4.2.bn3.bias", [2048]), ("fc.weight", [1000, 2048]), ("fc.bias", [1000]),
        ]
      ),
      (
        18, 20 * 5 + 2,
        [
          ("layer1.0.conv1.weight", [64, 64, 3, 3]), ("layer2.0.downsample.0.weight", [128, 64, 1, 1]),
          ("layer4.1.bn2.weight", [512]), ("fc.weight", [1000, 512]),
        ]
      ),
    ]
    for (depth, count, tensors) in samples {
      let graph = try Self.load("imagenet_resnet", ["depth=\(depth)"])
      let found = Dictionary(
        uniqueKeysWithValues: (graph.parameters + graph.states).map { ($0.name, $0.type.bound) })
      #expect(found.count == count)
      for (name, shape) in tensors { #expect(found[name] == shape, "\(name)") }
      // without a projection the shortcut has no parameters
      #expect(found["layer1.0.downsample.0.weight"] == nil || depth >= 50)
    }
  }

  @Test func depthsThatDoNotExist() {
    #expect(
      problems { try Self.load("imagenet_resnet", ["depth=51"]) }.map(\.message) == [
        "depth: expected 18, 34, 50, 101 or 152, found 51"
      ])
    #expect(
      problems { try Self.load("imagenet_densenet", ["depth=122"]) }.map(\.message) == [
        "depth: expected 121, 161, 169 or 201, found 122"
      ])
    #expect(
      problems { try Self.load("densenet", ["depth=50"]) }.map(\.message) == ["depth: expected 6n + 4, found 50"])
    #expect(problems { try Self.load("resnet", ["depth=2"]) }.first?.message == "depth: expected 6n + 2, found 2")
    #expect(problems { try Self.load("mlp", ["layers=-1"]) }.first?.message == "layers: expected at least 0, found -1")
  }
}
