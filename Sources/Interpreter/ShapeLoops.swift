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
