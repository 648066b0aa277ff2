import ArtefactABI
import Foundation
import NNIR

/// One exported function of an artefact.
package struct EntryPoint: Sendable {
  package var program: Program
  package var mode: Manifest.Mode
  package var batch: Int

  package init(program: Program, mode: Manifest.Mode, batch: Int) {
    self.program = program
    self.mode = mode
    self.batch = batch
  }
}

/// A file of emitted source.
package struct SourceFile: Sendable, Hashable {
  package var name: String
  package var text: String
}

/// The C of an artefact.
package struct EmittedSource: Sendable, Hashable {
  package var header: SourceFile
  package var units: [SourceFile]
}

/// Prints programs as C: a header, and one unit with the prelude, the kernels that rows use, and the call tables.
///
/// The manifest is embedded as it is; its scratch size has to be at least that of every program.
/// The same programs, manifest and options give the same bytes.
package func emit(
  _ entries: [EntryPoint], prepare: Program?, manifest: Manifest, options: CodegenOptions
) -> EmittedSource {
  let programs = entries.map(\.program) + (prepare.map { [$0] } ?? [])
  let emitter = Emitter(programs: programs, hasPrepare: prepare != nil, manifest: manifest, options: options)
  precondition(
    programs.allSatisfy { $0.scratchBytes <= manifest.scratchBytes }, "the manifest promises too little scratch")
  return EmittedSource(
    header: SourceFile(name: "\(options.name).h", text: emitter.header),
    units: [SourceFile(name: "\(options.name).c", text: emitter.unit)])
}

struct Emitter {
  let programs: [Program]
  let hasPrepare: Bool
  let manifest: Manifest
  let options: CodegenOptions

  private var name: String { options.name }

  /// C names of kernels: variants of one name are numbered in order of first use.
  private let names: [Kernel: String]

  init(programs: [Program], hasPrepare: Bool, manifest: Manifest, options: CodegenOptions) {
    self.programs = programs
    self.hasPrepare = hasPrepare
    self.manifest = manifest
    self.options = options
    var names: [Kernel: String] = [:]
    var variants: [String: Int] = [:]
    for row in programs.lazy.flatMap(\.rows) where names[row.kernel] == nil {
      variants[row.kernel.name, default: 0] += 1
      let number = variants[row.kernel.name, default: 1]
      names[row.kernel] = number == 1 ? row.kernel.name : "\(row.kernel.name)_\(number)"
    }
    self.names = names
  }

  private func name(_ kernel: Kernel) -> String { names[kernel] ?? kernel.name }
  /// The C function.
  private func symbol(_ kernel: Kernel) -> String { "kernel_\(name(kernel))" }
  /// The number by which rows call it.
  private func constant(_ kernel: Kernel) -> String { "k_\(name(kernel))" }

  /// Kernels in order of first use, with all rows that call them.
  private var uses: [(kernel: Kernel, rows: [Row])] {
    Program(
      symbol: "", rows: programs.flatMap(\.rows), scratchBytes: 0, extraWorkspaceBytes: 0, workspaceBytes: 0
    ).uses
  }

  var unit: String {
    let uses = uses
    let prelude = Prelude(
      options: options, scratchBytes: manifest.scratchBytes.roundedUp(to: tensorAlignment),
      hasGates: programs.contains { $0.rows.contains { $0.condition != nil } })
    var sections = [
      "/* \(name): computed by the kernels below, called row by row from the tables at the end. */",
      "#include \"\(name).h\"",
      prelude.head,
    ]
    sections += helpers(uses.map(\.kernel)).map { $0.text(options) }
    sections += uses.map { comment($0.kernel) + $0.kernel.definition(options, symbol: symbol($0.kernel)) }
    sections.append(dispatch(uses.map(\.kernel)))
    sections.append(prelude.tail)
    sections += programs.map(table)
    if !hasPrepare {
      let arguments = "const struct \(ArtefactSymbol.arguments(name)) *arguments"
      sections.append(
        "int \(ArtefactSymbol.prepare(name))(\(arguments)) {\n  (void)arguments; /* nothing to prepare */\n  return 0;\n}"
      )
    }
    sections.append(metadata)
    return sections.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n")
  }

