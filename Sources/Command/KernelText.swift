import Compiler
import Reports

extension KernelReport {
  /// The most lines that one kernel's cell and the list of remarks show; `--json` has them all.
  private static let shownLines = 6
  private static let shownRemarks = 20

  /// What `inspect --kernels` prints: kernels, their register tiles, what is wrong, and what clang remarked.
  var text: String {
    var text =
      "\(name) for \(target) at \(optimization): \(Format.bytes(bytes)) of code, vectors of \(vectorBits) bits\n\n"
    text += kernelTable.text
    text += "\n" + tileTable.text
    if optimization == "-O0" {
      text += "\nnothing is expected of register tiles without optimisation\n"
    } else if findings.isEmpty {
      text += "\nregister tiles keep their sums in registers, one fused multiply-add each\n"
    } else {
      text += "\n" + findings.map { "finding: \($0)\n" }.joined()
    }
    if remarks.isEmpty { return text }
    text += "\nclang's remarks on loops of kernels, by line of the C sources\n"
    // a loop of an inlined function is several to clang; one line says it
    var lines: [String] = []
    for remark in remarks {
      let line = "  \(remark.file)\(remark.line.map { ":\($0)" } ?? ""): \(remark.function): \(remark.text)\n"
      if !lines.contains(line) { lines.append(line) }
    }
    text += lines.prefix(Self.shownRemarks).joined()
    let left = lines.count - Self.shownRemarks
    return left > 0 ? text + "  and \(Format.count(left)) more, which --json lists\n" : text
  }

  private var kernelTable: TextTable {
    var table = TextTable([
      .init("kernel", alignment: .left), .init("rows"), .init("multiply-adds"), .init("share"), .init("tiles"),
      .init("largest loop"), .init("bits"), .init("tile spills"), .init("other spills"), .init("vectorised"),
      .init("bytes"),
      .init("lines", alignment: .left),
    ])
    let total = kernels.reduce(0.0) { $0 + Double($1.multiplyAdds) }
    for kernel in kernels {
      let loops = kernel.vectorizedLoops + kernel.otherLoops
      table.add([
        kernel.name, Format.count(kernel.rows), kernel.multiplyAdds > 0 ? Format.count(kernel.multiplyAdds) : "",
        kernel.multiplyAdds > 0 ? Format.percent(Double(kernel.multiplyAdds) / total, decimals: 1) : "",
        kernel.tiles.isEmpty ? "" : "\(kernel.tiles.count)",
        kernel.loopMultiplyAdds > 0 ? "\(kernel.loopMultiplyAdds)" : "",
        kernel.vectorBits > 0 ? "\(kernel.vectorBits)" : "", spills(kernel.tileSpills, kernel.tileReloads),
        spills(kernel.otherSpills, kernel.otherReloads),
        loops > 0 ? "\(kernel.vectorizedLoops) of \(loops)" : "", Format.count(kernel.bytes), places(kernel.lines),
      ])
    }
    return table
  }

  private var tileTable: TextTable {
    var table = TextTable([
      .init("register tile", alignment: .left), .init("sums"), .init("multiply-adds"), .init("bits"), .init("unfused"),
      .init("spills"), .init("other stack uses"), .init("bytes"), .init("kernels", alignment: .left),
    ])
    // unrolling leaves a loop for the rest: one line for both
    var shown: [Tile] = []
    for tile in tiles where shown.last?.function != tile.function || shown.last?.sums != tile.sums {
      shown.append(tile)
    }
    for tile in shown {
      let loops = tiles.filter { $0.function == tile.function && $0.sums == tile.sums }
      let kernels = tile.kernels.filter { $0 != tile.function }
      table.add([
        tile.function, "\(tile.sums)", loops.map { "\($0.multiplyAdds)" }.joined(separator: ", "), "\(tile.vectorBits)",
        "\(loops.reduce(0) { $0 + $1.unfused })",
        spills(loops.reduce(0) { $0 + $1.spills }, loops.reduce(0) { $0 + $1.reloads }),
        "\(loops.reduce(0) { $0 + $1.otherStackUses })", Format.count(tile.bytes),
        kernels.prefix(2).joined(separator: " ") + (kernels.count > 2 ? " and \(kernels.count - 2) more" : ""),
      ])
    }
    return table
  }

  /// `2+9`: stores and loads.
  private func spills(_ spills: Int, _ reloads: Int) -> String {
    spills + reloads == 0 ? "0" : "\(spills)+\(reloads)"
  }

  /// `densenet.swift:14,20,33`: the file once for neighbours of one file.
  private func places(_ lines: [String]) -> String {
    var text = ""
    var file = ""
    for place in lines.prefix(Self.shownLines) {
      let parts = place.split(separator: ":")
      let (name, line) = (parts.dropLast().joined(separator: ":"), parts.last ?? "")
      text += name == file ? ",\(line)" : (text.isEmpty ? "" : " ") + place
      file = name
    }
    return lines.count > Self.shownLines ? text + ",…" : text
  }
}
