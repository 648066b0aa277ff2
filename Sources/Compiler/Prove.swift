import CodegenC
import NNIR
import Passes

/// Proves that every entry point finds in memory what it reads, from the accesses of its rows alone.
///
/// Errors: an internal one that names entry point, rows, values and bytes; a plan that is not proved is never emitted.
func requireProof(of entries: [CompiledEntry], prepare: CompiledEntry, layout: SharedLayout) throws(Diagnostics) {
  let plan = prepare.plan
  try requireProof(
    prepare, ProgramInterface(prepare.program, plan, layout: layout, preparing: true))
  let prepared = Dictionary(uniqueKeysWithValues: plan.outputs.map { ($0.name, $0.offset) })
  for entry in entries {
    try requireProof(
      entry,
      ProgramInterface(
        entry.program, entry.plan, layout: layout, prepared: prepared, preparedBytes: plan.preparedBytes))
  }
}

private func requireProof(_ entry: CompiledEntry, _ interface: ProgramInterface) throws(Diagnostics) {
  var problems = prove(entry.program, graph: entry.plan.graph, interface: interface)
  if !entry.plan.graph.gates.isEmpty {
    // each gate in both states, and beside a neighbour in the other state
    let states: [@Sendable (Int) -> Bool] = [{ _ in false }, { $0 % 2 == 0 }, { $0 % 2 == 1 }]
    for open in states where problems.isEmpty {
      problems = prove(entry.program, graph: entry.plan.graph, interface: interface, open: open)
    }
  }
  guard problems.isEmpty else {
    let title = "the memory plan of \(entry.program.symbol) is not proved; this is a fault of nncc, please report it"
    var fault = Diagnostics([Diagnostic(.error, title)] + problems)
    fault.isInternal = true
    throw fault
  }
}
