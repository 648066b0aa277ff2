/// A C function shared by all rows of its kind; everything that differs between rows is a run-time argument.
package struct Kernel: Sendable, Hashable {
  /// What one word of a row means, and the C declaration that unpacks it.
  struct Parameter: Sendable {
    enum Kind: Sendable {
      /// A place that is read; `type` is the element's C type.
      case input(type: String)
      /// A place that is read, or −1 where the operand is absent.
      case optional
      /// A place that is written, perhaps also read.
      case output(type: String)
      case integer
      /// A single-precision number as its bits.
      case float
      /// A double-precision number as its bits.
      case double
      /// 64 bits of a hash.
      case bits
    }

    var name: String
    var kind: Kind

    static func input(_ name: String) -> Parameter { Parameter(name: name, kind: .input(type: "float")) }
    static func doubles(_ name: String) -> Parameter { Parameter(name: name, kind: .input(type: "double")) }
    static func labels(_ name: String) -> Parameter { Parameter(name: name, kind: .input(type: "int64_t")) }
    static func optional(_ name: String) -> Parameter { Parameter(name: name, kind: .optional) }
    static func output(_ name: String) -> Parameter { Parameter(name: name, kind: .output(type: "float")) }
    static func doublesOut(_ name: String) -> Parameter { Parameter(name: name, kind: .output(type: "double")) }
    static func integer(_ name: String) -> Parameter { Parameter(name: name, kind: .integer) }
    static func float(_ name: String) -> Parameter { Parameter(name: name, kind: .float) }
    static func double(_ name: String) -> Parameter { Parameter(name: name, kind: .double) }
    static func bits(_ name: String) -> Parameter { Parameter(name: name, kind: .bits) }
    /// Several integers in a row.
    static func integers(_ names: String) -> [Parameter] { names.split(separator: " ").map { integer(String($0)) } }

    /// The statement that gives word `index` of a row its name.
    func unpacking(_ index: Int) -> String {
      switch kind {
      case .input("float"), .optional: "const float *\(name) = at(c, a[\(index)]);"
      case .output("float"): "float *\(name) = at(c, a[\(index)]);"
      case .input(let type): "const \(type) *\(name) = (const \(type) *)(const void *)at(c, a[\(index)]);"
      case .output(let type): "\(type) *\(name) = (\(type) *)(void *)at(c, a[\(index)]);"
      case .integer: "const int64_t \(name) = a[\(index)];"
      case .float: "const float \(name) = number(a[\(index)]);"
      case .double: "const double \(name) = wide(a[\(index)]);"
      case .bits: "const uint64_t \(name) = (uint64_t)a[\(index)];"
      }
    }
  }

  /// How the body is written.
  enum Body: Sendable {
    /// A loop nest, printed when the kernel is emitted.
    case loops([Statement])
    /// C text; the closure gets the options because register tiles depend on the lanes.
    case text(@Sendable (CodegenOptions) -> String)
    /// The same with functions of its own, whose names begin with the kernel's.
    case functions(@Sendable (CodegenOptions, _ name: String) -> (functions: String, body: String))
  }

  /// C identifier without prefix; kernels of one name differ in their variant.
  package let name: String
  /// The text of the kernel's hooks; empty without.
  let variant: String
  /// What it computes, and what one task is.
  package let summary: String
  let parameters: [Parameter]
  /// Functions it calls; each is emitted once.
  let helpers: [Helper]
  let body: Body

  private init(
    _ name: String, variant: String, _ summary: String, _ parameters: [Parameter], _ helpers: [Helper], _ body: Body
  ) {
    self.name = name
    self.variant = variant
    self.summary = summary
    self.parameters = parameters
    self.helpers = helpers
    self.body = body
  }

  init(_ name: String, _ summary: String, _ parameters: [Parameter], helpers: [Helper] = [], loops: [Statement]) {
    self.init(name, variant: "", summary, parameters, helpers, .loops(loops))
  }

  init(
    _ name: String, variant: String = "", _ summary: String, _ parameters: [Parameter], helpers: [Helper] = [],
    text: @escaping @Sendable (CodegenOptions) -> String
  ) {
    self.init(name, variant: variant, summary, parameters, helpers, .text(text))
  }

  init(
    _ name: String, variant: String, _ summary: String, _ parameters: [Parameter], helpers: [Helper],
    functions: @escaping @Sendable (CodegenOptions, _ name: String) -> (functions: String, body: String)
  ) {
    self.init(name, variant: variant, summary, parameters, helpers, .functions(functions))
  }

  package static func == (a: Kernel, b: Kernel) -> Bool { a.name == b.name && a.variant == b.variant }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(variant)
  }

  /// The C function `kernel_NAME`, after functions of its own.
  ///
  /// `comment` is what stands above it.
  func definition(_ options: CodegenOptions, name: String, comment: String) -> String {
    var functions = ""
    var text: String
    switch body {
    case .loops(let statements): text = LoopPrinter.print(statements)
    case .text(let make): text = make(options).indented(1)
    case .functions(let make):
      (functions, text) = make(options, name)
      text = text.indented(1)
    }
    // variants of a kernel have the same words, and need not all look at all of them
    let used = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") })
    let unpacking = parameters.enumerated().filter { used.contains($1.name[...]) }
      .map { "  \($1.unpacking($0))\n" }.joined()
    return """
      \(functions)\(comment)static NOINLINE void \(Self.symbol(name))(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
      \(unpacking)\(text)}

      """
  }
}

extension Kernel {
  /// The C function of the kernel of this name.
  static func symbol(_ name: String) -> String { "kernel_\(name)" }
}

/// A C function that kernels call.
struct Helper: Sendable {
  let name: String
  let dependencies: [Helper]
  let text: @Sendable (CodegenOptions) -> String

  init(_ name: String, needs dependencies: [Helper] = [], _ text: @escaping @Sendable (CodegenOptions) -> String) {
    self.name = name
    self.dependencies = dependencies
    self.text = text
  }
}

extension String {
  /// Every line that is not empty moved right by so many steps of two spaces; ends in a newline.
  func indented(_ depth: Int) -> String {
    let space = String(repeating: "  ", count: depth)
    return split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty || $0.hasPrefix("#") ? String($0) : space + $0 }
      .joined(separator: "\n") + (hasSuffix("\n") ? "" : "\n")
  }
}
