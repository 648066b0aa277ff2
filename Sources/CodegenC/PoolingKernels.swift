import NNIR

/// Pooling over up to three spatial axes; a task is a block of planes (one image, one channel).
///
/// Sums and comparisons of a window run over its taps in row-major order, for many windows of a line side by side. An
/// operand that a hook computes, and a result that an epilogue takes, stand in a plane of scratch.
extension Kernel {
  private static let geometry = Parameter.integers(
    "planes channels block depth height width out_depth out_height out_width size_d size_h size_w step_d step_h step_w "
      + "pad_d pad_h pad_w end_d end_h end_w count_pad")

  /// Windows side by side that are computed together, so that the loop over them has no branches.
  private static let strand = 64

  /// Loops over strands of windows of one plane: `begin` before the taps of a strand, `tap` for each tap with the windows
  /// `from ..< to` that it does not miss and `source_w`, the column under window 0, `end` after the taps. A strand's
  /// windows are o ..< o + count, the first of them in column `ow`.
  private static func windows(begin: String, tap: String, end: String) -> String {
    """
    for (int64_t od = 0; od < out_depth; ++od)
      for (int64_t oh = 0; oh < out_height; ++oh)
        for (int64_t ow = 0; ow < out_width; ow += \(strand)) {
          const int64_t count = least(\(strand), out_width - ow);
          const int64_t o = (od * out_height + oh) * out_width + ow;
          const int64_t d0 = od * step_d - pad_d, h0 = oh * step_h - pad_h;
    \(begin.indented(3))      for (int64_t d = greatest(d0, 0); d < least(d0 + size_d, depth); ++d)
            for (int64_t h = greatest(h0, 0); h < least(h0 + size_h, height); ++h)
              for (int64_t kw = 0; kw < size_w; ++kw) {
                const int64_t line = (d * height + h) * width, source_w = ow * step_w + kw - pad_w;
                const int64_t from = source_w < 0 ? (-source_w + step_w - 1) / step_w : 0;
                const int64_t to = source_w < width ? least(count, (width - source_w + step_w - 1) / step_w) : 0;
    \(tap.indented(6))          }
    \(end.indented(3))    }

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
  private static let inPlane = "depth * height * width"
  private static let outPlane = "out_depth * out_height * out_width"

  /// The first of the largest wins, or the first NaN.
  private static let comparison = Mutation.isActive(.maxPoolTie) ? ">=" : ">"
  private static func wins(_ best: String) -> String {
    "value \(comparison) \(best) || (value != value && \(best) == \(best))"
  }

  /// An operand of a plane kernel: its array's name in the body, the size of its plane, and its hook.
  struct PlaneOperand: Sendable {
    var name: String
    var size: String
    var hook: Hook?
  }

  /// A kernel that turns planes into planes; `body` reads the operands' arrays and writes `target`.
  ///
  /// What a hook computes lies in scratch; so does the result when an epilogue takes it.
  private static func planeKernel(
    _ name: String, _ summary: String, operands: [PlaneOperand], target size: String, store epilogue: Epilogue?,
    parameters: [Parameter], helpers: [Helper] = [], body: String
  ) -> Kernel {
    let hooks = operands.compactMap(\.hook)
    let targets = epilogue.map { $0.parameters + [.integer("scratch_tile")] } ?? target(nil)
    let loads = operands.map(\.hook)
    return Kernel(
      name, variant: (loads.map { $0?.key ?? "" } + [epilogue?.key ?? ""]).joined(separator: "|"),
      summary + loads.map { describe(load: $0, store: nil) }.joined() + describe(store: epilogue)
        + "; a task is a block of planes",
      operands.flatMap { source($0.name, $0.hook) } + targets + parameters,
      helpers: helpers + hooks.flatMap(\.helpers) + (epilogue?.helpers ?? []),
      text: { _ in planeText(operands: operands, target: size, store: epilogue, body: body) })
  }

  /// The body of a plane kernel.
  private static func planeText(
    operands: [PlaneOperand], target size: String, store epilogue: Epilogue?, body: String
  ) -> String {
    let hooks = operands.compactMap(\.hook)
    var setup = hooks.map { $0.setup(channels: "channels") }.joined()
    setup += epilogue?.hook.setup(channels: "channels") ?? ""
    var plane = ""
    for operand in operands {
      guard let hook = operand.hook else {
        plane +=
          "const float *\(operand.name)_plane = \(operand.name) + image * \(operand.name)_stride + channel * \(operand.size);\n"
        continue
      }
      plane += "float *\(operand.name)_plane = (float *)(void *)(c->scratch + \(hook.prefix)_line);\n{\n"
      plane += hook.channelBegin("channel").indented(1)
      plane += hook.run(
        image: "image", channel: "channel", plane: operand.size, position: "0", count: operand.size,
        result: "\(operand.name)_plane"
      ).indented(1)
      plane += "}\n"
    }
    plane +=
      epilogue == nil
      ? "float *target = result + image * result_stride + channel * \(size);\n"
      : "float *target = (float *)(void *)(c->scratch + scratch_tile);\n"
    plane += body
    if let epilogue {
      plane += epilogue.channel(
        "channel", channels: "channels", part: "image", plane: size, image: "image", position: "start",
        count: "least(\(pointwiseRun), \(size) - start)", value: "target + start"
      ) { body in
        "for (int64_t start = 0; start < \(size); start += \(pointwiseRun)) {\n\(body.indented(1))}\n"
      }
    }
    return """
      \(setup)for (int64_t number = first * block; number < least(last * block, planes); ++number) {
        const int64_t image = number / channels, channel = number % channels;
      \(plane.indented(1).dropLast())
      }
      """
  }

  /// Vectors of windows side by side: each tap's comparison waits for the one before, but not for those beside it.
  private static let windowVectors = 4

  private static let largestOfWindows = Helper("largest_of_windows", needs: [someLanes, laneShuffles]) { _ in
    func calls(_ step: Int) -> String {
      (1...windowVectors).map { count in
        "case \(2 * count + step - 1): largest(\(step), \(count), box, at, size_w, windows, best); break;"
      }.joined(separator: "\n")
    }
    return """
      /* A volume, and the part of its depth and height that a line of windows looks at. */
      struct box {
        const float *x;
        int64_t height, width, first_d, last_d, first_h, last_h;
      };

      /* The maxima of some windows, LANES at least: the first of the largest or the first NaN, taps in row-major order.
         They begin `step` columns apart, from column `at` on, and do not reach across the ends of lines. */
      static ALWAYS_INLINE void largest(const int step, const int vectors, const struct box *box, int64_t at,
                                        int64_t size_w, int64_t windows, float *best) {
        vec now[\(windowVectors)];
        int64_t window[\(windowVectors)]; /* the last vector may overlap the one before */
        UNROLL for (int v = 0; v < vectors; ++v) {
          now[v] = (vec){0} - INFINITY;
          window[v] = least(v * LANES, windows - LANES);
        }
        for (int64_t d = box->first_d; d < box->last_d; ++d)
          for (int64_t h = box->first_h; h < box->last_h; ++h) {
            const float *from = box->x + (d * box->height + h) * box->width + at;
            for (int64_t w = 0; w < size_w; ++w, ++from)
              UNROLL for (int v = 0; v < vectors; ++v) {
                const float *first = from + window[v] * step;
                const vec value = step == 1 ? load(first) : every_other(load(first), load(first + LANES - 1));
                const lanes_mask wins = (lanes_mask)(value \(comparison) now[v]) | ((lanes_mask)(value != value) & (lanes_mask)(now[v] == now[v]));
                now[v] = (vec)((wins & (lanes_mask)value) | (~wins & (lanes_mask)now[v]));
              }
          }
        UNROLL for (int v = 0; v < vectors; ++v) store(best + window[v], now[v]);
      }

      static NOINLINE void largest_of_windows(int64_t step, const struct box *box, int64_t at, int64_t size_w,
                                              int64_t windows, float *best) {
        switch ((windows + LANES - 1) / LANES * 2 + step - 1) {
      \((calls(1) + "\n" + calls(2)).indented(2))
        }
      }

      /* The maximum of the columns first_w ..< last_w. */
      static inline float largest_of_window(const struct box *box, int64_t first_w, int64_t last_w) {
        float best = \(Mutation.isActive(.maxPoolPadding) ? "0" : "-INFINITY");
        for (int64_t d = box->first_d; d < box->last_d; ++d)
          for (int64_t h = box->first_h; h < box->last_h; ++h)
            SHORT for (int64_t w = first_w; w < last_w; ++w) {
              const float value = box->x[(d * box->height + h) * box->width + w];
              best = \(wins("best")) ? value : best;
            }
        return best;
      }
      """
  }

  /// Windows side by side in the lanes of vectors; those across the border, and those of lines that fill no vector, one by
  /// one.
  static func maxPool(load hook: Hook?, store epilogue: Epilogue?) -> Kernel {
    planeKernel(
      "max_pool", "maximum of each window", operands: [PlaneOperand(name: "x", size: inPlane, hook: hook)],
      target: outPlane, store: epilogue, parameters: geometry, helpers: [largestOfWindows],
      body: unusedEnd + """
        /* windows from `inner` up to `outer` lie inside their line */
        const int64_t inner = least((pad_w + step_w - 1) / step_w, out_width);
        const int64_t outer = width + pad_w < size_w ? 0 : least((width + pad_w - size_w) / step_w + 1, out_width);
        const int64_t side_by_side = step_w <= 2 && outer - inner >= LANES ? outer : inner;
        for (int64_t od = 0; od < out_depth; ++od)
          for (int64_t oh = 0; oh < out_height; ++oh) {
            float *best = target + (od * out_height + oh) * out_width;
            const int64_t d0 = od * step_d - pad_d, h0 = oh * step_h - pad_h;
            const struct box box = {.x = x_plane, .height = height, .width = width,
                                    .first_d = greatest(d0, 0), .last_d = least(d0 + size_d, depth),
                                    .first_h = greatest(h0, 0), .last_h = least(h0 + size_h, height)};
            for (int64_t ow = 0; ow < out_width;) {
              if (ow >= inner && ow < side_by_side) {
                ow = least(ow, side_by_side - LANES);
                const int64_t windows = least(side_by_side - ow, \(windowVectors) * LANES);
                largest_of_windows(step_w, &box, ow * step_w - pad_w, size_w, windows, best + ow);
                ow += windows;
              } else {
                const int64_t w0 = ow * step_w - pad_w;
                best[ow++] = largest_of_window(&box, greatest(w0, 0), least(w0 + size_w, width));
              }
            }
          }

        """)
  }

  private static let cleared = "for (int64_t i = 0; i < \(inPlane); ++i) target[i] = 0;\n"

  static func maxPoolGradient(dy gradient: Hook?, x hook: Hook?, store epilogue: Epilogue?) -> Kernel {
    planeKernel(
      "max_pool_gradient", "dy at the position that won its window",
      operands: [
        PlaneOperand(name: "dy", size: outPlane, hook: gradient), PlaneOperand(name: "x", size: inPlane, hook: hook),
      ], target: inPlane, store: epilogue, parameters: geometry, helpers: [someLanes, laneShuffles],
      body: unusedEnd + cleared
        + windows(
          begin: """
            /* where a window's winner is: how far behind its column under the first line; -1 before any tap */
            const int64_t first_line = (greatest(d0, 0) * height + greatest(h0, 0)) * width;
            float best[\(strand)];
            int32_t where[\(strand)];
            for (int64_t i = 0; i < count; ++i) {
              best[i] = -INFINITY;
              where[i] = -1;
            }

            """,
          tap: """
            /* the first position wins even where all are minus infinity */
            const int32_t here = (int32_t)(line - first_line + kw);
            int64_t i = from;
            if (step_w == 2 && to - from >= LANES) {
              /* as in a max pool: what has been compared once does not win again */
              const int64_t inside = least(to, (width - source_w) / 2);
              for (; i + LANES <= inside; i = i + LANES < inside ? least(i + LANES, inside - LANES) : inside) {
                const float *at = x_plane + line + source_w + 2 * i;
                const vec value = even_lanes(load(at), load(at + LANES)), now = load(best + i);
                const lanes_mask winner = (lanes_mask)load(where + i);
                const lanes_mask wins =
                    (winner < 0) | (lanes_mask)(value \(comparison) now) | ((lanes_mask)(value != value) & (lanes_mask)(now == now));
                store(best + i, (vec)((wins & (lanes_mask)value) | (~wins & (lanes_mask)now)));
                store(where + i, (vec)((wins & here) | (~wins & winner)));
              }
            }
            INDEPENDENT
            for (; i < to; ++i) {
              const float value = x_plane[line + source_w + i * step_w];
              const int better = where[i] < 0 || \(wins("best[i]"));
              best[i] = better ? value : best[i];
              where[i] = better ? here : where[i];
            }
            """,
          end: "for (int64_t i = 0; i < count; ++i) "
            + "target[first_line + where[i] + (ow + i) * step_w - pad_w] += dy_plane[o + i];\n"))
  }

  /// Means of windows of 2×2 that neither overlap nor leave anything out, as between the blocks of a DenseNet.
  static func averagePoolHalving(load hook: Hook?, store epilogue: Epilogue?) -> Kernel {
    planeKernel(
      "average_pool_halving", "mean of each 2x2", operands: [PlaneOperand(name: "x", size: inPlane, hook: hook)],
      target: outPlane, store: epilogue, parameters: geometry, helpers: [someLanes, laneShuffles],
      body: """
        for (int64_t oh = 0; oh < out_height; ++oh) {
          const float *upper = x_plane + 2 * oh * width, *lower = upper + width;
          float *mean = target + oh * out_width;
          int64_t ow = 0;
          for (; ow + LANES <= out_width; ow += LANES) {
            const vec a = load(upper + 2 * ow) + load(lower + 2 * ow);
            const vec b = load(upper + 2 * ow + LANES) + load(lower + 2 * ow + LANES);
            store(mean + ow, (even_lanes(a, b) + odd_lanes(a, b)) * 0.25f);
          }
          if (ow < out_width) {
            const int64_t some = out_width - ow, more = 2 * some - LANES;
            vec a, b = {0};
            if (more >= 0) {
              a = load(upper + 2 * ow) + load(lower + 2 * ow);
              if (more > 0)
                b = load_some(more, upper + 2 * ow + LANES) + load_some(more, lower + 2 * ow + LANES);
            } else {
              a = load_some(2 * some, upper + 2 * ow) + load_some(2 * some, lower + 2 * ow);
            }
            store_some(some, mean + ow, (even_lanes(a, b) + odd_lanes(a, b)) * 0.25f);
          }
        }

        """)
  }

  static func averagePoolHalvingGradient(load hook: Hook?, store epilogue: Epilogue?) -> Kernel {
    planeKernel(
      "average_pool_halving_gradient", "a quarter of dy at each position of its 2x2",
      operands: [PlaneOperand(name: "dy", size: outPlane, hook: hook)], target: inPlane, store: epilogue,
      parameters: geometry, helpers: [someLanes, laneShuffles],
      body: """
        for (int64_t oh = 0; oh < out_height; ++oh) {
          const float *mean = dy_plane + oh * out_width;
          float *upper = target + 2 * oh * width, *lower = upper + width;
          int64_t ow = 0;
          for (; ow + LANES <= out_width; ow += LANES) {
            const vec share = load(mean + ow) * 0.25f;
            store(upper + 2 * ow, low_lanes(share, share));
            store(upper + 2 * ow + LANES, high_lanes(share, share));
            store(lower + 2 * ow, low_lanes(share, share));
            store(lower + 2 * ow + LANES, high_lanes(share, share));
          }
          if (ow < out_width) {
            const int64_t some = out_width - ow, more = 2 * some - LANES;
            const vec share = load_some(some, mean + ow) * 0.25f;
            if (more >= 0) {
              store(upper + 2 * ow, low_lanes(share, share));
              store(lower + 2 * ow, low_lanes(share, share));
              if (more > 0) {
                store_some(more, upper + 2 * ow + LANES, high_lanes(share, share));
                store_some(more, lower + 2 * ow + LANES, high_lanes(share, share));
              }
            } else {
              store_some(2 * some, upper + 2 * ow, low_lanes(share, share));
              store_some(2 * some, lower + 2 * ow, low_lanes(share, share));
            }
          }
        }

        """)
  }

  static func averagePool(load hook: Hook?, store epilogue: Epilogue?) -> Kernel {
    planeKernel(
      "average_pool", "mean of each window", operands: [PlaneOperand(name: "x", size: inPlane, hook: hook)],
      target: outPlane, store: epilogue, parameters: geometry,
      body: windows(
        begin: divisors + "float *sum = target + o;\nfor (int64_t i = 0; i < count; ++i) sum[i] = 0;\n",
        tap: """
          INDEPENDENT
          for (int64_t i = from; i < to; ++i) sum[i] += x_plane[line + source_w + i * step_w];
          """, end: "for (int64_t i = 0; i < count; ++i) sum[i] /= divisor[i];\n"))
  }

  static func averagePoolGradient(load hook: Hook?, store epilogue: Epilogue?) -> Kernel {
    planeKernel(
      "average_pool_gradient", "dy over the window's divisor, added to all its positions",
      operands: [PlaneOperand(name: "dy", size: outPlane, hook: hook)], target: inPlane, store: epilogue,
      parameters: geometry,
      body: cleared
        + windows(
          begin: divisors + "for (int64_t i = 0; i < count; ++i) divisor[i] = dy_plane[o + i] / divisor[i];\n",
          tap: """
            INDEPENDENT
            for (int64_t i = from; i < to; ++i) target[line + source_w + i * step_w] += divisor[i];
            """, end: ""))
  }

  private static let planeParameters = Parameter.integers("planes channels inner block")

  static func globalAveragePool(load hook: Hook?) -> Kernel {
    planeKernel(
      "global_average_pool", "mean over all positions", operands: [PlaneOperand(name: "x", size: "inner", hook: hook)],
      target: "1", store: nil, parameters: planeParameters, helpers: [runSum],
      body: "*target = (float)(run_sum(x_plane, inner) / (double)inner);\n")
  }

  static func globalAveragePoolGradient(store epilogue: Epilogue?) -> Kernel {
    planeKernel(
      "global_average_pool_gradient", "dy over the number of positions, at each of them",
      operands: [PlaneOperand(name: "dy", size: "1", hook: nil)], target: "inner", store: epilogue,
      parameters: planeParameters,
      body: "const float share = *dy_plane / (float)inner;\nfor (int64_t i = 0; i < inner; ++i) target[i] = share;\n")
  }
}
