import CInspect
import Glibc

/// What clang understood of one C or C++ header; declarations of files that it includes are left out.
package struct Header: Equatable, Sendable {
  /// How clang reads the file.
  package enum Language: String, Sendable, CaseIterable {
    case c = "C"
    case cxx = "C++"

    /// The oldest standards that a user may include an emitted header from. Warnings count; an unused `static inline`
    /// function is what headers are for.
    var arguments: [String] {
      let warnings = ["-Wall", "-Wextra", "-Wno-unused-function"]
      switch self {
      case .c: return ["-x", "c-header", "-std=gnu11"] + warnings
      case .cxx: return ["-x", "c++-header", "-std=c++11"] + warnings
      }
    }
  }

  /// A type as written and with every typedef resolved.
  package struct TypeName: Equatable, Sendable {
    package var spelling: String
    package var canonical: String
  }

  package struct Function: Equatable, Sendable {
    package var name: String
    /// The linker's name; differs from `name` where C++ mangles.
    package var symbol: String
    package var result: TypeName
    package var parameters: [TypeName]
    package var isVariadic: Bool
    package var isExternal: Bool
    package var line: Int
  }

  package struct Field: Equatable, Sendable {
    package var name: String
    package var type: TypeName
    /// Byte offset; nil for a bit-field inside a byte.
    package var offset: Int?
    /// Bytes of the field's type.
    package var size: Int
    package var isBitField: Bool
    package var line: Int
  }

  package struct Record: Equatable, Sendable {
    package var name: String
    package var fields: [Field]
    /// Bytes; nil where clang could not lay the structure out.
    package var size: Int?
    package var isUnion: Bool
    package var line: Int
  }

  package struct Enumerator: Equatable, Sendable {
    package var name: String
    package var value: Int64
    package var line: Int
  }

  package enum Severity: Int, Comparable, Sendable {
    case note = 1
    case warning
    case error
    case fatal

    package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
  }

  package struct Diagnostic: Equatable, Sendable {
    package var file: String
    package var line: Int
    package var column: Int
    package var severity: Severity
    package var text: String
  }

  package var functions: [Function]
  package var records: [Record]
  package var enumerators: [Enumerator]
  package var diagnostics: [Diagnostic]

  /// Why libclang cannot be used in this process; nil when it can.
  package static var unavailable: String? {
    inspect_libclang_unavailable().map { String(cString: $0) }
  }

  /// Parses `path` with libclang.
  ///
  /// Errors in the source are among `diagnostics`; what is thrown means that there was nothing to look at.
  package init(path: String, as language: Language) throws(AuditError) {
    if let reason = Self.unavailable { throw .libclangUnavailable(reason: reason) }
    // libclang does not say why a file could not be opened; opening it here does.
    try FileBytes.requireReadable(path)
    let arguments = language.arguments.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    let pointers = arguments.map { UnsafePointer($0) }
    var reason: UnsafePointer<CChar>?
    let parsed = inspect_parse(path, pointers, pointers.count, &reason)
    guard let parsed else {
      throw .unparsable(file: path, reason: reason.map { String(cString: $0) } ?? "unknown reason")
    }
    defer { inspect_source_free(parsed) }
    let source = parsed.pointee
    functions = UnsafeBufferPointer(start: source.functions, count: source.function_count).map(Function.init)
    records = UnsafeBufferPointer(start: source.records, count: source.record_count).map(Record.init)
    enumerators = UnsafeBufferPointer(start: source.enumerators, count: source.enumerator_count).map {
      Enumerator(name: String(cString: $0.name), value: $0.value, line: Int($0.line))
    }
    diagnostics = UnsafeBufferPointer(start: source.diagnostics, count: source.diagnostic_count).map {
      Diagnostic(
        file: String(cString: $0.file), line: Int($0.line), column: Int($0.column),
        severity: Severity(rawValue: Int($0.severity.rawValue)) ?? .note, text: String(cString: $0.text))
    }
  }
}

extension Header.TypeName {
  init(_ type: InspectType) {
    self.init(spelling: String(cString: type.spelling), canonical: String(cString: type.canonical))
  }
}

extension Header.Function {
  init(_ function: InspectFunction) {
    self.init(
      name: String(cString: function.name), symbol: String(cString: function.symbol),
      result: Header.TypeName(function.result),
      parameters: UnsafeBufferPointer(start: function.parameters, count: function.parameter_count)
        .map(Header.TypeName.init),
      isVariadic: function.is_variadic, isExternal: function.is_external, line: Int(function.line))
  }
}

extension Header.Record {
  init(_ record: InspectRecord) {
    self.init(
      name: String(cString: record.name),
      fields: UnsafeBufferPointer(start: record.fields, count: record.field_count).map(Header.Field.init),
      size: record.size >= 0 ? Int(record.size) : nil, isUnion: record.is_union, line: Int(record.line))
  }
}

extension Header.Field {
  init(_ field: InspectField) {
    self.init(
      name: String(cString: field.name), type: Header.TypeName(field.type),
      offset: field.offset >= 0 ? Int(field.offset) : nil, size: Int(field.size),
      isBitField: field.is_bit_field, line: Int(field.line))
  }
}
