import CodegenC
import NNIR
import Passes
import Testing

/// Tuning files, and what their choices do to the calls of a program.
@Suite struct TuningTests {
  // MARK: Text

  private static let file = """
    nncc tuning 1
    cpu Some CPU @ 2.60GHz
    target x86-64-v3
    lanes 8
    threads 2
    algorithm hooks none groups 1 inputs 8 outputs 32 output 1x16x32 kernel 1x3x3 strides 1x1x1 dilations 1x1x1 pads 0x1x1 : by lanes
    convolution hooks load images 4 groups 1 inputs 8 outputs 12 input 1x16x32 output 1x16x32 kernel 1x3x3 strides 1x1x1 dilations 1x1x1 pads 0x1x1 : positions 64 columns 16
    convolution hooks load images 4 groups 1 inputs 8 outputs 12 input 1x8x32 output 1x8x32 kernel 1x3x3 strides 1x1x1 dilations 1x1x1 pads 0x1x1 bands 2 : positions 32
    convolution_backward hooks both images 4 groups 1 inputs 8 outputs 12 input 1x1x512 output 1x1x512 kernel 1x1x1 strides 1x1x1 dilations 1x1x1 pads 0x0x0 : positions 96
    convolution_backward_weights hooks none images 4 groups 1 inputs 8 outputs 12 input 1x16x32 output 1x16x32 kernel 1x3x3 strides 1x1x1 dilations 1x1x1 pads 0x1x1 : positions 128 columns 16 parts 2
    product hooks none rows 64 columns 100 depth 30 : rows 12

    """

  /// The text was written by hand; printing has to give it back, whatever blanks, remarks and order the file has.
  @Test func printingGivesTheFileBack() throws {
    let tuning = try Tuning(parsing: Self.file, name: "f")
    #expect(tuning.text() == Self.file)
    #expect(tuning.count == 6 && tuning.lanes == 8 && tuning.threads == 2 && tuning.target == "x86-64-v3")
    #expect(tuning.cpu == "Some CPU @ 2.60GHz")
    #expect(tuning.entries.map(\.choice.positions) == [nil, 64, 32, 96, 128, nil])
    #expect(tuning.entries.map(\.choice.rows) == [nil, nil, nil, nil, nil, 12])
    #expect(tuning.algorithms.values.map(\.rawValue) == ["lanes"])
    let lines = Self.file.split(separator: "\n")
    let shuffled =
      "# one\n\n" + ([lines[0]] + lines.dropFirst().reversed().map { "  \($0)   \n#two" }).joined(separator: "\n")
    #expect(try Tuning(parsing: shuffled, name: "f").text() == Self.file)
    #expect(tuning.text(remarks: ["a", "b"]).hasPrefix("nncc tuning 1\n# a\n# b\ncpu "))
  }

  /// Every line that is wrong is named, with what was expected and found.
  @Test func everyWrongLineIsNamed() throws {
    let product = "product hooks none rows 64 columns 100 depth 30"
    let algorithm =
      "algorithm hooks none groups 1 inputs 8 outputs 32 output 1x8x8 kernel 1x3x3 strides 1x1x1 dilations 1x1x1 "
      + "pads 0x1x1"
    let text = """
      nncc tuning 1
      lanes 7
      \(product) : rows 12
      prodct hooks none rows 1 columns 1 depth 1 : rows 1
      product hooks some rows 1 columns 1 depth 1 : rows 1
      product hooks none rows 1 columns 1x2 depth 1 : rows 1
      product hooks none rows 0 columns 1 depth 1 : rows 1
      product hooks none rows 1 depth 1 : rows 1
      \(product)
      \(product) :
      \(product) : parts 2
      \(product) : rows 0
      \(product) : rows 12 rows 13
      \(product) : rows 65537
      \(product) : rows 13
      threads many
      \(algorithm) : by magic
      \(algorithm) : positions 3
      \(algorithm) : by rows 7
      \(algorithm.replacing("none", with: "store")) : by rows
      """
    let expected = [
      (2, "lanes: expected 4, 8 or 16, found \"7\""),
      (
        4,
        "expected one of convolution, convolution_lanes, convolution_backward_data, convolution_backward_weights, "
          + "convolution_backward, product, dot_products, algorithm, found \"prodct\"; did you mean product?"
      ),
      (5, "hooks: expected one of none, load, store, both, found \"some\""),
      (6, "columns: expected N of whole numbers from 1, found \"1x2\""),
      (7, "rows: expected N of whole numbers from 1, found \"0\""),
      (8, "expected columns, found \"depth\""),
      (9, "expected :, found the end of the line"),
      (10, "expected rows, found the end of the line"),
      (11, "product: expected a choice of rows, found \"parts\""),
      (12, "rows: expected a whole number from 1 to 65536, found \"0\""),
      (13, "expected rows once, found it again"),
      (14, "rows: expected a whole number from 1 to 65536, found \"65537\""),
      (15, "expected each problem once, found the one of line 3 again"),
      (16, "threads: expected 1 to 1024, found \"many\""),
      (17, "by: expected one of rows, lanes, winograd-2x2, winograd-4x4, found \"magic\""),
      (18, "expected by, found \"positions\""),
      (19, "expected the end of the line, found \"7\""),
      (20, "hooks: expected none, found \"store\""),
    ]
    let error = #expect(throws: Diagnostics.self) { try Tuning(parsing: text, name: "my.tuning") }
    #expect(error?.list.map(\.description) == expected.map { "my.tuning:\($0): error: \($1)" })
  }

