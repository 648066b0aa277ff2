/// Pooling over up to three spatial axes; a task is a block of planes (one image, one channel).
extension Kernel {
  private static let geometry = Parameter.integers(
    "planes block depth height width out_depth out_height out_width size_d size_h size_w step_d step_h step_w "
      + "pad_d pad_h pad_w end_d end_h end_w count_pad")

  private static let unusedEnd = "(void)end_d, (void)end_h, (void)end_w, (void)count_pad;"

  /// Loops over planes and windows around `body`, which sees the window's clipped range and its index `o`.
  private static func windows(start: String, body: String) -> String {
    """
    for (int64_t plane = first * block; plane < least(last * block, planes); ++plane) {
    \(start.indented(1))  int64_t o = plane * out_depth * out_height * out_width;
      for (int64_t od = 0; od < out_depth; ++od)
        for (int64_t oh = 0; oh < out_height; ++oh)
          for (int64_t ow = 0; ow < out_width; ++ow, ++o) {
            const int64_t d0 = od * step_d - pad_d, h0 = oh * step_h - pad_h, w0 = ow * step_w - pad_w;
            const int64_t d1 = least(d0 + size_d, depth), h1 = least(h0 + size_h, height),
                          w1 = least(w0 + size_w, width);
    \(body.indented(4))      }
    }
    """
  }

  /// Loops over the positions of a window around `body`, which sees the position `p` in the plane.
  private static func positions(_ body: String) -> String {
    """
    for (int64_t d = greatest(d0, 0); d < d1; ++d)
      for (int64_t h = greatest(h0, 0); h < h1; ++h)
        for (int64_t w = greatest(w0, 0); w < w1; ++w) {
          const int64_t p = (d * height + h) * width + w;
    \(body.indented(3))    }
    """
  }

  /// The window's divisor: clipped to the input, or where padding counts to the padded input, as in PyTorch.
  private static let divisor = """
    const int64_t divisor =
        count_pad ? (least(d0 + size_d, depth + end_d) - d0) * (least(h0 + size_h, height + end_h) - h0) *
                        (least(w0 + size_w, width + end_w) - w0)
                  : (d1 - greatest(d0, 0)) * (h1 - greatest(h0, 0)) * (w1 - greatest(w0, 0));
    """

  /// The first of the largest, or the first NaN.
  private static let winner = """
    int64_t best = -1;
    float largest = -INFINITY;
    \(positions(
      """
      const float value = source[p];
      if (best < 0 || value > largest || (value != value && largest == largest)) {
        best = p;
        largest = value;
      }
      """))
    """

  private static let inputPlane = "const float *source = x + plane * depth * height * width;\n"
  private static let cleared = """
    float *target = result + plane * depth * height * width;
    for (int64_t i = 0; i < depth * height * width; ++i) target[i] = 0;

    """

  static let maxPool = Kernel(
    "max_pool", "maximum of each window; a task is a block of planes", [.input("x"), .output("result")] + geometry,
    text: { _ in
      unusedEnd + "\n" + windows(start: inputPlane, body: winner + "\nresult[o] = largest;\n")
    })

  static let maxPoolGradient = Kernel(
    "max_pool_gradient", "dy at the position that won its window; a task is a block of planes",
    [.input("dy"), .input("x"), .output("result")] + geometry,
    text: { _ in
      unusedEnd + "\n"
        + windows(start: inputPlane + cleared, body: winner + "\nif (best >= 0) target[best] += dy[o];\n")
    })

  static let averagePool = Kernel(
    "average_pool", "mean of each window; a task is a block of planes", [.input("x"), .output("result")] + geometry,
    text: { _ in
      windows(
        start: inputPlane,
        body: divisor + "\nfloat sum = 0;\n" + positions("sum += source[p];\n")
          + "\nresult[o] = sum / (float)divisor;\n")
    })

  static let averagePoolGradient = Kernel(
    "average_pool_gradient", "dy over the window's divisor, added to all its positions; a task is a block of planes",
    [.input("dy"), .output("result")] + geometry,
    text: { _ in
      windows(
        start: cleared,
        body: divisor + "\nconst float share = dy[o] / (float)divisor;\n" + positions("target[p] += share;\n"))
    })

  private static let planeParameters = Parameter.integers("planes inner block")

  static let globalAveragePool = Kernel(
    "global_average_pool", "mean over all positions; a task is a block of planes",
    [.input("x"), .output("result")] + planeParameters, helpers: [runSum],
    loops: [
      .loop(
        "plane", from: "first" * "block", to: .minimum("last" * "block", "planes"),
        [
          .store(
            "result", "plane",
            .single(.call("run_sum", ["x" + "plane" * "inner", "inner"]) / .double("inner")))
        ])
    ])

  static let globalAveragePoolGradient = Kernel(
    "global_average_pool_gradient", "dy over the number of positions, at each of them; a task is a block of planes",
    [.input("dy"), .output("result")] + planeParameters,
    loops: [
      .loop(
        "plane", from: "first" * "block", to: .minimum("last" * "block", "planes"),
        [
          .float("share", .load("dy", "plane") / .single("inner")),
          .target("target", "result" + "plane" * "inner"),
          .loop("i", from: 0, to: "inner", independent: true, [.store("target", "i", "share")]),
        ])
    ])
}
