import Compiler
import Foundation
import NNIR
import Synchronization
import Testing

/// A folder with a model in it and a cache of its own.
struct Workshop {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "nncc-loader-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ text: String, to name: String = "net.swift", executable: Bool = false) throws -> String {
    let path = "\(folder)/\(name)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    if executable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path) }
    return path
  }

  var environment: [String: String] {
    ProcessInfo.processInfo.environment.merging(["NNCC_CACHE": "\(folder)/cache"]) { $1 }
  }
}

/// What passed through a loader's `report`.
final class Reported: Sendable {
  private let storage = Mutex("")
  var text: String { storage.withLock { $0 } }
  func add(_ text: String) { storage.withLock { $0 += text } }
}

@Suite struct ModelLoaderTests {
  static let model = """
    import NNCC
    @main struct TinyNet: Network {
      var features = 4
      var inputShape: [Int] { [3] }
      func callAsFunction(_ x: Tensor) -> Tensor { x.linear(features) }
    }
    """

  /// Loads a text as `net.swift` and gives what was thrown and what was reported.
  func failure(
    _ text: String, name: String = "net.swift", set settings: [String] = [], timeLimit: Double = 60,
    environment changes: [String: String] = [:]
  ) throws -> (Diagnostics, reported: String) {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let reported = Reported()
    let path = try workshop.write(text, to: name)
    let found = problems {
      try loadModel(
        path, set: settings, environment: workshop.environment.merging(changes) { $1 }, timeLimit: timeLimit,
        report: reported.add)
    }
    return (Diagnostics(found), reported.text)
  }

  @Test func theSecondLoadRunsNothing() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let path = try workshop.write(Self.model)
    // counts how often the compiler is started for anything but its version
    let counter = "\(workshop.folder)/count"
    let swiftc = try workshop.write(
      "#!/bin/sh\n[ \"$1\" = --version ] || echo x >> \(counter)\nexec swiftc \"$@\"\n", to: "swiftc", executable: true)
    let environment = workshop.environment.merging(["NNCC_SWIFTC": swiftc]) { $1 }
    func load(_ settings: [String] = []) throws -> Graph {
      try loadModel(path, set: settings, environment: environment)
    }
    func compilations() -> Int { ((try? String(contentsOfFile: counter, encoding: .utf8)) ?? "").count / 2 }

