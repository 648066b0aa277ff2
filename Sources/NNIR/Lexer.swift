/// A word of the IR text with its place.
struct Token: Equatable {
  enum Kind: Equatable {
    case value(Int)
    case word(String)
    case text(String)
    case int(Int)
    case scalar(Double)
    case symbol(Character)
    case end
  }

  var kind: Kind
  var column: Int

  var spelled: String {
    switch kind {
    case .value(let index): "%\(index)"
    case .word(let word): word
    case .text(let text): Attribute.quote(text)
    case .int(let number): String(number)
    case .scalar(let number): number.description
    case .symbol(let symbol): String(symbol)
    case .end: "end of line"
    }
  }
}

/// A problem at a column of one line.
struct LineError: Error {
  var message: String
  var column: Int
}

/// Splits one line into tokens; `//` starts a comment outside strings.
func tokens(of line: Substring) throws(LineError) -> [Token] {
  // scalars, not grapheme clusters: a combining mark must not swallow the quote before it
  let characters = Array(line.unicodeScalars)
  var tokens: [Token] = []
  var position = 0
  func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    position + offset < characters.count ? characters[position + offset] : nil
  }
  func isDigit(_ character: Unicode.Scalar) -> Bool { ("0"..."9").contains(character) }
  func isWord(_ character: Unicode.Scalar) -> Bool {
    isDigit(character) || ("a"..."z").contains(character) || ("A"..."Z").contains(character) || character == "_"
  }
  while let character = peek() {
    let column = position + 1
    if character == " " || character == "\t" || character == "\r" {
      position += 1
    } else if character == "/", peek(1) == "/" {
      break
    } else if character == "%" {
      let digits = characters[(position + 1)...].prefix(while: isDigit)
      guard let index = Int(spelling(digits)) else {
        throw LineError(message: "expected a number after %", column: column)
      }
      tokens.append(Token(kind: .value(index), column: column))
      position += 1 + digits.count
    } else if character == "\"" {
      let (text, next) = try string(characters, from: position)
      tokens.append(Token(kind: .text(text), column: column))
      position = next
    } else if isDigit(character) || character == "-" || character == "+" {
      var end = position + 1
      while end < characters.count,
        isWord(characters[end]) || characters[end] == "."
          || (["+", "-"].contains(characters[end]) && ["e", "E"].contains(characters[end - 1]))
      { end += 1 }
      let spelled = spelling(characters[position..<end])
      if let number = Int(spelled) {
        tokens.append(Token(kind: .int(number), column: column))
      } else if let number = Double(spelled) {
        tokens.append(Token(kind: .scalar(number), column: column))
      } else {
        throw LineError(message: "expected a number, found \(spelled)", column: column)
      }
      position = end
    } else if isWord(character) {
      let word = characters[position...].prefix(while: isWord)
      tokens.append(Token(kind: .word(spelling(word)), column: column))
      position += word.count
    } else if ["=", ":", "[", "]", ",", "@"].contains(character) {
      tokens.append(Token(kind: .symbol(Character(character)), column: column))
      position += 1
    } else {
      throw LineError(message: "unexpected character \(Attribute.quote(String(character)))", column: column)
    }
  }
  tokens.append(Token(kind: .end, column: characters.count + 1))
  return tokens
}

private func spelling(_ part: ArraySlice<Unicode.Scalar>) -> String {
  String(String.UnicodeScalarView(part))
}

/// The string literal that starts at `start`, and the position after it.
private func string(_ characters: [Unicode.Scalar], from start: Int) throws(LineError) -> (String, Int) {
  var text = String.UnicodeScalarView()
  var position = start + 1
  while position < characters.count {
    let character = characters[position]
    if character == "\"" { return (String(text), position + 1) }
    guard character == "\\" else {
      text.append(character)
      position += 1
      continue
    }
    let next = position + 1 < characters.count ? characters[position + 1] : " "
    if next == "\"" || next == "\\" {
      text.append(next)
      position += 2
    } else if next == "u", let close = characters[position...].firstIndex(of: "}"), close > position + 3,
      characters[position + 2] == "{",
      let scalar = UInt32(spelling(characters[(position + 3)..<close]), radix: 16).flatMap(Unicode.Scalar.init)
    {
      text.append(scalar)
      position = close + 1
    } else {
      throw LineError(message: "expected \\\", \\\\ or \\u{…} in a string", column: position + 1)
    }
  }
  throw LineError(message: "expected a closing quote", column: start + 1)
}
