/// A type that a hyper-parameter, a stored property of a network, may have.
///
/// `Int`, `Double`, `Float`, `Bool`, `String` and optionals of them (written `none` when empty) conform. An enumeration
/// of strings conforms by saying so:
///
/// ```swift
/// enum Activation: String, CaseIterable, HyperParameter { case relu, tanh }
/// ```
public protocol HyperParameter {
  /// Reads what follows the `=` of `--set name=value`; nil when it is not such a value.
  init?(hyperParameter text: String)

  /// The value as `--set` takes it.
  var hyperParameterText: String { get }

  /// What is expected, for messages: `a whole number`.
  static var hyperParameterKind: String { get }
}

extension Int: HyperParameter {
  public init?(hyperParameter text: String) { self.init(text) }
  public var hyperParameterText: String { description }
  public static var hyperParameterKind: String { "a whole number" }
}

extension Double: HyperParameter {
  public init?(hyperParameter text: String) {
    guard let value = Double(text), value.isFinite else { return nil }
    self = value
  }
  public var hyperParameterText: String { description }
  public static var hyperParameterKind: String { "a number" }
}

extension Float: HyperParameter {
  public init?(hyperParameter text: String) {
    guard let value = Float(text), value.isFinite else { return nil }
    self = value
  }
  public var hyperParameterText: String { description }
  public static var hyperParameterKind: String { "a number" }
}

extension Bool: HyperParameter {
  public init?(hyperParameter text: String) { self.init(text) }
  public var hyperParameterText: String { description }
  public static var hyperParameterKind: String { "true or false" }
}

extension String: HyperParameter {
  public init?(hyperParameter text: String) { self = text }
  public var hyperParameterText: String { self }
  public static var hyperParameterKind: String { "a text" }
}

extension Optional: HyperParameter where Wrapped: HyperParameter {
  public init?(hyperParameter text: String) {
    if text == "none" {
      self = Self.none
    } else if let value = Wrapped(hyperParameter: text) {
      self = .some(value)
    } else {
      return nil
    }
  }
  public var hyperParameterText: String { self?.hyperParameterText ?? "none" }
  public static var hyperParameterKind: String { "\(Wrapped.hyperParameterKind) or none" }
}

extension HyperParameter where Self: RawRepresentable & CaseIterable, RawValue == String {
  public init?(hyperParameter text: String) { self.init(rawValue: text) }
  public var hyperParameterText: String { rawValue }
  public static var hyperParameterKind: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
}
