/// A floating-point attribute, compared and hashed by its bits.
package struct Scalar: Hashable, Sendable, ExpressibleByFloatLiteral {
  package let value: Double
  package init(_ value: Double) { self.value = value }
  package init(floatLiteral value: Double) { self.value = value }
  package static func == (a: Scalar, b: Scalar) -> Bool { a.value.bitPattern == b.value.bitPattern }
  package func hash(into hasher: inout Hasher) { hasher.combine(value.bitPattern) }
}

/// An order of packed weights: where a register tile has the outputs that it computes.
package enum Packing: String, Hashable, Sendable, CaseIterable {
  /// Some rows, one number of each multiplied by vectors of the image.
  case rows
  /// The lanes of some vectors, multiplied by one number of the image each.
  case lanes

  /// Outputs that fill vectors on every target; those that lie in lanes come in multiples of it.
  package static let filled = 16
}

/// Geometry of a convolution over any number of spatial axes; all arrays have one entry an axis.
package struct Convolution: Hashable, Sendable {
  package var strides: [Int]
  package var padBegin: [Int]
  package var padEnd: [Int]
  package var dilations: [Int]
  package var groups: Int
  /// The order in which weights come from `packWeights`; nil where they come as their type says.
  package var packed: Packing?
  /// So many images that follow each other are bands of one, as `splitBands` cuts it: where windows reach beyond the first
  /// or the last line of a band, they find the lines of the band before or behind. Zeros are around the whole only.
  package var bands = 1

  package init(strides: [Int], padBegin: [Int], padEnd: [Int], dilations: [Int], groups: Int = 1) {
    self.strides = strides
    self.padBegin = padBegin
    self.padEnd = padEnd
    self.dilations = dilations
    self.groups = groups
  }

  /// Lines before the first or behind the last line of a band that kernels read for windows of these extents. With a stride
  /// that is more than taps need: strips hold whole phases, which are up to a stride's lines less one longer.
  package func linesBeyond(kernel: [Int]) -> Int {
    max(padBegin[0], (kernel[0] - 1) * dilations[0] - padBegin[0])
  }
}

/// Geometry of a pooling window over any number of spatial axes.
package struct Pooling: Hashable, Sendable {
  package var kernel: [Int]
  package var strides: [Int]
  package var padBegin: [Int]
  package var padEnd: [Int]
  /// Rounds the number of windows up instead of down.
  package var ceilMode: Bool
  /// Average pooling only: padded zeros count in the divisor.
  package var countIncludePad: Bool

  package init(
    kernel: [Int], strides: [Int], padBegin: [Int], padEnd: [Int], ceilMode: Bool = false, countIncludePad: Bool = true
  ) {
    self.kernel = kernel
    self.strides = strides
    self.padBegin = padBegin
    self.padEnd = padEnd
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
  }

  /// Number of windows along each axis, or nil when a window does not fit or padding exceeds half the kernel.
  ///
  /// In ceil mode the last window must still begin inside the input or its left padding, as in PyTorch.
  package func outputs(of spatial: [Int]) -> [Int]? {
    var result: [Int] = []
    for axis in spatial.indices {
      guard 2 * padBegin[axis] <= kernel[axis], 2 * padEnd[axis] <= kernel[axis] else { return nil }
      let room = spatial[axis] + padBegin[axis] + padEnd[axis] - kernel[axis]
      guard room >= 0 else { return nil }
      var count = (ceilMode ? room + strides[axis] - 1 : room) / strides[axis] + 1
      if ceilMode && (count - 1) * strides[axis] >= spatial[axis] + padBegin[axis] { count -= 1 }
      result.append(count)
    }
    return result
  }
}

/// What an optimizer remembers for a parameter.
package enum Slot: String, Hashable, Sendable, CaseIterable {
  case momentum
  case firstMoment = "first_moment"
  case secondMoment = "second_moment"
}

/// One of the numbers of a channel with relu(a·x + b) = factor · clamp(x, lower, upper) + shift.
///
/// With t = −b/a, where a·x + b changes its sign:
/// - a > 0: clamp(x, t, ∞), and a < 0: clamp(x, −∞, t); factor a, shift b. Where x is cut off, a·t + b is 0 to the
///   rounding of b. A t of the closed sign that overflows is no bound: then a·x + b is positive for every x.
/// - a = 0, the constant relu(b): clamp(x, 0, 0), factor 0, shift relu(b).
/// - b < 0 and |t| above `ClampRow.reach`, or not finite: x never opens the ReLU, the constant 0. Kept as a bound, t would
///   stand in for every x, and a·t + b cancel only as well as a product of a tiny and a huge number is rounded.
///
/// For |x| up to the reach both sides agree to a few roundings of |a·x| + |b|. Activations beyond it do not occur: their
/// variance overflows.
package enum ClampRow: String, Hashable, Sendable, CaseIterable {
  case lower, upper, factor, shift

  /// The magnitude of x up to which the form holds.
  package static let reach = 0x1p64
}

