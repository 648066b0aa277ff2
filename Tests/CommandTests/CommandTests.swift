import Foundation
import Interchange
import Testing

/// Every command and option once, on a model of 59 parameters.
@Suite struct CommandTests {
  /// One command line and what it has to print.
  struct Row: Sendable, CustomTestStringConvertible {
    var arguments: String
    var says: [String]
    /// Files that exist afterwards.
    var leaves: [String] = []
    var lacks: [String] = []
    var testDescription: String { "nncc \(arguments)" }
  }

  static let rows = [
    Row(arguments: "--version", says: ["nncc "]),
    Row(
      arguments: "--help", says: ["USAGE: nncc", "init", "build", "train", "eval", "run", "grad", "verify", "inspect"]),
    Row(arguments: "help train", says: ["--resume", "--threads"]),
    Row(arguments: "init my-net", says: ["wrote my-net.swift", "nncc build my-net.swift"], leaves: ["my-net.swift"]),
    Row(arguments: "init my-net.swift", says: ["wrote my-net.swift"], leaves: ["my-net.swift"]),

    // the figures are those of `Samples.model`
    Row(arguments: "inspect tiny.swift", says: ["tiny: 1×8×8 → 3", "parameters      59 ", "2,316 an image"]),
    Row(
      arguments: "inspect tiny.swift",
      says: ["traffic         inference ", "copies          inference ", "; training ", "compilation     load "],
      lacks: ["clang"]),
    Row(arguments: "inspect tiny.swift --build -O0", says: ["emit", "clang", "audit"]),
    Row(
      arguments: "inspect tiny.swift --passes", says: ["nodes before", "because", "differentiate", "fold-batch-norm"]),
    Row(
      arguments: "inspect tiny.swift --passes --recompute bottleneck --disable-pass simplify",
      says: ["recompute-bottlenecks"], lacks: ["\nsimplify "]),
    Row(arguments: "inspect art", says: ["parameters      59 ", "2,316 an image"]),
    Row(arguments: "inspect art/tiny.nnir", says: ["parameters      59 ", "2,316 an image"]),
    Row(arguments: "inspect tiny.swift --set features=8 classes=2", says: ["1×8×8 → 2", "parameters      106 "]),
    Row(arguments: "inspect tiny.swift --set features=8 --set classes=2", says: ["1×8×8 → 2", "parameters      106 "]),
    Row(arguments: "inspect --set features=8 classes=2 --json tiny.swift", says: ["\"parameters\" : 106"]),
    Row(arguments: "inspect tiny.swift --set biased=false rate=0.125", says: ["parameters      56 "]),
    Row(arguments: "inspect tiny.swift --ops", says: ["convolution", "f32[N,4,8,8]", "2,304", "tiny.swift:16"]),
    Row(
      arguments: "inspect tiny.swift --memory",
      says: ["training: workspace ", " at batch 16, without reuse ", "workspace+0", "draws it"]),
    Row(
      arguments: "inspect tiny.swift --memory -o m.svg", says: ["picture: m.svg m.csv"], leaves: ["m.svg", "m.csv"]),
    Row(arguments: "inspect tiny.swift --memory --batch 1", says: ["f32[1,4,8,8]"], lacks: ["f32[16,"]),
    Row(
      arguments: "inspect tiny.swift --kernels --mode infer",
      says: ["tiny for native at -O2: ", "kernel_", "register tile", "tiny.swift:16"], lacks: ["_backward"]),
    Row(
      arguments: "inspect art --kernels --json",
      says: ["\"kernels\" : [", "_backward", "\"remarks\""]),
    Row(
      arguments: "inspect art --kernels -O0 --mode train --target x86-64-v3",
      says: ["tiny for x86-64-v3 at -O0: ", "nothing is expected of register tiles"]),
    Row(arguments: "inspect tiny.swift --dot", says: ["digraph \"tiny\"", "convolution", "->"]),

    Row(arguments: "build tiny.swift --emit ir", says: ["nnir 1 name \"tiny\" stage raw"], lacks: ["stage typed"]),
    Row(arguments: "build tiny.swift --emit typed", says: ["stage typed", "f32[N,4,8,8]", "\"tiny.swift\":16"]),
    Row(
      arguments: "build tiny.swift --emit step --mode train",
      says: ["// train, batch 16", "stage step", "convolution_backward_weights"], lacks: ["// infer"]),
    Row(
      arguments: "build tiny.swift --emit scheduled --mode infer --batch 2", says: ["stage scheduled", "f32[2,4,8,8]"]),
    Row(arguments: "build art --emit plan --batch 1,16", says: ["infer 1:", "infer 16:", "train 1:", "train 16:"]),
    Row(arguments: "build art/tiny.nnir --emit c", says: ["#include \"tiny.h\"", "tiny_train_16"]),
    Row(arguments: "build tiny.swift --emit typed --time-passes", says: ["infer-types", "nodes before", "time [ms]"]),
    Row(arguments: "build tiny.swift --emit step --time-passes", says: ["differentiate", "\nsimplify "]),
    Row(
      arguments: "build tiny.swift --emit step --time-passes --disable-pass simplify", says: ["differentiate"],
      lacks: ["\nsimplify "]),

    // without optimisation, because nothing is computed with them
    Row(
      arguments: "build tiny.swift -O0 --mode infer", says: ["Generated/tiny: 59 parameters, infer/1 infer/16,"],
      leaves: ["tiny.h", "tiny.c", "libtiny.so", "tiny.nnir", "manifest.json"].map { "Generated/tiny/\($0)" }),
    Row(
      arguments: "build tiny.swift -O0 --mode train -o out/deep", says: ["train/16,"], leaves: ["out/deep/libtiny.so"]),
    Row(arguments: "build art -O0 --jobs 1 --batch 3 -o o", says: ["o: 59 parameters, infer/3 train/3,"]),
    Row(
      arguments: "build tiny.swift -O0 --mode infer -o o --time-passes", says: ["clang", "audit", "fold-batch-norm"]),
    Row(arguments: "build tiny.swift -O0 --mode infer -o o --batch 1,1", says: ["59 parameters, infer/1,"]),

    Row(arguments: "eval art --weights w.safetensors --data idx", says: ["loss ", "accuracy ", "on 20 images of idx"]),
    Row(
      arguments: "eval art --weights w.safetensors --data idx --json",
      says: ["\"accuracy\":", "\"images\":20", "\"loss\":"]),
    Row(
      arguments: "eval art --weights w.safetensors --data batch.npz",
      says: ["on 16 images of batch (training images: the data set has no test images)"]),
    Row(arguments: "eval art/tiny.nnir -O0 --weights w.safetensors --data idx --batch 7", says: ["on 20 images"]),
    Row(arguments: "run art --weights w.safetensors --input x.npy -o y.npz", says: [], leaves: ["y.npz"]),
    Row(
      arguments: "grad art -O0 --weights w.safetensors --input batch.npz -o g.safetensors", says: [],
      leaves: ["g.safetensors"]),
    Row(
      arguments: "verify tiny.swift -O0",
      says: ["ok   compiled infer", "ok   compiled gradient", "ok   compiled train"],
      lacks: ["FAIL", "pass differentiate", "central differences"]),
    Row(
      arguments: "verify art -O0 --every-pass --every-value --grad --batch 2 --seed 5 --verbose",
      says: ["pass differentiate", "pass fold-batch-norm", "every value of train", "differences", "logits"],
      lacks: ["FAIL"]),
  ]

