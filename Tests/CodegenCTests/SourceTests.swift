import ArtefactABI
import CodegenC
import Foundation
import NNIR
import Passes
import Testing

/// What the emitted C promises besides numbers.
@Suite struct SourceTests {
  static let everything = Artefact.make(
    OpCases.all.map { Plan.naive($0.graph) }, options: CodegenOptions(name: "every", lanes: 8))

  /// A compiler that is not installed is no failure of ours, except clang, which the product needs.
  private func has(_ compiler: String, _ folder: Folder) throws -> Bool {
    try shell([compiler, "--version"], in: folder).code == 0
  }

  @Test(arguments: ["clang", "gcc"]) func compilesWithoutWarnings(compiler: String) throws {
    let folder = try Folder()
    guard try has(compiler, folder) || compiler == "clang" else { return }
    let files = try Artefact.write(Self.everything.source, into: folder)
    // without vector instructions of the lanes' width, and with them
    for flags in [["-march=x86-64-v2"], ["-march=x86-64-v3"]] {
      let extra = compiler == "gcc" ? ["-fno-tree-loop-distribute-patterns"] : []
      let ran = try shell([compiler] + productFlags + extra + flags + ["-c"] + files, in: folder)
      #expect(ran.code == 0, "\(compiler) \(flags): \(ran.output)")
      let objects = files.map { String($0.dropLast(1)) + "o" }
      let joined = try shell(["ld", "-r", "-o", "all"] + objects, in: folder)
      #expect(joined.code == 0, "\(joined.output)")
      try checkObject("all", in: folder, compiler)
    }
  }

  /// No mutable data, and no undefined symbols but those of libm and pthreads.
  private func checkObject(_ object: String, in folder: Folder, _ compiler: String) throws {
    let sizes = try shell(["size", "-A", object], in: folder).output.split(separator: "\n")
    for line in sizes {
      let words = line.split(separator: " ")
      guard words.count >= 2 else { continue }
      if [".data", ".bss", ".data.rel.ro", ".data.rel.ro.local", ".tdata", ".tbss"].contains(String(words[0])) {
        #expect(words[1] == "0", "\(compiler): section \(line)")
      }
    }
    let undefined = try shell(["nm", "-u", object], in: folder).output.split(separator: "\n")
      .compactMap { $0.split(separator: " ").last.map(String.init) }
    let allowed: Set<String> = [
      "expf", "tanhf", "sqrtf", "sqrt", "log", "pow", "pthread_create", "pthread_join", "pthread_mutex_init",
      "pthread_mutex_destroy", "pthread_mutex_lock", "pthread_mutex_unlock", "pthread_cond_init",
      "pthread_cond_destroy", "sched_yield", "pthread_cond_wait", "pthread_cond_broadcast", "_GLOBAL_OFFSET_TABLE_",
    ]
    let strangers = undefined.filter { !allowed.contains($0) }
    #expect(strangers.isEmpty, "\(compiler): undefined \(strangers)")
    let global = try shell(["readelf", "-sW", object], in: folder).output.split(separator: "\n")
      .filter { $0.contains("GLOBAL") && !$0.contains("UND") }
    let strange = global.filter { !($0.split(separator: " ").last ?? "").hasPrefix("every_") }
    #expect(strange.isEmpty, "\(compiler): \(strange)")
    #expect(global.count { $0.contains("DEFAULT") } == OpCases.all.count + 5)
  }

  @Test func headerServesCAndCPlusPlus() throws {
    let folder = try Folder()
    _ = try Artefact.write(Self.everything.source, into: folder)
    // the layout that ArgumentField promises, checked by the compiler
    let checks = ArgumentField.allCases.map {
      "ASSERT(offsetof(struct every_arguments, \($0.rawValue)) == \($0.offset), \"\($0.rawValue)\");"
    }
    let body = """
      #include "every.h"
      #include "every.h"
      #ifdef __cplusplus
      #define ASSERT static_assert
      #else
      #define ASSERT _Static_assert
      #endif
      \(checks.joined(separator: "\n"))
      ASSERT(sizeof(struct every_arguments) == \(ArgumentField.structureSize), "size");
      int (*entry)(const struct every_arguments *) = every_infer_0;
      """
    try folder.write("use.c", body + "\n")
    try folder.write("use.cpp", body + "\n")
    for command in [
      ["clang", "-std=c11", "-Wpedantic", "use.c"], ["clang", "-std=c++17", "-Wpedantic", "-x", "c++", "use.cpp"],
      ["gcc", "-std=c11", "-Wpedantic", "use.c"],
    ] {
      guard try has(command[0], folder) || command[0] == "clang" else { continue }
      let ran = try shell(command + ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"], in: folder)
      #expect(ran.code == 0, "\(command): \(ran.output)")
    }
  }

  @Test func sameInputsSameBytes() {
    let plans = OpCases.all.map { Plan.naive($0.graph) }
    let again = Artefact.make(plans, options: CodegenOptions(name: "every", lanes: 8))
    #expect(again.source == Self.everything.source)
  }

  /// The library returns the manifest it was made from, whatever characters stand in it.
  @Test func metadataIsTheManifest() throws {
    let artefact = try Artefact([.naive(OpCases.all[0].graph)], options: CodegenOptions(name: "meta"))
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(try artefact.metadata.utf8))
    #expect(manifest == .minimal("meta", scratch: artefact.programs[0].scratchBytes))
  }

