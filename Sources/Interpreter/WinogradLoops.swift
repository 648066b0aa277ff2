import NNIR

/// M X Mᵀ of a square matrix X in row-major order, axis by axis.
private func transformed<Element: ComputeElement>(_ x: [Element], by matrix: [[Element]]) -> [Element] {
  let extent = matrix[0].count
  /// M X, transposed.
  func once(_ x: [Element]) -> [Element] {
    let columns = x.count / extent
    var result: [Element] = []
    for column in 0..<columns {
      for row in matrix {
        var sum: Element = 0
        for k in 0..<extent where row[k] != 0 { sum += row[k] * x[k * columns + column] }
        result.append(sum)
      }
    }
    return result
  }
  // (M X)ᵀ is Xᵀ Mᵀ; transformed the same way it is M X Mᵀ
  return once(once(x))
}

/// A matrix in the precision of the graph.
private func elements<Element: ComputeElement>(_ matrix: [[Double]]) -> [[Element]] {
  matrix.map { $0.map { Element($0) } }
}

/// [products, out, in] of weights [out, in, 3, 3], or [products, in, out] of the filters back to front.
func winogradWeights<Element: ComputeElement>(_ w: Tensor<Element>, _ tile: Winograd, transposed: Bool) -> [Element] {
  let (outputs, inputs) = (w.shape[0], w.shape[1])
  let area = Winograd.taps * Winograd.taps
  let matrix: [[Element]] = elements(tile.filterTransform)
  var result = [Element](repeating: 0, count: tile.products * outputs * inputs)
  for output in 0..<outputs {
    for input in 0..<inputs {
      let first = (output * inputs + input) * area
      let filter = Array(w.elements[first..<(first + area)])
      let row = transposed ? input * outputs + output : output * inputs + input
      for (product, value) in transformed(transposed ? filter.reversed() : filter, by: matrix).enumerated() {
        result[product * outputs * inputs + row] = value
      }
    }
  }
  return result
}

/// The convolution of x with the filters whose transforms are u[products, out, in], in tiles of m×m outputs.
func winogradConvolution<Element: ComputeElement>(
  _ x: Tensor<Element>, _ u: Tensor<Element>, bias: Tensor<Element>?, padBegin: [Int], shape: [Int]
) -> [Element] {
  let (outputs, inputs) = (u.shape[1], u.shape[2])
  let (height, width) = (x.shape[2], x.shape[3])
  guard let tile = Winograd(products: u.shape[0]) else { preconditionFailure("the verifier has seen to transforms") }
  let (inputMatrix, outputMatrix): ([[Element]], [[Element]]) = (
    elements(tile.inputTransform), elements(tile.outputTransform)
  )
  var result = [Element](repeating: 0, count: shape.reduce(1, *))
  for image in 0..<shape[0] {
    for line in stride(from: 0, to: shape[2], by: tile.outputs) {
      for column in stride(from: 0, to: shape[3], by: tile.outputs) {
        let patches = (0..<inputs).map { input in
          transformed(
            (0..<tile.products).map { index in
              let h = line + index / tile.patch - padBegin[0]
              let w = column + index % tile.patch - padBegin[1]
              guard h >= 0, h < height, w >= 0, w < width else { return 0 }
              return x.elements[((image * inputs + input) * height + h) * width + w]
            }, by: inputMatrix)
        }
        for output in 0..<outputs {
          var products = [Element](repeating: 0, count: tile.products)
          for product in products.indices {
            let row = (product * outputs + output) * inputs
            for input in 0..<inputs { products[product] += u.elements[row + input] * patches[input][product] }
          }
          for (index, value) in transformed(products, by: outputMatrix).enumerated() {
            let (h, w) = (line + index / tile.outputs, column + index % tile.outputs)
            guard h < shape[2], w < shape[3] else { continue }
            result[((image * outputs + output) * shape[2] + h) * shape[3] + w] = value
          }
        }
      }
    }
  }
  guard let bias else { return result }
  return combine(Tensor(shape, result), channel: bias, axis: 1) { $0 + $1 }
}
