import NNIR

/// Elements of one task of a kernel without reductions.
let elementwiseChunk = 16384

extension Kernel {
  /// A kernel that computes each element of `result` from the same element of its operands.
  ///
  /// Operands are the arrays `names`; `value` is an expression over `operand("x")`, `parameters` and `setup`. The
  /// result may be the same memory as any operand.
  private static func elementwise(
    _ name: String, _ summary: String, _ names: [String], parameters: [Parameter] = [], helpers: [Helper] = [],
    vectorizes: Bool = true, setup: [Statement] = [], _ value: Expression
  ) -> Kernel {
    Kernel(
      name, summary, names.map(Parameter.input) + [.output("result"), .integer("count")] + parameters,
      helpers: helpers,
      loops: setup + [
        .index(
          "end",
          .minimum(
            .name("last") * .integer(elementwiseChunk), Mutation.isActive(.vectorTailLost) ? "count" - 1 : "count")),
        .loop(
          "i", from: .name("first") * .integer(elementwiseChunk), to: "end", independent: vectorizes,
          [.store("result", "i", value)]),
      ])
  }

  private static func operand(_ name: String) -> Expression { .load(name, "i") }
  private static let x = operand("x")
  private static let y = operand("y")
  private static let dy = operand("dy")
  private static let w = operand("w")
  private static let g = operand("g")
  private static let v = operand("v")
  private static let m = operand("m")

  static let relu = elementwise("relu", "max(x, 0), NaN passed through", ["x"], .select(0 > x, 0.0, x))
  static let sigmoid = elementwise(
    "sigmoid", "1 / (1 + exp(-x))", ["x"], vectorizes: false, 1.0 / (1.0 + .call("expf", [-x])))
  static let tanh = elementwise("tanh", "tanh(x)", ["x"], vectorizes: false, .call("tanhf", [x]))
  static let scale = elementwise("scale", "factor * x", ["x"], parameters: [.float("factor")], "factor" * x)
  static let reciprocalSquareRoot = elementwise(
    "reciprocal_square_root", "1 / sqrt(x + epsilon)", ["x"], parameters: [.float("epsilon")],
    vectorizes: false, 1.0 / .call("sqrtf", [x + "epsilon"]))
  static let add = elementwise("add", "x + y", ["x", "y"], x + y)
  static let subtract = elementwise("subtract", "x - y", ["x", "y"], x - y)
  static let multiply = elementwise("multiply", "x * y", ["x", "y"], x * y)
  static let reluGradient = elementwise(
    "relu_gradient", "dy where x > 0, else 0", ["dy", "x"], .select(x > 0, dy, 0.0))
  static let sigmoidGradient = elementwise("sigmoid_gradient", "dy * y * (1 - y)", ["dy", "y"], dy * y * (1.0 - y))
  static let tanhGradient = elementwise("tanh_gradient", "dy * (1 - y * y)", ["dy", "y"], dy * (1.0 - y * y))
  static let copy = elementwise("copy", "the same floats elsewhere", ["x"], x)
  static let fill = elementwise("fill", "one value everywhere", [], parameters: [.float("value")], "value")
  static let meanSquaredErrorGradient = elementwise(
    "mean_squared_error_gradient", "2 * (x - y) * slope / count", ["x", "y"], parameters: slopeParameters,
    setup: slopeSetup + [.float("factor", 2.0 * "slope" / .single("count"))], (x - y) * "factor")

  /// The gradient of the loss itself: a place, or an immediate where the operand is a constant.
  static let slopeParameters: [Parameter] = [.optional("slope_place"), .float("slope_value")]
  static let slopeSetup: [Statement] = [
    .float("slope", .select("slope_place", .load("slope_place", 0), "slope_value"))
  ]

  // MARK: Optimizers

  private static let rateParameter: [Parameter] = [.optional("rate_place")]
  private static let rateSetup: [Statement] = [
    .float("rate", .select("rate_place", .load("rate_place", 0), .argument("learning_rate")))
  ]
  private static let decayed: Expression = g + "decay" * w

  static let sgdMomentum = elementwise(
    "sgd_momentum", "v' = momentum * v + gain * (g + decay * w); at step 0 g + decay * w", ["w", "g", "v"],
    parameters: [.float("momentum"), .float("gain"), .float("decay")],
    // a sum times 1 plus 0 would turn an infinite old momentum into NaN at step 0, so the choice stays in the loop
    setup: [.constant(type: "int", name: "start", .argument("step") == 0)],
    .select(Mutation.isActive(.firstMomentumStep) ? 0 : "start", decayed, "momentum" * v + "gain" * (decayed)))
  static let sgdParameter = elementwise(
    "sgd_parameter", "w - rate * v", ["w", "v"], parameters: rateParameter, setup: rateSetup, w - "rate" * v)
  static let sgdNesterov = elementwise(
    "sgd_nesterov", "w - rate * (g + decay * w + momentum * v)", ["w", "g", "v"],
    parameters: [.float("momentum"), .float("decay")] + rateParameter, setup: rateSetup,
    w - "rate" * (decayed + "momentum" * v))
  static let sgdPlain = elementwise(
    "sgd_plain", "w - rate * (g + decay * w)", ["w", "g"], parameters: [.float("decay")] + rateParameter,
    setup: rateSetup, w - "rate" * (decayed))
  static let adamFirstMoment = elementwise(
    "adam_first_moment", "beta * v + gain * (g + decay * w)", ["w", "g", "v"],
    parameters: [.float("beta"), .float("gain"), .float("decay")], "beta" * v + "gain" * (decayed))
  static let adamSecondMoment = elementwise(
    "adam_second_moment", "beta * v + gain * (g + decay * w)^2", ["w", "g", "v"],
    parameters: [.float("beta"), .float("gain"), .float("decay")],
    "beta" * v + "gain" * ((decayed) * (decayed)))
  static let adamParameter = elementwise(
    "adam_parameter",
    "w * (1 - rate * decay) - rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon), t = step + 1",
    ["w", "m", "v"],
    parameters: [.double("beta1"), .double("beta2"), .float("epsilon"), .float("decay")] + rateParameter,
    vectorizes: false,
    setup: rateSetup + [
      .constant(
        type: "double", name: "t", .double(.argument("step")) + .cast("double", Mutation.isActive(.adamStep) ? 2 : 1)),
      .float("kept", 1.0 - "rate" * "decay"),
      .float("first_scale", .single("1.0" / ("1.0" - .call("pow", ["beta1", "t"])))),
      .float("second_scale", .single("1.0" / ("1.0" - .call("pow", ["beta2", "t"])))),
    ],
    w * "kept" - "rate" * (m * "first_scale") / (.call("sqrtf", [v * "second_scale"]) + "epsilon"))
}

extension Expression: ExpressibleByStringLiteral {
  /// A name in the C function.
  init(stringLiteral value: String) { self = .name(value) }
}
