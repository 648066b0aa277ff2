import CodeAudit
import Foundation
import Testing

/// Register tiles in C of our own, compiled here and now: how many registers a target has decides what must spill.
@Suite(.enabled(if: MachineCode.unavailable == nil, "libLLVM is not installed")) struct TileCheckTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A tile of `rows` by `vectors` of so many bytes under a name of its own, and a kernel that calls it.
  private func source(_ name: String, rows: Int, vectors: Int, bytes: Int = 32) -> String {
    """
    typedef float vec __attribute__((vector_size(\(bytes)), aligned(4), may_alias));
    static __attribute__((noinline)) void \(name)(const float *left, long pitch, const float *right, long count,
                                                  float *result) {
      const int lanes = \(bytes / 4);
      vec sum[\(rows)][\(vectors)];
      _Pragma("clang loop unroll(full)") for (int r = 0; r < \(rows); ++r)
        _Pragma("clang loop unroll(full)") for (int v = 0; v < \(vectors); ++v) sum[r][v] = (vec){0};
      for (long k = 0; k < count; ++k) {
        vec x[\(vectors)];
        _Pragma("clang loop unroll(full)") for (int v = 0; v < \(vectors); ++v) x[v] = *(const vec *)(right + v * lanes);
        _Pragma("clang loop unroll(full)") for (int r = 0; r < \(rows); ++r) {
          const float w = left[k * pitch + r];
          _Pragma("clang loop unroll(full)") for (int v = 0; v < \(vectors); ++v) sum[r][v] += x[v] * w;
        }
        right += \(vectors) * lanes;
      }
      _Pragma("clang loop unroll(full)") for (int r = 0; r < \(rows); ++r)
        _Pragma("clang loop unroll(full)") for (int v = 0; v < \(vectors); ++v)
          *(vec *)(result + (r * \(vectors) + v) * lanes) = sum[r][v];
    }
    void kernel_product(const float *left, const float *right, long count, float *result, long tiles) {
      for (long t = 0; t < tiles; ++t) \(name)(left + t, 64, right, count, result + t * 4096);
    }
    """
  }

  /// Compiles to an object file and reads its functions; `records` gets clang's optimisation records.
  private func audit(_ text: String, _ flags: [String], records: Bool = false) throws -> [FunctionAudit] {
    let path = try scratch.write(text, to: "tile.c")
    let result = try scratch.run(
      "clang",
      ["-std=gnu11", "-O2", "-fPIC", "-ffp-contract=fast"] + flags
        + (records ? ["-gline-tables-only", "-fsave-optimization-record=yaml"] : [])
        + ["-c", path, "-o", "\(scratch.path)/tile.o"])
    try #require(result.status == 0, "\(result.output)")
    return try MachineCode(path: "\(scratch.path)/tile.o").functions.map(FunctionAudit.init)
  }

  private func findings(
    _ name: String, rows: Int, vectors: Int, bytes: Int = 32, bits: Int = 256, flags: [String] = ["-march=x86-64-v3"]
  ) throws -> [Finding] {
    let functions = try audit(source(name, rows: rows, vectors: vectors, bytes: bytes), flags)
    return TileCheck.check(functions, vectorBits: bits, fuses: true, file: "tile.c")
  }

  static let wide = ["-march=x86-64-v4", "-mprefer-vector-width=512"]
  static let arm = ["--target=aarch64-linux-gnu"]

  /// 6 · 2 sums, 2 operands and a broadcast fit into the 16 registers of AVX2, 6 · 4 + 5 into the 32 of AVX-512 and
  /// 6 · 4 + 4 + 6 / 4 into those of NEON.
  @Test func tilesThatFitKeepTheirSums() throws {
    #expect(try findings("tile_6_2", rows: 6, vectors: 2) == [])
    #expect(try findings("tile_6_4", rows: 6, vectors: 4, bytes: 64, bits: 512, flags: Self.wide) == [])
    #expect(try findings("tile_6_4", rows: 6, vectors: 4, bytes: 16, bits: 128, flags: Self.arm) == [])
    let functions = try audit(source("tile_6_2", rows: 6, vectors: 2), ["-march=x86-64-v3"])
    let tile = try #require(functions.first { $0.name == "tile_6_2" })
    let loop = try #require(tile.tiles.first)
    #expect(loop.accumulators == 12 && loop.multiplyAdds % 12 == 0 && loop.bits == 256 && loop.depth == 1)
    #expect(loop.spills == 0 && loop.reloads == 0 && loop.unfused == 0)
    // the kernel's own loop has no multiply-adds and calls the tile
    let kernel = try #require(functions.first { $0.name == "kernel_product" })
    #expect(kernel.calls == ["tile_6_2"] && kernel.loops.count == 1 && kernel.tiles.isEmpty)
  }

  /// More sums than registers: 6 · 3 of 16, 8 · 4 of 32.
  @Test func tilesThatAreTooLargeAreFound() throws {
    for findings in [
      try findings("tile_6_3", rows: 6, vectors: 3),
      try findings("tile_8_4", rows: 8, vectors: 4, bytes: 64, bits: 512, flags: Self.wide),
      try findings("tile_8_5", rows: 8, vectors: 5, bytes: 16, bits: 128, flags: Self.arm),
    ] {
      #expect(findings.contains { $0.expected == "sums that stay in registers" }, "\(findings)")
      #expect(findings.contains { $0.expected.hasPrefix("an inner loop with sums in") }, "\(findings)")
    }
    // also under a name that promises nothing
    #expect(try findings("multiply", rows: 6, vectors: 3).map(\.subject) == ["multiply"])
  }

  @Test func lostMultiplyAddsAreFound() throws {
    let apart = try findings("tile_6_2", rows: 6, vectors: 2, flags: ["-march=x86-64-v3", "-ffp-contract=off"])
    #expect(apart.contains { $0.expected == "fused multiply-adds" && $0.found.hasPrefix("12 ") }, "\(apart)")
    // fewer than promised, and vectors that are not the target's
    #expect(try findings("tile_6_2", rows: 5, vectors: 2).count == 1)
    #expect(try findings("tile_6_2", rows: 6, vectors: 2, bytes: 16).count == 1)
    // a tile without any loop over terms
    let empty = try audit("void tile_2_2(float *x) { x[0] += 1; }", ["-march=x86-64-v3"])
    let findings = TileCheck.check(empty, vectorBits: 256, fuses: true, file: "tile.c")
    #expect(findings.map(\.found) == ["no loop that sums in registers"])
  }

  /// Without fused instructions a multiplication and an addition are one multiply-add.
  @Test func targetsWithoutFusedInstructions() throws {
    let functions = try audit(source("tile_6_2", rows: 6, vectors: 2, bytes: 16), ["-march=x86-64-v2"])
    #expect(TileCheck.check(functions, vectorBits: 128, fuses: false, file: "tile.c") == [])
    #expect(TileCheck.check(functions, vectorBits: 128, fuses: true, file: "tile.c").count == 2)
  }

  /// Depths from the source: three loops in one another, one of them with a switch inside, and one beside them.
  @Test func loopsAreFoundInTheirOrder() throws {
    let text = """
      int next(int);
      int nested(const int *x, int n, int m, int k) {
        int total = 0;
        for (int i = 0; i < n; ++i) {
          for (int j = 0; j < m; ++j)
            for (int l = 0; l < k; ++l)
              switch (next(x[l])) {
                case 0: total += next(1); break;
                case 1: total -= next(2); break;
                case 2: total ^= next(3); break;
                case 3: total *= next(4); break;
                case 4: total |= next(5); break;
                case 5: return total;
                default: total = next(6);
              }
          next(total);
        }
        while (next(total)) total = next(total);
        return total;
      }
      """
    for flags in [["-march=x86-64-v3"], Self.arm] {
      let function = try #require(try audit(text, flags + ["-fno-vectorize"]).first)
      #expect(function.loops.map(\.depth).sorted() == [1, 1, 2, 3], "\(flags): \(function.loops)")
      #expect(function.loops.filter(\.isInnermost).map(\.depth).sorted() == [1, 3], "\(flags)")
      #expect(function.unknown == 0)
    }
  }

  /// A tile that spills by clang's own account, and a loop that it vectorised.
  @Test func optimisationRecordsAreRead() throws {
    let text =
      source("tile_6_4", rows: 6, vectors: 4) + """

        void scale(float *restrict x, const float *restrict y, long n) {
          for (long i = 0; i < n; ++i) x[i] = 2 * y[i];
        }
        """
    _ = try audit(text, ["-march=x86-64-v3"], records: true)
    let yaml = Array(try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/tile.opt.yaml")))
    let records = try OptimizationRecord.read(yaml: yaml, file: "tile.opt.yaml")
    let spilled = try #require(
      records.first { $0.function == "tile_6_4" && $0.name == "LoopSpillReloadCopies" && $0.number("NumSpills") > 0 })
    #expect(spilled.pass == "regalloc" && spilled.kind == .missed && spilled.message.contains("generated in loop"))
    let vectorized = try #require(records.first { $0.function == "scale" && $0.pass == "loop-vectorize" })
    let line =
      1 + (text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("2 * y") } ?? 0)
    #expect(vectorized.kind == .passed && vectorized.name == "Vectorized" && vectorized.line == line)
    #expect(throws: AuditError.self) {
      try OptimizationRecord.read(yaml: Array("--- !Missed\nPass: [".utf8), file: "x")
    }
    #expect(try OptimizationRecord.read(yaml: [], file: "x") == [])
  }

  @Test func whatIsNoMachineCodeIsRefused() throws {
    let stripped = try scratch.library(source("tile_6_2", rows: 6, vectors: 2), compiler: "clang", flags: ["-s"])
    for path in [stripped, try scratch.write("int x;", to: "x.c")] {
      #expect(throws: AuditError.self) { try MachineCode(path: path) }
    }
    let whole = try scratch.library(source("tile_6_2", rows: 6, vectors: 2), compiler: "clang")
    #expect(try MachineCode(path: whole)["tile_6_2"]?.instructions.isEmpty == false)
  }
}
