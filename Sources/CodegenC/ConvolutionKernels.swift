import NNIR

/// Convolution, forward and backward to the data.
extension Kernel {
  /// The words of a row that describe the shape; the same for all three convolution kernels.
  static let convolutionParameters = Parameter.integers(
    "images groups inputs outputs in_d in_h in_w out_d out_h out_w size_d size_h size_w step_d step_h step_w "
      + "far_d far_h far_w pad_d pad_h pad_w tile_images tile_lines tile_columns rows pitch channel_stride "
      + "tiles_n tiles_d tiles_h tiles_w")

  static let cut = Helper("cut") { _ in
    """
    /* Where a part of an axis begins that is cut into so many of them, as evenly as possible: what is left for the last of
       equal parts would be a thread's share of the work like any other. */
    static inline int64_t cut(int64_t extent, int64_t parts, int64_t part) { return \(Mutation.isActive(.unevenPartLost) ? "extent / parts * part" : "extent * part / parts"); }
    """
  }

  /// Declares where the tile number `tile` begins and what it has of its axes, images outermost.
  ///
  /// `lines` and `columns` are the extents that are cut, columns between vectors where images are one line.
  static func decodeTile(
    inVectors: Bool = false, hasDepth: Bool = true, hasLines: Bool = true, hasColumns: Bool = true,
    lines: String = "out_h", columns: String = "out_w"
  ) -> String {
    func part(_ first: String, _ count: String, of extent: String, _ parts: String, _ part: String) -> String {
      "const int64_t \(first) = cut(\(extent), \(parts), \(part)), \(count) = cut(\(extent), \(parts), \(part) + 1) - \(first);"
    }
    var text = [String]()
    if inVectors {
      text.append(
        """
        const int64_t tile_w = tile % tiles_w, line_vectors = (\(columns) + LANES - 1) / LANES;
        const int64_t w0 = cut(line_vectors, tiles_w, tile_w) * LANES;
        const int64_t columns_here = least(\(columns), cut(line_vectors, tiles_w, tile_w + 1) * LANES) - w0;
        """)
    } else if hasColumns {
      text.append(part("w0", "columns_here", of: columns, "tiles_w", "tile % tiles_w"))
    }
    if hasLines { text.append(part("h0", "lines_here", of: lines, "tiles_h", "tile / tiles_w % tiles_h")) }
    if hasDepth { text.append("const int64_t d0 = tile / tiles_w / tiles_h % tiles_d;") }
    text.append("const int64_t tile_n = tile / tiles_w\(hasLines ? " / tiles_h / tiles_d" : "");")
    text.append(part("n0", "images_here", of: "images", "tiles_n", "tile_n"))
    return text.joined(separator: "\n")
  }

  /// Statements that fill tap offsets and phases for the forward strip.
  static func forwardTaps(_ form: ConvolutionForm) -> String {
    switch form {
    case .pointwise: return "tap[0] = 0;"
    case .plane, .lines:
      return """
        for (int64_t h = 0, t = 0; h < size_h; ++h)
          for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = h * far_h * pitch + w * far_w;
        """
    case .shifted:
      return """
        for (int64_t h = 0, t = 0; h < size_h; ++h)
          for (int64_t w = 0; w < size_w; ++w, ++t) tap[t] = w * tile_images * rows * pitch + h * far_h * pitch;
        """
    case .general:
      return """
        const int64_t phases_h = greatest_phase(size_h, far_h, step_h), phases_w = greatest_phase(size_w, far_w, step_w);
        const int64_t plane = tile_images * rows * pitch;
        for (int64_t d = 0, t = 0; d < size_d; ++d)
          for (int64_t h = 0; h < size_h; ++h)
            for (int64_t w = 0; w < size_w; ++w, ++t)
              tap[t] = ((d * phases_h + h * far_h % step_h) * phases_w + w * far_w % \(Mutation.isActive(.stridePhase) ? "1" : "step_w")) * plane +
                       h * far_h / step_h * pitch + w * far_w / step_w;
        """
    }
  }

