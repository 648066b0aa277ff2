import Foundation
import NNIR
import Passes
import Testing

/// What each pass makes of a two-layer network, as text that a reviewer reads. `NNCC_BLESS=1` writes it anew.
@Suite struct GoldenTests {
  /// Convolution, batch norm, ReLU, concatenation, classifier: the smallest network with something for every pass.
  static let network = """
    nnir 1 name "golden" stage raw
    \(Networks.recipe)
    %0 = input : f32[N,1,4,4] @ "golden.swift":1
    %1 = parameter name "conv.weight" init [he_normal, fan_out] : f32[2,1,3,3] @ "golden.swift":2
    %2 = convolution %0 %1 strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1 @ "golden.swift":2
    %3 = parameter name "norm.weight" init [constant, 1.0] : f32[2] @ "golden.swift":3
    %4 = parameter name "norm.bias" init [constant, 0.0] : f32[2] @ "golden.swift":3
    %5 = state name "norm.running_mean" init [constant, 0.0] : f32[2] @ "golden.swift":3
    %6 = state name "norm.running_var" init [constant, 1.0] : f32[2] @ "golden.swift":3
    %7 = batch_norm %2 %3 %4 %5 %6 epsilon 1e-05 momentum 0.1 @ "golden.swift":3
    %8 = relu %7 @ "golden.swift":4
    %9 = concat %8 %0 axis 1 @ "golden.swift":5
    %10 = global_average_pool %9 @ "golden.swift":6
    %11 = parameter name "fc.weight" init lecun_uniform : f32[3,3] @ "golden.swift":7
    %12 = linear %10 %11 @ "golden.swift":7
    output "logits" %12
    """

  static let pipelines: [(name: String, passes: [Pass])] = [
    ("training", Pipeline.training(batch: 2, goal: .update)), ("inference", Pipeline.inference(batch: 2)),
  ]

  @Test(arguments: pipelines.map(\.name)) func textAfterEveryPass(_ name: String) throws {
    let passes = try #require(Self.pipelines.first { $0.name == name }?.passes)
    var graph = try Networks.graph(Self.network)
    var text = ""
    for pass in passes {
      let next = try pass.run(graph)
      text += "// \(pass.name): \(pass.reason)\n" + (next == graph ? "// (unchanged)\n" : next.text) + "\n"
      graph = next
    }
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Golden/\(name).nnir"
    if ProcessInfo.processInfo.environment["NNCC_BLESS"] == "1" {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    let golden = try? String(contentsOfFile: path, encoding: .utf8)
    #expect(golden == text, "\(path) differs; run with NNCC_BLESS=1 and read the difference")
  }
}
