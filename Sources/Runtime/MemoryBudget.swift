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

  /// Bytes that may be used: the kernel's `MemAvailable`, or less where a control group sets a limit.
  package static var available: Int {
    func text(_ path: String) -> String? {
      (try? FileSystem.read(path)).map { String(decoding: $0, as: UTF8.self) }
    }
    var limit = text("/proc/meminfo").flatMap(memAvailable) ?? Int.max
    for path in limitFiles(cgroup: text("/proc/self/cgroup") ?? "") {
      // `max` where there is no limit.
      if let value = text(path).flatMap({ Int($0.split(separator: "\n").first ?? "") }) { limit = min(limit, value) }
    }
    return limit
  }

  package static func memAvailable(meminfo: String) -> Int? {
    for line in meminfo.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      let words = line.split(separator: " ")
      return words.count >= 2 ? Int(words[1]).map { $0 * 1024 } : nil
    }
    return nil
  }

  /// The limit files of the control groups that `/proc/self/cgroup` names and of all those above them.
  package static func limitFiles(cgroup: String) -> [String] {
    var files: [String] = []
    for line in cgroup.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let root: String
      let file: String
      if fields[1].isEmpty {
        (root, file) = ("/sys/fs/cgroup", "memory.max")
      } else if fields[1].split(separator: ",").contains("memory") {
        (root, file) = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
      } else {
        continue
      }
      var folders = fields[2].split(separator: "/").map(String.init)
      while true {
        files.append(([root] + folders + [file]).joined(separator: "/"))
        if folders.isEmpty { break }
        folders.removeLast()
      }
    }
    return files
  }
}
