import Foundation
import Interchange
import Testing

/// `--gates` and `--drop` on a model with two blocks that training may leave out.
@Suite struct GateCommandTests {
  static let model = """
    import NNCC

    @main struct Deep: Network {
      var channels = 1, height = 8, width = 8
      var survival = 0.5

      var recipe: Recipe { Recipe(optimizer: .sgd(momentum: 0.9, weightDecay: 1e-3), batch: 16, epochs: 2) }

      func callAsFunction(_ image: Tensor) -> Tensor {
        var x = image.conv2d(4, kernel: 3, name: "stem").relu()
        x = residualBlock(x, channels: 4, survival: 0.75, name: "first")
        x = residualBlock(x, channels: 6, stride: 2, survival: survival, name: "second")
        return x.globalAveragePool().linear(3, name: "classifier")
      }
    }

    """

  private func bench(_ body: (Bench) throws -> Void) throws {
    try Bench.with { bench in
      try bench.write(Self.model, to: "deep.swift")
      try bench.succeed("train", "deep.swift", "-O0", "--data", "idx", "--out", "w", "--epochs", "1")
      try body(bench)
    }
  }

  /// Expected: the interpreter in double precision; a closed block has gradients of exactly 0.
  @Test func gradientsForGivenGates() throws {
    try bench { bench in
      for gates in ["1,1", "0,1", "1,0", "0,0"] {
        func grad(_ name: String, _ options: String...) throws -> TensorArchive {
          let outcome = try bench.nncc(
            [
              "grad", "deep.swift", "--weights", "w/final.safetensors", "--input", "batch.npz", "--gates", gates, "-o",
              name,
            ] + options)
          #expect(outcome.code == 0, "\(outcome.everything)")
          return try Safetensors.read(bench.path(name))
        }
        let exact = try grad("exact", "--interpret", "--double")
        let compiled = try grad("compiled", "-O0")
        for tensor in exact.tensors {
          let wanted = try #require(tensor.doubles())
          let found = try #require(compiled.tensor(tensor.name).doubles())
          let scale = max(wanted.map(abs).max() ?? 0, 1e-3)
          #expect(zip(wanted, found).allSatisfy { abs($0 - $1) < 1e-4 * scale }, "\(tensor.name) with \(gates)")
          let closed =
            (gates.hasPrefix("0") && tensor.name.hasPrefix("grad.first"))
            || (gates.hasSuffix("0") && tensor.name.hasPrefix("grad.second"))
          if tensor.name.hasPrefix("grad.") { #expect(found.allSatisfy { $0 == 0 } == closed, "\(tensor.name)") }
        }
      }
    }
  }

  /// All open is the default of `grad`; drawn for each step is that of `train`, and a resumed run draws the same.
  @Test func trainingDrawsGatesOrTakesThem() throws {
    try bench { bench in
      try bench.succeed("build", "deep.swift", "-O0", "-o", "deep", "--batch", "16")
      func train(_ out: String, _ options: String...) throws -> [UInt8] {
        let outcome = try bench.nncc(["train", "deep", "--data", "idx", "--out", out] + options)
        #expect(outcome.code == 0, "\(outcome.everything)")
        return try bench.bytes("\(out)/final.safetensors")
      }
      let whole = try train("whole")
      _ = try train("parts", "--steps", "3", "--threads", "1")
      #expect(try train("parts", "--resume") == whole)
      let closed = try train("closed", "--gates", "0,0")
      #expect(try closed != whole && closed != train("open", "--gates", "1,1"))
    }
  }

  /// A dropped block costs nothing; its parameters stay, so that the same weights fit.
  @Test func droppedBlocksAreLeftOut() throws {
    try bench { bench in
      func convolutions(_ options: String...) throws -> Int {
        let outcome = try bench.nncc(["build", "deep.swift", "--emit", "scheduled", "--mode", "infer"] + options)
        #expect(outcome.code == 0, "\(outcome.everything)")
        let graph = outcome.output.split(separator: "// infer, batch 16").last ?? ""
        return graph.split(separator: "\n").count { $0.contains("= convolution ") }
      }
      #expect(try convolutions() == 5)
      #expect(try convolutions("--drop", "first") == 3)
      #expect(try convolutions("--drop", "first,second") == 1)
      #expect(try convolutions("--drop", "first", "--drop", "second") == 1)
      let training = try bench.succeed(
        "build", "deep.swift", "--emit", "scheduled", "--mode", "train", "--drop", "first")
      #expect(training.split(separator: "\n").count { $0.contains("= convolution ") } == 3)
      #expect(!training.contains("gate \"first\"") && training.contains("gate \"second\" survival 0.5"))

      try bench.succeed("build", "deep.swift", "-O0", "-o", "less", "--drop", "second")
      let run = ["--weights", "w/final.safetensors", "--input", "x.npy", "-o", "y.npz"]
      for model in [["less"], ["deep.swift", "-O0", "--set", "survival=0"]] {
        let outcome = try bench.nncc(["run"] + model + run)
        #expect(outcome.code == 0, "\(outcome.everything)")
        try bench.copy("y.npz", to: "y-\(model.count).npz")
      }
      #expect(try bench.bytes("y-1.npz") == bench.bytes("y-4.npz"))
    }
  }

  /// Ten lines, and what becomes of each block among them; a network without blocks has no such line.
  @Test func inspectionSaysWhatBecomesOfBlocks() throws {
    try Bench.with { bench in
      try bench.write(Self.model, to: "deep.swift")
      let whole = try bench.succeed("inspect", "deep.swift", "--set", "survival=1")
      #expect(whole.contains("\nblocks          1 under gates in training, 1 always run, 0 elided\n"), "\(whole)")
      let less = try bench.succeed("inspect", "deep.swift", "--drop", "second")
      #expect(
        less.contains("\nblocks          1 under gates in training, 0 always run, 1 elided (second)\n"), "\(less)")
      #expect(less.split(separator: "\n").count == 10, "\(less)")
      #expect(try !bench.succeed("inspect", "tiny.swift").contains("blocks"))
    }
  }

  @Test func mistakesAreTheUsers() throws {
    try Bench.with { bench in
      try bench.write(Self.model, to: "deep.swift")
      for (arguments, message) in [
        ("inspect deep.swift --drop frist", "found \"frist\"; did you mean first? (known: first, second)"),
        ("build deep.swift --drop frist", "found \"frist\"; did you mean first? (known: first, second)"),
        ("build tiny.swift --drop first", "found \"first\" (the network has none)"),
        ("train deep.swift --data idx --gates 1", "deep.swift: --gates: expected 2 states (of first, second), found 1"),
        ("train tiny.swift --data idx --gates 1", "tiny.swift: --gates: expected 0 states, found 1"),
        (
          "train deep.swift --data idx --gates 1,2",
          "--gates: expected 1 (open) or 0 (closed) for each gate such as 1,0,1, found 1,2"
        ),
        (
          "grad deep.swift --weights w.safetensors --input batch.npz -o g --gates 1,0,1",
          "deep.swift: --gates: expected 2 states (of first, second), found 3"
        ),
      ] {
        let outcome = try bench.nncc(arguments.split(separator: " ").map(String.init))
        #expect(outcome.code == 1 && outcome.errors.contains(message), "\(arguments): \(outcome.everything)")
      }
    }
  }
}
