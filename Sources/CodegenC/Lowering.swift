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
  for nest in LoopNests(plan.graph).nests { lowering.lower(nest) }
  for copy in plan.copies where !Mutation.isActive(.finalCopyLost) { lowering.lower(copy) }
  lowering.rows.placeBarriers()
  return Program(
    symbol: symbol, rows: lowering.rows, scratchBytes: lowering.scratch,
    extraWorkspaceBytes: lowering.extra, workspaceBytes: lowering.extraBase + lowering.extra,
    problems: lowering.problems)
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
  /// Constants that only joins read; those write them where they are wanted.
  let isOnlyJoined: [Bool]
  /// Where the extra workspace of a node starts, after all that the plan gave out.
  let extraBase: Int
  /// Bytes of scratch that the row to come has taken.
  private var scratchTaken = 0
  /// Bytes of the extra workspace that the current node has taken.
  private var taken = 0
  private var current: ValueID?
  /// What is computed in its loop nest besides it.
  private var members: [ValueID] = []
  /// The state of a gate in which the rows at hand run.
  var condition: Row.Condition?
  /// Partial results taken so far.
  private var partials = 0
  /// What tuning could decide about nests so far.
  private(set) var problems: [ValueID: TuningProblem] = [:]

  init(plan: Plan, options: CodegenOptions) {
    self.plan = plan
    self.options = options
    isOnlyJoined = plan.graph.constantsOfJoins
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

  /// Byte offsets of pieces of a thread's scratch for the row that comes next, and the room for them.
  mutating func takeScratch(_ bytes: [Int]) -> [Int] {
    bytes.map { size in
      defer { scratchTaken += size.roundedUp(to: tensorAlignment) }
      scratch = max(scratch, scratchTaken + size.roundedUp(to: tensorAlignment))
      return scratchTaken
    }
  }

  /// An operand as kernels take it: where it lies, and the bytes that are read.
  struct Operand {
    var place: Location
    var bytes: Int
    var content: Content
    var runs: Runs?

    var access: Access {
      guard let runs else { return Access(place.arena, place.offset, bytes: bytes, content: content) }
      return Access(
        place.arena, place.offset, bytes: runs.length, runs: bytes / runs.length, pitch: runs.pitch, content: content)
    }
  }

  /// A value that lies in memory.
  func stored(_ id: ValueID) -> Operand {
    Operand(
      place: place(id), bytes: count(id) * type(id).element.size, content: .value(id), runs: plan.runs[id.index])
  }

  /// Floats from one image of a tensor to the next.
  func imageStride(_ id: ValueID) -> Int {
    plan.runs[id.index].map { $0.pitch / 4 } ?? shape(id).dropFirst().reduce(1, *)
  }

  /// Floats from one row of a tensor [groups, 2, C] to the next.
  func rowPitch(_ id: ValueID) -> Int { plan.runs[id.index].map { $0.pitch / 4 } ?? shape(id)[2] }

  /// A value that lies in memory in one piece; a part of a wider tensor here means that `KernelForm` promises more than
  /// the kernel does.
  func whole(_ id: ValueID) -> Operand {
    precondition(
      plan.runs[id.index] == nil, "\(id) (\(graph[id].op.mnemonic)) lies in parts, and its kernel takes whole tensors")
    return stored(id)
  }

  /// The place of an operand; a constant without a place is written to the extra workspace first.
  ///
  /// `inParts`: the kernel gets the distance between the parts too.
  mutating func operand(_ id: ValueID, inParts: Bool = false) -> Operand {
    let bytes = count(id) * type(id).element.size
    if plan.locations[id.index] != nil { return inParts ? stored(id) : whole(id) }
    guard case .fill(let value) = graph[id].op else { fatalError("\(id) has no place in the plan") }
    var operand = takeExtra(bytes: bytes)
    operand.content = .value(id)
    fill(operand, value.value)
    return operand
  }

  func result(_ id: ValueID, inParts: Bool = false) -> Operand { inParts ? stored(id) : whole(id) }

  /// What the tuning says about the current nest.
  mutating func choice(_ problem: TuningProblem) -> TuningChoice? {
    if let current { problems[current] = problem }
    return options.tuning[problem]
  }

  // MARK: Rows

  /// Appends a row whose words are the operands, then the results, then the rest.
  mutating func add(
    _ kernel: Kernel, tasks: Int, reads: [Operand?], writes: [Operand], _ rest: [Row.Argument] = [],
    alsoReads: [Operand] = []
  ) {
    add(
      kernel, tasks: tasks, reads: (reads.compactMap { $0 } + alsoReads).map(\.access), writes: writes.map(\.access),
      words(reads, writes) + rest)
  }

  /// The words of operands and results.
  func words(_ reads: [Operand?], _ writes: [Operand]) -> [Row.Argument] {
    reads.map { operand in operand.map { Row.Argument.place($0.place) } ?? .absent } + writes.map { .place($0.place) }
  }

  /// Appends a row with these words.
  mutating func add(_ kernel: Kernel, tasks: Int, reads: [Access], writes: [Access], _ arguments: [Row.Argument]) {
    precondition(
      arguments.count == kernel.parameters.count,
      "\(kernel.name) takes \(kernel.parameters.count) words, not \(arguments.count)")
    rows.append(
      Row(
        kernel: kernel, tasks: tasks, arguments: arguments, reads: reads, writes: writes, condition: condition,
        value: current, note: note))
    scratchTaken = 0
  }

  private var note: String {
    guard let current else { return "copy to where it is wanted" }
    let node = graph[current]
    let origin = node.origins.first.map { " \($0)" } ?? ""
    let others = members.map { " + \($0) \(graph[$0].op.mnemonic)" }.joined()
    return "\(current) \(node.op.mnemonic)\(others) \(node.type)\(origin)"
  }

  mutating func lower(_ copy: FinalCopy) {
    current = nil
    condition = nil
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

  mutating func lower(_ nest: LoopNest) {
    let id = nest.anchor
    current = id
    members = nest.members
    taken = 0
    let node = graph[id]
    condition = Mutation.isActive(.gateLost) ? nil : node.gate.map { Row.Condition(gate: $0, isOpen: true) }
    let inputs = node.inputs
    switch node.op {
    case .input, .labels, .target, .parameter, .state, .slot, .prepared, .learningRate, .stepNumber: break
    case .fill(let value): if plan.locations[id.index] != nil, !isOnlyJoined[id.index] { fill(result(id), value.value) }
    case .relu, .sigmoid, .tanh, .scale, .reciprocalSquareRoot, .add, .subtract, .multiply, .reluGradient,
      .sigmoidGradient, .tanhGradient, .dropout, .sgdMomentum, .sgdParameter, .adamFirstMoment, .adamSecondMoment,
      .adamParameter:
      pointwise(nest)
    case .multiplyChannel(let axis):
      if graph.isPlanewise(id) {
        pointwise(nest)
      } else {
        channelwise(.multiplyChannel, columns: .multiplyColumns, id, axis)
      }
    case .addChannel(let axis):
      if graph.isPlanewise(id) { pointwise(nest) } else { channelwise(.addChannel, columns: .addColumns, id, axis) }
    case .clampChannel(let axis):
      if graph.isPlanewise(id) { pointwise(nest) } else { channelwise(.clampChannel, columns: .clampColumns, id, axis) }
    case .clampForm(let row): elementwise(.clampForm(row), id)
    case .convolution(let geometry): convolution(nest, geometry)
    case .convolutionBackwardData(let geometry, _): convolutionBackwardData(nest, geometry)
    case .convolutionBackwardWeights(let geometry, _): convolutionBackwardWeights(id, geometry)
    case .packWeights(let groups, let packing): packWeights(id, groups: groups, packing)
    case .winogradWeights(let tile, let transposed): winogradWeights(id, tile, transposed: transposed)
    case .winogradConvolution(let padBegin, _, let bands): winogradConvolution(nest, pad: padBegin, bands: bands)
    case .linear(let packed): linear(nest, isPacked: packed)
    case .matmul(let transposeA, let transposeB): matmul(nest, transposeA, transposeB)
    case .sumToChannel(let axis):
      if axis == 1, type(inputs[0]).rank >= 3 { pointwise(nest) } else { sumToChannel(id, axis) }
    case .maxPool(let pooling): pool(nest, pooling, large: inputs[0], small: id)
    case .maxPoolGradient(let pooling): pool(nest, pooling, large: inputs[1], small: inputs[0])
    case .averagePool(let pooling): pool(nest, pooling, large: inputs[0], small: id)
    case .averagePoolGradient(let pooling, _): pool(nest, pooling, large: id, small: inputs[0])
    case .globalAveragePool, .globalAveragePoolGradient: globalPool(nest)
    case .splitBands(let bands): self.bands(id, outer: shape(inputs[0])[1], inner: bands)
    case .joinBands(let bands): self.bands(id, outer: bands, inner: shape(id)[1])
    case .concat(let axis): concat(id, axis)
    case .slice(let axis, let start, _): slice(id, axis, start)
    case .pad(let before, _): pad(id, before)
    case .reshape: reshape(id)
    case .join(let gate): join(id, gate)
    case .batchNorm: fatalError("batch_norm reached the back end; it is split or folded before")
    case .moments(let groups): moments(id, groups)
    case .normalize(let epsilon):
      if graph.isPlanewise(id) {
        pointwise(nest)
      } else {
        planes(.normalize, id, moments: inputs[1], [.double(epsilon.value)])
      }
    case .normalizeReduce(let epsilon):
      if type(inputs[0]).rank >= 3, shape(id)[0] == 1 { pointwise(nest) } else { normalizeReduce(id, epsilon.value) }
    case .normalizeMomentsGradient(let epsilon): normalizeMomentsGradient(id, epsilon.value)
    case .normalizeInputGradient(let epsilon):
      if graph.isPlanewise(id) {
        pointwise(nest)
      } else {
        planes(.normalizeInputGradient, id, moments: inputs[1], [.double(epsilon.value)])
      }
    case .momentsGradient: if graph.isPlanewise(id) { pointwise(nest) } else { momentsGradient(id) }
    case .selectMoment(let row): perChannel(.selectMoment, id, moments: inputs[0], row: row, [])
    case .runningMean(let momentum):
      running(id, row: 0, keep: 1 - momentum.value, gain: momentum.value)
    case .runningVariance(let momentum, let count):
      running(
        id, row: 1, keep: 1 - momentum.value,
        gain: momentum.value * Double(count) / Double(Mutation.isActive(.biasedRunningVariance) ? count : count - 1))
    case .softmax: rowwise(.softmax, id, logits: inputs[0], [inputs[0]])
    case .softmaxCrossEntropy: softmaxCrossEntropy(nest)
    case .softmaxCrossEntropyGradient: softmaxCrossEntropyGradient(id)
    case .meanSquaredError: meanSquaredError(id)
    case .meanSquaredErrorGradient: meanSquaredErrorGradient(id)
    }
  }
}
