import NNIR

/// The steps by which a random graph grows: single operations, and the patterns that passes look for.
extension RandomGraphMaker {
  /// One step; it may come to nothing where no operand fits.
  mutating func grow() {
    let isImage: (TensorType) -> Bool = { $0.rank >= 3 }
    switch dice.below(100) {
    case 0..<13: if let x = operand(where: isImage) { _ = convolution(x) }
    case 13..<16: if let x = operand(where: isImage) { wideConvolution(x) }
    case 16..<27: if let x = operand() { _ = batchNorm(x) }
    case 27..<36: if let x = operand() { _ = apply(.relu, [x]) }
    case 36..<40: if let x = operand() { _ = apply(dice.percent(50) ? .sigmoid : .tanh, [x]) }
    case 40..<44: if let x = operand() { _ = dropout(x) }
    case 44..<51: binary()
    case 51..<60: concat()
    case 60..<64: slice()
    case 64..<67: pad()
    case 67..<70: reshape()
    case 70..<77: if let x = operand(where: isImage) { pool(x) }
    case 77..<79: if let x = operand(where: isImage) { _ = apply(.globalAveragePool, [x]) }
    case 79..<82: channelwise()
    case 82..<84: if let x = operand() { _ = apply(.scale(dice.pick([-1.0, 1.0, 0.5, 1.25])), [x]) }
    case 84..<87: matrix()
    case 87..<88: if let x = operand() { rare(x) }
    case 88..<93: if let x = operand(where: isImage) { denseBlock(x) }
    case 93..<98: if let x = operand(where: isImage) { residual(x) }
    default: if let x = operand() { severalNorms(x) }
    }
  }

  // MARK: Layers

  mutating func convolution(
    _ x: ValueID, outputs: Int? = nil, kernel: Int? = nil, plain: Bool = false
  ) -> ValueID? {
    let shape = extents(x)
    let axes = shape.count - 2
    guard axes >= 1 else { return nil }
    let same = dice.percent(60)
    let side = dice.pick([1, 1, 2, 3, 3])
    let kernels = (0..<axes).map { _ in kernel ?? (same ? side : dice.within(1...3)) }
    let strides = (0..<axes).map { _ in plain || dice.percent(60) ? 1 : dice.within(1...3) }
    let dilations = (0..<axes).map { _ in plain || dice.percent(75) ? 1 : 2 }
    let isSame = plain || dice.percent(50)
    let begin = kernels.indices.map { isSame ? (kernels[$0] - 1) * dilations[$0] / 2 : dice.within(0...2) }
    let end = kernels.indices.map { isSame ? (kernels[$0] - 1) * dilations[$0] - begin[$0] : dice.within(0...2) }
    let divisors = (1...shape[1]).filter { shape[1] % $0 == 0 }
    let groups = plain || dice.percent(65) ? 1 : dice.pick(divisors)
    let channels = outputs ?? groups * dice.within(1...max(1, 9 / groups))
    let geometry = Convolution(strides: strides, padBegin: begin, padEnd: end, dilations: dilations, groups: groups)
    // checked before the weights exist, so that a refused draw leaves none
    let type = TensorType.f32([channels, shape[1] / groups] + kernels)
    guard (try? inferType(.convolution(geometry), [graph[x].type, type])) != nil else { return nil }
    var inputs = [x, weights(type.bound)]
    if !plain && dice.percent(40) { inputs.append(vector("bias", channels)) }
    return apply(.convolution(geometry), inputs)
  }

  /// A convolution between others that has enough terms, and outputs that fill vectors, to have these in lanes; once in a
  /// network, for it costs more than all else together.
  private mutating func wideConvolution(_ x: ValueID) {
    guard !isWide else { return }
    let left = multiplyAdds
    multiplyAdds = 1_000_000
    defer { multiplyAdds = left }
    guard var y = convolution(x, outputs: dice.pick([16, 32]), kernel: dice.pick([1, 3]), plain: true) else { return }
    if dice.percent(50) { y = batchNorm(y) ?? y }
    if dice.percent(50) { y = apply(.relu, [y]) ?? y }
    guard let z = convolution(y, outputs: dice.pick([32, 48, 80])) else { return }
    isWide = true
    _ = convolution(z, outputs: dice.within(1...6), kernel: 1, plain: true)
  }

