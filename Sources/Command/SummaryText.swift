import Compiler
import NNIR
import Passes
import Reports

extension Summary {
  /// The default report of `nncc inspect`; `phases` are those of the compilation with their times.
  func text(_ phases: [(name: String, duration: Duration)]) -> String {
    let f = figures
    func extents(_ shape: [Int]) -> String { shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "×") }
    var lines = [
      "\(f.name): \(extents(f.input)) → \(extents(f.output))",
      "parameters      \(Format.count(f.parameters)) (\(Format.bytes(f.parameterBytes)))",
      "multiply-adds   \(Format.count(f.multiplyAdds)) an image; compiled: inference "
        + Format.count(f.inferenceMultiplyAdds)
        + (f.trainingMultiplyAdds.map { ", training \(Format.count($0))" } ?? ""),
      "operations      "
        + f.operations.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(6)
        .map { "\($0.value) \($0.key)" }.joined(separator: ", "),
      "inference       workspace \(Format.bytes(f.inferenceWorkspaceBytes)) \(inference.extent), without reuse "
        + "\(Format.bytes(f.inferenceNaiveBytes)); prepared \(Format.bytes(f.preparedBytes))",
    ]
    if let workspace = f.trainingWorkspaceBytes, let naive = f.trainingNaiveBytes {
      lines.append(
        "training        workspace \(Format.bytes(workspace)) at batch \(f.batch), without reuse \(Format.bytes(naive)); "
          + "optimizer \(Format.bytes(f.optimizerBytes))")
    }
    lines.append(
      "traffic         inference \(Format.bytes(f.inferenceTrafficBytes)) an image"
        + (f.trainingTrafficBytes.map { ", training \(Format.bytes($0)) an image" } ?? ""))
    lines.append("copies          " + ([inference, training].compactMap { $0?.copyText }).joined(separator: "; "))
    if let blocks = f.blockText { lines.append("blocks          " + blocks) }
    lines.append(
      "compilation     "
        + phases.map { "\($0.name) \(Format.duration(seconds: $0.duration.seconds))" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }
}

extension Summary.Figures {
  /// What becomes of blocks with stochastic depth; nil without any.
  fileprivate var blockText: String? {
    guard gatedBlocks + certainBlocks + elidedBlocks.count > 0 else { return nil }
    // a few names are worth their room
    let names = elidedBlocks.prefix(4).joined(separator: ", ") + (elidedBlocks.count > 4 ? ", …" : "")
    return "\(gatedBlocks) under gates in training, \(certainBlocks) always run, \(elidedBlocks.count) elided"
      + (elidedBlocks.isEmpty ? "" : " (\(names))")
  }
}

extension InspectedEntry {
  /// What the plan is for.
  fileprivate var extent: String {
    images == batch
      ? "at batch \(batch)" : "for each thread, \(images) of \(batch) images at a time"
  }

  /// Copies that are left and removed, with the reasons for the former.
  fileprivate var copyText: String {
    let left = copies.remaining.count
    guard left > 0 else { return "\(title) 0 left, \(Format.count(copies.removed)) removed" }
    var reasons: [String] = []
    for copy in copies.remaining where !reasons.contains(copy.reason) { reasons.append(copy.reason) }
    // one line; the table has them all
    let shown = reasons.count > 1 ? "\(reasons[0]), and others that --memory lists" : reasons[0]
    return "\(title) \(Format.count(left)) left (\(Format.bytes(copies.bytes / images)) an image: \(shown)), "
      + "\(Format.count(copies.removed)) removed"
  }

  /// What `inspect --memory` prints: the largest values of the workspace and when they live, then the copies left.
  func memoryText(lives: [ValueLife]) -> String {
    let peak = peakBytes(lives)
    let rows = Format.count(program.rows.count)
    var text =
      "\(title): workspace \(Format.bytes(plan.workspaceBytes)) \(extent), without reuse "
      + "\(Format.bytes(plan.naiveBytes)); at most \(Format.bytes(peak.bytes)) in use, in row \(peak.row) of \(rows)\n\n"
    var table = TextTable([
      .init("value", alignment: .left), .init("operation", alignment: .left), .init("type", alignment: .left),
      .init("bytes"), .init("first row"), .init("last"), .init("place", alignment: .left),
      .init("origin", alignment: .left),
    ])
    let largest = lives.sorted { ($1.bytes, $0.firstRow) < ($0.bytes, $1.firstRow) }
    for life in largest.prefix(Self.listed) {
      let node = life.value.map { plan.graph[$0] }
      table.add([
        life.value?.description ?? "", node?.op.mnemonic ?? "partial results", node?.type.description ?? "",
        Format.count(life.bytes), Format.count(life.firstRow), Format.count(life.lastRow), "workspace+\(life.offset)",
        node?.origins.first?.description ?? "",
      ])
    }
    text += table.text
    if lives.count > Self.listed { text += "and \(Format.count(lives.count - Self.listed)) smaller ones\n" }
    guard !copies.remaining.isEmpty else { return text }
    var left = TextTable([
      .init("copy to", alignment: .left), .init("operation", alignment: .left), .init("from", alignment: .left),
      .init("bytes"), .init("origin", alignment: .left), .init("because", alignment: .left),
    ])
    let shown = copies.remaining.sorted { ($1.bytes, $0.value) < ($0.bytes, $1.value) }
    for copy in shown.prefix(Self.listed) {
      left.add([
        copy.value.description, copy.operation, copy.operand?.description ?? "", Format.count(copy.bytes),
        copy.origin?.description ?? "", copy.reason,
      ])
    }
    text += "\n" + left.text
    if shown.count > Self.listed { text += "and \(Format.count(shown.count - Self.listed)) smaller ones\n" }
    return text
  }

  private static let listed = 25

  /// The workspace over time.
  func picture(lives: [ValueLife], name: String) -> MemoryPicture {
    MemoryPicture(
      title: "\(name), \(title): \(Format.bytes(plan.workspaceBytes)) of workspace \(extent)",
      kinds: ValueLife.Kind.allCases.map(\.rawValue),
      blocks: lives.map { life in
        let node = life.value.map { plan.graph[$0] }
        let origin = node?.origins.first.map { " \($0)" } ?? ""
        return MemoryPicture.Block(
          label: life.value.map { "\($0) \(node?.op.mnemonic ?? "") \(node?.type.description ?? "")\(origin)" }
            ?? "partial results", kind: life.kind.rawValue, firstRow: life.firstRow, lastRow: life.lastRow,
          offset: life.offset, bytes: life.bytes)
      })
  }
}
