import CodegenC
import NNIR

extension Graph {
  /// Multiply-adds of a training step for one image as the model is written, before any pass: forward, and for each
  /// operand that depends on a parameter its gradient.
  ///
  /// Three times the forward pass where everything depends on parameters; the first convolution never computes the
  /// gradient of the image.
  package var originalTrainingMultiplyAdds: Int {
    var depends = [Bool](repeating: false, count: nodes.count)
    var sum = 0
    for id in ids {
      let node = self[id]
      if case .parameter = node.op { depends[id.index] = true }
      let dependent = node.inputs.filter { depends[$0.index] }.count
      if dependent > 0 { depends[id.index] = true }
      // a bias is an operand too, but its gradient is a sum
      let products = node.inputs.prefix(2).filter { depends[$0.index] }.count
      sum += multiplyAdds(of: id) * (1 + products)
    }
    return sum
  }
}

extension Program {
  /// Bytes that would have to move if every value that the rows take from memory were read once, and every one that they
  /// put there written once.
  package var minimumTrafficBytes: Int {
    var read: [Content: Int] = [:]
    var written: [Content: Int] = [:]
    /// Of all micro-batches; what they have in common once.
    func bytes(_ access: Access) -> Int {
      switch access.arena {
      case .workspace, .input, .output: microbatches.count * access.total
      default: access.total
      }
    }
    for row in rows {
      for access in row.reads { read[access.content] = max(read[access.content] ?? 0, bytes(access)) }
      for access in row.writes { written[access.content] = max(written[access.content] ?? 0, bytes(access)) }
    }
    return read.values.reduce(0, +) + written.values.reduce(0, +)
  }
}
