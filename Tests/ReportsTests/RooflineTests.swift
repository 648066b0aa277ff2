import Foundation
import Reports
import Testing

@Suite struct RooflineTests {
  static let roofline = Roofline(
    title: "it's fast", peak: 100, bandwidth: 20,
    points: [
      .init(label: "one", intensity: 2, gflops: 30, share: 0.75),
      .init(label: "a,b", intensity: 8, gflops: 90, share: 0.25),
    ])

  /// The roof is 20·2 where memory limits and the peak where it does not.
  @Test func theTableHoldsTheRoof() {
    #expect(
      Self.roofline.data.csv
        == "number,kernel,flop_per_byte,gflops,roof_gflops,share_of_time\n1,one,2,30,40,0.75\n2,\"a,b\",8,90,100,0.25\n"
    )
  }

  @Test func theScriptDrawsRoofPointsAndNames() {
    let script = Self.roofline.gnuplotScript(csvPath: "r.csv", outputPath: "r.svg")
    #expect(script.contains("set title 'it''s fast'"))
    #expect(script.contains("roof(x) = 20 * x < 100 ? 20 * x : 100"))
    #expect(script.contains("'./r.csv' skip 1 using 3:4"))
    #expect(script.contains("'1  one  75.0 %'") && script.contains("'2  a,b  25.0 %'"))
    // whole decades around 2 … 8 operations a byte
    #expect(script.contains("set xrange [1:10]"))
  }

  @Test(arguments: [roofline, Roofline(title: "none", peak: 100, bandwidth: 20, points: [])])
  func gnuplotDrawsIt(roofline: Roofline) throws {
    let folder = NSTemporaryDirectory() + "roofline-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let gnuplot = "/usr/bin/gnuplot"
    let files = try roofline.write(to: "\(folder)/r.svg") { arguments in
      guard FileManager.default.isExecutableFile(atPath: gnuplot) else { return .notInstalled }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: gnuplot)
      process.arguments = arguments
      let errors = Pipe()
      process.standardError = errors
      try process.run()
      let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return .finished(status: process.terminationStatus, messages: said)
    }
    #expect(FileManager.default.fileExists(atPath: "\(folder)/r.csv"))
    if let message = files.message {
      #expect(message.contains("apt-get install"))
    } else {
      #expect(files.written == ["\(folder)/r.csv", "\(folder)/r.svg"])
      #expect(try String(contentsOfFile: "\(folder)/r.svg", encoding: .utf8).contains("peak 100 GFLOP/s"))
    }
    // nothing temporary stays
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == files.written.count)
  }
}