  @Test(arguments: rows) func prints(_ row: Row) throws {
    try Bench.with { bench in
      let before = bench.listing()
      let outcome = try bench.nncc(row.arguments.split(separator: " ").map(String.init))
      #expect(outcome.code == 0, "\(outcome.everything)")
      #expect(outcome.errors == "")
      for text in row.says { #expect(outcome.output.contains(text), "expected \(text) in:\n\(outcome.everything)") }
      for text in row.lacks { #expect(!outcome.output.contains(text), "found \(text) in:\n\(outcome.everything)") }
      let after = bench.listing()
      for file in row.leaves {
        #expect(after.contains { $0.hasPrefix("\(file) ") }, "expected \(file), found \(after)")
      }
      if row.leaves.isEmpty && !row.arguments.contains(" -o ") { #expect(after == before) }
    }
  }

  /// `--emit` prints what the next stage reads, and the C of an artefact, in one piece where the artefact has several.
  @Test func emittedTextIsWhatIsUsed() throws {
    try Bench.with { bench in
      for stage in ["ir", "typed"] {
        try bench.write(try bench.succeed("build", "tiny.swift", "--emit", stage), to: "\(stage).nnir")
        let figures = withoutTimes(try bench.succeed("inspect", "\(stage).nnir"))
        let expected = withoutTimes(try bench.succeed("inspect", "tiny.swift"))
        #expect(figures == expected)
      }
      try bench.succeed("build", "tiny.swift", "-O0", "--mode", "infer", "--batch", "1", "-o", "o")
      let small = try bench.succeed("build", "tiny.swift", "-O0", "--mode", "infer", "--batch", "1", "--emit", "c")
      #expect(try bench.text("o/tiny.c") == small)

      func kernels(_ text: String) -> [String] {
        text.components(separatedBy: "static NOINLINE void kernel_").dropFirst().compactMap {
          $0.components(separatedBy: "\n}\n").first
        }
      }
      let whole = try bench.succeed("build", "tiny.swift", "--emit", "c", "--batch", "1,16")
      let files = try FileManager.default.contentsOfDirectory(atPath: bench.path("art")).filter { $0.hasSuffix(".c") }
      #expect(files.count > 2 && kernels(whole).count > 20)
      #expect(try files.flatMap { kernels(try bench.text("art/\($0)")) }.sorted() == kernels(whole).sorted())
    }
  }

  @Test func dumpsGoToStandardError() throws {
    try Bench.with { bench in
      let outcome = try bench.nncc(
        ["build", "tiny.swift", "--emit", "typed", "--dump-after", "infer-types"])
      #expect(outcome.code == 0)
      #expect(outcome.errors == "// after infer-types\n" + outcome.output)
    }
  }

  /// Options that do nothing are said to, and change nothing.
  @Test(arguments: [
    ("build tiny.swift --emit typed -o o", "-o o is ignored: --emit typed prints"),
    ("build tiny.swift --emit ir --dump-after simplify", "--dump-after simplify is ignored: the pass did not run"),
    (
      "eval art --weights w.safetensors --data idx -O0 --target aarch64 --disable-pass simplify",
      "--disable-pass simplify, --target aarch64, -O0 is ignored: art is used as it was built"
    ),
  ])
  func ignoredOptionsAreNamed(arguments: String, warning: String) throws {
    try Bench.with { bench in
      let before = bench.listing()
      let outcome = try bench.nncc(arguments.split(separator: " ").map(String.init))
      #expect(outcome.code == 0 && outcome.errors == "warning: \(warning)\n", "\(outcome.everything)")
      #expect(bench.listing() == before)
    }
  }

  /// An artefact's own picture goes into its directory, and the artefact stays whole.
  @Test func memoryOfAnArtefactIsDrawnBesideIt() throws {
    try Bench.with { bench in
      try bench.copyArtefact()
      #expect(try bench.succeed("inspect", "art", "--memory").contains("picture: art/memory.svg art/memory.csv"))
      #expect(try bench.text("art/memory.svg").hasSuffix("</svg>\n"))
      #expect(try bench.text("art/memory.csv").hasPrefix("value,kind,first_row,last_row,offset,bytes\n"))
      #expect(try bench.succeed("inspect", "art").contains("parameters      59 "))
    }
  }

  @Test func inspectGivesOneObjectOfJSON() throws {
    try Bench.with { bench in
      let text = try bench.succeed("inspect", "tiny.swift", "--json")
      let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(object["parameters"] as? Int == 59)
      #expect(object["multiplyAdds"] as? Int == 2316)
      #expect(object["input"] as? [Int] == [1, 8, 8])
    }
  }

  /// A loss that is no number is no JSON number either; a classifier's bias makes it one.
  @Test func lossesThatAreNoNumberAreText() throws {
    try Bench.with { bench in
      var tensors = try Safetensors.read(bench.path("w.safetensors")).tensors
      let index = try #require(tensors.firstIndex { $0.name == "classifier.bias" })
      tensors[index] = NamedTensor("classifier.bias", shape: [3], floats: [.nan, 0, 0])
      try Safetensors.write(tensors, to: bench.path("nan.safetensors"))
      let text = try bench.succeed("eval", "art", "--weights", "nan.safetensors", "--data", "idx", "--json")
      let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(object["loss"] as? String == "nan")
      #expect(object["images"] as? Int == 20)
    }
  }

  /// From images to images, without training: everything but training works, and outputs keep their extents.
  @Test func networksThatOnlyCompute() throws {
    try Bench.with { bench in
      try bench.write(Samples.filter, to: "filter.swift")
      try Safetensors.write([], to: bench.path("none.safetensors"))
      #expect(try bench.succeed("inspect", "filter.swift").contains("filter: 1×8×8 → 1×4×4"))
      #expect(try bench.succeed("build", "filter.swift", "-O0", "-o", "o").contains("0 parameters, infer/1,"))
      #expect(try bench.succeed("verify", "filter.swift", "-O0").contains("ok   compiled infer"))
      let input = try NPY.read(bench.path("x.npy"), name: "x")
      let values = try #require(input.floats())
      // the mean of each 2×2 window of the positive parts, by hand
      let expected = (0..<(37 * 16)).map { index -> Float in
        let corner = index / 16 * 64 + index / 4 % 4 * 16 + index % 4 * 2
        return [0, 1, 8, 9].map { max(0, values[corner + $0]) }.reduce(0, +) / 4
      }
      for model in [["o"], ["filter.swift", "--interpret"]] {
        let arguments = ["run"] + model + ["--weights", "none.safetensors", "--input", "x.npy", "-o", "y.npz"]
        let outcome = try bench.nncc(arguments)
        #expect(outcome.code == 0, "\(outcome.everything)")
        let found = try NPZ.read(bench.path("y.npz")).tensor("y")
        #expect(found.type == "f32[37,1,4,4]")
        #expect(zip(found.floats() ?? [], expected).allSatisfy { abs($0 - $1) < 1e-6 })
      }
      let refused = try bench.nncc(["train", "filter.swift", "--data", "idx", "--out", "t"])
      #expect(refused.code == 1 && refused.errors.contains("expected a model with a training recipe, found none"))
    }
  }

  /// What is built for a family of CPUs needs that family's features, whatever this machine has.
  @Test func targetsDecideTheFeatures() throws {
    struct Part: Decodable { var target: String, features: [String] }
    try Bench.with { bench in
      for (target, features) in [("x86-64-v2", ["sse4_2"]), ("x86-64-v3", ["sse4_2", "avx2", "fma"])] {
        try bench.succeed("build", "tiny.swift", "-O0", "--mode", "infer", "--target", target, "-o", target)
        let manifest = try JSONDecoder().decode(Part.self, from: Data(try bench.bytes("\(target)/manifest.json")))
        #expect(manifest.target == target)
        #expect(Set(manifest.features).isSuperset(of: features))
        #expect(manifest.features.contains("avx2") == features.contains("avx2"))
        #expect(!manifest.features.contains("avx512f"))
      }
    }
  }

  /// With Debian's cross package an Intel machine builds for ARM; without it `BadMachineTests` knows what is said.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/aarch64-linux-gnu/include/stdint.h")))
  func foreignTargetsAreBuilt() throws {
    try Bench.with { bench in
      try bench.succeed("build", "tiny.swift", "--target", "aarch64", "--batch", "1", "-o", "o")
      // e_machine of the ELF header: EM_AARCH64
      #expect(try bench.bytes("o/libtiny.so")[18] == 183)
    }
  }

  /// The second build finds everything, and files keep their bytes and times.
  @Test func unchangedModelsAreNotCompiledAgain() throws {
    try Bench.with { bench in
      let arguments = ["build", "tiny.swift", "-O0", "--mode", "infer", "-o", "o"]
      #expect(try bench.nncc(arguments).code == 0)
      func times() throws -> [Date] {
        try ["libtiny.so", "tiny.c", "tiny.h", "tiny.nnir"].compactMap {
          try FileManager.default.attributesOfItem(atPath: bench.path("o/\($0)"))[.modificationDate] as? Date
        }
      }
      let before = try times()
      let second = try bench.nncc(arguments)
      #expect(second.output.contains("(unchanged)"))
      #expect(try times() == before)
    }
  }

  /// The manifest says which of several models in a directory is meant.
  @Test func theLastOfTwoModelsInOneDirectoryCounts() throws {
    try Bench.with { bench in
      try bench.copyArtefact()
      try bench.write(Samples.regression, to: "regression.swift")
      try bench.succeed("build", "regression.swift", "-O0", "--mode", "infer", "-o", "art")
      let expected = withoutTimes(try bench.succeed("inspect", "regression.swift"))
      #expect(withoutTimes(try bench.succeed("inspect", "art")) == expected)
    }
  }

  /// From a new model to checked gradients, on images that are not the template's 28×28.
  @Test func aNewModelGoesAllTheWay() throws {
    try Bench.with { bench in
      try bench.succeed("init", "my-net")
      let model = ["my-net.swift", "--set", "features=3", "height=8", "width=8", "classes=3", "-O0"]
      func step(_ command: String, _ rest: String...) throws -> Executable.Outcome {
        let outcome = try bench.nncc([command] + model + rest)
        #expect(outcome.code == 0, "\(command): \(outcome.everything)")
        return outcome
      }
      _ = try step("build", "-o", "art2", "--batch", "16")
      let trained = try step("train", "--data", "idx", "--batch", "16", "--epochs", "2", "--out", "run")
      #expect(trained.output.contains("2 epochs of 4 steps") && trained.output.contains("\nepoch 2 "))
      for file in ["final", "best", "checkpoint"] { #expect(try !bench.bytes("run/\(file).safetensors").isEmpty) }
      #expect(try bench.text("run/metrics.jsonl").split(separator: "\n").count == 2)
      #expect(try bench.text("run/curves.svg").contains("<svg"))
      #expect(try bench.text("run/curves.csv").split(separator: "\n").count == 3)
      let weights = "run/final.safetensors"
      let measured = try step("eval", "--weights", weights, "--data", "idx", "--batch", "16")
      // training ends with the same measurement
      let accuracy = try #require(measured.output.split(separator: ",").last?.split(separator: "%").first)
      #expect(trained.output.contains("test: loss") && trained.output.contains(accuracy))
      _ = try step("run", "--weights", weights, "--input", "x.npz", "-o", "y.npz")
      _ = try step("grad", "--weights", weights, "--input", "batch.npz", "-o", "g.safetensors")
      #expect(try step("verify").output.contains("ok   compiled train"))
    }
  }
}

/// A report of `inspect` without the line that differs from run to run.
private func withoutTimes(_ report: String) -> String {
  report.split(separator: "\n").filter { !$0.hasPrefix("compilation") }.joined(separator: "\n")
}
