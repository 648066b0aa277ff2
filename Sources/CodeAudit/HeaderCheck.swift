import ArtefactABI

/// Compares what clang understood of an emitted header with what the artefact's manifest promises.
package enum HeaderCheck {
  /// Every disagreement, those of the reading as C first; empty when the header keeps the contract.
  ///
  /// The header is read as C and as C++. When clang reports errors, those alone are returned: what it made of the rest
  /// of a broken file says little. Warnings are findings too. Throws when there is nothing to compare: no libclang, no
  /// such file.
  package static func check(header path: String, against manifest: Manifest) throws(AuditError) -> [Finding] {
    let contract = Contract(manifest)
    var findings: [Finding] = []
    for language in Header.Language.allCases {
      let header = try Header(path: path, as: language)
      var comparison = Comparison(file: path, language: language)
      comparison.diagnostics(of: header)
      if !header.diagnostics.contains(where: { $0.severity >= .error }) {
        comparison.functions(of: header, contract, prefix: manifest.name + "_")
        comparison.structure(of: header, contract)
      }
      // A mistake that both languages see in the same way is one mistake.
      for finding in comparison.findings where !findings.contains(finding) { findings.append(finding) }
    }
    return findings
  }
}

/// The comparison of one reading of the header.
private struct Comparison {
  let file: String
  let language: Header.Language
  var findings: [Finding] = []

  init(file: String, language: Header.Language) {
    self.file = file
    self.language = language
  }

  private mutating func add(_ subject: String, line: Int? = nil, expected: String, found: String) {
    findings.append(Finding(file: file, line: line, subject: subject, expected: expected, found: found))
  }

  mutating func diagnostics(of header: Header) {
    for diagnostic in header.diagnostics where diagnostic.severity >= .warning {
      let kind = diagnostic.severity == .warning ? "warning" : "error"
      findings.append(
        Finding(
          file: diagnostic.file.isEmpty ? file : diagnostic.file, line: diagnostic.line > 0 ? diagnostic.line : nil,
          subject: "column \(diagnostic.column)", expected: "a header that clang accepts as \(language.rawValue)",
          found: "\(kind): \(diagnostic.text)"))
    }
  }

  mutating func functions(of header: Header, _ contract: Contract, prefix: String) {
    for expected in contract.functions {
      let declarations = header.functions.filter { $0.name == expected.name }
      if declarations.isEmpty {
        add(expected.name, expected: "`\(expected.declaration)`", found: "no such function")
      }
      for declaration in declarations { compare(declaration, with: expected) }
    }
    let promised = Set(contract.functions.map(\.name))
    for function in header.functions
    where function.isExternal && function.name.hasPrefix(prefix) && !promised.contains(function.name) {
      add(
        function.name, line: function.line, expected: "only the functions that the manifest lists",
        found: "`\(function.declaration)`")
    }
  }

  private mutating func compare(_ function: Header.Function, with expected: Contract.Function) {
    let agrees =
      matches(function.result, expected.result) && !function.isVariadic
      && function.parameters.count == expected.parameters.count
      && zip(function.parameters, expected.parameters).allSatisfy { matches($0, $1) }
    if !agrees {
      add(
        expected.name, line: function.line, expected: "`\(expected.declaration)`",
        found: "`\(function.declaration)`\(resolved(function, expected))")
    }
    if !function.isExternal {
      add(expected.name, line: function.line, expected: "external linkage", found: "internal linkage")
    } else if function.symbol != expected.name {
      add(
        expected.name, line: function.line, expected: "the symbol \(expected.name) in \(language.rawValue)",
        found: "\(function.symbol); is `extern \"C\"` missing?")
    }
  }

  mutating func structure(of header: Header, _ contract: Contract) {
    let tag = "struct \(contract.structure)"
    guard let record = header.records.first(where: { $0.name == contract.structure }) else {
      add(tag, expected: "a definition of \(contract.size) bytes", found: "none")
      return
    }
    if record.isUnion { add(tag, line: record.line, expected: "a structure", found: "a union") }
    for (index, expected) in contract.fields.enumerated() {
      let subject = "\(contract.structure).\(expected.name)"
      guard let field = record.fields.first(where: { $0.name == expected.name }) else {
        add(
          subject, line: record.line, expected: "`\(expected.type)` at byte \(expected.offset)", found: "no such field")
        continue
      }
      if !matches(field.type, expected.type) || field.isBitField {
        let detail = field.isBitField ? " as a bit-field" : field.type.resolved(unlessNamed: expected.type)
        add(subject, line: field.line, expected: "`\(expected.type)`", found: "`\(field.type.spelling)`\(detail)")
      }
      if field.offset != expected.offset || field.size != expected.size {
        add(
          subject, line: field.line, expected: "\(expected.size) bytes at byte \(expected.offset) (field \(index + 1))",
          found: field.offset.map { "\(field.size) bytes at byte \($0)" } ?? "a field that starts inside a byte")
      }
    }
    let promised = Set(contract.fields.map(\.name))
    for field in record.fields where !promised.contains(field.name) {
      add(
        "\(contract.structure).\(field.name)", line: field.line, expected: "no such field",
        found: "`\(field.type.spelling)`\(field.offset.map { " at byte \($0)" } ?? "")")
    }
    if record.size != contract.size {
      add(
        tag, line: record.line, expected: "\(contract.size) bytes",
        found: record.size.map { "\($0) bytes" } ?? "a structure without a size")
    }
  }

  /// True when the type is written as the contract writes it and means the same.
  private func matches(_ type: Header.TypeName, _ expected: String) -> Bool {
    // C++ drops the elaborating `struct` from resolved names.
    type.spelling == expected
      && type.canonical.replacing("struct ", with: "")
        == Contract.canonical(expected).replacing("struct ", with: "")
  }

  /// Which types of a declaration are only right by name, for the end of a finding.
  private func resolved(_ function: Header.Function, _ expected: Contract.Function) -> String {
    var text = matches(function.result, expected.result) ? "" : function.result.resolved(unlessNamed: expected.result)
    for (type, name) in zip(function.parameters, expected.parameters) where !matches(type, name) {
      text += type.resolved(unlessNamed: name)
    }
    return text
  }
}

extension Contract.Function {
  fileprivate var declaration: String { declare(name, result, parameters) }
}

extension Header.Function {
  fileprivate var declaration: String {
    declare(name, result.spelling, parameters.map(\.spelling) + (isVariadic ? ["..."] : []))
  }
}

extension Header.TypeName {
  /// ` (which is …)` when the spelling alone would make expected and found read the same.
  fileprivate func resolved(unlessNamed expected: String) -> String {
    spelling == expected ? " (where \(spelling) is \(canonical))" : ""
  }
}

private func declare(_ name: String, _ result: String, _ parameters: [String]) -> String {
  let list = parameters.isEmpty ? "void" : parameters.joined(separator: ", ")
  return "\(result)\(result.hasSuffix("*") ? "" : " ")\(name)(\(list))"
}
