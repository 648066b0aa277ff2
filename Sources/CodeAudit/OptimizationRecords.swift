import CInspect

/// What one of clang's passes did or could not do at one place.
package struct OptimizationRecord: Equatable, Sendable {
  package enum Kind: UInt32, Sendable {
    case unknown, passed, missed, analysis, failure
  }

  package var kind: Kind
  /// LLVM's name of the pass: `loop-vectorize`, `regalloc`.
  package var pass: String
  package var name: String
  package var function: String
  /// Line of the C source, from 1; nil where the record has no place.
  package var line: Int?
  /// In clang's words.
  package var message: String
  private var arguments: [Argument]

  struct Argument: Equatable, Sendable {
    var key: String
    var value: String
  }

  /// The number that the record has under a name such as `NumSpills`; 0 where it has none.
  package func number(_ key: String) -> Int {
    arguments.first { $0.key == key }.flatMap { Int($0.value) } ?? 0
  }

  /// Reads records as clang's `-fsave-optimization-record=yaml` writes them; `file` names them in errors.
  package static func read(yaml: [UInt8], file: String) throws(AuditError) -> [OptimizationRecord] {
    if let reason = MachineCode.unavailable { throw .libllvmUnavailable(reason: reason) }
    if yaml.isEmpty { return [] }
    final class Listing { var records: [OptimizationRecord] = [] }
    let listing = Listing()
    let problem = withExtendedLifetime(listing) {
      yaml.withUnsafeBytes { bytes in
        inspect_records(
          bytes.bindMemory(to: CChar.self).baseAddress, bytes.count,
          { context, record in
            guard let context, let record else { return }
            let listing = Unmanaged<Listing>.fromOpaque(context).takeUnretainedValue()
            listing.records.append(OptimizationRecord(record.pointee))
          }, Unmanaged.passUnretained(listing).toOpaque())
      }
    }
    if let problem { throw .unparsable(file: file, reason: String(cString: problem)) }
    return listing.records
  }

  private init(_ record: InspectOptimization) {
    arguments = (0..<record.argument_count).map {
      Argument(key: String(record.keys[$0]), value: String(record.values[$0]))
    }
    kind = Kind(rawValue: record.kind.rawValue) ?? .unknown
    pass = String(record.pass)
    name = String(record.name)
    function = String(record.function)
    line = record.line > 0 ? Int(record.line) : nil
    message = arguments.map(\.value).joined()
  }
}

extension String {
  fileprivate init(_ text: InspectText) {
    self.init(decoding: UnsafeRawBufferPointer(start: text.characters, count: text.length), as: UTF8.self)
  }
}
