import NNIR

/// The numbers that the three loops of a convolution share.
///
/// Image n, group g, output channel o and input channel c of the group, window p, tap t:
/// y[n, g·O + o, p] = Σ_c Σ_t x[n, g·C + c, position(p, t)] · w[g·O + o, c, t].
private struct ConvolutionExtents {
  let images: Int
  let groups: Int
  /// Output channels of a group.
  let outputs: Int
  /// Input channels of a group.
  let inputs: Int
  /// Spatial positions of the input.
  let area: Int
  let windows: Windows

  init(_ geometry: Convolution, input: [Int], output: [Int], weights: [Int]) {
    images = input[0]
    groups = geometry.groups
    outputs = weights[0] / groups
    inputs = weights[1]
    area = input.dropFirst(2).reduce(1, *)
    windows = Windows(
      input: Array(input.dropFirst(2)), output: Array(output.dropFirst(2)), kernel: Array(weights.dropFirst(2)),
      strides: geometry.strides, padBegin: geometry.padBegin, dilations: geometry.dilations)
  }

  /// Calls the body with the offsets of the planes and the filter of every (image, output channel, input channel):
  /// x of its input plane, y of its output plane, w of the filter.
  @inline(__always)
  func forEachPlane(_ body: (_ x: Int, _ y: Int, _ w: Int) -> Void) {
    for image in 0..<images {
      for group in 0..<groups {
        for output in 0..<outputs {
          let channel = group * outputs + output
          for input in 0..<inputs {
            body(
              ((image * groups + group) * inputs + input) * area,
              (image * groups * outputs + channel) * windows.count,
              (channel * inputs + input) * windows.taps)
          }
        }
      }
    }
  }
}

/// Cross-correlation with zero padding, plus a bias for each output channel; of bands as of the images that they make up.
func convolution<Element: ComputeElement>(
  _ x: Tensor<Element>, _ w: Tensor<Element>, bias: Tensor<Element>?, _ geometry: Convolution, shape: [Int]
) -> [Element] {
  if geometry.bands > 1 {
    var whole = geometry
    whole.bands = 1
    let joined = [shape[0] / geometry.bands, shape[1], shape[2] * geometry.bands, shape[3]]
    let result = convolution(joinBands(x, geometry.bands), w, bias: bias, whole, shape: joined)
    return splitBands(Tensor(joined, result), geometry.bands).elements
  }
  let extents = ConvolutionExtents(geometry, input: x.shape, output: shape, weights: w.shape)
  let (count, taps) = (extents.windows.count, extents.windows.taps)
  var result = [Element](repeating: 0, count: shape.reduce(1, *))
  result.withUnsafeMutableBufferPointer { y in
    x.elements.withUnsafeBufferPointer { x in
      w.elements.withUnsafeBufferPointer { w in
        extents.windows.positions.withUnsafeBufferPointer { positions in
          extents.forEachPlane { xPlane, yPlane, filter in
            for window in 0..<count {
              var sum = y[yPlane + window]
              for tap in 0..<taps {
                let position = positions[window * taps + tap]
                if position >= 0 { sum += x[xPlane + position] * w[filter + tap] }
              }
              y[yPlane + window] = sum
            }
          }
        }
      }
    }
  }
  guard let bias else { return result }
  return combine(Tensor(shape, result), channel: bias, axis: 1) { $0 + $1 }
}

/// dx[n, c, position(p, t)] = Σ dy[n, o, p] · w[o, c, t] over all outputs that read the position.
func convolutionBackwardData<Element: ComputeElement>(
  _ dy: Tensor<Element>, _ w: Tensor<Element>, _ geometry: Convolution, shape: [Int]
) -> [Element] {
  let extents = ConvolutionExtents(geometry, input: shape, output: dy.shape, weights: w.shape)
  let (count, taps) = (extents.windows.count, extents.windows.taps)
  var result = [Element](repeating: 0, count: shape.reduce(1, *))
  result.withUnsafeMutableBufferPointer { dx in
    dy.elements.withUnsafeBufferPointer { dy in
      w.elements.withUnsafeBufferPointer { w in
        extents.windows.positions.withUnsafeBufferPointer { positions in
          extents.forEachPlane { xPlane, yPlane, filter in
            for window in 0..<count {
              let slope = dy[yPlane + window]
              for tap in 0..<taps {
                let position = positions[window * taps + tap]
                if position >= 0 { dx[xPlane + position] += slope * w[filter + tap] }
              }
            }
          }
        }
      }
    }
  }
  return result
}

/// dw[o, c, t] = Σ_n Σ_p dy[n, o, p] · x[n, c, position(p, t)]
func convolutionBackwardWeights<Element: ComputeElement>(
  _ dy: Tensor<Element>, _ x: Tensor<Element>, _ geometry: Convolution, shape: [Int]
) -> [Element] {
  let extents = ConvolutionExtents(geometry, input: x.shape, output: dy.shape, weights: shape)
  let (count, taps) = (extents.windows.count, extents.windows.taps)
  var result = [Element](repeating: 0, count: shape.reduce(1, *))
  result.withUnsafeMutableBufferPointer { dw in
    dy.elements.withUnsafeBufferPointer { dy in
      x.elements.withUnsafeBufferPointer { x in
        extents.windows.positions.withUnsafeBufferPointer { positions in
          extents.forEachPlane { xPlane, yPlane, filter in
            for tap in 0..<taps {
              var sum = dw[filter + tap]
              for window in 0..<count {
                let position = positions[window * taps + tap]
                if position >= 0 { sum += dy[yPlane + window] * x[xPlane + position] }
              }
              dw[filter + tap] = sum
            }
          }
        }
      }
    }
  }
  return result
}
