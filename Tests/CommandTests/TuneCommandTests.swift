import CodegenC
import Compiler
import Foundation
import Testing

/// `nncc tune`, and files of tiles that other commands take.
@Suite struct TuneCommandTests {
  @Test(arguments: [
    ("--budget soon", "--budget: expected a time such as 60s or 2m, at most 24h, found soon"),
    ("--budget 0s", "--budget: expected a time such as 60s or 2m, at most 24h, found 0s"),
    ("--budget 25h", "--budget: expected a time such as 60s or 2m, at most 24h, found 25h"),
    ("--batch 0", "--batch: expected at least 1, found 0"),
    ("-o none/f.tuning", "-o none/f.tuning: expected a file in a folder that can be written to, found none"),
    ("-o art", "-o art: expected a file in a folder that can be written to, found none"),
    ("--tuning tiny.swift", "tiny.swift:1: error: expected a tuning file, which begins with nncc tuning 1, found "),
  ])
  func whatCannotBeDoneIsRefused(arguments: String, message: String) throws {
    try Bench.with { bench in
      let before = bench.listing()
      let output = arguments.hasPrefix("-o") ? [] : ["-o", "f.tuning"]
      let outcome = try bench.nncc(["tune", "tiny.swift"] + output + arguments.split(separator: " ").map(String.init))
      #expect(outcome.code == 1 && outcome.output.isEmpty, "\(outcome.everything)")
      #expect(outcome.errors.contains("error: ") && outcome.errors.contains(message), "\(outcome.everything)")
      #expect(bench.listing() == before)
    }
  }

  /// A file comes out whatever was found, other commands take it, and tuning goes on from it.
  @Test func writesAFileThatBuildsTake() throws {
    try Bench.with { bench in
      let tuned = try bench.nncc(
        ["tune", "tiny.swift", "--mode", "train", "--threads", "2", "--budget", "6s", "-o", "f.tuning"])
      #expect(tuned.code == 0, "\(tuned.everything)")
      #expect(tuned.output.contains("tiny, train, batch 16, 2 threads: ") && tuned.output.contains("\nf.tuning: "))
      let text = try bench.text("f.tuning")
      #expect(text.hasPrefix("nncc tuning 1\n# tiny, train, batch 16, 2 threads\n# "))
      #expect(text.contains("\ntarget native\nlanes ") && text.contains("\nthreads 2\n"))
      let file = try Tuning(parsing: text, name: "f.tuning")
      try bench.succeed("verify", "tiny.swift", "--tuning", "f.tuning")
      try bench.succeed("tune", "tiny.swift", "--budget", "100ms", "--tuning", "f.tuning", "-o", "g.tuning")
      let next = try Tuning(parsing: try bench.text("g.tuning"), name: "g.tuning")
      for entry in file.entries { #expect(next[entry.problem] != nil) }
    }
  }

  /// Choices for every convolution of the tiny model: its C has other tables with them and no other kernels, and the
  /// commands that compile agree with the interpreter as before.
  @Test func choicesReachTheArtefact() throws {
    try Bench.with { bench in
      let raw = try loadModel(bench.path("tiny.swift"))
      let entries = [Compiler.EntryPoint(.infer, batch: 4), Compiler.EntryPoint(.train, batch: 16)]
      let lowered = try lowerModel(
        raw, options: BuildOptions(entries: entries), codegen: CodegenOptions(name: "tiny", lanes: 8))
      var tuning = Tuning(lanes: 8)
      for program in lowered.entries.map(\.program) {
        for problem in program.problems.values {
          tuning[problem] = problem.candidates(.tiles, besides: nil, lanes: 8).last
        }
      }
      #expect(!tuning.isEmpty)
      try bench.write(tuning.text(), to: "f.tuning")
      let flags = ["--target", "x86-64-v3"]
      func c(_ more: String...) throws -> String {
        let outcome = try bench.nncc(["build", "tiny.swift", "--batch", "16", "--emit", "c"] + flags + more)
        #expect(outcome.code == 0, "\(outcome.everything)")
        return outcome.output
      }
      let (plain, tuned) = (try c(), try c("--tuning", "f.tuning"))
      #expect(try plain != tuned && tuned == c("--tuning", "f.tuning"))
      try bench.succeed("verify", "tiny.swift", "--tuning", "f.tuning", "--target", "x86-64-v3")
      for command in [["bench", "--seconds", "0.01", "--threads", "3"], ["inspect"]] {
        try #require(
          try bench.nncc([command[0], "tiny.swift", "--tuning", "f.tuning"] + flags + command.dropFirst()).code == 0)
      }
      // an artefact is used as it was built
      let ran = try bench.nncc([
        "run", "art", "--weights", "w.safetensors", "--input", "x.npy", "-o", "y.npz", "--tuning", "f.tuning",
      ])
      #expect(ran.code == 0 && ran.errors.contains("--tuning f.tuning is ignored"), "\(ran.everything)")
    }
  }

  /// Other vectors have other register tiles: what was measured with them does not count.
  @Test func filesForOtherVectorsAreRefused() throws {
    try Bench.with { bench in
      try bench.write("nncc tuning 1\ntarget x86-64-v2\nlanes 4\n", to: "f.tuning")
      let outcome = try bench.nncc([
        "build", "tiny.swift", "-o", "out", "--target", "x86-64-v3", "--tuning", "f.tuning",
      ])
      #expect(outcome.code == 1 && !FileManager.default.fileExists(atPath: bench.path("out")))
      #expect(
        outcome.errors.contains(
          "f.tuning:3: error: expected choices for vectors of 8 floats, which the code is for, found choices for 4; tune "
            + "again, or choose the target that they are for (x86-64-v2)"), "\(outcome.everything)")
    }
  }
}
