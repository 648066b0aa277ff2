import Foundation
import Interchange
import NNIR
import Testing
import Verification

/// `Fixtures/fixtures.json`: what PyTorch computed in double precision, and how far its single precision strays.
struct FixtureIndex: Decodable {
  var networks: [NetworkEntry]
  var operations: Operations

  struct Operations: Decodable {
    var file: String
    var cases: [OperationEntry]
  }

  /// How far PyTorch in single precision strays from double precision, by the name of a result.
  struct Stray: Decodable {
    var norm: Double
    var error: Double
  }

  struct NetworkEntry: Decodable {
    var name: String
    /// The example that builds it.
    var family: String
    var hyperparameters: [String: Setting]
    /// Channels, height, width.
    var input: [Int]
    var batch: Int
    var files: Files
    var parameters: [String: [Int]]
    var yardstick: [String: Stray]
    var sgd: Descent

    struct Files: Decodable {
      var weights, batch, results, sgdBatches, sgdResults, reference: String
    }

    /// Hyper-parameters and yardstick of 20 steps of SGD.
    struct Descent: Decodable {
      var learningRate, momentum, dampening, weightDecay: Double
      var nesterov: Bool
      var steps: Int
      var yardstick: [String: Stray]
    }
  }

  /// A number or a truth value, as `--set` takes it.
  struct Setting: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      text = if let flag = try? container.decode(Bool.self) { "\(flag)" } else { "\(try container.decode(Int.self))" }
    }
  }

  struct OperationEntry: Decodable {
    var name: String
    var op: String
    var attributes: Attributes
    var inputs: [String]
    var differentiable: [String]
    var states: [String]

    /// Those that the operation has; pairs are [vertical, horizontal].
    struct Attributes: Decodable {
      var kernel, stride, padding, dilation: [Int]?
      var groups: Int?
      var ceilMode, countIncludePad, training: Bool?
      var epsilon, momentum: Double?
    }
  }

  static func read() throws -> FixtureIndex {
    try JSONDecoder().decode(FixtureIndex.self, from: Data(contentsOf: URL(filePath: Fixtures.path("fixtures.json"))))
  }

  static func network(_ name: String) throws -> NetworkEntry {
    try #require(try read().networks.first { $0.name == name }, "fixtures.json: expected a network \(name)")
  }
}

/// Where the fixtures and the examples stand.
enum Fixtures {
  private static let folder = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined()
  static let examples = folder.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/examples"

  static func path(_ name: String) -> String { "\(folder)/Fixtures/\(name)" }
}

/// Expects numbers to agree to a share of the expected norm; where all that is expected is zero, to that share itself.
func expectNorm(
  _ subject: String, expected: [Double], found: [Double]?, within tolerance: Double,
  at location: SourceLocation = #_sourceLocation
) {
  let norm = euclideanNorm(expected)
  let comparison = Comparison(
    subject, expected: expected, found: found ?? [], bound: tolerance * (norm > 0 ? norm : 1))
  #expect(comparison.passed, "\(comparison)", sourceLocation: location)
}

/// Expects every element to agree to a share of itself, or of a millionth of the largest: what is smaller than that is
/// a difference of larger numbers (1 − tanh² in saturation) and has lost its last digits on either side.
func expectElements(
  _ subject: String, expected: [Double], found: [Double]?, within tolerance: Double,
  at location: SourceLocation = #_sourceLocation
) {
  expectNorm(subject, expected: expected, found: found, within: tolerance, at: location)
  guard let found, found.count == expected.count else { return }
  let largest = expected.map(abs).max() ?? 0
  let wrong = expected.indices.filter { index in
    let scale = largest == 0 ? 1 : max(abs(expected[index]), 1e-6 * largest)
    return !(abs(found[index] - expected[index]) <= tolerance * scale)
  }
  let first = wrong.first.map { "[\($0)]: expected \(expected[$0]), found \(found[$0])" } ?? ""
  #expect(wrong.isEmpty, "\(subject)\(first), \(wrong.count) of \(expected.count) off", sourceLocation: location)
}
