import ArtefactABI
import CodegenC
import Foundation
import NNIR
import Passes
import Testing

/// Every operation under the sanitisers, in a C program that owns the memory: arenas of exactly the promised size.
@Suite struct SanitizerTests {
  /// A C program that calls every entry point without and with threads, and prints of each a checksum of its workspace.
  ///
  /// - Parameter values: Prints every value's floats instead of the checksum.
  static func harness(
    _ plans: [Plan], _ programs: [Program], options: CodegenOptions, scratch: Int, values: Bool = false
  ) -> String {
    let name = options.name
    let arenas = Arena.allCases
    let sizes = zip(plans, programs).map { plan, program in
      let bytes = arenas.map { $0 == .workspace ? program.workspaceBytes : plan.bytes(of: $0) }
      return "{\(program.symbol), {\(bytes.map(String.init).joined(separator: ", "))}},"
    }
    let fields = arenas.enumerated().map { index, arena in
      "arguments.\(arena.rawValue) = allocate(cases[i].bytes[\(index)], \(arena == .labels ? 0 : 1));"
    }
    let ranges = plans.enumerated().flatMap { index, plan in
      plan.graph.ids.compactMap { id -> String? in
        guard let place = plan.locations[id.index], place.arena == .workspace else { return nil }
        return "{\(index), \(place.offset), \(plan.graph[id].type.count)},"
      }
    }
    let report =
      values
      ? """
      for (size_t r = 0; r < sizeof ranges / sizeof *ranges; ++r)
            for (size_t f = 0; ranges[r][0] == i && f < ranges[r][2]; ++f)
              printf("%zu %.9g\\n", r, (double)((const float *)(const void *)(arguments.workspace + ranges[r][1]))[f]);
      """
      : """
      unsigned sum = 0;
          for (size_t byte = 0; byte < cases[i].bytes[\(arenas.firstIndex(of: .workspace) ?? 0)]; ++byte)
            sum = sum * 31 + arguments.workspace[byte];
          printf("%zu %u\\n", i, sum);
      """
    return """
      #include "\(name).h"
      #include <stdio.h>
      #include <stdlib.h>

      struct harness_case {
        int (*entry)(const struct \(name)_arguments *);
        size_t bytes[\(arenas.count)];
      };
      static const struct harness_case cases[] = {
        \(sizes.joined(separator: "\n  "))
      };

      \(values ? "static const size_t ranges[][3] = {\n  \(ranges.joined(separator: "\n  "))\n};\n" : "")
      /* Exactly so many bytes, at the alignment that arenas have; floats between 1/4 and 5/4, or zeros for labels. */
      static void *allocate(size_t bytes, int floats) {
        void *memory = 0;
        if (posix_memalign(&memory, 64, bytes)) abort();
        unsigned state = 1;
        for (size_t i = 0; i < bytes / 4; ++i) {
          state = state * 1664525u + 1013904223u;
          if (floats)
            ((float *)memory)[i] = 0.25f + (float)(state >> 8) * 0x1p-24f;
          else
            ((unsigned *)memory)[i] = 0;
        }
        return memory;
      }

      static void once(void *pool, int threads) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
          struct \(name)_arguments arguments = {0};
          \(fields.joined(separator: "\n    "))
          arguments.scratch = allocate((size_t)threads * \(scratch), 1);
          arguments.pool = pool;
          arguments.step = 1;
          arguments.learning_rate = 0.1f;
          if (cases[i].entry(&arguments)) abort();
          \(report)
          \(arenas.map { "free((void *)arguments.\($0.rawValue));" }.joined(separator: "\n    "))
          free(arguments.scratch);
        }
      }

      int main(void) {
        once(0, 1);
        void *pool = malloc(\(name)_pool_bytes(3));
        if (!pool || \(name)_pool_open(pool, 3)) abort();
        once(pool, 3);
        \(name)_pool_close(pool);
        free(pool);
        return 0;
      }

      """
  }

  /// The thread sanitiser of Swift's clang wants Swift's libraries; gcc's stands alone.
  @Test(arguments: [("clang", "address,undefined", nil), ("clang", "address,undefined", 5), ("gcc", "thread", nil)])
  func everyOperation(compiler: String, sanitizers: String, tunedBy seed: UInt64?) throws {
    var options = CodegenOptions(name: "every", lanes: 8)
    let cases = OpCases.all.filter { seed == nil || $0.graph.nodes.contains { $0.op.isTuned } }
    let plans = cases.map { Plan.naive($0.graph) }
    if let seed { options.tuning = anyTuning(plans, seed: seed) }
    let (programs, source) = Artefact.make(plans, options: options)
    let folder = try Folder()
    guard try shell([compiler, "--version"], in: folder).code == 0 || compiler == "clang" else { return }
    let files = try Artefact.write(source, into: folder)
    let scratch = (programs.map(\.scratchBytes).max() ?? 0).roundedUpToAlignment
    try folder.write("harness.c", Self.harness(plans, programs, options: options, scratch: scratch))
    let ran = try shell(
      [compiler, "-std=gnu11", "-O1", "-g", "-march=native", "-fsanitize=\(sanitizers)", "-fno-sanitize-recover=all"]
        + files + ["harness.c", "-lm", "-lpthread", "-o", "harness"], in: folder)
    try #require(ran.code == 0, "\(ran.output)")
    let result = try shell(["./harness"], in: folder)
    #expect(result.code == 0, "\(result.output.suffix(4000))")
    // the run with threads gives what the run without gave
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 2 * plans.count)
    #expect(Array(lines.prefix(plans.count)) == Array(lines.suffix(plans.count)))
  }
}

extension Int {
  var roundedUpToAlignment: Int { (self + tensorAlignment - 1) / tensorAlignment * tensorAlignment }
}
