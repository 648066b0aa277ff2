import ArtefactABI
import NNIR

/// The states of a model's gates in each step of a run: drawn anew for each mini-batch, or the same for all.
package struct GateSchedule: Sendable, Equatable {
  /// What a gate does; `text` is how a checkpoint spells it.
  package enum Choice: Sendable, Equatable {
    case drawn(survival: Double)
    case fixed(Bool)

    package var text: String {
      switch self {
      case .drawn(let survival): "\(survival)"
      case .fixed(let isOpen): isOpen ? "open" : "closed"
      }
    }

    package init?(text: String) {
      switch text {
      case "open": self = .fixed(true)
      case "closed": self = .fixed(false)
      default:
        guard let survival = Double(text) else { return nil }
        self = .drawn(survival: survival)
      }
    }
  }

  package var choices: [Choice]

  /// Throws where another number of states is given than the model has gates.
  package init(_ manifest: Manifest, given: [Bool]?) throws {
    if let given, given.count != manifest.gates.count {
      let names = manifest.gates.prefix(3).map(\.name).joined(separator: ", ")
      let list = manifest.gates.isEmpty ? "" : " (\(names)\(manifest.gates.count > 3 ? ", …" : ""))"
      throw TrainingError(
        "model \(manifest.name): expected states of \(counted(manifest.gates.count, "gate"))\(list), found \(given.count)"
      )
    }
    choices = given.map { $0.map(Choice.fixed) } ?? manifest.gates.map { .drawn(survival: $0.survival) }
  }

  package init(choices: [Choice]) { self.choices = choices }

  /// The states that were given to the run; nil where they are drawn, or where there are none.
  package var given: [Bool]? {
    let states = choices.compactMap { choice in if case .fixed(let isOpen) = choice { isOpen } else { nil } }
    return states.count == choices.count && !states.isEmpty ? states : nil
  }

  /// The states in a step; nil for a model without gates. A pure function of seed and step, so that a resumed run draws
  /// what the whole one would.
  package func states(seed: UInt64, step: Int) -> [Bool]? {
    guard !choices.isEmpty else { return nil }
    let random = Philox(seed: seed, stream: "gates", step: UInt64(step))
    return choices.enumerated().map { index, choice in
      switch choice {
      case .drawn(let survival): Double(random.uniform(UInt64(index))) < survival
      case .fixed(let isOpen): isOpen
      }
    }
  }
}
