import ArtefactABI
import CodegenC
import Foundation
import Glibc
import NNIR
import Passes

struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Several small programs compiled into one shared library and opened.
final class Artefact: @unchecked Sendable {
  let plans: [Plan]
  let programs: [Program]
  let source: EmittedSource
  let folder: Folder
  let options: CodegenOptions
  let scratch: Int
  private let handle: UnsafeMutableRawPointer

  static func make(_ plans: [Plan], options: CodegenOptions) -> (programs: [Program], source: EmittedSource) {
    let programs = plans.enumerated().map { lower($1, symbol: "\(options.name)_infer_\($0)", options: options) }
    let scratch = programs.map(\.scratchBytes).max() ?? 0
    let entries = programs.enumerated().map { EntryPoint(program: $1, mode: .infer, batch: $0) }
    let source = emit(entries, prepare: nil, manifest: .minimal(options.name, scratch: scratch), options: options)
    return (programs, source)
  }

  convenience init(
    _ plans: [Plan], options: CodegenOptions, compiler: String = "clang", flags: [String] = ["-march=native"]
  ) throws {
    let (programs, source) = Self.make(plans, options: options)
    try self.init(plans, programs, source, options: options, compiler: compiler, flags: flags)
  }

  init(
    _ plans: [Plan], _ programs: [Program], _ source: EmittedSource, options: CodegenOptions,
    compiler: String = "clang", flags: [String] = ["-march=native"]
  ) throws {
    self.plans = plans
    self.options = options
    self.programs = programs
    self.source = source
    scratch = (programs.map(\.scratchBytes).max() ?? 0) + 64
    folder = try Folder()
    let arguments = try Self.write(source, into: folder)
    let library = "\(folder.path)/library.so"
    let ran = try shell(
      [compiler] + productFlags + flags + ["-shared"] + arguments + ["-lm", "-o", library], in: folder)
    guard ran.code == 0 else { throw Failure("\(compiler) failed:\n\(ran.output)") }
    guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
      throw Failure("dlopen: \(String(cString: dlerror()))")
    }
    self.handle = handle
  }

  deinit { dlclose(handle) }

  static func write(_ source: EmittedSource, into folder: Folder) throws -> [String] {
    try folder.write(source.header.name, source.header.text)
    for unit in source.units { try folder.write(unit.name, unit.text) }
    return source.units.map(\.name)
  }

  func symbol<Function>(_ name: String, _ type: Function.Type) throws -> Function {
    guard let address = dlsym(handle, name) else { throw Failure("no symbol \(name)") }
    return unsafeBitCast(address, to: type)
  }

  var metadata: String {
    get throws {
      let function = try symbol(
        ArtefactSymbol.metadata(options.name), (@convention(c) () -> UnsafePointer<CChar>).self)
      return String(cString: function())
    }
  }

  /// A pool of threads in storage of its own.
  func withPool<Result>(_ threads: Int, _ body: (UnsafeMutableRawPointer?) throws -> Result) throws -> Result {
    guard threads > 0 else { return try body(nil) }
    let name = options.name
    let bytes = try symbol(ArtefactSymbol.poolBytes(name), (@convention(c) (Int32) -> Int).self)(Int32(threads))
    let storage = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    defer { storage.deallocate() }
    let open = try symbol(
      ArtefactSymbol.poolOpen(name), (@convention(c) (UnsafeMutableRawPointer, Int32) -> Int32).self)
    guard open(storage, Int32(threads)) == 0 else { throw Failure("pool not opened") }
    let close = try symbol(ArtefactSymbol.poolClose(name), (@convention(c) (UnsafeMutableRawPointer) -> Void).self)
    defer { close(storage) }
    return try body(storage)
  }

  /// The bytes of all values in the workspace after program `index`, which was made from the case, has run.
  func values(
    _ index: Int, of example: OpCase, pool: UnsafeMutableRawPointer? = nil, threads: Int = 1
  ) throws -> [UInt8] {
    let plan = plans[index]
    let memory = Memory(plan, programs[index], example.feeds)
    try run(index, memory, pool: pool, threads: threads)
    return plan.graph.ids.flatMap { id -> [UInt8] in
      guard let place = plan.locations[id.index], place.arena == .workspace else { return [] }
      return memory.bytes(at: place, count: plan.graph[id].type.count * 4)
    }
  }

  /// Runs program `index` with the given contents; `threads` 0 is no pool.
  func run(_ index: Int, _ memory: Memory, threads: Int = 0) throws {
    try withPool(threads) { try run(index, memory, pool: $0, threads: max(1, threads)) }
  }

  func run(_ index: Int, _ memory: Memory, pool: UnsafeMutableRawPointer?, threads: Int) throws {
    let entry = try symbol(programs[index].symbol, (@convention(c) (UnsafeRawPointer) -> Int32).self)
    let arguments = UnsafeMutableRawPointer.allocate(byteCount: ArgumentField.structureSize, alignment: 64)
    defer { arguments.deallocate() }
    arguments.initializeMemory(as: UInt8.self, repeating: 0, count: ArgumentField.structureSize)
    let private_ = UnsafeMutableRawPointer.allocate(byteCount: scratch * threads, alignment: 64)
    defer { private_.deallocate() }
    // poison: whatever a kernel reads before it wrote shows
    private_.initializeMemory(as: UInt8.self, repeating: 0xff, count: scratch * threads)
    func set<Value: BitwiseCopyable>(_ field: ArgumentField, _ value: Value) {
      arguments.storeBytes(of: value, toByteOffset: field.offset, as: Value.self)
    }
    for arena in Arena.allCases {
      guard let field = ArgumentField(rawValue: arena.rawValue) else { continue }
      set(field, memory.address(arena))
    }
    set(.scratch, UInt(bitPattern: private_))
    set(.pool, UInt(bitPattern: pool))
    set(.seed, memory.seed)
    set(.step, memory.step)
    set(.learningRate, memory.learningRate)
    let code = memory.gates.withUnsafeBufferPointer { gates in
      set(.gates, UInt(bitPattern: gates.isEmpty ? nil : gates.baseAddress))
      return entry(arguments)
    }
    guard code == 0 else { throw Failure("\(programs[index].symbol) returned \(code)") }
  }
}

