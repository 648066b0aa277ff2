import ArtefactABI
import CodegenC
import Compiler
import Interpreter
import NNIR
import Passes
import Runtime

/// Many networks in one shared object: every kernel is compiled once for all of them, so that a network costs little
/// more than its call tables.
package final class NetworkUnit {
  let models: [LoweredModel]
  private let library: Library
  private var pool: ThreadPool
  private let scratchBytes: Int

  /// Compiles and loads them; entry points are named `fuzz0_train_4`, …, after the index.
  ///
  /// Errors: `internal` where clang rejects the C.
  init(
    _ models: [LoweredModel], lanes: Int, threads: Int, builder: SharedLibraryBuilder, optimization: String
  ) throws {
    self.models = models
    var entries: [CodegenC.EntryPoint] = []
    for model in models {
      entries += model.entries.map {
        CodegenC.EntryPoint(program: $0.program, mode: $0.point.mode, batch: $0.point.batch)
      }
      entries.append(CodegenC.EntryPoint(program: model.prepare.program, mode: .infer, batch: 0))
    }
    scratchBytes = aligned(entries.map(\.program.scratchBytes).max() ?? 0)
    let manifest = Manifest(
      name: "fuzz", signature: "", build: "fuzz", target: builder.target.target.rawValue,
      features: builder.target.features, inputShape: [1], outputShape: [1], loss: nil, parameters: [], state: [],
      optimizer: [], parameterBytes: 0, stateBytes: 0, optimizerBytes: 0, preparedBytes: 0, constantBytes: 0,
      scratchBytes: scratchBytes, gates: [], entries: [])
    let source = emit(
      entries, prepare: nil, manifest: manifest, options: CodegenOptions(name: "fuzz", lanes: lanes, comments: false))
    let directory = try TemporaryDirectory()
    _ = try builder.build(
      name: "fuzz", units: source.units.map { CompilationUnit(name: $0.name, source: $0.text) },
      headers: [CompilationUnit(name: source.header.name, source: source.header.text)], optimization: optimization,
      into: directory.path)
    try FileSystem.write(Array(try manifest.json().utf8), to: "\(directory.path)/manifest.json")
    library = try Library(directory: directory.path)
    pool = try ThreadPool(library, threads: threads)
  }

  deinit {
    // its closing function is the library's code
    pool.shutDown()
  }

  /// Memory for one network, with weights and state from the feeds.
  func memory(of index: Int, _ feeds: Feeds) throws -> NetworkMemory {
    try NetworkMemory(models[index], feeds, scratchBytes: scratchBytes * pool.threads)
  }

  /// One call on the memory's weights and the feeds' batch; what it delivers, under the interpreter's names.
  func call(
    _ index: Int, _ mode: Manifest.Mode, _ memory: borrowing NetworkMemory, _ feeds: Feeds, threaded: Bool = false
  ) throws -> Deliveries {
    let model = models[index]
    guard let entry = model.entries.first(where: { $0.point.mode == mode }) else { return Deliveries() }
    let symbols = (mode == .infer ? [model.prepare.program.symbol] : []) + [entry.program.symbol]
    for (position, function) in try library.entries(symbols).enumerated() {
      memory.arrange(feeds, pool: threaded ? pool.address : nil, keepingPrepared: position > 0)
      let code = function(memory.arguments)
      guard code == 0 else { throw RuntimeError(.internal, "\(symbols[position]) returned \(code)") }
    }
    return memory.read(mode, entry)
  }
}

/// Rounds up to the alignment of tensors.
private func aligned(_ bytes: Int) -> Int { (bytes + tensorAlignment - 1) / tensorAlignment * tensorAlignment }

private func fill(_ bytes: UnsafeMutableRawBufferPointer, _ value: UInt8) {
  bytes.initializeMemory(as: UInt8.self, repeating: value)
}

/// All arenas of one network in one block, with guards between them that nobody may write.
///
/// What a call may not read holds NaN: workspace, outputs, gradients and scratch before each call, and the guards.
struct NetworkMemory: ~Copyable {
  private let model: LoweredModel
  private let block: Buffer
  private let structure: Buffer
  /// Byte range of each field's arena in the block.
  private let ranges: [(field: ArgumentField, range: Range<Int>)]

  private static let guardBytes = 256

  init(_ model: LoweredModel, _ feeds: Feeds, scratchBytes: Int) throws {
    let programs = model.entries.map(\.program) + [model.prepare.program]
    let sizes: [(ArgumentField, Int)] = [
      (.parameters, model.layout.parameterBytes), (.optimizer, model.layout.optimizerBytes),
      (.state, model.layout.stateBytes), (.gradients, model.layout.gradientBytes),
      (.workspace, programs.map(\.reservedWorkspaceBytes).max() ?? 0), (.prepared, model.prepare.plan.preparedBytes),
      (.constants, 0), (.scratch, scratchBytes), (.input, 4 * (feeds.input?.count ?? 0)),
      (.labels, 8 * (feeds.labels?.count ?? 0)), (.target, 4 * (feeds.target?.count ?? 0)),
      (.output, model.entries.map(\.outputBytes).max() ?? 0), (.gates, 64),
    ]
    var ranges: [(field: ArgumentField, range: Range<Int>)] = []
    var end = Self.guardBytes
    for (field, size) in sizes {
      ranges.append((field, end..<(end + size)))
      end = aligned(end + size) + Self.guardBytes
    }
    // a failure half-way must find no half-built owner
    let block = try Buffer(bytes: end)
    let structure = try Buffer(bytes: ArgumentField.structureSize)
    self.model = model
    self.ranges = ranges
    self.block = block
    self.structure = structure
    fill(self.block.bytes, 0xff)
    fill(bytes(.gates), 1)
    for tensor in model.layout.parameters { write(.parameters, tensor, feeds.parameters[tensor.name]) }
    for tensor in model.layout.state { write(.state, tensor, feeds.states[tensor.name]) }
    for tensor in model.layout.optimizer {
      write(.optimizer, tensor, tensor.slot.flatMap { feeds.slots[SlotKey(tensor.name, $0)] })
    }
  }

