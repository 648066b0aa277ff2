/// A value in the IR text: `3`, `1e-05`, `relu`, `"a name"`, `[1, 1]`.
package enum Attribute: Hashable, Sendable, CustomStringConvertible {
  case int(Int)
  case scalar(Double)
  case word(String)
  case text(String)
  case list([Attribute])

  package static func == (a: Attribute, b: Attribute) -> Bool {
    switch (a, b) {
    case (.int(let x), .int(let y)): x == y
    // by bits, so that -0 and NaN survive hash-consing as they are
    case (.scalar(let x), .scalar(let y)): x.bitPattern == y.bitPattern
    case (.word(let x), .word(let y)): x == y
    case (.text(let x), .text(let y)): x == y
    case (.list(let x), .list(let y)): x == y
    case (.int, _), (.scalar, _), (.word, _), (.text, _), (.list, _): false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .int(let value): hasher.combine(value)
    case .scalar(let value): hasher.combine(value.bitPattern)
    case .word(let value), .text(let value): hasher.combine(value)
    case .list(let values): hasher.combine(values)
    }
  }

  package var integer: Int? { if case .int(let value) = self { value } else { nil } }

  package var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .scalar(let value): value
    case .word("nan"): .nan
    case .word("inf"): .infinity
    case .word, .text, .list: nil
    }
  }

  package var string: String? { if case .text(let value) = self { value } else { nil } }

  package var integers: [Int]? {
    guard case .list(let items) = self else { return nil }
    let values = items.compactMap(\.integer)
    return values.count == items.count ? values : nil
  }

  package var numbers: [Double]? {
    guard case .list(let items) = self else { return nil }
    let values = items.compactMap(\.number)
    return values.count == items.count ? values : nil
  }

  package static func ints(_ values: [Int]) -> Attribute { .list(values.map(Attribute.int)) }
  package static func bool(_ value: Bool) -> Attribute { .word(value ? "true" : "false") }

  package var description: String {
    switch self {
    case .int(let value): String(value)
    // a scalar keeps its point or exponent, so that reading it back gives a scalar again
    case .scalar(let value): value.description
    case .word(let value): value
    case .text(let value): Self.quote(value)
    case .list(let values): "[\(values.map(\.description).joined(separator: ", "))]"
    }
  }

  /// A string with quotes; quote, backslash and control characters escaped as `\u{…}`.
  package static func quote(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
