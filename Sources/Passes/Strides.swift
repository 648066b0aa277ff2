import NNIR

/// How many runs a value may be stored in when it is a part of a wider one.
enum RunsAllowed: Hashable {
  /// Everybody who touches it takes any.
  case any
  case exactly(Int)
  /// Somebody reads or writes it only in one piece.
  case whole

  func meet(_ other: RunsAllowed) -> RunsAllowed {
    switch (self, other) {
    case (.any, let x), (let x, .any): x
    case (.exactly(let a), .exactly(let b)) where a == b: self
    default: .whole
    }
  }

  var count: Int? { if case .exactly(let count) = self { count } else { nil } }
}

extension Graph {
  /// What the kernels of all loop nests together allow for each value; see `KernelForm`.
  func runsAllowed(_ nests: LoopNests) -> [RunsAllowed] {
    var allowed = [RunsAllowed](repeating: .any, count: nodes.count)
    func restrict(_ id: ValueID, _ to: RunsAllowed) { allowed[id.index] = allowed[id.index].meet(to) }

    var flat: [[ValueID]] = []
    for nest in nests.nests {
      if isFlat(nest) {
        flat.append(nest.reads.filter { self[$0].type == self[nest.anchor].type } + nest.writes)
        for id in nest.reads where self[id].type != self[nest.anchor].type { restrict(id, .whole) }
        continue
      }
      for node in nest.nodes { self.restrict(node, restrict) }
    }
    for result in results { restrict(result.value, .whole) }
    // the tensors of a flat loop nest are walked together
    var changed = true
    while changed {
      changed = false
      for tensors in flat {
        let together = tensors.reduce(RunsAllowed.any) { $0.meet(allowed[$1.index]) }
        for id in tensors where allowed[id.index] != together {
          allowed[id.index] = together
          changed = true
        }
      }
    }
    return allowed
  }

  /// Whether a loop nest runs over elements without knowing channels.
  package func isFlat(_ nest: LoopNest) -> Bool {
    nest.nodes.allSatisfy { self[$0].op.pointwiseOperands != nil && !readsChannels($0) }
  }

  /// Whether computing `id`, with what is fused on load into it, takes a number for each channel.
  private func readsChannels(_ id: ValueID) -> Bool {
    self[id].op.channelAxis != nil || self[id].inputs.contains { self[$0].fusion == .load && readsChannels($0) }
  }

  /// What the kernel of a node allows for its operands, or for what they are computed from on load, and for its result.
  private func restrict(_ id: ValueID, isResult: Bool = true, _ restrict: (ValueID, RunsAllowed) -> Void) {
    let form = kernelForm(id)
    for (input, operand) in zip(self[id].inputs, form.operands) {
      if self[input].fusion == .load {
        self.restrict(input, isResult: false, restrict)
      } else {
        restrict(input, runs(input, operand.part))
      }
    }
    if isResult { restrict(id, runs(id, form.result)) }
  }

  private func runs(_ id: ValueID, _ part: KernelForm.Part) -> RunsAllowed {
    let shape = self[id].type.bound
    switch part {
    case .images: return shape.count >= 3 ? .exactly(shape[0]) : .whole
    case .behind(let axes): return .exactly(shape.prefix(axes).reduce(1, *))
    case .whole: return .whole
    }
  }
}
