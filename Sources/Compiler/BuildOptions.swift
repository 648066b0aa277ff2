import ArtefactABI
import CodegenC
import Passes
import Runtime

/// One function to compile: what it does and for how many images.
package struct EntryPoint: Hashable, Sendable {
  package var mode: Manifest.Mode
  package var batch: Int

  package init(_ mode: Manifest.Mode, batch: Int) {
    self.mode = mode
    self.batch = batch
  }
}

/// What to compile and how.
package struct BuildOptions: Sendable {
  package var entries: [EntryPoint]
  package var target: CompilationTarget
  /// Compiler processes at once.
  package var jobs: Int
  /// `-O2`, or `-O0` for the reference level.
  package var optimization: String
  package var passes: PassOptions {
    didSet { passes.algorithms = tuning.algorithms }
  }
  /// Every value keeps a place of its own in the workspace and is named in the manifest.
  package var keepValues: Bool
  /// Threads count the time of every row in their scratch.
  package var profile: Bool
  /// Tiles and algorithms to take instead of those of the built-in rules.
  package var tuning: Tuning {
    didSet { passes.algorithms = tuning.algorithms }
  }
  /// Images at most that inference takes through the network together; nil chooses.
  package var microbatch: Int?
  /// How large the files of kernels are at most (`CodegenOptions.unitBytes`); nil for all C in one.
  package var unitBytes: Int? = KernelUnits.bytes

  package init(
    entries: [EntryPoint], target: CompilationTarget = .native, jobs: Int = Session.defaultThreads,
    optimization: String = "-O2", passes: PassOptions = PassOptions(), keepValues: Bool = false,
    profile: Bool = false, tuning: Tuning = Tuning(), microbatch: Int? = nil
  ) {
    // the same function twice is one function
    var seen: Set<EntryPoint> = []
    self.entries = entries.filter { seen.insert($0).inserted }
    self.target = target
    self.jobs = jobs
    self.optimization = optimization
    self.passes = passes
    self.keepValues = keepValues
    self.profile = profile
    self.tuning = tuning
    self.passes.algorithms = tuning.algorithms
    self.microbatch = microbatch
  }
}
