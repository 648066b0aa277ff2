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
      helpers: [copyRun, cut, stripHelper, transpose, outerTile] + (hook?.helpers ?? []) + (image?.helpers ?? [])
        + epilogue.helpers,
      text: { options in
        let channel = epilogue.channel(
          "row + r", channels: "inputs", part: "tile", plane: "positions", image: "n0 + n", position: "w0",
          count: "s.end", value: "tile_data + r * tile_stride + n * pitch"
        ) { body in
          "for (int64_t n = 0; n < images_here; ++n) {\n\(body.indented(1))}\n"
        }
        func packed(_ name: String, _ hook: Hook?, channels: String, into data: String) -> Packed {
          Packed(
            name: name, hook: hook, channels: channels, firstChannel: "0", plane: "positions", data: data,
            width: "positions")
        }
        let packs =
          pack(.pointwise, packed("dy", hook, channels: "outputs", into: "data"))
          + pack(.pointwise, packed("x", image, channels: "inputs", into: "data_x"))
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
          for (int64_t task = first; task < last; ++task) {
            float *target_part = parts + task * inputs * width;
            const int64_t stop = (task + 1) * tiles_n / ranges * tiles_w;
            int more = 0;
            for (int64_t tile = task * tiles_n / ranges * tiles_w; tile < stop; ++tile) {
              \(decodeTile(inVectors: true, hasDepth: false, hasLines: false, columns: "positions").replacing("\n", with: "\n    "))
          \(packs.indented(2).dropLast())
              struct strip s = {
                  .data = data, .channels = outputs, .channel_stride = channel_stride, .tap = tap, .taps = 1, .weights = w,
                  .rows = inputs, .block = block, .bias = 0, .tile = 0,
                  .last = panel_tiles(inputs), .positions = (images_here - 1) * pitch + columns_here, .pitch = pitch,
                  .begin = 0, .end = columns_here, .step = 1};
          \((wanted(epilogue, channel: "0", plane: "positions", position: "w0", positions: "pitch", pitch: "pitch", columns: "pitch") + rowsOfEpilogue(channel)).indented(2).dropLast())
              /* dy with outputs in lanes; positions outside the image are left out */
              int64_t count = 0;
              for (int64_t n = 0; n < images_here; ++n) {
                lines[count] = n * pitch;
                transpose(data + n * pitch, channel_stride, outputs, s.end, right + count++ * s.end * width, width);
              }
              for (int64_t output = 0; output < width;) {
                const int vectors = (int)least(\(options.vectors), (width - output) / LANES);
                const int64_t most = \(outerRows(options));
                for (int64_t k = 0; k < inputs;) {
                  const int64_t blocks = (inputs - k + most - 1) / most;
                  const int count_rows = (int)((inputs - k + blocks - 1) / blocks);
                  const float *source_rows[\(mostOuterRows)];
                  for (int r = 0; r < count_rows; ++r) source_rows[r] = data_x + (k + r) * channel_stride;
                  outer_tile_any(count_rows, vectors, source_rows, lines, count, s.end, right + output, width,
                                 target_part + k * width + output, more);
                  k += count_rows;
                }
                output += vectors * LANES;
              }
              more = 1;
            }
          }
          """
      })
  }
}
