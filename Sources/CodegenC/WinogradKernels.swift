import NNIR

/// Convolutions by Winograd's minimal filtering (`Winograd` says which).
///
/// Positions are cut into blocks of whole lines of tiles; the tiles of a block lie side by side in the lanes, over lines
/// and images, so that narrow maps fill vectors too. For each channel every line is transformed once along itself (its
/// columns are dealt out to six vectors of tiles) and then, tile by tile, across. What follows are 36 products of
/// matrices in the cache, and the way back.
extension Kernel {
  private static func number(_ value: Double) -> String {
    precondition(Double(Float(value)) == value, "\(value) is not exact in single precision")
    return "\(Float(value))f"
  }

  static let winogradTransforms = Helper("winograd_transforms", needs: [laneShuffles]) { _ in
    let (a, b) = (Winograd.near, Winograd.far)
    let (product, sum) = (number(a * a * b * b), number(a * a + b * b))
    return """
      /* One axis of the transform of patches. */
      static ALWAYS_INLINE void winograd_patch(const vec *d, vec *e) {
        const vec even_near = d[4] - d[2] * \(number(b * b)), odd_near = d[3] - d[1] * \(number(b * b));
        const vec even_far = d[4] - d[2] * \(number(a * a)), odd_far = d[3] - d[1] * \(number(a * a));
        e[0] = d[0] * \(product) + d[4] - d[2] * \(sum);
        e[1] = even_near + odd_near * \(number(a));
        e[2] = even_near - odd_near * \(number(a));
        e[3] = even_far + odd_far * \(number(b));
        e[4] = even_far - odd_far * \(number(b));
        e[5] = d[1] * \(product) + d[5] - d[3] * \(sum);
      }

      /* One axis of the way back. */
      static ALWAYS_INLINE void winograd_result(const vec *m, vec *y) {
        const vec sum_near = m[1] + m[2], difference_near = m[1] - m[2];
        const vec sum_far = m[3] + m[4], difference_far = m[3] - m[4];
        y[0] = m[0] + sum_near + sum_far;
        y[1] = difference_near * \(number(a)) + difference_far * \(number(b));
        y[2] = sum_near * \(number(a * a)) + sum_far * \(number(b * b));
        y[3] = difference_near * \(number(a * a * a)) + difference_far * \(number(b * b * b)) + m[5];
      }

      /* A line of an image, from the first column of its first patch on, dealt out to `tiles` patches and transformed
         along itself. It is line number `line` of a run of patches one below the other, so line 4 of one is line 0 of
         the next. Across: [column][line of a patch][run][tile], `stride` apart. Lines come in order, so that what a vector
         writes beyond its run is overwritten. */
      static NOINLINE void winograd_line(const float *source, int64_t tiles, int64_t line, int64_t runs, int64_t stride,
                                         float *across) {
        const int64_t run = line / 4, row = line % 4;
        float *own = run < runs ? across + row * stride + run * tiles : 0;
        float *above = row < 2 && run > 0 ? across + (row + 4) * stride + (run - 1) * tiles : 0;
        for (int64_t tile = 0; tile < tiles; tile += LANES) {
          const float *from = source + 4 * tile;
          vec x[4], d[6], e[6];
          UNROLL for (int i = 0; i < 4; ++i) x[i] = load(from + i * LANES);
          const vec even_first = even_lanes(x[0], x[1]), odd_first = odd_lanes(x[0], x[1]);
          const vec even_last = even_lanes(x[2], x[3]), odd_last = odd_lanes(x[2], x[3]);
          d[0] = even_lanes(even_first, even_last);
          d[1] = even_lanes(odd_first, odd_last);
          d[2] = odd_lanes(even_first, even_last);
          d[3] = odd_lanes(odd_first, odd_last);
          d[4] = next_lanes(d[0], (vec){0} + from[4 * LANES]);
          d[5] = next_lanes(d[1], (vec){0} + from[4 * LANES + 1]);
          winograd_patch(d, e);
          if (own) UNROLL for (int i = 0; i < 6; ++i) store(own + i * 6 * stride + tile, e[i]);
          if (above) UNROLL for (int i = 0; i < 6; ++i) store(above + i * 6 * stride + tile, e[i]);
        }
      }

      /* The other axis: [line][column] of patches, `plane` apart. */
      static NOINLINE void winograd_patches(const float *across, int64_t stride, int64_t count, float *patches,
                                            int64_t plane) {
        for (int64_t tile = 0; tile < count; tile += LANES)
          for (int64_t column = 0; column < 6; ++column) {
            vec d[6], e[6];
            UNROLL for (int i = 0; i < 6; ++i) d[i] = load(across + (column * 6 + i) * stride + tile);
            winograd_patch(d, e);
            UNROLL for (int i = 0; i < 6; ++i) store(patches + (i * 6 + column) * plane + tile, e[i]);
          }
      }

      /* Products back to lines: 4 of them, `4 * count` apart, each with the columns of all tiles in order. */
      static NOINLINE void winograd_lines(const float *products, int64_t plane, int64_t count, float bias, float *lines) {
        for (int64_t tile = 0; tile < count; tile += LANES) {
          vec half[4][6];
          UNROLL for (int column = 0; column < 6; ++column) {
            vec m[6], y[4];
            UNROLL for (int i = 0; i < 6; ++i) m[i] = load(products + (i * 6 + column) * plane + tile);
            winograd_result(m, y);
            UNROLL for (int i = 0; i < 4; ++i) half[i][column] = y[i];
          }
          UNROLL for (int i = 0; i < 4; ++i) {
            vec y[4];
            winograd_result(half[i], y);
            UNROLL for (int k = 0; k < 4; ++k) y[k] += bias;
            const vec low_even = low_lanes(y[0], y[2]), high_even = high_lanes(y[0], y[2]);
            const vec low_odd = low_lanes(y[1], y[3]), high_odd = high_lanes(y[1], y[3]);
            float *line = lines + (i * count + tile) * 4;
            store(line, low_lanes(low_even, low_odd));
            store(line + LANES, high_lanes(low_even, low_odd));
            store(line + 2 * LANES, low_lanes(high_even, high_odd));
            store(line + 3 * LANES, high_lanes(high_even, high_odd));
          }
        }
      }
      """
  }

