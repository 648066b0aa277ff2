import Foundation
import Interchange
import NNIR
import Runtime
import Testing
import Training

struct TrainerEvaluationTests {
  private let bench: TrainerBench

  init() throws { bench = try TrainerBench() }

  /// Loss and answers of 13 images, no multiple of the compiled batches 1 and 5, from the definition in Double.
  @Test(arguments: [13, 5, 3])
  func agreesWithTheDefinition(count: Int) throws {
    let artefact = TrainerArtefact()
    let session = try artefact.session(in: bench.folder)
    let weight = (0..<24).map { Float(($0 * 7) % 11) / 8 - 0.5 }
    let bias: [Float] = [0.25, -0.5, 0]
    try session.write(.parameters, "fc.weight", weight)
    try session.write(.parameters, "fc.bias", bias)
    let data = try bench.data()
    let test = try #require(data.test).prefix(count)
    let normalizer = try Normalizer(.unit, training: data.train)
    let evaluation = try #require(try Evaluation.measure(session, on: test, normalizer: normalizer))

    guard case .bytes(let pixels) = test.pixels else { throw TrainingError("expected bytes") }
    var loss = 0.0
    var correct = 0
    var confusion = [[Int]](repeating: [0, 0, 0], count: 3)
    for image in 0..<count {
      let logits = (0..<3).map { output in
        (0..<8).reduce(Double(bias[output])) { sum, f in
          sum + Double(weight[output * 8 + f]) * Double(pixels[image * 8 + f]) / 255
        }
      }
      let label = Int(test.labels[image])
      loss -= log(exp(logits[label]) / logits.map { exp($0) }.reduce(0, +)) / Double(count)
      let answer = logits.firstIndex(of: logits.max() ?? 0) ?? 0
      if answer == label { correct += 1 }
      confusion[label][answer] += 1
    }
    #expect(evaluation.images == count && abs(evaluation.loss - loss) < 1e-6)
    #expect(evaluation.accuracy == Double(correct) / Double(count) && evaluation.confusion == confusion)
    #expect(try Evaluation.measure(session, on: test, normalizer: normalizer) { true } == nil)
  }

  /// Constant outputs and logits far beyond what exp can hold.
  @Test func extremeOutputs() throws {
    let session = try TrainerArtefact().session(in: bench.folder)
    let data = try bench.data(test: 3)
    let test = try #require(data.test)
    let normalizer = try Normalizer(.unit, training: data.train)
    // Labels 0, 1, 2; losses 0, 4000, 8000, and the first class is always the answer.
    try session.write(.parameters, "fc.bias", [4000, 0, -4000])
    let large = try #require(try Evaluation.measure(session, on: test, normalizer: normalizer))
    #expect(large.loss == 4000 && large.accuracy == 1.0 / 3)
    // Equal logits: the first class wins.
    try session.write(.parameters, "fc.bias", [0, 0, 0])
    let equal = try #require(try Evaluation.measure(session, on: test, normalizer: normalizer))
    #expect(abs(equal.loss - log(3)) < 1e-15 && equal.confusion == [[1, 0, 0], [1, 0, 0], [1, 0, 0]])
    try session.write(.parameters, "fc.bias", [0, .nan, 0])
    let nan = try #require(try Evaluation.measure(session, on: test, normalizer: normalizer))
    #expect(nan.loss.isNaN && nan.accuracy == 0)
  }

  /// The statistics of the training images travel with the weights, exactly; other files fall back to the recipe's.
  @Test func normalisesAsInTraining() throws {
    _ = try bench.trainer(bench.options("run")).train()
    let path = "\(bench.folder)/run/best.safetensors"
    let metadata = try Safetensors.read(path).metadata
    let data = try bench.data()
    let training = try TrainingData(data, validation: 0.2, limit: nil).training
    let expected = try Normalizer(.perChannel, training: training)
    let other = try bench.data(7, seed: 50)
    #expect(try Normalizer.forEvaluation(metadata: metadata, path: path, recipe: nil, data: other) == expected)
    let recipe = TrainerBench.recipe
    #expect(try Normalizer.forEvaluation(metadata: [:], path: path, recipe: recipe, data: data) == expected)
    #expect(try expected != Normalizer(.perChannel, training: data.train))
    for wrong in ["1.5", "1.5,x", "1,2,3", ""] {
      let message = TrainerBench.message {
        let broken = metadata.merging(["nncc.mean": wrong]) { _, new in new }
        _ = try Normalizer.forEvaluation(metadata: broken, path: path, recipe: nil, data: data)
      }
      #expect(message.hasPrefix("\(path): expected 2 numbers in metadata \"nncc.mean\", found \"\(wrong)\""))
    }
  }

