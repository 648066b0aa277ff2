import Foundation
import Interchange
import NNIR
import Runtime
import Testing
import Training

struct WeightsTests {
  private let bench: TrainerBench
  private let session: Session

  init() throws {
    bench = try TrainerBench()
    session = try TrainerArtefact().session(in: bench.folder)
  }

  private var path: String { "\(bench.folder)/weights.safetensors" }

  private let weight = (0..<24).map { Float($0) / 3 }
  private let bias: [Float] = [1, -2, 0.5]
  private let mean = (0..<8).map { Float($0) }

  private var tensors: [Interchange.NamedTensor] {
    [
      Interchange.NamedTensor("fc.weight", shape: [3, 8], floats: weight),
      Interchange.NamedTensor("fc.bias", shape: [3], floats: bias),
      Interchange.NamedTensor("input.running_mean", shape: [8], floats: mean),
    ]
  }

  @Test func roundTrip() throws {
    try Safetensors.write(tensors, to: path)
    try Weights.load(path, into: session)
    #expect(try session.read(.parameters, "fc.weight") == weight && session.read(.state, "input.running_mean") == mean)
    let copy = "\(bench.folder)/copy.safetensors"
    try Weights.save(session, metadata: ["note": "x"], to: copy)
    let archive = try Safetensors.read(copy)
    #expect(archive.tensors == tensors && archive.metadata == ["note": "x", "format": "pt"])
  }

  /// Values that all element types hold exactly; the tensor that PyTorch adds to batch norms is passed over.
  @Test func acceptsOtherFloatsAndPyTorchsCounter() throws {
    // 1, −2 and 0.5 in bfloat16 are the upper halves of their float bits.
    let halves: [UInt8] = [0x80, 0x3F, 0x00, 0xC0, 0x00, 0x3F]
    try Safetensors.write(
      [
        Interchange.NamedTensor("fc.weight", shape: [3, 8], doubles: weight.map { Double($0) }),
        Interchange.NamedTensor("fc.bias", .bf16, shape: [3], bytes: halves[...]),
        tensors[2], Interchange.NamedTensor("norm.num_batches_tracked", shape: [], integers: [7]),
      ], to: path)
    try Weights.load(path, into: session)
    #expect(try session.read(.parameters, "fc.weight") == weight && session.read(.parameters, "fc.bias") == bias)
  }

  @Test func listsEveryMisfit() throws {
    try session.write(.state, "input.running_mean", mean)
    try Safetensors.write(
      [
        Interchange.NamedTensor("fc.weight", shape: [8, 3], floats: weight),
        Interchange.NamedTensor("input.running_mean", shape: [8], integers: [Int64](repeating: 0, count: 8)),
        Interchange.NamedTensor("head.weight", shape: [2], floats: [1, 2]),
        Interchange.NamedTensor("optimizer.momentum.fc.bias", shape: [3], floats: bias),
      ], to: path)
    let expected = [
      "expected \"fc.weight\" of f32[3,8], found f32[8,3]",
      "expected \"fc.bias\" of f32[3], found no tensor of that name",
      "expected \"input.running_mean\" of f32[8], found i64[8]",
      "found \"head.weight\" of f32[2], which the model does not have",
      "found \"optimizer.momentum.fc.bias\" of f32[3], which the model does not have",
    ]
    let lines = TrainerBench.message { try Weights.load(path, into: session) }.split(separator: "\n").map(String.init)
    #expect(Set(lines) == Set(expected.map { "\(path): \($0)" }) && lines.count == expected.count)
    #expect(try session.read(.state, "input.running_mean") == mean && session.read(.parameters, "fc.weight")[0] == 0)
  }

  @Test func initialValuesAreTheGraphs() throws {
    let graph = TrainerArtefact().graph(Recipe())
    try session.write(.optimizer, "fc.bias", slot: "momentum", [1, 1, 1])
    try Weights.initialize(session, from: graph, seed: 4)
    #expect(
      try session.read(.parameters, "fc.weight")
        == Initializer.normal(0.1).values(name: "fc.weight", shape: [3, 8], seed: 4))
    #expect(try session.read(.state, "input.running_mean") == [Float](repeating: 0.5, count: 8))
    #expect(try session.read(.optimizer, "fc.bias", slot: "momentum") == [0, 0, 0])
    var other = graph
    other.nodes.remove(at: 1)
    #expect(TrainerBench.message { try Weights.initialize(session, from: other, seed: 4) }.contains("'fc.bias'"))
  }

  @Test func refusesToSaveWhatIsNotFinite() throws {
    try Weights.initialize(session, from: TrainerArtefact().graph(Recipe()), seed: 1)
    try session.write(.parameters, "fc.bias", [0, .infinity, 0])
    #expect(TrainerBench.message { try Weights.save(session, to: path) }.contains("\"fc.bias\""))
    #expect(!FileManager.default.fileExists(atPath: path))
    try session.write(.parameters, "fc.bias", [0, -.greatestFiniteMagnitude, .leastNonzeroMagnitude])
    try Weights.save(session, to: path)
  }
}
