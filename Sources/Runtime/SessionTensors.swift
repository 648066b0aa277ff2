import ArtefactABI

extension Session {
  /// Names, shapes and places of the tensors in an arena; empty for those without named tensors.
  public func tensors(in arena: Arena) -> [Manifest.Tensor] {
    switch arena {
    case .parameters, .gradients: manifest.parameters
    case .state: manifest.state
    case .optimizer: manifest.optimizer
    case .prepared, .constants, .workspace, .scratch, .output: []
    }
  }

  /// The values of one tensor, row-major.
  ///
  /// - Parameter slot: which quantity of the optimizer (`momentum`, `first_moment`, …); nil elsewhere.
  public func read(_ arena: Arena, _ name: String, slot: String? = nil) throws(RuntimeError) -> [Float] {
    Array(arenas.floats(arena, try tensor(arena, name, slot)))
  }

  /// Replaces the values of one tensor; the count has to be that of its shape.
  public func write(
    _ arena: Arena, _ name: String, slot: String? = nil, _ values: [Float]
  ) throws(RuntimeError) {
    let tensor = try tensor(arena, name, slot)
    guard values.count == tensor.count else {
      throw .user(
        "\(owner): \(arena.rawValue) '\(name)' has shape \(tensor.shape), \(tensor.count) values; found \(values.count)"
      )
    }
    _ = arenas.floats(arena, tensor).update(fromContentsOf: values)
    if arena.isSourceOfPrepared { isPrepared = false }
  }

  /// Reads an arena's bytes in place; the pointer is valid only inside the call.
  public func withBytes<R, E: Error>(
    of arena: Arena, _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeRawBufferPointer(arenas.bytes(arena)))
  }

  /// Changes an arena's bytes in place; the pointer is valid only inside the call.
  public func withMutableBytes<R, E: Error>(
    of arena: Arena, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    if arena.isSourceOfPrepared { isPrepared = false }
    return try body(arenas.bytes(arena))
  }

  /// Says that parameters or running statistics were changed behind the session's back.
  public func markParametersChanged() {
    isPrepared = false
  }

  /// An intermediate value of the last call of that entry, in builds that keep every value.
  public func intermediate(_ name: String, of entry: Manifest.Entry) throws(RuntimeError) -> NamedTensor {
    guard let tensor = entry.values.first(where: { $0.name == name }) else {
      throw .user("\(owner): \(entry.symbol) keeps no value '\(name)'")
    }
    guard entries.contains(entry) else { throw .user("\(owner): \(entry.symbol) is not opened") }
    return NamedTensor(name: name, shape: tensor.shape, values: Array(arenas.floats(.workspace, tensor)))
  }

  private func tensor(
    _ arena: Arena, _ name: String, _ slot: String?
  ) throws(RuntimeError) -> Manifest.Tensor {
    guard let position = tensorPosition(arena, name, slot: slot) else {
      let what = slot.map { "'\(name)' (\($0))" } ?? "'\(name)'"
      throw .user("\(owner): no tensor \(what) among its \(tensors(in: arena).count) of the \(arena.rawValue) arena")
    }
    let tensor = tensors(in: arena)[position]
    guard tensor.offset + 4 * tensor.count <= byteCount(of: arena) else {
      throw .user("\(owner): the \(arena.rawValue) arena is not there: the session was not opened for training")
    }
    return tensor
  }
}

/// One result by name, row-major.
public struct NamedTensor: Equatable, Sendable {
  public var name: String
  public var shape: [Int]
  public var values: [Float]

  public init(name: String, shape: [Int], values: [Float]) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// The results of a call in the order of the manifest.
public struct Outputs: Equatable, Sendable {
  public var tensors: [NamedTensor]

  public init(_ tensors: [NamedTensor]) {
    self.tensors = tensors
  }

  /// Values of the result of that name.
  public subscript(name: String) -> [Float]? {
    tensors.first { $0.name == name }?.values
  }
}