  static let greatestPhase = Helper("greatest_phase") { _ in
    """
    /* Phases of an axis that taps read: positions modulo the stride, up to the last that occurs. */
    static inline int64_t greatest_phase(int64_t size, int64_t far, int64_t step) {
      int64_t phases = 1;
      for (int64_t k = 0; k < size; ++k) phases = greatest(phases, k * far % step + 1);
      return phases;
    }
    """
  }

  /// A statement that puts a line of the source into `target`: copied, or computed by a hook.
  ///
  /// `line` is the offset of the line in its plane, `extent` its length when `inside` holds.
  static func packLine(
    _ hook: Hook?, image: String = "n", line: String, extent: String, plane: String, channel: String, first: String,
    step: String
  ) -> String {
    guard let hook else {
      return """
        strip_line(source + (inside ? \(image == "n" ? image : "(\(image))") * image_stride + (\(channel)) * \(plane) + \(line) : 0), inside ? \(extent) : 0,
                   \(first), \(step), pitch, target);

        """
    }
    let run = hook.run(
      image: "n0 + \(image)", channel: channel, plane: plane, position: "\(line) + from",
      count: "\(step) == 1 ? end - begin : (end - begin - 1) * \(step) + 1",
      result: "\(step) == 1 ? target + begin : whole")
    return """
      {
        const int64_t at_first = \(first), extent = inside ? \(extent) : 0;
        int64_t begin = at_first < 0 ? (-at_first + \(step) - 1) / \(step) : 0;
        int64_t end = extent > at_first ? (extent - at_first + \(step) - 1) / \(step) : 0;
        begin = least(begin, pitch);
        end = greatest(begin, least(end, pitch));
        SHORT for (int64_t j = 0; j < begin; ++j) target[j] = \(Mutation.isActive(.paddedBeforeHook) ? "0.25f" : "0");
        SHORT for (int64_t j = end; j < pitch; ++j) target[j] = 0;
        if (begin < end) {
          const int64_t from = at_first + begin * \(step);
      \(run.indented(2).dropLast())
          if (\(step) != 1)
            for (int64_t j = 0; j < end - begin; ++j) target[begin + j] = whole[j * \(step)];
        }
      }

      """
  }

  /// The operand of a convolution, of which a strip takes `channels` channels from `first_channel` on.
  private static func forwardOperand(crossesBands: Bool, _ hook: Hook?) -> Packed {
    Packed(
      name: "x", hook: hook, channels: "channels", firstChannel: "first_channel", plane: "in_plane",
      crossesBands: crossesBands)
  }

  /// Statements that bring the tile's part of it into the strip.
  static func forwardPack(_ form: ConvolutionForm, crossesBands: Bool = false, _ hook: Hook?) -> String {
    if form != .general { return pack(form, forwardOperand(crossesBands: crossesBands, hook)) }
    let line = packLine(
      hook, image: crossesBands ? "n + next" : "n",
      line: crossesBands ? "(h - next * in_h) * in_w" : "(d * in_h + h) * in_w", extent: "in_w", plane: "in_plane",
      channel: "first_channel + channel",
      first: "w0 * step_w + pw - pad_w", step: "step_w")
    let inside =
      crossesBands
      ? nextBand
        + "const int inside = d >= 0 && d < in_d && (n0 + n) % bands + next >= 0 && (n0 + n) % bands + next < bands;\n"
      : "const int inside = d >= 0 && d < in_d && h >= 0 && h < in_h && n0 + n < images;\n"
    let source =
      hook == nil ? "const int64_t image_stride = x_stride;\nconst float *source = x + n0 * image_stride;\n" : ""
    return source + """
      for (int64_t channel = 0; channel < channels; ++channel) {
        float *target = data + channel * channel_stride;
      \((hook?.channelBegin("first_channel + channel") ?? "").indented(1))  for (int64_t kd = 0; kd < size_d; ++kd) {
          const int64_t d = d0 * step_d + kd * far_d - pad_d;
          for (int64_t ph = 0; ph < phases_h; ++ph)
            for (int64_t pw = 0; pw < phases_w; ++pw)
              for (int64_t n = 0; n < tile_images; ++n)
                for (int64_t line = 0; line < rows; ++line, target += pitch) {
                  const int64_t h = (h0 + line) * step_h + ph - pad_h;
      \(inside.indented(6).dropLast())
      \(line.indented(6).dropLast())
                }
        }
      }
      """
  }

