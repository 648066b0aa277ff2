import ArtefactABI
import CodeAudit
import CodegenC
import Foundation
import NNIR
import Passes
import Runtime

/// What clang made of a model's kernels: for each the rows and lines of the model that use it, and what its code does.
package struct KernelReport: Codable, Equatable, Sendable {
  /// A C function that rows call, with the register tiles that it calls.
  package struct Kernel: Codable, Equatable, Sendable {
    /// The C function.
    package var name: String
    /// Rows of the call tables, of all entry points.
    package var rows: Int
    /// Where the model says what those rows compute, `file:line`, each once.
    package var lines: [String]
    /// Multiply-adds of those rows in one call of each entry point.
    package var multiplyAdds: Int
    /// Names of the register tiles, those in the kernel itself under its own name.
    package var tiles: [String]
    /// Multiply-adds in the largest inner loop, unrolled steps included.
    package var loopMultiplyAdds: Int
    /// Bits of the widest multiply-add; 0 without any.
    package var vectorBits: Int
    /// Vector registers that go to the stack and come back in loops of register tiles.
    package var tileSpills: Int
    package var tileReloads: Int
    /// The same in all other loops of the kernel and of the functions with its tiles.
    package var otherSpills: Int
    package var otherReloads: Int
    /// Loops of the kernel itself that clang vectorised, and those that it did not.
    package var vectorizedLoops: Int
    package var otherLoops: Int
    /// Bytes of the kernel's own code.
    package var bytes: Int
  }

  /// A loop that keeps sums in registers.
  package struct Tile: Codable, Equatable, Sendable {
    package var function: String
    package var sums: Int
    package var multiplyAdds: Int
    package var vectorBits: Int
    /// Multiplications whose addition is an instruction of its own.
    package var unfused: Int
    package var spills: Int
    package var reloads: Int
    /// Addresses and counters that the loop keeps on the stack.
    package var otherStackUses: Int
    /// Bytes of the function.
    package var bytes: Int
    /// Kernels that call it.
    package var kernels: [String]
  }

  /// What clang says about one loop.
  package struct Remark: Codable, Equatable, Sendable {
    package var function: String
    /// The C source, and the line in it.
    package var file: String
    package var line: Int?
    package var text: String
  }

  package var name: String
  package var target: String
  /// `-O2`, or `-O0`, at which nothing is expected of register tiles.
  package var optimization: String
  /// Bits of the vectors that code was generated for.
  package var vectorBits: Int
  /// Bytes of all code.
  package var bytes: Int
  /// Those that multiply most first.
  package var kernels: [Kernel]
  /// In the order of the code.
  package var tiles: [Tile]
  /// What is wrong with register tiles, in words.
  package var findings: [String]
  /// Loops in which clang put registers of any kind on the stack, and loops that it did not vectorise and why: those of
  /// kernels in their order, then those of functions that kernels call.
  package var remarks: [Remark]
}

/// Compiles a model and looks at the machine code of its kernels.
///
/// Errors: the user's and the machine's faults; findings about the code are part of the report.
package func auditKernels(_ raw: Graph, options: BuildOptions) throws -> KernelReport {
  if let reason = MachineCode.unavailable {
    throw RuntimeError.user("expected libLLVM 14, which reads machine code, found none: \(reason)")
  }
  let toolchain = try ClangToolchain.find()
  let target = try toolchain.describe(options.target)
  let model = try compile(raw, options: options, target: target)
  let builder = SharedLibraryBuilder(
    toolchain: toolchain, target: target, cache: try ContentCache(named: "objects"), jobs: options.jobs)
  let objects = try builder.recordedObjects(
    units: model.source.units.map { CompilationUnit(name: $0.name, source: $0.text) },
    headers: [CompilationUnit(name: model.source.header.name, source: model.source.header.text)],
    optimization: options.optimization)
  var units: [AuditedUnit] = []
  var findings: [Finding] = []
  for object in objects {
    let code = try MachineCode(bytes: object.object, file: object.unit).functions
    let audits = code.map(FunctionAudit.init)
    findings += TileCheck.check(
      audits, vectorBits: target.vectorBytes * 8,
      fuses: target.features.contains("fma") || code.first?.architecture == .aarch64, file: object.unit)
    units.append(
      AuditedUnit(
        file: object.unit, functions: audits,
        records: try OptimizationRecord.read(yaml: object.records, file: object.unit)))
  }
  return KernelReport(
    model, target, units, options.optimization == "-O0" ? [] : findings, optimization: options.optimization)
}

