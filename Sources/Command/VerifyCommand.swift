import ArgumentParser
import Compiler
import Foundation
import Verification

/// `nncc verify MODEL`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check compiled code against the reference interpreter.")

  @OptionGroup var model: ModelOptions
  @Option(help: ArgumentHelp("Images of the random batch.", valueName: "N")) var batch = 4
  @Option(help: ArgumentHelp("Seed of weights and batch.", valueName: "N")) var seed: UInt64 = 0
  @Flag(name: .customLong("every-pass"), help: "Interpret the graph before and after each pass.") var everyPass = false
  @Flag(name: .customLong("every-value"), help: "Compare every intermediate value.") var everyValue = false
  @Flag(help: "Compare gradients with central differences.") var grad = false
  @Option(help: ArgumentHelp("Compare with numbers from elsewhere.", valueName: "REF.npz")) var reference: String?
  @Flag(help: "Print every comparison, not only failures and the tightest.") var verbose = false
  @OptionGroup var target: TargetOptions

  func run() throws {
    guard batch >= 1 else { throw Failure.user("--batch: expected at least 1, found \(batch)") }
    let options = VerifyOptions(
      batch: batch, seed: seed, everyPass: everyPass, everyValue: everyValue, gradients: grad, reference: reference,
      build: try target.options([]))
    let raw = try model.graph()
    if grad { _ = try requireRecipe(raw, model.path) }
    let passed = try verifyModel(raw, options: options) { verdict in
      print("\(verdict.status) \(verdict.title): \(summary(verdict))")
      for comparison in verbose ? verdict.comparisons : verdict.failures { print("  \(comparison)") }
    }
    if !passed { throw Failure.verification }
  }

  private func summary(_ verdict: Verdict) -> String {
    guard let tightest = verdict.tightest else { return "nothing to compare" }
    let count = "\(verdict.comparisons.count) comparisons"
    if let reason = tightest.reason { return "\(count), \(tightest.subject): \(reason)" }
    return "\(count), tightest: \(tightest.subject) at \(percent(tightest)) of its bound"
  }

  private func percent(_ comparison: Comparison) -> String {
    guard comparison.bound > 0 else { return comparison.error == 0 ? "0 %" : "over 100 %" }
    return "\((comparison.error / comparison.bound * 1000).rounded() / 10) %"
  }
}
