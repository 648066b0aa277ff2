/// Instruction set extensions of this machine, as `/proc/cpuinfo` spells them.
package struct CPUFeatures: Sendable {
  package let names: Set<String>

  package init(names: Set<String>) {
    self.names = names
  }

  /// Reads the text of `/proc/cpuinfo`: `flags` on x86, `Features` on aarch64.
  ///
  /// What only some of the cores have is left out, since a thread may move.
  package init(cpuinfo: String) {
    var common: Set<String>?
    var lastLine: Substring?
    for line in cpuinfo.split(separator: "\n") where line.hasPrefix("flags") || line.hasPrefix("Features") {
      guard line != lastLine, let colon = line.firstIndex(of: ":") else { continue }
      lastLine = line
      let names = Set(
        line[line.index(after: colon)...].split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init))
      common = common?.intersection(names) ?? names
    }
    names = common ?? []
  }

  /// Those of this machine; empty where `/proc/cpuinfo` cannot be read.
  package static let current: CPUFeatures = {
    let bytes = (try? FileSystem.read("/proc/cpuinfo")) ?? []
    return CPUFeatures(cpuinfo: String(decoding: bytes, as: UTF8.self))
  }()

  /// The required features that are missing here, in the order given.
  package func missing(from required: [String]) -> [String] {
    required.filter { !names.contains($0) }
  }
}

/// One extension under its three names.
struct InstructionSetExtension: Sendable {
  /// What clang predefines when it may emit the instructions.
  let macro: String
  /// How the kernel spells it.
  let cpuinfo: String
  /// What follows `-mno-`; nil where it cannot be switched off.
  let flag: String?

  init(_ macro: String, _ cpuinfo: String, _ flag: String? = nil) {
    self.macro = macro
    self.cpuinfo = cpuinfo
    self.flag = flag
  }

  /// Everything that clang emits from plain C. What only intrinsics reach (aes, sha, rdrand, …) must not keep an
  /// artefact from loading.
  static let all: [InstructionSetExtension] = [
    .init("__SSE3__", "pni", "sse3"),
    .init("__SSSE3__", "ssse3", "ssse3"),
    .init("__SSE4_1__", "sse4_1", "sse4.1"),
    .init("__SSE4_2__", "sse4_2", "sse4.2"),
    .init("__POPCNT__", "popcnt", "popcnt"),
    .init("__MOVBE__", "movbe", "movbe"),
    .init("__LZCNT__", "abm", "lzcnt"),
    .init("__BMI__", "bmi1", "bmi"),
    .init("__BMI2__", "bmi2", "bmi2"),
    .init("__AVX__", "avx", "avx"),
    .init("__F16C__", "f16c", "f16c"),
    .init("__FMA__", "fma", "fma"),
    .init("__AVX2__", "avx2", "avx2"),
    .init("__AVXVNNI__", "avx_vnni", "avxvnni"),
    .init("__GFNI__", "gfni", "gfni"),
    .init("__AVX512F__", "avx512f", "avx512f"),
    .init("__AVX512CD__", "avx512cd", "avx512cd"),
    .init("__AVX512BW__", "avx512bw", "avx512bw"),
    .init("__AVX512DQ__", "avx512dq", "avx512dq"),
    .init("__AVX512VL__", "avx512vl", "avx512vl"),
    .init("__AVX512IFMA__", "avx512ifma", "avx512ifma"),
    .init("__AVX512VBMI__", "avx512vbmi", "avx512vbmi"),
    .init("__AVX512VBMI2__", "avx512_vbmi2", "avx512vbmi2"),
    .init("__AVX512VNNI__", "avx512_vnni", "avx512vnni"),
    .init("__AVX512BITALG__", "avx512_bitalg", "avx512bitalg"),
    .init("__AVX512VPOPCNTDQ__", "avx512_vpopcntdq", "avx512vpopcntdq"),
    .init("__AVX512BF16__", "avx512_bf16", "avx512bf16"),
    .init("__AVX512FP16__", "avx512_fp16", "avx512fp16"),
    .init("__ARM_NEON", "asimd"),
    .init("__ARM_FEATURE_DOTPROD", "asimddp"),
    .init("__ARM_FEATURE_FP16_VECTOR_ARITHMETIC", "asimdhp"),
    .init("__ARM_FEATURE_ATOMICS", "atomics"),
    .init("__ARM_FEATURE_BF16_VECTOR_ARITHMETIC", "bf16"),
    .init("__ARM_FEATURE_MATMUL_INT8", "i8mm"),
    .init("__ARM_FEATURE_SVE", "sve"),
    .init("__ARM_FEATURE_SVE2", "sve2"),
  ]
}
