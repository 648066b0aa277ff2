import NNIR

/// The tap's position that wins a window: the first of the largest in row-major order, or the first NaN.
///
/// Padding never wins. Nil for a window without an input position, which the type rules exclude.
private func winner<Element: ComputeElement>(
  _ x: Tensor<Element>, plane: Int, window: Int, _ windows: Windows
) -> Int? {
  var best: Int?
  for tap in 0..<windows.taps {
    let position = windows.positions[window * windows.taps + tap]
    guard position >= 0 else { continue }
    guard let current = best else {
      best = position
      continue
    }
    let (new, old) = (x.elements[plane + position], x.elements[plane + current])
    if new > old || (new.isNaN && !old.isNaN) { best = position }
  }
  return best
}

/// Maximum of each window.
func maxPool<Element: ComputeElement>(_ x: Tensor<Element>, _ pooling: Pooling, shape: [Int]) -> [Element] {
  let windows = Windows(pooling, input: x.spatial, output: Array(shape.dropFirst(2)))
  var y: [Element] = []
  for plane in 0..<x.images * x.channels {
    for window in 0..<windows.count {
      let position = winner(x, plane: plane * x.positions, window: window, windows)
      y.append(position.map { x.elements[plane * x.positions + $0] } ?? -.infinity)
    }
  }
  return y
}

/// dy sent to the position that won.
func maxPoolGradient<Element: ComputeElement>(
  _ dy: Tensor<Element>, x: Tensor<Element>, _ pooling: Pooling
) -> [Element] {
  let windows = Windows(pooling, input: x.spatial, output: dy.spatial)
  var dx = [Element](repeating: 0, count: x.count)
  for plane in 0..<x.images * x.channels {
    for window in 0..<windows.count {
      guard let position = winner(x, plane: plane * x.positions, window: window, windows) else { continue }
      dx[plane * x.positions + position] += dy.elements[plane * windows.count + window]
    }
  }
  return dx
}

/// What the sum of each window is divided by.
///
/// The window clipped to the input; where padding counts, clipped to the padded input, as in PyTorch: the part of a
/// ceil-mode window that hangs over the end padding never counts.
private func divisors(_ pooling: Pooling, input: [Int], output: [Int]) -> [Int] {
  (0..<output.reduce(1, *)).map { window in
    let index = coordinates(of: window, in: output)
    var count = 1
    for axis in input.indices {
      let start = index[axis] * pooling.strides[axis] - pooling.padBegin[axis]
      let end = start + pooling.kernel[axis]
      count *=
        pooling.countIncludePad
        ? min(end, input[axis] + pooling.padEnd[axis]) - start
        : min(end, input[axis]) - max(start, 0)
    }
    return count
  }
}

/// Mean of each window.
func averagePool<Element: ComputeElement>(_ x: Tensor<Element>, _ pooling: Pooling, shape: [Int]) -> [Element] {
  let output = Array(shape.dropFirst(2))
  let windows = Windows(pooling, input: x.spatial, output: output)
  let divisors = divisors(pooling, input: x.spatial, output: output)
  var y: [Element] = []
  for plane in 0..<x.images * x.channels {
    for window in 0..<windows.count {
      var sum: Element = 0
      for tap in 0..<windows.taps {
        let position = windows.positions[window * windows.taps + tap]
        if position >= 0 { sum += x.elements[plane * x.positions + position] }
      }
      y.append(sum / Element(divisors[window]))
    }
  }
  return y
}

/// dy over the window's divisor, added to every position that the window reads; `shape` is the input's.
func averagePoolGradient<Element: ComputeElement>(
  _ dy: Tensor<Element>, _ pooling: Pooling, shape: [Int]
) -> [Element] {
  let input = Array(shape.dropFirst(2))
  let area = input.reduce(1, *)
  let windows = Windows(pooling, input: input, output: dy.spatial)
  let divisors = divisors(pooling, input: input, output: dy.spatial)
  var dx = [Element](repeating: 0, count: shape.reduce(1, *))
  for plane in 0..<dy.images * dy.channels {
    for window in 0..<windows.count {
      let share = dy.elements[plane * windows.count + window] / Element(divisors[window])
      for tap in 0..<windows.taps {
        let position = windows.positions[window * windows.taps + tap]
        if position >= 0 { dx[plane * area + position] += share }
      }
    }
  }
  return dx
}

/// Mean over all positions.
func globalAveragePool<Element: ComputeElement>(_ x: Tensor<Element>) -> [Element] {
  (0..<x.images * x.channels).map { plane in
    var sum: Element = 0
    for position in 0..<x.positions { sum += x.elements[plane * x.positions + position] }
    return sum / Element(x.positions)
  }
}

/// dy over the number of positions, at every position; `shape` is the input's.
func globalAveragePoolGradient<Element: ComputeElement>(_ dy: Tensor<Element>, shape: [Int]) -> [Element] {
  let area = shape.dropFirst(2).reduce(1, *)
  return (0..<dy.count * area).map { dy.elements[$0 / area] / Element(area) }
}
