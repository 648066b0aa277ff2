import Interchange

extension DataSource {
  /// Data sets whose number of classes is known, so that a corrupt label cannot pass for another class.
  private static func knownClasses(_ name: String) -> Int? {
    ["mnist", "fashion-mnist"].contains(name) ? 10 : nil
  }

  /// Loads the four files of MNIST's kind; the two test files may both be missing.
  static func loadIDX(_ folder: DataFolder) throws(InterchangeError) -> DataSource {
    let train = try idxPair("train", folder)
    var test: IDXPair?
    if folder.idxFile("t10k-images", 3) != nil || folder.idxFile("t10k-labels", 1) != nil {
      test = try idxPair("t10k", folder)
    }
    let largest = max(train.labels.max() ?? 0, test?.labels.max() ?? 0)
    let classes = knownClasses(folder.name) ?? Int(largest) + 1
    return try DataSource(
      format: .idx, train: train.dataset(classes: classes),
      test: test.map { (pair) throws(InterchangeError) in
        try pair.dataset(classes: classes)
      })
  }

  private static func idxPair(_ stem: String, _ folder: DataFolder) throws(InterchangeError) -> IDXPair {
    let imageFile = folder.idxFile("\(stem)-images", 3)
    let labelFile = folder.idxFile("\(stem)-labels", 1)
    guard let imageFile, let labelFile else {
      let missing =
        imageFile == nil ? DataFolder.idxNames("\(stem)-images", 3) : DataFolder.idxNames("\(stem)-labels", 1)
      throw InterchangeError(folder.path, "incomplete data set; looked for \(missing.joined(separator: ", "))")
    }
    let images = try IDXArray.read(imageFile, rank: 3)
    let labels = try IDXArray.read(labelFile, rank: 1)
    guard images.extents[0] == labels.extents[0] else {
      throw InterchangeError(
        labelFile, "expected \(images.extents[0]) labels, one for each image, found \(labels.extents[0])")
    }
    return IDXPair(name: folder.name, labelFile: labelFile, images: images, labels: labels.values.map { Int64($0) })
  }
}

/// Images and labels that belong together.
private struct IDXPair {
  let name: String
  let labelFile: String
  let images: IDXArray
  let labels: [Int64]

  func dataset(classes: Int) throws(InterchangeError) -> Dataset {
    if let wrong = labels.firstIndex(where: { $0 >= classes }) {
      throw InterchangeError(
        labelFile, "expected labels from 0 to \(classes - 1), found \(labels[wrong]) at image \(wrong)")
    }
    return try Dataset(
      name: name, channels: 1, height: images.extents[1], width: images.extents[2], classes: classes,
      pixels: .bytes(images.values), labels: labels)
  }
}

/// An array of bytes in the IDX format: two zero bytes, type 8, rank, big-endian extents, data.
///
/// Source: http://yann.lecun.com/exdb/mnist.
private struct IDXArray {
  let extents: [Int]
  let values: [UInt8]

  static func read(_ path: String, rank: Int) throws(InterchangeError) -> IDXArray {
    let bytes = path.hasSuffix(".gz") ? try gunzip(path) : try readFile(path)
    let headerSize = 4 + 4 * rank
    guard bytes.count >= headerSize else {
      throw InterchangeError(path, "truncated: expected a header of \(headerSize) bytes, found \(bytes.count)")
    }
    guard bytes[..<4] == [0, 0, 8, UInt8(rank)] else {
      let found = bytes[..<4].map { String($0) }.joined(separator: " ")
      throw InterchangeError(path, "expected an IDX array of bytes of rank \(rank) (0 0 8 \(rank)), found \(found)")
    }
    let extents = (0..<rank).map { axis in
      bytes[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) }
    }
    let described = extents.map(String.init).joined(separator: "×")
    guard let count = elementCount(extents), count > 0 else {
      throw InterchangeError(path, "expected at least one value and a size below 2^63, found \(described)")
    }
    guard bytes.count - headerSize == count else {
      throw InterchangeError(
        path, "expected \(count) bytes of data (\(described)), found \(bytes.count - headerSize)")
    }
    return IDXArray(extents: extents, values: Array(bytes[headerSize...]))
  }
}
