extension Graph {
  /// Multiply-adds of convolutions and linear layers for one image, gradients included where the graph has them.
  ///
  /// For a bound graph the count is that of the whole batch.
  package var multiplyAdds: Int {
    ids.reduce(0) { $0 + multiplyAdds(of: $1) }
  }

  /// Multiply-adds of one node; 0 for anything but convolutions and matrix products.
  package func multiplyAdds(of id: ValueID) -> Int {
    let node = self[id]
    func count(_ type: TensorType) -> Int { type.shape.reduce(1) { $0 * ($1.value ?? 1) } }
    func inner(_ weights: TensorType) -> Int { weights.shape.dropFirst().reduce(1) { $0 * ($1.value ?? 1) } }
    switch node.op {
    case .convolution, .linear: return count(node.type) * inner(self[node.inputs[1]].type)
    case .convolutionBackwardData: return count(self[node.inputs[0]].type) * inner(self[node.inputs[1]].type)
    case .convolutionBackwardWeights: return count(self[node.inputs[0]].type) * inner(node.type)
    case .matmul(let transposeA, _):
      let a = self[node.inputs[0]].type
      return count(node.type) * (a.shape[transposeA ? 0 : 1].value ?? 1)
    default: return 0
    }
  }
}

extension Graph {
  /// Elements of all parameters together.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.type.count } }
}
