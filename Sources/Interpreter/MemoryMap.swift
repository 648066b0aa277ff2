import NNIR

/// Where values live when a graph is interpreted as planned: places in numbered spaces of memory, in bytes.
package struct MemoryMap: Sendable {
  /// Stretches of `length` bytes, `pitch` bytes apart, from `offset` on.
  package struct Place: Hashable, Sendable {
    package var space: Int
    package var offset: Int
    package var length: Int
    package var pitch: Int

    package init(space: Int, offset: Int, length: Int, pitch: Int) {
      self.space = space
      self.offset = offset
      self.length = length
      self.pitch = pitch
    }
  }

  /// A value that is moved when all nodes are done.
  package struct Copy: Sendable {
    package var value: ValueID
    package var from: Place
    package var to: Place

    package init(value: ValueID, from: Place, to: Place) {
      self.value = value
      self.from = from
      self.to = to
    }
  }

  /// Of every node; nil for immediates, and for values that are not stored.
  package var places: [Place?]
  /// Nodes that are computed together, in order of execution: all read what others stored before any of them is stored.
  /// A node that is in no step and has no place is computed by each of its readers.
  package var steps: [[ValueID]]
  package var copies: [Copy]
  /// Where the results stand at the end, in order.
  package var results: [Place]
  /// Bytes of every space.
  package var sizes: [Int]
  /// The space in which bytes are dead after their last reader; all others keep what they hold.
  package var workspace: Int

  /// - Parameter steps: By default every node that has a place is a step, in the order of the graph.
  package init(
    places: [Place?], steps: [[ValueID]]? = nil, copies: [Copy], results: [Place], sizes: [Int], workspace: Int
  ) {
    self.places = places
    self.steps = steps ?? places.indices.filter { places[$0] != nil }.map { [ValueID($0)] }
    self.copies = copies
    self.results = results
    self.sizes = sizes
    self.workspace = workspace
  }
}
