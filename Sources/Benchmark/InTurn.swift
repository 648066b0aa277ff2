/// Calls several subjects in turn, so that what else the machine does hits all of them alike, and gives what each said
/// about its calls, turn by turn.
///
/// A turn is some calls of one subject, of which the first is not counted: the others' data are in the caches then. Every
/// other round goes backwards. At least three rounds.
///
/// - Parameters:
///   - call: Calls a subject, by number.
///   - isInterrupted: Ends after the call at hand; what comes back may then be empty.
package func inTurn<Sample>(
  subjects: Int, seconds: Double, isInterrupted: () -> Bool = { false }, call: (Int) throws -> Sample
) rethrows -> [[[Sample]]] {
  var turns = [[[Sample]]](repeating: [], count: subjects)
  guard !isInterrupted() else { return turns }
  // pages appear and code is loaded in the first call
  for subject in 0..<subjects { _ = try call(subject) }
  let start = monotonicSeconds()
  for subject in 0..<subjects { _ = try call(subject) }
  let each = (monotonicSeconds() - start) / Double(subjects)
  let calls = each < turnSeconds ? min(400, Int(turnSeconds / max(each, 1e-7))) + 1 : 0
  var round = 0
  while round < 3 || monotonicSeconds() - start < seconds {
    for position in 0..<subjects {
      let subject = round % 2 == 0 ? position : subjects - 1 - position
      if calls > 0 { _ = try call(subject) }
      var samples: [Sample] = []
      for _ in 0..<max(1, calls) {
        if isInterrupted() { return turns }
        samples.append(try call(subject))
      }
      turns[subject].append(samples)
    }
    round += 1
  }
  return turns
}

/// A turn of short calls takes about so long: much longer than it takes to fill caches.
private let turnSeconds = 0.02
