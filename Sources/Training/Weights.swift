import ArtefactABI
import Interchange
import NNIR
import Runtime

/// Parameters and running statistics of a session: from initialisers, from files, to files.
///
/// Files are safetensors with the model's dotted names and PyTorch's shapes.
package enum Weights {
  /// Gives every parameter and running statistic its first values, and the optimizer zeros.
  ///
  /// A pure function of (graph, seed). Throws where the graph is not the one that the session was compiled from.
  package static func initialize(_ session: Session, from graph: Graph, seed: UInt64) throws {
    let parameters = graph.parameters.map { ($0.name, $0.initializer) }
    let states = graph.states.map { ($0.name, $0.initializer) }
    for (arena, initializers) in [(Arena.parameters, parameters), (.state, states)] {
      let byName = Dictionary(initializers) { first, _ in first }
      for tensor in session.tensors(in: arena) {
        guard let initializer = byName[tensor.name] else {
          throw TrainingError(
            "model \(session.manifest.name): expected an initializer for '\(tensor.name)' in the graph, found none")
        }
        let values = initializer.values(name: tensor.name, shape: tensor.shape, seed: seed)
        try session.write(arena, tensor.name, values)
      }
    }
    session.withMutableBytes(of: .optimizer) { bytes in _ = bytes.initializeMemory(as: UInt8.self, repeating: 0) }
  }

  /// Replaces all parameters and running statistics by a file's; returns the file's metadata.
  ///
  /// Accepted and ignored: PyTorch's `num_batches_tracked`, and the optimizer state of a checkpoint. The error lists every
  /// missing, extra and mis-shaped tensor; then nothing was changed.
  @discardableResult
  package static func load(_ path: String, into session: Session) throws -> [String: String] {
    let archive = try Safetensors.read(path)
    try load(archive, into: session)
    return archive.metadata
  }

  package static func load(_ archive: TensorArchive, into session: Session) throws {
    try load(archive, into: session, withOptimizer: false)
  }

  /// As `load`, where `withOptimizer` asks for the optimizer state too.
  static func load(_ archive: TensorArchive, into session: Session, withOptimizer: Bool) throws {
    let places = Place.all(session, withOptimizer: withOptimizer)
    try check(archive, against: places.map { (name: $0.name, shape: $0.tensor.shape) })
    for place in places {
      try session.write(
        place.arena, place.tensor.name, slot: place.tensor.slot,
        try archive.floats(place.name, shape: place.tensor.shape))
    }
  }

  /// Reads a file and checks that it fits a graph, before anything is compiled for it; the errors of `load`.
  package static func read(_ path: String, for graph: Graph) throws -> TensorArchive {
    let archive = try Safetensors.read(path)
    try check(
      archive,
      against: graph.parameters.map { (name: $0.name, shape: $0.type.bound) }
        + graph.states.map { (name: $0.name, shape: $0.type.bound) })
    return archive
  }

  /// Parameters and running statistics of a file by name, for a graph that is not compiled; the errors of `load`.
  package static func values(
    _ path: String, for graph: Graph
  ) throws -> (parameters: [String: [Double]], states: [String: [Double]]) {
    let archive = try read(path, for: graph)
    let parameters = graph.parameters.map { (name: $0.name, shape: $0.type.bound) }
    let states = graph.states.map { (name: $0.name, shape: $0.type.bound) }
    func doubles(_ tensors: [(name: String, shape: [Int])]) throws -> [String: [Double]] {
      try Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, try archive.doubles($0.name, shape: $0.shape)) })
    }
    return (try doubles(parameters), try doubles(states))
  }

  /// Lists every missing, extra and mis-shaped tensor of a file.
  private static func check(_ archive: TensorArchive, against wanted: [(name: String, shape: [Int])]) throws {
    var problems: [String] = []
    for (name, shape) in wanted {
      let expected = "f32[\(shape.map(String.init).joined(separator: ","))]"
      guard let found = archive[name] else {
        problems.append("expected \(quoted(name)) of \(expected), found no tensor of that name")
        continue
      }
      if found.shape != shape || !found.elementType.isFloat {
        problems.append("expected \(quoted(name)) of \(expected), found \(found.type)")
      }
    }
    let known = Set(wanted.map(\.name))
    let isCheckpoint = archive.metadata[Checkpoint.Key.version] != nil
    for tensor in archive.tensors where !known.contains(tensor.name) {
      if tensor.name.hasSuffix("num_batches_tracked") { continue }
      if isCheckpoint && tensor.name.hasPrefix(Place.optimizerPrefix) { continue }
      problems.append("found \(quoted(tensor.name)) of \(tensor.type), which the model does not have")
    }
    guard problems.isEmpty else { throw InterchangeError(archive.path, problems: problems) }
  }

  /// Writes parameters and running statistics, atomically; equal weights and metadata give equal bytes.
  package static func save(_ session: Session, metadata: [String: String] = [:], to path: String) throws {
    // Readers of the wider world ask whose tensor layout this is; ours is PyTorch's.
    let metadata = metadata.merging(["format": "pt"]) { own, _ in own }
    try Safetensors.write(tensors(session, withOptimizer: false), metadata: metadata, to: path)
  }

  /// The tensors of a file in the model's order; throws where a value is not finite, since such a file helps nobody.
  static func tensors(_ session: Session, withOptimizer: Bool) throws -> [Interchange.NamedTensor] {
    try Place.all(session, withOptimizer: withOptimizer).map { place in
      let values = try session.read(place.arena, place.tensor.name, slot: place.tensor.slot)
      guard values.allFinite else { throw NonFiniteWeights(name: place.name) }
      return Interchange.NamedTensor(place.name, shape: place.tensor.shape, floats: values)
    }
  }
}

/// A tensor that must not be saved.
struct NonFiniteWeights: Error, CustomStringConvertible {
  let name: String
  var description: String { "expected finite values in \(quoted(name)), found inf or nan" }
}

/// Where a tensor of a file lives in a session.
private struct Place {
  static let optimizerPrefix = "optimizer."

  let arena: Arena
  let tensor: Manifest.Tensor
  /// Its name in files: of optimizer state `optimizer.SLOT.PARAMETER`.
  let name: String

  static func all(_ session: Session, withOptimizer: Bool) -> [Place] {
    let arenas: [Arena] = withOptimizer ? [.parameters, .state, .optimizer] : [.parameters, .state]
    return arenas.flatMap { arena in
      session.tensors(in: arena).map { tensor in
        let prefix = arena == .optimizer ? "\(optimizerPrefix)\(tensor.slot ?? "state")." : ""
        return Place(arena: arena, tensor: tensor, name: prefix + tensor.name)
      }
    }
  }
}

extension Interchange.NamedTensor.ElementType {
  fileprivate var isFloat: Bool {
    switch self {
    case .f64, .f32, .f16, .bf16: true
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: false
    }
  }
}

extension [Float] {
  /// Whether no value is infinite or not a number. On the bits, so that the loop vectorises.
  var allFinite: Bool {
    reduce(into: UInt32(0)) { found, value in
      found |= value.bitPattern & 0x7f80_0000 == 0x7f80_0000 ? 1 : 0
    } == 0
  }
}