  /// Words for an operand that is a tensor of images or a hook.
  static func source(_ name: String, _ hook: Hook?) -> [Parameter] {
    guard let hook else { return [.input(name), .integer("\(name)_stride")] }
    return hook.parameters
      + (hook.hasTable ? [.integer("\(hook.prefix)_scratch")] : []) + [.integer("\(hook.prefix)_line")]
  }

  /// Words for a result that is a tensor of images or goes through an epilogue.
  static func target(_ epilogue: Epilogue?) -> [Parameter] {
    guard let epilogue else { return [.output("result"), .integer("result_stride")] }
    return epilogue.parameters + [.integer("scratch_tile"), .integer("tile_stride")]
  }

  /// Declares where a hook that loads puts a whole line.
  static func wholeLine(_ hook: Hook?) -> String {
    hook.map { "float *whole = (float *)(void *)(c->scratch + \($0.prefix)_line);\n" } ?? ""
  }

  /// Tiles of result channels that an epilogue handles at once; what they take stays in the first-level cache.
  private static let epilogueTiles = 8

  /// The same where strips are packed in time. As each group of tiles packs anew, they are many, up to the 128 channels of
  /// DenseNet-121; results of more than the first-level cache holds cost less than that.
  static func timelyTiles(_ options: CodegenOptions) -> Int { 144 / options.tileRows }

  /// Channels of an epilogue at most.
  static func epilogueRows(inTime: Bool, _ options: CodegenOptions) -> Int {
    (inTime ? timelyTiles(options) : epilogueTiles) * options.tileRows
  }

  /// The register tiles of a convolution.
  private static func tileHelpers(_ form: ConvolutionForm, _ epilogue: Epilogue?) -> [Helper] {
    let isHandedOn = epilogue.map { handsOn(form, $0) } ?? false
    if packsInTime(form) { return isHandedOn ? [timelySums] : [timelyTile] }
    return isHandedOn ? [stripHelper] : [stripTile]
  }

