import NNIR
import Passes

// A tuning file: a header, then one line for each problem. Blank lines and lines that begin with # say nothing.
//
//     nncc tuning 1
//     cpu Intel(R) Xeon(R) Processor @ 2.60GHz
//     target native
//     lanes 8
//     threads 2
//     algorithm hooks none groups 1 inputs 64 outputs 64 output 1x28x28 kernel 1x3x3 strides … pads 0x1x1 : by lanes
//     product hooks none rows 64 columns 1024 depth 784 : rows 64

extension Tuning {
  private static let title = "nncc tuning 1"

  /// The file; parsing it gives the same choices.
  ///
  /// - Parameter remarks: Comments below the title, a line each.
  package func text(remarks: [String] = []) -> String {
    var lines = [Self.title] + remarks.map { "# \($0)" }
    if !cpu.isEmpty { lines.append("cpu \(cpu)") }
    if !target.isEmpty { lines.append("target \(target)") }
    if let lanes { lines.append("lanes \(lanes)") }
    if let threads { lines.append("threads \(threads)") }
    lines += entries.map { "\($0.problem) : \($0.choice)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads a file; `name` is what messages call it.
  ///
  /// Errors: everything that is not understood, all at once with its line.
  package init(parsing text: String, name: String) throws(Diagnostics) {
    self.init()
    var wrong: [Diagnostic] = []
    var hasTitle = false
    var known: [TuningProblem: Int] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let origin = Origin(file: name, line: index + 1)
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      if !hasTitle {
        guard words.joined(separator: " ") == Self.title else {
          throw Diagnostics(
            "expected a tuning file, which begins with \(Self.title), found \(quoted(line))", at: origin)
        }
        hasTitle = true
        continue
      }
      do throws(TuningSyntax) {
        switch first {
        case "cpu": cpu = words.dropFirst().joined(separator: " ")
        case "target": target = words.dropFirst().joined(separator: " ")
        case "lanes":
          guard words.count == 2, let count = Int(words[1]), [4, 8, 16].contains(count) else {
            throw TuningSyntax("lanes: expected 4, 8 or 16, found \(quoted(words.dropFirst().joined(separator: " ")))")
          }
          lanes = count
          self.origin = origin
        case "threads":
          guard words.count == 2, let count = Int(words[1]), (1...1024).contains(count) else {
            throw TuningSyntax(
              "threads: expected 1 to 1024, found \(quoted(words.dropFirst().joined(separator: " ")))")
          }
          threads = count
        default:
          let (problem, choice) = try Self.entry(words)
          if let before = known.updateValue(index + 1, forKey: problem) {
            throw TuningSyntax("expected each problem once, found the one of line \(before) again")
          }
          self[problem] = choice
        }
      } catch { wrong.append(Diagnostic(message: error.message, at: origin)) }
    }
    if !hasTitle {
      throw Diagnostics(
        "expected a tuning file, which begins with \(Self.title), found nothing", at: Origin(file: name, line: 1))
    }
    if !wrong.isEmpty { throw Diagnostics(wrong) }
  }

  /// `KIND hooks HOOKS NAME SIZES … : NAME NUMBER …`.
  private static func entry(_ words: [Substring]) throws(TuningSyntax) -> (TuningProblem, TuningChoice) {
    var rest = words[...]
    func next(_ expected: String) throws(TuningSyntax) -> Substring {
      guard let word = rest.popFirst() else { throw TuningSyntax("expected \(expected), found the end of the line") }
      return word
    }
    func expect(_ word: String) throws(TuningSyntax) {
      let found = try next(word)
      if found != word { throw TuningSyntax("expected \(word), found \(quoted(found))") }
    }
    let kinds = TuningProblem.Kind.allCases.map(\.rawValue)
    let first = try next("a problem")
    guard let kind = TuningProblem.Kind(rawValue: String(first)) else {
      let hint = nearest(to: String(first), among: kinds).map { "; did you mean \($0)?" } ?? ""
      throw TuningSyntax("expected one of \(kinds.joined(separator: ", ")), found \(quoted(first))\(hint)")
    }
    try expect("hooks")
    let names = TuningProblem.Hooks.allCases.map(\.rawValue)
    let found = try next("hooks")
    guard let hooks = TuningProblem.Hooks(rawValue: String(found)) else {
      throw TuningSyntax("hooks: expected one of \(names.joined(separator: ", ")), found \(quoted(found))")
    }
    var sizes: [Int] = []
    if kind == .algorithm, hooks != .none { throw TuningSyntax("hooks: expected none, found \(quoted(found))") }
    for field in kind.fields {
      if field.name == TuningProblem.bandsField, rest.first.map(String.init) != field.name {
        sizes.append(1)
        continue
      }
      try expect(field.name)
      let text = try next(field.name)
      let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      let least = field.name == "pads" ? 0 : 1
      guard numbers.count == field.count, numbers.allSatisfy({ (least...TuningProblem.largest).contains($0 ?? -1) })
      else {
        let form = Array(repeating: "N", count: field.count).joined(separator: "x")
        throw TuningSyntax("\(field.name): expected \(form) of whole numbers from \(least), found \(quoted(text))")
      }
      sizes += numbers.compactMap(\.self)
    }
    try expect(":")
    var choice = TuningChoice()
    if kind == .algorithm {
      try expect("by")
      let names = ConvolutionAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
      let name = try next("one of \(names)")
      choice.algorithm = ConvolutionAlgorithm(rawValue: String(name))
      guard choice.algorithm != nil else { throw TuningSyntax("by: expected one of \(names), found \(quoted(name))") }
      guard rest.isEmpty else {
        throw TuningSyntax("expected the end of the line, found \(quoted(rest[rest.startIndex]))")
      }
      return (TuningProblem(kind, hooks: hooks, sizes: sizes), choice)
    }
    let options = kind.choices
    repeat {
      let name = try next(options.map(\.name).joined(separator: " or "))
      guard let option = options.first(where: { $0.name == name }) else {
        throw TuningSyntax(
          "\(kind.rawValue): expected a choice of \(options.map(\.name).joined(separator: " or ")), found \(quoted(name))"
        )
      }
      let text = try next("a number")
      guard let number = Int(text), (1...TuningChoice.largest).contains(number) else {
        throw TuningSyntax("\(name): expected a whole number from 1 to \(TuningChoice.largest), found \(quoted(text))")
      }
      if choice[keyPath: option.path] != nil { throw TuningSyntax("expected \(name) once, found it again") }
      choice[keyPath: option.path] = number
    } while !rest.isEmpty
    return (TuningProblem(kind, hooks: hooks, sizes: sizes), choice)
  }
}

/// What is wrong with a line.
private struct TuningSyntax: Error {
  var message: String
  init(_ message: String) { self.message = message }
}

private func quoted(_ text: some StringProtocol) -> String { "\"\(text.prefix(60))\"" }

extension TuningChoice {
  /// More than any tile has.
  static let largest = 1 << 16
}

extension TuningProblem: CustomStringConvertible {
  /// Sizes that are read; the products of them that matter stay far from overflow.
  static let largest = 1 << 30
  /// The field that may be left out.
  static let bandsField = "bands"

  package var description: String {
    var text = "\(kind.rawValue) hooks \(hooks.rawValue)"
    var rest = sizes[...]
    for field in kind.fields {
      // whole images need no word
      if field.name == Self.bandsField, rest.first == 1 { continue }
      text += " \(field.name) " + rest.prefix(field.count).map(String.init).joined(separator: "x")
      rest = rest.dropFirst(field.count)
    }
    return text
  }
}

extension TuningChoice: CustomStringConvertible {
  /// `positions 128 parts 2`; empty where nothing is chosen.
  package var description: String {
    let numbers = [("positions", positions), ("columns", columns), ("parts", parts), ("rows", rows)]
    return
      (numbers.compactMap { name, value in value.map { "\(name) \($0)" } }
      + (algorithm.map { ["by \($0.rawValue)"] } ?? [])).joined(separator: " ")
  }
}
