import ArtefactABI
import Compiler
import NNIR
import Runtime
import Testing

import Verification

/// Convolutions whose epilogue takes results from registers, in networks of nothing else.
@Suite struct ConvolutionEpilogueTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// Channels and extents of an image.
    var image: [Int]
    var outputs: Int
    var kernel = 1
    var groups = 1
    var batch = 1
    /// Whether a ReLU is computed while the image is packed; else it is copied.
    var isComputed = true
    /// What is done with results between bias and ReLU.
    var epilogue: Epilogue = .nothing

    enum Epilogue { case nothing, residual, channelwise }

    var testDescription: String {
      "\(batch) of \(image) to \(outputs), kernel \(kernel), \(groups) groups, \(epilogue)"
    }

    var network: String {
      func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: ",") }
      let pad = kernel / 2
      let output = "f32[N,\(text([outputs] + image.dropFirst()))]"
      let middle =
        switch epilogue {
        case .nothing: "%6 = relu %4 : \(output)\noutput \"y\" %6"
        case .residual: "%6 = add %4 %0 : \(output)\n%7 = relu %6 : \(output)\noutput \"y\" %7"
        // behind a ReLU, so that weights cannot take it in
        case .channelwise:
          """
          %6 = relu %4 : \(output)
          %7 = multiply_channel %6 %5 axis 1 : \(output)
          output "y" %7
          """
        }
      return """
        nnir 1 name "convolution" stage raw
        %0 = input : f32[N,\(text(image))]
        %1 = relu %0 : f32[N,\(text(image))]
        %2 = parameter name "c.weight" init [he_normal, fan_in] : f32[\(outputs),\(image[0] / groups),\(kernel),\(kernel)]
        %3 = parameter name "c.bias" init [he_normal, fan_in] : f32[\(outputs)]
        %4 = convolution %\(isComputed ? 1 : 0) %2 %3 strides [1, 1] pad_begin [\(pad), \(pad)] pad_end [\(pad), \(pad)] dilations [1, 1] groups \(groups) : \(output)
        %5 = parameter name "m.weight" init [he_normal, fan_in] : f32[\(outputs)]
        \(middle)

        """
    }
  }

  /// 1×1 convolutions, which pack in time: several blocks of channels, more outputs than an epilogue takes at once, several
  /// images of a tile that begin within a vector, tiles that end within one, groups, one position. 3×3 convolutions whose
  /// strips have lines of whole vectors or shifted copies: several images of a tile, several blocks, tiles of some lines.
  /// Epilogues with an operand, and with numbers for each channel. Expected values: the interpreter's; for any number of
  /// threads the bits of one.
  @Test(arguments: [
    Case(image: [300, 7, 7], outputs: 150, batch: 5), Case(image: [530, 20, 20], outputs: 13),
    Case(image: [64, 5, 5], outputs: 40, groups: 2, batch: 9, isComputed: false),
    Case(image: [5, 3, 70], outputs: 7, batch: 2), Case(image: [130, 9, 11], outputs: 12, isComputed: false),
    Case(image: [140, 1, 1], outputs: 5, batch: 3), Case(image: [20, 60, 61], outputs: 20),
    Case(image: [70, 6, 6], outputs: 70, batch: 4, epilogue: .residual),
    Case(image: [290, 5, 9], outputs: 11, batch: 3, epilogue: .channelwise),
    Case(image: [16, 32, 32], outputs: 16, kernel: 3, batch: 2, isComputed: false, epilogue: .residual),
    Case(image: [60, 16, 16], outputs: 20, kernel: 3, batch: 3),
    Case(image: [20, 8, 8], outputs: 20, kernel: 3, batch: 7, epilogue: .residual),
    Case(image: [80, 16, 16], outputs: 12, kernel: 3, groups: 2, batch: 3, isComputed: false, epilogue: .channelwise),
    Case(image: [10, 48, 16], outputs: 9, kernel: 5, batch: 2, epilogue: .channelwise),
  ])
  func agreesWithTheInterpreter(item: Case) throws {
    let raw = try Graph(parsing: item.network, file: "convolution.nnir")
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
      #expect(text.contains("s.results = &results;"))
      #expect(text.contains("timely_sums(") == (item.kernel == 1))
      #expect(text.contains("s_table = results->s_table") == (item.epilogue == .channelwise))
      for threads in [2, 3] {
        let together = try CompiledRun(directory.path, sample, threads: threads).call(.infer)
        for (name, elements) in alone.values {
          #expect(together[name]?.map(\.bitPattern) == elements.map(\.bitPattern), "\(name), \(threads) threads")
        }
      }
    }
  }
}
