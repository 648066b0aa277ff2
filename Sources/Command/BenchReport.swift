import Benchmark
import Foundation
import Reports
import Runtime

/// A table in Markdown that grows by a line with every benchmark; a new one begins with the machine.
struct BenchReport {
  private static let title = "# Benchmarks\n"

  let path: String
  private let present: String?

  /// Reads what there is; a file that is no such report is refused, before anything is measured.
  init(_ path: String) throws {
    self.path = path
    guard FileManager.default.fileExists(atPath: path) else {
      present = nil
      return
    }
    let text = String(decoding: try FileSystem.read(path), as: UTF8.self)
    guard text.hasPrefix(Self.title), text.hasSuffix("|\n") else {
      throw Failure.user("\(path): expected a report that --report began, or no file, found another text")
    }
    present = text
  }

  /// - Parameter case: What was benchmarked, as the user named it.
  func add(_ result: BenchmarkResult, case name: String) throws {
    let text = (present ?? head(result)) + line(result, name) + "\n"
    try FileSystem.write(Array(text.utf8), to: path)
  }

  private func head(_ result: BenchmarkResult) -> String {
    let machine = result.machine
    return Self.title + """

      \(machine.cpu), \(Format.count(machine.cores)) \(machine.cores == 1 ? "core" : "cores"), vectors of \
      \(result.lanes) floats (\(result.target)); at best \(Format.fixed(result.peakGflops, decimals: 1)) GFLOP/s on \
      \(Format.count(result.threads)) \(result.threads == 1 ? "thread" : "threads"), measured. \(machine.clang).

      A call is an inference from images to outputs, or a whole training step with its update. Shares count the
      multiply-adds of the model as it is written, and are of the peak measured in the same process.

      | model | mode | batch | threads | math | median | half of the calls | images/s | GFLOP/s | of the peak |
      |---|---|---|---|---|---|---|---|---|---|

      """
  }

  private func line(_ result: BenchmarkResult, _ name: String) -> String {
    func ms(_ value: Double) -> String { Format.duration(seconds: value / 1e3) }
    let cells = [
      name.replacing("|", with: "\\|"), result.mode, "\(result.batch)", "\(result.threads)", result.math,
      ms(result.medianMs), "\(ms(result.p25Ms)) … \(ms(result.p75Ms))", BenchmarkResult.rate(result.imagesPerSecond),
      Format.fixed(result.gflops, decimals: 1), Format.percent(result.shareOfPeak, decimals: 1),
    ]
    return "| \(cells.joined(separator: " | ")) |"
  }
}
