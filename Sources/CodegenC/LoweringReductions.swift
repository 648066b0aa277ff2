import NNIR
import Passes

/// Batch normalisation, pooling, sums and losses.
extension Lowering {
  /// Images, channels and positions of an image tensor; one position where there is no spatial axis.
  private func image(_ id: ValueID) -> (images: Int, channels: Int, inner: Int) {
    let shape = shape(id)
    return (shape[0], shape[1], shape[2...].reduce(1, *))
  }

  /// A kernel over planes with per-channel numbers of each group.
  mutating func planes(
    _ kernel: Kernel, _ id: ValueID, moments: ValueID, _ rest: [Row.Argument], operands: [ValueID]? = nil
  ) {
    let (images, channels, inner) = image(id)
    let reads = (operands ?? graph[id].inputs).map { operand($0) }
    let block = Kernel.planesPerTask(inner)
    add(
      kernel, tasks: (images * channels).dividedUp(by: block), reads: reads, writes: [result(id)],
      integers([images * channels, channels, inner, block, images, shape(moments)[0]]) + rest)
  }

  mutating func momentsGradient(_ id: ValueID) {
    let inputs = graph[id].inputs
    planes(.momentsGradient, id, moments: inputs[2], [], operands: [inputs[1], inputs[0], inputs[2]])
  }

  /// Parts into which moments of few channels are cut so that all threads find work.
  private func ranges(channels: Int, groups: Int, images: Int) -> Int {
    let wanted = 32 / max(1, channels * groups)
    return max(1, min(wanted, images / groups))
  }

  mutating func moments(_ id: ValueID, _ groups: Int) {
    let input = graph[id].inputs[0]
    let (images, channels, inner) = image(input)
    let source = operand(input, inParts: true)
    let ranges = ranges(channels: channels, groups: groups, images: images)
    let words = [images, channels, inner, groups, imageStride(input)]
    if ranges == 1 {
      add(
        .moments, tasks: groups * channels, reads: [source], writes: [result(id, inParts: true)],
        integers(words + [rowPitch(id)]))
      return
    }
    let bytes = groups * channels * ranges * 3 * MemoryLayout<Double>.size
    let parts = takeExtra(bytes: bytes)
    add(
      .momentsPart, tasks: groups * channels * ranges, reads: [source], writes: [parts], integers(words + [ranges]))
    add(
      .momentsMerge, tasks: groups * channels, reads: [parts], writes: [result(id, inParts: true)],
      integers([channels, rowPitch(id), ranges]))
  }

  mutating func normalizeReduce(_ id: ValueID, _ epsilon: Double) {
    let inputs = graph[id].inputs
    let (images, channels, inner) = image(inputs[1])
    let groups = shape(id)[0]
    let reads = inputs.map { operand($0) }
    add(
      .normalizeReduce, tasks: groups * channels, reads: reads, writes: [result(id)],
      integers([images, channels, inner, groups]) + [.double(epsilon)])
  }

  mutating func normalizeMomentsGradient(_ id: ValueID, _ epsilon: Double) {
    let (groups, channels) = (shape(id)[0], shape(id)[2])
    let reads = graph[id].inputs.map { operand($0, inParts: type($0).rank == 3) }
    add(
      .normalizeMomentsGradient, tasks: channels.dividedUp(by: Kernel.channelChunk), reads: reads,
      writes: [result(id, inParts: true)],
      integers(
        [groups, channels, rowPitch(graph[id].inputs[0]), rowPitch(graph[id].inputs[1]), rowPitch(id)])
        + [.double(epsilon)])
  }

  mutating func perChannel(_ kernel: Kernel, _ id: ValueID, moments: ValueID, row: Int, _ rest: [Row.Argument]) {
    let (groups, channels) = (shape(moments)[0], shape(moments)[2])
    let reads = graph[id].inputs.map { operand($0, inParts: $0 == moments) }
    add(
      kernel, tasks: channels.dividedUp(by: Kernel.channelChunk), reads: reads, writes: [result(id)],
      integers([groups, channels, row, rowPitch(moments)]) + rest)
  }

