import ArgumentParser
import CodeAudit
import Foundation
import Interchange
import Interpreter
import NNIR
import Reports
import Runtime
import Training

/// A failure that has been explained already, or that only needs its exit code.
struct Failure: Error {
  static let verification = Failure(code: 3, message: nil)
  static let interrupted = Failure(code: 130, message: nil)

  var code: Int32
  var message: String?

  static func user(_ message: String) -> Failure { Failure(code: 1, message: message) }
}

/// Prints an error as its kind deserves and returns the exit code: 1 the user's, 2 ours, 3 a failed verification.
func report(_ error: any Error) -> Int32 {
  func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
  func said(_ text: String) -> String { text.contains("error: ") ? text : "error: \(text)" }
  switch error {
  case let failure as Failure:
    if let message = failure.message { say(said(message)) }
    return failure.code
  case let diagnostics as Diagnostics:
    say(said(diagnostics.description))
    return diagnostics.isInternal ? 2 : 1
  case let problem as RuntimeError:
    say(said(problem.description))
    return problem.kind == .user ? 1 : 2
  case is InterpreterError, is InterchangeError, is TrainingError, is ReportError:
    say(said("\(error)"))
    return 1
  case let problem as AuditError:
    say(said(problem.description))
    return 2
  case is CleanExit:
    print(NNCC.fullMessage(for: error))
    return 0
  default:
    // ArgumentParser's own messages; its exit code 64 for usage errors becomes 1
    let code = NNCC.exitCode(for: error)
    let text = NNCC.fullMessage(for: error)
    if code == .success {
      print(text)
      return 0
    }
    say(text.hasPrefix("Error: ") ? "error: \(text.dropFirst(7))" : text)
    return 1
  }
}
