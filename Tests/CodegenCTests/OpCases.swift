import Interpreter
import NNIR

/// One row at least for every operation; shapes are odd where tails matter.
enum OpCases {
  static let all: [OpCase] =
    elementwise + channels + products + convolutions + bands + winograd + pooling + shapes + losses + optimizers
    + sources

  static func geometry(
    _ strides: [Int], pad: [Int], end: [Int]? = nil, dilations: [Int]? = nil, groups: Int = 1
  ) -> Convolution {
    Convolution(
      strides: strides, padBegin: pad, padEnd: end ?? pad,
      dilations: dilations ?? [Int](repeating: 1, count: strides.count), groups: groups)
  }

  // MARK: Elementwise

  static let elementwise: [OpCase] =
    [[1], [7, 3], [2, 5, 7, 9], [16384 * 2 + 3]].flatMap { shape -> [OpCase] in
      [
        .make(.relu, [shape], [.whole], .exact),
        .make(.scale(0.5), [shape], [.whole], .exact),
        .make(.sigmoid, [shape], [.real], .relative(3e-7)),
        .make(.tanh, [shape], [.real], .relative(3e-7)),
        .make(.reciprocalSquareRoot(epsilon: 1e-5), [shape], [.positive], .relative(3e-7)),
        .make(.add, [shape, shape], [.whole], .exact),
        .make(.subtract, [shape, shape], [.whole], .exact),
        .make(.multiply, [shape, shape], [.whole], .exact),
        .make(.reluGradient, [shape, shape], [.whole], .exact),
        .make(.sigmoidGradient, [shape, shape], [.whole], .exact),
        .make(.tanhGradient, [shape, shape], [.whole], .exact),
        .make(
          .dropout(probability: 0.3, stream: "drop"), [shape], [.real], .relative(2e-7),
          extra: [(.stepNumber, TensorType(.i64, []))]),
      ]
    } + [
      .make(.relu, [[4]], [.given([.nan, -0.0, -.infinity, .infinity])], .exact, note: "special"),
      .make(.relu, [[2]], [.given([1, -1])], .exact),
    ]

  static let channels: [OpCase] =
    [([2, 3, 4, 5], 1), ([33, 7], 1), ([5, 6, 3], 0), ([2, 24, 32, 32], 1), ([3, 1], 1)]
    .flatMap { shape, axis -> [OpCase] in
      [
        .make(.multiplyChannel(axis: axis), [shape, [shape[axis]]], [.whole], .exact),
        .make(.addChannel(axis: axis), [shape, [shape[axis]]], [.whole], .exact),
        .make(
          .clampChannel(axis: axis), [shape, [shape[axis]], [shape[axis]]], [.whole], .exact, note: "bounds may cross"),
        .make(.sumToChannel(axis: axis), [shape], [.whole], .exact),
        .make(.sumToChannel(axis: axis), [shape], [.real], .relative(2e-7)),
      ]
    } + clampForms + normalization

  /// Slopes and intercepts of both signs, zero, not numbers, and with roots beyond the reach of the form.
  static let clampForms: [OpCase] = {
    let slopes = [2, -0.5, 0, 0, 0, 0x1p-100, 0x1p-100, -0x1p-100, -0x1p-100, .nan, 1, 0, 4]
    let intercepts = [3, 1, 5, -5, 0, -1, 1, 1, -1, 1, .nan, .nan, -8]
    return ClampRow.allCases.map { row in
      .make(
        .clampForm(row), [[slopes.count], [slopes.count]], [.given(slopes), .given(intercepts)], .exact,
        note: row.rawValue)
    } + [
      .make(
        .clampChannel(axis: 1), [[2, 3, 2], [3], [3]],
        [
          .given([-.infinity, 1, .nan, 9, -9, 0, .infinity, 2, 3, 4, 5, 6]), .given([-.infinity, 4, -.infinity]),
          .given([.infinity, .infinity, 5]),
        ], .exact, note: "special")
    ]
  }()

  static let normalization: [OpCase] = [[4, 3, 5, 7], [33, 5], [2, 40, 8, 8], [6, 2, 50], [3, 1, 70, 70]]
    .flatMap { shape -> [OpCase] in
      let channels = shape[1]
      return [1, 2].flatMap { groups -> [OpCase] in
        let moments = [groups, 2, channels]
        let count = shape[0] / groups * shape[2...].reduce(1, *)
        return [
          .make(.moments(groups: groups), [shape], [.real], .relative(1e-6)),
          .make(.moments(groups: groups), [shape], [.shifted], .relative(1e-6), note: "mean 100"),
          .make(
            .normalize(epsilon: 1e-5), [shape, moments, [channels], [channels]], [.real, .positive, .real, .real],
            .relative(5e-7)),
          .make(
            .normalizeReduce(epsilon: 1e-5), [shape, shape, moments], [.real, .real, .positive], .relative(2e-6)),
          .make(
            .normalizeMomentsGradient(epsilon: 1e-5), [moments, moments, [channels]], [.real, .positive, .real],
            .relative(5e-7)),
          .make(
            .normalizeInputGradient(epsilon: 1e-5), [shape, moments, [channels]], [.real, .positive, .real],
            .relative(5e-7)),
          .make(.momentsGradient, [moments, shape, moments], [.real, .real, .positive], .relative(5e-7)),
          .make(.selectMoment(row: 0), [moments], [.whole], .exact),
          .make(.selectMoment(row: 1), [moments], [.whole], .exact),
          .make(.runningMean(momentum: 0.1), [[channels], moments], [.real], .relative(3e-7)),
          .make(.runningVariance(momentum: 0.1, count: count), [[channels], moments], [.real], .relative(3e-7)),
        ]
      }
    }

