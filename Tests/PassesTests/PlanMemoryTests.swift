import NNIR
import Passes
import Testing

@Suite struct PlanMemoryTests {
  private func plan(_ text: String, _ passes: [Pass], reuse: Bool = true) throws -> Plan {
    let typed = try Networks.graph(text)
    return planMemory(try run(passes, on: typed), layout: SharedLayout(typed), options: PlanOptions(reuse: reuse))
  }

  /// Replays the plan on a map from memory to the value it holds: whenever a node reads an operand, the operand's
  /// memory must still hold it. Independent of the planner's own liveness.
  private func clobbered(_ plan: Plan) -> [String] {
    let graph = plan.graph
    var holder: [Arena: [Int: ValueID]] = [:]
    var root: [ValueID] = []
    var found: [String] = []
    func words(_ id: ValueID) -> [Int] {
      guard let place = plan.locations[id.index] else { return [] }
      let type = graph[id].type
      return Array(stride(from: place.offset, to: place.offset + type.count * type.element.size, by: 4))
    }
    func check(_ id: ValueID, _ reader: String) {
      guard let place = plan.locations[id.index] else { return }
      for word in words(id) where holder[place.arena]?[word] != root[id.index] {
        found.append("\(reader) reads \(id) after it was overwritten")
        return
      }
    }
    for id in graph.ids {
      let node = graph[id]
      if case .reshape = node.op { root.append(root[node.inputs[0].index]) } else { root.append(id) }
      if !node.op.isSource { for input in node.inputs { check(input, "\(id)") } }
      guard root[id.index] == id, let place = plan.locations[id.index] else { continue }
      for word in words(id) { holder[place.arena, default: [:]][word] = id }
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

  @Test func everyTensorIsAligned() throws {
    let plan = try plan(Networks.mixed, Pipeline.training(batch: 4, goal: .update))
    #expect(plan.locations.allSatisfy { ($0?.offset ?? 0) % 64 == 0 })
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
