import Runtime
import Testing

struct BufferTests {
  @Test(arguments: [0, 1, 100, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 9_000_000])
  func alignedZeroedAndWritable(count: Int) throws {
    let buffer = try Buffer(bytes: count)
    let alignment = count >= Buffer.hugePage ? Buffer.hugePage : Buffer.alignment
    #expect(Int(bitPattern: buffer.address) % alignment == 0)
    #expect(buffer.bytes.count == count)
    #expect(buffer.bytes.allSatisfy { $0 == 0 })
    for index in buffer.floats.indices { buffer.floats[index] = Float(index % 1000) }
    #expect(buffer.floats.last.map { $0 == Float((count / 4 - 1) % 1000) } ?? (count < 4))
    #expect(buffer.floats.count == count / 4)
  }

  @Test func impossibleSizes() {
    #expect(throws: RuntimeError.self) { _ = try Buffer(bytes: -1) }
    #expect(throws: RuntimeError.self) { _ = try Buffer(bytes: Int.max) }
    #expect(throws: RuntimeError.self) { _ = try Buffer(bytes: 1 << 50) }
  }

  @Test func refusalNamesEveryPart() {
    var budget = MemoryBudget()
    budget.add("parameters", bytes: 3 << 20)
    budget.add("state", bytes: 0)
    budget.add("workspace", bytes: 90 << 30)
    #expect(
      throws: RuntimeError.user(
        "artefact big: needs 90.0 GiB of memory, but only 8.0 GiB are available: "
          + "parameters 3.0 MiB, workspace 90.0 GiB; use a smaller batch or fewer threads")
    ) { try budget.check(for: "artefact big", available: 8 << 30) }
    #expect(throws: Never.self) { try budget.check(for: "artefact big", available: 91 << 30) }
    budget.add("more", bytes: Int.max)
    #expect(budget.total == Int.max)
  }

  @Test func limitsOfTheMachine() {
    #expect(MemoryBudget.memAvailable(meminfo: "MemTotal: 9 kB\nMemAvailable:   24233748 kB\n") == 24_233_748 * 1024)
    #expect(MemoryBudget.memAvailable(meminfo: "MemTotal: 9 kB\n") == nil)
    #expect(
      MemoryBudget.controlGroups(cgroup: "4:memory:/a/b\n3:cpu:/c\n0::/d\n").map(\.limit) == [
        "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/d/memory.max", "/sys/fs/cgroup/memory.max",
      ])
    #expect(MemoryBudget.available > 0 && MemoryBudget.available < 1 << 50)
  }

  /// Of a group's limit what is used is gone, except for cached files; the tightest group counts.
  @Test func whatAControlGroupLeaves() {
    let group = "/sys/fs/cgroup/a"
    let second = [
      "/proc/meminfo": "MemAvailable: 8000 kB\n", "/proc/self/cgroup": "0::/a\n", "\(group)/memory.max": "1000000\n",
      "\(group)/memory.current": "700000\n",
      "\(group)/memory.stat": "anon 400000\nactive_file 100000\ninactive_file 200000\n",
      "/sys/fs/cgroup/memory.max": "max\n",
    ]
    #expect(MemoryBudget.available { second[$0] } == 1_000_000 - (700_000 - 300_000))
    #expect(MemoryBudget.available { $0 == "\(group)/memory.max" ? "max\n" : second[$0] } == 8000 * 1024)
    #expect(MemoryBudget.available { $0 == "\(group)/memory.current" ? "9000000\n" : second[$0] } == 0)

    let root = "/sys/fs/cgroup/memory"
    let first = [
      "/proc/self/cgroup": "4:memory:/\n", "\(root)/memory.limit_in_bytes": "500000\n",
      "\(root)/memory.usage_in_bytes": "450000\n",
      // the group alone, and with those below it
      "\(root)/memory.stat": "active_file 1\ninactive_file 2\ntotal_active_file 30000\ntotal_inactive_file 20000\n",
    ]
    #expect(MemoryBudget.available { first[$0] } == 500_000 - (450_000 - 50_000))
  }

  @Test func sizesForPeople() {
    #expect(describe(bytes: 1023) == "1023 B")
    #expect(describe(bytes: 4096) == "4.0 KiB")
    #expect(describe(bytes: 3 << 29) == "1.5 GiB")
  }
}
