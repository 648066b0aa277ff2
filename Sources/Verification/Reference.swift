import ArtefactABI
import Compiler
import Interchange
import Interpreter
import NNIR
import Runtime

/// Compares the interpreter and compiled code with numbers from elsewhere.
///
/// The file holds `x`, `y`, `weight.NAME` for parameters and running statistics, and any of `logits.eval`, `logits`,
/// `loss`, `grad.NAME`, `state.NAME` in double precision. The interpreter in double has to agree to 1e-9 of the norm,
/// compiled code by the yardstick.
package func verifyReference(
  _ raw: Graph, _ typed: Graph, _ path: String, _ build: BuildOptions
) throws -> [Verdict] {
  let archive = try NPZ.read(path)
  let labels = try archive.integers("y")
  var feeds = Feeds(input: try archive.doubles("x"), labels: labels)
  for (_, name, _, type) in typed.parameters {
    feeds.parameters[name] = try archive.doubles("weight.\(name)", shape: type.bound)
  }
  for (_, name, _, type) in typed.states {
    feeds.states[name] = try archive.doubles("weight.\(name)", shape: type.bound)
  }
  let sample = Sample(batch: labels.count, feeds: feeds)
  let modes: [Manifest.Mode] = [.infer, .gradient]
  var build = build
  build.entries = modes.map { EntryPoint($0, batch: sample.batch) }
  let directory = try TemporaryDirectory()
  _ = try Compiler.build(raw, options: build, into: directory.path)

  var verdicts: [Verdict] = []
  for mode in modes {
    let graph = try specialize(typed, for: EntryPoint(mode, batch: sample.batch))
    let yardstick = try Yardstick(graph, sample)
    let outside = yardstick.expected.values.compactMap { name, elements -> Comparison? in
      guard let expected = archive[referenceName(name, mode)]?.doubles() else { return nil }
      return Comparison(name, expected: expected, found: elements, bound: 1e-9 * euclideanNorm(expected))
    }
    verdicts.append(Verdict("interpreter (\(mode.rawValue)) against \(path)", outside))
    let run = try CompiledRun(directory.path, sample)
    verdicts.append(Verdict("compiled \(mode.rawValue) on \(path)", yardstick.judge(try run.call(mode))))
  }
  guard verdicts.contains(where: { $0.title.hasPrefix("interpreter") && !$0.comparisons.isEmpty }) else {
    throw InterchangeError(path, "expected at least one of logits, logits.eval, loss, grad.NAME, found none")
  }
  return verdicts
}

/// The name in the file of a result under the interpreter's name.
private func referenceName(_ name: String, _ mode: Manifest.Mode) -> String {
  if name == "output logits" { return mode == .infer ? "logits.eval" : "logits" }
  for (prefix, replacement) in [("output ", ""), ("gradient ", "grad.")] where name.hasPrefix(prefix) {
    return replacement + name.dropFirst(prefix.count)
  }
  return name
}
