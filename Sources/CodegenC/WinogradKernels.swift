import NNIR

/// Convolutions by Winograd's minimal filtering (`Winograd` says which).
///
/// Positions are cut into blocks of whole lines of tiles; the tiles of a block lie side by side in the lanes, over lines
/// and images, so that narrow maps fill vectors too. For each channel every line is transformed once along itself (its
/// columns are dealt out to a vector of tiles for each column of a patch) and then, tile by tile, across. What follows are
/// products of matrices in the cache, 36 or 16, and the way back.
extension Kernel {
  private static func number(_ value: Double) -> String {
    precondition(Double(Float(value)) == value, "\(value) is not exact in single precision")
    return "\(Float(value))f"
  }

  /// C for one axis of the transform of patches, from d to e.
  private static func patchTransform(_ tile: Winograd) -> String {
    switch tile {
    case .two:
      return """
        e[0] = d[0] - d[2];
        e[1] = d[1] + d[2];
        e[2] = d[2] - d[1];
        e[3] = d[3] - d[1];
        """
    case .four:
      let (a, b) = (Winograd.near, Winograd.far)
      let (product, sum) = (number(a * a * b * b), number(a * a + b * b))
      return """
        const vec even_near = d[4] - d[2] * \(number(b * b)), odd_near = d[3] - d[1] * \(number(b * b));
        const vec even_far = d[4] - d[2] * \(number(a * a)), odd_far = d[3] - d[1] * \(number(a * a));
        e[0] = d[0] * \(product) + d[4] - d[2] * \(sum);
        e[1] = even_near + odd_near * \(number(a));
        e[2] = even_near - odd_near * \(number(a));
        e[3] = even_far + odd_far * \(number(b));
        e[4] = even_far - odd_far * \(number(b));
        e[5] = d[1] * \(product) + d[5] - d[3] * \(sum);
        """
    }
  }

  /// C for one axis of the way back, from m to y.
  private static func resultTransform(_ tile: Winograd) -> String {
    switch tile {
    case .two:
      return """
        y[0] = m[0] + m[1] + m[2];
        y[1] = m[1] - m[2] + m[3];
        """
    case .four:
      let (a, b) = (Winograd.near, Winograd.far)
      return """
        const vec sum_near = m[1] + m[2], difference_near = m[1] - m[2];
        const vec sum_far = m[3] + m[4], difference_far = m[3] - m[4];
        y[0] = m[0] + sum_near + sum_far;
        y[1] = difference_near * \(number(a)) + difference_far * \(number(b));
        y[2] = sum_near * \(number(a * a)) + sum_far * \(number(b * b));
        y[3] = difference_near * \(number(a * a * a)) + difference_far * \(number(b * b * b)) + m[5];
        """
    }
  }

  /// C that deals the loaded vectors x[i], columns from that of a patch on, and y[i], as many columns later, out to the
  /// columns d of patches.
  private static func columns(_ tile: Winograd) -> String {
    switch tile {
    case .two:
      return """
        d[0] = even_lanes(x[0], x[1]);
        d[1] = odd_lanes(x[0], x[1]);
        d[2] = even_lanes(y[0], y[1]);
        d[3] = odd_lanes(y[0], y[1]);
        """
    case .four:
      return """
        const vec even_first = even_lanes(x[0], x[1]), odd_first = odd_lanes(x[0], x[1]);
        const vec even_last = even_lanes(x[2], x[3]), odd_last = odd_lanes(x[2], x[3]);
        d[0] = even_lanes(even_first, even_last);
        d[1] = even_lanes(odd_first, odd_last);
        d[2] = odd_lanes(even_first, even_last);
        d[3] = odd_lanes(odd_first, odd_last);
        d[4] = even_lanes(even_lanes(y[0], y[1]), even_lanes(y[2], y[3]));
        d[5] = even_lanes(odd_lanes(y[0], y[1]), odd_lanes(y[2], y[3]));
        """
    }
  }

