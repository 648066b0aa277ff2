import Glibc
import Synchronization

/// Ctrl-C and SIGTERM as a question that a long computation asks between its steps.
package enum Interruption {
  private static let signals = [SIGINT, SIGTERM]

  /// Runs `body`; the first signal makes its argument return true, a second one ends the program as usual.
  ///
  /// The handlers that were there before are back afterwards. Not to be nested.
  package static func catching<Result, Failure: Error>(
    _ body: (_ isInterrupted: () -> Bool) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    requested.store(false, ordering: .relaxed)
    var previous: [(signal: Int32, action: sigaction)] = []
    for signal in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = requestInterruption
      // Files that are being written go on.
      action.sa_flags = SA_RESTART
      var old = sigaction()
      if sigaction(signal, &action, &old) == 0 { previous.append((signal, old)) }
    }
    // Programs that start this one from a worker thread hand down that thread's mask, which blocks all signals.
    var mask = sigset_t()
    var oldMask = sigset_t()
    sigemptyset(&mask)
    for signal in signals { sigaddset(&mask, signal) }
    pthread_sigmask(SIG_UNBLOCK, &mask, &oldMask)
    defer {
      pthread_sigmask(SIG_SETMASK, &oldMask, nil)
      for entry in previous {
        var action = entry.action
        sigaction(entry.signal, &action, nil)
      }
    }
    return try body { requested.load(ordering: .relaxed) }
  }
}

private let requested = Atomic(false)

/// Does only what a signal handler may: no locks, no allocation.
private func requestInterruption(_ signal: Int32) {
  guard requested.exchange(true, ordering: .relaxed) else { return }
  var action = sigaction()
  action.__sigaction_handler.sa_handler = SIG_DFL
  sigaction(signal, &action, nil)
  // Delivered when this handler returns, so that the parent shell sees the true cause of death.
  kill(getpid(), signal)
}
