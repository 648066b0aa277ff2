import Compiler
import Interpreter
import NNIR
import Testing
import Verification

/// How far single precision may stray, and the samples it is measured on.
@Suite struct YardstickTests {
  /// y = 2x in N images of two numbers: exact in single precision for any input, also one moved by an ULP.
  private func scaling() throws -> Graph {
    var builder = GraphBuilder(name: "scaling", stage: .raw)
    let x = builder.add(.input, type: .f32([.batch, 2]))
    builder.add(result: .output(name: "logits", value: builder.add(.scale(2.0), [x])))
    return try typeCheck(builder.graph)
  }

  private func classifier(_ optimizer: Recipe.Optimizer = .adam()) throws -> Graph {
    var builder = GraphBuilder(name: "classifier", stage: .raw, recipe: Recipe(optimizer: optimizer))
    let x = builder.add(.input, type: .f32([.batch, 64, 3, 3]))
    func vector(_ name: String, _ value: Double) -> ValueID {
      builder.add(.parameter(name: "norm.\(name)", initializer: .constant(value)), type: .f32([64]))
    }
    func state(_ name: String, _ value: Double) -> ValueID {
      builder.add(.state(name: "norm.\(name)", initializer: .constant(value)), type: .f32([64]))
    }
    let operands = [
      x, vector("weight", 1), vector("bias", 0), state("running_mean", 0), state("running_var", 1),
    ]
    let normal = builder.add(.batchNorm(epsilon: 1e-5, momentum: 0.1), operands)
    let pooled = builder.add(.globalAveragePool, [builder.add(.relu, [normal])])
    let weight = builder.add(
      .parameter(name: "classifier.weight", initializer: .lecunUniform()), type: .f32([7, 64] as [Int]))
    builder.add(result: .output(name: "logits", value: builder.add(.linear(), [pooled, weight])))
    return try typeCheck(builder.graph)
  }

  /// What rounds another way keeps its ties only where a max pool looks at them, which is defined to take the first.
  @Test(arguments: [true, false])
  func tiesThatAreComparedStay(isCompared: Bool) throws {
    var builder = GraphBuilder(name: "ties", stage: .raw)
    let x = builder.add(.input, type: .f32([.batch, 1, 4, 4]))
    let scaled = builder.add(.scale(0.1), [x])
    let two = Pooling(kernel: [2, 2], strides: [2, 2], padBegin: [0, 0], padEnd: [0, 0])
    let pooled = builder.add(isCompared ? .maxPool(two) : .averagePool(two), [builder.add(.relu, [scaled])])
    builder.add(result: .output(name: "y", value: pooled))
    let graph = try typeCheck(builder.graph)
    let feeds = Feeds(input: [Double](repeating: 1, count: 16))
    var numbers: Set<Int> = []
    var seen: Set<Float> = []
    for seed in UInt64(1)...16 {
      let values = try interpretFloat(graph, feeds, rounding: seed)
      let elements = try #require(values[scaled]).elements
      numbers.insert(Set(elements).count)
      seen.formUnion(elements)
    }
    // 16 draws of three choices: all alike, or all three among them
    #expect(numbers == (isCompared ? [1] : [3]))
    let exact = Float(0.1)
    #expect(seen == [exact, exact.nextUp, exact.nextDown])
  }

  /// For y = 2x the movement of the input is the whole error: 2 ULP for each of the four elements that moves.
  @Test func boundsFollowTheDefinition() throws {
    let graph = try specialize(scaling(), for: EntryPoint(.infer, batch: 2))
    let input: [Double] = [1.5, 1.5, 1.5, 1.5]
    let sample = Sample(batch: 2, feeds: Feeds(input: input))
    let yardstick = try Yardstick(graph, sample, variants: 8)
    #expect(yardstick.expected["output logits"] == [3, 3, 3, 3])
    func judge(_ offset: Double) throws -> Comparison {
      var found = yardstick.expected
      found.values[0].elements[0] += offset
      return try #require(yardstick.judge(found).first)
    }
    let norm = 6.0  // √(4·3²)
    let step = 2 * Double(Float(1.5).ulp)
    // between no element moved and all four
    let bound = try judge(0).bound
    #expect(bound >= 1e-6 * norm && bound <= 3 * 2 * step + 1e-6 * norm)
    // eight draws of four elements, each moved with probability 2/3: all staying has probability 3⁻³²
    #expect(bound >= 3 * step + 1e-6 * norm)
    #expect(try judge(bound * 0.999).passed)
    #expect(try !judge(bound * 1.001).passed)
    #expect(try !judge(.nan).passed)
  }

