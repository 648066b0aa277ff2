extension Recipe {
  /// The recipe as the IR text writes it.
  package var attributes: AttributeList {
    [
      ("loss", .word(loss.rawValue)), ("optimizer", optimizer.attribute), ("learning_rate", learningRate.attribute),
      ("batch", .int(batch)), ("epochs", .int(epochs)), ("augmentation", .list(augmentation.map(\.attribute))),
      ("normalization", normalization.attribute), ("validation", .scalar(validation)),
    ]
  }

  package init(_ reader: inout AttributeReader) throws(AttributeError) {
    self.init(
      loss: try reader.choice("loss", Loss.self),
      optimizer: try Optimizer(try reader.attribute("optimizer")),
      learningRate: try LearningRate(try reader.attribute("learning_rate")),
      batch: try reader.int("batch"), epochs: try reader.int("epochs"),
      augmentation: try Augmentation.list(try reader.attribute("augmentation")),
      normalization: try Normalization(try reader.attribute("normalization")),
      validation: try reader.scalar("validation").value)
    try reader.finish()
  }

  /// What makes no sense in the recipe's numbers, in words for the user; all of it.
  package var problems: [String] {
    var found: [String] = []
    func expect(_ holds: Bool, _ what: String, _ value: some CustomStringConvertible) {
      if !holds { found.append("recipe: expected \(what), found \(value)") }
    }
    func atLeastZero(_ value: Double, _ name: String) {
      expect(value.isFinite && value >= 0, "\(name) of at least 0", value)
    }
    func fraction(_ value: Double, _ name: String) { expect((0..<1).contains(value), "\(name) in 0 ..< 1", value) }

    expect(batch >= 1, "a batch of at least 1", batch)
    expect(epochs >= 1, "at least 1 epoch", epochs)
    fraction(validation, "a validation share")
    atLeastZero(learningRate.base, "a learning rate")
    atLeastZero(learningRate.warmupEpochs, "warm-up epochs")
    atLeastZero(learningRate.warmupStart, "a rate at the start of warm-up")
    switch learningRate.shape {
    case .constant: break
    case .steps(let factor, let fractions):
      expect(factor.isFinite && factor > 0, "a factor (or divisor) above 0", factor)
      expect(fractions.allSatisfy { (0...1).contains($0) }, "steps at fractions in 0 ... 1 of all epochs", fractions)
    case .cosine(let final): atLeastZero(final, "a final learning rate")
    case .inverse(let decay): atLeastZero(decay, "a decay")
    }
    switch optimizer {
    case .sgd(let momentum, let dampening, let nesterov, let weightDecay):
      fraction(momentum, "a momentum")
      expect((0...1).contains(dampening), "a dampening in 0 ... 1", dampening)
      expect(!nesterov || (dampening == 0 && momentum > 0), "momentum and dampening 0 with Nesterov", dampening)
      atLeastZero(weightDecay, "a weight decay")
    case .adam(let beta1, let beta2, let epsilon, let weightDecay),
      .adamW(let beta1, let beta2, let epsilon, let weightDecay):
      fraction(beta1, "β1")
      fraction(beta2, "β2")
      expect(epsilon.isFinite && epsilon > 0, "ε above 0", epsilon)
      atLeastZero(weightDecay, "a weight decay")
    }
    for case .padAndCrop(let pixels) in augmentation {
      expect((0...4096).contains(pixels), "padding of 0 to 4096 pixels", pixels)
    }
    if case .channels(let mean, let deviation) = normalization {
      expect(mean.allSatisfy(\.isFinite), "finite means", mean)
      expect(
        mean.count == deviation.count && deviation.allSatisfy { $0.isFinite && $0 > 0 },
        "as many positive deviations as means (\(mean.count))", deviation)
    }
    return found
  }
}

extension Attribute {
  /// Splits `[kind, argument…]`, or a bare `kind`, for the small notations of a recipe.
  fileprivate var call: (kind: String, arguments: [Attribute])? {
    switch self {
    case .word(let kind): (kind, [])
    case .list(let items):
      if case .word(let kind)? = items.first { (kind, Array(items.dropFirst())) } else { nil }
    case .int, .scalar, .text: nil
    }
  }

  fileprivate func unexpected(_ what: String) -> AttributeError {
    AttributeError(message: "recipe: expected \(what), found \(self)")
  }
}

extension Recipe.Optimizer {
  var attribute: Attribute {
    switch self {
    case .sgd(let momentum, let dampening, let nesterov, let weightDecay):
      .list([.word("sgd"), .scalar(momentum), .scalar(dampening), .bool(nesterov), .scalar(weightDecay)])
    case .adam(let beta1, let beta2, let epsilon, let weightDecay):
      .list([.word("adam"), .scalar(beta1), .scalar(beta2), .scalar(epsilon), .scalar(weightDecay)])
    case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
      .list([.word("adamw"), .scalar(beta1), .scalar(beta2), .scalar(epsilon), .scalar(weightDecay)])
    }
  }

