import ArtefactABI

/// Every offset, size and name of a manifest that memory will be addressed by; a damaged one must not reach pointers.
enum ManifestCheck {
  /// All that is wrong, or nothing.
  static func faults(in manifest: Manifest) -> [String] {
    var faults: [String] = []
    if !isIdentifier(manifest.name) { faults.append("'\(manifest.name)' is not a C identifier") }
    let arenas = [
      ("parameters", manifest.parameters, manifest.parameterBytes), ("state", manifest.state, manifest.stateBytes),
      ("optimizer", manifest.optimizer, manifest.optimizerBytes),
    ]
    for (arena, tensors, bytes) in arenas { check(tensors, in: arena, bytes: bytes, &faults) }
    let sizes = [
      ("prepared", manifest.preparedBytes), ("constants", manifest.constantBytes), ("scratch", manifest.scratchBytes),
      ("gates", manifest.gates.count),
    ]
    for (name, size) in sizes where !plausible.contains(size) { faults.append("size of \(name) is \(size)") }
    if elements(manifest.inputShape) == nil { faults.append("input shape is \(manifest.inputShape)") }
    if elements(manifest.outputShape) == nil { faults.append("output shape is \(manifest.outputShape)") }
    for entry in manifest.entries {
      if entry.batch < 1 || elements([entry.batch] + manifest.inputShape) == nil {
        faults.append("\(entry.symbol): batch is \(entry.batch)")
      }
      if !isIdentifier(entry.symbol) { faults.append("'\(entry.symbol)' is not a C identifier") }
      check(entry.outputs, in: "outputs of \(entry.symbol)", bytes: entry.outputBytes, &faults)
      check(entry.values, in: "workspace of \(entry.symbol)", bytes: entry.workspace, distinct: false, &faults)
    }
    return faults
  }

  /// Sizes whose sums and multiples stay far from overflow.
  private static let plausible = 0...(1 << 50)

  static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
    return name.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
    }
  }

  /// Product of the extents, or nil where one is negative or the product is absurd.
  static func elements(_ shape: [Int]) -> Int? {
    var product = 1
    for extent in shape {
      let (value, overflow) = product.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow, value <= 1 << 48 else { return nil }
      product = value
    }
    return product
  }

  private static func check(
    _ tensors: [Manifest.Tensor], in arena: String, bytes: Int, distinct: Bool = true, _ faults: inout [String]
  ) {
    guard plausible.contains(bytes) else {
      faults.append("size of \(arena) is \(bytes)")
      return
    }
    var seen: Set<String> = []
    for tensor in tensors {
      guard let count = elements(tensor.shape), plausible.contains(tensor.offset), tensor.offset % 4 == 0,
        tensor.offset + 4 * count <= bytes
      else {
        faults.append(
          "\(arena): '\(tensor.name)' with shape \(tensor.shape) at byte \(tensor.offset) does not fit into \(bytes) bytes"
        )
        continue
      }
      if distinct && !seen.insert("\(tensor.name) \(tensor.slot ?? "")").inserted {
        faults.append("\(arena): '\(tensor.name)' occurs twice")
      }
    }
  }
}
