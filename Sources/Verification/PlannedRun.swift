import CodegenC
import Compiler
import Interpreter
import NNIR
import Passes

extension MemoryMap {
  /// The places of a plan; results are expected where the caller of compiled code expects them.
  package init(_ plan: Plan, _ interface: ProgramInterface) {
    let spaces = Arena.allCases
    func place(_ location: Location, _ id: ValueID, _ runs: Runs? = nil) -> Place {
      let type = plan.graph[id].type
      let bytes = type.count * type.element.size
      return Place(
        space: spaces.firstIndex(of: location.arena) ?? 0, offset: location.offset, length: runs?.length ?? bytes,
        pitch: runs?.pitch ?? bytes)
    }
    self.init(
      places: plan.graph.ids.map { id in plan.locations[id.index].map { place($0, id, plan.runs[id.index]) } },
      steps: LoopNests(plan.graph).nests.map(\.nodes),
      copies: plan.copies.map { copy in
        Copy(
          value: copy.value, from: place(copy.from, copy.value, plan.runs[copy.value.index]),
          to: place(copy.to, copy.value))
      },
      results: zip(plan.graph.results, interface.results).map { place($1, $0.value) },
      sizes: spaces.map { interface.sizes[$0] ?? 0 }, workspace: spaces.firstIndex(of: .workspace) ?? 0)
  }
}

extension CompiledModel {
  /// What the entry's graph delivers when it is interpreted in planned memory, and when every value has its own.
  ///
  /// Preparation runs before inference, in planned memory too.
  package func interpretPlanned(
    _ entry: CompiledEntry, _ feeds: Feeds
  ) throws(InterpreterError) -> (plain: Deliveries, planned: Deliveries) {
    let preparation = prepare.plan
    let prepared = Dictionary(uniqueKeysWithValues: preparation.outputs.map { ($0.name, $0.offset) })
    var feeds = feeds
    // the first micro-batch stands for all
    feeds.input = feeds.input.map { Array($0.prefix($0.count / entry.program.microbatches.count)) }
    var (plainFeeds, plannedFeeds) = (feeds, feeds)
    if !preparation.graph.results.isEmpty {
      let interface = ProgramInterface(prepare.program, preparation, layout: layout, preparing: true)
      plainFeeds.prepared = try interpretDouble(preparation.graph, feeds, retention: .results).outputs
        .mapValues(\.elements)
      plannedFeeds.prepared = try Interpreter.interpretPlanned(
        preparation.graph, feeds, memory: MemoryMap(preparation, interface)
      ).outputs.mapValues(\.elements)
    }
    let interface = ProgramInterface(
      entry.program, entry.plan, layout: layout, prepared: prepared, preparedBytes: preparation.preparedBytes)
    let plain = try interpretDouble(entry.plan.graph, plainFeeds, retention: .results)
    let planned = try Interpreter.interpretPlanned(
      entry.plan.graph, plannedFeeds, memory: MemoryMap(entry.plan, interface))
    return (Deliveries(plain), Deliveries(planned))
  }
}

/// Compares what the compiled graph delivers in planned memory with what it delivers when every value has its own.
///
/// Both compute the same operations in the same precision: 1e-12 of the norm leaves room for nothing but a change of
/// the order of a sum. Memory that is read after its death fails the verdict with the interpreter's words.
func verifyPlan(_ model: CompiledModel, _ point: Compiler.EntryPoint, _ sample: Sample) throws -> Verdict {
  let title = "\(point.mode.rawValue): plan-memory"
  guard let entry = model.entries.first(where: { $0.point == point }) else { return Verdict(title, []) }
  do {
    let (plain, planned) = try model.interpretPlanned(entry, sample.feeds)
    return Verdict(
      title,
      plain.values.map { name, elements in
        Comparison(
          name, expected: elements, found: planned[name] ?? [], bound: 1e-12 * euclideanNorm(elements) + 1e-300)
      })
  } catch {
    return Verdict(title, [Comparison("planned memory", unchecked: error.description)])
  }
}
