import Testing
import Verification

/// The judges themselves: expected values follow from their definitions by hand.
@Suite struct ComparisonTests {
  @Test func errorIsTheEuclideanNormOfTheDifference() {
    let comparison = Comparison("x", expected: [3, 4, 1], found: [3, 1, 5], bound: 5)
    #expect(comparison.error == 5)  // √(3² + 4²)
    #expect(comparison.norm == 26.0.squareRoot())
    #expect(comparison.passed)
    #expect(comparison.worst?.index == 2 && comparison.worst?.expected == 1 && comparison.worst?.found == 5)
  }

  @Test func theBoundItselfPassesAndOneUnitInTheLastPlaceMoreDoesNot() {
    #expect(Comparison("x", expected: [0], found: [0.25], bound: 0.25).passed)
    #expect(!Comparison("x", expected: [0], found: [0.25], bound: 0.25.nextDown).passed)
    #expect(Comparison("x", expected: [1], found: [1], bound: 0).passed)
  }

  @Test(arguments: [0, 1, Double.infinity])
  func notANumberNeverPasses(bound: Double) {
    #expect(!Comparison("x", expected: [1, 2], found: [1, .nan], bound: bound).passed)
    #expect(!Comparison("x", expected: [.nan, 2], found: [1, 2], bound: bound).passed)
    // nor where both sides agree on it, or on infinity
    #expect(!Comparison("x", expected: [.nan], found: [.nan], bound: bound).passed)
    #expect(!Comparison("x", expected: [.infinity], found: [.infinity], bound: bound).passed)
  }

  /// A bound that is none, because single precision overflowed where it was measured, proves nothing.
  @Test(arguments: [Double.nan, .infinity])
  func aBoundThatIsNoneNeverPasses(bound: Double) {
    #expect(!Comparison("x", expected: [1], found: [1], bound: bound).passed)
    #expect(!Comparison("x", expected: [1], found: [2], bound: bound).passed)
  }

  @Test func theWorstPlaceIsTheNotANumber() {
    let comparison = Comparison("x", expected: [1, 2, 3], found: [100, .nan, 3], bound: 1)
    #expect(comparison.worst?.index == 1)
  }

  @Test(arguments: [([1, 2], [1]), ([1], [1, 2]), ([1], []), ([], [1])] as [([Double], [Double])])
  func differentCountsNeverPass(expected: [Double], found: [Double]) {
    #expect(!Comparison("x", expected: expected, found: found, bound: 1e300).passed)
    #expect(!Comparison("x", expected: expected, found: found, bound: .infinity).passed)
  }

  @Test func theMessageSaysWhatAndWhere() {
    let comparison = Comparison("gradient a.weight", expected: [1, 2], found: [1, 2.5], bound: 0.125)
    #expect(
      comparison.description
        == "FAIL gradient a.weight: off by 5.0e-1 (allowed 1.25e-1, norm 2.24e0) at [1]: expected 2.0, found 2.5")
    #expect(Comparison("y", expected: [0], found: [0], bound: 0).description == "ok   y: off by 0 (allowed 0, norm 0)")
  }

  /// Where nothing can be measured, the words say why instead of a share of a bound.
  @Test func theMessageSaysWhyNothingWasMeasured() {
    func text(_ expected: [Double], _ found: [Double], _ bound: Double) -> String {
      Comparison("x", expected: expected, found: found, bound: bound).description
    }
    #expect(
      text([1, 2], [1, .infinity], .infinity)
        == "FAIL x: not finite in single precision at [1]: expected 2.0, found inf")
    #expect(text([1], [1], .nan) == "FAIL x: not finite in single precision")
    #expect(text([1, 2], [1, .nan], 1) == "FAIL x: not finite at [1]: expected 2.0, found nan")
    #expect(
      text([.infinity], [.infinity], 1) == "FAIL x: the expected numbers are not finite at [0]: expected inf, found inf"
    )
    #expect(text([1, 2], [1], 1) == "FAIL x: expected 2 numbers, found 1")
    let unchecked = Comparison("x", unchecked: "there is none")
    #expect(!unchecked.passed && unchecked.description == "FAIL x: not checked: there is none")
    // a bound that is none is further off than any error
    let overflowed = Comparison("overflowed", expected: [1], found: [1], bound: .infinity)
    #expect(Verdict("all", [overflowed, Comparison("x", expected: [1], found: [9], bound: 1)]).tightest?.reason != nil)
  }

  @Test func aVerdictOfNothingDoesNotLookLikeProof() {
    #expect(Verdict("none", []).status == "--  ")
    #expect(Verdict("one", [Comparison("x", expected: [1], found: [1], bound: 0)]).status == "ok  ")
    #expect(Verdict("one", [Comparison("x", unchecked: "")]).status == "FAIL")
  }

  @Test func aVerdictPassesWhenAllItsComparisonsDo() {
    let good = Comparison("good", expected: [1], found: [1.25], bound: 1)
    let near = Comparison("near", expected: [1], found: [1.75], bound: 1)
    let bad = Comparison("bad", expected: [1], found: [4], bound: 1)
    let broken = Comparison("broken", expected: [1], found: [.nan], bound: 1e9)
    let exact = Comparison("exact", expected: [1], found: [1 + 1e-12], bound: 0)
    #expect(Verdict("all", [good, near]).passed)
    #expect(!Verdict("all", [good, bad, near]).passed)
    #expect(Verdict("all", [good, bad, broken]).failures.map(\.subject) == ["bad", "broken"])
    #expect(Verdict("all", [good, near]).tightest?.subject == "near")
    // without a bound any error is beyond every other's, and what is not a number is too
    #expect(Verdict("all", [bad, exact]).tightest?.subject == "exact")
    #expect(Verdict("all", [good, broken]).tightest?.subject == "broken")
  }
}
