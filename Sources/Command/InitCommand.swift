import ArgumentParser
import Compiler
import Foundation
import Interchange

/// `nncc init NAME`
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "init", abstract: "Write a new model that builds.")

  @Argument(help: ArgumentHelp("Name of the network; NAME.swift is written.", valueName: "NAME"))
  var name: String

  func run() throws {
    let base = name.hasSuffix(".swift") ? String(name.dropLast(6)) : name
    let file = base.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard !file.isEmpty, !file.hasPrefix(".") else {
      throw Failure.user("expected a name such as my-net, found \"\(name)\"; nothing was written")
    }
    let path = base + ".swift"
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Failure.user("\(path): expected a name that is free, found a file; nothing was written")
    }
    let text = modelTemplate(name: URL(fileURLWithPath: base).lastPathComponent)
    try writeAtomically(Array(text.utf8), to: path)
    let word = shellWord(path)
    print("wrote \(path); next: nncc build \(word), or nncc train \(word) --data fashion-mnist")
  }
}

/// A path as a shell takes it for one word.
private func shellWord(_ path: String) -> String {
  let isPlain = path.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+".contains($0)) }
  return isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'"
}
