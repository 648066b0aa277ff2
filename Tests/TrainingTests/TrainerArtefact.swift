import ArtefactABI
import Foundation
import Interchange
import NNIR
import Runtime
import Training

/// A hand-written artefact that stands in for the compiler's output: logits = w·x + b on images of 2×2×2.
///
/// Softmax cross-entropy or mean squared error, SGD with momentum 0.5, and a running mean of the inputs as state, which
/// inference ignores. The first gate, where there is one, switches the gradient off. Training batches 4 and 8, inference batches 1 and 5.
struct TrainerArtefact {
  static let name = "logistic"
  static let features = 8
  let loss: Recipe.Loss
  let outputs: Int
  let manifest: Manifest

  init(
    loss: Recipe.Loss = .softmaxCrossEntropy, outputs: Int = 3, signature: String = "signature-1", gates: [Double] = []
  ) {
    self.loss = loss
    self.outputs = outputs
    func tensor(_ name: String, _ shape: [Int], _ offset: Int, slot: String? = nil) -> Manifest.Tensor {
      Manifest.Tensor(name: name, shape: shape, offset: offset, slot: slot)
    }
    func tensors(slot: String?) -> [Manifest.Tensor] {
      [
        tensor("fc.weight", [outputs, Self.features], 0, slot: slot),
        tensor("fc.bias", [outputs], 4 * outputs * Self.features, slot: slot),
      ]
    }
    func entry(_ mode: Manifest.Mode, _ batch: Int) -> Manifest.Entry {
      let logits = tensor("logits", [batch, outputs], 64)
      return Manifest.Entry(
        symbol: ArtefactSymbol.entry(Self.name, mode, batch: batch), mode: mode, batch: batch, workspace: 64,
        outputs: mode == .train ? [tensor("loss", [], 0), logits] : [logits],
        outputBytes: 64 + 4 * batch * outputs)
    }
    let bytes = 4 * outputs * (Self.features + 1)
    manifest = Manifest(
      name: Self.name, signature: signature, build: "b-\(loss.rawValue)-\(outputs)-\(signature)-\(gates)",
      target: "native",
      features: [], inputShape: [2, 2, 2], outputShape: [outputs], loss: loss.rawValue, parameters: tensors(slot: nil),
      state: [tensor("input.running_mean", [Self.features], 0)], optimizer: tensors(slot: "momentum"),
      parameterBytes: bytes, stateBytes: 4 * Self.features, optimizerBytes: bytes, preparedBytes: bytes,
      constantBytes: 0, scratchBytes: 0,
      gates: gates.enumerated().map { Manifest.Gate(name: "block\($0)", survival: $1) },
      entries: [entry(.infer, 1), entry(.infer, 5), entry(.train, 4), entry(.train, 8)])
  }

  /// The graph that would have been compiled to this: what training reads of it are the recipe and the initialisers.
  func graph(_ recipe: Recipe) -> Graph {
    var recipe = recipe
    recipe.loss = loss
    func parameter(_ name: String, _ initializer: Initializer, _ shape: [Int]) -> Node {
      Node(.parameter(name: name, initializer: initializer), [], .f32(shape))
    }
    return Graph(
      name: Self.name, stage: .typed, recipe: recipe,
      nodes: [
        parameter("fc.weight", .normal(0.1), [outputs, Self.features]),
        parameter("fc.bias", .constant(0), [outputs]),
        Node(.state(name: "input.running_mean", initializer: .constant(0.5)), [], .f32([Self.features])),
      ])
  }

  /// Compiles into the folder and opens it.
  func session(in folder: String, threads: Int = 1) throws -> Session {
    let path = "\(folder)/artefact-\(manifest.build)"
    if !FileSystem.isDirectory(path) { try build(into: path, cache: ContentCache(named: "objects")) }
    return try Session(artefact: path, threads: threads)
  }

