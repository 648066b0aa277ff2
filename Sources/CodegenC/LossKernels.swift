import NNIR

/// Softmax, losses, and random words.
extension Kernel {
  /// The largest element of a row and the sum of exponentials relative to it.
  private static let rowExponentials = Helper("row_exponentials") { _ in
    """
    /* The sum of exp(z - largest) over a row, and the largest element; each exponential is left in `result` where that
       is not null. */
    static NOINLINE double row_exponentials(const float *z, int64_t count, float *result, float *largest) {
      float top = -INFINITY;
      for (int64_t i = 0; i < count; ++i) top = z[i] > top ? z[i] : top;
      double sum = 0;
      for (int64_t i = 0; i < count; ++i) {
        const float e = expf(z[i] - top);
        if (result) result[i] = e;
        sum += (double)e;
      }
      *largest = top;
      return sum;
    }
    """
  }

  static let softmax = Kernel(
    "softmax", "exp(z - max) / sum of each row; a task is a block of rows",
    [.input("x"), .output("result")] + Parameter.integers("rows columns block"), helpers: [rowExponentials],
    text: { _ in
      """
      for (int64_t row = first * block; row < least(last * block, rows); ++row) {
        float *target = result + row * columns, largest;
        const double sum = row_exponentials(x + row * columns, columns, target, &largest);
        const float factor = (float)(1 / sum);
        for (int64_t i = 0; i < columns; ++i) target[i] *= factor;
      }
      """
    })

  static let softmaxCrossEntropyRows = Kernel(
    "softmax_cross_entropy_rows", "log(sum exp(z - max)) + max - z[label] of each row; a task is a block of rows",
    [.input("x"), .labels("labels"), .doublesOut("parts")] + Parameter.integers("rows columns block"),
    helpers: [rowExponentials],
    text: { _ in
      """
      for (int64_t row = first * block; row < least(last * block, rows); ++row) {
        const float *z = x + row * columns;
        const int64_t label = labels[row];
        float largest;
        const double sum = row_exponentials(z, columns, 0, &largest);
        /* a label that names no class gives NaN instead of a read outside the row */
        const double chosen = label >= 0 && label < columns ? (double)z[label] : (double)NAN;
        parts[row] = log(sum) + (double)largest - chosen;
      }
      """
    })

  static let softmaxCrossEntropyGradient = Kernel(
    "softmax_cross_entropy_gradient", "(softmax - onehot) * slope / rows; a task is a block of rows",
    [.input("x"), .labels("labels"), .output("result")] + Parameter.integers("rows columns block") + slopeParameters,
    helpers: [rowExponentials],
    text: { _ in
      LoopPrinter.print(slopeSetup, depth: 0) + """
        const float factor = slope / (float)\(Mutation.isActive(.lossGradientScale) ? "columns" : "rows");
        for (int64_t row = first * block; row < least(last * block, rows); ++row) {
          float *target = result + row * columns, largest;
          const double sum = row_exponentials(x + row * columns, columns, target, &largest);
          const float inverse = (float)(1 / sum);
          for (int64_t i = 0; i < columns; ++i)
            target[i] = (target[i] * inverse - (labels[row] == i ? 1.0f : 0.0f)) * factor;
        }
        """
    })

  static let softmaxCrossEntropyBoth = Kernel(
    "softmax_cross_entropy_both",
    "the loss of each row and (softmax - onehot) * slope / rows from the same exponentials; a task is a block of rows",
    [.input("x"), .labels("labels"), .doublesOut("parts"), .output("result")]
      + Parameter.integers("rows columns block") + [.float("slope")],
    helpers: [rowExponentials],
    text: { _ in
      """
      const float factor = slope / (float)\(Mutation.isActive(.lossGradientScale) ? "columns" : "rows");
      for (int64_t row = first * block; row < least(last * block, rows); ++row) {
        const float *z = x + row * columns;
        const int64_t label = labels[row];
        float *target = result + row * columns, largest;
        const double chosen = label >= 0 && label < columns ? (double)z[label] : (double)NAN;
        const double sum = row_exponentials(z, columns, target, &largest);
        parts[row] = log(sum) + (double)largest - chosen;
        const float inverse = (float)(1 / sum);
        for (int64_t i = 0; i < columns; ++i)
          target[i] = (target[i] * inverse - (label == i ? 1.0f : 0.0f)) * factor;
      }
      """
    })

  /// Elements of one partial sum of the squared error.
  static let squaredErrorChunk = 65536

  static let squaredErrorParts = Kernel(
    "squared_error_parts", "sum of squared differences; a task is a chunk of elements",
    [.input("x"), .input("y"), .doublesOut("parts"), .integer("count")], helpers: [runDistances],
    loops: [
      .loop(
        "task", from: "first", to: "last",
        [
          .index("begin", "task" * .integer(squaredErrorChunk)),
          .store(
            "parts", "task",
            .call(
              "run_distances",
              ["x" + "begin", "y" + "begin", .minimum(.integer(squaredErrorChunk), "count" - "begin")])),
        ])
    ])

  static let meanOfParts = Kernel(
    "mean_of_parts", "the sum of partial sums over a divisor; one task",
    [.doubles("parts"), .output("result")] + Parameter.integers("count divisor"),
    loops: [
      .loop(
        "task", from: "first", to: "last",
        [
          .variable(type: "double", name: "sum", "0"),
          .loop("i", from: 0, to: "count", [.accumulate("sum", .load("parts", "i"))]),
          .store("result", "task", .single("sum" / .double("divisor"))),
        ])
    ])

  static let philox = Helper("philox") { _ in
    """
    /* Spreads neighbouring seeds over 64 bits (the finaliser of SplitMix64). */
    static inline uint64_t mixed(uint64_t z) {
      z += UINT64_C(0x9e3779b97f4a7c15);
      z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
      z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
      return z ^ (z >> 31);
    }

    /* Philox-4x32-10 (Salmon, Moraes, Dror, Shaw 2011): four random words for one counter value. */
    static inline void philox(uint64_t key, uint64_t index, uint64_t step, uint32_t word[4]) {
      uint32_t c0 = (uint32_t)index, c1 = (uint32_t)(index >> 32), c2 = (uint32_t)step, c3 = (uint32_t)(step >> 32);
      uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
      UNROLL for (int round = 0; round < 10; ++round) {
        const uint64_t p0 = (uint64_t)c0 * 0xd2511f53u, p1 = (uint64_t)c2 * 0xcd9e8d57u;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        k0 += 0x9e3779b9u;
        k1 += 0xbb67ae85u;
      }
      word[0] = c0;
      word[1] = c1;
      word[2] = c2;
      word[3] = c3;
    }
    """
  }
}
