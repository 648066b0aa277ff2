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

  mutating func dropout(_ id: ValueID, _ probability: Double, _ stream: String) {
    let threshold = Float(probability)
    elementwise(
      .dropout, id, [graph[id].inputs[0]],
      [.float(threshold), .float(1 / (1 - threshold)), .bits(Philox.hash(stream))])
  }

  // MARK: Optimizers

  /// A scalar that is usually a field of the argument structure: absent then.
  private mutating func rate(_ id: ValueID) -> (argument: Row.Argument, reads: [Operand]) {
    if case .learningRate = graph[id].op { return (.absent, []) }
    let operand = operand(id)
    return (.place(operand.place), [operand])
  }

  mutating func sgdMomentum(_ id: ValueID, _ sgd: SGD) {
    elementwise(
      .sgdMomentum, id, Array(graph[id].inputs.prefix(3)),
      [.float(Float(sgd.momentum.value)), .float(Float(1 - sgd.dampening.value)), .float(Float(sgd.weightDecay.value))])
  }

  mutating func sgdParameter(_ id: ValueID, _ sgd: SGD) {
    let inputs = graph[id].inputs
    let rate = rate(inputs[inputs.count - 1])
    let decay = Row.Argument.float(Float(sgd.weightDecay.value))
    if inputs.count == 3 {
      elementwise(.sgdPlain, id, Array(inputs.prefix(2)), [decay, rate.argument], alsoReads: rate.reads)
    } else if sgd.nesterov && !Mutation.isActive(.nesterovLost) {
      elementwise(
        .sgdNesterov, id, Array(inputs.prefix(3)), [.float(Float(sgd.momentum.value)), decay, rate.argument],
        alsoReads: rate.reads)
    } else {
      elementwise(.sgdParameter, id, [inputs[0], inputs[2]], [rate.argument], alsoReads: rate.reads)
    }
  }

  mutating func adamMoment(_ kernel: Kernel, _ id: ValueID, _ adam: Adam, beta: Double) {
    let decay = adam.decoupled ? 0 : adam.weightDecay.value
    elementwise(kernel, id, [.float(Float(beta)), .float(Float(1 - beta)), .float(Float(decay))])
  }

  mutating func adamParameter(_ id: ValueID, _ adam: Adam) {
    let inputs = graph[id].inputs
    let rate = rate(inputs[3])
    elementwise(
      .adamParameter, id, Array(inputs.prefix(3)),
      [
        .double(adam.beta1.value), .double(adam.beta2.value), .float(Float(adam.epsilon.value)),
        .float(Float(adam.decoupled && !Mutation.isActive(.decoupledDecayLost) ? adam.weightDecay.value : 0)),
        rate.argument,
      ], alsoReads: rate.reads)
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

  mutating func concat(_ id: ValueID, _ axis: Int) {
    let target = result(id)
    let (outer, extent, inner) = split(id, axis)
    var start = 0
    for input in graph[id].inputs {
      let source = operand(input)
      let length = split(input, axis).extent * inner
      var part = target
      part.place.offset += (Mutation.isActive(.concatOffset) && input == graph[id].inputs.last ? 0 : start) * 4
      part.bytes = ((outer - 1) * extent * inner + length) * 4
      copyRuns(source, part, runs: outer, length: length, pitchFrom: length, pitchTo: extent * inner)
      start += length
    }
  }

  mutating func slice(_ id: ValueID, _ axis: Int, _ start: Int) {
    let (outer, count, inner) = split(id, axis)
    let input = graph[id].inputs[0]
    let pitch = split(input, axis).extent * inner
    var source = operand(input)
    source.place.offset += (Mutation.isActive(.sliceOffset) ? 0 : start * inner) * 4
    source.bytes = ((outer - 1) * pitch + count * inner) * 4
    copyRuns(source, result(id), runs: outer, length: count * inner, pitchFrom: pitch, pitchTo: count * inner)
  }

  mutating func reshape(_ id: ValueID) {
    let source = graph[id].inputs[0]
    // usually the same memory under another shape
    if let place = plan.locations[source.index], place == plan.locations[id.index] { return }
    elementwise(.copy, id)
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
