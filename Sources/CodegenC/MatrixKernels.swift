import NNIR

/// Matrix products.
extension Kernel {
  /// Floats of a packed panel: half of the first-level cache, through which the rows pass, and 100 terms of a batch.
  static let panelFloats = 7168
  /// Rows that pay for bringing weights of a linear layer into panels.
  static let packedRows = 16
  /// Rows of the left matrix of one task.
  static let productRows = 128

  /// C for one term of a register tile: vectors at `x`, vector v `place` further on, by one number of each row, `w` in
  /// terms of row r.
  static func term(_ options: CodegenOptions, x: String, place: String = "v * LANES", w: String) -> String {
    """
    vec x[\(options.vectors)];
    UNROLL for (int v = 0; v < vectors; ++v) x[v] = load(\(x) + \(place));
    UNROLL for (int r = 0; r < rows; ++r) {
      const float w = \(w);
      UNROLL for (int v = 0; v < vectors; ++v) sum[r][v] += x[v] * w;
    }

    """
  }

  /// The switch over tile shapes, from the largest tile down; each instance is a function of its own, so that audits
  /// can count its instructions.
  ///
  /// `rows` says which numbers of rows there are for a number of vectors.
  static func instances(
    _ name: String, rows: (Int) -> [Int], vectors: Int, parameters: String, arguments: String
  ) -> String {
    var text = ""
    let shapes = (1...vectors).flatMap { v in rows(v).map { (rows: $0, vectors: v) } }
    for shape in shapes {
      text += """
        static NOINLINE void \(name)_\(shape.rows)_\(shape.vectors)(\(parameters)) {
          \(name)(\(shape.rows), \(shape.vectors), \(arguments));
        }

        """
    }
    text += "static inline void \(name)_any(int rows, int vectors, \(parameters)) {\n"
    text += "  switch (vectors * 32 + rows) {\n"
    for shape in shapes {
      text +=
        "    case \(shape.vectors * 32 + shape.rows): \(name)_\(shape.rows)_\(shape.vectors)(\(arguments)); break;\n"
    }
    return text + "  }\n}"
  }

  private static let productTile = Helper("product_tile", needs: [runsHelper]) { options in
    """
    /* Adds left(row, k) * right(k, lane) over `count` terms in order, and asks for a run every four of them. */
    static ALWAYS_INLINE void product_terms(const int rows, const int vectors, const float *left, int64_t left_row,
                                            const int64_t left_step, const float *right, int64_t right_step,
                                            int64_t count, const struct runs *asked,
                                            vec sum[\(options.tileRows)][\(options.vectors)]) {
      struct runs runs;
      begin_asking(asked, &runs);
      int64_t k = 0;
      for (; k + \(termsOfRun) <= count; k += \(termsOfRun)) {
        /* fewer rows wait for memory all the time, and follow it as it comes */
        if (rows > 2) ask_for_run(&runs, \(floatsOfRun));
        UNROLL for (int j = 0; j < \(termsOfRun); ++j) {
    \(term(options, x: "right", w: "left[r * left_row]").indented(3).dropLast())
          left += left_step;
          right += right_step;
        }
      }
      for (; k < count; ++k) {
    \(term(options, x: "right", w: "left[r * left_row]").indented(2).dropLast())
        left += left_step;
        right += right_step;
      }
    }

    /* A tile of a product, rows x vectors * LANES, that starts at 0, or where `more` is set at what an earlier panel left.
       Only `columns` of its lanes are kept. */
    static ALWAYS_INLINE void product_tile(const int rows, const int vectors, const float *left, int64_t left_row,
                                           int64_t left_step, const float *right, int64_t right_step, int64_t count,
                                           float *result, int64_t result_row, int64_t columns, int more,
                                           const struct runs *asked) {
      vec sum[\(options.tileRows)][\(options.vectors)];
      float edge[\(options.tileRows)][\(options.tileWidth)];
      const int whole = columns >= vectors * LANES;
      if (more && !whole)
        for (int r = 0; r < rows; ++r)
          for (int64_t i = 0; i < vectors * LANES; ++i) edge[r][i] = i < columns ? result[r * result_row + i] : 0;
      UNROLL for (int r = 0; r < rows; ++r)
        UNROLL for (int v = 0; v < vectors; ++v)
          sum[r][v] = more ? load((whole ? result + r * result_row : edge[r]) + v * LANES) : (vec){0};
      if (left_step == 1) /* what finds rows in memory is then done once for several terms */
        product_terms(rows, vectors, left, left_row, 1, right, right_step, count, asked, sum);
      else
        product_terms(rows, vectors, left, left_row, left_step, right, right_step, count, asked, sum);
      UNROLL for (int r = 0; r < rows; ++r)
        UNROLL for (int v = 0; v < vectors; ++v)
          store((whole ? result + r * result_row : edge[r]) + v * LANES, sum[r][v]);
      if (!whole)
        for (int r = 0; r < rows; ++r)
          for (int64_t i = 0; i < columns; ++i) result[r * result_row + i] = edge[r][i];
    }
    \(instances(
      "product_tile", rows: { _ in Array(1...options.tileRows) }, vectors: options.vectors,
      parameters: "const float *left, int64_t left_row, int64_t left_step, const float *right, int64_t right_step, "
        + "int64_t count, float *result, int64_t result_row, int64_t columns, int more, const struct runs *asked",
      arguments: "left, left_row, left_step, right, right_step, count, result, result_row, columns, more, asked"))

    /* Some rows by a panel, in tiles as equal as possible. Each asks for its share of what comes after the panel: `lines`
       runs from `ahead` on, `distance` apart. */
    static inline void product_rows(int64_t rows, int vectors, const float *left, int64_t left_row, int64_t left_step,
                                    const float *right, int64_t right_step, int64_t count, float *result,
                                    int64_t result_row, int64_t columns, int more, const float *ahead, int64_t distance,
                                    int64_t lines) {
      for (int64_t row = 0; row < rows;) {
        const int64_t here = even_part(rows - row, \(options.tileRows)), share = least(count / \(termsOfRun), lines);
        struct runs asked = {right, right, 0, 0, 0};
        if (share > 0) {
          asked.at = ahead;
          asked.step = distance;
          asked.left = share;
        }
        product_tile_any((int)here, vectors, left + row * left_row, left_row, left_step, right, right_step, count,
                         result + row * result_row, result_row, columns, more, &asked);
        ahead += share * distance;
        lines -= share;
        row += here;
      }
    }
    """
  }

