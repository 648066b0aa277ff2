import Interpreter
import NNIR
import Passes
import Testing

@Suite struct PoolBeforeConvolutionTests {
  /// A convolution and an average pool, with what stands between or beside them.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var kernel = 1
    var geometry = "strides [1, 1] pad_begin [0, 0] pad_end [0, 0] dilations [1, 1] groups 1"
    var bias = true
    var between = ""
    var pooled = 4
    var pool = "kernel [2, 2] strides [2, 2] pad_begin [0, 0] pad_end [0, 0] ceil_mode false count_include_pad true"
    var after = ""
    var result = 5
    var testDescription: String { name }

    var text: String {
      """
      nnir 1 stage raw
      \(Networks.recipe)
      %0 = input : f32[N,4,7,7]
      %1 = parameter name "w" init [he_normal, fan_out] : f32[3,\(geometry.hasSuffix("groups 1") ? 4 : 2),\(kernel),\(kernel)]
      %2 = parameter name "b" init [constant, 0.0] : f32[3]
      %3 = convolution %0 %1 \(bias ? "%2 " : "")\(geometry)
      %4 = \(between.isEmpty ? "scale %0 value 1.0" : between)
      %5 = average_pool %\(pooled) \(pool)
      \(after)
      output "y" %\(result)
      """
    }

    func graph() throws -> Graph {
      // a node that nobody reads keeps the numbering; the pool reads the convolution
      var item = self
      if between.isEmpty { item.pooled = 3 }
      return try Networks.graph(item.text)
    }
  }

  private static func pool(
    _ kernel: Int = 2, stride: Int = 2, pad: Int = 0, ceil: Bool = false, counting: Bool = true
  ) -> String {
    "kernel [\(kernel), \(kernel)] strides [\(stride), \(stride)] pad_begin [\(pad), \(pad)] pad_end [\(pad), \(pad)] "
      + "ceil_mode \(ceil) count_include_pad \(counting)"
  }

  static let moved: [Case] = [
    Case(name: "bias, no padding"),
    Case(name: "bias, windows over the edge", pool: pool(ceil: true)),
    Case(name: "bias, padding that does not count", pool: pool(3, pad: 1, counting: false)),
    Case(name: "bias, padding that does not count, over the edge", pool: pool(3, pad: 1, ceil: true, counting: false)),
    Case(name: "no bias, padding that counts", bias: false, pool: pool(3, pad: 1)),
    Case(
      name: "two pools", pool: pool(3, stride: 1, pad: 0), after: "%6 = average_pool %5 \(pool(3))", result: 6),
  ]

  static let kept: [Case] = [
    Case(name: "3×3", kernel: 3),
    Case(name: "stride", geometry: "strides [2, 2] pad_begin [0, 0] pad_end [0, 0] dilations [1, 1] groups 1"),
    Case(name: "padded", geometry: "strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1"),
    Case(name: "bias, padding that counts", pool: pool(3, pad: 1)),
    Case(name: "something between", between: "relu %3"),
    Case(name: "two users", after: "%6 = relu %3\noutput \"z\" %6"),
    Case(name: "wanted itself", after: "output \"z\" %3"),
    Case(name: "no fewer positions", pool: pool(3, stride: 1, pad: 1, counting: false)),
  ]

  private func apply(_ graph: Graph) throws -> Graph {
    let pass = try #require(Pipeline.passes.first { $0.name == "pool-before-1x1" })
    return try pass.run(graph)
  }

  /// Whether an average pool reads the network's input, and a convolution the pool.
  private func isMoved(_ graph: Graph) -> Bool {
    graph.nodes.contains { node in
      guard case .averagePool = node.op else { return false }
      return graph[node.inputs[0]].op == .input
    }
  }

  /// Expected: the interpreter on the graph as written, to 1e-12; fewer multiply-adds by the pool's factor.
  @Test(arguments: moved) func movesWhereItIsExact(_ item: Case) throws {
    let before = try bound(item.graph())
    let after = try apply(before)
    #expect(verify(after) == [] && isMoved(after))
    let convolutions = after.nodes.filter { $0.op.mnemonic == "convolution" }
    #expect(convolutions.count == 1)
    #expect(after.multiplyAdds * 2 < before.multiplyAdds)
    let expected = try interpretDouble(before, Networks.feeds(before, batch: 2)).outputs
    let found = try interpretDouble(after, Networks.feeds(before, batch: 2)).outputs
    #expect(Set(found.keys) == Set(expected.keys))
    for (name, values) in expected {
      let same = try #require(found[name]).elements
      for (x, y) in zip(values.elements, same) { #expect(abs(x - y) <= 1e-12, "\(name)") }
    }
  }

  @Test(arguments: kept) func staysWhereItIsNot(_ item: Case) throws {
    let before = try bound(item.graph())
    #expect(try !isMoved(apply(before)))
    #expect(try apply(before).multiplyAdds == before.multiplyAdds)
  }

  private func bound(_ typed: Graph) throws -> Graph {
    let pass = try #require(Pipeline.training(batch: 2, goal: .update).first { $0.name == "bind-batch" })
    return try pass.run(typed)
  }
}