  /// keep · running + gain · (mean of a row of the moments over the groups)
  mutating func running(_ id: ValueID, row: Int, keep: Double, gain: Double) {
    let moments = graph[id].inputs[1]
    let share = gain / Double(shape(moments)[0])
    perChannel(.runningMoment, id, moments: moments, row: row, [.float(Float(keep)), .float(Float(share))])
  }

  mutating func sumToChannel(_ id: ValueID, _ axis: Int) {
    let input = graph[id].inputs[0]
    let (outer, channels, inner) = split(input, axis)
    let source = operand(input)
    if inner == 1 {
      add(
        .sumColumns, tasks: channels.dividedUp(by: Kernel.columnChunk), reads: [source], writes: [result(id)],
        integers([outer, channels]))
    } else {
      add(
        .sumToChannel, tasks: channels, reads: [source], writes: [result(id)], integers([outer, channels, inner]))
    }
  }

  // MARK: Pooling

  /// Words for planes and windows, three axes each.
  private func poolWords(_ pooling: Pooling, large: ValueID, small: ValueID) -> (tasks: Int, words: [Row.Argument]) {
    precondition(pooling.kernel.count <= 3, "pooling along more than three axes is not lowered")
    func three(_ values: [Int], _ fill: Int) -> [Int] { [Int](repeating: fill, count: 3 - values.count) + values }
    let (images, channels, inner) = image(large)
    let block = Kernel.planesPerTask(inner)
    let extents = [large, small].flatMap { three(Array(shape($0).dropFirst(2)), 1) }
    let window =
      three(pooling.kernel, 1) + three(pooling.strides, 1) + three(pooling.padBegin, 0) + three(pooling.padEnd, 0)
    return (
      (images * channels).dividedUp(by: block),
      integers(
        [images * channels, channels, block] + extents + window + [
          pooling.countIncludePad && !Mutation.isActive(.averagePoolDivisor) ? 1 : 0
        ])
    )
  }

  /// A row of a kernel that turns planes into planes.
  private mutating func addPlanes(
    _ nest: LoopNest, tasks: Int, _ rest: [Row.Argument], _ make: ([Hook?], Epilogue?) -> Kernel
  ) {
    let id = nest.anchor
    let sources = zip(graph[id].inputs, ["l", "r"]).map { input, prefix in
      source(input, prefix: prefix, line: image(input).inner)
    }
    let (images, channels, inner) = image(id)
    let target = target(nest, parts: images)
    let tile = target.epilogue == nil ? [] : takeScratch([inner * 4]).map(Row.Argument.integer)
    add(
      make(sources.map(\.hook), target.epilogue), tasks: tasks, reads: sources.flatMap(\.reads) + target.reads,
      writes: target.writes, sources.flatMap(\.words) + target.words + tile + rest)
    finishSums(target, channels: channels)
  }

  /// Whether a pooling over two axes takes each position into exactly one window of 2×2.
  private func halves(_ pooling: Pooling, large: [Int], small: [Int]) -> Bool {
    pooling.kernel == [2, 2] && pooling.strides == [2, 2] && (pooling.padBegin + pooling.padEnd).allSatisfy { $0 == 0 }
      && large.dropFirst(2).elementsEqual(small.dropFirst(2).map { 2 * $0 })
  }

  mutating func pool(_ nest: LoopNest, _ pooling: Pooling, large: ValueID, small: ValueID) {
    let (tasks, words) = poolWords(pooling, large: large, small: small)
    let op = graph[nest.anchor].op
    let halves = halves(pooling, large: shape(large), small: shape(small))
    addPlanes(nest, tasks: tasks, words) { hooks, epilogue in
      switch op {
      case .maxPool: .maxPool(load: hooks[0], store: epilogue)
      case .maxPoolGradient: .maxPoolGradient(dy: hooks[0], x: hooks[1], store: epilogue)
      case .averagePool:
        halves
          ? .averagePoolHalving(load: hooks[0], store: epilogue) : .averagePool(load: hooks[0], store: epilogue)
      case .averagePoolGradient:
        halves
          ? .averagePoolHalvingGradient(load: hooks[0], store: epilogue)
          : .averagePoolGradient(load: hooks[0], store: epilogue)
      default: fatalError("\(op.mnemonic) is not a pooling")
      }
    }
  }

