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

  /// Of every node; nil for immediates, and for values that their readers compute themselves.
  package var places: [Place?]
  package var copies: [Copy]
  /// Where the results stand at the end, in order.
  package var results: [Place]
  /// Bytes of every space.
  package var sizes: [Int]
  /// The space in which bytes are dead after their last reader; all others keep what they hold.
  package var workspace: Int

  package init(places: [Place?], copies: [Copy], results: [Place], sizes: [Int], workspace: Int) {
    self.places = places
    self.copies = copies
    self.results = results
    self.sizes = sizes
    self.workspace = workspace
  }
}
