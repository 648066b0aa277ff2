import NNIR

/// How many images of a batch inference takes through the whole network before it turns to the next ones.
///
/// What one layer leaves is still in a core's caches when the next one reads it if few images lie between, and threads
/// with images of their own need not wait for each other after every layer. Against that stand the weights, which are
/// read once for each micro-batch, and loops that share them between images. The size depends on the network and the
/// batch alone, not on threads, so that results do not either.
package enum Microbatch {
  /// Floating-point operations for each byte of weights from which on their stream is hidden behind products: about what
  /// a core computes while a cache that it shares with others delivers a byte, times four. Convolutions get there with an
  /// image or two, linear layers with hundreds.
  static let operationsPerByte = 128.0

  /// The same for weights that stay in a cache: every thread reads them from there, at less than ten gigabytes a second.
  static let operationsPerCachedByte = 12.0

  /// The number of micro-batches down to which images are added for the sake of weights that stay in a cache, though fewer
  /// would do: the first of them hide most of that stream, and threads should have several to share. ResNet-110, 73
  /// operations a byte, in turn, batch 16, 1 thread, Intel Xeon: micro-batches of 2 images 1.04×, of 4 and 8 1.06×; on 2
  /// threads 1.02× and 1.03×.
  static let manyMicrobatches = 8

  /// Bytes of weights that stay in the last-level cache of a server while images pass by.
  static let cachedBytes = 8.0 * 1024 * 1024

  /// Floating-point operations of a micro-batch at least: tens of microseconds of a core, beside which calls of kernels
  /// are nothing.
  static let operations = 4e6

  /// The size for a batch: a divisor of it, or the batch itself where its images are better kept together.
  ///
  /// - Parameters:
  ///   - graph: Inference of the whole batch.
  ///   - limit: The largest divisor up to this many images, rather than what pays by the measure above.
  package static func size(_ graph: Graph, batch: Int, limit: Int? = nil) -> Int {
    guard batch > 1, graph.results.count == 1, areImagesApart(graph) else { return batch }
    let divisors = (1...batch).filter { batch % $0 == 0 }
    if let limit { return divisors.last { $0 <= limit } ?? 1 }
    let operations = 2 * Double(graph.multiplyAdds) / Double(batch)
    let weights = 4 * Double(graph.parameterCount)
    func smallest(_ operationsPerByte: Double) -> Int {
      let enough = max(Self.operations, operationsPerByte * weights)
      return divisors.first { operations * Double($0) >= enough } ?? batch
    }
    guard weights <= cachedBytes else { return smallest(operationsPerByte) }
    let most = divisors.last { $0 * manyMicrobatches <= batch } ?? 1
    return max(smallest(operationsPerCachedByte), min(smallest(operationsPerByte), most))
  }

  /// Whether no image's output depends on another image.
  ///
  /// Values have the batch as their first extent or do not depend on it; an operation that is not known to compute image
  /// by image keeps them together.
  package static func areImagesApart(_ graph: Graph) -> Bool {
    var hasBatch: [Bool] = []
    hasBatch.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      guard let result = batchOfResult(node, graph, hasBatch) else { return false }
      hasBatch.append(result)
    }
    return graph.results.allSatisfy { hasBatch[$0.value.index] }
  }

  /// Whether the result has the batch as its first extent; nil where it may mix images.
  private static func batchOfResult(_ node: Node, _ graph: Graph, _ hasBatch: [Bool]) -> Bool? {
    let batched = node.inputs.map { hasBatch[$0.index] }
    let onlyFirst = batched.first == true && !batched.dropFirst().contains(true)
    switch node.op {
    case .input: return true
    // each image has its label or target, but no output of inference needs them
    case .labels, .target: return nil
    case _ where !batched.contains(true): return false
    case .relu, .sigmoid, .tanh, .scale, .reciprocalSquareRoot, .add, .subtract, .multiply:
      // a constant looks the same to every image, a parameter with the extent of the batch does not
      return zip(node.inputs, batched).allSatisfy { id, batched in batched || graph[id].op.isFill } ? true : nil
    case .multiplyChannel(let axis), .addChannel(let axis), .clampChannel(let axis):
      return onlyFirst && axis > 0 ? true : nil
    // bands of an image read each other
    case .convolution(let geometry) where geometry.bands > 1: return nil
    case .winogradConvolution(_, _, let bands) where bands > 1: return nil
    case .convolution, .winogradConvolution, .linear, .matmul(transposeA: false, transposeB: _), .maxPool, .averagePool,
      .globalAveragePool, .softmax:
      return onlyFirst ? true : nil
    case .concat(let axis): return axis > 0 && !batched.contains(false) ? true : nil
    case .slice(let axis, _, _): return axis > 0 ? true : nil
    case .pad(let before, let after): return before[0] == 0 && after[0] == 0 ? true : nil
    case .reshape: return node.type.shape.first == graph[node.inputs[0]].type.shape.first ? true : nil
    default: return nil
    }
  }
}

extension Op {
  fileprivate var isFill: Bool {
    if case .fill = self { true } else { false }
  }
}
