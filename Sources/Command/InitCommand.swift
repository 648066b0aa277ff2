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
    let path = base + ".swift"
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Failure.user("\(path): expected a name that is free, found a file; nothing was written")
    }
    let text = modelTemplate(name: URL(fileURLWithPath: base).lastPathComponent)
    try writeAtomically(Array(text.utf8), to: path)
    print("wrote \(path); next: nncc build \(path), or nncc train \(path) --data fashion-mnist")
  }
}