  mutating func batchNorm(_ x: ValueID, epsilon: Double? = nil) -> ValueID? {
    let shape = extents(x)
    guard shape.count >= 2, shape.reduce(1, *) / shape[1] >= 2 else { return nil }
    let channels = shape[1]
    let scale = parameter("weight", [channels], .constant(1))
    let shift = parameter("bias", [channels], .constant(0))
    let mean = append(.state(name: "s\(scale.index).running_mean", initializer: .constant(0)), [], .f32([channels]))
    let variance = append(.state(name: "s\(scale.index).running_var", initializer: .constant(1)), [], .f32([channels]))
    let op = Op.batchNorm(
      epsilon: Scalar(epsilon ?? dice.pick([0.0009765625, 0.015625, 0.25])), momentum: dice.pick([0.125, 0.25, 1.0]))
    return apply(op, [x, scale, shift, mean, variance])
  }

  mutating func dropout(_ x: ValueID) -> ValueID? {
    apply(.dropout(probability: dice.pick([0.25, 0.5]), stream: dropoutStream()), [x, stepNumber()])
  }

  /// A 1×1 convolution that leaves positions alone; what a pool may be moved before.
  private mutating func projection(_ x: ValueID) -> ValueID? {
    let shape = extents(x)
    let ones = [Int](repeating: 1, count: shape.count - 2)
    let none = [Int](repeating: 0, count: shape.count - 2)
    let channels = dice.within(1...6)
    var inputs = [x, weights([channels, shape[1]] + ones)]
    if dice.percent(60) { inputs.append(vector("bias", channels)) }
    return apply(
      .convolution(Convolution(strides: ones, padBegin: none, padEnd: none, dilations: ones, groups: 1)), inputs)
  }

  mutating func pool(_ operand: ValueID) {
    let x = dice.percent(25) ? projection(operand) ?? operand : operand
    let axes = extents(x).count - 2
    let kernel = (0..<axes).map { _ in dice.within(1...3) }
    let strides = (0..<axes).map { _ in dice.within(1...3) }
    func padding(_ dice: inout Dice) -> [Int] { kernel.map { dice.percent(60) ? 0 : dice.within(0...($0 / 2)) } }
    let begin = padding(&dice)
    let pooling = Pooling(
      kernel: kernel, strides: strides, padBegin: begin, padEnd: padding(&dice), ceilMode: dice.percent(30),
      countIncludePad: dice.percent(60))
    // a maximum over nothing but padding is minus infinity
    let most = dice.percent(50)
    let isCovered = kernel.indices.allSatisfy { begin[$0] < kernel[$0] && extents(x)[$0 + 2] >= kernel[$0] }
    guard most && isCovered else { return _ = apply(.averagePool(pooling), [x]) }
    // as in the stem of a ResNet
    let normalized = dice.percent(40) ? batchNorm(x) : nil
    let rectified = normalized.flatMap { dice.percent(50) ? apply(.relu, [$0]) : nil }
    _ = apply(.maxPool(pooling), [rectified ?? normalized ?? x])
  }

  mutating func matrix() {
    guard let x = operand(where: { $0.rank == 2 }) else { return }
    let inputs = extents(x)[1]
    let outputs = dice.within(1...9)
    switch dice.below(5) {
    case 0: _ = apply(.matmul(transposeA: false, transposeB: false), [x, weights([inputs, outputs])])
    case 1: _ = apply(.matmul(transposeA: false, transposeB: true), [x, weights([outputs, inputs])])
    case 2 where inputs > 1: _ = apply(.softmax, [x])
    default:
      var operands = [x, weights([outputs, inputs])]
      if dice.percent(60) { operands.append(vector("bias", outputs)) }
      _ = apply(.linear(), operands)
    }
  }