  /// C that stores the columns y of tiles side by side at `line`.
  private static func interleaved(_ tile: Winograd) -> String {
    switch tile {
    case .two:
      return """
        store(line, low_lanes(y[0], y[1]));
        store(line + LANES, high_lanes(y[0], y[1]));
        """
    case .four:
      return """
        const vec low_even = low_lanes(y[0], y[2]), high_even = high_lanes(y[0], y[2]);
        const vec low_odd = low_lanes(y[1], y[3]), high_odd = high_lanes(y[1], y[3]);
        store(line, low_lanes(low_even, low_odd));
        store(line + LANES, high_lanes(low_even, low_odd));
        store(line + 2 * LANES, low_lanes(high_even, high_odd));
        store(line + 3 * LANES, high_lanes(high_even, high_odd));
        """
    }
  }

  static func winogradTransforms(_ tile: Winograd) -> Helper {
    let (m, patch) = (tile.outputs, tile.patch)
    return Helper("winograd_transforms_\(m)", needs: [laneShuffles]) { _ in
      let below = Mutation.isActive(.winogradHaloLost) ? "0 * tiles" : "tiles"
      return """
        /* One axis of the transform of patches for tiles of \(m)x\(m). */
        static ALWAYS_INLINE void winograd_patch_\(m)(const vec *d, vec *e) {
        \(patchTransform(tile).indented(1).dropLast())
        }

        /* One axis of the way back. */
        static ALWAYS_INLINE void winograd_result_\(m)(const vec *m, vec *y) {
        \(resultTransform(tile).indented(1).dropLast())
        }

        /* Packed lines, dealt out to patches (\(m) columns a patch, and two of the next) and transformed along themselves.
           A line lies in a slot; a vector takes `tiles` patches of each of some neighbouring slots, all of them the same
           `tiles`, or a part of the patches of one. Across: [column][slot][tile], the columns `stride` apart; what a vector
           writes beyond its slot is overwritten by the next. */
        static NOINLINE void winograd_columns_\(m)(const float *slots, int64_t slot, int64_t count, int64_t tiles, int64_t stride,
                                                float *across) {
          const int64_t together = LANES / tiles > 1 ? LANES / tiles : 1;
          int64_t at[\(m)];
          for (int64_t i = 0; i < \(m); ++i) at[i] = i * together / \(m) * slot + i % (\(m) / together) * LANES;
          for (int64_t first = 0; first < count; first += together)
            for (int64_t tile = 0; tile < tiles; tile += LANES) {
              const float *from = slots + first * slot + \(m) * tile;
              vec x[\(m)], y[\(m)], d[\(patch)], e[\(patch)];
              UNROLL for (int i = 0; i < \(m); ++i) x[i] = load(from + at[i]);
              UNROLL for (int i = 0; i < \(m); ++i) y[i] = load(from + at[i] + \(m));
        \(columns(tile).indented(3).dropLast())
              winograd_patch_\(m)(d, e);
              float *to = across + first * tiles + tile;
              UNROLL for (int i = 0; i < \(patch); ++i) store(to + i * stride, e[i]);
            }
        }

        /* The other axis, for one image: `plane` is the distance between columns' lines of the same number modulo \(m), of
           which line \(m) of a patch is line 0 of the patch below, `tiles` further on. */
        static NOINLINE void winograd_patches_\(m)(const float *across, int64_t stride, int64_t plane, int64_t tiles,
                                                int64_t count, float *patches, int64_t pitch) {
          for (int64_t tile = 0; tile < count; tile += LANES)
            for (int64_t column = 0; column < \(patch); ++column) {
              const float *from = across + column * stride + tile;
              vec d[\(patch)], e[\(patch)];
              UNROLL for (int i = 0; i < \(patch); ++i) d[i] = load(from + i % \(m) * plane + i / \(m) * \(below));
              winograd_patch_\(m)(d, e);
              UNROLL for (int i = 0; i < \(patch); ++i) store(patches + (i * \(patch) + column) * pitch + tile, e[i]);
            }
        }

        /* Products back to lines: \(m) of them, `\(m) * count` apart, each with the columns of all tiles in order. */
        static NOINLINE void winograd_lines_\(m)(const float *products, int64_t plane, int64_t count, float bias, float *lines) {
          for (int64_t tile = 0; tile < count; tile += LANES) {
            vec half[\(m)][\(patch)];
            UNROLL for (int column = 0; column < \(patch); ++column) {
              vec m[\(patch)], y[\(m)];
              UNROLL for (int i = 0; i < \(patch); ++i) m[i] = load(products + (i * \(patch) + column) * plane + tile);
              winograd_result_\(m)(m, y);
              UNROLL for (int i = 0; i < \(m); ++i) half[i][column] = y[i];
            }
            UNROLL for (int i = 0; i < \(m); ++i) {
              vec y[\(m)];
              winograd_result_\(m)(half[i], y);
              UNROLL for (int k = 0; k < \(m); ++k) y[k] += bias;
              float *line = lines + (i * count + tile) * \(m);
        \(interleaved(tile).indented(3).dropLast())
            }
          }
        }
        """
    }
  }

