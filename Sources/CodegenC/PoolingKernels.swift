import NNIR

/// Pooling over up to three spatial axes; a task is a block of planes (one image, one channel).
///
/// Sums and comparisons of a window run over its taps in row-major order, for many windows of a line side by side.
extension Kernel {
  private static let geometry = Parameter.integers(
    "planes block depth height width out_depth out_height out_width size_d size_h size_w step_d step_h step_w "
      + "pad_d pad_h pad_w end_d end_h end_w count_pad")

  /// Windows side by side that are computed together, so that the loop over them has no branches.
  private static let strand = 64

  /// Loops over planes and strands of windows: `start` once a plane, `begin` before the taps of a strand, `tap` for
  /// each tap with the windows `from ..< to` that it does not miss and `source_w`, the column under window 0, `end`
  /// after the taps. A strand's windows are o ..< o + count, the first of them in column `ow`.
  private static func windows(start: String, begin: String, tap: String, end: String) -> String {
    """
    for (int64_t plane = first * block; plane < least(last * block, planes); ++plane) {
    \(start.indented(1))  for (int64_t od = 0; od < out_depth; ++od)
        for (int64_t oh = 0; oh < out_height; ++oh)
          for (int64_t ow = 0; ow < out_width; ow += \(strand)) {
            const int64_t count = least(\(strand), out_width - ow);
            const int64_t o = ((plane * out_depth + od) * out_height + oh) * out_width + ow;
            const int64_t d0 = od * step_d - pad_d, h0 = oh * step_h - pad_h;
    \(begin.indented(4))        for (int64_t d = greatest(d0, 0); d < least(d0 + size_d, depth); ++d)
              for (int64_t h = greatest(h0, 0); h < least(h0 + size_h, height); ++h)
                for (int64_t kw = 0; kw < size_w; ++kw) {
                  const int64_t line = (d * height + h) * width, source_w = ow * step_w + kw - pad_w;
                  const int64_t from = source_w < 0 ? (-source_w + step_w - 1) / step_w : 0;
                  const int64_t to = source_w < width ? least(count, (width - source_w + step_w - 1) / step_w) : 0;
    \(tap.indented(7))            }
    \(end.indented(4))      }
    }
    """
  }

  /// The windows' divisors: clipped to the input, or where padding counts to the padded input, as in PyTorch.
  private static let divisors = """
    const int64_t d_last = count_pad ? depth + end_d : depth, h_last = count_pad ? height + end_h : height;
    const int64_t w_last = count_pad ? width + end_w : width;
    const int64_t d_first = count_pad ? d0 : greatest(d0, 0), h_first = count_pad ? h0 : greatest(h0, 0);
    const float area = (float)((least(d0 + size_d, d_last) - d_first) * (least(h0 + size_h, h_last) - h_first));
    float divisor[\(strand)];
    for (int64_t i = 0; i < count; ++i) {
      const int64_t w0 = (ow + i) * step_w - pad_w, w_first = count_pad ? w0 : greatest(w0, 0);
      divisor[i] = area * (float)(least(w0 + size_w, w_last) - w_first);
    }

    """

  private static let unusedEnd = "(void)end_d, (void)end_h, (void)end_w, (void)count_pad;\n"
  private static let inputPlane = "const float *source = x + plane * depth * height * width;\n"
  private static let cleared = """
    float *target = result + plane * depth * height * width;
    for (int64_t i = 0; i < depth * height * width; ++i) target[i] = 0;

    """

  /// The first of the largest wins, or the first NaN.
  private static let wins =
    "value \(Mutation.isActive(.maxPoolTie) ? ">=" : ">") best[i] || (value != value && best[i] == best[i])"

  static let maxPool = Kernel(
    "max_pool", "maximum of each window; a task is a block of planes", [.input("x"), .output("result")] + geometry,
    text: { _ in
      unusedEnd
        + windows(
          start: inputPlane,
          begin: "float *best = result + o;\nfor (int64_t i = 0; i < count; ++i) best[i] = "
            + "\(Mutation.isActive(.maxPoolPadding) ? "0" : "-INFINITY");\n",
          tap: """
            INDEPENDENT
            for (int64_t i = from; i < to; ++i) {
              const float value = source[line + source_w + i * step_w];
              best[i] = \(wins) ? value : best[i];
            }
            """, end: "")
    })

  static let maxPoolGradient = Kernel(
    "max_pool_gradient", "dy at the position that won its window; a task is a block of planes",
    [.input("dy"), .input("x"), .output("result")] + geometry,
    text: { _ in
      unusedEnd
        + windows(
          start: inputPlane + cleared,
          begin: """
            float best[\(strand)];
            int64_t where[\(strand)];
            for (int64_t i = 0; i < count; ++i) {
              best[i] = -INFINITY;
              where[i] = -1;
            }

            """,
          tap: """
            for (int64_t i = from; i < to; ++i) {
              const int64_t position = line + source_w + i * step_w;
              const float value = source[position];
              /* the first position wins even where all are minus infinity */
              const int better = where[i] < 0 || \(wins);
              best[i] = better ? value : best[i];
              where[i] = better ? position : where[i];
            }
            """, end: "for (int64_t i = 0; i < count; ++i) target[where[i]] += dy[o + i];\n")
    })

  static let averagePool = Kernel(
    "average_pool", "mean of each window; a task is a block of planes", [.input("x"), .output("result")] + geometry,
    text: { _ in
      windows(
        start: inputPlane,
        begin: divisors + "float *sum = result + o;\nfor (int64_t i = 0; i < count; ++i) sum[i] = 0;\n",
        tap: """
          INDEPENDENT
          for (int64_t i = from; i < to; ++i) sum[i] += source[line + source_w + i * step_w];
          """, end: "for (int64_t i = 0; i < count; ++i) sum[i] /= divisor[i];\n")
    })

  static let averagePoolGradient = Kernel(
    "average_pool_gradient", "dy over the window's divisor, added to all its positions; a task is a block of planes",
    [.input("dy"), .output("result")] + geometry,
    text: { _ in
      windows(
        start: cleared, begin: divisors + "for (int64_t i = 0; i < count; ++i) divisor[i] = dy[o + i] / divisor[i];\n",
        tap: """
          INDEPENDENT
          for (int64_t i = from; i < to; ++i) target[line + source_w + i * step_w] += divisor[i];
          """, end: "")
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
