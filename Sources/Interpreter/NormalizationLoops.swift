import NNIR

/// The images of a group of the batch: ⌊gN/groups⌋ ..< ⌊(g+1)N/groups⌋.
private func images(of group: Int, groups: Int, batch: Int) -> Range<Int> {
  group * batch / groups..<(group + 1) * batch / groups
}

/// Calls the body for every element of an [N, C, spatial…] tensor with the group of its image and its channel.
private func forEachElement<Element: ComputeElement>(
  of x: Tensor<Element>, groups: Int, _ body: (_ element: Int, _ group: Int, _ channel: Int) -> Void
) {
  for group in 0..<groups {
    for image in images(of: group, groups: groups, batch: x.images) {
      for channel in 0..<x.channels {
        let plane = (image * x.channels + channel) * x.positions
        for position in 0..<x.positions { body(plane + position, group, channel) }
      }
    }
  }
}

/// Elements over which a group takes its statistics.
private func population<Element: ComputeElement>(_ x: Tensor<Element>, group: Int, groups: Int) -> Element {
  Element(images(of: group, groups: groups, batch: x.images).count * x.positions)
}

/// A tensor f32[groups, 2, C] taken apart: mean (or any row 0) and variance (or any row 1).
private struct Rows<Element: ComputeElement> {
  let groups: Int
  let channels: Int
  var elements: [Element]

  init(_ tensor: Tensor<Element>) {
    groups = tensor.shape[0]
    channels = tensor.shape[2]
    elements = tensor.elements
  }

  init(groups: Int, channels: Int) {
    self.groups = groups
    self.channels = channels
    elements = [Element](repeating: 0, count: groups * 2 * channels)
  }

  subscript(group: Int, row: Int, channel: Int) -> Element {
    get { elements[(group * 2 + row) * channels + channel] }
    set { elements[(group * 2 + row) * channels + channel] = newValue }
  }

  /// √(σ² + ε)
  func deviation(_ group: Int, _ channel: Int, _ epsilon: Double) -> Element {
    (self[group, 1, channel] + Element(epsilon)).squareRoot()
  }
}

/// Mean and biased variance of each channel of each group, in two passes.
func moments<Element: ComputeElement>(_ x: Tensor<Element>, groups: Int) -> [Element] {
  var rows = Rows<Element>(groups: groups, channels: x.channels)
  for row in 0...1 {
    forEachElement(of: x, groups: groups) { element, group, channel in
      let value = x.elements[element]
      let offset = value - rows[group, 0, channel]
      rows[group, row, channel] += row == 0 ? value : offset * offset
    }
    for group in 0..<groups {
      for channel in 0..<x.channels {
        rows[group, row, channel] /= population(x, group: group, groups: groups)
      }
    }
  }
  return rows.elements
}

/// γ(x−μ)/√(σ²+ε) + β
func normalize<Element: ComputeElement>(
  _ x: Tensor<Element>, _ moments: Tensor<Element>, _ gamma: Tensor<Element>, _ beta: Tensor<Element>, epsilon: Double
) -> [Element] {
  let moments = Rows(moments)
  var y = x.elements
  forEachElement(of: x, groups: moments.groups) { element, group, channel in
    let standardized =
      (x.elements[element] - moments[group, 0, channel]) / moments.deviation(group, channel, epsilon)
    y[element] = gamma.elements[channel] * standardized + beta.elements[channel]
  }
  return y
}

/// Σdy and Σdy·x̂ of each channel of each group, x̂ = (x−μ)/√(σ²+ε).
func normalizeReduce<Element: ComputeElement>(
  _ dy: Tensor<Element>, _ x: Tensor<Element>, _ moments: Tensor<Element>, epsilon: Double
) -> [Element] {
  let moments = Rows(moments)
  var sums = Rows<Element>(groups: moments.groups, channels: x.channels)
  forEachElement(of: x, groups: moments.groups) { element, group, channel in
    let standardized =
      (x.elements[element] - moments[group, 0, channel]) / moments.deviation(group, channel, epsilon)
    sums[group, 0, channel] += dy.elements[element]
    sums[group, 1, channel] += dy.elements[element] * standardized
  }
  return sums.elements
}

/// dμ = −γ r Σdy and dσ² = −½ γ r² Σdy·x̂ with r = 1/√(σ²+ε).
func normalizeMomentsGradient<Element: ComputeElement>(
  _ sums: Tensor<Element>, _ moments: Tensor<Element>, _ gamma: Tensor<Element>, epsilon: Double
) -> [Element] {
  let (sums, moments) = (Rows(sums), Rows(moments))
  var adjoint = Rows<Element>(groups: sums.groups, channels: sums.channels)
  for group in 0..<sums.groups {
    for channel in 0..<sums.channels {
      let r = 1 / moments.deviation(group, channel, epsilon)
      adjoint[group, 0, channel] = -gamma.elements[channel] * r * sums[group, 0, channel]
      adjoint[group, 1, channel] = -gamma.elements[channel] * r * r * sums[group, 1, channel] / 2
    }
  }
  return adjoint.elements
}

/// γ r dy with r = 1/√(σ²+ε).
func normalizeInputGradient<Element: ComputeElement>(
  _ dy: Tensor<Element>, _ moments: Tensor<Element>, _ gamma: Tensor<Element>, epsilon: Double
) -> [Element] {
  let moments = Rows(moments)
  var dx = dy.elements
  forEachElement(of: dy, groups: moments.groups) { element, group, channel in
    dx[element] = gamma.elements[channel] * dy.elements[element] / moments.deviation(group, channel, epsilon)
  }
  return dx
}

/// dμ/m + 2(x−μ)dσ²/m with m the elements of the group.
func momentsGradient<Element: ComputeElement>(
  _ adjoint: Tensor<Element>, _ x: Tensor<Element>, _ moments: Tensor<Element>
) -> [Element] {
  let (adjoint, moments) = (Rows(adjoint), Rows(moments))
  var dx = x.elements
  forEachElement(of: x, groups: moments.groups) { element, group, channel in
    let offset = x.elements[element] - moments[group, 0, channel]
    dx[element] =
      (adjoint[group, 0, channel] + 2 * offset * adjoint[group, 1, channel])
      / population(x, group: group, groups: moments.groups)
  }
  return dx
}

/// Row 0 or 1 summed over the groups.
func selectMoment<Element: ComputeElement>(_ moments: Tensor<Element>, row: Int) -> [Element] {
  let moments = Rows(moments)
  return (0..<moments.channels).map { channel in
    (0..<moments.groups).reduce(Element(0)) { $0 + moments[$1, row, channel] }
  }
}

/// (1−ρ)·running + ρ·(mean of μ over the groups)
func runningMean<Element: ComputeElement>(
  _ running: Tensor<Element>, _ moments: Tensor<Element>, momentum: Double
) -> [Element] {
  let (rho, groups) = (Element(momentum), Element(moments.shape[0]))
  let sums = selectMoment(moments, row: 0)
  return running.elements.indices.map { (1 - rho) * running.elements[$0] + rho * (sums[$0] / groups) }
}

/// (1−ρ)·running + ρ·(mean of σ² over the groups)·m/(m−1)
func runningVariance<Element: ComputeElement>(
  _ running: Tensor<Element>, _ moments: Tensor<Element>, momentum: Double, count: Int
) -> [Element] {
  let (rho, groups) = (Element(momentum), Element(moments.shape[0]))
  let correction = Element(count) / (Element(count) - 1)
  let sums = selectMoment(moments, row: 1)
  return running.elements.indices.map {
    (1 - rho) * running.elements[$0] + rho * (sums[$0] / groups * correction)
  }
}
