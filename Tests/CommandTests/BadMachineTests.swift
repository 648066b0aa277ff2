import Foundation
import Runtime
import Testing

/// What the machine lacks: memory, compilers, CPU features, room and permission to write.
@Suite struct BadMachineTests {
  private static let run = "run art --weights w.safetensors --input x.npy -o y.npz"

  static let memory =
    [
      // 100 million images: 16 GB for the largest value alone
      BadInput(
        "train tiny.swift --data idx --batch 100000000 --out o", says: "tiny.swift: needs ", " of memory, but only ",
        "workspace ", "use a smaller batch"),
      BadInput(
        "eval art --weights w.safetensors --data idx --batch 100000000", says: "art: needs ", " of memory, but only ",
        "workspace "),
      BadInput("verify tiny.swift --batch 100000000", says: "tiny: needs ", " of memory, but only ", "interpreter "),
    ]
    + [
      "build tiny.swift -o o", "inspect tiny.swift", "verify tiny.swift", "train art --data idx --out o",
      "eval art --weights w.safetensors --data idx",
    ].flatMap {
      // numbers whose products exceed 64 bits
      [
        BadInput(
          "\($0) --batch 9000000000000000000",
          says: "a batch of 9000000000000000000: expected values of fewer than 2^44 elements"),
        BadInput(
          "\($0) --batch 9223372036854775807",
          says: "a batch of 9223372036854775807: expected values of fewer than 2^44 elements"),
        BadInput(
          "\($0) --batch 1000000000000", says: "a batch of 1000000000000: expected values of fewer than 2^44 elements"),
      ]
    }

  /// The artefact with its manifest's text changed.
  private static func manifest(_ old: String, _ new: String) -> @Sendable (Bench) throws -> Void {
    { bench in
      try bench.copyArtefact()
      let text = try bench.text("art/manifest.json")
      #expect(text.contains(old))
      try bench.write(text.replacing(old, with: new), to: "art/manifest.json")
    }
  }

  private static func library(_ change: @escaping @Sendable (inout [UInt8]) -> Void) -> @Sendable (Bench) throws -> Void
  {
    { bench in
      try bench.copyArtefact()
      var bytes = try bench.bytes("art/libtiny.so")
      change(&bytes)
      try bench.write(bytes, to: "art/libtiny.so")
    }
  }

  static let artefacts = [
    BadInput(
      run, says: "artefact art: built for avx9000, this CPU lacks it; rebuild with --target native",
      prepare: manifest("\"features\":[", "\"features\":[\"avx9000\",")),
    BadInput(
      run, says: "art: manifest.json was changed and no longer describes art/libtiny.so; build it again",
      prepare: manifest("\"inputShape\":[1,8,8]", "\"inputShape\":[1,9,8]")),
    BadInput(
      run, says: "art/manifest.json: '../tiny' is not a C identifier",
      prepare: manifest("\"name\":\"tiny\"", "\"name\":\"../tiny\"")),
    BadInput(
      "eval art --weights w.safetensors --data idx", says: "art/manifest.json: not a manifest",
      prepare: manifest("{", "")),
    BadInput(run, says: "art/libtiny.so: truncated", prepare: library { $0 = Array($0[..<5000]) }),
    BadInput(
      run, says: "art/libtiny.so is damaged: its content does not match its checksum; build it again",
      prepare: library { $0[20000] ^= 255 }),
    BadInput(run, says: "art/libtiny.so", "not", prepare: library { $0 = Array("no library".utf8) }),
    BadInput(run, says: "cannot read art/libtiny.so: no such file or directory") {
      try $0.copyArtefact()
      try FileManager.default.removeItem(atPath: $0.path("art/libtiny.so"))
    },
    BadInput("inspect art", says: "art/tiny.nnir: expected the model that manifest.json describes, found another") {
      try $0.copyArtefact()
      try $0.write(try $0.succeed("build", "tiny.swift", "--emit", "ir", "--set", "features=5"), to: "art/tiny.nnir")
    },
    // an ARM library's header on an Intel machine, and the other way round
    BadInput(run, says: "art/libtiny.so", prepare: library { $0[18] = $0[18] == 62 ? 183 : 62 }),
  ]

