import Interpreter
import NNIR
import Passes
import Testing

/// What computes in bands of lines, and what does not.
@Suite struct SplitBandsTests {
  /// Inference of `body`, whose last line computes the result of %0, images of 8 lines of 6, with weights %1 to %3: 3×3 from 4
  /// channels to 4, 1×1 from 4 to 4, and one number a channel.
  private func graph(_ body: String) throws -> Graph {
    let result = body.split(separator: "\n").last?.prefix { $0 != " " } ?? ""
    let text = """
      nnir 1 stage step
      %0 = input : f32[2,4,8,6]
      %1 = parameter name "w" init [he_normal, fan_out] : f32[4,4,3,3]
      %2 = parameter name "v" init [he_normal, fan_out] : f32[4,4,1,1]
      %3 = parameter name "s" init [he_normal, fan_out] : f32[4]
      \(body)
      output "y" \(result)
      """
    return try Graph(parsing: text, file: "net.nnir")
  }

  private static let same = "strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1"
  private static let point = "strides [1, 1] pad_begin [0, 0] pad_end [0, 0] dilations [1, 1] groups 1"
  private static func pool(_ kernel: Int, pad: Int = 0, stride: Int = 2) -> String {
    "kernel [\(kernel), \(kernel)] strides [\(stride), \(stride)] pad_begin [\(pad), \(pad)] pad_end [\(pad), \(pad)] "
      + "ceil_mode false count_include_pad true"
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var body: String
    var splits: Int
    var joins: Int
    var testDescription: String { name }
  }

  /// Numbers of copies follow from which operations know bands: what does not is between a `join_bands` and a `split_bands`.
  static let cases = [
    Case(
      name: "a chain", body: "%4 = convolution %0 %1 \(same)\n%5 = relu %4", splits: 1, joins: 1),
    Case(
      name: "channels and sums",
      body: """
        %4 = convolution %0 %1 \(same)
        %5 = multiply_channel %4 %3 axis 1
        %6 = concat %4 %5 axis 1
        %7 = slice %6 axis 1 start 2 count 4
        %8 = convolution %7 %2 \(point)
        %9 = add %8 %4
        """, splits: 1, joins: 1),
    Case(
      name: "pools of whole windows", body: "%4 = convolution %0 %1 \(same)\n%5 = average_pool %4 \(pool(2))",
      splits: 1,
      joins: 1),
    Case(
      name: "overlapping windows", body: "%4 = convolution %0 %1 \(same)\n%5 = max_pool %4 \(pool(3, pad: 1))",
      splits: 1,
      joins: 1),
    Case(
      name: "lines cut off in between",
      body: """
        %4 = convolution %0 %1 \(same)
        %5 = slice %4 axis 2 start 2 count 4
        %6 = relu %5
        %7 = convolution %6 %1 \(same)
        """, splits: 2, joins: 2),
    Case(
      name: "numbers of a position", body: "%4 = fill value 2.0 : f32[2,4,8,6]\n%5 = multiply %0 %4", splits: 0,
      joins: 0),
  ]

  @Test(arguments: cases) func copiesStandAroundWhatKnowsBands(_ item: Case) throws {
    let plain = try graph(item.body)
    let passes = Pipeline.inference(batch: 1, bands: Bands(2, everywhere: true)).filter { $0.name == "split-bands" }
    let split = try run(passes, on: plain)
    func count(_ mnemonic: String) -> Int { split.nodes.count { $0.op.mnemonic == mnemonic } }
    #expect(count("split_bands") == item.splits && count("join_bands") == item.joins)
    for node in split.nodes {
      if case .convolution(let geometry) = node.op { #expect(geometry.bands == 2) }
    }
    // a second run finds nothing
    #expect(try run(passes, on: split).nodes.map(\.op) == split.nodes.map(\.op))
    // and the interpreter no difference, bit for bit
    var feeds = Feeds()
    func numbers(_ count: Int, _ seed: Int) -> [Double] {
      (0..<count).map { Double(($0 * 37 + seed * 11) % 23) / 8 - 1.25 }
    }
    feeds.input = numbers(2 * 4 * 8 * 6, 1)
    feeds.parameters = ["w": numbers(144, 2), "v": numbers(16, 3), "s": numbers(4, 4)]
    let wanted = try interpretDouble(plain, feeds), found = try interpretDouble(split, feeds)
    let y = try #require(wanted.outputs["y"]), z = try #require(found.outputs["y"])
    #expect(y.elements == z.elements && y.shape == z.shape && !y.elements.isEmpty)
  }
}