  /// Helpers of these kernels, each once, after what it calls.
  private func helpers(_ kernels: [Kernel]) -> [Helper] {
    var seen: Set<String> = []
    var result: [Helper] = []
    func add(_ helper: Helper) {
      guard seen.insert(helper.name).inserted else { return }
      helper.dependencies.forEach(add)
      result.append(helper)
    }
    kernels.forEach { $0.helpers.forEach(add) }
    return result
  }

  /// What the kernel computes, and of each program that calls it the first value and the number of rows: every program
  /// numbers its values by itself.
  private func comment(_ kernel: Kernel) -> String {
    let users = programs.compactMap { program -> String? in
      let rows = program.rows.filter { $0.kernel == kernel }
      guard let first = rows.first else { return nil }
      let entry =
        program.symbol.hasPrefix("\(name)_") ? String(program.symbol.dropFirst(name.count + 1)) : program.symbol
      let value = first.value?.description ?? "a final copy"
      return "\(entry) \(value)" + (rows.count > 1 ? " … (\(rows.count) rows)" : "")
    }
    let shown = users.prefix(4).joined(separator: ", ")
    let more = users.count > 4 ? " and \(users.count - 4) more entry points" : ""
    return "/* \(name(kernel)): \(kernel.summary).\n   Used by \(shown)\(more). */\n"
  }

  /// The switch that calls a kernel by its number; a table of functions would need relocations.
  private func dispatch(_ kernels: [Kernel]) -> String {
    let numbers = kernels.enumerated().map { "  \(constant($1)) = \($0 + 1)," }
    let cases = kernels.map { "    case \(constant($0)): \(symbol($0))(c, a, first, last); break;" }
    return """
      enum {
        k_end = 0,
      \(numbers.joined(separator: "\n"))
      };

      static void dispatch(int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last) {
        (void)c, (void)a, (void)first, (void)last;
        switch (kernel) {
      \(cases.joined(separator: "\n"))
          default: break;
        }
      }
      """
  }

  private func table(_ program: Program) -> String {
    let lines = program.rows.runs.flatMap { run -> [String] in
      let first = program.rows[run.lowerBound]
      guard let condition = first.condition else { return program.rows[run].map(line) }
      let last = program.rows[run].dropLast().reduce(4) { $0 + $1.arguments.count + 3 }
      let state = condition.isOpen ? "open" : "closed"
      let note = options.comments ? " // only where gate \(condition.gate) is \(state)" : ""
      let gate =
        "  \(first.waitsBeforeGate ? "WAIT+" : "")GATE,4,"
        + "\(2 * condition.gate.index + (condition.isOpen ? 1 : 0)),\(last),\(note)"
      return [gate] + program.rows[run].map(line)
    }
    return """
      static const int64_t \(program.symbol)_rows[] = {
      \(lines.map { $0 + "\n" }.joined())  k_end,
      };

      int \(program.symbol)(const struct \(ArtefactSymbol.arguments(name)) *arguments) {
        return start(arguments, \(program.symbol)_rows);
      }
      """
  }

  private func line(_ row: Row) -> String {
    let words = row.arguments.map(text).joined(separator: ",")
    let head = "\(row.waits ? "WAIT+" : "")\(constant(row.kernel)),\(row.arguments.count + 3),\(row.tasks)"
    let note = options.comments ? " // \(commented(row.note))" : ""
    return "  \(head),\(words),\(note)"
  }

  private func text(_ argument: Row.Argument) -> String {
    switch argument {
    case .place(let place): "\(place.arena.letter)+\(place.offset)"
    case .absent: "-1"
    case .integer(let value): String(value)
    case .float(let value): "0x" + String(value.bitPattern, radix: 16)
    case .double(let value): signed(value.bitPattern)
    case .bits(let value): signed(value)
    }
  }

  /// 64 bits as a C constant of type int64_t.
  private func signed(_ bits: UInt64) -> String {
    bits >> 63 == 0 ? "0x" + String(bits, radix: 16) : "(int64_t)0x" + String(bits, radix: 16) + "u"
  }

  /// Text that may stand in a line comment: printable, and without the backslash that would continue it.
  private func commented(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0 == "\\" || $0 == "?" ? "_" : $0 }))
  }
}
