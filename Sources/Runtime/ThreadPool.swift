import ArtefactABI
import Glibc

/// The threads of an artefact, in storage that we own.
package struct ThreadPool: ~Copyable {
  private typealias Bytes = @convention(c) (Int32) -> Int
  private typealias Open = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
  private typealias Close = @convention(c) (UnsafeMutableRawPointer) -> Void

  /// Threads that compute, the caller's included.
  package let threads: Int
  private let storage: Buffer?
  private var close: Close?

  /// Opens a pool; one thread, or an artefact without threads, needs none.
  package init(_ library: borrowing Library, threads: Int) throws(RuntimeError) {
    let name = library.manifest.name
    let owner = "artefact \(library.directory)"
    guard (1...1024).contains(threads) else { throw .user("\(owner): expected 1 to 1024 threads, found \(threads)") }
    guard threads > 1, let bytes = library.symbol(ArtefactSymbol.poolBytes(name)),
      let open = library.symbol(ArtefactSymbol.poolOpen(name)),
      let close = library.symbol(ArtefactSymbol.poolClose(name))
    else {
      self.threads = 1
      storage = nil
      self.close = nil
      return
    }
    let storage = try Buffer(bytes: unsafeBitCast(bytes, to: Bytes.self)(Int32(threads)))
    let code = unsafeBitCast(open, to: Open.self)(storage.address, Int32(threads))
    guard code == 0 else { throw .user("\(owner): cannot start \(threads) threads: \(FileSystem.reason(code))") }
    self.threads = threads
    self.storage = consume storage
    self.close = unsafeBitCast(close, to: Close.self)
  }

  deinit {
    if let address { close?(address) }
  }

  /// Ends and joins the threads; needed where the library is closed right after, because its code does the closing.
  package mutating func shutDown() {
    if let address { close?(address) }
    close = nil
  }

  /// What goes into the argument structure: null where the calling thread computes alone.
  package var address: UnsafeMutableRawPointer? {
    switch storage {
    case .some(let storage): storage.address
    case .none: nil
    }
  }
}