  @Test func onlyUsedKernelsAreEmitted() throws {
    let (_, source) = Artefact.make([.naive(OpCases.all[0].graph)], options: CodegenOptions(name: "one"))
    let text = try #require(source.units.first).text
    #expect(text.contains("kernel_pointwise"))
    #expect(text.components(separatedBy: "static NOINLINE void kernel_").count == 2)
  }

  /// Forward and backward to the data: the estimate of what shifted copies save and cost has to choose them for each of
  /// these shapes, as the cases of single operations rely on.
  @Test(arguments: OpCases.narrowConvolutionShapes.indices) func narrowMapsHaveShiftedCopies(index: Int) throws {
    let (x, w, geometry) = OpCases.narrowConvolutionShapes[index]
    for op in [Op.convolution(geometry), .convolutionBackwardData(geometry, spatial: Array(x.dropFirst(2)))] {
      #expect(try kernels(of: op, x, w).contains("shift_lines(copy"), "\(op) of \(x)")
    }
  }

  /// The same for lines of whole vectors.
  @Test(arguments: OpCases.wholeLineConvolutionShapes.indices) func wideMapsLeaveGapsOut(index: Int) throws {
    let (x, w, geometry) = OpCases.wholeLineConvolutionShapes[index]
    #expect(try kernels(of: .convolution(geometry), x, w).contains(".vector = vector"), "\(geometry) of \(x)")
  }

  /// The same for gradients of weights with inputs in lanes, whose parts are added up a filter apart, not an output.
  @Test(arguments: OpCases.exchangedConvolutionShapes.indices) func fewOutputsHaveInputsInLanes(index: Int) throws {
    let (x, w, geometry) = OpCases.exchangedConvolutionShapes[index]
    let kernel = Array(w.dropFirst(2)), taps = kernel.reduce(1, *)
    let spatial = x.indices.dropFirst(2).map { axis in
      let (at, reach) = (axis - 2, (w[axis] - 1) * geometry.dilations[axis - 2])
      return x[axis] + geometry.padBegin[at] + geometry.padEnd[at] - reach
    }
    var builder = GraphBuilder(name: "exchanged", stage: .step)
    let operands = [[x[0], w[0]] + spatial, x].enumerated().map {
      builder.add(.parameter(name: "p\($0)", initializer: .constant(0)), type: .f32($1))
    }
    _ = builder.add(.convolutionBackwardWeights(geometry, kernel: kernel), operands)
    let (_, source) = Artefact.make([.naive(builder.graph)], options: CodegenOptions(name: "exchanged"))
    let text = try #require(source.units.first).text
    let row = try #require(text.split(separator: "\n").first { $0.contains("k_convolution_weights_reduce,16,") })
    #expect(row.contains(",\(taps), //"), "\(row)")
  }

  /// The C of an operation whose first operand has the shape of `x`, but for the channels of a result's gradient.
  private func kernels(of op: Op, _ x: [Int], _ w: [Int]) throws -> String {
    var builder = GraphBuilder(name: "narrow", stage: .step)
    let operands = [[x[0], op.mnemonic == "convolution" ? x[1] : w[0]] + x.dropFirst(2), w].enumerated().map {
      builder.add(.parameter(name: "p\($0)", initializer: .constant(0)), type: .f32($1))
    }
    _ = builder.add(op, operands)
    let (_, source) = Artefact.make([.naive(builder.graph)], options: CodegenOptions(name: "narrow"))
    return try #require(source.units.first).text
  }

  /// Text that could break out of a comment is made harmless.
  @Test func originsCannotBreakOutOfComments() throws {
    var builder = GraphBuilder(name: "x", stage: .step)
    let p = builder.add(.parameter(name: "p", initializer: .constant(0)), type: .f32([3]))
    _ = builder.add(.relu, [p], origins: [Origin(file: "evil\\\n#error ??/\n", line: 3)])
    _ = try Artefact([.naive(builder.graph)], options: CodegenOptions(name: "evil"))
  }

  @Test func goldenKernel() throws {
    let (_, source) = Artefact.make([.naive(OpCases.all[0].graph)], options: CodegenOptions(name: "one"))
    let text = try #require(source.units.first).text
    let golden = """
      /* pointwise: relu; a task is 16384 elements.
         Used by infer_0 %1. */
      static NOINLINE void kernel_pointwise(const struct context *c, const int64_t *a, int64_t first, int64_t last) {
        const float *s_x0_base = at(c, a[0]);
        const int64_t s_x0_stride = a[1];
        float *s_y0_base = at(c, a[2]);
        const int64_t s_y0_stride = a[3];
        const int64_t elements = a[4];
        const int64_t start = first * 16384;
        {
          const int64_t count = least(last * 16384, elements) - start;
          const int64_t element = (0) * elements + (start);
          const float *s_x0 = s_x0_base + (0) * s_x0_stride + element;
          float *s_y0 = s_y0_base + (0) * s_y0_stride + element;
          int64_t i = 0;
          for (; i + LANES <= count; i += LANES) {
            const vec s_x0_i = load(i + s_x0);
            const vec s_t0 = relu_of(s_x0_i);
            store(i + s_y0, s_t0);
          }
          if (i < count) {
            const int64_t some = count - i;
            const vec s_x0_i = load_some(some, i + s_x0);
            const vec s_t0 = relu_of(s_x0_i);
            store_some(some, i + s_y0, s_t0);
          }
        }
      }

      """
    #expect(text.contains(golden))
    #expect(text.contains("  k_pointwise,8,1,P+0,1,W+0,1,1, // %1 relu f32[1]\n"))
  }
}
