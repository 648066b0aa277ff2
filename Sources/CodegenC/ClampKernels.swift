import NNIR

/// ReLU of an affine map as a clamp between bounds that the prepare function computes.
extension Kernel {
  private static let value: Expression = .load("x_plane", "i")
  private static func clamped(_ lower: Expression, _ upper: Expression) -> [Statement] {
    [
      .float("below", .select(value > upper, upper, value)),
      .store("result_plane", "i", .select(lower > "below", lower, "below")),
    ]
  }

  static let clampChannel = Kernel(
    "clamp_channel", "max(min(x, upper[channel]), lower[channel]), NaN passed through; a task is a block of planes",
    [.input("x"), .input("lower"), .input("upper"), .output("result")]
      + Parameter.integers("planes channels inner block"),
    loops: [
      .index("end", .minimum("last" * "block", "planes")),
      .loop(
        "plane", from: "first" * "block", to: "end",
        [
          .index("channel", "plane" % "channels"), .float("least", .load("lower", "channel")),
          .float("most", .load("upper", "channel")), .source("x_plane", "x" + "plane" * "inner"),
          .target("result_plane", "result" + "plane" * "inner"),
          .loop("i", from: 0, to: "inner", independent: true, clamped("least", "most")),
        ]),
    ])

  static let clampColumns = Kernel(
    "clamp_columns", "max(min(x, upper[column]), lower[column]), NaN passed through; a task is a block of rows",
    [.input("x"), .input("lower"), .input("upper"), .output("result")] + Parameter.integers("rows columns block"),
    loops: [
      .loop(
        "row", from: "first" * "block", to: .minimum("last" * "block", "rows"),
        [
          .source("x_plane", "x" + "row" * "columns"), .target("result_plane", "result" + "row" * "columns"),
          .loop(
            "i", from: 0, to: "columns", independent: true, clamped(.load("lower", "i"), .load("upper", "i"))),
        ])
    ])

  /// One vector of the clamp form of relu(slope * x + intercept); the cases are those of `ClampRow`.
  static func clampForm(_ row: ClampRow) -> Kernel {
    let slope: Expression = .load("slope", "i")
    let intercept: Expression = .load("intercept", "i")
    let root = -intercept / slope
    let reach = Expression.float(Float(ClampRow.reach))
    /// `value` where x opens and closes the ReLU, `constant` where it never does.
    func unlessConstant(_ value: Expression, _ constant: Expression) -> Expression {
      // a root that is not a number comes from operands that are not, and is nobody's bound
      let closed = Expression.select(reach >= .call("fabsf", [root]), value, constant)
      return .select(slope == 0.0, constant, .select(0.0 > intercept, closed, value))
    }
    let value =
      switch row {
      case .lower: unlessConstant(.select(slope > 0, root, .float(-.infinity)), 0.0)
      case .upper: unlessConstant(.select(slope > 0, .float(.infinity), root), 0.0)
      case .factor: unlessConstant(slope, 0.0)
      case .shift: unlessConstant(intercept, .select(0.0 > intercept, 0.0, intercept))
      }
    return elementwise(
      "clamp_\(row.rawValue)", "\(row.rawValue) of relu(slope * x + intercept) as a clamp", ["slope", "intercept"],
      vectorizes: false, value)
  }
}
