import CodegenC
import NNIR
import Passes
import Testing

/// The same bits for any number of threads, and a pool that is opened, used and closed many times.
@Suite struct ThreadTests {
  /// With the tiles of the built-in rules, and with others.
  @Test(arguments: [nil, 7] as [UInt64?]) func anyNumberOfThreadsGivesTheSameBits(tunedBy seed: UInt64?) throws {
    let cases = OpCases.all.filter { seed == nil || $0.graph.nodes.contains { $0.op.isTuned } }
    let plans = cases.map { Plan.naive($0.graph) }
    var options = CodegenOptions(name: "threads", lanes: 8)
    if let seed { options.tuning = anyTuning(plans, seed: seed) }
    let artefact = try Artefact(plans, options: options)
    func results(_ threads: Int) throws -> [[UInt8]] {
      try artefact.withPool(threads) { pool in
        try cases.indices.map { try artefact.values($0, of: cases[$0], pool: pool, threads: max(1, threads)) }
      }
    }
    let alone = try results(0)
    for threads in [1, 2, 3, 7] {
      let together = try results(threads)
      for index in cases.indices {
        #expect(alone[index] == together[index], "\(cases[index].name) differs with \(threads) threads")
      }
    }
  }

  /// Hundreds of rows that depend on each other, more threads than cores, many calls: nothing is lost or hangs.
  @Test func longChainsInManyThreads() throws {
    var builder = GraphBuilder(name: "chain", stage: .step)
    let count = 40000
    var value = builder.add(.parameter(name: "p", initializer: .constant(0)), type: .f32([count]))
    let one = builder.add(.parameter(name: "q", initializer: .constant(0)), type: .f32([count]))
    let links = 300
    for _ in 0..<links { value = builder.add(.add, [value, one]) }
    let plan = Plan.naive(builder.graph)
    let artefact = try Artefact([plan], options: CodegenOptions(name: "chain", lanes: 8))
    let place = try #require(plan.locations[value.index])
    for threads in [2, 5, 16] {
      try artefact.withPool(threads) { pool in
        for _ in 0..<5 {
          let memory = Memory(plan, artefact.programs[0])
          for (index, start) in [Float(3), 1].enumerated() {
            let operand = try #require(plan.locations[index])
            memory.put([Float](repeating: start, count: count), at: operand)
          }
          try artefact.run(0, memory, pool: pool, threads: threads)
          // 3 + 300 · 1, exact in single precision
          #expect(memory.floats(at: place, count: count).allSatisfy { $0 == Float(3 + links) })
        }
      }
    }
    // one row a link, and each waits for the one before
    #expect(artefact.programs[0].rows.count == links)
    #expect(!artefact.programs[0].rows.dropFirst().contains { !$0.waits })
  }

  /// 32 outputs in lanes are one panel, and 14 × 14 positions one tile: lines are halved so that two threads have work, but
  /// not where each has a micro-batch, nor for the 0.2 million multiply-adds of 2 × 2 positions.
  @Test(arguments: [(14, 16, 2), (14, 1, 1), (2, 16, 1)]) func outputsInLanesHaveWorkForTwo(
    extent: Int, fewTasks: Int, expected: Int
  ) throws {
    var builder = GraphBuilder(name: "narrow", stage: .step)
    let x = builder.add(.input, type: .f32([1, 128, extent, extent]))
    let w = builder.add(.parameter(name: "w", initializer: .constant(0)), type: .f32([32, 128, 3, 3]))
    let geometry = Convolution(strides: [1, 1], padBegin: [1, 1], padEnd: [1, 1], dilations: [1, 1])
    _ = builder.add(.convolution(geometry), [x, w])
    let program = lower(
      .naive(builder.graph), symbol: "f", options: CodegenOptions(name: "f", lanes: 16, fewTasks: fewTasks))
    let row = try #require(program.rows.first { $0.kernel.name == "convolution_lanes" })
    #expect(row.tasks == expected)
  }

  @Test func poolsOpenAndCloseWithoutWork() throws {
    let artefact = try Artefact([Plan.naive(OpCases.all[0].graph)], options: CodegenOptions(name: "pool", lanes: 8))
    for threads in [1, 2, 8] { try artefact.withPool(threads) { #expect($0 != nil) } }
  }

  /// Rows that touch different memory need no meeting; the first that reads their results does.
  @Test func barriersStandOnlyWhereMemoryIsShared() {
    var builder = GraphBuilder(name: "diamond", stage: .step)
    let p = builder.add(.parameter(name: "p", initializer: .constant(0)), type: .f32([8]))
    let a = builder.add(.relu, [p])
    let b = builder.add(.scale(2.0), [p])
    let sum = builder.add(.add, [a, b])
    let last = builder.add(.tanh, [p])
    _ = (sum, last)
    let program = lower(.naive(builder.graph), symbol: "f", options: CodegenOptions(name: "f"))
    #expect(program.rows.map(\.waits) == [false, false, true, false])
  }

  /// A value delivered twice is born in one place of the output arena and copied to the other at the end.
  @Test func finalCopiesComeLast() throws {
    var builder = GraphBuilder(name: "twice", stage: .step)
    let p = builder.add(.parameter(name: "p", initializer: .constant(0)), type: .f32([20000]))
    let y = builder.add(.scale(2.0), [p])
    builder.add(result: .output(name: "a", value: y))
    builder.add(result: .output(name: "b", value: y))
    let plan = planMemory(builder.graph, layout: SharedLayout(builder.graph))
    try #require(plan.copies.count == 1)
    let artefact = try Artefact([plan], options: CodegenOptions(name: "twice"))
    let memory = Memory(plan, artefact.programs[0], outputBytes: plan.outputBytes)
    memory.put((0..<20000).map(Float.init), at: Location(.parameters, 0))
    try artefact.run(0, memory, threads: 2)
    for output in plan.outputs {
      // doubling small whole numbers is exact
      #expect(
        memory.floats(at: Location(.output, output.offset), count: 20000) == (0..<20000).map { Float(2 * $0) })
    }
  }
}