/// Coefficients of one SGD update; the semantics stand at `Recipe.Optimizer.sgd`.
package struct SGD: Hashable, Sendable {
  package var momentum: Scalar
  package var dampening: Scalar
  package var nesterov: Bool
  package var weightDecay: Scalar

  package init(momentum: Double, dampening: Double, nesterov: Bool, weightDecay: Double) {
    self.momentum = Scalar(momentum)
    self.dampening = Scalar(dampening)
    self.nesterov = nesterov
    self.weightDecay = Scalar(weightDecay)
  }
}

/// Coefficients of one Adam update; `decoupled` is AdamW.
package struct Adam: Hashable, Sendable {
  package var beta1: Scalar
  package var beta2: Scalar
  package var epsilon: Scalar
  package var weightDecay: Scalar
  package var decoupled: Bool

  package init(beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double, decoupled: Bool) {
    self.beta1 = Scalar(beta1)
    self.beta2 = Scalar(beta2)
    self.epsilon = Scalar(epsilon)
    self.weightDecay = Scalar(weightDecay)
    self.decoupled = decoupled
  }
}

/// An operation with its attributes; operands live in the node, never here.
///
/// Images are [N, C, spatial…]. Adding a case touches, in this order: `OpTable`, `TypeRules`, the interpreter's loop,
/// the adjoint, the lowering, and a row of the differential test; a missing arm does not compile.
package enum Op: Hashable, Sendable {
  // MARK: Sources: their type is declared, not inferred
  /// The batch of inputs.
  case input
  /// One class index for each image, i64[N].
  case labels
  /// Target values for a regression loss, shaped as the output.
  case target
  /// A trained tensor.
  case parameter(name: String, initializer: Initializer)
  /// A tensor that training updates without a gradient (running statistics).
  case state(name: String, initializer: Initializer)
  /// What the optimizer remembers for the parameter called `name`.
  case slot(name: String, kind: Slot)
  /// What the prepare function computed from parameters and running statistics under this name.
  case prepared(name: String)
  /// The same value everywhere.
  case fill(Scalar)
  /// The learning rate of this step, f32[].
  case learningRate
  /// The number of this training step from 0, i64[].
  case stepNumber

  // MARK: Elementwise
  /// max(x, 0) with NaN passed through: (0 > x) ? 0 : x.
  case relu
  case sigmoid
  case tanh
  /// factor · x
  case scale(Scalar)
  /// 1/√(x + ε)
  case reciprocalSquareRoot(epsilon: Scalar)
  case add
  case subtract
  case multiply
  /// x · v[c], with c the index along the axis.
  case multiplyChannel(axis: Int)
  /// x + v[c], with c the index along the axis.
  case addChannel(axis: Int)
  /// (x, lower[c], upper[c]) → max(min(x, upper), lower) with NaN passed through, c the index along the axis.
  case clampChannel(axis: Int)
  /// (a[c], b[c]) → one of the four vectors of relu(a·x + b) = factor · clamp(x, lower, upper) + shift.
  case clampForm(ClampRow)
  /// (dy, x) → x > 0 ? dy : 0
  case reluGradient
  /// (dy, y) → dy · y · (1 − y)
  case sigmoidGradient
  /// (dy, y) → dy · (1 − y²)
  case tanhGradient
  /// x times a Bernoulli(1 − p) mask divided by 1 − p; operands (x, step number). The mask is a pure function of
  /// (seed, stream, step, logical element), so the same op applied to dy is its own adjoint.
  case dropout(probability: Scalar, stream: String)

  // MARK: Linear algebra
  /// (x, w[out, in/groups, kernel…], b[out]?) → cross-correlation, as every framework defines it.
  case convolution(Convolution)
  /// (dy, w) → gradient of the input, whose spatial extents are given.
  case convolutionBackwardData(Convolution, spatial: [Int])
  /// (dy, x) → gradient of the weights, whose kernel extents are given.
  case convolutionBackwardWeights(Convolution, kernel: [Int])
  /// The same weights, in memory as the kernels of the target read them; for convolutions with so many groups, or linear
  /// layers, that say `packed`, and nothing else.
  case packWeights(groups: Int, Packing)
  /// w[out, in, 3, 3] → [products, out, in], the filters as `Winograd` multiplies them; transposed: [products, in, out] of
  /// the filters back to front, for the gradient of the input.
  case winogradWeights(Winograd, transposed: Bool)
  /// (x[N, in, H, W], u[products, out, in], b[out]?) → the 3×3 convolution of stride 1 whose weights were transformed to u; of
  /// images in bands as `Convolution.bands` says, each band in tiles of its own.
  case winogradConvolution(padBegin: [Int], padEnd: [Int], bands: Int = 1)
  /// (x[N, in], w[out, in], b[out]?) → x·wᵀ + b; the weights may come from `packWeights`.
  case linear(packed: Bool = false)
  /// (a, b) → op(a)·op(b) on matrices, op transposing where asked.
  case matmul(transposeA: Bool, transposeB: Bool)
  /// Sum over all axes but one: [.., C, ..] → [C].
  case sumToChannel(axis: Int)

  // MARK: Pooling
  /// Maximum of each window; padding never wins, ties go to the first index, NaN passes through.
  case maxPool(Pooling)
  /// (dy, x) → dy sent to the position that won.
  case maxPoolGradient(Pooling)
  case averagePool(Pooling)
  /// dy → gradient of an input with the given spatial extents.
  case averagePoolGradient(Pooling, spatial: [Int])
  /// [N, C, spatial…] → [N, C], the mean over all positions.
  case globalAveragePool
  /// [N, C] → [N, C, spatial…]
  case globalAveragePoolGradient(spatial: [Int])

  // MARK: Shape
  /// [N, C, H, W] → [N·bands, C, H/bands, W]: bands of lines of each image, one after the other, each with all channels.
  case splitBands(Int)
  /// Bands back to images.
  case joinBands(Int)
  case concat(axis: Int)
  /// `count` indices from `start` along the axis.
  case slice(axis: Int, start: Int, count: Int)
  /// Zeros before and after, one entry an axis of the whole shape.
  case pad(before: [Int], after: [Int])
  /// The same elements in row-major order under another shape.
  case reshape([Extent])
  /// (value, else) → the value where the gate is open, else the other operand.
  ///
  /// For inference at the stages raw and typed it is the expectation over the gate: p·value + (1 − p)·else.
  case join(Gate)

  // MARK: Batch normalisation
  /// (x, γ, β, running mean, running variance), before it is split for training or folded for inference.
  case batchNorm(epsilon: Scalar, momentum: Scalar)
  /// Mean and biased variance of each channel: → f32[groups, 2, C]; group g covers images ⌊gN/groups⌋….
  case moments(groups: Int)
  /// (x, moments, γ, β) → γ(x−μ)/√(σ²+ε) + β
  case normalize(epsilon: Scalar)
  /// (dy, x, moments) → f32[groups, 2, C]: Σdy and Σdy·x̂
  case normalizeReduce(epsilon: Scalar)
  /// (sums, moments, γ) → adjoint of the moments, f32[groups, 2, C]: dμ = −γ r Σdy, dσ² = −½ γ r² Σdy·x̂
  case normalizeMomentsGradient(epsilon: Scalar)
  /// (dy, moments, γ) → γ r dy, the part of the input's gradient that does not pass through the moments.
  case normalizeInputGradient(epsilon: Scalar)
  /// (dmoments, x, moments) → dμ/m + 2(x−μ)dσ²/m, what the statistics send back to their producer.
  case momentsGradient
  /// f32[groups, 2, C] → f32[C]: row 0 or 1 summed over the groups.
  case selectMoment(row: Int)
  /// (running mean, moments) → (1−ρ)·running + ρ·mean over the groups.
  case runningMean(momentum: Scalar)
  /// (running variance, moments) → (1−ρ)·running + ρ·σ²·m/(m−1), m = images and positions of a group.
  case runningVariance(momentum: Scalar, count: Int)

  // MARK: Losses
  case softmax
  /// (logits[N, K], labels) → f32[], the mean over the batch.
  case softmaxCrossEntropy
  /// (dloss, logits, labels) → (softmax − onehot)·dloss/N
  case softmaxCrossEntropyGradient
  /// (y, target) → f32[], the mean over all elements.
  case meanSquaredError
  /// (dloss, y, target) → 2(y − target)·dloss/count
  case meanSquaredErrorGradient

  // MARK: Optimizers
  /// (w, g, v, step) → the new momentum.
  case sgdMomentum(SGD)
  /// (w, g, v′, learning rate) → the new parameter; without momentum (w, g, learning rate).
  case sgdParameter(SGD)
  /// (w, g, m) → the new first moment.
  case adamFirstMoment(Adam)
  /// (w, g, v) → the new second moment.
  case adamSecondMoment(Adam)
  /// (w, m′, v′, learning rate, step) → the new parameter.
  case adamParameter(Adam)
}

extension Op {
  /// What packs the weights that this takes; nil where they come as their type says.
  package var weightPacking: Op? {
    switch self {
    case .convolution(let geometry): geometry.packed.map { .packWeights(groups: geometry.groups, $0) }
    case .linear(let packed): packed ? .packWeights(groups: 1, .lanes) : nil
    default: nil
    }
  }
}