  static let winogradTile = Helper("winograd_tile") { options in
    """
    /* A register tile of one of the 36 products: rows x vectors * LANES tiles, over some channels in order. */
    static ALWAYS_INLINE void winograd_tile(const int rows, const int vectors, const float *weight, int64_t inputs,
                                            int64_t channels, const float *patch, int64_t width, float *product,
                                            int more) {
      vec sum[\(tileRows)][\(options.vectors)];
      UNROLL for (int r = 0; r < rows; ++r)
        UNROLL for (int v = 0; v < vectors; ++v)
          sum[r][v] = more ? load(product + r * width + v * LANES) : (vec){0};
      for (int64_t channel = 0; channel < channels; ++channel) {
        vec x[\(options.vectors)];
        UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(patch + v * LANES);
        UNROLL for (int r = 0; r < rows; ++r) {
          const float w = weight[r * inputs];
          UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
        }
        ++weight;
        patch += width;
      }
      UNROLL for (int r = 0; r < rows; ++r)
        UNROLL for (int v = 0; v < vectors; ++v) store(product + r * width + v * LANES, sum[r][v]);
    }
    \(instances(
      "winograd_tile", vectors: options.vectors,
      parameters: "const float *weight, int64_t inputs, int64_t channels, const float *patch, int64_t width, "
        + "float *product, int more",
      arguments: "weight, inputs, channels, patch, width, product, more"))

    static NOINLINE void winograd_multiply(const float *weights, int64_t outputs, int64_t inputs, int64_t channels,
                                           const float *patches, int64_t width, float *products, int more) {
      for (int64_t tile = 0; tile < width;) {
        const int64_t left = (width - tile) / LANES, blocks = (left + \(options.vectors) - 1) / \(options.vectors);
        const int vectors = (int)((left + blocks - 1) / blocks);
        for (int64_t row = 0; row < outputs;) {
          const int64_t groups = (outputs - row + \(tileRows) - 1) / \(tileRows);
          const int rows = (int)((outputs - row + groups - 1) / groups);
          winograd_tile_any(rows, vectors, weights + row * inputs, inputs, channels, patches + tile, width,
                            products + row * width + tile, more);
          row += rows;
        }
        tile += vectors * LANES;
      }
    }
    """
  }