  // MARK: Products

  static let products: [OpCase] = [
    (1, 1, 1), (1, 10, 784), (33, 10, 17), (5, 67, 300), (64, 130, 49), (50, 64, 600), (3, 129, 1030), (20, 80, 131),
  ].flatMap { rows, columns, depth -> [OpCase] in
    var result: [OpCase] = [
      .make(.linear(), [[rows, depth], [columns, depth]], [.whole], .exact),
      .make(.linear(), [[rows, depth], [columns, depth], [columns]], [.whole], .exact),
      .make(.linear(), [[rows, depth], [columns, depth], [columns]], [.real], .relative(3e-6)),
    ]
    // in panels outputs fill whole vectors
    let filled = columns.roundedUp(to: 16)
    result += [
      .make(.linear(packed: true), [[rows, depth], [filled, depth]], [.whole], .exact, note: "packed"),
      .make(.linear(packed: true), [[rows, depth], [filled, depth], [filled]], [.whole], .exact, note: "packed"),
    ]
    for a in [false, true] {
      for b in [false, true] {
        result.append(
          .make(
            .matmul(transposeA: a, transposeB: b),
            [a ? [depth, rows] : [rows, depth], b ? [columns, depth] : [depth, columns]],
            [.whole], .exact))
      }
    }
    return result
  }

