import ArtefactABI
import Foundation

/// An artefact named `toy` with two entries, and the header it should have, written out by hand from the contract.
enum Toy {
  static let manifest = Manifest(
    name: "toy", signature: "s", build: "b", target: "x86-64-v3", features: [], inputShape: [4], outputShape: [2],
    loss: nil, parameters: [], state: [], optimizer: [], parameterBytes: 0, stateBytes: 0, optimizerBytes: 0,
    preparedBytes: 0, constantBytes: 0, scratchBytes: 0, gates: [],
    entries: [
      Manifest.Entry(symbol: "toy_infer_1", mode: .infer, batch: 1, workspace: 0, outputs: [], outputBytes: 8),
      Manifest.Entry(symbol: "toy_train_64", mode: .train, batch: 64, workspace: 0, outputs: [], outputBytes: 8),
    ])

  static let header = """
    #ifndef TOY_H
    #define TOY_H

    #include <stddef.h>
    #include <stdint.h>

    #ifdef __cplusplus
    extern "C" {
    #endif

    struct toy_arguments {
      float *parameters;
      float *optimizer;
      float *state;
      float *gradients;
      unsigned char *workspace;
      float *prepared;
      const float *constants;
      unsigned char *scratch;
      const float *input;
      const int64_t *labels;
      const float *target;
      float *output;
      const unsigned char *gates;
      void *pool;
      uint64_t seed;
      uint64_t step;
      float learning_rate;
      uint32_t reserved;
    };

    const char *toy_metadata(void);
    int toy_prepare(const struct toy_arguments *arguments);
    size_t toy_pool_bytes(int threads);
    int toy_pool_open(void *storage, int threads);
    void toy_pool_close(void *storage);
    int toy_infer_1(const struct toy_arguments *arguments);
    int toy_train_64(const struct toy_arguments *arguments);

    #ifdef __cplusplus
    }
    #endif

    #endif

    """

  /// C that defines what the header declares; `extra` comes first, `body` inside every function's loop.
  static func implementation(extra: String = "", body: String = "") -> String {
    header + """
      #include <math.h>
      \(extra)
      typedef int (*kernel)(float *, int);
      static int exponential(float *x, int n) { for (int i = 0; i < n; i++) x[i] = expf(x[i]); return 0; }
      static int logarithm(float *x, int n) { for (int i = 0; i < n; i++) x[i] = logf(x[i]); return 0; }
      static const kernel table[] = {exponential, logarithm};
      const char *toy_metadata(void) { return "{}"; }
      int toy_prepare(const struct toy_arguments *a) { return table[a->step & 1](a->prepared, 8); }
      size_t toy_pool_bytes(int threads) { return (size_t)threads; }
      int toy_pool_open(void *storage, int threads) { (void)storage; return threads; }
      void toy_pool_close(void *storage) { (void)storage; }
      int toy_infer_1(const struct toy_arguments *a) { return table[a->seed & 1](a->output, 8); }
      int toy_train_64(const struct toy_arguments *a) { \(body) return table[a->seed & 1](a->output, 64); }

      """
  }
}

/// A directory that is removed when its owner goes.
final class Scratch: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "audit-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws -> String {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    return "\(path)/\(name)"
  }

  /// Compiles C text into a shared object with the given compiler and returns its path.
  func library(_ text: String, compiler: String, flags: [String] = []) throws -> String {
    let source = try write(text, to: "toy.c")
    let output = "\(path)/libtoy.so"
    let arguments = ["-std=gnu11", "-O2", "-fPIC", "-shared"] + flags + [source, "-o", output, "-lm"]
    let result = try run(compiler, arguments)
    guard result.status == 0 else { throw Failure(text: result.output) }
    return output
  }

  struct Failure: Error { var text: String }

  /// Runs a program found on the PATH to its end.
  func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws
    -> (status: Int32, output: String)
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
