import ArtefactABI
import CodegenC
import Compiler
import Foundation
import Interpreter
import NNIR
import Passes
import Runtime
import Testing
import Verification

/// Rows read and write what their accesses say and nothing else.
///
/// Every row of real programs runs alone with everything outside its reads poisoned. Expected: the same bits as in the
/// undisturbed program, and poison everywhere outside its writes.
@Suite struct AccessTests {
  /// A program and what it is fed.
  private struct Run {
    var name: String
    var plan: Plan
    var program: Program
    var feeds: Feeds
  }

  @Test func rowsTouchWhatTheyDeclare() throws {
    let target = try ClangToolchain.find().describe(.native)
    let options = CodegenOptions(name: "rows", lanes: target.vectorBytes / 4)
    let runs = try operations(options) + networks(target)
    var programs: [Program] = []
    var firsts: [Int] = []
    for (number, run) in runs.enumerated() {
      firsts.append(programs.count)
      for (index, row) in run.program.rows.enumerated() {
        var single = run.program
        single.rows = [row]
        single.symbol = "rows_infer_\(number)_\(index)"
        programs.append(single)
      }
      var whole = run.program
      whole.symbol = "rows_infer_\(number)"
      programs.append(whole)
    }
    let scratch = programs.map(\.scratchBytes).max() ?? 0
    let source = emit(
      programs.map { CodegenC.EntryPoint(program: $0, mode: .infer, batch: 1) }, prepare: nil,
      manifest: .minimal("rows", scratch: scratch), options: options)
    let artefact = try Artefact([], programs, source, options: options, flags: ["-march=native", "-O1"])
    for (run, first) in zip(runs, firsts) { try check(run, artefact, first) }
    // every kernel that the operations and the networks have between them
    #expect(Set(programs.flatMap { $0.rows.map(\.kernel.name) }).count > 50)
  }

  /// Every operation; in place where the traits allow it too.
  private func operations(_ options: CodegenOptions) -> [Run] {
    OpCases.all.flatMap { item in
      let inPlace = item.graph.nodes.contains { $0.op.traits.inPlace != nil } ? [false, true] : [false]
      return inPlace.map { inPlace in
        let plan = Plan.naive(item.graph, inPlace: inPlace)
        return Run(
          name: item.name, plan: plan, program: lower(plan, symbol: "x", options: options), feeds: item.feeds)
      }
    }
  }

  /// Training, gradients, preparation and inference of the examples as the whole compiler makes them.
  private func networks(_ target: TargetDescription) throws -> [Run] {
    try ExampleNetworks.all.flatMap { raw -> [Run] in
      let batch = 3
      let modes: [Manifest.Mode] = [.train, .gradient, .infer]
      let model = try compile(
        raw, options: BuildOptions(entries: modes.map { Compiler.EntryPoint($0, batch: batch) }), target: target)
      let sample = Sample(for: model.typed, batch: batch, seed: 5)
      var feeds = sample.feeds
      feeds.prepared = try interpretDouble(model.prepare.plan.graph, feeds).outputs.mapValues(\.elements)
      return (model.entries + [model.prepare]).map { entry in
        Run(name: entry.program.symbol, plan: entry.plan, program: entry.program, feeds: feeds)
      }
    }
  }

  /// Whether the row runs in this state of the gates.
  private func isActive(_ row: Row, _ gates: [Bool]?) -> Bool {
    row.condition.map { (gates?[$0.gate.index] ?? true) == $0.isOpen } ?? true
  }

  private func check(_ run: Run, _ artefact: Artefact, _ first: Int) throws {
    var sizes: [Passes.Arena: Int] = [.workspace: run.program.workspaceBytes]
    for id in run.plan.graph.ids {
      guard let place = run.plan.locations[id.index], place.arena != .workspace else { continue }
      let type = run.plan.graph[id].type
      sizes[place.arena] = max(sizes[place.arena, default: 0], place.offset + type.count * type.element.size)
    }
    for access in run.program.rows.flatMap({ $0.reads + $0.writes }) {
      sizes[access.arena] = max(sizes[access.arena, default: 0], access.end)
    }
    let fresh = {
      let memory = Memory { sizes[$0] ?? 0 }
      memory.fill(run.plan, run.feeds)
      return memory
    }
    let undisturbed = fresh()
    let poisoned = fresh()
    let expected = fresh()
    for (index, row) in run.program.rows.enumerated() where isActive(row, run.feeds.gates) {
      poisoned.poison()
      expected.poison()
      for access in row.reads {
        poisoned.copy(access, from: undisturbed)
        expected.copy(access, from: undisturbed)
      }
      try artefact.run(first + index, poisoned)
      try artefact.run(first + index, undisturbed)
      for access in row.writes { expected.copy(access, from: undisturbed) }
      if let place = expected.difference(poisoned) {
        Issue.record("\(run.name): row \(index) (\(row.note), \(row.kernel.name)): \(place)")
        return
      }
    }
    // row by row is what the whole program does
    let whole = fresh()
    try artefact.run(first + run.program.rows.count, whole)
    if let place = whole.difference(undisturbed) { Issue.record("\(run.name): at the end \(place)") }
  }
}

extension Memory {
  /// NaN everywhere, also as an integer an impossible label.
  fileprivate func poison() {
    for buffer in arenas.values { _ = buffer.initializeMemory(as: UInt8.self, repeating: 0xff) }
  }

  /// Takes over the bytes of an access.
  fileprivate func copy(_ access: Access, from other: Memory) {
    guard let to = arenas[access.arena]?.baseAddress, let from = other.arenas[access.arena]?.baseAddress else { return }
    for run in 0..<access.runs {
      let offset = access.offset + run * access.pitch
      memcpy(to + offset, from + offset, access.bytes)
    }
  }

  private func same(_ a: UnsafeMutableRawBufferPointer, _ b: UnsafeMutableRawBufferPointer) -> Bool {
    guard let x = a.baseAddress, let y = b.baseAddress else { return a.count == b.count }
    return memcmp(x, y, a.count) == 0
  }

  /// The first byte that differs, in words; nil when all are the same.
  fileprivate func difference(_ other: Memory) -> String? {
    for arena in Passes.Arena.allCases {
      guard let a = arenas[arena], let b = other.arenas[arena], !same(a, b),
        let index = a.indices.first(where: { a[$0] != b[$0] })
      else { continue }
      return "byte \(index) of \(arena.rawValue): expected \(a[index]), found \(b[index])"
    }
    return nil
  }
}
