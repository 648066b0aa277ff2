import Compiler
import Interchange
import Runtime
import Testing
import Verification

/// `nncc verify --reference`: numbers from elsewhere against interpreter and compiled code.
@Suite struct ReferenceTests {
  /// Verifies the MLP against a file and returns the verdicts on the file alone.
  private func verdicts(on path: String) throws -> (passed: Bool, reference: [Verdict]) {
    let fixture = try NetworkFixture("mlp")
    var verdicts: [Verdict] = []
    let passed = try verifyModel(fixture.raw, options: VerifyOptions(reference: path)) { verdicts.append($0) }
    #expect(verdicts.filter { !$0.title.contains(path) }.allSatisfy { $0.passed })
    return (passed, verdicts.filter { $0.title.contains(path) })
  }

  /// Expected values: the file itself, made by PyTorch; every number in it is compared.
  @Test func theFixturesPass() throws {
    let path = Fixtures.path(try FixtureIndex.network("mlp").files.reference)
    let (passed, reference) = try verdicts(on: path)
    #expect(passed && reference.count == 4, "\(reference)")
    let archive = try NPZ.read(path)
    let inside = archive.tensors.map(\.name).filter { !$0.hasPrefix("weight.") && $0 != "x" && $0 != "y" }
    let compared = reference.filter { $0.title.hasPrefix("interpreter") }.flatMap(\.comparisons)
    #expect(compared.count == inside.count, "\(inside)")
  }

  @Test func densenetPasses() throws {
    let fixture = try NetworkFixture("densenet_bc")
    let path = Fixtures.path(fixture.entry.files.reference)
    #expect(try verifyModel(fixture.raw, options: VerifyOptions(batch: 2, reference: path)) { _ in })
  }

  /// One number changed by a millionth of its tensor's norm is found, and named.
  @Test(arguments: [
    ("logits", "output logits"), ("logits.eval", "output logits"), ("loss", "output loss"),
    ("grad.layer1.weight", "gradient layer1.weight"), ("grad.classifier.bias", "gradient classifier.bias"),
  ])
  func oneWrongNumberFails(tensor: String, subject: String) throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/REF.npz"
    try change(tensor, to: path) { values in values[values.count / 2] += 1e-6 * euclideanNorm(values) }
    let (passed, reference) = try verdicts(on: path)
    #expect(!passed)
    #expect(reference.flatMap(\.failures).map(\.subject) == [subject])
  }

  /// A weight that is not the one the numbers were made with changes all of them.
  @Test func oneWrongWeightFails() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/REF.npz"
    try change("weight.layer2.weight", to: path) { values in values[7] += 0.01 }
    let (passed, reference) = try verdicts(on: path)
    #expect(!passed)
    // compiled code still computes what the interpreter says about the weights it was given
    #expect(reference.filter { $0.title.hasPrefix("compiled") }.allSatisfy { $0.passed })
    #expect(reference.filter { $0.title.hasPrefix("interpreter") }.allSatisfy { !$0.passed })
  }

  /// A file without anything to compare proves nothing, and says so.
  @Test func nothingToCompareIsAnError() throws {
    let fixture = try NetworkFixture("mlp")
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/REF.npz"
    let archive = try NPZ.read(Fixtures.path(fixture.entry.files.reference))
    try NPZ.write(archive.tensors.filter { $0.name.hasPrefix("weight.") || $0.name == "x" || $0.name == "y" }, to: path)
    #expect(throws: InterchangeError.self) {
      try verifyModel(fixture.raw, options: VerifyOptions(reference: path)) { _ in }
    }
  }

  private func change(_ name: String, to path: String, _ change: (inout [Double]) -> Void) throws {
    let archive = try NPZ.read(Fixtures.path(try FixtureIndex.network("mlp").files.reference))
    var tensors = archive.tensors
    let index = try #require(tensors.firstIndex { $0.name == name })
    var values = try archive.doubles(name)
    change(&values)
    tensors[index] =
      tensors[index].elementType == .f32
      ? NamedTensor(name, shape: tensors[index].shape, floats: values.map { Float($0) })
      : NamedTensor(name, shape: tensors[index].shape, doubles: values)
    try NPZ.write(tensors, to: path)
  }
}