  /// - Parameter isPrepared: Whether weights come from `prepare`, in the order of the rows that read them.
  static func convolution(
    _ form: ConvolutionForm, crossesBands: Bool, isPrepared: Bool, load hook: Hook?, store epilogue: Epilogue?
  ) -> Kernel {
    Kernel(
      "convolution",
      variant: [
        form.rawValue, crossesBands ? "bands" : "", isPrepared ? "prepared" : "", hook?.key ?? "", epilogue?.key ?? "",
      ].joined(separator: "|"),
      "cross-correlation with bias\(crossesBands ? ", images in bands" : "")\(describe(load: hook, store: epilogue)); a task is a tile of positions, a group and a "
        + "part of its channels",
      source("x", hook) + [.input("w"), .optional("bias")] + target(epilogue) + convolutionParameters
        + Parameter.integers("block scratch_tap scratch_line scratch_data\(crossesBands ? " bands" : "")"),
      helpers: [cut] + (form == .general ? [stripPack, greatestPhase] : packHelpers(form))
        + tileHelpers(form, epilogue)
        + (hook?.helpers ?? [])
        + (epilogue?.helpers ?? []),
      functions: { options, name in
        let operand = forwardOperand(crossesBands: crossesBands, hook)
        let isInTime = packsInTime(form)
        let handedOn = epilogue.flatMap { handsOn(form, $0) ? $0 : nil }
        let sums = isInTime ? "timely_sums" : "strip_sums"
        let body = """
          int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
          \(epilogue == nil ? "int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);\n" : "")float *data = (float *)(void *)(c->scratch + scratch_data);
          \(form == .general ? wholeLine(hook) : "")\(hook?.setup(channels: "groups * inputs") ?? "")\(epilogue?.hook.setup(channels: "groups * outputs") ?? "")\(forwardTaps(form))
          \(vectorPlaces(form, taps: "size_h * size_w"))\(clearGaps(form, channels: "inputs"))const int64_t channels = inputs, in_plane = in_d * in_h * in_w;
          (void)in_plane;
          const int64_t out_plane = out_d * out_h * out_w, terms = inputs * size_d * size_h * size_w;
          const struct panels panels = panels_of(outputs);
          const int64_t parts = panels.tiles;
          for (int64_t task = first, next; task < last; task = next) {
            const int64_t from = task % parts, group = task / parts % groups, tile = task / parts / groups;
            next = least(last, task - from + parts);
            \(decodeTile(inVectors: form == .pointwise, hasDepth: !form.isInRuns, hasColumns: !form.isInRuns).replacing("\n", with: "\n  "))
            const int64_t first_channel = group * inputs;
          \(isInTime ? "" : forwardPack(form, crossesBands: crossesBands, hook).indented(1))\(epilogue == nil ? forwardLines(form) : "")  const int64_t first_output = \(Mutation.isActive(.groupIndex) ? "0" : "group") * outputs;
            struct strip s = {
                .data = data, .channels = inputs, .channel_stride = channel_stride, .tap = tap,
                .taps = size_d * size_h * size_w, .weights = w + first_output * terms, .rows = outputs, .block = block,
                .panels = panels, .bias = bias ? bias + first_output : 0, .tile = from,
                .last = from + next - task,
                .positions = \(positions(form)),
                .pitch = \(linePitch(form)),\(form == .lines ? " .vector = vector," : "") .begin = 0,
                .end = \(form.isInRuns ? "lines_here * out_w" : "columns_here"), .step = 1};
          \(askForNext(form, operand, channels: "inputs", lines: "out_h", columns: "out_w", behind: isPrepared ? "w + groups * outputs * terms" : nil).indented(1))\((epilogue.map { forwardEpilogue(form, $0, name, isInTime ? operand : nil, options) } ?? plainStore).indented(1).dropLast())
          }
          """
        return (handedOn.map { registerEpilogue($0, sums: sums, name, options) } ?? "", body)
      })
  }

  /// The distance between lines that results are taken from; where they lie in runs, a whole tile of an image is one.
  static func linePitch(_ form: ConvolutionForm) -> String {
    switch form {
    case .pointwise, .plane, .general: "pitch"
    case .lines: "tile_lines * tile_columns"
    case .shifted: "rows * pitch"
    }
  }

  /// Positions of a tile, from its first to its last.
  static func positions(_ form: ConvolutionForm) -> String {
    switch form {
    case .lines: "images_here * lines_here * tile_columns"
    case .shifted: "((images_here - 1) * rows + lines_here) * pitch"
    case .pointwise, .plane, .general: "((images_here - 1) * rows + lines_here - 1) * pitch + columns_here"
    }
  }

  private static func forwardLines(_ form: ConvolutionForm) -> String {
    if form.isInRuns {
      return """
            for (int64_t n = 0; n < images_here; ++n)
              lines[n] = n * result_stride + h0 * out_w;

        """
    }
    return """
          for (int64_t n = 0; n < images_here; ++n)
            for (int64_t line = 0; line < rows; ++line)
              lines[n * rows + line] =
                  line < lines_here ? n * result_stride + (d0 * out_h + h0 + line) * out_w + w0 : NOWHERE;

      """
  }

  private static let plainStore = """
    s.line = lines;
    s.result = result + n0 * result_stride + (first_output + strip_row(&s, from)) * out_plane;
    s.row_stride = out_plane;
    strip_multiply(&s, strip_tile_any);

    """

