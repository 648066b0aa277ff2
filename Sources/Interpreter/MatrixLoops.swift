import NNIR

/// x·wᵀ + b with x[N, in], w[out, in], b[out].
func linear<Element: ComputeElement>(
  _ x: Tensor<Element>, _ w: Tensor<Element>, bias: Tensor<Element>?
) -> [Element] {
  let result = matmul(x, transposed: false, w, transposed: true)
  guard let bias else { return result }
  return combine(Tensor([x.shape[0], w.shape[0]], result), channel: bias, axis: 1) { $0 + $1 }
}

/// op(a)·op(b), op transposing where asked.
func matmul<Element: ComputeElement>(
  _ a: Tensor<Element>, transposed transposeA: Bool, _ b: Tensor<Element>, transposed transposeB: Bool
) -> [Element] {
  let rows = a.shape[transposeA ? 1 : 0]
  let inner = a.shape[transposeA ? 0 : 1]
  let columns = b.shape[transposeB ? 0 : 1]
  // a[i, k] stands at i·aRow + k·aColumn, b[k, j] at k·bRow + j·bColumn
  let (aRow, aColumn) = transposeA ? (1, rows) : (inner, 1)
  let (bRow, bColumn) = transposeB ? (1, inner) : (columns, 1)
  var result = [Element](repeating: 0, count: rows * columns)
  result.withUnsafeMutableBufferPointer { c in
    a.elements.withUnsafeBufferPointer { a in
      b.elements.withUnsafeBufferPointer { b in
        for i in 0..<rows {
          for j in 0..<columns {
            var sum: Element = 0
            for k in 0..<inner { sum += a[i * aRow + k * aColumn] * b[k * bRow + j * bColumn] }
            c[i * columns + j] = sum
          }
        }
      }
    }
  }
  return result
}

/// Sum over all axes but one.
func sumToChannel<Element: ComputeElement>(_ x: Tensor<Element>, axis: Int) -> [Element] {
  let (outer, extent, inner) = x.split(at: axis)
  return (0..<extent).map { channel in
    var sum: Element = 0
    for o in 0..<outer {
      for i in 0..<inner { sum += x.elements[(o * extent + channel) * inner + i] }
    }
    return sum
  }
}
