import NNIR

/// The operands one after the other along the axis.
func concat<Element: ComputeElement>(_ operands: [Tensor<Element>], axis: Int) -> [Element] {
  var result: [Element] = []
  for outer in 0..<operands[0].split(at: axis).outer {
    for operand in operands {
      let (_, extent, inner) = operand.split(at: axis)
      let row = extent * inner
      result += operand.elements[outer * row..<(outer + 1) * row]
    }
  }
  return result
}

/// `count` indices from `start` along the axis.
func slice<Element: ComputeElement>(_ x: Tensor<Element>, axis: Int, start: Int, count: Int) -> [Element] {
  let (outer, extent, inner) = x.split(at: axis)
  var result: [Element] = []
  for o in 0..<outer {
    let first = (o * extent + start) * inner
    result += x.elements[first..<first + count * inner]
  }
  return result
}

/// x inside a larger tensor of zeros of the given shape.
func pad<Element: ComputeElement>(_ x: Tensor<Element>, before: [Int], shape: [Int]) -> [Element] {
  var result = [Element](repeating: 0, count: shape.reduce(1, *))
  for flat in x.elements.indices {
    let index = coordinates(of: flat, in: x.shape)
    var position = 0
    for axis in shape.indices { position = position * shape[axis] + index[axis] + before[axis] }
    result[position] = x.elements[flat]
  }
  return result
}

/// [N, C, H, W] → [N·bands, C, H/bands, W].
func splitBands<Element: ComputeElement>(_ x: Tensor<Element>, _ bands: Int) -> Tensor<Element> {
  exchange(
    x, [x.shape[0], x.shape[1], bands], shape: [x.shape[0] * bands, x.shape[1], x.shape[2] / bands, x.shape[3]])
}

/// [N·bands, C, H, W] → [N, C, H·bands, W].
func joinBands<Element: ComputeElement>(_ x: Tensor<Element>, _ bands: Int) -> Tensor<Element> {
  exchange(
    x, [x.shape[0] / bands, bands, x.shape[1]], shape: [x.shape[0] / bands, x.shape[1], x.shape[2] * bands, x.shape[3]])
}

/// Each band with lines of the bands next to it, zeros where the image ends.
func bandsWithNeighbours<Element: ComputeElement>(
  _ x: Tensor<Element>, _ bands: Int, before: Int, after: Int
) -> Tensor<Element> {
  let whole = joinBands(x, bands)
  let (channels, height, width, lines) = (x.shape[1], whole.shape[2], x.shape[3], x.shape[2])
  var result: [Element] = []
  for image in 0..<x.shape[0] {
    for channel in 0..<channels {
      let plane = (image / bands * channels + channel) * height
      let first = image % bands * lines
      for line in first - before..<first + lines + after {
        result +=
          (0..<height).contains(line)
          ? Array(whole.elements[(plane + line) * width..<(plane + line + 1) * width])
          : [Element](repeating: 0, count: width)
      }
    }
  }
  return Tensor([x.shape[0], channels, lines + before + after, width], result)
}

/// Runs in the order [a, b, c] brought into the order [a, c, b].
private func exchange<Element: ComputeElement>(_ x: Tensor<Element>, _ extents: [Int], shape: [Int]) -> Tensor<Element>
{
  let run = x.elements.count / max(1, extents.reduce(1, *))
  var result: [Element] = []
  result.reserveCapacity(x.elements.count)
  for a in 0..<extents[0] {
    for c in 0..<extents[2] {
      for b in 0..<extents[1] {
        let first = ((a * extents[1] + b) * extents[2] + c) * run
        result += x.elements[first..<first + run]
      }
    }
  }
  return Tensor(shape, result)
}
