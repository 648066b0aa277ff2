import NNIR

/// Kernels that are nothing but a hook.
extension Kernel {
  /// Elements that running sums in single precision take before double precision takes over.
  static let pointwiseRun = 4096

  /// A pointwise loop nest plane by plane (one image, one channel), with sums over images and positions.
  static func pointwisePlanes(_ epilogue: Epilogue) -> Kernel {
    Kernel(
      "pointwise_planes", variant: epilogue.key,
      "\(describe(store: epilogue).dropFirst(7)); a task is a block of planes",
      epilogue.parameters + Parameter.integers("planes channels inner block"), helpers: epilogue.helpers,
      text: { _ in
        let channel = epilogue.channel(
          "channel", channels: "channels", part: "image", plane: "inner", image: "image", position: "start",
          count: "least(\(pointwiseRun), inner - start)", value: nil
        ) { body in
          "for (int64_t start = 0; start < inner; start += \(pointwiseRun)) {\n\(body.indented(1))}\n"
        }
        return """
          \(epilogue.hook.setup(channels: "channels"))for (int64_t plane = first * block; plane < least(last * block, planes); ++plane) {
            const int64_t channel = plane % channels, image = plane / channels;
          \(channel.indented(1).dropLast())
          }
          """
      })
  }

  /// A pointwise loop nest over all elements in their order; a task is a chunk.
  static func pointwiseFlat(_ epilogue: Epilogue) -> Kernel {
    Kernel(
      "pointwise", variant: epilogue.key,
      "\(describe(store: epilogue).dropFirst(7)); a task is \(elementwiseChunk) elements",
      epilogue.parameters + [.integer("elements")], helpers: epilogue.helpers,
      text: { _ in
        """
        \(epilogue.hook.setup(channels: "1"))const int64_t start = first * \(elementwiseChunk);
        \(epilogue.hook.run(
          image: "0", channel: "0", plane: "elements", position: "start",
          count: "least(last * \(elementwiseChunk), elements) - start\(Mutation.isActive(.vectorTailLost) ? " - 1" : "")").dropLast())
        """
      })
  }
}
