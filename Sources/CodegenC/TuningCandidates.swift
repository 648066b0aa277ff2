import Foundation

extension TuningProblem {
  /// What is varied at a time.
  package enum Aspect: CaseIterable, Sendable {
    /// How many positions, or rows of a product, a task has.
    case tiles
    /// How wide tiles are, where images are wide.
    case columns
    /// Into how many tasks the channels of a tile are cut.
    case parts
  }

  /// Choices that are worth a try besides `base`, those next to what `base` leads to first.
  ///
  /// No two of them lead to the same calls, and none to those of `base`.
  package func candidates(_ aspect: Aspect, besides base: TuningChoice?, lanes: Int) -> [TuningChoice] {
    let base = base ?? TuningChoice()
    var options = CodegenOptions(name: "")
    options.lanes = lanes
    /// Tries `values` for what the path names, ordered by their distance from where `base` stands.
    func tries<Outcome: Hashable>(
      _ path: WritableKeyPath<TuningChoice, Int?>, _ values: [Int], from start: Int,
      _ outcome: (TuningChoice) -> Outcome
    ) -> [TuningChoice] {
      func distance(_ value: Int) -> Double { abs(log2(Double(value) / Double(max(1, start)))) }
      var seen: Set<Outcome> = [outcome(base)]
      let order = values.enumerated().sorted { (distance($0.element), $0.offset) < (distance($1.element), $1.offset) }
      return order.compactMap { _, value in
        var choice = base
        choice[keyPath: path] = value
        return seen.insert(outcome(choice)).inserted ? choice : nil
      }
    }
    switch (kind, aspect) {
    case (.product, .tiles):
      let rows = sizes[0]
      func part(_ choice: TuningChoice) -> Int { rows.evenPart(atMost: choice.rows ?? Kernel.productRows) }
      return tries(\.rows, Self.rows, from: part(base), part)
    case (.dotProducts, .tiles), (.dotProducts, .columns):
      func task(_ choice: TuningChoice) -> [Int] {
        let task = Kernel.dotTask(rows: sizes[0], columns: sizes[1], choice)
        return [task.rows, task.columns]
      }
      let now = task(base)
      return aspect == .tiles
        ? tries(\.rows, Self.dotRows, from: now[0], task) : tries(\.columns, Self.dotColumns, from: now[1], task)
    case (.algorithm, _), (.product, .columns), (.product, .parts), (.dotProducts, .parts), (.convolution, .parts),
      (.convolutionLanes, .columns),
      (.convolutionLanes, .parts), (.convolutionBackwardData, .parts), (.convolutionBackward, .parts):
      return []
    case (.convolution, _), (.convolutionLanes, _), (.convolutionBackwardData, _), (.convolutionBackwardWeights, _),
      (.convolutionBackward, _):
      func tiling(_ choice: TuningChoice) -> ConvolutionTiling { ConvolutionTiling(self, choice, options) }
      let now = tiling(base)
      let tiles = now.tiles
      switch aspect {
      case .tiles:
        return tries(\.positions, Self.positions, from: tiles.images * tiles.lines * tiles.columns, tiling)
      case .columns:
        // images of one line are cut by positions
        let isFlat = shape.output[0] * shape.output[1] == 1
        return tries(
          \.columns, isFlat ? [] : Self.columns.filter { $0 <= shape.output[2] }, from: tiles.columns, tiling)
      case .parts:
        return tries(\.parts, Self.parts, from: now.parts, tiling)
      }
    }
  }

  private static let positions = [32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048]
  private static let columns = [28, 32, 56, 64, 112, 128, 256]
  private static let parts = [1, 2, 3, 4, 6, 8, 12, 16]
  private static let dotRows = [4, 8, 16, 32, 64, 128]
  /// Whole tiles, which have three or four columns.
  private static let dotColumns = [12, 24, 32, 48, 64, 96, 128, 192]
  private static let rows = [6, 12, 24, 48, 64, 96, 128, 192, 256, 384, 512]

  /// What a fuzzer may choose: anything that a file may say, mostly small.
  package func anyChoice(_ bits: UInt64) -> TuningChoice {
    var choice = TuningChoice()
    var bits = bits
    for option in kind.choices {
      let range = [4, 24, 160, 1200][Int(bits & 3)]
      // one choice in eight is left to the rule
      if bits >> 2 & 7 != 0 { choice[keyPath: option.path] = 1 + Int(bits >> 8 & 0xfff) % range }
      bits = bits >> 20 | bits << 44
    }
    return choice
  }
}
