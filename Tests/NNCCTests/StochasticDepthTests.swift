import NNCC
import NNIR
import Testing

/// Blocks that training may leave out, as the forward function writes them.
@Suite struct StochasticDepthTests {
  @Test func branchStandsUnderItsGate() throws {
    enum F: Forward {
      static let shape = [4, 8, 8]
      static func forward(_ x: Tensor) -> Tensor {
        let y = x.relu()
          .stochasticDepth(survival: 0.75, name: "first") { $0.conv2d(4, kernel: 3).batchNorm().relu() }
          .stochasticDepth(survival: 0.5) { $0.scale(by: 2) }
        return residualBlock(y, channels: 8, stride: 2, survival: 0.25, name: "last")
      }
    }
    let graph = try graph(F.self)
    #expect(
      graph.gates == [
        GateInfo(name: "first", survival: 0.75), GateInfo(name: "depth1", survival: 0.5),
        GateInfo(name: "last", survival: 0.25),
      ])
    #expect(verify(graph).isEmpty)
    func under(_ gate: Int) -> [String] { graph.nodes.filter { $0.gate == Gate(gate) }.map(\.op.mnemonic) }
    #expect(under(0) == ["convolution", "batch_norm", "relu", "add"])
    #expect(under(1) == ["scale", "add"])
    #expect(under(2) == ["convolution", "batch_norm", "relu", "convolution", "batch_norm", "add"])
    // the shortcut, which is what a closed block consists of, stands outside
    #expect(
      graph.nodes.filter { $0.gate == nil && !$0.op.isSource }.map(\.op.mnemonic)
        == ["relu", "join", "join", "average_pool", "pad", "join", "relu"])
    #expect(graph.outputShape == [8, 4, 4])
  }

  /// Without a survival probability nothing changes.
  @Test func residualBlocksNeedNone() throws {
    enum F: Forward {
      static let shape = [4, 8, 8]
      static func forward(_ x: Tensor) -> Tensor { residualBlock(x, channels: 4) }
    }
    let graph = try graph(F.self)
    #expect(graph.gates.isEmpty && graph.count("join") == 0)
  }

  @Test func valuesInsideStayInside() {
    enum F: Forward {
      static let line = #line + 3
      static func forward(_ x: Tensor) -> Tensor {
        var stolen = x
        let y = x.stochasticDepth(survival: 0.5, name: "b") { x in
          stolen = x.relu()
          return stolen
        }
        _ = y.stochasticDepth(survival: 0.5, name: "c") { $0.adding(stolen) }
        return y.adding(stolen)
      }
    }
    let found = errors(F.self)
    let message = "adding: expected tensors that are always computed, found one from inside the block \"b\""
    #expect(found.map(\.message) == [message, message])
    #expect(found.map { $0.origin?.line } == [F.line + 4, F.line + 5])
  }

  @Test func outputIsAlwaysComputed() {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor {
        var stolen = x
        _ = x.stochasticDepth(survival: 0.5, name: "b") { x in
          stolen = x.relu()
          return stolen
        }
        return stolen
      }
    }
    #expect(
      errors(F.self).map(\.message)
        == ["output: expected a tensor that is always computed, found one from inside the block \"b\""])
  }

  @Test func nonsenseIsSaid() {
    enum F: Forward {
      static func forward(_ x: Tensor) -> Tensor {
        let a = x.stochasticDepth(survival: 1.5, name: "a") { $0.relu() }
        let b = x.stochasticDepth(survival: 0.5, name: "b") {
          $0.stochasticDepth(survival: 0.5, name: "c") { $0.tanh() }
        }
        let c = x.stochasticDepth(survival: 0.5, name: "b") { $0.relu() }
        let d = x.stochasticDepth(survival: 0.5, name: "d") { $0.conv2d(5, kernel: 3) }
        let e = residualBlock(x, channels: 2, survival: 0.5, name: "e")
        return a + b + c + d + e
      }
    }
    #expect(
      errors(F.self).map(\.message) == [
        "stochasticDepth: expected a survival probability in 0 ... 1, found 1.5",
        "stochasticDepth: expected blocks that do not nest, found \"c\" inside another",
        "stochasticDepth: block name \"b\" is taken already",
        "stochasticDepth: shape N×3×8×8 does not match N×5×8×8",
        "residualBlock: expected at least the input's 3 channels, found 2",
      ])
  }
}
