import Foundation
import Glibc
import NNIR
import Runtime

extension ModelLoader {
  /// Compiles the model to a program and returns what swiftc said of it.
  func compile(to program: String) throws -> String {
    // the compiler itself notices only some differences, and then in many lines
    let builtBy = try library.builtBy()
    if let builtBy, builtBy != toolchain.version { throw foreignLibrary(builtBy) }
    var arguments = [
      // without optimisation: it runs once, for a few milliseconds; debug information locates crashes
      "-parse-as-library", "-swift-version", "6", "-Onone", "-g", "-module-name", "Model",
      "-I", library.modules, "-L", library.directory, "-lNNCC", "-Xlinker", "-rpath", "-Xlinker", library.directory,
      "-o", program,
    ]
    if isColoured { arguments.append("-color-diagnostics") }
    // a name that starts with a dash is not an option
    arguments.append(path.hasPrefix("-") ? "./\(path)" : path)
    let result = try ProcessRunner.run(Invocation(toolchain.executable, arguments, timeLimit: 600))
    let messages = result.outputText + result.errorText
    guard !result.succeeded else { return messages }
    if messages.contains("cannot be imported by the Swift") || messages.contains("different version of the compiler") {
      throw foreignLibrary(builtBy ?? "another Swift version")
    }
    // the linker's words for a file without a main program help nobody
    let unresolved = ["undefined reference to 'main'", "undefined reference to `main'", "undefined symbol: main\n"]
    if unresolved.contains(where: messages.contains) {
      throw Diagnostics(
        "\(path): expected a network such as `@main struct Net: Network`, found no type marked @main")
    }
    say(messages)
    throw Diagnostics("\(path) does not compile: swiftc ended with \(result.reason)")
  }

  private func foreignLibrary(_ builtBy: String) -> Diagnostics {
    Diagnostics(
      "the model library in \(library.directory) was built by \(builtBy), but \(toolchain.executable) is "
        + "\(toolchain.version): rebuild nncc with this compiler, or name the other one in NNCC_SWIFTC")
  }

  /// Runs the model, which writes its graph to `output`, and returns what it printed.
  func run(
    _ program: String, set settings: [String], defaults: [String], output: String, timeLimit: Double
  ) throws -> String {
    var arguments = ["--output", output]
    for setting in settings { arguments += ["--set", setting] }
    for setting in defaults { arguments += ["--default", setting] }
    let result = try ProcessRunner.run(
      Invocation(
        program, arguments,
        environment: [
          "SWIFT_BACKTRACE":
            "enable=yes,color=no,interactive=no,threads=crashed,registers=none,images=none,output-to=stderr"
        ], timeLimit: timeLimit))
    switch result.termination {
    case .exited(0):
      let messages = result.outputText + result.errorText
      guard access(output, R_OK) == 0 else {
        say(messages)
        throw Diagnostics("\(path): expected the @main type to be a Network, found one that writes no graph")
      }
      return messages
    case .exited(1) where access(output, R_OK) == 0:
      say(result.outputText)
      throw Diagnostics(reading: String(decoding: try FileSystem.read(output), as: UTF8.self))
    case .exited:
      say(result.outputText + result.errorText)
      throw Diagnostics("\(path): expected a graph, found a model that ended with \(result.reason)")
    case .timedOut:
      say(result.outputText + result.errorText)
      throw Diagnostics("\(path): the model did not end within \(timeLimit.formatted()) s; does it loop?")
    case .signalled:
      say(result.outputText)
      throw Diagnostics([crash(result)])
    }
  }

  /// What a backtrace says of a crash: the first frame in the user's file, and the reason where Swift knows one.
  private func crash(_ result: ProcessResult) -> Diagnostic {
    let lines = result.errorText.split(separator: "\n")
    var reason = result.reason
    for mark in ["Fatal error: ", "Swift runtime failure: "] {
      if let line = lines.first(where: { $0.contains(mark) }), let range = line.range(of: mark) {
        let text = line[range.upperBound...].trimmingCharacters(in: CharacterSet(charactersIn: " *"))
        reason = "\(text.prefix(1).lowercased())\(text.dropFirst()) (\(result.reason))"
        break
      }
    }
    var origin: Origin?
    let mark = "/\(fileName):"
    if let frame = lines.first(where: { $0.contains(" at ") && $0.contains(mark) }),
      let range = frame.range(of: mark, options: .backwards),
      let line = Int(frame[range.upperBound...].prefix { $0.isNumber }), line > 0
    {
      origin = Origin(file: fileName, line: line)
    }
    return Diagnostic(
      .error, origin == nil ? "\(path): the model crashed: \(reason)" : "the model crashed here: \(reason)", at: origin)
  }
}

extension Diagnostics {
  /// Reads back what a model wrote: `file:line: error: message`, notes following their error.
  init(reading text: String) {
    self.init([])
    for line in text.split(separator: "\n") {
      guard let diagnostic = Diagnostic(reading: line) else {
        // the second line of a message
        if let last = list.indices.last { list[last].message += "\n\(line)" }
        continue
      }
      if diagnostic.severity == .note, let last = list.indices.last {
        list[last].notes.append(diagnostic)
      } else {
        list.append(diagnostic)
      }
    }
    if list.isEmpty { list = [Diagnostic(message: text)] }
  }
}

extension Diagnostic {
  init?(reading line: Substring) {
    for severity in [Severity.error, .warning, .note] {
      let mark = "\(severity.rawValue): "
      if line.hasPrefix(mark) {
        self.init(severity, String(line.dropFirst(mark.count)))
        return
      }
      guard let range = line.range(of: ": \(mark)") else { continue }
      let place = line[..<range.lowerBound]
      guard let colon = place.lastIndex(of: ":"), let number = Int(place[place.index(after: colon)...]) else {
        continue
      }
      self.init(
        severity, String(line[range.upperBound...]), at: Origin(file: String(place[..<colon]), line: number))
      return
    }
    return nil
  }
}