  private func build(into directory: String, cache: ContentCache) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let json = String(decoding: try encoder.encode(manifest), as: UTF8.self)
    let literal = json.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    let fields = ArgumentField.allCases.map { "  \($0.cType) \($0.rawValue);\n" }.joined()
    let entries = manifest.entries.map { entry in
      "EXPORT int \(entry.symbol)(arguments a);\n"
        + "int \(entry.symbol)(arguments a) { return \(entry.mode.rawValue)(a, \(entry.batch)); }\n"
    }.joined()
    let source =
      "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\nstruct logistic_arguments {\n\(fields)};\n"
      + "enum { F = \(Self.features), K = \(outputs), MSE = \(loss == .meanSquaredError ? 1 : 0) };\n" + Self.source
      + entries
      + "EXPORT const char *logistic_metadata(void);\n"
      + "const char *logistic_metadata(void) { return \"\(literal)\"; }\n"
    let toolchain = try ClangToolchain.find()
    let builder = SharedLibraryBuilder(
      toolchain: toolchain, target: try toolchain.describe(.native), cache: cache, jobs: 1)
    _ = try builder.build(
      name: Self.name, units: [CompilationUnit(name: "logistic.c", source: source)], into: directory)
    try FileSystem.write(Array(json.utf8), to: "\(directory)/manifest.json")
  }

  private static let source = #"""
    #define EXPORT __attribute__((visibility("default")))
    typedef const struct logistic_arguments *arguments;
    EXPORT size_t logistic_pool_bytes(int threads);
    size_t logistic_pool_bytes(int threads) { return 64 * (size_t)threads; }
    EXPORT int logistic_pool_open(void *storage, int threads);
    int logistic_pool_open(void *storage, int threads) { *(int *)storage = threads; return 0; }
    EXPORT void logistic_pool_close(void *storage);
    void logistic_pool_close(void *storage) { *(int *)storage = 0; }
    EXPORT int logistic_prepare(arguments a);
    int logistic_prepare(arguments a) {
      for (int i = 0; i < K * (F + 1); i++) a->prepared[i] = a->parameters[i];
      return 0;
    }
    static void forward(const float *w, const float *x, float *y) {
      for (int k = 0; k < K; k++) {
        y[k] = w[K * F + k];
        for (int f = 0; f < F; f++) y[k] += w[k * F + f] * x[f];
      }
    }
    static int infer(arguments a, int batch) {
      for (int n = 0; n < batch; n++) forward(a->prepared, a->input + n * F, a->output + 16 + n * K);
      return 0;
    }
    static int train(arguments a, int batch) {
      const float open = a->gates ? a->gates[0] : 1;
      float loss = 0, *g = a->gradients;
      for (int i = 0; i < K * (F + 1); i++) g[i] = 0;
      for (int n = 0; n < batch; n++) {
        const float *x = a->input + n * F;
        float *y = a->output + 16 + n * K, d[K], sum = 0, top;
        forward(a->parameters, x, y);
        top = y[0];
        for (int k = 1; k < K; k++) top = y[k] > top ? y[k] : top;
        for (int k = 0; k < K; k++) sum += d[k] = expf(y[k] - top);
        for (int k = 0; k < K; k++) {
          if (MSE) {
            d[k] = y[k] - a->target[n * K + k];
            loss += d[k] * d[k] / (float)(K * batch);
            d[k] *= 2.0f / (float)(K * batch);
          } else {
            int hit = k == (int)a->labels[n];
            if (hit) loss -= (y[k] - top - logf(sum)) / (float)batch;
            d[k] = (d[k] / sum - (float)hit) / (float)batch;
          }
          for (int f = 0; f < F; f++) g[k * F + f] += d[k] * x[f];
          g[K * F + k] += d[k];
        }
        for (int f = 0; f < F; f++) a->state[f] = 0.9f * a->state[f] + 0.1f * x[f];
      }
      a->output[0] = loss;
      for (int i = 0; i < K * (F + 1); i++) {
        a->optimizer[i] = open * g[i] + (a->step == 0 ? 0 : 0.5f * a->optimizer[i]);
        a->parameters[i] -= a->learning_rate * a->optimizer[i];
      }
      return 0;
    }

    """#
}

/// A data set that the model can learn, and a folder for one test.
final class TrainerBench {
  private let temporary: TemporaryDirectory
  var folder: String { temporary.path }

  init() throws { temporary = try TemporaryDirectory(prefix: "nncc-trainer") }

  /// Images of one bright pixel pair for each class in noise, as an NPZ file's tensors; `seed` chooses the noise.
  private static func images(_ count: Int, seed: UInt64, classes: Int, suffix: String) -> [Interchange.NamedTensor] {
    let noise = Philox(seed: seed, stream: "toy\(suffix)")
    let size = TrainerArtefact.features
    let pixels = (0..<count * size).map { index in
      let bright = index % size / 2 == index / size % classes
      return UInt8(noise.below(120, index: UInt64(index)) + (bright ? 120 : 0))
    }
    return [
      Interchange.NamedTensor("x\(suffix)", .u8, shape: [count, 2, 2, 2], bytes: pixels[...]),
      Interchange.NamedTensor(
        "y\(suffix)", shape: [count], integers: (0..<count).map { Int64($0 % classes) }),
    ]
  }

  /// `count` training and 13 test images of a learnable data set.
  func data(_ count: Int = 30, seed: UInt64 = 1, classes: Int = 3, test: Int = 13) throws -> DataSource {
    let path = "\(folder)/toy-\(count)-\(seed)-\(classes)-\(test).npz"
    let training = Self.images(count, seed: seed, classes: classes, suffix: "")
    try NPZ.write(
      training + (test > 0 ? Self.images(test, seed: seed, classes: classes, suffix: "_test") : []), to: path)
    return try DataSource.load(path)
  }

  static let recipe = Recipe(
    learningRate: .steps(0.2, dividedBy: 10, at: [0.5]), batch: 4, epochs: 2, augmentation: [.horizontalFlip],
    validation: 0.2)

  func trainer(
    _ options: TrainingOptions, artefact: TrainerArtefact = TrainerArtefact(), recipe: Recipe = TrainerBench.recipe,
    data: DataSource? = nil, threads: Int = 1
  ) throws -> Trainer {
    try Trainer(
      session: artefact.session(in: folder, threads: threads), graph: artefact.graph(recipe),
      data: data ?? self.data(), options: options)
  }

  /// Options for a folder of this bench.
  func options(_ name: String, _ change: (inout TrainingOptions) -> Void = { _ in }) -> TrainingOptions {
    var options = TrainingOptions(directory: "\(folder)/\(name)", checkpointSeconds: nil)
    change(&options)
    return options
  }

  /// The bytes of the named files of a training's folder.
  func bytes(
    _ name: String, _ files: [String] = ["final.safetensors", "best.safetensors", "metrics.jsonl"]
  ) throws -> [[UInt8]] {
    try files.map { try FileSystem.read("\(folder)/\(name)/\($0)") }
  }

  /// The message of what `body` throws.
  static func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }
}
