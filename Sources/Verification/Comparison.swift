/// One comparison of computed numbers with what they should be.
package struct Comparison: Sendable, CustomStringConvertible {
  /// What was compared, for example `gradient block1.layer1.conv1.weight`.
  package var subject: String
  /// Euclidean norm of the difference.
  package var error: Double
  /// The largest norm that is accepted.
  package var bound: Double
  /// Euclidean norm of what was expected.
  package var norm: Double
  /// The element that is furthest off: its index, what was expected and what was found.
  package var worst: (index: Int, expected: Double, found: Double)?

  /// Why it cannot be measured: numbers that are not finite, different counts, or nothing was checked; else nil.
  package var reason: String? {
    if let unchecked { return "not checked: \(unchecked)" }
    if let counts { return "expected \(counts.expected) numbers, found \(counts.found)" }
    if !norm.isFinite { return "the expected numbers are not finite" }
    // compiled code's bound is what the interpreter strays in single precision
    if !bound.isFinite { return "not finite in single precision" }
    return error.isFinite ? nil : "not finite"
  }

  private var unchecked: String?
  private var counts: (expected: Int, found: Int)?

  /// A NaN anywhere makes the error NaN, which is within no bound; a bound that is not finite is none.
  package var passed: Bool { error <= bound && bound < .infinity }

  package var description: String {
    let verdict = passed ? "ok  " : "FAIL"
    if let reason {
      // where the two differ in kind; without a bound the furthest element says nothing
      let place = worst.flatMap { $0.expected.isFinite && $0.found.isFinite ? nil : $0 }
      return "\(verdict) \(subject): \(reason)"
        + (place.map { " at [\($0.index)]: expected \($0.expected), found \($0.found)" } ?? "")
    }
    let place = worst.map { " at [\($0.index)]: expected \($0.expected), found \($0.found)" } ?? ""
    return "\(verdict) \(subject): off by \(short(error)) (allowed \(short(bound)), norm \(short(norm)))"
      + (passed ? "" : place)
  }

  /// Compares `found` with `expected`; different counts never pass.
  package init(_ subject: String, expected: [Double], found: [Double], bound: Double) {
    self.subject = subject
    self.bound = bound
    norm = euclideanNorm(expected)
    guard expected.count == found.count else {
      error = .infinity
      counts = (expected.count, found.count)
      return
    }
    error = distance(expected, found)
    let furthest = expected.indices.max { off(expected[$0], found[$0]) < off(expected[$1], found[$1]) }
    worst = furthest.map { ($0, expected[$0], found[$0]) }
  }

  /// A comparison that could not be made, which never passes.
  package init(_ subject: String, unchecked reason: String) {
    self.subject = subject
    unchecked = reason
    error = .nan
    bound = 0
    norm = 0
  }
}

/// How far apart two numbers are, with NaN the furthest.
private func off(_ a: Double, _ b: Double) -> Double {
  let difference = abs(a - b)
  return difference.isNaN ? .infinity : difference
}

/// √Σx²
package func euclideanNorm(_ values: [Double]) -> Double {
  values.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

/// √Σ(a−b)²; the counts have to agree.
package func distance(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
}

/// Three significant digits, for messages.
func short(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
  var exponent = 0
  var mantissa = abs(value)
  while mantissa >= 10 {
    mantissa /= 10
    exponent += 1
  }
  while mantissa < 1 {
    mantissa *= 10
    exponent -= 1
  }
  let digits = (mantissa * 100).rounded() / 100
  return "\(value < 0 ? "-" : "")\(digits)e\(exponent)"
}

/// The comparisons of one check, and what it is a check of.
package struct Verdict: Sendable {
  package var title: String
  package var comparisons: [Comparison]
  package var passed: Bool { comparisons.allSatisfy(\.passed) }
  package var failures: [Comparison] { comparisons.filter { !$0.passed } }

  /// `ok  `, `FAIL`, or `--  ` where nothing was compared, which proves nothing.
  package var status: String { comparisons.isEmpty ? "--  " : passed ? "ok  " : "FAIL" }

  package init(_ title: String, _ comparisons: [Comparison]) {
    self.title = title
    self.comparisons = comparisons
  }

  /// The comparison that came closest to its bound, or went furthest beyond it.
  package var tightest: Comparison? {
    comparisons.max { ratio($0) < ratio($1) }
  }

  private func ratio(_ comparison: Comparison) -> Double {
    guard comparison.reason == nil else { return .infinity }
    return comparison.bound > 0 ? comparison.error / comparison.bound : comparison.error > 0 ? .infinity : 0
  }
}
