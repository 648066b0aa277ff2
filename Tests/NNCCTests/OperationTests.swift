import NNCC
import NNIR
import Testing

/// Shapes, expected from the formulae of PyTorch's documentation, and attributes as written in the call.
@Suite struct OperationTests {
  @Test func convolutionShapesAndParameters() throws {
    enum F: Forward {
      static let shape = [4, 9, 7]
      static func forward(_ x: Tensor) -> Tensor {
        // ⌊(9 + 2·1 − 2·(3−1) − 1)/2⌋ + 1 = 4, ⌊(7 + 2 − 4 − 1)/2⌋ + 1 = 3
        x.conv2d(6, kernel: 3, stride: 2, padding: 1, dilation: 2, groups: 2, bias: true, name: "c")
      }
    }
    let graph = try graph(F.self)
    #expect(graph.outputShape == [6, 4, 3])
    #expect(graph.parameters.map(\.type) == [.f32([6, 2, 3, 3]), .f32([6])])
    #expect(graph.parameterNames == ["c.weight", "c.bias"])
    #expect(graph.parameters.map(\.initializer) == [.heNormal(.fanOut), .constant(0)])
  }

  @Test(arguments: [(1, 1), (2, 1), (3, 2), (4, 3), (5, 2), (7, 1)])
  func samePaddingRoundsUp(kernel: Int, stride: Int) throws {
    // the definition: ⌈extent / stride⌉ outputs
    let builder = ModelBuilder(name: "same", recipe: nil)
    let y = builder.input([1, 13, 10]).conv2d(2, kernel: kernel, stride: stride)
    #expect(y.shape == [2, (13 + stride - 1) / stride, (10 + stride - 1) / stride])
  }

