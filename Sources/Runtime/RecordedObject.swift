/// An object file with what clang wrote down about its optimisations.
package struct RecordedObject: Sendable, Equatable {
  /// The unit's name.
  package var unit: String
  /// The same machine code that `build` links, with all symbols and a table of lines.
  package var object: [UInt8]
  /// Optimisation records as YAML.
  package var records: [UInt8]
}

extension SharedLibraryBuilder {
  /// Compiles units as `build` does, to be looked at instead of being linked; nothing is left behind but the cache.
  ///
  /// A table of lines and records change nothing in the code.
  ///
  /// - Parameter passes: LLVM's passes that are recorded.
  package func recordedObjects(
    units: [CompilationUnit], headers: [CompilationUnit] = [], optimization: String = "-O2", flags: [String] = [],
    passes: [String] = ["regalloc", "loop-vectorize"]
  ) throws(RuntimeError) -> [RecordedObject] {
    // YAML, because the reader is older than clang and would not know its bitstream
    let recording = [
      "-gline-tables-only", "-fsave-optimization-record=yaml",
      "-foptimization-record-passes=\(passes.joined(separator: "|"))",
    ]
    let compileFlags =
      Self.baseFlags + [optimization] + target.flags + target.foreign.compileFlags + flags + recording
    var keys: [(object: ContentKey, records: ContentKey)] = []
    for unit in units {
      let key = objectKey(unit, headers, compileFlags)
      var records = ContentKey("nncc records 1")
      records.add(key.text)
      keys.append((key, records))
    }
    var results: [RecordedObject?] = zip(units, keys).map { unit, key in
      guard let object = cache.bytes(for: key.object), let records = cache.bytes(for: key.records) else { return nil }
      return RecordedObject(unit: unit.name, object: object, records: records)
    }
    let missing = results.indices.filter { results[$0] == nil }
    if missing.isEmpty { return results.compactMap { $0 } }
    try requireForeignLibrary()
    let work = try TemporaryDirectory()
    for file in headers + units { try FileSystem.write(Array(file.source.utf8), to: "\(work.path)/\(file.name)") }
    func records(_ index: Int) -> String { "\(index).yaml" }
    try compile(missing, of: units, compileFlags, in: work.path) { ["-foptimization-record-file=\(records($0))"] }
    for index in missing {
      let path = "\(work.path)/\(records(index))"
      let result = RecordedObject(
        unit: units[index].name, object: try FileSystem.read("\(work.path)/\(Self.object(index))"),
        // without optimisation there is nothing to record
        records: (try? FileSystem.read(path)) ?? [])
      cache.store(result.object, for: keys[index].object)
      cache.store(result.records, for: keys[index].records)
      results[index] = result
    }
    return results.compactMap { $0 }
  }
}
