import NNIR
import Testing

import Passes

/// How many images inference takes through the network together.
@Suite struct MicrobatchTests {
  /// A 3×3 convolution of C channels to C takes 2·9·C² operations a position and has 4·9·C² bytes of weights: half an
  /// operation for each byte and position, of which 128 are asked for; 12 of up to 8 MiB, which are 144 KiB with 64 channels
  /// and 9 MiB with 512.
  @Test(arguments: [
    (512, 16, 16, 1),  // 256 positions are enough
    (512, 8, 8, 4),  // 64 positions: four images
    (512, 8, 6, 6),  // and six have no such divisor
    (512, 8, 1, 1),
    (512, 1, 64, 64),  // as a linear layer: never with 64 images
    (512, 1, 512, 256),
    (448, 8, 8, 1),  // 32 positions are enough
    (448, 8, 16, 2),  // but two images share a reading if eight micro-batches are left
    (448, 8, 64, 4),  // and four hide it
    (448, 4, 8, 2),
    (448, 1, 64, 32),
    (16, 16, 16, 4),  // enough positions, but 1.2 million operations an image of the four million that are asked for
    (64, 1, 512, 64),  // 74 thousand
  ])
  func imagesHideTheirWeights(channels: Int, extent: Int, batch: Int, expected: Int) throws {
    let graph = try inference(
      """
      %0 = input : f32[N,\(channels),\(extent),\(extent)]
      %1 = parameter name "w" init [he_normal, fan_in] : f32[\(channels),\(channels),3,3]
      %2 = convolution %0 %1 strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1
      output "logits" %2
      """, batch: batch)
    #expect(Microbatch.size(graph, batch: batch) == expected)
  }

  /// The largest divisor within the limit, whatever the weights are.
  @Test(arguments: [(1, 1), (2, 2), (4, 3), (5, 3), (6, 6), (100, 6)]) func limits(limit: Int, expected: Int) throws {
    let graph = try inference(Self.linear, batch: 6)
    #expect(Microbatch.size(graph, batch: 6, limit: limit) == expected)
    #expect(Microbatch.size(graph, batch: 6) == 6)
  }

  private static let linear = """
    %0 = input : f32[N,4]
    %1 = parameter name "w" init xavier_uniform : f32[3,4]
    %2 = linear %0 %1
    output "logits" %2
    """

  /// Operations that know of several images, or might.
  @Test func mixedImagesStayTogether() throws {
    typealias Build = (inout GraphBuilder, ValueID) -> ValueID
    let apart: [(String, Build)] = [
      ("relu", { $0.add(.relu, [$1]) }),
      ("scale and add", { $0.add(.add, [$1, $0.add(.scale(2.0), [$1])]) }),
      ("constant", { $0.add(.add, [$1, $0.add(.fill(1.0), type: .f32([6, 4]))]) }),
      ("softmax", { $0.add(.softmax, [$1]) }),
      ("concat of channels", { $0.add(.concat(axis: 1), [$1, $1]) }),
      ("slice of channels", { $0.add(.slice(axis: 1, start: 1, count: 2), [$1]) }),
      ("pad of channels", { $0.add(.pad(before: [0, 1], after: [0, 0]), [$1]) }),
      ("reshape of an image", { $0.add(.reshape([.fixed(6), .fixed(2), .fixed(2)]), [$1]) }),
      (
        "product with weights",
        { $0.add(.matmul(transposeA: false, transposeB: false), [$1, Self.weights(&$0, [4, 3])]) }
      ),
    ]
    let together: [(String, Build)] = [
      ("concat of images", { $0.add(.concat(axis: 0), [$1, $1]) }),
      ("slice of images", { $0.add(.slice(axis: 0, start: 0, count: 3), [$1]) }),
      ("pad of images", { $0.add(.pad(before: [1, 0], after: [0, 0]), [$1]) }),
      ("reshape across images", { $0.add(.reshape([.fixed(3), .fixed(8)]), [$1]) }),
      ("a parameter for each image", { $0.add(.add, [$1, Self.weights(&$0, [6, 4])]) }),
      ("a factor for each image", { $0.add(.multiplyChannel(axis: 0), [$1, Self.weights(&$0, [6])]) }),
      ("sum over images", { $0.add(.sumToChannel(axis: 1), [$1]) }),
      ("product of images", { $0.add(.matmul(transposeA: true, transposeB: false), [$1, $1]) }),
      ("product with images", { $0.add(.matmul(transposeA: false, transposeB: true), [$1, $1]) }),
      ("nothing of the image", { builder, _ in Self.weights(&builder, [6, 4]) }),
    ]
    for (cases, expected) in [(apart, true), (together, false)] {
      for (name, build) in cases {
        var builder = GraphBuilder(name: "g", stage: .step)
        let input = builder.add(.input, type: .f32([6, 4]))
        let result = build(&builder, input)
        builder.add(result: .output(name: "y", value: result))
        #expect(Microbatch.areImagesApart(builder.graph) == expected, "\(name)")
      }
    }
  }

  private static func weights(_ builder: inout GraphBuilder, _ shape: [Int]) -> ValueID {
    builder.add(.parameter(name: "w", initializer: .constant(0)), type: .f32(shape))
  }

  /// Dropout and statistics of a batch are gone by then: what `mixed` has of everything else is apart.
  @Test func networksAreApart() throws {
    for text in [Networks.dense, Networks.mixed] {
      let graph = try run(Pipeline.inference(batch: 4), on: try Networks.graph(text))
      #expect(Microbatch.areImagesApart(graph))
      #expect(Microbatch.size(graph, batch: 4, limit: 1) == 1)
    }
    let step = try run(Pipeline.training(batch: 4, goal: .update), on: try Networks.graph(Networks.dense))
    #expect(!Microbatch.areImagesApart(step))
  }

  private func inference(_ body: String, batch: Int) throws -> Graph {
    try run(
      Pipeline.inference(batch: batch), on: try Networks.graph("nnir 1 name \"net\" stage raw\n\(body)"))
  }
}
