import NNIR
import Passes

/// What the caller of compiled code and its rows have agreed on: where sources stand before the first row, where
/// results stand after the last one, and how large the arenas are.
///
/// It comes from the layouts that sessions use, never from where the planner put values.
package struct ProgramInterface: Sendable {
  /// Of every node the place where the caller has put it; nil for what is computed and for immediates.
  package var sources: [Location?]
  /// The place of every result of the graph, in order.
  package var results: [Location]
  package var sizes: [Arena: Int]

  package init(sources: [Location?], results: [Location], sizes: [Arena: Int]) {
    self.sources = sources
    self.results = results
    self.sizes = sizes
  }

  /// The interface of a program that was made from a plan.
  ///
  /// - Parameters:
  ///   - prepared: Offsets of prepared values by name.
  ///   - preparing: The program's outputs are the prepared values.
  package init(
    _ program: Program, _ plan: Plan, layout: SharedLayout, prepared: [String: Int] = [:], preparedBytes: Int = 0,
    preparing: Bool = false
  ) {
    let graph = plan.graph
    var shared: [Op: Location] = [:]
    for tensor in layout.parameters {
      shared[.parameter(name: tensor.name, initializer: tensor.initializer)] = Location(.parameters, tensor.offset)
    }
    for tensor in layout.state {
      shared[.state(name: tensor.name, initializer: tensor.initializer)] = Location(.state, tensor.offset)
    }
    for tensor in layout.optimizer {
      guard let kind = tensor.slot else { continue }
      shared[.slot(name: tensor.name, kind: kind)] = Location(.optimizer, tensor.offset)
    }
    let gradients = Dictionary(
      layout.parameters.map { ($0.name, Location(.gradients, $0.offset)) }, uniquingKeysWith: { first, _ in first })
    var sizes: [Arena: Int] = [
      .parameters: layout.parameterBytes, .state: layout.stateBytes, .optimizer: layout.optimizerBytes,
      .gradients: layout.gradientBytes, .workspace: program.workspaceBytes, .output: plan.outputBytes,
      .prepared: preparing ? plan.preparedBytes : preparedBytes,
    ]
    var sources: [Location?] = []
    for node in graph.nodes {
      let bytes = node.type.count * node.type.element.size
      func external(_ arena: Arena) -> Location {
        sizes[arena] = bytes
        return Location(arena, 0)
      }
      switch node.op {
      case .input: sources.append(external(.input))
      case .labels: sources.append(external(.labels))
      case .target: sources.append(external(.target))
      case .prepared(let name): sources.append(prepared[name].map { Location(.prepared, $0) })
      default: sources.append(shared[node.op])
      }
    }
    let outputs = Dictionary(plan.outputs.map { ($0.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let nowhere = Location(.constants, 0)
    self.sizes = sizes
    self.sources = sources
    results = graph.results.map { result in
      switch result {
      case .output(let name, _):
        outputs[name].map { Location(preparing ? .prepared : .output, $0) } ?? nowhere
      case .gradient(let name, _): gradients[name] ?? nowhere
      case .update(let source, _): shared[graph[source].op] ?? nowhere
      }
    }
  }
}

extension Program {
  /// A program of rows that compute nothing: each is a list of what it reads and writes.
  ///
  /// For proofs about plans that nobody has lowered. `waits` says before which rows all threads meet.
  package init(
    sketch rows: [(value: ValueID?, reads: [Access], writes: [Access])], waits: Bool = true, workspaceBytes: Int = 0
  ) {
    self.init(
      symbol: "sketch",
      rows: rows.map { row in
        Row(
          kernel: .copy, tasks: 1, arguments: [], reads: row.reads, writes: row.writes, value: row.value,
          note: row.value.map { "\($0)" } ?? "copy", waits: waits)
      }, scratchBytes: 0, extraWorkspaceBytes: 0, workspaceBytes: workspaceBytes)
  }
}
