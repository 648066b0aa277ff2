import NNIR

/// Annotates pointwise operations and sums over channels with the loop nest that computes them.
///
/// A pointwise operation is fused *on load* when all its readers can compute it while they load their operand and that
/// moves no more memory than storing it: a value that u loop nests read and ℓ tensors make costs u·ℓ, stored ℓ + 1 + u.
/// It is fused *on store* into the loop nest that computes one of its operands when that operand then needs no memory,
/// or when it has to be stored anyway. Sums are fused on store wherever that is possible: they then read nothing.
///
/// A node fused on store takes only what is computed before its anchor, so that loop nests in order of their anchors are
/// an execution order and no cycle can arise.
///
/// Jung, Jung, Kim, Lee, Yoo and Ahn, "Restructuring Batch Normalization to Accelerate CNN Training", MLSys 2019, split
/// batch norm between the neighbouring convolutions; here the moments are shared and every operand may be an expression.
///
/// Complexity: O(nodes · members of a loop nest).
func fuseLoops(_ graph: Graph) throws(Diagnostics) -> Graph {
  var fuser = LoopFuser(graph: graph)
  fuser.run()
  return fuser.graph
}

extension Op {
  /// Sums over images and positions that a loop nest can take along.
  package var isChannelSum: Bool {
    switch self {
    case .normalizeReduce, .sumToChannel(axis: 1): true
    case .moments(groups: 1): true
    default: false
    }
  }

  package var isWeightsGradient: Bool {
    if case .convolutionBackwardWeights = self { true } else { false }
  }
}

private struct LoopFuser {
  var graph: Graph
  let users: [[ValueID]]
  let isResult: [Bool]
  /// Nodes of each loop nest that are fused on store, by anchor.
  var members: [ValueID: [ValueID]] = [:]

  /// Nodes of one loop nest, and tensors that an expression reads: enough for what gradients of normalised activations
  /// need, few enough for the registers.
  static let memberLimit = 12
  static let leafLimit = 4

  init(graph original: Graph) {
    graph = original
    // decisions of an earlier run are made anew
    for index in graph.nodes.indices { graph.nodes[index].fusion = .none }
    users = graph.users
    var isResult = [Bool](repeating: false, count: graph.nodes.count)
    for result in graph.results {
      isResult[result.value.index] = true
      if case .update(let source, _) = result { isResult[source.index] = true }
    }
    self.isResult = isResult
  }

  // MARK: What can be fused

  /// A tensor of images whose channels are planes.
  func isImage(_ id: ValueID) -> Bool { graph[id].type.rank >= 3 }

  /// Pointwise operations that hooks can express; per-channel numbers need planes.
  func isFusable(_ id: ValueID) -> Bool {
    let node = graph[id]
    guard let operands = node.pointwiseInputs else { return false }
    guard node.type.element == .f32, node.type.rank > 0 else { return false }
    guard operands.allSatisfy({ graph[$0].type == node.type }) else { return false }
    return node.op.channelAxis == nil || graph.isPlanewise(id)
  }

  func groups(_ moments: ValueID) -> Int { graph[moments].type.bound[0] }

  /// Sums that a loop nest can take along; their operand has to be an image with a plane to sum over.
  func isFusableSum(_ id: ValueID) -> Bool {
    let node = graph[id]
    guard node.op.isChannelSum, isImage(node.inputs[0]) else { return false }
    if case .normalizeReduce = node.op { return groups(node.inputs[2]) == 1 }
    return true
  }

  /// The tensors that an expression over `id` reads instead of `id`, through what is fused on load.
  func leaves(_ id: ValueID) -> [ValueID] {
    guard graph[id].fusion == .load, let operands = graph[id].pointwiseInputs else { return [id] }
    var result: [ValueID] = []
    for operand in operands { for leaf in leaves(operand) where !result.contains(leaf) { result.append(leaf) } }
    return result
  }

  /// Whether everything that `id` takes besides the loop nest's own values exists before the loop nest runs.
  func exists(before anchor: ValueID, for id: ValueID) -> Bool {
    graph.memoryLeaves(of: id).allSatisfy { leaf in
      leaf < anchor || graph.isGiven(leaf) || (graph[leaf].anchor(leaf) == anchor && !graph[leaf].op.isChannelSum)
    }
  }

  /// The loop nest that computes `operand` and could compute `id` too.
  func nest(of operand: ValueID, for id: ValueID) -> ValueID? {
    guard let anchor = graph[operand].anchor(operand), !graph[operand].op.isSource else { return nil }
    let nodes = members[anchor] ?? []
    // the same elements in the same order
    let takesMembers = graph[anchor].pointwiseInputs == nil ? graph.kernelForm(anchor).storeHook : isFusable(anchor)
    guard takesMembers, nodes.count < Self.memberLimit,
      graph[anchor].gate == graph[id].gate, graph[operand].type == graph[anchor].type, exists(before: anchor, for: id)
    else { return nil }
    // per-channel numbers and sums need an image
    if graph[id].op.channelAxis != nil || graph[id].op.isChannelSum { guard isImage(anchor) else { return nil } }
    var tensors: [ValueID] = []
    for member in nodes + [id] {
      for input in graph.hookedInputs(member) {
        for leaf in leaves(input) where graph[leaf].anchor(leaf) != anchor && !tensors.contains(leaf) {
          tensors.append(leaf)
        }
      }
    }
    return tensors.count <= Self.leafLimit ? anchor : nil
  }

