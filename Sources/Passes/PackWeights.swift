import NNIR

/// Brings the weights of convolutions and linear layers into the order in which their kernels read them, as values of
/// their own: at inference, where weights stay as they are, that moves into `prepare`. In training, where they change
/// with every step, kernels pack what they need.
func packWeights(_ graph: Graph, algorithms: ConvolutionAlgorithms) -> Graph {
  graph.rewriting { builder, id, node in
    var result = node
    switch node.op {
    case .convolution(var geometry) where geometry.packed == nil:
      geometry.packed = packing(
        geometry, weights: graph[graph[id].inputs[1]].type.bound, output: node.type.bound, algorithms: algorithms)
      result.op = .convolution(geometry)
    case .linear(packed: false) where graph[id].type.bound[1] % Packing.filled == 0: result.op = .linear(packed: true)
    default: return builder.add(node)
    }
    guard let packing = result.op.weightPacking else { return builder.add(node) }
    result.inputs[1] = builder.add(
      packing, [node.inputs[1]], gate: node.gate, origins: node.origins)
    return builder.add(result)
  }
}

/// Where the register tiles of a convolution have its outputs; for any number of images, as `prepare` packs weights once
/// for all of them.
///
/// Positions in lanes leave lanes empty where those of an image fill no whole vectors, a stride takes them from strips that
/// are put together number by number, and they multiply padding. Outputs in lanes do without all three but are transposed
/// on their way out, which few terms do not pay for; what is multiplied by padding pays for it where outputs fill a
/// register tile. Large images fill lanes, and strips of theirs cost less than weights that come once for each.
///
/// - Parameter algorithms: Choices that come before the rule.
package func packing(
  _ geometry: Convolution, weights: [Int], output result: [Int], algorithms: ConvolutionAlgorithms = [:]
) -> Packing {
  if !algorithms.isEmpty {
    let problem = ConvolutionProblem(geometry, weights: weights, output: result)
    switch algorithms[problem] {
    case .rows: return .rows
    case .lanes where problem.permits(.lanes) && result.count <= 4: return .lanes
    case .lanes, .winograd2, .winograd4, nil: break
    }
  }
  var output = result
  // of an image in bands as of the image
  if geometry.bands > 1 { output[2] *= geometry.bands }
  let terms = weights.dropFirst().reduce(1, *)
  guard geometry.groups == 1, output.count <= 4, weights[0] % Packing.filled == 0, weights[0] >= 2 * Packing.filled,
    terms >= 128, output.dropFirst(2).reduce(1, *) <= 4096
  else { return .rows }
  let hasTaps = terms > weights[1]
  let isStrided = hasTaps && geometry.strides.contains { $0 > 1 }
  let isPadded = hasTaps && weights[0] % 64 == 0 && (geometry.padBegin + geometry.padEnd).contains { $0 > 0 }
  return isStrided || isPadded || leavesLanesEmpty(output) ? .lanes : .rows
}

/// Whether the positions of an image leave more than a twentieth of their vectors' lanes empty.
package func leavesLanesEmpty(_ output: [Int]) -> Bool {
  let positions = output.dropFirst(2).reduce(1, *)
  return 20 * ((Packing.filled - positions % Packing.filled) % Packing.filled) > positions
}
