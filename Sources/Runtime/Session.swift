import ArtefactABI
import Foundation

/// An opened model: its memory, its threads and its compiled functions.
///
/// One session computes one thing at a time and belongs to the thread (or actor) that made it; its own threads are an
/// inner matter. Parameters start as zeros: load or initialise them first.
public final class Session {
  public let manifest: Manifest
  /// Entries that this session opened, in the manifest's order.
  public let entries: [Manifest.Entry]
  /// Threads that compute.
  public let threads: Int

  let owner: String
  let arenas: Arenas
  let arguments: ArgumentBlock
  var isPrepared = false

  private let functions: [Library.Entry]
  private let prepareFunction: Library.Entry?
  private var pool: ThreadPool
  private let library: Library
  private var staging: Buffer
  private let tensorIndex: [Arena: [String: Int]]

  /// The number of cores that this process may use.
  public static var defaultThreads: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Opens the artefact in a folder.
  ///
  /// - Parameter modes: what will be computed; fewer modes need less memory. By default all that were compiled.
  public convenience init(
    artefact directory: String, threads: Int = Session.defaultThreads, modes: [Manifest.Mode]? = nil
  ) throws(RuntimeError) {
    try self.init(library: try Library(directory: directory), threads: threads, modes: modes)
  }

  /// - Parameter owner: what messages call the model; by default the artefact and its folder.
  package init(
    library: consuming Library, threads: Int, modes: [Manifest.Mode]? = nil, owner: String? = nil,
    availableMemory: Int = MemoryBudget.available
  ) throws(RuntimeError) {
    let manifest = library.manifest
    let owner = owner ?? "artefact \(library.directory)"
    let compiled = Manifest.Mode.allCases.filter { mode in manifest.entries.contains { $0.mode == mode } }
    let absent = (modes ?? []).filter { !compiled.contains($0) }
    guard absent.isEmpty else {
      throw .user(
        "\(owner): not compiled for \(absent.map(\.rawValue).joined(separator: ", ")), only for "
          + "\(compiled.map(\.rawValue).joined(separator: ", ")); build it again with the --mode you need")
    }
    let opened = manifest.entries.filter { (modes ?? compiled).contains($0.mode) }
    functions = try library.entries(opened.map(\.symbol))
    let infers = opened.contains { $0.mode == .infer }
    prepareFunction = infers ? try library.entries([ArtefactSymbol.prepare(manifest.name)]).first : nil
    let pool = try ThreadPool(library, threads: threads)
    self.threads = pool.threads
    arenas = try Arenas(
      manifest, opened: opened, threads: pool.threads, owner: owner, available: availableMemory)
    arguments = try ArgumentBlock()
    for arena in Arena.allCases {
      arguments.set(arena.field, UnsafeRawPointer(arenas.bytes(arena).baseAddress))
    }
    arguments.set(.pool, UnsafeRawPointer(pool.address))
    staging = try Buffer(bytes: 0)
    let named: [(Arena, [Manifest.Tensor])] = [
      (.parameters, manifest.parameters), (.gradients, manifest.parameters), (.state, manifest.state),
      (.optimizer, manifest.optimizer),
    ]
    tensorIndex = Dictionary(uniqueKeysWithValues: named.map { ($0, Session.index($1)) })
    self.pool = pool
    self.library = library
    self.manifest = manifest
    self.owner = owner
    entries = opened
  }

  deinit {
    // Its closing function is the library's code.
    pool.shutDown()
  }

  /// Batch sizes that were compiled for a mode, ascending.
  public func batches(_ mode: Manifest.Mode) -> [Int] {
    entries.filter { $0.mode == mode }.map(\.batch).sorted()
  }

  /// The entry for a mode and batch; the error lists the batches that there are.
  public func entry(_ mode: Manifest.Mode, batch: Int) throws(RuntimeError) -> Manifest.Entry {
    entries[try entryIndex(mode, batch)]
  }

  func entryIndex(_ mode: Manifest.Mode, _ batch: Int) throws(RuntimeError) -> Int {
    if let index = entries.firstIndex(where: { $0.mode == mode && $0.batch == batch }) { return index }
    let there = batches(mode)
    throw .user(
      there.isEmpty
        ? "\(owner): not opened for \(mode.rawValue)"
        : "\(owner): no \(mode.rawValue) entry for batch \(batch); compiled are \(list(there)): rebuild with --batch")
  }

  /// Bytes of an arena as this session allocated it.
  public func byteCount(of arena: Arena) -> Int { arenas.bytes(arena).count }

  /// Position of a tensor in its arena's list.
  func tensorPosition(_ arena: Arena, _ name: String, slot: String?) -> Int? {
    tensorIndex[arena]?[Self.key(name, slot)]
  }

  private static func key(_ name: String, _ slot: String?) -> String { slot.map { "\(name)\n\($0)" } ?? name }

  private static func index(_ tensors: [Manifest.Tensor]) -> [String: Int] {
    Dictionary(tensors.enumerated().map { (key($1.name, $1.slot), $0) }) { first, _ in first }
  }

  /// Runs an opened entry with the arguments as they stand.
  func call(_ index: Int) throws(RuntimeError) {
    let code = functions[index](arguments.address)
    guard code == 0 else {
      throw .internal("\(owner): \(entries[index].symbol) returned \(code)")
    }
  }

  /// Derives what inference needs from parameters and state, where they changed.
  func prepareIfNeeded() throws(RuntimeError) {
    guard !isPrepared, let prepareFunction else { return }
    let code = prepareFunction(arguments.address)
    guard code == 0 else {
      throw .internal("\(owner): \(ArtefactSymbol.prepare(manifest.name)) returned \(code)")
    }
    isPrepared = true
  }

  /// The same numbers at an address aligned for tensors, followed by zeros up to `count`.
  func aligned(
    _ input: UnsafeBufferPointer<Float>, paddedTo count: Int
  ) throws(RuntimeError) -> UnsafeRawPointer? {
    if input.count == count, let base = input.baseAddress, Int(bitPattern: base) % tensorAlignment == 0 {
      return UnsafeRawPointer(base)
    }
    if staging.count < 4 * count { staging = try Buffer(bytes: 4 * count) }
    staging.bytes.copyMemory(from: UnsafeRawBufferPointer(input))
    let rest = UnsafeMutableRawBufferPointer(rebasing: staging.bytes[(4 * input.count)..<(4 * count)])
    rest.initializeMemory(as: UInt8.self, repeating: 0)
    return UnsafeRawPointer(staging.address)
  }
}

/// `1, 16 and 64`.
func list(_ numbers: [Int]) -> String {
  guard let last = numbers.last, numbers.count > 1 else { return numbers.first.map(String.init) ?? "none" }
  return numbers.dropLast().map(String.init).joined(separator: ", ") + " and \(last)"
}
