import CodegenC
import NNIR
import Passes

/// The same question as `prove` asks, answered word by word without any arithmetic on stretches: which rows read bytes
/// that do not hold what they should.
///
/// Knows nothing of barriers or of tasks within a row.
struct NaiveProver {
  /// A word of a root: the value it belongs to, and its number within it.
  private struct Word: Hashable {
    var root: ValueID
    var index: Int
  }

  /// What every word of every value is, by the definition of the operations.
  private static func words(_ graph: Graph) -> [[Word]] {
    var all: [[Word]] = []
    for id in graph.ids {
      let node = graph[id]
      let shape = node.type.bound
      func coordinates(_ flat: Int, _ shape: [Int]) -> [Int] {
        var rest = flat
        return shape.reversed().map { extent -> Int in
          defer { rest /= extent }
          return rest % extent
        }.reversed()
      }
      func flat(_ coordinates: [Int], _ shape: [Int]) -> Int {
        zip(coordinates, shape).reduce(0) { $0 * $1.1 + $1.0 }
      }
      let indices = 0..<node.type.count
      switch node.op {
      case .reshape: all.append(all[node.inputs[0].index])
      case .slice(let axis, let start, _):
        let source = node.inputs[0]
        all.append(
          indices.map { index in
            var place = coordinates(index, shape)
            place[axis] += start
            return all[source.index][flat(place, graph[source].type.bound)]
          })
      case .concat(let axis):
        all.append(
          indices.map { index in
            var place = coordinates(index, shape)
            for source in node.inputs {
              let extents = graph[source].type.bound
              if place[axis] < extents[axis] { return all[source.index][flat(place, extents)] }
              place[axis] -= extents[axis]
            }
            fatalError("beyond the last operand")
          })
      default: all.append(indices.map { Word(root: id, index: $0) })
      }
    }
    return all
  }

  /// Rows with a read that is not what it should be, in order; a row after the last stands for the results.
  static func faults(_ program: Program, _ graph: Graph, _ interface: ProgramInterface) -> [Int] {
    let words = words(graph)
    var memory: [Arena: [Int: Word]] = [:]
    func addresses(_ access: Access) -> [Int] {
      (0..<access.runs).flatMap { run in
        stride(from: 0, to: access.bytes, by: 4).map { access.offset + run * access.pitch + $0 }
      }
    }
    func contents(_ access: Access) -> [Word] {
      guard case .value(let id) = access.content else { fatalError("partial results") }
      return words[id.index]
    }
    func whole(_ id: ValueID, _ place: Location) -> Access {
      Access(place.arena, place.offset, bytes: graph[id].type.count * 4, content: .value(id))
    }
    func store(_ access: Access) {
      for (address, word) in zip(addresses(access), contents(access)) {
        memory[access.arena, default: [:]][address] = word
      }
    }
    func holds(_ access: Access) -> Bool {
      zip(addresses(access), contents(access)).allSatisfy { memory[access.arena]?[$0] == $1 }
    }
    for id in graph.ids { if let place = interface.sources[id.index] { store(whole(id, place)) } }
    var faults: [Int] = []
    for (index, row) in program.rows.enumerated() {
      if !row.reads.allSatisfy(holds) { faults.append(index) }
      row.writes.forEach(store)
    }
    for (result, place) in zip(graph.results, interface.results) where !holds(whole(result.value, place)) {
      faults.append(program.rows.count)
    }
    return faults
  }
}
