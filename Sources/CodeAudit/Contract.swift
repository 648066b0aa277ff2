import ArtefactABI

/// The C interface that a manifest promises: what the header must declare and the library must export.
struct Contract {
  /// A C function with types as the header has to spell them.
  struct Function {
    var name: String
    var result: String
    var parameters: [String]
  }

  /// A field of the argument structure; offset and size in bytes.
  struct Field {
    var name: String
    var type: String
    var offset: Int
    var size: Int
  }

  var functions: [Function]
  /// Tag of the argument structure.
  var structure: String
  var fields: [Field]
  /// Bytes of the argument structure.
  var size: Int

  init(_ manifest: Manifest) {
    let name = manifest.name
    structure = ArtefactSymbol.arguments(name)
    let arguments = "const struct \(structure) *"
    functions = [
      Function(name: ArtefactSymbol.metadata(name), result: "const char *", parameters: []),
      Function(name: ArtefactSymbol.prepare(name), result: "int", parameters: [arguments]),
      Function(name: ArtefactSymbol.poolBytes(name), result: "size_t", parameters: ["int"]),
      Function(name: ArtefactSymbol.poolOpen(name), result: "int", parameters: ["void *", "int"]),
      Function(name: ArtefactSymbol.poolClose(name), result: "void", parameters: ["void *"]),
    ]
    functions += manifest.entries.map { Function(name: $0.symbol, result: "int", parameters: [arguments]) }
    fields = ArgumentField.allCases.map { field in
      // The table's types end in the blank that a declaration puts before the name; pointers end in the star.
      let type = field.cType.hasSuffix(" ") ? String(field.cType.dropLast()) : field.cType
      return Field(name: field.rawValue, type: type, offset: field.offset, size: field.size)
    }
    size = ArgumentField.structureSize
  }

  /// The type with every typedef of the contract resolved, as clang spells it on 64-bit Linux.
  ///
  /// A header that defines an `int64_t` of its own spells its fields right and is wrong all the same.
  static func canonical(_ type: String) -> String {
    type.replacing("uint64_t", with: "unsigned long").replacing("int64_t", with: "long")
      .replacing("uint32_t", with: "unsigned int").replacing("size_t", with: "unsigned long")
  }
}
