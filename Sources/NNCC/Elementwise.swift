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
