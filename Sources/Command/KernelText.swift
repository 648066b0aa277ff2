import Compiler
import Reports

extension KernelReport {
  /// The most lines that one kernel's cell and the list of remarks show; `--json` has them all.
  private static let shownLines = 6
  private static let shownRemarks = 20

  /// What `inspect --kernels` prints: kernels, their register tiles, what is wrong, and what clang remarked.
  var text: String {
    var text = "\(name) for \(target): \(Format.bytes(bytes)) of code, vectors of \(vectorBits) bits\n\n"
    text += kernelTable.text
    text += "\n" + tileTable.text
    if findings.isEmpty {
      text += "\nregister tiles keep their sums in registers, one fused multiply-add each\n"
    } else {
      text += "\n" + findings.map { "finding: \($0)\n" }.joined()
    }
    if remarks.isEmpty { return text }
    text += "\nclang's remarks on loops of kernels, by line of the C source\n"
    // the loops that clang thinks of as one are several where a function was inlined; one line says it
    var lines: [String] = []
    for remark in remarks {
      let line = "  \(remark.function)\(remark.line.map { ":\($0)" } ?? ""): \(remark.text)\n"
      if !lines.contains(line) { lines.append(line) }
    }
    text += lines.prefix(Self.shownRemarks).joined()
    let left = lines.count - Self.shownRemarks
    return left > 0 ? text + "  and \(Format.count(left)) more, which --json lists\n" : text
  }

  private var kernelTable: TextTable {
    var table = TextTable([
      .init("kernel", alignment: .left), .init("rows"), .init("multiply-adds"), .init("share"), .init("tiles"),
      .init("largest loop"), .init("bits"), .init("spills"), .init("reloads"), .init("vectorised"), .init("bytes"),
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
        kernel.vectorBits > 0 ? "\(kernel.vectorBits)" : "", "\(kernel.spills)", "\(kernel.reloads)",
        loops > 0 ? "\(kernel.vectorizedLoops) of \(loops)" : "", Format.count(kernel.bytes), places(kernel.lines),
      ])
    }
    return table
  }

  private var tileTable: TextTable {
    var table = TextTable([
      .init("register tile", alignment: .left), .init("sums"), .init("multiply-adds"), .init("unfused"), .init("bits"),
      .init("spills"), .init("reloads"), .init("other stack uses"), .init("bytes"),
      .init("kernels", alignment: .left),
    ])
    for tile in tiles {
      table.add([
        tile.function, "\(tile.sums)", "\(tile.multiplyAdds)", "\(tile.unfused)", "\(tile.vectorBits)",
        "\(tile.spills)",
        "\(tile.reloads)", "\(tile.otherStackUses)", Format.count(tile.bytes),
        tile.kernels.filter { $0 != tile.function }.joined(separator: " "),
      ])
    }
    return table
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
