import NNIR

/// A block of memory that is needed during some steps.
struct Interval: Hashable {
  var birth: Int
  var death: Int
  var bytes: Int
}

/// Gives every block an offset so that blocks needed at the same time do not overlap.
///
/// Largest first, each at the lowest offset that is free during its steps: within a few per cent of the peak on neural
/// networks (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020, greedy by size).
///
/// Complexity: O(n²) for n blocks at worst, with a small constant.
func packIntervals(_ intervals: [Interval]) -> (offsets: [Int], end: Int) {
  var offsets = [Int](repeating: 0, count: intervals.count)
  var end = 0
  let order = intervals.indices.sorted { a, b in
    (intervals[b].bytes, intervals[a].birth, a) < (intervals[a].bytes, intervals[b].birth, b)
  }
  // placed blocks by offset
  var placed: [(offset: Int, index: Int)] = []
  for index in order {
    let block = intervals[index]
    var position = 0
    for (offset, other) in placed {
      if offset >= position + block.bytes { break }
      let taken = intervals[other]
      let isTaken = taken.birth <= block.death && block.birth <= taken.death
      if isTaken && !(Mutation.isActive(.packedTooTight) && taken.death == block.birth) {
        position = max(position, offset + taken.bytes)
      }
    }
    offsets[index] = position
    end = max(end, position + block.bytes)
    var low = 0, high = placed.count
    while low < high {
      let middle = (low + high) / 2
      if placed[middle].offset <= position { low = middle + 1 } else { high = middle }
    }
    placed.insert((position, index), at: low)
  }
  return (offsets, end)
}
