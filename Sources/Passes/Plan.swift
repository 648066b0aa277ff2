import NNIR

/// A region of memory that the caller hands to compiled code; the names are those of the argument structure.
package enum Arena: String, Sendable, CaseIterable, Hashable {
  case parameters, optimizer, state, gradients, workspace, prepared, constants, input, labels, target, output
}

/// Where a value lives: a byte offset inside an arena.
package struct Location: Hashable, Sendable {
  package var arena: Arena
  package var offset: Int

  package init(_ arena: Arena, _ offset: Int) {
    self.arena = arena
    self.offset = offset
  }
}

/// One tensor of a shared arena: its name in checkpoints, its shape, its place.
package struct PlacedTensor: Hashable, Sendable {
  package var name: String
  package var slot: Slot?
  package var initializer: Initializer
  package var shape: [Int]
  package var offset: Int
}

/// The arenas that all entry points of an artefact share; the same layout for every mode and batch size.
package struct SharedLayout: Hashable, Sendable {
  package var parameters: [PlacedTensor] = []
  package var state: [PlacedTensor] = []
  package var optimizer: [PlacedTensor] = []
  package var parameterBytes = 0
  package var stateBytes = 0
  package var optimizerBytes = 0
  /// The gradient arena is laid out as the parameter arena is.
  package var gradientBytes: Int { parameterBytes }
}

/// The shape of a value's memory when it is a part of a larger one: stretches of `length` bytes, `pitch` bytes apart.
package struct Runs: Hashable, Sendable {
  package var length: Int
  package var pitch: Int

  package init(length: Int, pitch: Int) {
    self.length = length
    self.pitch = pitch
  }
}

/// An operand of a concatenation, slice, reshape or join that has to be copied, because no memory could be shared.
package struct KeptCopy: Hashable, Sendable {
  /// The concatenation, slice, reshape or join.
  package var value: ValueID
  package var operand: ValueID
  package var bytes: Int
  package var reason: String
}

/// A copy that remains after planning: a result that had to live elsewhere, moved when everything else is done.
package struct FinalCopy: Hashable, Sendable {
  package var value: ValueID
  package var from: Location
  package var to: Location
  package var type: TensorType
}

/// A graph with a place for every value.
package struct Plan: Sendable {
  package var graph: Graph
  /// Place of each node's value; nil for what kernels take as an immediate (scalar
  /// fills, learning rate, step number).
  package var locations: [Location?]
  /// For values that are parts of a larger one; nil for values in one piece.
  package var runs: [Runs?]
  package var copies: [FinalCopy]
  /// Bytes of the workspace arena.
  package var workspaceBytes: Int
  /// Bytes the workspace would take if no value shared memory with another.
  package var naiveBytes: Int
  /// Bytes of the output arena, and the named results in it.
  package var outputBytes: Int
  package var outputs: [PlacedOutput]
  /// Bytes this graph puts into the prepared arena (prepare only).
  package var preparedBytes: Int
  /// Copies of concatenations, slices, reshapes and joins that remain, with the reason; and how many did not.
  package var keptCopies: [KeptCopy]
  package var removedCopies: Int

  package init(
    graph: Graph, locations: [Location?], runs: [Runs?]? = nil, copies: [FinalCopy], workspaceBytes: Int,
    naiveBytes: Int, outputBytes: Int, outputs: [PlacedOutput], preparedBytes: Int, keptCopies: [KeptCopy] = [],
    removedCopies: Int = 0
  ) {
    self.graph = graph
    self.locations = locations
    self.runs = runs ?? [Runs?](repeating: nil, count: locations.count)
    self.copies = copies
    self.workspaceBytes = workspaceBytes
    self.naiveBytes = naiveBytes
    self.outputBytes = outputBytes
    self.outputs = outputs
    self.preparedBytes = preparedBytes
    self.keptCopies = keptCopies
    self.removedCopies = removedCopies
  }
}

/// One named result in the output arena.
package struct PlacedOutput: Hashable, Sendable {
  package var name: String
  package var shape: [Int]
  package var offset: Int

  package init(name: String, shape: [Int], offset: Int) {
    self.name = name
    self.shape = shape
    self.offset = offset
  }
}
