import Benchmark
import Compiler
import NNIR
import Runtime
import Testing
import Training

/// A residual network with two gated blocks among its three, trained in a profiled build.
@Suite struct ProfileTests {
  static let settings = ["depth=8", "height=8", "width=8", "survival=0.5"]

  private struct Opened {
    var compiled: CompiledModel
    var session: Session
  }

  private func open(profile: Bool, threads: Int) throws -> Opened {
    let raw = try example("resnet", Self.settings)
    let directory = try TemporaryDirectory()
    let options = BuildOptions(
      entries: [EntryPoint(.train, batch: 4)], target: .x86v3, optimization: "-O0", profile: profile)
    let artefact = try build(raw, options: options, into: directory.path)
    let session = try Session(library: try Library(directory: directory.path), threads: threads)
    try Weights.initialize(session, from: try typeCheck(raw), seed: 3)
    return Opened(compiled: artefact.model, session: session)
  }

  private func workload(_ session: Session) throws -> Workload {
    try Workload(
      session: session, mode: .train, batch: 4, input: randomImages(4 * 3 * 8 * 8),
      target: anyTarget(.softmaxCrossEntropy, batch: 4, outputs: [10]))
  }

  /// Every row that an open gate lets run is counted once in every call, whatever the number of threads; rows for closed
  /// gates never. Shares add up, and each multiply-add of the graph is some row's.
  @Test(arguments: [1, 3]) func everythingIsCountedOnce(threads: Int) throws {
    let opened = try open(profile: true, threads: threads)
    let profile = try Profile(
      try workload(opened.session), of: opened.compiled, target: .x86v3, seconds: 0.01, peak: 100)
    let entry = try #require(opened.compiled.entries.first)
    let rows = entry.program.rows
    #expect(rows.contains { $0.condition?.isOpen == true } && rows.contains { $0.condition?.isOpen == false })

    #expect(profile.rows.count == rows.count)
    #expect(profile.kernels.reduce(0) { $0 + $1.rows } == rows.count)
    for kernel in profile.kernels {
      let mine = zip(rows, profile.rows).filter { $1.kernel == kernel.kernel }
      #expect(kernel.calls == mine.filter { $0.0.condition?.isOpen != false }.count, "\(kernel.kernel)")
      #expect(mine.allSatisfy { kernel.kernel.hasPrefix("kernel_\($0.0.kernel.name)") })
    }
    #expect(abs(profile.kernels.reduce(profile.waitingShare) { $0 + $1.share } - 1) < 1e-9)
    #expect(abs(profile.rows.reduce(profile.waitingShare) { $0 + $1.share } - 1) < 1e-9)
    #expect(profile.kernels.reduce(0) { $0 + $1.multiplyAdds } == entry.plan.graph.multiplyAdds)
    #expect(profile.kernels.reduce(0) { $0 + $1.bytes } == entry.program.trafficBytes)
    #expect(profile.kernels.map(\.ms) == profile.kernels.map(\.ms).sorted(by: >))
    #expect(profile.rows.contains { $0.origin?.hasPrefix("resnet.swift:") == true })
  }

  /// A call at half the pace takes twice as long and has the same share of the peak: by definition, 100 ticks at the whole
  /// pace are as many as 200 at half of it.
  @Test func sharesKnowThePace() {
    var samples = Profile.Samples(rows: 1)
    for (ticks, pace) in [(100, 1.0), (200, 0.5), (200, 0.5), (400, 0.25), (110, 1.0)] as [(UInt64, Double)] {
      let counters = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
      defer { counters.deallocate() }
      _ = counters.initializeMemory(as: UInt64.self, repeating: ticks)
      samples.add([counters], [0], pace: pace)
    }
    #expect(samples.ticks(ofRow: 0) == 200 && samples.pacedTicks(ofRow: 0) == 100)
  }

  /// Counters change no number, and an ordinary build has none.
  @Test func countingChangesNothing() throws {
    let plain = try open(profile: false, threads: 2)
    let profiled = try open(profile: true, threads: 2)
    for opened in [plain, profiled] {
      let workload = try workload(opened.session)
      for _ in 0..<3 { try workload.call() }
    }
    for tensor in plain.session.manifest.parameters {
      let expected = try plain.session.read(.parameters, tensor.name)
      #expect(try profiled.session.read(.parameters, tensor.name).elementsEqual(expected), "\(tensor.name)")
    }
    let texts = [plain, profiled].map { $0.compiled.source.units.map(\.text).joined() }
    #expect(!texts[0].contains("counters") && texts[1].contains("counters"))
    // only the walk differs, and sizes in the manifest
    let lines = texts.map { Set($0.split(separator: "\n")) }
    #expect(lines[1].subtracting(lines[0]).count < 40)
  }
}
