import Glibc
import NNIR
import Runtime

// What a compilation and a run leave behind, with what they said, so that a warning is not lost the second time.

extension ModelLoader {
  /// Something from the cache: a program or the text of a graph, and what was printed when it was made.
  struct Stored {
    var messages: String
    var bytes: [UInt8]
  }

  /// Whether swiftc is asked for colours.
  var isColoured: Bool { isatty(STDERR_FILENO) == 1 }

  /// Messages name the file as the user did and may be coloured: they hold for one way of asking.
  private var audience: String { "\(isColoured ? "coloured" : "plain") \(path)" }

  func say(_ messages: String) {
    if !messages.isEmpty { report(messages) }
  }

  /// What was stored under a key; nil also where its messages are meant for another name of the file or another medium.
  func stored(for key: ContentKey) -> Stored? {
    guard let sealed = cache.bytes(for: key) else { return nil }
    var rest = sealed[...]
    func field() -> ArraySlice<UInt8>? {
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")),
        let count = Int(String(decoding: rest[..<end], as: UTF8.self)), (0...(rest.endIndex - end - 1)).contains(count)
      else { return nil }
      let first = end + 1
      defer { rest = rest[(first + count)...] }
      return rest[first..<(first + count)]
    }
    guard let audience = field(), let messages = field() else { return nil }
    guard messages.isEmpty || audience.elementsEqual(self.audience.utf8) else { return nil }
    return Stored(messages: String(decoding: messages, as: UTF8.self), bytes: Array(rest))
  }

  /// Stores bytes behind two fields, each its count in decimal, a line feed and the text.
  func store(_ bytes: [UInt8], _ messages: String, for key: ContentKey) {
    var all: [UInt8] = []
    for field in [audience, messages] { all += Array("\(field.utf8.count)\n".utf8) + Array(field.utf8) }
    cache.store(all + bytes, for: key)
  }
}
