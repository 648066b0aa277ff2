import Testing

/// Mistakes on the command line, in models and in hyper-parameters.
@Suite struct BadModelTests {
  /// A model with one line of the template's forward function replaced.
  private static func model(_ line: String) -> @Sendable (Bench) throws -> Void {
    { bench in
      let text = Samples.model.replacing(
        "    return x.globalAveragePool", with: "\(line)\n    return x.globalAveragePool")
      try bench.write(text, to: "bad.swift")
    }
  }

  /// The artefact's graph with a text replaced.
  private static func graph(_ old: String, _ new: String) -> @Sendable (Bench) throws -> Void {
    { bench in
      let text = try bench.text("art/tiny.nnir")
      #expect(text.contains(old))
      try bench.write(text.replacing(old, with: new), to: "bad.nnir")
    }
  }

  static let commandLine = [
    BadInput("frobnicate", says: "Unexpected argument 'frobnicate'", "Usage: nncc <subcommand>"),
    BadInput("build", says: "Missing expected argument '<MODEL>'"),
    BadInput("build tiny.swift --frobnicate", says: "Unknown option '--frobnicate'"),
    BadInput("train tiny.swift", says: "--data <NAME|DIR>"),
    BadInput("build tiny.swift --emit foo", says: "The value 'foo' is invalid", "scheduled"),
    BadInput("build tiny.swift --mode foo", says: "The value 'foo' is invalid", "'infer', 'train' or 'both'"),
    BadInput("build tiny.swift --target foo", says: "unknown target 'foo'", "native, x86-64-v2, x86-64-v3"),
    BadInput(
      "build tiny.swift --dump-after simplifi", says: "--dump-after: unknown pass simplifi; did you mean simplify?"),
    BadInput("build tiny.swift --emit ir --dump-after nonesuch", says: "--dump-after: unknown pass nonesuch"),
    BadInput("build tiny.swift --disable-pass foo", says: "--disable-pass: unknown pass foo; known: check-interface"),
    BadInput("build tiny.swift --disable-pass schedule", says: "--disable-pass: schedule cannot be switched off"),
    BadInput(
      "build tiny.swift --batch 1,x", says: "--batch: expected whole numbers of at least 1 such as 1,16, found 1,x"),
    BadInput("build tiny.swift --batch 1,,2", says: "--batch: expected whole numbers of at least 1"),
    BadInput("build tiny.swift --batch -3", says: "--batch: expected whole numbers of at least 1", "found -3"),
    BadInput(
      "build tiny.swift --batch 99999999999999999999", says: "--batch: expected whole numbers", "99999999999999999999"),
    BadInput("build tiny.swift --jobs 0", says: "--jobs: expected at least 1, found 0"),
    BadInput(
      "run art --weights w.safetensors --input x.npy -o y.npz --jobs -2", says: "--jobs: expected at least 1, found -2"),
    BadInput("inspect tiny.swift --batch -1", says: "--batch: expected at least 1, found -1"),
    BadInput(
      "inspect tiny.swift --ops --json --dot",
      says: "expected at most one of --ops, --passes, --memory, --kernels, --json and --dot, found --ops, --json and "
        + "--dot"),
    BadInput(
      "inspect tiny.swift --ops --mode infer", says: "--mode: expected --kernels, whose entry points it chooses"),
    BadInput("inspect tiny.swift -o m.svg", says: "-o: expected --memory, whose picture it names"),
    BadInput("inspect tiny.swift --build --ops", says: "--build: expected no --ops, which shows no times"),
    BadInput("inspect tiny.swift --memory -o none/m.svg", says: "none/m.csv: cannot be written"),
    BadInput("build tiny.swift --recompute all", says: "'all'"),
    BadInput("verify tiny.swift --batch 0", says: "--batch: expected at least 1, found 0"),
    BadInput("eval art --weights w.safetensors --data idx --batch -5", says: "--batch: expected at least 1, found -5"),
    BadInput(
      "eval art --weights w.safetensors --data idx --at-least 92",
      says: "--at-least: expected a share of right answers from 0 to 1, found 92.0"),
    BadInput(
      "eval regression.swift --weights w.safetensors --data idx --at-least 0.5",
      says: "regression.swift: --at-least: expected a model that is trained to tell classes apart"
    ) { try $0.write(Samples.regression, to: "regression.swift") },
    BadInput("train art --data idx --out o --batch 0", says: "--batch: expected at least 1, found 0"),
    BadInput("train art --data idx --out o --epochs -1", says: "expected at least 1 as number of epochs, found -1"),
    BadInput("train art --data idx --out o --steps -5", says: "expected at least 1 as number of steps, found -5"),
    BadInput(
      "train art --data idx --out o --limit -5", says: "idx: expected a limit of at least 1 training image, found -5"),
    BadInput("train art --data idx --out o --epochs many", says: "The value 'many' is invalid for '--epochs <N>'"),
    BadInput("train art --data idx --out o --seed -1", says: "The value '-1' is invalid for '--seed <N>'"),
    BadInput("train art --data idx --out o --threads 0", says: "--threads: expected 1 to 1024, found 0"),
    BadInput("train art --data idx --out o --threads -1", says: "--threads: expected 1 to 1024, found -1"),
    BadInput(
      "train art --data idx --out o --resume", says: "o/checkpoint.safetensors: nothing to resume: no such checkpoint"),
    BadInput(
      "grad art --weights w.safetensors --input batch.npz -o g --double", says: "--double goes with --interpret"),
    // both are settings, whatever stands behind the equals sign
    BadInput("inspect tiny.swift --set features=8 folder=a/b.c", says: "folder"),
    BadInput("init tiny", says: "tiny.swift: expected a name that is free, found a file; nothing was written"),
    BadInput("init new/", says: "expected a name such as my-net, found \"new/\""),
    BadInput("init .swift", says: "expected a name such as my-net, found \".swift\""),
    BadInput(
      "init nowhere/net", says: "nowhere/net.swift: cannot create a file in \"nowhere\": no such file or directory"),
  ]

