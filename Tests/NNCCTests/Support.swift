import NNCC
import NNIR

/// A forward function as a type of its own, because a network is made by `init()` alone.
protocol Forward {
  static var shape: [Int] { get }
  static func forward(_ x: Tensor) -> Tensor
}

extension Forward {
  static var shape: [Int] { [3, 8, 8] }
}

struct Probe<F: Forward>: Network {
  var recipe: Recipe { Recipe(loss: .meanSquaredError) }
  var inputShape: [Int] { F.shape }
  func callAsFunction(_ input: Tensor) -> Tensor { F.forward(input) }
}

/// The graph of a forward function.
func graph<F: Forward>(_ forward: F.Type) throws -> Graph { try ModelProgram<Probe<F>>.graph().graph }

/// The diagnostics of a forward function that must not succeed.
func errors<F: Forward>(_ forward: F.Type) -> [Diagnostic] { problems { try ModelProgram<Probe<F>>.graph().graph } }

/// What a body throws; empty when it does not.
func problems(_ body: () throws -> Graph) -> [Diagnostic] {
  do {
    _ = try body()
    return []
  } catch let error as Diagnostics {
    return error.list
  } catch {
    return [Diagnostic(message: "unexpected \(error)")]
  }
}

extension Graph {
  /// Shape of the output without the batch.
  var outputShape: [Int] { output("logits").map { self[$0].type.shape.compactMap(\.value) } ?? [] }
  var parameterNames: [String] { parameters.map(\.name) }
  func count(_ mnemonic: String) -> Int { nodes.count { $0.op.mnemonic == mnemonic } }
}
