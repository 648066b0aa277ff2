import NNIR

/// A recipe with something other than the default in every field.
let sampleRecipe = Recipe(
  loss: .meanSquaredError, optimizer: .adamW(beta1: 0.8, beta2: 0.95, epsilon: 1e-30, weightDecay: -0.0),
  learningRate: .steps(0.1, dividedBy: 10, at: [0.5, 0.75]).warmup(epochs: 2.5, from: 1e-4), batch: 32, epochs: 7,
  augmentation: [.padAndCrop(4), .horizontalFlip],
  normalization: .channels(mean: [125.3, 123, 113.9], deviation: [63, 62.1, 66.7]), validation: 0.1)

/// A training step that holds every operation which is legal from step on, and awkward names and numbers.
let stepSample: Graph = {
  var b = GraphBuilder(name: "every \"step\" \\ op ✓", stage: .step, recipe: sampleRecipe)
  let scalar = TensorType.f32([Extent]())
  let origin = Origin(file: "a folder/net.swift", line: 3)
  func parameter(_ name: String, _ initializer: Initializer, _ shape: [Int]) -> ValueID {
    b.add(.parameter(name: name, initializer: initializer), type: .f32(shape), origins: [origin])
  }
  let x = b.add(.input, type: .f32([2, 3, 8, 8]), origins: [origin, Origin(file: "\"q\".swift", line: 4)])
  let labels = b.add(.labels, type: TensorType(.i64, [2]))
  let target = b.add(.target, type: .f32([2, 5]))
  let rate = b.add(.learningRate, type: scalar)
  let step = b.add(.stepNumber, type: TensorType(.i64, []))
  let one = b.add(.fill(1.0), type: scalar)
  for value in [-0.0, .infinity, -.infinity, .nan, 1e-30, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e16, 0.1] {
    _ = b.add(.fill(Scalar(value)), type: .f32([3]))
  }
  for element in ElementType.allCases { _ = b.add(.fill(0.0), type: TensorType(element, [1, 2])) }
  let w = parameter("stem \"a\\b\" é.weight", .heNormal(.fanOut), [4, 3, 3, 3])
  let bias = parameter("\u{301}combining, line\nbreak, tab\t, bell \u{7}", .constant(-0.0), [4])
  let gamma = parameter("norm.weight", .lecunUniform(fan: 12), [4])
  let w1 = parameter("日本語.🧠.weight", .xavierUniform, [5, 96])
  let b1 = parameter("", .lecunUniform(), [5])
  for (index, initializer) in [
    Initializer.heNormal(.fanIn), .xavierNormal, .normal(1e-30), .uniform(.infinity), .constant(.nan),
  ].enumerated() { _ = parameter("unused.\(index)", initializer, [1]) }
  let mean = b.add(.state(name: "norm.running_mean", initializer: .constant(0)), type: .f32([4]))
  let variance = b.add(.state(name: "norm.running_var", initializer: .constant(1)), type: .f32([4]))
  let slots = Slot.allCases.map { b.add(.slot(name: "日本語.🧠.weight", kind: $0), type: .f32([5, 96])) }
  _ = b.add(.prepared(name: "folded \"weight\""), type: .f32([4, 3]))

  let geometry = Convolution(strides: [1, 2], padBegin: [1, 0], padEnd: [1, 2], dilations: [1, 2])
  let y = b.add(.convolution(geometry), [x, w, bias], origins: [origin])
  _ = b.add(.convolutionBackwardData(geometry, spatial: [8, 8]), [y, w])
  _ = b.add(.convolutionBackwardWeights(geometry, kernel: [3, 3]), [y, x])
  var packed = geometry
  packed.packed = .rows
  _ = b.add(.convolution(packed), [x, b.add(.packWeights(groups: 1, .rows), [w]), bias])
  let wide = parameter("wide", .constant(0.5), [32, 3, 3, 3])
  packed.packed = .lanes
  _ = b.add(.convolution(packed), [x, b.add(.packWeights(groups: 1, .lanes), [wide])])
  var ofBands = Convolution(strides: [1, 1], padBegin: [1, 1], padEnd: [1, 1], dilations: [1, 1])
  ofBands.bands = 2
  let inBands = b.add(.splitBands(2), [x])
  _ = b.add(.joinBands(2), [b.add(.convolution(ofBands), [inBands, wide])])
  let square = parameter("square", .constant(0.5), [4, 3, 3, 3])
  _ = b.add(
    .winogradConvolution(padBegin: [1, 0], padEnd: [2, 1]),
    [x, b.add(.winogradWeights(.four, transposed: false), [square])])
  _ = b.add(.winogradWeights(.two, transposed: true), [square])
  _ = b.add(
    .winogradConvolution(padBegin: [1, 1], padEnd: [1, 1], bands: 2),
    [inBands, b.add(.winogradWeights(.two, transposed: false), [square])])
  for op in [Op.relu, .sigmoid, .tanh, .scale(-0.0), .scale(1e-30), .reciprocalSquareRoot(epsilon: 1e-5)] {
    _ = b.add(op, [y])
  }
  for op in [Op.add, .subtract, .multiply, .reluGradient, .sigmoidGradient, .tanhGradient] { _ = b.add(op, [y, y]) }
  _ = b.add(.multiplyChannel(axis: 1), [y, gamma])
  _ = b.add(.addChannel(axis: 1), [y, gamma])
  _ = b.add(.clampChannel(axis: 1), [y, gamma, bias])
  for row in ClampRow.allCases { _ = b.add(.clampForm(row), [gamma, bias]) }
  _ = b.add(.dropout(probability: 0.25, stream: "drop \"1\""), [y, step])
  _ = b.add(.sumToChannel(axis: 1), [y])
  let pooling = Pooling(kernel: [2, 3], strides: [2, 1], padBegin: [1, 0], padEnd: [0, 1], ceilMode: true)
  let pooled = b.add(.maxPool(pooling), [y])
  _ = b.add(.maxPoolGradient(pooling), [pooled, y])
  let averaged = b.add(.averagePool(pooling), [y])
  _ = b.add(.averagePoolGradient(pooling, spatial: [8, 3]), [averaged])
  let global = b.add(.globalAveragePool, [y])
  _ = b.add(.globalAveragePoolGradient(spatial: [8, 3]), [global])
  _ = b.add(.concat(axis: 1), [y, y, y])
  _ = b.add(.slice(axis: 1, start: 1, count: 2), [y])
  _ = b.add(.pad(before: [0, 0, 1, 2], after: [0, 4, 0, 0]), [y])
  let moments = b.add(.moments(groups: 2), [y])
  _ = b.add(.normalize(epsilon: 1e-5), [y, moments, gamma, bias])
  let sums = b.add(.normalizeReduce(epsilon: 1e-5), [y, y, moments])
  let adjoint = b.add(.normalizeMomentsGradient(epsilon: 1e-5), [sums, moments, gamma])
  _ = b.add(.normalizeInputGradient(epsilon: 1e-5), [y, moments, gamma])
  _ = b.add(.momentsGradient, [adjoint, y, moments])
  _ = b.add(.selectMoment(row: 1), [sums])
  let newMean = b.add(.runningMean(momentum: 0.1), [mean, moments])
  let newVariance = b.add(.runningVariance(momentum: 0.1, count: 48), [variance, moments])

  let gates = [0.1, 1e-30].map { b.add(gate: GateInfo(name: "block \"\($0)\"", survival: $0)) }
  for gate in gates {
    let inside = b.add(.relu, [y], gate: gate, origins: [origin])
    let more = b.add(.scale(2.0), [inside], gate: gate)
    _ = b.add(.join(gate), [more, y])
  }

  let flat = b.add(.reshape([2, 96]), [y])
  let logits = b.add(.linear(), [flat, w1, b1])
  _ = b.add(.softmax, [logits])
  let loss = b.add(.softmaxCrossEntropy, [logits, labels])
  let slope = b.add(.softmaxCrossEntropyGradient, [one, logits, labels])
  _ = b.add(.meanSquaredError, [logits, target])
  _ = b.add(.meanSquaredErrorGradient, [one, logits, target])
  let gradient = b.add(.matmul(transposeA: true, transposeB: false), [slope, flat])
  let sgd = SGD(momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 1e-4)
  let momentum = b.add(.sgdMomentum(sgd), [w1, gradient, slots[0], step])
  let next = b.add(.sgdParameter(sgd), [w1, gradient, momentum, rate])
  _ = b.add(.sgdParameter(sgd), [w1, gradient, rate])
  let adam = Adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decoupled: true)
  let first = b.add(.adamFirstMoment(adam), [w1, gradient, slots[1]])
  let second = b.add(.adamSecondMoment(adam), [w1, gradient, slots[2]])
  _ = b.add(.adamParameter(adam), [w1, first, second, rate, step])

  b.add(result: .output(name: "loss \"mean\"", value: loss))
  b.add(result: .gradient(name: "日本語.🧠.weight", value: gradient))
  b.add(result: .update(source: w1, value: next))
  b.add(result: .update(source: slots[0], value: momentum))
  b.add(result: .update(source: mean, value: newMean))
  b.add(result: .update(source: variance, value: newVariance))
  return b.graph
}()

/// A model before its batch is bound, with batch norm and the symbol N in an attribute.
let typedSample: Graph = {
  var b = GraphBuilder(name: "typed", stage: .typed)
  let x = b.add(.input, type: .f32([.batch, 4, 2]))
  let vectors = ["weight", "bias"].map {
    b.add(.parameter(name: $0, initializer: .constant(1)), type: .f32([4]))
  }
  let states = ["running_mean", "running_var"].map {
    b.add(.state(name: $0, initializer: .constant(0)), type: .f32([4]))
  }
  let y = b.add(.batchNorm(epsilon: 1e-5, momentum: 0.1), [x] + vectors + states)
  let flat = b.add(.reshape([.batch, 8]), [y])
  b.add(result: .output(name: "logits", value: flat))
  return b.graph
}()
