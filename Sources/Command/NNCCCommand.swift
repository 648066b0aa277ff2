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
      VerifyCommand.self, InspectCommand.self,
    ])
}

@main
enum Main {
  static func main() {
    do {
      let arguments = normalized(Array(CommandLine.arguments.dropFirst()))
      var command = try NNCC.parseAsRoot(arguments)
      try command.run()
    } catch {
      exit(report(error))
    }
  }

  /// Arguments as ArgumentParser takes them.
  ///
  /// `--set a=1 b=2` means `--set a=1 --set b=2`: settings go on while words look like one. `--batch -3` means
  /// `--batch=-3`, so that the option can say what it expects.
  static func normalized(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var inSettings = false
    for argument in arguments {
      if Double(argument).map({ $0 < 0 }) == true, let option = result.last, option.hasPrefix("--"),
        !option.contains("=")
      {
        result[result.count - 1] = "\(option)=\(argument)"
        continue
      }
      let looksLikeSetting =
        argument.first.map { $0.isLetter || $0 == "_" } ?? false
        && argument.contains("=") && !argument.contains("/")
      if inSettings && looksLikeSetting && result.last != "--set" { result.append("--set") }
      result.append(argument)
      inSettings = argument == "--set" || (inSettings && looksLikeSetting)
    }
    return result
  }
}
