import Foundation
import Interpreter
import NNIR

/// What a training step has to deliver, from the network as it was written: no pass has touched it.
///
/// The interpreter computes the network itself; loss, running statistics and optimizer are written out here, and the
/// gradient is checked by difference quotients. So a mistake in a pass that every pipeline needs is seen, too.
struct PlainStep {
  let typed: Graph
  let recipe: Recipe
  let feeds: Feeds
  /// The network's values in training mode.
  let values: Interpretation<Double>

  init?(_ typed: Graph, _ feeds: Feeds) throws {
    guard let recipe = typed.recipe else { return nil }
    self.typed = typed
    self.recipe = recipe
    self.feeds = feeds
    values = try interpretDouble(typed, feeds, mode: .training)
  }

  /// Outputs, loss and new running statistics under the names of `Deliveries`.
  var deliveries: Deliveries {
    var result = Deliveries()
    result.values.append(("output loss", [loss(of: values)]))
    for case .output(let name, let value) in typed.results {
      result.values.append(("output \(name)", values[value]?.elements ?? []))
    }
    for id in typed.ids {
      guard case .batchNorm(_, let momentum) = typed[id].op else { continue }
      result.values += statistics(typed[id], momentum.value)
    }
    return result
  }

  /// Of an interpretation of the network in training mode.
  func loss(of values: Interpretation<Double>) -> Double {
    guard let id = typed.modelOutput, let y = values[id] else { return .nan }
    switch recipe.loss {
    case .meanSquaredError:
      let target = feeds.target ?? []
      return zip(y.elements, target).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(y.elements.count)
    case .softmaxCrossEntropy:
      let classes = y.shape[1]
      let labels = feeds.labels ?? []
      var sum = 0.0
      for (row, label) in labels.enumerated() {
        let logits = y.elements[(row * classes)..<((row + 1) * classes)]
        let top = logits.max() ?? 0
        sum += log(logits.reduce(0) { $0 + exp($1 - top) }) + top - y.elements[row * classes + Int(label)]
      }
      return sum / Double(labels.count)
    }
  }

  /// (1 − ρ)·running + ρ·batch, with the mean and the unbiased variance of each channel.
  private func statistics(_ node: Node, _ momentum: Double) -> [(name: String, elements: [Double])] {
    guard case .state(let meanName, _) = typed[node.inputs[3]].op,
      case .state(let varianceName, _) = typed[node.inputs[4]].op,
      var mean = feeds.states[meanName], var variance = feeds.states[varianceName]
    else { return [] }
    // a closed block sees no batch
    if let gate = node.gate, feeds.gates?[gate.index] == false {
      return [("state \(meanName)", mean), ("state \(varianceName)", variance)]
    }
    guard let x = values[node.inputs[0]] else { return [] }
    let (images, channels) = (x.shape[0], x.shape[1])
    let inner = x.shape.dropFirst(2).reduce(1, *)
    let count = Double(images * inner)
    for channel in 0..<channels {
      var elements: [Double] = []
      for image in 0..<images {
        let start = (image * channels + channel) * inner
        elements += x.elements[start..<(start + inner)]
      }
      let mu: Double = elements.reduce(0, +) / count
      let squares: Double = elements.reduce(0) { (sum: Double, value: Double) in sum + (value - mu) * (value - mu) }
      let unbiased = squares / (count - 1)
      mean[channel] = (1 - momentum) * mean[channel] + momentum * mu
      variance[channel] = (1 - momentum) * variance[channel] + momentum * unbiased
    }
    return [("state \(meanName)", mean), ("state \(varianceName)", variance)]
  }

