import Foundation

/// How a run of gnuplot went.
package enum PlotRun: Equatable, Sendable {
  /// There is no gnuplot to run.
  case notInstalled
  /// It ran; `messages` is its standard error.
  case finished(status: Int32, messages: String)
}

/// Runs `gnuplot` with the given arguments and waits for it. The caller owns the starting of processes.
package typealias PlotRunner = (_ arguments: [String]) throws -> PlotRun

/// What `Plot.write` left on the disk.
package struct PlotFiles: Equatable, Sendable {
  /// Paths of the files written, the CSV first.
  package var written: [String]
  /// Why there are no pictures, for the user; nil when all is there.
  package var message: String?
}

extension Plot {
  /// The gnuplot program that reads `csvPath` and draws into `outputPath`, as SVG or, by its ending, PNG.
  package func gnuplotScript(csvPath: String, outputPath: String) -> String {
    let picture: GnuplotScript.Picture = outputPath.hasSuffix(".png") ? .png : .svg
    return GnuplotScript(plot: self, csvPath: csvPath, outputPath: outputPath, picture: picture).text
  }

  /// Writes `base.csv`, `base.svg` and `base.png`, each whole or not at all.
  ///
  /// Only a CSV that cannot be written is an error. Pictures are a view of it: when gnuplot is missing or fails, the
  /// result says so, and older pictures stay.
  package func write(to base: String, running gnuplot: PlotRunner) throws(ReportError) -> PlotFiles {
    let csv = base + ".csv"
    try AtomicFile.write(data.csv, to: csv)
    var files = PlotFiles(written: [csv], message: nil)
    for picture in GnuplotScript.Picture.allCases {
      let path = "\(base).\(picture.rawValue)"
      files.message = picture.draw(to: path, from: csv, running: gnuplot) { output in
        gnuplotScript(csvPath: csv, outputPath: output)
      }
      if files.message != nil { break }
      files.written.append(path)
    }
    return files
  }

}

extension GnuplotScript.Picture {
  /// Draws one picture by the program that `script` gives for an output; returns what went wrong.
  func draw(
    to path: String, from csv: String, running gnuplot: PlotRunner, script text: (_ output: String) -> String
  ) -> String? {
    // A line break cannot stand inside gnuplot's quotes.
    guard singleLine(path) == path else { return "\(csv) is written; no picture: the path holds a control character" }
    let output = AtomicFile.temporaryName(for: path, suffix: rawValue)
    let script = AtomicFile.temporaryName(for: path, suffix: "gnuplot")
    defer {
      unlink(output)
      unlink(script)
    }
    do {
      try AtomicFile.create(script, holding: text(output))
      // -d: whatever stands in the user's gnuplotrc does not change our pictures.
      switch try gnuplot(["-d", script.hasPrefix("/") ? script : "./" + script]) {
      case .notInstalled:
        return "\(csv) is written; the pictures need gnuplot (apt-get install gnuplot-nox)"
      case .finished(let status, let messages):
        let detail = messages.trimmingCharacters(in: .whitespacesAndNewlines)
        guard status == 0 else {
          return "\(csv) is written; gnuplot failed with status \(status)\(detail.isEmpty ? "" : ": \(detail)")"
        }
        // On a full disk gnuplot may end well with half a picture.
        guard isComplete(output) else {
          return "\(path): gnuplot wrote an incomplete picture; is the disk full?"
        }
        try AtomicFile.rename(output, to: path)
        return nil
      }
    } catch {
      return "\(csv) is written; no picture: \(error)"
    }
  }

  /// True when the file ends as this kind of picture does.
  private func isComplete(_ path: String) -> Bool {
    guard let bytes = FileManager.default.contents(atPath: path) else { return false }
    switch self {
    case .svg: return String(decoding: bytes.suffix(16), as: UTF8.self).contains("</svg>")
    case .png: return bytes.suffix(8).elementsEqual([0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
    }
  }
}
