import ArtefactABI
import Compiler
import Interpreter
import NNIR
import Runtime

/// Runs compiled code on a sample and collects what it delivers under the interpreter's names.
package struct CompiledRun {
  package let session: Session
  private let sample: Sample

  /// Opens an artefact and stores the sample's weights.
  ///
  /// - Parameter owner: what messages call the model; by default the artefact and its folder.
  package init(
    _ directory: String, _ sample: Sample, threads: Int = Session.defaultThreads, owner: String? = nil
  ) throws {
    session = try Session(library: try Library(directory: directory), threads: threads, owner: owner)
    self.sample = sample
    try load(.parameters, session.manifest.parameters, sample.feeds.parameters)
    try load(.state, session.manifest.state, sample.feeds.states)
    // a session that does not train has no place for what the optimizer remembers
    let trains = session.entries.contains { $0.mode == .train }
    for tensor in trains ? session.manifest.optimizer : [] {
      guard let slot = tensor.slot, let kind = Slot(rawValue: slot) else { continue }
      let values = sample.feeds.slots[SlotKey(tensor.name, kind)] ?? [Double](repeating: 0, count: tensor.count)
      try session.write(.optimizer, tensor.name, slot: slot, values.map { Float($0) })
    }
  }

  private func load(_ arena: Arena, _ tensors: [Manifest.Tensor], _ values: [String: [Double]]) throws {
    for tensor in tensors { try session.write(arena, tensor.name, (values[tensor.name] ?? []).map { Float($0) }) }
  }

  private var input: [Float] { (sample.feeds.input ?? []).map { Float($0) } }

  private func target() throws -> TrainingTarget {
    if let labels = sample.feeds.labels { return .labels(labels) }
    return .values((sample.feeds.target ?? []).map { Float($0) })
  }

  /// One call of an entry of the given mode with the sample's batch.
  package func call(_ mode: Manifest.Mode) throws -> Deliveries {
    let options = StepOptions(
      learningRate: Float(sample.feeds.learningRate), step: Int(sample.feeds.step), seed: sample.feeds.seed,
      gates: mode == .infer ? nil : sample.feeds.gates)
    let outputs =
      switch mode {
      case .infer: try session.infer(batch: sample.batch, input: input)
      case .train: try session.train(batch: sample.batch, input: input, target: target(), options)
      case .gradient: try session.gradient(batch: sample.batch, input: input, target: target(), options)
      }
    var found = Deliveries()
    for tensor in outputs.tensors { found.values.append(("output \(tensor.name)", tensor.values.map { Double($0) })) }
    func append(_ kind: String, _ arena: Arena, _ tensors: [Manifest.Tensor]) throws {
      for tensor in tensors {
        let values = try session.read(arena, tensor.name, slot: tensor.slot).map { Double($0) }
        let suffix = tensor.slot.map { " \($0)" } ?? ""
        found.values.append(("\(kind) \(tensor.name)\(suffix)", values))
      }
    }
    switch mode {
    case .infer: break
    case .gradient: try append("gradient", .gradients, session.manifest.parameters)
    case .train:
      try append("parameter", .parameters, session.manifest.parameters)
      try append("state", .state, session.manifest.state)
      try append("slot", .optimizer, session.manifest.optimizer)
    }
    return found
  }
}
