import ArtefactABI
import NNIR
import Passes

/// Turns a plan into rows of kernel calls, in the order of its nodes and then of its final copies.
///
/// `symbol` names the exported function. A value with a place is computed there; a constant without one is an
/// immediate, or is written to the extra workspace where an operation wants it in memory.
/// Complexity: O(nodes) but for the placing of barriers.
package func lower(_ plan: Plan, symbol: String, options: CodegenOptions) -> Program {
  var lowering = Lowering(plan: plan, options: options)
  for id in plan.graph.ids { lowering.lower(id) }
  for copy in plan.copies where !Mutation.isActive(.finalCopyLost) { lowering.lower(copy) }
  lowering.rows.placeBarriers()
  return Program(
    symbol: symbol, rows: lowering.rows, scratchBytes: lowering.scratch,
    extraWorkspaceBytes: lowering.extra, workspaceBytes: lowering.extraBase + lowering.extra)
}

/// The rows made so far and the memory they need.
struct Lowering {
  let plan: Plan
  let options: CodegenOptions
  var rows: [Row] = []
  /// Bytes of scratch that the hungriest kernel needs.
  var scratch = 0
  /// Bytes of extra workspace that the hungriest node needs.
  var extra = 0
  /// Where the extra workspace of a node starts, after all that the plan gave out.
  let extraBase: Int
  /// Bytes of it that the current node has taken.
  private var taken = 0
  private var current: ValueID?
  /// Partial results taken so far.
  private var partials = 0

  init(plan: Plan, options: CodegenOptions) {
    self.plan = plan
    self.options = options
    extraBase = plan.workspaceBytes.roundedUp(to: tensorAlignment)
  }

  var graph: Graph { plan.graph }

  // MARK: Memory

  func type(_ id: ValueID) -> TensorType { graph[id].type }
  func shape(_ id: ValueID) -> [Int] { graph[id].type.bound }
  func count(_ id: ValueID) -> Int { graph[id].type.count }

  /// The place of a value that has one; anything else is a bug of the planner.
  func place(_ id: ValueID) -> Location {
    guard let place = plan.locations[id.index] else {
      fatalError("\(id) (\(graph[id].op.mnemonic)) has no place in the plan")
    }
    return place
  }

  /// Workspace for partial results of the current node.
  mutating func takeExtra(bytes: Int) -> Operand {
    let place = Location(.workspace, extraBase + taken)
    taken += bytes.roundedUp(to: tensorAlignment)
    extra = max(extra, taken)
    partials += 1
    return Operand(place: place, bytes: bytes, content: .partial(partials))
  }

  /// Byte offsets of pieces of a thread's scratch, and the room for them.
  mutating func takeScratch(_ bytes: [Int]) -> [Int] {
    var offsets: [Int] = []
    var end = 0
    for size in bytes {
      offsets.append(end)
      end += size.roundedUp(to: tensorAlignment)
    }
    scratch = max(scratch, end)
    return offsets
  }

  /// An operand as kernels take it: where it lies, and the bytes that are read.
  struct Operand {
    var place: Location
    var bytes: Int
    var content: Content
    var access: Access { Access(place.arena, place.offset, bytes: bytes, content: content) }
  }

  /// The place of an operand; a constant without a place is written to the extra workspace first.
  mutating func operand(_ id: ValueID) -> Operand {
    let bytes = count(id) * type(id).element.size
    if let place = plan.locations[id.index] { return Operand(place: place, bytes: bytes, content: .value(id)) }
    guard case .fill(let value) = graph[id].op else { fatalError("\(id) has no place in the plan") }
    var operand = takeExtra(bytes: bytes)
    operand.content = .value(id)
    fill(operand, value.value)
    return operand
  }

  func result(_ id: ValueID) -> Operand {
    Operand(place: place(id), bytes: count(id) * type(id).element.size, content: .value(id))
  }

  // MARK: Rows

  /// Appends a row whose words are the operands, then the results, then the rest.
  mutating func add(
    _ kernel: Kernel, tasks: Int, reads: [Operand?], writes: [Operand], _ rest: [Row.Argument] = [],
    alsoReads: [Operand] = []
  ) {
    let places = reads.map { operand in operand.map { Row.Argument.place($0.place) } ?? .absent }
    let arguments = places + writes.map { .place($0.place) } + rest
    precondition(
      arguments.count == kernel.parameters.count,
      "\(kernel.name) takes \(kernel.parameters.count) words, not \(arguments.count)")
    rows.append(
      Row(
        kernel: kernel, tasks: tasks, arguments: arguments, reads: (reads.compactMap { $0 } + alsoReads).map(\.access),
        writes: writes.map(\.access), value: current, note: note))
  }

  private var note: String {
    guard let current else { return "copy to where it is wanted" }
    let node = graph[current]
    let origin = node.origins.first.map { " \($0)" } ?? ""
    return "\(current) \(node.op.mnemonic) \(node.type)\(origin)"
  }

  mutating func lower(_ copy: FinalCopy) {
    current = nil
    let floats = copy.type.count * copy.type.element.size / MemoryLayout<Float>.size
    add(
      .copy, tasks: floats.dividedUp(by: elementwiseChunk),
      reads: [Operand(place: copy.from, bytes: floats * 4, content: .value(copy.value))],
      writes: [Operand(place: copy.to, bytes: floats * 4, content: .value(copy.value))], [.integer(floats)])
  }

