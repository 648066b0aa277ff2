/// Elements of one task of a kernel without reductions.
let elementwiseChunk = 16384

extension Kernel {
  /// A kernel that computes each element of `result` from the same element of its operands.
  ///
  /// Operands are the arrays `names`; `value` is an expression over `operand("x")`, `parameters` and `setup`. The
  /// result may be the same memory as any operand.
  static func elementwise(
    _ name: String, _ summary: String, _ names: [String], parameters: [Parameter] = [], helpers: [Helper] = [],
    vectorizes: Bool = true, setup: [Statement] = [], _ value: Expression
  ) -> Kernel {
    Kernel(
      name, summary, names.map(Parameter.input) + [.output("result"), .integer("count")] + parameters,
      helpers: helpers,
      loops: setup + [
        .index("end", .minimum(.name("last") * .integer(elementwiseChunk), "count")),
        .loop(
          "i", from: .name("first") * .integer(elementwiseChunk), to: "end", independent: vectorizes,
          [.store("result", "i", value)]),
      ])
  }

  private static func operand(_ name: String) -> Expression { .load(name, "i") }
  private static let x = operand("x")
  private static let y = operand("y")

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
}

extension Expression: ExpressibleByStringLiteral {
  /// A name in the C function.
  init(stringLiteral value: String) { self = .name(value) }
}
