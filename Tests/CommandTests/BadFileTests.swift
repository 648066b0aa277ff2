import Foundation
import Interchange
import Testing

/// Weights, inputs and data sets that are damaged or do not fit.
@Suite struct BadFileTests {
  private static let run = "run art --input x.npy -o y.npz --weights"
  private static let train = "train art --out o --data"

  /// `bad.safetensors` made of the good weights' bytes.
  private static func damaged(_ change: @escaping @Sendable (inout [UInt8]) -> Void) -> @Sendable (Bench) throws -> Void
  {
    { bench in
      var bytes = try bench.bytes("w.safetensors")
      change(&bytes)
      try bench.write(bytes, to: "bad.safetensors")
    }
  }

  /// Four faults and a tensor that PyTorch adds, which is none.
  @Sendable private static func misfits(_ bench: Bench) throws {
    var tensors = try Safetensors.read(bench.path("w.safetensors")).tensors.filter { $0.name != "norm.bias" }
    for index in tensors.indices where tensors[index].name == "conv.weight" {
      tensors[index] = NamedTensor("conv.weight", shape: [4, 1, 5, 5], floats: [Float](repeating: 0, count: 100))
    }
    for index in tensors.indices where tensors[index].name == "norm.weight" {
      tensors[index] = NamedTensor("norm.weight", shape: [4], integers: [1, 2, 3, 4])
    }
    tensors.append(NamedTensor("extra", shape: [3], floats: [1, 2, 3]))
    tensors.append(NamedTensor("norm.num_batches_tracked", shape: [], integers: [7]))
    try Safetensors.write(tensors, to: bench.path("bad.safetensors"))
  }

  private static let allMisfits = [
    "bad.safetensors: expected \"conv.weight\" of f32[4,1,3,3], found f32[4,1,5,5]",
    "bad.safetensors: expected \"norm.weight\" of f32[4], found i64[4]",
    "bad.safetensors: expected \"norm.bias\" of f32[4], found no tensor of that name",
    "bad.safetensors: found \"extra\" of f32[3], which the model does not have",
  ]

  static let weights = [
    BadInput("\(run) bad.safetensors", says: allMisfits, prepare: misfits),
    BadInput("\(run) bad.safetensors --interpret", says: allMisfits, prepare: misfits),
    BadInput("eval art --data idx --weights bad.safetensors", says: allMisfits, prepare: misfits),
    BadInput("grad art --input batch.npz -o g --weights bad.safetensors", says: allMisfits, prepare: misfits),
    BadInput("train art --data idx --out o --weights bad.safetensors", says: allMisfits, prepare: misfits),
    BadInput(
      "\(run) missing.safetensors", says: "missing.safetensors: cannot open the file: no such file or directory"),
    BadInput(
      "train art --data idx --out o --weights missing", says: "missing: cannot open the file: no such file or directory"
    ),
    BadInput("\(run) idx", says: "idx: expected a file, found a directory"),
    BadInput(
      "\(run) bad.safetensors", says: "bad.safetensors: ", "expected \"data_offsets\"",
      prepare: damaged { $0.removeLast(5) }),
    BadInput(
      "\(run) bad.safetensors", says: "bad.safetensors: truncated: expected a header of",
      prepare: damaged { $0 = Array($0[..<100]) }),
    BadInput(
      "\(run) bad.safetensors", says: "truncated: expected 8 bytes of header length, found 0",
      prepare: damaged { $0 = [] }),
    BadInput(
      "\(run) bad.safetensors", says: "bad.safetensors: not a safetensors file", prepare: damaged { $0[8] = 120 }),
    BadInput(
      "\(run) bad.safetensors", says: "bad.safetensors: not a safetensors file: expected a header of at most",
      prepare: damaged { $0.replaceSubrange(0..<8, with: [UInt8](repeating: 255, count: 8)) }),
  ]

  private static func input(_ name: String, _ tensor: NamedTensor) -> @Sendable (Bench) throws -> Void {
    { try NPY.write(tensor, to: $0.path(name)) }
  }

  private static func copy(_ name: String, _ change: @escaping @Sendable (inout [UInt8]) -> Void)
    -> @Sendable (Bench) throws -> Void
  {
    { bench in
      var bytes = try bench.bytes(name)
      change(&bytes)
      try bench.write(bytes, to: "bad\(name.suffix(4))")
    }
  }