  mutating func fill(_ target: Operand, _ value: Double) {
    let count = target.bytes / MemoryLayout<Float>.size
    add(
      .fill, tasks: count.dividedUp(by: elementwiseChunk), reads: [], writes: [target],
      [.integer(count), .float(Float(value))])
  }

  mutating func lower(_ id: ValueID) {
    current = id
    taken = 0
    let node = graph[id]
    let inputs = node.inputs
    switch node.op {
    case .input, .labels, .target, .parameter, .state, .slot, .prepared, .learningRate, .stepNumber: break
    case .fill(let value): if plan.locations[id.index] != nil { fill(result(id), value.value) }
    case .relu: elementwise(.relu, id)
    case .sigmoid: elementwise(.sigmoid, id)
    case .tanh: elementwise(.tanh, id)
    case .scale(let factor): elementwise(.scale, id, [.float(Float(factor.value))])
    case .reciprocalSquareRoot(let epsilon): elementwise(.reciprocalSquareRoot, id, [.float(Float(epsilon.value))])
    case .add: elementwise(.add, id)
    case .subtract: elementwise(.subtract, id)
    case .multiply: elementwise(.multiply, id)
    case .multiplyChannel(let axis): channelwise(.multiplyChannel, columns: .multiplyColumns, id, axis)
    case .addChannel(let axis): channelwise(.addChannel, columns: .addColumns, id, axis)
    case .reluGradient: elementwise(.reluGradient, id)
    case .sigmoidGradient: elementwise(.sigmoidGradient, id)
    case .tanhGradient: elementwise(.tanhGradient, id)
    case .dropout(let probability, let stream): dropout(id, probability.value, stream)
    case .convolution(let geometry): convolution(id, geometry)
    case .convolutionBackwardData(let geometry, _): convolutionBackwardData(id, geometry)
    case .convolutionBackwardWeights(let geometry, _): convolutionBackwardWeights(id, geometry)
    case .linear:
      dotProducts(id, inputs[0], inputs[1], bias: inputs.count > 2 ? inputs[2] : nil)
    case .matmul(let transposeA, let transposeB): matmul(id, transposeA, transposeB)
    case .sumToChannel(let axis): sumToChannel(id, axis)
    case .maxPool(let pooling): pool(.maxPool, id, pooling, large: inputs[0], small: id)
    case .maxPoolGradient(let pooling): pool(.maxPoolGradient, id, pooling, large: inputs[1], small: inputs[0])
    case .averagePool(let pooling): pool(.averagePool, id, pooling, large: inputs[0], small: id)
    case .averagePoolGradient(let pooling, _): pool(.averagePoolGradient, id, pooling, large: id, small: inputs[0])
    case .globalAveragePool: globalPool(.globalAveragePool, id, image: inputs[0])
    case .globalAveragePoolGradient: globalPool(.globalAveragePoolGradient, id, image: id)
    case .concat(let axis): concat(id, axis)
    case .slice(let axis, let start, _): slice(id, axis, start)
    case .pad(let before, _): pad(id, before)
    case .reshape: reshape(id)
    case .batchNorm: fatalError("batch_norm reached the back end; it is split or folded before")
    case .moments(let groups): moments(id, groups)
    case .normalize(let epsilon): planes(.normalize, id, moments: inputs[1], [.double(epsilon.value)])
    case .normalizeReduce(let epsilon): normalizeReduce(id, epsilon.value)
    case .normalizeMomentsGradient(let epsilon): normalizeMomentsGradient(id, epsilon.value)
    case .normalizeInputGradient(let epsilon):
      planes(.normalizeInputGradient, id, moments: inputs[1], [.double(epsilon.value)])
    case .momentsGradient: momentsGradient(id)
    case .selectMoment(let row): perChannel(.selectMoment, id, moments: inputs[0], row: row, [])
    case .runningMean(let momentum):
      running(id, row: 0, keep: 1 - momentum.value, gain: momentum.value)
    case .runningVariance(let momentum, let count):
      running(
        id, row: 1, keep: 1 - momentum.value,
        gain: momentum.value * Double(count) / Double(Mutation.isActive(.biasedRunningVariance) ? count : count - 1))
    case .softmax: rowwise(.softmax, id, logits: inputs[0], [inputs[0]])
    case .softmaxCrossEntropy: softmaxCrossEntropy(id)
    case .softmaxCrossEntropyGradient: softmaxCrossEntropyGradient(id)
    case .meanSquaredError: meanSquaredError(id)
    case .meanSquaredErrorGradient: meanSquaredErrorGradient(id)
    case .sgdMomentum(let sgd): sgdMomentum(id, sgd)
    case .sgdParameter(let sgd): sgdParameter(id, sgd)
    case .adamFirstMoment(let adam): adamMoment(.adamFirstMoment, id, adam, beta: adam.beta1.value)
    case .adamSecondMoment(let adam): adamMoment(.adamSecondMoment, id, adam, beta: adam.beta2.value)
    case .adamParameter(let adam): adamParameter(id, adam)
    }
  }
}
