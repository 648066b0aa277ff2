import Compiler
import Foundation
import NNIR

/// The example networks at the small sizes whose artefacts stand in `Generated`.
enum ExampleNetworks {
  static var all: [Graph] {
    get throws { try [dense, residual, perceptron] }
  }

  static var dense: Graph { get throws { try load("densenet/dense_net") } }
  static var residual: Graph { get throws { try load("resnet/res_net") } }
  static var perceptron: Graph { get throws { try load("mlp/mlp") } }

  private static func load(_ path: String) throws -> Graph {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try loadModel(root.appendingPathComponent("Generated/\(path).nnir").path)
  }
}
