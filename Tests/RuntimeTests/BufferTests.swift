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
      MemoryBudget.limitFiles(cgroup: "4:memory:/a/b\n3:cpu:/c\n0::/d\n") == [
        "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/d/memory.max", "/sys/fs/cgroup/memory.max",
      ])
    #expect(MemoryBudget.available > 0 && MemoryBudget.available < 1 << 50)
  }

  @Test func sizesForPeople() {
    #expect(describe(bytes: 1023) == "1023 B")
    #expect(describe(bytes: 4096) == "4.0 KiB")
    #expect(describe(bytes: 3 << 29) == "1.5 GiB")
  }
}
