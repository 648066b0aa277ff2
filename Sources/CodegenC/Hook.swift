import NNIR
import Passes

/// Pointwise work that a kernel does on a run of elements of one channel: while it loads an operand, before it stores a
/// result, or as all it does.
///
/// The C text of a hook does not depend on the rows that use it; values are named by their order of appearance. Kernels
/// with the same hooks are therefore one function.
struct Hook: Sendable {
  /// Words that the hook adds to a row.
  var parameters: [Kernel.Parameter] = []
  /// Their contents.
  var arguments: [Row.Argument] = []
  var reads: [Access] = []
  var writes: [Access] = []
  /// Declarations at the top of the kernel.
  var preamble = ""
  /// Per-channel numbers, as C over `channel`; kept in a table of `coefficients.count` floats for each channel.
  var coefficients: [(name: String, value: String)] = []
  /// Loads, then computations on vectors of elements; `LOAD(p)` stands for those of array p.
  var statements: [String] = []
  /// Stores, after everything is computed.
  var stores: [String] = []
  /// Running sums of elements: name and term.
  var sums: [(name: String, term: String)] = []
  var helpers: [Helper] = []
  /// Operations that it performs, for comments.
  var notes: [String] = []
  /// Names of pointers, with their image strides, that a run needs.
  var pointers: [(name: String, stride: String, isConstant: Bool)] = []
  let prefix: String

  init(prefix: String) { self.prefix = prefix }

  /// What tells kernels with different hooks apart.
  var key: String {
    ([preamble] + coefficients.map { "\($0.name)=\($0.value)" } + statements + stores
      + sums.map { "\($0.name)+=\($0.term)" }
      + parameters.map(\.name)).joined(separator: ";")
  }

  var hasTable: Bool { !coefficients.isEmpty }
  private var width: Int { coefficients.count }
  var table: String { "\(prefix)_table" }

  // MARK: C text

  /// Statements at the top of the kernel: what does not change from run to run.
  func setup(channels: String) -> String {
    var text = preamble
    guard hasTable else { return text }
    text += "float *\(table) = (float *)(void *)(c->scratch + \(prefix)_scratch);\n"
    text += "for (int64_t channel = 0; channel < \(channels); ++channel) {\n"
    for (index, coefficient) in coefficients.enumerated() {
      text += "  \(table)[channel * \(width) + \(index)] = \(coefficient.value);\n"
    }
    return text + "}\n"
  }

  /// Declarations once for each channel: its numbers, and sums from 0.
  func channelBegin(_ channel: String) -> String {
    var text = ""
    for (index, coefficient) in coefficients.enumerated() {
      let row = Mutation.isActive(.hookChannel) ? "0" : channel
      text += "const float \(coefficient.name) = \(table)[(\(row)) * \(width) + \(index)];\n"
    }
    for sum in sums { text += "double \(sum.name)_total = 0;\n" }
    return text
  }

