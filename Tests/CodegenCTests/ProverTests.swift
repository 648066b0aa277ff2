import CodegenC
import NNIR
import Passes
import Testing

/// The prover on small programs written by hand: what it has to accept, and every kind of mistake that it has to name.
@Suite struct ProverTests {
  /// Graphs under test: 2 images of 1×4 pixels; %0 is the input, relus stand for operations that compute something.
  private struct Sketch {
    var builder = GraphBuilder(name: "sketch", stage: .step)
    var rows: [(value: ValueID?, reads: [Access], writes: [Access])] = []
    let input: ValueID

    init(channels: Int = 1) { input = builder.add(.input, type: .f32([2, channels, 1, 4])) }

    mutating func add(_ op: Op, _ inputs: ValueID...) -> ValueID { builder.add(op, inputs) }

    mutating func row(_ value: ValueID, reads: [Access], writes: [Access]) { rows.append((value, reads, writes)) }

    func prove(
      result: ValueID? = nil, at place: Location = Location(.workspace, 0), waits: Bool = true, workspace: Int = 1024
    ) -> [String] {
      var builder = builder
      if let result { builder.add(result: .output(name: "y", value: result)) }
      let graph = builder.graph
      var sources = [Location?](repeating: nil, count: graph.nodes.count)
      sources[input.index] = Location(.input, 0)
      let program = Program(sketch: rows, waits: waits, workspaceBytes: workspace)
      let interface = ProgramInterface(
        sources: sources, results: result.map { _ in [place] } ?? [],
        sizes: [.input: graph[input].type.count * 4, .workspace: workspace, .output: 64])
      return CodegenC.prove(program, graph: graph, interface: interface).map(\.message)
    }
  }

  /// `count` stretches of `bytes`, `pitch` apart, in the workspace.
  private func access(_ id: ValueID, _ offset: Int, _ bytes: Int, _ runs: Int = 1, _ pitch: Int = 0) -> Access {
    Access(.workspace, offset, bytes: bytes, runs: runs, pitch: pitch, content: .value(id))
  }

  private func input(_ id: ValueID, _ bytes: Int = 32) -> Access {
    Access(.input, 0, bytes: bytes, content: .value(id))
  }

  /// A dense layer by birth: %a and %b are born in their slices of the concat %c, which %r then reads in one piece.
  private func dense(_ change: (inout [(value: ValueID?, reads: [Access], writes: [Access])]) -> Void = { _ in })
    -> [String]
  {
    var sketch = Sketch()
    let a = sketch.add(.relu, sketch.input)
    let b = sketch.add(.scale(2.0), a)
    let c = sketch.add(.concat(axis: 1), a, b)
    let r = sketch.add(.tanh, c)
    sketch.row(a, reads: [input(sketch.input)], writes: [access(a, 0, 16, 2, 32)])
    sketch.row(b, reads: [access(a, 0, 16, 2, 32)], writes: [access(b, 16, 16, 2, 32)])
    sketch.row(r, reads: [access(c, 0, 64)], writes: [access(r, 64, 64)])
    change(&sketch.rows)
    return sketch.prove(result: r, at: Location(.workspace, 64))
  }

