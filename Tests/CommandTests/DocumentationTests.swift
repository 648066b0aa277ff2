import Foundation
import Testing

/// What READMEs and the Makefile tell people to type exists.
@Suite struct DocumentationTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Every `nncc COMMAND …` of a file, backslashes at line ends joined.
  private static func commands(in file: URL) throws -> [[String]] {
    let text = try String(contentsOf: file, encoding: .utf8).replacing("\\\n", with: " ")
    return text.split(separator: "\n").flatMap { line -> [[String]] in
      // several on one line stand between backticks
      line.split(separator: "`").compactMap { part in
        let words = part.split(whereSeparator: { $0 == " " || $0 == "[" || $0 == "]" || $0 == "|" || $0 == "," })
          .map(String.init)
        guard let start = words.firstIndex(where: { $0 == "nncc" || $0.hasSuffix("/nncc") }),
          words.dropFirst(start + 1).first?.allSatisfy({ $0.isASCII && $0.isLowercase }) == true
        else { return nil }
        return Array(words[(start + 1)...])
      }
    }
  }

  @Test func everyCommandAndOptionExists() throws {
    let files = FileManager.default
    let sources = Self.repository.appendingPathComponent("Sources")
    var pages = [
      Self.repository.appendingPathComponent("Makefile"), Self.repository.appendingPathComponent("README.md"),
    ]
    for module in try files.contentsOfDirectory(atPath: sources.path).sorted() {
      pages.append(sources.appendingPathComponent("\(module)/README.md"))
    }
    let known = [
      "init", "build", "train", "eval", "run", "grad", "verify", "bench", "tune", "inspect", "reduce", "fuzz", "mutate",
      "help",
    ]
    var helps: [String: String] = [:]
    for command in known.dropLast() {
      helps[command] = try Executable.run(["help", command], in: NSTemporaryDirectory()).output
    }
    var found = 0
    for page in pages where files.fileExists(atPath: page.path) {
      for words in try Self.commands(in: page) {
        let name = "\(page.lastPathComponent) of \(page.deletingLastPathComponent().lastPathComponent)"
        guard let help = helps[words[0]] else {
          #expect(known.contains(words[0]) || !words.contains { $0.hasPrefix("--") }, "\(name): nncc \(words[0])")
          continue
        }
        found += 1
        for option in words where option.hasPrefix("--") && option.count > 2 {
          let plain = option.prefix { $0 != "=" && $0 != "`" && $0 != "." && $0 != ")" }
          #expect(help.contains("\(plain) ") || help.contains("\(plain)\n"), "\(name): nncc \(words[0]) \(option)")
        }
      }
    }
    // the Makefile alone has five
    #expect(found >= 5)
  }
}
