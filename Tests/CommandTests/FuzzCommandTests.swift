import Foundation
import Testing

/// `nncc fuzz`, `nncc reduce` and `nncc mutate`, with mistakes planted in the compiler.
@Suite struct FuzzCommandTests {
  /// Twenty-two nodes; the join is computed wrongly under the mistake `concat-offset`.
  private static let model = """
    nnir 1 name "planted" stage raw
    recipe loss softmax_cross_entropy optimizer [sgd, 0.875, 0.0, true, 0.03125] learning_rate [0.0625, constant, 0.0, 0.0] batch 3 epochs 1 augmentation [] normalization per_channel validation 0.0
    %0 = input : f32[N,3,5,5]
    %1 = parameter name "a.weight" init [he_normal, fan_in] : f32[4,3,3,3]
    %2 = convolution %0 %1 strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1 : f32[N,4,5,5]
    %3 = parameter name "n.weight" init [constant, 1.0] : f32[4]
    %4 = parameter name "n.bias" init [constant, 0.0] : f32[4]
    %5 = state name "n.running_mean" init [constant, 0.0] : f32[4]
    %6 = state name "n.running_var" init [constant, 1.0] : f32[4]
    %7 = batch_norm %2 %3 %4 %5 %6 epsilon 0.015625 momentum 0.125 : f32[N,4,5,5]
    %8 = relu %7 : f32[N,4,5,5]
    %9 = parameter name "b.weight" init [he_normal, fan_in] : f32[2,4,1,1]
    %10 = convolution %8 %9 strides [1, 1] pad_begin [0, 0] pad_end [0, 0] dilations [1, 1] groups 1 : f32[N,2,5,5]
    %11 = tanh %10 : f32[N,2,5,5]
    %12 = concat %8 %11 axis 1 : f32[N,6,5,5]
    %13 = average_pool %12 kernel [2, 2] strides [2, 2] pad_begin [0, 0] pad_end [0, 0] ceil_mode false count_include_pad true : f32[N,6,2,2]
    %14 = sigmoid %13 : f32[N,6,2,2]
    %15 = global_average_pool %14 : f32[N,6]
    %16 = parameter name "c.weight" init lecun_uniform : f32[5,6]
    %17 = parameter name "c.bias" init [constant, 0.0] : f32[5]
    %18 = linear %15 %16 %17 : f32[N,5]
    output "y" %18

    """

  private static func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("nncc-fuzz-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try model.write(toFile: "\(path)/planted.nnir", atomically: true, encoding: .utf8)
    return path
  }

  private static let mistake = ["NNCC_MUTATION": "concat-offset"]

  /// Expected: by hand. A join of two values is two nodes; ten are allowed.
  @Test func reduceFindsThePlantedMistake() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let reduced = try Executable.run(
      ["reduce", "planted.nnir", "--output", "small.nnir"], in: folder, environment: Self.mistake)
    #expect(reduced.code == 0, "\(reduced.everything)")
    let text = try String(contentsOfFile: "\(folder)/small.nnir", encoding: .utf8)
    let nodes = text.split(separator: "\n").filter { $0.hasPrefix("%") }
    #expect(nodes.count <= 10, "\(text)")
    #expect(text.contains(" concat "), "\(text)")

    // the line that it prints repeats the failure, and only with the mistake
    let line = reduced.output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(line.hasPrefix("nncc fuzz ") && !line.contains("\n"), "\(line)")
    let words = line.split(separator: " ").dropFirst().map(String.init)
    #expect(try Executable.run(words, in: folder, environment: Self.mistake).code == 3)
    let healthy = try Executable.run(words, in: folder)
    #expect(healthy.code == 0, "\(healthy.everything)")
  }

  @Test func reduceSaysThatNothingFails() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let outcome = try Executable.run(["reduce", "planted.nnir"], in: folder)
    #expect(outcome.code == 0)
    #expect(outcome.output == "planted.nnir: nothing fails\n")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/reduced.nnir"))
  }

  /// A name that no mistake has stops every worker: what a crash of the compiler looks like from outside.
  @Test func crashesAreFailures() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let outcome = try Executable.run(
      ["fuzz", "--files", "planted.nnir"], in: folder, environment: ["NNCC_MUTATION": "no-such-mistake"])
    #expect(outcome.code == 3, "\(outcome.everything)")
    #expect(outcome.output.contains("went down"), "\(outcome.everything)")
  }

  /// Network 0 alone cannot show what becomes of ties.
  @Test(arguments: [("adjoint-replaced", "25", Int32(0), "1 of 1"), ("max-pool-tie", "1", 3, "0 of 1")])
  func mutateTellsWhatIsNoticed(mistake: String, count: String, code: Int32, summary: String) throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let outcome = try Executable.run(["mutate", "--only", mistake, "--count", count], in: folder)
    #expect(outcome.code == code, "\(outcome.everything)")
    #expect(outcome.output.contains("\(summary) mistakes noticed"), "\(outcome.everything)")
  }
}
