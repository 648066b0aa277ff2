/// How a parameter or a running statistic gets its first values; part of the parameter, keyed by its name and the seed.
public enum Initializer: Hashable, Sendable {
  /// Which side of a weight tensor sets the variance.
  public enum Fan: String, Sendable, CaseIterable {
    /// Inputs of one output: `in/groups · kernel area` for a convolution, `in` for a linear layer.
    case fanIn = "fan_in"
    /// Outputs: `out · kernel area` for a convolution, `out` for a linear layer.
    case fanOut = "fan_out"
  }

  /// Normal with standard deviation √(2/fan) (He et al., ICCV 2015).
  case heNormal(Fan)
  /// Uniform in ±√(6/(fan in + fan out)) (Glorot and Bengio, AISTATS 2010).
  case xavierUniform
  /// Normal with standard deviation √(2/(fan in + fan out)).
  case xavierNormal
  /// Normal with mean 0 and the given standard deviation.
  case normal(Double)
  /// Uniform in ±bound.
  case uniform(Double)
  /// Uniform in ±1/√(fan in): what PyTorch and Torch7 use for linear layers and biases; `fan` overrides the shape's.
  case lecunUniform(fan: Int? = nil)
  /// The same value everywhere.
  case constant(Double)
}

extension Initializer {
  // by bits, as every number of the IR, so that −0 and NaN survive hash-consing
  public static func == (a: Initializer, b: Initializer) -> Bool { a.attribute == b.attribute }
  public func hash(into hasher: inout Hasher) { hasher.combine(attribute) }

  /// Fan in and fan out of a weight of shape [out, in/groups, kernel…] or [out, in]; a vector counts as [n, 1].
  static func fans(of shape: [Int]) -> (in: Int, out: Int) {
    let area = shape.dropFirst(2).reduce(1, *)
    return ((shape.count > 1 ? shape[1] : 1) * area, (shape.first ?? 1) * area)
  }

  /// The first values of the tensor called `name`, row-major, the same for any platform with IEEE `log` and `cos`.
  ///
  /// Complexity: O(elements).
  package func values(name: String, shape: [Int], seed: UInt64) -> [Float] {
    let random = Philox(seed: seed, stream: name)
    let fans = Self.fans(of: shape)
    let count = shape.reduce(1, *)
    func normal(_ deviation: Double) -> [Float] {
      (0..<count).map { Float(random.normal(UInt64($0)) * deviation) }
    }
    func uniform(_ bound: Double) -> [Float] {
      (0..<count).map { Float((2 * Double(random.uniform(UInt64($0))) - 1) * bound) }
    }
    switch self {
    case .heNormal(.fanIn): return normal((2 / Double(fans.in)).squareRoot())
    case .heNormal(.fanOut): return normal((2 / Double(fans.out)).squareRoot())
    case .xavierUniform: return uniform((6 / Double(fans.in + fans.out)).squareRoot())
    case .xavierNormal: return normal((2 / Double(fans.in + fans.out)).squareRoot())
    case .normal(let deviation): return normal(deviation)
    case .uniform(let bound): return uniform(bound)
    case .lecunUniform(let fan): return uniform(1 / Double(fan ?? fans.in).squareRoot())
    case .constant(let value): return [Float](repeating: Float(value), count: count)
    }
  }

  /// The notation of the IR text.
  package var attribute: Attribute {
    switch self {
    case .heNormal(let fan): .list([.word("he_normal"), .word(fan.rawValue)])
    case .xavierUniform: .word("xavier_uniform")
    case .xavierNormal: .word("xavier_normal")
    case .normal(let deviation): .list([.word("normal"), .scalar(deviation)])
    case .uniform(let bound): .list([.word("uniform"), .scalar(bound)])
    case .lecunUniform(nil): .word("lecun_uniform")
    case .lecunUniform(.some(let fan)): .list([.word("lecun_uniform"), .int(fan)])
    case .constant(let value): .list([.word("constant"), .scalar(value)])
    }
  }

  /// Reads the notation back; nil when it is none of the above.
  package init?(_ attribute: Attribute) {
    let parts: [Attribute] = if case .list(let items) = attribute { items } else { [attribute] }
    guard case .word(let kind)? = parts.first else { return nil }
    let argument = parts.count == 2 ? parts[1] : nil
    switch (kind, parts.count) {
    case ("he_normal", 2):
      guard case .word(let word)? = argument, let fan = Fan(rawValue: word) else { return nil }
      self = .heNormal(fan)
    case ("xavier_uniform", 1): self = .xavierUniform
    case ("xavier_normal", 1): self = .xavierNormal
    case ("lecun_uniform", 1): self = .lecunUniform(fan: nil)
    case ("lecun_uniform", 2):
      guard let fan = argument?.integer, fan > 0 else { return nil }
      self = .lecunUniform(fan: fan)
    case ("normal", 2), ("uniform", 2), ("constant", 2):
      guard let number = argument?.number else { return nil }
      self = kind == "normal" ? .normal(number) : kind == "uniform" ? .uniform(number) : .constant(number)
    default: return nil
    }
  }
}
