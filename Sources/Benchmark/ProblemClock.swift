import CodegenC
import Compiler
import NNIR

/// How long the loop nests take for which something can be chosen, in calls of a profiled build.
final class ProblemClock<Problem: Hashable> {
  /// In the order of their first rows.
  let problems: [Problem]
  private let workload: Workload
  /// For each problem the words of the call table at which its rows begin.
  private let words: [[Int]]
  /// Bytes of a thread's scratch, and where its counters are.
  private let size: Int
  private let offset: Int

  /// - Parameters:
  ///   - model: What the workload's session was compiled from, with counters: one entry.
  ///   - problem: What a value's loop nest is of; nil for those that do not count.
  init(_ workload: Workload, of model: CompiledModel, problem: (CompiledEntry, ValueID) -> Problem?) {
    guard let entry = model.entries.first else { fatalError("nothing was compiled") }
    self.workload = workload
    var order: [Problem] = []
    var words: [Problem: [Int]] = [:]
    for (row, word) in zip(entry.program.rows, entry.program.table.rows) {
      guard let value = row.value, let problem = problem(entry, value) else { continue }
      if words[problem] == nil { order.append(problem) }
      words[problem, default: []].append(word)
    }
    problems = order
    self.words = order.map { words[$0] ?? [] }
    size = model.manifest.scratchBytes
    offset = size - ProfileCounters.bytes([entry.program, model.prepare.program])
  }

  /// Calls the model once; ticks for each problem and last for the whole call.
  ///
  /// A row takes as long as the thread that is busy with it longest: how evenly tiles share it out counts too.
  func call() throws -> [UInt64] {
    try workload.call()
    return workload.session.withMutableBytes(of: .scratch) { scratch in
      let threads = (0..<workload.threads).map {
        UnsafeMutableRawBufferPointer(rebasing: scratch[($0 * size + offset)..<(($0 + 1) * size)])
      }
      func counter(_ thread: Int, _ word: Int) -> UInt64 {
        threads[thread].load(fromByteOffset: 8 * word, as: UInt64.self)
      }
      let ticks = words.map { words in
        words.reduce(UInt64(0)) { sum, word in
          sum + (threads.indices.map { counter($0, ProfileCounters.ticks(row: word)) }.max() ?? 0)
        }
      }
      let whole = counter(0, ProfileCounters.whole)
      // the next call counts from zero
      for counters in threads { _ = counters.initializeMemory(as: UInt8.self, repeating: 0) }
      return ticks + [whole]
    }
  }
}