  static let models = [
    BadInput("build missing.swift", says: "cannot read missing.swift: no such file or directory"),
    BadInput("inspect missing.nnir", says: "cannot read missing.nnir: no such file or directory"),
    BadInput("inspect missing", says: "cannot read missing: no such file or directory"),
    BadInput("inspect idx", says: "idx: expected an artefact directory with manifest.json, found none"),
    BadInput("inspect x.npy", says: "x.npy: expected a model.swift or a model.nnir, found neither ending"),
    // swiftc's own words, with line and column
    BadInput(
      "build bad.swift", says: "bad.swift:17:9: error: cannot find 'nothing' in scope",
      "bad.swift does not compile: swiftc ended with exit status 1", prepare: model("    _ = nothing(x)")),
    BadInput(
      "build bad.swift", says: "bad.swift:1:1: ", "error: ",
      "bad.swift does not compile: swiftc ended with exit status 1"
    ) {
      try $0.write([0, 1, 2, 3, 255, 254], to: "bad.swift")
    },
    BadInput("inspect bad.swift", says: "bad.swift: expected a network such as `@main struct Net: Network`") {
      try $0.write("import NNCC\n", to: "bad.swift")
    },
    // both errors, each with its line, and where the shapes come from
    BadInput(
      "build bad.swift", says: "bad.swift:17: error: concat: spatial size 8×8 does not match 4×4",
      "bad.swift:16: note: 4×8×8 comes from relu here", "bad.swift:17: note: 4×4×4 comes from maxPool here",
      "bad.swift:18: error: linear: expected a vector of features, found 4×8×8",
      prepare: model("    let y = concat([x, x.maxPool(kernel: 2)])\n    let z = x.linear(3)\n    _ = (y, z)")),
    BadInput(
      "inspect bad.swift", says: "bad.swift:17: error: the model crashed here: division by zero",
      prepare: model("    _ = 1 / (features - 4)")),
  ]

