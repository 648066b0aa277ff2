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
  fileprivate nonisolated(unsafe) static let groups: UnsafeMutablePointer<pid_t> = {
    let slots = UnsafeMutablePointer<pid_t>.allocate(capacity: capacity)
    slots.initialize(repeating: 0, count: capacity)
    return slots
  }()

  private struct Installed {
    var running = 0
    var signals: [Int32] = []
  }
  private static let installed = Mutex(Installed())

  static func add(_ group: pid_t) {
    installed.withLock { state in
      if let slot = (0..<capacity).first(where: { groups[$0] == 0 }) { groups[slot] = group }
      state.running += 1
      guard state.running == 1 else { return }
      for signal in signals {
        var current = sigaction()
        // A program that handles or ignores the signal decides for itself.
        guard sigaction(signal, nil, &current) == 0, current.__sigaction_handler.sa_handler == nil else { continue }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = endChildrenAndDie
        sigaction(signal, &action, nil)
        state.signals.append(signal)
      }
    }
  }

  static func remove(_ group: pid_t) {
    installed.withLock { state in
      if let slot = (0..<capacity).first(where: { groups[$0] == group }) { groups[slot] = 0 }
      state.running -= 1
      guard state.running == 0 else { return }
      for signal in state.signals {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = SIG_DFL
        sigaction(signal, &action, nil)
      }
      state.signals = []
    }
  }

  static func terminateAll() {
    for slot in 0..<capacity where groups[slot] > 0 { kill(-groups[slot], SIGTERM) }
  }
}

private func endChildrenAndDie(_ signal: Int32) {
  ChildRegistry.terminateAll()
  var action = sigaction()
  action.__sigaction_handler.sa_handler = SIG_DFL
  sigaction(signal, &action, nil)
  // Delivered when this handler returns, so that the parent shell sees the true cause of death.
  kill(getpid(), signal)
}