  init(_ attribute: Attribute) throws(AttributeError) {
    let problem = attribute.unexpected(
      "[sgd, momentum, dampening, nesterov, weight decay] or [adam|adamw, β1, β2, ε, weight decay]")
    guard let (kind, arguments) = attribute.call, arguments.count == 4 else { throw problem }
    if kind == "sgd" {
      guard let momentum = arguments[0].number, let dampening = arguments[1].number,
        let decay = arguments[3].number, arguments[2] == .bool(true) || arguments[2] == .bool(false)
      else { throw problem }
      self = .sgd(
        momentum: momentum, dampening: dampening, nesterov: arguments[2] == .bool(true), weightDecay: decay)
      return
    }
    let numbers = arguments.compactMap(\.number)
    guard numbers.count == 4, kind == "adam" || kind == "adamw" else { throw problem }
    self =
      kind == "adam"
      ? .adam(beta1: numbers[0], beta2: numbers[1], epsilon: numbers[2], weightDecay: numbers[3])
      : .adamW(beta1: numbers[0], beta2: numbers[1], epsilon: numbers[2], weightDecay: numbers[3])
  }
}

extension Recipe.LearningRate {
  var attribute: Attribute {
    let shape: Attribute =
      switch self.shape {
      case .constant: .word("constant")
      case .steps(let factor, let fractions):
        .list([.word("steps"), .scalar(factor), .list(fractions.map(Attribute.scalar))])
      case .cosine(let final): .list([.word("cosine"), .scalar(final)])
      case .inverse(let decay): .list([.word("inverse"), .scalar(decay)])
      }
    return .list([.scalar(base), shape, .scalar(warmupEpochs), .scalar(warmupStart)])
  }

  init(_ attribute: Attribute) throws(AttributeError) {
    let problem = attribute.unexpected("[rate, shape, warm-up epochs, warm-up start]")
    guard case .list(let items) = attribute, items.count == 4, let base = items[0].number,
      let (kind, arguments) = items[1].call, let epochs = items[2].number, let start = items[3].number
    else { throw problem }
    let numbers = arguments.compactMap(\.number)
    let shape: Shape
    switch (kind, arguments.count) {
    case ("constant", 0): shape = .constant
    case ("steps", 2):
      guard let factor = arguments[0].number, let fractions = arguments[1].numbers else { throw problem }
      shape = .steps(factor: factor, at: fractions)
    case ("cosine", 1) where numbers.count == 1: shape = .cosine(final: numbers[0])
    case ("inverse", 1) where numbers.count == 1: shape = .inverse(decay: numbers[0])
    default: throw problem
    }
    self.init(base: base, shape: shape, warmupEpochs: epochs, warmupStart: start)
  }
}

extension Recipe.Augmentation {
  var attribute: Attribute {
    switch self {
    case .horizontalFlip: .word("horizontal_flip")
    case .padAndCrop(let pixels): .list([.word("pad_and_crop"), .int(pixels)])
    }
  }

  static func list(_ attribute: Attribute) throws(AttributeError) -> [Self] {
    guard case .list(let items) = attribute else { throw attribute.unexpected("a list of augmentations") }
    var result: [Self] = []
    for item in items {
      switch item.call {
      case ("horizontal_flip", let arguments)? where arguments.isEmpty: result.append(.horizontalFlip)
      case ("pad_and_crop", let arguments)? where arguments.count == 1:
        guard let pixels = arguments[0].integer else { throw item.unexpected("[pad_and_crop, pixels]") }
        result.append(.padAndCrop(pixels))
      default: throw item.unexpected("horizontal_flip or [pad_and_crop, pixels]")
      }
    }
    return result
  }
}

extension Recipe.Normalization {
  var attribute: Attribute {
    switch self {
    case .perChannel: .word("per_channel")
    case .unit: .word("unit")
    case .none: .word("none")
    case .channels(let mean, let deviation):
      .list([.word("channels"), .list(mean.map(Attribute.scalar)), .list(deviation.map(Attribute.scalar))])
    }
  }

  init(_ attribute: Attribute) throws(AttributeError) {
    switch attribute.call {
    case ("per_channel", let arguments)? where arguments.isEmpty: self = .perChannel
    case ("unit", let arguments)? where arguments.isEmpty: self = .unit
    case ("none", let arguments)? where arguments.isEmpty: self = .none
    case ("channels", let arguments)? where arguments.count == 2:
      guard let mean = arguments[0].numbers, let deviation = arguments[1].numbers else {
        throw attribute.unexpected("[channels, [means], [deviations]]")
      }
      self = .channels(mean: mean, deviation: deviation)
    default: throw attribute.unexpected("per_channel, unit, none or [channels, [means], [deviations]]")
    }
  }
}
