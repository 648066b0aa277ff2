import ArtefactABI

/// One call of a compiled batch of which the first `valid` rows are wanted.
package struct BatchCall: Equatable, Sendable {
  package let batch: Int
  package let valid: Int

  package init(batch: Int, valid: Int) {
    self.batch = batch
    self.valid = valid
  }

  /// Covers `count` inputs by compiled batches: the largest as often as it fits, then for what remains the smallest that
  /// holds it, padded, unless that would be more than half empty and a smaller one exists.
  package static func cover(_ count: Int, with batches: [Int]) -> [BatchCall] {
    var calls: [BatchCall] = []
    var rest = count
    var sizes = batches.filter { $0 > 0 }.sorted()
    while rest > 0, let largest = sizes.last {
      if rest >= largest {
        calls.append(BatchCall(batch: largest, valid: largest))
        rest -= largest
        continue
      }
      let smaller = sizes.dropLast().last
      if let smaller, smaller >= rest || 2 * rest <= largest {
        sizes.removeLast()
      } else {
        calls.append(BatchCall(batch: largest, valid: rest))
        rest = 0
      }
    }
    return calls
  }
}

extension Session {
  /// Inference for any number of inputs: split over the compiled batches, the last padded with zeros.
  ///
  /// At inference the rows of a batch do not influence one another; the padding's rows are dropped. Gives every output
  /// that has one row for each input, with the leading extent `count`.
  public func run(_ inputs: [Float], count: Int) throws(RuntimeError) -> Outputs {
    let elements = inputElements
    guard count >= 0, inputs.count == count * elements else {
      throw .user(
        "\(owner): \(count) inputs of shape \(manifest.inputShape) have \(count * elements) values; found \(inputs.count)"
      )
    }
    guard let smallest = batches(.infer).first else { throw .user("\(owner): not opened for infer") }
    let model = try entry(.infer, batch: smallest)
    var gathered: [NamedTensor] = []
    for tensor in model.outputs where tensor.shape.first == smallest {
      gathered.append(NamedTensor(name: tensor.name, shape: [count] + tensor.shape.dropFirst(), values: []))
      gathered[gathered.count - 1].values.reserveCapacity(gathered[gathered.count - 1].shape.reduce(1, *))
    }
    var start = 0
    for call in BatchCall.cover(count, with: batches(.infer)) {
      let results = try inputs.withUnsafeBufferPointer { (inputs) throws(RuntimeError) -> Outputs in
        let rows = UnsafeBufferPointer(rebasing: inputs[(start * elements)..<((start + call.valid) * elements)])
        return try inferPadded(rows, batch: call.batch)
      }
      for index in gathered.indices {
        guard let values = results[gathered[index].name] else {
          throw .internal("\(owner): batches \(smallest) and \(call.batch) have different outputs")
        }
        gathered[index].values += values.prefix(values.count / call.batch * call.valid)
      }
      start += call.valid
    }
    return Outputs(gathered)
  }

  private func inferPadded(_ rows: UnsafeBufferPointer<Float>, batch: Int) throws(RuntimeError) -> Outputs {
    let count = batch * inputElements
    guard let padded = try aligned(rows, paddedTo: count) else { throw .internal("\(owner): no input") }
    let input = UnsafeRawBufferPointer(start: padded, count: 4 * count).bindMemory(to: Float.self)
    return try infer(batch: batch, input: input)
  }
}
