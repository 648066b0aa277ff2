import NNIR

/// One rewrite of a graph: a pure function with a name and the reason it stands where it stands.
package struct Pass: Sendable {
  package var name: String
  package var reason: String
  /// Later passes rely on it, so it cannot be switched off.
  package var required: Bool
  package var run: @Sendable (Graph) throws(Diagnostics) -> Graph

  package init(
    _ name: String, required: Bool = false, because reason: String,
    _ run: @escaping @Sendable (Graph) throws(Diagnostics) -> Graph
  ) {
    self.name = name
    self.reason = reason
    self.required = required
    self.run = run
  }
}

/// One pass as it ran, for dumps, timings and comparisons.
package struct PassRecord: Sendable {
  package var pass: Pass
  package var before: Graph
  package var after: Graph
  package var duration: Duration
}

/// How to run a pipeline.
package struct PassOptions: Sendable {
  package var disabled: Set<String>
  /// What training computes again instead of keeping it.
  package var recompute: Recompute
  /// Which algorithms may be chosen.
  package var math: MathMode
  /// Bands of lines into which inference of a single image cuts it.
  package var bands: Bands
  /// How some convolutions are computed, rather than by the built-in rules.
  package var algorithms: ConvolutionAlgorithms = [:]
  /// Called after each pass, after the verifier has accepted its result.
  package var observe: (@Sendable (PassRecord) -> Void)?

  package init(
    disabled: Set<String> = [], recompute: Recompute = .none, math: MathMode = .exact,
    bands: Bands = .usual, observe: (@Sendable (PassRecord) -> Void)? = nil
  ) {
    self.disabled = disabled
    self.recompute = recompute
    self.math = math
    self.bands = bands
    self.observe = observe
  }
}

/// Runs passes in order and verifies the graph after each.
///
/// Errors: what a pass says about the user's network. A graph that fails verification is a bug of the pass before it: an
/// internal error that names the pass and all violations.
package func run(_ passes: [Pass], on graph: Graph, options: PassOptions = PassOptions()) throws(Diagnostics) -> Graph {
  var graph = graph
  for pass in passes where !options.disabled.contains(pass.name) || pass.required {
    let before = graph
    let clock = ContinuousClock()
    let start = clock.now
    graph = try pass.run(graph)
    let duration = clock.now - start
    try requireValid(graph, after: pass.name)
    options.observe?(PassRecord(pass: pass, before: before, after: graph, duration: duration))
  }
  return graph
}

/// Throws an internal error that names the pass and all violations when a graph is not valid.
func requireValid(_ graph: Graph, after pass: String) throws(Diagnostics) {
  let violations = verify(graph)
  guard violations.isEmpty else {
    let title = "pass \(pass) left an invalid graph; this is a fault of nncc, please report it"
    var fault = Diagnostics([Diagnostic(.error, title)] + violations)
    fault.isInternal = true
    throw fault
  }
}