  private static func forwardEpilogue(
    _ form: ConvolutionForm, _ epilogue: Epilogue, _ name: String, _ inTime: Packed?, _ options: CodegenOptions
  ) -> String {
    let position = form.isInRuns ? "h0 * out_w" : "(d0 * out_h + h0) * out_w + w0"
    let wanted = askForEpilogue(
      form, epilogue, channel: "first_output", plane: "out_plane", position: position, width: "out_w")
    let function = handsOn(form, epilogue) ? name : inTime == nil ? "strip" : "timely"
    let multiply =
      inTime.map { packInTime($0, function, leavesAll: !handsOn(form, epilogue), options) }
      ?? "strip_multiply(&s, \(function)_tile_any);\n"
    let tiles = inTime == nil ? epilogueTiles : timelyTiles(options)
    if handsOn(form, epilogue) {
      return wanted + handOn(epilogue, name, channel: "first_output", plane: "out_plane", position: position)
        + rowsOfEpilogue(nil, multiply: multiply, tiles: tiles)
    }
    if form.isInRuns {
      return wanted
        + rowsOfEpilogue(epilogueOfRuns(epilogue, "first_output + row + r", channels: "groups * outputs", "out"))
    }
    let channel = epilogue.channel(
      "first_output + row + r", channels: "groups * outputs", part: "tile", plane: "out_plane", image: "n0 + n",
      position: "(d0 * out_h + h0 + line) * out_w + w0", count: "s.end",
      value: "tile_data + r * tile_stride + (n * rows + line) * pitch",
      stored: wholeLines(form)
    ) { body in
      "for (int64_t n = 0; n < images_here; ++n)\n"
        + "  for (int64_t line = 0; line < lines_here; ++line) {\n\(body.indented(2))  }\n"
    }
    return wanted + rowsOfEpilogue(channel, multiply: multiply, tiles: tiles)
  }

  /// An epilogue on a tile of which each image is one run; `side` is what the extents of the result begin with.
  static func epilogueOfRuns(_ epilogue: Epilogue, _ channel: String, channels: String, _ side: String) -> String {
    epilogue.channel(
      channel, channels: channels, part: "tile", plane: "\(side)_plane", image: "n0 + n", position: "h0 * \(side)_w",
      count: "s.end", value: "tile_data + r * tile_stride + n * s.pitch"
    ) { body in
      "for (int64_t n = 0; n < images_here; ++n) {\n\(body.indented(1))}\n"
    }
  }

  /// How moments walk a tile that is as wide as the image: its lines lie side by side in memory.
  static func wholeLines(_ form: ConvolutionForm) -> Epilogue.Walk? {
    guard form != .general else { return nil }
    return Epilogue.Walk(line: "0", count: "lines_here * s.end", images: "images_here")
  }

  /// Multiplies some channels into a tile that stays in the cache and hands them to the epilogue, until all are done;
  /// register tiles that hand on their sums themselves leave it those of blocks of channels at most.
  static func rowsOfEpilogue(
    _ channel: String?, multiply: String = "strip_multiply(&s, strip_tile_any);\n", tiles: Int = epilogueTiles
  ) -> String {
    let rows =
      channel.map {
        """
        const int64_t row = strip_row(&s, s.tile), rows_here = strip_row(&s, s.last) - row;
        for (int64_t r = 0; r < rows_here; ++r) {
        \($0.indented(1).dropLast())
        }

        """
      } ?? ""
    return """
      float *tile_data = (float *)(void *)(c->scratch + scratch_tile);
      s.line = 0;
      s.result = tile_data;
      s.row_stride = tile_stride;
      for (const int64_t all = s.last; s.tile < all; s.tile = s.last) {
        s.last = s.tile + even_part(all - s.tile, \(tiles));
      \(multiply.indented(1).dropLast())
        s.soon = 0;
      \(rows.indented(1).dropLast())
      }

      """
  }

  /// What hooks do, for the comment above a kernel.
  static func describe(load hooks: Hook?..., store epilogue: Epilogue?) -> String {
    let loads = hooks.compactMap { $0 }.filter { !$0.notes.isEmpty }.map { "of " + $0.notes.joined(separator: ", ") }
    let stores = (epilogue?.hook.notes ?? []) + (epilogue?.moments.isEmpty == false ? ["moments"] : [])
    return (loads.isEmpty ? "" : " " + loads.joined(separator: " and "))
      + (stores.isEmpty ? "" : ", then " + stores.joined(separator: ", "))
  }
}
