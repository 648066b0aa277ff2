import NNIR

/// Shrinks a failing network while it fails, and returns the smallest that was found.
///
/// `failing` says which of several candidates fail; they are asked in groups, so that one build serves many. Each round
/// takes the smallest failing candidate; it ends where no smaller network fails.
///
/// - Parameters:
///   - group: candidates asked at once.
///   - rounds: an upper limit, for networks whose every candidate is expensive.
package func reduce(
  _ graph: Graph, group: Int = 24, rounds: Int = 200, observe: (Graph) -> Void = { _ in },
  failing: ([Graph]) throws -> [Bool]
) rethrows -> Graph {
  var current = graph
  for _ in 0..<rounds {
    var remaining = reductions(of: current)
    var next: Graph?
    // the first group is spread over all sizes, so that a large network loses most of its nodes in few rounds
    if remaining.count > 2 * group {
      let picked = Set((0..<group).map { $0 * (remaining.count - 1) / (group - 1) })
      let spread = remaining.indices.filter(picked.contains).map { remaining[$0] }
      next = zip(spread, try failing(spread)).first { $0.1 }?.0
      remaining = remaining.indices.filter { !picked.contains($0) }.map { remaining[$0] }
    }
    while next == nil, !remaining.isEmpty {
      let candidates = Array(remaining.prefix(group))
      remaining.removeFirst(candidates.count)
      next = zip(candidates, try failing(candidates)).first { $0.1 }?.0
    }
    guard let next else { break }
    current = next
    observe(current)
  }
  return current
}
