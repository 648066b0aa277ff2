import ArgumentParser
import ArtefactABI
import Compiler
import Foundation
import NNIR
import Passes
import Reports

/// `nncc inspect MODEL`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a model is made of and what it costs.")

  @OptionGroup var model: ModelOptions
  @Option(help: ArgumentHelp("Batch for memory figures; default the recipe's, or 1.", valueName: "N")) var batch: Int?
  @Flag(help: "A table of the operations.") var ops = false
  @Flag(help: "Where every value of the training step (or inference) lives.") var memory = false
  @Flag(help: "One JSON object.") var json = false
  @Flag(help: "The graph for Graphviz.") var dot = false

  func validate() throws {
    let chosen = [("--ops", ops), ("--memory", memory), ("--json", json), ("--dot", dot)].filter(\.1).map(\.0)
    if chosen.count > 1 {
      throw ValidationError("expected at most one of --ops, --memory, --json and --dot, found \(list(chosen))")
    }
  }

  private func list(_ names: [String]) -> String {
    names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
  }

  func run() throws {
    if let batch, batch < 1 { throw Failure.user("--batch: expected at least 1, found \(batch)") }
    let typed = try typeCheck(try model.graph())
    if dot { return print(typed.dot, terminator: "") }
    let summary = try Summary(typed, batch: batch)
    if json { return print(try summary.json()) }
    if ops { return print(operations(typed)) }
    if memory {
      return print(summary.training?.listing(title: "training") ?? summary.inference.listing(title: "inference"))
    }
    print(summary.text)
  }

  private func operations(_ typed: Graph) -> String {
    var table = TextTable([
      .init("value", alignment: .left), .init("operation", alignment: .left), .init("type", alignment: .left),
      .init("multiply-adds"), .init("origin", alignment: .left),
    ])
    for id in typed.ids {
      let node = typed[id]
      table.add([
        id.description, node.op.mnemonic, node.type.description, Format.count(typed.multiplyAdds(of: id)),
        node.origins.first?.description ?? "",
      ])
    }
    return table.text
  }
}
