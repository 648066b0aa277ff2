import NNIR

/// Sums over images and positions, in an order that shapes alone decide.
extension Kernel {
  /// Elements that single precision sums before double precision takes over.
  private static let chunk = 1024

  static let lanesTotal = Helper("lanes_total") { options in
    var text = ""
    var width = options.lanes / 2
    while width > 0 {
      let lanes = (0..<options.lanes).map { $0 < width ? $0 + width : -1 }
      text += "  t += __builtin_shufflevector(t, t, \(lanes.map(String.init).joined(separator: ", ")));\n"
      width /= 2
    }
    return """
      /* The sum of a vector's lanes, as a binary tree: each half on top of the other, -1 standing for any lane. */
      static inline float lanes_total(const vec *v) {
        vec t = *v;
      \(text)  return t[0];
      }
      """
  }

  /// The sums of as many vectors as one has lanes, by the tree of `lanes_total`; three operations a vector.
  static let lanesTotals = Helper("lanes_totals") { options in
    let lanes = options.lanes
    func half(_ group: Int, _ high: Bool) -> String {
      (0..<2 * lanes).filter { ($0 % group >= group / 2) == high }.map(String.init).joined(separator: ", ")
    }
    var text = ""
    var (from, group) = ("v", lanes)
    while group > 1 {
      let count = group / 2
      text += """
          vec by_\(count)[\(count)];
          UNROLL for (int i = 0; i < \(count); ++i)
            by_\(count)[i] = __builtin_shufflevector(\(from)[2 * i], \(from)[2 * i + 1], \(half(group, false))) +
              __builtin_shufflevector(\(from)[2 * i], \(from)[2 * i + 1], \(half(group, true)));

        """
      (from, group) = ("by_\(count)", count)
    }
    return """
      /* Lane i of the result is the sum of the lanes of vector i. Of two vectors the halves are added side by side, then
         the quarters of four, and so on. */
      static ALWAYS_INLINE void lanes_totals(const vec *v, vec *total) {
      \(text)  *total = \(from)[0];
      }
      """
  }

  /// A helper that sums `term` over a run of floats: lanes in single precision over short chunks, their sums in double
  /// precision.
  private static func runningTotal(
    _ name: String, _ summary: String, parameters: String, arrays: [String], lane: String
  ) -> Helper {
    Helper(name, needs: [lanesTotal, someLanes]) { _ in
      let loads = arrays.map { "\($0)_v = load(\($0) + i)" }.joined(separator: ", ")
      return """
        /* \(summary) */
        static NOINLINE double \(name)(\(parameters), int64_t count) {
          double total = 0;
          for (int64_t start = 0; start < count; start += \(chunk)) {
            const int64_t end = least(start + \(chunk), count);
            vec s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
            int64_t i = start;
            for (; i + 4 * LANES <= end; i += 4 * LANES) {
        \((0..<4).map { "      { const vec \(loads.replacing("+ i", with: "+ i + \($0) * LANES")); s\($0) += \(lane); }" }.joined(separator: "\n"))
            }
            for (; i + LANES <= end; i += LANES) {
              const vec \(loads);
              s0 += \(lane);
            }
            if (i < end) {
              const int64_t some = end - i;
              const vec \(loads.replacing("load(", with: "load_some(some, "));
              s0 += some_lanes(some, \(lane));
            }
            s0 = (s0 + s1) + (s2 + s3);
            total += (double)lanes_total(&s0);
          }
          return total;
        }
        """
    }
  }

