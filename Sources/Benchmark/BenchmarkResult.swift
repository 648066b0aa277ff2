import Foundation

/// What a benchmark found; `bench --json` prints it under these names in snake case.
package struct BenchmarkResult: Codable, Sendable {
  package var name: String
  package var mode: String
  package var batch: Int
  package var threads: Int
  package var math: String
  package var target: String
  package var calls: Int
  package var medianMs: Double
  package var minMs: Double
  package var p25Ms: Double
  package var p75Ms: Double
  /// The distance of the quartiles as a share of the median.
  package var spread: Double
  package var imagesPerSecond: Double
  /// Of the model as it is written, for one image.
  package var multiplyAdds: Int
  /// Two for each of these multiply-adds.
  package var gflops: Double
  package var peakGflops: Double
  package var shareOfPeak: Double
  /// Floats of a vector with which the peak was measured and the model compiled.
  package var lanes: Int
  /// Bytes that the calls read and write, operand by operand, for one image.
  package var trafficBytes: Int
  /// The same if each value in memory were read once and written once.
  package var minimumTrafficBytes: Int
  package var machine: Machine

  /// One JSON object with sorted keys.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
