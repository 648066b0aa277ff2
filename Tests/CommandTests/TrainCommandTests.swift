import Foundation
import Glibc
import Testing

/// `nncc train`: equal runs leave equal bytes, whatever happened in between.
@Suite struct TrainCommandTests {
  static let results = ["final.safetensors", "best.safetensors", "checkpoint.safetensors", "metrics.jsonl"]

  private func train(_ bench: Bench, _ out: String, _ options: String...) throws -> [[UInt8]] {
    let outcome = try bench.nncc(["train", "art", "--data", "idx", "--out", out] + options)
    #expect(outcome.code == 0, "\(options): \(outcome.everything)")
    return try Self.results.map { try bench.bytes("\(out)/\($0)") }
  }

  @Test func seedDecidesEveryByte() throws {
    try Bench.with { bench in
      let first = try train(bench, "first", "--seed", "3")
      for (name, options) in [
        ("again", ["--threads", "2"]), ("one", ["--threads", "1"]), ("three", ["--threads", "3", "--json"]),
      ] {
        let outcome = try bench.nncc(["train", "art", "--data", "idx", "--out", name, "--seed", "3"] + options)
        #expect(outcome.code == 0, "\(outcome.everything)")
        for (file, expected) in zip(Self.results, first) {
          #expect(try bench.bytes("\(name)/\(file)") == expected, "\(file) differs with \(options)")
        }
      }
      let other = try train(bench, "other", "--seed", "4")
      #expect(other[0] != first[0])
    }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func interruptedRunsContinue(_ signal: Int32) throws {
    try Bench.with { bench in
      // 64 steps an epoch; the signal comes in the first, because the program cannot run ahead of a full pipe for long
      let options = ["--batch", "1", "--epochs", "40", "--seed", "2"]
      let whole = try bench.nncc(["train", "art", "--data", "idx", "--out", "whole"] + options)
      #expect(whole.code == 0)
      let stopped = try bench.nncc(["train", "art", "--data", "idx", "--out", "parts", "--json"] + options) { lines in
        lines > 10 ? signal : nil
      }
      #expect(stopped.code == 130, "\(stopped.everything)")
      #expect(stopped.errors == "")
      let last = try #require(stopped.output.split(separator: "\n").last)
      #expect(last.contains("\"event\":\"interrupted\"") && last.contains("parts/checkpoint.safetensors"))
      #expect(!bench.listing().contains { $0.hasPrefix("parts/final") || $0.hasSuffix(".tmp") })

      let resumed = try bench.nncc(["train", "art", "--data", "idx", "--out", "parts", "--resume"])
      #expect(resumed.code == 0 && resumed.output.contains("resumed at step"), "\(resumed.everything)")
      for file in Self.results { #expect(try bench.bytes("parts/\(file)") == bench.bytes("whole/\(file)"), "\(file)") }
    }
  }

  @Test func limitedRunsContinue() throws {
    try Bench.with { bench in
      let whole = try train(bench, "whole", "--seed", "5", "--epochs", "3")
      // in the middle of an epoch, at the end of one, and in the next
      for steps in ["2", "4", "7"] {
        let options = steps == "2" ? ["--seed", "5", "--epochs", "3"] : ["--resume"]
        let outcome = try bench.nncc(["train", "art", "--data", "idx", "--out", "parts", "--steps", steps] + options)
        #expect(outcome.code == 0, "\(outcome.everything)")
      }
      #expect(try train(bench, "parts", "--resume") == whole)
    }
  }

  @Test func jsonIsOneObjectALine() throws {
    try Bench.with { bench in
      let text = try bench.succeed("train", "art", "--data", "idx", "--out", "o", "--epochs", "2", "--json")
      let events = try text.split(separator: "\n").map { line in
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      }
      let names = events.compactMap { $0["event"] as? String }
      #expect(names.count == events.count && names.first == "started" && names.last == "finished")
      #expect(names.count { $0 == "step" } == 8 && names.count { $0 == "epoch" } == 2)
      #expect(events[0]["parameters"] as? Int == 59)
    }
  }

  /// With a rate of 1e30 the first update sends the weights beyond what the second step's sums can hold.
  @Test func divergenceStopsTheTraining() throws {
    try Bench.with { bench in
      let before = bench.listing()
      let outcome = try bench.nncc(
        ["train", "tiny.swift", "-O0", "--set", "rate=1e30", "--data", "idx", "--out", "o"])
      #expect(outcome.code == 1, "\(outcome.everything)")
      for text in [
        "error: training diverged: the loss became nan in step 2 (epoch 1, learning rate 1e+30)",
        "no checkpoint had been written yet",
      ] {
        #expect(outcome.errors.contains(text), "expected \(text) in:\n\(outcome.everything)")
      }
      #expect(bench.listing().filter { !$0.hasPrefix("o ") } == before)
    }
  }

  /// The rate rises to 5e28 after the first of two epochs.
  @Test func divergenceKeepsTheLastGoodCheckpoint() throws {
    try Bench.with { bench in
      let outcome = try bench.nncc(
        ["train", "tiny.swift", "-O0", "--set", "fall=1e-30", "--data", "idx", "--out", "o"])
      #expect(outcome.code == 1, "\(outcome.everything)")
      #expect(outcome.output.contains("epoch 1 "))
      for text in [
        "error: training diverged: ", " step ", "(epoch 2, learning rate 5e+28)",
        "the last checkpoint, after step 4, is kept in o/checkpoint.safetensors",
      ] {
        #expect(outcome.errors.contains(text), "expected \(text) in:\n\(outcome.everything)")
      }
      #expect(bench.listing().contains { $0.hasPrefix("o/checkpoint.safetensors ") })
      #expect(!bench.listing().contains { $0.hasPrefix("o/final") || $0.hasSuffix(".tmp") })
      // what is kept is whole: its weights are usable
      try bench.succeed("eval", "art", "--weights", "o/checkpoint.safetensors", "--data", "idx")
    }
  }

  /// Files of an earlier run are moved away, not lost.
  @Test func forgottenResumeCostsNothing() throws {
    try Bench.with { bench in
      let first = try train(bench, "o", "--seed", "1")
      let curves = try bench.bytes("o/curves.csv")
      let second = try train(bench, "o", "--seed", "2")
      #expect(first != second)
      for (file, bytes) in zip(Self.results, first) { #expect(try bench.bytes("o/previous-1/\(file)") == bytes) }
      #expect(try bench.bytes("o/previous-1/curves.csv") == curves)
    }
  }

  @Test func startsFromWeights() throws {
    try Bench.with { bench in
      let fresh = try train(bench, "fresh")
      let warm = try train(bench, "warm", "--weights", "w.safetensors")
      #expect(fresh[0] != warm[0])
    }
  }

  /// The data set decides channels, height, width and classes; each format once.
  @Test func dataSetsOfEveryFormat() throws {
    try Bench.with { bench in
      for (name, bytes) in Samples.idxFiles { try bench.write(bytes, to: "zipped/\(name)") }
      let gzip = Process()
      gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      gzip.arguments = ["gzip", "-r", bench.path("zipped")]
      try gzip.run()
      gzip.waitUntilExit()
      try bench.write(Samples.idxFiles["train-images-idx3-ubyte"] ?? [], to: "dots/train-images.idx3-ubyte")
      try bench.write(Samples.idxFiles["train-labels-idx1-ubyte"] ?? [], to: "dots/train-labels.idx1-ubyte")
      try bench.copy("batch.npz", to: "folder/train.npz")
      try bench.copy("batch.npz", to: "folder/test.npz")
      let ten = Samples.cifar((0..<4).map { [UInt8($0)] })
      for file in (1...5).map({ "data_batch_\($0).bin" }) + ["test_batch.bin"] {
        try bench.write(ten, to: "ten/\(file)")
      }
      let hundred = Samples.cifar((0..<16).map { [UInt8($0), UInt8($0 + 70)] })
      for file in ["train.bin", "test.bin"] { try bench.write(hundred, to: "hundred/\(file)") }
      for (data, says) in [
        ("idx", "tiny: 59 parameters; idx: 64"), ("zipped", "59 parameters; zipped: 64"), ("dots", "dots: 64"),
        ("batch.npz", "59 parameters; batch: 16"), ("folder", "59 parameters; folder: 16"),
        // 4·3·9 + 8 + 4·classes + classes
        ("ten", "166 parameters; cifar-10: 20"), ("hundred", "616 parameters; cifar-100: 16"),
      ] {
        let output = try bench.succeed(
          "train", "tiny.swift", "-O0", "--data", data, "--epochs", "1", "--out", "out-\(data)")
        #expect(output.contains(says), "\(output)")
      }
    }
  }

  @Test func evalFailsBelowItsBound() throws {
    try Bench.with { bench in
      let arguments = ["eval", "art", "--weights", "w.safetensors", "--data", "idx", "--at-least"]
      #expect(try bench.nncc(arguments + ["0"]).code == 0)
      let outcome = try bench.nncc(arguments + ["1"])
      #expect(outcome.code == 3 && outcome.errors.contains("expected an accuracy of at least 100.00 %, found "))
    }
  }
}
