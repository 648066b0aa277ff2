import NNIR

/// A residual network with three blocks, the second one halving the map, as text with gates or with each block written
/// out or left out.
struct GatedNetwork {
  private var lines: [String] = []
  private var count = 0
  /// Which blocks are there; nil: each under a gate.
  private let gates: [Bool]?

  static let names = ["block.1", "block.2", "block.3"]

  /// - Parameters:
  ///   - survival: Of each gate.
  ///   - gates: Blocks that are written out (true) or left out, parameters aside; nil for blocks under gates.
  static func text(survival: [Double] = [0.75, 0.5, 0.25], gates: [Bool]? = nil) -> String {
    var network = GatedNetwork(gates: gates)
    network.build()
    let header = gates == nil ? zip(names, survival).map { "gate \"\($0)\" survival \($1)\n" }.joined() : ""
    return "nnir 1 name \"residual\" stage raw\n\(Networks.recipe)\n\(header)"
      + network.lines.joined(separator: "\n") + "\n"
  }

  private init(gates: [Bool]?) { self.gates = gates }

  @discardableResult
  private mutating func add(_ operation: String, _ gate: Int? = nil, type: String? = nil) -> String {
    let under = gate.map { " under \($0)" } ?? ""
    lines.append("%\(count) = \(operation)\(gates == nil ? under : "")" + (type.map { " : \($0)" } ?? ""))
    count += 1
    return "%\(count - 1)"
  }

  private mutating func parameter(_ name: String, _ shape: String, _ initializer: String) -> String {
    add("parameter name \"\(name)\" init \(initializer)", type: "f32[\(shape)]")
  }

  /// Parameters of a convolution and its batch norm, in the order of their operands.
  private mutating func layer(_ name: String, _ inputs: Int, _ outputs: Int) -> [String] {
    [parameter("\(name).weight", "\(outputs),\(inputs),3,3", "[he_normal, fan_out]")]
      + ["gamma", "beta"].map { parameter("\(name).\($0)", "\(outputs)", "[constant, 1.0]") }
      + ["running_mean", "running_var"].map {
        add("state name \"\(name).\($0)\" init [constant, 1.0]", type: "f32[\(outputs)]")
      }
  }

  private mutating func normalized(_ x: String, _ layer: [String], stride: Int, _ gate: Int? = nil) -> String {
    let y = add(
      "convolution \(x) \(layer[0]) strides [\(stride), \(stride)] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] "
        + "groups 1", gate)
    return add("batch_norm \(y) \(layer.dropFirst().joined(separator: " ")) epsilon 1e-05 momentum 0.1", gate)
  }

  private mutating func build() {
    let image = add("input", type: "f32[N,2,6,6]")
    let stem = layer("stem", 2, 3)
    var x = add("relu " + normalized(image, stem, stride: 1))
    for (index, name) in Self.names.enumerated() {
      let isHalving = index == 1
      let (inputs, outputs) = (index < 2 ? 3 : 5, index == 0 ? 3 : 5)
      let layers = [layer("\(name).a", inputs, outputs), layer("\(name).b", outputs, outputs)]
      var skip = x
      if isHalving {
        let pooled = add(
          "average_pool \(x) kernel [2, 2] strides [2, 2] pad_begin [0, 0] pad_end [0, 0] ceil_mode false "
            + "count_include_pad true")
        skip = add("pad \(pooled) before [0, 0, 0, 0] after [0, 2, 0, 0]")
      }
      var sum = skip
      if gates?[index] ?? true {
        let inner = add("relu " + normalized(x, layers[0], stride: isHalving ? 2 : 1, index), index)
        sum = add("add \(skip) \(normalized(inner, layers[1], stride: 1, index))", index)
      }
      if gates == nil { sum = add("join \(sum) \(skip) gate \(index)") }
      x = add("relu \(sum)")
    }
    let features = add("global_average_pool \(x)")
    let weight = parameter("fc.weight", "4,5", "lecun_uniform")
    lines.append("output \"logits\" " + add("linear \(features) \(weight)"))
  }
}