/// What clang made of one C file. Functions of one name in several files are copies of a helper, and clang may have made
/// different code of them, as their callers differ.
private struct AuditedUnit {
  var file: String
  var functions: [FunctionAudit]
  var records: [OptimizationRecord]
  /// The first of each name.
  var byName: [String: FunctionAudit]

  init(file: String, functions: [FunctionAudit], records: [OptimizationRecord]) {
    self.file = file
    self.functions = functions
    self.records = records
    byName = Dictionary(functions.map { ($0.name, $0) }) { first, _ in first }
  }
}

extension KernelReport {
  fileprivate init(
    _ model: CompiledModel, _ target: TargetDescription, _ units: [AuditedUnit], _ findings: [Finding],
    optimization: String
  ) {
    self.optimization = optimization
    name = model.manifest.name
    self.target = target.target.rawValue
    vectorBits = target.vectorBytes * 8
    bytes = units.reduce(0) { $1.functions.reduce($0) { $0 + $1.size } }
    self.findings = findings.map(\.description)
    // every kernel stands in one unit
    func unit(_ kernel: String) -> AuditedUnit? { units.first { $0.byName[kernel] != nil } }
    func reached(_ kernel: String) -> [FunctionAudit] { unit(kernel)?.byName.reached(from: kernel) ?? [] }
    let uses = KernelUse.collect(model) { reached($0).contains { !$0.tiles.isEmpty } }
    /// By the file and the name of a tile.
    var callers: [[String]: [String]] = [:]
    kernels = uses.map { use in
      let home = unit(use.name)
      let reached = reached(use.name).filter { !$0.tiles.isEmpty }
      for tile in reached { callers[[home?.file ?? "", tile.name], default: []].append(use.name) }
      let own = home?.byName[use.name]
      let code = ((own.map { [$0] } ?? []) + reached.filter { $0.name != use.name }).flatMap(\.loops)
      let (tileLoops, otherLoops) = (code.filter(\.isTile), code.filter { !$0.isTile })
      let loops = home?.records.filter { $0.function == use.name && $0.pass == "loop-vectorize" } ?? []
      return Kernel(
        name: use.name, rows: use.rows, lines: use.lines, multiplyAdds: use.multiplyAdds, tiles: reached.map(\.name),
        loopMultiplyAdds: code.map(\.multiplyAdds).max() ?? 0, vectorBits: code.map(\.bits).max() ?? 0,
        tileSpills: tileLoops.reduce(0) { $0 + $1.spills }, tileReloads: tileLoops.reduce(0) { $0 + $1.reloads },
        otherSpills: otherLoops.reduce(0) { $0 + $1.spills }, otherReloads: otherLoops.reduce(0) { $0 + $1.reloads },
        vectorizedLoops: loops.count { $0.kind == .passed },
        otherLoops: loops.count { $0.kind == .missed }, bytes: own?.size ?? 0)
    }.enumerated().sorted {
      ($1.element.multiplyAdds, $1.element.bytes, $0.offset) < ($0.element.multiplyAdds, $0.element.bytes, $1.offset)
    }.map(\.element)
    // copies with the same code are listed once
    var copies: [(function: FunctionAudit, kernels: [String])] = []
    for unit in units {
      for function in unit.functions where !function.tiles.isEmpty {
        let kernels = callers[[unit.file, function.name]] ?? []
        if let same = copies.firstIndex(where: { $0.function == function }) {
          copies[same].kernels += kernels
        } else {
          copies.append((function, kernels))
        }
      }
    }
    tiles = copies.flatMap { function, kernels in
      function.tiles.map { tile in
        Tile(
          function: function.name, sums: tile.accumulators, multiplyAdds: tile.multiplyAdds, vectorBits: tile.bits,
          unfused: tile.unfused, spills: tile.spills, reloads: tile.reloads, otherStackUses: tile.otherStackUses,
          bytes: function.size, kernels: kernels)
      }
    }
    var order: [String: Int] = [:]
    for name in kernels.map(\.name) + kernels.flatMap({ reached($0.name).map(\.name) }) {
      order[name] = order[name] ?? order.count
    }
    remarks = units.flatMap { Remark.collect($0.records, file: $0.file) }.enumerated().compactMap { position, remark in
      order[remark.function].map { (order: $0, position: position, remark: remark) }
    }.sorted { ($0.order, $0.position) < ($1.order, $1.position) }.map(\.remark)
  }

