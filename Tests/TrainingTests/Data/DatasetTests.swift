import Interchange
import NNIR
import Testing
import Training

@Suite struct DatasetTests {
  @Test func rejectsWhatDoesNotFit() {
    let pixels = Dataset.Pixels.bytes([1, 2, 3, 4])
    let cases: [(Int, [Int64], String)] = [
      (3, [0, 1], "expected pixels for 2 labels and images of 1×1×3, found 4 values"),
      (2, [], "expected at least one image"),
      (0, [0, 1], "expected at least one image and pixel"),
      (2, [0, 3], "expected labels from 0 to 2, found 3 at image 1"),
      (2, [-1, 7], "found -1 at image 0 and 1 other labels out of range"),
    ]
    for (width, labels, expected) in cases {
      let text = DataFiles.message { () throws(InterchangeError) in
        _ = try Dataset(
          name: "d", channels: 1, height: 1, width: width, classes: 3, pixels: pixels, labels: labels)
      }
      #expect(text.contains(expected), "\(text)")
    }
  }

  @Test func sharesAreRounded() throws {
    let whole = try DataFiles.ramp(count: 10)
    let (training, validation) = try whole.split(validation: 3, seed: 0)
    // A quarter of ten, rounded, is three (ties away from zero).
    #expect(try whole.split(validation: 0.25, seed: 0).validation.rows == validation.rows)
    // a part is split by its own rows
    let rest = try training.split(validation: 2, seed: 0)
    #expect((rest.training.rows + rest.validation.rows).sorted() == training.rows)
    #expect(whole.prefix(4).rows == [0, 1, 2, 3] && whole.prefix(40).count == 10)
  }

  @Test func seededValidationIsAPartition() throws {
    let whole = try DataFiles.ramp(count: 100)
    let first = try whole.split(validation: 20, seed: 1)
    let again = try whole.split(validation: 20, seed: 1)
    let other = try whole.split(validation: 20, seed: 2)
    #expect(first.validation.rows == again.validation.rows && first.training.rows == again.training.rows)
    #expect(first.validation.rows != other.validation.rows)
    #expect(first.validation.count == 20 && first.validation.rows != Array(80..<100))
    #expect((first.training.rows + first.validation.rows).sorted() == Array(0..<100))
    #expect(first.training.rows == first.training.rows.sorted())
  }

  @Test func rejectsEmptyParts() throws {
    let whole = try DataFiles.ramp(count: 10)
    for count in [-1, 0, 10, 11] {
      #expect(throws: InterchangeError.self) { try whole.split(validation: count, seed: 0) }
    }
    for share in [-0.5, 0, 1, 0.01, .nan, .infinity] {
      #expect(throws: InterchangeError.self) { try whole.split(validation: share, seed: 0) }
    }
  }

  /// Each of the 24 orders of four elements should come up about 1000 times; 5 deviations are 155.
  @Test func permutationsAreUniform() {
    var occurrences: [[Int]: Int] = [:]
    for step in 0..<24_000 {
      occurrences[permutation(4, by: Philox(seed: 3, stream: "test", step: UInt64(step))), default: 0] += 1
    }
    #expect(occurrences.count == 24)
    #expect(occurrences.values.allSatisfy { abs($0 - 1000) < 155 })
    #expect(permutation(0, by: Philox(seed: 0, stream: "test")) == [])
  }
}
