import Glibc
import Synchronization

/// The process groups of our running children, kept where a signal handler may read them.
///
/// Every child leads its own process group, so that what *it* starts (swiftc starts several frontends) ends with it.
/// The terminal's Ctrl-C therefore does not reach the children by itself: while any child runs, and where the program
/// has no handler of its own, SIGINT, SIGTERM and SIGHUP first end all children and then the program as usual.
enum ChildRegistry {
  static let capacity = 256
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  // A signal handler may neither lock nor allocate. An aligned 32-bit store is seen whole by a handler.
  private nonisolated(unsafe) static let groups: UnsafeMutablePointer<pid_t> = {
    let slots = UnsafeMutablePointer<pid_t>.allocate(capacity: capacity)
    slots.initialize(repeating: 0, count: capacity)
    return slots
  }()
  /// Children that may already run but have no slot yet.
  private static let starting = Atomic<Int>(0)
  /// The signal that arrived, or 0.
  private static let received = Atomic<Int32>(0)

  private struct Installed {
    var running = 0
    var signals: [Int32] = []
  }
  private static let installed = Mutex(Installed())

  /// Calls `spawn`, which returns the new child's group or nil, with the handlers in place before the child lives.
  static func register<E: Error>(_ spawn: () throws(E) -> pid_t) throws(E) -> pid_t {
    installed.withLock { state in
      state.running += 1
      if state.running == 1 { install(&state) }
    }
    starting.add(1, ordering: .sequentiallyConsistent)
    let group: pid_t
    do throws(E) {
      group = try spawn()
    } catch {
      finishStarting()
      remove(0)
      throw error
    }
    installed.withLock { _ in
      if let slot = (0..<capacity).first(where: { groups[$0] == 0 }) { groups[slot] = group }
    }
    finishStarting()
    return group
  }

  static func remove(_ group: pid_t) {
    installed.withLock { state in
      if group != 0, let slot = (0..<capacity).first(where: { groups[$0] == group }) { groups[slot] = 0 }
      state.running -= 1
      guard state.running == 0 else { return }
      for signal in state.signals { resetToDefault(signal) }
      state.signals = []
    }
  }

  static func terminateAll() {
    for slot in 0..<capacity where groups[slot] > 0 { kill(-groups[slot], SIGTERM) }
  }

  private static func install(_ state: inout Installed) {
    for signal in signals {
      var current = sigaction()
      // A program that handles or ignores the signal decides for itself.
      guard sigaction(signal, nil, &current) == 0, current.__sigaction_handler.sa_handler == nil else { continue }
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { ChildRegistry.handle($0) }
      sigaction(signal, &action, nil)
      state.signals.append(signal)
    }
  }

  /// Runs inside the signal handler. A child that is just being started has to get its slot first, so then the thread
  /// that starts it does the rest.
  private static func handle(_ signal: Int32) {
    received.store(signal, ordering: .sequentiallyConsistent)
    if starting.load(ordering: .sequentiallyConsistent) == 0 { endEverything(signal) }
  }

  private static func finishStarting() {
    let left = starting.subtract(1, ordering: .sequentiallyConsistent).newValue
    let signal = received.load(ordering: .sequentiallyConsistent)
    if left == 0 && signal != 0 { endEverything(signal) }
  }

  private static func endEverything(_ signal: Int32) {
    terminateAll()
    resetToDefault(signal)
    // Inside the handler it is delivered on return; the parent shell sees the true cause of death.
    kill(getpid(), signal)
  }

  private static func resetToDefault(_ signal: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = SIG_DFL
    sigaction(signal, &action, nil)
  }
}
