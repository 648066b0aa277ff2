import Foundation

/// Numbers as people read them; independent of the locale.
package enum Format {
  /// An integer with thousands separators: `1,234,567`.
  package static func count(_ value: Int) -> String {
    (value < 0 ? "-" : "") + grouped(String(value.magnitude))
  }

  /// A number with a fixed number of decimals and thousands separators: `1,234.50`; `nan`, `inf` and `-inf` as such.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let text = String(format: "%.\(max(0, decimals))f", value.magnitude)
    let parts = text.split(separator: ".", maxSplits: 1)
    let digits = grouped(String(parts[0])) + (parts.count > 1 ? ".\(parts[1])" : "")
    // A negative number that rounds to zero shows no sign.
    return (value < 0 && text.contains { $0 != "0" && $0 != "." } ? "-" : "") + digits
  }

  /// Three significant digits in binary units: `512 B`, `1.50 KiB`, `12.3 MiB`, `100 GiB`.
  package static func bytes(_ value: Int) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    guard value.magnitude >= 1024 else { return "\(value) B" }
    var scaled = Double(value.magnitude) / 1024
    var unit = 0
    // 1023.5 KiB would print as 1,024 KiB.
    while scaled >= 1023.5, unit + 1 < units.count {
      scaled /= 1024
      unit += 1
    }
    return (value < 0 ? "-" : "") + significant(scaled) + " " + units[unit]
  }

  /// A time span with about three digits: `850 ns`, `12.3 ms`, `4.56 s`, `3 min 05 s`, `2 h 07 min`.
  package static func duration(seconds: Double) -> String {
    guard seconds.isFinite else { return fixed(seconds, decimals: 0) + " s" }
    let sign = seconds < 0 ? "-" : ""
    let magnitude = seconds.magnitude
    // Each limit lies where rounding to three digits would reach the next unit.
    if magnitude < 59.95 {
      for (limit, scale, unit) in [(999.5e-9, 1e9, "ns"), (999.5e-6, 1e6, "µs"), (999.5e-3, 1e3, "ms")]
      where magnitude < limit {
        return sign + significant(magnitude * scale) + " " + unit
      }
      return sign + significant(magnitude) + " s"
    }
    guard magnitude < 1e12 else { return sign + String(format: "%.3g s", magnitude) }
    let whole = Int(magnitude.rounded())
    if whole < 3600 { return sign + "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    let minutes = Int((magnitude / 60).rounded())
    return sign + "\(count(minutes / 60)) h \(twoDigits(minutes % 60)) min"
  }

  /// A time span as a clock shows it: `0:07`, `3:42`, `1:02:03`; `-:--` when unknown.
  package static func clock(seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "-:--" }
    let whole = Int(seconds.rounded())
    let tail = twoDigits(whole % 60)
    return whole < 3600 ? "\(whole / 60):\(tail)" : "\(whole / 3600):\(twoDigits(whole / 60 % 60)):\(tail)"
  }

  /// A fraction in per cent: `84.21 %`.
  package static func percent(_ fraction: Double, decimals: Int = 2) -> String {
    fixed(fraction * 100, decimals: decimals) + " %"
  }

  /// Three significant digits without an exponent, for values from 0 to below 1023.5.
  private static func significant(_ value: Double) -> String {
    fixed(value, decimals: value >= 99.95 ? 0 : value >= 9.995 ? 1 : value == 0 ? 0 : 2)
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func grouped(_ digits: String) -> String {
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }
}
