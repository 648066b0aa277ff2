import NNCC
import NNIR
import Testing

/// What users are told; the texts are expected from the rule that an error says where, what was expected and found.
@Suite struct DiagnosticTests {
  @Test func concatNamesBothProducers() {
    enum F: Forward {
      static let shape = [3, 28, 28]
      static let line = #line + 2
      static func forward(_ x: Tensor) -> Tensor {
        let a = x.conv2d(24, kernel: 3)
        let b = a.maxPool(kernel: 2)
        return concat([a, b])
      }
    }
    #expect(
      Diagnostics(errors(F.self)).description == """
        DiagnosticTests.swift:\(F.line + 2): error: concat: spatial size 28×28 does not match 14×14
        DiagnosticTests.swift:\(F.line): note: 24×28×28 comes from conv2d here
        DiagnosticTests.swift:\(F.line + 1): note: 24×14×14 comes from maxPool here
        """)
  }

  @Test func allIndependentErrorsAndNoFollowUps() {
    enum F: Forward {
      static let line = #line + 2
      static func forward(_ x: Tensor) -> Tensor {
        let a = x.conv2d(0, kernel: 3)
        let b = a.batchNorm().relu().conv2d(8, kernel: 3).flatten().linear(-5)
        let c = x.linear(10)
        let d = x.dropout(1.5).maxPool(kernel: 9)
        return concat([a, b, c, d]) + x.averagePool(kernel: 3, padding: 2)
      }
    }
    let found = errors(F.self)
    #expect(found.map { $0.origin?.line } == [F.line, F.line + 2, F.line + 3, F.line + 4])
    #expect(
      found.map(\.message) == [
        "conv2d: expected channels of at least 1, found 0",
        "linear: expected a vector of features, found 3×8×8; flatten() makes one",
        "dropout: expected a probability in 0 ..< 1, found 1.5",
        "averagePool: a window of 3×3 does not fit into 8×8, or its padding exceeds half of it",
      ])
  }

  @Test func operatorsBorrowALine() {
    enum F: Forward {
      static let line = #line + 2
      static func forward(_ x: Tensor) -> Tensor {
        let y = x.conv2d(4, kernel: 1)
        return x + y
      }
    }
    let found = errors(F.self)
    #expect(found.map(\.message) == ["+: shape N×3×8×8 does not match N×4×8×8"])
    #expect(found.first?.origin?.line == F.line)
    #expect(found.first?.notes.map(\.message).first == "3×8×8 is the network's input")
    #expect(found.first?.notes.last?.message.contains("operator") == true)
  }

  @Test func duplicateNamesShowBothLines() {
    enum F: Forward {
      static let line = #line + 2
      static func forward(_ x: Tensor) -> Tensor {
        let y = x.conv2d(4, kernel: 1, name: "stem")
        return y.batchNorm(name: "stem").dropout(0.1, name: "d").dropout(0.1, name: "d")
      }
    }
    let found = errors(F.self)
    #expect(
      found.map(\.message) == [
        "batchNorm: layer name \"stem\" is taken already", "dropout: dropout name \"d\" is taken already",
      ])
    let first = Origin(file: "DiagnosticTests.swift", line: F.line)
    #expect(found.first?.notes == [.note("\"stem\" was first used here", at: first)])
  }

  @Test(arguments: ["", "a..b", ".a", "a b", "a\"b", "naïve", "a/b", "a*/b"])
  func badNames(name: String) {
    let builder = ModelBuilder(name: "names", recipe: nil)
    let y = builder.input([3, 8, 8]).conv2d(4, kernel: 1, name: name)
    #expect(problems { try builder.finish(y).graph }.first?.message.hasPrefix("conv2d: expected a layer name") == true)
  }

  /// One bad argument each; Int.max and 2³⁰ provoke overflow in a careless implementation.
  static let badCalls: [@Sendable (Tensor) -> Tensor] = [
    { $0.conv2d(4, kernel: 0) }, { $0.conv2d(4, kernel: 3, stride: 0) }, { $0.conv2d(4, kernel: 3, padding: -1) },
    { $0.conv2d(4, kernel: 3, groups: 2) }, { $0.conv2d(4, kernel: .max) }, { $0.conv2d(4, kernel: 3, dilation: .max) },
    { $0.conv2d(1 << 30, kernel: 1 << 20) }, { $0.conv2d(4, kernel: 9, padding: 0) },
    { $0.conv2d(4, kernel: 1 << 30, dilation: 1 << 30) }, { $0.flatten().conv2d(4, kernel: 1) },
    { $0.flatten().globalAveragePool() }, { $0.slice(channels: 2..<4) }, { $0.slice(channels: -1..<1) },
    { $0.slice(channels: 1..<1) }, { $0.reshape([5]) }, { $0.reshape([.max, 16]) }, { $0.reshape([1 << 30, 1 << 30]) },
    { $0.reshape([0]) }, { $0.pad(top: -1) }, { $0.pad(top: .max) }, { $0.pad(top: 1 << 30, left: 1 << 30) },
    { $0.batchNorm(epsilon: 0) }, { $0.batchNorm(momentum: .nan) }, { $0.scale(by: .infinity) }, { $0.dropout(.nan) },
    { $0.maxPool(kernel: 0) }, { $0.averagePool(kernel: 2, stride: 0) }, { concat([$0, $0.flatten()]) },
    { _ in concat([]) }, { concat([$0, concat([])]) }, { denseBlock($0, layers: -1, growth: 2) },
    { denseBlock($0, layers: 1, growth: 0) }, { transition($0, compression: 0) },
    { transition($0, compression: .nan) }, { transition($0, compression: 0.1) }, { residualBlock($0, channels: 2) },
    { residualBlock($0, channels: 4, stride: 0) }, { .infinity * $0 }, { $0.flatten().linear(1 << 30).linear(1 << 30) },
  ]

  @Test(arguments: badCalls.indices)
  func badArgumentsAreOneErrorAndNoCrash(index: Int) {
    let builder = ModelBuilder(name: "bad", recipe: nil)
    let found = problems { try builder.finish(Self.badCalls[index](builder.input([3, 8, 8]))).graph }
    #expect(found.count == 1, "\(Diagnostics(found))")
    #expect(found.first?.severity == .error)
  }

  @Test func outputThatCannotBeTrained() {
    struct Image: Network {
      var channels = 3, height = 4, width = 4
      func callAsFunction(_ image: Tensor) -> Tensor { image.relu() }
    }
    let found = problems { try ModelProgram<Image>.graph().graph }
    #expect(
      found.map(\.message) == [
        "output: expected one logit for each class for softmax cross-entropy, found 3×4×4; a recipe may name another loss, and "
          + "`var recipe: Recipe? { nil }` leaves training out"
      ])
  }

  /// Without a recipe any output is one, and a recipe that may be missing is otherwise as any other.
  @Test func networksWithoutARecipe() throws {
    struct Filter: Network {
      var channels = 3, height = 4, width = 4
      var trains = false
      var recipe: Recipe? { trains ? Recipe(batch: 0) : nil }
      func callAsFunction(_ image: Tensor) -> Tensor { image.relu() }
    }
    let graph = try ModelProgram<Filter>.graph().graph
    #expect(graph.recipe == nil && graph.outputShape == [3, 4, 4])
    #expect(
      problems { try ModelProgram<Filter>.graph(set: ["trains=true"]).graph }.map(\.message).first
        == "recipe: expected a batch of at least 1, found 0")
  }

  @Test func initializersAreChecked() {
    enum F: Forward {
      static let line = #line + 2
      static func forward(_ x: Tensor) -> Tensor {
        x.conv2d(4, kernel: 3, bias: true, initializer: .uniform(.nan), biasInitializer: .constant(1e300), name: "conv")
          .flatten().linear(4, initializer: .lecunUniform(fan: 0), biasInitializer: .normal(-1), name: "map")
          .linear(4, initializer: .lecunUniform(fan: 1), biasInitializer: .uniform(0), name: "good").linear(0)
      }
    }
    let found = errors(F.self)
    #expect(
      found.map(\.message) == [
        "conv2d: initializer of \"conv.weight\": expected a bound of at least 0, found nan",
        "conv2d: initializer of \"conv.bias\": expected a finite constant, found 1e+300",
        "linear: initializer of \"map.weight\": expected a fan of at least 1, found 0",
        "linear: initializer of \"map.bias\": expected a standard deviation of at least 0, found -1.0",
        "linear: expected features of at least 1, found 0",
      ])
    #expect(found.map { $0.origin?.line } == [0, 0, 1, 1, 2].map { F.line + $0 })
  }

  @Test func recipeProblemsComeWithTheOthers() {
    struct Careless: Network {
      var channels = 3, height = 4, width = 4
      var recipe: Recipe { Recipe(batch: 0, epochs: 0) }
      func callAsFunction(_ image: Tensor) -> Tensor { image.linear(10) }
    }
    let found = problems { try ModelProgram<Careless>.graph().graph }
    #expect(
      found.map(\.message) == [
        "recipe: expected a batch of at least 1, found 0", "recipe: expected at least 1 epoch, found 0",
        "linear: expected a vector of features, found 3×4×4; flatten() makes one",
      ])
  }

  @Test func requirements() {
    enum F: Forward {
      static let line = #line + 2
      static func forward(_ x: Tensor) -> Tensor {
        x.require(false, "depth: expected 6n + 2, found 3")
        x.require(true, "never")
        return x
      }
    }
    #expect(
      errors(F.self).map(\.description) == [
        "DiagnosticTests.swift:\(F.line): error: depth: expected 6n + 2, found 3"
      ])
  }

  @Test func twoNetworksDoNotMix() {
    let (one, other) = (ModelBuilder(name: "one", recipe: nil), ModelBuilder(name: "other", recipe: nil))
    let y = one.input([3, 4, 4]) + other.input([3, 4, 4])
    let found = problems { try one.finish(y).graph }
    #expect(found.map(\.message) == ["+: expected tensors of one network, found those of two"])
  }
}