  /// (input, weights, geometry, note)
  static let convolutionShapes: [(x: [Int], w: [Int], geometry: Convolution)] = [
    ([1, 1, 1, 1], [1, 1, 1, 1], geometry([1, 1], pad: [0, 0])),
    ([2, 3, 5, 7], [4, 3, 1, 1], geometry([1, 1], pad: [0, 0])),
    ([33, 5, 4, 4], [7, 5, 1, 1], geometry([1, 1], pad: [0, 0])),
    ([2, 24, 32, 32], [12, 24, 1, 1], geometry([1, 1], pad: [0, 0])),
    ([3, 8, 9, 11], [10, 8, 1, 1], geometry([2, 2], pad: [0, 0])),
    ([2, 3, 8, 8], [12, 3, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([3, 16, 16, 16], [12, 16, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([5, 12, 7, 7], [13, 12, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([2, 4, 33, 31], [6, 4, 3, 3], geometry([2, 2], pad: [1, 1])),
    ([2, 4, 9, 10], [5, 4, 2, 2], geometry([2, 2], pad: [0, 0])),
    ([2, 2, 11, 13], [3, 2, 4, 4], geometry([3, 2], pad: [1, 2], end: [2, 0])),
    ([2, 3, 20, 20], [16, 3, 5, 5], geometry([1, 1], pad: [2, 2])),
    ([1, 3, 30, 30], [8, 3, 7, 7], geometry([2, 2], pad: [3, 3])),
    ([2, 3, 12, 12], [4, 3, 3, 3], geometry([1, 1], pad: [2, 2], dilations: [2, 2])),
    ([2, 3, 13, 12], [4, 3, 3, 2], geometry([2, 3], pad: [1, 0], dilations: [2, 3])),
    ([2, 6, 8, 8], [9, 2, 3, 3], geometry([1, 1], pad: [1, 1], groups: 3)),
    ([2, 10, 9, 9], [10, 1, 3, 3], geometry([1, 1], pad: [1, 1], groups: 10)),
    ([2, 6, 9, 9], [12, 1, 3, 3], geometry([2, 2], pad: [1, 1], groups: 6)),
    ([3, 4, 50], [5, 4, 3], geometry([1], pad: [1])),
    ([2, 2, 700], [3, 2, 5], geometry([2], pad: [2])),
    ([2, 3, 5, 6, 7], [4, 3, 3, 3, 3], geometry([1, 1, 1], pad: [1, 1, 1])),
    ([2, 2, 7, 6, 5], [3, 2, 2, 3, 2], geometry([2, 1, 2], pad: [1, 0, 1], dilations: [2, 1, 1])),
    ([1, 3, 3, 300], [5, 3, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([2, 70, 6, 6], [70, 70, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([2, 600, 3, 3], [25, 600, 1, 1], geometry([1, 1], pad: [0, 0])),
    ([1, 2, 6, 6], [3, 2, 3, 3], geometry([3, 3], pad: [0, 0])),
    ([1, 2, 5, 5], [3, 2, 1, 1], geometry([3, 3], pad: [1, 1])),
  ]

  /// Images that are narrow for their number of outputs, whose strips have shifted copies: several images of a tile, even
  /// kernels with padding on either side, copies shifted by more than one column and by a whole line.
  static let narrowConvolutionShapes: [(x: [Int], w: [Int], geometry: Convolution)] = [
    ([3, 60, 8, 6], [72, 60, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([33, 30, 2, 3], [40, 30, 1, 3], geometry([1, 1], pad: [0, 1])),
    ([2, 30, 6, 3], [40, 30, 2, 2], geometry([1, 1], pad: [1, 1], end: [0, 0])),
    ([2, 30, 6, 3], [40, 30, 2, 2], geometry([1, 1], pad: [0, 0], end: [1, 1])),
    ([2, 34, 5, 6], [30, 34, 3, 5], geometry([1, 1], pad: [1, 6], end: [1, 2], dilations: [1, 2])),
    ([2, 34, 7, 2], [30, 34, 3, 3], geometry([1, 1], pad: [2, 2], dilations: [2, 2])),
    ([1, 216, 9, 5], [216, 72, 1, 3], geometry([1, 1], pad: [0, 1], groups: 3)),
  ]

  /// Images whose lines are whole vectors, so that register tiles leave out the gaps between them: padding on one side or
  /// on both, wide kernels, tiles of some lines with a shorter one at the end, several images of a tile, lines that the
  /// convolution makes shorter and longer.
  static let wholeLineConvolutionShapes: [(x: [Int], w: [Int], geometry: Convolution)] = [
    ([2, 3, 45, 32], [13, 3, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([5, 4, 4, 16], [7, 4, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([2, 3, 6, 16], [5, 3, 2, 2], geometry([1, 1], pad: [0, 0], end: [1, 1])),
    ([2, 3, 6, 16], [5, 3, 2, 2], geometry([1, 1], pad: [1, 1], end: [0, 0])),
    ([3, 3, 9, 16], [4, 3, 5, 5], geometry([1, 1], pad: [2, 2])),
    ([3, 4, 7, 16], [6, 2, 3, 3], geometry([1, 1], pad: [2, 2], dilations: [2, 2], groups: 2)),
    ([1, 3, 5, 48], [4, 3, 3, 4], geometry([1, 1], pad: [1, 3], end: [1, 0])),
    ([2, 3, 5, 18], [4, 3, 3, 3], geometry([1, 1], pad: [0, 0])),
    ([2, 3, 5, 14], [4, 3, 3, 3], geometry([1, 1], pad: [2, 2])),
    ([2, 3, 32], [4, 3, 3], geometry([1], pad: [1])),
  ]

  /// Images whose lines are not, and kernels that do not reach across their padding.
  static let gappedConvolutionShapes: [(x: [Int], w: [Int], geometry: Convolution)] = [
    ([3, 5, 14, 14], [7, 5, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([1, 3, 40, 28], [5, 3, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([2, 3, 9, 14], [4, 3, 2, 2], geometry([1, 1], pad: [1, 1], end: [0, 0])),
    ([2, 3, 9, 14], [4, 3, 2, 2], geometry([1, 1], pad: [0, 0], end: [1, 1])),
    ([2, 2, 5, 14], [3, 2, 3, 3], geometry([1, 1], pad: [4, 4])),
    ([2, 2, 5, 13], [3, 2, 1, 1], geometry([1, 1], pad: [1, 2], end: [1, 0])),
  ]

  /// Outputs that fill vectors, in lanes: positions that do not, odd numbers of them, strides, lines that no tap reads,
  /// panels of all widths, several blocks of channels, several images of a tile and images of several tiles, positions of
  /// which not the same taps, or none, find something of the image, lines of less than a vector and of many.
  static let laneConvolutionShapes: [(x: [Int], w: [Int], geometry: Convolution)] = [
    ([3, 20, 7, 7], [64, 20, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([2, 19, 9, 11], [48, 19, 3, 3], geometry([2, 2], pad: [1, 1])),
    ([1, 130, 5, 3], [32, 130, 1, 1], geometry([2, 3], pad: [0, 0])),
    ([5, 300, 1, 5], [112, 300, 1, 1], geometry([1, 1], pad: [0, 0])),
    ([2, 18, 15, 15], [32, 9, 2, 3], geometry([1, 3], pad: [1, 2], end: [0, 1], dilations: [2, 1], groups: 2)),
    ([2, 3, 32, 33], [80, 3, 7, 7], geometry([2, 2], pad: [3, 3])),
    ([2, 70, 12], [16, 70, 3], geometry([1], pad: [1])),
    ([4, 20, 3, 2], [64, 20, 3, 3], geometry([1, 1], pad: [3, 1], end: [1, 4])),
    ([3, 150, 2, 3], [32, 150, 1, 1], geometry([1, 1], pad: [1, 2])),
    ([2, 3, 6, 30], [32, 3, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([1, 4, 5, 70], [16, 4, 3, 3], geometry([2, 1], pad: [1, 2])),
  ]

  /// Few outputs of many inputs, whose gradients of weights have inputs in lanes: three taps of a line and others, padding
  /// of all widths that leave some for the exchanged operands, on one side only, dilations, groups, tiles of some lines and
  /// of several images, other numbers of axes.
  static let exchangedConvolutionShapes: [(x: [Int], w: [Int], geometry: Convolution)] = [
    ([3, 48, 9, 14], [12, 48, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([1, 32, 41, 32], [4, 32, 3, 3], geometry([1, 1], pad: [1, 1])),
    ([5, 32, 6, 7], [5, 32, 2, 3], geometry([1, 1], pad: [0, 2], end: [1, 1])),
    ([2, 64, 9, 9], [3, 64, 3, 3], geometry([1, 1], pad: [0, 0])),
    ([2, 32, 5, 6], [3, 32, 3, 3], geometry([1, 1], pad: [2, 2])),
    ([2, 32, 9, 9], [4, 32, 3, 3], geometry([1, 1], pad: [2, 2], dilations: [2, 2])),
    ([2, 96, 7, 7], [9, 32, 3, 4], geometry([1, 1], pad: [1, 1], end: [1, 2], groups: 3)),
    ([7, 128, 5, 5], [3, 128, 2, 2], geometry([1, 1], pad: [0, 0])),
    ([2, 32, 4, 5, 6], [5, 32, 2, 3, 2], geometry([1, 1, 1], pad: [0, 1, 1])),
    ([3, 48, 40], [6, 48, 5], geometry([1], pad: [2])),
    ([5, 48, 7, 7], [17, 48, 1, 1], geometry([1, 1], pad: [0, 0])),
  ]

  /// A filter for each channel: images of one tile and of several, some with fewer lines, strides of two and others, along
  /// both axes or one, phases that no tap reaches, more taps than there are sums for, padding wider than an image, on one
  /// side only and none.
  static let depthwiseConvolutionShapes: [(x: [Int], w: [Int], geometry: Convolution)] = [
    ([2, 3, 130, 40], [3, 1, 3, 3], geometry([1, 1], pad: [1, 1], groups: 3)),
    ([2, 2, 131, 79], [2, 1, 3, 3], geometry([2, 2], pad: [1, 1], groups: 2)),
    ([3, 9, 7, 7], [9, 1, 3, 3], geometry([1, 1], pad: [1, 1], groups: 9)),
    ([3, 5, 14, 14], [5, 1, 3, 3], geometry([2, 2], pad: [0, 0], end: [1, 1], groups: 5)),
    ([2, 4, 20, 33], [4, 1, 7, 7], geometry([1, 1], pad: [3, 3], groups: 4)),
    ([2, 4, 20, 33], [4, 1, 5, 5], geometry([2, 2], pad: [2, 2], groups: 4)),
    ([1, 2, 19, 70], [2, 1, 3, 2], geometry([3, 2], pad: [1, 0], end: [0, 1], groups: 2)),
    ([2, 2, 9, 10], [2, 1, 2, 1], geometry([3, 3], pad: [0, 1], groups: 2)),
    ([2, 3, 8, 17], [3, 1, 3, 3], geometry([1, 2], pad: [2, 2], dilations: [2, 1], groups: 3)),
    ([2, 3, 17, 8], [3, 1, 3, 3], geometry([2, 1], pad: [2, 2], dilations: [1, 3], groups: 3)),
    ([2, 2, 1, 3], [2, 1, 3, 3], geometry([1, 1], pad: [4, 5], groups: 2)),
    ([2, 2, 2, 3], [2, 1, 3, 3], geometry([2, 2], pad: [4, 5], groups: 2)),
    ([2, 3, 6, 16], [3, 1, 1, 1], geometry([1, 1], pad: [0, 0], groups: 3)),
    ([2, 3, 50], [3, 1, 5], geometry([2], pad: [2], groups: 3)),
    ([1, 2, 4200], [2, 1, 3], geometry([1], pad: [1], groups: 2)),
  ]

  static let convolutions: [OpCase] = [
    convolutionShapes, narrowConvolutionShapes, wholeLineConvolutionShapes, gappedConvolutionShapes,
    laneConvolutionShapes, exchangedConvolutionShapes, depthwiseConvolutionShapes,
  ].joined().flatMap {
    x, w, geometry -> [OpCase] in
    let spatial = Array(x.dropFirst(2))
    let kernel = Array(w.dropFirst(2))
    let out = spatial.indices.map { axis -> Int in
      let room = spatial[axis] + geometry.padBegin[axis] + geometry.padEnd[axis]
      return (room - (kernel[axis] - 1) * geometry.dilations[axis] - 1) / geometry.strides[axis] + 1
    }
    let y = [x[0], w[0]] + out
    var packed = geometry
    packed.packed = .rows
    var inLanes = geometry
    inLanes.packed = .lanes
    let fills = (w[0] / geometry.groups) % Packing.filled == 0 && spatial.count <= 2
    let note =
      "stride \(geometry.strides) pad \(geometry.padBegin) dilation \(geometry.dilations) groups \(geometry.groups)"
    return [
      .make(.convolution(geometry), [x, w], [.whole], .exact, note: note),
      .make(.convolution(geometry), [x, w, [w[0]]], [.whole], .exact, note: note),
      .make(.convolution(geometry), [x, w, [w[0]]], [.real], .relative(2e-6), note: note),
      .make(.convolution(packed), [x, w, [w[0]]], [.whole], .exact, note: "packed " + note),
      .make(
        .convolution(fills ? inLanes : packed), [x, w], [.whole], .exact, note: "packed, without bias, " + note),
      .make(.convolutionBackwardData(geometry, spatial: spatial), [y, w], [.whole], .exact, note: note),
      .make(.convolutionBackwardWeights(geometry, kernel: kernel), [y, x], [.whole], .exact, note: note),
      .make(.convolutionBackwardWeights(geometry, kernel: kernel), [y, x], [.real], .relative(4e-6), note: note),
    ]
  }

  /// Images in bands whose windows find lines of the bands next to them: every form of a strip, windows that reach over a
  /// whole band, on one side only and beyond the image, strides, tiles of some lines of a band, bands of one line, several
  /// images, outputs in lanes; and windows that stay inside.
  static let bandShapes: [(x: [Int], w: [Int], geometry: Convolution, bands: Int)] = [
    ([2, 3, 16, 32], [13, 3, 3, 3], geometry([1, 1], pad: [1, 1]), 2),
    ([1, 3, 90, 16], [5, 3, 3, 3], geometry([1, 1], pad: [1, 1]), 2),
    ([2, 5, 12, 14], [7, 5, 3, 3], geometry([1, 1], pad: [1, 1]), 3),
    ([1, 60, 8, 6], [72, 60, 3, 3], geometry([1, 1], pad: [1, 1]), 2),
    ([2, 30, 6, 3], [40, 30, 2, 2], geometry([1, 1], pad: [1, 1], end: [0, 0]), 3),
    ([1, 34, 6, 6], [30, 34, 5, 5], geometry([1, 1], pad: [2, 2]), 3),
    ([2, 3, 4, 9], [4, 3, 3, 3], geometry([1, 1], pad: [1, 1]), 4),
    ([2, 4, 24, 31], [6, 4, 3, 3], geometry([2, 2], pad: [1, 1]), 2),
    ([1, 3, 32, 30], [8, 3, 7, 7], geometry([2, 2], pad: [3, 3]), 4),
    ([2, 3, 12, 12], [4, 3, 3, 3], geometry([1, 1], pad: [2, 2], dilations: [2, 2]), 2),
    ([2, 20, 14, 7], [64, 20, 3, 3], geometry([1, 1], pad: [1, 1]), 2),
    ([1, 19, 16, 11], [48, 19, 3, 3], geometry([2, 2], pad: [1, 1]), 4),
    ([3, 150, 6, 3], [32, 150, 1, 1], geometry([1, 1], pad: [0, 0]), 2),
    ([2, 9, 8, 8], [10, 9, 1, 1], geometry([2, 2], pad: [0, 0]), 2),
    ([1, 6, 8, 8], [9, 2, 3, 3], geometry([1, 1], pad: [1, 1], groups: 3), 2),
    ([2, 3, 8, 9], [3, 1, 3, 3], geometry([1, 1], pad: [1, 1], groups: 3), 2),
    // windows that reach to the last line of the next band
    ([2, 3, 12, 9], [4, 3, 5, 3], geometry([2, 2], pad: [0, 1], end: [3, 1]), 3),
    ([1, 3, 12, 9], [32, 3, 5, 3], geometry([2, 2], pad: [0, 1], end: [3, 1]), 3),
  ]

  static let bands: [OpCase] =
    bandShapes.flatMap { x, w, geometry, bands -> [OpCase] in
      let split = [x[0] * bands, x[1], x[2] / bands, x[3]]
      var ofBands = geometry
      ofBands.bands = bands
      var packed = ofBands
      packed.packed = (w[0] / geometry.groups) % Packing.filled == 0 ? .lanes : .rows
      let note = "\(bands) bands, stride \(geometry.strides) pad \(geometry.padBegin) groups \(geometry.groups)"
      return [
        .make(.splitBands(bands), [x], [.whole], .exact, note: note),
        .make(.joinBands(bands), [split], [.whole], .exact, note: note),
        .make(.convolution(ofBands), [split, w], [.whole], .exact, note: note),
        .make(.convolution(ofBands), [split, w, [w[0]]], [.real], .relative(2e-6), note: note),
        .make(.convolution(packed), [split, w, [w[0]]], [.whole], .exact, note: "packed " + note),
      ]
    }
    + [([2, 3, 8, 8], 12, 2), ([1, 5, 32, 33], 7, 2), ([1, 16, 42, 14], 9, 3), ([2, 3, 6, 70], 4, 3)].flatMap {
      (x: [Int], outputs: Int, bands: Int) -> [OpCase] in
      let split = [x[0] * bands, x[1], x[2] / bands, x[3]]
      return [([1, 1], [1, 1]), ([0, 2], [2, 0]), ([2, 0], [0, 1])].flatMap { begin, end in
        Winograd.allCases.map { tile in
          .make(
            .winogradConvolution(padBegin: begin, padEnd: end, bands: bands),
            [split, [tile.products, outputs, x[1]], [outputs]],
            [.real], .relative(1e-5), note: "\(bands) bands, pads \(begin) and \(end)")
        }
      }
    }

  /// One tile and many, lines that share a vector and lines of several, more channels than fit the cache at once, parts that
  /// share patches of several blocks.
  static let winograd: [OpCase] = [
    ([1, 1, 1, 1], 1, [1, 1], [1, 1]), ([3, 5, 4, 4], 7, [1, 1], [1, 1]), ([33, 12, 7, 7], 13, [1, 1], [1, 1]),
    ([2, 3, 8, 8], 12, [1, 1], [1, 1]), ([3, 16, 14, 14], 9, [1, 1], [1, 1]), ([2, 6, 32, 32], 5, [1, 1], [1, 1]),
    ([2, 4, 33, 31], 6, [0, 2], [2, 1]), ([1, 3, 5, 130], 4, [2, 0], [0, 0]), ([1, 2, 70, 9], 3, [1, 1], [0, 2]),
    ([2, 150, 10, 10], 140, [1, 1], [1, 1]), ([2, 20, 18, 30], 70, [1, 1], [1, 1]),
    ([5, 3, 3, 40], 30, [0, 0], [0, 0]),
  ].flatMap { (x: [Int], outputs: Int, begin: [Int], end: [Int]) -> [OpCase] in
    let op = Op.winogradConvolution(padBegin: begin, padEnd: end)
    let note = "pads \(begin) and \(end)"
    return Winograd.allCases.flatMap { tile -> [OpCase] in
      let filters = [tile.products, outputs, x[1]]
      return [
        .make(op, [x, filters], [.real], .relative(1e-5), note: note),
        .make(op, [x, filters, [outputs]], [.real], .relative(1e-5), note: note),
        .make(.winogradWeights(tile, transposed: false), [[outputs, x[1], 3, 3]], [.real], .relative(1e-6)),
        .make(.winogradWeights(tile, transposed: true), [[outputs, x[1], 3, 3]], [.real], .relative(1e-6)),
      ]
    }
  }

  // MARK: Pooling

  static let poolings: [(x: [Int], pooling: Pooling)] = [
    ([2, 3, 4, 6], Pooling(kernel: [2, 2], strides: [2, 2], padBegin: [0, 0], padEnd: [0, 0])),
    ([2, 3, 7, 9], Pooling(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1])),
    (
      [2, 3, 7, 9],
      Pooling(kernel: [3, 2], strides: [2, 3], padBegin: [1, 0], padEnd: [0, 1], countIncludePad: false)
    ),
    ([1, 2, 8, 8], Pooling(kernel: [3, 3], strides: [2, 2], padBegin: [0, 0], padEnd: [0, 0], ceilMode: true)),
    ([1, 2, 6, 8], Pooling(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1], ceilMode: true)),
    ([3, 2, 11], Pooling(kernel: [4], strides: [3], padBegin: [1], padEnd: [2])),
    ([1, 2, 5, 4, 6], Pooling(kernel: [2, 3, 2], strides: [1, 2, 2], padBegin: [0, 1, 0], padEnd: [0, 1, 0])),
    ([2, 40, 32, 32], Pooling(kernel: [2, 2], strides: [2, 2], padBegin: [0, 0], padEnd: [0, 0])),
    ([1, 2, 9, 75], Pooling(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1])),
    ([1, 2, 3, 200], Pooling(kernel: [3, 3], strides: [1, 2], padBegin: [0, 0], padEnd: [0, 1])),
    ([1, 2, 4, 80], Pooling(kernel: [2, 5], strides: [1, 1], padBegin: [0, 2], padEnd: [1, 2])),
    ([2, 1, 4, 21], Pooling(kernel: [3, 2], strides: [2, 1], padBegin: [1, 0], padEnd: [0, 1])),
  ]

  private static let wideWithNaN: [Double] = (0..<90).map { (index: Int) -> Double in
    index % 9 == 4 ? Double.nan : Double(index * 7 % 11 - 5)
  }

  static let pooling: [OpCase] =
    poolings.flatMap { x, pooling -> [OpCase] in
      let spatial = Array(x.dropFirst(2))
      let y = Array(x.prefix(2)) + (pooling.outputs(of: spatial) ?? [])
      let note = "\(pooling.kernel) \(pooling.strides) \(pooling.padBegin) ceil \(pooling.ceilMode)"
      return [
        .make(.maxPool(pooling), [x], [.whole], .exact, note: note),
        .make(.maxPoolGradient(pooling), [y, x], [.whole], .exact, note: note),
        .make(.averagePool(pooling), [x], [.real], .relative(2e-7), note: note),
        .make(.averagePoolGradient(pooling, spatial: spatial), [y], [.real], .relative(2e-7), note: note),
      ]
    } + [
      .make(
        .maxPool(Pooling(kernel: [2], strides: [2], padBegin: [0], padEnd: [0])), [[1, 1, 6]],
        [.given([.nan, 1, 2, .nan, -.infinity, -.infinity])], .exact, note: "special"),
      .make(
        .maxPool(Pooling(kernel: [3], strides: [2], padBegin: [1], padEnd: [1])), [[1, 1, 90]],
        [.given(wideWithNaN)], .exact, note: "wide special"),
      .make(
        .maxPoolGradient(Pooling(kernel: [3], strides: [2], padBegin: [1], padEnd: [1])), [[1, 1, 45], [1, 1, 90]],
        [.whole, .given(wideWithNaN)], .exact, note: "wide special"),
      .make(
        .maxPoolGradient(Pooling(kernel: [3], strides: [2], padBegin: [1], padEnd: [1])), [[1, 1, 45], [1, 1, 90]],
        [.whole, .given([Double](repeating: -.infinity, count: 90))], .exact, note: "wide, nothing larger"),
      .make(
        .maxPoolGradient(Pooling(kernel: [3], strides: [3], padBegin: [0], padEnd: [0])), [[1, 1, 3], [1, 1, 9]],
        [.given([1, 2, 4]), .given([.nan, .nan, 1, 5, 5, 4, -.infinity, -.infinity, -.infinity])], .exact,
        note: "special"),
    ]
    + [[3, 5, 7, 7], [2, 30, 8, 8], [2, 3, 5], [1, 2, 3, 4, 5]].flatMap { shape -> [OpCase] in
      [
        .make(.globalAveragePool, [shape], [.real], .relative(2e-7)),
        .make(
          .globalAveragePoolGradient(spatial: Array(shape.dropFirst(2))), [Array(shape.prefix(2))], [.real],
          .relative(2e-7)),
      ]
    }

  // MARK: Shape

  static let shapes: [OpCase] = [
    .make(.concat(axis: 1), [[2, 3, 4], [2, 1, 4], [2, 5, 4]], [.whole], .exact),
    .make(.concat(axis: 0), [[2, 3], [4, 3]], [.whole], .exact),
    .make(.concat(axis: 2), [[2, 3, 1], [2, 3, 6]], [.whole], .exact),
    .make(.concat(axis: 1), [[3, 2]], [.whole], .exact),
    .make(.join(Gate(0)), [[2, 3], [2, 3]], [.whole], .exact, note: "open"),
    .make(.join(Gate(1)), [[2, 3], [2, 3]], [.whole], .exact, gates: [false, true], note: "open"),
    .make(.join(Gate(1)), [[16385], [16385]], [.whole], .exact, gates: [true, false], note: "closed"),
    .make(.slice(axis: 1, start: 2, count: 3), [[2, 6, 5]], [.whole], .exact),
    .make(.slice(axis: 0, start: 1, count: 1), [[4, 3]], [.whole], .exact),
    .make(.slice(axis: 2, start: 0, count: 6), [[2, 3, 6]], [.whole], .exact),
    .make(.pad(before: [0, 0, 1, 2], after: [0, 0, 2, 0]), [[2, 3, 4, 5]], [.whole], .exact),
    .make(.pad(before: [0, 1, 0], after: [0, 2, 0]), [[2, 3, 4]], [.whole], .exact),
    .make(.pad(before: [0, 3, 0, 0], after: [0, 4, 0, 0]), [[2, 3, 4, 5]], [.whole], .exact),
    .make(.pad(before: [1, 0, 0], after: [0, 0, 1]), [[2, 3, 4]], [.whole], .exact),
    .make(.pad(before: [0, 0], after: [0, 0]), [[2, 3]], [.whole], .exact),
    .make(.pad(before: [0, 1, 1, 1], after: [1, 0, 1, 1]), [[2, 3, 4, 5]], [.whole], .exact),
    .make(.pad(before: [1, 0, 2, 0, 1], after: [0, 0, 1, 0, 1]), [[2, 3, 2, 3, 2]], [.whole], .exact),
    .make(.reshape([6, 4]), [[2, 3, 4]], [.whole], .exact),
  ]

  // MARK: Losses

  static let losses: [OpCase] =
    [(1, 1), (7, 10), (33, 3), (5, 1200)].flatMap { rows, classes -> [OpCase] in
      let logits = [rows, classes]
      let labels = (0..<rows).map { Int64($0 * 7 % classes) }
      let type = TensorType(.i64, [.fixed(rows)])
      let slope = TensorType.f32([Int]())
      return [
        .make(.softmax, [logits], [.real], .relative(4e-7)),
        .make(.softmax, [logits], [.shifted], .relative(4e-7)),
        .make(.softmaxCrossEntropy, [logits], [.real], .relative(4e-7), extra: [(.labels, type)], labels: labels),
        .make(.softmaxCrossEntropy, [logits], [.shifted], .relative(4e-7), extra: [(.labels, type)], labels: labels),
        .make(
          .softmaxCrossEntropyGradient, [logits], [.real], .relative(4e-7),
          extra: [(.labels, type), (.fill(1.0), slope)], labels: labels),
        .make(
          .softmaxCrossEntropyGradient, [[], logits], [.real], .relative(4e-7), extra: [(.labels, type)],
          labels: labels),
        .make(.meanSquaredError, [logits, logits], [.real], .relative(2e-7)),
        .make(.meanSquaredErrorGradient, [logits, logits], [.real], .relative(2e-7), extra: [(.fill(0.5), slope)]),
        .make(.meanSquaredErrorGradient, [[], logits, logits], [.real], .relative(2e-7)),
      ]
    } + [.make(.meanSquaredError, [[3, 50000], [3, 50000]], [.real], .relative(2e-7))]

  // MARK: Optimizers

  static let optimizers: [OpCase] = [[5], [17, 33]].flatMap { shape -> [OpCase] in
    let step = (Op.stepNumber, TensorType(.i64, []))
    let rate = (Op.learningRate, TensorType.f32([Int]()))
    let plain = SGD(momentum: 0, dampening: 0, nesterov: false, weightDecay: 1e-2)
    let dampened = SGD(momentum: 0.9, dampening: 0.25, nesterov: false, weightDecay: 1e-2)
    let nesterov = SGD(momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 1e-2)
    let coupled = Adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2, decoupled: false)
    let decoupled = Adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2, decoupled: true)
    let three = [shape, shape, shape]
    return [
      .make(.sgdMomentum(dampened), three, [.real], .relative(3e-7), extra: [step]),
      .make(.sgdMomentum(dampened), three, [.real], .relative(3e-7), extra: [step], step: 0, note: "first"),
      .make(
        .sgdMomentum(dampened), [[2], [2], [2]], [.real, .real, .given([.nan, .infinity])], .relative(3e-7),
        extra: [step], step: 0, note: "garbage in the momentum at the first step"),
      .make(.sgdParameter(dampened), three, [.real], .relative(3e-7), extra: [rate]),
      .make(.sgdParameter(nesterov), three, [.real], .relative(3e-7), extra: [rate]),
      .make(.sgdParameter(plain), [shape, shape], [.real], .relative(3e-7), extra: [rate]),
      .make(.sgdParameter(plain), [shape, shape, []], [.real], .relative(3e-7), note: "a rate in memory"),
    ]
      + [coupled, decoupled].flatMap { adam -> [OpCase] in
        [
          .make(.adamFirstMoment(adam), three, [.real], .relative(3e-7)),
          .make(.adamSecondMoment(adam), three, [.real], .relative(3e-7)),
          .make(.adamParameter(adam), three, [.real, .real, .positive], .relative(6e-7), extra: [rate, step]),
          .make(
            .adamParameter(adam), three, [.real, .real, .positive], .relative(6e-7), extra: [rate, step], step: 0,
            note: "first"),
        ]
      }
  }

  // MARK: Sources

  /// All sources, read by operations or delivered in memory.
  static let sources: [OpCase] = {
    var builder = GraphBuilder(name: "sources", stage: .step)
    let type = TensorType.f32([2, 3])
    let input = builder.add(.input, type: type)
    let target = builder.add(.target, type: type)
    let parameter = builder.add(.parameter(name: "w", initializer: .constant(0)), type: type)
    let state = builder.add(.state(name: "s", initializer: .constant(0)), type: type)
    let slot = builder.add(.slot(name: "w", kind: .momentum), type: type)
    let prepared = builder.add(.prepared(name: "r"), type: type)
    let fill = builder.add(.fill(3.0), type: type)
    let scalar = builder.add(.fill(0.5), type: .f32([Int]()))
    var sum = builder.add(.add, [input, target])
    for value in [parameter, state, slot, prepared, fill] { sum = builder.add(.add, [sum, value]) }
    // a constant without memory as an operand of an ordinary operation
    let doubled = builder.add(.add, [scalar, scalar])
    builder.add(result: .output(name: "sum", value: sum))
    builder.add(result: .output(name: "doubled", value: doubled))
    var feeds = Feeds(
      input: [1, 2, 3, 4, 5, 6], target: [2, 3, 4, 5, 6, 7], parameters: ["w": [1, 1, 2, 2, 3, 3]],
      states: ["s": [4, 4, 4, 5, 5, 5]], slots: [SlotKey("w", .momentum): [0, 1, 0, 1, 0, 1]])
    feeds.prepared = ["r": [9, 8, 7, 6, 5, 4]]
    return [OpCase(name: "sources", graph: builder.graph, feeds: feeds, judgement: .exact)]
  }()
}
