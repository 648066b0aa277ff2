/// What is wrong with an operation's attributes, in words for the user.
package struct AttributeError: Error, Sendable {
  package var message: String
}

/// Takes attributes by key and complains about missing, malformed and left-over ones.
package struct AttributeReader {
  private var values: AttributeList
  private let owner: String

  package init(_ values: AttributeList, of owner: String) {
    self.values = values
    self.owner = owner
  }

  package mutating func optional(_ key: String) -> Attribute? {
    values.firstIndex { $0.key == key }.map { values.remove(at: $0).value }
  }

  private mutating func take<Value>(
    _ key: String, _ expected: String, _ convert: (Attribute) -> Value?
  ) throws(AttributeError) -> Value {
    guard let attribute = optional(key) else {
      throw AttributeError(message: "\(owner): expected attribute \(key), found none")
    }
    guard let value = convert(attribute) else {
      throw AttributeError(message: "\(owner): expected \(expected) for \(key), found \(attribute)")
    }
    return value
  }

  package mutating func int(_ key: String) throws(AttributeError) -> Int {
    try take(key, "a whole number", \.integer)
  }

  /// A whole number that may be left out.
  package mutating func optionalInt(_ key: String) throws(AttributeError) -> Int? {
    values.contains { $0.key == key } ? try int(key) : nil
  }

  package mutating func ints(_ key: String) throws(AttributeError) -> [Int] {
    try take(key, "a list of whole numbers", \.integers)
  }

  package mutating func numbers(_ key: String) throws(AttributeError) -> [Double] {
    try take(key, "a list of numbers", \.numbers)
  }

  package mutating func scalar(_ key: String) throws(AttributeError) -> Scalar {
    Scalar(try take(key, "a number", \.number))
  }

  package mutating func bool(_ key: String) throws(AttributeError) -> Bool {
    try take(key, "true or false") { $0 == .word("true") ? true : $0 == .word("false") ? false : nil }
  }

  /// True or false, which may be left out.
  package mutating func optionalBool(_ key: String) throws(AttributeError) -> Bool? {
    has(key) ? try bool(key) : nil
  }

  package func has(_ key: String) -> Bool { values.contains { $0.key == key } }

  package mutating func text(_ key: String) throws(AttributeError) -> String {
    try take(key, "a string", \.string)
  }

  package mutating func attribute(_ key: String) throws(AttributeError) -> Attribute {
    try take(key, "a value") { $0 }
  }

  package mutating func initializer(_ key: String) throws(AttributeError) -> Initializer {
    try take(key, "an initializer such as [he_normal, fan_out] or [constant, 0.0]", Initializer.init)
  }

  package mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Choice.Type
  ) throws(AttributeError) -> Choice where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return try take(key, "one of \(names)") {
      guard case .word(let word) = $0 else { return nil }
      return Choice(rawValue: word)
    }
  }

  /// One of some numbers.
  package mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Choice.Type
  ) throws(AttributeError) -> Choice where Choice.RawValue == Int {
    let numbers = Choice.allCases.map { "\($0.rawValue)" }.joined(separator: ", ")
    return try take(key, "one of \(numbers)") { $0.integer.flatMap(Choice.init) }
  }

  package mutating func extents(_ key: String) throws(AttributeError) -> [Extent] {
    try take(key, "a list of extents") {
      guard case .list(let items) = $0 else { return nil }
      let extents = items.compactMap { item in
        item == .word("N") ? Extent.batch : item.integer.map(Extent.fixed)
      }
      return extents.count == items.count ? extents : nil
    }
  }

  package func finish() throws(AttributeError) {
    guard values.isEmpty else {
      let left = values.map(\.key).joined(separator: ", ")
      throw AttributeError(message: "\(owner): unexpected attribute \(left)")
    }
  }
}
