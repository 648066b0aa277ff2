import Compiler
import CodegenC
import Passes
import Runtime

extension BenchmarkResult {
  /// Times a workload, and this machine's peak before and after it.
  ///
  /// - Parameters:
  ///   - model: What the workload's session was compiled from: one entry.
  ///   - seconds: How long to measure.
  package init(
    _ workload: Workload, of model: CompiledModel, target: CompilationTarget, math: MathMode, seconds: Double
  ) throws {
    guard let entry = model.entries.first else { fatalError("nothing was compiled") }
    let toolchain = try ClangToolchain.find()
    let probe = try MachineProbe(target: target)
    let before = try probe.multiplyAddRate(threads: workload.threads)
    let timing = try time(seconds: seconds) { try workload.call() }
    // clocks move: the better of the two is the peak
    let peak = 2e-9 * max(before, try probe.multiplyAddRate(threads: workload.threads))
    let batch = entry.point.batch
    let adds = entry.point.mode == .infer ? model.typed.multiplyAdds : model.typed.originalTrainingMultiplyAdds
    name = model.manifest.name
    mode = entry.point.mode.rawValue
    self.batch = batch
    threads = workload.threads
    self.math = math.rawValue
    self.target = target.rawValue
    calls = timing.calls
    medianMs = timing.median * 1e3
    minMs = timing.fastest * 1e3
    p25Ms = timing.quantile(0.25) * 1e3
    p75Ms = timing.quantile(0.75) * 1e3
    spread = timing.spread
    imagesPerSecond = Double(batch) / timing.median
    multiplyAdds = adds
    gflops = 2e-9 * Double(adds) * Double(batch) / timing.median
    peakGflops = peak
    shareOfPeak = gflops / peak
    lanes = try toolchain.describe(target).vectorBytes / 4
    trafficBytes = entry.program.microbatches.count * entry.program.trafficBytes / batch
    minimumTrafficBytes = entry.program.minimumTrafficBytes / batch
    machine = Machine(toolchain: toolchain)
  }
}
