import ArtefactABI
import Compiler
import Interpreter
import NNIR
import Passes
import Runtime
import Testing
import Verification

/// Interpretation in planned memory.
@Suite struct PlannedTests {
  /// The example networks as the compiler plans them, for training, gradients and inference. Expected: what the plain
  /// interpreter delivers, to 1e-12 of each norm.
  @Test(arguments: NetworkFixture.names)
  func deliversWhatThePlainInterpreterDelivers(name: String) throws {
    let fixture = try NetworkFixture(name)
    let batch = fixture.entry.batch
    let modes: [Manifest.Mode] = [.train, .gradient, .infer]
    let model = try compile(
      fixture.typed, options: BuildOptions(entries: modes.map { EntryPoint($0, batch: batch) }),
      target: ClangToolchain.find().describe(.native))
    let sample = Sample(for: model.typed, batch: batch, seed: 1)
    for entry in model.entries {
      let (plain, planned) = try model.interpretPlanned(entry, sample.feeds)
      #expect(plain.values.count == planned.values.count && !plain.values.isEmpty)
      for (subject, elements) in plain.values {
        expectNorm("\(name) \(entry.point.mode) \(subject)", expected: elements, found: planned[subject], within: 1e-12)
      }
    }
  }

  // MARK: Plans by hand

  /// %1 … %5: a product, its two halves, a sum on the second half, and both halves side by side again.
  private static func halves() -> Graph {
    var builder = GraphBuilder(name: "halves", stage: .scheduled)
    let x = builder.add(.input, type: .f32([2, 4]))
    let g = builder.add(.scale(3.0), [x])
    let a = builder.add(.slice(axis: 1, start: 0, count: 2), [g])
    let b = builder.add(.slice(axis: 1, start: 2, count: 2), [g])
    let sum = builder.add(.add, [b, a])
    let y = builder.add(.concat(axis: 1), [a, sum])
    builder.add(result: .output(name: "y", value: y))
    return builder.graph
  }

  /// Everything in the 32 bytes of %1: the halves are views, the sum grows in place, the concat is never executed.
  private static let halvesInPlace: [MemoryMap.Place?] = [
    .init(space: 0, offset: 0, length: 32, pitch: 32), .init(space: 1, offset: 0, length: 32, pitch: 32),
    .init(space: 1, offset: 0, length: 8, pitch: 16), .init(space: 1, offset: 8, length: 8, pitch: 16),
    .init(space: 1, offset: 8, length: 8, pitch: 16), .init(space: 1, offset: 0, length: 32, pitch: 32),
  ]

