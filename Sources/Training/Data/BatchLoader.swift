import Dispatch
import Foundation
import Synchronization

/// Prepares the next batches on a thread of its own while the caller computes.
///
/// Batches come in order, from a starting point to the end of the last epoch; at most `depth` buffers exist and are
/// reused. The thread ends with the last batch or with the loader.
package final class BatchLoader: Sendable {
  private let queue: BatchQueue

  /// Starts with batch `index` of the first epoch; an empty range of epochs gives no batch.
  package init(_ source: BatchSource, epochs: Range<Int>, from index: Int = 0, depth: Int = 3) {
    precondition(depth > 0 && index >= 0)
    let queue = BatchQueue(source: source, depth: depth)
    self.queue = queue
    let thread = Thread { queue.produce(source, epochs: epochs, from: index) }
    thread.name = "nncc batches"
    thread.start()
  }

  deinit { queue.close() }

  /// Hands the next batch to `body`, waiting for it where needed, and takes the buffer back; nil after the last one.
  package func withNext<Result, Failure: Error>(
    _ body: (Batch) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let batch = queue.next() else { return nil }
    defer { queue.recycle(batch) }
    return try body(batch)
  }
}

/// A bounded queue of batches with a pool of buffers; both sides sleep while they wait.
private final class BatchQueue: Sendable {
  private struct State {
    var ready: [Batch] = []
    var free: [Batch]
    var isClosed = false
  }

  private let state: Mutex<State>
  /// Counts free buffers, and one more when closed.
  private let freeCount = DispatchSemaphore(value: 0)
  /// Counts ready batches, and one more after the last.
  private let readyCount = DispatchSemaphore(value: 0)

  init(source: BatchSource, depth: Int) {
    state = Mutex(State(free: (0..<depth).map { _ in source.emptyBatch }))
    // Starting at zero and counting up, as a semaphore may not be freed below its initial value.
    for _ in 0..<depth { freeCount.signal() }
  }

  func produce(_ source: BatchSource, epochs: Range<Int>, from first: Int) {
    defer { readyCount.signal() }
    for number in epochs {
      let start = number == epochs.lowerBound ? first : 0
      guard start < source.batchesPerEpoch else { continue }
      let epoch = source.epoch(number)
      for index in start..<source.batchesPerEpoch {
        freeCount.wait()
        guard var batch = state.withLock({ $0.isClosed ? nil : $0.free.popLast() }) else { return }
        source.fill(&batch, epoch, index: index)
        state.withLock { $0.ready.append(batch) }
        readyCount.signal()
      }
    }
  }

  func next() -> Batch? {
    readyCount.wait()
    let batch = state.withLock { $0.ready.isEmpty ? nil : $0.ready.removeFirst() }
    // The end stays the end for whoever asks again.
    if batch == nil { readyCount.signal() }
    return batch
  }

  func recycle(_ batch: Batch) {
    state.withLock { $0.free.append(batch) }
    freeCount.signal()
  }

  func close() {
    state.withLock { $0.isClosed = true }
    freeCount.signal()
  }
}
