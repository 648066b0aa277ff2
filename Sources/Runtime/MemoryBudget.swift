/// Named sizes that will be allocated together, and what the machine can give.
package struct MemoryBudget: Sendable {
  package struct Part: Sendable, Equatable {
    package let name: String
    package let bytes: Int
  }

  package private(set) var parts: [Part] = []

  package init() {}

  package mutating func add(_ name: String, bytes: Int) {
    parts.append(Part(name: name, bytes: bytes))
  }

  /// Sum of all parts; saturates.
  package var total: Int {
    parts.reduce(0) { sum, part in
      let (value, overflow) = sum.addingReportingOverflow(part.bytes)
      return overflow ? Int.max : value
    }
  }

  /// Refuses a sum larger than `available`, naming every part.
  package func check(for owner: String, available: Int = MemoryBudget.available) throws(RuntimeError) {
    guard total > available else { return }
    let list = parts.filter { $0.bytes > 0 }.map { "\($0.name) \(describe(bytes: $0.bytes))" }.joined(separator: ", ")
    throw .user(
      "\(owner): needs \(describe(bytes: total)) of memory, but only \(describe(bytes: available)) are available: "
        + "\(list); use a smaller batch or fewer threads")
  }

  /// Bytes that may be used: the kernel's `MemAvailable`, or less where a control group leaves less.
  package static var available: Int {
    available { path in (try? FileSystem.read(path)).map { String(decoding: $0, as: UTF8.self) } }
  }

  /// The same from the contents of the kernel's files; `text` gives nil for a file that is not there.
  package static func available(reading text: (String) -> String?) -> Int {
    func number(_ path: String) -> Int? { text(path).flatMap { Int($0.split(separator: "\n").first ?? "") } }
    var available = text("/proc/meminfo").flatMap(memAvailable) ?? Int.max
    for group in controlGroups(cgroup: text("/proc/self/cgroup") ?? "") {
      // `max` where there is no limit
      guard let limit = number(group.limit) else { continue }
      // cached files count as used, but the kernel drops them when memory is wanted
      let used = max(0, (number(group.usage) ?? 0) - cachedFiles(statistics: text(group.statistics) ?? ""))
      available = min(available, max(0, limit - used))
    }
    return available
  }

  /// Bytes of file contents that a control group's `memory.stat` counts, those of the groups below it included.
  private static func cachedFiles(statistics: String) -> Int {
    var sums: [Substring: Int] = [:]
    for line in statistics.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2 { sums[words[0]] = Int(words[1]) }
    }
    // version 1 counts the group alone without the prefix
    return ["active_file", "inactive_file"].reduce(0) { $0 + (sums["total_\($1)"] ?? sums[$1[...]] ?? 0) }
  }

  package static func memAvailable(meminfo: String) -> Int? {
    for line in meminfo.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      let words = line.split(separator: " ")
      return words.count >= 2 ? Int(words[1]).map { $0 * 1024 } : nil
    }
    return nil
  }

  /// The files in which a control group says what it may use and what it uses.
  package struct ControlGroup: Sendable, Equatable {
    package let limit: String
    package let usage: String
    package let statistics: String
  }

  /// The control groups that `/proc/self/cgroup` names and all those above them.
  package static func controlGroups(cgroup: String) -> [ControlGroup] {
    var groups: [ControlGroup] = []
    for line in cgroup.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let (root, limit, usage): (String, String, String)
      if fields[1].isEmpty {
        (root, limit, usage) = ("/sys/fs/cgroup", "memory.max", "memory.current")
      } else if fields[1].split(separator: ",").contains("memory") {
        (root, limit, usage) = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes")
      } else {
        continue
      }
      var folders = fields[2].split(separator: "/").map(String.init)
      while true {
        let folder = ([root] + folders).joined(separator: "/")
        groups.append(
          ControlGroup(
            limit: "\(folder)/\(limit)", usage: "\(folder)/\(usage)", statistics: "\(folder)/memory.stat"))
        if folders.isEmpty { break }
        folders.removeLast()
      }
    }
    return groups
  }
}
