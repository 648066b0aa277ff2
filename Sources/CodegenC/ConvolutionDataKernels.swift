import NNIR

/// The gradient of a convolution's input.
///
/// With i the input's and o the output's position, i + pad = s·o + k·d for tap k. Input positions that are equal modulo
/// s (a phase φ, i + pad = s·j + φ) are reached by the taps with k·d ≡ φ only, from o = j − (k·d − φ)/s: for each phase
/// this is a convolution of dy with stride 1. Each value is gathered by one task, in one order.
extension Kernel {
  /// A loop over phases and their taps; `body` sees phase (fd, fh, fw), tap (kd, kh, kw) and its shifts.
  private static func phaseTaps(_ body: String) -> String {
    """
    for (int64_t kd = 0; kd < size_d; ++kd)
      for (int64_t kh = 0; kh < size_h; ++kh)
        for (int64_t kw = 0; kw < size_w; ++kw)
          if (kd * far_d % step_d == fd && kh * far_h % step_h == fh && kw * far_w % step_w == fw) {
    \(body.indented(3))      }
    """
  }

  static let convolutionTranspose = Kernel(
    "convolution_transpose",
    "weights for the gradient of the input, input channels as rows: for each phase those of its taps in panels; a task is "
      + "a tile of rows of a group",
    [.input("w"), .output("result")]
      + Parameter.integers(
        "groups inputs outputs size_d size_h size_w step_d step_h step_w far_d far_h far_w block scratch_tap"),
    helpers: [panelRow],
    text: { _ in
      """
      int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
      const int64_t terms = size_d * size_h * size_w;
      const struct panels panels = panels_of(inputs);
      float *target = result;
      for (int64_t fd = 0; fd < step_d; ++fd)
        for (int64_t fh = 0; fh < step_h; ++fh)
          for (int64_t fw = 0; fw < step_w; ++fw) {
            int64_t taps = 0;
      \(phaseTaps("tap[taps++] = (kd * size_h + kh) * size_w + \(Mutation.isActive(.transposedTaps) ? "size_w - 1 - kw" : "kw");\n").indented(3).dropLast())
            for (int64_t task = first; task < last; ++task) {
              const int64_t tile = task % panels.tiles, group = task / panels.tiles;
              const int64_t row = panel_row(&panels, tile), rows = panel_row(&panels, tile + 1) - row;
              for (int64_t output = 0; output < outputs; output += block) {
                const int64_t count = least(block, outputs - output);
                float *panel = target + (group * inputs * outputs + output * inputs + row * count) * taps;
                for (int64_t r = 0; r < rows; ++r) {
                  const float *source = w + ((group * outputs + output) * inputs + row + r) * terms;
                  for (int64_t k = 0; k < count; ++k, source += inputs * terms)
                    SHORT for (int64_t t = 0; t < taps; ++t) panel[(k * taps + t) * rows + r] = source[tap[t]];
                }
              }
            }
            target += groups * inputs * outputs * taps;
          }
      """
    })