  /// The report as one JSON object with sorted keys.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

extension [String: FunctionAudit] {
  /// A function and all that it calls, itself first.
  fileprivate func reached(from name: String) -> [FunctionAudit] {
    var seen: Set<String> = [name]
    var pending = [name]
    var reached: [FunctionAudit] = []
    while let next = pending.popLast() {
      guard let function = self[next] else { continue }
      reached.append(function)
      pending += function.calls.reversed().filter { seen.insert($0).inserted }
    }
    return reached
  }
}

/// What the call tables say about one kernel.
private struct KernelUse {
  var name: String
  var rows = 0
  var lines: [String] = []
  var multiplyAdds = 0

  /// All kernels in the order of the source.
  ///
  /// Several rows may work on one value, as a product and the sum of its parts do, also through partial results that have
  /// no value's name; its multiply-adds count for the first kernel that `multiplies`, or for the first of all.
  static func collect(_ model: CompiledModel, multiplies: (String) -> Bool) -> [KernelUse] {
    let entries = model.entries + [model.prepare]
    var uses: [KernelUse] = []
    var known: [String: Int] = [:]
    var origins: [[Origin]] = []
    let points = model.entries.map {
      CodegenC.EntryPoint(program: $0.program, mode: $0.point.mode, batch: $0.point.batch)
    }
    let symbols = CodegenC.kernelSymbols(
      points, prepare: model.prepare.program, manifest: model.manifest,
      options: CodegenOptions(name: model.manifest.name))
    for (entry, symbols) in zip(entries, symbols) {
      let graph = entry.plan.graph
      var kernels = [[Int]](repeating: [], count: graph.nodes.count)
      /// Kernels that wrote partial results, by number.
      var partial: [Int: [Int]] = [:]
      for (row, symbol) in zip(entry.program.rows, symbols) {
        let index = known[symbol] ?? uses.count
        if index == uses.count {
          known[symbol] = index
          uses.append(KernelUse(name: symbol))
          origins.append([])
        }
        uses[index].rows += 1
        var values = row.value.map { [$0] } ?? []
        for write in row.writes {
          if case .value(let value) = write.content, !values.contains(value) { values.append(value) }
        }
        var makers: [Int] = []
        for case .partial(let number) in row.reads.map(\.content) { makers += partial[number] ?? [] }
        for case .partial(let number) in row.writes.map(\.content) { partial[number, default: []].append(index) }
        for value in values {
          kernels[value.index] += makers + [index]
          for origin in graph[value].origins where !origins[index].contains(origin) { origins[index].append(origin) }
        }
      }
      for id in graph.ids {
        let candidates = kernels[id.index]
        guard let index = candidates.first(where: { multiplies(uses[$0].name) }) ?? candidates.first else { continue }
        // absurd shapes saturate, as every figure of cost does
        let (adds, tooMany) = graph.multiplyAdds(of: id).multipliedReportingOverflow(
          by: entry.program.microbatches.count)
        let (sum, overflow) = uses[index].multiplyAdds.addingReportingOverflow(adds)
        uses[index].multiplyAdds = tooMany || overflow ? .max : sum
      }
    }
    for index in uses.indices {
      uses[index].lines = origins[index].sorted { ($0.file, $0.line) < ($1.file, $1.line) }.map(\.description)
    }
    return uses
  }
}

extension KernelReport.Remark {
  /// The records that a reader can act upon: registers on the stack in loops, and loops that were not vectorised with the
  /// reason that came just before.
  fileprivate static func collect(_ records: [OptimizationRecord], file: String) -> [Self] {
    var remarks: [Self] = []
    for (index, record) in records.enumerated() {
      switch (record.pass, record.name) {
      case ("regalloc", "LoopSpillReloadCopies"):
        let counts = [
          ("NumSpills", "spills"), ("NumFoldedSpills", "folded spills"), ("NumReloads", "reloads"),
          ("NumFoldedReloads", "folded reloads"),
        ].map { (record.number($0.0), $0.1) }.filter { $0.0 > 0 }
        if counts.isEmpty { continue }
        remarks.append(
          Self(
            function: record.function, file: file, line: record.line,
            text: counts.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + " in the loop"))
      case ("loop-vectorize", "MissedDetails"):
        let reason = records[..<index].last { $0.function == record.function && $0.line == record.line }
        remarks.append(
          Self(
            function: record.function, file: file, line: record.line,
            text: reason.map { $0.kind == .analysis ? $0.message : record.message } ?? record.message))
      default: break
      }
    }
    return remarks
  }
}
