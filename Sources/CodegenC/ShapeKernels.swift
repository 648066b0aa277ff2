import NNIR

/// Kernels that move floats without computing.
extension Kernel {
  static let copyRuns = Kernel(
    "copy_runs", "runs of floats at one pitch to runs at another; a task is a block of runs",
    [.input("x"), .output("result")] + Parameter.integers("runs length pitch_from pitch_to block"),
    loops: [
      .loop(
        "run", from: "first" * "block", to: .minimum("last" * "block", "runs"),
        [
          .source("source", "x" + "run" * "pitch_from"),
          .target("target", "result" + "run" * "pitch_to"),
          .loop("i", from: 0, to: "length", independent: true, [.store("target", "i", .load("source", "i"))]),
        ])
    ])

  static let bands = Kernel(
    "bands", "lines of images into bands, or back; a task is a block of runs, the lines of a channel of a band",
    [.input("x"), .output("result")] + Parameter.integers("runs block length outer inner"),
    helpers: [copyRun],
    text: { _ in
      let from = Mutation.isActive(.bandsInWrongOrder) ? "to" : "to % outer * inner + to / outer"
      return """
        /* runs in the order [image, outer, inner] become runs in the order [image, inner, outer] */
        for (int64_t run = first * block; run < least(last * block, runs); ++run) {
          const int64_t image = run / (outer * inner), to = run % (outer * inner);
          copy_run(result + run * length, x + (image * outer * inner + \(from)) * length, length);
        }
        """
    })

  /// Axes of a padding after neighbours without padding are merged into one.
  static let padAxes = 4

  static let pad = Kernel(
    "pad", "zeros around a tensor of four axes; a task is a block of runs along the last axis",
    [.input("x"), .output("result")]
      + Parameter.integers(
        "runs block in_0 in_1 in_2 in_3 out_1 out_2 out_3 before_0 before_1 before_2 before_3"),
    text: { _ in
      """
      for (int64_t run = first * block; run < least(last * block, runs); ++run) {
        const int64_t i2 = run % out_2 - before_2, i1 = run / out_2 % out_1 - before_1,
                      i0 = run / out_2 / out_1 - before_0;
        const int inside = i0 >= 0 && i0 < in_0 && i1 >= 0 && i1 < in_1 && i2 >= 0 && i2 < in_2;
        const int64_t begin = inside ? before_3 : out_3, end = inside ? before_3 + in_3 : out_3;
        float *target = result + run * out_3;
        const int64_t source = ((i0 * in_1 + i1) * in_2 + i2) * in_3 - before_3;
        for (int64_t i = 0; i < begin; ++i) target[i] = 0;
        for (int64_t i = begin; i < end; ++i) target[i] = x[source + i];
        for (int64_t i = end; i < out_3; ++i) target[i] = 0;
      }
      """
    })
}
