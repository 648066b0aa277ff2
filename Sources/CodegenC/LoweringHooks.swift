import NNIR
import Passes

/// Hooks and epilogues of a loop nest, and the rows that finish their sums.
extension Lowering {
  /// How a kernel takes an operand that is a tensor of images: from memory, or computed by a hook.
  struct Source {
    var hook: Hook?
    var reads: [Access]
    var words: [Row.Argument]
  }

  /// `line` is the scratch for one line or plane of the operand.
  mutating func source(_ id: ValueID, prefix: String, line: Int) -> Source {
    guard graph[id].fusion == .load else {
      let operand = operand(id, inParts: true)
      return Source(hook: nil, reads: [operand.access], words: [.place(operand.place), .integer(imageStride(id))])
    }
    var builder = HookBuilder(self, prefix: prefix, shape: shape(id))
    builder.deliver(id)
    var hook = builder.hook
    hook.notes.reverse()
    var words = hook.arguments
    let sizes = (hook.hasTable ? [hook.coefficients.count * shape(id)[1] * 4] : []) + [line * 4]
    words += takeScratch(sizes).map(Row.Argument.integer)
    return Source(hook: hook, reads: hook.reads, words: words)
  }

  /// What a loop nest does with its anchor's results.
  struct Target {
    var epilogue: Epilogue?
    var reads: [Access] = []
    var writes: [Access]
    var words: [Row.Argument]
    /// Where parts of sums go, and how many parts there are.
    var parts: Operand?
    var count = 0
  }

  /// `count` is the number of parts of the sums. Without members the anchor is stored as it is.
  mutating func target(_ nest: LoopNest, parts count: Int, always: Bool = false) -> Target {
    let id = nest.anchor
    if nest.members.isEmpty && !always {
      let operand = result(id, inParts: true)
      return Target(writes: [operand.access], words: [.place(operand.place), .integer(imageStride(id))])
    }
    let isPointwise = graph[id].op.pointwiseOperands != nil
    let isSum = graph[id].op.isChannelSum
    // the elements that the loop nest walks
    let tensor = isSum ? graph[id].inputs[0] : id
    let own = nest.nodes.filter { graph[$0].op.pointwiseOperands != nil }
    let flat = isPointwise && graph.isFlat(nest)
    let shape = flat ? flatShape(nest) : shape(tensor)
    var builder = HookBuilder(self, prefix: "s", shape: shape, value: isPointwise || isSum ? nil : id, own: own)
    var epilogue = Epilogue(hook: Hook(prefix: "s"))
    let stored = nest.writes.filter { !graph[$0].op.isChannelSum && !graph[$0].op.isWeightsGradient }
    var arrays: [ValueID: String] = [:]
    for value in stored { arrays[value] = builder.store(value) }
    for node in nest.nodes where graph[node].op.isChannelSum {
      if case .moments = graph[node].op {
        guard let array = arrays[graph[node].inputs[0]] else { fatalError("moments of what is not stored") }
        epilogue.moments.append((node, array))
      } else {
        epilogue.sums.append((node, builder.sum(node)))
      }
    }
    epilogue.hook = builder.hook
    var target = Target(
      epilogue: epilogue, reads: epilogue.hook.reads, writes: epilogue.hook.writes, words: epilogue.hook.arguments)
    let channels = shape[1]
    if epilogue.width > 0 {
      let parts = takeExtra(bytes: count * channels * epilogue.width * 8)
      target.parts = parts
      target.count = count
      target.words.append(.place(parts.place))
      target.writes.append(parts.access)
    }
    if epilogue.hook.hasTable {
      target.words += takeScratch([epilogue.hook.coefficients.count * channels * 4]).map(Row.Argument.integer)
    }
    return target
  }

  /// The rows that turn parts of sums into values.
  mutating func finishSums(_ target: Target, channels: Int) {
    guard let epilogue = target.epilogue, let parts = target.parts else { return }
    let tasks = channels.dividedUp(by: Kernel.mergeChunk)
    var first = 0
    for (node, count) in epilogue.sums {
      var words: [Row.Argument] = [
        .integer(channels), .integer(target.count), .integer(epilogue.width), .integer(first),
      ]
      first += count
      let result = result(node, inParts: true)
      guard case .normalizeReduce(let epsilon) = graph[node].op else {
        words += [.integer(0), .integer(0), .double(0)]
        add(.sumsMerge, tasks: tasks, reads: [parts, nil], writes: [result], words)
        continue
      }
      let moments = graph[node].inputs[2]
      words += [.integer(rowPitch(moments)), .integer(rowPitch(node)), .double(epsilon.value)]
      add(.sumsMerge, tasks: tasks, reads: [parts, operand(moments, inParts: true)], writes: [result], words)
    }
    for (node, _) in epilogue.moments {
      let result = result(node, inParts: true)
      add(
        .momentsOfParts, tasks: tasks, reads: [parts], writes: [result],
        [
          .integer(channels), .integer(target.count), .integer(epilogue.width),
          .integer(Mutation.isActive(.mergedPartColumn) ? 0 : first), .integer(rowPitch(node)),
        ])
      first += 3
    }
  }

  // MARK: Loop nests without another anchor

  /// Runs and their length for a loop nest over elements: 1 run when all tensors are in one piece.
  private func flatShape(_ nest: LoopNest) -> [Int] {
    let strided = (nest.reads + nest.writes).compactMap { id -> Runs? in
      type(id) == type(nest.anchor) ? plan.runs[id.index] : nil
    }
    let total = count(nest.anchor)
    guard let runs = strided.first else { return [1, 1, total] }
    precondition(strided.allSatisfy { $0.length == runs.length }, "tensors of a flat loop nest differ in their runs")
    return [total * 4 / runs.length, 1, runs.length / 4]
  }

  mutating func pointwise(_ nest: LoopNest) {
    let id = nest.anchor
    if graph.isFlat(nest) {
      let shape = flatShape(nest)
      let target = target(nest, parts: 0, always: true)
      guard let epilogue = target.epilogue else { fatalError("a pointwise loop nest without work") }
      if shape[0] == 1 {
        add(
          .pointwiseFlat(epilogue), tasks: shape[2].dividedUp(by: elementwiseChunk), reads: target.reads,
          writes: target.writes, target.words + [.integer(shape[2])])
      } else {
        let block = Kernel.planesPerTask(shape[2])
        add(
          .pointwisePlanes(epilogue), tasks: shape[0].dividedUp(by: block), reads: target.reads,
          writes: target.writes, target.words + [.integer(shape[0]), .integer(1), .integer(shape[2]), .integer(block)])
      }
      return
    }
    let shape = shape(graph[id].op.isChannelSum ? graph[id].inputs[0] : id)
    let inner = shape[2...].reduce(1, *)
    let target = target(nest, parts: shape[0], always: true)
    guard let epilogue = target.epilogue else { fatalError("a pointwise loop nest without work") }
    let block = Kernel.planesPerTask(inner)
    let planes = shape[0] * shape[1]
    add(
      .pointwisePlanes(epilogue), tasks: planes.dividedUp(by: block), reads: target.reads, writes: target.writes,
      target.words + [.integer(planes), .integer(shape[1]), .integer(inner), .integer(block)])
    finishSums(target, channels: shape[1])
  }
}
