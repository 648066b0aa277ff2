import Benchmark
import Compiler
import NNIR
import Testing

@Suite struct WorkTests {
  /// Three times the forward pass of the papers' networks, less what the first layer does in it: 784·1000, 24·27·32·32
  /// and 64·147·112·112 multiply-adds.
  @Test(
    arguments: [
      ("mlp", ["hidden=1000", "layers=1"], 3 * 794_000 - 784_000),
      ("densenet", [], 3 * 287_929_692 - 663_552),
      ("imagenet_resnet", ["depth=18"], 3 * 1_814_073_344 - 118_013_952),
    ] as [(String, [String], Int)])
  func trainingIsThreeTimesForwardButForTheFirstLayer(name: String, settings: [String], expected: Int) throws {
    let typed = try typeCheck(try example(name, settings))
    #expect(typed.originalTrainingMultiplyAdds == expected)
  }

  /// Doing everything twice doubles the traffic, and the least that has to move stays.
  @Test func theMinimumMovesEachValueOnce() throws {
    let options = BuildOptions(entries: [EntryPoint(.train, batch: 4)])
    let lowered = try lowerModel(
      try example("resnet", ["depth=8", "height=8", "width=8"]), options: options, codegen: .init(name: "net"))
    var program = lowered.entries[0].program
    let (traffic, minimum) = (program.trafficBytes, program.minimumTrafficBytes)
    #expect(0 < minimum && minimum < traffic)
    program.rows += program.rows
    #expect(program.trafficBytes == 2 * traffic && program.minimumTrafficBytes == minimum)
  }
}

/// One of the examples.
func example(_ name: String, _ settings: [String]) throws -> Graph {
  let repository = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
  return try loadModel("\(repository)/examples/\(name).swift", set: settings)
}
