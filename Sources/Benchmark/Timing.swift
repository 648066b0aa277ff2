import Glibc

/// Times of calls, in seconds.
package struct Timing: Sendable {
  /// Ascending; never empty.
  private let sorted: [Double]

  package init(_ seconds: [Double]) {
    precondition(!seconds.isEmpty, "no call was timed")
    sorted = seconds.sorted()
  }

  package var calls: Int { sorted.count }
  package var fastest: Double { sorted[0] }
  package var median: Double { quantile(0.5) }

  /// The time that this share of the calls stays below, interpolated between two calls.
  package func quantile(_ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let lower = Int(position)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - Double(lower))
  }

  /// The distance of the quartiles as a share of the median.
  package var spread: Double { (quantile(0.75) - quantile(0.25)) / median }
}

/// Calls again and again, and times each call.
///
/// Two calls and then a tenth of the time are not counted: caches fill, pages appear, clocks rise. After that for as many
/// seconds as asked, but three calls at least; `warmed` runs before them.
package func time(seconds: Double, warmed: () throws -> Void = {}, _ call: () throws -> Void) rethrows -> Timing {
  let begin = monotonicSeconds()
  for count in 1... {
    try call()
    if count >= 2, monotonicSeconds() - begin >= seconds / 10 { break }
  }
  try warmed()
  var times: [Double] = []
  let end = monotonicSeconds() + seconds
  repeat {
    let start = monotonicSeconds()
    try call()
    times.append(monotonicSeconds() - start)
  } while times.count < 3 || monotonicSeconds() < end
  return Timing(times)
}

/// Seconds of a clock that nobody sets.
package func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