  private static let use = "run art --weights w.safetensors -o y.npz --input"
  private static let fits = "expected float32 inputs of shape N×1×8×8 for the model, found "

  static let inputs = [
    BadInput("\(use) missing.npy", says: "missing.npy: cannot open the file: no such file or directory"),
    BadInput("\(use) tiny.swift", says: "tiny.swift: expected an NPY array, found other or truncated data"),
    BadInput(
      "\(use) bad.npy", says: "bad.npy: expected 9472 bytes for f32[37,1,8,8], found 9468",
      prepare: copy("x.npy") { $0.removeLast(4) }),
    BadInput(
      "\(use) bad.npz", says: "bad.npz: not a zip archive, or truncated", prepare: copy("x.npz") { $0.removeLast(30) }),
    BadInput("\(use) bad.npz", says: "bad.npz: not a zip archive, or truncated", prepare: copy("x.npz") { $0 = [] }),
    BadInput("\(use) bad.npz", says: "bad.npz: member \"x.npy\": corrupt", prepare: copy("x.npz") { $0[500] ^= 1 }),
    BadInput("\(use) bad.npz", says: "bad.npz: no tensor \"x\"; the file holds \"z\"") {
      try NPZ.write([NamedTensor("z", shape: [1], floats: [1])], to: $0.path("bad.npz"))
    },
    BadInput(
      "\(use) bad.npy", says: "bad.npy: \(fits)f32[37,1,7,8]",
      prepare: input("bad.npy", NamedTensor("x", shape: [37, 1, 7, 8], floats: Samples.noise(37 * 56)))),
    BadInput(
      "\(use) bad.npy --interpret", says: "bad.npy: \(fits)f32[1,8,8]",
      prepare: input("bad.npy", NamedTensor("x", shape: [1, 8, 8], floats: Samples.noise(64)))),
    BadInput(
      "\(use) bad.npy", says: "bad.npy: \(fits)f32[0,1,8,8]",
      prepare: input("bad.npy", NamedTensor("x", shape: [0, 1, 8, 8], floats: []))),
    BadInput(
      "\(use) bad.npy", says: "bad.npy: \(fits)f64[1,1,8,8]",
      prepare: input("bad.npy", NamedTensor("x", shape: [1, 1, 8, 8], doubles: [Double](repeating: 0, count: 64)))),
  ]

  private static func batch(_ y: NamedTensor?, images: Int = 16) -> @Sendable (Bench) throws -> Void {
    { try NPZ.write([Samples.images(images)] + (y.map { [$0] } ?? []), to: $0.path("bad.npz")) }
  }

  private static let labels = Samples.labels(16)
  /// Each with compiled code and with the interpreter: the words are the same.
  static let batches =
    ["", " --interpret", " --interpret --double"].flatMap { options in
      let grad = "grad art --weights w.safetensors --input bad.npz -o g\(options)"
      let shape = "bad.npz: expected \"y\" of shape [16] for the 16 images of \"x\", found "
      let range = "bad.npz: expected labels from 0 to 2 in \"y\", found "
      return [
        BadInput(grad, says: "\(shape)i64[9]", prepare: batch(Samples.labels(Array(labels[..<9])))),
        BadInput(grad, says: "\(shape)i64[16,1]", prepare: batch(NamedTensor("y", shape: [16, 1], integers: labels))),
        BadInput(grad, says: "bad.npz: no tensor \"y\"; the file holds \"x\"", prepare: batch(nil)),
        BadInput(
          grad, says: "bad.npz: expected integers for \"y\", found f32[16]",
          prepare: batch(NamedTensor("y", shape: [16], floats: labels.map { Float($0) }))),
        BadInput(
          grad, says: "\(range)3 at image 2, 3 at image 5, 3 at image 8, 3 at image 11, 3 at image 14\n",
          prepare: batch(Samples.labels(labels.map { $0 + 1 }))),
        BadInput(
          grad, says: "\(range)-1 at image 0, -1 at image 3, -1 at image 6, -1 at image 9, -1 at image 12 and 1 more",
          prepare: batch(Samples.labels(labels.map { $0 - 1 }))),
      ]
    } + [
      BadInput("grad art --weights w.safetensors --input x.npy -o g", says: "x.npy: not a zip archive"),
      BadInput("verify tiny.swift -O0 --reference missing.npz", says: "missing.npz: cannot open the file"),
      BadInput("verify tiny.swift -O0 --reference batch.npz", says: "batch.npz: no tensor \"weight.conv.weight\""),
    ]

