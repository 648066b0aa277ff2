import NNIR
import Passes

/// Elementwise operations, optimizers, shape.
extension Lowering {
  private func chunks(_ id: ValueID) -> Int { count(id).dividedUp(by: elementwiseChunk) }

  mutating func elementwise(_ kernel: Kernel, _ id: ValueID, _ rest: [Row.Argument] = []) {
    elementwise(kernel, id, graph[id].inputs, rest)
  }

  private mutating func elementwise(
    _ kernel: Kernel, _ id: ValueID, _ inputs: [ValueID], _ rest: [Row.Argument], alsoReads: [Operand] = []
  ) {
    let reads = inputs.map { operand($0) }
    add(
      kernel, tasks: chunks(id), reads: reads, writes: [result(id)], [.integer(count(id))] + rest,
      alsoReads: alsoReads)
  }

  /// Extents before, along and after an axis.
  func split(_ id: ValueID, _ axis: Int) -> (outer: Int, extent: Int, inner: Int) {
    let shape = shape(id)
    return (shape[..<axis].reduce(1, *), shape[axis], shape[(axis + 1)...].reduce(1, *))
  }

  mutating func channelwise(_ kernel: Kernel, columns: Kernel, _ id: ValueID, _ axis: Int) {
    let (outer, channels, inner) = split(id, axis)
    let reads = graph[id].inputs.map { operand($0) }
    if inner == 1 {
      let block = Kernel.planesPerTask(channels)
      add(
        columns, tasks: outer.dividedUp(by: block), reads: reads, writes: [result(id)],
        [.integer(outer), .integer(channels), .integer(block)])
    } else {
      let planes = outer * channels
      let block = Kernel.planesPerTask(inner)
      add(
        kernel, tasks: planes.dividedUp(by: block), reads: reads, writes: [result(id)],
        [.integer(planes), .integer(channels), .integer(inner), .integer(block)])
    }
  }

  // MARK: Shape

  private mutating func copyRuns(
    _ source: Operand, _ target: Operand, runs: Int, length: Int, pitchFrom: Int, pitchTo: Int
  ) {
    let block = Kernel.planesPerTask(length)
    add(
      .copyRuns, tasks: runs.dividedUp(by: block), reads: [source], writes: [target],
      [.integer(runs), .integer(length), .integer(pitchFrom), .integer(pitchTo), .integer(block)])
  }

  /// Operands that were not born in their part.
  mutating func concat(_ id: ValueID, _ axis: Int) {
    let target = result(id, inParts: true)
    let (outer, extent, inner) = split(id, axis)
    let pitch = target.runs.map { $0.pitch / 4 } ?? extent * inner
    var start = 0
    for input in graph[id].inputs {
      let source = operand(input, inParts: true)
      let length = split(input, axis).extent * inner
      var part = target
      part.place.offset += (Mutation.isActive(.concatOffset) ? 0 : start) * 4
      part.bytes = outer * length * 4
      part.content = source.content
      part.runs = outer > 1 ? Runs(length: length * 4, pitch: pitch * 4) : nil
      start += length
      if source.place == part.place || Mutation.isActive(.keptCopyLost) { continue }
      copyRuns(
        source, part, runs: outer, length: length, pitchFrom: source.runs.map { $0.pitch / 4 } ?? length,
        pitchTo: pitch)
    }
  }

  mutating func slice(_ id: ValueID, _ axis: Int, _ start: Int) {
    let (outer, count, inner) = split(id, axis)
    let input = graph[id].inputs[0]
    var source = operand(input, inParts: true)
    let target = result(id, inParts: true)
    let pitch = source.runs.map { $0.pitch / 4 } ?? split(input, axis).extent * inner
    source.place.offset += (Mutation.isActive(.sliceOffset) ? 0 : start * inner) * 4
    if source.place == target.place { return }
    source.bytes = outer * count * inner * 4
    source.content = target.content
    source.runs = outer > 1 ? Runs(length: count * inner * 4, pitch: pitch * 4) : nil
    copyRuns(
      source, target, runs: outer, length: count * inner, pitchFrom: pitch,
      pitchTo: target.runs.map { $0.pitch / 4 } ?? count * inner)
  }

  mutating func reshape(_ id: ValueID) {
    let source = graph[id].inputs[0]
    // usually the same memory under another shape
    if let place = plan.locations[source.index], place == plan.locations[id.index] { return }
    elementwise(.copy, id)
  }

  /// Lines of images to bands, or back: runs in the order [image, outer, inner] change their axes.
  mutating func bands(_ id: ValueID, outer: Int, inner: Int) {
    let images = min(shape(id)[0], shape(graph[id].inputs[0])[0])
    let runs = images * outer * inner
    let length = count(id) / runs
    let block = Kernel.planesPerTask(length)
    add(
      .bands, tasks: runs.dividedUp(by: block), reads: [operand(graph[id].inputs[0])], writes: [result(id)],
      integers([runs, block, length, outer, inner]))
  }

  mutating func pad(_ id: ValueID, _ before: [Int]) {
    let source = graph[id].inputs[0]
    var (small, large, offsets) = (shape(source), shape(id), before)
    // an axis without padding is merged into the one before it, whose extents are then counted in its elements
    var axis = small.count - 1
    while axis > 0 {
      if small[axis] == large[axis] {
        small[axis - 1] *= small[axis]
        large[axis - 1] *= large[axis]
        offsets[axis - 1] *= small[axis]
        small.remove(at: axis)
        large.remove(at: axis)
        offsets.remove(at: axis)
      }
      axis -= 1
    }
    precondition(small.count <= Kernel.padAxes, "padding along more than \(Kernel.padAxes) axes is not lowered")
    let missing = Kernel.padAxes - small.count
    small = [Int](repeating: 1, count: missing) + small
    large = [Int](repeating: 1, count: missing) + large
    offsets = [Int](repeating: 0, count: missing) + offsets
    let runs = large[..<3].reduce(1, *)
    let block = Kernel.planesPerTask(large[3])
    if Mutation.isActive(.padOffset) { offsets[3] = 0 }
    let words = [runs, block] + small + large[1...] + offsets
    let read = operand(source)
    add(
      .pad, tasks: runs.dividedUp(by: block), reads: [read], writes: [result(id)], words.map(Row.Argument.integer))
  }
}