  /// Terms of a register tile of a product from one run that it asks for to the next, and floats of such a run.
  private static let termsOfRun = 4
  private static let floatsOfRun = 64

  /// Words for a matrix, or for an epilogue that takes it tile by tile.
  private static func matrix(_ epilogue: Epilogue?) -> [Parameter] {
    epilogue.map { $0.parameters + [.integer("scratch_tile")] } ?? [.output("result")]
  }

  /// Statements that hand the rows `top ..< bottom` of a tile, `pitch` floats apart, to an epilogue.
  private static func rows(_ epilogue: Epilogue?, column: String, count: String, pitch: String) -> String {
    guard let epilogue else { return "" }
    let run = epilogue.hook.run(
      image: "row", channel: column, plane: "1", position: "0", count: count, value: "tile + (row - top) * \(pitch)")
    return "for (int64_t row = top; row < bottom; ++row)\n\(run.indented(1))"
  }

  private static func matrixSetup(_ epilogue: Epilogue?) -> String {
    guard let epilogue else { return "" }
    return "float *tile = (float *)(void *)(c->scratch + scratch_tile);\n" + epilogue.hook.setup(channels: "columns")
  }

  static let product = Kernel(
    "product",
    "left * right for matrices of any strides; a task is a tile of at most \(productRows) rows and one tile width",
    [.input("x"), .input("y"), .output("result")]
      + Parameter.integers("rows columns depth x_row x_step y_step y_column part width block scratch"),
    helpers: [productTile, copyRun, transpose],
    text: { options in
      """
      const int64_t parts = (rows + part - 1) / part;
      float *panel = (float *)(void *)(c->scratch + scratch);
      for (int64_t task = first; task < last; ++task) {
        const int64_t top = task % parts * part, bottom = least(top + part, rows);
        const int64_t column = task / parts * width, wanted = least(width, columns - column);
        const int vectors = (int)((wanted + LANES - 1) / LANES);
        const int64_t tiles = (bottom - top + \(options.tileRows) - 1) / \(options.tileRows);
        for (int64_t k = 0; k < depth; k += block) {
          const int64_t count = least(block, depth - k);
          const float *right = y + k * y_step + column * y_column;
          int64_t step = y_step;
          /* few rows do not pay for packing; a narrow last tile may not read past the matrix */
          if (y_column != 1 || wanted < vectors * LANES || tiles > 2) {
            step = vectors * LANES;
            if (y_column == 1) {
              for (int64_t i = 0; i < count; ++i) {
                copy_run(panel + i * step, right + i * y_step, wanted);
                clear_run(panel + i * step + wanted, step - wanted);
              }
            } else {
              transpose(right, y_column, wanted, count, panel, step); /* y_step is 1 */
            }
            right = panel;
          }
          /* meanwhile tiles ask for the next panel, of which so many lines lie in one piece each */
          const float *ahead = y + (k + count) * y_step + column * y_column;
          const int64_t distance = y_column == 1 ? y_step : y_column;
          const int64_t lines = k + count == depth ? 0 : y_column == 1 ? least(block, depth - k - count) : wanted;
          product_rows(bottom - top, vectors, x + top * x_row + k * x_step, x_row, x_step, right, step, count,
                       result + top * columns + column, columns, wanted, k > 0, ahead, distance, lines);
        }
      }
      """
    })

