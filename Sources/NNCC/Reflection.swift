import NNIR
@_spi(Reflection) import Swift

/// The stored properties of a network that may be set from outside.
///
/// Found through the standard library's own walk over a type's fields, which gives a key path for each: that needs
/// neither macros nor code from the user, and writing through a key path is checked by the type system.
struct Reflection<Model: Network> {
  struct Field {
    var name: String
    var path: PartialKeyPath<Model>
    /// Nil for a stored property of another type, which only the source can set.
    var type: (any HyperParameter.Type)?
    /// Declared with `var`.
    var isVariable: Bool

    var isSettable: Bool { isVariable && type != nil }
  }

  let fields: [Field]

  init() {
    var fields: [Field] = []
    // spelled by its bit because the named option is a global variable, which Swift 6 does not let anybody read
    let ignoreUnknown = _EachFieldOptions(rawValue: 1 << 1)
    _forEachFieldWithKeyPath(of: Model.self, options: ignoreUnknown) { name, path in
      let name = String(cString: name)
      // storage behind property wrappers and `lazy` is not a property that the user wrote
      if let first = name.first, first != "_", first != "$" {
        let type = Swift.type(of: path).valueType as? any HyperParameter.Type
        let isVariable = type.map { Self.isWritable(path, $0) } ?? true
        fields.append(Field(name: name, path: path, type: type, isVariable: isVariable))
      }
      return true
    }
    self.fields = fields
  }

  private static func isWritable<Value>(_ path: PartialKeyPath<Model>, _ type: Value.Type) -> Bool {
    path is WritableKeyPath<Model, Value>
  }

  /// Names that `--set` takes, in the order of declaration.
  var names: [String] { fields.filter(\.isSettable).map(\.name) }

  /// A whole-number property's value.
  func integer(_ name: String, of model: Model) -> Int? {
    fields.first { $0.name == name }.flatMap { model[keyPath: $0.path] as? Int }
  }

  /// `depth: Int = 100`, a line for each hyper-parameter.
  func description(of model: Model) -> String {
    fields.compactMap { field in
      guard field.isSettable, let type = field.type, let value = model[keyPath: field.path] as? any HyperParameter
      else { return nil }
      return "\(field.name): \(type) = \(value.hyperParameterText)\n"
    }.joined()
  }

  /// Applies assignments `name=value`; the user's own win over defaults.
  ///
  /// A default may name a property that does not exist or that only the source can set: a `let channels = 1` is the
  /// user's word, and what the data holds is compared with the graph later.
  ///
  /// Returns one error for each assignment that cannot be made.
  func assign(_ settings: [String], defaults: [String], to model: inout Model) -> [Diagnostic] {
    var found: [Diagnostic] = []
    var chosen: Set<String> = []
    for setting in settings {
      guard let (name, value) = Self.split(setting) else {
        found.append(Diagnostic(message: "expected --set name=value, found \"\(setting)\""))
        continue
      }
      chosen.insert(name)
      guard let field = fields.first(where: { $0.name == name }) else {
        found.append(unknown(name))
        continue
      }
      if let problem = assign(value, to: field, of: &model) { found.append(problem) }
    }
    for setting in defaults {
      guard let (name, value) = Self.split(setting), !chosen.contains(name),
        let field = fields.first(where: { $0.name == name }), field.isSettable
      else { continue }
      if let problem = assign(value, to: field, of: &model) { found.append(problem) }
    }
    return found
  }

  private static func split(_ setting: String) -> (name: String, value: String)? {
    guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else { return nil }
    return (String(setting[..<equals]), String(setting[setting.index(after: equals)...]))
  }

  private func unknown(_ name: String) -> Diagnostic {
    let hint = nearest(to: name, among: names).map { "; did you mean \"\($0)\"?" } ?? ";"
    let known = names.isEmpty ? "the network has none" : "known: " + names.joined(separator: ", ")
    return Diagnostic(message: "unknown hyper-parameter \"\(name)\"\(hint) \(known)")
  }

  private func assign(_ text: String, to field: Field, of model: inout Model) -> Diagnostic? {
    guard let type = field.type else {
      return Diagnostic(
        message: "hyper-parameter \"\(field.name)\" cannot be set: its type "
          + "\(Swift.type(of: field.path).valueType) is not a HyperParameter")
    }
    return assign(text, as: type, to: field, of: &model)
  }

  private func assign<Value: HyperParameter>(
    _ text: String, as type: Value.Type, to field: Field, of model: inout Model
  ) -> Diagnostic? {
    guard let path = field.path as? WritableKeyPath<Model, Value> else {
      return Diagnostic(
        message: "hyper-parameter \"\(field.name)\" cannot be set: it is declared with let; declare it with var")
    }
    guard let value = Value(hyperParameter: text) else {
      return Diagnostic(
        message: "hyper-parameter \"\(field.name)\": expected \(type.hyperParameterKind), found \"\(text)\"")
    }
    model[keyPath: path] = value
    return nil
  }
}
