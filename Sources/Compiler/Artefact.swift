import ArtefactABI
import CodeAudit
import CodegenC
import Foundation
import NNIR
import Passes
import Runtime

/// An artefact directory that has just been written.
package struct BuiltArtefact: Sendable {
  package var directory: String
  package var model: CompiledModel
  package var library: BuiltLibrary
  /// What could not be checked on this machine, in words for the user.
  package var remarks: [String]
  package var phases: [(name: String, duration: Duration)]
}

/// Compiles a raw graph and writes `NAME.h`, the C files, `libNAME.so`, `NAME.nnir` and `manifest.json`.
///
/// Nothing is touched before clang is done. Then an older manifest goes first and the new one comes last, so that a
/// directory with a manifest is whole, also after a rebuild that did not come to its end; every file is written under a
/// temporary name and renamed. Errors: Diagnostics and RuntimeError for the user's and the machine's faults; findings of
/// the audits are faults of ours.
///
/// - Parameter accept: Sees the model before clang runs and anything is written, and may refuse it.
package func build(
  _ raw: Graph, options: BuildOptions, into directory: String, accept: (CompiledModel) throws -> Void = { _ in }
) throws -> BuiltArtefact {
  let toolchain = try ClangToolchain.find()
  let target = try toolchain.describe(options.target)
  let model = try compile(raw, options: options, target: target)
  try accept(model)
  var clock = PhaseClock()
  let builder = SharedLibraryBuilder(
    toolchain: toolchain, target: target, cache: try ContentCache(named: "objects"), jobs: options.jobs)
  let staging = try TemporaryDirectory()
  var library = try builder.build(
    name: model.manifest.name,
    units: model.source.units.map { CompilationUnit(name: $0.name, source: $0.text) },
    headers: [CompilationUnit(name: model.source.header.name, source: model.source.header.text)],
    optimization: options.optimization, into: staging.path)
  clock.lap("clang")

  func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws {
    let path = "\(directory)/\(name)"
    if let present = try? FileSystem.read(path), present == bytes { return }
    try FileSystem.write(bytes, to: path, mode: mode)
  }
  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }
  try FileSystem.createDirectory(directory)
  try FileSystem.remove("\(directory)/manifest.json")
  let name = "lib\(model.manifest.name).so"
  try write(name, try FileSystem.read(library.path), mode: 0o755)
  library.path = "\(directory)/\(name)"
  try write(model.source.header.name, model.source.header.text)
  for unit in model.source.units { try write(unit.name, unit.text) }
  try removeKernels(of: model, in: directory)
  try write("\(model.manifest.name).nnir", model.typed.text)
  let remarks = try audit(model, library: library.path, directory: directory)
  clock.lap("audit")
  try write("manifest.json", try model.manifest.json())
  return BuiltArtefact(
    directory: directory, model: model, library: library, remarks: remarks, phases: model.phases + clock.laps)
}

/// Removes files of kernels that an earlier build left and this one does not have: whoever compiles all files of the model
/// would get their functions twice.
private func removeKernels(of model: CompiledModel, in directory: String) throws {
  func path(_ number: Int) -> String {
    "\(directory)/\(ArtefactSymbol.kernels(model.manifest.name, unit: number)).c"
  }
  let current = model.source.units.count - 1
  var last = current
  while FileManager.default.fileExists(atPath: path(last + 1)) { last += 1 }
  // the last first: where this is interrupted, the next build finds the others
  for number in (current..<last).reversed() { try FileSystem.remove(path(number + 1)) }
}

/// Checks the header as libclang sees it and the library as the loader will; returns what could not be checked.
private func audit(_ model: CompiledModel, library: String, directory: String) throws -> [String] {
  var remarks: [String] = []
  var findings: [Finding] = []
  if let reason = Header.unavailable {
    remarks.append("the emitted header was not checked: \(reason)")
  } else {
    findings += try HeaderCheck.check(header: "\(directory)/\(model.source.header.name)", against: model.manifest)
  }
  findings += try ObjectCheck.check(library, against: model.manifest)
  guard findings.isEmpty else {
    throw RuntimeError(.internal, findings.map(\.description).joined(separator: "\n"))
  }
  return remarks
}

/// The graph that an artefact was built from.
///
/// A directory may hold files of several models that were built into it; the manifest says which one counts. Errors: no
/// manifest or a damaged one, a graph that is missing or belongs to another model.
package func artefactGraph(_ directory: String) throws -> Graph {
  guard FileManager.default.fileExists(atPath: "\(directory)/manifest.json") else {
    throw RuntimeError.user("\(directory): expected an artefact directory with manifest.json, found none")
  }
  let manifest = try Library.manifest(ofDirectory: directory)
  let path = "\(directory)/\(manifest.name).nnir"
  let raw = try loadModel(path)
  let typed = try typeCheck(raw)
  guard signature(of: typed, SharedLayout(typed)) == manifest.signature else {
    throw RuntimeError.user("\(path): expected the model that manifest.json describes, found another; build it again")
  }
  return raw
}

extension Manifest {
  /// The manifest as JSON with sorted keys, the same bytes for the same contents.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