  /// New parameters and slots after the recipe's optimizer has seen these gradients.
  func updates(_ gradients: [String: [Double]]) -> Deliveries {
    var result = Deliveries()
    let rate = feeds.learningRate
    let t = Double(feeds.step) + 1
    for (_, name, _, _) in typed.parameters {
      guard let w = feeds.parameters[name], let gradient = gradients[name] else { continue }
      func slot(_ kind: Slot) -> [Double] { feeds.slots[SlotKey(name, kind)] ?? [] }
      switch recipe.optimizer {
      case .sgd(let momentum, let dampening, let nesterov, let decay):
        let g = zip(gradient, w).map { $0 + decay * $1 }
        guard momentum != 0 else {
          result.values.append(("parameter \(name)", zip(w, g).map { $0 - rate * $1 }))
          continue
        }
        let v = feeds.step == 0 ? g : zip(slot(.momentum), g).map { momentum * $0 + (1 - dampening) * $1 }
        let step = nesterov ? zip(g, v).map { $0 + momentum * $1 } : v
        result.values.append(("parameter \(name)", zip(w, step).map { $0 - rate * $1 }))
        result.values.append(("slot \(name) \(Slot.momentum.rawValue)", v))
      case .adam(let beta1, let beta2, let epsilon, let decay), .adamW(let beta1, let beta2, let epsilon, let decay):
        let isDecoupled = if case .adamW = recipe.optimizer { true } else { false }
        let g = isDecoupled ? gradient : zip(gradient, w).map { $0 + decay * $1 }
        let m = zip(slot(.firstMoment), g).map { beta1 * $0 + (1 - beta1) * $1 }
        let v = zip(slot(.secondMoment), g).map { beta2 * $0 + (1 - beta2) * $1 * $1 }
        let kept = isDecoupled ? 1 - rate * decay : 1
        let new = w.indices.map { index in
          let root = (v[index] / (1 - pow(beta2, t))).squareRoot() + epsilon
          return kept * w[index] - rate * (m[index] / (1 - pow(beta1, t))) / root
        }
        result.values.append(("parameter \(name)", new))
        result.values.append(("slot \(name) \(Slot.firstMoment.rawValue)", m))
        result.values.append(("slot \(name) \(Slot.secondMoment.rawValue)", v))
      }
    }
    return result
  }

  /// The gradients' product with a random direction against the loss's difference quotient along it.
  ///
  /// Nil where quotients over two distances do not agree, which says nothing about the gradients.
  func compareDirection(_ gradients: [String: [Double]], seed: UInt64) throws -> Comparison? {
    var directions: [String: [Double]] = [:]
    var product = 0.0
    var squares = 0.0
    for (_, name, _, type) in typed.parameters {
      let random = Philox(seed: seed, stream: "direction \(name)")
      // a scale of 0 stays: it makes ties of whole windows, and moving it breaks them one way or the other
      let direction = (feeds.parameters[name] ?? []).enumerated().map { $1 == 0 ? 0 : random.normal(UInt64($0)) }
      directions[name] = direction
      guard let gradient = gradients[name], gradient.count == direction.count else {
        return Comparison("gradient \(name)", unchecked: "there is no gradient of \(type.count) elements")
      }
      product += zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
      squares += gradient.reduce(0) { $0 + $1 * $1 }
    }
    func quotient(_ h: Double) throws -> Double {
      func moved(_ distance: Double) throws -> Double {
        var moved = feeds
        for (_, name, _, _) in typed.parameters {
          moved.parameters[name] = zip(feeds.parameters[name] ?? [], directions[name] ?? []).map { $0 + distance * $1 }
        }
        return loss(of: try interpretDouble(typed, moved, mode: .training, retention: .results))
      }
      return (try moved(h) - moved(-h)) / (2 * h)
    }
    let coarse = try quotient(1e-6)
    let fine = try quotient(2.5e-7)
    let bound = 1e-5 * max(squares.squareRoot(), abs(coarse)) + 1e-8 * (1 + abs(loss(of: values)))
    guard abs(coarse - fine) <= bound else { return nil }
    return Comparison("gradient along a direction", expected: [coarse], found: [product], bound: 2 * bound)
  }
}