  static let compilers = [
    BadInput(
      "build tiny.swift -o o", says: "no clang found: NNCC_CLANG names /nowhere, which is not an executable file",
      environment: ["NNCC_CLANG": "/nowhere"]),
    BadInput(
      "build tiny.swift -o o", says: "expected clang at /bin/true, but --version gave exit status 0 and said: ",
      environment: ["NNCC_CLANG": "/bin/true"]),
    BadInput(
      "build art -o o", says: "no clang found: looked beside swiftc and in PATH (/nowhere)",
      environment: ["PATH": "/nowhere"]),
    // a clang that finds no C library for ARM; no folder is left behind
    BadInput(
      "build art -O0 --mode infer --target aarch64 -o o",
      says: "cannot build for aarch64: expected ", "clang said: probe.c:1:10: error: no library",
      environment: ["NNCC_CLANG": "./clang"]
    ) {
      let clang = try ClangToolchain.find()
      let says = "echo 'probe.c:1:10: error: no library' >&2; exit 1"
      try $0.write(
        "#!/bin/sh\ncase \"$*\" in *probe.c*) \(says);; esac\nexec \(clang.executable) \"$@\"\n", to: "clang")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: $0.path("clang"))
    },
    BadInput(
      "inspect tiny.swift", says: "no Swift compiler found: a model.swift needs swiftc on PATH or named by NNCC_SWIFTC",
      environment: ["PATH": "/nowhere"]),
    BadInput(
      "inspect tiny.swift", says: "no Swift compiler found: NNCC_SWIFTC names /nowhere",
      environment: ["NNCC_SWIFTC": "/nowhere"]),
    BadInput(
      "inspect tiny.swift", says: "expected a Swift compiler at /bin/true, but --version gave exit status 0",
      environment: ["NNCC_SWIFTC": "/bin/true"]),
    BadInput(
      "inspect tiny.swift",
      says: "no model library found: expected libNNCC.so, NNCC.swiftmodule and NNIR.swiftmodule in /nowhere",
      environment: ["NNCC_LIBRARY_PATH": "/nowhere"]),
    BadInput(
      "inspect art --kernels", says: "expected libLLVM 14, which reads machine code, found none: /nowhere",
      environment: ["NNCC_LIBLLVM": "/nowhere"]),
    BadInput(
      "inspect other.swift", says: "was built by Swift version 6",
      "but ./swiftc is Swift version 5.9.2 (swift-5.9.2-RELEASE): rebuild nncc with this compiler",
      environment: ["NNCC_SWIFTC": "./swiftc"]
    ) {
      try $0.write(Samples.model, to: "other.swift")
      try $0.write("#!/bin/sh\necho 'Swift version 5.9.2 (swift-5.9.2-RELEASE)'\n", to: "swiftc")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: $0.path("swiftc"))
    },
  ]

  /// `tiny.swift` is a file, so that nothing can be written below it, not even by root; `idx` is a folder.
  static let places = [
    BadInput(
      "build tiny.swift -O0 --mode infer -o tiny.swift/o",
      says: "cannot create the folder tiny.swift/o: not a directory"),
    BadInput(
      "build tiny.swift -O0 --mode infer -o tiny.swift",
      says: "cannot create the folder tiny.swift: a file of that name is in the way"),
    BadInput(
      "build tiny.swift -O0 --mode infer -o /proc/o",
      says: "cannot create the folder /proc/o: /proc takes no new folders"),
    BadInput(
      "train art --data idx --out tiny.swift",
      says: "cannot create the folder tiny.swift: a file of that name is in the way"),
    BadInput("train art --data idx --out /proc/o", says: "cannot create the folder /proc/o"),
    BadInput(
      "run art --weights w.safetensors --input x.npy -o tiny.swift/y.npz",
      says: "tiny.swift/y.npz: cannot create a file in \"tiny.swift\": not a directory"),
    BadInput(
      "run art --weights w.safetensors --input x.npy -o nowhere/y.npz",
      says: "nowhere/y.npz: cannot create a file in \"nowhere\": no such file or directory"),
    BadInput(
      "run art --weights w.safetensors --input x.npy -o idx",
      says: "idx: cannot write the file: a directory has this name"),
    BadInput(
      "grad art -O0 --weights w.safetensors --input batch.npz -o nowhere/g",
      says: "nowhere/g: cannot create a file in \"nowhere\""),
    // a full disk: the device that always is, and files that may not grow
    BadInput(
      "run art --weights w.safetensors --input x.npy -o /dev/full",
      says: "/dev/full: cannot write the file: no space left on device"),
    BadInput(
      "grad art --interpret --weights w.safetensors --input batch.npz -o /dev/full",
      says: "/dev/full: cannot write the file: no space left on device"),
    BadInput(
      "run art --weights w.safetensors --input x.npy -o y.npz", says: "y.npz: cannot write the file: file too large",
      fileBlocks: 1),
    BadInput(
      "grad art --interpret --weights w.safetensors --input batch.npz -o g",
      says: "g: cannot write the file: file too large", fileBlocks: 1),
    BadInput("init new", says: "new.swift: cannot write the file: file too large", fileBlocks: 1),
  ]

  @Test(arguments: memory) func tooMuchMemoryIsRefused(_ row: BadInput) throws { try row.check() }
  @Test(arguments: artefacts) func artefactsAreRefused(_ row: BadInput) throws { try row.check() }
  @Test(arguments: compilers) func missingCompilersAreNamed(_ row: BadInput) throws { try row.check() }
  @Test(arguments: places) func unwritablePlacesAreNamed(_ row: BadInput) throws { try row.check() }

  /// An artefact for a larger machine can be built; that it will not run here is said.
  @Test func artefactsForLargerMachinesAreRemarkedUpon() throws {
    try Bench.with { bench in
      let outcome = try bench.nncc(
        ["build", "tiny.swift", "-O0", "--mode", "infer", "--batch", "100000000", "-o", "o"])
      #expect(outcome.code == 0, "\(outcome.everything)")
      #expect(outcome.errors.hasPrefix("warning: o: needs ") && outcome.errors.contains(" of memory, but only "))
    }
  }

  /// The disk fills up during a training: the earlier checkpoint stays as it was.
  @Test func aFullDiskKeepsTheCheckpoint() throws {
    try Bench.with { bench in
      let arguments = ["train", "art", "--data", "idx", "--out", "o"]
      #expect(try bench.nncc(arguments + ["--epochs", "1"]).code == 0)
      let checkpoint = try bench.bytes("o/checkpoint.safetensors")
      let before = bench.listing()
      let outcome = try bench.nncc(arguments + ["--resume", "--epochs", "2"], fileBlocks: 1)
      #expect(outcome.code == 1, "\(outcome.everything)")
      #expect(outcome.errors.contains("o/") && outcome.errors.contains("file too large"), "\(outcome.everything)")
      #expect(try bench.bytes("o/checkpoint.safetensors") == checkpoint)
      #expect(!bench.listing().contains { $0.contains(".tmp") || $0.contains(".nncc-") })
      #expect(bench.listing().count == before.count)
    }
  }

  /// A full disk behind `> file` is noticed, by long and by short texts.
  @Test(arguments: [
    ["inspect", "tiny.swift", "--ops"], ["build", "tiny.swift", "--emit", "c"], ["--help"], ["--version"],
  ])
  func unwritableOutputIsAnError(_ arguments: [String]) throws {
    try Bench.with { bench in
      let outcome = try Executable.run(arguments, in: bench.folder, fullOutput: true)
      #expect(outcome.code == 1 && outcome.errors.contains("error: cannot write to standard output: "), "\(outcome)")
    }
  }

  /// A training is worth more than its log: it ends, and says what is missing.
  @Test(arguments: [[], ["--json"]]) func unwritableLogsDoNotStopATraining(_ options: [String]) throws {
    try Bench.with { bench in
      let outcome = try Executable.run(
        ["train", "art", "--data", "idx", "--epochs", "1", "--out", "o"] + options, in: bench.folder, fullOutput: true)
      #expect(outcome.code == 1)
      #expect(
        outcome.errors.hasPrefix(
          "warning: cannot write to standard output: no space left on device; the training goes on\n"))
      #expect(outcome.errors.contains("error: cannot write to standard output: "))
      #expect(try !bench.bytes("o/final.safetensors").isEmpty)
    }
  }

  /// A build that cannot finish leaves no manifest, by which an artefact is known.
  @Test func aFullDiskLeavesNoHalfArtefact() throws {
    try Bench.with { bench in
      let outcome = try bench.nncc(["build", "tiny.swift", "-O0", "--mode", "infer", "-o", "o"], fileBlocks: 16)
      #expect(outcome.code == 1 && outcome.signal == nil, "\(outcome.everything)")
      #expect(!bench.listing().contains { $0.contains("manifest.json") || $0.contains(".tmp") }, "\(bench.listing())")
    }
  }

  /// Kernels in files of their own that another version of the model had do not stay beside the new ones.
  @Test func aRebuildLeavesNoKernelsOfTheLastOne() throws {
    try Bench.with { bench in
      for name in ["tiny_kernels_1.c", "tiny_kernels_2.c", "other_kernels_1.c"] { try bench.write("", to: "o/\(name)") }
      func kernels() -> [String] {
        bench.listing().map { String($0.prefix { $0 != " " }) }.filter { $0.contains("_kernels_") }.sorted()
      }
      try bench.succeed("build", "tiny.swift", "-O0", "--mode", "infer", "-o", "o")
      #expect(kernels() == ["o/other_kernels_1.c"])

      try bench.succeed("build", "tiny.swift", "-O0", "-o", "o")
      let several = kernels()
      #expect(several.count > 2)
      let next = "o/tiny_kernels_\(several.count).c"
      try bench.write("", to: next)
      #expect(kernels().count == several.count + 1)
      try bench.succeed("build", "tiny.swift", "-O0", "-o", "o")
      #expect(kernels() == several)
    }
  }

  /// A rebuild that fails before it writes leaves the artefact whole; one that fails while it writes, no manifest.
  @Test func aFailedRebuildLeavesNoMixedArtefact() throws {
    try Bench.with { bench in
      let build = ["build", "tiny.swift", "-O0", "-o", "o", "--mode"]
      #expect(try bench.nncc(build + ["train"]).code == 0)
      let whole = bench.listing()
      let early = try bench.nncc(build + ["infer"], fileBlocks: 16)
      #expect(early.code == 1 && bench.listing() == whole, "\(early.everything)")

      // a folder with something in it cannot be replaced by a file
      try FileManager.default.removeItem(atPath: bench.path("o/tiny.c"))
      try bench.write("in the way", to: "o/tiny.c/file")
      let late = try bench.nncc(build + ["infer"])
      #expect(late.code == 1 && late.errors.contains("cannot write o/tiny.c: "), "\(late.everything)")
      #expect(!bench.listing().contains { $0.contains("manifest.json") || $0.contains(".tmp") }, "\(bench.listing())")
    }
  }
}
