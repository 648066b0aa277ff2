import NNIR

/// (0 > x) ? 0 : x, so that NaN passes through.
func relu<Element: ComputeElement>(_ x: Tensor<Element>) -> [Element] {
  x.elements.map { 0 > $0 ? 0 : $0 }
}

/// 1/(1 + e^−x)
func sigmoid<Element: ComputeElement>(_ x: Tensor<Element>) -> [Element] {
  x.elements.map { 1 / (1 + Element.exp(-$0)) }
}

func hyperbolicTangent<Element: ComputeElement>(_ x: Tensor<Element>) -> [Element] {
  x.elements.map { Element.tanh($0) }
}

func scale<Element: ComputeElement>(_ x: Tensor<Element>, by factor: Double) -> [Element] {
  let factor = Element(factor)
  return x.elements.map { factor * $0 }
}

/// 1/√(x + ε)
func reciprocalSquareRoot<Element: ComputeElement>(_ x: Tensor<Element>, epsilon: Double) -> [Element] {
  let epsilon = Element(epsilon)
  return x.elements.map { 1 / ($0 + epsilon).squareRoot() }
}

/// f(a, b) for two tensors of one shape.
func combine<Element: ComputeElement>(
  _ a: Tensor<Element>, _ b: Tensor<Element>, _ f: (Element, Element) -> Element
) -> [Element] {
  a.elements.indices.map { f(a.elements[$0], b.elements[$0]) }
}

/// f(x, v[c]) with c the index along the axis.
func combine<Element: ComputeElement>(
  _ x: Tensor<Element>, channel v: Tensor<Element>, axis: Int, _ f: (Element, Element) -> Element
) -> [Element] {
  let (_, extent, inner) = x.split(at: axis)
  return x.elements.indices.map { f(x.elements[$0], v.elements[$0 / inner % extent]) }
}

/// max(min(x, upper[c]), lower[c]) with c the index along the axis; NaN passes through.
func clamp<Element: ComputeElement>(
  _ x: Tensor<Element>, _ lower: Tensor<Element>, _ upper: Tensor<Element>, axis: Int
) -> [Element] {
  let (_, extent, inner) = x.split(at: axis)
  return x.elements.indices.map { index in
    let channel = index / inner % extent
    let value = x.elements[index] > upper.elements[channel] ? upper.elements[channel] : x.elements[index]
    return lower.elements[channel] > value ? lower.elements[channel] : value
  }
}

/// One number of relu(slope·x + intercept) = factor · clamp(x, lower, upper) + shift; see `ClampRow`.
func clampForm<Element: ComputeElement>(_ row: ClampRow, slope a: Element, intercept b: Element) -> Element {
  let root = -b / a
  let isConstant = a == 0 || (0 > b && !(root.magnitude <= Element(ClampRow.reach)))
  switch row {
  case .lower: return isConstant ? 0 : a > 0 ? root : -.infinity
  case .upper: return isConstant ? 0 : a > 0 ? .infinity : root
  case .factor: return isConstant ? 0 : a
  case .shift: return isConstant && 0 > b ? 0 : b
  }
}

/// x > 0 ? dy : 0
func reluGradient<Element: ComputeElement>(_ dy: Tensor<Element>, x: Tensor<Element>) -> [Element] {
  combine(dy, x) { $1 > 0 ? $0 : 0 }
}

/// dy · y · (1 − y)
func sigmoidGradient<Element: ComputeElement>(_ dy: Tensor<Element>, y: Tensor<Element>) -> [Element] {
  combine(dy, y) { $0 * $1 * (1 - $1) }
}

/// dy · (1 − y²)
func tanhGradient<Element: ComputeElement>(_ dy: Tensor<Element>, y: Tensor<Element>) -> [Element] {
  combine(dy, y) { $0 * (1 - $1 * $1) }
}

/// x/(1 − p) where the element's random number is at least p, else 0.
///
/// Threshold and factor are those of single precision whatever is computed in: the emitted C has no others.
func dropout<Element: ComputeElement>(
  _ x: Tensor<Element>, _ probability: Double, _ random: Philox
) -> [Element] {
  let threshold = Float(probability)
  let factor = Element(1 / (1 - threshold))
  return x.elements.indices.map { random.uniform(UInt64($0)) >= threshold ? x.elements[$0] * factor : 0 }
}