  /// What hardly any network has: a root of something positive.
  private mutating func rare(_ x: ValueID) {
    guard let positive = apply(.sigmoid, [x]) else { return }
    _ = apply(.reciprocalSquareRoot(epsilon: 0.125), [positive])
  }

  // MARK: Elementwise and shape

  private mutating func binary() {
    guard let a = operand(), let b = other(of: graph[a].type) else { return }
    _ = apply(dice.pick([.add, .add, .subtract, .subtract, .multiply]), dice.percent(50) ? [a, b] : [b, a])
  }

  private mutating func channelwise() {
    guard let x = operand() else { return }
    let axis = dice.percent(70) ? 1 : dice.within(1...(extents(x).count - 1))
    let v = vector(dice.percent(50) ? "weight" : "bias", extents(x)[axis])
    _ = apply(dice.percent(50) ? .multiplyChannel(axis: axis) : .addChannel(axis: axis), [x, v])
  }

  /// Joins two to four values, repeated ones among them; along the channels usually.
  private mutating func concat() {
    guard let first = operand() else { return }
    let axis = dice.percent(75) ? 1 : dice.within(1...(extents(first).count - 1))
    let shape = graph[first].type.shape
    func fits(_ type: TensorType) -> Bool {
      type.rank == shape.count && shape.indices.allSatisfy { $0 == axis || type.shape[$0] == shape[$0] }
    }
    var parts = [first]
    for _ in 0..<dice.within(0...3) { if let part = operand(where: fits) { parts.append(part) } }
    if dice.percent(30) { parts.append(first) }
    if dice.percent(40) { parts.reverse() }
    _ = apply(.concat(axis: axis), parts)
  }

  private mutating func slice() {
    // exactly what went into a join is what a pass may take from before it
    let joins = values.filter { if case .concat = graph[$0].op { true } else { false } }
    if dice.percent(60), !joins.isEmpty {
      let join = dice.pick(joins)
      guard case .concat(let axis) = graph[join].op else { return }
      let counts = graph[join].inputs.map { extents($0)[axis] }
      let part = dice.below(counts.count)
      _ = apply(.slice(axis: axis, start: counts[..<part].reduce(0, +), count: counts[part]), [join])
      return
    }
    guard let x = operand() else { return }
    let axis = dice.percent(70) ? 1 : dice.within(1...(extents(x).count - 1))
    let extent = extents(x)[axis]
    let start = dice.below(extent)
    _ = apply(.slice(axis: axis, start: start, count: dice.within(1...(extent - start))), [x])
  }

  private mutating func pad() {
    guard let x = operand() else { return }
    let rank = extents(x).count
    var before = [Int](repeating: 0, count: rank)
    var after = before
    for axis in 1..<rank where dice.percent(50) {
      before[axis] = dice.within(0...2)
      after[axis] = dice.within(0...2)
    }
    _ = apply(.pad(before: before, after: after), [x])
  }

  private mutating func reshape() {
    guard let x = operand() else { return }
    let shape = extents(x)
    let count = shape.dropFirst().reduce(1, *)
    let divisor = dice.pick((1...count).filter { count % $0 == 0 && $0 <= 12 })
    let forms: [[Int]] = [
      [count], [divisor, count / divisor], [divisor, 1, count / divisor], [shape[1], count / shape[1], 1],
    ]
    _ = apply(.reshape([.batch] + dice.pick(forms).map(Extent.fixed)), [x])
  }

  // MARK: Patterns

