import Interchange
import Interpreter
import NNIR
import Passes

/// Weights and a batch to verify a model with; all values are single-precision numbers.
package struct Sample: Sendable {
  package var batch: Int
  package var feeds: Feeds

  /// Random weights and a random batch, a pure function of the seed.
  ///
  /// Weights come from the model's initializers. Vectors (biases, batch-norm scales and shifts) and running statistics
  /// are drawn anew with negative and zero scales among them, because the initial ones and zeros hide mistakes.
  package init(for typed: Graph, batch: Int, seed: UInt64) {
    self.batch = batch
    var feeds = Feeds(initializing: typed, seed: seed)
    feeds.learningRate = 0.0625
    for (_, name, _, type) in typed.parameters where type.rank == 1 {
      let random = Philox(seed: seed, stream: "verify \(name)")
      feeds.parameters[name] = (0..<type.count).map { index in
        let draw = random.uniform(UInt64(2 * index))
        let value = Double(random.uniform(UInt64(2 * index + 1)))
        let isScale = name.hasSuffix(".weight")
        let plain = isScale ? 0.5 + value : 0.4 * value - 0.2
        return Double(Float(isScale && draw < 0.02 ? 0 : isScale && draw < 0.12 ? -plain : plain))
      }
    }
    for (_, name, _, type) in typed.states {
      let random = Philox(seed: seed, stream: "verify \(name)")
      let isVariance = name.hasSuffix("var")
      feeds.states[name] = (0..<type.count).map { index in
        let value = Double(random.uniform(UInt64(index)))
        return Double(Float(isVariance ? 0.5 + value : 0.4 * value - 0.2))
      }
    }
    // not the first step, so that momentum and bias corrections take part
    feeds.step = 3
    for slot in typed.recipe?.optimizer.slots ?? [] {
      for (_, name, _, type) in typed.parameters {
        let random = Philox(seed: seed, stream: "verify \(slot.rawValue) \(name)")
        feeds.slots[SlotKey(name, slot)] = (0..<type.count).map { index in
          let value = Float(random.normal(UInt64(index)) / 64)
          return Double(slot == .secondMoment ? value * value : value)
        }
      }
    }
    if let input = typed.first(.input) {
      let count = typed[input].type.binding(batch: batch).count
      let random = Philox(seed: seed, stream: "verify input")
      feeds.input = (0..<count).map { Double(Float(random.normal(UInt64($0)))) }
    }
    if let output = typed.outputType?.binding(batch: batch), let last = output.bound.last {
      let random = Philox(seed: seed, stream: "verify target")
      switch typed.recipe?.loss {
      case .softmaxCrossEntropy: feeds.labels = (0..<batch).map { Int64(random.below(last, index: UInt64($0))) }
      case .meanSquaredError:
        feeds.target = (0..<output.count).map { Double(Float(random.normal(UInt64($0)))) }
      case nil: break
      }
    }
    self.feeds = feeds
  }

  package init(batch: Int, feeds: Feeds) {
    self.batch = batch
    self.feeds = feeds
  }

  /// The sample with all gates open and then in both states of every gate, each with a name for the states.
  func inGateStates(_ count: Int) -> [(sample: Sample, name: String)] {
    guard count > 0 else { return [(self, "")] }
    func with(_ name: String, _ isOpen: (Int) -> Bool) -> (Sample, String) {
      var copy = self
      copy.feeds.gates = (0..<count).map(isOpen)
      return (copy, name)
    }
    return [
      with(", all gates open") { _ in true }, with(", every other gate closed") { $0 % 2 == 0 },
      with(", the other gates closed") { $0 % 2 == 1 },
    ]
  }

  /// The same sample with every input element moved by one unit in the last place, up or down at random, or left.
  func jittered(_ variant: UInt64) -> Sample {
    var copy = self
    let random = Philox(seed: variant, stream: "jitter")
    copy.feeds.input = feeds.input?.enumerated().map { index, value in
      let number = Float(value)
      switch random.bits(UInt64(index)) % 3 {
      case 0: return value
      case 1: return Double(number.nextUp)
      default: return Double(number.nextDown)
      }
    }
    return copy
  }
}

extension Graph {
  /// Type of the first output.
  var outputType: TensorType? {
    for case .output(_, let value) in results { return self[value].type }
    return nil
  }
}
