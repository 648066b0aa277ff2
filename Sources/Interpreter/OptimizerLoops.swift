import NNIR

/// g + wd·w
private func decayed<Element: ComputeElement>(
  _ w: Tensor<Element>, _ g: Tensor<Element>, _ decay: Scalar
) -> [Element] {
  let decay = Element(decay.value)
  return combine(w, g) { $1 + decay * $0 }
}

/// The new momentum: g′ = g + wd·w at step 0, later μv + (1 − dampening)g′ (Torch's rule).
func sgdMomentum<Element: ComputeElement>(
  _ sgd: SGD, _ w: Tensor<Element>, _ g: Tensor<Element>, _ v: Tensor<Element>, step: Int64
) -> [Element] {
  let slope = decayed(w, g, sgd.weightDecay)
  guard step != 0 else { return slope }
  let (momentum, dampening) = (Element(sgd.momentum.value), Element(sgd.dampening.value))
  return slope.indices.map { momentum * v.elements[$0] + (1 - dampening) * slope[$0] }
}

/// w − lr·v′, with Nesterov w − lr·(g′ + μv′).
func sgdParameter<Element: ComputeElement>(
  _ sgd: SGD, _ w: Tensor<Element>, _ g: Tensor<Element>, momentum v: Tensor<Element>, rate: Element
) -> [Element] {
  guard sgd.nesterov else { return combine(w, v) { $0 - rate * $1 } }
  let slope = decayed(w, g, sgd.weightDecay)
  let momentum = Element(sgd.momentum.value)
  return slope.indices.map { w.elements[$0] - rate * (slope[$0] + momentum * v.elements[$0]) }
}

/// w − lr·(g + wd·w)
func sgdParameter<Element: ComputeElement>(
  _ sgd: SGD, _ w: Tensor<Element>, _ g: Tensor<Element>, rate: Element
) -> [Element] {
  combine(w, Tensor(w.shape, decayed(w, g, sgd.weightDecay))) { $0 - rate * $1 }
}

/// The gradient that the moments see: decoupled decay (AdamW) does not enter it.
private func adamGradient<Element: ComputeElement>(
  _ adam: Adam, _ w: Tensor<Element>, _ g: Tensor<Element>
) -> [Element] {
  adam.decoupled ? g.elements : decayed(w, g, adam.weightDecay)
}

/// β₁m + (1 − β₁)g′
func adamFirstMoment<Element: ComputeElement>(
  _ adam: Adam, _ w: Tensor<Element>, _ g: Tensor<Element>, _ m: Tensor<Element>
) -> [Element] {
  let (slope, beta) = (adamGradient(adam, w, g), Element(adam.beta1.value))
  return slope.indices.map { beta * m.elements[$0] + (1 - beta) * slope[$0] }
}

/// β₂v + (1 − β₂)g′²
func adamSecondMoment<Element: ComputeElement>(
  _ adam: Adam, _ w: Tensor<Element>, _ g: Tensor<Element>, _ v: Tensor<Element>
) -> [Element] {
  let (slope, beta) = (adamGradient(adam, w, g), Element(adam.beta2.value))
  return slope.indices.map { beta * v.elements[$0] + (1 - beta) * slope[$0] * slope[$0] }
}

/// w·(1 − lr·wd if decoupled) − lr · (m′/(1−β₁ᵗ)) / (√(v′/(1−β₂ᵗ)) + ε) with t = step + 1.
func adamParameter<Element: ComputeElement>(
  _ adam: Adam, _ w: Tensor<Element>, _ m: Tensor<Element>, _ v: Tensor<Element>, rate: Element, step: Int64
) -> [Element] {
  let t = Element(step) + 1
  let first = 1 - Element.pow(Element(adam.beta1.value), t)
  let second = 1 - Element.pow(Element(adam.beta2.value), t)
  let epsilon = Element(adam.epsilon.value)
  let kept = adam.decoupled ? 1 - rate * Element(adam.weightDecay.value) : 1
  return w.elements.indices.map { index in
    let direction = (m.elements[index] / first) / ((v.elements[index] / second).squareRoot() + epsilon)
    return w.elements[index] * kept - rate * direction
  }
}