  static func convolutionBackwardData(_ form: ConvolutionForm, load hook: Hook?, store epilogue: Epilogue?) -> Kernel {
    Kernel(
      "convolution_backward_data",
      variant: [form.rawValue, hook?.key ?? "", epilogue?.key ?? ""].joined(separator: "|"),
      "gradient of a convolution's input\(describe(load: hook, store: epilogue)); a task is a tile of positions, a group "
        + "and a part of its channels",
      source("dy", hook) + [.input("w")] + target(epilogue) + convolutionParameters
        + Parameter.integers(
          "first_d first_h first_w count_h count_w shift_d shift_h shift_w block scratch_tap scratch_line scratch_data "
            + "scratch_phase"),
      helpers: [cut] + packHelpers(form) + [stripTile] + (hook?.helpers ?? [])
        + (epilogue?.helpers ?? []),
      text: { _ in
        return """
          int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
          \(epilogue == nil ? "int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);\n" : "")float *data = (float *)(void *)(c->scratch + scratch_data);
          \(hook?.setup(channels: "groups * outputs") ?? "")\(epilogue?.hook.setup(channels: "groups * inputs") ?? "")const int64_t plane = tile_images * rows * pitch, in_plane = in_d * in_h * in_w;
          (void)in_plane;
          const int64_t out_plane = out_d * out_h * out_w;
          /* the taps of each phase, phase after phase, and how many there are */
          int64_t *phase_taps = (int64_t *)(void *)(c->scratch + scratch_phase);
          {
            int64_t taps = 0, phase = 0;
            for (int64_t fd = 0; fd < step_d; ++fd)
              for (int64_t fh = 0; fh < step_h; ++fh)
                for (int64_t fw = 0; fw < step_w; ++fw, ++phase) {
                  const int64_t before = taps;
          \(phaseTaps(
          form == .shifted
            ? "tap[taps++] = (size_w - 1 - kw) * plane + (shift_h - kh * far_h) * pitch;\n"
            : """
          tap[taps++] = kd * far_d / step_d * plane + (shift_h - kh * far_h / step_h) * pitch + shift_w -
                        kw * far_w / step_w;
          """).indented(4).dropLast())
                  phase_taps[phase] = taps - before;
                }
          }
          \(vectorPlaces(form, taps: "size_h * size_w"))\(clearGaps(form, channels: "outputs", before: "shift_w - first_w", width: "out_w"))const struct panels panels = panels_of(inputs);
          const int64_t parts = panels.tiles;
          for (int64_t task = first, next; task < last; task = next) {
            const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
            next = least(last, task - from + parts);
            \(decodeTile(inVectors: form == .pointwise, hasColumns: !form.isInRuns, lines: "count_h", columns: "count_w").replacing("\n", with: "\n  "))
            const int64_t jd = first_d + d0, jh = first_h + h0, jw = first_w\(form.isInRuns ? "" : " + w0");
            const int64_t first_output = group * outputs;
          \(dataPack(form, hook).indented(1).dropLast())
            const int64_t first_input = group * inputs;
            const float *weights = w;
            const int64_t *phase_tap = tap, *phase_count = phase_taps;
            int64_t taps = 0;
            for (int64_t fd = 0; fd < step_d; ++fd)
              for (int64_t fh = 0; fh < step_h; ++fh)
                for (int64_t fw = 0; fw < step_w; ++fw) {
                  phase_tap += taps;
                  taps = *phase_count++;
                  const float *phase = weights + first_input * outputs * taps;
                  weights += groups * inputs * outputs * taps;
                  const int64_t d = jd * step_d + fd - pad_d, w_first = jw * step_w + fw - pad_w;
                  if (d < 0 || d >= in_d) continue;
                  /* columns j with 0 <= w_first + j * step_w < in_w */
                  const int64_t begin = w_first < 0 ? (-w_first + step_w - 1) / step_w : 0;
                  const int64_t end = w_first < in_w ? (in_w - w_first + step_w - 1) / step_w : 0;
                  struct strip s = {
                      .data = data, .channels = outputs, .channel_stride = channel_stride, .tap = phase_tap, .taps = taps,
                      .weights = phase, .rows = inputs, .block = block,
                      .panels = panels, .bias = 0, .tile = from,
                      .last = from + next - task,
                      .positions = \(positions(form)),
                      .pitch = \(linePitch(form)),\(form == .lines ? " .vector = vector," : "") .begin = begin,
                      .end = \(form.isInRuns ? "lines_here * end" : "least(columns_here, end)"), .step = step_w};
          \(askForNext(form, dataOperand(hook), channels: "outputs", lines: "count_h", columns: "count_w").indented(4))\((epilogue.map { dataEpilogue(form, $0) } ?? dataStore(form)).indented(4).dropLast())
                }
          }
          """
      })
  }