  /// Both sides of every misfit, in training and in evaluation.
  @Test func dataThatDoesNotFitIsNamed() throws {
    let session = try TrainerArtefact().session(in: bench.folder)
    let pixels = (0..<40).map { UInt8($0) }
    let path = "\(bench.folder)/wide.npz"
    try NPZ.write(
      [
        Interchange.NamedTensor("x", .u8, shape: [10, 1, 1, 4], bytes: pixels[...]),
        Interchange.NamedTensor("y", shape: [10], integers: (0..<10).map { Int64($0 % 5) }),
      ], to: path)
    let data = try DataSource.load(path)
    let expected =
      "wide has images of 1×1×4, but the model logistic takes inputs of 2×2×2\n"
      + "wide has 5 classes, but the model logistic gives 3 outputs"
    #expect(TrainerBench.message { _ = try bench.trainer(bench.options("run"), data: data) } == expected)
    #expect(
      TrainerBench.message {
        _ = try Evaluation.measure(session, on: data.train, normalizer: Normalizer(.unit, training: data.train))
      } == expected)
    #expect(!FileManager.default.fileExists(atPath: "\(bench.folder)/run"))
    // Fewer classes in the files than outputs are possible, and worth a word.
    var notes: [String] = []
    _ = try bench.trainer(bench.options("few"), data: bench.data(classes: 2)).train {
      if case .note(let text) = $0 { notes.append(text) }
    }
    #expect(notes == ["the model has 3 outputs, toy-30-1-2-13 only 2 classes"])
  }

  @Test func optionsThatMakeNoSenseAreNamed() throws {
    func message(_ recipe: Recipe = TrainerBench.recipe, _ change: (inout TrainingOptions) -> Void) -> String {
      TrainerBench.message { _ = try bench.trainer(bench.options("run", change), recipe: recipe) }
    }
    let both = message {
      $0.epochs = 0
      $0.steps = -1
    }
    #expect(both.split(separator: "\n").count == 2 && both.contains("number of epochs, found 0"))
    #expect(message { $0.limit = 0 }.contains("limit of at least 1 training image, found 0"))
    // 3 images fill no batch of 4.
    #expect(message { $0.limit = 3 }.contains("expected a batch of 1 to"))
    #expect(message { $0.batch = 5 }.contains("no train entry for batch 5; compiled are 4 and 8"))
    #expect(
      message {
        $0.resume = true
        $0.weights = "w"
      }.contains("found both"))
    var recipe = TrainerBench.recipe
    recipe.validation = 1
    #expect(message(recipe) { _ in }.contains("validation share in 0 ..< 1, found 1"))
    let session = try TrainerArtefact().session(in: bench.folder)
    var graph = TrainerArtefact().graph(recipe)
    graph.recipe = nil
    #expect(
      TrainerBench.message {
        _ = try Trainer(session: session, graph: graph, data: bench.data(), options: bench.options("run"))
      } == "model logistic: expected a training recipe, found none")
  }

  /// Starting from a file gives the file's numbers to the first step.
  @Test func startsFromWeights() throws {
    _ = try bench.trainer(bench.options("first")).train()
    let weights = "\(bench.folder)/first/final.safetensors"
    var losses: [Double] = []
    _ = try bench.trainer(bench.options("second") { $0.weights = weights }).train {
      if case .step(let report) = $0 { losses.append(report.batchLoss) }
    }
    let session = try TrainerArtefact().session(in: bench.folder)
    try Weights.load(weights, into: session)
    let training = try TrainingData(bench.data(), validation: 0.2, limit: nil).training
    let source = try BatchSource.training(
      training, batch: 4, normalizer: Normalizer(.perChannel, training: training),
      augmentation: [.horizontalFlip], seed: 1)
    let batch = source.batch(epoch: 0, index: 0)
    let results = try session.train(batch: 4, input: batch.x, target: .labels(batch.y), StepOptions())
    #expect(losses.first == results["loss"].map { Double($0[0]) })
  }
}
