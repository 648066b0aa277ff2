import NNIR
import Testing

@Suite("Philox")
struct PhiloxTests {
  /// Known answers of Random123 1.14 for philox4x32-10 (kat_vectors).
  @Test(arguments: [
    (SIMD4<UInt32>(repeating: 0), UInt64(0), SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
    (SIMD4<UInt32>(repeating: .max), UInt64.max, SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
    (
      SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), UInt64(0x299f_31d0_a409_3822),
      SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func knownAnswers(_ counter: SIMD4<UInt32>, _ key: UInt64, _ expected: SIMD4<UInt32>) {
    #expect(Philox.rounds(counter: counter, key: key) == expected)
  }

  /// FNV-1a's published test vectors for 64 bits, and the first output of SplitMix64 from state 0.
  @Test func hashing() {
    #expect(Philox.hash("") == 0xcbf2_9ce4_8422_2325)
    #expect(Philox.hash("a") == 0xaf63_dc4c_8601_ec8c)
    #expect(Philox.hash("foobar") == 0x8594_4171_f739_67e8)
    #expect(Philox.mix(0) == 0xe220_a839_7b1d_cdaf)
  }

  /// Key and numbers from a separate implementation in Python, as fractions of 2²⁴.
  @Test func streams() {
    let random = Philox(seed: 7, stream: "drop", step: 3)
    #expect(random.key == 0x9269_4682_85e7_567b)
    let expected: [Float] = [
      0.5809370279312134, 0.7281317114830017, 0.36308157444000244, 0.9331926703453064, 0.138627827167511,
      0.07575678825378418, 0.639819324016571, 0.05982714891433716,
    ]
    #expect((0..<8).map { random.uniform($0) } == expected)
    #expect(Philox(seed: 7, streamHash: Philox.hash("drop"), step: 3).bits(5) == random.bits(5))
  }

  @Test("seed, stream, step and element each change the bits")
  func independence() {
    let base = Philox(seed: 1, stream: "a", step: 2)
    let bits = (0..<64).map { base.bits($0) }
    #expect(Set(bits).count == 64)
    for other in [
      Philox(seed: 2, stream: "a", step: 2), Philox(seed: 1, stream: "b", step: 2),
      Philox(seed: 1, stream: "a", step: 3), Philox(seed: 1, stream: "a", step: 2 + 1 << 32),
    ] { #expect((0..<64).allSatisfy { other.bits($0) != bits[Int($0)] }) }
  }

  /// 40,000 throws of a die: each face within four standard deviations, √(n·p·(1−p)).
  @Test func below() {
    let random = Philox(seed: 3, stream: "die")
    var counts = [Int](repeating: 0, count: 6)
    for index in 0..<40_000 { counts[random.below(6, index: UInt64(index))] += 1 }
    let deviation = (40_000.0 / 6 * 5 / 6).squareRoot()
    #expect(counts.allSatisfy { abs(Double($0) - 40_000.0 / 6) < 4 * deviation })
    #expect(random.below(1, index: 9) == 0)
  }
}

@Suite("initializers")
struct InitializerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var initializer: Initializer
    var shape: [Int]
    /// Worked out from the definition.
    var deviation: Double
    /// Largest possible magnitude of a uniform one.
    var bound: Double?
    var testDescription: String { "\(initializer) \(shape)" }
  }

  // fan in 16·9 = 144 and fan out 64·9 = 576 of the convolution; 100 and 200 of the linear layer
  @Test(arguments: [
    Case(initializer: .heNormal(.fanIn), shape: [64, 16, 3, 3], deviation: (2.0 / 144).squareRoot()),
    Case(initializer: .heNormal(.fanOut), shape: [64, 16, 3, 3], deviation: (2.0 / 576).squareRoot()),
    Case(initializer: .heNormal(.fanIn), shape: [200, 100], deviation: (2.0 / 100).squareRoot()),
    Case(initializer: .xavierNormal, shape: [200, 100], deviation: (2.0 / 300).squareRoot()),
    Case(initializer: .normal(0.01), shape: [20_000], deviation: 0.01),
    Case(
      initializer: .xavierUniform, shape: [200, 100], deviation: (2.0 / 300).squareRoot(),
      bound: (6.0 / 300).squareRoot()),
    Case(initializer: .uniform(0.3), shape: [20_000], deviation: 0.3 / 3.0.squareRoot(), bound: 0.3),
    Case(initializer: .lecunUniform(), shape: [200, 100], deviation: 0.1 / 3.0.squareRoot(), bound: 0.1),
    Case(initializer: .lecunUniform(fan: 25), shape: [20_000], deviation: 0.2 / 3.0.squareRoot(), bound: 0.2),
  ])
  func statistics(_ example: Case) {
    let values = example.initializer.values(name: "layer.weight", shape: example.shape, seed: 11).map(Double.init)
    let count = Double(example.shape.reduce(1, *))
    #expect(Double(values.count) == count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    // standard errors: σ/√n of the mean; of σ itself σ·√((κ−1)/4n) with kurtosis 3 (normal) or 9/5 (uniform)
    #expect(abs(mean) < 4 * example.deviation / count.squareRoot())
    let kurtosis = example.bound == nil ? 3 : 1.8
    #expect(
      abs(variance.squareRoot() - example.deviation) < 4 * example.deviation
        * ((kurtosis - 1) / (4 * count)).squareRoot())
    if let bound = example.bound { #expect(values.allSatisfy { abs($0) <= bound * (1 + 1e-7) }) }
  }

  /// Shares of a normal distribution within one and two deviations: 68.27 % and 95.45 %.
  @Test func shape() {
    let values = Initializer.normal(1).values(name: "n", shape: [20_000], seed: 1)
    for (limit, share) in [(Float(1), 0.6827), (2, 0.9545)] {
      let found = Double(values.count { abs($0) < limit }) / 20_000
      #expect(abs(found - share) < 4 * (share * (1 - share) / 20_000).squareRoot())
    }
  }

  @Test("a pure function of name, shape and seed")
  func determinism() {
    func values(_ name: String, _ seed: UInt64) -> [Float] {
      Initializer.heNormal(.fanIn).values(name: name, shape: [8, 8], seed: seed)
    }
    #expect(values("a.weight", 1) == values("a.weight", 1))
    #expect(values("a.weight", 1) != values("b.weight", 1))
    #expect(values("a.weight", 1) != values("a.weight", 2))
    #expect(Initializer.constant(0.5).values(name: "b", shape: [2, 2], seed: 9) == [0.5, 0.5, 0.5, 0.5])
    #expect(Initializer.constant(2).values(name: "s", shape: [], seed: 9) == [2])
  }

  @Test("the notation reads back; anything else is refused")
  func notation() {
    let all: [Initializer] = [
      .heNormal(.fanIn), .heNormal(.fanOut), .xavierUniform, .xavierNormal, .normal(0.5), .uniform(-0.0),
      .lecunUniform(), .lecunUniform(fan: 3), .constant(1),
    ]
    for initializer in all { #expect(Initializer(initializer.attribute) == initializer) }
    let wrong: [Attribute] = [
      .word("he_normal"), .list([.word("he_normal"), .word("fan")]), .list([]), .int(3),
      .list([.word("lecun_uniform"), .int(0)]), .list([.word("constant")]),
      .list([.word("normal"), .text("1")]), .list([.word("xavier_normal"), .int(1)]),
    ]
    for attribute in wrong { #expect(Initializer(attribute) == nil, "\(attribute)") }
  }
}

@Suite("hints")
struct NearestTests {
  @Test(
    "by edit distance, none when nothing is near",
    arguments: [
      ("dpeth", "depth"), ("Depth", "depth"), ("depht2", "depth"), ("growt", "growth"), ("classes", "classes"),
      ("bottleneck", nil), ("", nil),
    ])
  func nearest(_ word: String, _ expected: String?) {
    #expect(NNIR.nearest(to: word, among: ["depth", "growth", "classes"]) == expected)
  }

  @Test("two letters may be wrong in a short word, a third of a long one; ties go to the alphabet")
  func limits() {
    #expect(NNIR.nearest(to: "ab", among: ["cd"]) == "cd")
    #expect(NNIR.nearest(to: "abc", among: ["def"]) == nil)
    #expect(NNIR.nearest(to: "abcdefghi", among: ["abcdefxyz"]) == "abcdefxyz")
    #expect(NNIR.nearest(to: "cat", among: ["rat", "bat"]) == "bat")
    #expect(NNIR.nearest(to: "x", among: []) == nil)
  }
}

@Suite("graph builder")
struct GraphBuilderTests {
  @Test("the same operation on the same operands is one node with both origins")
  func consing() {
    var b = GraphBuilder(name: "g", stage: .raw)
    let (one, two) = (Origin(file: "a", line: 1), Origin(file: "a", line: 2))
    let x = b.add(.input, type: .f32([4]))
    let first = b.add(.scale(0.0), [x], origins: [one])
    #expect(b.add(.scale(0.0), [x], origins: [two, one]) == first)
    #expect(b.add(.scale(-0.0), [x]) != first)
    #expect(b.graph.nodes.count == 3)
    #expect(b.graph[first].origins == [one, two])
  }

  @Test("a rewrite maps operands and results")
  func rewriting() {
    var b = GraphBuilder(name: "g", stage: .raw)
    let x = b.add(.input, type: .f32([4]))
    let y = b.add(.scale(1.0), [x])
    let z = b.add(.relu, [y])
    b.add(result: .output(name: "z", value: z))
    let rewritten = b.graph.rewriting(stage: .typed) { builder, _, node in
      node.op == .scale(1.0) ? node.inputs[0] : builder.add(node.op, node.inputs, type: node.type)
    }
    #expect(rewritten.nodes.map(\.op) == [.input, .relu])
    #expect(rewritten.stage == .typed)
    #expect(rewritten.output("z") == ValueID(1))
    #expect(b.graph.users == [[y], [z], []])
  }
}
