import NNIR

// Operations on single elements; none changes the shape.

extension Tensor {
  /// max(x, 0); NaN passes through, and the derivative at 0 is 0. PyTorch: `F.relu`.
  public func relu(file: String = #fileID, line: Int = #line) -> Tensor {
    apply(.relu, call: Call("relu", file, line))
  }

  /// 1 / (1 + e⁻ˣ). PyTorch: `torch.sigmoid`.
  public func sigmoid(file: String = #fileID, line: Int = #line) -> Tensor {
    apply(.sigmoid, call: Call("sigmoid", file, line))
  }

  /// The hyperbolic tangent. PyTorch: `torch.tanh`.
  public func tanh(file: String = #fileID, line: Int = #line) -> Tensor {
    apply(.tanh, call: Call("tanh", file, line))
  }

  /// factor · x
  public func scale(by factor: Double, file: String = #fileID, line: Int = #line) -> Tensor {
    scale(by: factor, call: Call("scale", file, line))
  }

  /// x + y of one shape, as the operator `+`, with the call's own line in messages.
  public func adding(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    builder.apply(.add, to: [self, other], call: Call("adding", file, line))
  }

  /// x − y of one shape, as the operator `-`, with the call's own line in messages.
  public func subtracting(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    builder.apply(.subtract, to: [self, other], call: Call("subtracting", file, line))
  }

  /// x · y element by element, as the operator `*`, with the call's own line in messages.
  public func multiplied(by other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    builder.apply(.multiply, to: [self, other], call: Call("multiplied", file, line))
  }

  /// While training, sets each element to 0 with the given probability and multiplies the others by
  /// 1/(1 − probability); for inference it is the identity. PyTorch: `F.dropout`.
  ///
  /// The mask is a function of the seed, the name, the training step and the element's index alone.
  ///
  /// - Parameters:
  ///   - probability: Share of elements set to 0, at least 0 and below 1; 0 leaves the network as it is.
  ///   - name: Name of the random stream, `dropout1`, `dropout2`, … by default; no two dropouts share one.
  public func dropout(
    _ probability: Double, name: String? = nil, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let call = Call("dropout", file, line)
    let name = builder.streamName(name, call: call)
    guard (0..<1).contains(probability) else {
      builder.report(call, "expected a probability in 0 ..< 1, found \(probability)")
      return poison
    }
    guard probability > 0, id != nil else { return self }
    return apply(
      .dropout(probability: Scalar(probability), stream: name), parameters: [builder.stepNumber()], call: call)
  }

  /// Stochastic depth: x + b·branch(x), with b drawn from {0, 1} once for each step of training.
  ///
  /// Where b is 0, nothing of the branch is computed, forward or backward, and its running statistics stay. Inference
  /// computes x + survival·branch(x). (Huang, Sun, Liu, Sedra, Weinberger: "Deep networks with stochastic depth",
  /// ECCV 2016.) In the paper a ReLU follows; a block whose input is nowhere negative is then the identity where it is
  /// left out.
  ///
  /// Shapes: the branch has the shape of x. PyTorch: `x + torchvision.ops.stochastic_depth(branch(x), 1 - survival,
  /// "batch")`, which divides by the survival probability while training instead.
  ///
  /// - Parameters:
  ///   - survival: Probability that b is 1; with 0 the branch is never computed, with 1 always.
  ///   - name: The block's name, for `nncc build --drop NAME`; `depth1`, `depth2`, … by default.
  ///   - branch: Makes the branch of this tensor. Tensors that it makes do not leave it but by its result.
  public func stochasticDepth(
    survival: Double, name: String? = nil, file: String = #fileID, line: Int = #line, _ branch: (Tensor) -> Tensor
  ) -> Tensor {
    builder.stochasticDepth(
      survival: survival, name: name, call: Call("stochasticDepth", file, line), branch: { branch(self) },
      skip: { self })
  }

  private func scale(by factor: Double, call: Call) -> Tensor {
    guard factor.isFinite else {
      builder.report(call, "expected a finite factor, found \(factor)")
      return poison
    }
    return apply(.scale(Scalar(factor)), call: call)
  }

  /// Element by element; both of one shape.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    a.builder.apply(.add, to: [a, b], call: Call(operator: "+", [a, b]))
  }

  /// Element by element; both of one shape.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    a.builder.apply(.subtract, to: [a, b], call: Call(operator: "-", [a, b]))
  }

  /// Element by element; both of one shape.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    a.builder.apply(.multiply, to: [a, b], call: Call(operator: "*", [a, b]))
  }

  /// factor · x
  public static func * (factor: Double, x: Tensor) -> Tensor { x.scale(by: factor, call: Call(operator: "*", [x])) }

  /// x · factor
  public static func * (x: Tensor, factor: Double) -> Tensor { x.scale(by: factor, call: Call(operator: "*", [x])) }

  /// −x
  public static prefix func - (x: Tensor) -> Tensor { x.scale(by: -1, call: Call(operator: "-", [x])) }
}
