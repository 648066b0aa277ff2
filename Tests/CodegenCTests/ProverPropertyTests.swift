import CodegenC
import Compiler
import NNIR
import Passes
import Runtime
import Testing

/// The prover against the word-by-word one on random programs, and on real programs with one mistake.
@Suite struct ProverPropertyTests {
  /// Where a value of a random program stands.
  private struct Home {
    var offset: Int
    /// Stretches and their pitch; 1 for a value in one piece.
    var runs: Int
    var pitch: Int
  }

  /// A random graph over small images with concats, slices and reshapes of each other along any axis, and rows that
  /// store and read them at random places, in one piece or in stretches.
  private static func random(_ seed: Int) -> (program: Program, graph: Graph, interface: ProgramInterface) {
    var numbers = Numbers(seed)
    func pick(_ count: Int) -> Int { Int(numbers.next() >> 33) % count }
    var builder = GraphBuilder(name: "random", stage: .step)
    let images = [1, 2, 4, 6][pick(4)]
    let source = builder.add(.input, type: .f32([images, 1 + pick(3), 1 + pick(3)]))
    var values = [source]
    for index in 0..<6 + pick(8) {
      let x = values[pick(values.count)]
      let shape = builder.type(x).bound
      let axis = pick(shape.count)
      switch pick(4) {
      case 0:
        let count = 1 + pick(shape[axis])
        values.append(builder.add(.slice(axis: axis, start: pick(shape[axis] - count + 1), count: count), [x]))
      case 1:
        let others = values.filter { other in
          let extents = builder.type(other).bound
          return extents.count == shape.count && shape.indices.allSatisfy { $0 == axis || extents[$0] == shape[$0] }
        }
        values.append(builder.add(.concat(axis: axis), [x, others[pick(others.count)]]))
      case 2 where shape.count == 3:
        values.append(builder.add(.reshape([.fixed(shape[0] * shape[1]), .fixed(1), .fixed(shape[2])]), [x]))
      default: values.append(builder.add(.scale(Scalar(Double(index + 2))), [x]))
      }
    }
    var graph = builder.graph
    // careful programs give every value memory of its own, most others are wrong somewhere
    let isCareful = pick(4) > 0
    let size = 1 << 14
    var end = 0
    var homes: [ValueID: Home] = [:]
    func access(_ id: ValueID, _ home: Home) -> Access {
      let bytes = graph[id].type.count * 4
      return Access(
        .workspace, home.offset, bytes: bytes / home.runs, runs: home.runs, pitch: home.pitch, content: .value(id))
    }
    /// In one piece or in stretches whose number divides the words.
    func home(_ id: ValueID) -> Home {
      let count = graph[id].type.count
      let runs = pick(2) == 0 ? 1 : [2, 3, 4, 6, images].filter { count % $0 == 0 }.first ?? 1
      let pitch = count / runs * 4 + 4 * pick(6)
      defer { end += runs * pitch }
      let offset = isCareful && pick(40) > 0 ? end : 4 * pick(64)
      return Home(offset: offset, runs: runs, pitch: pitch)
    }
    /// The part of a value in one piece, and whether there is one.
    func part(of x: ValueID, axis: Int, start: Int, count: Int) -> Home? {
      guard let whole = homes[x], whole.runs == 1 else { return nil }
      let shape = graph[x].type.bound
      let inner = shape[(axis + 1)...].reduce(4, *)
      return Home(
        offset: whole.offset + start * inner, runs: shape[..<axis].reduce(1, *), pitch: shape[axis] * inner)
    }
    var rows: [(value: ValueID?, reads: [Access], writes: [Access])] = []
    for id in graph.ids where id != source {
      let inputs = graph[id].inputs
      let stays = pick(3) > 0
      switch graph[id].op {
      case .reshape where stays && homes[inputs[0]] != nil: homes[id] = homes[inputs[0]]
      case .slice(let axis, let start, let count) where stays && homes[inputs[0]]?.runs == 1:
        homes[id] = part(of: inputs[0], axis: axis, start: start, count: count)
      case .concat(let axis) where stays && !inputs.contains(source):
        // the operands are copied to their parts, in any order
        homes[id] = Home(offset: home(id).offset, runs: 1, pitch: 0)
        var start = 0
        for input in inputs {
          let extent = graph[input].type.bound[axis]
          guard var target = part(of: id, axis: axis, start: start, count: extent), let from = homes[input] else {
            continue
          }
          if pick(40) == 0 { target.offset += 4 }
          rows.append((nil, [access(input, from)], []))
          rows.append((nil, [], [access(input, target)]))
          start += extent
        }
      default:
        let place = home(id)
        homes[id] = place
        if isCareful || pick(4) > 0 { rows.append((id, [], [access(id, place)])) }
      }
      let earlier = values.filter { $0 <= id && $0 != source }
      for _ in 0..<2 where !earlier.isEmpty {
        let x = earlier[pick(earlier.count)]
        if let known = homes[x] { rows.append((nil, [access(x, known)], [])) }
      }
    }
    var sources = [Location?](repeating: nil, count: graph.nodes.count)
    sources[source.index] = Location(.input, 0)
    let result = graph.ids.last { homes[$0]?.runs == 1 } ?? source
    graph.results = [.output(name: "y", value: result)]
    let interface = ProgramInterface(
      sources: sources, results: [homes[result].map { Location(.workspace, $0.offset) } ?? Location(.input, 0)],
      sizes: [.input: graph[source].type.count * 4, .workspace: size])
    return (Program(sketch: rows, workspaceBytes: size), graph, interface)
  }

