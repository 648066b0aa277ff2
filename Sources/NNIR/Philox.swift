/// The project's only source of randomness: Philox-4x32-10, a counter-based generator.
///
/// The 64-bit key mixes the seed and the stream's name; the 128-bit counter holds the index (low half) and the step
/// (high half), so any element's bits are a pure function of (seed, stream, step, index), whatever the order, layout
/// or thread that asks. The emitted C computes the same function.
///
/// Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
package struct Philox: Sendable {
  package let key: UInt64
  package let step: UInt64

  package init(seed: UInt64, stream: String, step: UInt64 = 0) {
    self.init(seed: seed, streamHash: Self.hash(stream), step: step)
  }

  package init(seed: UInt64, streamHash: UInt64, step: UInt64) {
    key = Self.mix(seed) ^ streamHash
    self.step = step
  }

  /// FNV-1a of the stream's name, 64 bits.
  package static func hash(_ stream: String) -> UInt64 {
    stream.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// The finaliser of SplitMix64: spreads neighbouring seeds over all 64 bits.
  package static func mix(_ seed: UInt64) -> UInt64 {
    var z = seed &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Four 32-bit words for one counter value.
  package func block(_ index: UInt64) -> SIMD4<UInt32> {
    Self.rounds(
      counter: [
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
        UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32),
      ],
      key: key)
  }

  /// The bijection itself, ten rounds.
  package static func rounds(counter: SIMD4<UInt32>, key: UInt64) -> SIMD4<UInt32> {
    var c = counter
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let p0 = UInt64(0xd251_1f53) * UInt64(c[0])
      let p1 = UInt64(0xcd9e_8d57) * UInt64(c[2])
      c = [
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c[1] ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c[3] ^ k1, UInt32(truncatingIfNeeded: p0),
      ]
      k0 = k0 &+ 0x9e37_79b9
      k1 = k1 &+ 0xbb67_ae85
    }
    return c
  }

  /// The 32 random bits of one logical element: word `element mod 4` of block `element / 4`.
  package func bits(_ element: UInt64) -> UInt32 { block(element >> 2)[Int(element & 3)] }

  /// Uniform in [0, 1) with 24 bits, exactly representable in single precision.
  package func uniform(_ element: UInt64) -> Float { Float(bits(element) >> 8) * 0x1p-24 }

  /// A whole number in 0..<bound, unbiased enough for shuffles (multiply-shift on 64 bits); takes block `index`.
  package func below(_ bound: Int, index: UInt64) -> Int {
    let words = block(index)
    let wide = UInt64(words[0]) << 32 | UInt64(words[1])
    return Int(wide.multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Standard normal by Box and Muller from block `element / 2`: two elements share a block.
  package func normal(_ element: UInt64) -> Double {
    let words = block(element >> 1)
    let radius = (-2 * logarithm((Double(words[0]) + 1) * 0x1p-32)).squareRoot()
    let angle = 2 * Double.pi * (Double(words[1]) * 0x1p-32)
    return radius * (element & 1 == 0 ? cosine(angle) : sine(angle))
  }
}
