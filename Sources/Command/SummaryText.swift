import Compiler
import Reports

extension Summary {
  /// The default report of `nncc inspect`.
  var text: String {
    let f = figures
    func extents(_ shape: [Int]) -> String { shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "×") }
    var lines = [
      "\(f.name): \(extents(f.input)) → \(extents(f.output))",
      "parameters      \(Format.count(f.parameters)) (\(Format.bytes(f.parameterBytes)))",
      "multiply-adds   \(Format.count(f.multiplyAdds)) an image"
        + (f.trainingMultiplyAdds.map { ", training \(Format.count($0))" } ?? ""),
      "operations      "
        + f.operations.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(6)
        .map { "\($0.value) \($0.key)" }.joined(separator: ", "),
      "inference       workspace \(Format.bytes(f.inferenceWorkspaceBytes)) at batch \(f.batch), without reuse "
        + "\(Format.bytes(f.inferenceNaiveBytes)); prepared \(Format.bytes(f.preparedBytes))",
    ]
    if let workspace = f.trainingWorkspaceBytes, let naive = f.trainingNaiveBytes {
      lines.append(
        "training        workspace \(Format.bytes(workspace)) at batch \(f.batch), without reuse \(Format.bytes(naive)); "
          + "optimizer \(Format.bytes(f.optimizerBytes))")
    }
    return lines.joined(separator: "\n")
  }
}
