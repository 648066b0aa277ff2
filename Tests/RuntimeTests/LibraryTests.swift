import ArtefactABI
import Foundation
import Runtime
import Testing

struct LibraryTests {
  /// A folder with a cache; artefacts are built below it.
  private struct Place: ~Copyable {
    let folder: TemporaryDirectory
    let cache: ContentCache

    init() throws {
      let folder = try TemporaryDirectory()
      cache = try ContentCache(directory: "\(folder.path)/cache")
      self.folder = folder
    }

    var path: String { "\(folder.path)/linear" }

    /// The message with which loading is refused.
    func refusal(cpu: CPUFeatures = .current) throws -> String {
      let error = try #require(throws: RuntimeError.self) { _ = try Library(directory: path, cpu: cpu) }
      #expect(error.kind == .user)
      return error.message
    }
  }

  @Test func loads() throws {
    let place = try Place()
    try LinearArtefact().build(into: place.path, cache: place.cache)
    let library = try Library(directory: place.path)
    #expect(library.manifest == LinearArtefact().manifest)
    #expect(library.symbol("linear_infer_4") != nil)
    let error = try #require(throws: RuntimeError.self) {
      _ = try library.entries(["linear_infer_1", "linear_infer_2", "linear_infer_3"])
    }
    #expect(error.message.contains("lacks linear_infer_2, linear_infer_3"))
  }

  @Test func wrongContractVersion() throws {
    let place = try Place()
    var artefact = LinearArtefact()
    artefact.manifest.abi = 7
    try artefact.build(into: place.path, cache: place.cache)
    #expect(try place.refusal().contains("made for contract version 7, this nncc speaks version 1"))
    // A later version may have other fields: the version still is what the message names.
    try FileSystem.write(Array(#"{"abi": 9, "name": 3}"#.utf8), to: "\(place.path)/manifest.json")
    #expect(try place.refusal().contains("made for contract version 9"))
  }

  /// Refused before any code of the library runs: its metadata function would end the program.
  @Test func missingFeature() throws {
    let place = try Place()
    var artefact = LinearArtefact()
    artefact.manifest.features = ["sse2", "avx1024", "fma9"]
    artefact.source += "__attribute__((constructor)) static void trap(void) { __builtin_trap(); }\n"
    try artefact.build(into: place.path, cache: place.cache)
    #expect(
      try place.refusal(cpu: CPUFeatures(names: ["sse2"]))
        == "artefact \(place.path): built for avx1024, fma9, this CPU lacks them; rebuild with --target native")
  }

  @Test func buildHashesDiffer() throws {
    let place = try Place()
    var artefact = LinearArtefact()
    try artefact.build(into: place.path, cache: place.cache)
    let old = try FileSystem.read("\(place.path)/manifest.json")
    artefact.manifest.build = "b2"
    try artefact.build(into: place.path, cache: place.cache)
    try FileSystem.write(old, to: "\(place.path)/manifest.json")
    #expect(try place.refusal().contains("manifest.json describes build b1"))
    // The same hash over other content is not believed either.
    let text = String(decoding: old, as: UTF8.self).replacingOccurrences(of: "\"b1\"", with: "\"b2\"")
      .replacingOccurrences(of: "\"parameterBytes\":64", with: "\"parameterBytes\":1024")
    try FileSystem.write(Array(text.utf8), to: "\(place.path)/manifest.json")
    #expect(try place.refusal().contains("manifest.json was changed"))
  }

  /// Every truncation and damage of the library is refused, none ends the program.
  @Test func damagedLibrary() throws {
    let place = try Place()
    try LinearArtefact().build(into: place.path, cache: place.cache)
    let path = "\(place.path)/liblinear.so"
    let good = try FileSystem.read(path)
    for length in [0, 1, 63, 64, 500, good.count / 2, good.count - 200, good.count - 1] {
      try FileSystem.write(Array(good[..<length]), to: path)
      // Losing only part of the seal leaves a library that is whole.
      if length > good.count - 100 { continue }
      if (try? Library(directory: place.path)) != nil {
        // Section headers at the very end are not loaded.
        #expect(length >= good.count - 200)
      }
    }
    for position in stride(from: 0, to: good.count, by: 97) {
      var bad = good
      bad[position] ^= 0x40
      try FileSystem.write(bad, to: path)
      if position < good.count - 77 { _ = try place.refusal() }
    }
    var foreign = good
    foreign.replaceSubrange(18..<20, with: [183, 0])
    try FileSystem.write(foreign, to: path)
    #expect(try place.refusal().contains("built for aarch64, this machine is x86-64"))
    try FileSystem.write(Array("hello".utf8), to: path)
    #expect(try place.refusal().contains("not an ELF file"))
  }

  @Test func missingAndGarbledFiles() throws {
    let place = try Place()
    #expect(try place.refusal().contains("no such folder"))
    try FileSystem.createDirectory(place.path)
    #expect(try place.refusal() == "cannot read \(place.path)/manifest.json: no such file or directory")
    for (text, expected) in [
      ("{", "it is not JSON"), ("{}", "the field 'abi' is missing"), ("{\"abi\": 1}", "the field 'name' is missing"),
      ("{\"abi\": \"x\"}", "the field 'abi' has the wrong type"),
    ] {
      try FileSystem.write(Array(text.utf8), to: "\(place.path)/manifest.json")
      #expect(try place.refusal().contains(expected))
    }
    try LinearArtefact().build(into: place.path, cache: place.cache)
    try FileManager.default.removeItem(atPath: "\(place.path)/liblinear.so")
    #expect(try place.refusal() == "cannot read \(place.path)/liblinear.so: no such file or directory")
  }

  /// Numbers that would lead outside the arenas, all reported at once.
  @Test func impossibleManifest() throws {
    let place = try Place()
    var artefact = LinearArtefact()
    artefact.manifest.parameters[0].offset = 44
    artefact.manifest.state[0].shape = [Int.max, Int.max]
    artefact.manifest.scratchBytes = -1
    artefact.manifest.entries[0].batch = 0
    artefact.manifest.entries[1].outputs[0].shape = [4, 1000]
    artefact.manifest.optimizer.append(artefact.manifest.optimizer[0])
    try artefact.build(into: place.path, cache: place.cache)
    let message = try place.refusal()
    for part in [
      "parameters: 'fc.weight' with shape [2, 3] at byte 44 does not fit into 64 bytes", "state: 'fc.bias'",
      "size of scratch is -1", "linear_infer_1: batch is 0", "outputs of linear_infer_4: 'logits'",
      "optimizer: 'fc.weight' occurs twice",
    ] {
      #expect(message.contains(part), "\(part) in \(message)")
    }
    artefact = LinearArtefact()
    artefact.manifest.name = "../linear"
    try artefact.build(into: place.path, cache: place.cache)
    #expect(try place.refusal().contains("'../linear' is not a C identifier"))
  }

  @Test func libraryOfAnotherMaker() throws {
    let place = try Place()
    var artefact = LinearArtefact()
    artefact.metadata = "no JSON"
    try artefact.build(into: place.path, cache: place.cache)
    #expect(try place.refusal().contains("liblinear.so: not a manifest: it is not JSON"))
    artefact = LinearArtefact()
    artefact.source = artefact.source.replacingOccurrences(of: "linear_metadata", with: "x")
    artefact.manifest.name = "other"
    try artefact.build(into: place.path, cache: place.cache)
    try FileManager.default.moveItem(atPath: "\(place.path)/liblinear.so", toPath: "\(place.path)/libother.so")
    #expect(try place.refusal().contains("has no function other_metadata"))
  }
}
