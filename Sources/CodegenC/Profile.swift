import ArtefactABI

/// Counters of a profiled artefact: 64-bit words in each thread's scratch, one for every word of the longest call table
/// after one for the ticks from begin to end of a table, which the calling thread alone counts.
///
/// They mirror the table: where a row has its kernel, the counters have the ticks for which the thread computed it; where
/// the row has its length, how often it ran with this thread as the first of those that shared it.
package enum ProfileCounters {
  /// Bytes that they take for programs with tables of so many words.
  package static func bytes(_ programs: [Program]) -> Int {
    let words = (programs.map(\.table.words).max() ?? 0) + 1
    return (8 * words).roundedUp(to: tensorAlignment)
  }

  package static let whole = 0

  /// The counters of a row that begins at a word of its table.
  package static func ticks(row word: Int) -> Int { 1 + word }
  package static func runs(row word: Int) -> Int { 2 + word }
}

extension Program {
  /// The words at which rows begin in the call table, and the table's length without its end.
  package var table: (rows: [Int], words: Int) {
    var starts: [Int] = []
    starts.reserveCapacity(rows.count)
    var words = 0
    for run in rows.runs {
      // a row that decides about the run
      if rows[run.lowerBound].condition != nil { words += 4 }
      for row in rows[run] {
        starts.append(words)
        words += row.arguments.count + 3
      }
    }
    return (starts, words)
  }
}

/// What a profiled artefact has in its walk that others have not; empty without counters.
struct ProfileText {
  var clock = ""
  /// Begin and end of a call.
  var begin = ""
  var end = ""
  /// In the walk over rows.
  var counters = ""
  var rowBegin = ""
  var rowEnd = ""

  /// - Parameter offset: Where the counters lie in a thread's scratch.
  init(counters offset: Int?) {
    guard let offset else { return }
    clock = """
      static inline uint64_t ticks(void) {
      #if defined(__x86_64__)
        return __builtin_ia32_rdtsc();
      #elif defined(__aarch64__)
        uint64_t count;
        __asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
        return count;
      #else
      #error "this CPU has no counter that can be read"
      #endif
      }


      """
    begin = """

        const uint64_t entered = ticks();
      """
    counters = """

        uint64_t *counters = (uint64_t *)(void *)(c->scratch + INT64_C(\(offset)));
      """
    rowBegin = """

          const uint64_t begun = ticks();
      """
    rowEnd = """

          counters[1 + (row - rows)] += ticks() - begun;
          counters[2 + (row - rows)] += member == 0;
      """
    // the others pass the last barrier while the caller may already read what they have counted before it
    end = """

        if (thread == 0) *(uint64_t *)(void *)(c.scratch + INT64_C(\(offset))) += ticks() - entered;
      """
  }
}
