import CodegenC
import Foundation
import Passes
import Testing

/// Kernels in several files are the kernels of one file.
@Suite struct KernelUnitsTests {
  /// The C of all operations, in units of so many bytes.
  private func source(_ bytes: Int?) -> EmittedSource {
    Artefact.make(
      OpCases.all.map { Plan.naive($0.graph) }, options: CodegenOptions(name: "many", lanes: 8, unitBytes: bytes)
    ).source
  }

  /// Names of the kernels that a text defines, in its order.
  private func kernels(_ text: String) -> [String] {
    text.components(separatedBy: "static NOINLINE void kernel_").dropFirst().map { String($0.prefix { $0 != "(" }) }
  }

  @Test(arguments: [1, 100_000, 300_000]) func everyKernelStandsInOneUnit(bytes: Int) throws {
    let whole = source(nil).units
    try #require(whole.map(\.name) == ["many.c"])
    let cut = source(bytes).units
    #expect(cut.map(\.name) == ["many.c"] + (1..<cut.count).map { "many_kernels_\($0).c" })
    #expect(kernels(cut[0].text).isEmpty && kernels(whole[0].text).count > 100)
    let found = cut.map { kernels($0.text) }
    #expect(found.joined().sorted() == kernels(whole[0].text).sorted())
    // none is too large: the head of a file is no kernel's
    let sizes = cut.map { KernelUnits.machineCode($0.text) }
    for (index, kernels) in found.enumerated().dropFirst() {
      #expect(kernels.count == 1 || sizes[index] <= bytes + 8192, "\(cut[index].name)")
    }
    if bytes == 1 { #expect(found.dropFirst().allSatisfy { $0.count == 1 }) }
    // and none is begun for nothing: all but one are half full
    if bytes > 1 { #expect(sizes.dropFirst().count { $0 < bytes / 2 } <= 1, "\(sizes)") }
  }

  /// A unit has the helpers of its kernels only; clang, which warns of others, sees to it that none is left over.
  @Test(arguments: [1, 100_000]) func unitsCompileByThemselves(bytes: Int) throws {
    let folder = try Folder()
    let files = try Artefact.write(source(bytes), into: folder)
    try #require(files.count > 5)
    let ran = try shell(["clang"] + productFlags + ["-march=x86-64-v3", "-fsyntax-only"] + files, in: folder)
    #expect(ran.code == 0, "\(ran.output)")
  }

  /// Where kernels stand makes no difference to what they compute.
  @Test func resultsAreTheSame() throws {
    // every fifth, so that some are of each kind
    let cases = OpCases.all.enumerated().filter { $0.offset % 5 == 0 }.map(\.element)
    let results = try [nil, 1 as Int?].map { bytes in
      let artefact = try Artefact(
        cases.map { Plan.naive($0.graph) }, options: CodegenOptions(name: "cut", lanes: 8, unitBytes: bytes),
        flags: ["-march=native", "-O1"])
      return try cases.indices.map { try artefact.values($0, of: cases[$0]) }
    }
    for (index, example) in cases.enumerated() {
      #expect(results[0][index] == results[1][index] && !results[0][index].isEmpty, "\(example.name)")
    }
  }
}
