import NNIR
import Passes
import Testing

@Suite struct PlanMemoryTests {
  private func plan(_ text: String, _ passes: [Pass], reuse: Bool = true) throws -> Plan {
    let typed = try Networks.graph(text)
    var graph = try run(passes, on: typed)
    if graph.stage == .step { graph = try run(Pipeline.scheduling, on: graph) }
    return planMemory(graph, layout: SharedLayout(typed), options: PlanOptions(reuse: reuse))
  }

  /// Of each element of each value, which element of which computed value it is: what concat, slice and reshape mean,
  /// written out.
  private func elements(_ graph: Graph) -> [[Int]] {
    var next = 0
    var all: [[Int]] = []
    for node in graph.nodes {
      let shape = node.type.bound
      switch node.op {
      case .reshape: all.append(all[node.inputs[0].index])
      case .concat(let axis):
        let outer = shape[..<axis].reduce(1, *)
        var whole: [Int] = []
        for row in 0..<outer {
          for input in node.inputs {
            let part = all[input.index]
            let length = part.count / outer
            whole += part[(row * length)..<((row + 1) * length)]
          }
        }
        all.append(whole)
      case .slice(let axis, let start, let count):
        let source = all[node.inputs[0].index]
        let outer = shape[..<axis].reduce(1, *)
        let inner = shape[(axis + 1)...].reduce(1, *)
        let row = source.count / outer
        var kept: [Int] = []
        for index in 0..<outer {
          let first = index * row + start * inner
          kept += source[first..<(first + count * inner)]
        }
        all.append(kept)
      default:
        all.append(Array(next..<(next + node.type.count)))
        next += node.type.count
      }
    }
    return all
  }

  /// Replays the plan word by word: whenever a loop nest takes a value from memory, its memory must hold its elements.
  /// Independent of the planner's own lives and overlaps.
  private func clobbered(_ plan: Plan) -> [String] {
    let graph = plan.graph
    let elements = elements(graph)
    var holder: [Arena: [Int: Int]] = [:]
    var found: [String] = []
    func words(_ id: ValueID) -> [(word: Int, element: Int)] {
      guard let place = plan.locations[id.index], graph[id].type.element == .f32 else { return [] }
      let count = graph[id].type.count
      let runs = plan.runs[id.index] ?? Runs(length: count * 4, pitch: count * 4)
      return (0..<count).map { index in
        let byte = index * 4
        return (place.offset + byte / runs.length * runs.pitch + byte % runs.length, elements[id.index][index])
      }
    }
    func check(_ id: ValueID, _ reader: String) {
      guard let place = plan.locations[id.index] else { return }
      if words(id).contains(where: { holder[place.arena]?[$0.word] != $0.element }) {
        found.append("\(reader) reads \(id) after it was overwritten")
      }
    }
    func put(_ id: ValueID) {
      guard let place = plan.locations[id.index] else { return }
      for (word, element) in words(id) { holder[place.arena, default: [:]][word] = element }
    }
    for id in graph.ids where graph.isGiven(id) { put(id) }
    for nest in LoopNests(graph).nests {
      for value in nest.reads { check(value, "\(nest.anchor)") }
      for value in nest.writes { put(value) }
    }
    for result in graph.results { check(result.value, "a result") }
    return found
  }

  @Test(arguments: [Networks.dense, Networks.mixed])
  func noValueIsOverwrittenBeforeItsLastReader(_ text: String) throws {
    for passes in [
      Pipeline.training(batch: 4, goal: .update), Pipeline.training(batch: 4, goal: .gradients),
      Pipeline.inference(batch: 4),
    ] {
      #expect(clobbered(try plan(text, passes)) == [])
      #expect(clobbered(try plan(text, passes, reuse: false)) == [])
    }
  }

  @Test func reuseNeedsLessThanOnePlaceEach() throws {
    let shared = try plan(Networks.dense, Pipeline.training(batch: 4, goal: .update))
    let apart = try plan(Networks.dense, Pipeline.training(batch: 4, goal: .update), reuse: false)
    #expect(shared.workspaceBytes < shared.naiveBytes / 2)
    #expect(apart.workspaceBytes <= apart.naiveBytes)
    let inference = try plan(Networks.dense, Pipeline.inference(batch: 4))
    #expect(inference.workspaceBytes < shared.workspaceBytes)
  }

  /// Updates are born over what they update: a training step leaves no copies.
  @Test func updatesHappenInPlace() throws {
    let plan = try plan(Networks.dense, Pipeline.training(batch: 4, goal: .update))
    #expect(plan.copies.isEmpty)
    for case .update(let source, let value) in plan.graph.results {
      #expect(plan.locations[source.index] == plan.locations[value.index])
    }
  }

  /// All but the parts of wider values.
  @Test func everyTensorIsAligned() throws {
    let plan = try plan(Networks.mixed, Pipeline.training(batch: 4, goal: .update))
    for (place, runs) in zip(plan.locations, plan.runs) where runs == nil { #expect((place?.offset ?? 0) % 64 == 0) }
  }

  /// The same value as two results is born once and copied once.
  @Test func aResultUnderTwoNamesIsCopied() throws {
    let text = """
      nnir 1 stage raw
      %0 = input : f32[N,4]
      %1 = relu %0
      output "a" %1
      output "b" %1
      output "c" %0
      """
    let plan = try plan(text, Pipeline.inference(batch: 3))
    #expect(plan.copies.count == 2)
    #expect(plan.outputs.map(\.offset) == [0, 64, 128])
  }
}
