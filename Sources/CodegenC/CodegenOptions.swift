/// What the back end has to know besides the plan.
package struct CodegenOptions: Sendable, Hashable {
  /// C identifier that prefixes every exported symbol.
  package var name: String
  /// Floats of one vector register that code should use: 16 for AVX-512, 8 for everything else.
  ///
  /// It decides tile widths and the order of sums inside reductions; the C compiles for any target.
  package var lanes: Int
  /// Whether rows of the call tables end in a comment with their IR value and the line of the user's source.
  package var comments: Bool
  /// Where the counters of a profiled artefact lie in each thread's scratch (`ProfileCounters`); nil without.
  package var counters: Int?
  /// Tiles to take instead of those of the built-in rules.
  package var tuning: Tuning
  /// Tasks of a convolution below which its tiles are cut for more: few leave threads waiting for the one that has most to
  /// do. One where a thread computes whole micro-batches.
  package var fewTasks: Int
  /// Bytes of machine code, as `KernelUnits` estimates them, above which kernels go into units of their own, each of so
  /// many at most; nil for one unit whatever it has.
  package var unitBytes: Int?

  package init(
    name: String, lanes: Int = 8, comments: Bool = true, counters: Int? = nil, tuning: Tuning = Tuning(),
    fewTasks: Int = 16, unitBytes: Int? = KernelUnits.bytes
  ) {
    self.name = name
    self.lanes = lanes
    self.comments = comments
    self.counters = counters
    self.tuning = tuning
    self.fewTasks = fewTasks
    self.unitBytes = unitBytes
  }

  /// The same for a program that runs once for each of so many micro-batches.
  package func dividing(into microbatches: Int) -> Self {
    var own = self
    if microbatches > 1 { own.fewTasks = 1 }
    return own
  }

  /// Vectors side by side in a register tile, and its rows: 6×4 of 32 registers, 4×3 of 16 leave none to spill. Of the
  /// tiles that fit, 4×3 loads least for each multiply-add: 7 for 12, where 6×2 loads 8.
  var vectors: Int { lanes >= 16 ? 4 : 3 }
  var tileRows: Int { lanes >= 16 ? 6 : 4 }

  /// Sums that a register tile keeps.
  var sums: Int { tileRows * vectors }

  /// Floats of a convolution's strip to aim at, and positions at most: 160 KiB stay in the second-level cache of every
  /// CPU, 320 KiB in that of CPUs with AVX-512 (512 KiB and more), where weights are then read half as often.
  var stripFloats: Int { lanes >= 16 ? 81920 : 40960 }
  var stripPositions: Int { lanes >= 16 ? 512 : 256 }

  /// Floats side by side in a register tile.
  var tileWidth: Int { lanes * vectors }
}

extension Int {
  /// Quotient rounded up.
  func dividedUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }

  /// The next multiple.
  package func roundedUp(to multiple: Int) -> Int { dividedUp(by: multiple) * multiple }

  /// The largest part when this many things are split as evenly as possible into parts of at most `limit`.
  func evenPart(atMost limit: Int) -> Int { dividedUp(by: dividedUp(by: Swift.max(1, limit))) }
}
