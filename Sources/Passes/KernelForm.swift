import NNIR

/// What the kernel of a loop nest asks of an operation's operands, and what it does with the result.
///
/// This is the one table of what kernels accept: fusion, the allocation of parts of wider tensors and reuse in place
/// follow from it, and the lowering refuses a part where a kernel takes whole tensors.
struct KernelForm {
  /// How a tensor may lie in memory when it is a part of a wider one.
  enum Part: Hashable {
    /// Images, with any distance from one to the next; a tensor without spatial axes only in one piece.
    case images
    /// Runs of what lies behind so many axes, with any distance from one to the next.
    case behind(axes: Int)
    case whole
  }

  struct Operand {
    var part: Part
    /// The loop nest can compute it while it loads it.
    var isHooked = false
    /// Each element is read before the result's element at that index is stored, and not again; or before anything is
    /// stored that another element gives.
    var isWalked = false

    static let whole = Operand(part: .whole)
    static let images = Operand(part: .images)
    static let hooked = Operand(part: .images, isHooked: true)
    static func behind(axes: Int) -> Operand { Operand(part: .behind(axes: axes)) }
  }

  /// One for each operand of the node.
  var operands: [Operand]
  var result: Part
  /// Operations on the result can be computed before it is stored.
  var storeHook = false

  init(_ operands: [Operand], _ result: Part, storeHook: Bool = false) {
    self.operands = operands
    self.result = result
    self.storeHook = storeHook
  }
}

extension Graph {
  /// The form of the kernel that computes a node, alone or in a loop nest.
  func kernelForm(_ id: ValueID) -> KernelForm {
    let node = self[id]
    let rest = node.inputs.dropFirst().map { _ in KernelForm.Operand.whole }
    switch node.op {
    case .convolution(let geometry):
      return KernelForm([.hooked] + rest, .images, storeHook: geometry.strides.count <= 3)
    case .convolutionBackwardData(let geometry, _):
      return KernelForm([.hooked] + rest, .images, storeHook: geometry.strides.allSatisfy { $0 == 1 })
    case .convolutionBackwardWeights: return KernelForm([.hooked, .hooked], .whole)
    case .winogradConvolution: return KernelForm([.hooked] + rest, .images, storeHook: true)
    case .averagePool, .maxPool: return KernelForm([.hooked], .images, storeHook: true)
    case .maxPoolGradient: return KernelForm([.hooked, .hooked], .images, storeHook: true)
    case .averagePoolGradient: return KernelForm([.images], .images, storeHook: true)
    case .globalAveragePool: return KernelForm([.hooked], .whole)
    case .globalAveragePoolGradient: return KernelForm([.whole], .images, storeHook: true)
    case .moments: return KernelForm([.images], .behind(axes: 2))
    case .normalizeReduce:
      // a sum over each group of images takes whole tensors
      let isPlain = node.type.bound[0] == 1
      let image = KernelForm.Operand(part: isPlain ? .images : .whole, isHooked: true, isWalked: true)
      return KernelForm(
        [image, image, isPlain ? .behind(axes: 2) : .whole], isPlain ? .behind(axes: 2) : .whole)
    case .sumToChannel(let axis):
      // sums along other axes take rows of one piece
      return KernelForm([axis == 1 ? .init(part: .images, isHooked: true, isWalked: true) : .whole], .whole)
    case .normalizeMomentsGradient:
      return KernelForm([.behind(axes: 2), .behind(axes: 2), .whole], .behind(axes: 2))
    case .selectMoment: return KernelForm([.behind(axes: 2)], .whole)
    case .runningMean, .runningVariance: return KernelForm([.whole, .behind(axes: 2)], .whole)
    case .concat(let axis), .slice(let axis, _, _):
      return KernelForm(node.inputs.map { _ in .behind(axes: axis) }, .behind(axes: axis))
    case .relu, .sigmoid, .tanh, .scale, .reciprocalSquareRoot, .add, .subtract, .multiply, .multiplyChannel,
      .addChannel, .clampChannel, .reluGradient, .sigmoidGradient, .tanhGradient, .dropout, .normalize,
      .normalizeInputGradient, .momentsGradient, .sgdMomentum, .sgdParameter, .adamFirstMoment, .adamSecondMoment,
      .adamParameter:
      return pointwiseForm(node, isPlanewise: isPlanewise(id))
    case .linear: return KernelForm(node.inputs.map { _ in .whole }, .whole, storeHook: true)
    // Products could take the optimizer along, whose gradient then needs no memory. Measured, that takes longer: a tile
    // is a few hundred bytes of each row, and its parameters and momenta are as many short streams a page apart. An MLP
    // 784-1024-1024-10 at batch 100 trained 9 % slower than with one pass over each parameter after the product.
    case .matmul: return KernelForm(node.inputs.map { _ in .whole }, .whole)
    case .input, .labels, .target, .parameter, .state, .slot, .prepared, .fill, .learningRate, .stepNumber,
      .splitBands, .joinBands, .pad, .reshape, .clampForm, .join, .packWeights, .winogradWeights, .batchNorm, .softmax,
      .softmaxCrossEntropy,
      .softmaxCrossEntropyGradient, .meanSquaredError, .meanSquaredErrorGradient:
      return KernelForm(node.inputs.map { _ in .whole }, .whole)
    }
  }

  /// Operands that the loop nest can compute while it loads them.
  func hookedInputs(_ id: ValueID) -> [ValueID] {
    zip(self[id].inputs, kernelForm(id).operands).filter(\.1.isHooked).map(\.0)
  }

  private func pointwiseForm(_ node: Node, isPlanewise: Bool) -> KernelForm {
    let images = node.pointwiseInputs ?? []
    let operands = node.inputs.map { input in
      guard images.contains(input) else {
        return KernelForm.Operand(part: isPlanewise && self[input].type.rank == 3 ? .behind(axes: 2) : .whole)
      }
      return KernelForm.Operand(part: isPlanewise ? .images : .whole, isHooked: true, isWalked: true)
    }
    return KernelForm(operands, isPlanewise ? .images : .whole, storeHook: true)
  }

  /// Whether a pointwise operation can run plane by plane: an image, with per-channel numbers along its channels.
  package func isPlanewise(_ id: ValueID) -> Bool {
    let node = self[id]
    guard node.type.rank >= 3, node.type.element == .f32, let images = node.pointwiseInputs,
      images.allSatisfy({ self[$0].type == node.type })
    else { return false }
    guard let axis = node.op.channelAxis else { return true }
    guard axis == 1 else { return false }
    return node.inputs.allSatisfy { images.contains($0) || self[$0].type.rank < 3 || self[$0].type.bound[0] == 1 }
  }
}
