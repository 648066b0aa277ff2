/// What register tiles ask the caches for while they multiply.
///
/// A tile has nothing to load from memory but its strip, which lies in the second-level cache. What the loops around it
/// read, operands of an epilogue or of the next strip, comes from far away in runs of a tile's width, one for each
/// channel, too short for a CPU to foresee; it waits there for most of the time that these loops take. So the tiles ask
/// for it, a run every few channels: as fast as memory delivers, and no request has to wait for a free buffer.
extension Kernel {
  /// Operands that a tile asks for.
  static let wantedOperands = 2

  /// Channels that a register tile of one tap multiplies from one run to the next; with more taps, one is enough.
  static let channelsOfRun = 4

  static let runsHelper = Helper("runs") { _ in
    """
    /* Runs of neighbouring floats in one plane after the other; after `left` of them they go on elsewhere for as many as
       `again`, and then stand still. */
    struct runs {
      const float *at, *then;
      int64_t step, left, again;
    };

    /* Field by field: without optimisation clang calls memcpy for all at once. */
    static ALWAYS_INLINE void begin_asking(const struct runs *from, struct runs *to) {
      to->at = from->at;
      to->then = from->then;
      to->step = from->step;
      to->left = from->left;
      to->again = from->again;
    }

    static ALWAYS_INLINE void ask_for_run(struct runs *runs, const int floats) {
      UNROLL for (int i = 0; i < floats; i += 16) PREFETCH_NEAR(runs->at + i);
      runs->at += runs->step;
      if (--runs->left == 0) {
        runs->at = runs->then;
        runs->left = runs->again;
        runs->again = 0;
        if (runs->left == 0) runs->step = 0;
      }
    }
    """
  }

  static let wantedHelper = Helper("wanted", needs: [runsHelper]) { _ in
    """
    /* What will be read of an operand for a tile: from its first channel and position on, with the distance between
       images, and how these lie in the strip. */
    struct wanted {
      const float *operand[\(wantedOperands)];
      int64_t image[\(wantedOperands)];
      int64_t count, plane;
      int64_t positions, pitch, columns; /* of the strip for each image and line; floats of a line */
    };

    /* The run of a channel that stands at a position of the strip. Exact where lines have no gaps; a hint else. */
    static inline const float *first_run(const struct wanted *wanted, int64_t operand, int64_t channel,
                                         int64_t position) {
      int64_t n = 0, element = position;
      if (position >= wanted->positions) {
        n = position / wanted->positions;
        element -= n * wanted->positions;
      }
      if (wanted->pitch != wanted->columns) element -= element / wanted->pitch * (wanted->pitch - wanted->columns);
      return wanted->operand[operand] + n * wanted->image[operand] + channel * wanted->plane + element;
    }
    """
  }

  /// An operand as it lies in memory: C for its first element and for the distance between its images.
  typealias Source = (base: String, stride: String)

  /// What a hook reads, or without one the tensor of this name; an epilogue always has a hook.
  static func sources(_ hook: Hook?, _ name: String = "") -> [Source] {
    guard let hook else { return [(name, "\(name)_stride")] }
    return hook.pointers.filter(\.isConstant).map { ("\($0.name)_base", $0.stride) }
  }

  /// Declares `name`, what will be read of some operands, or the first `count` of them, from an image, a channel and an
  /// element of a plane on.
  private static func wanted(
    _ name: String, _ sources: [Source], count: String? = nil, image: String, channel: String, plane: String,
    position: String, _ strip: (positions: String, pitch: String, columns: String)
  ) -> String {
    let sources = sources.prefix(wantedOperands)
    let unused = [String](repeating: "0", count: wantedOperands - sources.count)
    let pointers =
      sources.map { "\($0.base) + \(image) * \($0.stride) + (\(channel)) * \(plane) + \(position)" } + unused
    return """
      const struct wanted \(name) = {
          .operand = {\(pointers.joined(separator: ", "))},
          .image = {\((sources.map(\.stride) + unused).joined(separator: ", "))}, .count = \(count ?? "\(sources.count)"), .plane = \(plane),
          .positions = \(strip.positions), .pitch = \(strip.pitch), .columns = \(strip.columns)};

      """
  }

  /// How the positions of a strip lie in planes whose lines are `width` long.
  private static func places(_ form: ConvolutionForm, width: String) -> (
    positions: String, pitch: String, columns: String
  ) {
    form.isInRuns
      ? ("s.pitch", width, width) : ("rows * pitch", "pitch", form == .pointwise ? "pitch" : width)
  }

  /// Lets the strip `s` ask for what an epilogue will read of image n0 from a channel and an element of a plane on.
  static func askForEpilogue(
    _ form: ConvolutionForm, _ epilogue: Epilogue, channel: String, plane: String, position: String, width: String
  ) -> String {
    let sources = sources(epilogue.hook)
    guard !sources.isEmpty else { return "" }
    return wanted(
      "wanted", sources, image: "n0", channel: channel, plane: plane, position: position, places(form, width: width))
      + "s.wanted = &wanted;\n"
  }

  /// The same for the epilogue of a tile of whole images side by side; without the last operand where that is the one that
  /// `image` computes x of, which the tile before has asked for.
  static func askForEpilogue(
    _ epilogue: Epilogue, plane: String, position: String, besides image: Hook?, _ name: String
  ) -> String {
    let operands = sources(epilogue.hook).prefix(wantedOperands)
    guard let last = operands.last else { return "" }
    let asked = sources(image, name).map { "\(last.base) == \($0.base)" }
    return wanted(
      "wanted", Array(operands),
      count: asked.isEmpty ? nil : "\(operands.count) - (\(asked.joined(separator: " || ")))", image: "n0",
      channel: "0", plane: plane, position: position, ("pitch", "pitch", "pitch"))
      + "s.wanted = wanted.count > 0 ? &wanted : 0;\n"
  }

  /// Lets the strip `s` of the tile number `tile` ask for what the strip of the thread's next tile is made of; `lines` and
  /// `columns` are the extents that are cut into tiles. Behind the last of them the thread goes on with another kernel, and
  /// asks for what lies `behind` its weights, if that is what the other one begins with.
  static func askForNext(
    _ form: ConvolutionForm, _ operand: Packed, channels: String, lines: String, columns: String, behind: String? = nil
  ) -> String {
    let sources = sources(operand.hook, operand.name)
    guard form != .general, !sources.isEmpty else { return "" }
    let position =
      form == .pointwise
      ? "cut((\(columns) + LANES - 1) / LANES, tiles_w, after % tiles_w) * LANES"
      : "cut(\(lines), tiles_h, after / tiles_w % tiles_h) * \(operand.width)"
    return """
      const int64_t after = next < last ? next / parts / groups : tile;
      const int64_t image_after = cut(images, tiles_n, after / tiles_w / tiles_h / tiles_d);
      const int64_t position_after = \(position), channel_after = next / parts % groups * \(channels);

      """
        + wanted(
          "soon", sources, image: "image_after", channel: "channel_after", plane: operand.plane,
          position: "position_after", places(form, width: operand.width))
        + (behind.map { behind in
          """
          const struct wanted behind = {
              .operand = {\(behind), 0}, .image = {0, 0}, .count = 1, .plane = s.positions, .positions = INT64_MAX, .pitch = 1,
              .columns = 1};
          s.soon = next < last ? &soon : &behind;

          """
        } ?? "s.soon = next < last ? &soon : 0;\n")
  }
}