  /// Declares the panel `right` of a block of weights, and what follows it: it lies behind the panel, or where weights come
  /// as they are in each of their rows.
  private static func linearPanel(packs: Bool, _ options: CodegenOptions) -> String {
    packs
      ? """
      const float *right = panel, *ahead = w + begin * depth + k + count;
      const int64_t distance = depth, lines = k + count < depth ? width : 0;
      transpose(w + begin * depth + k, depth, width, count, panel, width);

      """
      : """
      const float *right = w + begin * depth + k * width, *ahead = right + width * count;
      const int64_t tiles = (bottom - top + \(options.tileRows - 1)) / \(options.tileRows);
      const int64_t distance = least(\(floatsOfRun), width * \(termsOfRun) / tiles), lines = tiles * (count / \(termsOfRun));

      """
  }

  /// - Parameter packs: Whether weights come as they are, and blocks of them go to panels here.
  static func linear(packs: Bool, store epilogue: Epilogue?) -> Kernel {
    Kernel(
      "linear", variant: (packs ? "packs|" : "") + (epilogue?.key ?? ""),
      "x * transpose(w) + bias\(packs ? "" : " with the weights in panels")\(describe(store: epilogue)); a task is a tile of rows and a panel",
      [.input("x"), .input("w"), .optional("bias")] + matrix(epilogue)
        + Parameter.integers("rows columns depth block part\(packs ? " scratch" : "")"),
      helpers: [productTile] + (packs ? [transpose] : []) + (epilogue?.helpers ?? []),
      text: { options in
        """
        \(packs ? "float *panel = (float *)(void *)(c->scratch + scratch);\n" : "")\(matrixSetup(epilogue))const int64_t parts = (rows + part - 1) / part;
        for (int64_t task = first; task < last; ++task) {
          const int64_t top = task % parts * part, bottom = least(top + part, rows);
          const int64_t begin = task / parts * \(options.tileWidth), width = least(\(options.tileWidth), columns - begin);
          float *target = \(epilogue == nil ? "result + top * columns + begin" : "tile");
          const int64_t pitch = \(epilogue == nil ? "columns" : "width");
          for (int64_t row = 0; row < bottom - top; ++row)
            for (int64_t i = 0; i < width; ++i) target[row * pitch + i] = bias ? bias[begin + i] : 0;
          for (int64_t k = 0; k < depth; k += block) {
            const int64_t count = least(block, depth - k);
        \(linearPanel(packs: packs, options).indented(2).dropLast())
            product_rows(bottom - top, (int)(width / LANES), x + top * depth + k, depth, 1, right, width, count, target,
                         pitch, width, 1, ahead, distance, lines);
          }
        \(rows(epilogue, column: "begin", count: "width", pitch: "width").indented(1).dropLast())
        }
        """
      })
  }

  /// Rows and columns of a tile of dot products.
  private static let dotTile = 4

  /// Columns of a tile of dot products: 4×3 sums, three operands and a fourth leave none of 16 registers to spill.
  private static func dotTileColumns(_ options: CodegenOptions) -> Int { options.lanes >= 16 ? 4 : 3 }

