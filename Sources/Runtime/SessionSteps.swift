import ArtefactABI

/// What a training step compares the model's output with.
public enum TrainingTarget: Sendable {
  /// One class index for each image: softmax cross-entropy.
  case labels([Int64])
  /// Wanted outputs, shaped as the model's: mean squared error.
  case values([Float])
}

/// What one training step is told besides its data.
public struct StepOptions: Sendable {
  public var learningRate: Float
  /// Number of the step from 0; momentum starts at step 0, random streams depend on it.
  public var step: Int
  public var seed: UInt64
  /// One flag for each stochastic-depth gate, true = open; nil opens all.
  public var gates: [Bool]?

  public init(learningRate: Float = 0, step: Int = 0, seed: UInt64 = 0, gates: [Bool]? = nil) {
    self.learningRate = learningRate
    self.step = step
    self.seed = seed
    self.gates = gates
  }
}

extension Session {
  /// Elements of one input without the batch.
  public var inputElements: Int { manifest.inputShape.reduce(1, *) }
  /// Elements of one output without the batch.
  public var outputElements: Int { manifest.outputShape.reduce(1, *) }

  /// Results for exactly one compiled batch; prepares first where parameters or state changed.
  public func infer(batch: Int, input: UnsafeBufferPointer<Float>) throws(RuntimeError) -> Outputs {
    let index = try entryIndex(.infer, batch)
    try checkInput(input.count, batch)
    try prepareIfNeeded()
    return try step(index, input, .none, StepOptions())
  }

  public func infer(batch: Int, input: [Float]) throws(RuntimeError) -> Outputs {
    try input.withUnsafeBufferPointer { (input) throws(RuntimeError) in try infer(batch: batch, input: input) }
  }

  /// One training step: forward, backward, update in place. The input is read only during the call.
  @discardableResult
  public func train(
    batch: Int, input: UnsafeBufferPointer<Float>, target: TrainingTarget, _ options: StepOptions
  ) throws(RuntimeError) -> Outputs {
    let index = try entryIndex(.train, batch)
    try checkInput(input.count, batch)
    // Even a step that fails half-way has written.
    defer { isPrepared = false }
    return try step(index, input, target, options)
  }

  @discardableResult
  public func train(
    batch: Int, input: [Float], target: TrainingTarget, _ options: StepOptions
  ) throws(RuntimeError) -> Outputs {
    try input.withUnsafeBufferPointer { (input) throws(RuntimeError) in
      try train(batch: batch, input: input, target: target, options)
    }
  }

  /// Forward and backward without update: fills the gradient arena; parameters and state stay as they are.
  @discardableResult
  public func gradient(
    batch: Int, input: UnsafeBufferPointer<Float>, target: TrainingTarget, _ options: StepOptions = StepOptions()
  ) throws(RuntimeError) -> Outputs {
    let index = try entryIndex(.gradient, batch)
    try checkInput(input.count, batch)
    return try step(index, input, target, options)
  }

  @discardableResult
  public func gradient(
    batch: Int, input: [Float], target: TrainingTarget, _ options: StepOptions = StepOptions()
  ) throws(RuntimeError) -> Outputs {
    try input.withUnsafeBufferPointer { (input) throws(RuntimeError) in
      try gradient(batch: batch, input: input, target: target, options)
    }
  }

  private func checkInput(_ found: Int, _ batch: Int) throws(RuntimeError) {
    let expected = batch * inputElements
    guard found == expected else {
      throw .user(
        "\(owner): a batch of \(batch) inputs of shape \(manifest.inputShape) has \(expected) values; found \(found)")
    }
  }

  private func checkTarget(_ target: TrainingTarget, _ batch: Int) throws(RuntimeError) {
    switch target {
    case .labels(let labels):
      guard manifest.loss != "mean_squared_error" else {
        throw .user("\(owner): the model's loss is mean_squared_error: expected target values, found labels")
      }
      guard labels.count == batch else {
        throw .user("\(owner): a batch of \(batch) needs \(batch) labels; found \(labels.count)")
      }
      let classes = Int64(manifest.outputShape.first ?? 1)
      if let index = labels.firstIndex(where: { !(0..<classes).contains($0) }) {
        throw .user("\(owner): label \(labels[index]) at position \(index) is not in 0..<\(classes)")
      }
    case .values(let values):
      guard manifest.loss != "softmax_cross_entropy" else {
        throw .user("\(owner): the model's loss is softmax_cross_entropy: expected labels, found target values")
      }
      guard values.count == batch * outputElements else {
        throw .user(
          "\(owner): a batch of \(batch) outputs of shape \(manifest.outputShape) has \(batch * outputElements) target "
            + "values; found \(values.count)")
      }
    }
  }

  private func gateBytes(_ gates: [Bool]?) throws(RuntimeError) -> [UInt8] {
    let bytes: [UInt8] = gates?.map { $0 ? 1 : 0 } ?? [UInt8](repeating: 1, count: manifest.gates.count)
    guard bytes.count == manifest.gates.count else {
      throw .user("\(owner): the model has \(manifest.gates.count) gates; found \(bytes.count)")
    }
    return bytes
  }

  private func step(
    _ index: Int, _ input: UnsafeBufferPointer<Float>, _ target: TrainingTarget?, _ options: StepOptions
  ) throws(RuntimeError) -> Outputs {
    guard options.step >= 0 else { throw .user("\(owner): the step number is \(options.step); expected 0 or more") }
    if let target { try checkTarget(target, entries[index].batch) }
    let gates = try gateBytes(options.gates)
    var labels: [Int64] = []
    var values: [Float] = []
    switch target {
    case .labels(let given): labels = given
    case .values(let given): values = given
    case nil: break
    }
    arguments.set(.seed, options.seed)
    arguments.set(.step, UInt64(options.step))
    arguments.set(.learningRate, options.learningRate)
    arguments.set(.input, try aligned(input, paddedTo: input.count))
    return try labels.withUnsafeBufferPointer { (labels) throws(RuntimeError) in
      try values.withUnsafeBufferPointer { (values) throws(RuntimeError) in
        try gates.withUnsafeBufferPointer { (gates) throws(RuntimeError) in
          arguments.set(.labels, labels.isEmpty ? nil : UnsafeRawPointer(labels.baseAddress))
          arguments.set(.target, values.isEmpty ? nil : UnsafeRawPointer(values.baseAddress))
          arguments.set(.gates, gates.isEmpty ? nil : UnsafeRawPointer(gates.baseAddress))
          try call(index)
          return outputs(of: entries[index])
        }
      }
    }
  }

  private func outputs(of entry: Manifest.Entry) -> Outputs {
    Outputs(
      entry.outputs.map { NamedTensor(name: $0.name, shape: $0.shape, values: Array(arenas.floats(.output, $0))) })
  }
}
