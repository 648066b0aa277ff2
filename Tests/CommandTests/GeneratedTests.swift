import Compiler
import Foundation
import Runtime
import Testing

/// The C that stands in `Generated/` is what the compiler emits today. `make generated` writes it anew.
@Suite struct GeneratedTests {
  struct Instance: Sendable, CustomTestStringConvertible {
    var name: String
    var settings: [String]
    var testDescription: String { name }
  }

  static let instances = [
    Instance(name: "mlp", settings: ["hidden=32"]),
    Instance(name: "densenet", settings: ["depth=10", "growth=4", "height=8", "width=8"]),
    Instance(name: "resnet", settings: ["depth=8", "height=8", "width=8"]),
  ]

  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Compiled for a fixed target, so that the text does not depend on the machine.
  private func emitted(_ instance: Instance) throws -> [(name: String, text: String)] {
    let raw = try loadModel("\(Self.repository)/examples/\(instance.name).swift", set: instance.settings)
    let options = BuildOptions(
      entries: [EntryPoint(.infer, batch: 1), EntryPoint(.infer, batch: 8), EntryPoint(.train, batch: 8)],
      target: .x86v3)
    let model = try compile(raw, options: options, target: try ClangToolchain.find().describe(.x86v3))
    let files = [(name: model.source.header.name, text: model.source.header.text)]
    return files + model.source.units.map { ($0.name, $0.text) } + [("\(model.manifest.name).nnir", model.typed.text)]
  }

  @Test(arguments: instances) func committedTextIsCurrent(_ instance: Instance) throws {
    let directory = "\(Self.repository)/Generated/\(instance.name)"
    let files = try emitted(instance)
    let present = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    for file in present where file.hasSuffix(".c") && !files.contains(where: { $0.name == file }) {
      if ProcessInfo.processInfo.environment["NNCC_BLESS"] == "1" {
        try FileSystem.remove("\(directory)/\(file)")
      } else {
        Issue.record("\(directory)/\(file) is not emitted any more; run `make generated`")
      }
    }
    for (name, text) in files {
      let path = "\(directory)/\(name)"
      if ProcessInfo.processInfo.environment["NNCC_BLESS"] == "1" {
        try FileSystem.createDirectory(directory)
        try FileSystem.write(Array(text.utf8), to: path)
      }
      let committed = try? String(contentsOfFile: path, encoding: .utf8)
      #expect(committed == text, "\(path) is not what the compiler emits; run `make generated` and read the difference")
    }
  }

  /// Same graph, same flags, same bytes.
  @Test(arguments: instances) func emissionIsDeterministic(_ instance: Instance) throws {
    let first = try emitted(instance)
    let second = try emitted(instance)
    #expect(first.map(\.text) == second.map(\.text))
  }
}
