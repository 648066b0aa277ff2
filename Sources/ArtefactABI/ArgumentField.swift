/// One field of the structure that every entry point of an artefact takes.
///
/// The table is the only description of that structure: the code generator prints the C declaration from it, the
/// runtime stores pointers at its offsets, and the header check compares what clang laid out with it.
public enum ArgumentField: String, CaseIterable, Sendable {
  case parameters
  case optimizer
  case state
  case gradients
  case workspace
  case prepared
  case constants
  case scratch
  case input
  case labels
  case target
  case output
  case gates
  case pool
  case seed
  case step
  case learningRate = "learning_rate"
  case reserved

  /// The C type as the emitted header writes it.
  public var cType: String {
    switch self {
    case .parameters, .optimizer, .state, .gradients, .prepared, .output: "float *"
    case .workspace, .scratch: "unsigned char *"
    case .constants, .input, .target: "const float *"
    case .labels: "const int64_t *"
    case .gates: "const unsigned char *"
    case .pool: "void *"
    case .seed, .step: "uint64_t "
    case .learningRate: "float "
    case .reserved: "uint32_t "
    }
  }

  /// Bytes the field takes on a 64-bit machine.
  public var size: Int {
    switch self {
    case .learningRate, .reserved: 4
    case .parameters, .optimizer, .state, .gradients, .prepared, .output, .workspace, .scratch, .constants, .input,
      .target, .labels, .gates, .pool, .seed, .step:
      8
    }
  }

  /// Byte offset inside the structure; fields are naturally aligned in declaration order without padding.
  public var offset: Int {
    var offset = 0
    for field in Self.allCases {
      if field == self { return offset }
      offset += field.size
    }
    return offset
  }

  /// What the caller has to put there, for the header's comment.
  public var meaning: String {
    switch self {
    case .parameters: "all parameters, plain row-major tensors at the manifest's offsets"
    case .optimizer: "optimizer state (momenta), same layout rules"
    case .state: "running statistics of batch normalisation"
    case .gradients: "gradients of the parameters, laid out as the parameters are"
    case .workspace: "temporaries of one call; contents need not survive it"
    case .prepared: "what the prepare function derives from parameters and state"
    case .constants: "read-only constants"
    case .scratch: "private scratch of the threads: scratch bytes times the number of threads"
    case .input: "the batch, row-major"
    case .labels: "one class index for each image of the batch (softmax cross-entropy)"
    case .target: "target values, shaped as the model's output (mean squared error)"
    case .output: "results of the call at the offsets of the entry's outputs"
    case .gates: "one byte for each stochastic-depth gate, 1 = open"
    case .pool: "an opened thread pool, or null to compute in the calling thread"
    case .seed: "seed of every random stream"
    case .step: "number of the training step, from 0"
    case .learningRate: "learning rate of this step"
    case .reserved: "must be 0"
    }
  }

  /// Bytes of the whole structure.
  public static var structureSize: Int { reserved.offset + reserved.size }
}
