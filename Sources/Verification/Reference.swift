import ArtefactABI
import Compiler
import Interchange
import Interpreter
import NNIR
import Runtime

/// Compares the interpreter and compiled code with numbers from elsewhere.
///
/// The file holds `x`, `y` (labels, or target values under mean squared error), `weight.NAME` for parameters and running
/// statistics, and any of `logits.eval`, `logits`, `loss`, `grad.NAME`, `state.NAME` in double precision; a model whose
/// output has another name than `logits` takes that name. The interpreter in double has to agree to 1e-9 of the norm,
/// compiled code by the yardstick.
///
/// Errors: everything in the file that does not fit the model, and names that the model does not have: a number that
/// would not be compared must not look as if it had been.
package func verifyReference(
  _ raw: Graph, _ typed: Graph, _ path: String, _ build: BuildOptions
) throws -> [Verdict] {
  let archive = try NPZ.read(path)
  let sample = try referenceSample(typed, archive)
  let modes: [Manifest.Mode] = typed.recipe == nil ? [.infer] : [.infer, .gradient]
  var build = build
  build.entries = modes.map { EntryPoint($0, batch: sample.batch) }
  let directory = try TemporaryDirectory()
  _ = try Compiler.build(raw, options: build, into: directory.path, accept: requireMemory)

  var verdicts: [Verdict] = []
  for mode in modes {
    let graph = try specialize(typed, for: EntryPoint(mode, batch: sample.batch))
    let yardstick = try Yardstick(graph, sample)
    let bounds = yardstick.expected.formulaBounds
    let outside = yardstick.expected.values.compactMap { name, elements -> Comparison? in
      guard let expected = archive[referenceName(name, mode, outputs: typed.outputNames)]?.doubles() else { return nil }
      return Comparison(name, expected: expected, found: elements, bound: bounds[name] ?? 0)
    }
    verdicts.append(Verdict("interpreter (\(mode.rawValue)) against \(path)", outside))
    let run = try CompiledRun(directory.path, sample, owner: typed.name)
    verdicts.append(Verdict("compiled \(mode.rawValue) on \(path)", yardstick.judge(try run.call(mode))))
  }
  return verdicts
}

/// The weights and the batch of a file whose every tensor has been checked against the model.
private func referenceSample(_ typed: Graph, _ archive: TensorArchive) throws(InterchangeError) -> Sample {
  var problems: [String] = []
  var known: Set<String> = ["x", "y"]
  func read<T>(_ body: () throws(InterchangeError) -> [T]) -> [T] {
    do throws(InterchangeError) { return try body() } catch {
      problems += error.problems
      return []
    }
  }
  var feeds = Feeds()
  let batch = archive["x"]?.shape.first ?? 0
  let image = typed.first(.input).map { typed[$0].type.binding(batch: batch).bound }
  feeds.input = read { () throws(InterchangeError) in try archive.doubles("x", shape: image) }
  switch typed.recipe?.loss {
  case .softmaxCrossEntropy?:
    feeds.labels = read { () throws(InterchangeError) in try archive.integers("y", shape: [batch]) }
  case .meanSquaredError?:
    let shape = typed.outputType?.binding(batch: batch).bound
    feeds.target = read { () throws(InterchangeError) in try archive.doubles("y", shape: shape) }
  case nil: break
  }
  for (_, name, _, type) in typed.parameters {
    known.insert("weight.\(name)")
    feeds.parameters[name] = read { () throws(InterchangeError) in
      try archive.doubles("weight.\(name)", shape: type.bound)
    }
  }
  for (_, name, _, type) in typed.states {
    known.insert("weight.\(name)")
    feeds.states[name] = read { () throws(InterchangeError) in
      try archive.doubles("weight.\(name)", shape: type.bound)
    }
  }
  let outputs = typed.outputNames
  var results = Set(outputs.map { "\($0).eval" })
  if typed.recipe != nil {
    results.formUnion(outputs + ["loss"])
    results.formUnion(typed.parameters.map { "grad.\($0.name)" })
    results.formUnion(typed.states.map { "state.\($0.name)" })
  }
  let present = archive.tensors.filter { results.contains($0.name) }
  if present.isEmpty {
    let wanted = outputs.map { typed.recipe == nil ? "\($0).eval" : "\($0), \($0).eval" }
    let others = typed.recipe == nil ? [] : ["loss", "grad.NAME"]
    problems.append("expected at least one of \((wanted + others).joined(separator: ", ")), found none")
  }
  for tensor in present where tensor.elementType != .f64 {
    problems.append("expected f64 numbers for \"\(tensor.name)\", found \(tensor.type)")
  }
  for tensor in archive.tensors where !known.contains(tensor.name) && !results.contains(tensor.name) {
    // PyTorch counts batches in its batch norms; nothing is computed from that
    if tensor.name.hasSuffix(".num_batches_tracked") { continue }
    problems.append("expected names of the model, found \"\(tensor.name)\"")
  }
  guard problems.isEmpty else { throw InterchangeError(archive.path, problems: problems) }
  return Sample(batch: batch, feeds: feeds)
}

/// The name in the file of a result under the interpreter's name.
private func referenceName(_ name: String, _ mode: Manifest.Mode, outputs: [String]) -> String {
  if mode == .infer, let output = outputs.first(where: { name == "output \($0)" }) { return "\(output).eval" }
  for (prefix, replacement) in [("output ", ""), ("gradient ", "grad.")] where name.hasPrefix(prefix) {
    return replacement + name.dropFirst(prefix.count)
  }
  return name
}

extension Graph {
  /// Names of the model's own outputs, in order; loss and statistics come later.
  fileprivate var outputNames: [String] {
    results.compactMap { if case .output(let name, _) = $0 { name } else { nil } }
  }
}
