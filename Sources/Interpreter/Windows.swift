import NNIR

/// Which input position each tap of each window reads, over any number of spatial axes.
///
/// Convolution, its two gradients and both poolings are sums over the same (window, tap) pairs; this is the one place
/// that knows strides, padding and dilation. Complexity: O(windows · taps · axes) to build.
struct Windows {
  /// Number of windows: positions of the output.
  let count: Int
  /// Taps of one window, in row-major order.
  let taps: Int
  /// Flat position in the input of tap t of window o at `o * taps + t`; −1 where it falls into the padding.
  let positions: [Int]

  init(input: [Int], output: [Int], kernel: [Int], strides: [Int], padBegin: [Int], dilations: [Int]) {
    let tapIndices = (0..<kernel.reduce(1, *)).map { coordinates(of: $0, in: kernel) }
    count = output.reduce(1, *)
    taps = tapIndices.count
    var positions: [Int] = []
    positions.reserveCapacity(count * taps)
    for window in 0..<count {
      let index = coordinates(of: window, in: output)
      for tap in tapIndices {
        var position = 0
        for axis in input.indices {
          let coordinate = index[axis] * strides[axis] - padBegin[axis] + tap[axis] * dilations[axis]
          guard position >= 0, coordinate >= 0, coordinate < input[axis] else {
            position = -1
            break
          }
          position = position * input[axis] + coordinate
        }
        positions.append(position)
      }
    }
    self.positions = positions
  }

  init(_ pooling: Pooling, input: [Int], output: [Int]) {
    self.init(
      input: input, output: output, kernel: pooling.kernel, strides: pooling.strides, padBegin: pooling.padBegin,
      dilations: pooling.kernel.map { _ in 1 })
  }
}

/// Row-major coordinates of a flat index.
func coordinates(of flat: Int, in shape: [Int]) -> [Int] {
  var rest = flat
  var result = [Int](repeating: 0, count: shape.count)
  for axis in shape.indices.reversed() {
    result[axis] = rest % shape[axis]
    rest /= shape[axis]
  }
  return result
}
