import Foundation
import Interchange
import Testing

/// `nncc bench` on the tiny model.
@Suite struct BenchCommandTests {
  /// What cannot be measured is refused with what was expected, before anything is compiled or written.
  @Test(arguments: [
    ("--batch 0", "--batch: expected at least 1, found 0"),
    ("--seconds 0", "--seconds: expected more than 0 and at most 3600, found 0.0"),
    ("--threads 0", "--threads: expected 1 to 1024, found 0"),
    ("--mode gradient", "Please provide one of 'infer' and 'train'"),
    ("--math quick", "Please provide one of 'exact' and 'fast'"),
    ("--svg picture.png", "--svg: expected a name that ends in .svg, found picture.png"),
    ("--report tiny.swift", "tiny.swift: expected a report that --report began, or no file, found another text"),
    ("--weights none.safetensors", "none.safetensors"),
    ("--weights w.safetensors --set features=5", "expected \"conv.weight\" of f32[5,1,3,3], found f32[4,1,3,3]"),
    ("--batch 2 --input batch.npz", "expected 2 images in \"x\", as many as a call takes, found 16"),
    ("--batch 16 --input batch.npz --set height=9", "expected float32 inputs of shape"),
    ("--mode train --batch 16 --input batch.npz --set classes=2", "expected labels from 0 to 1 in \"y\""),
  ])
  func whatDoesNotFitIsRefused(arguments: String, message: String) throws {
    try Bench.with { bench in
      let before = bench.listing()
      let outcome = try bench.nncc(["bench", "tiny.swift"] + arguments.split(separator: " ").map(String.init))
      #expect(outcome.code == 1 && outcome.output.isEmpty, "\(outcome.everything)")
      #expect(outcome.errors.contains("error: ") && outcome.errors.contains(message), "\(outcome.everything)")
      #expect(bench.listing() == before)
    }
  }

  @Test func modelsWithoutRecipeDoNotTrain() throws {
    try Bench.with { bench in
      try bench.write(Samples.filter, to: "filter.swift")
      let outcome = try bench.nncc(["bench", "filter.swift", "--mode", "train"])
      #expect(outcome.code == 1 && outcome.errors.contains("expected a model with a training recipe, found none"))
      #expect(try bench.succeed("bench", "filter.swift", "--seconds", "0.01").contains("filter: infer, batch 1"))
    }
  }

  /// What `bench --json` prints; names are the contract with other programs.
  struct Result: Decodable {
    struct Kernel: Decodable {
      var kernel: String, rows: Int, calls: Int, ms: Double, share: Double, multiplyAdds: Int, gflops: Double
      var shareOfPeak: Double, bytes: Int, gigabytesPerSecond: Double
    }
    struct Row: Decodable { var row: Int, kernel: String, note: String, origin: String?, share: Double }
    struct Profile: Decodable {
      var waitingShare: Double, callMs: Double, calls: Int, kernels: [Kernel], rows: [Row]
    }
    struct Machine: Decodable { var cpu: String, cores: Int }
    var name: String, mode: String, batch: Int, threads: Int, math: String, target: String, calls: Int
    var medianMs: Double, minMs: Double, p25Ms: Double, p75Ms: Double, spread: Double, imagesPerSecond: Double
    var multiplyAdds: Int, gflops: Double, peakGflops: Double, shareOfPeak: Double
    var trafficBytes: Int, minimumTrafficBytes: Int
    var machine: Machine, profile: Profile?
  }

  private func result(_ bench: Bench, _ arguments: String) throws -> Result {
    let words = ["bench"] + arguments.split(separator: " ").map(String.init) + ["--seconds", "0.02", "--json"]
    let outcome = try bench.nncc(words)
    #expect(outcome.code == 0, "\(outcome.everything)")
    #expect(outcome.output.contains("\"median_ms\" : "))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Result.self, from: Data(outcome.output.utf8))
  }

