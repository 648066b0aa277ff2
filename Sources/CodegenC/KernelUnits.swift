import Foundation

/// Which kernels are compiled together.
///
/// A compiler works through a file on one core, and for the kernels of a deep network that takes 15 to 25 s. Units of a few
/// seconds each occupy several cores.
package struct KernelUnits {
  struct Unit {
    /// By index, in order of first use.
    var kernels: [Int]
    /// What these kernels call, each once, after what it calls.
    var helpers: [Helper]
  }

  private(set) var units: [Unit] = []

  /// Estimated bytes of a unit that take clang some seconds. Smaller units would compile the same helpers more often.
  package static let bytes = 256 << 10

  /// Cuts kernels with these definitions into units. Those that call the same large helper come together.
  init(_ kernels: [Kernel], definitions: [String], options: CodegenOptions) {
    var sizes: [String: Int] = [:]
    func size(_ helper: Helper) -> Int {
      if let size = sizes[helper.name] { return size }
      let size = Self.machineCode(helper.text(options))
      sizes[helper.name] = size
      return size
    }
    let called = kernels.map { Self.closure($0.helpers) }
    let whole = Unit(kernels: Array(kernels.indices), helpers: Self.closure(kernels.flatMap(\.helpers)))
    let own = definitions.map(Self.machineCode)
    guard let limit = options.unitBytes,
      own.reduce(0, +) + whole.helpers.reduce(0, { $0 + size($1) }) > limit
    else {
      units = [whole]
      return
    }
    var families: [String: [Int]] = [:]
    for kernel in kernels.indices {
      families[called[kernel].max { size($0) < size($1) }?.name ?? "", default: []].append(kernel)
    }
    /// A unit while it is filled.
    struct Bin {
      var kernels: [Int] = []
      var helpers: Set<String> = []
      var size = 0
    }
    var bins: [Bin] = []
    func added(_ members: [Int], to bin: Bin) -> Int {
      let missing = Self.closure(members.flatMap { kernels[$0].helpers }).filter { !bin.helpers.contains($0.name) }
      return members.reduce(0) { $0 + own[$1] } + missing.reduce(0) { $0 + size($1) }
    }
    func add(_ members: [Int], to bin: Int) {
      bins[bin].size += added(members, to: bins[bin])
      bins[bin].kernels += members
      for kernel in members { bins[bin].helpers.formUnion(called[kernel].map(\.name)) }
    }
    /// Of those with room, the first that needs least.
    func best(_ members: [Int], among range: Range<Int>) -> Int? {
      range.map { (bin: $0, added: added(members, to: bins[$0])) }.filter { bins[$0.bin].size + $0.added <= limit }
        .min { $0.added < $1.added }?.bin
    }
    let sorted = families.values.map { (members: $0, size: added($0, to: Bin())) }
      .sorted { ($1.size, $0.members[0]) < ($0.size, $1.members[0]) }
    for (members, _) in sorted {
      if let bin = best(members, among: bins.indices) {
        add(members, to: bin)
        continue
      }
      let first = bins.count
      for kernel in members {
        if let bin = best([kernel], among: first..<bins.count) {
          add([kernel], to: bin)
        } else {
          bins.append(Bin())
          add([kernel], to: bins.count - 1)
        }
      }
    }
    units = bins.map { bin in
      let members = bin.kernels.sorted()
      return Unit(kernels: members, helpers: Self.closure(members.flatMap { kernels[$0].helpers }))
    }
  }

  /// Helpers and what they call, each once, after what it calls.
  private static func closure(_ helpers: [Helper]) -> [Helper] {
    var seen: Set<String> = []
    var result: [Helper] = []
    func add(_ helper: Helper) {
      guard seen.insert(helper.name).inserted else { return }
      helper.dependencies.forEach(add)
      result.append(helper)
    }
    helpers.forEach(add)
    return result
  }

  /// About as many bytes as clang makes of a text: one for each of its own, and much for functions that stay functions, as
  /// most of them are register tiles of a line or two that are unrolled.
  package static func machineCode(_ text: String) -> Int {
    text.utf8.count + 2048 * (text.components(separatedBy: "NOINLINE").count - 1)
  }
}