  @Test func acceptsAConcatByBirth() { #expect(dense() == []) }

  /// Row 1 stores %2 over %1 and takes along parts of %3, an operation on %1. A sum over channels takes each element of %1
  /// before it is overwritten; a mean over positions might not.
  @Test(arguments: [(Op.sumToChannel(axis: 1), true), (.globalAveragePool, false)])
  func whatComesAlongReadsWhatIsOverwritten(_ op: Op, isProved: Bool) throws {
    var sketch = Sketch()
    let a = sketch.add(.relu, sketch.input)
    let r = sketch.add(.tanh, sketch.input)
    let s = sketch.add(op, a)
    let parts = Access(.workspace, 64, bytes: 16, content: .partial(1))
    let bytes = isProved ? 4 : 8
    sketch.row(a, reads: [input(sketch.input)], writes: [access(a, 0, 32)])
    sketch.row(r, reads: [input(sketch.input), access(a, 0, 32)], writes: [access(r, 0, 32), parts])
    sketch.row(s, reads: [parts], writes: [access(s, 128, bytes)])
    let problems = sketch.prove(result: s, at: Location(.workspace, 128))
    if isProved {
      #expect(problems == [])
    } else {
      #expect(try #require(problems.first).contains("over %1 relu f32[2,1,1,4] while reading it"), "\(problems)")
    }
  }

  /// The reader comes before the second slice: there is no byte of %2 yet at 16.
  @Test func namesASliceThatIsReadBeforeItIsWritten() throws {
    let problems = dense { $0.swapAt(1, 2) }
    let first = try #require(problems.first)
    #expect(first.contains("row 1 (%4) reads %3 concat f32[2,2,1,4] at workspace 0..<64"), "\(problems)")
    #expect(first.contains("there of %2 scale f32[2,1,1,4] before it is written"), "\(problems)")
    #expect(first.contains("byte 16 holds nothing"), "\(problems)")
  }

  /// %2 is stored over the second image of %1, which the concat still needs.
  @Test func namesAnOverlapOfTwoLiveValues() throws {
    let problems = dense { $0[1].writes[0] = Access(.workspace, 32, bytes: 32, content: .value(ValueID(2))) }
    let first = try #require(problems.first)
    #expect(first.contains("row 1 (%2) writes %2 scale"), "\(problems)")
    #expect(
      problems.contains {
        $0.contains("row 2 (%4) reads %3") && $0.contains("overwritten while still needed")
          && $0.contains("holds %2 scale f32[2,1,1,4], which row 1 stored")
      } || first.contains("over %1 relu"), "\(problems)")
  }

