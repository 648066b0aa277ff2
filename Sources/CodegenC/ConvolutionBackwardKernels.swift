/// Both gradients of a convolution that looks at one position only.
///
/// For each tile the gradient of the result and the operand of the forward part are brought into the cache once: the
/// first is multiplied by the weights into the gradient of the input, which the epilogue takes on, and both together
/// give the tile's share of the weights' gradient. Two separate loop nests would read all of it twice.
extension Kernel {
  static func convolutionBackward(load hook: Hook?, x image: Hook?, store epilogue: Epilogue) -> Kernel {
    Kernel(
      "convolution_backward", variant: [hook?.key ?? "", image?.key ?? "", epilogue.key].joined(separator: "|"),
      "gradient of a 1x1 convolution's input\(describe(load: hook, store: epilogue)), and partial gradients of its weights"
        + "\(describe(load: image, store: nil)), [range][input][output]; a task is a range of images",
      source("dy", hook) + source("x", image) + [.input("w")] + target(epilogue) + [.output("parts")]
        + Parameter.integers(
          "images inputs outputs positions tile_images pitch channel_stride tiles_w tiles_n ranges width block scratch_tap "
            + "scratch_line scratch_data scratch_image scratch_right"),
      helpers: [copyRun, cut, stripTile, transpose, outerTile] + (hook?.helpers ?? []) + (image?.helpers ?? [])
        + epilogue.helpers,
      text: { options in
        let channel = epilogue.channel(
          "row + r", channels: "inputs", part: "tile", plane: "positions", image: "n0 + n", position: "w0",
          count: "s.end", value: "tile_data + r * tile_stride + n * pitch"
        ) { body in
          "for (int64_t n = 0; n < images_here; ++n) {\n\(body.indented(1))}\n"
        }
        func packed(_ name: String, _ hook: Hook?, channels: String, from first: String, into data: String) -> String {
          pack(
            .pointwise,
            Packed(
              name: name, hook: hook, channels: channels, firstChannel: first, plane: "positions", data: data,
              width: "positions"))
        }
        let gradient = packed("dy", hook, channels: "outputs", from: "0", into: "data")
        let rows = packed("x", image, channels: "count_rows", from: "k", into: "data_x")
        let asks =
          asks(sources(image, "x"), from: "k", to: "k + count_rows")
          + asks(sources(hook, "dy"), from: "k * outputs / inputs", to: "(k + count_rows) * outputs / inputs")
        let setup =
          (hook?.setup(channels: "outputs") ?? "") + (image?.setup(channels: "inputs") ?? "")
          + epilogue.hook.setup(channels: "inputs")
        return """
          int64_t *tap = (int64_t *)(void *)(c->scratch + scratch_tap);
          int64_t *lines = (int64_t *)(void *)(c->scratch + scratch_line);
          float *data = (float *)(void *)(c->scratch + scratch_data);
          float *data_x = (float *)(void *)(c->scratch + scratch_image);
          float *right = (float *)(void *)(c->scratch + scratch_right);
          \(setup)tap[0] = 0;
          const struct panels panels = panels_of(inputs);
          for (int64_t task = first; task < last; ++task) {
            float *target_part = parts + task * inputs * width;
            const int64_t stop = (task + 1) * tiles_n / ranges * tiles_w;
            int more = 0;
            for (int64_t tile = task * tiles_n / ranges * tiles_w; tile < stop; ++tile) {
              \(decodeTile(inVectors: true, hasDepth: false, hasLines: false, columns: "positions").replacing("\n", with: "\n    "))
          \(gradient.indented(2).dropLast())
              struct strip s = {
                  .data = data, .channels = outputs, .channel_stride = channel_stride, .tap = tap, .taps = 1, .weights = w,
                  .rows = inputs, .block = block, .panels = panels, .bias = 0, .tile = 0, .last = panels.tiles,
                  .positions = (images_here - 1) * pitch + columns_here, .pitch = pitch,
                  .begin = 0, .end = columns_here, .step = 1};
          \((askForEpilogue(epilogue, plane: "positions", position: "w0", besides: image, "x") + rowsOfEpilogue(channel)).indented(2).dropLast())
              /* dy with outputs in lanes; positions outside the image are left out */
              int64_t count = 0;
              for (int64_t n = 0; n < images_here; ++n) {
                lines[count] = n * pitch;
                transpose(data + n * pitch, channel_stride, outputs, s.end, right + count++ * s.end * width, width);
              }
              /* meanwhile each block of rows asks for some of what the next tile is made of */
              const int64_t after = least(tile + 1, last * tiles_n / ranges * tiles_w - 1);
              const int64_t image_after = cut(images, tiles_n, after / tiles_w);
              const int64_t position_after = cut(line_vectors, tiles_w, after % tiles_w) * LANES;
              /* each block of rows is packed just before it is multiplied, and stays in the first-level cache until then;
                 the epilogue has stored its results by now, none of them over x, which is read whole (KernelForm) */
              const int64_t most = least(\(mostOuterRows), \(options.sums) / least(\(options.vectors), width / LANES));
              for (int64_t k = 0; k < inputs;) {
                const int count_rows = (int)even_part(inputs - k, most);
          \(rows.indented(3).dropLast())
                const float *source_rows[\(mostOuterRows)];
                for (int r = 0; r < count_rows; ++r) source_rows[r] = data_x + r * channel_stride;
                struct ask asks[\(mostAsks)];
                int64_t asked = 0;
          \(asks.indented(3).dropLast())
                for (int64_t output = 0, begun = 0; output < width;) {
                  const int vectors = (int)least(\(options.vectors), (width - output) / LANES);
                  /* each register tile asks for as much as it multiplies of the whole */
                  const int64_t end = asked * (output + vectors * LANES) / width;
                  outer_tile_any(count_rows, vectors, source_rows, lines, count, s.end, right + output, width,
                                 target_part + k * width + output, more, asks + begun, end - begun);
                  output += vectors * LANES;
                  begun = end;
                }
                k += count_rows;
              }
              more = 1;
            }
          }
          """
      })
  }

  /// Runs that an outer tile asks for at most.
  private static let mostAsks = 32

  /// Statements that add runs of some channels of the next tile's operands to `asks`.
  private static func asks(_ sources: [Source], from: String, to: String) -> String {
    guard !sources.isEmpty else { return "" }
    let runs = sources.map {
      "asks[asked++] = (struct ask){\($0.base) + image_after * \($0.stride) + row * positions + position_after, \($0.stride)};\n"
    }
    return """
      for (int64_t row = \(from); row < \(to) && asked + \(sources.count) <= \(mostAsks); ++row) {
      \(runs.joined().indented(1))}

      """
  }
}