  /// A block that works on `count` elements of a plane from `position` on, all plane sizes being `plane`.
  ///
  /// `value` is an array of what the kernel has computed for these elements, `result` where a loading hook puts its.
  /// `ahead` is how many floats further on memory is asked for what comes next. Of `lines` there are so many, `count`
  /// elements each and side by side, whose results lie a pitch apart.
  func run(
    image: String, channel: String, plane: String, position: String, count: String, value: String? = nil,
    result: String? = nil, ahead: String? = nil, lines: (count: String, pitch: String)? = nil
  ) -> String {
    var text = "{\n"
    func line(_ content: String, _ depth: Int = 1) {
      text += String(repeating: "  ", count: depth) + content + "\n"
    }
    line("const int64_t count = \(count);")
    if !pointers.isEmpty || usesIndex { line("const int64_t element = (\(channel)) * \(plane) + (\(position));") }
    if usesIndex { line("const int64_t index = (\(image)) * \(indexStride) + element;") }
    for pointer in pointers {
      let type = pointer.isConstant ? "const float *" : "float *"
      line("\(type)\(pointer.name) = \(pointer.name)_base + (\(image)) * \(pointer.stride) + element;")
    }
    if let value { line("const float *value = \(value);") }
    if let result { line("float *result = \(result);") }
    for sum in sums { line("vec \(sum.name)_lanes = {0};") }
    if let lines {
      let steps = pointers.map { "\($0.name) += count" } + ["result += \(lines.pitch)"]
      line("for (int64_t left = \(lines.count); left > 0; --left, \(steps.joined(separator: ", "))) {")
    }
    line("int64_t i = 0;")
    line("for (; i + LANES <= count; i += LANES) {")
    if let ahead {
      for pointer in pointers where pointer.isConstant { line("PREFETCH(i + \(pointer.name) + \(ahead));", 2) }
    }
    for statement in statements { line(Self.spell(statement, whole: true), 2) }
    for sum in sums { line("\(sum.name)_lanes += \(sum.term);", 2) }
    for store in stores { line(Self.spell(store, whole: true), 2) }
    line("}")
    // what is left is one vector too, of which some lanes count
    line("if (i < count\(Mutation.isActive(.vectorTailLost) ? " - 1" : "")) {")
    line("const int64_t some = count - i;", 2)
    for statement in statements { line(Self.spell(statement, whole: false), 2) }
    for sum in sums { line("\(sum.name)_lanes += some_lanes(some, \(sum.term));", 2) }
    for store in stores { line(Self.spell(store, whole: false), 2) }
    line("}")
    if lines != nil { line("}") }
    for sum in sums { line("\(sum.name)_total += (double)lanes_total(&\(sum.name)_lanes);") }
    return text + "}\n"
  }

  /// Puts the sums of a channel into `part`, an array of so many doubles.
  func channelEnd(_ part: String) -> String {
    sums.enumerated().map { "\(part)[\($0)] = \($1.name)_total;\n" }.joined()
  }

  /// Whether elements have to know their number in the whole tensor.
  var usesIndex: Bool { statements.contains { $0.contains("index + i") } }
  private var indexStride: String { "\(prefix)_dense" }

  /// A statement on a whole vector, or on one of which `some` lanes count.
  private static func spell(_ statement: String, whole: Bool) -> String {
    statement.replacing("LOAD(", with: whole ? "load(i + " : "load_some(some, i + ")
      .replacing("PUT(", with: whole ? "store(i + " : "store_some(some, i + ")
  }
}

extension Kernel {
  /// Vectors of which only the first lanes count.
  static let someLanes = Helper("some_lanes") { options in
    """
    /* The first n of a vector's floats, fewer than LANES: loaded with zeros after them, stored, kept. Macros, because
       passing wide vectors is different on every target. */
    typedef int32_t lanes_mask __attribute__((vector_size(LANES * 4)));
    #define some_lanes(n, v) \\
      ((vec)((lanes_mask)(v) & ((lanes_mask){\((0..<options.lanes).map(String.init).joined(separator: ", "))} < (int32_t)(n))))
    #if LANES == 16 && defined(__AVX512F__)
    #define first_lanes(n) ((uint16_t)((1u << (n)) - 1))
    #define load_some(n, p) ((vec)__builtin_ia32_loadups512_mask((const void *)(p), (vec){0}, first_lanes(n)))
    #define store_some(n, p, v) __builtin_ia32_storeups512_mask((void *)(p), (v), first_lanes(n))
    #elif LANES == 8 && defined(__AVX__)
    static const int32_t MAYBE_UNUSED lanes_kept[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    #define first_lanes(n) (*(const loose_mask *)(const void *)(lanes_kept + 8 - (n)))
    typedef int32_t loose_mask __attribute__((vector_size(32), aligned(4)));
    #define load_some(n, p) ((vec)__builtin_ia32_maskloadps256((const void *)(p), first_lanes(n)))
    #define store_some(n, p, v) __builtin_ia32_maskstoreps256((void *)(p), first_lanes(n), (v))
    #else
    #define load_some(n, p) \\
      __extension__({ \\
        vec some_ = {0}; \\
        const float *from_ = (p); \\
        SHORT for (int64_t lane_ = 0; lane_ < (n); ++lane_) some_[lane_] = from_[lane_]; \\
        some_; \\
      })
    #define store_some(n, p, v) \\
      do { \\
        const vec some_ = (v); \\
        float *to_ = (p); \\
        SHORT for (int64_t lane_ = 0; lane_ < (n); ++lane_) to_[lane_] = some_[lane_]; \\
      } while (0)
    #endif
    """
  }

