import NNIR

/// A graph together with what it is fed: the batch size and checked contents of every source.
struct Binding {
  let graph: Graph
  let feeds: Feeds
  /// What N stands for; nil when the graph has no N.
  let batch: Int?
  /// Extents of every node's value.
  let shapes: [[Int]]

  /// Elements a single value may have: 32 GiB of doubles.
  private static let limit = 1 << 32

  init(_ graph: Graph, _ feeds: Feeds) throws(InterpreterError) {
    // an ill-typed graph would make the loops read outside their arrays
    let violations = verify(graph)
    guard violations.isEmpty else { throw InterpreterError(violations) }
    self.graph = graph
    self.feeds = feeds
    batch = try Self.batch(graph, feeds)
    shapes = try Self.shapes(graph, batch: batch)
    let problems = missing()
    guard problems.isEmpty else { throw InterpreterError(problems) }
  }

  /// N from the number of elements fed to the first source whose type has it.
  private static func batch(_ graph: Graph, _ feeds: Feeds) throws(InterpreterError) -> Int? {
    var open: ValueID?
    for id in graph.ids where graph[id].type.shape.contains(.batch) {
      let fed: Int?
      switch graph[id].op {
      case .input: fed = feeds.input?.count
      case .labels: fed = feeds.labels?.count
      case .target: fed = feeds.target?.count
      default: fed = nil
      }
      if open == nil { open = id }
      guard let fed else { continue }
      let type = graph[id].type
      let image = type.shape.compactMap(\.value).reduce(1, *)
      guard type.shape.filter({ $0 == .batch }).count == 1, fed > 0, fed % image == 0 else {
        throw InterpreterError([
          graph.problem(at: id, "expected a multiple of \(image) elements (\(type)), found \(fed)")
        ])
      }
      return fed / image
    }
    guard let open else { return nil }
    throw InterpreterError([graph.problem(at: open, "expected a batch to be fed (\(graph[open].type)), found none")])
  }

  private static func shapes(_ graph: Graph, batch: Int?) throws(InterpreterError) -> [[Int]] {
    var problems: [Diagnostic] = []
    var shapes: [[Int]] = []
    for id in graph.ids {
      let shape = graph[id].type.binding(batch: batch ?? 1).bound
      var count = 1
      for extent in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        count = overflow ? Int.max : product
      }
      if count > limit {
        problems.append(graph.problem(at: id, "expected at most \(limit) elements, found \(graph[id].type)"))
      }
      if case .moments(let groups) = graph[id].op, shapes[graph[id].inputs[0].index][0] < groups {
        let images = shapes[graph[id].inputs[0].index][0]
        problems.append(graph.problem(at: id, "expected at least one image a group, found \(images) for \(groups)"))
      }
      shapes.append(shape)
    }
    guard problems.isEmpty else { throw InterpreterError(problems) }
    return shapes
  }

  /// Every source that is fed nothing, or the wrong number of elements.
  private func missing() -> [Diagnostic] {
    var problems: [Diagnostic] = []
    func check(_ id: ValueID, _ fed: Int?, _ element: ElementType, _ what: String) {
      let type = graph[id].type
      let wanted = shapes[id.index].reduce(1, *)
      if type.element != element {
        problems.append(graph.problem(at: id, "expected \(element.rawValue) elements, found \(type)"))
      } else if let fed, fed != wanted {
        problems.append(graph.problem(at: id, "expected \(wanted) elements (\(type)) for \(what), found \(fed)"))
      } else if fed == nil {
        problems.append(graph.problem(at: id, "expected \(wanted) elements (\(type)) for \(what), found none"))
      }
    }
    for id in graph.ids where graph[id].op.isSource {
      let one = shapes[id.index].reduce(1, *)
      switch graph[id].op {
      case .input: check(id, feeds.input?.count, .f32, "the input")
      case .labels: check(id, feeds.labels?.count, .i64, "the labels")
      case .target: check(id, feeds.target?.count, .f32, "the target")
      case .parameter(let name, _): check(id, feeds.parameters[name]?.count, .f32, "parameter \"\(name)\"")
      case .prepared(let name): check(id, feeds.prepared[name]?.count, .f32, "prepared \"\(name)\"")
      case .state(let name, _): check(id, feeds.states[name]?.count, .f32, "state \"\(name)\"")
      case .slot(let name, let kind):
        check(id, feeds.slots[SlotKey(name, kind)]?.count, .f32, "\(kind.rawValue) of \"\(name)\"")
      case .fill, .learningRate: check(id, one, .f32, "a constant")
      default: check(id, one, .i64, "the step number")
      }
    }
    return problems
  }
}