  static let runSum = runningTotal(
    "run_sum", "The sum of a run of floats.", parameters: "const float *x", arrays: ["x"], lane: "x_v")
  static let runSquares = runningTotal(
    "run_squares", "The sum of squared distances from a centre.", parameters: "const float *x, float centre",
    arrays: ["x"], lane: "(x_v - centre) * (x_v - centre)")
  static let runProducts = runningTotal(
    "run_products", "The sum of products dy * (x - centre).",
    parameters: "const float *x, const float *dy, float centre", arrays: ["x", "dy"], lane: "(x_v - centre) * dy_v")
  static let runDistances = runningTotal(
    "run_distances", "The sum of squared differences of two runs.", parameters: "const float *x, const float *y",
    arrays: ["x", "y"], lane: "(x_v - y_v) * (x_v - y_v)")

  static let sumToChannel = Kernel(
    "sum_to_channel", "sum over all axes but one; a task is a channel",
    [.input("x"), .output("result")] + Parameter.integers("outer channels inner"), helpers: [runSum],
    loops: [
      .loop(
        "channel", from: "first", to: "last",
        [
          .variable(type: "double", name: "sum", "0"),
          .loop(
            "image", from: 0, to: "outer",
            [
              .accumulate("sum", .call("run_sum", ["x" + ("image" * "channels" + "channel") * "inner", "inner"]))
            ]),
          .store("result", "channel", .single("sum")),
        ])
    ])

  /// Columns of one task of `sum_columns`.
  static let columnChunk = 64

  static let sumColumns = Kernel(
    "sum_columns", "sum of the rows of a matrix; a task is a block of columns",
    [.input("x"), .output("result")] + Parameter.integers("rows columns"),
    text: { _ in
      """
      for (int64_t task = first; task < last; ++task) {
        const int64_t begin = task * \(columnChunk), count = least(\(columnChunk), columns - begin);
        double sum[\(columnChunk)];
        for (int64_t i = 0; i < \(columnChunk); ++i) sum[i] = 0;
        for (int64_t row = 0; row < rows; ++row)
          for (int64_t i = 0; i < count; ++i) sum[i] += (double)x[row * columns + begin + i];
        for (int64_t i = 0; i < count; ++i) result[begin + i] = (float)sum[i];
      }
      """
    })

  /// Floats whose statistics are taken at once; they stay in the first-level cache between the two passes.
  private static let momentsChunk = 4096

  static let mergeMoments = Helper("merge_moments") { _ in
    """
    /* Mean and sum of squared distances from it, merged from two disjoint sets by the formula of Chan, Golub and
       LeVeque (1979). */
    static inline void merge_moments(double *count, double *mean, double *squares, double n, double m, double q) {
      if (n == 0) return;
      const double all = *count + n, step = m - *mean;
      *squares += q + step * step * (*count * n / all);
      *mean += step * (\(Mutation.isActive(.mergedMeanShift) ? "0.5" : "n / all"));
      *count = all;
    }
    """
  }

  /// (count, mean, M2) of a channel over a range of images, merged chunk by chunk with Chan's formula.
  static let channelMoments = Helper("channel_moments", needs: [runSum, runSquares, mergeMoments]) { _ in
    """
    /* Count, mean and sum of squared distances of one channel over a range of images: two passes over each run of at
       most \(momentsChunk) floats, so that nothing cancels however large the mean is beside the deviation. Short planes are
       summed directly. */
    static NOINLINE void channel_moments(const float *x, int64_t from, int64_t to, int64_t stride, int64_t inner,
                                         double *count, double *mean, double *squares) {
      *count = *mean = *squares = 0;
      if (inner < LANES) {
        double sum = 0, n = (double)((to - from) * inner);
        for (int64_t image = from; image < to; ++image)
          for (int64_t i = 0; i < inner; ++i) sum += (double)x[image * stride + i];
        const double centre = n > 0 ? sum / n : 0;
        double q = 0;
        for (int64_t image = from; image < to; ++image)
          for (int64_t i = 0; i < inner; ++i) {
            const double step = (double)x[image * stride + i] - centre;
            q += step * step;
          }
        merge_moments(count, mean, squares, n, centre, q);
        return;
      }
      for (int64_t image = from; image < to; ++image)
        for (int64_t start = 0; start < inner; start += \(momentsChunk)) {
          const float *run = x + image * stride + start;
          const int64_t n = least(\(momentsChunk), inner - start);
          const double m = run_sum(run, n) / (double)n;
          /* the distances are taken from the rounded mean; what that adds to the squares is known exactly */
          const float centre = (float)m;
          const double off = m - (double)centre;
          merge_moments(count, mean, squares, (double)n, m, run_squares(run, centre, n) - off * off * (double)n);
        }
    }
    """
  }

