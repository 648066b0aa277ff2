import Foundation
import Interpreter
import NNIR

/// `Fixtures/optimizers.json`: trajectories of PyTorch's optimizers in double precision for given gradients.
struct OptimizerFixture: Decodable {
  var initial: [Double]
  /// One a step.
  var gradients: [[Double]]
  var cases: [Trajectory]

  struct Trajectory: Decodable {
    var name: String
    var optimizer: String
    var settings: Settings
    var steps: [Step]

    struct Settings: Decodable {
      var learningRates: [Double]
      var weightDecay: Double
      var momentum, dampening: Double?
      var nesterov: Bool?
      var beta1, beta2, epsilon: Double?
    }

    /// Contents after a step.
    struct Step: Decodable {
      var parameters: [Double]
      var velocity, firstMoment, secondMoment: [Double]?

      /// By what is remembered, in a fixed order; nil under the parameters themselves.
      var tensors: [(slot: Slot?, values: [Double])] {
        [(nil, parameters), (.momentum, velocity), (.firstMoment, firstMoment), (.secondMoment, secondMoment)]
          .compactMap { slot, values in values.map { (slot, $0) } }
      }
    }

    /// The same optimizer in a recipe; nil for a name that is not known.
    var recipe: Recipe.Optimizer? {
      switch optimizer {
      case "sgd":
        guard let momentum = settings.momentum, let dampening = settings.dampening, let nesterov = settings.nesterov
        else { return nil }
        return .sgd(
          momentum: momentum, dampening: dampening, nesterov: nesterov, weightDecay: settings.weightDecay)
      case "adam", "adamw":
        guard let beta1 = settings.beta1, let beta2 = settings.beta2, let epsilon = settings.epsilon
        else { return nil }
        let decay = settings.weightDecay
        return optimizer == "adam"
          ? .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay)
          : .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay)
      default: return nil
      }
    }
  }

  static func read() throws -> OptimizerFixture {
    try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: Fixtures.path("optimizers.json"))))
  }
}

/// A network whose gradient is its input, also in single precision.
///
/// The logits of the one image are (Σ w·x + 1000, 0) and its label is 1, so the softmax is (1, 0) in any precision: the
/// gradient of the first logit is 1, and that of w is x. The sum is written as five times a mean.
enum GradientIsInput {
  static let labels: [Int64] = [1]

  static func graph(of count: Int, optimizer: Recipe.Optimizer) -> Graph {
    var builder = GraphBuilder(name: "gradient_is_input", stage: .raw, recipe: Recipe(optimizer: optimizer, batch: 1))
    let x = builder.add(.input, type: .f32([.batch, .fixed(count)]))
    let w = builder.add(.parameter(name: "w", initializer: .constant(0)), type: .f32([count]))
    let products = builder.add(.reshape([.batch, 1, .fixed(count)]), [builder.add(.multiplyChannel(axis: 1), [x, w])])
    let sum = builder.add(.scale(Scalar(Double(count))), [builder.add(.globalAveragePool, [products])])
    let far = builder.add(.fill(1000.0), type: .f32([Extent.fixed(1)]))
    let logit = builder.add(.addChannel(axis: 1), [sum, far])
    builder.add(result: .output(name: "logits", value: builder.add(.pad(before: [0, 0], after: [0, 1]), [logit])))
    return builder.graph
  }
}

/// Expects each element to agree to a share of the largest value it has had so far.
///
/// Not of its present value: a step may nearly cancel what was there. Not of the other elements' either: one gradient
/// is nine orders of magnitude below the others.
struct TrajectoryBound {
  let tolerance: Double
  private var largest: [[Double]] = []

  init(tolerance: Double) { self.tolerance = tolerance }

  /// The worst share among the elements of tensor number `index`; above the tolerance is wrong, and NaN is too.
  mutating func worst(_ index: Int, expected: [Double], found: [Double]) -> Double {
    while largest.count <= index { largest.append(expected.map { _ in 0 }) }
    guard found.count == expected.count else { return .infinity }
    var worst = 0.0
    for element in expected.indices {
      largest[index][element] = max(largest[index][element], abs(expected[element]))
      let difference = abs(found[element] - expected[element])
      let scale = largest[index][element]
      let share = scale == 0 ? difference : difference / scale
      worst = share.isNaN ? .infinity : max(worst, share)
    }
    return worst
  }
}