  @Test(arguments: [
    ("", "nothing"), ("# only a remark\n", "nothing"), ("\nfoo\n", "\"foo\""), ("nncc tuning 2", "\"nncc tuning 2\""),
  ])
  func anotherFileIsRefused(text: String, found: String) {
    let error = #expect(throws: Diagnostics.self) { try Tuning(parsing: text, name: "f") }
    let line = text.hasPrefix("\n") ? 2 : 1
    #expect(
      error?.description == "f:\(line): error: expected a tuning file, which begins with nncc tuning 1, found \(found)")
  }

  // MARK: Algorithms

  /// What is chosen comes before the rule, for every batch and for bands; what a convolution does not permit counts for
  /// nothing. By the rule, 32 outputs of an image that fills lanes lie in rows, 64 with padding in lanes.
  @Test func algorithmsComeBeforeTheRule() {
    let geometry = OpCases.geometry([1, 1], pad: [1, 1])
    func packing(_ outputs: Int, _ choice: ConvolutionAlgorithm?, batch: Int = 1, bands: Int = 1) -> Packing {
      let weights = [outputs, 64, 3, 3]
      var algorithms: ConvolutionAlgorithms = [:]
      algorithms[ConvolutionProblem(geometry, weights: weights, output: [4, outputs, 16, 16])] = choice
      var ofBands = geometry
      ofBands.bands = bands
      return Passes.packing(
        ofBands, weights: weights, output: [batch * bands, outputs, 16 / bands, 16], algorithms: algorithms)
    }
    #expect(packing(32, nil) == .rows && packing(64, nil) == .lanes)
    for (batch, bands) in [(1, 1), (7, 1), (1, 2)] {
      #expect(packing(32, .lanes, batch: batch, bands: bands) == .lanes)
      #expect(packing(64, .rows, batch: batch, bands: bands) == .rows)
    }
    #expect(packing(36, .lanes) == .rows && packing(64, .winograd4) == .lanes)
  }

  /// With `--math fast` alone Winograd's way may be chosen, and chosen against.
  @Test func winogradIsAChoiceWhereItIsAllowed() throws {
    var builder = GraphBuilder(name: "w", stage: .step)
    let x = builder.add(.input, type: .f32([1, 16, 32, 32]))
    let w = builder.add(.parameter(name: "w", initializer: .constant(0)), type: .f32([16, 16, 3, 3]))
    let y = builder.add(.convolution(OpCases.geometry([1, 1], pad: [1, 1])), [x, w])
    let problem = try #require(ConvolutionProblem(builder.graph[y], in: builder.graph))
    for (choice, math, expected) in [
      (ConvolutionAlgorithm?.none, MathMode.fast, "winograd_convolution"), (.rows, .fast, "convolution"),
      (.winograd2, .fast, "winograd_convolution"), (.winograd4, .fast, "winograd_convolution"),
      (.winograd4, .exact, "convolution"),
    ] {
      let pipeline = Pipeline.training(
        batch: 1, goal: .update, math: math, algorithms: [problem: choice].compactMapValues { $0 })
      let graph = pipeline.filter { $0.name == "winograd" }.reduce(builder.graph) { graph, pass in
        (try? pass.run(graph)) ?? graph
      }
      let found = graph.nodes.filter { $0.op.mnemonic.hasSuffix("convolution") }
      #expect(found.map(\.op.mnemonic) == [expected], "\(String(describing: choice)) with \(math)")
      // the same problem, whichever way it is computed
      for id in graph.ids where graph[id].op.mnemonic == expected {
        #expect(ConvolutionProblem(graph[id], in: graph) == problem)
      }
    }
  }

  // MARK: Rows

  /// Four images of 8 channels, 16 lines of 32, under a 3×3 convolution to 12 channels.
  private func convolution() -> Plan {
    var builder = GraphBuilder(name: "c", stage: .step)
    let x = builder.add(.parameter(name: "x", initializer: .constant(0)), type: .f32([4, 8, 16, 32]))
    let w = builder.add(.parameter(name: "w", initializer: .constant(0)), type: .f32([12, 8, 3, 3]))
    _ = builder.add(
      .convolution(OpCases.geometry([1, 1], pad: [1, 1])), [x, w])
    return .naive(builder.graph)
  }

  private func words(_ program: Program, _ name: String) throws -> [Row.Argument] {
    try #require(program.rows.first { $0.kernel.name == name }).arguments
  }

  /// A tile of 64 positions of which no line may have more than 16 has 64 / (16 + 2) = 3 lines of 16; 16 lines are cut
  /// evenly into 6 tiles of at most 3. 5 lines of 18 are 6 cache lines, the next odd number of which are 112 floats.
  /// Twelve outputs are three tiles of 4 rows, each of which is a task.
  @Test func choicesReachTheRows() throws {
    let plan = convolution()
    var options = CodegenOptions(name: "c", lanes: 8)
    let plain = lower(plan, symbol: "f", options: options)
    let problem = try #require(plain.problems.values.first)
    #expect(plain.problems.count == 1)
    options.tuning[problem] = TuningChoice(positions: 64, columns: 16)
    let tuned = lower(plan, symbol: "f", options: options)
    let before = try words(plain, "convolution")
    let after = try words(tuned, "convolution")
    // … tile_images tile_lines tile_columns rows pitch channel_stride tiles_n tiles_d tiles_h tiles_w block
    // and three of scratch
    let tiles = after.suffix(14).prefix(11)
    #expect(Array(tiles) == [1, 3, 16, 5, 18, 112, 4, 1, 6, 2, 8].map(Row.Argument.integer))
    #expect(after.dropLast(14) == before.dropLast(14) && after != before)
    #expect(tuned.rows[1].tasks == 4 * 6 * 2 * 3)
    // of another problem they change nothing
    options.tuning = Tuning()
    options.tuning[TuningProblem.product(rows: 4, columns: 8, depth: 16)] = TuningChoice(rows: 1)
    #expect(try words(lower(plan, symbol: "f", options: options), "convolution") == before)
  }

  /// Whatever a file asks for: at least one position, and strips of 4 MiB at most and not much more of anything else.
  @Test func absurdChoicesAreClamped() throws {
    let plan = convolution()
    var options = CodegenOptions(name: "c", lanes: 8)
    let problem = try #require(lower(plan, symbol: "f", options: options).problems.values.first)
    for choice in [
      TuningChoice(positions: 1, columns: 1, parts: 65536), TuningChoice(positions: 65536, columns: 65536),
    ] {
      options.tuning[problem] = choice
      let program = lower(plan, symbol: "f", options: options)
      #expect(program.scratchBytes < 6 << 20)
      #expect((1...(4 * 16 * 32 * 2)).contains(program.rows[0].tasks))
    }
  }

  // MARK: Candidates

  /// No candidate leads to the same calls as another or as the built-in rule, and all lead to legal ones.
  @Test func candidatesDiffer() throws {
    let plan = convolution()
    var options = CodegenOptions(name: "c", lanes: 8)
    let plain = lower(plan, symbol: "f", options: options)
    let problem = try #require(plain.problems.values.first)
    for aspect in TuningProblem.Aspect.allCases {
      let candidates = problem.candidates(aspect, besides: nil, lanes: 8)
      // the tasks of a convolution are always as small as they can be
      #expect(candidates.isEmpty == (aspect == .parts))
      var seen = [try words(plain, "convolution")]
      for candidate in candidates {
        options.tuning[problem] = candidate
        let found = try words(lower(plan, symbol: "f", options: options), "convolution")
        #expect(!seen.contains(found), "\(candidate)")
        seen.append(found)
      }
    }
  }
}

/// Legal choices for all problems of some plans, drawn by the seed.
func anyTuning(_ plans: [Plan], seed: UInt64) -> Tuning {
  var tuning = Tuning()
  var state = seed
  for plan in plans {
    let program = lower(plan, symbol: "f", options: CodegenOptions(name: "f"))
    for row in program.rows {
      guard let problem = row.value.flatMap({ program.problems[$0] }), tuning[problem] == nil else { continue }
      state = Philox.mix(state)
      tuning[problem] = problem.anyChoice(state)
    }
  }
  return tuning
}

extension Op {
  /// Whether a tuning file may have a say.
  var isTuned: Bool {
    switch self {
    case .convolution, .convolutionBackwardData, .convolutionBackwardWeights, .matmul, .linear: true
    default: false
    }
  }
}
