/// The kernels that programs call, each once, with the names that the emitter gives them.
struct KernelNumbering {
  /// The rows of one program that call a kernel.
  struct Use {
    var program: Int
    var first: Row
    var rows: Int
  }

  /// Kernels in order of first use.
  private(set) var kernels: [Kernel] = []
  /// C names of kernels: variants of one name are numbered in order of first use.
  private(set) var names: [String] = []
  /// The programs that call each kernel.
  private(set) var uses: [[Use]] = []
  /// For each row of each program, the index of its kernel; comparing kernels means comparing the texts of hooks.
  private(set) var called: [[Int]] = []

  init(_ programs: [Program]) {
    var known: [Kernel: Int] = [:]
    var variants: [String: Int] = [:]
    for (program, rows) in programs.lazy.map(\.rows).enumerated() {
      var calls: [Int] = []
      calls.reserveCapacity(rows.count)
      for row in rows {
        let kernel = known[row.kernel] ?? kernels.count
        if kernel == kernels.count {
          known[row.kernel] = kernel
          variants[row.kernel.name, default: 0] += 1
          let number = variants[row.kernel.name, default: 1]
          kernels.append(row.kernel)
          names.append(number == 1 ? row.kernel.name : "\(row.kernel.name)_\(number)")
          uses.append([])
        }
        calls.append(kernel)
        if uses[kernel].last?.program == program {
          uses[kernel][uses[kernel].count - 1].rows += 1
        } else {
          uses[kernel].append(Use(program: program, first: row, rows: 1))
        }
      }
      called.append(calls)
    }
  }

  /// The C function.
  func symbol(_ kernel: Int) -> String { "kernel_\(names[kernel])" }
}

/// The C function that each row of each program calls, for programs in the order in which `emit` gets them: entries,
/// then preparation.
package func kernelSymbols(of programs: [Program]) -> [[String]] {
  let numbering = KernelNumbering(programs)
  return numbering.called.map { $0.map(numbering.symbol) }
}