  /// 2,316 multiply-adds an image (see `Samples.model`); training adds both gradients of the classifier's 12, and of the
  /// convolution's 2,304 that of the weights.
  @Test(arguments: [
    ("tiny.swift --batch 16 --input batch.npz --weights w.safetensors --math fast --threads 2", "infer", 16, 2316),
    ("tiny.swift --mode train --threads 1", "train", 16, 2 * 2304 + 3 * 12), ("art --threads 1", "infer", 1, 2316),
    ("tiny.swift --mode train --batch 16 --input batch.npz --threads 1", "train", 16, 2 * 2304 + 3 * 12),
  ])
  func figuresFitTogether(arguments: String, mode: String, batch: Int, multiplyAdds: Int) throws {
    try Bench.with { bench in
      let found = try result(bench, arguments)
      #expect(found.name == "tiny" && found.mode == mode && found.batch == batch && found.multiplyAdds == multiplyAdds)
      #expect(found.threads == (arguments.hasSuffix("2") ? 2 : 1) && found.target == "native")
      #expect(found.math == (arguments.contains("fast") ? "fast" : "exact"))
      #expect(found.calls >= 3 && found.machine.cores >= 1 && found.profile == nil)
      #expect(0 < found.minMs && found.minMs <= found.p25Ms)
      #expect(found.p25Ms <= found.medianMs && found.medianMs <= found.p75Ms)
      func equal(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-6 * max(abs(a), abs(b)) }
      #expect(equal(found.imagesPerSecond, Double(batch) / found.medianMs * 1e3))
      #expect(equal(found.gflops, 2 * Double(multiplyAdds * batch) / found.medianMs * 1e-6))
      #expect(equal(found.shareOfPeak, found.gflops / found.peakGflops))
      #expect(equal(found.spread, (found.p75Ms - found.p25Ms) / found.medianMs))
      #expect(0 < found.minimumTrafficBytes && found.minimumTrafficBytes <= found.trafficBytes)
    }
  }

  /// The planned traffic is the one that `inspect` shows.
  @Test func trafficIsThatOfInspect() throws {
    struct Figures: Decodable { var inferenceTrafficBytes: Int, trainingTrafficBytes: Int }
    try Bench.with { bench in
      let text = try bench.succeed("inspect", "tiny.swift", "--batch", "16", "--json")
      let figures = try JSONDecoder().decode(Figures.self, from: Data(text.utf8))
      #expect(try result(bench, "tiny.swift --batch 16").trafficBytes == figures.inferenceTrafficBytes)
      #expect(try result(bench, "tiny.swift --mode train").trafficBytes == figures.trainingTrafficBytes)
    }
  }

  /// Shares of kernels and of waiting make a whole, without gates every row runs in every call, and each multiply-add of
  /// the step is some kernel's.
  @Test func kernelsMakeUpTheCall() throws {
    try Bench.with { bench in
      let found = try result(bench, "tiny.swift --mode train --kernels --threads 2")
      let profile = try #require(found.profile)
      #expect(abs(profile.kernels.reduce(profile.waitingShare) { $0 + $1.share } - 1) < 1e-6)
      #expect(profile.kernels.allSatisfy { $0.calls == $0.rows && $0.ms >= 0 && $0.bytes > 0 })
      #expect(profile.kernels.reduce(0) { $0 + $1.rows } == profile.rows.count)
      #expect(profile.kernels.reduce(0) { $0 + $1.multiplyAdds } == 16 * found.multiplyAdds)
      #expect(profile.kernels.reduce(0) { $0 + $1.bytes } / 16 == found.trafficBytes)
      #expect(Set(profile.rows.map(\.kernel)) == Set(profile.kernels.map(\.kernel)))
      #expect(profile.rows.map(\.row) == Array(profile.rows.indices))
      // the convolution stands in line 16 of the model
      #expect(profile.rows.contains { $0.origin == "tiny.swift:16" && $0.note.contains("convolution") })
    }
  }

  @Test func tablesPicturesAndReports() throws {
    try Bench.with { bench in
      let arguments = "tiny.swift --mode train --seconds 0.02 --threads 1 --kernels --svg roof.svg --report bench.md"
      let first = try bench.nncc(["bench"] + arguments.split(separator: " ").map(String.init))
      #expect(first.code == 0, "\(first.everything)")
      for line in ["tiny: train, batch 16, 1 thread, exact, native\n", "\nkernel ", "\nwaiting ", "\nrow  kernel "] {
        #expect(first.output.contains(line), "\(line)")
      }
      #expect(first.output.contains("picture: roof.csv roof.svg"))
      #expect(try bench.text("roof.csv").hasPrefix("number,kernel,flop_per_byte,gflops,roof_gflops,share_of_time\n1,"))
      #expect(try bench.text("roof.svg").contains("</svg>"))
      let before = try bench.text("bench.md")
      try bench.succeed(
        "bench", "tiny.swift", "--seconds", "0.02", "--threads", "1", "--set", "features=3", "--report", "bench.md")
      let after = try bench.text("bench.md")
      #expect(before.hasPrefix("# Benchmarks\n") && after.hasPrefix(before))
      #expect(before.contains("| tiny.swift | train | 16 | 1 | exact | "))
      #expect(after.dropFirst(before.count).hasPrefix("| tiny.swift features=3 | infer | 1 | 1 | exact | "))
      // another table is not ours to go on with
      try bench.write("| a |\n", to: "other.md")
      let refused = try bench.nncc(["bench", "tiny.swift", "--report", "other.md"])
      #expect(refused.code == 1 && refused.errors.contains("expected a report that --report began"))
      #expect(try bench.text("other.md") == "| a |\n")
    }
  }
}