/// The arenas of one program, poisoned with NaN where nothing was put.
final class Memory {
  private(set) var arenas: [Arena: UnsafeMutableRawBufferPointer] = [:]
  var seed: UInt64 = 0
  var step: UInt64 = 0
  var learningRate: Float = 0
  /// A byte for each gate; none opens all.
  var gates: [UInt8] = []

  convenience init(_ plan: Plan, _ program: Program, outputBytes: Int = 0) {
    self.init { arena in
      arena == .workspace ? program.workspaceBytes : max(plan.bytes(of: arena), arena == .output ? outputBytes : 0)
    }
  }

  init(bytes: (Arena) -> Int) {
    for arena in Arena.allCases {
      let bytes = bytes(arena)
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes + redZone, alignment: 64)
      for index in buffer.indices { buffer[index] = 0xff }
      arenas[arena] = buffer
    }
  }

  deinit { for buffer in arenas.values { buffer.deallocate() } }

  func address(_ arena: Arena) -> UInt { UInt(bitPattern: arenas[arena]?.baseAddress) }

  func put<Value: BitwiseCopyable>(_ values: [Value], at place: Location) {
    guard let base = arenas[place.arena]?.baseAddress else { return }
    for (index, value) in values.enumerated() {
      base.storeBytes(of: value, toByteOffset: place.offset + index * MemoryLayout<Value>.stride, as: Value.self)
    }
  }

  func floats(at place: Location, count: Int) -> [Float] {
    guard let base = arenas[place.arena]?.baseAddress else { return [] }
    return (0..<count).map { base.load(fromByteOffset: place.offset + $0 * 4, as: Float.self) }
  }

  func bytes(at place: Location, count: Int) -> [UInt8] {
    guard let buffer = arenas[place.arena] else { return [] }
    return Array(buffer[place.offset..<place.offset + count])
  }
}
