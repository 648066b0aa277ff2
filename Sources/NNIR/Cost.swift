extension Graph {
  /// Multiply-adds of convolutions and linear layers for one image, gradients included where the graph has them.
  ///
  /// For a bound graph the count is that of the whole batch.
  package var multiplyAdds: Int {
    ids.reduce(0) { sum, id in
      let (total, overflow) = sum.addingReportingOverflow(multiplyAdds(of: id))
      return overflow ? Int.max : total
    }
  }

  /// Multiply-adds of one node; 0 for anything but convolutions and matrix products.
  package func multiplyAdds(of id: ValueID) -> Int {
    let node = self[id]
    func product(_ extents: some Sequence<Extent>) -> Int { extents.reduce(1) { saturating($0, $1.value ?? 1) } }
    func count(_ type: TensorType) -> Int { product(type.shape) }
    func inner(_ weights: TensorType) -> Int { product(weights.shape.dropFirst()) }
    /// Absurd shapes are legal until memory is asked for; their cost is then the largest number there is.
    func saturating(_ a: Int, _ b: Int) -> Int {
      let (result, overflow) = a.multipliedReportingOverflow(by: b)
      return overflow ? Int.max : result
    }
    switch node.op {
    case .convolution, .linear: return saturating(count(node.type), inner(self[node.inputs[1]].type))
    case .convolutionBackwardData: return saturating(count(self[node.inputs[0]].type), inner(self[node.inputs[1]].type))
    case .winogradConvolution:
      // as many as the sum that it stands for
      let inputs = self[node.inputs[0]].type.shape[1].value ?? 1
      return saturating(count(node.type), saturating(Winograd.taps * Winograd.taps, inputs))
    case .convolutionBackwardWeights: return saturating(count(self[node.inputs[0]].type), inner(node.type))
    case .matmul(let transposeA, _):
      let a = self[node.inputs[0]].type
      return saturating(count(node.type), a.shape[transposeA ? 0 : 1].value ?? 1)
    default: return 0
    }
  }
}

extension Graph {
  /// Elements of all parameters together.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.type.count } }
}
