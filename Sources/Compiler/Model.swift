import ArtefactABI
import Runtime

/// The compiler as a library: from a model's file to an artefact that a `Session` opens.
///
/// ```swift
/// try Model("model.swift", settings: ["depth=22"]).build(into: "out", training: [64], inference: [1, 64])
/// let session = try Session(artefact: "out")
/// ```
public struct Model: Sendable {
  /// A `model.swift` or `model.nnir`.
  public var path: String
  /// Hyper-parameters of a `model.swift` as `name=value`.
  public var settings: [String]

  public init(_ path: String, settings: [String] = []) {
    self.path = path
    self.settings = settings
  }

  /// Compiles for the given batch sizes on this machine's CPU and writes the artefact directory.
  ///
  /// Errors: a value whose description lists everything wrong with the model, or what the machine lacks.
  public func build(
    into directory: String, training: [Int] = [], inference: [Int] = [1]
  ) throws {
    let raw = try loadModel(path, set: settings)
    let entries =
      training.map { EntryPoint(.train, batch: $0) } + inference.map { EntryPoint(.infer, batch: $0) }
    _ = try Compiler.build(raw, options: BuildOptions(entries: entries), into: directory)
  }
}
