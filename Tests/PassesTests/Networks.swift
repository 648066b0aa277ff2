import Interpreter
import NNIR
import Passes

/// Small networks as text, and what the tests need to run them.
enum Networks {
  static let recipe =
    "recipe loss softmax_cross_entropy optimizer [sgd, 0.9, 0.0, true, 0.0001] learning_rate [0.1, constant, 0.0, 0.0] "
    + "batch 4 epochs 1 augmentation [] normalization per_channel validation 0.0"

  /// Two dense layers in pre-activation order, average pooling, a classifier: concatenations with several users.
  static let dense = """
    nnir 1 name "dense" stage raw
    \(recipe)
    %0 = input : f32[N,2,6,6]
    %1 = parameter name "stem" init [he_normal, fan_out] : f32[3,2,3,3]
    %2 = convolution %0 %1 strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1 @ "dense.swift":3
    %3 = parameter name "n1.weight" init [constant, 1.0] : f32[3]
    %4 = parameter name "n1.bias" init [constant, 0.0] : f32[3]
    %5 = state name "n1.running_mean" init [constant, 0.0] : f32[3]
    %6 = state name "n1.running_var" init [constant, 1.0] : f32[3]
    %7 = batch_norm %2 %3 %4 %5 %6 epsilon 1e-05 momentum 0.1
    %8 = relu %7
    %9 = parameter name "c1" init [he_normal, fan_out] : f32[2,3,3,3]
    %10 = convolution %8 %9 strides [1, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1
    %11 = concat %2 %10 axis 1 @ "dense.swift":5
    %12 = parameter name "n2.weight" init [constant, 1.0] : f32[5]
    %13 = parameter name "n2.bias" init [constant, 0.0] : f32[5]
    %14 = state name "n2.running_mean" init [constant, 0.0] : f32[5]
    %15 = state name "n2.running_var" init [constant, 1.0] : f32[5]
    %16 = batch_norm %11 %12 %13 %14 %15 epsilon 1e-05 momentum 0.1
    %17 = relu %16
    %18 = parameter name "c2" init [he_normal, fan_out] : f32[2,5,1,1]
    %19 = convolution %17 %18 strides [1, 1] pad_begin [0, 0] pad_end [0, 0] dilations [1, 1] groups 1
    %20 = concat %11 %19 axis 1
    %21 = average_pool %20 kernel [2, 2] strides [2, 2] pad_begin [0, 0] pad_end [0, 0] ceil_mode false count_include_pad true
    %22 = global_average_pool %21
    %23 = parameter name "fc.weight" init lecun_uniform : f32[4,7]
    %24 = parameter name "fc.bias" init [constant, 0.0] : f32[4]
    %25 = linear %22 %23 %24
    output "logits" %25
    """

  /// Convolution, batch norm, dropout, max pooling, padding, slicing, tanh, sigmoid, a residual sum.
  static let mixed = """
    nnir 1 name "mixed" stage raw
    \(recipe)
    %0 = input : f32[N,3,5,5]
    %1 = parameter name "a" init [he_normal, fan_in] : f32[4,3,3,3]
    %2 = parameter name "a.bias" init [constant, 0.1] : f32[4]
    %3 = convolution %0 %1 %2 strides [2, 1] pad_begin [1, 1] pad_end [1, 1] dilations [1, 1] groups 1
    %4 = parameter name "n.weight" init [constant, 1.0] : f32[4]
    %5 = parameter name "n.bias" init [constant, 0.0] : f32[4]
    %6 = state name "n.running_mean" init [constant, 0.0] : f32[4]
    %7 = state name "n.running_var" init [constant, 1.0] : f32[4]
    %8 = batch_norm %3 %4 %5 %6 %7 epsilon 0.001 momentum 0.2
    %9 = tanh %8
    %10 = slice %9 axis 1 start 1 count 2
    %11 = pad %10 before [0, 1, 0, 0] after [0, 1, 0, 0]
    %12 = sigmoid %8
    %13 = multiply %11 %12
    %14 = add %13 %8
    %15 = scale %14 value 0.5
    %16 = subtract %15 %9
    %17 = max_pool %16 kernel [2, 2] strides [1, 2] pad_begin [0, 1] pad_end [0, 1] ceil_mode false count_include_pad true
    %18 = step_number : i64[]
    %19 = dropout %17 %18 probability 0.25 stream "drop"
    %20 = reshape %19 shape [N, 24]
    %21 = parameter name "w" init xavier_uniform : f32[3,24]
    %22 = linear %20 %21
    output "logits" %22
    """

  static func graph(_ text: String) throws -> Graph {
    try run(Pipeline.typing, on: Graph(parsing: text, file: "test.nnir"))
  }

  /// Weights from the initializers (vectors moved off their trivial values), a random batch of 4.
  static func feeds(_ typed: Graph, batch: Int = 4) -> Feeds {
    var feeds = Feeds(initializing: typed, seed: 7)
    let random = Philox(seed: 7, stream: "feeds")
    for (index, parameter) in typed.parameters.enumerated() where parameter.type.rank == 1 {
      feeds.parameters[parameter.name] = (0..<parameter.type.count).map {
        0.5 + random.normal(UInt64(100 * index + $0)) / 4
      }
    }
    let input = typed.first(.input).map { typed[$0].type.binding(batch: batch).count } ?? 0
    feeds.input = (0..<input).map { random.normal(UInt64(10_000 + $0)) }
    feeds.labels = (0..<batch).map { Int64($0 % 3) }
    feeds.learningRate = 0.1
    feeds.step = 2
    for slot in typed.recipe?.optimizer.slots ?? [] {
      for parameter in typed.parameters {
        feeds.slots[SlotKey(parameter.name, slot)] = (0..<parameter.type.count).map {
          random.normal(UInt64(50_000 + $0)) / 8
        }
      }
    }
    return feeds
  }
}
