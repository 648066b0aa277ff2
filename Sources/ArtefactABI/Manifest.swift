/// The contract version between emitted C and whoever loads it; raised when the argument structure changes meaning.
public let artefactABIVersion = 1

/// Every tensor starts at a multiple of this many bytes inside its arena, and arenas are at least that aligned.
public let tensorAlignment = 64

/// What an artefact says about itself: the text that its metadata function returns, and `manifest.json`.
public struct Manifest: Codable, Equatable, Sendable {
  /// One named tensor inside an arena.
  public struct Tensor: Codable, Equatable, Sendable {
    /// Dotted path name, for example `block1.layer1.conv1.weight`; of optimizer state, the parameter's name.
    public var name: String
    /// Row-major extents; empty for a scalar.
    public var shape: [Int]
    /// Byte offset inside its arena.
    public var offset: Int
    /// Which optimizer quantity of that parameter (`momentum`, `first_moment`, `second_moment`); nil elsewhere.
    public var slot: String?
    /// How to initialise it, in the notation of the IR text, for example `he_normal(fan_out)`.
    public var initializer: String?

    public init(name: String, shape: [Int], offset: Int, slot: String? = nil, initializer: String? = nil) {
      self.name = name
      self.shape = shape
      self.offset = offset
      self.slot = slot
      self.initializer = initializer
    }

    /// Number of float elements.
    public var count: Int { shape.reduce(1, *) }
  }

  /// What an entry point computes.
  public enum Mode: String, Codable, Sendable, CaseIterable {
    /// Logits from input, with prepared parameters.
    case infer
    /// Forward, backward and optimizer update, in place.
    case train
    /// Forward and backward without update; new running statistics are among the outputs.
    case gradient
  }

  /// One compiled function for one mode and batch size.
  public struct Entry: Codable, Equatable, Sendable {
    public var symbol: String
    public var mode: Mode
    public var batch: Int
    /// Bytes of workspace this entry needs; an inference in micro-batches touches what as many of them need as there are
    /// threads.
    public var workspace: Int
    /// Named results inside the output arena (`loss`, `logits`, …).
    public var outputs: [Tensor]
    /// Bytes of the output arena this entry needs.
    public var outputBytes: Int
    /// Intermediate values by IR name with their offset in the workspace; only in builds that keep every value.
    public var values: [Tensor]

    public init(
      symbol: String, mode: Mode, batch: Int, workspace: Int, outputs: [Tensor], outputBytes: Int,
      values: [Tensor] = []
    ) {
      self.symbol = symbol
      self.mode = mode
      self.batch = batch
      self.workspace = workspace
      self.outputs = outputs
      self.outputBytes = outputBytes
      self.values = values
    }
  }

  /// A block that a training step may leave out.
  public struct Gate: Codable, Equatable, Sendable {
    /// The block's name.
    public var name: String
    /// Probability with which it is to be open in a training step.
    public var survival: Double

    public init(name: String, survival: Double) {
      self.name = name
      self.survival = survival
    }
  }

  public var abi: Int
  /// C identifier that prefixes every symbol.
  public var name: String
  /// Hash of names, shapes and kinds of everything a checkpoint holds.
  public var signature: String
  /// Hash of everything that went into the emitted C.
  public var build: String
  /// `x86-64-v3`, `native`, …
  public var target: String
  /// CPU features as /proc/cpuinfo spells them (`avx2`, `fma`, `avx512f`); loading refuses when one is missing.
  public var features: [String]
  /// Extents of one input without the batch.
  public var inputShape: [Int]
  /// Extents of one output without the batch.
  public var outputShape: [Int]
  /// `softmax_cross_entropy`, `mean_squared_error`, or nil where the model has no training recipe.
  public var loss: String?
  public var parameters: [Tensor]
  public var state: [Tensor]
  public var optimizer: [Tensor]
  /// Bytes of each arena that all entries share.
  public var parameterBytes: Int
  public var stateBytes: Int
  public var optimizerBytes: Int
  public var preparedBytes: Int
  public var constantBytes: Int
  /// Bytes of scratch for each thread.
  public var scratchBytes: Int
  /// The gates whose states the caller passes, in this order.
  public var gates: [Gate]
  public var entries: [Entry]

  public init(
    name: String, signature: String, build: String, target: String, features: [String], inputShape: [Int],
    outputShape: [Int], loss: String?, parameters: [Tensor], state: [Tensor], optimizer: [Tensor],
    parameterBytes: Int, stateBytes: Int, optimizerBytes: Int, preparedBytes: Int, constantBytes: Int,
    scratchBytes: Int, gates: [Gate], entries: [Entry]
  ) {
    self.abi = artefactABIVersion
    self.name = name
    self.signature = signature
    self.build = build
    self.target = target
    self.features = features
    self.inputShape = inputShape
    self.outputShape = outputShape
    self.loss = loss
    self.parameters = parameters
    self.state = state
    self.optimizer = optimizer
    self.parameterBytes = parameterBytes
    self.stateBytes = stateBytes
    self.optimizerBytes = optimizerBytes
    self.preparedBytes = preparedBytes
    self.constantBytes = constantBytes
    self.scratchBytes = scratchBytes
    self.gates = gates
    self.entries = entries
  }
}

/// Names of the C symbols that every artefact exports beside its entry points.
public enum ArtefactSymbol {
  /// `const char *NAME_metadata(void)`: the manifest as JSON.
  public static func metadata(_ name: String) -> String { "\(name)_metadata" }
  /// `int NAME_prepare(const struct NAME_arguments *)`: fills the prepared arena; run after parameters change.
  public static func prepare(_ name: String) -> String { "\(name)_prepare" }
  /// `size_t NAME_pool_bytes(int threads)`: storage the caller has to provide for a pool.
  public static func poolBytes(_ name: String) -> String { "\(name)_pool_bytes" }
  /// `int NAME_pool_open(void *storage, int threads)`: 0, or the error number of the failed thread creation.
  public static func poolOpen(_ name: String) -> String { "\(name)_pool_open" }
  /// `void NAME_pool_close(void *storage)`: ends and joins the threads.
  public static func poolClose(_ name: String) -> String { "\(name)_pool_close" }
  /// `int NAME_MODE_BATCH(const struct NAME_arguments *)`.
  public static func entry(_ name: String, _ mode: Manifest.Mode, batch: Int) -> String {
    "\(name)_\(mode.rawValue)_\(batch)"
  }
  /// `NAME_kernels_NUMBER`: what the kernels of a unit are called through, and the unit's file; not exported.
  public static func kernels(_ name: String, unit: Int) -> String { "\(name)_kernels_\(unit)" }
  /// The tag of the argument structure.
  public static func arguments(_ name: String) -> String { "\(name)_arguments" }
}