  /// A gradient is judged by the norm of all gradients together, anything else by its own.
  @Test func gradientsAreJudgedTogether() throws {
    let typed = try classifier()
    let graph = try specialize(typed, for: EntryPoint(.gradient, batch: 4))
    let yardstick = try Yardstick(graph, Sample(for: typed, batch: 4, seed: 3))
    let gradients = yardstick.expected.values.filter { $0.name.hasPrefix("gradient ") }
    #expect(
      gradients.map(\.name) == ["gradient classifier.weight", "gradient norm.bias", "gradient norm.weight"])
    let whole = euclideanNorm(gradients.flatMap(\.elements))
    for comparison in yardstick.judge(yardstick.expected) {
      #expect(comparison.passed && comparison.error == 0, "\(comparison)")
      let scale = comparison.subject.hasPrefix("gradient ") ? whole : comparison.norm
      // single precision strays here by a few ULP, which is less than 1e-6
      #expect(comparison.bound >= 1e-6 * scale && comparison.bound < 1e-5 * scale, "\(comparison)")
    }
  }

  /// Two numbers in double precision: 1e-9 of each tensor, and of a gradient that vanishes 1e-12 of the others.
  @Test func formulaBoundsFollowTheDefinition() {
    var deliveries = Deliveries()
    deliveries.values = [
      ("output logits", [3, 4]), ("gradient a", [0, 0]), ("gradient b", [6, 8]), ("gradient c", [24]),
    ]
    // norms 5, 0, 10 and 24, all gradients √(10² + 24²) = 26
    let bounds = deliveries.formulaBounds
    for (name, expected) in [
      ("output logits", 5e-9), ("gradient a", 26e-12), ("gradient b", 10.026e-9), ("gradient c", 24.026e-9),
    ] {
      #expect(abs((bounds[name] ?? 0) - expected) < 1e-15 * 26, "\(name)")
    }
  }

  /// A result that compiled code does not deliver is a failure, not a comparison less.
  @Test func missingResultsFail() throws {
    let typed = try classifier()
    let graph = try specialize(typed, for: EntryPoint(.gradient, batch: 4))
    let yardstick = try Yardstick(graph, Sample(for: typed, batch: 4, seed: 3))
    var found = yardstick.expected
    let dropped = found.values.remove(at: 1)
    let failures = yardstick.judge(found).filter { !$0.passed }
    #expect(failures.map(\.subject) == [dropped.name])
    #expect(yardstick.judge(Deliveries()).allSatisfy { !$0.passed })
  }

  /// A pure function of the seed; another seed moves everything that is random.
  @Test func samplesAreDeterministic() throws {
    let typed = try classifier()
    let (a, b) = (Sample(for: typed, batch: 4, seed: 5).feeds, Sample(for: typed, batch: 4, seed: 5).feeds)
    #expect(a.input == b.input && a.labels == b.labels && a.step == b.step && a.learningRate == b.learningRate)
    #expect(a.parameters == b.parameters && a.states == b.states && a.slots == b.slots)
    let other = Sample(for: typed, batch: 4, seed: 6).feeds
    #expect(a.input != other.input && a.labels != other.labels)
    for name in a.parameters.keys { #expect(a.parameters[name] != other.parameters[name], "\(name)") }
    for name in a.states.keys { #expect(a.states[name] != other.states[name], "\(name)") }
    for key in a.slots.keys { #expect(a.slots[key] != other.slots[key], "\(key)") }
  }

  /// All that a graph reads is there, in single precision and in its domain.
  @Test func samplesAreCompleteAndHideNothing() throws {
    let typed = try classifier()
    let feeds = Sample(for: typed, batch: 16, seed: 1).feeds
    #expect(feeds.input?.count == 16 * 64 * 9)
    #expect(feeds.labels?.count == 16 && feeds.labels?.allSatisfy { (0..<7).contains($0) } == true)
    #expect(Set(feeds.slots.keys.map(\.kind)) == [.firstMoment, .secondMoment] && feeds.slots.count == 6)
    for (key, values) in feeds.slots where key.kind == .secondMoment { #expect(values.allSatisfy { $0 >= 0 }) }
    let scales = try #require(feeds.parameters["norm.weight"])
    #expect(scales.contains { $0 < 0 } && scales.contains { $0 > 0 })
    // a scale is zero with probability 0.02, so four samples of 64 have one with probability 0.994; these seeds do
    let zeros = (0..<4).flatMap { Sample(for: typed, batch: 1, seed: $0).feeds.parameters["norm.weight"] ?? [] }
    #expect(zeros.contains(0))
    #expect(feeds.states["norm.running_var"]?.allSatisfy { $0 > 0 && $0 != 1 } == true)
    #expect(feeds.step > 0 && feeds.learningRate > 0)
    let all = [feeds.input ?? []] + feeds.parameters.values + feeds.states.values + feeds.slots.values
    #expect(all.joined().allSatisfy { Double(Float($0)) == $0 })
    // and an interpretation of a training step accepts them
    let graph = try specialize(typed, for: EntryPoint(.train, batch: 16))
    #expect(try interpretDouble(graph, feeds).outputs["loss"]?.elements.first?.isFinite == true)
  }
}
