import NNIR

/// Epilogues that take a register tile's sums while they are still in registers.
///
/// A tile that leaves its sums in scratch for an epilogue writes and reads them once more, through the second-level cache
/// where all rows of a strip do not fit into the first. Where few channels are multiplied, that takes a fifth of the time.
/// Pointwise work needs none of it; sums and moments over a whole tile of positions do.
extension Epilogue {
  /// Whether it can be had in registers: nothing but pointwise work on what it is given and on operands, with numbers for
  /// each channel from the table.
  var isPointwise: Bool { width == 0 && hook.canBeInRegisters }
}

extension Hook {
  fileprivate var canBeInRegisters: Bool { preamble.isEmpty && !usesIndex }

  /// A field of the structure that a register tile finds its results and operands by.
  fileprivate struct Field {
    var type: String
    var name: String
    /// The distance between images, of a pointer to the first of them.
    var stride: String?
  }

  fileprivate var fields: [Field] {
    var result: [Field] = []
    for pointer in pointers {
      let type = pointer.isConstant ? "const float *" : "float *"
      result.append(Field(type: type, name: "\(pointer.name)_base", stride: pointer.stride))
      result.append(Field(type: "int64_t ", name: pointer.stride))
    }
    let words = Set((statements + stores).joined(separator: " ").split { !($0.isLetter || $0.isNumber || $0 == "_") })
    for parameter in parameters where words.contains(parameter.name[...]) {
      if case .float = parameter.kind { result.append(Field(type: "float ", name: parameter.name)) }
    }
    if hasTable { result.append(Field(type: "const float *", name: table)) }
    return result
  }

  /// The statements on all vectors of all rows of a register tile that lies in one image.
  fileprivate func onRegisters(channel: String, image: String, plane: String, position: String) -> String {
    var row = "", vector = ""
    for pointer in pointers {
      row +=
        "\(pointer.isConstant ? "const " : "")float *\(pointer.name) = \(pointer.name)_base + \(image) * \(pointer.stride) + (\(channel)) * \(plane) + \(position);\n"
    }
    row = channelBegin(channel) + row
    for statement in statements + stores {
      vector +=
        statement.replacing("LOAD(value)", with: "sum[r][v]").replacing("LOAD(", with: "load(v * LANES + ")
        .replacing("PUT(", with: "store(v * LANES + ") + "\n"
    }
    return """
      UNROLL for (int r = 0; r < rows; ++r) {
      \(row.indented(1))  UNROLL for (int v = 0; v < vectors; ++v) {
      \(vector.indented(2))  }
      }

      """
  }
}

extension Kernel {
  /// Whether register tiles of a convolution forward hand their sums on: where whole tiles lie side by side in memory.
  static func handsOn(_ form: ConvolutionForm, _ epilogue: Epilogue) -> Bool {
    guard epilogue.isPointwise else { return false }
    return switch form {
    case .pointwise, .lines, .shifted: true
    case .plane, .general: false
    }
  }

  /// The functions of a convolution called `name` that hand register tiles on to an epilogue, and the structure that these
  /// find its operands by. `sums` is the function that computes a tile.
  static func registerEpilogue(
    _ epilogue: Epilogue, sums: String, _ name: String, _ options: CodegenOptions
  ) -> String {
    let hook = epilogue.hook
    let declared = hook.fields.map { "  \($0.type)\($0.name);\n" }.joined()
    let unpacked = hook.fields.map { field in
      // what a pointer points to may change, the pointer does not
      let type = field.type.hasSuffix("*") ? "\(field.type)const " : "const \(field.type)"
      return "\(type)\(field.name) = results->\(field.name);\n"
    }
    let results = """
      const struct \(name)_results *results = s->results;
      const int64_t result_plane = results->result_plane;
      \(unpacked.joined())
      """
    let run = hook.run(
      image: "n", channel: "row + r", plane: "result_plane", position: "column", count: "here",
      value: "tile + r * width + (p - position)")
    let image = Mutation.isActive(.handedOnImage) ? "0 * n" : "n"
    return """
      /* What a strip of \(name) hands its results to: values from its first image, channel and position on. */
      struct \(name)_results {
        int64_t result_plane;
      \(declared)};

      /* A register tile that does not lie in whole vectors of one image. */
      static NOINLINE void \(name)_some(const struct strip *s, int rows, int64_t row, int64_t position, int64_t width,
                                        const float *tile) {
      \(results.indented(1))  const int64_t stop = least(position + width, s->positions);
        for (int64_t p = position, n = position / s->pitch; p < stop; p = ++n * s->pitch) {
          const int64_t column = p - n * s->pitch, here = least(s->end - column, stop - p);
          for (int r = 0; r < rows; ++r) {
      \((hook.channelBegin("row + r") + run).indented(3).dropLast())
          }
        }
      }

      /* A register tile whose results are computed from the sums in their registers. */
      static ALWAYS_INLINE void \(name)_tile(const int rows, const int vectors, const struct strip *s, int64_t row,
                                             int64_t position, int64_t channel, int64_t end, const struct runs *asked) {
        vec sum[\(options.tileRows)][\(options.vectors)];
        \(sums)(rows, vectors, s, row, position, channel, end, asked, sum);
        if (end < s->channels) {
          strip_leave(rows, vectors, s, row, position, sum);
          return;
        }
        const int64_t n = position < s->pitch ? 0 : position / s->pitch, column = position - n * s->pitch;
        if (\(Mutation.isActive(.handedOnWhole) ? "1 || " : "")column + vectors * LANES <= s->end) {
      \((results + hook.onRegisters(channel: "row + r", image: image, plane: "result_plane", position: "column")).indented(2))    return;
        }
        float tile[\(options.tileRows * options.tileWidth)];
        UNROLL for (int r = 0; r < rows; ++r)
          UNROLL for (int v = 0; v < vectors; ++v) store(tile + (r * vectors + v) * LANES, sum[r][v]);
        \(name)_some(s, rows, row, position, vectors * LANES, tile);
      }
      \(stripInstances("\(name)_tile", options))

      """
  }

  /// Statements that let the strip `s` of the kernel `name` hand its results on, from image n0, a channel and an element of
  /// a plane on.
  static func handOn(_ epilogue: Epilogue, _ name: String, channel: String, plane: String, position: String) -> String {
    let hook = epilogue.hook
    let values = hook.fields.map { field in
      var value = field.name
      if let stride = field.stride { value += " + n0 * \(stride) + (\(channel)) * \(plane) + \(position)" }
      if field.name == hook.table { value += " + (\(channel)) * \(hook.coefficients.count)" }
      return ", .\(field.name) = \(value)"
    }
    return """
      const struct \(name)_results results = {.result_plane = \(plane)\(values.joined())};
      s.results = &results;

      """
  }
}