  // MARK: Decisions

  mutating func store(_ id: ValueID, into anchor: ValueID) {
    graph.nodes[id.index].fusion = .store(into: anchor)
    members[anchor, default: []].append(id)
  }

  mutating func run() {
    defer { fuseGradients() }
    for id in graph.ids {
      if isFusableSum(id) {
        fuseSum(id)
      } else if isFusable(id) {
        fusePointwise(id)
      } else if case .softmaxCrossEntropyGradient = graph[id].op {
        fuseLossGradient(id)
      }
    }
  }

  /// Both gradients of a 1×1 convolution read the same two maps; one loop nest reads them once.
  mutating func fuseGradients() {
    for id in graph.ids {
      guard case .convolutionBackwardWeights(let geometry, let kernel) = graph[id].op,
        kernel.allSatisfy({ $0 == 1 }), geometry.isPositionwise
      else { continue }
      let dy = graph[id].inputs[0]
      let data = users[dy.index].first { user in
        guard case .convolutionBackwardData(geometry, _) = graph[user].op else { return false }
        return graph[user].inputs[0] == dy && graph[user].gate == graph[id].gate
          && graph[graph[user].inputs[1]].type == graph[id].type
      }
      if let data, data < id, exists(before: data, for: id) { store(id, into: data) }
    }
  }

  /// The first of a sum's images is what it sums; the second, if any, weighs it.
  mutating func fuseSum(_ id: ValueID) {
    if let anchor = nest(of: graph[id].inputs[0], for: id) { store(id, into: anchor) }
  }

  /// The loss and its gradient take the same exponentials.
  mutating func fuseLossGradient(_ id: ValueID) {
    let node = graph[id]
    guard case .fill = graph[node.inputs[0]].op,
      let loss = users[node.inputs[1].index].first(where: {
        graph[$0].op == .softmaxCrossEntropy && graph[$0].inputs == Array(node.inputs.dropFirst())
      }), loss < id, graph[loss].gate == node.gate
    else { return }
    store(id, into: loss)
  }

  mutating func fusePointwise(_ id: ValueID) {
    let loadable = isLoadable(id)
    var chosen: ValueID?
    for operand in graph[id].pointwiseInputs ?? [] where chosen == nil {
      guard let anchor = nest(of: operand, for: id) else { continue }
      if !loadable || !needsMemory(operand, outside: anchor, or: id) { chosen = anchor }
    }
    if let chosen {
      store(id, into: chosen)
    } else if loadable {
      graph.nodes[id.index].fusion = .load
    }
  }

  /// Whether somebody besides the loop nest and `id` reads the value.
  func needsMemory(_ value: ValueID, outside anchor: ValueID, or id: ValueID) -> Bool {
    if isResult[value.index] { return true }
    return users[value.index].contains { user in
      if user == id || graph[user].anchor(user) == anchor { return false }
      // a sum that follows can still come along
      return !(isFusableSum(user) && !isMoments(user) && exists(before: anchor, for: user))
    }
  }

  func isMoments(_ id: ValueID) -> Bool {
    if case .moments = graph[id].op { return true }
    return false
  }

  /// Whether all readers of `id` can compute it, at no more traffic than reading it from memory.
  func isLoadable(_ id: ValueID) -> Bool {
    guard !graph[id].op.traits.costly, !isResult[id.index] else { return false }
    let readers = users[id.index]
    guard
      readers.allSatisfy({ user in
        let node = graph[user]
        let operands = graph.kernelForm(user).operands
        guard zip(node.inputs, operands).allSatisfy({ $0 != id || $1.isHooked }) else { return false }
        return node.pointwiseInputs != nil ? isFusable(user) : isImage(id) && accepts(user)
      })
    else { return false }
    var tensors: [ValueID] = []
    for operand in graph[id].pointwiseInputs ?? [] {
      for leaf in leaves(operand) where !tensors.contains(leaf) { tensors.append(leaf) }
    }
    guard tensors.count <= 3, depth(id) <= 6 else { return false }
    return readers.count * tensors.count <= tensors.count + 1 + readers.count
  }

  /// Whether a reader that is not pointwise takes expressions.
  func accepts(_ user: ValueID) -> Bool {
    switch graph[user].op {
    case .normalizeReduce, .sumToChannel: isFusableSum(user)
    default: true
    }
  }

  /// Operations of the expression that computes `id` on load.
  func depth(_ id: ValueID) -> Int {
    1 + (graph[id].pointwiseInputs ?? []).reduce(0) { $0 + (graph[$1].fusion == .load ? depth($1) : 0) }
  }
}

extension Convolution {
  /// Neither strides nor padding nor groups: with a kernel of one tap every position is by itself.
  fileprivate var isPositionwise: Bool {
    groups == 1 && strides.allSatisfy { $0 == 1 } && (padBegin + padEnd).allSatisfy { $0 == 0 }
  }
}