  private func interpret(
    _ graph: Graph, _ places: [MemoryMap.Place?], result: MemoryMap.Place? = nil
  ) throws -> [Double] {
    let feeds = Feeds(input: [1, 2, 3, 4, 5, 6, 7, 8])
    let result = result ?? places.compactMap { $0 }.last
    let map = MemoryMap(
      places: places, copies: [], results: [try #require(result)], sizes: [32, 128], workspace: 1)
    return try interpretPlanned(graph, feeds, memory: map).outputs["y"]?.elements ?? []
  }

  /// By hand: 3x is 3 6 9 12 | 15 18 21 24; the second halves grow by the first ones.
  @Test func viewsAndSumsInPlace() throws {
    #expect(try interpret(Self.halves(), Self.halvesInPlace) == [3, 6, 12, 18, 15, 18, 36, 42])
  }

  /// A slice and a concat that stand elsewhere are copied.
  @Test func copiesWhatStandsElsewhere() throws {
    var places = Self.halvesInPlace
    places[2] = .init(space: 1, offset: 64, length: 16, pitch: 16)
    #expect(try interpret(Self.halves(), places) == [3, 6, 12, 18, 15, 18, 36, 42])
    places[5] = .init(space: 1, offset: 96, length: 32, pitch: 32)
    #expect(try interpret(Self.halves(), places) == [3, 6, 12, 18, 15, 18, 36, 42])
  }

  /// Without places %1, %2 and %3 are computed by their readers.
  @Test func valuesWithoutAPlaceAreComputedByTheirReaders() throws {
    var places = Self.halvesInPlace
    places[1] = nil
    places[2] = nil
    places[3] = nil
    #expect(try interpret(Self.halves(), places) == [3, 6, 12, 18, 15, 18, 36, 42])
  }

  /// One step computes a, tanh(a) and a + tanh(a): a in registers, the sum over the input of the step that it has read.
  /// Expected: the plain interpreter.
  @Test func aStepReadsBeforeItStores() throws {
    var builder = GraphBuilder(name: "step", stage: .scheduled)
    let x = builder.add(.input, type: .f32([8]))
    let b = builder.add(.scale(0.25), [x])
    let a = builder.add(.scale(2.0), [b])
    let t = builder.add(.tanh, [a])
    let sum = builder.add(.add, [a, t])
    let y = builder.add(.multiply, [sum, t])
    builder.add(result: .output(name: "y", value: y))
    let graph = builder.graph
    let places: [MemoryMap.Place?] = [0, 0, nil, 32, 0, 64].enumerated().map { index, offset in
      offset.map { MemoryMap.Place(space: index == 0 ? 0 : 1, offset: $0, length: 32, pitch: 32) }
    }
    let feeds = Feeds(input: [1, 2, 3, 4, 5, 6, 7, 8])
    let result = try #require(places[5])
    func run(_ steps: [[ValueID]]) throws -> [Double]? {
      let map = MemoryMap(places: places, steps: steps, copies: [], results: [result], sizes: [32, 96], workspace: 1)
      return try interpretPlanned(graph, feeds, memory: map).outputs["y"]?.elements
    }
    let wanted = try interpretDouble(graph, feeds).outputs["y"]?.elements
    #expect(try run([[b], [a, t, sum], [y]]) == wanted)
    // apart, the sum would have to come after what it reads
    let found = #expect(throws: InterpreterError.self) { _ = try run([[b], [sum], [t], [y]]) }
    #expect(found?.description.contains("%3 tanh: element 0 is dead") == true)
  }

  /// Two values that are alive at once in one place: the sum finds the later one where the earlier one should be.
  @Test func anOverlapShows() throws {
    var builder = GraphBuilder(name: "overlap", stage: .scheduled)
    let x = builder.add(.input, type: .f32([8]))
    let a = builder.add(.scale(2.0), [x])
    let b = builder.add(.scale(3.0), [x])
    let y = builder.add(.add, [a, b])
    builder.add(result: .output(name: "y", value: y))
    func places(_ offset: Int) -> [MemoryMap.Place?] {
      [0, 0, offset, 64].enumerated().map { .init(space: $0 == 0 ? 0 : 1, offset: $1, length: 32, pitch: 32) }
    }
    let right = [5.0, 10, 15, 20, 25, 30, 35, 40]
    #expect(try interpret(builder.graph, places(32)) == right)
    #expect(try interpret(builder.graph, places(0)) != right)
  }

  /// A value that dies leaves a NaN: a reader that comes after the last one of the graph finds it.
  @Test func theDeadLeaveNothingBehind() throws {
    var builder = GraphBuilder(name: "dead", stage: .scheduled)
    let x = builder.add(.input, type: .f32([8]))
    let a = builder.add(.scale(2.0), [x])
    let y = builder.add(.tanh, [a])
    builder.add(result: .output(name: "y", value: y))
    let places = [0, 0, 32].enumerated().map {
      MemoryMap.Place(space: $0 == 0 ? 0 : 1, offset: $1, length: 32, pitch: 32)
    }
    let found = #expect(throws: InterpreterError.self) {
      _ = try interpret(builder.graph, places, result: places[1])
    }
    #expect(found?.description.contains("%2 tanh: element 0 is dead") == true)
  }
}