  static func winogradConvolution(load hook: Hook?, store epilogue: Epilogue?) -> Kernel {
    Kernel(
      "winograd_convolution", variant: [hook?.key ?? "", epilogue?.key ?? ""].joined(separator: "|"),
      "3x3 convolution by Winograd's F(4x4, 3x3) with bias\(describe(load: hook, store: epilogue)); a task is a block of "
        + "tiles and a part of the channels",
      source("x", hook) + [.input("w"), .optional("bias")]
        + (epilogue?.parameters ?? [.output("result"), .integer("result_stride")])
        + Parameter.integers(
          "images inputs outputs in_h in_w out_h out_w pad_h pad_w tile_images tile_runs tiles_h parts part depth "
            + "scratch_line scratch_across scratch_patches scratch_products scratch_lines"),
      helpers: [copyRun, winogradTransforms, winogradTile] + (hook?.helpers ?? []) + (epilogue?.helpers ?? []),
      text: { _ in
        let packed = Packed(name: "x", hook: hook, channels: "inputs", firstChannel: "first_channel", plane: "in_plane")
        let channel = (hook?.channelBegin("first_channel + channel") ?? "").indented(3)
        let padding = Mutation.isActive(.paddedBeforeHook) ? "0.25f" : "0"
        return """
          float *across = (float *)(void *)(c->scratch + scratch_across);
          float *patches = (float *)(void *)(c->scratch + scratch_patches);
          float *products = (float *)(void *)(c->scratch + scratch_products);
          float *lines = (float *)(void *)(c->scratch + scratch_lines);
          \(hook?.setup(channels: "inputs") ?? "")\(epilogue?.hook.setup(channels: "outputs") ?? "")const int64_t in_plane = in_h * in_w, out_plane = out_h * out_w;
          const int64_t tiles_w = (out_w + 3) / 4, image_tiles = tile_runs * tiles_w, count = tile_images * image_tiles;
          const int64_t width = (count + LANES - 1) / LANES * LANES, stride = width + LANES;
          /* a line with its padding, which nobody overwrites, and an empty one */
          const int64_t line_width = 4 * (tiles_w + LANES);
          float *padded = (float *)(void *)(c->scratch + scratch_line), *empty = padded + line_width;
          for (int64_t i = 0; i < 2 * line_width; ++i) padded[i] = \(padding);
          for (int64_t task = first; task < last; ++task) {
            const int64_t from = task % parts * part, tile = task / parts, rows = least(part, outputs - from);
            const int64_t h0 = tile % tiles_h * tile_runs * 4, n0 = tile / tiles_h * tile_images;
            for (int64_t first_channel = 0; first_channel < inputs; first_channel += depth) {
              const int64_t channels = least(depth, inputs - first_channel);
              for (int64_t channel = 0; channel < channels; ++channel) {
          \(channel)        for (int64_t n = 0; n < least(tile_images, images - n0); ++n)
                  for (int64_t line = 0; line < 4 * tile_runs + 2; ++line) {
                    const int64_t h = h0 + line - pad_h;
                    const int inside = h >= 0 && h < in_h;
                    if (inside) {
          \(packed.run(position: "h * in_w", count: "in_w", result: "padded + pad_w").indented(6).dropLast())
                    }
                    winograd_line(inside ? padded : empty, tiles_w, line, tile_runs, stride, across + n * image_tiles);
                  }
                winograd_patches(across, stride, width, patches + channel * width, depth * width);
              }
              for (int64_t product = 0; product < \(Winograd.products); ++product)
                winograd_multiply(w + (product * outputs + from) * inputs + first_channel, rows, inputs, channels,
                                  patches + product * depth * width, width, products + product * part * width,
                                  first_channel > 0);
            }
            for (int64_t row = 0; row < rows; ++row) {
              winograd_lines(products + row * width, part * width, width, bias ? bias[from + row] : 0, lines);
          \((epilogue.map(winogradEpilogue) ?? winogradStore).indented(2).dropLast())
            }
          }
          """
      })
  }

