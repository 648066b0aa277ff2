/// How a network is trained: loss, optimizer, learning rate, batches, and what is done to the images.
public struct Recipe: Hashable, Sendable {
  /// The quantity that training minimises, a mean over the batch.
  public enum Loss: String, Hashable, Sendable, CaseIterable {
    /// −log softmax(logits)[label], mean over the batch.
    case softmaxCrossEntropy = "softmax_cross_entropy"
    /// (output − target)², mean over all elements.
    case meanSquaredError = "mean_squared_error"
  }

  /// The update rule.
  public enum Optimizer: Hashable, Sendable {
    /// Torch's SGD: g ← g + wd·w; v ← μv + (1−dampening)g, first step v = g; step g + μv with Nesterov, else v.
    case sgd(momentum: Double = 0, dampening: Double = 0, nesterov: Bool = false, weightDecay: Double = 0)
    /// Adam (Kingma and Ba 2015) with weight decay added to the gradient.
    case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0)
    /// AdamW (Loshchilov and Hutter 2019): weight decay applied to the parameter, not to the gradient.
    case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01)
  }

  /// The learning rate as a function of training progress.
  public struct LearningRate: Hashable, Sendable {
    /// The shape of the curve after warm-up.
    public enum Shape: Hashable, Sendable {
      case constant
      /// Multiplied by `factor` at each of these fractions of all epochs.
      case steps(factor: Double, at: [Double])
      /// Half a cosine from the base rate to `final`.
      case cosine(final: Double)
      /// base / (1 + decay · updates)
      case inverse(decay: Double)
    }

    public var base: Double
    public var shape: Shape
    /// Warm-up from `warmupStart`, linear, over this many epochs.
    public var warmupEpochs: Double = 0
    public var warmupStart: Double = 0

    /// The same rate throughout.
    public static func constant(_ rate: Double) -> Self { Self(base: rate, shape: .constant) }
    /// `rate`, divided by `divisor` at each of the given fractions of all epochs.
    public static func steps(_ rate: Double, dividedBy divisor: Double, at fractions: [Double]) -> Self {
      Self(base: rate, shape: .steps(factor: 1 / divisor, at: fractions))
    }
    /// Half a cosine from `rate` to `final`.
    public static func cosine(_ rate: Double, final: Double = 0) -> Self {
      Self(base: rate, shape: .cosine(final: final))
    }
    /// `rate / (1 + decay · updates)`.
    public static func inverse(_ rate: Double, decay: Double) -> Self {
      Self(base: rate, shape: .inverse(decay: decay))
    }

    /// The same curve after a linear warm-up over `epochs` epochs, starting at `start`.
    public func warmup(epochs: Double, from start: Double = 0) -> Self {
      var copy = self
      copy.warmupEpochs = epochs
      copy.warmupStart = start
      return copy
    }
  }

  /// A random change to training images, applied after normalisation, in the order written.
  public enum Augmentation: Hashable, Sendable {
    /// Mirrored left to right with probability 1/2.
    case horizontalFlip
    /// Padded by so many zeros (the mean colour, as images are normalised before) and cropped back at random.
    case padAndCrop(Int)
  }

  /// How pixel values 0…255 become network input.
  public enum Normalization: Hashable, Sendable {
    /// Per channel with the mean and deviation of the training images.
    case perChannel
    /// Divided by 255.
    case unit
    /// Per channel with these means and deviations, in units of 0…255.
    case channels(mean: [Double], deviation: [Double])
    /// Left as they are.
    case none
  }

  public var loss: Loss
  public var optimizer: Optimizer
  public var learningRate: LearningRate
  public var batch: Int
  public var epochs: Int
  public var augmentation: [Augmentation]
  public var normalization: Normalization
  /// Share of the training images kept back for validation, 0 for none.
  public var validation: Double

  public init(
    loss: Loss = .softmaxCrossEntropy,
    optimizer: Optimizer = .sgd(momentum: 0.9, nesterov: true, weightDecay: 1e-4),
    learningRate: LearningRate = .constant(0.1), batch: Int = 64, epochs: Int = 10,
    augmentation: [Augmentation] = [], normalization: Normalization = .perChannel, validation: Double = 0
  ) {
    self.loss = loss
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.batch = batch
    self.epochs = epochs
    self.augmentation = augmentation
    self.normalization = normalization
    self.validation = validation
  }
}
