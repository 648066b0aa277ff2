import Runtime
import Testing

/// Expected digests: the examples that NIST publishes for FIPS 180-4 and its Cryptographic Algorithm Validation Program.
struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func messages(text: String, digest: String) {
    #expect(SHA256.hexDigest(of: text) == digest)
  }

  @Test func millionTimesA() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(SHA256.hexDigest(of: bytes) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func shortBinaryMessages() {
    // SHA256ShortMsg.rsp, Len = 8 and Len = 32.
    #expect(
      SHA256.hexDigest(of: [0xd3]) == "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1")
    #expect(
      SHA256.hexDigest(of: [0x74, 0xba, 0x25, 0x21])
        == "b16aa56be3880d18cd41e68384cf1ec8c17680c45a02b1575dc1518923ae8b0e")
  }

  /// However the bytes are cut into pieces, around every block and padding border.
  @Test func pieces() {
    for length in [55, 56, 57, 63, 64, 65, 119, 120, 128, 129, 200] {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let whole = SHA256.hexDigest(of: bytes)
      for cut in [1, 13, 63, 64, 65] {
        var hash = SHA256()
        var start = 0
        while start < length {
          hash.update(Array(bytes[start..<min(start + cut, length)]))
          _ = hash.digest()
          start += cut
        }
        #expect(hash.hexDigest() == whole, "length \(length), pieces of \(cut)")
      }
    }
  }
}
