// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built in the Swift 6 language mode with warnings as errors.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: ["README.md"], swiftSettings: strict)
}

/// Fixtures are found by the path of the test file, so that they need not be copied.
func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: fixtures, swiftSettings: strict)
}

let numerics: Target.Dependency = .product(name: "RealModule", package: "swift-numerics")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "nncc",
  products: [
    .executable(name: "nncc", targets: ["Command"]),
    .library(name: "NNCC", type: .dynamic, targets: ["NNCC"]),
    .library(name: "NNCCCompiler", targets: ["Compiler", "Runtime"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
  ],
  targets: [
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "CInspect", exclude: ["README.md"],
      // Debian keeps the headers of libclang and LLVM-C outside the default search path.
      cSettings: [.unsafeFlags(["-I/usr/lib/llvm-14/include", "-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary("dl")]),
    library("ArtefactABI"),
    library("NNIR"),
    library("NNCC", ["NNIR"]),
    library("Passes", ["NNIR", "ArtefactABI"]),
    library("Interpreter", ["NNIR", numerics]),
    library("CodegenC", ["NNIR", "Passes", "ArtefactABI"]),
    library("CodeAudit", ["CInspect", "ArtefactABI"]),
    library("Runtime", ["ArtefactABI"]),
    library("Interchange", ["NNIR", "CZlib"]),
    library("Compiler", ["NNIR", "Passes", "Interpreter", "CodegenC", "CodeAudit", "Runtime", "ArtefactABI"]),
    library("Benchmark", ["NNIR", "Passes", "CodegenC", "Compiler", "Runtime"]),
    library("Verification", ["Compiler", "Interpreter", "Interchange"]),
    library("Training", ["NNIR", "Runtime", "Interchange", "CZlib"]),
    library("Reports"),
    .executableTarget(
      name: "Command",
      dependencies: [
        "Compiler", "Benchmark", "Verification", "Training", "Reports", "Interchange", "Interpreter", arguments,
      ],
      exclude: ["README.md"], swiftSettings: strict),
    tests("NNIRTests", ["NNIR"]),
    tests("NNCCTests", ["NNCC", "Compiler"]),
    tests("PassesTests", ["Passes", "Interpreter"], fixtures: ["Golden"]),
    tests("InterpreterTests", ["Interpreter"]),
    tests("CodegenCTests", ["CodegenC", "Compiler", "Interpreter", "Verification"]),
    tests("CodeAuditTests", ["CodeAudit"]),
    tests("RuntimeTests", ["Runtime"]),
    tests("InterchangeTests", ["Interchange"], fixtures: ["Fixtures"]),
    tests("TrainingTests", ["Training", "Compiler"]),
    tests("ReportsTests", ["Reports"]),
    tests("BenchmarkTests", ["Benchmark", "NNCC", "Training"]),
    tests("VerificationTests", ["Verification"], fixtures: ["Fixtures"]),
    tests("CompilerTests", ["Compiler", "CodeAudit", "Interpreter", "Verification"]),
    tests("CommandTests", ["Compiler", "Interchange", "NNCC", "Command"]),
  ],
  swiftLanguageModes: [.v6]
)
