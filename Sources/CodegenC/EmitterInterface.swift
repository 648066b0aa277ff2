import ArtefactABI
import Foundation

/// The header, and the manifest inside the C.
extension Emitter {
  /// The exported interface, for C and C++.
  var header: String {
    let guardName = "NNCC_\(options.name)_H"
    let structure = "struct \(ArtefactSymbol.arguments(options.name))"
    let pointer = "const \(structure) *arguments"
    let fields = ArgumentField.allCases.map { field in
      let declaration = "  \(field.cType)\(field.cType.hasSuffix("*") || field.cType.hasSuffix(" ") ? "" : " ")"
      return "\(declaration)\(field.rawValue); /* \(field.meaning) */"
    }
    let entries = programs.map { program in
      let what = manifest.entries.first { $0.symbol == program.symbol }.map(describe) ?? preparation
      return "/* \(what) Returns 0. */\nNNCC_EXPORT int \(program.symbol)(\(pointer));"
    }
    let prepare =
      hasPrepare
      ? []
      : ["/* Nothing to prepare. Returns 0. */\nNNCC_EXPORT int \(ArtefactSymbol.prepare(options.name))(\(pointer));"]
    return """
      /* \(options.name): a neural network compiled to C, and the interface to it.

         The code owns nothing: all memory is the caller's. Arenas are aligned to \(tensorAlignment) bytes at least; their sizes, and
         the places of all tensors in them, stand in the metadata. */
      #ifndef \(guardName)
      #define \(guardName)

      #include <stddef.h>
      #include <stdint.h>

      #ifndef NNCC_EXPORT
      #define NNCC_EXPORT __attribute__((visibility("default")))
      #endif

      #ifdef __cplusplus
      extern "C" {
      #endif

      /* What every entry point takes; pointers that an entry point does not use may be null. */
      \(structure) {
      \(fields.joined(separator: "\n"))
      };

      /* Names, shapes and places of all tensors, sizes of all arenas and required CPU features, as JSON. */
      NNCC_EXPORT const char *\(ArtefactSymbol.metadata(options.name))(void);

      /* Bytes of storage for a pool of so many threads, the caller's included. */
      NNCC_EXPORT size_t \(ArtefactSymbol.poolBytes(options.name))(int threads);

      /* Starts threads - 1 threads in the caller's storage, aligned to 16 bytes at least; returns 0, or the error number of the
         call that failed, and then nothing is left open. One call at a time may use a pool. */
      NNCC_EXPORT int \(ArtefactSymbol.poolOpen(options.name))(void *storage, int threads);

      /* Ends and joins the threads; the storage is the caller's again. */
      NNCC_EXPORT void \(ArtefactSymbol.poolClose(options.name))(void *storage);

      \((entries + prepare).joined(separator: "\n\n"))

      #ifdef __cplusplus
      }
      #endif

      #endif

      """
  }

  private var preparation: String { "Fills the prepared arena; run after parameters or state change." }

  private func describe(_ entry: Manifest.Entry) -> String {
    switch entry.mode {
    case .infer: "Output of a batch of \(entry.batch), with prepared parameters."
    case .train: "One training step on a batch of \(entry.batch): parameters, state and optimizer are updated in place."
    case .gradient: "Loss and gradients of a batch of \(entry.batch), without update."
    }
  }

  /// The function that returns the manifest.
  func metadata(_ manifest: Manifest) -> String {
    """
    const char *\(ArtefactSymbol.metadata(options.name))(void) {
      return
    \(Self.literals(json(manifest)));
    }

    """
  }

  /// The manifest, compact and with sorted keys, so that the same manifest gives the same bytes.
  private func json(_ manifest: Manifest) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // a manifest holds strings, integers and nothing that JSON cannot say
    guard let data = try? encoder.encode(manifest) else { fatalError("the manifest cannot be encoded") }
    return String(decoding: data, as: UTF8.self)
  }

  /// Adjacent C string literals that spell the text's bytes, about a hundred characters a line.
  static func literals(_ text: String) -> String {
    let backslash = UInt8(ascii: "\\"), quote = UInt8(ascii: "\"")
    let begin = Array("    \"".utf8), between = Array("\"\n    \"".utf8)
    var bytes = begin
    var start = bytes.count
    for byte in text.utf8 {
      if bytes.count - start >= 100 {
        bytes += between
        start = bytes.count
      }
      switch byte {
      // the question mark is escaped so that no trigraph arises
      case quote, backslash, UInt8(ascii: "?"): bytes += [backslash, byte]
      case 0x20...0x7e: bytes.append(byte)
      default: bytes += [backslash] + [byte >> 6, byte >> 3 & 7, byte & 7].map { UInt8(ascii: "0") + $0 }
      }
    }
    return String(decoding: bytes + [quote], as: UTF8.self)
  }
}
