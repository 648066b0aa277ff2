/// Bytes of an arena: `count` stretches of `length` bytes each, `pitch` bytes apart.
///
/// Everything that the prover compares has this form, so that a slice of a dense block is one piece however many images
/// the batch has. Stretches do not overlap each other.
struct Stretches: Hashable {
  var offset: Int
  var length: Int
  var count: Int
  var pitch: Int

  init(_ offset: Int, _ length: Int, count: Int = 1, pitch: Int = 0) {
    self.offset = offset
    self.length = length
    self.count = count
    self.pitch = count == 1 ? length : pitch
  }

  /// The bytes of an access; stretches that touch are one.
  init(_ access: Access) {
    if access.runs > 1, access.bytes == access.pitch {
      self.init(access.offset, access.total)
    } else {
      self.init(access.offset, access.bytes, count: access.runs, pitch: access.pitch)
    }
  }

  /// The byte after the last one.
  var end: Int { offset + (count - 1) * pitch + length }
  /// Bytes of all stretches.
  var total: Int { count * length }

  /// The bytes that both have, as disjoint pieces.
  ///
  /// Complexity: O(1) where the pitches agree or one of the two is in one piece; else O(stretches of the shorter).
  func overlaps(_ other: Stretches) -> [Stretches] {
    guard offset < other.end, other.offset < end else { return [] }
    if other.count == 1 { return clipped(to: other.offset..<other.end) }
    if count == 1 { return other.clipped(to: offset..<end) }
    if pitch != other.pitch {
      let (few, many) = count <= other.count ? (self, other) : (other, self)
      return (0..<few.count).flatMap { index -> [Stretches] in
        let start = few.offset + index * few.pitch
        return many.clipped(to: start..<start + few.length)
      }
    }
    // stretch k of this one meets stretch k + shift of the other one, `distance` bytes further on
    let delta = other.offset - offset
    let shifts = (-other.length - delta).dividedDown(by: pitch) + 1..<(length - delta).dividedUpward(by: pitch)
    return shifts.compactMap { shift in
      let distance = delta + shift * pitch
      let stretches = max(0, -shift)..<max(max(0, -shift), min(count, other.count - shift))
      let bytes = max(0, distance)..<min(length, distance + other.length)
      guard !stretches.isEmpty else { return nil }
      return Stretches(
        offset + stretches.lowerBound * pitch + bytes.lowerBound, bytes.count, count: stretches.count, pitch: pitch)
    }
  }

  /// What lies in a range: whole stretches as one piece, those cut at its ends by themselves.
  private func clipped(to range: Range<Int>) -> [Stretches] {
    var first = max(0, (range.lowerBound - offset - length).dividedDown(by: pitch) + 1)
    var last = min(count - 1, (range.upperBound - offset).dividedUpward(by: pitch) - 1)
    func cut(_ index: Int) -> Stretches? {
      let start = offset + index * pitch
      if start >= range.lowerBound && start + length <= range.upperBound { return nil }
      let part = start..<start + length
      let kept = part.clamped(to: range)
      return Stretches(kept.lowerBound, kept.count)
    }
    guard first <= last else { return [] }
    var pieces: [Stretches] = []
    if let piece = cut(first) {
      pieces.append(piece)
      first += 1
    }
    var tail: Stretches?
    if first <= last, let piece = cut(last) {
      tail = piece
      last -= 1
    }
    if first <= last { pieces.append(Stretches(offset + first * pitch, length, count: last - first + 1, pitch: pitch)) }
    return pieces + (tail.map { [$0] } ?? [])
  }
}

extension Int {
  /// The quotient rounded towards −∞; the divisor is positive.
  fileprivate func dividedDown(by divisor: Int) -> Int {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The quotient rounded towards +∞; the divisor is positive.
  fileprivate func dividedUpward(by divisor: Int) -> Int { -(-self).dividedDown(by: divisor) }
}

/// Bytes of memory together with what they hold: a byte at place b of stretch k holds byte `start + k · step + b` of the
/// root.
struct Patch {
  var bytes: Stretches
  /// A value that an operation computes or a source delivers, never one that only arranges others.
  var root: Content
  var start: Int
  var step: Int

  init(_ bytes: Stretches, _ root: Content, start: Int, step: Int) {
    if bytes.count > 1, bytes.length == bytes.pitch, step == bytes.length {
      self.bytes = Stretches(bytes.offset, bytes.total)
    } else {
      self.bytes = bytes
    }
    self.root = root
    self.start = start
    self.step = self.bytes.count > 1 ? step : 0
  }

  /// The byte of the root that stands at an address of this patch.
  func rootByte(at address: Int) -> Int {
    let (stretch, byte) = (address - bytes.offset).quotientAndRemainder(dividingBy: bytes.pitch)
    return start + stretch * step + byte
  }

  /// Whether both hold the same bytes of the same root in `common`, which lies in both.
  func agrees(with other: Patch, in common: Stretches) -> Bool {
    guard root == other.root, rootByte(at: common.offset) == other.rootByte(at: common.offset) else { return false }
    let second = common.offset + common.pitch
    return common.count == 1 || rootByte(at: second) == other.rootByte(at: second)
  }

  /// A window of some stretches; nil when it is empty.
  private func part(_ stretches: Range<Int>, _ window: Range<Int>) -> Patch? {
    guard !stretches.isEmpty, !window.isEmpty else { return nil }
    return Patch(
      Stretches(
        bytes.offset + stretches.lowerBound * bytes.pitch + window.lowerBound, window.count, count: stretches.count,
        pitch: bytes.pitch), root, start: start + stretches.lowerBound * step + window.lowerBound, step: step)
  }

  /// What remains without some bytes.
  func subtracting(_ other: Stretches) -> [Patch] {
    guard let cell = bytes.overlaps(other).first else { return [self] }
    return removing(cell).flatMap { $0.subtracting(other) }
  }

  /// What remains without `cell`, which lies in this patch.
  private func removing(_ cell: Stretches) -> [Patch] {
    let whole = 0..<bytes.length
    let (first, low) = (cell.offset - bytes.offset).quotientAndRemainder(dividingBy: bytes.pitch)
    let last = (cell.end - 1 - bytes.offset) / bytes.pitch
    let around = [part(0..<first, whole), part(last + 1..<bytes.count, whole)]
    if first < last {
      // the same window of some stretches
      let window = low..<low + cell.length
      let sides = [
        part(first..<last + 1, 0..<window.lowerBound), part(first..<last + 1, window.upperBound..<bytes.length),
      ]
      return (around + sides).compactMap { $0 }
    }
    guard let stretch = part(first..<last + 1, whole) else { return [] }
    let tail = cell.end - stretch.bytes.offset
    var pieces = around + [stretch.part(0..<1, 0..<low), stretch.part(0..<1, tail..<bytes.length)]
    if cell.count > 1, cell.pitch > cell.length {
      let gap = Stretches(cell.offset + cell.length, cell.pitch - cell.length, count: cell.count - 1, pitch: cell.pitch)
      pieces.append(Patch(gap, root, start: stretch.rootByte(at: gap.offset), step: cell.pitch))
    }
    return pieces.compactMap { $0 }
  }
}
