import Passes

/// Patches by where they lie in one arena.
///
/// The arena is cut into equal buckets; a patch is listed in every bucket that it reaches into.
struct PatchIndex {
  private static let buckets = 1024
  private let width: Int
  private var lists: [[Int]]
  private var patches: [Patch?] = []
  private var free: [Int] = []
  private var visited: [Int] = []
  private var visit = 0

  init(bytes: Int) {
    width = max(64, (bytes + Self.buckets) / Self.buckets)
    lists = [[Int]](repeating: [], count: bytes / width + 1)
  }

  subscript(id: Int) -> Patch? { patches[id] }

  private func reach(_ bytes: Stretches) -> ClosedRange<Int> {
    func bucket(_ address: Int) -> Int { min(lists.count - 1, max(0, address / width)) }
    return bucket(bytes.offset)...bucket(bytes.end - 1)
  }

  /// Adds a patch and returns its number.
  @discardableResult
  mutating func insert(_ patch: Patch) -> Int {
    let id: Int
    if let last = free.popLast() {
      id = last
      patches[id] = patch
    } else {
      id = patches.count
      patches.append(patch)
      visited.append(0)
    }
    for bucket in reach(patch.bytes) { lists[bucket].append(id) }
    return id
  }

  mutating func remove(_ id: Int) {
    guard let patch = patches[id] else { return }
    for bucket in reach(patch.bytes) {
      guard let index = lists[bucket].firstIndex(of: id) else { continue }
      lists[bucket].swapAt(index, lists[bucket].count - 1)
      lists[bucket].removeLast()
    }
    patches[id] = nil
    free.append(id)
  }

  /// Numbers of the patches whose reach meets that of `bytes`, each once.
  mutating func near(_ bytes: Stretches) -> [Int] {
    visit += 1
    var found: [Int] = []
    for bucket in reach(bytes) {
      for id in lists[bucket] where visited[id] != visit {
        visited[id] = visit
        guard let patch = patches[id], patch.bytes.offset < bytes.end, bytes.offset < patch.bytes.end else { continue }
        found.append(id)
      }
    }
    return found
  }
}

/// What the arenas hold while rows are replayed, as patches that do not overlap.
struct ProverMemory {
  private var arenas: [PatchIndex]
  /// Numbers of patches by root; some of them may be gone or belong to another root by now.
  private var holdings: [Content: [Int]] = [:]

  init(sizes: [Arena: Int]) {
    arenas = Arena.allCases.map { PatchIndex(bytes: sizes[$0] ?? 0) }
  }

  /// What stands in the way of a claim about memory.
  enum Defect {
    /// Nothing needed stands at this address.
    case nothing(address: Int)
    /// Something else stands there.
    case other(address: Int, root: Content)
  }

  /// Checks that memory holds every byte of `wanted`; nil when it does, else the lowest address that fails.
  mutating func defect(_ arena: Arena, _ bytes: Stretches, _ wanted: [Patch]) -> Defect? {
    let near = arenas[arena.number].near(bytes)
    var lowest: (address: Int, defect: Defect)?
    func note(_ address: Int, _ defect: Defect) { if address < lowest?.address ?? .max { lowest = (address, defect) } }
    for patch in wanted {
      var covered = 0
      for id in near {
        guard let holder = arenas[arena.number][id] else { continue }
        for common in holder.bytes.overlaps(patch.bytes) {
          if holder.agrees(with: patch, in: common) {
            covered += common.total
          } else {
            note(common.offset, .other(address: common.offset, root: holder.root))
          }
        }
      }
      guard covered != patch.bytes.total, lowest == nil else { continue }
      var missing = [patch]
      for id in near {
        guard let holder = arenas[arena.number][id] else { continue }
        missing = missing.flatMap { $0.subtracting(holder.bytes) }
      }
      if let address = missing.map(\.bytes.offset).min() { note(address, .nothing(address: address)) }
    }
    return lowest?.defect
  }

  /// Replaces what stands in `bytes`.
  mutating func store(_ arena: Arena, _ bytes: Stretches, _ contents: [Patch]) {
    let number = arena.number
    for id in arenas[number].near(bytes) {
      guard let patch = arenas[number][id], !patch.bytes.overlaps(bytes).isEmpty else { continue }
      arenas[number].remove(id)
      for rest in patch.subtracting(bytes) { insert(number, rest) }
    }
    for patch in contents { insert(number, patch) }
  }

  private mutating func insert(_ number: Int, _ patch: Patch) {
    let id = arenas[number].insert(patch)
    holdings[patch.root, default: []].append(id * arenas.count + number)
  }

  /// Removes a root that nobody reads any more from memory.
  mutating func forget(_ root: Content) {
    for key in holdings.removeValue(forKey: root) ?? [] {
      let (id, number) = key.quotientAndRemainder(dividingBy: arenas.count)
      if arenas[number][id]?.root == root { arenas[number].remove(id) }
    }
  }
}

/// The bytes that rows touched since all threads last met; never many, so they stand in plain lists.
struct ProverPhase {
  private struct Touched {
    var bytes: Stretches
    var row: Int
  }

  private var reads = [[Touched]](repeating: [], count: Arena.allCases.count)
  private var writes = [[Touched]](repeating: [], count: Arena.allCases.count)

  mutating func restart() {
    for arena in reads.indices {
      reads[arena].removeAll(keepingCapacity: true)
      writes[arena].removeAll(keepingCapacity: true)
    }
  }

  mutating func add(_ access: Access, row: Int, isWrite: Bool) {
    let touched = Touched(bytes: Stretches(access), row: row)
    if isWrite {
      writes[access.arena.number].append(touched)
    } else {
      reads[access.arena.number].append(touched)
    }
  }

  /// An earlier row that must have finished before the access happens, with the bytes that both touch.
  func conflict(_ access: Access, isWrite: Bool) -> (row: Int, bytes: Stretches)? {
    let bytes = Stretches(access)
    let end = bytes.end
    func first(_ list: [Touched]) -> (row: Int, bytes: Stretches)? {
      for touched in list where touched.bytes.offset < end && bytes.offset < touched.bytes.end {
        if let common = touched.bytes.overlaps(bytes).first { return (touched.row, common) }
      }
      return nil
    }
    let number = access.arena.number
    if let found = first(writes[number]) { return found }
    return isWrite ? first(reads[number]) : nil
  }
}

extension Arena {
  /// Its position among all arenas.
  var number: Int {
    switch self {
    case .parameters: 0
    case .optimizer: 1
    case .state: 2
    case .gradients: 3
    case .workspace: 4
    case .prepared: 5
    case .constants: 6
    case .input: 7
    case .labels: 8
    case .target: 9
    case .output: 10
    }
  }
}
