import ArtefactABI
import Foundation
import Runtime

/// A hand-written artefact that computes y = gate · (w·x + bias), with the contract's functions around it.
///
/// It stands in for the compiler's output: `prepare` transposes w and counts its calls behind it; training follows
/// loss = mean of y at the label by SGD with momentum 1; inference leaves the sum of all |x| in its workspace.
struct LinearArtefact {
  var manifest: Manifest
  /// Text of the metadata function where it is not the manifest's JSON.
  var metadata: String?
  var source = LinearArtefact.source

  init() {
    func tensor(_ name: String, _ shape: [Int], _ offset: Int, slot: String? = nil) -> Manifest.Tensor {
      Manifest.Tensor(name: name, shape: shape, offset: offset, slot: slot)
    }
    let sum = [tensor("sum", [], 0)]
    func entry(_ mode: Manifest.Mode, _ batch: Int, _ outputs: [Manifest.Tensor]) -> Manifest.Entry {
      Manifest.Entry(
        symbol: ArtefactSymbol.entry("linear", mode, batch: batch), mode: mode, batch: batch, workspace: 64,
        outputs: outputs, outputBytes: 256, values: mode == .infer ? sum : [])
    }
    let training = [tensor("loss", [], 0), tensor("logits", [2, 2], 64), tensor("threads", [], 128)]
    manifest = Manifest(
      name: "linear", signature: "s1", build: "b1", target: "x86-64-v2", features: [], inputShape: [3],
      outputShape: [2], loss: "softmax_cross_entropy", parameters: [tensor("fc.weight", [2, 3], 0)],
      state: [tensor("fc.bias", [2], 0)], optimizer: [tensor("fc.weight", [2, 3], 0, slot: "momentum")],
      parameterBytes: 64, stateBytes: 64, optimizerBytes: 64, preparedBytes: 64, constantBytes: 0, scratchBytes: 64,
      gates: [Manifest.Gate(name: "block", survival: 0.5)],
      entries: [
        entry(.infer, 1, [tensor("logits", [1, 2], 0)]), entry(.infer, 4, [tensor("logits", [4, 2], 64)]),
        entry(.train, 2, training), entry(.gradient, 2, training),
      ])
  }

  /// Compiles and writes the artefact into a folder; returns the folder.
  @discardableResult
  func build(into directory: String, cache: ContentCache) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let json = String(decoding: try encoder.encode(manifest), as: UTF8.self)
    let text = metadata ?? json
    let literal = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    let export = "__attribute__((visibility(\"default\"))) "
    let unit = CompilationUnit(
      name: "linear.c",
      source: "#include \"linear.h\"\n"
        + source
        + "\(export)const char *linear_metadata(void);\nconst char *linear_metadata(void) { return \"\(literal)\"; }\n")
    let toolchain = try ClangToolchain.find()
    let builder = SharedLibraryBuilder(
      toolchain: toolchain, target: try toolchain.describe(.native), cache: cache, jobs: 2)
    _ = try builder.build(
      name: "linear", units: [unit], headers: [CompilationUnit(name: "linear.h", source: Self.header)], into: directory)
    try FileSystem.write(Array(json.utf8), to: "\(directory)/manifest.json")
    return directory
  }

  static var header: String {
    let fields = ArgumentField.allCases.map { "  \($0.cType) \($0.rawValue);\n" }.joined()
    return "#include <stddef.h>\n#include <stdint.h>\nstruct linear_arguments {\n\(fields)};\n"
      + "_Static_assert(sizeof(struct linear_arguments) == \(ArgumentField.structureSize), \"size\");\n"
  }

  static let source = #"""
    #define EXPORT __attribute__((visibility("default")))
    typedef const struct linear_arguments *arguments;
    EXPORT int linear_closed;
    EXPORT int linear_closed = 0;
    EXPORT size_t linear_pool_bytes(int threads);
    size_t linear_pool_bytes(int threads) { return 64 * (size_t)threads; }
    EXPORT int linear_pool_open(void *storage, int threads);
    int linear_pool_open(void *storage, int threads) {
      if (threads == 13) return 11;
      *(int *)storage = threads;
      return 0;
    }
    EXPORT void linear_pool_close(void *storage);
    void linear_pool_close(void *storage) { linear_closed += *(int *)storage; }

    EXPORT int linear_prepare(arguments a);
    int linear_prepare(arguments a) {
      for (int o = 0; o < 2; o++) for (int i = 0; i < 3; i++) a->prepared[i * 2 + o] = a->parameters[o * 3 + i];
      a->prepared[6] += 1;
      return 0;
    }

    static int infer(arguments a, int batch, float *y) {
      if (a->gates == 0 || a->labels != 0 || a->target != 0 || a->reserved != 0) return 2;
      if (((uintptr_t)a->input | (uintptr_t)a->parameters | (uintptr_t)a->workspace) % 64) return 3;
      float sum = 0;
      for (int n = 0; n < batch; n++) {
        for (int o = 0; o < 2; o++) {
          float v = a->state[o];
          for (int i = 0; i < 3; i++) v += a->input[n * 3 + i] * a->prepared[i * 2 + o];
          y[n * 2 + o] = v * a->gates[0];
        }
        for (int i = 0; i < 3; i++) sum += a->input[n * 3 + i] < 0 ? -a->input[n * 3 + i] : a->input[n * 3 + i];
      }
      *(float *)a->workspace = sum;
      return 0;
    }
    EXPORT int linear_infer_1(arguments a);
    int linear_infer_1(arguments a) { return infer(a, 1, a->output); }
    EXPORT int linear_infer_4(arguments a);
    int linear_infer_4(arguments a) { return infer(a, 4, a->output + 16); }

    EXPORT int linear_gradient_2(arguments a);
    int linear_gradient_2(arguments a) {
      if (a->seed == 666) return 9;
      float loss = 0;
      for (int k = 0; k < 6; k++) a->gradients[k] = 0;
      for (int n = 0; n < 2; n++) {
        for (int o = 0; o < 2; o++) {
          float v = a->state[o];
          for (int i = 0; i < 3; i++) v += a->input[n * 3 + i] * a->parameters[o * 3 + i];
          a->output[16 + n * 2 + o] = v * a->gates[0];
        }
        int o = (int)a->labels[n];
        loss += a->output[16 + n * 2 + o] / 2;
        for (int i = 0; i < 3; i++) a->gradients[o * 3 + i] += a->gates[0] * a->input[n * 3 + i] / 2;
      }
      a->output[0] = loss;
      a->output[32] = a->pool ? (float)*(int *)a->pool : 0;
      for (int t = 0; t < (a->pool ? *(int *)a->pool : 1); t++) a->scratch[64 * t + 63] = 1;
      return 0;
    }
    EXPORT int linear_train_2(arguments a);
    int linear_train_2(arguments a) {
      int code = linear_gradient_2(a);
      if (code) return code;
      for (int k = 0; k < 6; k++) {
        a->optimizer[k] = a->gradients[k] + (a->step == 0 ? 0 : a->optimizer[k]);
        a->parameters[k] -= a->learning_rate * a->optimizer[k];
      }
      a->state[0] += 1;
      return 0;
    }

    """#
}
