/// Winograd's minimal filtering F(4×4, 3×3): 16 neighbouring outputs of a 3×3 filter from 36 products instead of 144.
///
/// y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A for a patch d of 6×6 inputs and a filter g (Lavin and Gray, "Fast Algorithms for
/// Convolutional Neural Networks", CVPR 2016). The interpolation points are 0, ±`near`, ±`far` and infinity. With the usual
/// 0, ±1, ±2 the root mean square error in single precision is 4.6 times that of the direct sum (128 channels of
/// max(x, 0) with normal x, He weights); of all points ±m/16 these two give the least, 2.1 times. They cost no more: the
/// transforms take the same operations for any pair, and their numbers are exact in single precision.
package enum Winograd {
  /// Outputs of a tile along an axis, taps of a filter, and inputs of a patch.
  package static let outputs = 4
  package static let taps = 3
  package static let patch = outputs + taps - 1
  /// Products of a tile for each pair of channels.
  package static let products = patch * patch

  package static let near = 0.6875
  package static let far = 1.5

  private static let (a, b) = (near, far)

  /// Bᵀ, 6×6.
  package static let inputTransform: [[Double]] = [
    [a * a * b * b, 0, -(a * a + b * b), 0, 1, 0],
    [0, -a * b * b, -b * b, a, 1, 0],
    [0, a * b * b, -b * b, -a, 1, 0],
    [0, -a * a * b, -a * a, b, 1, 0],
    [0, a * a * b, -a * a, -b, 1, 0],
    [0, a * a * b * b, 0, -(a * a + b * b), 0, 1],
  ]

  /// G, 6×3.
  package static let filterTransform: [[Double]] = {
    /// The row of point p, q being the positive one of the other pair.
    func row(_ p: Double, _ q: Double) -> [Double] {
      let scale: Double = 1 / (2 * p * p * (p * p - q * q))
      return [scale, p * scale, p * p * scale]
    }
    return [[1 / (a * a * b * b), 0, 0], row(a, b), row(-a, b), row(b, a), row(-b, a), [0, 0, 1]]
  }()

  /// Aᵀ, 4×6.
  package static let outputTransform: [[Double]] = [
    [1, 1, 1, 1, 1, 0],
    [0, a, -a, b, -b, 0],
    [0, a * a, a * a, b * b, b * b, 0],
    [0, a * a * a, -a * a * a, b * b * b, -b * b * b, 1],
  ]
}