  /// Channels whose weights of one row are a cache line.
  private static let channelsAsked = 16

  static let winogradTile = Helper("winograd_tile") { options in
    """
    /* A register tile of one of the products: rows x vectors * LANES tiles, over some channels in order. Meanwhile it
       asks for the weights of as many rows from `ahead` on. */
    static ALWAYS_INLINE void winograd_tile(const int rows, const int vectors, const float *weight, int64_t inputs,
                                            int64_t channels, const float *patch, int64_t width, float *product,
                                            int more, const float *ahead) {
      vec sum[\(options.tileRows)][\(options.vectors)];
      UNROLL for (int r = 0; r < rows; ++r)
        UNROLL for (int v = 0; v < vectors; ++v)
          sum[r][v] = more ? load(product + r * width + v * LANES) : (vec){0};
      int64_t channel = 0;
      for (; channel + \(channelsAsked) <= channels; channel += \(channelsAsked)) {
        UNROLL for (int r = 0; r < rows; ++r) PREFETCH(ahead + r * inputs + channel);
        UNROLL_BY(4) for (int i = 0; i < \(channelsAsked); ++i) {
    \(term(options, x: "patch", w: "weight[r * inputs + channel + i]").indented(3).dropLast())
          patch += width;
        }
      }
      for (; channel < channels; ++channel) {
    \(term(options, x: "patch", w: "weight[r * inputs + channel]").indented(2).dropLast())
        patch += width;
      }
      UNROLL for (int r = 0; r < rows; ++r)
        UNROLL for (int v = 0; v < vectors; ++v) store(product + r * width + v * LANES, sum[r][v]);
    }
    \(instances(
      "winograd_tile", rows: { _ in Array(1...options.tileRows) }, vectors: options.vectors,
      parameters: "const float *weight, int64_t inputs, int64_t channels, const float *patch, int64_t width, "
        + "float *product, int more, const float *ahead",
      arguments: "weight, inputs, channels, patch, width, product, more, ahead"))

    /* All rows of one of the products; behind the last come those of the `next` one. */
    static NOINLINE void winograd_multiply(const float *weights, const float *next, int64_t outputs, int64_t inputs,
                                           int64_t channels, const float *patches, int64_t width, float *products,
                                           int more) {
      for (int64_t tile = 0; tile < width;) {
        const int vectors = (int)even_part((width - tile) / LANES, \(options.vectors));
        for (int64_t row = 0; row < outputs;) {
          const int rows = (int)even_part(outputs - row, \(options.tileRows));
          const float *weight = weights + row * inputs;
          row += rows;
          winograd_tile_any(rows, vectors, weight, inputs, channels, patches + tile, width,
                            products + (row - rows) * width + tile, more, row < outputs ? weights + row * inputs : next);
        }
        tile += vectors * LANES;
      }
    }
    """
  }

