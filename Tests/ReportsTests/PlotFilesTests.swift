import Foundation
import Reports
import Testing

@Suite final class PlotFilesTests {
  let folder: String
  let plot = LearningCurves.plot(PlotTests.records, title: "it's a _test_ `touch pwned` {a^b} \"q\"\nsecond")

  init() throws {
    folder = NSTemporaryDirectory() + "reports ' " + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
  }

  /// gnuplot itself, run in the folder of the pictures.
  private func gnuplot(_ arguments: [String]) throws -> PlotRun {
    guard let program = Self.gnuplotPath else { return .notInstalled }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let data = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return .finished(status: process.terminationStatus, messages: String(decoding: data, as: UTF8.self))
  }

  static let gnuplotPath = ["/usr/bin/gnuplot", "/usr/local/bin/gnuplot"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: gnuplotPath != nil, "gnuplot is not installed"))
  func picturesAreDrawn() throws {
    let files = try plot.write(to: "\(folder)/curves", running: gnuplot)
    #expect(files.message == nil)
    #expect(files.written == ["csv", "svg", "png"].map { "\(folder)/curves.\($0)" })
    // Nothing temporary stays, and the backquotes in the title ran nothing.
    #expect(try names == ["curves.csv", "curves.png", "curves.svg"])
    let svg = try String(contentsOfFile: "\(folder)/curves.svg", encoding: .utf8)
    for text in [
      "it's a _test_ `touch pwned` {a^b} &quot;q&quot; second", "cross-entropy loss [nats]", "accuracy [%]", "epoch",
      "train 0.250", "validation 50.0", "rgb(  0, 114, 178)", "rgb(213,  94,   0)",
    ] {
      #expect(svg.contains(text) || svg.contains(text.replacing("&quot;", with: "\"")), "\(text)")
    }
    // The header of a PNG holds its size at byte 16, big-endian: twice the SVG's 1120 × 420, in bytes 2240 = 8·256 + 192
    // and 840 = 3·256 + 72.
    let png = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/curves.png")))
    #expect(png.dropFirst(16).prefix(8).elementsEqual([0, 0, 8, 192, 0, 0, 3, 72] as [UInt8]))
  }

  /// gnuplot accepts the script of every kind of data: none, one row, undefined values, bars, many panels.
  @Test(.enabled(if: gnuplotPath != nil, "gnuplot is not installed"))
  func unusualDataIsDrawn() throws {
    let labels = DataTable([
      .init("x", labels: (0..<9).map { "net, \"\($0)\"" }), .init("y", (0..<9).map { Double($0 - 4) }),
    ])
    let bars = Plot.Panel(yLabel: "y", series: [.init("y", column: 1)], style: .bars)
    let undefined = [EpochRecord(epoch: 1, trainLoss: .nan), EpochRecord(epoch: 2, trainLoss: .infinity)]
    let plots = [
      LearningCurves.plot([], title: ""), LearningCurves.plot(Array(PlotTests.records.prefix(1)), title: "one"),
      LearningCurves.plot(undefined, title: "undefined"),
      Plot(title: "bars", xLabel: "x", data: labels, panels: [bars, bars, bars]),
      Plot(
        title: "broken x", xLabel: "t [s]", data: DataTable([.init("t", [0.5, 0.75]), .init("y", [1e300, -1e300])]),
        panels: [.init(yLabel: "y", series: [.init("y", column: 1)])]),
    ]
    for plot in plots {
      let files = try plot.write(to: "\(folder)/p", running: gnuplot)
      #expect(files.message == nil, "\(plot.title)")
    }
  }

  @Test func withoutGnuplotTheCSVStays() throws {
    let files = try plot.write(to: "\(folder)/curves") { _ in .notInstalled }
    #expect(files.written == ["\(folder)/curves.csv"])
    #expect(
      files.message == "\(folder)/curves.csv is written; the pictures need gnuplot (apt-get install gnuplot-nox)")
    #expect(try names == ["curves.csv"])
    #expect(try String(contentsOfFile: "\(folder)/curves.csv", encoding: .utf8) == plot.data.csv)
  }

  @Test func failuresAreReportedAndOldPicturesStay() throws {
    try "old".write(toFile: "\(folder)/curves.svg", atomically: false, encoding: .utf8)
    let failed = try plot.write(to: "\(folder)/curves") { _ in .finished(status: 2, messages: "line 3: no\n") }
    #expect(failed.message == "\(folder)/curves.csv is written; gnuplot failed with status 2: line 3: no")
    // Ends well, but writes nothing.
    let empty = try plot.write(to: "\(folder)/curves") { _ in .finished(status: 0, messages: "") }
    #expect(empty.message == "\(folder)/curves.svg: gnuplot wrote an incomplete picture; is the disk full?")
    struct Broken: Error {}
    let thrown = try plot.write(to: "\(folder)/curves") { _ in throw Broken() }
    #expect(thrown.message?.contains("no picture: Broken()") == true)
    #expect(try names == ["curves.csv", "curves.svg"])
    #expect(try String(contentsOfFile: "\(folder)/curves.svg", encoding: .utf8) == "old")
  }

  /// gnuplot is told to ignore the user's own settings and gets a script that exists.
  @Test func runnerGetsAScript() throws {
    var scripts: [String] = []
    _ = try plot.write(to: "\(folder)/curves") { arguments in
      #expect(arguments.count == 2 && arguments[0] == "-d")
      scripts.append(try String(contentsOfFile: arguments[1], encoding: .utf8))
      return .notInstalled
    }
    #expect(scripts.count == 1)
    #expect(scripts.first?.hasPrefix("set encoding utf8\nset terminal svg ") == true)
  }

  @Test func unwritablePlacesAreErrors() throws {
    let missing = "\(folder)/none/curves"
    #expect(throws: ReportError.unwritable(file: missing + ".csv", reason: "No such file or directory")) {
      try plot.write(to: missing) { _ in .notInstalled }
    }
    // A directory stands where the CSV should go; the temporary file is gone again.
    try FileManager.default.createDirectory(atPath: "\(folder)/taken.csv", withIntermediateDirectories: true)
    #expect(throws: ReportError.unwritable(file: "\(folder)/taken.csv", reason: "Is a directory")) {
      try plot.write(to: "\(folder)/taken") { _ in .notInstalled }
    }
    #expect(try names == ["taken.csv"])
  }
}