  /// Layers that read everything before them: concatenations of concatenations, one feature map under many norms.
  private mutating func denseBlock(_ x: ValueID) {
    let growth = dice.within(1...4)
    let isNested = dice.percent(60)
    let bottleneck = dice.percent(50)
    let epsilon = dice.percent(70) ? 0.015625 : nil
    var maps = [x]
    var whole = x
    for _ in 0..<dice.within(2...4) {
      var y = whole
      if dice.percent(85) { y = batchNorm(y, epsilon: epsilon) ?? y }
      if dice.percent(85) { y = apply(.relu, [y]) ?? y }
      if bottleneck, let narrow = convolution(y, outputs: 2 * growth, kernel: 1, plain: true) {
        y = batchNorm(narrow, epsilon: epsilon) ?? narrow
        y = apply(.relu, [y]) ?? y
      }
      if dice.percent(15) { y = dropout(y) ?? y }
      guard let map = convolution(y, outputs: growth, kernel: dice.pick([1, 3]), plain: true) else { return }
      maps.append(map)
      guard let next = apply(.concat(axis: 1), isNested ? [whole, map] : maps) else { return }
      whole = next
    }
    guard dice.percent(40) else { return }
    // a transition
    var y = batchNorm(whole, epsilon: epsilon) ?? whole
    y = apply(.relu, [y]) ?? y
    guard let narrow = convolution(y, outputs: max(1, extents(whole)[1] / 2), kernel: 1, plain: true) else { return }
    let axes = extents(narrow).count - 2
    let two = [Int](repeating: 2, count: axes)
    let none = [Int](repeating: 0, count: axes)
    _ = apply(.averagePool(Pooling(kernel: two, strides: two, padBegin: none, padEnd: none)), [narrow])
  }

  /// convolution, norm, ReLU, convolution, norm, plus the input; in the order of ResNet or before activation.
  private mutating func residual(_ x: ValueID) {
    let channels = extents(x)[1]
    let isPreactivated = dice.percent(40)
    for _ in 0..<dice.within(1...2) {
      guard let input = values.last(where: { graph[$0].type == graph[x].type }) else { return }
      let start = graph.nodes.count
      var y = input
      for half in 0..<2 {
        if isPreactivated {
          y = batchNorm(y) ?? y
          y = apply(.relu, [y]) ?? y
        }
        guard let z = convolution(y, outputs: channels, kernel: dice.pick([1, 3]), plain: true) else { return }
        y = z
        guard !isPreactivated else { continue }
        y = batchNorm(y) ?? y
        if half == 0 { y = apply(.relu, [y]) ?? y }
      }
      // what a gated block takes from elsewhere has users on both sides of the gate
      let vectors = graph.parameters.filter { $0.type == .f32([channels]) && $0.id.index < start }
      if dice.percent(50), let shared = vectors.last, let more = apply(.multiplyChannel(axis: 1), [y, shared.id]) {
        y = more
      }
      guard y != input, let sum = apply(.add, [input, y]) else { return }
      if dice.percent(60), let join = gated(from: start, value: sum, otherwise: input) {
        if !isPreactivated { _ = apply(.relu, [join]) }
        continue
      }
      if !isPreactivated { _ = apply(.relu, [sum]) }
    }
  }

  /// Puts everything since `start` under a gate of stochastic depth, and joins its last value with another.
  private mutating func gated(from start: Int, value: ValueID, otherwise: ValueID) -> ValueID? {
    let gate = Gate(graph.gates.count)
    let survival = dice.pick([0.5, 0.75, 0.875])
    graph.gates.append(GateInfo(name: "block\(gate.index)", survival: survival))
    for index in start..<graph.nodes.count where !graph.nodes[index].op.isSource { graph.nodes[index].gate = gate }
    // nobody else may use what is computed only where the gate is open
    values.removeAll { $0.index >= start }
    let join = append(.join(gate), [value, otherwise], graph[value].type)
    values.append(join)
    return join
  }

  /// One value under several norms, with equal and with different ε, whose results meet again.
  private mutating func severalNorms(_ x: ValueID) {
    guard let a = batchNorm(x, epsilon: 0.015625), let b = batchNorm(x, epsilon: dice.percent(50) ? 0.015625 : nil)
    else { return }
    let right = apply(.relu, [b]) ?? b
    _ = apply(dice.percent(50) ? .add : .multiply, [a, right])
  }
}
