import ArtefactABI
import Compiler
import NNIR
import Runtime
import Testing

import Verification

/// 1×1 convolutions that pack what a register tile reads just before it is multiplied, in networks of nothing else.
@Suite struct TimelyPackingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// Channels and extents of an image.
    var image: [Int]
    var outputs: Int
    var groups = 1
    var batch = 1
    /// Whether a ReLU is computed while the image is packed; else it is copied.
    var isComputed = true

    var testDescription: String { "\(batch) of \(image) to \(outputs), \(groups) groups" }

    var network: String {
      let (x, y) = (
        image.map(String.init).joined(separator: ","), image.dropFirst().map(String.init).joined(separator: ",")
      )
      return """
        nnir 1 name "pointwise" stage raw
        %0 = input : f32[N,\(x)]
        %1 = relu %0 : f32[N,\(x)]
        %2 = parameter name "c.weight" init [he_normal, fan_in] : f32[\(outputs),\(image[0] / groups),1,1]
        %3 = parameter name "c.bias" init [he_normal, fan_in] : f32[\(outputs)]
        %4 = convolution %\(isComputed ? 1 : 0) %2 %3 strides [1, 1] pad_begin [0, 0] pad_end [0, 0] dilations [1, 1] groups \(groups) : f32[N,\(outputs),\(y)]
        %5 = relu %4 : f32[N,\(outputs),\(y)]
        output "y" %5

        """
    }
  }

  /// Several blocks of channels, more outputs than an epilogue takes at once, several images of a tile that begin within a
  /// vector, tiles that end within one, groups, one position. Expected values: the interpreter's; for any number of
  /// threads the bits of one.
  @Test(arguments: [
    Case(image: [300, 7, 7], outputs: 150, batch: 5), Case(image: [530, 20, 20], outputs: 13),
    Case(image: [64, 5, 5], outputs: 40, groups: 2, batch: 9, isComputed: false),
    Case(image: [5, 3, 70], outputs: 7, batch: 2), Case(image: [130, 9, 11], outputs: 12, isComputed: false),
    Case(image: [140, 1, 1], outputs: 5, batch: 3), Case(image: [20, 60, 61], outputs: 20),
  ])
  func agreesWithTheInterpreter(item: Case) throws {
    let raw = try Graph(parsing: item.network, file: "pointwise.nnir")
    let typed = try typeCheck(raw)
    let sample = Sample(for: typed, batch: item.batch, seed: 7)
    let entry = EntryPoint(.infer, batch: item.batch)
    let yardstick = try Yardstick(try specialize(typed, for: entry), sample)
    for target in [CompilationTarget.native, .x86v3] {
      let directory = try TemporaryDirectory()
      let artefact = try build(
        raw, options: BuildOptions(entries: [entry], target: target, microbatch: item.batch), into: directory.path)
      let text = artefact.model.source.units.map(\.text).joined()
      let alone = try CompiledRun(directory.path, sample, threads: 1).call(.infer)
      let verdict = Verdict("\(item)", yardstick.judge(alone))
      #expect(verdict.passed && !alone.values.isEmpty, "\(verdict)")
      #expect(text.contains("s.first_channel = begin;"))
      for threads in [2, 3] {
        let together = try CompiledRun(directory.path, sample, threads: threads).call(.infer)
        for (name, elements) in alone.values {
          #expect(together[name]?.map(\.bitPattern) == elements.map(\.bitPattern), "\(name), \(threads) threads")
        }
      }
    }
  }
}
