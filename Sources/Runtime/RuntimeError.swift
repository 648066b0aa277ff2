/// What went wrong while compiling, loading or running an artefact, in words for the user.
public struct RuntimeError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Whose mistake it is.
  public enum Kind: Equatable, Sendable {
    /// Input, files or the machine; the user can do something about it.
    case user
    /// Ours: the compiler emitted something that clang or the loader does not take.
    case `internal`
  }

  public let kind: Kind
  /// Lower-case, without a full stop; may have several lines.
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package static func user(_ message: String) -> RuntimeError { RuntimeError(.user, message) }
  package static func `internal`(_ message: String) -> RuntimeError { RuntimeError(.internal, message) }

  public var description: String {
    switch kind {
    case .user: message
    case .internal: "internal error: \(message)"
    }
  }
}