  private func bytes(_ field: ArgumentField) -> UnsafeMutableRawBufferPointer {
    guard let range = ranges.first(where: { $0.field == field })?.range else { fatalError("no arena for \(field)") }
    return UnsafeMutableRawBufferPointer(rebasing: block.bytes[range])
  }

  private func floats(_ field: ArgumentField, at offset: Int, count: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableRawBufferPointer(rebasing: bytes(field)[offset..<(offset + 4 * count)]).bindMemory(to: Float.self)
  }

  private func write(_ field: ArgumentField, _ tensor: PlacedTensor, _ values: [Double]?) {
    let target = floats(field, at: tensor.offset, count: tensor.shape.reduce(1, *))
    for (index, value) in (values ?? []).enumerated() { target[index] = Float(value) }
  }

  var arguments: UnsafeRawPointer { UnsafeRawPointer(structure.address) }

  /// Everything a call takes; what it has to write itself is NaN.
  func arrange(_ feeds: Feeds, pool: UnsafeMutableRawPointer?, keepingPrepared: Bool) {
    for field in [ArgumentField.workspace, .output, .gradients, .scratch] + (keepingPrepared ? [] : [.prepared]) {
      fill(bytes(field), 0xff)
    }
    let input = bytes(.input).bindMemory(to: Float.self)
    for (index, value) in (feeds.input ?? []).enumerated() { input[index] = Float(value) }
    let target = bytes(.target).bindMemory(to: Float.self)
    for (index, value) in (feeds.target ?? []).enumerated() { target[index] = Float(value) }
    let labels = bytes(.labels).bindMemory(to: Int64.self)
    for (index, label) in (feeds.labels ?? []).enumerated() { labels[index] = label }
    func put<T: BitwiseCopyable>(_ field: ArgumentField, _ value: T) {
      structure.address.storeBytes(of: value, toByteOffset: field.offset, as: T.self)
    }
    for (field, range) in ranges { put(field, UInt64(UInt(bitPattern: block.address + range.lowerBound))) }
    for (index, isOpen) in (feeds.gates ?? []).enumerated() { bytes(.gates)[index] = isOpen ? 1 : 0 }
    put(.pool, UInt64(UInt(bitPattern: pool)))
    put(.seed, feeds.seed)
    put(.step, feeds.step)
    put(.learningRate, Float(feeds.learningRate))
    put(.reserved, UInt32(0))
  }

  func read(_ mode: Manifest.Mode, _ entry: CompiledEntry) -> Deliveries {
    var found = Deliveries()
    func read(_ field: ArgumentField, _ offset: Int, _ shape: [Int]) -> [Double] {
      floats(field, at: offset, count: shape.reduce(1, *)).map { Double($0) }
    }
    for output in entry.outputs {
      found.values.append(("output \(output.name)", read(.output, output.offset, output.shape)))
    }
    let layout = model.layout
    switch mode {
    case .infer: break
    case .gradient:
      for tensor in layout.parameters {
        found.values.append(("gradient \(tensor.name)", read(.gradients, tensor.offset, tensor.shape)))
      }
    case .train:
      for tensor in layout.parameters {
        found.values.append(("parameter \(tensor.name)", read(.parameters, tensor.offset, tensor.shape)))
      }
      for tensor in layout.state {
        found.values.append(("state \(tensor.name)", read(.state, tensor.offset, tensor.shape)))
      }
      for tensor in layout.optimizer {
        let kind = tensor.slot?.rawValue ?? ""
        found.values.append(("slot \(tensor.name) \(kind)", read(.optimizer, tensor.offset, tensor.shape)))
      }
    }
    return found
  }

  /// The feeds with the weights, state and slots that are stored now, and the next step number.
  func advanced(_ feeds: Feeds) -> Feeds {
    var next = feeds
    func read(_ field: ArgumentField, _ tensor: PlacedTensor) -> [Double] {
      floats(field, at: tensor.offset, count: tensor.shape.reduce(1, *)).map { Double($0) }
    }
    for tensor in model.layout.parameters { next.parameters[tensor.name] = read(.parameters, tensor) }
    for tensor in model.layout.state { next.states[tensor.name] = read(.state, tensor) }
    for tensor in model.layout.optimizer {
      if let slot = tensor.slot { next.slots[SlotKey(tensor.name, slot)] = read(.optimizer, tensor) }
    }
    next.step += 1
    return next
  }

  /// Names of the arenas beside which something was written.
  var damagedGuards: [String] {
    var start = 0
    var damaged: [String] = []
    for (index, (field, range)) in ranges.enumerated() {
      let before = start..<range.lowerBound
      if block.bytes[before].contains(where: { $0 != 0xff }) {
        let previous = index > 0 ? ranges[index - 1].field.rawValue + " and " : ""
        damaged.append(previous + field.rawValue)
      }
      start = range.upperBound
    }
    if block.bytes[start...].contains(where: { $0 != 0xff }) { damaged.append("the last arena") }
    return damaged
  }
}
