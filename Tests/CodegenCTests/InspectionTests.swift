import CodegenC
import Compiler
import NNIR
import Passes
import Testing

/// What `nncc inspect` counts, on programs small enough to count by hand or to check by brute force.
@Suite struct InspectionTests {
  static let recipe =
    "recipe loss softmax_cross_entropy optimizer [sgd, 0.9, 0.0, false, 0.0] learning_rate [0.1, constant, 0.0, 0.0] "
    + "batch 2 epochs 1 augmentation [] normalization per_channel validation 0.0"

  /// A dense layer, a slice and a padding.
  static let network = """
    nnir 1 name "inspected" stage raw
    \(recipe)
    %0 = input : f32[N,2,4,4]
    %1 = parameter name "w" init [he_normal, fan_out] : f32[3,2,3,3]
    %2 = convolution %0 %1 strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1 @ "net.swift":2
    %3 = relu %2
    %4 = concat %0 %3 %2 axis 1 @ "net.swift":3
    %5 = slice %4 axis 1 start 1 count 6
    %6 = pad %5 before [0, 1, 0, 0] after [0, 0, 0, 0]
    %7 = global_average_pool %6
    %8 = parameter name "fc" init lecun_uniform : f32[3,7]
    %9 = linear %7 %8
    output "logits" %9
    """

  private func summary() throws -> Summary {
    try Summary(try typeCheck(Graph(parsing: Self.network, file: "net.nnir")), batch: 2)
  }

  /// Two lives that share a byte share at most the one row in which one value replaces the other in place.
  @Test func livesDoNotOverlap() throws {
    for entry in [try summary().inference, try #require(try summary().training)] {
      let lives = valueLives(of: entry.program, plan: entry.plan)
      #expect(!lives.isEmpty)
      for (index, a) in lives.enumerated() {
        #expect(a.firstRow <= a.lastRow && a.bytes > 0 && a.offset + a.bytes <= entry.program.workspaceBytes)
        for b in lives[(index + 1)...] where a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes {
          #expect(min(a.lastRow, b.lastRow) <= max(a.firstRow, b.firstRow), "\(a) and \(b)")
        }
      }
    }
  }

  /// Every row finds what it reads alive, by its bytes.
  @Test func whatIsReadIsAlive() throws {
    let entry = try #require(try summary().training)
    let lives = valueLives(of: entry.program, plan: entry.plan)
    for (index, row) in entry.program.rows.enumerated() {
      for access in row.reads where access.arena == .workspace {
        let holders = lives.filter {
          $0.firstRow < index && $0.lastRow >= index && $0.offset < access.end && access.offset < $0.offset + $0.bytes
        }
        #expect(!holders.isEmpty, "row \(index) \(row.note)")
      }
    }
  }

  @Test func kindsFollowTheLoss() throws {
    let entry = try #require(try summary().training)
    let loss = try #require(entry.plan.graph.output("loss"))
    let lives = valueLives(of: entry.program, plan: entry.plan)
    #expect(lives.contains { $0.kind == .forward } && lives.contains { $0.kind == .backward })
    for life in lives { if let value = life.value { #expect((life.kind == .forward) == (value <= loss), "\(life)") } }
    let inference = try summary().inference
    #expect(valueLives(of: inference.program, plan: inference.plan).allSatisfy { $0.kind != .backward })
  }

  /// Row 1 holds 10 + 6 bytes; in row 2 the second value hands its six on in place, and five more stand above.
  @Test func peakIsTheMostAtOneRow() {
    func life(_ first: Int, _ last: Int, _ offset: Int, _ bytes: Int) -> ValueLife {
      ValueLife(value: nil, kind: .forward, firstRow: first, lastRow: last, offset: offset, bytes: bytes)
    }
    let peak = peakBytes([life(0, 1, 0, 10), life(1, 2, 10, 6), life(2, 3, 10, 6), life(2, 2, 16, 5)])
    #expect(peak.bytes == 16 && peak.row == 1)
    #expect(peakBytes([]).bytes == 0)
  }

  /// In inference: three operands, one slice, one padding; whatever planning does, each is either made or removed.
  @Test func everyCopyIsMadeOrRemoved() throws {
    let entry = try summary().inference
    let delivered = entry.plan.copies.count
    #expect(entry.copies.remaining.count + entry.copies.removed == 3 + 1 + 1 + delivered)
    for copy in entry.copies.remaining where copy.operation == "concat" {
      #expect(copy.origin == Origin(file: "net.swift", line: 3) && !copy.reason.isEmpty)
    }
  }

  /// relu reads and writes ten floats, and that is all there is.
  @Test func trafficIsWhatRowsReadAndWrite() throws {
    let graph = try Graph(
      parsing: "nnir 1 stage raw\n%0 = input : f32[N,5]\n%1 = relu %0\noutput \"y\" %1\n", file: "relu.nnir")
    let summary = try Summary(try typeCheck(graph), batch: 2)
    #expect(summary.inference.program.trafficBytes == 2 * 2 * 5 * 4)
    #expect(summary.figures.inferenceTrafficBytes == 2 * 5 * 4)
    #expect(summary.training == nil && summary.figures.trainingTrafficBytes == nil)
  }

  /// A slice of a buffer with pitch 8 in two runs is drawn behind its neighbour, not through it.
  @Test func slicesOfOneBufferStandSideBySide() throws {
    var entry = try summary().inference
    func row(_ offset: Int, _ value: Int) -> Row {
      var row = entry.program.rows[0]
      row.reads = []
      row.writes = [Access(.workspace, offset, bytes: 4, runs: 2, pitch: 8, content: .value(ValueID(value)))]
      return row
    }
    entry.program.rows = [row(64, 2), row(68, 3)]
    let lives = valueLives(of: entry.program, plan: entry.plan)
    #expect(lives.map(\.offset) == [64, 72] && lives.map(\.bytes) == [8, 8])
  }
}
