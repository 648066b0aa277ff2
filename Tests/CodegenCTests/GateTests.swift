import CodegenC
import Interpreter
import NNIR
import Passes
import Testing

/// Rows that run in one state of a gate, in any number of threads.
@Suite struct GateTests {
  /// A chain of blocks x + q, each under its gate, with a doubling after every third one.
  private func chain(blocks: Int, count: Int) -> Graph {
    var builder = GraphBuilder(name: "chain", stage: .step)
    var x = builder.add(.parameter(name: "p", initializer: .constant(0)), type: .f32([count]))
    let q = builder.add(.parameter(name: "q", initializer: .constant(0)), type: .f32([count]))
    for block in 0..<blocks {
      let gate = builder.add(gate: GateInfo(name: "block\(block)", survival: 0.5))
      let inside = builder.add(.scale(2.0), [builder.add(.add, [x, q], gate: gate)], gate: gate)
      x = builder.add(.join(gate), [builder.add(.subtract, [inside, q], gate: gate), x])
      if block % 3 == 2 { x = builder.add(.scale(0.5), [x]) }
    }
    builder.add(result: .output(name: "y", value: x))
    return builder.graph
  }

  private func feeds(_ count: Int) -> Feeds {
    Feeds(parameters: [
      "p": (0..<count).map { Double($0 % 64) }, "q": (0..<count).map { Double($0 % 7 - 3) },
    ])
  }

  /// Expected: the interpreter; small whole numbers over small powers of two are exact in single precision.
  @Test(arguments: [false, true]) func chosenSidesInAnyNumberOfThreads(planned: Bool) throws {
    let (blocks, count) = (12, 40_000)
    let graph = chain(blocks: blocks, count: count)
    let plan = planned ? planMemory(graph, layout: SharedLayout(graph)) : Plan.naive(graph)
    let artefact = try Artefact([plan], options: CodegenOptions(name: "gates", lanes: 8))
    let y = try #require(graph.output("y"))
    let place =
      planned ? Location(.output, try #require(plan.outputs.first).offset) : try #require(plan.locations[y.index])
    for threads in [0, 2, 5] {
      try artefact.withPool(threads) { pool in
        for pattern in [0, 0xfff, 0xaaa, 0x555, 0x8c1, 0x3fe] {
          var feeds = feeds(count)
          feeds.gates = (0..<blocks).map { pattern >> $0 & 1 == 1 }
          let memory = Memory(plan, artefact.programs[0], outputBytes: plan.outputBytes)
          for (index, name) in ["p", "q"].enumerated() {
            memory.put((feeds.parameters[name] ?? []).map { Float($0) }, at: try #require(plan.locations[index]))
          }
          memory.gates = (feeds.gates ?? []).map { $0 ? 1 : 0 }
          try artefact.run(0, memory, pool: pool, threads: max(1, threads))
          let expected = try interpretDouble(graph, feeds).outputs["y"]?.elements ?? []
          #expect(
            memory.floats(at: place, count: count).map { Double($0) } == expected, "\(threads) threads, \(pattern)")
        }
      }
    }
  }

  /// What a closed gate's rows would have written keeps the poison that was there before.
  @Test func skippedRowsTouchNothing() throws {
    let graph = chain(blocks: 2, count: 100)
    let plan = Plan.naive(graph)
    let artefact = try Artefact([plan], options: CodegenOptions(name: "skip"))
    for open in [[true, false], [false, true], [false, false]] {
      var feeds = feeds(100)
      feeds.gates = open
      let memory = Memory(plan, artefact.programs[0], feeds)
      try artefact.run(0, memory, threads: 2)
      for id in graph.ids {
        guard let gate = graph[id].gate, let place = plan.locations[id.index] else { continue }
        let isPoison = memory.bytes(at: place, count: 400).allSatisfy { $0 == 0xff }
        #expect(isPoison == !open[gate.index], "\(graph.line(id)) with \(open)")
      }
    }
  }

  /// Without a vector all gates are open.
  @Test func noVectorOpensAll() throws {
    let graph = chain(blocks: 3, count: 10)
    let plan = Plan.naive(graph)
    let artefact = try Artefact([plan], options: CodegenOptions(name: "none"))
    let memory = Memory(plan, artefact.programs[0], feeds(10))
    try artefact.run(0, memory)
    let y = try #require(graph.output("y"))
    let found = memory.floats(at: try #require(plan.locations[y.index]), count: 10)
    #expect(found.map { Double($0) } == (try interpretDouble(graph, feeds(10)).outputs["y"]?.elements))
  }

  /// Inside of a block rows meet by themselves; where it is skipped all meet at its beginning at most.
  @Test func closedBlocksMeetOnceAtMost() {
    let rows = lower(.naive(chain(blocks: 2, count: 8)), symbol: "f", options: CodegenOptions(name: "f")).rows
    let isOpen = rows.map { $0.condition?.isOpen }
    #expect(isOpen == [true, true, true, true, false, true, true, true, true, false])
    // the sum, its double, the difference, the copy to the join; else the other copy
    #expect(rows.map(\.waits) == [false, true, true, true, false] + [false, true, true, true, false])
    // the second block reads the first one's result, whichever side that came from
    #expect(rows.map(\.waitsBeforeGate) == [Bool](repeating: false, count: 5) + [true, false, false, false, false])
  }

  /// A row after a block that conflicts with a row before it waits, although the block would have had them meet.
  @Test func meetingsOfSkippedRowsDoNotCount() throws {
    var builder = GraphBuilder(name: "before", stage: .step)
    let p = builder.add(.parameter(name: "p", initializer: .constant(0)), type: .f32([8]))
    let gate = builder.add(gate: GateInfo(name: "block", survival: 0.5))
    let before = builder.add(.scale(2.0), [p])
    let inside = builder.add(.relu, [builder.add(.tanh, [p], gate: gate)], gate: gate)
    let joined = builder.add(.join(gate), [inside, p])
    let after = builder.add(.relu, [before])
    _ = (joined, after)
    let rows = lower(.naive(builder.graph), symbol: "f", options: CodegenOptions(name: "f")).rows
    #expect(rows.map { $0.condition?.isOpen } == [nil, true, true, true, false, nil])
    #expect(rows.map(\.waits) == [false, false, true, true, false, true])
    #expect(rows.allSatisfy { !$0.waitsBeforeGate })
  }

  /// The zero that stands for a closed block's gradient is written only where the gate is closed.
  @Test func constantsOfJoinsAreWrittenByTheJoin() throws {
    var builder = GraphBuilder(name: "zero", stage: .step)
    let p = builder.add(.parameter(name: "p", initializer: .constant(0)), type: .f32([8]))
    let gate = builder.add(gate: GateInfo(name: "block", survival: 0.5))
    let zero = builder.add(.fill(0.0), type: .f32([8]))
    let y = builder.add(.join(gate), [builder.add(.relu, [p], gate: gate), zero])
    builder.add(result: .output(name: "y", value: y))
    let rows = lower(.naive(builder.graph), symbol: "f", options: CodegenOptions(name: "f")).rows
    #expect(rows.map(\.kernel.name) == ["pointwise", "copy", "fill"])
    #expect(rows.map { $0.condition?.isOpen } == [true, true, false])
    // read by another operation too, it is a value like any other
    _ = builder.add(.add, [zero, p])
    let more = lower(.naive(builder.graph), symbol: "f", options: CodegenOptions(name: "f")).rows
    #expect(more.first?.kernel.name == "fill" && more.first?.condition == nil)
  }
}
