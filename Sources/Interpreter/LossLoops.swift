import NNIR

/// The largest element of a row; NaN elements reach the result through the exponentials that follow.
private func maximum<Element: ComputeElement>(_ row: ArraySlice<Element>) -> Element {
  row.reduce(-.infinity) { $1 > $0 ? $1 : $0 }
}

/// One row of a matrix.
private func row<Element: ComputeElement>(_ index: Int, of matrix: Tensor<Element>) -> ArraySlice<Element> {
  matrix.elements[index * matrix.shape[1]..<(index + 1) * matrix.shape[1]]
}

/// e^(z−max) / Σ e^(z−max) over each row.
func softmax<Element: ComputeElement>(_ logits: Tensor<Element>) -> [Element] {
  (0..<logits.shape[0]).flatMap { image in
    let z = row(image, of: logits)
    let largest = maximum(z)
    let exponentials = z.map { Element.exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }
}

/// log Σ e^(z−max) + max − z[label], the mean over the batch.
func softmaxCrossEntropy<Element: ComputeElement>(_ logits: Tensor<Element>, _ labels: [Int]) -> Element {
  var total: Element = 0
  for image in 0..<logits.shape[0] {
    let z = row(image, of: logits)
    let largest = maximum(z)
    let sum = z.reduce(Element(0)) { $0 + Element.exp($1 - largest) }
    total += Element.log(sum) + largest - z[z.startIndex + labels[image]]
  }
  return total / Element(logits.shape[0])
}

/// (softmax − onehot)·dloss/N
func softmaxCrossEntropyGradient<Element: ComputeElement>(
  _ slope: Tensor<Element>, _ logits: Tensor<Element>, _ labels: [Int]
) -> [Element] {
  let (images, classes) = (logits.shape[0], logits.shape[1])
  var result = softmax(logits)
  for image in 0..<images { result[image * classes + labels[image]] -= 1 }
  return result.map { $0 * slope.elements[0] / Element(images) }
}

/// (y − target)², the mean over all elements.
func meanSquaredError<Element: ComputeElement>(_ y: Tensor<Element>, _ target: Tensor<Element>) -> Element {
  let squares = combine(y, target) { ($0 - $1) * ($0 - $1) }
  return squares.reduce(0, +) / Element(y.count)
}

/// 2(y − target)·dloss/count
func meanSquaredErrorGradient<Element: ComputeElement>(
  _ slope: Tensor<Element>, _ y: Tensor<Element>, _ target: Tensor<Element>
) -> [Element] {
  combine(y, target) { 2 * ($0 - $1) * slope.elements[0] / Element(y.count) }
}