  static func winogradConvolution(
    _ form: Winograd, crossesBands: Bool, load hook: Hook?, store epilogue: Epilogue?
  ) -> Kernel {
    let m = form.outputs
    return Kernel(
      "winograd_convolution",
      variant: ["\(m)", crossesBands ? "bands" : "", hook?.key ?? "", epilogue?.key ?? ""].joined(separator: "|"),
      "3x3 convolution by Winograd's F(\(m)x\(m), 3x3) with bias\(crossesBands ? ", images in bands" : "")\(describe(load: hook, store: epilogue)); a task is a block of "
        + "tiles and a part of the channels",
      source("x", hook) + [.input("w"), .optional("bias")]
        + (epilogue?.parameters ?? [.output("result"), .integer("result_stride")])
        + Parameter.integers(
          "images inputs outputs in_h in_w out_h out_w pad_h pad_w tile_images tile_runs tiles tiles_h parts part depth "
            + "slot scratch_lines scratch_across scratch_patches scratch_products scratch_result\(crossesBands ? " bands" : "")"
        ),
      helpers: [copyLines, winogradTransforms(form), winogradTile] + (hook?.helpers ?? [])
        + (epilogue?.helpers ?? []),
      text: { _ in
        let packed = Packed(
          name: "x", hook: hook, channels: "inputs", firstChannel: "first_channel", plane: "in_plane",
          crossesBands: crossesBands)
        let (image, firstLine) = packed.place
        var copies = packed.run(
          image: image, position: "(\(firstLine)\(hook == nil ? "" : " + l * \(m)")) * in_w", count: "in_w",
          result: "packed + \(hook == nil ? "line" : "(line + l)") * slot",
          lines: hook == nil ? ("lines", "slot", "\(m) * in_w") : nil)
        if hook != nil { copies = "for (int64_t l = 0; l < lines; ++l) {\n\(copies.indented(1))}\n" }
        // lines that a band's last tiles would take from the next band for nothing are not read
        let runs = runsOfLines(
          packed, of: "count", first: "h0 + phase - pad_h", skip: "\(m)",
          end: crossesBands ? "out_h + \(Winograd.taps - 1) - pad_h" : nil,
          body: """
            if (is_outside) {
              for (int64_t l = 0; l < lines; ++l) clear_run(packed + (line + l) * slot, in_w);
              continue;
            }
            \(copies)
            """)
        let channel = (hook?.channelBegin("first_channel + channel") ?? "").indented(3)
        let patchesAreKept = Mutation.isActive(.winogradPatchesStale) ? "transformed >= 0" : "transformed == tile"
        let padding = Mutation.isActive(.paddedBeforeHook) ? "0.25f" : "0"
        let imageRuns = Mutation.isActive(.winogradImageOffset) ? "tile_runs" : "(tile_runs + 1)"
        return """
          float *across = (float *)(void *)(c->scratch + scratch_across);
          float *patches = (float *)(void *)(c->scratch + scratch_patches);
          float *products = (float *)(void *)(c->scratch + scratch_products);
          float *lines = (float *)(void *)(c->scratch + scratch_lines);
          float *result_lines = (float *)(void *)(c->scratch + scratch_result);
          \(hook?.setup(channels: "inputs") ?? "")\(epilogue?.hook.setup(channels: "outputs") ?? "")const int64_t in_plane = in_h * in_w, out_plane = out_h * out_w;
          const int64_t image_tiles = tile_runs * tiles, width = (tile_images * image_tiles + LANES - 1) / LANES * LANES;
          /* lines in slots, [line modulo \(m)][image][run]; nobody writes on their padding */
          const int64_t slots = tile_images * (tile_runs + 1), plane = slots * tiles + LANES, stride = \(m) * plane;
          /* the last vector of a channel's patches reaches into the next channel, which comes later */
          const int64_t patches_stride = depth * width + LANES;
          for (int64_t i = 0; i < \(m) * slots * slot; ++i) lines[i] = \(padding);
          int64_t transformed = -1; /* the block whose patches are there, of all channels */
          for (int64_t task = first; task < last; ++task) {
            const int64_t from = task % parts * part, tile = task / parts, rows = least(part, outputs - from);
            const int64_t h0 = tile % tiles_h * tile_runs * \(m), n0 = tile / tiles_h * tile_images;
            const int64_t tile_lines = least(\(m) * tile_runs, out_h - h0), last_image = least(tile_images, images - n0);
            for (int64_t first_channel = 0; first_channel < inputs; first_channel += depth) {
              const int64_t channels = least(depth, inputs - first_channel);
              for (int64_t channel = 0; channel < (\(patchesAreKept) ? 0 : channels); ++channel) {
          \(channel)        for (int64_t n = 0; n < last_image; ++n)
                  for (int64_t phase = 0; phase < \(m); ++phase) {
                    /* lines phase, phase + \(m) and so on; patches reach two lines beyond the last tile */
                    const int64_t count = tile_runs + (phase < \(Winograd.taps - 1));
                    float *packed = lines + (phase * slots + n * (tile_runs + 1)) * slot + pad_w;
          \(runs.indented(5).dropLast())
                  }
                for (int64_t i = 0; i < \(m); ++i)
                  winograd_columns_\(m)(lines + i * slots * slot, slot, slots, tiles, stride, across + i * plane);
                for (int64_t n = 0; n < last_image; ++n)
                  winograd_patches_\(m)(across + n * \(imageRuns) * tiles, stride, plane, tiles, image_tiles,
                                   patches + channel * width + n * image_tiles, patches_stride);
              }
              for (int64_t product = 0; product < \(form.products); ++product) {
                const float *weights = w + (product * outputs + from) * inputs + first_channel;
                winograd_multiply(weights, weights + outputs * inputs, rows, inputs, channels,
                                  patches + product * patches_stride, width, products + product * part * width,
                                  first_channel > 0);
              }
            }
            transformed = depth < inputs ? -1 : tile;
            for (int64_t row = 0; row < rows; ++row) {
              winograd_lines_\(m)(products + row * width, part * width, width, bias ? bias[from + row] : 0, result_lines);
          \((epilogue.map { winogradEpilogue($0, m) } ?? winogradStore(m)).indented(2).dropLast())
            }
          }
          """
      })
  }

