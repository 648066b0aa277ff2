import ArtefactABI

/// Checks that a compiled artefact owns nothing and calls nothing but libm and the threads library.
package enum ObjectCheck {
  /// Every violation, in the order sections, undefined symbols, exports; empty when the library is clean.
  ///
  /// `allowed` names further undefined symbols that are no finding. With a manifest, the exported symbols must be
  /// exactly its entry points and fixed functions.
  package static func check(
    _ libraryPath: String, against manifest: Manifest? = nil, allowing allowed: Set<String> = []
  ) throws(AuditError) -> [Finding] {
    let object = try SharedObject(path: libraryPath)
    var findings = mutableData(of: object, file: libraryPath)
    for symbol in object.undefined where !isPermitted(symbol) && !allowed.contains(symbol.name) {
      findings.append(
        Finding(
          file: libraryPath, subject: symbol.name,
          expected: "no undefined symbols but libm's and the threads library's", found: "a reference to it"))
    }
    if let manifest { findings += exports(of: object, Contract(manifest), file: libraryPath) }
    return findings
  }

  /// Sections that only the loader writes, before it makes them read-only or to bind functions.
  private static let loaderSections: Set<String> = [
    ".init_array", ".fini_array", ".preinit_array", ".ctors", ".dtors", ".jcr", ".dynamic", ".got", ".got.plt",
    ".data.rel.ro", ".relro_padding", ".tm_clone_table",
  ]

  private static func mutableData(of object: SharedObject, file: String) -> [Finding] {
    var findings: [Finding] = []
    for (index, section) in object.sections.enumerated()
    where section.isWritable && section.size > 0 && !loaderSections.contains(section.name) {
      let content = object.symbols.map { $0.filter { $0.section == index && $0.isData } }
      let runtime = content.map { $0.filter { isRuntimeData($0.name) } } ?? []
      let own = content.map { $0.filter { $0.size > 0 && !isRuntimeData($0.name) } } ?? []
      // The C runtime puts its eight-byte `__dso_handle` into .data (without a size) and a one-byte flag, padded to
      // eight, into .bss of every library linked with the usual start files. Anything beyond is the program's.
      if own.isEmpty, !runtime.isEmpty, section.size <= 8 { continue }
      var found = "\(section.size) bytes"
      if content == nil {
        found += " (stripped, so its variables have no names)"
      } else if !own.isEmpty {
        found += " with " + own.map { "`\($0.name)`" }.joined(separator: ", ")
      }
      findings.append(
        Finding(file: file, subject: section.name, expected: "no mutable data", found: found))
    }
    return findings
  }

  private static func isRuntimeData(_ name: String) -> Bool {
    name == "__dso_handle" || name == "completed" || name.hasPrefix("completed.")
  }

  private static func exports(of object: SharedObject, _ contract: Contract, file: String) -> [Finding] {
    var findings: [Finding] = []
    let functions = Set(object.exported.lazy.filter(\.isFunction).map(\.name))
    for function in contract.functions where !functions.contains(function.name) {
      findings.append(
        Finding(file: file, subject: function.name, expected: "an exported function", found: "none of that name"))
    }
    let promised = Set(contract.functions.map(\.name))
    for symbol in object.exported where !promised.contains(symbol.name) && !linkerSymbols.contains(symbol.name) {
      findings.append(
        Finding(
          file: file, subject: symbol.name, expected: "only the manifest's functions exported",
          found: "an exported \(symbol.isFunction ? "function" : "symbol")"))
    }
    return findings
  }

  /// Defined by linkers and start files in any library.
  private static let linkerSymbols: Set<String> = ["_init", "_fini", "_edata", "_end", "__bss_start"]

  private static func isPermitted(_ symbol: SharedObject.Symbol) -> Bool {
    if symbol.binding == .weak, runtimeHooks.contains(symbol.name) { return true }
    // Since glibc 2.34 the threads library is part of libc, so that only the name tells.
    return symbol.name.hasPrefix("pthread_") || symbol.name == "sched_yield" || MathLibrary.contains(symbol.name)
  }

  /// Optional hooks that the C runtime's start files look for.
  private static let runtimeHooks: Set<String> = [
    "__cxa_finalize", "__gmon_start__", "_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable",
  ]
}

/// The names that libm defines.
enum MathLibrary {
  /// The functions of ISO C23 `<math.h>` and POSIX that glibc's libm has, in their `double` spelling.
  private static let functions: Set<String> = [
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh", "erf",
    "erfc",
    "exp", "exp10", "exp2", "expm1", "fabs", "fdim", "floor", "fma", "fmax", "fmin", "fmod", "frexp", "hypot", "ilogb",
    "j0", "j1", "jn", "ldexp", "lgamma", "llrint", "llround", "log", "log10", "log1p", "log2", "logb", "lrint",
    "lround",
    "modf", "nan", "nearbyint", "nextafter", "nexttoward", "pow", "remainder", "remquo", "rint", "round", "roundeven",
    "scalb", "scalbln", "scalbn", "sin", "sincos", "sinh", "sqrt", "tan", "tanh", "tgamma", "trunc", "y0", "y1", "yn",
  ]

  /// True for `exp`, `expf` and `expl` alike.
  static func contains(_ name: String) -> Bool {
    functions.contains(name)
      || (name.hasSuffix("f") || name.hasSuffix("l")) && functions.contains(String(name.dropLast()))
  }
}
