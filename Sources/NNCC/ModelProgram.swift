import Glibc
import NNIR

/// The program that a compiled model is: hyper-parameters in, the text of a graph or diagnostics out.
///
/// ```
/// model [--output FILE] [--set name=value]… [--default name=value]… [--describe]
/// ```
///
/// The exit status is 0 with a graph (or the description) in FILE, 1 with diagnostics in FILE. Without `--output` they
/// go to the standard streams.
package enum ModelProgram<Model: Network> {
  /// The graph of the network at stage raw and what the user should be warned of.
  ///
  /// Errors: all that is wrong with the settings; else all that is wrong with the network and its recipe.
  package static func graph(
    set settings: [String] = [], defaults: [String] = []
  ) throws(Diagnostics) -> (graph: Graph, warnings: [Diagnostic]) {
    let model = try configured(set: settings, defaults: defaults)
    let recipe = model.recipe.wrapped
    let shape = model.inputShape
    let builder = ModelBuilder(name: snakeCase("\(Model.self)"), recipe: recipe)
    for problem in recipe?.problems ?? [] { builder.report(Diagnostic(message: problem)) }
    let input = builder.input(shape)
    return try builder.finish(model(input))
  }

  /// The hyper-parameters with their types and values, a line each.
  package static func describe(set settings: [String] = [], defaults: [String] = []) throws(Diagnostics) -> String {
    Reflection<Model>().description(of: try configured(set: settings, defaults: defaults))
  }

  private static func configured(set settings: [String], defaults: [String]) throws(Diagnostics) -> Model {
    guard !(Model.self is AnyObject.Type) else {
      throw Diagnostics("expected a struct as the network, found class \(Model.self)")
    }
    var model = Model()
    let problems = Reflection<Model>().assign(settings, defaults: defaults, to: &model)
    guard problems.isEmpty else { throw Diagnostics(problems) }
    return model
  }

  /// `DenseNet` → `dense_net`, `MLP` → `mlp`: the name of the artefact and prefix of its C symbols.
  package static func snakeCase(_ name: String) -> String {
    let characters = Array(name)
    var result = ""
    for (index, character) in characters.enumerated() {
      guard character.isASCII, character.isLetter || character.isNumber else {
        if !result.hasSuffix("_") { result += "_" }
        continue
      }
      let previous = index > 0 ? characters[index - 1] : nil
      let next = index + 1 < characters.count ? characters[index + 1] : nil
      // a new word starts at a capital after a small letter, or at the last capital of an acronym
      let starts =
        character.isUppercase
        && (previous?.isLowercase == true || previous?.isNumber == true
          || (previous?.isUppercase == true && next?.isLowercase == true))
      if starts && !result.hasSuffix("_") { result += "_" }
      result += character.lowercased()
    }
    while result.hasSuffix("_") { result.removeLast() }
    return result.isEmpty ? "model" : result
  }

  static func main() {
    var status: Int32 = 0
    do throws(Diagnostics) {
      let options = try ModelOptions(Array(CommandLine.arguments.dropFirst()))
      var text: String
      do throws(Diagnostics) {
        if options.describes {
          text = try describe(set: options.settings, defaults: options.defaults)
        } else {
          let (graph, warnings) = try graph(set: options.settings, defaults: options.defaults)
          for warning in warnings { _ = write("\(warning)\n", to: STDERR_FILENO) }
          text = graph.text
        }
      } catch {
        text = "\(error)\n"
        status = 1
      }
      try deliver(text, to: options.output, orElse: status == 0 ? STDOUT_FILENO : STDERR_FILENO)
    } catch {
      _ = write("\(error)\n", to: STDERR_FILENO)
      status = 1
    }
    exit(status)
  }

  /// Writes all or nothing to a file: under a temporary name, then renamed.
  private static func deliver(_ text: String, to path: String?, orElse descriptor: Int32) throws(Diagnostics) {
    guard let path else {
      guard write(text, to: descriptor) else { throw failure("the output") }
      return
    }
    let temporary = "\(path).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { throw failure(path) }
    let isWritten = write(text, to: file)
    // some file systems report a full disk only when the file is closed
    guard close(file) == 0, isWritten, rename(temporary, path) == 0 else {
      let problem = failure(path)
      unlink(temporary)
      throw problem
    }
  }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  private static func failure(_ what: String) -> Diagnostics {
    Diagnostics("cannot write \(what): \(String(cString: strerror(errno)).lowercased())")
  }
}

/// The command line of a compiled model.
struct ModelOptions {
  var output: String?
  var settings: [String] = []
  var defaults: [String] = []
  var describes = false

  init(_ arguments: [String]) throws(Diagnostics) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      switch option {
      case "--describe": describes = true
      case "--output", "--set", "--default":
        guard let value = rest.popFirst() else { throw Diagnostics("expected a value after \(option), found none") }
        if option == "--output" { output = value }
        if option == "--set" { settings.append(value) }
        if option == "--default" { defaults.append(value) }
      default:
        throw Diagnostics("expected --output, --set, --default or --describe, found \"\(option)\"")
      }
    }
  }
}