  static let settings = [
    BadInput(
      "inspect tiny.swift --set feature=3", says: "unknown hyper-parameter \"feature\"; did you mean \"features\"?"),
    BadInput(
      "inspect tiny.swift --set features=many rate=x biased=3 zzzzz=1",
      says: "hyper-parameter \"features\": expected a whole number, found \"many\"",
      "hyper-parameter \"rate\": expected a number, found \"x\"",
      "hyper-parameter \"biased\": expected true or false, found \"3\"",
      "unknown hyper-parameter \"zzzzz\"; known: features, classes"),
    BadInput("inspect tiny.swift --set features", says: "expected --set name=value, found \"features\""),
    BadInput("inspect tiny.swift --set", says: "Missing value for '--set <k=v>'"),
    BadInput("inspect tiny.swift --set =3", says: "expected --set name=value, found \"=3\""),
    BadInput(
      "inspect tiny.swift --set features=99999999999999999999",
      says: "expected a whole number, found \"99999999999999999999\""),
    BadInput(
      "inspect tiny.swift --set features=-3",
      says: "tiny.swift:16: error: conv2d: expected channels of at least 1, found -3"),
    BadInput(
      "inspect tiny.swift --set features=4000000000000000000",
      says: "tiny.swift:16: error: conv2d: expected channels of at most"),
    BadInput("inspect tiny.swift --set width=0", says: "expected input extents of at least 1", "[1, 8, 0]"),
    BadInput("inspect art --set features=3", says: "--set needs a model.swift; art is a built artefact"),
    BadInput("inspect art/tiny.nnir --set features=3", says: "expected no --set, found features=3"),
  ]

  static let graphs = [
    BadInput(
      "build bad.nnir", says: "bad.nnir:11:6: error: unknown operation reluu; did you mean relu?",
      prepare: graph("= relu ", "= reluu ")),
    BadInput(
      "inspect bad.nnir", says: "bad.nnir:11:11: error: expected a value defined above, found %99",
      prepare: graph("= relu %7", "= relu %99")),
    BadInput(
      "inspect bad.nnir", says: "bad.nnir:11:1: error: expected %8, found %88", prepare: graph("\n%8 =", "\n%88 =")),
    BadInput(
      "inspect bad.nnir", says: "bad.nnir:4:", "error: expected , or ]", prepare: graph("f32[4,1,3,3]", "f32[4,1,3,3")),
    BadInput("inspect bad.nnir", says: "bad.nnir:", "f32[N,5,8,8]", prepare: graph("f32[N,4,8,8]", "f32[N,5,8,8]")),
    BadInput("inspect bad.nnir", says: "bad.nnir:1:1: error: expected nnir, found hello") {
      try $0.write("hello\n", to: "bad.nnir")
    },
    BadInput(
      "inspect bad.nnir", says: "bad.nnir:1:1: error: expected a header such as nnir 1 stage typed, found an empty file"
    ) {
      try $0.write("", to: "bad.nnir")
    },
    BadInput("inspect bad.nnir", says: "bad.nnir: expected UTF-8 text, found other bytes") {
      try $0.write([0xff, 0xfe, 0x00], to: "bad.nnir")
    },
    BadInput(
      "train bad.nnir --data idx --out o", says: "bad.nnir: expected a model with a training recipe, found none",
      prepare: withoutRecipe),
    BadInput(
      "grad bad.nnir --weights w.safetensors --input batch.npz -o g",
      says: "bad.nnir: expected a model with a training recipe",
      prepare: withoutRecipe),
    BadInput(
      "build bad.nnir --mode train", says: "bad.nnir: --mode train: expected a model with a training recipe",
      prepare: withoutRecipe),
    BadInput(
      "verify bad.nnir --grad", says: "bad.nnir: expected a model with a training recipe", prepare: withoutRecipe),
  ]

  @Sendable private static func withoutRecipe(_ bench: Bench) throws {
    let lines = try bench.text("art/tiny.nnir").split(separator: "\n").filter { !$0.hasPrefix("recipe ") }
    try bench.write(lines.joined(separator: "\n") + "\n", to: "bad.nnir")
  }

  @Test(arguments: commandLine) func ofTheCommandLine(_ row: BadInput) throws { try row.check() }
  @Test(arguments: models) func ofTheModel(_ row: BadInput) throws { try row.check() }
  @Test(arguments: settings) func ofTheSettings(_ row: BadInput) throws { try row.check() }
  @Test(arguments: graphs) func ofTheGraph(_ row: BadInput) throws { try row.check() }
}
