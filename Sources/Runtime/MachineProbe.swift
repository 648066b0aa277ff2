import Glibc

/// What this machine can do at best: multiply-adds in a second, and bytes read from memory in a second.
///
/// Measured by compiled C with the vectors of a target, in this process and with as many threads as one asks for.
package final class MachineProbe {
  private typealias Rate = @convention(c) (Int32, Double, UnsafeRawPointer?, Int) -> Double
  private typealias Ticks = @convention(c) () -> UInt64

  private let handle: UnsafeMutableRawPointer
  private let rate: Rate
  private let counter: Ticks

  /// Compiles the probe for a target that this machine can run.
  package init(target: CompilationTarget) throws(RuntimeError) {
    let builder = try SharedLibraryBuilder(target: target, jobs: 1)
    let directory = try TemporaryDirectory()
    let source = ProbeSource.text(vectorBytes: builder.target.vectorBytes)
    let library = try builder.build(
      name: "probe", units: [CompilationUnit(name: "probe.c", source: source)], into: directory.path)
    guard let handle = dlopen(library.path, RTLD_NOW | RTLD_LOCAL), let rate = dlsym(handle, "probe_rate"),
      let ticks = dlsym(handle, "probe_ticks")
    else {
      throw .internal("the measurement of this machine's peak cannot be loaded")
    }
    self.handle = handle
    self.rate = unsafeBitCast(rate, to: Rate.self)
    counter = unsafeBitCast(ticks, to: Ticks.self)
  }

  deinit {
    dlclose(handle)
  }

  /// Multiply-adds in a second of all threads together, each in its best millisecond of a quarter of a second.
  ///
  /// Threads that have to share a core are counted once, since their best milliseconds are not the same.
  package func multiplyAddRate(threads: Int, cores: Int = Session.defaultThreads) throws(RuntimeError) -> Double {
    let rate = try measure(threads, 0.25, nil, 0)
    return rate * min(1, Double(cores) / Double(threads))
  }

  /// The same at the moment: in the best of a few milliseconds.
  package func multiplyAddRateNow(threads: Int, cores: Int = Session.defaultThreads) throws(RuntimeError) -> Double {
    try measure(threads, 0.003, nil, 0) * min(1, Double(cores) / Double(threads))
  }

  /// The best of so many windows of 20 ms: bytes in a second that all threads together read from so much memory.
  package func readRate(threads: Int, bytes: Int, windows: Int = 8) throws(RuntimeError) -> Double {
    let memory = try Buffer(bytes: bytes)
    // pages that nobody wrote are all the same page of zeros, which a cache holds
    memory.floats.update(repeating: 1)
    var best = 0.0
    for _ in 0..<windows { best = max(best, try measure(threads, 0.02, memory.address, memory.count)) }
    return best
  }

  private func measure(
    _ threads: Int, _ seconds: Double, _ memory: UnsafeMutableRawPointer?, _ bytes: Int
  ) throws(RuntimeError) -> Double {
    let found = rate(Int32(threads), seconds, memory, bytes)
    guard found >= 0 else { throw .user("cannot start \(threads) threads to measure this machine's peak") }
    return found
  }

  /// The time stamp counter that profiled artefacts read.
  package var ticks: UInt64 { counter() }
}
