import Interchange
import NNIR

/// Turns stored pixel values into network input: (value − mean) / deviation for each channel.
///
/// Computed in double precision and rounded once; for bytes by a table.
package struct Normalizer: Sendable, Equatable {
  /// One value for each channel, in units of the stored pixels.
  package let mean: [Double]
  package let deviation: [Double]
  /// The results for all bytes: 256 for each channel.
  private let table: [Float]

  /// Throws for deviations that are not positive or constants that are not one pair for each channel.
  package init(_ normalization: Recipe.Normalization, training: Dataset) throws(InterchangeError) {
    switch normalization {
    case .none: self.init(mean: 0, deviation: 1, channels: training.channels)
    // Byte or float, a stored value means 0…255, so that a data set gives the same input in either form.
    case .unit: self.init(mean: 0, deviation: 255, channels: training.channels)
    case .perChannel:
      let statistics = Self.statistics(training)
      self.init(mean: statistics.mean, deviation: statistics.deviation)
    case .channels(let mean, let deviation):
      guard mean.count == training.channels, deviation.count == training.channels else {
        throw InterchangeError(
          training.name,
          "expected normalisation constants for \(training.channels) channels, "
            + "found \(mean.count) means and \(deviation.count) deviations")
      }
      guard mean.allSatisfy(\.isFinite), deviation.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw InterchangeError(
          training.name, "expected finite means and positive deviations, found \(mean) and \(deviation)")
      }
      self.init(mean: mean, deviation: deviation)
    }
  }

  private init(mean: Double, deviation: Double, channels: Int) {
    self.init(
      mean: Array(repeating: mean, count: channels), deviation: Array(repeating: deviation, count: channels))
  }

  private init(mean: [Double], deviation: [Double]) {
    self.mean = mean
    self.deviation = deviation
    table = mean.indices.flatMap { channel in
      (0..<256).map { Float((Double($0) - mean[channel]) / deviation[channel]) }
    }
  }

  /// The input for a stored byte.
  func input(_ value: UInt8, channel: Int) -> Float { table[channel << 8 | Int(value)] }

  /// The input for a stored float.
  func input(_ value: Float, channel: Int) -> Float { Float((Double(value) - mean[channel]) / deviation[channel]) }

  /// Mean and (biased) standard deviation of every channel; a constant channel gets deviation 1 and thus becomes 0.
  ///
  /// Bytes are counted, so that their statistics are exact up to the last rounding; floats are summed in order.
  private static func statistics(_ dataset: Dataset) -> (mean: [Double], deviation: [Double]) {
    let plane = dataset.height * dataset.width
    let count = Double(dataset.count * plane)
    var means: [Double] = []
    var deviations: [Double] = []
    for channel in 0..<dataset.channels {
      let starts = dataset.rows.map { ($0 * dataset.channels + channel) * plane }
      var mean = 0.0
      var variance = 0.0
      switch dataset.pixels {
      case .bytes(let values):
        var occurrences = Array(repeating: 0, count: 256)
        for start in starts {
          for value in values[start..<start + plane] { occurrences[Int(value)] += 1 }
        }
        for (value, times) in occurrences.enumerated() { mean += Double(value) * Double(times) }
        mean /= count
        for (value, times) in occurrences.enumerated() {
          variance += (Double(value) - mean) * (Double(value) - mean) * Double(times)
        }
      case .floats(let values):
        for start in starts {
          for value in values[start..<start + plane] { mean += Double(value) }
        }
        mean /= count
        for start in starts {
          for value in values[start..<start + plane] { variance += (Double(value) - mean) * (Double(value) - mean) }
        }
      }
      let deviation = (variance / count).squareRoot()
      means.append(mean)
      deviations.append(deviation > 0 ? deviation : 1)
    }
    return (means, deviations)
  }
}
