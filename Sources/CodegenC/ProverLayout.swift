import NNIR

/// What a value consists of: its bytes in row-major order as bytes of *roots*, values that are computed or delivered.
///
/// A concat is its operands, a slice a part of its operand, a reshape its operand; their bytes are those of the roots
/// whatever memory they lie in. The bytes are `count` periods of `period` bytes each, all made of the same pieces: the
/// images of a batch, when channels are concatenated.
struct ValueLayout {
  /// Bytes of each period that come from one root: byte `start + b` of period k is byte `rootStart + k · rootStep + b`
  /// of the root.
  struct Piece: Equatable {
    var start: Int
    var length: Int
    var root: Content
    var rootStart: Int
    var rootStep: Int
  }

  var count: Int
  var period: Int
  var pieces: [Piece]

  /// A root itself.
  init(root: Content, bytes: Int) {
    self.init(
      count: 1, period: bytes, pieces: [Piece(start: 0, length: bytes, root: root, rootStart: 0, rootStep: bytes)])
  }

  private init(count: Int, period: Int, pieces: [Piece]) {
    self.count = count
    self.period = period
    self.pieces = []
    for piece in pieces {
      if let last = self.pieces.last, last.root == piece.root, last.rootStep == piece.rootStep || count == 1,
        last.start + last.length == piece.start, last.rootStart + last.length == piece.rootStart
      {
        self.pieces[self.pieces.count - 1].length += piece.length
      } else {
        self.pieces.append(piece)
      }
    }
    guard let only = self.pieces.first, self.pieces.count == 1, count > 1, only.length == period,
      only.rootStep == period
    else { return }
    // in one piece
    self.count = 1
    self.period = count * period
    self.pieces[0].length = self.period
    self.pieces[0].rootStep = self.period
  }

  var bytes: Int { count * period }

  private var isContiguous: Bool { pieces.count == 1 && count == 1 }

  /// The pieces of one period when the bytes are taken as `periods` of them, which has to divide what there is.
  private func pieces(periods: Int) -> [Piece] {
    if isContiguous {
      let length = bytes / periods
      var piece = pieces[0]
      piece.length = length
      piece.rootStep = length
      return [piece]
    }
    let merged = count / periods
    return (0..<merged).flatMap { index in
      pieces.map { piece in
        Piece(
          start: piece.start + index * period, length: piece.length, root: piece.root,
          rootStart: piece.rootStart + index * piece.rootStep, rootStep: piece.rootStep * merged)
      }
    }
  }

  /// A window of pieces, moved to `target`.
  private static func window(_ pieces: [Piece], _ window: Range<Int>, to target: Int) -> [Piece] {
    pieces.compactMap { piece in
      let kept = (piece.start..<piece.start + piece.length).clamped(to: window)
      guard !kept.isEmpty else { return nil }
      return Piece(
        start: kept.lowerBound - window.lowerBound + target, length: kept.count, root: piece.root,
        rootStart: piece.rootStart + kept.lowerBound - piece.start, rootStep: piece.rootStep)
    }
  }

  /// The operands one after the other in each of `outer` rows.
  init(concatenating parts: [ValueLayout], outer: Int) {
    var periods = outer
    for part in parts where !part.isContiguous { periods = gcd(periods, part.count) }
    let rows = outer / periods
    let row = parts.reduce(0) { $0 + $1.bytes } / outer
    var start = 0
    var all: [Piece] = []
    let sources = parts.map { ($0.pieces(periods: periods), $0.bytes / outer) }
    for index in 0..<rows {
      for (pieces, width) in sources {
        all += Self.window(pieces, index * width..<(index + 1) * width, to: start)
        start += width
      }
    }
    self.init(count: periods, period: rows * row, pieces: all)
  }

  /// Bytes `window` of each of `outer` rows.
  init(slicing source: ValueLayout, outer: Int, window: Range<Int>) {
    let periods = source.isContiguous ? outer : gcd(outer, source.count)
    let rows = outer / periods
    let row = source.bytes / outer
    let pieces = source.pieces(periods: periods)
    let all = (0..<rows).flatMap { index in
      Self.window(
        pieces, index * row + window.lowerBound..<index * row + window.upperBound, to: index * window.count)
    }
    self.init(count: periods, period: rows * window.count, pieces: all)
  }

  /// The layout as it stands in memory when its bytes are spread over these stretches; as many bytes as it has.
  func placed(in target: Stretches) -> [Patch] {
    func patch(_ piece: Piece, at offset: Int, count: Int, pitch: Int) -> Patch {
      Patch(
        Stretches(offset, piece.length, count: count, pitch: pitch), piece.root, start: piece.rootStart,
        step: piece.rootStep)
    }
    if target.count == 1 {
      return pieces.map { patch($0, at: target.offset + $0.start, count: count, pitch: period) }
    }
    if isContiguous || count % target.count == 0 {
      // several periods in each stretch
      return pieces(periods: target.count).map {
        patch($0, at: target.offset + $0.start, count: target.count, pitch: target.pitch)
      }
    }
    // several stretches in each period, or neither divides the other
    let periods = gcd(count, target.count)
    let source = pieces(periods: periods)
    let stretches = target.count / periods
    return (0..<stretches).flatMap { index in
      Self.window(source, index * target.length..<(index + 1) * target.length, to: 0).map {
        patch(
          $0, at: target.offset + index * target.pitch + $0.start, count: periods, pitch: target.pitch * stretches)
      }
    }
  }
}

private func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }

extension Graph {
  /// What every value consists of; an operation that only arranges others and is missing here makes the prover refuse.
  ///
  /// A join is the operand that counts in this state of the gates.
  func layouts(open: (Int) -> Bool) -> [ValueLayout] {
    var layouts: [ValueLayout] = []
    layouts.reserveCapacity(nodes.count)
    for id in ids {
      let node = self[id]
      let bytes = node.type.count * node.type.element.size
      switch node.op {
      case .reshape: layouts.append(layouts[node.inputs[0].index])
      case .join(let gate): layouts.append(layouts[node.inputs[open(gate.index) ? 0 : 1].index])
      case .concat(let axis):
        let outer = node.type.bound[..<axis].reduce(1, *)
        layouts.append(ValueLayout(concatenating: node.inputs.map { layouts[$0.index] }, outer: outer))
      case .slice(let axis, let start, let count):
        let outer = node.type.bound[..<axis].reduce(1, *)
        let width = bytes / outer / count
        layouts.append(
          ValueLayout(
            slicing: layouts[node.inputs[0].index], outer: outer, window: start * width..<(start + count) * width))
      default: layouts.append(ValueLayout(root: .value(id), bytes: bytes))
      }
    }
    return layouts
  }
}
