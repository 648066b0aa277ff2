/// Winograd's minimal filtering F(m×m, 3×3): m×m neighbouring outputs of a 3×3 filter from (m + 2)² products: for m = 4 from
/// 36 instead of 144, for m = 2 from 16 instead of 36.
///
/// y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A for a patch d of (m + 2)×(m + 2) inputs and a filter g (Lavin and Gray, "Fast Algorithms for
/// Convolutional Neural Networks", CVPR 2016). The interpolation points of m = 4 are 0, ±`near`, ±`far` and infinity. With
/// the usual 0, ±1, ±2 the root mean square error in single precision is 4.6 times that of the direct sum (128 channels of
/// max(x, 0) with normal x, He weights); of all points ±m/16 these two give the least, 2.1 times. They cost no more: the
/// transforms take the same operations for any pair, and their numbers are exact in single precision. Those of m = 2 are
/// 0, ±1 and infinity.
package enum Winograd: Int, CaseIterable, Sendable {
  case two = 2
  case four = 4

  /// Taps of a filter along an axis.
  package static let taps = 3

  /// Outputs of a tile along an axis, m.
  package var outputs: Int { rawValue }
  /// Inputs of a patch along an axis.
  package var patch: Int { outputs + Self.taps - 1 }
  /// Products of a tile for each pair of channels.
  package var products: Int { patch * patch }

  /// The one whose transformed weights have so many products in front; nil for none.
  package init?(products: Int?) {
    guard let found = Self.allCases.first(where: { $0.products == products }) else { return nil }
    self = found
  }

  package static let near = 0.6875
  package static let far = 1.5

  private static let (a, b) = (near, far)

  /// Bᵀ, patch × patch.
  package var inputTransform: [[Double]] {
    let (a, b) = (Self.a, Self.b)
    return switch self {
    case .two: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, -1, 0, 1]]
    case .four:
      [
        [a * a * b * b, 0, -(a * a + b * b), 0, 1, 0],
        [0, -a * b * b, -b * b, a, 1, 0],
        [0, a * b * b, -b * b, -a, 1, 0],
        [0, -a * a * b, -a * a, b, 1, 0],
        [0, a * a * b, -a * a, -b, 1, 0],
        [0, a * a * b * b, 0, -(a * a + b * b), 0, 1],
      ]
    }
  }

  /// G, patch × 3.
  package var filterTransform: [[Double]] {
    let (a, b) = (Self.a, Self.b)
    /// The row of point p, q being the positive one of the other pair.
    func row(_ p: Double, _ q: Double) -> [Double] {
      let scale: Double = 1 / (2 * p * p * (p * p - q * q))
      return [scale, p * scale, p * p * scale]
    }
    return switch self {
    case .two: [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]]
    case .four: [[1 / (a * a * b * b), 0, 0], row(a, b), row(-a, b), row(b, a), row(-b, a), [0, 0, 1]]
    }
  }

  /// Aᵀ, outputs × patch.
  package var outputTransform: [[Double]] {
    let (a, b) = (Self.a, Self.b)
    return switch self {
    case .two: [[1, 1, 1, 0], [0, 1, -1, 1]]
    case .four:
      [
        [1, 1, 1, 1, 1, 0],
        [0, a, -a, b, -b, 0],
        [0, a * a, a * a, b * b, b * b, 0],
        [0, a * a * a, -a * a * a, b * b * b, -b * b * b, 1],
      ]
    }
  }
}
