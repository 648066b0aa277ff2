import ArtefactABI
import NNIR
import Passes

/// Bytes between two values of a naive plan that nobody may touch.
let redZone = 64

extension Plan {
  /// A plan in which every value keeps a place of its own in the workspace, with a red zone after it.
  ///
  /// `inPlace` lets results take over operands where the traits allow it, as the real planner does.
  static func naive(_ graph: Graph, inPlace: Bool = false) -> Plan {
    var sizes: [Arena: Int] = [:]
    var locations: [Location?] = []
    for id in graph.ids {
      let node = graph[id]
      let bytes = node.type.count * node.type.element.size
      func place(_ arena: Arena) -> Location {
        let offset = sizes[arena, default: 0]
        sizes[arena] = (offset + bytes + redZone + 63) / 64 * 64
        return Location(arena, offset)
      }
      switch node.op {
      case .input: locations.append(Location(.input, 0))
      case .labels: locations.append(Location(.labels, 0))
      case .target: locations.append(Location(.target, 0))
      case .parameter: locations.append(place(.parameters))
      case .state: locations.append(place(.state))
      case .slot: locations.append(place(.optimizer))
      case .prepared: locations.append(place(.prepared))
      case .learningRate, .stepNumber: locations.append(nil)
      case .fill where node.type.rank == 0: locations.append(nil)
      default:
        if inPlace, let operand = node.op.traits.inPlace, let taken = locations[node.inputs[operand].index] {
          locations.append(taken)
        } else {
          locations.append(place(.workspace))
        }
      }
    }
    return Plan(
      graph: graph, locations: locations, copies: [], workspaceBytes: sizes[.workspace, default: 0], naiveBytes: 0,
      outputBytes: 0, outputs: [], preparedBytes: 0)
  }

  /// Bytes of an arena that the plan's values take, without red zones; 0 where none lies there.
  func bytes(of arena: Arena) -> Int {
    graph.ids.reduce(0) { end, id in
      guard let place = locations[id.index], place.arena == arena else { return end }
      return max(end, place.offset + graph[id].type.count * graph[id].type.element.size)
    }
  }
}

extension Manifest {
  /// A manifest that says no more than a hand-made artefact needs.
  static func minimal(_ name: String, scratch: Int) -> Manifest {
    Manifest(
      name: name, signature: "signature?\"\\ é", build: "build", target: "native", features: [], inputShape: [],
      outputShape: [], loss: nil, parameters: [], state: [], optimizer: [], parameterBytes: 0, stateBytes: 0,
      optimizerBytes: 0, preparedBytes: 0, constantBytes: 0, scratchBytes: scratch, gates: [], entries: [])
  }
}