  /// Vectors whose lanes come from two others.
  static let laneShuffles = Helper("lane_shuffles") { options in
    let count = options.lanes
    func shuffle(_ lane: (Int) -> Int) -> String {
      "__builtin_shufflevector((x), (y), \((0..<count).map { String(lane($0)) }.joined(separator: ", ")))"
    }
    return """
      /* The even lanes of x and then y, the odd ones; the first halves of both in turn, the last ones. The even lanes of x
         and then the odd ones of y, which begins with the last lane of x. */
      #define even_lanes(x, y) \(shuffle { 2 * $0 })
      #define odd_lanes(x, y) \(shuffle { 2 * $0 + 1 })
      #define low_lanes(x, y) \(shuffle { $0 / 2 + $0 % 2 * count })
      #define every_other(x, y) \(shuffle { 2 * $0 + ($0 < count / 2 ? 0 : 1) })
      #define high_lanes(x, y) \(shuffle { $0 / 2 + count / 2 + $0 % 2 * count })
      """
  }

  /// Elementwise functions of vectors.
  static let pointwiseHelper = Helper("pointwise", needs: [someLanes]) { _ in
    """
    /* positive(x, y) is y where x > 0 and 0 elsewhere; all pass NaN through. */
    #define relu_of(x) ((vec)((lanes_mask)(x) & ~((vec){0} > (x))))
    #define positive_of(x, y) ((vec)((lanes_mask)(y) & ((x) > (vec){0})))
    #define select_of(mask, x, y) ((vec)(((lanes_mask)(x) & (mask)) | ((lanes_mask)(y) & ~(mask))))
    #define clamp_of(x, lower, upper) \\
      __extension__({ \\
        const vec least_ = (vec){0} + (lower), most_ = (vec){0} + (upper); \\
        const vec below_ = select_of((x) > most_, most_, (x)); \\
        select_of(least_ > below_, least_, below_); \\
      })
    """
  }

  /// Functions of the C library lane by lane.
  static func laneHelper(_ name: String, _ expression: String) -> Helper {
    Helper(name) { _ in
      """
      static inline MAYBE_UNUSED float \(name)_of_one(float x) { return \(expression); }
      #define \(name)_of(x) \\
        __extension__({ \\
          const vec lanes_ = (x); \\
          vec result_ = {0}; \\
          for (int lane_ = 0; lane_ < LANES; ++lane_) result_[lane_] = \(name)_of_one(lanes_[lane_]); \\
          result_; \\
        })
      """
    }
  }

  static let dropoutHelper = Helper("dropout_mask", needs: [philox]) { _ in
    """
    /* 1 for elements that dropout keeps, else 0, for `count` elements from number `index` on. */
    static NOINLINE void dropout_mask(uint64_t key, uint64_t step, int64_t index, float threshold, float *mask,
                                      int64_t count) {
      uint32_t word[4];
      for (int64_t i = 0; i < count; ++i) {
        const int64_t number = index + i;
        if (i == 0 || number % 4 == 0) philox(key, (uint64_t)number / 4, step, word);
        mask[i] = (float)(word[number % 4] >> 8) * 0x1p-24f >= threshold ? 1.0f : 0.0f;
      }
    }
    """
  }

  static let sigmoidHelper = laneHelper("sigmoid", "1.0f / (1.0f + expf(-x))")
  static let tanhHelper = laneHelper("tanh", "tanhf(x)")
  static let rootHelper = laneHelper("root", "sqrtf(x)")
}