  mutating func globalPool(_ nest: LoopNest) {
    let op = graph[nest.anchor].op
    let large = op == .globalAveragePool ? graph[nest.anchor].inputs[0] : nest.anchor
    let (images, channels, inner) = image(large)
    let block = Kernel.planesPerTask(inner)
    addPlanes(
      nest, tasks: (images * channels).dividedUp(by: block), integers([images * channels, channels, inner, block])
    ) { hooks, epilogue in
      op == .globalAveragePool ? .globalAveragePool(load: hooks[0]) : .globalAveragePoolGradient(store: epilogue)
    }
  }

  // MARK: Losses

  /// Rows, columns and rows of one task of a matrix of logits.
  private func rowWords(_ logits: ValueID) -> (tasks: Int, words: [Row.Argument]) {
    let (rows, columns) = (shape(logits)[0], shape(logits)[1])
    let block = max(1, 1024 / columns)
    return (rows.dividedUp(by: block), integers([rows, columns, block]))
  }

  mutating func rowwise(
    _ kernel: Kernel, _ id: ValueID, logits: ValueID, _ inputs: [ValueID], _ rest: [Row.Argument] = [],
    alsoReads: [Operand] = []
  ) {
    let (tasks, words) = rowWords(logits)
    let reads = inputs.map { operand($0) }
    add(kernel, tasks: tasks, reads: reads, writes: [result(id)], words + rest, alsoReads: alsoReads)
  }

  mutating func softmaxCrossEntropy(_ nest: LoopNest) {
    let id = nest.anchor
    let inputs = graph[id].inputs
    let rows = shape(inputs[0])[0]
    let reads = inputs.map { operand($0) }
    let bytes = rows * MemoryLayout<Double>.size
    let parts = takeExtra(bytes: bytes)
    let (tasks, words) = rowWords(inputs[0])
    if let gradient = nest.members.first {
      guard case .fill(let slope) = graph[graph[gradient].inputs[0]].op else { fatalError("a slope that varies") }
      add(
        .softmaxCrossEntropyBoth, tasks: tasks, reads: reads, writes: [parts, result(gradient)],
        words + [.float(Float(slope.value))])
      add(.meanOfParts, tasks: 1, reads: [parts], writes: [result(id)], integers([rows, rows]))
      return
    }
    add(.softmaxCrossEntropyRows, tasks: tasks, reads: reads, writes: [parts], words)
    add(.meanOfParts, tasks: 1, reads: [parts], writes: [result(id)], integers([rows, rows]))
  }

  /// The gradient of the loss: an immediate where it is a constant, which it is in every training graph.
  private mutating func slope(_ id: ValueID) -> (arguments: [Row.Argument], reads: [Operand]) {
    if case .fill(let value) = graph[id].op, plan.locations[id.index] == nil {
      return ([.absent, .float(Float(value.value))], [])
    }
    let operand = operand(id)
    return ([.place(operand.place), .float(0)], [operand])
  }

  mutating func softmaxCrossEntropyGradient(_ id: ValueID) {
    let inputs = graph[id].inputs
    let slope = slope(inputs[0])
    rowwise(
      .softmaxCrossEntropyGradient, id, logits: inputs[1], Array(inputs.dropFirst()), slope.arguments,
      alsoReads: slope.reads)
  }

  mutating func meanSquaredError(_ id: ValueID) {
    let inputs = graph[id].inputs
    let total = count(inputs[0])
    let chunks = total.dividedUp(by: Kernel.squaredErrorChunk)
    let reads = inputs.map { operand($0) }
    let bytes = chunks * MemoryLayout<Double>.size
    let parts = takeExtra(bytes: bytes)
    add(.squaredErrorParts, tasks: chunks, reads: reads, writes: [parts], integers([total]))
    add(.meanOfParts, tasks: 1, reads: [parts], writes: [result(id)], integers([chunks, total]))
  }

  mutating func meanSquaredErrorGradient(_ id: ValueID) {
    let inputs = graph[id].inputs
    let slope = slope(inputs[0])
    let reads = inputs.dropFirst().map { operand($0) }
    add(
      .meanSquaredErrorGradient, tasks: count(id).dividedUp(by: elementwiseChunk), reads: reads,
      writes: [result(id)], integers([count(id)]) + slope.arguments, alsoReads: slope.reads)
  }
}
