import Compiler
import Interchange
import Runtime
import Testing
import Verification

/// `nncc verify --reference`: numbers from elsewhere against interpreter and compiled code.
@Suite struct ReferenceTests {
  /// The verdicts on a file about a network.
  private func verdicts(_ network: String = "mlp", on path: String) throws -> [Verdict] {
    let fixture = try NetworkFixture(network)
    return try verifyReference(fixture.raw, fixture.typed, path, BuildOptions(entries: []))
  }

  /// Expected values: the file itself, made by PyTorch; every number in it is compared.
  @Test(arguments: ["mlp", "densenet_bc"])
  func theFixturesPass(name: String) throws {
    let path = Fixtures.path(try FixtureIndex.network(name).files.reference)
    let found = try verdicts(name, on: path)
    #expect(found.count == 4 && found.allSatisfy { $0.passed }, "\(found.flatMap(\.failures))")
    let archive = try NPZ.read(path)
    let inside = archive.tensors.map(\.name).filter { !$0.hasPrefix("weight.") && $0 != "x" && $0 != "y" }
    let compared = found.filter { $0.title.hasPrefix("interpreter") }.flatMap(\.comparisons)
    #expect(compared.count == inside.count, "\(inside)")
  }

  /// The whole of `nncc verify`: it says what it found, and the file's verdicts count.
  @Test func verifyModelCountsTheReference() throws {
    let fixture = try NetworkFixture("mlp")
    let directory = try TemporaryDirectory()
    let wrong = "\(directory.path)/REF.npz"
    try change("loss", to: wrong) { $0[0] += 1e-6 }
    for (path, passes) in [(Fixtures.path(fixture.entry.files.reference), true), (wrong, false)] {
      var verdicts: [Verdict] = []
      let passed = try verifyModel(fixture.raw, options: VerifyOptions(reference: path)) { verdicts.append($0) }
      #expect(passed == passes, "\(verdicts.flatMap(\.failures))")
      #expect(verdicts.count { $0.title.contains(path) } == 4 && verdicts.count == 7)
    }
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
    #expect(try verdicts(on: path).flatMap(\.failures).map(\.subject) == [subject])
  }

  /// A weight that is not the one the numbers were made with changes all of them.
  @Test func oneWrongWeightFails() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/REF.npz"
    try change("weight.layer2.weight", to: path) { values in values[7] += 0.01 }
    let reference = try verdicts(on: path)
    // compiled code still computes what the interpreter says about the weights it was given
    #expect(reference.filter { $0.title.hasPrefix("compiled") }.allSatisfy { $0.passed })
    #expect(reference.filter { $0.title.hasPrefix("interpreter") }.allSatisfy { !$0.passed })
  }

  /// Mean squared error takes target values, and an output that is not called `logits` goes by its own name.
  ///
  /// Expected values: the outputs are PyTorch's; the loss is computed here by its definition.
  @Test func regressionsUnderTheirOwnNames() throws {
    let fixture = try NetworkFixture("mlp")
    var raw = fixture.raw
    raw.recipe?.loss = .meanSquaredError
    raw.results = raw.results.map {
      if case .output(_, let id) = $0 { .output(name: "prediction", value: id) } else { $0 }
    }
    let typed = try typeCheck(raw)
    let archive = try NPZ.read(Fixtures.path(fixture.entry.files.reference))
    let shape = try archive.tensor("logits").shape
    let (training, inference) = (try archive.doubles("logits"), try archive.doubles("logits.eval"))
    let target = training.indices.map { Double($0 % 5) - 2 }
    let loss = zip(training, target).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / Double(target.count)
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/REF.npz"
    func verdicts(loss: Double, target: Interchange.NamedTensor) throws -> [Verdict] {
      let results = [
        NamedTensor("prediction", shape: shape, doubles: training),
        NamedTensor("prediction.eval", shape: shape, doubles: inference),
        NamedTensor("loss", shape: [], doubles: [loss]), target,
      ]
      let others = archive.tensors.filter { $0.name.hasPrefix("weight.") || $0.name == "x" }
      try NPZ.write(others + results, to: path)
      return try verifyReference(raw, typed, path, BuildOptions(entries: []))
    }
    let values = NamedTensor("y", shape: shape, doubles: target)
    let good = try verdicts(loss: loss, target: values)
    #expect(good.allSatisfy { $0.passed }, "\(good.flatMap(\.failures))")
    let compared = good.filter { $0.title.hasPrefix("interpreter") }.flatMap(\.comparisons).map(\.subject)
    #expect(compared.sorted() == ["output loss", "output prediction", "output prediction"])
    #expect(try verdicts(loss: loss * (1 + 1e-6), target: values).flatMap(\.failures).map(\.subject) == ["output loss"])
    let labels = try archive.tensor("y")
    #expect(throws: InterchangeError.self) { try verdicts(loss: loss, target: labels) }
  }

  /// A file without anything to compare proves nothing, and says so.
  @Test func nothingToCompareIsAnError() throws {
    let found = try problems { tensors in
      tensors.filter { $0.name.hasPrefix("weight.") || $0.name == "x" || $0.name == "y" }
    }
    #expect(found == ["expected at least one of logits, logits.eval, loss, grad.NAME, found none"])
  }

  /// All that does not fit, at once; a misspelt gradient would otherwise never be compared.
  @Test func whatDoesNotFitIsListed() throws {
    let found = try problems { tensors in
      tensors.compactMap { (tensor: Interchange.NamedTensor) -> Interchange.NamedTensor? in
        var tensor = tensor
        switch tensor.name {
        case "weight.layer1.bias": return nil
        case "grad.layer1.bias": tensor.name = "grad.layer1.bais"
        case "weight.layer2.weight": tensor.shape = [8, 32]
        case "x": tensor.shape = [8, 8, 8, 1]
        case "loss": tensor = Interchange.NamedTensor("loss", shape: [], floats: [2])
        default: break
        }
        return tensor
      }
    }
    #expect(found.count == 5)
    for expected in [
      "expected floating-point numbers of shape [8,1,8,8] for \"x\", found f32[8,8,8,1]",
      "expected floating-point numbers of shape [16,16] for \"weight.layer2.weight\", found f32[8,32]",
      "expected f64 numbers for \"loss\", found f32[]", "expected names of the model, found \"grad.layer1.bais\"",
    ] {
      #expect(found.contains(expected), "\(found)")
    }
    #expect(found.contains { $0.hasPrefix("no tensor \"weight.layer1.bias\"") })
  }

  /// What is said about the MLP's file after a change to its tensors.
  private func problems(_ change: ([Interchange.NamedTensor]) -> [Interchange.NamedTensor]) throws -> [String] {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/REF.npz"
    try NPZ.write(change(NPZ.read(Fixtures.path(FixtureIndex.network("mlp").files.reference)).tensors), to: path)
    let error = #expect(throws: InterchangeError.self) { try verdicts(on: path) }
    #expect(error?.file == path)
    return error?.problems ?? []
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
