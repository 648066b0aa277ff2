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

/// Prints programs as C: a header, a unit with the threads and the call tables, and the kernels that rows use, in the same
/// unit where they are few, else in units of their own (`KernelUnits`).
///
/// The manifest is embedded as it is; its scratch size has to be at least that of every program.
/// The same programs, manifest and options give the same bytes.
package func emit(
  _ entries: [EntryPoint], prepare: Program?, manifest: Manifest, options: CodegenOptions
) -> EmittedSource {
  emit(entries, prepare: prepare, manifest: manifest, options: options) { _ in manifest.build }.source
}

/// The same for a manifest whose build hash follows from the text without it: `build` makes it, and it comes back too.
package func emit(
  _ entries: [EntryPoint], prepare: Program?, manifest: Manifest, options: CodegenOptions,
  build: (EmittedSource) -> String
) -> (source: EmittedSource, build: String) {
  let programs = entries.map(\.program) + (prepare.map { [$0] } ?? [])
  precondition(
    programs.allSatisfy { $0.scratchBytes <= manifest.scratchBytes }, "the manifest promises too little scratch")
  let emitter = Emitter(programs: programs, hasPrepare: prepare != nil, manifest: manifest, options: options)
  let (header, units) = (emitter.header, emitter.units)
  func source(_ manifest: Manifest) -> EmittedSource {
    let main = SourceFile(name: units[0].name, text: units[0].text + "\n" + emitter.metadata(manifest))
    return EmittedSource(
      header: SourceFile(name: "\(options.name).h", text: header), units: [main] + units.dropFirst())
  }
  var sealed = manifest
  sealed.build = build(source(manifest))
  return (source(sealed), sealed.build)
}

/// The C functions that the rows of each program call, as `emit` names them; programs in the order that it takes.
package func kernelSymbols(
  _ entries: [EntryPoint], prepare: Program?, manifest: Manifest, options: CodegenOptions
) -> [[String]] {
  let programs = entries.map(\.program) + (prepare.map { [$0] } ?? [])
  let emitter = Emitter(programs: programs, hasPrepare: prepare != nil, manifest: manifest, options: options)
  return emitter.symbols
}

struct Emitter {
  let programs: [Program]
  let hasPrepare: Bool
  let manifest: Manifest
  let options: CodegenOptions

  private var name: String { options.name }

  /// The rows of one program that call a kernel.
  private struct Use {
    var program: Int
    var first: Row
    var rows: Int
  }

  /// Kernels in order of first use, each once.
  private var kernels: [Kernel] = []
  /// C names of kernels: variants of one name are numbered in order of first use.
  private var names: [String] = []
  /// The programs that call each kernel.
  private var uses: [[Use]] = []
  /// For each row of each program, the index of its kernel; comparing kernels means comparing the texts of hooks.
  private var called: [[Int]] = []

  init(programs: [Program], hasPrepare: Bool, manifest: Manifest, options: CodegenOptions) {
    self.programs = programs
    self.hasPrepare = hasPrepare
    self.manifest = manifest
    self.options = options
    var known: [Kernel: Int] = [:]
    var variants: [String: Int] = [:]
    for (program, rows) in programs.lazy.map(\.rows).enumerated() {
      var calls: [Int] = []
      calls.reserveCapacity(rows.count)
      for row in rows {
        let kernel = known[row.kernel] ?? kernels.count
        if kernel == kernels.count {
          known[row.kernel] = kernel
          variants[row.kernel.name, default: 0] += 1
          let number = variants[row.kernel.name, default: 1]
          kernels.append(row.kernel)
          names.append(number == 1 ? row.kernel.name : "\(row.kernel.name)_\(number)")
          uses.append([])
        }
        calls.append(kernel)
        if uses[kernel].last?.program == program {
          uses[kernel][uses[kernel].count - 1].rows += 1
        } else {
          uses[kernel].append(Use(program: program, first: row, rows: 1))
        }
      }
      called.append(calls)
    }
  }

