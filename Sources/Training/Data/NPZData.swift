import Foundation
import Interchange

extension DataSource {
  /// Loads one file with "x" [n,c,h,w] of floats or bytes and "y" [n] of integers; "x_test" and "y_test" are optional.
  static func loadNPZ(_ path: String) throws(InterchangeError) -> DataSource {
    guard path.hasSuffix(".npz") else {
      throw InterchangeError(path, "expected a folder or an .npz file as data set, found another file")
    }
    let archive = try NPZ.read(path)
    let train = try NPZImages(archive, images: "x", labels: "y")
    var test: NPZImages?
    if archive["x_test"] != nil || archive["y_test"] != nil {
      test = try NPZImages(archive, images: "x_test", labels: "y_test")
    }
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return try source(name: name, train: train, test: test)
  }

  /// Loads a folder with train.npz and, optionally, test.npz, each with "x" and "y".
  static func loadNPZ(_ folder: DataFolder) throws(InterchangeError) -> DataSource {
    let train = try NPZImages(NPZ.read(folder.file("train.npz")), images: "x", labels: "y")
    var test: NPZImages?
    if folder.has("test.npz") { test = try NPZImages(NPZ.read(folder.file("test.npz")), images: "x", labels: "y") }
    return try source(name: folder.name, train: train, test: test)
  }

  private static func source(
    name: String, train: NPZImages, test: NPZImages?
  ) throws(InterchangeError) -> DataSource {
    // Either part may lack images of the last class.
    let classes = Int(max(train.labels.max() ?? 0, test?.labels.max() ?? 0)) + 1
    return try DataSource(
      format: .npz, train: train.dataset(name: name, classes: classes),
      test: test.map { (images) throws(InterchangeError) in try images.dataset(name: name, classes: classes) })
  }
}

/// Images and labels of an archive that fit each other.
private struct NPZImages {
  let extents: [Int]
  let pixels: Dataset.Pixels
  let labels: [Int64]

  init(_ archive: TensorArchive, images: String, labels: String) throws(InterchangeError) {
    let tensor = try archive.tensor(images)
    guard tensor.shape.count == 4, tensor.count > 0 else {
      throw InterchangeError(
        archive.path, "expected \"\(images)\" of shape [n,channels,height,width], found \(tensor.type)")
    }
    if tensor.elementType == .u8 {
      pixels = .bytes(Array(tensor.bytes))
    } else {
      let values = try archive.floats(images)
      if let wrong = values.firstIndex(where: { !$0.isFinite }) {
        let image = wrong / (values.count / tensor.shape[0])
        throw InterchangeError(archive.path, "expected finite \"\(images)\", found \(values[wrong]) in image \(image)")
      }
      pixels = .floats(values)
    }
    extents = Array(tensor.shape.dropFirst())
    self.labels = try archive.integers(labels, shape: [tensor.shape[0]])
    if let wrong = self.labels.firstIndex(where: { $0 < 0 || $0 >= Dataset.maximumClasses }) {
      throw InterchangeError(
        archive.path,
        "expected labels from 0 to \(Dataset.maximumClasses - 1) in \"\(labels)\", found \(self.labels[wrong]) "
          + "at image \(wrong)")
    }
  }

  func dataset(name: String, classes: Int) throws(InterchangeError) -> Dataset {
    try Dataset(
      name: name, channels: extents[0], height: extents[1], width: extents[2], classes: classes, pixels: pixels,
      labels: labels)
  }
}
