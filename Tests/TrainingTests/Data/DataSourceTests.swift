import Foundation
import Interchange
import Testing
import Training

@Suite struct DataSourceTests {
  @Test func readsIDXByNameAndPath() throws {
    try DataFiles.withFolder { folder in
      let path = "\(folder)/letters"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      try DataFiles.writeIDX(to: path)
      for source in [
        try DataSource.load(path, environment: [:]), try DataSource.load("letters", environment: ["NNCC_DATA": folder]),
      ] {
        #expect(source.format == .idx && source.train.name == "letters")
        #expect(source.train.count == 6 && source.test?.count == 3)
        #expect(
          source.train.imageShape == [1, 2, 3] && source.train.classes == 3)
        #expect(source.train.labels == [0, 1, 2, 0, 1, 2])
        let pixels = (0..<6).flatMap { image in (0..<6).map { UInt8(10 * image + $0) } }
        #expect(source.train.pixels == .bytes(pixels))
      }
    }
  }

  @Test func testFilesMayBeMissing() throws {
    try DataFiles.withFolder { folder in
      try DataFiles.writeIDX(to: folder)
      try FileManager.default.removeItem(atPath: "\(folder)/t10k-images-idx3-ubyte")
      let text = DataFiles.message { () throws(InterchangeError) in _ = try DataSource.load(folder) }
      #expect(text.contains("incomplete data set; looked for t10k-images-idx3-ubyte, t10k-images-idx3-ubyte.gz"))
      try FileManager.default.removeItem(atPath: "\(folder)/t10k-labels-idx1-ubyte")
      let source = try DataSource.load(folder)
      #expect(source.test == nil && source.evaluation.count == 6)
    }
  }

  /// Every way in which one file of an IDX data set can be wrong, with a part of the message.
  @Test(arguments: [
    ("train-images-idx3-ubyte", [UInt8](), "truncated: expected a header of 16 bytes, found 0"),
    ("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 6], "truncated: expected a header of 16 bytes, found 8"),
    ("train-images-idx3-ubyte", DataFiles.idx([6, 2, 3], [1, 2]), "expected 36 bytes of data (6×2×3), found 2"),
    ("train-images-idx3-ubyte", DataFiles.idx([1, 2, 3], Array(0..<7)), "expected 6 bytes of data (1×2×3), found 7"),
    ("train-images-idx3-ubyte", DataFiles.idx([0, 2, 3], []), "expected at least one value"),
    ("train-images-idx3-ubyte", DataFiles.idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], []), "below 2^63"),
    ("train-images-idx3-ubyte", DataFiles.idx([6, 6], Array(0..<36)), "of rank 3 (0 0 8 3), found 0 0 8 2"),
    ("train-labels-idx1-ubyte", DataFiles.idx([5], Array(0..<5)), "expected 6 labels, one for each image, found 5"),
    (
      "t10k-images-idx3-ubyte", DataFiles.idx([3, 3, 2], Array(0..<18)), "expected test images of 1×2×3 as in training"
    ),
  ])
  func rejectsBrokenIDX(file: String, bytes: [UInt8], expected: String) throws {
    try DataFiles.withFolder { folder in
      try DataFiles.writeIDX(to: folder)
      try writeAtomically(bytes, to: "\(folder)/\(file)")
      let text = DataFiles.message { () throws(InterchangeError) in _ = try DataSource.load(folder) }
      #expect(text.contains(expected), "\(text)")
    }
  }

  /// The name says how many classes there are.
  @Test func rejectsLabelsOutOfRange() throws {
    try DataFiles.withFolder { folder in
      let path = "\(folder)/mnist"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      try DataFiles.writeIDX(to: path)
      #expect(try DataSource.load(path).train.classes == 10)
      try writeAtomically(DataFiles.idx([6], [0, 1, 2, 10, 4, 5]), to: "\(path)/train-labels-idx1-ubyte")
      let text = DataFiles.message { () throws(InterchangeError) in _ = try DataSource.load(path) }
      #expect(text == "\(path)/train-labels-idx1-ubyte: expected labels from 0 to 9, found 10 at image 3")
    }
  }

  @Test func readsCompressedIDX() throws {
    try DataFiles.withFolder { folder in
      try DataFiles.writeIDX(to: folder)
      let labels = "\(folder)/train-labels-idx1-ubyte"
      try FileManager.default.removeItem(atPath: labels)
      // `gzip -n` of the IDX array [5, 4, 3, 2, 1, 0], made once with Python's gzip.compress(..., mtime=0).
      let compressed: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 99, 96, 224, 96, 100, 96, 96, 96, 99, 101, 97, 102, 98, 100, 0, 0, 113, 152,
        142, 216, 14, 0, 0, 0,
      ]
      try writeAtomically(compressed, to: "\(labels).gz")
      #expect(try DataSource.load(folder).train.labels == [5, 4, 3, 2, 1, 0])
      for count in 0..<compressed.count {
        try writeAtomically(Array(compressed[..<count]), to: "\(labels).gz")
        let text = DataFiles.message { () throws(InterchangeError) in _ = try DataSource.load(folder) }
        #expect(text.hasPrefix("\(labels).gz: "))
      }
    }
  }

  @Test func readsCIFAR10() throws {
    try DataFiles.withFolder { folder in
      // Found also in the folder that the archive unpacks to.
      let inner = "\(folder)/cifar-10-batches-bin"
      try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
      try DataFiles.writeCIFAR10(to: inner)
      let source = try DataSource.load(folder)
      #expect(source.format == .cifar10 && source.train.classes == 10)
      #expect(source.train.labels == [1, 2, 3, 4, 5] && source.test?.labels == [9])
      #expect(source.train.imageShape == [3, 32, 32])
      let expected = (1...5).flatMap { DataFiles.cifarRecord([], start: $0) }
      #expect(source.train.pixels == .bytes(expected))

      try writeAtomically(DataFiles.cifarRecord([10], start: 0), to: "\(inner)/data_batch_3.bin")
      let label = DataFiles.message { () throws(InterchangeError) in _ = try DataSource.load(inner) }
      #expect(label == "\(inner)/data_batch_3.bin: expected labels from 0 to 9, found 10 at image 0")
      try writeAtomically(Array(repeating: 0, count: 3000), to: "\(inner)/data_batch_3.bin")
      let size = DataFiles.message { () throws(InterchangeError) in _ = try DataSource.load(inner) }
      #expect(size.contains("expected records of 3073 bytes, found 3000 bytes"))
      try FileManager.default.removeItem(atPath: "\(inner)/data_batch_3.bin")
      try FileManager.default.removeItem(atPath: "\(inner)/test_batch.bin")
      let missing = DataFiles.message { () throws(InterchangeError) in _ = try DataSource.load(inner) }
      #expect(missing == "\(inner): incomplete CIFAR-10: no data_batch_3.bin, test_batch.bin")
    }
  }

  @Test func readsCIFAR100() throws {
    try DataFiles.withFolder { folder in
      let train = DataFiles.cifarRecord([19, 99], start: 1) + DataFiles.cifarRecord([0, 7], start: 2)
      try writeAtomically(train, to: "\(folder)/train.bin")
      try writeAtomically(DataFiles.cifarRecord([1, 2], start: 3), to: "\(folder)/test.bin")
      let source = try DataSource.load(folder)
      #expect(source.format == .cifar100 && source.train.classes == 100)
      #expect(source.train.labels == [99, 7] && source.test?.labels == [2])
      let pixels = DataFiles.cifarRecord([], start: 1) + DataFiles.cifarRecord([], start: 2)
      #expect(source.train.pixels == .bytes(pixels))
      for labels in [[20, 0], [0, 100]] as [[UInt8]] {
        try writeAtomically(DataFiles.cifarRecord(labels, start: 3), to: "\(folder)/test.bin")
        #expect(throws: InterchangeError.self) { try DataSource.load(folder) }
      }
    }
  }

  @Test func readsNPZ() throws {
    try DataFiles.withFolder { folder in
      let x = NamedTensor("x", shape: [2, 1, 1, 3], floats: [0, 1, 2, 3, 4, 5])
      let y = NamedTensor("y", shape: [2], integers: [0, 2])
      try NPZ.write([x, y], to: "\(folder)/shapes.npz")
      let single = try DataSource.load("\(folder)/shapes.npz")
      #expect(single.format == .npz && single.train.name == "shapes" && single.test == nil)
      #expect(single.train.classes == 3 && single.train.labels == [0, 2])
      #expect(single.train.pixels == .floats([0, 1, 2, 3, 4, 5]))

      // The test images have the larger label.
      let bytes = NamedTensor("x_test", .u8, shape: [1, 1, 1, 3], bytes: [7, 8, 9])
      try NPZ.write([x, y, bytes, NamedTensor("y_test", shape: [1], integers: [4])], to: "\(folder)/shapes.npz")
      let both = try DataSource.load("\(folder)/shapes.npz")
      #expect(both.train.classes == 5 && both.test?.classes == 5)
      #expect(both.test?.pixels == .bytes([7, 8, 9]))

      try NPZ.write([x, y], to: "\(folder)/train.npz")
      try NPZ.write([x, y], to: "\(folder)/test.npz")
      #expect(try DataSource.load(folder).test?.count == 2)
    }
  }

  @Test func rejectsBrokenNPZ() throws {
    let x = NamedTensor("x", shape: [2, 1, 1, 3], floats: [0, 1, 2, 3, 4, 5])
    let y = NamedTensor("y", shape: [2], integers: [0, 2])
    let cases: [([NamedTensor], String)] = [
      ([y], "no tensor \"x\"; the file holds \"y\""),
      ([x], "no tensor \"y\""),
      ([NamedTensor("x", shape: [2, 3], floats: [0, 1, 2, 3, 4, 5]), y], "found f32[2,3]"),
      ([NamedTensor("x", shape: [0, 1, 1, 3], floats: []), y], "found f32[0,1,1,3]"),
      ([NamedTensor("x", shape: [2, 1, 1, 1], integers: [1, 2]), y], "expected floating-point numbers"),
      (
        [x, NamedTensor("y", shape: [3], integers: [0, 1, 2])], "expected integers of shape [2] for \"y\", found i64[3]"
      ),
      ([x, NamedTensor("y", shape: [2], floats: [0, 1])], "expected integers for \"y\""),
      ([x, NamedTensor("y", shape: [2], integers: [0, -1])], "found -1 at image 1"),
      ([x, NamedTensor("y", shape: [2], integers: [1 << 40, 0])], "found 1099511627776 at image 0"),
      ([NamedTensor("x", shape: [2, 1, 1, 1], floats: [0, .nan]), y], "found nan in image 1"),
      ([x, y, NamedTensor("x_test", shape: [1, 1, 1, 3], floats: [0, 0, 0])], "no tensor \"y_test\""),
    ]
    try DataFiles.withFolder { folder in
      let path = "\(folder)/d.npz"
      for (tensors, expected) in cases {
        try NPZ.write(tensors, to: path)
        let text = DataFiles.message { () throws(InterchangeError) in _ = try DataSource.load(path) }
        #expect(text.hasPrefix("\(path): ") && text.contains(expected), "\(text)")
      }
    }
  }

  @Test func saysWhatWasLookedFor() throws {
    try DataFiles.withFolder { folder in
      let empty = DataFiles.message { () throws(InterchangeError) in _ = try DataSource.load(folder) }
      for name in ["train-images-idx3-ubyte.gz", "data_batch_1.bin", "train.bin", "train.npz"] {
        #expect(empty.contains(name), "\(empty)")
      }
      let unknown = DataFiles.message { () throws(InterchangeError) in
        _ = try DataSource.load("no-such-data", environment: ["NNCC_DATA": folder])
      }
      #expect(unknown.contains("\"\(folder)/no-such-data\", \"/usr/share/datasets/no-such-data\", \"no-such-data\""))
      try writeAtomically([1, 2], to: "\(folder)/images.png")
      let other = DataFiles.message { () throws(InterchangeError) in _ = try DataSource.load("\(folder)/images.png") }
      #expect(other.contains("expected a folder or an .npz file"))
    }
  }

  /// Debian's package, where it is installed. First labels and sizes: the data set's own description and viewer;
  /// mean 0.2860 and deviation 0.3530 of pixels in 0…1: the widely used constants for this data set.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist")))
  func readsFashionMNIST() throws {
    let source = try DataSource.load("fashion-mnist", environment: [:])
    #expect(source.train.count == 60_000 && source.test?.count == 10_000)
    #expect(source.train.imageShape == [1, 28, 28] && source.train.classes == 10)
    #expect(source.train.labels.prefix(10) == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5])
    #expect(source.test?.labels.prefix(10) == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7])
    let normalizer = try Normalizer(.perChannel, training: source.train)
    #expect(abs(normalizer.mean[0] / 255 - 0.2860) < 5e-5)
    #expect(abs(normalizer.deviation[0] / 255 - 0.3530) < 5e-5)
  }
}
