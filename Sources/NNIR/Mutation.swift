// The module imports nothing of the system but libm and this one question about the environment.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A deliberate mistake of the compiler, to see whether the checks notice it.
///
/// The environment variable `NNCC_MUTATION` names the one that a process makes; it is read once, and without it every
/// site is a comparison with a constant. Only passes, planner and code generation have sites, never the interpreter,
/// which is what they are judged by. A new mutation is a case here and `Mutation.isActive(.name)` where the mistake is
/// made; `nncc mutate` finds it by itself.
package enum Mutation: String, CaseIterable, Sendable {
  // MARK: Differentiation
  case adjointSign = "adjoint-sign"
  case adjointReplaced = "adjoint-replaced"
  case reluMaskForgotten = "relu-mask-forgotten"
  case momentsAdjointSkipped = "moments-adjoint-skipped"
  case shiftScaleSwapped = "shift-scale-swapped"
  case dropoutMaskShifted = "dropout-mask-shifted"
  case concatAdjointOffset = "concat-adjoint-offset"
  case sliceAdjointOffset = "slice-adjoint-offset"
  case biasAdjointLost = "bias-adjoint-lost"
  case gatedAdjointLost = "gated-adjoint-lost"

  // MARK: Other passes
  case weightDecayDropped = "weight-decay-dropped"
  case dampeningDropped = "dampening-dropped"
  case statisticsTwice = "statistics-twice"
  case epsilonWrong = "epsilon-wrong"
  case shareMomentsOrder = "share-moments-order"
  case inferenceShiftSign = "inference-shift-sign"
  case foldedBiasUnscaled = "folded-bias-unscaled"
  case simplifySliceOperand = "simplify-slice-operand"
  case simplifyScale = "simplify-scale"
  case poolBeforePaddedBias = "pool-before-padded-bias"
  case recomputedOperand = "recomputed-operand"
  case inferenceEpsilonLost = "inference-epsilon-lost"
  case clampBeforePadding = "clamp-before-padding"
  case survivalLost = "survival-lost"

  // MARK: Memory
  case reuseLiveBuffer = "reuse-live-buffer"
  case overwriteReadTwice = "overwrite-read-twice"
  case finalCopyLost = "final-copy-lost"
  case barriersMissing = "barriers-missing"
  case viewOffset = "view-offset"
  case interferenceIgnored = "interference-ignored"
  case packedTooTight = "packed-too-tight"
  case keptCopyLost = "kept-copy-lost"
  case microbatchInput = "microbatch-input"
  case bandsInWrongOrder = "bands-in-wrong-order"
  case nextBandLost = "next-band-lost"

  // MARK: Lowering
  case concatOffset = "concat-offset"
  case sliceOffset = "slice-offset"
  case padOffset = "pad-offset"
  case convolutionPadSide = "convolution-pad-side"
  case convolutionBiasLost = "convolution-bias-lost"
  case backwardDataOrigin = "backward-data-origin"
  case biasedRunningVariance = "biased-running-variance"
  case nesterovLost = "nesterov-lost"
  case decoupledDecayLost = "decoupled-decay-lost"
  case averagePoolDivisor = "average-pool-divisor"
  case matmulTransposed = "matmul-transposed"
  case lossGradientScale = "loss-gradient-scale"

  // MARK: Fusion
  case paddedBeforeHook = "padded-before-hook"
  case storedInsteadOfAdded = "stored-instead-of-added"
  case hookMaskForgotten = "hook-mask-forgotten"
  case sumsUncentred = "sums-uncentred"
  case clampSwapped = "clamp-swapped"
  case hookChannel = "hook-channel"
  case hookStride = "hook-stride"
  case epiloguePartOffset = "epilogue-part-offset"
  case mergedPartLost = "merged-part-lost"
  case mergedPartColumn = "merged-part-column"

  // MARK: Gates
  case gateLost = "gate-lost"
  case joinSwapped = "join-swapped"
  case joinedZerosLost = "joined-zeros-lost"

  // MARK: Kernels
  case vectorTailLost = "vector-tail-lost"
  case maxPoolTie = "max-pool-tie"
  case maxPoolPadding = "max-pool-padding"
  case groupIndex = "group-index"
  case stridePhase = "stride-phase"
  case transposedTaps = "transposed-taps"
  case shiftedEdgeKept = "shifted-edge-kept"
  case sharedGapLost = "shared-gap-lost"
  case gapsNotCleared = "gaps-not-cleared"
  case vectorPlace = "vector-place"
  case laneStrideLost = "lane-stride-lost"
  case laneHomeLost = "lane-home-lost"
  case laneTapsShifted = "lane-taps-shifted"
  case unevenPartLost = "uneven-part-lost"
  case panelRowLost = "panel-row-lost"
  case packedRowsReversed = "packed-rows-reversed"
  case lineEndLost = "line-end-lost"
  case exchangedTaps = "exchanged-taps"
  case timelyColumnLost = "timely-column-lost"
  case handedOnImage = "handed-on-image"
  case handedOnWhole = "handed-on-whole"
  case winogradHaloLost = "winograd-halo-lost"
  case winogradImageOffset = "winograd-image-offset"
  case winogradPatchesStale = "winograd-patches-stale"
  case lastRangeLost = "last-range-lost"
  case mergedMeanShift = "merged-mean-shift"
  case momentsGradientCount = "moments-gradient-count"
  case varianceGradientFactor = "variance-gradient-factor"
  case adamStep = "adam-step"
  case firstMomentumStep = "first-momentum-step"
  case dotProductTail = "dot-product-tail"

  /// What the environment asks for; nil in normal use.
  private static let active: Mutation? = getenv("NNCC_MUTATION").flatMap { text in
    let name = String(cString: text)
    guard let mutation = Mutation(rawValue: name) else { fatalError("NNCC_MUTATION: there is no mutation \(name)") }
    return mutation
  }

  /// Whether this process is to make this mistake.
  package static func isActive(_ mutation: Mutation) -> Bool { active == mutation }
}
