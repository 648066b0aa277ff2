import ArtefactABI
import Foundation
import Glibc

/// A loaded artefact: owns the `dlopen` handle, closes it at its end.
package struct Library: ~Copyable {
  package typealias Entry = @convention(c) (UnsafeRawPointer) -> Int32

  package let directory: String
  package let manifest: Manifest
  private let handle: UnsafeMutableRawPointer

  /// Loads `directory/libNAME.so`, where `directory/manifest.json` gives the name.
  ///
  /// Everything that can be refused is refused before code of the library runs: contract version, damaged files,
  /// another architecture, missing CPU features. Then the library's own manifest has to equal the file's.
  package init(directory: String, cpu: CPUFeatures = .current) throws(RuntimeError) {
    let file = try Self.manifest(ofDirectory: directory)
    let missing = cpu.missing(from: file.features)
    let path = "\(directory)/lib\(file.name).so"
    let bytes = try FileSystem.read(path)
    if let fault = ELFCheck.fault(in: bytes) { throw .user("artefact \(directory): \(path): \(fault)") }
    guard Seal.check(bytes) != .damaged else {
      throw .user("artefact \(directory): \(path) is damaged: its content does not match its checksum; build it again")
    }
    guard missing.isEmpty else {
      throw .user(
        "artefact \(directory): built for \(missing.joined(separator: ", ")), this CPU lacks "
          + "\(missing.count == 1 ? "it" : "them"); rebuild with --target native")
    }

    // A path with a slash is never searched for.
    guard let handle = dlopen(path.contains("/") ? path : "./\(path)", RTLD_NOW | RTLD_LOCAL) else {
      throw .user("artefact \(directory): cannot load \(path): \(Self.loaderMessage())")
    }
    do throws(RuntimeError) {
      manifest = try Self.manifest(of: handle, file, directory, path)
    } catch {
      dlclose(handle)
      throw error
    }
    self.handle = handle
    self.directory = directory
  }

  deinit {
    dlclose(handle)
  }

  /// What `directory/manifest.json` says; nothing is loaded.
  package static func manifest(ofDirectory directory: String) throws(RuntimeError) -> Manifest {
    guard FileSystem.isDirectory(directory) else {
      throw .user("artefact \(directory): no such folder")
    }
    let path = "\(directory)/manifest.json"
    return try decode(try FileSystem.read(path), source: path, directory)
  }

  /// The function of that name, or nil.
  package func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }

  /// The functions of these names; the error lists all that are missing.
  package func entries(_ names: [String]) throws(RuntimeError) -> [Entry] {
    let found = names.map { symbol($0) }
    let missing = zip(names, found).filter { $1 == nil }.map(\.0)
    guard missing.isEmpty else {
      throw .user(
        "artefact \(directory): lib\(manifest.name).so lacks \(missing.joined(separator: ", ")); build it again")
    }
    return found.compactMap { $0 }.map { unsafeBitCast($0, to: Entry.self) }
  }

  private static func manifest(
    of handle: UnsafeMutableRawPointer, _ file: Manifest, _ directory: String, _ path: String
  ) throws(RuntimeError) -> Manifest {
    let symbol = ArtefactSymbol.metadata(file.name)
    guard let address = dlsym(handle, symbol) else {
      throw .user("artefact \(directory): \(path) has no function \(symbol): not made by nncc, or renamed")
    }
    let metadata = unsafeBitCast(address, to: (@convention(c) () -> UnsafePointer<CChar>?).self)
    guard let text = metadata() else { throw .user("artefact \(directory): \(symbol) returned nothing") }
    let own = try decode(Array(String(cString: text).utf8), source: path, directory)
    guard own.build == file.build else {
      throw .user(
        "artefact \(directory): manifest.json describes build \(file.build), \(path) is build \(own.build); "
          + "build it again")
    }
    guard own == file else {
      throw .user("artefact \(directory): manifest.json was changed and no longer describes \(path); build it again")
    }
    return own
  }

  /// The contract version is read first: the rest of another version may not even decode.
  private static func decode(_ json: [UInt8], source: String, _ directory: String) throws(RuntimeError) -> Manifest {
    struct Version: Decodable { var abi: Int }
    let data = Data(json)
    let manifest: Manifest
    do {
      let version = try JSONDecoder().decode(Version.self, from: data)
      guard version.abi == artefactABIVersion else {
        throw RuntimeError.user(
          "artefact \(directory): made for contract version \(version.abi), this nncc speaks version "
            + "\(artefactABIVersion); rebuild it with this nncc")
      }
      manifest = try JSONDecoder().decode(Manifest.self, from: data)
    } catch let error as RuntimeError {
      throw error
    } catch {
      throw .user("artefact \(directory): \(source): not a manifest: \(explain(error))")
    }
    let faults = ManifestCheck.faults(in: manifest)
    guard faults.isEmpty else {
      throw .user("artefact \(directory): \(source): \(faults.joined(separator: "; "))")
    }
    return manifest
  }

  private static func explain(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, _): return "the field '\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "the field '\(place(context))' has the wrong type"
    case .dataCorrupted(let context):
      let at = place(context)
      return at.isEmpty ? "it is not JSON" : "the field '\(at)' has a value out of range"
    @unknown default: return "\(error)"
    }
  }

  private static func loaderMessage() -> String {
    dlerror().map { String(cString: $0) } ?? "unknown reason"
  }
}