  private static let winogradStore = """
    for (int64_t n = 0; n < least(tile_images, images - n0); ++n)
      for (int64_t line = 0; line < least(4 * tile_runs, out_h - h0); ++line)
        copy_run(result + (n0 + n) * result_stride + (from + row) * out_plane + (h0 + line) * out_w,
                 lines + (line % 4 * width + n * image_tiles + line / 4 * tiles_w) * 4, out_w);

    """

  private static func winogradEpilogue(_ epilogue: Epilogue) -> String {
    "{\n"
      + epilogue.channel(
        "from + row", channels: "outputs", part: "tile", plane: "out_plane", image: "n0 + n",
        position: "(h0 + line) * out_w", count: "out_w",
        value: "lines + (line % 4 * width + n * image_tiles + line / 4 * tiles_w) * 4",
        stored: Epilogue.Walk(
          line: "0", count: "least(4 * tile_runs, out_h - h0) * out_w", images: "least(tile_images, images - n0)")
      ) { body in
        """
        for (int64_t n = 0; n < least(tile_images, images - n0); ++n)
          for (int64_t line = 0; line < least(4 * tile_runs, out_h - h0); ++line) {
        \(body.indented(2).dropLast())
          }

        """
      }.indented(1) + "}\n"
  }

  static let winogradWeights = Kernel(
    "winograd_weights",
    "transforms of 3x3 filters, [36][rows][columns], rows and columns \(channelsNote); a task is a row",
    [.input("w"), .output("result")] + Parameter.integers("rows columns row_step column_step transposed"),
    text: { _ in
      let matrix = Winograd.filterTransform
      func row(_ index: Int, _ x: (Int) -> String) -> String {
        (0..<Winograd.taps).filter { matrix[index][$0] != 0 }
          .map { matrix[index][$0] == 1 ? x($0) : "\(Float(matrix[index][$0]))f * \(x($0))" }.joined(separator: " + ")
      }
      let along = matrix.indices.map { "half[\($0)][i] = \(row($0) { "tap[3 * i + \($0)]" });" }
      let across = matrix.indices.map { "target[(\($0) * 6 + j) * plane] = \(row($0) { "half[j][\($0)]" });" }
      return """
        const int64_t plane = rows * columns;
        for (int64_t task = first; task < last; ++task)
          for (int64_t column = 0; column < columns; ++column) {
            const float *source = w + task * row_step + column * column_step;
            float *target = result + task * columns + column;
            float tap[9], half[6][3];
            for (int i = 0; i < 9; ++i) tap[i] = source[transposed ? 8 - i : i];
            for (int i = 0; i < 3; ++i) {
        \(along.joined(separator: "\n").indented(3).dropLast())
            }
            for (int j = 0; j < 6; ++j) {
        \(across.joined(separator: "\n").indented(3).dropLast())
            }
          }
        """
    })

  private static let channelsNote = "being outputs and inputs, or the other way round for the gradient of the input"
}
