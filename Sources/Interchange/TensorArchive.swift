/// The tensors of one file by name, whichever format it had.
package struct TensorArchive: Sendable {
  /// The file as the user named it; messages start with it.
  package let path: String
  /// In the order of their data in the file.
  package let tensors: [NamedTensor]
  /// Free text by key; only safetensors has it.
  package let metadata: [String: String]
  private let positions: [String: Int]

  /// Names must be unique, which the readers have checked.
  init(path: String, tensors: [NamedTensor], metadata: [String: String] = [:]) {
    self.path = path
    self.tensors = tensors
    self.metadata = metadata
    self.positions = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tensor of that name, or nil.
  package subscript(name: String) -> NamedTensor? { positions[name].map { tensors[$0] } }

  /// The tensor of that name; throws what the file holds instead.
  package func tensor(_ name: String) throws(InterchangeError) -> NamedTensor {
    if let tensor = self[name] { return tensor }
    let shown = tensors.prefix(8).map { quoted($0.name) }.joined(separator: ", ")
    let more = tensors.count > 8 ? " and \(tensors.count - 8) more" : ""
    throw InterchangeError(path, "no tensor \(quoted(name)); the file holds \(shown.isEmpty ? "none" : shown + more)")
  }

  /// The tensor's elements as floats; throws where it is missing, of integers, or not of the shape asked for.
  package func floats(_ name: String, shape: [Int]? = nil) throws(InterchangeError) -> [Float] {
    let tensor = try checked(name, shape, "floating-point numbers")
    guard let values = tensor.floats() else { throw wrongType(tensor, "floating-point numbers") }
    return values
  }

  /// The tensor's elements as doubles, under the conditions of `floats`.
  package func doubles(_ name: String, shape: [Int]? = nil) throws(InterchangeError) -> [Double] {
    let tensor = try checked(name, shape, "floating-point numbers")
    guard let values = tensor.doubles() else { throw wrongType(tensor, "floating-point numbers") }
    return values
  }

  /// The tensor's elements as integers; throws where it is missing, of floats, or not of the shape asked for.
  package func integers(_ name: String, shape: [Int]? = nil) throws(InterchangeError) -> [Int64] {
    let tensor = try checked(name, shape, "integers")
    guard let values = tensor.integers() else { throw wrongType(tensor, "integers") }
    return values
  }

  private func checked(
    _ name: String, _ shape: [Int]?, _ content: String
  ) throws(InterchangeError) -> NamedTensor {
    let tensor = try tensor(name)
    if let shape, shape != tensor.shape {
      throw InterchangeError(
        path, "expected \(content) of shape \(NamedTensor.type("", shape)) for \(quoted(name)), found \(tensor.type)")
    }
    return tensor
  }

  private func wrongType(_ tensor: NamedTensor, _ content: String) -> InterchangeError {
    InterchangeError(path, "expected \(content) for \(quoted(tensor.name)), found \(tensor.type)")
  }
}
