import ArtefactABI

/// One of the memory blocks that a session owns.
public enum Arena: String, CaseIterable, Sendable {
  case parameters
  case optimizer
  case state
  case gradients
  case prepared
  case constants
  case workspace
  case scratch
  case output

  /// Whether inference has to prepare again after it was written.
  var isSourceOfPrepared: Bool {
    switch self {
    case .parameters, .state, .constants: true
    case .optimizer, .gradients, .prepared, .workspace, .scratch, .output: false
    }
  }

  /// The argument that carries its address.
  var field: ArgumentField {
    switch self {
    case .parameters: .parameters
    case .optimizer: .optimizer
    case .state: .state
    case .gradients: .gradients
    case .prepared: .prepared
    case .constants: .constants
    case .workspace: .workspace
    case .scratch: .scratch
    case .output: .output
    }
  }

  /// Bytes that the opened entries need.
  func size(_ manifest: Manifest, opened: [Manifest.Entry], threads: Int) -> Int {
    let trains = opened.contains { $0.mode != .infer }
    return switch self {
    case .parameters: manifest.parameterBytes
    case .optimizer: opened.contains { $0.mode == .train } ? manifest.optimizerBytes : 0
    case .state: manifest.stateBytes
    case .gradients: trains ? manifest.parameterBytes : 0
    case .prepared: manifest.preparedBytes
    case .constants: manifest.constantBytes
    case .workspace: opened.map(\.workspace).max() ?? 0
    case .scratch: manifest.scratchBytes * threads
    case .output: opened.map(\.outputBytes).max() ?? 0
    }
  }
}

extension MemoryBudget {
  /// What a session on these entries allocates.
  package init(_ manifest: Manifest, opened: [Manifest.Entry], threads: Int) {
    self.init()
    for arena in Arena.allCases {
      add(arena.rawValue, bytes: arena.size(manifest, opened: opened, threads: threads))
    }
  }
}

/// The memory of a session, refused as a whole when the machine cannot give it.
struct Arenas: ~Copyable {
  private let parameters: Buffer
  private let optimizer: Buffer
  private let state: Buffer
  private let gradients: Buffer
  private let prepared: Buffer
  private let constants: Buffer
  private let workspace: Buffer
  private let scratch: Buffer
  private let output: Buffer

  init(
    _ manifest: Manifest, opened: [Manifest.Entry], threads: Int, owner: String, available: Int
  ) throws(RuntimeError) {
    try MemoryBudget(manifest, opened: opened, threads: threads).check(for: owner, available: available)
    func allocate(_ arena: Arena) throws(RuntimeError) -> Buffer {
      try Buffer(bytes: arena.size(manifest, opened: opened, threads: threads))
    }
    let parameters = try allocate(.parameters)
    let optimizer = try allocate(.optimizer)
    let state = try allocate(.state)
    let gradients = try allocate(.gradients)
    let prepared = try allocate(.prepared)
    let constants = try allocate(.constants)
    let workspace = try allocate(.workspace)
    let scratch = try allocate(.scratch)
    let output = try allocate(.output)
    // Only now: a failure half-way must find no half-built owner.
    self.parameters = parameters
    self.optimizer = optimizer
    self.state = state
    self.gradients = gradients
    self.prepared = prepared
    self.constants = constants
    self.workspace = workspace
    self.scratch = scratch
    self.output = output
  }

  /// The bytes of an arena; they live as long as these arenas.
  func bytes(_ arena: Arena) -> UnsafeMutableRawBufferPointer {
    switch arena {
    case .parameters: parameters.bytes
    case .optimizer: optimizer.bytes
    case .state: state.bytes
    case .gradients: gradients.bytes
    case .prepared: prepared.bytes
    case .constants: constants.bytes
    case .workspace: workspace.bytes
    case .scratch: scratch.bytes
    case .output: output.bytes
    }
  }

  /// A tensor that the manifest's check has found to lie inside its arena.
  func floats(_ arena: Arena, _ tensor: Manifest.Tensor) -> UnsafeMutableBufferPointer<Float> {
    let range = tensor.offset..<(tensor.offset + 4 * tensor.count)
    return UnsafeMutableRawBufferPointer(rebasing: bytes(arena)[range]).bindMemory(to: Float.self)
  }
}