  private static let dotTiles = Helper("dot_tile", needs: [lanesTotals]) { options in
    let widest = dotTileColumns(options)
    let groups = (dotTile * widest).dividedUp(by: options.lanes)
    return """
      /* A tile of dot products of rows of two matrices, lane by lane, the lanes added as a tree and the last terms after
         them. */
      static ALWAYS_INLINE void dot_tile(const int rows, const int columns, const float *left, int64_t left_row,
                                         const float *right, int64_t right_row, int64_t count, const float *bias,
                                         float *result, int64_t result_row) {
        vec sum[\(dotTile)][\(widest)];
        UNROLL for (int r = 0; r < rows; ++r)
          UNROLL for (int s = 0; s < columns; ++s) sum[r][s] = (vec){0};
        const int64_t end = count / LANES * LANES;
        for (int64_t k = 0; k < end; k += LANES) {
          vec x[\(widest)];
          UNROLL for (int s = 0; s < columns; ++s) x[s] = load(right + s * right_row + k);
          UNROLL for (int r = 0; r < rows; ++r) {
            const vec w = load(left + r * left_row + k);
            UNROLL for (int s = 0; s < columns; ++s) sum[r][s] += w * x[s];
          }
        }
        /* a second array, so that the first one, never indexed by a variable, lives in registers */
        vec kept[\(groups * options.lanes)];
        UNROLL for (int i = 0; i < \(groups * options.lanes); ++i)
          kept[i] = i < rows * columns ? sum[i / columns % \(dotTile)][i % columns] : (vec){0};
        float total[\(groups * options.lanes)];
        UNROLL for (int i = 0; i < \(groups); ++i)
          if (i * LANES < rows * columns) {
            vec totals;
            lanes_totals(kept + i * LANES, &totals);
            store(total + i * LANES, totals);
          }
        for (int r = 0; r < rows; ++r)
          for (int s = 0; s < columns; ++s) {
            float dot = total[r * columns + s];
            for (int64_t k = end; k < count\(Mutation.isActive(.dotProductTail) ? " - 1" : ""); ++k) dot += left[r * left_row + k] * right[s * right_row + k];
            result[r * result_row + s] = dot + (bias ? bias[s] : 0);
          }
      }
      \(instances(
      "dot_tile", rows: { _ in Array(1...dotTile) }, vectors: widest,
      parameters: "const float *left, int64_t left_row, const float *right, int64_t right_row, int64_t count, "
        + "const float *bias, float *result, int64_t result_row",
      arguments: "left, left_row, right, right_row, count, bias, result, result_row"))
      """
  }

  /// Rows and columns of one task of `dot_products`, where no tuning file says otherwise.
  static let dotRows = 16
  static let dotColumns = 32

  /// Rows and columns of one task; a tile for an epilogue stays below 1 MiB.
  static func dotTask(rows: Int, columns: Int, _ choice: TuningChoice?) -> (rows: Int, columns: Int) {
    let part = min(rows, choice?.rows ?? dotRows, 1 << 12)
    return (part, max(1, min(columns, choice?.columns ?? dotColumns, (1 << 18) / part)))
  }

  static func dotProducts(store epilogue: Epilogue?) -> Kernel {
    Kernel(
      "dot_products", variant: epilogue?.key ?? "",
      "x * transpose(y) + bias\(describe(store: epilogue)); a task is a tile of rows and columns",
      [.input("x"), .input("y"), .optional("bias")] + matrix(epilogue)
        + Parameter.integers("rows columns depth part width"),
      helpers: [dotTiles] + (epilogue?.helpers ?? []),
      text: { options in
        let widest = dotTileColumns(options)
        return """
          \(matrixSetup(epilogue))const int64_t parts = (rows + part - 1) / part;
          for (int64_t task = first; task < last; ++task) {
            const int64_t top = task % parts * part, bottom = least(top + part, rows);
            const int64_t begin = task / parts * width, end = least(begin + width, columns);
            for (int64_t column = begin; column < end; column += \(widest))
              for (int64_t row = top; row < bottom; row += \(dotTile))
                dot_tile_any((int)least(\(dotTile), bottom - row), (int)least(\(widest), end - column), x + row * depth,
                             depth, y + column * depth, depth, depth, bias ? bias + column : 0,
                             \(epilogue == nil ? "result + row * columns + column, columns" : "tile + (row - top) * width + (column - begin), width"));
          \(rows(epilogue, column: "begin", count: "end - begin", pitch: "width").indented(1).dropLast())
          }
          """
      })
  }
}
