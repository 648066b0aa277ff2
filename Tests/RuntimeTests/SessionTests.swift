import ArtefactABI
import Foundation
import Glibc
import Runtime
import Testing

/// Expected numbers are computed in the tests from the formula in `LinearArtefact`; all are small integers or halves,
/// so equality is exact.
struct SessionTests {
  private let folder: TestFolder
  private let path: String

  /// Removes the folder when the test is over.
  private final class TestFolder {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }
  }

  init() throws {
    folder = try TestFolder()
    path = "\(folder.directory.path)/linear"
    try LinearArtefact().build(
      into: path, cache: try ContentCache(directory: "\(folder.directory.path)/cache"))
  }

  private let weight: [Float] = [1, 2, 3, -1, 0, 2]
  private let bias: [Float] = [10, 20]

  private func session(threads: Int = 1, modes: [Manifest.Mode]? = nil) throws -> Session {
    let session = try Session(artefact: path, threads: threads, modes: modes)
    try session.write(.parameters, "fc.weight", weight)
    try session.write(.state, "fc.bias", bias)
    return session
  }

  /// y = w·x + b, row by row.
  private func logits(_ x: [Float], _ w: [Float], _ b: [Float]) -> [Float] {
    var y: [Float] = []
    for row in stride(from: 0, to: x.count, by: 3) {
      for o in 0..<2 {
        y.append(b[o] + x[row] * w[o * 3] + x[row + 1] * w[o * 3 + 1] + x[row + 2] * w[o * 3 + 2])
      }
    }
    return y
  }

  private func inputs(_ count: Int) -> [Float] { (0..<(3 * count)).map { Float($0 % 7 + 1) } }

  private func message(_ body: () throws -> Void) throws -> String {
    let error = try #require(throws: RuntimeError.self, performing: body)
    return error.message
  }

  @Test func infersEachCompiledBatch() throws {
    let session = try session()
    #expect(session.batches(.infer) == [1, 4])
    for batch in [1, 4] {
      let outputs = try session.infer(batch: batch, input: inputs(batch))
      #expect(outputs["logits"] == logits(inputs(batch), weight, bias))
      #expect(outputs.tensors.map(\.shape) == [[batch, 2]])
    }
  }

  /// The seventh element of the prepared arena counts the calls of prepare.
  @Test func preparesOnlyWhenNeeded() throws {
    let session = try session()
    func prepared() -> Float {
      session.withBytes(of: .prepared) { $0.loadUnaligned(fromByteOffset: 24, as: Float.self) }
    }
    #expect(prepared() == 0)
    for _ in 0..<3 { _ = try session.infer(batch: 1, input: inputs(1)) }
    #expect(prepared() == 1)
    try session.write(.parameters, "fc.weight", [0, 0, 0, 0, 0, 1])
    #expect(try session.infer(batch: 1, input: [1, 2, 3])["logits"] == [10, 23])
    #expect(prepared() == 2)
    try session.write(.optimizer, "fc.weight", slot: "momentum", weight)
    _ = try session.infer(batch: 1, input: inputs(1))
    #expect(prepared() == 2)
    session.withMutableBytes(of: .parameters) { $0.storeBytes(of: 5, toByteOffset: 0, as: Float.self) }
    #expect(try session.infer(batch: 1, input: [1, 2, 3])["logits"] == [15, 23])
    session.markParametersChanged()
    _ = try session.infer(batch: 1, input: inputs(1))
    #expect(prepared() == 4)
    try session.train(batch: 2, input: inputs(2), target: .labels([0, 1]), StepOptions())
    _ = try session.infer(batch: 1, input: inputs(1))
    #expect(prepared() == 5)
  }

  @Test func gradientLeavesParametersAlone() throws {
    let session = try session()
    let x = inputs(2)
    let outputs = try session.gradient(batch: 2, input: x, target: .labels([1, 1]))
    let y = logits(x, weight, bias)
    #expect(outputs["logits"] == y)
    #expect(outputs["loss"] == [(y[1] + y[3]) / 2])
    #expect(try session.read(.gradients, "fc.weight") == [0, 0, 0] + (0..<3).map { (x[$0] + x[3 + $0]) / 2 })
    #expect(try session.read(.parameters, "fc.weight") == weight)
    #expect(try session.read(.state, "fc.bias") == bias)
    // A closed gate zeroes output and gradient.
    let closed = try session.gradient(batch: 2, input: x, target: .labels([1, 1]), StepOptions(gates: [false]))
    #expect(closed["logits"] == [0, 0, 0, 0])
    #expect(try session.read(.gradients, "fc.weight") == [Float](repeating: 0, count: 6))
  }

  /// Two steps of SGD with momentum 1 by hand: v0 = g, v1 = g + v0, w -= lr·v.
  @Test func trainsInPlace() throws {
    let session = try session()
    let x = inputs(2)
    let g: [Float] = x[0..<3].map { $0 / 2 } + x[3..<6].map { $0 / 2 }
    for step in 0..<2 {
      try session.train(
        batch: 2, input: x, target: .labels([0, 1]), StepOptions(learningRate: 0.5, step: step, seed: 3))
    }
    #expect(try session.read(.parameters, "fc.weight") == zip(weight, g).map { $0 - 0.5 * $1 - 0.5 * (2 * $1) })
    #expect(try session.read(.optimizer, "fc.weight", slot: "momentum") == g.map { 2 * $0 })
    #expect(try session.read(.state, "fc.bias") == [12, 20])
  }

  /// Any number of inputs; the padding is zeros, which the workspace's sum of |x| shows, and its rows are dropped.
  @Test(arguments: 0...13) func runsAnyNumber(count: Int) throws {
    let session = try session()
    let x = inputs(count)
    let outputs = try session.run(x, count: count)
    #expect(outputs["logits"] == logits(x, weight, bias))
    #expect(outputs.tensors.map(\.shape) == [[count, 2]])
    guard count % 4 == 3 else { return }
    let sum = try session.intermediate("sum", of: try session.entry(.infer, batch: 4))
    #expect(sum.values == [x.suffix(9).reduce(0, +)])
  }

  @Test func coversByCompiledBatches() {
    func cover(_ count: Int, _ batches: [Int]) -> [[Int]] {
      BatchCall.cover(count, with: batches).map { [$0.batch, $0.valid] }
    }
    #expect(cover(0, [1, 16]) == [])
    #expect(cover(33, [16, 1]) == [[16, 16], [16, 16], [1, 1]])
    #expect(cover(9, [1, 16]) == [[16, 9]])
    #expect(cover(3, [1, 16]) == [[1, 1], [1, 1], [1, 1]])
    #expect(cover(3, [16]) == [[16, 3]])
    #expect(cover(5, [4, 16, 64]) == [[4, 4], [4, 1]])
    #expect(cover(13, [4, 16, 64]) == [[16, 13]])
    #expect(cover(1, [2, 3]) == [[2, 1]])
    for count in 0..<200 {
      #expect(BatchCall.cover(count, with: [3, 8, 32]).reduce(0) { $0 + $1.valid } == count)
    }
  }

  @Test func wrongSizesAndNames() throws {
    let session = try session()
    #expect(try message { _ = try session.infer(batch: 1, input: [1, 2]) }.contains("has 3 values; found 2"))
    #expect(try message { _ = try session.run([1, 2, 3], count: 2) }.contains("have 6 values; found 3"))
    #expect(try message { _ = try session.infer(batch: 3, input: inputs(3)) }.contains("compiled are 1 and 4"))
    #expect(try message { _ = try session.read(.parameters, "fc.wight") }.contains("no tensor 'fc.wight'"))
    #expect(try message { _ = try session.read(.optimizer, "fc.weight") }.contains("no tensor"))
    #expect(
      try message { try session.write(.parameters, "fc.weight", [1]) }.contains("shape [2, 3], 6 values; found 1"))
    func train(_ target: TrainingTarget, _ options: StepOptions = StepOptions()) throws -> String {
      try message { try session.train(batch: 2, input: inputs(2), target: target, options) }
    }
    #expect(try train(.labels([0])).contains("needs 2 labels; found 1"))
    #expect(try train(.labels([0, 2])).contains("label 2 at position 1 is not in 0..<2"))
    #expect(try train(.labels([-1, 0])).contains("label -1 at position 0"))
    #expect(try train(.values([0, 0, 0, 0])).contains("expected labels"))
    #expect(try train(.labels([0, 1]), StepOptions(step: -1)).contains("step number is -1"))
    #expect(try train(.labels([0, 1]), StepOptions(gates: [])).contains("has 1 gates; found 0"))
    #expect(try session.read(.parameters, "fc.weight") == weight)
  }

  @Test func failingEntryIsInternal() throws {
    let session = try session()
    let error = try #require(throws: RuntimeError.self) {
      try session.train(batch: 2, input: inputs(2), target: .labels([0, 1]), StepOptions(seed: 666))
    }
    #expect(error == .internal("artefact \(path): linear_train_2 returned 9"))
  }

  @Test func modesDecideMemoryAndEntries() throws {
    let infer = try session(modes: [.infer])
    #expect(infer.byteCount(of: .gradients) == 0 && infer.byteCount(of: .optimizer) == 0)
    #expect(try message { _ = try infer.read(.gradients, "fc.weight") }.contains("not opened for training"))
    #expect(
      try message { try infer.train(batch: 2, input: inputs(2), target: .labels([0, 1]), StepOptions()) }
        .contains("not opened for train"))
    #expect(try infer.run(inputs(1), count: 1)["logits"] == logits(inputs(1), weight, bias))
    let gradient = try session(modes: [.gradient])
    #expect(gradient.byteCount(of: .gradients) == 64 && gradient.byteCount(of: .optimizer) == 0)

    var small = LinearArtefact()
    small.manifest.entries.removeAll { $0.mode == .train }
    let other = "\(folder.directory.path)/small"
    try small.build(into: other, cache: try ContentCache(directory: "\(folder.directory.path)/cache"))
    #expect(
      try message { _ = try Session(artefact: other, modes: [.infer, .train]) }
        .contains("not compiled for train, only for infer, gradient"))
  }

  @Test func missingEntryFunction() throws {
    var artefact = LinearArtefact()
    artefact.manifest.entries[1].symbol = "linear_infer_5"
    artefact.manifest.entries[2].symbol = "linear_train_3"
    let other = "\(folder.directory.path)/missing"
    try artefact.build(into: other, cache: try ContentCache(directory: "\(folder.directory.path)/cache"))
    #expect(try message { _ = try Session(artefact: other) }.contains("lacks linear_infer_5, linear_train_3"))
    #expect(throws: Never.self) { _ = try Session(artefact: other, modes: [.gradient]) }
  }

  @Test func tooLargeForTheMachine() throws {
    let library = try Library(directory: path)
    let text = try #require(throws: RuntimeError.self) {
      _ = try Session(library: try Library(directory: path), threads: 1, availableMemory: 600)
    }
    #expect(library.manifest.name == "linear")
    #expect(
      text.message
        == "artefact \(path): needs 704 B of memory, but only 600 B are available: parameters 64 B, optimizer 64 B, "
        + "state 64 B, gradients 64 B, prepared 64 B, workspace 64 B, scratch 64 B, output 256 B; use a smaller batch or "
        + "fewer threads")
    var huge = LinearArtefact()
    huge.manifest.entries[2].workspace = 1 << 49
    let other = "\(folder.directory.path)/huge"
    try huge.build(into: other, cache: try ContentCache(directory: "\(folder.directory.path)/cache"))
    #expect(try message { _ = try Session(artefact: other) }.contains("workspace 512.0 TiB"))
  }

  @Test func poolIsOpenedAndClosedOnce() throws {
    // A second reference keeps the library, and with it the count, after the session closed its own.
    let handle = try #require(dlopen("\(path)/liblinear.so", RTLD_NOW))
    defer { dlclose(handle) }
    let closed = try #require(dlsym(handle, "linear_closed")).assumingMemoryBound(to: Int32.self)
    func threadsSeen(_ threads: Int) throws -> [Float]? {
      let session = try session(threads: threads)
      #expect(session.threads == threads)
      #expect(session.byteCount(of: .scratch) == 64 * threads)
      return try session.gradient(batch: 2, input: inputs(2), target: .labels([0, 1]))["threads"]
    }
    #expect(try threadsSeen(3) == [3])
    #expect(closed.pointee == 3)
    #expect(try threadsSeen(1) == [0])
    #expect(closed.pointee == 3)
    #expect(try message { _ = try session(threads: 13) }.contains("cannot start 13 threads: resource temporarily"))
    #expect(closed.pointee == 3)
    #expect(try message { _ = try session(threads: 0) }.contains("expected 1 to 1024 threads, found 0"))
  }
}
