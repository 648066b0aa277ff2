import ArtefactABI
import NNIR

extension SharedLayout {
  /// Lays out parameters, running statistics and optimizer state of a typed graph in order of appearance.
  ///
  /// Each tensor is plain row-major and starts at a multiple of `tensorAlignment`, each arena is one run of memory, so
  /// that a checkpoint, an all-reduce or a perturbation is one pass.
  package init(_ graph: Graph) {
    func place(
      _ name: String, _ initializer: Initializer, _ type: TensorType, slot: Slot? = nil, in bytes: inout Int
    ) -> PlacedTensor {
      defer { bytes += aligned(type.count * type.element.size) }
      return PlacedTensor(name: name, slot: slot, initializer: initializer, shape: type.bound, offset: bytes)
    }
    self.init()
    for parameter in graph.parameters {
      parameters.append(place(parameter.name, parameter.initializer, parameter.type, in: &parameterBytes))
    }
    for value in graph.states { state.append(place(value.name, value.initializer, value.type, in: &stateBytes)) }
    for slot in graph.recipe?.optimizer.slots ?? [] {
      for parameter in graph.parameters {
        optimizer.append(place(parameter.name, .constant(0), parameter.type, slot: slot, in: &optimizerBytes))
      }
    }
  }

  /// The places of all parameters, running statistics and slots by their operation.
  func locations() -> [SharedTensor: Location] {
    var result: [SharedTensor: Location] = [:]
    for tensor in parameters { result[SharedTensor(.parameters, tensor.name)] = Location(.parameters, tensor.offset) }
    for tensor in state { result[SharedTensor(.state, tensor.name)] = Location(.state, tensor.offset) }
    for tensor in optimizer {
      result[SharedTensor(.optimizer, tensor.name, tensor.slot)] = Location(.optimizer, tensor.offset)
    }
    return result
  }
}

/// What identifies a tensor of a shared arena.
struct SharedTensor: Hashable {
  var arena: Arena
  var name: String
  var slot: Slot?

  init(_ arena: Arena, _ name: String, _ slot: Slot? = nil) {
    self.arena = arena
    self.name = name
    self.slot = slot
  }

  /// The tensor that a source node stands for; nil for any other operation.
  init?(_ op: Op) {
    switch op {
    case .parameter(let name, _): self.init(.parameters, name)
    case .state(let name, _): self.init(.state, name)
    case .slot(let name, let kind): self.init(.optimizer, name, kind)
    default: return nil
    }
  }
}

/// Rounds up to the alignment of tensors.
func aligned(_ bytes: Int) -> Int { (bytes + tensorAlignment - 1) / tensorAlignment * tensorAlignment }