  private static func winogradStore(_ m: Int) -> String {
    """
    for (int64_t n = 0; n < last_image; ++n)
      for (int64_t line = 0; line < tile_lines; ++line)
        copy_run(result + (n0 + n) * result_stride + (from + row) * out_plane + (h0 + line) * out_w,
                 result_lines + (line % \(m) * width + n * image_tiles + line / \(m) * tiles) * \(m), out_w);

    """
  }

  private static func winogradEpilogue(_ epilogue: Epilogue, _ m: Int) -> String {
    "{\n"
      + epilogue.channel(
        "from + row", channels: "outputs", part: "tile", plane: "out_plane", image: "n0 + n",
        position: "(h0 + line) * out_w", count: "out_w",
        value: "result_lines + (line % \(m) * width + n * image_tiles + line / \(m) * tiles) * \(m)",
        stored: Epilogue.Walk(
          line: "0", count: "tile_lines * out_w", images: "last_image")
      ) { body in
        """
        for (int64_t n = 0; n < last_image; ++n)
          for (int64_t line = 0; line < tile_lines; ++line) {
        \(body.indented(2).dropLast())
          }

        """
      }.indented(1) + "}\n"
  }

  static func winogradWeights(_ tile: Winograd) -> Kernel {
    let patch = tile.patch
    return Kernel(
      "winograd_weights", variant: "\(tile.outputs)",
      "transforms of 3x3 filters, [\(tile.products)][rows][columns], rows and columns \(channelsNote); a task is a row",
      [.input("w"), .output("result")] + Parameter.integers("rows columns row_step column_step transposed"),
      text: { _ in
        let matrix = tile.filterTransform
        func row(_ index: Int, _ x: (Int) -> String) -> String {
          (0..<Winograd.taps).filter { matrix[index][$0] != 0 }
            .map { matrix[index][$0] == 1 ? x($0) : "\(Float(matrix[index][$0]))f * \(x($0))" }.joined(separator: " + ")
        }
        let along = matrix.indices.map { "half[\($0)][i] = \(row($0) { "tap[3 * i + \($0)]" });" }
        let across = matrix.indices.map { "target[(\($0) * \(patch) + j) * plane] = \(row($0) { "half[j][\($0)]" });" }
        return """
          const int64_t plane = rows * columns;
          for (int64_t task = first; task < last; ++task)
            for (int64_t column = 0; column < columns; ++column) {
              const float *source = w + task * row_step + column * column_step;
              float *target = result + task * columns + column;
              float tap[9], half[\(patch)][3];
              for (int i = 0; i < 9; ++i) tap[i] = source[transposed ? 8 - i : i];
              for (int i = 0; i < 3; ++i) {
          \(along.joined(separator: "\n").indented(3).dropLast())
              }
              for (int j = 0; j < \(patch); ++j) {
          \(across.joined(separator: "\n").indented(3).dropLast())
              }
            }
          """
      })
  }

  private static let channelsNote = "being outputs and inputs, or the other way round for the gradient of the input"
}