  /// A value that is alive until the end loses 4 bytes to one that is stored later; nothing else touches both.
  @Test func namesTheLoserAndTheWinnerOfAnOverlap() {
    var sketch = Sketch()
    let a = sketch.add(.relu, sketch.input)
    let b = sketch.add(.tanh, sketch.input)
    let sum = sketch.add(.add, a, b)
    sketch.row(a, reads: [input(sketch.input)], writes: [access(a, 0, 32)])
    sketch.row(b, reads: [input(sketch.input)], writes: [access(b, 28, 32)])
    sketch.row(sum, reads: [access(a, 0, 32), access(b, 28, 32)], writes: [access(sum, 64, 32)])
    #expect(
      sketch.prove(result: sum, at: Location(.workspace, 64)) == [
        "row 2 (%3) reads %1 relu f32[2,1,1,4], which row 0 stored, at workspace 0..<32: it was overwritten while still "
          + "needed, byte 28 holds %2 tanh f32[2,1,1,4], which row 1 stored"
      ])
  }

  /// Gradients: %g is stored, then %s = slice of it grows by %d in place, while the other slice of %g lives on.
  private func accumulation(stores: Bool, shift: Int = 0) -> [String] {
    var sketch = Sketch(channels: 2)
    let g = sketch.add(.relu, sketch.input)
    let first = sketch.add(.slice(axis: 1, start: 0, count: 1), g)
    let second = sketch.add(.slice(axis: 1, start: 1, count: 1), g)
    let total = sketch.add(.add, second, first)
    let end = sketch.add(.multiply, total, first)
    if stores { sketch.row(g, reads: [input(sketch.input, 64)], writes: [access(g, 0, 64)]) }
    sketch.row(
      total, reads: [access(second, 16 + shift, 16, 2, 32), access(first, 0, 16, 2, 32)],
      writes: [access(total, 16 + shift, 16, 2, 32)])
    sketch.row(
      end, reads: [access(total, 16 + shift, 16, 2, 32), access(first, 0, 16, 2, 32)], writes: [access(end, 64, 32)])
    return sketch.prove(result: end, at: Location(.workspace, 64))
  }

  @Test func acceptsASumThatGrowsInASlice() { #expect(accumulation(stores: true) == []) }

  @Test func namesASliceThatIsAddedToBeforeItIsStored() throws {
    let problems = accumulation(stores: false)
    let first = try #require(problems.first)
    #expect(
      first.hasPrefix(
        "row 0 (%4) adds to %3 slice f32[2,1,1,4] at workspace 16..<32 and 1 more times, each 32 bytes on, "
          + "there of %1 relu f32[2,2,1,4] before it is stored"), "\(problems)")
  }

  /// The slice next to the right one holds bytes of the right value, but not these.
  @Test func tellsSlicesOfOneValueApart() {
    var sketch = Sketch(channels: 2)
    let g = sketch.add(.relu, sketch.input)
    let second = sketch.add(.slice(axis: 1, start: 1, count: 1), g)
    let end = sketch.add(.tanh, second)
    sketch.row(g, reads: [input(sketch.input, 64)], writes: [access(g, 0, 64)])
    sketch.row(end, reads: [access(second, 0, 16, 2, 32)], writes: [access(end, 64, 32)])
    let problems = sketch.prove(result: end, at: Location(.workspace, 64))
    #expect(problems.count == 1 && problems[0].contains("row 1 (%3) reads %2 slice"), "\(problems)")
  }

  @Test func refusesToWriteOutsideAnArena() {
    var sketch = Sketch()
    let a = sketch.add(.relu, sketch.input)
    sketch.row(a, reads: [input(sketch.input)], writes: [access(a, 1000, 32)])
    #expect(
      sketch.prove() == [
        "row 0 (%1) writes %1 relu f32[2,1,1,4] at workspace 1000..<1032, outside the arena's 1024 bytes"
      ])
  }

  @Test func refusesAResultThatIsElsewhere() {
    var sketch = Sketch()
    let a = sketch.add(.relu, sketch.input)
    sketch.row(a, reads: [input(sketch.input)], writes: [access(a, 32, 32)])
    #expect(sketch.prove(result: a, at: Location(.workspace, 32)) == [])
    #expect(
      sketch.prove(result: a) == [
        "at the end output \"y\", %1 relu f32[2,1,1,4], does not stand at workspace 0..<32: byte 0 holds nothing that "
          + "anybody reads"
      ])
  }

  /// In place an elementwise operation may work, a softmax (which reads a whole row for each element) may not.
  @Test(arguments: [(Op.tanh, 0, true), (.softmax, 0, false), (.tanh, 4, false)])
  func knowsWhatMayHappenInPlace(_ op: Op, _ shift: Int, _ accepted: Bool) {
    var builder = GraphBuilder(name: "sketch", stage: .step)
    let x = builder.add(.input, type: .f32([2, 4]))
    let a = builder.add(.relu, [x])
    let y = builder.add(op, [a])
    let program = Program(
      sketch: [
        (a, [input(x)], [access(a, 0, 32)]), (y, [access(a, 0, 32)], [access(y, shift, 32)]),
      ], workspaceBytes: 64)
    let interface = ProgramInterface(
      sources: [Location(.input, 0), nil, nil], results: [], sizes: [.input: 32, .workspace: 64])
    let problems = prove(program, graph: builder.graph, interface: interface).map(\.message)
    #expect(problems.isEmpty == accepted, "\(problems)")
    #expect(accepted || problems[0].contains("row 1 (%2) writes %2"), "\(problems)")
    #expect(accepted || problems[0].contains("over %1 relu f32[2,4] while reading it"), "\(problems)")
  }

  /// Without barriers: reads after writes, writes after reads, writes after writes; disjoint slices are no conflict.
  @Test func refusesMissingBarriers() {
    var sketch = Sketch()
    let a = sketch.add(.relu, sketch.input)
    let b = sketch.add(.tanh, sketch.input)
    let c = sketch.add(.sigmoid, a)
    sketch.row(a, reads: [input(sketch.input)], writes: [access(a, 0, 16, 2, 32)])
    sketch.row(b, reads: [input(sketch.input)], writes: [access(b, 16, 16, 2, 32)])
    #expect(sketch.prove(waits: false) == [])
    sketch.row(c, reads: [access(a, 0, 16, 2, 32)], writes: [access(c, 64, 32)])
    #expect(
      sketch.prove(waits: false) == [
        "row 2 (%3) reads %1 relu f32[2,1,1,4] at workspace 0..<16 and 1 more times, each 32 bytes on without waiting "
          + "for row 0 (%1)"
      ])
    sketch.rows[2] = (c, [input(sketch.input)], [access(c, 28, 32)])
    #expect(sketch.prove(waits: false).contains { $0.contains("row 2 (%3) writes %3") && $0.contains("row 0 (%1)") })
  }

  /// Rows read 24 of the 32 bytes of a value: a kernel has no such operand.
  @Test func refusesAnAccessThatIsNotTheValue() {
    var sketch = Sketch()
    let a = sketch.add(.relu, sketch.input)
    sketch.row(a, reads: [input(sketch.input, 24)], writes: [access(a, 0, 32)])
    #expect(sketch.prove().first?.contains("expected 32 bytes") == true)
  }
}