  @Test func rectangularKernels() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor {
        x.conv2d(5, kernel: (1, 3), stride: (1, 2), padding: .pair(vertical: 0, horizontal: 1))
          .averagePool(kernel: (2, 1))
          .maxPool(kernel: (1, 2), stride: (1, 1), padding: .sides(top: 0, bottom: 0, left: 1, right: 0))
      }
    }
    #expect(try graph(F.self).outputShape == [5, 4, 4])
  }

  @Test func pooling() throws {
    enum F: Forward {
      static let shape = [2, 7, 7]
      static func forward(_ x: Tensor) -> Tensor {
        let up = x.maxPool(kernel: 2, ceilMode: true)
        let down = x.averagePool(kernel: 2, countIncludePad: false).pad(bottom: 1, right: 1)
        return concat([up, down]).globalAveragePool()
      }
    }
    let graph = try graph(F.self)
    #expect(graph.outputShape == [4])
    let pooling = graph.nodes.compactMap { node in
      if case .averagePool(let geometry) = node.op { geometry } else { nil }
    }
    #expect(pooling.map(\.countIncludePad) == [false])
  }

  @Test func arithmetic() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor {
        let y = 2 * x + x.sigmoid() * x.tanh() - x * 0.5
        return (-y).scale(by: 3).adding(x).subtracting(y).multiplied(by: x)
      }
    }
    let graph = try graph(F.self)
    #expect(graph.outputShape == [3, 8, 8])
    let factors = graph.nodes.compactMap { node in if case .scale(let factor) = node.op { factor.value } else { nil } }
    #expect(factors == [2, 0.5, -1, 3])
    #expect(graph.count("add") == 2 && graph.count("subtract") == 2 && graph.count("multiply") == 2)
  }

  @Test func movingElements() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor {
        x.pad(top: 1, left: 2, channelsAfter: 5).slice(channels: 2..<6).reshape([2, 18, 10]).flatten()
      }
    }
    #expect(try graph(F.self).outputShape == [4 * 9 * 10])
  }

  @Test func dropoutStreams() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor {
        // the same operation on the same operand twice must not become one node
        x.dropout(0.5) + x.dropout(0.5) + x.dropout(0.25, name: "last") + x.dropout(0)
      }
    }
    let graph = try graph(F.self)
    let streams = graph.nodes.compactMap { node in
      if case .dropout(_, let stream) = node.op { stream } else { nil }
    }
    #expect(streams == ["dropout1", "dropout2", "last"])
    #expect(graph.count("step_number") == 1)
    #expect(verify(graph).isEmpty)
  }

  @Test func batchNormOnImagesAndVectors() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor {
        x.batchNorm(epsilon: 1e-3, momentum: 0.2, name: "a").globalAveragePool().batchNorm(name: "b")
      }
    }
    let graph = try graph(F.self)
    #expect(graph.parameterNames == ["a.weight", "a.bias", "b.weight", "b.bias"])
    #expect(graph.states.map(\.name) == ["a.running_mean", "a.running_var", "b.running_mean", "b.running_var"])
    // PyTorch's BatchNorm2d: weight 1, bias 0, running mean 0, running variance 1
    #expect(graph.parameters.map(\.initializer) == [.constant(1), .constant(0), .constant(1), .constant(0)])
    #expect(graph.states.map(\.initializer) == [.constant(0), .constant(1), .constant(0), .constant(1)])
    #expect(graph.nodes.contains { $0.op == .batchNorm(epsilon: 1e-3, momentum: 0.2) })
  }

  @Test func automaticNamesAvoidChosenOnes() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor {
        x.conv2d(1, kernel: 1, name: "conv2").conv2d(1, kernel: 1).conv2d(1, kernel: 1).flatten().linear(2).linear(2)
      }
    }
    let names = ["conv2", "conv1", "conv3", "linear1", "linear2"]
    #expect(try graph(F.self).parameterNames.filter { $0.hasSuffix("weight") } == names.map { "\($0).weight" })
  }

  @Test func textReadsBackEqual() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor {
        denseBlock(residualBlock(x, channels: 5, stride: 2), layers: 2, growth: 3, dropout: 0.1).globalAveragePool()
      }
    }
    let graph = try graph(F.self)
    #expect(try Graph(parsing: graph.text, file: "text") == graph)
    #expect(verify(graph).isEmpty)
  }

  @Test func oddExtentsInResidualBlocks() throws {
    enum F: Forward {
      static let shape = [2, 7, 5]
      static func forward(_ x: Tensor) -> Tensor { residualBlock(x, channels: 4, stride: 2) }
    }
    #expect(try graph(F.self).outputShape == [4, 4, 3])
  }

  @Test func oddZerosGoBelowAndRight() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor { x.conv2d(1, kernel: 4) }
    }
    // PyTorch's padding="same": of k − 1 = 3 zeros ⌊3/2⌋ come before
    let geometry = try #require(
      try graph(F.self).nodes.lazy.compactMap { node in
        if case .convolution(let geometry) = node.op { geometry } else { nil }
      }.first)
    #expect(geometry.padBegin == [1, 1] && geometry.padEnd == [2, 2])
  }

  @Test func shortcutsAppendZeroChannels() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor { residualBlock(x, channels: 7, stride: 2) }
    }
    // F.pad(avg_pool2d(x, 2), (0, 0, 0, 0, 0, extra)): the zeros come after the channels that exist
    let ops = try graph(F.self).nodes.map(\.op)
    #expect(ops.contains(.pad(before: [0, 0, 0, 0], after: [0, 4, 0, 0])))
    #expect(ops.contains(.averagePool(Pooling(kernel: [2, 2], strides: [2, 2], padBegin: [0, 0], padEnd: [0, 0]))))
    #expect(ops.last == .relu)
  }

  @Test func denseLayersAppendTheirChannels() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor { denseBlock(x, layers: 2, growth: 4) }
    }
    // torch.cat((x, y), 1): the old features first
    let graph = try graph(F.self)
    let concats = graph.nodes.filter { $0.op == .concat(axis: 1) }
    #expect(concats.map { $0.inputs.map { graph[$0].type.shape[1] } } == [[3, 4], [7, 4]])
    #expect(concats.first?.inputs.first == graph.first(.input))
  }

  @Test func unusedLayersAreLeftOutWithAWarning() throws {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor {
        _ = x.conv2d(4, kernel: 3, name: "forgotten")
        return x.relu()
      }
    }
    let (graph, warnings) = try ModelProgram<Probe<F>>.graph()
    #expect(graph.nodes.map(\.op.mnemonic) == ["input", "relu"])
    #expect(warnings.map(\.severity) == [.warning])
    #expect(warnings.first?.message == "parameter \"forgotten.weight\" does not reach the output and is left out")
  }
}
