import ArgumentParser
import Foundation

/// The root command.
struct NNCC: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nncc",
    abstract: "A static compiler for neural networks: trains and runs them as compiled C.",
    discussion: """
      MODEL is a model.swift, a model.nnir or an artefact directory that `nncc build` wrote.
      Exit codes: 0 success, 1 a mistake in what was asked, 2 a fault of nncc, 3 a failed verification,
      130 interrupted (training has saved; --resume goes on).
      """,
    version: "nncc 0.1.0",
    subcommands: [
      InitCommand.self, BuildCommand.self, TrainCommand.self, EvalCommand.self, RunCommand.self, GradCommand.self,
      VerifyCommand.self, BenchCommand.self, TuneCommand.self, InspectCommand.self, ReduceCommand.self,
      FuzzCommand.self,
      MutateCommand.self,
    ])
}

@main
enum Main {
  static func main() {
    var code: Int32 = 0
    do {
      let arguments = normalized(Array(CommandLine.arguments.dropFirst()))
      var command = try NNCC.parseAsRoot(arguments)
      try command.run()
    } catch {
      code = report(error)
    }
    if let reason = StandardOutput.flush() {
      let unwritten = report(Failure.user("cannot write to standard output: \(reason)"))
      if code == 0 { code = unwritten }
    }
    exit(code)
  }

  /// Arguments as ArgumentParser takes them.
  ///
  /// `--set a=1 b=2` means `--set a=1 --set b=2`: settings go on while words look like one. `--batch -3` means
  /// `--batch=-3`, so that the option can say what it expects.
  static func normalized(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var inSettings = false
    func looksLikeSetting(_ argument: String) -> Bool {
      guard let equals = argument.firstIndex(of: "="), let first = argument.first else { return false }
      // a path has a slash or a dot before an equals sign
      return (first.isLetter || first == "_")
        && argument[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
    for argument in arguments {
      if Double(argument).map({ $0 < 0 }) == true, let option = result.last, option.hasPrefix("--"),
        !option.contains("=")
      {
        result[result.count - 1] = "\(option)=\(argument)"
        continue
      }
      let isSetting = inSettings && looksLikeSetting(argument)
      if isSetting && result.last != "--set" { result.append("--set") }
      result.append(argument)
      inSettings = argument == "--set" || isSetting
    }
    return result
  }
}