  private static func dataOperand(_ hook: Hook?) -> Packed {
    Packed(
      name: "dy", hook: hook, channels: "outputs", firstChannel: "first_output", plane: "out_plane",
      height: "out_h", width: "out_w", firstLine: "jh - shift_h", before: "shift_w - jw",
      still: "(shift_w - pad_w) / far_w")
  }

  /// Statements that bring the tile's part of dy into the strip.
  private static func dataPack(_ form: ConvolutionForm, _ hook: Hook?) -> String {
    if form != .general { return pack(form, dataOperand(hook)) }
    let line = packLine(
      hook, line: "(d * out_h + h) * out_w", extent: "out_w", plane: "out_plane", channel: "first_output + output",
      first: "jw - shift_w", step: "1")
    let source =
      hook == nil
      ? "const int64_t image_stride = dy_stride;\nconst float *source = dy + n0 * image_stride;\n"
      : "float *const whole = 0; /* lines are taken as they are */\n"
    return source + """
      for (int64_t output = 0; output < outputs; ++output) {
        float *target = data + output * channel_stride;
      \((hook?.channelBegin("first_output + output") ?? "").indented(1))  for (int64_t shift = 0; shift <= shift_d; ++shift) {
          const int64_t d = jd - shift;
          for (int64_t n = 0; n < tile_images; ++n)
            for (int64_t line = 0; line < rows; ++line, target += pitch) {
              const int64_t h = jh + line - shift_h;
              const int inside = d >= 0 && d < out_d && h >= 0 && h < out_h && n0 + n < images;
      \(line.indented(4).dropLast())
            }
        }
      }
      """
  }

  private static func dataStore(_ form: ConvolutionForm) -> String {
    (form.isInRuns ? dataRuns : dataLines) + """
      s.line = lines;
      s.result = result + n0 * result_stride + (first_input + strip_row(&s, from)) * in_plane;
      s.row_stride = in_plane;
      strip_multiply(&s, strip_tile_any);

      """
  }

  private static let dataRuns = """
    for (int64_t n = 0; n < images_here; ++n) lines[n] = n * result_stride + h0 * in_w;

    """

  private static let dataLines = """
    for (int64_t n = 0; n < images_here; ++n)
      for (int64_t line = 0; line < rows; ++line) {
        const int64_t h = (jh + line) * step_h + fh - pad_h;
        lines[n * rows + line] =
            line < lines_here && h >= 0 && h < in_h ? n * result_stride + (d * in_h + h) * in_w + w_first : NOWHERE;
      }

    """

  /// Only for strides of 1: there is one phase, and a tile's lines are whole.
  private static func dataEpilogue(_ form: ConvolutionForm, _ epilogue: Epilogue) -> String {
    let wanted = askForEpilogue(
      form, epilogue, channel: "first_input", plane: "in_plane",
      position: form.isInRuns ? "h0 * in_w" : "(d * in_h + h0) * in_w + w0", width: "in_w")
    if form.isInRuns {
      return wanted
        + rowsOfEpilogue(epilogueOfRuns(epilogue, "first_input + row + r", channels: "groups * inputs", "in"))
    }
    let channel = epilogue.channel(
      "first_input + row + r", channels: "groups * inputs", part: "tile", plane: "in_plane", image: "n0 + n",
      position: "(d * in_h + jh + line - pad_h) * in_w + w_first + begin", count: "greatest(0, s.end - begin)",
      value: "tile_data + r * tile_stride + (n * rows + line) * pitch + begin",
      stored: wholeLines(form)
    ) { body in
      """
      for (int64_t n = 0; n < images_here; ++n)
        for (int64_t line = 0; line < lines_here; ++line) {
          const int64_t h = jh + line - pad_h;
          if (h < 0 || h >= in_h) continue;
      \(body.indented(2).dropLast())
        }

      """
    }
    return wanted + rowsOfEpilogue(channel)
  }
}