  /// Expected: what the word-by-word prover finds. Both verdicts and the first faulty row have to agree.
  @Test func agreesWithTheProofWordByWord() {
    var accepted = 0
    for seed in 0..<4000 {
      let (program, graph, interface) = Self.random(seed)
      let wanted = NaiveProver.faults(program, graph, interface)
      let found = prove(program, graph: graph, interface: interface)
      if wanted.isEmpty { accepted += 1 }
      guard wanted.isEmpty == found.isEmpty else {
        Issue.record("seed \(seed): rows \(wanted), found \(found.map(\.message))\n\(graph.text)")
        return
      }
      guard let first = wanted.first, let message = found.first?.message else { continue }
      let expected = first == program.rows.count ? "at the end" : "row \(first) "
      #expect(message.hasPrefix(expected), "seed \(seed): expected \(expected), found \(message)")
    }
    // neither verdict is rare
    #expect((400...3600).contains(accepted), "\(accepted) of 4000 accepted")
  }

  /// Any one written place of a real training step moved by a tensor, forwards or backwards, is refused.
  @Test func noStoreOfATrainingStepMayMove() throws {
    let target = try ClangToolchain.find().describe(.native)
    let raw = try ExampleNetworks.dense
    let model = try compile(
      raw, options: BuildOptions(entries: [Compiler.EntryPoint(.train, batch: 2)]), target: target)
    let entry = try #require(model.entries.first)
    let graph = entry.plan.graph
    let interface = ProgramInterface(entry.program, entry.plan, layout: model.layout)
    #expect(prove(entry.program, graph: graph, interface: interface) == [])
    var moved = 0
    for (index, row) in entry.program.rows.enumerated() {
      for position in row.writes.indices {
        for direction in [1, -1] {
          var program = entry.program
          let bytes = row.writes[position].total
          program.rows[index].writes[position].offset += direction * bytes
          moved += 1
          let problems = prove(program, graph: graph, interface: interface)
          #expect(!problems.isEmpty, "row \(index) (\(row.note)) may store \(direction * bytes) bytes further on")
        }
      }
    }
    #expect(moved > 300)
  }

  /// Any barrier of a real training step taken away is refused.
  @Test func noBarrierOfATrainingStepIsSpare() throws {
    let target = try ClangToolchain.find().describe(.native)
    let raw = try ExampleNetworks.residual
    let model = try compile(
      raw, options: BuildOptions(entries: [Compiler.EntryPoint(.train, batch: 2)]), target: target)
    let entry = try #require(model.entries.first)
    let interface = ProgramInterface(entry.program, entry.plan, layout: model.layout)
    for index in entry.program.rows.indices where entry.program.rows[index].waits {
      var program = entry.program
      program.rows[index].waits = false
      let problems = prove(program, graph: entry.plan.graph, interface: interface)
      #expect(problems.contains { $0.message.contains("without waiting for row") }, "row \(index) need not wait")
    }
  }
}
