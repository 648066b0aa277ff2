import NNIR

/// The nodes that one loop nest computes: the anchor, and what is fused into it on store.
package struct LoopNest: Hashable, Sendable {
  package var anchor: ValueID
  /// In the order of the graph.
  package var members: [ValueID] = []
  /// Values it takes from memory, each once.
  package var reads: [ValueID] = []
  /// Values it puts into memory: those that somebody else reads.
  package var writes: [ValueID] = []

  package var nodes: [ValueID] { [anchor] + members }
}

/// The loop nests of a scheduled graph in order of execution, which is the order of their anchors.
package struct LoopNests: Sendable {
  package private(set) var nests: [LoopNest] = []
  /// The nest that computes a value; nil for sources and for what is fused on load.
  package private(set) var nest: [Int?]
  /// Nests that take a value from memory, in order.
  package private(set) var readers: [[Int]]

  /// Complexity: O(nodes + operands of expressions).
  package init(_ graph: Graph) {
    nest = [Int?](repeating: nil, count: graph.nodes.count)
    readers = [[Int]](repeating: [], count: graph.nodes.count)
    for id in graph.ids where !graph.isGiven(id) {
      switch graph[id].fusion {
      case .none:
        nest[id.index] = nests.count
        nests.append(LoopNest(anchor: id))
      case .load: break
      case .store(let anchor):
        guard let owner = nest[anchor.index] else { fatalError("\(id) is fused into \(anchor), which comes later") }
        nest[id.index] = owner
        nests[owner].members.append(id)
      }
    }
    var needed = [Bool](repeating: false, count: graph.nodes.count)
    for result in graph.results { needed[result.value.index] = true }
    for index in nests.indices {
      var reads: [ValueID] = []
      for node in nests[index].nodes {
        for leaf in graph.memoryLeaves(of: node) {
          // moments are taken of what has been stored
          if nest[leaf.index] == index {
            if case .moments = graph[node].op { needed[leaf.index] = true }
          } else if !reads.contains(leaf) {
            reads.append(leaf)
            readers[leaf.index].append(index)
            needed[leaf.index] = true
          }
        }
      }
      nests[index].reads = reads
    }
    for index in nests.indices {
      let nest = nests[index]
      // a value that nobody reads is still computed where nothing else is
      nests[index].writes = nest.nodes.filter { needed[$0.index] || nest.members.isEmpty }
    }
  }
}
