import NNIR

/// Elements of one task of a kernel that works plane by plane.
let planeChunk = 16384

/// Kernels over tensors seen as [images, channels, inner] with one or two numbers for each channel.
extension Kernel {
  /// Planes of one task when a plane has so many elements.
  static func planesPerTask(_ inner: Int) -> Int { max(1, planeChunk / max(1, inner)) }

  /// A kernel over planes (one image, one channel): `setup` computes what all elements of a plane share, `value` the
  /// element `i`. The result may be the same memory as the operand.
  private static func planes(
    _ name: String, _ summary: String, _ sources: [String], vectors: [String], parameters: [Parameter] = [],
    setup: [Statement], _ value: Expression
  ) -> Kernel {
    Kernel(
      name, summary,
      sources.map(Parameter.input) + vectors.map(Parameter.input) + [.output("result")]
        + Parameter.integers("planes channels inner block") + parameters,
      loops: [
        .index("end", .minimum("last" * "block", "planes")),
        .loop(
          "plane", from: "first" * "block", to: "end",
          [.index("channel", "plane" % "channels")] + setup
            + sources.map { .source("\($0)_plane", .name($0) + "plane" * "inner") }
            + [
              .target("result_plane", "result" + "plane" * "inner"),
              .loop("i", from: 0, to: "inner", independent: true, [.store("result_plane", "i", value)]),
            ]),
      ])
  }

  private static let x: Expression = .load("x_plane", "i")

  static let multiplyChannel = planes(
    "multiply_channel", "x * v[channel]; a task is a block of planes", ["x"], vectors: ["v"],
    setup: [.float("factor", .load("v", "channel"))], x * "factor")
  static let addChannel = planes(
    "add_channel", "x + v[channel]; a task is a block of planes", ["x"], vectors: ["v"],
    setup: [.float("term", .load("v", "channel"))], x + "term")

  /// The same for an axis after which there is no other: the channels lie side by side.
  private static func columns(_ name: String, _ summary: String, _ value: Expression) -> Kernel {
    Kernel(
      name, summary, [.input("x"), .input("v"), .output("result")] + Parameter.integers("rows columns block"),
      loops: [
        .loop(
          "row", from: "first" * "block", to: .minimum("last" * "block", "rows"),
          [
            .source("x_plane", "x" + "row" * "columns"),
            .target("result_plane", "result" + "row" * "columns"),
            .loop("i", from: 0, to: "columns", independent: true, [.store("result_plane", "i", value)]),
          ])
      ])
  }

  static let multiplyColumns = columns(
    "multiply_columns", "x * v[column]; a task is a block of rows", x * .load("v", "i"))
  static let addColumns = columns(
    "add_columns", "x + v[column]; a task is a block of rows", x + .load("v", "i"))

  // MARK: Batch normalisation

  private static let imageParameters = Parameter.integers("images groups")

  /// The group of the plane's image: group g has the images floor(g * images / groups) and on.
  private static let group: [Statement] = [
    .index("image", "plane" / "channels"),
    .index("group", (("image" + 1) * "groups" - 1) / "images"),
    .source("moment", "moments" + "group" * 2 * "channels" + "channel"),
  ]
  /// 1 / sqrt(variance + epsilon) in double precision, once for each plane.
  private static let inverse: Expression =
    "1.0" / .call("sqrt", [.double(.load("moment", "channels")) + "epsilon"])

  static let normalize = planes(
    "normalize", "gamma * (x - mean) / sqrt(variance + epsilon) + beta; a task is a block of planes", ["x"],
    vectors: ["moments", "gamma", "beta"], parameters: imageParameters + [.double("epsilon")],
    setup: group + [
      .float("mean", .load("moment", 0)), .float("slope", .single(.load("gamma", "channel") * inverse)),
      .float("shift", .load("beta", "channel")),
    ], (x - "mean") * "slope" + "shift")
  static let normalizeInputGradient = planes(
    "normalize_input_gradient", "gamma * dy / sqrt(variance + epsilon); a task is a block of planes", ["x"],
    vectors: ["moments", "gamma"], parameters: imageParameters + [.double("epsilon")],
    setup: group + [.float("slope", .single(.load("gamma", "channel") * inverse))], x * "slope")
  static let momentsGradient = planes(
    "moments_gradient", "(dmean + 2 * (x - mean) * dvariance) / elements; a task is a block of planes", ["x"],
    vectors: ["adjoint", "moments"], parameters: imageParameters,
    setup: group + [
      .source("slope", "adjoint" + "group" * 2 * "channels" + "channel"),
      .index(
        "count",
        ((("group" + 1) * "images") / "groups" - "group" * "images" / "groups")
          * "inner"),
      .float("mean", .load("moment", 0)),
      .float("base", .single(.load("slope", 0) / .double("count"))),
      .float("gain", .single("2.0" * .load("slope", "channels") / .double("count"))),
    ], "base" + (x - "mean") * "gain")

  static let normalizeMomentsGradient = Kernel(
    "normalize_moments_gradient", "-gamma r sum(dy) and -gamma r^2 sum(dy x^) / 2, r = 1 / sqrt(variance + epsilon)",
    [.input("sums"), .input("moments"), .input("gamma"), .output("result")]
      + Parameter.integers("groups channels sums_pitch pitch result_pitch") + [.double("epsilon")],
    loops: [
      .loop(
        "channel", from: "first" * .integer(channelChunk), to: .minimum("last" * .integer(channelChunk), "channels"),
        [
          .loop(
            "group", from: 0, to: "groups",
            [
              .constant(
                type: "double", name: "r",
                "1.0"
                  / .call(
                    "sqrt", [.double(.load("moments", ("group" * 2 + 1) * "pitch" + "channel")) + "epsilon"])),
              .constant(type: "double", name: "slope", .load("gamma", "channel") * "r"),
              .store(
                "result", "group" * 2 * "result_pitch" + "channel",
                .single(-"slope" * .load("sums", "group" * 2 * "sums_pitch" + "channel"))),
              .store(
                "result", ("group" * 2 + 1) * "result_pitch" + "channel",
                .single(
                  (Mutation.isActive(.varianceGradientFactor) ? "-1.0" : "-0.5") * "slope" * "r"
                    * .load("sums", ("group" * 2 + 1) * "sums_pitch" + "channel"))),
            ])
        ])
    ])

  /// Channels of one task of a kernel over [groups, 2, channels].
  static let channelChunk = 256

  /// A kernel that computes something for each channel from the sum of one row of the moments over the groups.
  private static func perChannel(
    _ name: String, _ summary: String, _ sources: [String], parameters: [Parameter], _ value: Expression
  ) -> Kernel {
    Kernel(
      name, summary,
      sources.map(Parameter.input) + [.input("moments"), .output("result")]
        + Parameter.integers("groups channels row pitch") + parameters,
      loops: [
        .loop(
          "channel", from: "first" * .integer(channelChunk), to: .minimum("last" * .integer(channelChunk), "channels"),
          [
            .variable(type: "float", name: "sum", 0.0),
            .loop(
              "group", from: 0, to: "groups",
              [.accumulate("sum", .load("moments", ("group" * 2 + "row") * "pitch" + "channel"))]),
            .store("result", "channel", value),
          ])
      ])
  }

  static let selectMoment = perChannel(
    "select_moment", "one row of the moments, summed over the groups", [], parameters: [], "sum")
  static let runningMoment = perChannel(
    "running_moment", "keep * running + gain * moment, summed over the groups", ["running"],
    parameters: [.float("keep"), .float("gain")], "keep" * .load("running", "channel") + "gain" * "sum")
}