  /// The C function.
  private func symbol(_ kernel: Int) -> String { Kernel.symbol(names[kernel]) }
  /// The C function of each row of each program.
  fileprivate var symbols: [[String]] { called.map { $0.map(symbol) } }
  /// The number by which rows call it.
  private func constant(_ kernel: Int) -> String { "k_\(names[kernel])" }

  /// All units, of the first all but the metadata.
  var units: [SourceFile] {
    let definitions = kernels.indices.map {
      kernels[$0].definition(options, name: names[$0], comment: comment($0))
    }
    let groups = KernelUnits(kernels, definitions: definitions, options: options).units
    let prelude = Prelude(
      options: options, scratchBytes: manifest.scratchBytes.roundedUp(to: tensorAlignment),
      hasGates: programs.contains { $0.rows.contains { $0.condition != nil } })
    func unit(_ name: String, _ sections: [String]) -> SourceFile {
      SourceFile(
        name: "\(name).c", text: sections.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n"))
    }
    let include = "#include \"\(name).h\""
    func code(_ group: KernelUnits.Unit) -> [String] {
      group.helpers.map { $0.text(options) } + group.kernels.map { definitions[$0] }
    }
    let entryPoints = [prelude.tail] + programs.indices.map(table) + (hasPrepare ? [] : [nothingToPrepare])
    if groups.count <= 1 {
      return [
        unit(
          name,
          [
            "/* \(name): computed by the kernels below, called row by row from the tables at the end. */", include,
            prelude.head(threads: true),
          ] + groups.flatMap(code) + [numbers(Array(kernels.indices)), dispatch] + entryPoints)
      ]
    }
    let calls = groups.indices.map { ArtefactSymbol.kernels(name, unit: $0 + 1) }
    let main = unit(
      name,
      [
        "/* \(name): computed by the kernels in \(name)_kernels_1.c and on, called row by row from the tables below. */",
        include, prelude.head(threads: true), numbers(Array(kernels.indices)), dispatch(to: groups, calls),
      ] + entryPoints)
    return [main]
      + zip(groups, calls).map { group, call in
        unit(
          call,
          [
            "/* Kernels of \(name), which calls them by their numbers. */", include, prelude.head(threads: false),
          ] + code(group) + [
            numbers(group.kernels), function(calling: group.kernels, as: "\(Self.hidden)void \(call)"),
          ])
      }
  }

  private var nothingToPrepare: String {
    """
    int \(ArtefactSymbol.prepare(name))(const struct \(ArtefactSymbol.arguments(name)) *arguments) {
      (void)arguments; /* nothing to prepare */
      return 0;
    }
    """
  }

  /// What the kernel computes, and of each program that calls it the first value and the number of rows: every program
  /// numbers its values by itself.
  private func comment(_ kernel: Int) -> String {
    let users = uses[kernel].map { use in
      let program = programs[use.program]
      let entry =
        program.symbol.hasPrefix("\(name)_") ? String(program.symbol.dropFirst(name.count + 1)) : program.symbol
      let value = use.first.value?.description ?? "a final copy"
      return "\(entry) \(value)" + (use.rows > 1 ? " … (\(use.rows) rows)" : "")
    }
    let shown = users.prefix(4).joined(separator: ", ")
    let more = users.count > 4 ? " and \(users.count - 4) more entry points" : ""
    return "/* \(names[kernel]): \(kernels[kernel].summary).\n   Used by \(shown)\(more). */\n"
  }

  /// The numbers by which tables call kernels.
  private func numbers(_ called: [Int]) -> String {
    """
    enum {
      k_end = 0,
    \(called.map { "  \(constant($0)) = \($0 + 1)," }.joined(separator: "\n"))
    };
    """
  }

  private static let parameters =
    "int64_t kernel, const struct context *c, const int64_t *a, int64_t first, int64_t last"
  /// Not exported whatever the compiler's flags are.
  private static let hidden = "__attribute__((visibility(\"hidden\"))) "

  /// A function that calls a kernel by its number; a table of functions would need relocations.
  private func function(calling called: [Int], as function: String) -> String {
    let cases = called.map { "    case \(constant($0)): \(symbol($0))(c, a, first, last); break;" }
    return """
      \(function)(\(Self.parameters)) {
        (void)c, (void)a, (void)first, (void)last;
        switch (kernel) {
      \(cases.joined(separator: "\n"))
          default: break;
        }
      }
      """
  }

  /// For kernels of the same unit.
  private var dispatch: String { function(calling: Array(kernels.indices), as: "static void dispatch") }

  /// For kernels of others.
  private func dispatch(to groups: [KernelUnits.Unit], _ symbols: [String]) -> String {
    let cases = zip(groups, symbols).map { group, symbol in
      group.kernels.map { "    case \(constant($0)):\n" }.joined()
        + "      \(symbol)(kernel, c, a, first, last);\n      break;"
    }
    return """
      \(symbols.map { "\(Self.hidden)void \($0)(\(Self.parameters));" }.joined(separator: "\n"))

      static void dispatch(\(Self.parameters)) {
        switch (kernel) {
      \(cases.joined(separator: "\n"))
          default: break;
        }
      }
      """
  }

  private func table(_ number: Int) -> String {
    let program = programs[number]
    let parts = program.microbatches
    var lines = ""
    for run in program.rows.runs {
      let first = program.rows[run.lowerBound]
      if let condition = first.condition {
        let last = program.rows[run].dropLast().reduce(4) { $0 + $1.arguments.count + 3 }
        let state = condition.isOpen ? "open" : "closed"
        let note = options.comments ? " // only where gate \(condition.gate) is \(state)" : ""
        lines +=
          "  \(first.waitsBeforeGate ? "WAIT+" : "")GATE,4,"
          + "\(2 * condition.gate.index + (condition.isOpen ? 1 : 0)),\(last),\(note)\n"
      }
      for row in run { add(program.rows[row], of: called[number][row], to: &lines) }
    }
    return """
      static const int64_t \(program.symbol)_rows[] = {
      \(lines)  k_end,
      };

      int \(program.symbol)(const struct \(ArtefactSymbol.arguments(name)) *arguments) {
        const struct call call = {arguments, \(program.symbol)_rows, \(parts.count), \(parts.inputBytes), \(parts.outputBytes), \(program.workspacePitch)};
        return start(&call);
      }
      """
  }

  /// Appends the line of a row.
  private func add(_ row: Row, of kernel: Int, to text: inout String) {
    text += row.waits ? "  WAIT+k_" : "  k_"
    text += names[kernel]
    text += ","
    text += String(row.arguments.count + 3)
    text += ","
    text += String(row.tasks)
    // a comma even where no words follow: the line ends in one
    if row.arguments.isEmpty { text += "," }
    for argument in row.arguments {
      text += ","
      add(argument, to: &text)
    }
    text += ","
    if options.comments {
      text += " // "
      text += commented(row.note)
    }
    text += "\n"
  }

  private func add(_ argument: Row.Argument, to text: inout String) {
    switch argument {
    case .place(let place):
      text += place.arena.letter
      text += "+"
      text += String(place.offset)
    case .absent: text += "-1"
    case .integer(let value): text += String(value)
    case .float(let value):
      text += "0x"
      text += String(value.bitPattern, radix: 16)
    case .double(let value): text += signed(value.bitPattern)
    case .bits(let value): text += signed(value)
    }
  }

  /// 64 bits as a C constant of type int64_t.
  private func signed(_ bits: UInt64) -> String {
    bits >> 63 == 0 ? "0x" + String(bits, radix: 16) : "(int64_t)0x" + String(bits, radix: 16) + "u"
  }

  /// Text that may stand in a line comment: printable, and without the backslash that would continue it.
  private func commented(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "?") }
    return isPlain
      ? text
      : String(
        String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0 == "\\" || $0 == "?" ? "_" : $0 }))
  }
}
