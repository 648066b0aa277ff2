/// Hands out byte ranges of one growing arena, best fit first, and takes them back.
///
/// Complexity: O(free ranges) for each call.
struct FreeList {
  private var free: [Range<Int>] = []
  private(set) var end = 0

  /// The offset of `count` bytes that nobody holds.
  mutating func take(_ count: Int) -> Int {
    let fitting = free.indices.filter { free[$0].count >= count }.min { free[$0].count < free[$1].count }
    guard let index = fitting else {
      // grow, starting from a free range at the end when there is one
      if let last = free.last, last.upperBound == end {
        free.removeLast()
        end = last.lowerBound + count
        return last.lowerBound
      }
      defer { end += count }
      return end
    }
    let range = free[index]
    if range.count == count {
      free.remove(at: index)
    } else {
      free[index] = (range.lowerBound + count)..<range.upperBound
    }
    return range.lowerBound
  }

  /// Returns a range and merges it with free neighbours.
  mutating func give(_ offset: Int, _ count: Int) {
    guard count > 0 else { return }
    var range = offset..<(offset + count)
    var index = free.firstIndex { $0.lowerBound > offset } ?? free.count
    if index < free.count, free[index].lowerBound == range.upperBound {
      range = range.lowerBound..<free[index].upperBound
      free.remove(at: index)
    }
    if index > 0, free[index - 1].upperBound == range.lowerBound {
      index -= 1
      range = free[index].lowerBound..<range.upperBound
      free.remove(at: index)
    }
    free.insert(range, at: index)
  }
}