    let first = try load()
    #expect(first.name == "tiny_net" && first.outputShape == [4])
    #expect(compilations() == 1)
    let clock = ContinuousClock()
    var second: Graph?
    let duration = try clock.measure { second = try load() }
    #expect(second == first)
    #expect(compilations() == 1)
    #expect(duration < .seconds(1))
    // other settings run the same program again
    #expect(try load(["features=7"]).outputShape == [7])
    #expect(compilations() == 1)
    _ = try workshop.write(Self.model.replacing("= 4", with: "= 5"))
    #expect(try load().outputShape == [5])
    #expect(compilations() == 2)
  }

  @Test func swiftcSpeaksForItself() throws {
    let (error, reported) = try failure("import NNCC\nlet x: Int = \"text\"\n")
    #expect(reported.contains("net.swift:2:14: error: cannot convert value of type 'String' to specified type 'Int'"))
    #expect(error.description.hasSuffix("net.swift does not compile: swiftc ended with exit status 1"))
    #expect(error.list.count == 1)
  }

  @Test func locatedErrorsComeBackWithTheirNotes() throws {
    let (error, _) = try failure(
      """
      import NNCC
      @main struct Bad: Network {
        var channels = 3, height = 28, width = 28
        func callAsFunction(_ x: Tensor) -> Tensor {
          let y = x.conv2d(8, kernel: 3)
          let z = concat([y, y.maxPool(kernel: 2)])
          return z.flatten().linear(10).linear(0)
            + x.linear(10)
        }
      }
      """)
    #expect(
      error.description == """
        net.swift:6: error: concat: spatial size 28×28 does not match 14×14
        net.swift:5: note: 8×28×28 comes from conv2d here
        net.swift:6: note: 8×14×14 comes from maxPool here
        net.swift:8: error: linear: expected a vector of features, found 3×28×28; flatten() makes one
        note: 3×28×28 is the network's input
        """)
  }

  @Test func unknownSettings() throws {
    let (error, _) = try failure(Self.model, set: ["feature=3", "features=many"])
    #expect(
      error.description == """
        error: unknown hyper-parameter "feature"; did you mean "features"? known: features
        error: hyper-parameter "features": expected a whole number, found "many"
        """)
  }

  @Test func crashesAreLocated() throws {
    let (error, _) = try failure(Self.model.replacing("linear(features)", with: "linear(12 / (features - 4))"))
    #expect(error.list.count == 1)
    #expect(
      error.description.hasPrefix("net.swift:5: error: the model crashed here: division by zero (killed by signal"))
  }

  @Test func endlessLoopsAreStopped() throws {
    let text = Self.model.replacing("{ x.linear(features) }", with: "{ while features > 0 {}; return x }")
    let (error, _) = try failure(text, timeLimit: 1)
    #expect(error.description.hasSuffix("net.swift: the model did not end within 1 s; does it loop?"))
  }

  @Test func filesWithoutANetwork() throws {
    let (none, _) = try failure(Self.model.replacing("@main ", with: ""))
    #expect(none.description.contains("net.swift: expected a network such as `@main struct Net: Network`"))
    let (other, reported) = try failure("@main struct X { static func main() { print(\"hello\") } }")
    #expect(
      other.description.hasSuffix("net.swift: expected the @main type to be a Network, found one that writes no graph"))
    #expect(reported == "hello\n")
    let (exits, _) = try failure("import Glibc\n@main struct X { static func main() { exit(3) } }")
    #expect(exits.description.hasSuffix("expected a graph, found a model that ended with exit status 3"))
  }

  @Test func filesThatAreNoModel() throws {
    let missing = problems { try loadModel("/nowhere/net.swift") }
    #expect(missing.map(\.message) == ["cannot read /nowhere/net.swift: no such file or directory"])
    let (ending, _) = try failure("text", name: "net.txt")
    #expect(ending.description.hasSuffix("net.txt: expected a model.swift or a model.nnir, found neither ending"))
    let (garbled, _) = try failure("nnir 1 stage raw\n%0 = inptu : f32[N,3]\n", name: "net.nnir")
    #expect(garbled.description.hasSuffix("net.nnir:2:6: error: unknown operation inptu; did you mean input?"))
    let (settings, _) = try failure("nnir 1 stage raw\n", name: "net.nnir", set: ["a=1"])
    #expect(settings.description.contains("net.nnir: expected no --set, found a=1"))
  }

  @Test func textOfAGraphIsAModelToo() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let path = try workshop.write(Self.model)
    let graph = try loadModel(path, environment: workshop.environment)
    let text = try workshop.write(graph.text, to: "net.nnir")
    #expect(try loadModel(text, environment: workshop.environment) == graph)
  }

  @Test func anotherSwiftCompiler() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let path = try workshop.write(Self.model)
    let swiftc = try workshop.write(
      "#!/bin/sh\necho 'Swift version 5.10 (swift-5.10-RELEASE)'\n", to: "swiftc", executable: true)
    let environment = workshop.environment.merging(["NNCC_SWIFTC": swiftc]) { $1 }
    let found = problems { try loadModel(path, environment: environment) }
    #expect(found.count == 1)
    let message = try #require(found.first).message
    #expect(
      message.contains("was built by Swift version 6") && message.contains("is Swift version 5.10 (swift-5.10-RELEASE)")
    )
    #expect(!message.contains("\n"))
  }

  @Test func missingToolsAndLibrary() throws {
    let (library, _) = try failure(Self.model, environment: ["NNCC_LIBRARY_PATH": "/nowhere"])
    #expect(library.description.hasPrefix("error: no model library found: expected libNNCC.so, "))
    let (none, _) = try failure(Self.model, environment: ["PATH": "/nowhere"])
    #expect(none.description.hasPrefix("error: no Swift compiler found"))
    let (chosen, _) = try failure(Self.model, environment: ["NNCC_SWIFTC": "/nowhere/swiftc"])
    #expect(chosen.description.contains("NNCC_SWIFTC names /nowhere/swiftc"))
  }

  @Test func warningsAndOutputPassThrough() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let reported = Reported()
    let path = try workshop.write(
      Self.model.replacing("{ x.linear", with: "{ print(x.shape); _ = x.linear(9, name: \"lost\"); return x.linear"))
    _ = try loadModel(path, environment: workshop.environment, report: reported.add)
    let expected = """
      [3]
      net.swift:5: warning: parameter "lost.weight" does not reach the output and is left out
      net.swift:5: warning: parameter "lost.bias" does not reach the output and is left out

      """
    #expect(reported.text == expected)
    // the graph is known now, and the warnings still hold
    _ = try loadModel(path, environment: workshop.environment, report: reported.add)
    #expect(reported.text == expected + expected)
  }

  @Test func theCompilersWarningsComeEveryTime() throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let path = try workshop.write(Self.model.replacing("{ x.linear", with: "{ let unused = 1; return x.linear"))
    func said(_ path: String, _ settings: [String]) throws -> String {
      let reported = Reported()
      _ = try loadModel(path, set: settings, environment: workshop.environment, report: reported.add)
      return reported.text
    }
    let first = try said(path, [])
    #expect(first.contains("\(path):5:") && first.contains("warning: ") && first.contains("'unused'"))
    // the same graph, and another one of the same program
    #expect(try said(path, []) == first)
    #expect(try said(path, ["features=6"]) == first)
    // words about one file are not said of its copy elsewhere
    try FileManager.default.createDirectory(atPath: "\(workshop.folder)/copy", withIntermediateDirectories: true)
    let copy = "\(workshop.folder)/copy/net.swift"
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    #expect(try said(copy, []).contains("\(copy):5:"))
  }

  @Test(arguments: [("my-net", "MyNet"), ("2nd", "Net2nd"), ("Tensor", "TensorNet"), ("--", "Model")])
  func templatesBuild(name: String, type: String) throws {
    let workshop = try Workshop()
    defer { workshop.remove() }
    let text = modelTemplate(name: name)
    #expect(text.contains("@main struct \(type): Network {"))
    let graph = try loadModel(try workshop.write(text), environment: workshop.environment)
    #expect(graph.outputShape == [10])
  }
}
