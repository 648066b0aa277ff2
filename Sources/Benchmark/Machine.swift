import Foundation
import Runtime

/// The machine that a figure belongs to.
package struct Machine: Codable, Equatable, Sendable {
  /// The CPU's name as the kernel knows it.
  package var cpu: String
  /// Cores that this process may use.
  package var cores: Int
  package var clang: String

  /// This machine.
  package init(toolchain: ClangToolchain) {
    cpu = Self.thisCPU
    cores = Session.defaultThreads
    clang = toolchain.version
  }

  /// The CPU at hand.
  package static var thisCPU: String {
    name(cpuinfo: (try? FileSystem.read("/proc/cpuinfo")).map { String(decoding: $0, as: UTF8.self) } ?? "")
  }

  /// `model name` of the first core; ARM kernels have none, and then it is `implementer/part`.
  package static func name(cpuinfo text: String) -> String {
    func field(_ key: String) -> String? {
      text.split(separator: "\n").first { $0.hasPrefix(key) }?.split(separator: ":", maxSplits: 1).dropFirst().first
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    if let name = field("model name") { return name }
    guard let implementer = field("CPU implementer"), let part = field("CPU part") else { return "unknown CPU" }
    return "CPU \(implementer)/\(part)"
  }
}