  static let moments = Kernel(
    "moments", "mean and biased variance; a task is a channel of a group",
    [.input("x"), .output("result")] + Parameter.integers("images channels inner groups stride pitch"),
    helpers: [channelMoments],
    text: { _ in
      """
      for (int64_t task = first; task < last; ++task) {
        const int64_t group = task / channels, channel = task % channels;
        double count, mean, squares;
        channel_moments(x + channel * inner, group * images / groups, (group + 1) * images / groups, stride,
                        inner, &count, &mean, &squares);
        result[group * 2 * pitch + channel] = (float)mean;
        result[(group * 2 + 1) * pitch + channel] = (float)(squares < 0 ? 0 : squares / count);
      }
      """
    })

  static let momentsPart = Kernel(
    "moments_part", "count, mean and sum of squared distances of a range of images; a task is a channel of a range",
    [.input("x"), .doublesOut("parts")] + Parameter.integers("images channels inner groups stride ranges"),
    helpers: [channelMoments],
    text: { _ in
      """
      for (int64_t task = first; task < last; ++task) {
        const int64_t range = task % ranges, channel = task / ranges % channels, group = task / ranges / channels;
        const int64_t from = group * images / groups, size = (group + 1) * images / groups - from;
        double *part = parts + task * 3;
        channel_moments(x + channel * inner, from + range * size / ranges, from + (range + 1) * size / ranges,
                        stride, inner, part, part + 1, part + 2);
      }
      """
    })

  static let momentsMerge = Kernel(
    "moments_merge", "merges the ranges of moments_part in their order; a task is a block of channels of a group",
    [.doubles("parts"), .output("result")] + Parameter.integers("channels pitch ranges"), helpers: [mergeMoments],
    text: { _ in
      """
      for (int64_t task = first; task < last; ++task) {
        const int64_t group = task / channels, channel = task % channels;
        double count = 0, mean = 0, squares = 0;
        for (int64_t range = 0; range < ranges; ++range) {
          const double *part = parts + (task * ranges + range) * 3;
          merge_moments(&count, &mean, &squares, part[0], part[1], part[2]);
        }
        result[group * 2 * pitch + channel] = (float)mean;
        result[(group * 2 + 1) * pitch + channel] = (float)(squares < 0 ? 0 : squares / count);
      }
      """
    })

  static let normalizeReduce = Kernel(
    "normalize_reduce", "sum(dy) and sum(dy * (x - mean) / sqrt(variance + epsilon)); a task is a channel of a group",
    [.input("dy"), .input("x"), .input("moments"), .output("result")]
      + Parameter.integers("images channels inner groups") + [.double("epsilon")],
    helpers: [runSum, runProducts],
    text: { _ in
      """
      for (int64_t task = first; task < last; ++task) {
        const int64_t group = task / channels, channel = task % channels;
        const int64_t at_mean = group * 2 * channels + channel, at_variance = at_mean + channels;
        const float mean = moments[at_mean];
        double sum = 0, product = 0;
        for (int64_t image = group * images / groups; image < (group + 1) * images / groups; ++image) {
          const int64_t plane = (image * channels + channel) * inner;
          sum += run_sum(dy + plane, inner);
          product += run_products(x + plane, dy + plane, mean, inner);
        }
        result[at_mean] = (float)sum;
        result[at_variance] = (float)(product / sqrt((double)moments[at_variance] + epsilon));
      }
      """
    })
}
