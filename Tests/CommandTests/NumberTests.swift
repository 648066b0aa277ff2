import Foundation
import Interchange
import Testing

/// What `run`, `grad` and `verify` compute, compiled against interpreted.
@Suite struct NumberTests {
  /// Largest difference relative to the largest magnitude of what is expected.
  private func error(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count, !found.isEmpty else { return .infinity }
    let scale = expected.map { abs($0) }.max() ?? 0
    return (zip(found, expected).map { abs($0 - $1) }.max() ?? 0) / max(scale, 1e-30)
  }

  /// Any number of inputs through batches of 16 and 1, from NPY and NPZ, equals the interpreter's double precision to
  /// what single precision can lose in sums of 64 products.
  @Test func runAgreesWithTheInterpreter() throws {
    try Bench.with { bench in
      func run(_ model: String, _ input: String, _ options: String...) throws -> NamedTensor {
        let outcome = try bench.nncc(
          ["run", model, "--weights", "w.safetensors", "--input", input, "-o", "y.npz"] + options)
        #expect(outcome.code == 0, "\(outcome.everything)")
        return try NPZ.read(bench.path("y.npz")).tensor("y")
      }
      let exact = try run("tiny.swift", "x.npy", "--interpret")
      #expect(exact.type == "f32[37,3]")
      let expected = try #require(exact.doubles())
      let compiled = try run("art", "x.npy")
      #expect(compiled.type == "f32[37,3]")
      #expect(try error(#require(compiled.doubles()), expected) < 1e-5)
      #expect(try run("art", "x.npz") == compiled)
      #expect(try run("art", "x.npy", "--threads", "1") == compiled)
      // one batch that holds them all, from the model and without optimisation
      let whole = try run("art/tiny.nnir", "x.npy", "-O0")
      #expect(try error(#require(whole.doubles()), expected) < 1e-5)
      // each row is that of its image alone: 16 + 16 + 5 are not mixed up
      for index in [0, 15, 16, 36] {
        let image = Array(Samples.noise(37 * 64)[(index * 64)..<((index + 1) * 64)])
        try NPY.write(NamedTensor("x", shape: [1, 1, 8, 8], floats: image), to: bench.path("one.npy"))
        let row = try #require(run("art", "one.npy").doubles())
        #expect(error(row, Array(expected[(index * 3)..<(index * 3 + 3)])) < 1e-5)
      }
    }
  }

  @Test func gradientsAgreeWithTheInterpreter() throws {
    try Bench.with { bench in
      func grad(_ name: String, _ options: String...) throws -> TensorArchive {
        let outcome = try bench.nncc(
          ["grad", "art", "--weights", "w.safetensors", "--input", "batch.npz", "-o", name] + options)
        #expect(outcome.code == 0 && outcome.output == "", "\(outcome.everything)")
        return try Safetensors.read(bench.path(name))
      }
      let weights = try bench.bytes("w.safetensors")
      let before = bench.listing()
      let compiled = try grad("g.safetensors")
      // nothing but the result is left, and nothing was updated
      #expect(bench.listing().filter { !$0.hasPrefix("g.safetensors ") } == before)
      #expect(try bench.bytes("w.safetensors") == weights)

      let exact = try grad("e.safetensors", "--interpret", "--double")
      let single = try grad("s.safetensors", "--interpret")
      #expect(exact.tensors.map(\.name).sorted() == compiled.tensors.map(\.name).sorted())
      #expect(
        compiled.tensors.map(\.name).sorted() == [
          "grad.classifier.bias", "grad.classifier.weight", "grad.conv.weight", "grad.norm.bias", "grad.norm.weight",
          "logits", "loss", "norm.running_mean", "norm.running_var",
        ])
      for tensor in exact.tensors {
        #expect(tensor.elementType == .f64)
        let expected = try #require(tensor.doubles())
        for other in [compiled, single] {
          let found = try other.tensor(tensor.name)
          #expect(found.elementType == .f32 && found.shape == tensor.shape)
          #expect(try error(#require(found.doubles()), expected) < 1e-4, "\(tensor.name)")
        }
      }
      #expect(try compiled.tensor("loss").shape == [])
      _ = try grad("again.safetensors")
      #expect(try bench.bytes("again.safetensors") == bench.bytes("g.safetensors"))
    }
  }

  /// The mean of the batch's squared differences, computed here from the outputs.
  @Test func squaredErrorsTakeTargets() throws {
    try Bench.with { bench in
      try bench.write(Samples.regression, to: "regression.swift")
      let weights = [
        NamedTensor("map.weight", shape: [5, 64], floats: Samples.noise(320, seed: 3)),
        NamedTensor("map.bias", shape: [5], floats: Samples.noise(5, seed: 4)),
      ]
      try Safetensors.write(weights, to: bench.path("v.safetensors"))
      let target = Samples.noise(30, seed: 5)
      try NPZ.write(
        [
          NamedTensor("x", shape: [6, 1, 8, 8], floats: Samples.noise(384)),
          NamedTensor("y", shape: [6, 5], floats: target),
        ],
        to: bench.path("b.npz"))
      for options in [["-O0"], ["--interpret"]] {
        let outcome = try bench.nncc(
          ["grad", "regression.swift", "--weights", "v.safetensors", "--input", "b.npz", "-o", "g.safetensors"]
            + options)
        #expect(outcome.code == 0, "\(outcome.everything)")
        let results = try Safetensors.read(bench.path("g.safetensors"))
        let outputs = try #require(results.tensors.first { $0.shape == [6, 5] }?.doubles())
        let loss = zip(outputs, target).map { ($0 - Double($1)) * ($0 - Double($1)) }.reduce(0, +) / 30
        #expect(try error(#require(results.tensor("loss").doubles()), [loss]) < 1e-5)
      }
    }
  }

  /// Numbers from elsewhere: here the interpreter's own, and then the same with one of them changed.
  @Test func verifyJudgesReferences() throws {
    try Bench.with { bench in
      try bench.succeed(
        "grad", "art", "--weights", "w.safetensors", "--input", "batch.npz", "-o", "g.safetensors", "--interpret",
        "--double")
      let gradients = try Safetensors.read(bench.path("g.safetensors")).tensors
      let weights = try Safetensors.read(bench.path("w.safetensors")).tensors.map { tensor in
        NamedTensor("weight.\(tensor.name)", tensor.elementType, shape: tensor.shape, bytes: tensor.bytes)
      }
      let batch = try NPZ.read(bench.path("batch.npz")).tensors
      let known = gradients.filter { $0.name == "loss" || $0.name == "logits" || $0.name.hasPrefix("grad.") }
      func verify(_ tensors: [NamedTensor]) throws -> Executable.Outcome {
        try NPZ.write(tensors, to: bench.path("ref.npz"))
        return try bench.nncc(["verify", "tiny.swift", "-O0", "--reference", "ref.npz"])
      }
      let good = try verify(batch + weights + known)
      #expect(
        good.code == 0 && good.output.contains("ok   interpreter (gradient) against ref.npz"), "\(good.everything)")
      let changed = known.map { tensor in
        guard tensor.name == "loss", let loss = tensor.doubles()?.first else { return tensor }
        return NamedTensor("loss", shape: [], doubles: [loss * (1 + 1e-7)])
      }
      let bad = try verify(batch + weights + changed)
      #expect(bad.code == 3 && bad.output.contains("FAIL interpreter (gradient) against ref.npz"), "\(bad.everything)")
    }
  }
}