  /// The good data set with files replaced.
  private static func data(_ files: [String: [UInt8]?], folder: String = "bad") -> @Sendable (Bench) throws -> Void {
    { bench in
      let all = Samples.idxFiles.mapValues { Optional($0) }.merging(files) { $1 }
      try FileManager.default.createDirectory(atPath: bench.path(folder), withIntermediateDirectories: true)
      for (name, bytes) in all { if let bytes { try bench.write(bytes, to: "\(folder)/\(name)") } }
    }
  }

  private static func archive(_ tensors: NamedTensor...) -> @Sendable (Bench) throws -> Void {
    { try NPZ.write(tensors, to: $0.path("bad.npz")) }
  }

  private static let images = "train-images-idx3-ubyte"
  private static let answers = "train-labels-idx1-ubyte"
  /// An empty gzip member's header, then nothing that could be decompressed.
  private static let gzipHeader: [UInt8] = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3]

  static let data = [
    BadInput(
      "\(train) missing", says: "missing: found no data set; looked for \"/usr/share/datasets/missing\", \"missing\""),
    BadInput("\(train) x.npy", says: "x.npy: expected a folder or an .npz file as data set"),
    BadInput("\(train) empty", says: "empty: no known data set in this folder", "IDX: ", "CIFAR-10: ", "NPZ: ") {
      try FileManager.default.createDirectory(atPath: $0.path("empty"), withIntermediateDirectories: true)
    },
    BadInput(
      "\(train) bad", says: "bad: incomplete data set; looked for train-labels-idx1-ubyte",
      prepare: data([answers: nil])),
    BadInput(
      "\(train) bad", says: "bad/\(images): expected 4096 bytes of data (64×8×8), found 4091",
      prepare: data([images: Samples.idxImages(64).dropLast(5)])),
    BadInput(
      "\(train) bad", says: "bad/\(answers): expected 64 labels, one for each image, found 5",
      prepare: data([answers: Samples.idxLabels([0, 1, 2, 0, 1])])),
    BadInput(
      "\(train) bad", says: "bad/\(images): expected an IDX array of bytes of rank 3 (0 0 8 3), found 106 117 110 107",
      prepare: data([images: Array("junk that is long enough".utf8)])),
    BadInput(
      "\(train) bad", says: "bad/\(images): truncated: expected a header of 16 bytes, found 0",
      prepare: data([images: []])),
    BadInput(
      "\(train) bad", says: "bad/\(images): expected at least one value", "0×8×8",
      prepare: data([images: Samples.idx([0, 8, 8], []), answers: Samples.idx([0], [])])),
    BadInput(
      "\(train) bad", says: "bad/\(images): expected at least one value and a size below 2^63",
      prepare: data([images: Samples.idx([0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [])])),
    BadInput(
      "\(train) bad", says: "bad/\(images).gz: expected a gzip file",
      prepare: data([images: nil, "\(images).gz": Array("no gzip".utf8)])),
    BadInput(
      "\(train) bad", says: "bad/\(images).gz: the compressed data is truncated",
      prepare: data([images: nil, "\(images).gz": gzipHeader])),
    BadInput(
      "\(train) bad", says: "bad/\(images).gz: the compressed data is corrupt",
      prepare: data([images: nil, "\(images).gz": gzipHeader + [255, 255, 255, 255]])),
    BadInput(
      "\(train) fashion-mnist", says: "fashion-mnist/\(answers): expected labels from 0 to 9, found 10 at image 1",
      environment: ["NNCC_DATA": "."],
      prepare: data([answers: Samples.idxLabels([9, 10] + Samples.labels(62))], folder: "fashion-mnist")),
    // both sides of both misfits
    BadInput(
      "\(train) bad", says: "bad has images of 1×9×9, but the model tiny takes inputs of 1×8×8",
      "bad has 8 classes, but the model tiny gives 3 outputs",
      prepare: data([
        images: Samples.idxImages(64, size: 9), answers: Samples.idxLabels(Samples.labels(64, classes: 8)),
        "t10k-images-idx3-ubyte": nil, "t10k-labels-idx1-ubyte": nil,
      ])),
    BadInput(
      "train tiny.swift --set classes=2 --out o --data idx",
      says: "idx has 3 classes, but the model tiny gives 2 outputs"),
    BadInput(
      "eval tiny.swift --set height=9 --weights w.safetensors --data idx",
      says: "idx has images of 1×8×8, but the model tiny takes inputs of 1×9×8"),
    BadInput(
      "\(train) bad", says: "expected test images of 1×8×8 as in training, found 1×9×9",
      prepare: data(["t10k-images-idx3-ubyte": Samples.idxImages(20, size: 9)])),
    BadInput(
      "\(train) bad --batch 65", says: "bad: expected a batch of 1 to 64 images, as there are for training, found 65",
      prepare: data([:])),
    BadInput(
      "\(train) idx --limit 3",
      says: "idx: expected a batch of 1 to 3 images, as there are for training, found 16: choose a smaller --batch"),
    BadInput(
      "\(train) bad",
      says: "bad/data_batch_3.bin: expected records of 3073 bytes, found 6140 bytes: truncated or of another format"
    ) { try cifar($0) { $0 == 3 ? Samples.cifar([[0], [1]]).dropLast(6) : Samples.cifar([[0]]) } },
    BadInput("\(train) bad", says: "bad/data_batch_2.bin: expected labels from 0 to 9, found 12 at image 1") {
      try cifar($0) { $0 == 2 ? Samples.cifar([[0], [12]]) : Samples.cifar([[0]]) }
    },
    BadInput("\(train) bad", says: "bad: incomplete CIFAR-10: no data_batch_2.bin", "test_batch.bin") {
      try $0.write(Samples.cifar([[0]]), to: "bad/data_batch_1.bin")
    },
    BadInput("\(train) bad", says: "bad/train.bin: expected labels from 0 to 99, found 100 at image 0") {
      try $0.write(Samples.cifar([[0, 100]]), to: "bad/train.bin")
      try $0.write(Samples.cifar([[0, 1]]), to: "bad/test.bin")
    },
    BadInput(
      "\(train) bad.npz", says: "bad.npz: expected labels from 0 to", "in \"y\", found -1 at image 0",
      prepare: archive(Samples.images(16), Samples.labels(labels.map { $0 - 1 }))),
    BadInput(
      "\(train) bad.npz", says: "bad.npz: expected integers of shape [16] for \"y\", found i64[9]",
      prepare: archive(Samples.images(16), Samples.labels(Array(labels[..<9])))),
    BadInput(
      "\(train) bad.npz", says: "bad.npz: expected \"x\" of shape [n,channels,height,width], found f32[2,64]",
      prepare: archive(NamedTensor("x", shape: [2, 64], floats: Samples.noise(128)), Samples.labels([0, 1]))),
    BadInput(
      "\(train) bad.npz", says: "bad.npz: expected finite \"x\", found nan in image 1",
      prepare: archive(
        NamedTensor("x", shape: [2, 1, 8, 8], floats: Samples.noise(127) + [.nan]), Samples.labels([0, 1]))),
    BadInput(
      "\(train) bad.npz", says: "bad.npz: expected \"x\" of shape", "f32[0,1,8,8]",
      prepare: archive(NamedTensor("x", shape: [0, 1, 8, 8], floats: []), Samples.labels([]))),
  ]

  private static func cifar(_ bench: Bench, _ bytes: (Int) -> [UInt8]) throws {
    for index in 1...5 { try bench.write(bytes(index), to: "bad/data_batch_\(index).bin") }
    try bench.write(bytes(6), to: "bad/test_batch.bin")
  }

  @Test(arguments: weights) func weightsAreRefused(_ row: BadInput) throws { try row.check() }
  @Test(arguments: inputs) func inputsAreRefused(_ row: BadInput) throws { try row.check() }
  @Test(arguments: batches) func batchesAreRefused(_ row: BadInput) throws { try row.check() }
  @Test(arguments: data) func dataSetsAreRefused(_ row: BadInput) throws { try row.check() }
}
